"""Everything that writes files: checked, bytes on disk first, then the row in the caller's transaction."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import IO
from uuid import UUID

import structlog
from peewee import fn

from core.api import (
    N_,
    Event,
    FileOwner,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_actor,
    current_tenant,
    db,
    emit,
    enqueue,
    format_number,
    installed_settings,
    new_id,
    require_permission,
)
from plugins.files import kinds, pictures, queries
from plugins.files.events import UploadDiscarded, VirusFound, VirusFoundLater
from plugins.files.kinds import ANY, FileKinds, Refused, clean_name
from plugins.files.models import File
from plugins.files.queries import UPLOADS, StoredFile
from plugins.files.scanner import Scanner, ScannerAway, scanner
from plugins.files.store import MB, Spooled, StoreFull, TooLarge, require_space, spooled, store
from plugins.notifications.api import notify

MAX_BYTES = 50_000_000
"""The largest file of a field that names no limit of its own."""
SCANNED_AT_ONCE = 32_000_000
"""Larger files are scanned by a job: nobody waits for an answer so long."""
FIELD = "file"
SPACE = "tenants.manage_settings"
"""The right to see and to make room."""
INFECTED = "files.infected"
PORTION = 200
"""So many stored files are looked at in one run of the job."""

log = structlog.get_logger()


def store_file(
    content: IO[bytes], *, name: str, owner: FileOwner, allowed: FileKinds = ANY, max_bytes: int = MAX_BYTES
) -> StoredFile:
    """Store what a stream holds as a file of an object, inside the caller's transaction.

    Raises Invalid for the field `file`: empty, too large, of another kind than its name or the field
    says, beyond the agency's space, infected, or no room on the disk.
    """
    with _received(content, max_bytes) as came:
        return keep(came, name=name, owner=owner, allowed=allowed)


def keep(
    came: Spooled, *, name: str, owner: FileOwner, allowed: FileKinds, file_id: UUID | None = None
) -> StoredFile:
    """Check a file that has come in whole and store it, under an id of its own or the one given.

    Raises Invalid, StoreFull.
    """
    name, media_type, width, height = _checked(came, name, allowed)
    with came.path.open("rb") as file:
        state = _scan(file, came, name)
    claim_quota(came.size)
    store().put(came)
    record = File(
        id=file_id or new_id(), name=name, media_type=media_type, size=came.size, digest=came.digest, width=width,
        height=height, owner_module=owner.module, owner_kind=owner.kind, owner_id=owner.id, state=state,
        uploaded_by=current_actor().person_id, scanned_at=fn.now() if state == "ready" and scanner() else None,
    )  # fmt: skip
    record.save(force_insert=True)
    if state == "held":
        enqueue("files.scan", args={"file": str(record.id)}, lock=came.digest)
    return queries.stored(record.id)


def check_file(
    content: IO[bytes], *, name: str, allowed: FileKinds = ANY, max_bytes: int = MAX_BYTES, beside: int = 0
) -> None:
    """Check whether a file would be stored beside so many bytes more, for a plan that stores nothing.

    Raises Invalid as store_file does.
    """
    with _received(content, max_bytes) as came:
        require_quota(came.size, beside)
        name = _checked(came, name, allowed)[0]
        with came.path.open("rb") as file:
            _scan(file, came, name, is_told=False)


@contextmanager
def _received(content: IO[bytes], max_bytes: int) -> Iterator[Spooled]:
    try:
        with spooled(content, max_bytes=max_bytes) as came:
            yield came
    except TooLarge as error:
        raise too_large(max_bytes) from error
    except StoreFull as error:
        raise no_room() from error


def _checked(came: Spooled, name: str, allowed: FileKinds) -> tuple[str, str, int, int]:
    """Return a file's name, its kind and, of a picture, width and height. Raises Invalid."""
    name = clean_name(name)
    if not came.size:
        raise invalid(_("Tệp này trống, không có nội dung."))
    with came.path.open("rb") as file:
        try:
            media_type = kinds.judge(file, name, allowed)
            width, height = pictures.size_of(file) if pictures.is_picture(media_type) else (0, 0)
        except Refused as refused:
            raise invalid(str(refused)) from refused
    return name, media_type, width, height


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
        if found.state == "infected":
            told = _(
                "Tệp “{name}” có mã độc nên bị khoá. Xoá tệp này và gửi lại bản sạch nếu còn cần.",
                name=found.name,
            )
            raise invalid(told)
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


