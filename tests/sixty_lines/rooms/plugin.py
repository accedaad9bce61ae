"""What the meeting rooms declare."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import Event, Manifest, NavItem, Permission, Role, Route, hookimpl

manifest = Manifest(
    key="rooms",
    title="Phòng họp",
    summary="Phòng họp của cơ quan",
    version="1.0",
    requires=("drafts", "pages"),
)


@dataclass(frozen=True, kw_only=True)
class RoomAdded(Event):
    """There is one more room."""

    name: ClassVar[str] = "rooms.added"
    label: ClassVar[str] = "thêm phòng họp {title}"
    title: str


@hookimpl
def register_routes() -> list[Route]:
    from tests.sixty_lines.rooms import resources

    return [
        Route("office", "", resources.Rooms(), "rooms.rooms", "rooms.use"),
        Route("office", "new", resources.NewRoom(), "rooms.new", "rooms.use"),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [Permission("rooms.use", "Xem và thêm phòng họp")]


@hookimpl
def register_roles() -> list[Role]:
    return [Role("rooms.user", "Người dùng phòng họp", ("rooms.use",))]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem("Phòng họp", "rooms.rooms", "door", "rooms.use")]


@hookimpl
def register_events() -> list[type[Event]]:
    return [RoomAdded]
