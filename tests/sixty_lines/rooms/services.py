"""Everything that writes."""

from core.api import db, emit, require_permission
from tests.sixty_lines.rooms.models import Room
from tests.sixty_lines.rooms.plugin import RoomAdded


def add_room(ctx, said):
    """Add a room; sent twice with one id, it is added once.

    Raises Forbidden.
    """
    require_permission(ctx, "rooms.use")
    with db.atomic():
        once = Room.insert(**said).on_conflict(conflict_target=(Room.tenant_id, Room.id), action="IGNORE")
        if list(once.returning(Room.id).execute()):
            emit(RoomAdded(object_id=said["id"], title=said["name"]))
