"""Background work of the notebook."""

from core.api import current_tenant, db, emit
from plugins.example.events import NotesDeleted
from plugins.example.queries import KEEP_ARCHIVED

AT_ONCE = 500


def delete_expired() -> None:
    """Delete the notes of the agency in scope that were put away longer ago than they are kept.

    Run again, it finds nothing left to do. Short transactions keep it from standing in anybody's way.
    """
    while True:
        with db.atomic():
            count = db.execute_sql(
                "DELETE FROM example.note WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM example.note "
                "WHERE tenant_id = %(tenant)s AND archived_at < now() - %(keep)s LIMIT %(limit)s)",
                {"tenant": current_tenant(), "keep": KEEP_ARCHIVED, "limit": AT_ONCE},
            ).rowcount
            if not count:
                return
            emit(NotesDeleted(count=count, days=KEEP_ARCHIVED.days))
