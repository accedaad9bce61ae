"""What pages, jobs and commands ask of the registry; every list is bounded and paged by key."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from core.context import ModuleStates, TenantInfo
from core.db import current_tenant, db, reading, scope, unscoped
from core.declarations import Manifest
from core.dispatcher import dispatcher
from core.i18n import HOME_ZONE
from core.text import fold
from core.web.paging import START, Cursor
from tenants.models import Logo, ModuleGrant, OwnRole, Person, Profile, Unit, on_day, today

ALL_TENANTS_SQL = "SELECT array_agg(id) FROM tenants.tenant"
"""How `unscoped` learns which agencies there are."""

BOUND = 1000
"""Counts stop here: beyond it pages say "1.000+"."""
ATTENTION_BEFORE, ATTENTION_AFTER = timedelta(days=14), timedelta(days=30)

_PARENT = "LEFT JOIN tenants.current_agency p ON p.tenant_id = v.parent_id"

Tab = Literal["current", "attention", "upcoming", "ended"]


def _rows(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    return list(db.execute_sql(sql, tuple(parameters)).fetchall())


def keyset(cursor: Cursor, *columns: str) -> tuple[str, str]:
    """Return the condition and the order of a page; going back, the nearest rows come first."""
    places = ", ".join(["%s"] * len(columns))
    condition = f"({', '.join(columns)}) {'<' if cursor.backward else '>'} ({places})"
    return condition, ", ".join(f"{column} DESC" if cursor.backward else column for column in columns)


# ---- one agency ----------------------------------------------------------------------------------


def logo_url(code: str, digest: str) -> str:
    """Return the address of an agency's logo, or nothing without one."""
    return f"/t/{code}/logo/{digest}" if digest else ""


def tenant_info(tenant_id: UUID) -> TenantInfo:
    """Return an agency as it is today; before its first version begins, as it will be.

    Raises LookupError.
    """
    found = _infos("v.tenant_id = %s", tenant_id)
    if not found:
        raise LookupError(f"There is no agency {tenant_id}.")
    with scope(tenant_id), db.atomic():
        profile = Profile.select(Profile.time_zone, Profile.logo_digest).tuples().first()
    _id, code, name, short_name, kind, parent_name, status = found[0]
    zone, digest = profile or (HOME_ZONE.key, "")
    logo = logo_url(code, digest)
    return TenantInfo(tenant_id, code, name, short_name, kind, parent_name, zone, logo, status)


def tenant_by_code(code: str) -> TenantInfo | None:
    """Return an agency by its stable code."""
    found = _infos("v.code = %s", code)
    return tenant_info(found[0][0]) if found else None


def _infos(where: str, value: Any) -> list[tuple[Any, ...]]:
    return _rows(
        "SELECT v.tenant_id, v.code, v.name, v.short_name, v.kind, coalesce(p.short_name, ''), v.status "
        f"FROM tenants.current_agency v {_PARENT} WHERE {where}",
        [value],
    )


def module_states(tenant_id: UUID) -> ModuleStates:
    """Return what was decided about an agency's modules."""
    return module_states_for([tenant_id])[tenant_id]


def module_states_for(tenant_ids: Collection[UUID]) -> dict[UUID, ModuleStates]:
    """Return what was decided about the modules of some agencies, whatever the scope is."""
    within = scope(*tenant_ids) if len(tenant_ids) == 1 else reading(tenant_ids)
    with within, nullcontext() if db.in_transaction() else db.atomic():
        return module_states_of(tenant_ids)


_STATES = (
    "SELECT false, tenant_id, module, is_on, '' FROM tenants.module_switch WHERE tenant_id = ANY (%(tenants)s::uuid[]) "
    "UNION ALL SELECT true, tenant_id, module, allowed, note FROM tenants.module_grant WHERE tenant_id = ANY (%(tenants)s::uuid[])"
)


