"""What casework declares: its calendars, clocks and registers."""

from core.api import (
    MEMBER,
    N_,
    OPERATOR,
    Book,
    Command,
    DemoMaker,
    Event,
    Job,
    LetterKind,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    RequestContext,
    Role,
    Route,
    _,
    hookimpl,
    route_url,
)
from plugins.casework import (
    calendar_services,
    cli,
    demo,
    events,
    jobs,
    letters,
    register_cli,
    resources,
    resources_books,
    resources_registers,
)
from plugins.casework import register_events as facts_of_registers
from plugins.casework.books import INCOMING, OUTGOING
from plugins.casework.register_queries import EntryRow
from plugins.casework.register_services import ENTER, KEEP
from plugins.casework.resources_calendar import (
    AGENCY,
    COUNTRY,
    DayRemoval,
    DaysPlan,
    NewDaysPage,
    Replay,
    YearPage,
)

manifest = Manifest(
    key="casework",
    title=N_("Vụ việc và thời hạn"),
    summary=N_(
        "Lịch làm việc, thời hạn được giải thích và sổ đăng ký có số liên tục cho việc của mọi phân hệ; luôn bật"
    ),
    version="1.0",
    requires=("lists",),
    icon="calendar-due",
    always_on=True,
)

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


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem, tìm và in sổ đăng ký của cơ quan")),
        Permission(ENTER, N_("Vào sổ và cấp số bằng tay")),
        Permission(KEEP, N_("Giữ sổ đăng ký: mở, khoá, huỷ số, đổi cách ghi số")),
        Permission(letters.READ, N_("Đọc công văn và dự thảo công văn của cơ quan")),
        Permission(letters.WRITE, N_("Soạn, sửa và bỏ dự thảo công văn")),
        Permission(letters.ISSUE, N_("Phát hành công văn: cấp số, ngày và vào sổ văn bản đi")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("casework.register_reader", N_("Người xem sổ đăng ký"), (READ,)),
        Role("casework.register_keeper", N_("Văn thư giữ sổ đăng ký"), (READ, ENTER, KEEP)),
        Role("casework.letter_writer", N_("Người soạn công văn"), (letters.READ, letters.WRITE)),
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
def register_letters() -> list[LetterKind]:
    return [letters.OFFICIAL]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Tính thời hạn"), "casework.deadline", "calculator", MEMBER, "work", 80),
        NavItem(N_("Sổ đăng ký"), "casework.registers", "book-2", READ, "work", 70),
        NavItem(N_("Lịch làm việc"), "casework.calendar", "calendar-cog", SETTINGS, "agency", 55),
        NavItem(N_("Lịch nghỉ của cả nước"), "casework.national", "calendar-cog", OPERATOR, "console", 40),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return [*events.ALL, *facts_of_registers.ALL]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            calendar_services.REPLAY,
            jobs.replay,
            N_("Tính lại thời hạn theo lịch đã đổi"),
            schedule="15 3 * * *",
        )
    ]


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.deadline, top=True), Command(register_cli.registers, top=True)]


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if not isinstance(obj, EntryRow) or obj.voided_at or context.tenant is None:
        return []
    url = route_url("casework.register_void", tenant=context.tenant.code, entry_id=obj.id)
    return [ObjectAction(_("Huỷ số…"), url, "ban", KEEP)]


@hookimpl
def seed_demo(make: DemoMaker) -> None:
    demo.seed(make)
