"""What casework declares: its calendars, clocks, registers and cases."""

from core.api import (
    MEMBER,
    N_,
    OPERATOR,
    PUBLIC,
    Blocker,
    Command,
    Counting,
    DemoMaker,
    Deny,
    Event,
    FileOwner,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    RequestContext,
    Role,
    Route,
    SearchSource,
    TenantInfo,
    TimelineEntry,
    _,
    hookimpl,
    route_url,
)
from plugins.casework import hookspecs, letters
from plugins.casework.cases import events as case_events
from plugins.casework.cases import pages as case_pages
from plugins.casework.cases import queries as case_queries
from plugins.casework.cases import resources as resources_cases
from plugins.casework.cases import resources_reveal, settling
from plugins.casework.cases.queries import is_visible
from plugins.casework.cases.reports import CaseReport
from plugins.casework.cases.services import COMMENTED
from plugins.casework.deadlines import calendar_services, cli, events, following, jobs, resources
from plugins.casework.deadlines.explaining import moved_lines
from plugins.casework.deadlines.resources_calendar import (
    AGENCY,
    COUNTRY,
    DayRemoval,
    DaysPlan,
    NewDaysPage,
    Replay,
    YearPage,
)
from plugins.casework.deadlines.resources_changing import CaseDeadline
from plugins.casework.declarations import Book, LetterKind
from plugins.casework.legs import events as leg_events
from plugins.casework.legs import lines as leg_lines
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import resources as resources_legs
from plugins.casework.legs import services as leg_services
from plugins.casework.legs.adapters import DELIVER
from plugins.casework.legs.incoming import INCOMING as INCOMING_LEG
from plugins.casework.legs.incoming import RECEIVE
from plugins.casework.legs.purposes import BUILT_IN, LegPurpose
from plugins.casework.legs.queries import LegRow
from plugins.casework.models import Case
from plugins.casework.registers import cli as register_cli
from plugins.casework.registers import events as facts_of_registers
from plugins.casework.registers import resources as resources_registers
from plugins.casework.registers import resources_books
from plugins.casework.registers.books import INCOMING, OUTGOING
from plugins.casework.registers.queries import EntryRow
from plugins.casework.registers.services import ENTER, KEEP
from plugins.casework.tasks import resources as resources_tasks
from plugins.casework.tasks.kind import HANDLE, MANAGE, TASK
from plugins.casework.work import events as work_events
from plugins.casework.work import leaving, reminders
from plugins.casework.work import pages as work_pages
from plugins.casework.work import queries as work_queries
from plugins.casework.work import resources as resources_work
from plugins.casework.workflows import events as workflow_events
from plugins.casework.workflows import resources as resources_workflows
from plugins.casework.workflows import services as workflow_services
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import kind_of
from plugins.casework.workflows.services import MANAGE as FLOWS
from plugins.notifications.api import NotificationKind

manifest = Manifest(
    key="casework",
    title=N_("Vụ việc và thời hạn"),
    summary=N_(
        "Lịch làm việc, thời hạn được giải thích và sổ đăng ký có số liên tục cho việc của mọi phân hệ; luôn bật"
    ),
    version="1.0",
    requires=("drafts", "files", "followers", "lists", "notifications", "pages"),
    icon="calendar-due",
    always_on=True,
    hooks=hookspecs,
)

ATTACHED_AT_ONCE = 60_000_000
SETTINGS = "tenants.manage_settings"
"""Who keeps an agency's working hours keeps its own days too."""
READ = "casework.read_registers"