def module_states_of(tenant_ids: Collection[UUID]) -> dict[UUID, ModuleStates]:
    """Return what was decided about the modules of some agencies; the scope must read them."""
    switches: dict[UUID, dict[str, bool]] = {each: {} for each in tenant_ids}
    grants: dict[UUID, dict[str, bool]] = {each: {} for each in tenant_ids}
    notes: dict[UUID, dict[str, str]] = {each: {} for each in tenant_ids}
    for is_grant, tenant_id, module, value, note in db.prepared(
        _STATES, {"tenants": list(tenant_ids)}
    ).fetchall():
        (grants if is_grant else switches)[tenant_id][module] = value
        if note:
            notes[tenant_id][module] = note
    return {each: ModuleStates(switches[each], grants[each], notes[each]) for each in tenant_ids}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One dated version of an agency."""

    name: str
    short_name: str
    kind: str
    parent_id: UUID | None
    parent_name: str
    identifiers: dict[str, Any]
    decision: str
    valid_from: date
    valid_to: date | None


def versions(tenant_id: UUID) -> list[VersionLine]:
    """Return how an agency was called and where it belonged, newest first."""
    return [
        VersionLine(*row)
        for row in _rows(
            "SELECT v.name, v.short_name, v.kind, v.parent_id, coalesce(p.short_name, ''), v.identifiers, v.decision, "
            f"v.valid_from, v.valid_to FROM tenants.tenant_version v {_PARENT} WHERE v.tenant_id = %s ORDER BY v.valid_from DESC",
            [tenant_id],
        )
    ]


class Leave(NamedTuple):
    """What the operator decided about a module in one agency: allowed, denied or (None) left to the manifest, and why."""

    allowed: bool | None = None
    note: str = ""


def grants() -> dict[str, Leave]:
    """Return what the operator decided about modules of the agency in scope."""
    rows = ModuleGrant.select(ModuleGrant.module, ModuleGrant.allowed, ModuleGrant.note).tuples()
    return {module: Leave(allowed, note) for module, allowed, note in rows}


def profile() -> Profile:
    """Return the profile of the agency in scope."""
    return Profile.select().get()


def logo(digest: str) -> tuple[str, bytes] | None:
    """Return media type and bytes of a picture of the agency in scope."""
    found = Logo.select(Logo.media_type, Logo.content).where(Logo.digest == digest).tuples().first()
    return (found[0], bytes(found[1])) if found else None


# ---- the console's list of agencies --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency in the operator's list."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: str
    status: str
    parent_name: str
    national_code: str
    folded: str
    people: int = 0
    modules: frozenset[str] = frozenset()
    """Modules in effect."""
    not_allowed: frozenset[str] = frozenset()
    """Modules the operator does not let the agency use."""


def agencies(
    *,
    search: str = "",
    kind: str = "",
    status: str = "",
    among: Iterable[UUID] | None = None,
    cursor: Cursor = START,
    limit: int = 50,
) -> list[AgencyLine]:
    """Return agencies by name, `limit + 1` at most, from a cursor over (folded name, id) on."""
    wanted = fold(search).replace("%", "").replace("_", "")
    where, order = keyset(cursor, "v.folded", "v.tenant_id")
    conditions = {
        "(v.folded LIKE %s OR v.code LIKE %s OR lower(v.identifiers::text) LIKE %s)": [f"%{wanted}%"] * 3
        if wanted
        else None,
        "v.kind = %s": [kind] if kind else None,
        "v.status = %s": [status] if status else None,
        "v.tenant_id = ANY(%s::uuid[])": [list(map(str, among))] if among is not None else None,
        where: list(cursor.key) or None,
    }
    used = {sql: values for sql, values in conditions.items() if values}
    lines = [
        AgencyLine(*row)
        for row in _rows(
            "SELECT v.tenant_id, v.code, v.name, v.short_name, v.kind, v.status, coalesce(p.short_name, ''), "
            f"coalesce(v.identifiers->>'national', ''), v.folded FROM tenants.current_agency v {_PARENT} "
            f"WHERE {' AND '.join(used) or 'true'} ORDER BY {order} LIMIT %s",
            [*(value for values in used.values() for value in values), limit + 1],
        )
    ]
    return _with_figures(lines)


def _with_figures(lines: list[AgencyLine]) -> list[AgencyLine]:
    """Add people and modules to the agencies of one page."""
    ids = [line.id for line in lines]
    if not ids:
        return lines
    # PERF: not by reading(): row-level security would look each post up among all agencies, seconds for 440 of them.
    with unscoped(reason="tell operators how many people and which modules agencies have"), db.atomic():
        people = dict(
            _rows(
                "SELECT tenant_id, count(DISTINCT person_id) FROM tenants.current_post WHERE tenant_id = ANY(%s::uuid[]) GROUP BY 1",
                [list(map(str, ids))],
            )
        )
        states = module_states_of(ids)
    manifests = dispatcher().catalogue.manifests()
    switchable = {each.key for each in manifests}
    return [
        AgencyLine(
            line.id, line.code, line.name, line.short_name, line.kind, line.status, line.parent_name, line.national_code, line.folded,
            people.get(line.id, 0), dispatcher().effective(states[line.id]) & switchable,
            frozenset(each.key for each in manifests if not states[line.id].allows(each)),
        )
        for line in lines
    ]  # fmt: skip


# ---- units and posts of the agency in scope ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its depth in the tree and the number of people in it today."""

    id: UUID
    code: str
    name: str
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None
    version: int
    depth: int
    people: int


