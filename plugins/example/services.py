"""Everything that writes to the notebook: checked again here, in one transaction, with its fact."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from core.api import (
    N_,
    SYSTEM,
    Conflict,
    Invalid,
    RequestContext,
    _,
    acting,
    changed,
    db,
    emit,
    fold,
    new_id,
    open_units,
    require_access,
)
from plugins.example import queries
from plugins.example.events import (
    FileAttached,
    FileDetached,
    NoteArchived,
    NoteChanged,
    NoteEvent,
    NotePinned,
    NoteRestored,
    NoteUnpinned,
    NoteWritten,
    WelcomeTaken,
)
from plugins.example.models import Acknowledgement, Note
from plugins.files.api import SentFiles, files_of, remove, take_files
from plugins.followers.api import followers_of, forget_object
from plugins.notifications.api import notify, people_with

PINNED, CHANGED = "example.pinned", "example.changed"
"""Kinds of notifications: everybody of the unit should know a note; one that somebody knew or follows is another now."""
KNOWN = N_("Ghi chú “{title}” bạn đã nắm vừa được sửa")
FOLLOWED = N_("Ghi chú “{title}” bạn theo dõi vừa được sửa")

WELCOME_TITLE = N_("Sổ tay của phòng dùng thế nào")
WELCOME = N_(
    "Đây là sổ chung của phòng: ai có vị trí ở phòng đều đọc được, người ngoài phòng thì không.\n"
    "Ghi điều cả phòng cần nhớ: kết luận họp, số điện thoại đầu mối, cách làm một việc khó.\n"
    "Ghim điều mọi người phải nắm; ai đọc rồi thì bấm “Đã nắm”. Sửa lại thì mọi người cần nắm lại.\n"
    "Không ghi bí mật nhà nước và dữ liệu cá nhân của người dân."
)


# ---- write and change ------------------------------------------------------------------------------------


def write_note(
    ctx: RequestContext, *, note_id: UUID | None = None, unit_id: UUID, title: str, body: str = ""
) -> Note:
    """Write a note into the notebook of a unit.

    A form or program that sends the same `note_id` twice writes one note. Raises Invalid for an unknown
    unit or a foreign note's id, Forbidden.
    """
    unit = queries.unit_name(unit_id)
    if unit is None:
        raise Invalid({"unit_id": [_("Lựa chọn này không còn, chọn lại.")]})
    note = Note(id=note_id or new_id(), unit_id=unit_id, title=title, body=body, author_id=ctx.person.id)
    require_access(ctx, "example.write", note)
    if not put_note(note, unit):
        note = queries.note(note.id)
        if (note.author_id, note.unit_id) != (ctx.person.id, unit_id):
            raise Invalid({"id": [_("Mã này là của một ghi chú khác.")]})
    return note


def put_note(note: Note, unit: str) -> bool:
    """Store a new note and its fact; False when one with its id is stored already."""
    note.folded = fold(f"{note.title} {note.body}")
    with db.atomic():
        made = Note.insert(**note.__data__)
        made = made.on_conflict(conflict_target=(Note.tenant_id, Note.id), action="IGNORE")
        if not list(made.returning(Note.id).execute()):
            return False
        emit(NoteWritten(object_id=note.id, title=note.title, unit=unit))
    return True


def change_note(ctx: RequestContext, note_id: UUID, *, version: int, title: str, body: str) -> Note:
    """Change the text of a note that was read as `version`.

    Raises Conflict when somebody changed it since, Invalid when it was put away, Forbidden, NotFound.
    """
    with db.atomic():
        note = queries.note(note_id)
        require_access(ctx, "example.write", note)
        if note.archived_at:
            raise Invalid({"": [_("Ghi chú đã được cất. Lấy lại trước khi sửa.")]})
        if note.version != version:
            # Also for a text that is the same: it was read before the other was written.
            raise Conflict(note)
        if (note.title, note.body) == (title, body):
            return note
        before = {"title": note.title, "length": len(note.body)}
        note.title, note.body, note.folded = title, body, fold(f"{title} {body}")
        note.changed_by, note.changed_at = ctx.person.id, datetime.now(UTC)
        note.save_version(version)
        emit(
            NoteChanged(
                object_id=note.id, title=title, changes=changed(before, {"title": title, "length": len(body)})
            )
        )
    return note


def set_pinned(ctx: RequestContext, note_id: UUID, *, pinned: bool) -> None:
    """Put a note above the others of its unit, or back among them; nothing happens when it is there already.

    Raises Forbidden, NotFound.
    """
    with db.atomic():
        note = queries.note(note_id)
        require_access(ctx, "example.write", note)
        query = Note.update(pinned=pinned).where(
            Note.id == note.id, Note.pinned != pinned, Note.archived_at.is_null()
        )
        if query.execute():
            emit((NotePinned if pinned else NoteUnpinned)(object_id=note.id, title=note.title))
            if pinned:
                tell_unit(note, ctx.person.id)


def tell_unit(note: Note, by: UUID, at: datetime | None = None) -> None:
    """Tell the unit of a note, but for who pinned it, that it is pinned; once for each of its versions."""
    notify(
        PINNED,
        [person_id for person_id in queries.people_of(note.unit_id) if person_id != by],
        fact=f"{note.id}:{note.version}",
        text=N_("Ghi chú “{title}” được ghim: mọi người trong phòng cần nắm"),
        fields={"title": note.title},
        route="example.note",
        route_fields={"note_id": note.id},
        at=at,
    )


def archive_note(ctx: RequestContext, note_id: UUID) -> Note:
    """Put a note away; it is deleted after 30 days unless it is taken back.

    Raises Forbidden, NotFound.
    """
    with db.atomic():
        note = queries.note(note_id)
        require_access(ctx, "example.write", note)
        query = Note.update(archived_at=datetime.now(UTC), pinned=False)
        if query.where(Note.id == note.id, Note.archived_at.is_null()).execute():
            emit(NoteArchived(object_id=note.id, title=note.title))
    return note


def restore_note(ctx: RequestContext, note_id: UUID) -> Note:
    """Take back a note that was put away.

    Raises Forbidden, NotFound.
    """
    with db.atomic():
        note = queries.note(note_id)
        require_access(ctx, "example.write", note)
        if Note.update(archived_at=None).where(Note.id == note.id, Note.archived_at.is_null(False)).execute():
            emit(NoteRestored(object_id=note.id, title=note.title))
    return note


# ---- files -------------------------------------------------------------------------------------------------


def attach(ctx: RequestContext, note_id: UUID, sent: SentFiles) -> int:
    """Attach files to a note and return how many.

    Raises Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        note = queries.note(note_id)
        require_access(ctx, "example.write", note)
        if not sent:
            raise Invalid({sent.field: [_("Chưa chọn tệp nào.")]})
        files = take_files(sent, queries.files_owner(note.id))
        for file in files:
            emit(FileAttached(object_id=note.id, title=note.title, file=file.name))
    return len(files)


