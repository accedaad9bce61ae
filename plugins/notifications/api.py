"""What other modules may import from this one, once they name `notifications` in their `requires`."""

from plugins.notifications.queries import people_with
from plugins.notifications.services import notify, read_all

__all__ = ["notify", "people_with", "read_all"]
