"""Write what a plan found, one agency per transaction, so that it can be killed and run again.

Each agency is compared once more inside its transaction: what another run or an administrator did
since the plan was made is seen, and what is right already is left alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from peewee import PeeweeException
from psycopg2.extras import execute_values

from core.catalogue import Catalogue
from core.db import PLATFORM, current_tenant, db, new_id, scope
from core.dispatcher import HookFailed
from core.events import Event, current_actor, emit_all
from core.i18n import _
from core.web.errors import Invalid, NotFound, Problem
from tenants import events, mirror, queries, services
from tenants.locks import only_one
from tenants.models import Membership, MembershipRole, Person, Tenant, Unit, today
from tenants.provisioning.compare import Action, AgencyRows, Change, Comparison, effective_day
from tenants.provisioning.plan import Plan, switchable_modules
from tenants.provisioning.state import AgencyState, load_agencies, load_people
from tenants.services.common import lock_agency, lock_tree
from tenants.services.people import name_fields

LOCK_KEY = 0x4C54_7072_6F76_6973  # "LTprovis"
CHUNK = 1000

log = structlog.get_logger()


class AlreadyRunning(Exception):
    """Raised when another process is applying a description."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is: the agency just done, and what went wrong with it."""

    done: int
    total: int
    code: str
    name: str
    written: int
    error: str = ""


@dataclass(slots=True)
class Result:
    """What a run wrote, and the agencies that could not be written."""

    written: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def apply_plan(
    plan: Plan, catalogue: Catalogue, progress: Callable[[Step], None] = lambda step: None
) -> Result:
    """Apply a plan without problems; needs an actor, no scope and no transaction.

    One agency's failure does not stop the others. Raises AlreadyRunning.
    """
    result, codes = Result(), plan.codes_to_write()
    names = {each.agency: each.label for each in plan.changes if each.what == "agencies"}
    loose = any(each.agency == "" and each.action in ("add", "change") for each in plan.changes)
    total = len(codes) + loose
    with only_one(LOCK_KEY, AlreadyRunning):
        for done, code in enumerate(codes, 1):
            rows = plan.groups[code]
            written, error = _isolated(lambda rows=rows: _Agency(rows, catalogue).apply())  # type: ignore[misc]
            result.written += written
            if error:
                result.failed[code] = error
            progress(Step(done, total, code, names.get(code, code), written, error))
        if loose:
            rows = AgencyRows("", people=list(plan.loose_people))
            written, error = _isolated(lambda: _Agency(rows, catalogue).apply_people_alone())
            result.written += written
            if error:
                result.failed[""] = error
            progress(Step(total, total, "", _("Người chưa có vị trí"), written, error))
    return result


def _isolated(work: Callable[[], int]) -> tuple[int, str]:
    """Return what one agency's work wrote, or why it was rolled back."""
    try:
        return work(), ""
    except Problem as error:
        messages = [text for texts in getattr(error, "errors", {}).values() for text in texts]
        return 0, "; ".join(messages) or str(error)
    except HookFailed as error:
        return 0, str(error)
    except PeeweeException as error:
        if db.is_connection_usable():
            log.exception("provision.failed")
            return 0, _("Cơ sở dữ liệu không nhận: {reason}", reason=str(error).splitlines()[0])
        raise


