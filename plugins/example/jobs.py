"""Background work of the notebook."""

from core.api import current_tenant, db, emit
from plugins.example import queries
from plugins.example.events import NoteEvent, NotesDeleted
from plugins.example.queries import KEEP_ARCHIVED
from plugins.files.api import remove_all_of
from plugins.followers.api import forget_object

AT_ONCE = 500


def delete_expired() -> None:
    """Delete the notes of the agency in scope that were put away longer ago than they are kept.

    Run again, it finds nothing left to do. Short transactions keep it from standing in anybody's way.
    """
    while True:
        with db.atomic():
            gone = db.execute_sql(
                "DELETE FROM example.note WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM example.note "
                "WHERE tenant_id = %(tenant)s AND archived_at < now() - %(keep)s LIMIT %(limit)s) RETURNING id",
                {"tenant": current_tenant(), "keep": KEEP_ARCHIVED, "limit": AT_ONCE},
            ).fetchall()
            if not gone:
                return
            remove_all_of(queries.files_owner(note_id) for (note_id,) in gone)
            for (note_id,) in gone:
                forget_object(NoteEvent.object_type, note_id)
            emit(NotesDeleted(count=len(gone), days=KEEP_ARCHIVED.days))
