"""What a description would change in one agency, compared with what is stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal

from core.context import ModuleStates
from core.declarations import Manifest
from core.i18n import format_date, gettext, ngettext
from tenants.events import FIELD_TITLES
from tenants.provisioning.description import AgencyRow, ModuleRow, PersonRow, PostRow, UnitRow
from tenants.provisioning.state import AgencyState, PersonState, PostState, UnitState

Action = Literal["add", "change", "same", "absent"]


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the plan: what happens to one object, and why it was noticed (`line`; 0 = not in the file)."""

    action: Action
    what: str
    agency: str
    label: str
    line: int = 0
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """Field → (stored, wanted)."""
    said: Callable[[], str] = str
    """Says what follows from it, in the reader's language."""
    row: Any = None
    current: Any = None

    @property
    def effect(self) -> str:
        """Return what follows from it, in words."""
        return self.said()

    @property
    def details(self) -> str:
        """Return the changed fields in words."""
        return "; ".join(
            f"{gettext(FIELD_TITLES[key])}: {_shown(old)} → {_shown(new)}"
            for key, (old, new) in self.fields.items()
        )


@dataclass(slots=True)
class AgencyRows:
    """The rows of a file that belong to one agency; people stand with the first agency that posts them."""

    code: str
    agency: AgencyRow | None = None
    units: list[UnitRow] = field(default_factory=list)
    people: list[PersonRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    modules: list[ModuleRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What every comparison needs to know: the day, the people stored, the modules installed."""

    day: date
    people: Mapping[str, PersonState]
    modules: Mapping[str, Manifest]
    """Those that agencies can switch, by key."""

    def changes(self, rows: AgencyRows, state: AgencyState | None) -> list[Change]:
        """Return a change for every row, also for those that are the same already."""
        found = [self._person(row, rows.code) for row in rows.people]
        if rows.agency:
            found.append(self._agency(rows.agency, rows, state))
        found += [self._unit(row, state.units.get(row.code) if state else None) for row in rows.units]
        found += [self._post(row, state) for row in rows.posts]
        found += [self._module(row, state) for row in rows.modules]
        return found

    def absent(self, rows: AgencyRows, state: AgencyState, sheets: set[str]) -> Iterator[Change]:
        """Yield the units and posts of a described agency that the file does not name; they stay."""
        named_units = {row.code for row in rows.units}
        if "units" in sheets and rows.units:
            for unit in state.units.values():
                if unit.code not in named_units and not unit.valid_to:
                    yield Change("absent", "units", rows.code, unit.name, current=unit)
        named_posts = {(row.person, row.unit) for row in rows.posts}
        if "posts" in sheets and rows.posts:
            for key, post in state.posts.items():
                if key not in named_posts:
                    yield Change(
                        "absent", "posts", rows.code, f"{post.person}, {post.position}", current=post
                    )

    def _agency(self, row: AgencyRow, rows: AgencyRows, state: AgencyState | None) -> Change:
        if state is None:
            return Change(
                "add", "agencies", row.code, row.name, row.line, row=row, said=partial(_added_with, rows)
            )
        fields = agency_fields(row, state, self.day)
        since = effective_day(row, state, self.day) if fields.keys() - {"address", "phone"} else None
        said = partial(_revised, since, renamed="name" in fields)
        return _change("agencies", row.code, row.name, row, fields, state, said)

    def _person(self, row: PersonRow, agency: str) -> Change:
        current = self.people.get(row.username)
        if current is None:
            return Change("add", "people", agency, row.full_name, row.line, row=row)
        fields = _differences(
            ("full_name", row.full_name, current.full_name), ("email", row.email, current.email)
        )
        return _change("people", agency, row.full_name, row, fields, current)

    def _unit(self, row: UnitRow, current: UnitState | None) -> Change:
        if current is None:
            return Change("add", "units", row.agency, row.name, row.line, row=row)
        fields = _differences(("name", row.name, current.name), ("parent", row.parent, current.parent))
        return _change("units", row.agency, row.name, row, fields, current)

    def _post(self, row: PostRow, state: AgencyState | None) -> Change:
        label = f"{row.person}, {row.position}"
        current: PostState | None = state.posts.get((row.person, row.unit)) if state else None
        if current is None:
            if row.valid_to and row.valid_to < self.day:
                # The post was over before today: there is nothing left to give.
                return Change("same", "posts", row.agency, label, row.line, row=row)
            ended = state.ended.get((row.person, row.unit)) if state else None
            again = partial(_given_again, ended) if ended else str
            return Change("add", "posts", row.agency, label, row.line, row=row, said=again)
        fields = _differences(
            ("position", row.position, current.position),
            ("valid_from", row.valid_from, current.valid_from),
            ("valid_to", row.valid_to, current.valid_to),
            ("decision", row.decision, current.decision),
        )
        said: Callable[[], str] = str
        if row.roles and set(row.roles) != current.roles:
            fields["roles"] = (tuple(sorted(current.roles)), row.roles)
            if gone := current.roles.difference(row.roles):
                said = partial(_roles_taken, ", ".join(sorted(gone)))
        return _change("posts", row.agency, label, row, fields, current, said)

    def _module(self, row: ModuleRow, state: AgencyState | None) -> Change:
        states, title = state.modules if state else ModuleStates(), self.modules[row.module].title
        is_on, allowed = states.wants(self.modules[row.module]), states.allows(self.modules[row.module])
        if row.state == is_on and (allowed or not row.state):
            return Change("same", "modules", row.agency, title, row.line, row=row)
        return Change(
            "change" if state else "add",
            "modules",
            row.agency,
            title,
            row.line,
            {"state": (is_on and allowed, row.state)},
            row=row,
        )


def effective_day(row: AgencyRow, state: AgencyState, day: date) -> date:
    """Return the day from which a changed description holds: the file's, unless that day is history."""
    begun: date = _described_version(row, state, day)["valid_from"]
    return row.valid_from if row.valid_from and row.valid_from > begun else max(day, begun)


def _described_version(row: AgencyRow, state: AgencyState, day: date) -> dict[str, Any]:
    """Return the version a row speaks of: the one in force, or that of the later day it names."""
    return state.version_on(max(day, row.valid_from or day))


def agency_fields(row: AgencyRow, state: AgencyState, day: date) -> dict[str, tuple[Any, Any]]:
    """Return what a row states differently from the version it speaks of, and from the profile."""
    version = _described_version(row, state, day)
    identifiers = version["identifiers"]
    fields = _differences(
        ("name", row.name, version["name"]),
        ("short_name", row.short_name, version["short_name"]),
        ("kind", row.kind, version["kind"]),
        ("parent", row.parent, version["parent"]),
        ("address", row.address, state.address),
        ("phone", row.phone, state.phone),
    )
    for key, wanted in row.identifiers().items():
        stored = identifiers.get(key, [] if key == "old" else "")
        # Codes an agency had are only ever added to: the file may name some of them.
        if (key == "old" and not set(wanted) <= set(stored)) or (key != "old" and wanted != stored):
            fields[key] = (stored, wanted)
    return fields


def _differences(*triples: tuple[str, Any, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields that the file states and that differ; an empty cell states nothing."""
    return {key: (stored, wanted) for key, wanted, stored in triples if wanted and wanted != stored}


def _change(
    what: str,
    agency: str,
    label: str,
    row: Any,
    fields: dict[str, tuple[Any, Any]],
    current: Any,
    said: Callable[[], str] = str,
) -> Change:
    action: Action = "change" if fields else "same"
    return Change(action, what, agency, label, row.line, fields, said, row, current)


def _revised(since: date | None, *, renamed: bool) -> str:
    parts = [
        gettext("Kể từ {day}", day=format_date(since, year=True)) if since else "",
        gettext("Văn bản đã ký giữ tên cũ") if renamed else "",
    ]
    return ". ".join(filter(None, parts))


def _given_again(ended: date) -> str:
    return gettext("Đã thu hồi ngày {day}, nay giao lại", day=format_date(ended, year=True))


def _roles_taken(roles: str) -> str:
    return gettext("Thu hồi vai trò tệp không nêu, kể cả vai trò giao trên trang: {roles}", roles=roles)


def _added_with(rows: AgencyRows) -> str:
    parts = []
    if rows.units:
        parts.append(ngettext("{n} phòng ban", "{n} phòng ban", len(rows.units)))
    if rows.posts:
        parts.append(ngettext("{n} vị trí", "{n} vị trí", len(rows.posts)))
    on = sum(row.state for row in rows.modules)
    if on:
        parts.append(ngettext("bật {n} phân hệ", "bật {n} phân hệ", on))
    return gettext("Kèm theo {parts}", parts=", ".join(parts)) if parts else ""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("bật") if value else gettext("tắt")
    if isinstance(value, date):
        return format_date(value, year=True)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value)) or gettext("(trống)")
    return f"“{value}”" if value else gettext("(trống)")
