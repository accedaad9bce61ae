"""A module that implements every hook once, each in the smallest way that can be seen from outside.

It is not installed: tests/every_hook_plugin/test_hooks.py registers it with a host of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import click
import falcon

from core.api import (
    PUBLIC,
    Actor,
    Blocker,
    CardView,
    Command,
    DashboardCard,
    DemoMaker,
    Deny,
    Event,
    FileOwner,
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    PortalTile,
    PublicFrame,
    Request,
    RequestContext,
    Role,
    Route,
    SearchHit,
    SearchSource,
    Subscriber,
    TenantInfo,
    TimelineEntry,
    current_actor,
    db,
    document,
    hookimpl,
    send_json,
)
from plugins.casework.api import (
    Book,
    CaseKind,
    CaseReport,
    LegPurpose,
    LetterKind,
    Transition,
    WorkflowState,
    public_frame,
)
from plugins.notifications.api import NotificationKind

manifest = Manifest("every", "Every hook", "", "1.0", requires=("casework", "notifications"))

seen: list[tuple] = []
"""What the hooks and what they declared were told, in order."""


trouble: set[str] = set()
"""What is to fail, by name."""


class Thing:
    """An object of this module."""


@dataclass(frozen=True, kw_only=True)
class ThingSeen(Event):
    """The one fact of this module."""

    name: ClassVar[str] = "every.thing_seen"
    label: ClassVar[str] = "thấy {what}"
    what: str


class Things:
    """The one page of this module."""

    @document()
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        send_json(resp, {"things": 1})

    def on_get_case(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        send_json(resp, {"case": str(case_id)})

    def on_get_around(self, req: Request, resp: falcon.Response) -> None:
        send_json(resp, {"around": str(public_frame(req, "Mọi thứ", req.get_param("at") or ""))})


def stumble(name: str) -> None:
    """Fail if the test wants it."""
    if name in trouble:
        raise ZeroDivisionError(name)


def badge(ctx: RequestContext) -> int:
    """Return the number in the navigation."""
    stumble("badge")
    return 3


def render(ctx: RequestContext) -> CardView:
    """Return the card of the start page."""
    stumble("card")
    return CardView(empty="Chưa có gì")


def find(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return what the search finds."""
    stumble("search")
    return [SearchHit(f"Thấy {' '.join(words)} {limit}", "/thay")]


def check() -> Health:
    """Return how the module does."""
    stumble("health")
    return Health(ok=True, detail="ổn")


def hear(event: ThingSeen) -> None:
    """Hear of the fact."""
    seen.append(("heard", event.what))


def work(what: str) -> None:
    """Work in the background."""
    seen.append(("worked", what))


@click.command()
def count() -> None:
    """Count to one."""
    click.echo(f"1 {'closed' if db.is_closed() else 'connected'}, acting: {current_actor().name}")


# ---- declare


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("api", "things", Things(), "every.things", "every.read"),
        Route("portal", "things", Things(), "every.province", PUBLIC),
        Route("portal", "around", Things(), "every.around", PUBLIC, suffix="around"),
        Route("office", "", Things(), "every.page", "every.read"),
        Route("office", "cases/{case_id:uuid}", Things(), "every.one", "every.read", suffix="case"),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("every.read", "Đọc")]


@hookimpl
def register_roles() -> list[Role]:
    return [Role("every.reader", "Người đọc", ("every.read",))]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem("Mọi thứ", "every.page", "puzzle", "every.read", badge=badge)]


@hookimpl
def register_events() -> list[type[Event]]:
    return [ThingSeen]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    return [Subscriber(ThingSeen, hear)]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("every.work", work, "Việc nền", retries=2)]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [NotificationKind("every.told", "Điều đã thấy", email="digest")]


@hookimpl
def register_books() -> list[Book]:
    return [Book("every.book", "Sổ mọi thứ", format="MT-{so}", digits=3)]


@hookimpl
def register_leg_purposes() -> list[LegPurpose]:
    return [LegPurpose("every.look", "Cùng xem mọi thứ", "Cơ quan nhận xem và nói đã thấy gì")]


