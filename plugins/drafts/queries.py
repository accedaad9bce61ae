"""What a person has typed and not sent; every statement names the agency and the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.api import RequestContext, current_tenant, db


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A form as it was left, and when it was saved last."""

    fields: Mapping[str, str | Sequence[str]]
    saved_at: datetime
    page: UUID
    """Which opening of the form wrote it."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Something a person began to write and has not sent, with the page that continues it."""

    key: str
    title: str
    """What was typed as its title so far, if anything."""
    url: str
    saved_at: datetime


def unfinished(ctx: RequestContext, prefix: str = "", limit: int = 20) -> list[Unfinished]:
    """Return what this person left unsent in the agency, of forms whose key begins so, the newest first."""
    rows = db.execute_sql(
        "SELECT key, btrim(coalesce(fields ->> 'title', fields ->> 'subject', '')), url, saved_at, page "
        "FROM drafts.draft WHERE tenant_id = %s AND person_id = %s AND dropped_at IS NULL AND url <> '' "
        "AND starts_with(key, %s) ORDER BY saved_at DESC, id LIMIT %s",
        (current_tenant(), ctx.person.id, prefix, limit),
    ).fetchall()
    return [Unfinished(key, title, continued(url, page), at) for key, title, url, at, page in rows]


def continued(url: str, page: UUID) -> str:
    """Return the address of a form that goes on with the draft one opening of it left."""
    return f"{url}{'&' if '?' in url else '?'}draft={page}"


def draft(ctx: RequestContext, key: str, page: UUID | None = None) -> StoredDraft | None:
    """Return what this person typed into a form and has not sent, if anything: in one opening of it, or the last."""
    row = db.execute_sql(
        "SELECT fields, saved_at, page FROM drafts.draft WHERE tenant_id = %(tenant)s AND person_id = %(person)s "
        "AND key = %(key)s AND page = coalesce(%(page)s, page) AND dropped_at IS NULL "
        "ORDER BY saved_at DESC, id DESC LIMIT 1",
        {"tenant": current_tenant(), "person": ctx.person.id, "key": key, "page": page},
    ).fetchone()
    return StoredDraft(*row) if row else None