@hookimpl
def register_routes() -> list[Route]:
    day = "calendar/days/{day_id:uuid}/remove"
    return [
        Route("office", "deadline", resources.Deadline(), "casework.deadline", MEMBER),
        Route("office", "calendar", YearPage(AGENCY), "casework.calendar", MEMBER),
        Route("office", "calendar/new", NewDaysPage(AGENCY), "casework.calendar_new", SETTINGS),
        Route("office", "calendar/plan", DaysPlan(AGENCY), "casework.calendar_plan", SETTINGS),
        Route("office", day, DayRemoval(AGENCY), "casework.calendar_remove", SETTINGS),
        Route("office", "calendar/replay", Replay(), "casework.calendar_replay", SETTINGS),
        *_register_routes(),
        *_case_routes(),
        *_leg_routes(),
        *_work_routes(),
        *_workflow_routes(),
        Route("admin", "calendar", YearPage(COUNTRY), "casework.national", OPERATOR),
        Route("admin", "calendar/new", NewDaysPage(COUNTRY), "casework.national_new", OPERATOR),
        Route("admin", "calendar/plan", DaysPlan(COUNTRY), "casework.national_plan", OPERATOR),
        Route("admin", day, DayRemoval(COUNTRY), "casework.national_remove", OPERATOR),
    ]


def _register_routes() -> list[Route]:
    entry, book = "{entry_id:uuid}", "registers/{book}"
    year = f"{book}/{{year:int}}"
    lists, books = resources_registers, resources_books
    return [
        Route("office", "registers", books.Books(), "casework.registers", READ),
        Route("office", "register-entries", lists.Entries(), "casework.register_entries", READ),
        Route("office", f"register-entries/{entry}", lists.OneEntry(), "casework.register_entry", READ),
        Route("office", f"register-entries/{entry}/void", lists.VoidEntry(), "casework.register_void", KEEP),
        Route("office", book, books.OneBook(), "casework.register", READ),
        Route("office", f"{book}/new", lists.NewEntry(), "casework.register_new", ENTER),
        Route("office", f"{book}/open", books.OpenYear(), "casework.register_open", KEEP),
        Route("office", f"{book}/format", books.NewFormat(), "casework.register_format", KEEP),
        Route("office", f"{year}/print", lists.PrintedBook(), "casework.register_print", READ),
        Route("office", f"{year}/close", books.CloseYear(), "casework.register_close", KEEP),
        Route("api", "registers", lists.RegistersDocument(), "casework.api_registers", READ),
        Route("api", "register-entries", lists.EntriesDocument(), "casework.api_register_entries", READ),
        Route(
            "api", f"register-entries/{entry}", lists.OneEntryDocument(), "casework.api_register_entry", READ
        ),
    ]


def _case_routes() -> list[Route]:
    one, assignment = "cases/{case_id:uuid}", "assignments/{assignment_id:uuid}"
    parts, hands, tasks = resources_cases.CaseParts(), resources_cases.AssignmentActions(), resources_tasks
    move = f"{one}/move/{{transition}}"
    return [
        Route(
            "office",
            move,
            resources_cases.CaseMove(),
            "casework.case_move",
            MEMBER,
            max_upload=ATTACHED_AT_ONCE,
        ),
        Route("office", f"{one}/assign", resources_cases.CaseAssign(), "casework.case_assign", MEMBER),
        Route("office", f"{one}/deadline/{{act}}", CaseDeadline(), "casework.case_deadline", MEMBER),
        Route("office", f"{one}/reveal", resources_reveal.CaseReveal(), "casework.case_reveal", MEMBER),
        Route("office", f"{one}/comments", parts, "casework.case_comment", MEMBER, "comment"),
        Route("office", f"{one}/files", parts, "casework.case_attach", MEMBER, "attach", ATTACHED_AT_ONCE),
        Route(
            "office", f"{one}/files/{{file_id:uuid}}/remove", parts, "casework.case_detach", MEMBER, "detach"
        ),
        Route("office", f"{one}/links", parts, "casework.case_link", MEMBER, "link"),
        Route(
            "office", f"{one}/links/{{other_id:uuid}}/remove", parts, "casework.case_unlink", MEMBER, "unlink"
        ),
        Route("office", f"{assignment}/take", hands, "casework.assignment_take", MEMBER, "take"),
        Route("office", f"{assignment}/done", hands, "casework.assignment_done", MEMBER, "done"),
        Route("office", f"{assignment}/pull-back", hands, "casework.assignment_pull", MEMBER, "pull"),
        Route("office", "tasks", tasks.LIST, "casework.tasks", HANDLE),
        Route("office", "tasks/new", tasks.NEW, "casework.task_new", HANDLE, max_upload=ATTACHED_AT_ONCE),
        Route("office", "tasks/{case_id:uuid}", tasks.OneTask(), "casework.task", HANDLE),
    ]