def detach(ctx: RequestContext, note_id: UUID, file_id: UUID) -> None:
    """Take a file off a note; nothing happens when it is gone already.

    Raises Forbidden, NotFound.
    """
    with db.atomic():
        note = queries.note(note_id)
        require_access(ctx, "example.write", note)
        for file in files_of(queries.files_owner(note.id)):
            if file.id == file_id:
                remove(file_id)
                emit(FileDetached(object_id=note.id, title=note.title, file=file.name))


# ---- taking note ------------------------------------------------------------------------------------------


def acknowledge(ctx: RequestContext, note_id: UUID) -> None:
    """Remember that the person has taken note; twice is the same as once.

    Raises Forbidden, NotFound.
    """
    note = queries.note(note_id)
    require_access(ctx, "example.read", note)
    Acknowledgement.insert(note_id=note.id, person_id=ctx.person.id).on_conflict_ignore().execute()


def forget_acknowledgements(event: NoteChanged) -> None:
    """Let everybody take note anew of a text that has changed; hears NoteChanged in its transaction.

    Who knew the old text and who follows the note is told.
    """
    assert event.object_id is not None
    note = queries.note(event.object_id)
    tell_of_change(note, [each.person_id for each in queries.acknowledged(note.id)])
    # Who both knew and follows it is not told again: it is the same fact of the same kind.
    tell_of_change(note, _following(note), text=FOLLOWED)
    Acknowledgement.delete().where(Acknowledgement.note_id == note.id).execute()


def tell_of_change(
    note: Note, people: Iterable[UUID], at: datetime | None = None, *, text: str = KNOWN
) -> None:
    """Tell people, but for who changed it, that the text of a note is another one now."""
    notify(
        CHANGED,
        [person_id for person_id in people if person_id != note.changed_by],
        fact=f"{note.id}:{note.version}",
        text=text,
        fields={"title": note.title},
        route="example.note",
        route_fields={"note_id": note.id},
        at=at,
    )


def _following(note: Note) -> list[UUID]:
    """Return who follows a note and may still read it; asked for all of them at once, for there may be many."""
    followers = [each.person_id for each in followers_of(NoteEvent.object_type, note.id)]
    if not followers:
        return []
    near = {*people_with("example.manage"), *queries.people_of(note.unit_id)}
    readers = near & set(people_with("example.read"))
    return [person_id for person_id in followers if person_id in readers]


# ---- the life of the module in an agency --------------------------------------------------------------------


def welcome() -> None:
    """Put a note on how to use it into every notebook that is still empty."""
    # The platform writes these notes, not whoever switched the module on.
    with acting(SYSTEM):
        for unit_id, unit in open_units():
            if not Note.select().where(Note.unit_id == unit_id).exists():
                put_note(Note(unit_id=unit_id, title=_(WELCOME_TITLE), body=_(WELCOME)), unit)


def take_welcome_back() -> None:
    """Delete the welcome notes that nobody has changed, so that switching on again begins afresh."""
    gone = Note.delete().where(Note.author_id.is_null(), Note.version == 1).returning(Note.id, Note.title)
    with acting(SYSTEM):
        for note_id, title in gone.tuples().execute():
            forget_object(NoteEvent.object_type, note_id)
            emit(WelcomeTaken(object_id=note_id, title=title))
