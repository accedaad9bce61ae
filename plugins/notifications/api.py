"""What other modules may import from this one, once they name `notifications` in their `requires`."""

from plugins.notifications.declarations import NotificationKind
from plugins.notifications.queries import PostOf, people_with, posts_of
from plugins.notifications.services import (
    Told,
    Words,
    forget_field,
    is_address,
    notify,
    notify_each,
    read_all,
    settle,
    take_back,
    write_to,
)

__all__ = [
    "NotificationKind",
    "PostOf",
    "Told",
    "Words",
    "forget_field",
    "is_address",
    "notify",
    "notify_each",
    "people_with",
    "posts_of",
    "read_all",
    "settle",
    "take_back",
    "write_to",
]
