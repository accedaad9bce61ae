"""What the installation holds now, in the shape a description is compared with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from tenants.models import (
    VIETNAM,
    Membership,
    MembershipRole,
    ModuleGrant,
    ModuleSwitch,
    OwnRole,
    Person,
    Profile,
    Tenant,
    TenantVersion,
    Unit,
)


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
    """One agency: its newest version, and what belongs to it."""

    id: UUID
    code: str
    status: str
    version: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    phone: str = ""
    units: dict[str, UnitState] = field(default_factory=dict)
    posts: dict[tuple[str, str], PostState] = field(default_factory=dict)
    """Current and future posts by (user name, unit code)."""
    ended: dict[tuple[str, str], date] = field(default_factory=dict)
    """When a post that nobody holds now was last taken away."""
    own_roles: set[str] = field(default_factory=set)
    switches: dict[str, bool] = field(default_factory=dict)
    grants: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class PersonState:
    id: UUID
    username: str
    full_name: str
    email: str


def load_agencies(day: date, codes: Iterable[str] | None = None) -> dict[str, AgencyState]:
    """Return agencies by code, all or some, in a fixed number of queries; the scope must read them.

    A version that begins later counts already: it is what the last file asked for.
    """
    query = Tenant.select(Tenant.id, Tenant.code, Tenant.status)
    rows = query.where(Tenant.code.in_(list(codes))) if codes is not None else query
    found = {row["id"]: AgencyState(row["id"], row["code"], row["status"]) for row in rows.dicts()}
    if found:
        _load_versions(found)
        _load_contents(found)
        _load_posts(found, day)
    return {state.code: state for state in found.values()}


def load_people(usernames: Iterable[str] | None = None) -> dict[str, PersonState]:
    """Return people by user name, all or some."""
    query = Person.select(Person.id, Person.username, Person.full_name, Person.email)
    rows = query.where(Person.username.in_(list(usernames))) if usernames is not None else query
    return {row[1]: PersonState(*row) for row in rows.tuples()}


def _load_versions(found: dict[UUID, AgencyState]) -> None:
    codes = {row[0]: row[1] for row in Tenant.select(Tenant.id, Tenant.code).tuples()}
    versions = (
        TenantVersion.select()
        .where(TenantVersion.tenant_id.in_(list(found)))
        .order_by(TenantVersion.valid_from)
    )
    for row in versions.dicts():
        found[row["tenant_id"]].version = {**row, "parent": codes.get(row["parent_id"], "")}


def _load_contents(found: dict[UUID, AgencyState]) -> None:
    for tenant_id, address, phone in Profile.select(
        Profile.tenant_id, Profile.address, Profile.phone
    ).tuples():
        if tenant_id in found:
            found[tenant_id].address, found[tenant_id].phone = address, phone
    for tenant_id, key in OwnRole.select(OwnRole.tenant_id, OwnRole.key).tuples():
        if tenant_id in found:
            found[tenant_id].own_roles.add(key)
    for tenant_id, module, is_on in ModuleSwitch.select(
        ModuleSwitch.tenant_id, ModuleSwitch.module, ModuleSwitch.is_on
    ).tuples():
        if tenant_id in found:
            found[tenant_id].switches[module] = is_on
    for tenant_id, module, allowed in ModuleGrant.select(
        ModuleGrant.tenant_id, ModuleGrant.module, ModuleGrant.allowed
    ).tuples():
        if tenant_id in found:
            found[tenant_id].grants[module] = allowed


def _load_posts(found: dict[UUID, AgencyState], day: date) -> None:
    units: dict[UUID, tuple[UUID, str]] = {}
    parents: list[tuple[UUID, str, UUID]] = []
    for tenant_id, id_, code, name, parent_id, valid_to in Unit.select(
        Unit.tenant_id, Unit.id, Unit.code, Unit.name, Unit.parent_id, Unit.valid_to
    ).tuples():
        units[id_] = (tenant_id, code)
        if tenant_id in found:
            found[tenant_id].units[code] = UnitState(id_, code, name, "", valid_to)
            if parent_id:
                parents.append((tenant_id, code, parent_id))
    for tenant_id, code, parent_id in parents:
        found[tenant_id].units[code].parent = units[parent_id][1]
    roles: dict[UUID, set[str]] = defaultdict(set)
    for membership_id, role in MembershipRole.select(
        MembershipRole.membership_id, MembershipRole.role
    ).tuples():
        roles[membership_id].add(role)
    posts = (
        Membership.select(
            Membership.tenant_id, Membership.id, Person.username, Membership.unit_id, Membership.position,
            Membership.valid_from, Membership.valid_to, Membership.decision, Membership.ended_at,
        )
        .join(Person, on=(Person.id == Membership.person_id))
        .order_by(Membership.valid_from)
    )  # fmt: skip
    for (
        tenant_id,
        id_,
        username,
        unit_id,
        position,
        valid_from,
        valid_to,
        decision,
        ended_at,
    ) in posts.tuples():
        if tenant_id not in found:
            continue
        key = (username, units[unit_id][1])
        if ended_at:
            found[tenant_id].ended[key] = ended_at.astimezone(VIETNAM).date()
        elif valid_to is None or valid_to >= day:
            state = PostState(id_, *key, position, valid_from, valid_to, decision, frozenset(roles[id_]))
            found[tenant_id].posts[key] = state
