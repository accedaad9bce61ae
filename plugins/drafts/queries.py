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
        "SELECT key, btrim(coalesce(fields ->> 'title', fields ->> 'subject', '')), url, saved_at "
        "FROM drafts.draft WHERE tenant_id = %s AND person_id = %s AND dropped_at IS NULL AND url <> '' "
        "AND starts_with(key, %s) ORDER BY saved_at DESC, id LIMIT %s",
        (current_tenant(), ctx.person.id, prefix, limit),
    ).fetchall()
    return [Unfinished(key, title, continued(url), at) for key, title, url, at in rows]


def continued(url: str) -> str:
    """Return the address of a form that goes on with its draft."""
    return f"{url}{'&' if '?' in url else '?'}draft=continue"


def draft(ctx: RequestContext, key: str) -> StoredDraft | None:
    """Return what this person typed into a form and has not sent, if anything."""
    row = db.execute_sql(
        "SELECT fields, saved_at, page FROM drafts.draft WHERE tenant_id = %s AND person_id = %s AND key = %s "
        "AND dropped_at IS NULL",
        (current_tenant(), ctx.person.id, key),
    ).fetchone()
    return StoredDraft(*row) if row else None