def _leg_routes() -> list[Route]:
    # A leg and the case that its receiver has of it share their id, so every address names `case_id`.
    one, act, legs = "legs/{case_id:uuid}", resources_legs.LegAct, resources_legs
    leg = legs.OneLeg()
    return [
        Route("office", "legs", legs.Legs(), INCOMING_LEG.list_route, HANDLE),
        Route("office", "legs/sent", legs.Legs("sender"), "casework.legs_sent", HANDLE),
        Route("office", one, leg, INCOMING_LEG.route, MEMBER),
        Route("office", f"{one}/files/{{file_id:uuid}}", leg, "casework.leg_file", MEMBER, "file"),
        Route("office", f"{one}/accept", leg, "casework.leg_accept", MEMBER, "accept"),
        Route("office", f"{one}/take", act(legs.TAKE), "casework.leg_take", RECEIVE),
        Route("office", f"{one}/return", act(legs.RETURN), "casework.leg_return", HANDLE),
        Route("office", f"{one}/answer", act(legs.ANSWER), "casework.leg_answer", HANDLE, max_upload=ATTACHED_AT_ONCE),
        Route("office", f"{one}/again", act(legs.AGAIN), "casework.leg_again", MEMBER),
        Route("office", f"{one}/recall", act(legs.RECALL), "casework.leg_recall", MEMBER),
        Route("office", f"{one}/extend", act(legs.EXTEND), "casework.leg_extend", MEMBER),
        Route("office", f"{one}/pause", act(legs.PAUSE), "casework.leg_pause", MEMBER),
        Route("office", f"{one}/resume", act(legs.RESUME), "casework.leg_resume", MEMBER),
        Route("office", "cases/{case_id:uuid}/legs/new", legs.NewLeg(), "casework.leg_new", MEMBER),
    ]  # fmt: skip


def _work_routes() -> list[Route]:
    pages, away, feed = resources_work, resources_work.DelegationPages(), resources_work.FeedPage()
    return [
        Route("office", "work", pages.WorkPage(), "casework.work", MEMBER),
        Route("office", "work/assign", pages.GiveOn(), "casework.work_assign", MEMBER),
        Route("office", "delegations", away, "casework.delegations", MEMBER),
        Route(
            "office", "delegations/{delegation_id:uuid}/end", away, "casework.delegation_end", MEMBER, "end"
        ),
        Route("office", "feed", feed, "casework.feed", MEMBER),
        Route("office", "feed/end", feed, "casework.feed_end", MEMBER, "end"),
        Route("office", "reminding", pages.RemindingPage(), "casework.reminding", SETTINGS),
        Route("public", "deadlines/{secret}", pages.FeedFile(), "casework.feed_file", PUBLIC),
    ]


