"""The list of rooms."""

from uuid import UUID

from core.api import Cursor, Page
from plugins.pages.api import query_page
from tests.sixty_lines.rooms.models import Room

KEY = (str, UUID)


def rooms(cursor: Cursor) -> Page:
    """Return a page of rooms by name."""
    found = Room.select(Room.id, Room.name, Room.note).namedtuples()
    return query_page(found, (Room.name, Room.id), cursor)
