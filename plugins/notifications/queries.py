"""What pages, jobs and the health page ask of notifications; every statement names its agency."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    PAGE_SIZE,
    START,
    Counting,
    Cursor,
    NotFound,
    Page,
    RequestContext,
    current_tenant,
    db,
    dispatcher,
    page_of,
    steady,
)
from plugins.notifications.declarations import NotificationKind
from plugins.notifications.models import Choice, Hours, Notification
from plugins.notifications.timing import STANDARD, Schedule

BOUND = 1000
MAY_LEAVE = "(m.person_id IS NULL OR EXISTS (SELECT FROM tenants.tenant t WHERE t.id = m.tenant_id AND t.status = 'active'))"
"""Of mails `m` in the queue: what is for the people of an agency waits while it is suspended."""
KEY = (bool, datetime.fromisoformat, UUID)
"""What the list is sorted by, as `read_cursor` takes it: unread, told at, id."""


# ---- a person's list ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to."""

    unread: bool = False
    kind: str = ""


class Row(NamedTuple):
    """One line of the list."""

    id: UUID
    kind: str
    text: str
    fields: dict[str, Any]
    unread: bool
    created_at: datetime


def notifications(
    ctx: RequestContext, wanted: Filter, cursor: Cursor = START, size: int = PAGE_SIZE
) -> Page[Row]:
    """Return a page of what a person was told in the agency in scope: unread first, then the newest."""
    sql, values = _statement(ctx, wanted, cursor, size)
    rows = [Row._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, _key, size, cursor)


def _statement(ctx: RequestContext, wanted: Filter, cursor: Cursor, size: int) -> tuple[str, dict[str, Any]]:
    order = "ASC" if cursor.backward else "DESC"
    conditions, values = _conditions(ctx, wanted)
    if cursor.key:
        conditions += (
            f" AND (unread, created_at, id) {'>' if cursor.backward else '<'} (%(unread)s, %(at)s, %(id)s)"
        )
        values |= dict(zip(("unread", "at", "id"), cursor.key, strict=True))
    sql = (
        f"SELECT id, kind, text, fields, unread, created_at FROM notifications.notification WHERE {conditions} "
        f"ORDER BY unread {order}, created_at {order}, id {order} LIMIT %(limit)s"
    )
    return sql, {**values, "limit": size + 1}


def count(ctx: RequestContext, wanted: Filter) -> int:
    """Return how long a list is, counting to a thousand at most."""
    return int(db.prepared(*_counting(ctx, wanted)).fetchone()[0])


def unread(ctx: RequestContext) -> Counting:
    """Count what a person has not read in the agency in scope; the number at the bell."""
    return _counting(ctx, Filter(unread=True))


def _counting(ctx: RequestContext, wanted: Filter) -> Counting:
    conditions, values = _conditions(ctx, wanted)
    sql = f"SELECT count(*) FROM (SELECT FROM notifications.notification WHERE {conditions} LIMIT {BOUND}) counted"
    return Counting(sql, values)


def newest_unread(ctx: RequestContext) -> datetime | None:
    """Return when a person was last told something they have not read."""
    conditions, values = _conditions(ctx, Filter(unread=True))
    found: datetime | None = db.execute_sql(
        f"SELECT max(created_at) FROM notifications.notification WHERE {conditions}", values
    ).fetchone()[0]
    return found


def _conditions(ctx: RequestContext, wanted: Filter) -> tuple[str, dict[str, Any]]:
    conditions = "tenant_id = %(tenant)s AND person_id = %(person)s"
    if wanted.unread:
        conditions += " AND unread"
    if wanted.kind:
        conditions += " AND kind = %(kind)s"
    return conditions, {"tenant": current_tenant(), "person": ctx.person.id, "kind": wanted.kind}


def _key(row: Row) -> tuple[int, str, str]:
    return int(row.unread), row.created_at.isoformat(), str(row.id)


def notification(notification_id: UUID) -> Notification:
    """Return a notification of the agency in scope; whose it is, is for the caller to ask.

    Raises NotFound.
    """
    found = Notification.select().where(Notification.id == notification_id).first()
    if found is None:
        raise NotFound
    return found


# ---- whom to tell, and how ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody with a post in the agency in scope, and how they want a kind mailed."""

    person_id: UUID
    has_address: bool
    choice: str
    schedule: Schedule


def recipients(kind: str, default: str, people: Sequence[UUID]) -> list[Recipient]:
    """Return those of the people who hold a post in the agency in scope, in one order."""
    key = "recipients", current_tenant(), kind, default, tuple(people)
    return steady(key, lambda: _recipients(kind, default, people)) if people else []


def _recipients(kind: str, default: str, people: Sequence[UUID]) -> list[Recipient]:
    rows = db.prepared(
        "SELECT p.id, p.email <> '', coalesce(c.email, %(default)s::text), h.id IS NOT NULL, h.quiet_from, h.quiet_to, h.digest_at, "
        "(SELECT time_zone FROM tenants.profile WHERE tenant_id = %(tenant)s::uuid) FROM tenants.person p "
        "LEFT JOIN notifications.choice c ON c.tenant_id = %(tenant)s::uuid AND c.person_id = p.id AND c.kind = %(kind)s::text "
        "LEFT JOIN notifications.hours h ON h.tenant_id = %(tenant)s::uuid AND h.person_id = p.id "
        "WHERE p.id = ANY (%(people)s::uuid[]) AND p.disabled_at IS NULL AND EXISTS (SELECT FROM tenants.current_post m "
        "WHERE m.tenant_id = %(tenant)s::uuid AND m.person_id = p.id) ORDER BY p.id",
        {"tenant": current_tenant(), "kind": kind, "default": default, "people": list(people)},
    ).fetchall()
    return [
        Recipient(person_id, has_address, choice, _schedule(chosen, quiet_from, quiet_to, digest_at, zone))
        for person_id, has_address, choice, chosen, quiet_from, quiet_to, digest_at, zone in rows
    ]


