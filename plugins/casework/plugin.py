"""What casework declares: so far its calendars and clocks."""

from core.api import (
    MEMBER,
    N_,
    OPERATOR,
    Command,
    Event,
    Job,
    Manifest,
    NavItem,
    Route,
    hookimpl,
)
from plugins.casework import calendar_services, cli, events, jobs, resources
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
    summary=N_("Lịch làm việc, cách tính thời hạn và giải thích hạn cho việc của mọi phân hệ; luôn bật"),
    version="1.0",
    icon="calendar-due",
    always_on=True,
)

SETTINGS = "tenants.manage_settings"
"""Who keeps an agency's working hours keeps its own days too."""


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
        Route("admin", "calendar", YearPage(COUNTRY), "casework.national", OPERATOR),
        Route("admin", "calendar/new", NewDaysPage(COUNTRY), "casework.national_new", OPERATOR),
        Route("admin", "calendar/plan", DaysPlan(COUNTRY), "casework.national_plan", OPERATOR),
        Route("admin", day, DayRemoval(COUNTRY), "casework.national_remove", OPERATOR),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Tính thời hạn"), "casework.deadline", "calculator", MEMBER, "work", 80),
        NavItem(N_("Lịch làm việc"), "casework.calendar", "calendar-cog", SETTINGS, "agency", 55),
        NavItem(N_("Lịch nghỉ của cả nước"), "casework.national", "calendar-cog", OPERATOR, "console", 40),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


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
    return [Command(cli.deadline, top=True)]
