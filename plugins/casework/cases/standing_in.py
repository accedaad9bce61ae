"""What a colleague who stands in can do of somebody's work: with the work go no rights, so some of it may stay where it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from core.api import _, current_tenant, db, dispatcher, format_date
from plugins.casework.cases import queries
from plugins.casework.models import Delegation
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import kinds_among
from plugins.notifications.api import people_with

_HELD = (
    "SELECT DISTINCT c.kind FROM casework.assignment a JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.case_id "
    "WHERE a.tenant_id = %s AND a.person_id = %s AND a.done_at IS NULL"
)

MOST_TOLD = 3
"""Kinds, and acts of each, that a sentence names; who has more of them knows their own work."""


class Rights(NamedTuple):
    """What somebody works on in the agency in scope, and what of it each colleague could do for them."""

    person_id: UUID
    kinds: Sequence[CaseKind]
    """Those the person may handle, or has something of."""
    holders: Mapping[str, frozenset[UUID]]
    """Who holds each permission that these kinds ask for, read once however many colleagues are looked at."""

    def beyond(self, stand_in_id: UUID) -> str:
        """Return the kinds that a colleague may not handle, in words; nothing when it is none."""
        return ", ".join(_(kind.title) for kind in self._beyond(stand_in_id))

    def is_idle(self, stand_in_id: UUID) -> bool:
        """Tell whether a colleague could do nothing at all for the person."""
        return bool(self.kinds) and len(self._beyond(stand_in_id)) == len(self.kinds)

    def acts(self, stand_in_id: UUID | None = None) -> str:
        """Return what the person does by a right of their own, such as approving, that a colleague has not; without one all of it."""
        told = []
        for kind in self.kinds:
            titles = dict.fromkeys(
                _(way.title)
                for way in kind.transitions
                if way.permission not in ("", kind.read, kind.handle)
                and not way.quiet
                and self.person_id in (able := self.holders[way.permission])
                and stand_in_id not in able
            )
            if titles:
                more = ["…"] if len(titles) > MOST_TOLD else []
                told.append(f"{_(kind.title)} ({', '.join([*list(titles)[:MOST_TOLD], *more])})")
        if len(told) > MOST_TOLD:
            told[MOST_TOLD:] = [_("… và {n} loại khác", n=len(told) - MOST_TOLD)]
        return "; ".join(told)

    def _beyond(self, stand_in_id: UUID) -> list[CaseKind]:
        return [kind for kind in self.kinds if stand_in_id not in self.holders[kind.handle]]


def rights_of(person_id: UUID) -> Rights:
    """Return what somebody works on in the agency in scope."""
    held = {kind for (kind,) in db.execute_sql(_HELD, (current_tenant(), person_id)).fetchall()}
    holders = _Holders()
    kinds = kinds_among(dispatcher().effective_for(current_tenant()))
    own = [each for each in kinds if each.key in held or person_id in holders[each.handle]]
    return Rights(person_id, own, holders)


class _Holders(dict[str, frozenset[UUID]]):
    """Who holds each permission in the agency in scope, asked for when it is first looked up."""

    def __missing__(self, permission: str) -> frozenset[UUID]:
        self[permission] = frozenset(people_with(permission))
        return self[permission]


def problem_with(
    person_id: UUID, stand_in_id: UUID, name: str, *, since: date, until: date, partly: bool
) -> str:
    """Return why somebody cannot stand in, or nothing; `partly` says that what they may not do is to wait.

    Whoever is away in those days is not there either: what two do for each other nobody does.
    """
    away = (
        Delegation.select()
        .where(
            Delegation.person_id == stand_in_id, Delegation.revoked_at.is_null(),
            Delegation.valid_from <= until, Delegation.valid_to >= since,
        )
        .order_by(Delegation.valid_from)
        .first()
    )  # fmt: skip
    if away is not None:
        return _(
            "{name} cũng vắng từ {since} đến hết {until} và đã nhờ {other}. Chọn người khác hoặc ngày khác.",
            name=name, since=format_date(away.valid_from, year=True), until=format_date(away.valid_to, year=True),
            other=queries.name_of(away.stand_in_id),
        )  # fmt: skip
    rights = rights_of(person_id)
    beyond = rights.beyond(stand_in_id)
    if rights.is_idle(stand_in_id):
        return _("{name} không có quyền xử lý {kinds}. Chọn người khác.", name=name, kinds=beyond)
    if beyond and not partly:
        return _(
            "{name} không có quyền xử lý {kinds}: việc loại đó không ai làm thay. Chọn người khác, hoặc đánh dấu “Vẫn nhờ, việc còn lại chờ tôi” rồi gửi.",
            name=name, kinds=beyond,
        )  # fmt: skip
    return ""
