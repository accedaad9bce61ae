"""What other modules may import from this one, once they name `skeleton` in their `requires`."""

from plugins.skeleton.events import EntryAdded
from plugins.skeleton.services import add_entry

__all__ = ["EntryAdded", "add_entry"]
