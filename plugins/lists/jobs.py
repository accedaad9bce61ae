"""Background work of lists: long exports, many rows, and forgetting both."""

from uuid import UUID

from plugins.lists import services


def bulk(run: str) -> None:
    """Go through the rows of a run."""
    services.work_through(UUID(run))


def export(export: str) -> None:
    """Write a long list to a file."""
    services.write_export(UUID(export))


def forget() -> None:
    """Delete what is kept for a while only."""
    services.forget_old()
