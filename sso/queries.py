"""What pages ask about sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from peewee import fn

from core.db import db, unscoped
from sso import devices
from sso.models import ApiToken, Session
from tenants.sessions import LiveSession


def live_sessions(person_id: UUID) -> tuple[LiveSession, ...]:
    """Return where a person is signed in, the latest used first; no person has more than a handful."""
    rows = (
        Session.select()
        .where(
            Session.person_id == person_id,
            Session.ended_at.is_null(),
            Session.idle_until > fn.now(),
            Session.expires_at > fn.now(),
        )
        .order_by(Session.seen_at.desc(), Session.id.desc())
        .limit(100)
    )
    return tuple(
        LiveSession(row.id, devices.title(row.device), row.address, row.created_at, row.seen_at)
        for row in rows
    )


def seen_in(tenant_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when people with a post in these agencies used the platform last; sessions are kept for a month."""
    ids = list(tenant_ids)
    if not ids:
        return {}
    # PERF: not by reading(): row-level security would look each post up among all agencies, seconds for 440 of them.
    with unscoped(reason="tell operators when somebody of an agency was here last"), db.atomic():
        rows = db.execute_sql(
            "SELECT m.tenant_id, max(s.seen_at) FROM tenants.current_post m JOIN sso.session s ON s.person_id = m.person_id "
            "WHERE m.tenant_id = ANY(%s::uuid[]) GROUP BY 1",
            ([str(each) for each in ids],),
        ).fetchall()
    return dict(rows)


SHOWN_AFTER_EXPIRY = timedelta(days=30)


def api_tokens(person_id: UUID) -> list[tuple[ApiToken, bool]]:
    """Return a person's tokens in the agency in scope, the newest first, and whether each has expired.

    Revoked ones are gone from sight, and expired ones a month later; a person has twenty at most in use.
    """
    now = datetime.now(UTC)
    found = (
        ApiToken.select()
        .where(
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_null(),
            ApiToken.expires_at > now - SHOWN_AFTER_EXPIRY,
        )
        .order_by(ApiToken.id.desc())
        .limit(100)
    )
    return [(token, token.expires_at <= now) for token in found]


@dataclass(frozen=True, slots=True)
class UpcomingPost:
    """A post that begins on a later day."""

    position: str
    agency: str
    starts: date


def upcoming_posts(person_id: UUID) -> tuple[UpcomingPost, ...]:
    """Return the posts a person will have, the next one first."""
    with unscoped(reason="tell a person without a post which posts they will have"):
        rows = db.execute_sql(
            """
            SELECT m.position, v.short_name, m.valid_from
            FROM tenants.membership m
            JOIN tenants.tenant t ON t.id = m.tenant_id AND t.status = 'active'
            JOIN tenants.tenant_version v ON v.tenant_id = t.id
                AND v.valid_from <= m.valid_from AND (v.valid_to IS NULL OR v.valid_to >= m.valid_from)
            WHERE m.person_id = %s AND m.valid_from > tenants.today() AND m.ended_at IS NULL
            ORDER BY m.valid_from, m.id LIMIT 20
            """,
            (str(person_id),),
        )
        return tuple(UpcomingPost(*row) for row in rows.fetchall())