def units(day: date | None = None) -> list[UnitLine]:
    """Return the units that exist on a day, in the order of the tree."""
    day = day or today()
    found = {unit.id: unit for unit in Unit.select().where(on_day(Unit, day)).order_by(Unit.name, Unit.id)}
    people = dict(
        _rows(
            f"SELECT m.unit_id, count(DISTINCT m.person_id) FROM {_POSTS} AND {in_force(day)} GROUP BY 1",
            [current_tenant()],
        )
    )
    children: dict[UUID | None, list[Any]] = {}
    for unit in found.values():
        children.setdefault(unit.parent_id if unit.parent_id in found else None, []).append(unit)
    lines: list[UnitLine] = []

    def walk(parent_id: UUID | None, depth: int) -> None:
        for unit in children.get(parent_id, []):
            fields = (
                unit.id,
                unit.code,
                unit.name,
                unit.parent_id,
                unit.valid_from,
                unit.valid_to,
                unit.version,
            )
            lines.append(UnitLine(*fields, depth=depth, people=people.get(unit.id, 0)))
            walk(unit.id, depth + 1)

    walk(None, 0)
    return lines


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post with its person, as the list of people shows it."""

    id: UUID
    person_id: UUID
    full_name: str
    username: str
    sort_key: str
    position: str
    unit_id: UUID
    unit_name: str
    valid_from: date
    valid_to: date | None
    decision: str
    granted_by: str
    ended_at: datetime | None
    disabled: bool
    passwordless: bool
    version: int
    roles: tuple[str, ...]


_POSTS = (
    "tenants.membership m JOIN tenants.person p ON p.id = m.person_id "
    "JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id "
    "LEFT JOIN tenants.person g ON g.id = m.granted_by WHERE m.tenant_id = %s"
)

_ROLELESS = "NOT EXISTS (SELECT FROM tenants.membership_role r WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id)"


def in_force(day: date) -> str:
    """Return the condition that a post `m` is held on a day."""
    text = f"date '{day.isoformat()}'"
    return (
        f"m.valid_from <= {text} AND (m.valid_to IS NULL OR m.valid_to >= {text}) AND (m.ended_at IS NULL "
        f"OR (m.ended_at AT TIME ZONE '{HOME_ZONE}')::date > {text})"
    )


def _tab_condition(tab: Tab, day: date) -> str:
    text = f"date '{day.isoformat()}'"
    if tab == "upcoming":
        return f"m.valid_from > {text} AND m.ended_at IS NULL"
    if tab == "ended":
        return f"(m.ended_at IS NOT NULL AND (m.ended_at AT TIME ZONE '{HOME_ZONE}')::date <= {text} OR m.valid_to < {text})"
    if tab == "attention":
        soon, late = day + ATTENTION_BEFORE, day - ATTENTION_AFTER
        ending = f"m.valid_to BETWEEN date '{late.isoformat()}' AND date '{soon.isoformat()}'"
        idle = f"({in_force(day)}) AND (p.disabled_at IS NOT NULL OR {_ROLELESS})"
        return f"m.ended_at IS NULL AND ({ending} OR {idle})"
    return in_force(day)


def posts(
    tab: Tab = "current", *, day: date | None = None, search: str = "", unit_id: UUID | None = None, role: str = "",
    cursor: Cursor = START, limit: int = 50,
) -> list[PostLine]:  # fmt: skip
    """Return posts sorted by given name, `limit + 1` at most, from a cursor over (sort key, id) on."""
    conditions, values = _post_filter(tab, day or today(), search, unit_id, role)
    where, order = keyset(cursor, "p.sort_key", "m.id")
    if cursor.key:
        conditions += f" AND {where}"
        values += cursor.key
    rows = _rows(
        "SELECT m.id, m.person_id, p.full_name, p.username, p.sort_key, m.position, m.unit_id, u.name, m.valid_from, m.valid_to, "
        "m.decision, coalesce(g.full_name, ''), m.ended_at, p.disabled_at IS NOT NULL, p.password_at IS NULL, m.version, "
        "ARRAY(SELECT r.role FROM tenants.membership_role r WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id ORDER BY r.role) "
        f"FROM {_POSTS} AND {conditions} ORDER BY {order} LIMIT %s",
        [*values, limit + 1],
    )
    return [PostLine(*(*row[:-1], tuple(row[-1]))) for row in rows]


def newcomers_here(limit: int) -> list[Person]:
    """Return who with a current or coming post in the agency in scope has used no password yet, so many at most."""
    rows = _rows(
        f"SELECT DISTINCT p.id FROM {_POSTS} AND m.ended_at IS NULL AND (m.valid_to IS NULL OR m.valid_to >= tenants.today()) "
        "AND (p.password_at IS NULL OR p.password_unused) AND p.disabled_at IS NULL LIMIT %s",
        [current_tenant(), limit],
    )
    return list(Person.select().where(Person.id.in_([row[0] for row in rows])))


def count_posts(
    tab: Tab, *, day: date | None = None, search: str = "", unit_id: UUID | None = None, role: str = ""
) -> int:
    """Return how many posts a filter finds, counted no further than BOUND."""
    conditions, values = _post_filter(tab, day or today(), search, unit_id, role)
    found = _rows(f"SELECT count(*) FROM (SELECT 1 FROM {_POSTS} AND {conditions} LIMIT {BOUND}) x", values)
    return int(found[0][0])


def people_count(day: date | None = None) -> int:
    """Return how many people hold a post."""
    return int(
        _rows(
            f"SELECT count(DISTINCT m.person_id) FROM {_POSTS} AND {in_force(day or today())}",
            [current_tenant()],
        )[0][0]
    )


def roleless_count(day: date | None = None) -> int:
    """Return how many people hold a post today that gives them no role."""
    found = _rows(
        f"SELECT count(DISTINCT m.person_id) FROM {_POSTS} AND {in_force(day or today())} AND {_ROLELESS}",
        [current_tenant()],
    )
    return int(found[0][0])


def roles_giving(permission: str) -> list[tuple[str, str]]:
    """Return keys and titles of the roles that give a permission, the narrowest first; titles are to be translated."""
    declared = [
        (len(role.permissions), role.key, role.title)
        for role in dispatcher().catalogue.roles.values()
        if permission in role.permissions
    ]
    own = [
        (len(role.permissions), role.key, role.title)
        for role in OwnRole.select()
        if permission in role.permissions
    ]
    return [(key, title) for _size, key, title in [*sorted(declared), *sorted(own)]]


def holders(roles: Sequence[str], limit: int) -> list[str]:
    """Return names of people who hold one of some roles today, in the order of the list of people."""
    rows = _rows(
        f"SELECT p.full_name FROM {_POSTS} AND {in_force(today())} AND p.disabled_at IS NULL "
        "AND EXISTS (SELECT FROM tenants.membership_role r "
        "WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id AND r.role = ANY(%s)) "
        "GROUP BY p.id, p.full_name, p.sort_key ORDER BY p.sort_key, p.id LIMIT %s",
        [current_tenant(), list(roles), limit],
    )
    return [name for (name,) in rows]


def people_with(module: str) -> int:
    """Return how many people hold a permission of a module today, through declared or own roles."""
    prefix = f"{module}."
    declared = [
        role.key
        for role in dispatcher().catalogue.roles.values()
        if any(key.startswith(prefix) for key in role.permissions)
    ]
    own = [role.key for role in OwnRole.select() if any(key.startswith(prefix) for key in role.permissions)]
    found = _rows(
        f"SELECT count(DISTINCT m.person_id) FROM {_POSTS} AND {in_force(today())} AND EXISTS (SELECT FROM tenants.membership_role r "
        "WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id AND r.role = ANY(%s))",
        [current_tenant(), declared + own],
    )
    return int(found[0][0])


def post_counts(day: date | None = None) -> dict[Tab, int]:
    """Return how many posts each tab holds, counted no further than BOUND."""
    tabs: tuple[Tab, ...] = ("current", "attention", "upcoming", "ended")
    parts = [
        f"(SELECT count(*) FROM (SELECT 1 FROM {_POSTS} AND {_tab_condition(tab, day or today())} LIMIT {BOUND}) x)"
        for tab in tabs
    ]
    row = _rows(f"SELECT {', '.join(parts)}", [current_tenant()] * len(tabs))[0]
    return dict(zip(tabs, row, strict=True))


def _post_filter(tab: Tab, day: date, search: str, unit_id: UUID | None, role: str) -> tuple[str, list[Any]]:
    conditions: list[str] = [_tab_condition(tab, day)]
    values: list[Any] = [current_tenant()]
    wanted = fold(search).replace("%", "").replace("_", "")
    if wanted:
        names = " AND ".join(["strpos(p.folded, %s) > 0"] * len(wanted.split()))
        conditions.append(f"({names} OR p.username LIKE %s OR lower(m.position) LIKE lower(%s))")
        values += [*wanted.split(), f"{wanted}%", f"%{search.strip()}%"]
    if unit_id:
        conditions.append("m.unit_id = %s")
        values.append(unit_id)
    if role:
        conditions.append(
            "EXISTS (SELECT FROM tenants.membership_role r WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id AND r.role = %s)"
        )
        values.append(role)
    return " AND ".join(f"({each})" for each in conditions), values


def other_posts(person_id: UUID, post_id: UUID) -> int:
    """Return how many posts a person holds today in the agency in scope beside one."""
    found = _rows(
        f"SELECT count(*) FROM {_POSTS} AND {in_force(today())} AND m.person_id = %s AND m.id <> %s",
        [current_tenant(), person_id, post_id],
    )
    return int(found[0][0])


def person_by_username(username: str) -> Person | None:
    """Return an active person by the whole user name; agencies do not browse the directory of others."""
    return Person.get_or_none((Person.username == username.strip().lower()) & Person.disabled_at.is_null())


# ---- roles and modules of the agency in scope ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role posts can have; `id` and `version` only for the agency's own."""

    key: str
    title: str
    """Of a declared role, to be translated; of an own role, as the agency wrote it."""
    module: str
    permissions: tuple[str, ...]
    people: int
    id: UUID | None = None
    version: int = 0


