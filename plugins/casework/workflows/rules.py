"""Who gets a case by the rule that an agency wrote into its workflow: a person, whoever holds a role, a unit."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from core.api import _, current_tenant, db, dispatcher, open_units
from plugins.casework.cases import queries
from plugins.casework.cases.assigning import Receiver
from plugins.casework.models import Case
from plugins.casework.workflows.changes import GIVES, locked
from plugins.casework.workflows.checks import Fault, way_field
from plugins.casework.workflows.definition import RULES, CaseKind, Definition, Transition
from plugins.notifications.api import people_with


def receiver_by_rule(kind: CaseKind, case: Case, way: Transition) -> Receiver | None:
    """Return who gets a case by the rule of a transition; None when there is nobody any more."""
    if way.gives == "fixed_unit":
        units = {str(unit_id): unit_id for unit_id, _name in queries.staffed_units()}
        return Receiver(unit_id=units[way.to]) if way.to in units else None
    able = people_with(kind.handle)
    if way.gives == "person":
        return next((Receiver(person_id=each) for each in able if str(each) == way.to), None)
    person_id = _holder_of(way.to, able, case.unit_id)
    return Receiver(person_id=person_id) if person_id else None


def _holder_of(role: str, able: list[UUID], unit_id: UUID | None) -> UUID | None:
    """Return who gets what a role gets: of the case's unit first, then who has least to do."""
    row = db.execute_sql(
        "SELECT m.person_id FROM tenants.current_post m "
        "JOIN tenants.membership_role r ON r.tenant_id = m.tenant_id AND r.membership_id = m.id "
        "WHERE m.tenant_id = %(tenant)s AND r.role = %(role)s AND m.person_id = ANY (%(able)s::uuid[]) "
        "GROUP BY m.tenant_id, m.person_id ORDER BY bool_or(m.unit_id = %(unit)s) DESC NULLS LAST, "
        "(SELECT count(*) FROM casework.assignment a WHERE a.tenant_id = m.tenant_id AND a.person_id = m.person_id "
        "AND a.done_at IS NULL), m.person_id LIMIT 1",
        {"tenant": current_tenant(), "role": role, "able": able, "unit": unit_id},
    ).fetchone()
    return row and row[0]


def roles_handling(kind: CaseKind) -> list[tuple[str, str]]:
    """Return key and title of the roles whose holders may handle cases of a kind: declared ones, then the agency's own."""
    in_effect = dispatcher().effective_for(current_tenant())
    declared = [
        (role.key, _(role.title))
        for role in dispatcher().catalogue.roles.values()
        if kind.handle in role.permissions and role.key.partition(".")[0] in in_effect
    ]
    own = db.execute_sql(
        "SELECT key, title FROM tenants.role WHERE tenant_id = %s AND jsonb_exists(permissions, %s) ORDER BY title",
        (current_tenant(), kind.handle),
    ).fetchall()
    return declared + own


def receiver_words(kind: CaseKind) -> Callable[[Definition, Transition], str]:
    """Return what says in words who gets a case after a transition of a version."""
    roles = dict(roles_handling(kind))
    units = {str(unit_id): name for unit_id, name in open_units()}
    people = {str(each.id): each.name for each in queries.colleagues()}
    return partial(_words, {"role": roles, "fixed_unit": units, "person": people})


def _words(names: dict[str, dict[str, str]], of: Definition, way: Transition) -> str:
    if of.state(way.target).final:
        return _("không ai, việc kết thúc")
    said = _(GIVES[way.gives])
    if way.gives not in RULES:
        return said
    return f"{said}: {names[way.gives].get(way.to) or _('không còn ở cơ quan')}"


def receiver_faults(kind: CaseKind, of: Definition) -> list[Fault]:
    """Return the rules that would give a case to nobody today."""
    found = []
    for way in of.transitions:
        if way.gives not in RULES or not way.to or locked(kind, of, way):
            continue
        if receiver_by_rule(kind, Case(), way) is None:
            text = _("Bước “{step}”: hiện không ai ở cơ quan nhận được theo cách này.", step=_(way.title))
            found.append(Fault(way_field(way.key, "person" if way.gives == "person" else "gives"), text))
    return found
