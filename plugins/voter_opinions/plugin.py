"""What voter opinions declare: the manifest and the hooks; the work is in the other files."""

from core.api import (
    N_,
    PUBLIC,
    Blocker,
    DemoMaker,
    Deny,
    Event,
    FileOwner,
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
from plugins.casework import api as casework
from plugins.voter_opinions import (
    answering,
    events,
    intakes,
    jobs,
    kinds,
    public,
    queries,
    resources,
    resources_api,
    resources_intakes,
    resources_sessions,
    services,
)
from plugins.voter_opinions.kinds import APPROVE, COMPILE, HANDLE, MANAGE, PETITION, READ, REVIEW

manifest = Manifest(
    key="voter_opinions",
    category="voice",
    title=N_("Ý kiến cử tri"),
    summary=N_(
        "Theo dõi kiến nghị cử tri qua các kỳ họp: phân loại, giao nhiều cơ quan, trả lời, đánh giá, lời hứa tới khi thực hiện"
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
    icon="speakerphone",
)


FILE_AT_ONCE = 31_000_000


@hookimpl
def register_routes() -> list[Route]:
    one, kept = "{case_id:uuid}", resources_sessions
    session, page, file = kept.OneSession(), resources.OnePetition(), resources_intakes.OneIntake()
    found = {
        "behind": kept.Found(kept.BEHIND, queries.behind, N_("Không có kiến nghị nào sau số này")),
        "promises": kept.Found(kept.PROMISES, queries.promises, N_("Không có lời hứa nào chưa thực hiện")),
    }
    return [
        Route("office", "", resources.LIST, PETITION.list_route, READ),
        Route("office", one, page, PETITION.route, READ),
        *queries.COPIES.routes(),
        *answering.LETTER.routes(),
        *casework.form_routes(resources.NEW, kept.SAVE, kept.MEET, resources_intakes.ROW, *resources.ACTS),
        Route("office", "intakes", resources_intakes.Intakes(), "voter_opinions.intakes", COMPILE, max_upload=FILE_AT_ONCE),
        Route("office", "intakes/{intake_id:uuid}", file, "voter_opinions.intake", COMPILE),
        Route("office", "intakes/{intake_id:uuid}/record", file, "voter_opinions.intake_record", COMPILE, "record"),
        *(Route("office", key, list_, f"voter_opinions.{key}", READ) for key, list_ in found.items()),
        Route("office", "sessions", kept.Sessions(), "voter_opinions.sessions", READ),
        Route("office", "sessions/{session_id:uuid}", session, "voter_opinions.session", READ),
        Route("office", "sessions/{session_id:uuid}/pdf", session, "voter_opinions.session_pdf", READ, "pdf"),
        Route("api", "petitions", casework.CasesDocument(resources.PETITIONS), "voter_opinions.api_petitions", READ),
        Route("api", "petitions/new", resources_api.NewPetitionDocument(), "voter_opinions.api_new", HANDLE),
        Route("api", f"petitions/{one}", resources_api.OnePetitionDocument(), "voter_opinions.api_petition", READ),
        Route("public", "", public.Petitions(), "voter_opinions.public", PUBLIC),
        Route("public", "{code}", public.OnePetition(), "voter_opinions.public_petition", PUBLIC),
        Route("portal", "", public.Petitions(of_all=True), "voter_opinions.public_all", PUBLIC),
    ]  # fmt: skip


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem ý kiến, kiến nghị cử tri")),
        Permission(HANDLE, N_("Tiếp nhận, phân loại, giao cơ quan và soạn trả lời cử tri")),
        Permission(COMPILE, N_("Lập kỳ họp, nhập tệp và công khai kiến nghị cử tri")),
        Permission(APPROVE, N_("Duyệt trả lời cử tri")),
        Permission(REVIEW, N_("Ghi đánh giá trả lời của Đoàn ĐBQH, HĐND")),
        Permission(MANAGE, N_("Quản lý mọi kiến nghị cử tri và thời hạn của chúng")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("voter_opinions.leader", N_("Lãnh đạo duyệt trả lời cử tri"), (READ, HANDLE, COMPILE, APPROVE, MANAGE)),
        Role("voter_opinions.compiler", N_("Đầu mối tổng hợp kiến nghị cử tri"), (READ, HANDLE, COMPILE)),
        Role("voter_opinions.officer", N_("Chuyên viên giải quyết kiến nghị cử tri"), (READ, HANDLE)),
        Role("voter_opinions.reviewer", N_("Người đánh giá trả lời cử tri"), (READ, REVIEW)),
    ]  # fmt: skip


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(manifest.title, PETITION.list_route, manifest.icon, READ, badge=casework.own_badge(PETITION))
    ]


@hookimpl
def register_reports() -> list[casework.CaseReport]:
    return [kinds.REPORT]


@hookimpl
def register_workflows() -> list[casework.CaseKind]:
    return [PETITION]


@hookimpl
def register_leg_purposes() -> list[casework.LegPurpose]:
    return [kinds.LEAD, kinds.PART]


@hookimpl
def register_letters() -> list[casework.LetterKind]:
    return [answering.ANSWER]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    left = (Subscriber(each, services.lead_left) for each in (casework.LegReturned, casework.LegRecalled))
    return [*answering.LETTER.subscribers(), *left]


@hookimpl
def check_access(context: RequestContext, permission: str, obj: object) -> Deny | None:
    return answering.LETTER.access(context, permission, obj)


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_jobs() -> list[Job]:
    return list(jobs.ALL)


@hookimpl
def register_portal_pages() -> list[PortalTile]:
    told = N_("Cử tri kiến nghị gì, cơ quan trả lời ra sao, hứa làm xong khi nào")
    return [PortalTile(N_("Trả lời kiến nghị cử tri"), told, "voter_opinions.public_all", "speakerphone", order=45)]  # fmt: skip


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    return casework.case_blockers(tenant, PETITION)


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if not isinstance(obj, casework.Case) or obj.kind != PETITION.key or context.tenant is None:
        return []

    def to(route: str) -> str:
        assert context.tenant is not None
        return route_url(f"voter_opinions.{route}", tenant=context.tenant.code, case_id=obj.id)

    found = [ObjectAction(_("Sửa thông tin"), to("edit"), "pencil", HANDLE)]
    if obj.state in ("answered", "following", "done"):
        found.append(ObjectAction(_("Công khai trả lời"), to("publish"), "world", COMPILE))
        found += queries.COPIES.off_actions(context, obj)
    return found


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner) -> bool:
    """Open the file of an intake to whoever may read all that it holds."""
    if context is None or owner.kind != "intake" or not context.can(COMPILE):
        return False
    return not intakes.closed_rows(context, owner.id)


@hookimpl
def seed_demo(make: DemoMaker, tenant: TenantInfo) -> None:
    from plugins.voter_opinions import demo

    demo.seed(make, tenant.kind)
