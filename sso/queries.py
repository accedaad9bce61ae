"""What pages ask about sessions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from peewee import fn

from core.db import db, unscoped
from sso import devices
from sso.models import Session
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