def discard(file_id: UUID, person_id: UUID | None = None) -> bool:
    """Remove a finished upload that no object has taken, only this person's if one is named; False if there is none."""
    mine = (File.id == file_id) & (File.owner_module == UPLOADS[0]) & (File.owner_kind == UPLOADS[1])
    if person_id is not None:
        mine &= File.owner_id == person_id
    return bool(File.delete().where(mine).execute())


def discard_unclaimed(ctx: RequestContext, file_id: UUID) -> None:
    """Remove somebody's finished upload that no object has taken, to make room; raises Forbidden, NotFound."""
    require_permission(ctx, SPACE)
    with db.atomic():
        file = queries.stored(file_id)
        if not discard(file_id):
            raise NotFound
        emit(UploadDiscarded(object_id=file_id, file=file.name))


def rename(file_id: UUID, name: str) -> None:
    """Give a file another name, in the running transaction; for acts that checked who may. Raises NotFound."""
    File.update(name=name).where(File.id == queries.stored(file_id).id).execute()


def remove_all_of(owners: Iterable[FileOwner]) -> None:
    """Remove every file of objects that are deleted."""
    groups: dict[tuple[str, str], list[UUID]] = {}
    for owner in owners:
        groups.setdefault((owner.module, owner.kind), []).append(owner.id)
    for (module, kind), ids in groups.items():
        File.delete().where(
            File.owner_module == module, File.owner_kind == kind, File.owner_id.in_(ids)
        ).execute()


def require_quota(size: int, beside: int = 0) -> None:
    """Check that the agency may store so many bytes more, beside others that are only planned.

    Raises Invalid.
    """
    if not installed_settings().files_quota_mb:
        return
    figures = queries.usage()
    if not figures.takes(size + beside):
        raise invalid(
            _(
                "Cơ quan đã dùng {used} trong {quota} dành cho tệp, không còn chỗ cho tệp này. Xoá bớt tệp cũ hoặc "
                "báo quản trị của cơ quan.",
                used=queries.size_text(figures.used + beside),
                quota=queries.size_text(figures.quota),
            )
        )


def claim_quota(size: int) -> None:
    """Check once more what fits, now that nobody else of the agency stores anything until this transaction ends.

    Of two that came at once the second sees what the first took. Raises Invalid.
    """
    if installed_settings().files_quota_mb:
        db.execute_sql(
            "SELECT pg_advisory_xact_lock(hashtextextended('files.quota:' || %s, 0))",
            (str(current_tenant()),),
        )
        require_quota(size)


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
        # Another run, or a newer scan, may have settled it while this one was looking.
        settled = File.update(
            state="infected" if signature else "ready", scanned_at=fn.now() if asked else None
        ).where(File.id == file_id, File.state == "held")
        if settled.execute() and signature:
            _close(found[0], signature)


def scan_again(asked: Scanner, version: str) -> int:
    """Look once more at a portion of the agency's stored files; return how many the portion had.

    Stopped anywhere, the next run goes on with those that were not looked at for the longest time.
    Raises ScannerAway.
    """
    with db.atomic():
        portion = queries.unscanned(version, PORTION)
    for file in portion:
        _scan_stored(asked, version, file)
    return len(portion)


def _scan_stored(asked: Scanner, version: str, file: StoredFile) -> None:
    """Look at one stored file; what the scanner cannot read alone is no reason to stop."""
    signature = ""
    try:
        with store().open(file.digest) as content:
            signature = asked.scan(content)
    except FileNotFoundError:
        pass  # told by `lienthong files verify`
    except ScannerAway as away:
        asked.ping()
        log.warning("files.not_scanned", file=str(file.id), reason=str(away))
    with db.atomic():
        # Files with the same bytes are the same to the scanner.
        File.update(scanned_at=fn.now(), scanned_with=version).where(
            File.digest == file.digest, File.state == "ready"
        ).execute()
        if signature:
            for each in queries.rows("digest = %(digest)s AND state = 'ready'", {"digest": file.digest}):
                _close(each, signature)


def _close(file: StoredFile, signature: str) -> None:
    """Make an infected file unavailable and tell whoever sent it."""
    File.update(state="infected").where(File.id == file.id).execute()
    emit(VirusFoundLater(object_id=file.id, file=file.name, signature=signature))
    notify(
        INFECTED,
        [file.uploaded_by] if file.uploaded_by else [],
        fact=str(file.id),
        text=N_("Tệp “{name}” bạn đã gửi có mã độc nên bị khoá. Gửi lại bản sạch nếu còn cần."),
        fields={"name": file.name},
    )


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


def _scan(file: IO[bytes], came: Spooled, name: str, *, is_told: bool = True) -> str:
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
        if is_told:
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