class EveryFigure:
    """A number of each agency; it needs no class of the platform."""

    key, title, meaning, alert = "every.seven", "Mọi con số", "Bảy ở cơ quan nào cũng vậy.", True

    def count(self, tenant_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        if "figure" in trouble:
            raise RuntimeError("figure")
        return dict.fromkeys(tenant_ids, 7)


class EveryWork:
    """What somebody has to do, whoever it is."""

    key = "every.work"

    def left(self, *, person_id: UUID | None = None, unit_id: UUID | None = None) -> str:
        if "open_work" in trouble:
            raise RuntimeError("open_work")
        return "Còn mọi việc của phòng." if unit_id else "Còn mọi việc của người này."


@hookimpl
def register_open_work() -> list[EveryWork]:
    return [EveryWork()]


@hookimpl
def register_agency_figures() -> list[EveryFigure]:
    return [EveryFigure()]


@hookimpl
def register_reports() -> list[CaseReport]:
    return [
        CaseReport(
            "every.case", "Mọi thứ đã đếm", sectors={"x": "Một lĩnh vực"}, sector_sql="left(c.title, 1)"
        )
    ]


@hookimpl
def register_workflows() -> list[CaseKind]:
    states = (WorkflowState("new", "Mới", "new", "Xem"), WorkflowState("done", "Xong", "done", final=True))
    ways = (Transition("finish", "Kết thúc", ("new",), "done", gives="nobody"),)
    read = "every.read"
    return [
        CaseKind(
            "every.case",
            "Việc mọi thứ",
            "MT",
            read,
            read,
            read,
            "every.one",
            "every.page",
            states,
            ways,
            "new",
        )
    ]


@hookimpl
def register_letters() -> list[LetterKind]:
    return [
        LetterKind(
            "every.notice", "Thông báo mọi thứ", "every.book", "every.read", "every.read", "every.read",
            type_name="Thông báo", core=("Căn cứ {ground}, cơ quan thông báo như sau.",), fields=(("ground", "Căn cứ"),),
        )
    ]  # fmt: skip


@hookimpl
def register_dashboard_cards() -> list[DashboardCard]:
    return [DashboardCard("every.card", "Mọi thứ", "every.read", render)]


@hookimpl
def register_search() -> list[SearchSource]:
    return [SearchSource("every.things", "Mọi thứ", "every.read", find)]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("every.well", "Mọi thứ ổn", check)]


@hookimpl
def register_commands() -> list[Command]:
    return [Command(count)]


@hookimpl
def register_portal_pages() -> list[PortalTile]:
    return [PortalTile("Mọi dịch vụ", "Cho mọi người", "every.province", "star")]


@hookimpl
def register_public_frames() -> list[PublicFrame]:
    return [
        PublicFrame(
            "every.frame", lambda _req, title, own_url, _crumbs: f"[{title}]" if own_url == "/every" else None
        )
    ]


# ---- run


@hookimpl
def on_module_enabled(tenant: TenantInfo, actor: Actor) -> None:
    stumble("on_module_enabled")
    seen.append(("enabled", tenant.code, actor.name))


@hookimpl
def on_module_disabled(tenant: TenantInfo, actor: Actor) -> None:
    seen.append(("disabled", tenant.code, actor.name))


@hookimpl
def seed_demo(tenant: TenantInfo, make: DemoMaker) -> None:
    seen.append(("seeded", tenant.code, make.random.randint(1, 1000)))


# ---- collect


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    stumble("module_disable_blockers")
    return [Blocker(f"còn việc ở {tenant.code}")]


@hookimpl
def check_access(context: RequestContext, permission: str, obj: object) -> Deny | None:
    stumble("check_access")
    return Deny(f"{permission} thì không") if isinstance(obj, Thing) and context.can("every.read") else None


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    stumble("object_actions")
    return [ObjectAction("Xem", "/xem", "eye", "every.read")] if isinstance(obj, Thing) else []


@hookimpl
def object_timeline(context: RequestContext, obj: object) -> list[TimelineEntry]:
    stumble("object_timeline")
    return [TimelineEntry(datetime.now(UTC), "Lan", "thấy")] if isinstance(obj, Thing) else []


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner) -> bool:
    stumble("file_access")
    return owner.kind == "open" or (owner.kind == "own" and context is not None and context.can("every.read"))
