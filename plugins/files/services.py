"""Everything that writes files: checked, bytes on disk first, then the row in the caller's transaction."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO
from uuid import UUID

import structlog

from core.api import (
    Event,
    FileOwner,
    Invalid,
    _,
    current_actor,
    db,
    emit,
    enqueue,
    format_number,
    new_id,
)
from plugins.files import kinds, pictures, queries
from plugins.files.events import VirusFound
from plugins.files.kinds import ANY, FileKinds, Refused, clean_name
from plugins.files.models import File
from plugins.files.queries import UPLOADS, StoredFile
from plugins.files.scanner import ScannerAway, scanner
from plugins.files.store import MB, Spooled, StoreFull, TooLarge, require_space, spooled, store

MAX_BYTES = 50_000_000
"""The largest file of a field that names no limit of its own."""
SCANNED_AT_ONCE = 32_000_000
"""Larger files are scanned by a job: nobody waits for an answer so long."""
FIELD = "file"

log = structlog.get_logger()


def store_file(
    content: IO[bytes], *, name: str, owner: FileOwner, allowed: FileKinds = ANY, max_bytes: int = MAX_BYTES
) -> StoredFile:
    """Store what a stream holds as a file of an object, inside the caller's transaction.

    Raises Invalid for the field `file`: empty, too large, of another kind than its name or the field
    says, beyond the agency's space, infected, or no room on the disk.
    """
    try:
        with spooled(content, max_bytes=max_bytes) as came:
            return keep(came, name=name, owner=owner, allowed=allowed)
    except TooLarge as error:
        raise too_large(max_bytes) from error
    except StoreFull as error:
        raise no_room() from error


def keep(came: Spooled, *, name: str, owner: FileOwner, allowed: FileKinds) -> StoredFile:
    """Check a file that has come in whole and store it.

    Raises Invalid, StoreFull.
    """
    name = clean_name(name)
    if not came.size:
        raise invalid(_("Tệp này trống, không có nội dung."))
    require_quota(came.size)
    with came.path.open("rb") as file:
        try:
            media_type = kinds.judge(file, name, allowed)
            width, height = pictures.size_of(file) if pictures.is_picture(media_type) else (0, 0)
        except Refused as refused:
            raise invalid(str(refused)) from refused
        state = _scan(file, came, name)
    store().put(came)
    record = File(
        id=new_id(), name=name, media_type=media_type, size=came.size, digest=came.digest, width=width,
        height=height, owner_module=owner.module, owner_kind=owner.kind, owner_id=owner.id, state=state,
        uploaded_by=current_actor().person_id,
    )  # fmt: skip
    record.save(force_insert=True)
    if state == "held":
        enqueue("files.scan", args={"file": str(record.id)}, lock=came.digest)
    return queries.stored(record.id)


def give(
    file_id: UUID, owner: FileOwner, *, allowed: FileKinds = ANY, max_bytes: int = MAX_BYTES
) -> StoredFile:
    """Give a finished upload of the acting person to an object; twice is the same as once.

    Raises Invalid for the field `file`.
    """
    with db.atomic():
        found = File.select().where(File.id == file_id).for_update().first()
        mine = (*UPLOADS, current_actor().person_id)
        holder = found and (found.owner_module, found.owner_kind, found.owner_id)
        if holder == (owner.module, owner.kind, owner.id):
            return queries.stored(file_id)
        if holder != mine:
            raise invalid(_("Tệp này không còn ở máy chủ. Chọn lại tệp và gửi lại."))
        if found.size > max_bytes:
            raise too_large(max_bytes)
        require_kind(found, allowed)
        File.update(owner_module=owner.module, owner_kind=owner.kind, owner_id=owner.id).where(
            File.id == file_id
        ).execute()
        return queries.stored(file_id)


def require_kind(found: File, allowed: FileKinds) -> None:
    """Check that a stored file is of a kind that a field takes.

    Raises Invalid.
    """
    try:
        with store().open(found.digest) as file:
            kinds.judge(file, found.name, allowed)
    except Refused as refused:
        raise invalid(str(refused)) from refused


def remove(file_id: UUID) -> None:
    """Remove a file from its object; its bytes go a day later, unless another file has the same.

    Raises NotFound.
    """
    with db.atomic():
        File.delete().where(File.id == queries.stored(file_id).id).execute()


def remove_all_of(owners: Iterable[FileOwner]) -> None:
    """Remove every file of objects that are deleted."""
    groups: dict[tuple[str, str], list[UUID]] = {}
    for owner in owners:
        groups.setdefault((owner.module, owner.kind), []).append(owner.id)
    for (module, kind), ids in groups.items():
        File.delete().where(
            File.owner_module == module, File.owner_kind == kind, File.owner_id.in_(ids)
        ).execute()


def require_quota(size: int) -> None:
    """Check that the agency may store so many bytes more.

    Raises Invalid.
    """
    figures = queries.usage()
    if not figures.takes(size):
        raise invalid(
            _(
                "Cơ quan đã dùng {used} trong {quota} dành cho tệp, không còn chỗ cho tệp này. Xoá bớt tệp cũ hoặc "
                "báo quản trị của cơ quan.",
                used=queries.size_text(figures.used),
                quota=queries.size_text(figures.quota),
            )
        )


def settle_scan(file_id: UUID) -> None:
    """Ask the scanner about a file that is held, and let it go or mark it.

    Raises ScannerAway.
    """
    with db.atomic():
        found = queries.rows("id = %(id)s", {"id": file_id})
    if not found or found[0].state != "held":
        return
    asked = scanner()
    with store().open(found[0].digest) as file:
        signature = asked.scan(file) if asked else ""
    with db.atomic():
        File.update(state="infected" if signature else "ready").where(File.id == file_id).execute()
        if signature:
            emit(VirusFound(object_id=file_id, file=found[0].name, signature=signature))


def invalid(message: str) -> Invalid:
    """Return an error of the field in which files are chosen."""
    return Invalid({FIELD: [message]})


def too_large(max_bytes: int) -> Invalid:
    """Return the error of a file above the limit of its field."""
    return invalid(_("Tệp lớn quá {max} MB.", max=format_number(max_bytes // MB)))


def no_room() -> Invalid:
    """Return the error of a full disk, and tell the operators."""
    log.error("files.disk_full")
    return invalid(_("Máy chủ không còn chỗ chứa tệp, tệp chưa được lưu. Hãy báo quản trị hệ thống."))


def need_room(size: int) -> None:
    """Check that so many bytes fit on the disk.

    Raises Invalid.
    """
    try:
        require_space(size)
    except (StoreFull, OSError) as error:
        raise no_room() from error


def _scan(file: IO[bytes], came: Spooled, name: str) -> str:
    """Return the state of a new file: ready, or held until the scanner has looked at it.

    Raises Invalid for an infected one, which is told to the audit as well.
    """
    asked = scanner()
    if asked is None:
        return "ready"
    if came.size > SCANNED_AT_ONCE:
        return "held"
    try:
        signature = asked.scan(file)
    except ScannerAway as away:
        log.warning("files.scanner_away", reason=str(away))
        return "held"
    if signature:
        _tell_apart(VirusFound(file=name, signature=signature))
        raise invalid(_("Tệp có mã độc ({signature}) nên không nhận.", signature=signature))
    return "ready"


def _tell_apart(event: Event) -> None:
    """Record a fact that outlives the refusal it comes with, which rolls the caller's transaction back."""

    def tell() -> None:
        with db.connection_context(), db.atomic():
            emit(event)

    with ThreadPoolExecutor(1) as other:
        other.submit(copy_context().run, tell).result()
