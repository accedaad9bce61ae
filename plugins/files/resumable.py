"""Files that come in pieces and go on after a cut: begin, add pieces at an offset, finish (docs/adr/0010).

The row says how much counts. A piece is written, synced and then counted, so that whatever a crash left
beyond the count is written over by the next attempt.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from core.api import FileOwner, NotFound, RequestContext, _, db, new_id
from plugins.files import queries
from plugins.files.kinds import ANY, FileKinds, Refused, claim, clean_name, require_allowed
from plugins.files.models import Upload
from plugins.files.queries import UPLOADS, StoredFile
from plugins.files.services import claim_quota, discard, invalid, keep, need_room, no_room, too_large
from plugins.files.store import CHUNK, Readable, Spooled, StoreFull, incoming, measure

MAX_UPLOAD_BYTES = 4_000_000_000
PIECE_BYTES = 8_000_000
"""One piece at most: what a cut costs, and what one request keeps on disk besides."""
MAX_OPEN = 20
"""So many unfinished uploads may one person have."""


class WrongOffset(Exception):
    """Raised when a piece does not begin where the last one ended; the client asks and goes on."""

    def __init__(self, received: int) -> None:
        super().__init__(f"The upload goes on at {received}.")
        self.received = received


class Incomplete(WrongOffset):
    """Raised when an upload is to become a file before all of it has come."""


def begin(
    ctx: RequestContext,
    *,
    name: str,
    size: int,
    allowed: FileKinds = ANY,
    max_bytes: int = MAX_UPLOAD_BYTES,
) -> Upload:
    """Begin an upload of a file of that name and size, for a field that takes the kinds `allowed` up to a size.

    Raises Invalid.
    """
    claimed = claim(name)
    if claimed:
        try:
            require_allowed(claimed, allowed)
        except Refused as refused:
            raise invalid(str(refused)) from refused
    if size < 1:
        raise invalid(_("Tệp này trống, không có nội dung."))
    most = min(max_bytes, MAX_UPLOAD_BYTES)
    if size > most:
        raise too_large(most)
    if Upload.select().where(Upload.uploaded_by == ctx.person.id).count() >= MAX_OPEN:
        raise invalid(_("Bạn đang gửi dở {n} tệp. Gửi xong hoặc bỏ bớt rồi gửi tiếp.", n=MAX_OPEN))
    need_room(size)
    claim_quota(size)
    upload = Upload(id=new_id(), name=clean_name(name), size=size, uploaded_by=ctx.person.id)
    upload.save(force_insert=True)
    return upload


def add(ctx: RequestContext, upload_id: UUID, offset: int, piece: Readable, size: int) -> Upload:
    """Add a piece that begins at `offset` and return how the upload stands.

    Raises NotFound, WrongOffset, Invalid for more than was announced or a full disk.
    """
    with db.atomic():
        upload = queries.upload(upload_id, ctx.person.id, lock=True)
        received = _borne_out(upload)
        if offset == received:
            if offset + size > upload.size:
                raise invalid(_("Tệp gửi lên dài hơn đã báo trước. Gửi lại từ đầu."))
            try:
                # What came counts, not what was announced: a line may be cut in the middle of a piece.
                _count(upload, _write(part_of(upload_id), offset, piece))
            except OSError as error:
                raise no_room() from error
            return upload
    raise WrongOffset(received)


def standing(ctx: RequestContext, upload_id: UUID) -> Upload:
    """Return how an upload stands; one that became a file which no object has yet has come whole.

    Raises NotFound.
    """
    try:
        return queries.upload(upload_id, ctx.person.id)
    except NotFound:
        file = queries.finished(upload_id, ctx.person.id)
        return Upload(id=file.id, name=file.name, size=file.size, received=file.size)


def finish(ctx: RequestContext, upload_id: UUID, allowed: FileKinds = ANY) -> StoredFile:
    """Turn a complete upload into a file of its sender, ready to be given to an object; twice is the same as once.

    The file has the upload's id, so that nothing is sent again when the answer is lost. A file of a kind that
    nobody takes ends the upload. Raises NotFound, Incomplete, Invalid.
    """
    try:
        return _finish(ctx, upload_id, allowed)
    except NotFound:
        return queries.finished(upload_id, ctx.person.id)


def _finish(ctx: RequestContext, upload_id: UUID, allowed: FileKinds) -> StoredFile:
    upload = queries.upload(upload_id, ctx.person.id)
    came = _measured(upload)
    with db.atomic():
        upload = queries.upload(upload_id, ctx.person.id, lock=True)
        received = _borne_out(upload)
        if came is not None and came.size == received == upload.size:
            Upload.delete().where(Upload.id == upload_id).execute()  # its size counts once
            try:
                owner = FileOwner(*UPLOADS, ctx.person.id)
                return keep(came, name=upload.name, owner=owner, allowed=allowed, file_id=upload_id)
            except StoreFull as error:
                raise no_room() from error
    raise Incomplete(received)


def _measured(upload: Upload) -> Spooled | None:
    """Read what has come of a complete upload; None while some is missing.

    Gigabytes take minutes, so nothing is locked: a complete upload takes no more pieces. PostgreSQL hears of us
    now and then, because it ends transactions that rest for a minute.
    """
    part = part_of(upload.id)
    if upload.received != upload.size or not part.exists():
        return None
    return measure(part, meanwhile=lambda: db.execute_sql("SELECT"))


def give_up(ctx: RequestContext, upload_id: UUID) -> None:
    """Forget an upload and what has come of it, or the file it became, until an object has it.

    Raises NotFound.
    """
    with db.atomic():
        if discard(upload_id, ctx.person.id):
            return
        Upload.delete().where(Upload.id == queries.upload(upload_id, ctx.person.id, lock=True).id).execute()
    part_of(upload_id).unlink(missing_ok=True)


def part_of(upload_id: UUID) -> Path:
    """Return where what has come of an upload lies."""
    return incoming("uploads") / upload_id.hex


def _borne_out(upload: Upload) -> int:
    """Return how much of an upload really lies there; less counts when the disk has lost some."""
    part = part_of(upload.id)
    lying = part.stat().st_size if part.exists() else 0
    if lying < upload.received:
        _count(upload, lying)
    return upload.received


def _count(upload: Upload, received: int) -> None:
    upload.received, upload.changed_at = received, datetime.now(UTC)
    Upload.update(received=received, changed_at=upload.changed_at).where(Upload.id == upload.id).execute()


def _write(path: Path, offset: int, piece: Readable) -> int:
    """Write a piece at its place and return where it ends."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o640), "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        while chunk := piece.read(CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()