class _Agency:
    """The rows of one agency on their way into the database."""

    def __init__(self, rows: AgencyRows, catalogue: Catalogue) -> None:
        self._rows = rows
        self._catalogue = catalogue
        self._events: list[Event] = []
        self._tasks: list[mirror.Task] = []
        self._found: dict[tuple[Action, str], list[Change]] = {}
        self._units: dict[str, tuple[UUID, str]] = {}
        self._day = today()

    def apply(self) -> int:
        """Bring the agency to what its rows say and return the number of rows written."""
        with db.atomic():
            tenant_id, created = self._ensure_agency()
            with scope(tenant_id):
                if self._rows.agency:
                    lock_tree()
                lock_agency()
                state = self._compare()
                self._revise(tenant_id, state)
                self._write_people()
                self._write_units(state)
                self._add_posts()
                self._change_posts()
                emit_all(self._events)
                mirror.queue(self._tasks)
                self._switch_modules()
        return created + self._written()

    def apply_people_alone(self) -> int:
        """Register the people who have no post in the file."""
        with scope(PLATFORM), db.atomic():
            self._sort(self._comparison().changes(self._rows, None))
            self._write_people()
            emit_all(self._events)
            mirror.queue(self._tasks)
        return self._written()

    def _ensure_agency(self) -> tuple[UUID, bool]:
        """Return the agency's id, creating it when the file describes it for the first time."""
        found = Tenant.get_or_none(Tenant.code == self._rows.code)
        if found:
            return found.id, False
        row = self._rows.agency
        if row is None:
            raise NotFound
        created = services.create_agency(
            row.code, name=row.name, kind=row.kind, short_name=row.short_name, identifiers=row.identifiers(),
            parent_id=_agency_id(row.parent), valid_from=row.valid_from, decision=row.decision, address=row.address, phone=row.phone,
        )  # fmt: skip
        return created.id, True

    def _comparison(self) -> Comparison:
        people = load_people(row.username for row in self._rows.people)
        return Comparison(self._day, people, switchable_modules(self._catalogue))

    def _compare(self) -> AgencyState:
        state = load_agencies(self._day, [self._rows.code])[self._rows.code]
        self._sort(self._comparison().changes(self._rows, state))
        return state

    def _sort(self, changes: Sequence[Change]) -> None:
        for each in changes:
            self._found.setdefault((each.action, each.what), []).append(each)

    def _changes(self, action: Action, what: str) -> list[Change]:
        return self._found.get((action, what), [])

    def _written(self) -> int:
        return sum(
            len(changes) for (action, _what), changes in self._found.items() if action in ("add", "change")
        )

    def _revise(self, tenant_id: UUID, state: AgencyState) -> None:
        for change in self._changes("change", "agencies"):
            row, fields = change.row, {key: wanted for key, (_stored, wanted) in change.fields.items()}
            profile = {key: fields.pop(key) for key in ("address", "phone") if key in fields}
            if profile:
                services.update_profile(queries.profile().version, **profile)
            identifiers = {
                key: fields.pop(key) for key in ("national", "administrative", "old") if key in fields
            }
            if "parent" in fields:
                fields["parent_id"] = _agency_id(fields.pop("parent"))
            if identifiers:
                fields["identifiers"] = identifiers
            if fields:
                since = effective_day(row, state, self._day)
                services.revise_agency(tenant_id, since, decision=row.decision, **fields)

    # -- in bulk: hundreds of people and posts must not be hundreds of statements ----------------------

    def _write_people(self) -> None:
        rows = [
            {
                "id": new_id(),
                "username": each.row.username,
                "email": each.row.email,
                **name_fields(each.row.full_name),
            }
            for each in self._changes("add", "people")
        ]
        _insert(Person, rows)
        for row in rows:
            self._events.append(events.PersonRegistered(object_id=row["id"], person=row["full_name"]))
            self._tasks.append(("user", None, row["id"]))
        updates = []
        for each in self._changes("change", "people"):
            name, email = each.row.full_name, each.row.email or each.current.email
            columns = name_fields(name)
            updates.append((str(each.current.id), name, columns["sort_key"], columns["folded"], email))
            self._events.append(
                events.PersonChanged(object_id=each.current.id, person=name, changes=dict(each.fields))
            )
            self._tasks.append(("user", None, each.current.id))
        _bulk(
            "UPDATE tenants.person p SET full_name = v.name, sort_key = v.sort_key, folded = v.folded, email = v.email, "
            "version = p.version + 1 FROM (VALUES %s) v (id, name, sort_key, folded, email) WHERE p.id = v.id::uuid",
            updates,
        )

    def _write_units(self, state: AgencyState) -> None:
        added, changed = self._changes("add", "units"), self._changes("change", "units")
        self._units = {unit.code: (unit.id, unit.name) for unit in state.units.values()}
        self._units |= {each.row.code: (new_id(), each.row.name) for each in added}
        tenant_id, since = current_tenant(), min(state.version["valid_from"], self._day)
        rows = []
        for each in added:
            id_, name = self._units[each.row.code]
            rows.append(
                {"tenant_id": tenant_id, "id": id_, "code": each.row.code, "name": name, "valid_from": since}
            )
            self._events.append(events.UnitCreated(object_id=id_, unit=name))
        _insert(Unit, rows)
        for each in changed:
            self._events.append(
                events.UnitChanged(object_id=each.current.id, unit=each.row.name, changes=dict(each.fields))
            )
        # Parents follow in a second statement: in the file a unit may stand before the one it belongs to.
        _bulk(
            "UPDATE tenants.unit u SET name = v.name, parent_id = coalesce(v.parent_id::uuid, u.parent_id), version = u.version + 1 "
            "FROM (VALUES %s) v (tenant_id, id, name, parent_id) WHERE u.tenant_id = v.tenant_id::uuid AND u.id = v.id::uuid",
            [
                (
                    str(tenant_id),
                    str(self._units[row.code][0]),
                    row.name,
                    str(self._units[row.parent][0]) if row.parent else None,
                )
                for row in (each.row for each in (*added, *changed))
                if row.parent or row.code in state.units
            ],
        )

    def _add_posts(self) -> None:
        added = self._changes("add", "posts")
        posts, roles, tenant_id, persons = [], [], current_tenant(), _persons(added)
        for each in added:
            row, (person_id, name), (unit_id, unit) = (
                each.row,
                persons[each.row.person],
                self._units[each.row.unit],
            )
            id_ = new_id()
            posts.append(
                {
                    "tenant_id": tenant_id, "id": id_, "person_id": person_id, "unit_id": unit_id, "position": row.position,
                    "valid_from": row.valid_from or self._day, "valid_to": row.valid_to, "decision": row.decision,
                    "granted_by": current_actor().person_id,
                }
            )  # fmt: skip
            roles += [
                {"tenant_id": tenant_id, "id": new_id(), "membership_id": id_, "role": role}
                for role in row.roles
            ]
            self._events.append(
                events.PostGranted(
                    object_id=id_, person_id=person_id, person=name, position=row.position, unit=unit,
                    changes={"roles": ([], sorted(row.roles))},
                )
            )  # fmt: skip
            self._tasks.append(("member", tenant_id, person_id))
        _insert(Membership, posts)
        _insert(MembershipRole, roles)

    def _change_posts(self) -> None:
        changed = self._changes("change", "posts")
        tenant_id, persons = current_tenant(), _persons(changed)
        updates, roles, stale = [], [], []
        for each in changed:
            row, current = each.row, each.current
            updates.append(
                (str(tenant_id), str(current.id), row.position, row.valid_from or current.valid_from, row.valid_to or current.valid_to,
                 row.decision or current.decision)
            )  # fmt: skip
            if "roles" in each.fields:
                stale.append(str(current.id))
                roles += [
                    {"tenant_id": tenant_id, "id": new_id(), "membership_id": current.id, "role": role}
                    for role in row.roles
                ]
            person_id, name = persons[row.person]
            self._events.append(
                events.PostChanged(
                    object_id=current.id,
                    person_id=person_id,
                    person=name,
                    position=current.position,
                    changes=dict(each.fields),
                )
            )
            self._tasks.append(("member", tenant_id, person_id))
        _bulk(
            "UPDATE tenants.membership m SET position = v.position, valid_from = v.valid_from::date, valid_to = v.valid_to::date, "
            "decision = v.decision, version = m.version + 1 FROM (VALUES %s) v (tenant_id, id, position, valid_from, valid_to, decision) "
            "WHERE m.tenant_id = v.tenant_id::uuid AND m.id = v.id::uuid",
            updates,
        )
        if stale:
            MembershipRole.delete().where(MembershipRole.membership_id.in_(stale)).execute()
        _insert(MembershipRole, roles)

    def _switch_modules(self) -> None:
        wanted = {each.row.module: each.row.state for each in self._changes("change", "modules")}
        # In the order of requirement; what is needed by others goes off last.
        order = [key for key in self._catalogue.modules if key in wanted]
        for key in order:
            if wanted[key]:
                for module in services.plan_enable(key).not_allowed:
                    services.set_grant(
                        current_tenant(), module.key, allowed=True, note=_("Theo danh sách cơ quan")
                    )
                services.enable_module(key)
        for key in reversed(order):
            if not wanted[key]:
                services.disable_module(key)


def _persons(posts: Sequence[Change]) -> dict[str, tuple[UUID, str]]:
    """Return (id, name) of the people of some posts by user name.

    Raises Invalid when one is missing: their first agency in the file could not be written.
    """
    wanted = {each.row.person for each in posts}
    columns = (Person.username, Person.id, Person.full_name)
    rows = Person.select(*columns).where(Person.username.in_(list(wanted))).tuples() if wanted else ()
    found = {row[0]: (row[1], row[2]) for row in rows}
    if missing := wanted - found.keys():
        raise Invalid(
            {
                "person": [
                    _(
                        "“{person}” chưa thêm được ở cơ quan khác nên cơ quan này phải chờ.",
                        person=min(missing),
                    )
                ]
            }
        )
    return found


def _agency_id(code: str) -> UUID | None:
    if not code:
        return None
    found = Tenant.get_or_none(Tenant.code == code)
    if found is None:
        raise Invalid(
            {"parent": [_("Cơ quan cấp trên “{code}” chưa tạo được nên cơ quan này phải chờ.", code=code)]}
        )
    return found.id


def _insert(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        model.insert_many(rows[start : start + CHUNK]).execute()


def _bulk(sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        execute_values(db.cursor(), sql, rows, page_size=CHUNK)
