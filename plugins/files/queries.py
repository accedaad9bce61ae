"""Everything that reads files and their figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from core.api import FileOwner, NotFound, current_tenant, db, format_number, installed_settings
from plugins.files.models import Upload
from plugins.files.store import MB

UPLOADS = ("files", "upload")
"""Module and kind of what owns an uploaded file until it is given to an object: whoever sent it."""
COLUMNS = "id, name, media_type, size, digest, width, height, owner_module, owner_kind, owner_id, uploaded_by, created_at, state"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file as other modules see it; width and height are 0 when it is no picture."""

    id: UUID
    name: str
    media_type: str
    size: int
    digest: str
    width: int
    height: int
    owner: FileOwner
    uploaded_by: UUID | None
    created_at: datetime
    state: Literal["ready", "held", "infected"] = "ready"
    """`held` until a scanner has looked at it; only a file that is ready can be opened."""

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.width > 0


def stored(file_id: UUID) -> StoredFile:
    """Return a file of the agency in scope.

    Raises NotFound.
    """
    found = rows("id = %(id)s", {"id": file_id})
    if not found:
        raise NotFound
    return found[0]


def files_of(owner: FileOwner) -> list[StoredFile]:
    """Return the files of an object in the order they came."""
    return rows(
        "owner_module = %(module)s AND owner_kind = %(kind)s AND owner_id = %(owner)s ORDER BY id",
        {"module": owner.module, "kind": owner.kind, "owner": owner.id},
    )


def files_by_id(file_ids: Sequence[UUID]) -> dict[UUID, StoredFile]:
    """Return several files at once, for lists that name them; those that are gone are missing."""
    return {each.id: each for each in rows("id = ANY(%(ids)s::uuid[])", {"ids": list(file_ids)})}


def rows(condition: str, values: dict[str, object]) -> list[StoredFile]:
    """Return the files of the agency in scope that meet an SQL condition."""
    found = db.execute_sql(
        f"SELECT {COLUMNS} FROM files.file WHERE tenant_id = %(tenant)s AND {condition}",
        {"tenant": current_tenant(), **values},
    ).fetchall()
    return [from_row(row) for row in found]


def unscanned(version: str, limit: int) -> list[StoredFile]:
    """Return files that this version of the scanner has not seen, those never looked at first."""
    return rows(
        "state = 'ready' AND scanned_with <> %(version)s ORDER BY scanned_at NULLS FIRST, id LIMIT %(limit)s",
        {"version": version, "limit": limit},
    )


def from_row(row: Sequence[Any]) -> StoredFile:
    """Return a file from the columns named in COLUMNS."""
    values: list[Any] = [*row[:7], FileOwner(*row[7:10]), *row[10:]]
    return StoredFile(*values)


def can_be_shown(file: StoredFile) -> bool:
    """Tell whether browsers show a file in a sandboxed page; everything else is downloaded."""
    return file.is_picture or file.media_type == "application/pdf"


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of its space an agency takes, in bytes; a quota of 0 is no limit."""

    files: int
    used: int
    coming: int
    """Declared by uploads that are not finished."""
    quota: int

    @property
    def full(self) -> bool:
        """Whether nothing more fits."""
        return bool(self.quota) and self.used + self.coming >= self.quota

    def takes(self, size: int) -> bool:
        """Tell whether so many bytes more fit."""
        return not self.quota or self.used + self.coming + size <= self.quota


# PERF: added up from an index alone; migration 0003 keeps it readable without the table.
_USAGE = """SELECT count(*), coalesce(sum(size), 0)::bigint,
    (SELECT coalesce(sum(size), 0)::bigint FROM files.upload WHERE tenant_id = %(tenant)s)
FROM files.file WHERE tenant_id = %(tenant)s"""


def usage() -> Usage:
    """Return the figures of the agency in scope."""
    files, used, coming = db.execute_sql(_USAGE, {"tenant": current_tenant()}).fetchone()
    return Usage(files, used, coming, installed_settings().files_quota_mb * MB)


def largest(limit: int = 20) -> list[StoredFile]:
    """Return the agency's largest files, the largest first."""
    return rows("true ORDER BY size DESC, id LIMIT %(limit)s", {"limit": limit})


def unclaimed(limit: int = 100) -> list[tuple[StoredFile, str]]:
    """Return finished uploads that no object has taken, the largest first, with who sent each."""
    found = rows(
        "owner_module = %(module)s AND owner_kind = %(kind)s ORDER BY size DESC, id LIMIT %(limit)s",
        {"module": UPLOADS[0], "kind": UPLOADS[1], "limit": limit},
    )
    names = dict(
        db.execute_sql(
            "SELECT id, full_name FROM tenants.person WHERE id = ANY(%s::uuid[])",
            ([each.uploaded_by for each in found],),
        ).fetchall()
    )
    return [(each, names.get(each.uploaded_by, "")) for each in found]


def upload(upload_id: UUID, person_id: UUID, *, lock: bool = False) -> Upload:
    """Return somebody's own upload.

    Raises NotFound.
    """
    query = Upload.select().where(Upload.id == upload_id, Upload.uploaded_by == person_id)
    found = (query.for_update() if lock else query).first()
    if found is None:
        raise NotFound
    return found


def finished(upload_id: UUID, person_id: UUID) -> StoredFile:
    """Return the file that somebody's own upload became, until an object has it.

    Raises NotFound.
    """
    mine = {"id": upload_id, "module": UPLOADS[0], "kind": UPLOADS[1], "person": person_id}
    found = rows(
        "id = %(id)s AND owner_module = %(module)s AND owner_kind = %(kind)s AND owner_id = %(person)s", mine
    )
    if not found:
        raise NotFound
    return found[0]


def size_text(size: int) -> str:
    """Return a number of bytes as officers read it."""
    for unit, text in ((1_000_000_000, "{n} GB"), (1_000_000, "{n} MB"), (1_000, "{n} kB")):
        if size >= unit:
            return text.format(n=format_number(round(size / unit, 1)))
    return f"{size} B"
