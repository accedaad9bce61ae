"""Everything that writes: checked again here, in one transaction, with its fact."""

from uuid import UUID

from core.api import RequestContext, db, emit, fold, new_id, require_access
from plugins.skeleton.events import EntryAdded
from plugins.skeleton.models import Entry


def add_entry(ctx: RequestContext, *, title: str, entry_id: UUID | None = None) -> UUID:
    """Add an entry and return its id; what is sent twice with one id is added once.

    Raises Forbidden.
    """
    entry = Entry(id=entry_id or new_id(), title=title, folded=fold(title), added_by=ctx.person.id)
    require_access(ctx, "skeleton.write", entry)
    with db.atomic():
        made = Entry.insert(**entry.__data__)
        made = made.on_conflict(conflict_target=(Entry.tenant_id, Entry.id), action="IGNORE")
        if list(made.returning(Entry.id).execute()):
            emit(EntryAdded(object_id=entry.id, title=title))
    return entry.id