def roles() -> list[RoleLine]:
    """Return the roles of the modules in effect that mean something here or that somebody holds, then the agency's own."""
    holders = dict(
        _rows(
            "SELECT r.role, count(DISTINCT m.person_id) FROM tenants.membership_role r JOIN tenants.membership m "
            "ON m.tenant_id = r.tenant_id AND m.id = r.membership_id WHERE r.tenant_id = %s "
            f"AND {in_force(today())} GROUP BY 1",
            [current_tenant()],
        )
    )
    in_effect = dispatcher().effective_for(current_tenant())
    declared = [
        RoleLine(role.key, role.title, role.key.partition(".")[0], role.permissions, holders.get(role.key, 0))
        for role in dispatcher().catalogue.roles.values()
        if role.key.partition(".")[0] in in_effect
        and (role.key in holders or any(belongs_here(key) for key in role.permissions))
    ]
    own = [
        RoleLine(
            role.key, role.title, "", tuple(role.permissions), holders.get(role.key, 0), role.id, role.version
        )
        for role in OwnRole.select().order_by(OwnRole.title, OwnRole.id)
    ]
    return declared + own


def belongs_here(permission: str) -> bool:
    """Tell whether a permission means something in the agency in scope."""
    return dispatcher().belongs(permission, current_tenant())


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """A module as an agency's administrator sees it."""

    manifest: Manifest
    is_on: bool
    in_effect: bool
    allowed: bool
    missing: tuple[Manifest, ...]
    """Requirements that are off."""
    needed_by: tuple[Manifest, ...]
    """Modules that are on and require this one."""
    changed_at: datetime | None
    changed_by: str


def module_cards() -> list[ModuleCard]:
    """Return every module that can be switched, in the order of requirement."""
    tenant_id = current_tenant()
    states = module_states(tenant_id)
    effective = dispatcher().effective(states)
    changes = {
        row[0]: row[1:]
        for row in _rows(
            "SELECT s.module, s.changed_at, coalesce(p.full_name, '') FROM tenants.module_switch s "
            "LEFT JOIN tenants.person p ON p.id = s.changed_by WHERE s.tenant_id = %s",
            [tenant_id],
        )
    }
    manifests = {each.key: each for each in dispatcher().catalogue.manifests()}
    on = {key for key, each in manifests.items() if states.wants(each)}
    return [
        ModuleCard(
            each,
            is_on=key in on,
            in_effect=key in effective,
            allowed=states.allows(each),
            missing=tuple(
                manifests[required]
                for required in each.requires
                if required in manifests and required not in on
            ),
            needed_by=tuple(
                other for other in manifests.values() if other.key in on and key in other.requires
            ),
            changed_at=changes.get(key, (None, ""))[0],
            changed_by=changes.get(key, (None, ""))[1],
        )
        for key, each in manifests.items()
    ]