def _workflow_routes() -> list[Route]:
    pages, one = resources_workflows, "workflows/{kind}"
    return [
        Route("office", "workflows", pages.Workflows(), "casework.workflows", FLOWS),
        Route("office", one, pages.OneWorkflow(), "casework.workflow", FLOWS),
        Route("office", f"{one}/edit", pages.EditWorkflow(), "casework.workflow_edit", FLOWS),
        Route("office", f"{one}/steps/new", pages.NewStep(), "casework.workflow_step_new", FLOWS),
        Route("office", f"{one}/steps/{{state}}/remove", pages.RemoveStep(), "casework.workflow_step_remove", FLOWS),
        Route("office", f"{one}/reset", pages.ResetWorkflow(), "casework.workflow_reset", FLOWS),
        Route("office", f"{one}/versions/{{number:int}}/move", pages.MoveOver(), "casework.workflow_move", FLOWS),
    ]  # fmt: skip


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem, tìm và in sổ đăng ký của cơ quan")),
        Permission(ENTER, N_("Vào sổ và cấp số bằng tay")),
        Permission(KEEP, N_("Giữ sổ đăng ký: mở, khoá, huỷ số, đổi cách ghi số")),
        Permission(HANDLE, N_("Nhận, xử lý và giao việc trong cơ quan")),
        Permission(RECEIVE, N_("Tiếp nhận, phân và trả lại việc liên thông từ cơ quan khác")),
        Permission(MANAGE, N_("Quản lý mọi việc được giao, kể cả việc chỉ người liên quan thấy")),
        Permission(FLOWS, N_("Sửa quy trình xử lý của cơ quan, chuyển việc đang chạy sang quy trình mới")),
        Permission(letters.READ, N_("Đọc công văn và dự thảo công văn của cơ quan")),
        Permission(letters.WRITE, N_("Soạn, sửa và bỏ dự thảo công văn")),
        Permission(letters.ISSUE, N_("Phát hành công văn: cấp số, ngày và vào sổ văn bản đi")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        # Leaders, experts, clerks: in this order the demonstration hands them out.
        Role("casework.leader", N_("Lãnh đạo giao và duyệt việc"), (HANDLE, MANAGE, RECEIVE)),
        Role("casework.officer", N_("Cán bộ xử lý việc được giao"), (HANDLE,)),
        Role("casework.register_reader", N_("Người xem sổ đăng ký"), (READ,)),
        Role("casework.register_keeper", N_("Văn thư giữ sổ đăng ký"), (READ, ENTER, KEEP)),
        Role("casework.leg_clerk", N_("Văn thư nhận liên thông"), (HANDLE, RECEIVE)),
        Role("casework.letter_writer", N_("Người soạn công văn"), (letters.READ, letters.WRITE)),
        Role("casework.workflow_keeper", N_("Người quản trị quy trình"), (FLOWS,)),
        Role(
            "casework.letter_issuer",
            N_("Người phát hành công văn"),
            (letters.READ, letters.WRITE, letters.ISSUE),
        ),
    ]


@hookimpl
def register_books() -> list[Book]:
    return [OUTGOING, INCOMING]


@hookimpl
def register_workflows() -> list[CaseKind]:
    return [TASK, INCOMING_LEG]


@hookimpl
def register_leg_purposes() -> list[LegPurpose]:
    return list(BUILT_IN)


@hookimpl
def register_reports() -> list[CaseReport]:
    return [CaseReport(TASK.key, N_("Việc được giao"), without=("stopped",))]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [
        NotificationKind(settling.ASSIGNED, N_("Việc được giao cho bạn hoặc đơn vị bạn"), email="digest"),
        NotificationKind(settling.RETURNED, N_("Việc bị trả lại cho bạn"), email="at_once"),
        NotificationKind(leg_services.RECEIVED, N_("Việc liên thông từ cơ quan khác"), email="at_once"),
        NotificationKind(leg_services.MOVED, N_("Cơ quan khác xử lý chặng bạn gửi"), email="digest"),
        NotificationKind(
            following.MOVED_BY_CALENDAR, N_("Lịch làm việc thay đổi, việc của bạn đổi hạn"), email="digest"
        ),
        NotificationKind(COMMENTED, N_("Có người trao đổi ở việc bạn giữ hoặc mở")),
        NotificationKind(settling.DUE, N_("Việc sắp đến hạn, đến hạn hôm nay"), email="digest"),
        NotificationKind(settling.OVERDUE, N_("Việc bạn giữ đã quá hạn"), email="digest"),
        NotificationKind(
            settling.LEG_LATE,
            N_("Chặng đã gửi quá hạn, hoặc nơi nhận tạm ngừng hoặc không còn hoạt động"),
            email="digest",
        ),
        NotificationKind(settling.LEFT, N_("Việc không còn người giữ ở mảng bạn quản lý"), email="digest"),
        NotificationKind(
            settling.ESCALATED, N_("Việc quá hạn, việc chưa ai tiếp nhận ở mảng bạn quản lý"), email="digest"
        ),
        NotificationKind(
            workflow_services.STAYED, N_("Việc bạn chuyển sang quy trình mới mà còn ở phiên bản cũ")
        ),
    ]


@hookimpl
def register_search() -> list[SearchSource]:
    return [
        SearchSource(
            "casework.cases", N_("Vụ việc"), MEMBER, case_pages.find, icon="clipboard-check", order=10
        )
    ]


