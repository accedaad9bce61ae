"""Save and forget drafts. A draft is no fact: nothing of it goes to the audit, which others read."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from core.api import Invalid, RequestContext, _, current_tenant, db, format_number, new_id

MOST_BYTES = 2_000_000
"""As much as the longest form takes, an article in two languages."""
MOST_DRAFTS = 50
"""Per person and agency; the one that was left longest ago goes first."""


def save(
    ctx: RequestContext,
    key: str,
    page: UUID,
    fields: Mapping[str, str | Sequence[str]],
    *,
    url: str = "",
) -> datetime:
    """Keep what a person has typed so far into a form that was opened as `page`, and return when.

    `url` is where the form is found again.

    The draft of another tab, or that of last week which the person has not decided about, stays beside it.
    Raises Invalid when the text is too long.
    """
    stored = json.dumps(fields, ensure_ascii=False)
    if len(stored.encode()) > MOST_BYTES:
        most = format_number(MOST_BYTES // 1000)
        told = _("Bản nháp dài quá {most} KB nên chưa lưu được. Gửi biểu mẫu hoặc chia nhỏ.", most=most)
        raise Invalid({"": [told]}, told)
    with db.atomic():
        row = db.execute_sql(
            "INSERT INTO drafts.draft AS d (tenant_id, id, person_id, key, page, fields, url) "
            "VALUES (%(tenant)s, %(id)s, %(person)s, %(key)s, %(page)s, %(fields)s, %(url)s) "
            "ON CONFLICT (tenant_id, person_id, key, page) DO UPDATE "
            "SET fields = excluded.fields, url = excluded.url, saved_at = excluded.saved_at, dropped_at = NULL "
            "RETURNING d.saved_at",
            {
                "tenant": current_tenant(), "id": new_id(), "person": ctx.person.id, "key": key, "page": page,
                "fields": stored, "url": url,
            },
        ).fetchone()  # fmt: skip
        _keep_the_newest(ctx.person.id)
    return row[0]


def _keep_the_newest(person_id: UUID) -> None:
    db.execute_sql(
        "DELETE FROM drafts.draft WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM drafts.draft "
        "WHERE tenant_id = %(tenant)s AND person_id = %(person)s ORDER BY saved_at DESC, id DESC OFFSET %(most)s)",
        {"tenant": current_tenant(), "person": person_id, "most": MOST_DRAFTS},
    )


def drop(ctx: RequestContext, key: str, page: UUID) -> None:
    """Throw away the draft of one opening of a form; for a day it can be taken back."""
    db.execute_sql(
        "UPDATE drafts.draft SET dropped_at = now() "
        "WHERE tenant_id = %s AND person_id = %s AND key = %s AND page = %s",
        (current_tenant(), ctx.person.id, key, page),
    )


def restore(ctx: RequestContext, key: str, page: UUID) -> bool:
    """Take back a draft that was thrown away, and tell whether it was still there."""
    back = db.execute_sql(
        "UPDATE drafts.draft SET dropped_at = NULL "
        "WHERE tenant_id = %s AND person_id = %s AND key = %s AND page = %s AND dropped_at IS NOT NULL",
        (current_tenant(), ctx.person.id, key, page),
    )
    return bool(back.rowcount)


def forget(ctx: RequestContext, key: str, page: UUID) -> None:
    """Delete the draft of one opening of a form: what was typed there has been sent."""
    db.execute_sql(
        "DELETE FROM drafts.draft WHERE tenant_id = %s AND person_id = %s AND key = %s AND page = %s",
        (current_tenant(), ctx.person.id, key, page),
    )
