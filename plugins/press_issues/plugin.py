"""What press issues declare: the manifest and the hooks; the work is in the other files."""

from core.api import (
    N_,
    PUBLIC,
    Blocker,
    DemoMaker,
    Deny,
    Event,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    PortalTile,
    RequestContext,
    Role,
    Route,
    Subscriber,
    TenantInfo,
    _,
    hookimpl,
    route_url,
)
from plugins.casework.api import (
    Case,
    CaseKind,
    CaseReport,
    CasesDocument,
    LegPurpose,
    LetterKind,
    case_blockers,
    form_routes,
    own_badge,
)
from plugins.press_issues import (
    answering,
    events,
    public,
    queries,
    resources,
    resources_api,
    resources_feeds,
    resources_forms,
    resources_office,
    services,
)
from plugins.press_issues.kinds import COMPILE, DIRECT, HANDLE, ISSUE, MANAGE, PUBLISH, READ, REPORT

manifest = Manifest(
    key="press_issues",
    category="voice",
    title=N_("Sự việc báo nêu"),
    summary=N_(
        "Theo dõi điều báo chí nêu: chỉ đạo, xác minh, trả lời đúng hạn theo Luật Báo chí, công khai phản hồi"
    ),
    version="1.0",
    requires=(
        "casework",
        "drafts",
        "files",
        "followers",
        "letters",
        "lists",
        "notifications",
        "pages",
        "reports",
    ),
    icon="news",
)

REPORTS = "reports.read"
"""Who follows the press reads the year of the press."""
FEED_AT_ONCE = 6_000_000


@hookimpl
def register_routes() -> list[Route]:
    one, office = "{case_id:uuid}", resources_office
    kept, page, digest = office.Settings(), resources.OneIssue(), office.Digest()
    return [
        Route("office", "", resources.LIST, ISSUE.list_route, READ),
        *form_routes(resources_forms.RECORD, *resources_forms.ACTS),
        Route("office", one, page, ISSUE.route, READ),
        *answering.LETTER.routes(),
        Route("office", f"{one}/legs/{{leg_id:uuid}}/copy", page, "press_issues.copy_answer", HANDLE, "copy"),
        *queries.COPIES.routes(),
        Route("office", "digest", digest, "press_issues.digest", READ),
        Route("office", "digest/pdf", digest, "press_issues.digest_pdf", READ, "pdf"),
        Route("office", "report", office.Report(), "press_issues.report", REPORTS),
        Route("office", "settings", kept, "press_issues.settings", READ),
        Route("office", "settings/rules", kept, "press_issues.rule", COMPILE, "rule"),
        Route("office", "settings/spokespeople", kept, "press_issues.spokesperson", DIRECT, "spokesperson"),
        Route("office", "settings/spokespeople/{row_id:uuid}/end", kept, "press_issues.spokesperson_end", DIRECT, "end"),
        Route("office", "settings/public", kept, "press_issues.public_setting", COMPILE, "public"),
        *_feed_routes(),
        Route("api", "issues", CasesDocument(resources.ISSUES), "press_issues.api_issues", READ),
        Route("api", "issues/new", resources_api.NewIssueDocument(), "press_issues.api_new", HANDLE),
        Route("api", f"issues/{one}", resources_api.OneIssueDocument(), "press_issues.api_issue", READ),
        Route("public", "", public.Answers(), "press_issues.public", PUBLIC),
        Route("public", "{code}", public.OneAnswer(), "press_issues.public_answer", PUBLIC),
        Route("portal", "", public.Answers(of_all=True), "press_issues.public_all", PUBLIC),
    ]  # fmt: skip


def _feed_routes() -> list[Route]:
    found, item = resources_feeds.Feeds(), "feeds/{item_id:uuid}"
    return [
        Route("office", "feeds", found, "press_issues.feeds", HANDLE, max_upload=FEED_AT_ONCE),
        Route("office", "feeds/address", found, "press_issues.feed_address", COMPILE, "address"),
        Route("office", f"{item}/stop", found, "press_issues.feed_stop", COMPILE, "stop"),
        Route("office", f"{item}/leave", found, "press_issues.feed_leave", HANDLE, "leave"),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem sự việc báo nêu")),
        Permission(HANDLE, N_("Ghi, xác minh sự việc báo nêu và soạn trả lời")),
        Permission(DIRECT, N_("Chỉ đạo sự việc báo nêu, giao người phát ngôn")),
        Permission(PUBLISH, N_("Duyệt trả lời báo và công khai khi được giao phát ngôn")),
        Permission(COMPILE, N_("Lập quy định thời hạn, nguồn tin và trang công khai phản hồi báo chí")),
        Permission(MANAGE, N_("Quản lý mọi sự việc báo nêu và thời hạn của chúng")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("press_issues.leader", N_("Lãnh đạo chỉ đạo báo chí"), (READ, HANDLE, COMPILE, DIRECT, PUBLISH, MANAGE, REPORTS)),
        Role("press_issues.compiler", N_("Đầu mối theo dõi báo chí"), (READ, HANDLE, COMPILE, REPORTS)),
        Role("press_issues.officer", N_("Chuyên viên xử lý sự việc báo nêu"), (READ, HANDLE)),
        Role("press_issues.spokesperson", N_("Người phát ngôn"), (READ, HANDLE, PUBLISH)),
    ]  # fmt: skip


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem(ISSUE.title, ISSUE.list_route, "news", READ, badge=own_badge(ISSUE))]


@hookimpl
def register_reports() -> list[CaseReport]:
    return [REPORT]


@hookimpl
def register_workflows() -> list[CaseKind]:
    return [ISSUE]


@hookimpl
def register_leg_purposes() -> list[LegPurpose]:
    return [answering.PART]


@hookimpl
def register_letters() -> list[LetterKind]:
    return [answering.ANSWER]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    return answering.LETTER.subscribers()


@hookimpl
def check_access(context: RequestContext, permission: str, obj: object) -> Deny | None:
    return answering.LETTER.access(context, permission, obj)


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "press_issues.fetch_feeds",
            services.fetch_all,
            N_("Đọc nguồn tin báo chí"),
            schedule="20 */2 * * *",
            retries=0,
        )
    ]


@hookimpl
def register_portal_pages() -> list[PortalTile]:
    return [
        PortalTile(
            N_("Phản hồi báo chí"), N_("Cơ quan trả lời điều báo chí nêu: báo nêu gì, kết luận, cách xử lý"), "press_issues.public_all",
            "news", order=40,
        )
    ]  # fmt: skip


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    return case_blockers(tenant, ISSUE)


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if not isinstance(obj, Case) or obj.kind != ISSUE.key or context.tenant is None:
        return []
    code = context.tenant.code

    def to(route: str) -> str:
        return route_url(f"press_issues.{route}", tenant=code, case_id=obj.id)

    found = [ObjectAction(_("Sửa thông tin"), to("edit"), "pencil", HANDLE)]
    if obj.state != "joined":
        found.insert(0, ObjectAction(_("Thêm bài báo"), to("article"), "plus", HANDLE))
    if obj.state == "published":
        found += queries.COPIES.off_actions(context, obj)
    return found


@hookimpl
def seed_demo(tenant: TenantInfo, make: DemoMaker) -> None:
    from plugins.press_issues import demo

    demo.seed(make, tenant.kind)
