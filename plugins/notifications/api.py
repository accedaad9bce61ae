"""What other modules may import from this one, once they name `notifications` in their `requires`."""

from plugins.notifications.queries import people_with
from plugins.notifications.services import Told, notify, notify_each, read_all

__all__ = ["Told", "notify", "notify_each", "people_with", "read_all"]
