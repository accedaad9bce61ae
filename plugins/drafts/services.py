"""Save and forget drafts. A draft is no fact: nothing of it goes to the audit, which others read."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from core.api import Invalid, RequestContext, _, current_tenant, db, format_number, new_id

MOST_BYTES = 300_000
MOST_DRAFTS = 50
"""Per person and agency; the one that was left longest ago goes first."""


class Overtaken(Exception):
    """Raised when the stored draft was written by another opening of the form."""


def save(
    ctx: RequestContext,
    key: str,
    page: UUID,
    fields: Mapping[str, str | Sequence[str]],
    *,
    url: str = "",
    force: bool = False,
) -> datetime:
    """Keep what a person has typed so far into a form that was opened as `page`, and return when.

    `url` is where the form is found again.

    The draft of another tab, or that of last week which the person has not decided about, is not
    overwritten unless they `force` it. Raises Invalid when the text is too long, Overtaken.
    """
    stored = json.dumps(fields, ensure_ascii=False)
    if len(stored.encode()) > MOST_BYTES:
        most = format_number(MOST_BYTES // 1000)
        told = _("Bản nháp dài quá {most} KB nên chưa lưu được. Gửi biểu mẫu hoặc chia nhỏ.", most=most)
        raise Invalid({"": [told]})
    with db.atomic():
        row = db.execute_sql(
            "INSERT INTO drafts.draft AS d (tenant_id, id, person_id, key, page, fields, url) "
            "VALUES (%(tenant)s, %(id)s, %(person)s, %(key)s, %(page)s, %(fields)s, %(url)s) "
            "ON CONFLICT (tenant_id, person_id, key) DO UPDATE "
            "SET fields = excluded.fields, page = excluded.page, url = excluded.url, saved_at = excluded.saved_at, dropped_at = NULL "
            "WHERE d.page = excluded.page OR d.dropped_at IS NOT NULL OR %(force)s RETURNING d.saved_at",
            {
                "tenant": current_tenant(), "id": new_id(), "person": ctx.person.id, "key": key, "page": page,
                "fields": stored, "url": url, "force": force,
            },
        ).fetchone()  # fmt: skip
        if row is None:
            raise Overtaken
        _keep_the_newest(ctx.person.id)
    return row[0]


def _keep_the_newest(person_id: UUID) -> None:
    db.execute_sql(
        "DELETE FROM drafts.draft WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM drafts.draft "
        "WHERE tenant_id = %(tenant)s AND person_id = %(person)s ORDER BY saved_at DESC, id DESC OFFSET %(most)s)",
        {"tenant": current_tenant(), "person": person_id, "most": MOST_DRAFTS},
    )


def drop(ctx: RequestContext, key: str) -> None:
    """Throw a draft away; it can be taken back until another one is begun, for a day."""
    db.execute_sql(
        "UPDATE drafts.draft SET dropped_at = now() WHERE tenant_id = %s AND person_id = %s AND key = %s",
        (current_tenant(), ctx.person.id, key),
    )


def restore(ctx: RequestContext, key: str) -> bool:
    """Take back a draft that was thrown away, and tell whether it was still there."""
    back = db.execute_sql(
        "UPDATE drafts.draft SET dropped_at = NULL WHERE tenant_id = %s AND person_id = %s AND key = %s "
        "AND dropped_at IS NOT NULL",
        (current_tenant(), ctx.person.id, key),
    )
    return bool(back.rowcount)


def forget(ctx: RequestContext, key: str) -> None:
    """Drop a draft: what was typed has been sent, or is not wanted any more."""
    db.execute_sql(
        "DELETE FROM drafts.draft WHERE tenant_id = %s AND person_id = %s AND key = %s",
        (current_tenant(), ctx.person.id, key),
    )
