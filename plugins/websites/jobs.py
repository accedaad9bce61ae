"""Background work of the sites."""

from plugins.websites import publishing


def publish_due() -> None:
    """Publish and take offline what is due; comes at the set times, and by schedule where one was missed."""
    publishing.publish_due()
