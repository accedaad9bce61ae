"""What the installation holds now, in the shape a description is compared with."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from core.context import ModuleStates
from core.db import db
from core.i18n import HOME_ZONE
from tenants.models import TenantVersion


@dataclass(slots=True)
class PostState:
    id: UUID
    person: str
    unit: str
    position: str
    valid_from: date
    valid_to: date | None
    decision: str
    roles: frozenset[str] = frozenset()


@dataclass(slots=True)
class UnitState:
    id: UUID
    code: str
    name: str
    parent: str
    valid_to: date | None


@dataclass(slots=True)
class AgencyState:
    """One agency: its version in force, those of before and after, and what belongs to it."""

    id: UUID
    code: str
    status: str
    version: dict[str, Any] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)
    """Oldest first."""
    address: str = ""
    phone: str = ""
    units: dict[str, UnitState] = field(default_factory=dict)
    posts: dict[tuple[str, str], PostState] = field(default_factory=dict)
    """Posts by (user name, unit code): the one in force, else the next one to come."""
    ended: dict[tuple[str, str], date] = field(default_factory=dict)
    """When a post that nobody holds now was last taken away."""
    own_roles: set[str] = field(default_factory=set)
    modules: ModuleStates = ModuleStates()

    def version_on(self, day: date) -> dict[str, Any]:
        """Return the version in force on a day; before the first one begins, that one."""
        return next((each for each in reversed(self.versions) if each["valid_from"] <= day), self.versions[0])

    def lasting(self, day: date) -> list[dict[str, Any]]:
        """Return the versions in force on a day or later."""
        return [each for each in self.versions if each["valid_to"] is None or each["valid_to"] >= day]


def administrative_code(version: dict[str, Any]) -> str:
    """Return the State's code of the commune or province that a version of an agency has."""
    code: str = version["identifiers"].get("administrative", "")
    return code


@dataclass(slots=True)
class PersonState:
    id: UUID
    username: str
    full_name: str
    email: str


def load_agencies(day: date, codes: Iterable[str] | None = None) -> dict[str, AgencyState]:
    """Return agencies by code, all or some, in a fixed number of queries; the scope must read them."""
    wanted = None if codes is None else list(codes)
    rows = db.execute_sql(
        "SELECT id, code, status FROM tenants.tenant WHERE %s::text[] IS NULL OR code = ANY(%s)",
        (wanted, wanted),
    )
    found = {row[0]: AgencyState(*row) for row in rows.fetchall()}
    if found:
        _load_versions(found, day)
        _load_contents(found)
        _load_posts(found, day)
    return {state.code: state for state in found.values()}


def load_people(usernames: Iterable[str] | None = None) -> dict[str, PersonState]:
    """Return people by user name, all or some."""
    wanted = None if usernames is None else list(usernames)
    rows = db.execute_sql(
        "SELECT id, username, full_name, email FROM tenants.person WHERE %s::text[] IS NULL OR username = ANY(%s)",
        (wanted, wanted),
    )
    return {row[1]: PersonState(*row) for row in rows.fetchall()}


def _of_each(
    found: dict[UUID, AgencyState], columns: str, table: str, join: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Yield columns of a table (`t`) agency by agency, those of a joined one too.

    Row-level security compares every row of one big scan with the list of all agencies; going from
    agency to agency it compares once for each. OFFSET keeps the planner from joining the two again.
    """
    sql = (
        f"SELECT x.* FROM unnest(%s::uuid[]) a (id) CROSS JOIN LATERAL "
        f"(SELECT {columns} FROM tenants.{table} t {join} WHERE t.tenant_id = a.id OFFSET 0) x"
    )
    yield from db.execute_sql(sql, (list(map(str, found)),)).fetchall()


def _load_versions(found: dict[UUID, AgencyState], day: date) -> None:
    codes = dict(db.execute_sql("SELECT id, code FROM tenants.tenant").fetchall())
    versions = TenantVersion.select().where(TenantVersion.tenant_id.in_(list(found)))
    for row in versions.order_by(TenantVersion.valid_from).dicts():
        found[row["tenant_id"]].versions.append({**row, "parent": codes.get(row["parent_id"], "")})
    for state in found.values():
        state.version = state.version_on(day)


def _load_contents(found: dict[UUID, AgencyState]) -> None:
    for tenant_id, address, phone in _of_each(found, "t.tenant_id, address, phone", "profile"):
        found[tenant_id].address, found[tenant_id].phone = address, phone
    for tenant_id, key in _of_each(found, "t.tenant_id, key", "role"):
        found[tenant_id].own_roles.add(key)
    switches: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for tenant_id, module, is_on in _of_each(found, "t.tenant_id, module, is_on", "module_switch"):
        switches[tenant_id][module] = is_on
    grants: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for tenant_id, module, allowed in _of_each(found, "t.tenant_id, module, allowed", "module_grant"):
        grants[tenant_id][module] = allowed
    for tenant_id, state in found.items():
        state.modules = ModuleStates(switches[tenant_id], grants[tenant_id])
    units = list(_of_each(found, "t.tenant_id, t.id, code, name, valid_to, parent_id", "unit"))
    codes = {row[1]: row[2] for row in units}
    for tenant_id, id_, code, name, valid_to, parent_id in units:
        found[tenant_id].units[code] = UnitState(id_, code, name, codes.get(parent_id, ""), valid_to)


def _load_posts(found: dict[UUID, AgencyState], day: date) -> None:
    roles: dict[UUID, set[str]] = defaultdict(set)
    for membership_id, role in _of_each(found, "membership_id, role", "membership_role"):
        roles[membership_id].add(role)
    units = {unit.id: code for state in found.values() for code, unit in state.units.items()}
    columns = "t.tenant_id, t.id, p.username, unit_id, position, valid_from, valid_to, decision, ended_at"
    posts = _of_each(found, columns, "membership", "JOIN tenants.person p ON p.id = t.person_id")
    for tenant_id, id_, username, unit_id, position, valid_from, valid_to, decision, ended_at in posts:
        key = (username, units[unit_id])
        if ended_at:
            found[tenant_id].ended[key] = ended_at.astimezone(HOME_ZONE).date()
        elif valid_to is None or valid_to >= day:
            state = PostState(id_, *key, position, valid_from, valid_to, decision, frozenset(roles[id_]))
            other = found[tenant_id].posts.get(key)
            # A person may hold a post and have the next one in the same unit: the file speaks of the one in force.
            if other is None or state.valid_from < other.valid_from:
                found[tenant_id].posts[key] = state