def _schedule(chosen: bool, quiet_from: Any, quiet_to: Any, digest_at: Any, zone: str | None) -> Schedule:
    zone = zone or STANDARD.zone
    if not chosen:
        return Schedule(zone=zone)
    return Schedule(quiet_from, quiet_to, digest_at, zone)


def people_with(permission: str, *, but: str = "") -> list[UUID]:
    """Return who holds a permission in the agency in scope today and is not locked out; nobody where its module is not in effect.

    Roles that also give `but` are passed over: whose task something is, not who leads those whose task it is.
    """
    return list(steady(("people", current_tenant(), permission, but), lambda: _people_with(permission, but)))


def _people_with(permission: str, but: str) -> list[UUID]:
    if not _in_effect(permission):
        return []
    declared = _roles_with(permission, but)
    rows = db.prepared(
        "SELECT DISTINCT m.person_id FROM tenants.current_post m JOIN tenants.person p ON p.id = m.person_id AND p.disabled_at IS NULL "
        "JOIN tenants.membership_role r ON r.tenant_id = m.tenant_id AND r.membership_id = m.id "
        "LEFT JOIN tenants.role own ON own.tenant_id = r.tenant_id AND own.key = r.role "
        "WHERE m.tenant_id = %(tenant)s::uuid "
        "AND (r.role = ANY (%(declared)s::text[]) OR jsonb_exists(own.permissions, %(permission)s::text) "
        "AND NOT jsonb_exists(own.permissions, %(but)s::text))",
        {"tenant": current_tenant(), "declared": declared, "permission": permission, "but": but},
    ).fetchall()
    return [person_id for (person_id,) in rows]


class PostOf(NamedTuple):
    """A post of somebody in the agency in scope, and whether it gives a permission."""

    person_id: UUID
    name: str
    unit_id: UUID
    unit: str
    able: bool


def posts_of(people: Collection[UUID], permission: str) -> dict[UUID, list[PostOf]]:
    """Return the posts of people in the agency in scope today who are not locked out; who has none is not in it.

    Those that give a permission come first, then those of the unit whose code comes first.
    """
    asked = tuple(sorted(people))
    if not asked:
        return {}
    return steady(("posts", current_tenant(), asked, permission), lambda: _posts_of(asked, permission))


def _posts_of(people: Sequence[UUID], permission: str) -> dict[UUID, list[PostOf]]:
    rows = db.prepared(
        "SELECT p.id, p.full_name, u.id, u.name, %(in_effect)s::boolean AND EXISTS (SELECT FROM tenants.membership_role r "
        "LEFT JOIN tenants.role own ON own.tenant_id = r.tenant_id AND own.key = r.role "
        "WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id "
        "AND (r.role = ANY (%(declared)s::text[]) OR jsonb_exists(own.permissions, %(permission)s::text))) AS able "
        "FROM tenants.current_post m JOIN tenants.person p ON p.id = m.person_id AND p.disabled_at IS NULL "
        "JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id "
        "WHERE m.tenant_id = %(tenant)s::uuid AND p.id = ANY (%(people)s::uuid[]) ORDER BY able DESC, u.code, m.id",
        {
            "tenant": current_tenant(), "people": list(people), "permission": permission, "declared": _roles_with(permission),
            "in_effect": _in_effect(permission),
        },
    ).fetchall()  # fmt: skip
    found: dict[UUID, list[PostOf]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(PostOf._make(row))
    return found


def _in_effect(permission: str) -> bool:
    return permission.partition(".")[0] in dispatcher().effective_for(current_tenant())


def _roles_with(permission: str, but: str = "") -> list[str]:
    """Return the declared roles that give a permission and not another one."""
    return [
        key
        for key, role in dispatcher().catalogue.roles.items()
        if permission in role.permissions and but not in role.permissions
    ]


def choices(person_id: UUID) -> dict[str, str]:
    """Return how a person wants each declared kind mailed in the agency in scope."""
    chosen = dict(
        Choice.select(Choice.kind, Choice.email).where(Choice.person_id == person_id).tuples().iterator()
    )
    declared = dispatcher().catalogue.of(NotificationKind)
    return {key: chosen.get(key, kind.email) for key, (_manifest, kind) in declared.items()}


def schedule(person_id: UUID) -> Schedule:
    """Return a person's hours in the agency in scope."""
    hours = Hours.select().where(Hours.person_id == person_id).first()
    return Schedule(hours.quiet_from, hours.quiet_to, hours.digest_at) if hours else STANDARD


def address_of(person_id: UUID) -> str:
    """Return where a person's mails go; empty when nobody knows."""
    row = db.execute_sql("SELECT email FROM tenants.person WHERE id = %s", (person_id,)).fetchone()
    return row[0] if row else ""


def agency_name() -> str:
    """Return what the agency in scope is called today."""
    row = db.execute_sql(
        "SELECT short_name FROM tenants.current_agency WHERE tenant_id = %s", (current_tenant(),)
    ).fetchone()
    return row[0] if row else ""
