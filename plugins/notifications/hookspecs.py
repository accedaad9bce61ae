"""The hook that the notification centre brings for other modules."""

# mypy: disable-error-code="empty-body"

from core.api import Declared, hookspec
from plugins.notifications.declarations import NotificationKind, unfit

DECLARE = {"register_notifications": Declared(NotificationKind, "notification", unfit)}


@hookspec
def register_notifications() -> list[NotificationKind]:
    """Return the kinds of notifications the module sends; people choose for each whether it is mailed. Added in 1.1."""