@hookimpl
def object_timeline(obj: object) -> list[TimelineEntry]:
    return moved_lines(obj) if isinstance(obj, Case) else []


@hookimpl
def register_letters() -> list[LetterKind]:
    return [letters.OFFICIAL]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(
            work_pages.WORK.title,
            "casework.work",
            "list-check",
            MEMBER,
            "work",
            -10,
            badge=work_queries.badge,
            begins=work_queries.begins,
        ),
        NavItem(TASK.title, "casework.tasks", "clipboard-check", HANDLE, "work", 20),
        NavItem(
            INCOMING_LEG.title,
            INCOMING_LEG.list_route,
            "arrows-exchange",
            HANDLE,
            "work",
            25,
            badge=_legs_waiting,
        ),
        NavItem(N_("Tính thời hạn"), "casework.deadline", "calculator", MEMBER, "work", 80),
        NavItem(N_("Sổ đăng ký"), "casework.registers", "book-2", READ, "work", 70),
        NavItem(N_("Nhắc hạn"), "casework.reminding", "bell", SETTINGS, "agency", 56),
        NavItem(N_("Quy trình xử lý"), "casework.workflows", "sitemap", FLOWS, "agency", 57),
        NavItem(N_("Lịch làm việc"), "casework.calendar", "calendar-cog", SETTINGS, "agency", 55),
        NavItem(N_("Lịch nghỉ của cả nước"), "casework.national", "calendar-cog", OPERATOR, "console", 40),
    ]


def _legs_waiting(context: RequestContext) -> Counting | int:
    return leg_queries.waiting() if context.can(RECEIVE) else 0


@hookimpl
def register_events() -> list[type[Event]]:
    return [
        *events.ALL,
        *facts_of_registers.ALL,
        *case_events.ALL,
        *leg_events.ALL,
        *work_events.ALL,
        *workflow_events.ALL,
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            calendar_services.REPLAY,
            jobs.replay,
            N_("Tính lại thời hạn theo lịch đã đổi"),
            schedule="15 3 * * *",
        ),
        Job(
            DELIVER,
            jobs.deliver_legs,
            N_("Gửi chặng liên thông tới hệ thống bên ngoài"),
            schedule="40 4 * * *",
        ),
        Job(
            workflow_services.MOVE,
            workflow_services.move_cases_over,
            N_("Chuyển việc đang chạy sang quy trình mới"),
        ),
        # Before the mails that gather a day go, and after the quiet hours.
        Job(
            "casework.remind", reminders.remind, N_("Nhắc việc sắp đến hạn và quá hạn"), schedule="20 6 * * *"
        ),
    ]


@hookimpl
def register_open_work() -> list[leaving.WorkLeft]:
    return [leaving.WorkLeft()]


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    return leaving.unfinished(tenant)


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.deadline, top=True), Command(register_cli.registers, top=True)]


@hookimpl
def check_access(context: RequestContext, obj: object) -> Deny | None:
    if not isinstance(obj, Case) or is_visible(context, obj, kind_of(obj.kind)):
        return None
    return Deny(_("Việc này chỉ người liên quan thấy."))


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner) -> bool:
    if context is None:
        return False
    if owner.kind == "leg":  # what the own agency sent along with its answers
        return leg_queries.sees_incoming(context, leg_queries.leg(owner.id))
    if owner.kind != "case":
        return False
    case = case_queries.case(owner.id)
    return is_visible(context, case, kind_of(case.kind))


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if isinstance(obj, Case):
        return [
            *leg_lines.purpose_actions(context, obj),
            *case_pages.actions(context, obj),
            *leg_lines.case_actions(context, obj),
        ]
    if isinstance(obj, LegRow):
        return leg_lines.leg_actions(context, obj)
    if not isinstance(obj, EntryRow) or obj.voided_at or context.tenant is None:
        return []
    url = route_url("casework.register_void", tenant=context.tenant.code, entry_id=obj.id)
    return [ObjectAction(_("Huỷ số…"), url, "ban", KEEP)]


@hookimpl
def seed_demo(make: DemoMaker) -> None:
    from plugins.casework import demo

    demo.seed(make)
