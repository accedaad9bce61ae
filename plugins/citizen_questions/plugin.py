"""What citizens' questions declare: the manifest and the hooks; the work is in the other files."""

from core.api import (
    N_,
    PUBLIC,
    Blocker,
    DemoMaker,
    Event,
    Job,
    Manifest,
    NavItem,
    Permission,
    PortalTile,
    Role,
    Route,
    Subscriber,
    TenantInfo,
    hookimpl,
)
from plugins.casework.api import (
    AssignmentPulledBack,
    CaseKind,
    CaseReport,
    CasesDocument,
    LegPurpose,
    LegRecalled,
    LegReturned,
    LegSent,
    case_blockers,
    form_routes,
    own_badge,
)
from plugins.citizen_questions import (
    events,
    jobs,
    public,
    resources,
    resources_api,
    resources_office,
    services,
)
from plugins.citizen_questions.kinds import APPROVE, FORWARD, HANDLE, MANAGE, MODERATE, QUESTION, READ, REPORT
from plugins.notifications.api import NotificationKind

manifest = Manifest(
    key="citizen_questions",
    category="voice",
    title=N_("Dân hỏi, cơ quan trả lời"),
    summary=N_(
        "Người dân hỏi không cần tài khoản; cơ quan tiếp nhận, chuyển đúng thẩm quyền, trả lời, công khai sau khi che thông tin cá nhân"
    ),
    version="1.0",
    requires=("casework", "drafts", "files", "followers", "lists", "notifications", "pages", "reports"),
    icon="help-circle",
)
ASKED_AT_ONCE = 35_000_000


@hookimpl
def register_routes() -> list[Route]:
    one, settings = "{case_id:uuid}", resources_office.Settings()
    return [
        Route("office", "", resources.LIST, QUESTION.list_route, READ),
        Route("office", one, resources.OneQuestion(), QUESTION.route, READ),
        *form_routes(*resources.ACTS),
        Route("office", f"{one}/pass-on/{{agency_id:uuid}}", resources.PassOn(), "citizen_questions.pass_on", MODERATE),
        Route("office", "figures", resources_office.Figures(), "citizen_questions.figures", READ),
        Route("office", "settings", settings, "citizen_questions.settings", READ),
        Route("office", "settings/choose", settings, "citizen_questions.choose_settings", MANAGE, "choose"),
        Route("api", "questions", CasesDocument(resources.QUESTIONS), "citizen_questions.api_questions", READ),
        Route("api", f"questions/{one}", resources_api.OneQuestionDocument(), "citizen_questions.api_question", READ),
        *_public_routes(),
    ]  # fmt: skip


def _public_routes() -> list[Route]:
    answer, following = public.OneAnswer(), public.Following()
    return [
        Route("public", "", public.Answers(), "citizen_questions.public", PUBLIC),
        Route("public", "hoi", public.Asking(), "citizen_questions.ask", PUBLIC, max_upload=ASKED_AT_ONCE),
        Route("public", "theo-doi", following, "citizen_questions.follow", PUBLIC),
        Route("public", "theo-doi/danh-gia", following, "citizen_questions.rate", PUBLIC, "rate"),
        Route("public", "theo-doi/xoa-lien-he", following, "citizen_questions.erase", PUBLIC, "erase"),
        Route("public", "{code}", answer, "citizen_questions.public_answer", PUBLIC),
        Route("public", "{code}/toi-cung-hoi", answer, "citizen_questions.too", PUBLIC, "too"),
        Route("portal", "", public.Answers(of_all=True), "citizen_questions.public_all", PUBLIC),
        Route("portal", "hoi", public.Choose(), "citizen_questions.choose", PUBLIC),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem câu hỏi của người dân")),
        Permission(HANDLE, N_("Soạn trả lời câu hỏi của người dân")),
        Permission(MODERATE, N_("Tiếp nhận, chuyển, từ chối câu hỏi; công khai trả lời đã duyệt")),
        Permission(APPROVE, N_("Duyệt trả lời người dân")),
        Permission(MANAGE, N_("Quản lý mọi câu hỏi và cách tiếp nhận của cơ quan")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("citizen_questions.leader", N_("Lãnh đạo duyệt trả lời dân"), (READ, HANDLE, MODERATE, APPROVE, MANAGE)),
        Role("citizen_questions.moderator", N_("Đầu mối hỏi đáp với dân"), (READ, HANDLE, MODERATE)),
        Role("citizen_questions.officer", N_("Chuyên viên trả lời dân"), (READ, HANDLE)),
    ]  # fmt: skip


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem(QUESTION.title, QUESTION.list_route, "help-circle", READ, badge=own_badge(QUESTION))]


@hookimpl
def register_reports() -> list[CaseReport]:
    return [REPORT]


@hookimpl
def register_workflows() -> list[CaseKind]:
    return [QUESTION]


@hookimpl
def register_leg_purposes() -> list[LegPurpose]:
    return [FORWARD]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    moved = [Subscriber(each, services.passed) for each in (LegSent, LegReturned, LegRecalled)]
    return [*moved, Subscriber(AssignmentPulledBack, services.pulled_back)]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [
        NotificationKind(services.ALARM, N_("Câu hỏi của dân sắp quá 45 ngày")),
        NotificationKind(services.UNHAPPY, N_("Người hỏi rất không hài lòng với câu trả lời")),
        NotificationKind(jobs.NEW, N_("Câu hỏi của dân chờ tiếp nhận"), email="digest"),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("citizen_questions.remind", jobs.remind, N_("Nhắc câu hỏi của dân chờ lâu"), schedule="40 6 * * *"),
        Job("citizen_questions.hide_titles", jobs.hide_titles, N_("Che thông tin cá nhân trong tiêu đề câu hỏi cũ"), schedule="20 2 * * *"),
        Job("citizen_questions.forget", jobs.forget, N_("Xoá liên hệ người hỏi đã hết hạn giữ"), schedule="50 2 * * *"),
    ]  # fmt: skip


@hookimpl
def register_portal_pages() -> list[PortalTile]:
    return [
        PortalTile(
            N_("Dân hỏi, cơ quan trả lời"), N_("Tìm câu trả lời đã có, hoặc gửi câu hỏi; không cần tài khoản"),
            "citizen_questions.public_all", "help-circle", order=30,
        )
    ]  # fmt: skip


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    return case_blockers(tenant, QUESTION)


@hookimpl
def seed_demo(tenant: TenantInfo, make: DemoMaker) -> None:
    from plugins.citizen_questions import demo

    demo.seed(make, tenant.kind, tenant.name)
