"""What reports declare: the manifest and the hooks; the work is in the other files."""

from core.api import (
    N_,
    Command,
    DemoMaker,
    Event,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    Permission,
    Role,
    Route,
    Subscriber,
    hookimpl,
)
from plugins.casework import api as casework
from plugins.reports import (
    agency_figures,
    checking,
    cli,
    counting,
    demo,
    events,
    jobs,
    resources,
    resources_api,
    resources_board,
    resources_late,
)
from plugins.reports.asking import BELOW
from plugins.reports.lists import READ
from plugins.reports.overseeing import OVERSEE
from plugins.reports.services import PUBLISH

manifest = Manifest(
    key="reports",
    title=N_("Báo cáo và điều hành"),
    summary=N_(
        "Số việc nhận, xong, trễ theo kỳ, đơn vị, lĩnh vực; mỗi số có cách tính và mở ra từng việc; cho mọi phân hệ"
    ),
    version="1.0",
    requires=("casework", "letters", "lists", "pages"),
    icon="table",
    always_on=True,
)


@hookimpl
def register_routes() -> list[Route]:
    report, published, kept = resources.Report(), resources.OneSnapshot(), "snapshots/{snapshot_id:uuid}"
    return [
        Route("office", "", resources.Reports(), "reports.reports", READ),
        Route("office", "board", resources_board.BoardPage(), "reports.board", READ),
        Route("office", "late", resources_late.Late(), "reports.late", BELOW),
        Route(
            "office",
            "late/{agency_id:uuid}/{case_id:uuid}",
            resources_late.LateCase(),
            "reports.late_case",
            OVERSEE,
        ),
        Route("office", "report", report, "reports.report", READ),
        Route("office", "report/excel", report, "reports.report_excel", READ, "excel"),
        Route("office", "report/pdf", report, "reports.report_pdf", READ, "pdf"),
        Route("office", "cases", resources.Cases(), "reports.cases", READ),
        Route("office", "publish", resources.Publish(), "reports.publish", PUBLISH),
        Route("office", kept, published, "reports.snapshot", READ),
        Route("office", f"{kept}/excel", published, "reports.snapshot_excel", READ, "excel"),
        Route("office", f"{kept}/pdf", published, "reports.snapshot_pdf", READ, "pdf"),
        Route("api", "figures", resources_api.Figures(), "reports.api_figures", READ),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Điều hành công việc"), "reports.board", "flag", READ, "work", 10),
        NavItem(N_("Báo cáo"), "reports.reports", "table", READ, "work", 60),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Xem báo cáo, điều hành của cơ quan")),
        Permission(PUBLISH, N_("Chốt báo cáo")),
        Permission(BELOW, N_("Xem số liệu và việc quá hạn của các cơ quan trực thuộc")),
        Permission(
            OVERSEE, N_("Mở việc quá hạn của cơ quan trực thuộc: vì sao trễ, ai giữ; không xem nội dung")
        ),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("reports.leader", N_("Lãnh đạo xem điều hành"), (READ, PUBLISH, BELOW)),
        Role("reports.reader", N_("Người xem báo cáo"), (READ,)),
        Role(
            "reports.superior",
            N_("Lãnh đạo cấp trên theo dõi cơ quan trực thuộc"),
            (READ, PUBLISH, BELOW, OVERSEE),
        ),
    ]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    moved = (casework.CaseMoved, casework.CaseMovedInPlace, casework.CaseMovedOver)
    told = (
        casework.CaseOpened,
        *moved,
        casework.CaseChanged,
        casework.CaseUnitChanged,
        casework.AssignmentPulledBack,
    )
    return [
        *(Subscriber(event, counting.heard, together=True) for event in told),
        Subscriber(casework.DeadlinesReplayed, counting.recount_moved),
        *(Subscriber(event, counting.recount_run) for event in casework.CLOCK_RUNS),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("reports.check", jobs.check, N_("Đối soát và gộp bộ đếm báo cáo"), schedule="0 2 * * *"),
        Job(
            "reports.gather", jobs.gather, N_("Tổng hợp số liệu các cơ quan trực thuộc"), schedule="4 * * * *"
        ),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("reports.counters", N_("Bộ đếm báo cáo khớp với vụ việc"), checking.health)]


@hookimpl
def register_agency_figures() -> list[agency_figures.Figure]:
    return agency_figures.FIGURES


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.check), Command(cli.rebuild)]


@hookimpl
def seed_demo(make: DemoMaker) -> None:
    demo.seed(make)
