"""What other modules may import from this one, once they name `example` in their `requires`."""

from plugins.example.events import NoteArchived, NoteChanged, NoteRestored, NoteWritten
from plugins.example.services import write_note

__all__ = ["NoteArchived", "NoteChanged", "NoteRestored", "NoteWritten", "write_note"]
