"""Check a description against itself and against what is stored, and say what applying it would do."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any

from core.catalogue import Catalogue
from core.db import db, unscoped
from core.declarations import Manifest
from core.i18n import N_
from tenants.models import today
from tenants.names import TakenNames
from tenants.provisioning.compare import AgencyRows, Change, Comparison, effective_day
from tenants.provisioning.description import SHEETS, Description, PostRow, Problem
from tenants.provisioning.state import (
    AgencyState,
    PersonState,
    administrative_code,
    load_agencies,
    load_people,
)
from tenants.services.agencies import LONGEST_NOTICE, NAME_IN_USE
from tenants.services.roles import OWN

TABLES = ("agencies", "units", "people", "posts", "modules")
NEEDS_BROKEN_ROW = N_("Dòng này cần “{value}”, mà dòng khai mục đó đang có lỗi. Sửa dòng đó trước.")

ANOTHER_PREFIX = N_(
    "Tệp có mã định danh {found}, còn các cơ quan ở đây mang mã {own}. Có phải tệp của tỉnh, thành phố khác?"
)
ANOTHER_NAME = N_("Tệp khai “{found}”, còn ở đây là “{own}”. Có phải tệp của tỉnh, thành phố khác?")
GARBLED = N_(
    "Chữ tiếng Việt trong tệp có vẻ đã hỏng, như “{value}”; có {rows} dòng như vậy. Hãy lưu lại tệp ở UTF-8 từ bản gốc rồi nạp lại."
)
_LOST = re.compile(r"\ufffd|[^\W\d_]\?|\?[^\W\d_]|\u00e1[\u00ba\u00bb]|\u00c4\u2018|\u00c6\u00b0")
"""A letter that became a question mark or the sign of a lost one, or its two bytes read as two letters."""

NAMED_LINES = 3
"""So many other lines of a duplicate are named."""

Name = tuple[str, ...]
"""How other rows name one: its sheet, and its codes."""
_NAME: Mapping[str, Callable[[Any], Name]] = {
    "agencies": lambda row: ("agencies", row.code),
    "units": lambda row: ("units", row.agency, row.code),
    "people": lambda row: ("people", row.username),
}
_NEEDS: Mapping[str, Callable[[Any], list[Name]]] = {
    "agencies": lambda row: [("agencies", row.parent)],
    "units": lambda row: [("agencies", row.agency), ("units", row.agency, row.parent)],
    "people": lambda row: [],
    "posts": lambda row: [("agencies", row.agency), ("units", row.agency, row.unit), ("people", row.person)],
    "modules": lambda row: [("agencies", row.agency)],
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a description would do; nothing has been written."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    groups: Mapping[str, AgencyRows]
    """The rows of each agency, parents before children."""
    loose_people: tuple[Any, ...] = ()
    """People the file gives no post."""
    elsewhere: Problem | None = None
    """Why the file seems to be that of another province."""
    garbled: Problem | None = None
    """What of the file seems to have been saved in an encoding that has no Vietnamese letters."""

    def count(self, action: str, what: str | None = None) -> int:
        return sum(each.action == action and what in (None, each.what) for each in self.changes)

    @property
    def causes(self) -> list[Problem]:
        """The problems to mend; the others go with them."""
        return [each for each in self.problems if each.cause is None]

    @property
    def followers(self) -> Mapping[tuple[str, int], int]:
        """How many rows fall with one, by its sheet and line."""
        return Counter(each.cause for each in self.problems if each.cause)

    @property
    def wrong_rows(self) -> int:
        """How many rows have something wrong; one may have several problems."""
        return len({(each.sheet, each.line) for each in self.problems})

    @property
    def pending(self) -> int:
        """How many rows would be written."""
        return self.count("add") + self.count("change")

    def codes_to_write(self) -> list[str]:
        """Return the agencies that have something to write, parents first."""
        touched = {each.agency for each in self.changes if each.action in ("add", "change")}
        return [code for code in self.groups if code in touched]

    def usernames(self) -> frozenset[str]:
        """Return everybody the description names, as a person or in a post."""
        people = [row for rows in self.groups.values() for row in rows.people]
        posts = [row for rows in self.groups.values() for row in rows.posts]
        return frozenset(
            [*(row.username for row in people), *(row.person for row in posts), *(row.username for row in self.loose_people)]
        )  # fmt: skip


def make_plan(description: Description, catalogue: Catalogue, *, day: date | None = None) -> Plan:
    """Compare a description with what is stored; reads everything, writes nothing."""
    with unscoped(reason="compare a provisioning file with every agency"), db.atomic():
        # Just after the first file the planner does not know yet how large the tables have become.
        db.execute_sql("SET LOCAL enable_seqscan = off")
        agencies, people = load_agencies(day or today()), load_people()
    checks = _Checks(description, catalogue, agencies, people)
    checks.run()
    # A change is only worth showing when its row can be applied.
    broken = {(each.sheet, each.line) for each in checks.problems}
    broken |= {(sheet, line) for sheet, line, _column in description.unread}
    sound, knock_on = applicable(description, broken, agencies, people)
    groups, loose = group_rows(sound, checks.order)
    named, _ = group_rows(description, checks.order)
    comparison = Comparison(day or today(), people, switchable_modules(catalogue))
    changes: list[Change] = []
    for code, rows in groups.items():
        state = agencies.get(code)
        if state is None and rows.agency is None:
            continue
        changes += comparison.changes(rows, state)
        if state:
            changes += comparison.absent(named[code], state, description.sheets)
    changes += comparison.changes(AgencyRows("", people=loose), None)
    changes += _absent(description, agencies, people)
    # What only follows from others comes last, or the causes would drown in it.
    problems = sorted(
        (*checks.problems, *knock_on), key=lambda each: (each.cause is not None, each.line, each.sheet)
    )
    elsewhere = _of_another_province(description, agencies)
    return Plan(tuple(changes), tuple(problems), groups, tuple(loose), elsewhere, _garbled(description))


def switchable_modules(catalogue: Catalogue) -> dict[str, Manifest]:
    """Return the modules that agencies can switch, by key."""
    return {each.key: each for each in catalogue.manifests()}


def group_rows(description: Description, order: Iterable[str]) -> tuple[dict[str, AgencyRows], list[Any]]:
    """Return the rows by agency in the given order, and the people without a post in the file."""
    groups = {code: AgencyRows(code) for code in order}
    for row in description.agencies:
        groups.setdefault(row.code, AgencyRows(row.code)).agency = row
    for key in ("units", "posts", "modules"):
        for row in getattr(description, key):
            getattr(groups.setdefault(row.agency, AgencyRows(row.agency)), key).append(row)
    home: dict[str, str] = {}
    for code, rows in groups.items():
        for post in rows.posts:
            home.setdefault(post.person, code)
    loose = []
    for person in description.people:
        if person.username in home:
            groups[home[person.username]].people.append(person)
        else:
            loose.append(person)
    return groups, loose


def applicable(
    description: Description,
    broken: Iterable[tuple[str, int]],
    agencies: Mapping[str, AgencyState],
    people: Mapping[str, PersonState],
) -> tuple[Description, list[Problem]]:
    """Return the rows that can be applied, and a problem for each that needs a broken row (table, line)."""
    stored: set[Name] = {("agencies", code) for code in agencies} | {("people", name) for name in people}
    stored |= {("units", code, unit) for code, state in agencies.items() for unit in state.units}
    lost = set(broken)
    causes = {name(row): (sheet, row.line) for sheet, name in _NAME.items() for row in getattr(description, sheet)
              if (sheet, row.line) in lost}  # fmt: skip
    rows: dict[str, Any] = {sheet: getattr(description, sheet) for sheet in TABLES}
    knock_on: list[Problem] = []
    # What is lost may be needed by others, so look again until nothing more falls.
    while lost:
        rows = {sheet: [row for row in rows[sheet] if (sheet, row.line) not in lost] for sheet in TABLES}
        known = stored.union(name(row) for sheet, name in _NAME.items() for row in rows[sheet])
        fallen_rows = [
            (
                row,
                Problem(NEEDS_BROKEN_ROW, sheet, row.line, {"value": missing[-1]}, cause=causes.get(missing)),
            )
            for sheet in TABLES
            for row in rows[sheet]
            if (missing := _missing(sheet, row, known))
        ]
        # Who needs a row that has fallen itself is told of the one to mend.
        causes |= {
            _NAME[each.sheet](row): each.cause
            for row, each in fallen_rows
            if each.sheet in _NAME and each.cause
        }
        fallen = [each for _row, each in fallen_rows]
        knock_on += fallen
        lost = {(problem.sheet, problem.line) for problem in fallen}
    return replace(description, **rows), knock_on


def _missing(sheet: str, row: Any, known: Container[Name]) -> Name:
    """Return the name of the first row that a row needs and that is not there, or nothing."""
    return next((name for name in _NEEDS[sheet](row) if name[-1] and name not in known), ())


def _of_another_province(description: Description, agencies: Mapping[str, AgencyState]) -> Problem | None:
    """Say why a file seems to be another province's: the same agencies have the same codes in all of them."""
    stored = [state.version for state in agencies.values()]
    own = {_prefix(version.get("identifiers", {}).get("national", "")) for version in stored} - {""}
    found = {_prefix(row.national_code) for row in description.agencies} - {""}
    if own and found and not own & found:
        return Problem(
            ANOTHER_PREFIX, fields={"own": ", ".join(sorted(own)), "found": ", ".join(sorted(found))}
        )
    provinces = [version for version in stored if version.get("kind") == "province"]
    codes = {code for version in provinces if (code := administrative_code(version))}
    for row in description.agencies:
        if (
            row.kind == "province"
            and codes
            and row.administrative_code
            and row.administrative_code not in codes
        ):
            told = {"own": provinces[0]["name"], "found": row.name}
            return Problem(ANOTHER_NAME, "agencies", row.line, told)
    return None


def _garbled(description: Description) -> Problem | None:
    """Say where words lost their letters before the file was saved: it is read well, and would write them so."""
    found = [
        (sheet.key, row.line, text)
        for sheet in SHEETS
        for row in getattr(description, sheet.key)
        for column in sheet.columns
        if isinstance(text := getattr(row, column.key), str) and _LOST.search(text)
    ]
    if not found:
        return None
    rows = len({each[:2] for each in found})
    table, line, text = found[0]
    return Problem(GARBLED, table, line, {"rows": rows, "value": text[:60]})


def _prefix(national_code: str) -> str:
    return national_code.partition(".")[0]


def _absent(
    description: Description, agencies: Mapping[str, AgencyState], people: Mapping[str, PersonState]
) -> list[Change]:
    found: list[Change] = []
    if "agencies" in description.sheets:
        named = {row.code for row in description.agencies}
        found += [
            Change("absent", "agencies", state.code, state.version["name"], current=state)
            for state in agencies.values()
            if state.code not in named and state.status != "merged"
        ]
    if "people" in description.sheets:
        named = {row.username for row in description.people}
        found += [
            Change("absent", "people", "", each.full_name, current=each)
            for each in people.values()
            if each.username not in named
        ]
    return found


class _Checks:
    """Everything about a description that one row alone cannot tell."""

    def __init__(
        self,
        description: Description,
        catalogue: Catalogue,
        agencies: Mapping[str, AgencyState],
        people: Mapping[str, PersonState],
    ) -> None:
        self.problems = list(description.problems)
        self._description = description
        self._catalogue = catalogue
        self._agencies = agencies
        self._people = people
        described = {row.code: row for row in reversed(description.agencies) if row.code}
        self._described = dict(sorted(described.items(), key=lambda each: each[1].line))
        # The order of the file first: what is told of several agencies is told the same way in every run.
        self._known_agencies = dict.fromkeys([*self._described, *sorted(agencies)])
        self.order: list[str] = []
        """The agencies in the order of the file, parents before children."""

    def run(self) -> None:
        d = self._description
        self._twice(
            "agencies",
            d.agencies,
            lambda row: (row.code,),
            N_("Mã cơ quan “{value}” trùng với dòng {other}. Sửa mã ở một trong hai dòng."),
        )
        self._twice(
            "units",
            d.units,
            lambda row: (row.agency, row.code),
            N_("Phòng “{value}” trùng với dòng {other}. Bỏ một trong hai dòng."),
        )
        self._twice(
            "people",
            d.people,
            lambda row: (row.username,),
            N_("Tên đăng nhập “{value}” trùng với dòng {other}. Mỗi người một tên đăng nhập."),
        )
        self._twice(
            "modules",
            d.modules,
            lambda row: (row.agency, row.module),
            N_("Phân hệ “{value}” trùng với dòng {other}. Bỏ một trong hai dòng."),
        )
        self._twice(
            "posts",
            d.posts,
            lambda row: (row.agency, row.unit, row.person),
            N_("“{value}” đã có vị trí ở phòng này tại dòng {other}. Gộp chức danh và vai trò vào một dòng."),
        )
        self._emails()
        self._check_agencies()
        self._check_names()
        self._check_units()
        self._check_posts()
        self._check_modules()

    def _read(self, sheet: str, row: Any, column: str) -> bool:
        """Tell whether a cell could be read; one that could not has its problem already."""
        return (sheet, row.line, column) not in self._description.unread

    def _note(self, message: str, sheet: str, line: int, **fields: object) -> None:
        self.problems.append(Problem(message, sheet, line, fields))

    def _twice(self, sheet: str, rows: Iterable[Any], key_of: Callable[[Any], Name], message: str) -> None:
        """Note every row of the same key, for nobody knows which of them is meant."""
        alike: dict[Name, list[Any]] = {}
        for row in rows:
            if all(key := key_of(row)):
                alike.setdefault(key, []).append(row)
        for key, found in alike.items():
            for row in found if len(found) > 1 else ():
                others = [each for each in found[: NAMED_LINES + 1] if each is not row][:NAMED_LINES]
                lines = ", ".join(str(each.line) for each in others)
                name = getattr(others[0], "name", getattr(others[0], "full_name", ""))
                self._note(message, sheet, row.line, value=key[-1], other=lines, name=name)

    def _emails(self) -> None:
        message = N_(
            "Thư điện tử “{value}” trùng với dòng {other} ({name}). Mỗi người cần một địa chỉ riêng."
        )
        self._twice("people", self._description.people, lambda row: (row.email.lower(),), message)
        owners = {each.email.lower(): each.username for each in self._people.values() if each.email}
        named = {row.username for row in self._description.people}
        for row in self._description.people:
            owner = owners.get(row.email.lower(), row.username)
            if row.username and owner != row.username and owner not in named:
                self._note(N_("Thư điện tử “{value}” đã là của {owner}. Mỗi người cần một địa chỉ riêng."), "people", row.line,
                           value=row.email, owner=owner)  # fmt: skip

    def _check_agencies(self) -> None:
        rows, called = self._description.agencies, self._description.called
        self._twice("agencies", rows, lambda row: (row.national_code,),
                    N_("Mã định danh {value} trùng với dòng {other} ({name}). Sửa mã ở một trong hai dòng."))  # fmt: skip
        holders = {
            state.version.get("identifiers", {}).get("national"): state for state in self._agencies.values()
        }
        for row in rows:
            state = self._agencies.get(row.code)
            if row.parent and row.parent not in self._known_agencies:
                self._unknown(
                    "agencies",
                    row.line,
                    row.parent,
                    self._known_agencies,
                    N_("Không có cơ quan cấp trên “{value}”."),
                )
            if state is None and not row.kind and self._read("agencies", row, "kind"):
                self._note(
                    N_("Thiếu “{column}”. Cơ quan mới cần khai loại cơ quan."),
                    "agencies",
                    row.line,
                    column=called("agencies", "kind"),
                )
            if state and row.valid_from and row.valid_from > today() + LONGEST_NOTICE:
                self._note(N_("Ngày có hiệu lực không được quá một năm kể từ hôm nay."), "agencies", row.line)
            if state and state.status == "merged":
                self._note(
                    N_("Cơ quan “{value}” đã sáp nhập, không đổi được nữa. Dùng mã của cơ quan kế thừa."),
                    "agencies",
                    row.line,
                    value=row.code,
                )
            holder = holders.get(row.national_code) if row.national_code else None
            if holder and holder.code not in self._described and holder.code != row.code:
                self._note(N_("Mã định danh {value} đã là của {name}. Mã định danh không dùng lại."), "agencies", row.line,
                           value=row.national_code, name=holder.version["name"])  # fmt: skip
        message = N_("Cấp trên đi vòng: {circle}. Sửa “{column}” ở một dòng.")
        for day in self._days():
            graph = {code: self._parents_on(day, code) for code in self._known_agencies}
            self._note_circles(graph, self._described, "agencies", message)
        self.order = self._parents_first()

    def _days(self) -> list[date]:
        """Return today and the later days on which the tree of agencies may change."""
        stored = (version["valid_from"] for state in self._agencies.values() for version in state.versions)
        named = (row.valid_from for row in self._described.values() if row.valid_from)
        return sorted({today(), *(day for day in (*stored, *named) if day > today())})

    def _parents_on(self, day: date, code: str) -> list[str]:
        """Return the parent an agency would have on a day, as a list of one or none."""
        state, row = self._agencies.get(code), self._described.get(code)
        stored = state.version_on(day)["parent"] if state else ""
        stated = row.parent if row else ""
        if state and row and stated:
            since = effective_day(row, state, today())
            # A version that is still to come keeps a parent of its own.
            inherited = stored == state.version_on(since)["parent"]
            stated = stated if day >= since and inherited else ""
        parent = stated or stored
        return [parent] if parent else []

    def _parents_first(self) -> list[str]:
        """Return the described agencies in the order of the file, parents before children."""
        seen: set[str] = set()
        order: list[str] = []

        def place(code: str) -> None:
            if code in self._known_agencies and code not in seen:
                seen.add(code)
                row = self._described.get(code)
                for parent in [row.parent] if row and row.parent else self._parents_on(today(), code):
                    place(parent)
                order.append(code)

        for code in self._described:
            place(code)
        return [code for code in order if code in self._described]

    def _check_names(self) -> None:
        """Note names that another agency bears: one of the file, or one stored that the file does not describe."""
        stored, described = TakenNames(), TakenNames()
        for state in self._agencies.values():
            if state.code not in self._described and state.status != "merged":
                for version in state.lasting(today()):
                    for name in (version["name"], version["short_name"]):
                        stored.add(name, administrative_code(version), version["name"])
        rows = []
        for row in self._described.values():
            known = self._agencies.get(row.code)
            code = row.administrative_code or (administrative_code(known.version) if known else "")
            rows += [(row, name, code) for name in dict.fromkeys((row.name, row.short_name)) if name]
        for row, name, code in rows:
            described.add(name, code, row.code)
        for row, name, code in rows:
            if other := self._described.get(described.owner(name, code, besides=row.code)):
                self._note(N_("Tên “{value}” trùng với dòng {other} ({name}). Mỗi cơ quan cần một tên riêng."), "agencies", row.line,
                           value=name, other=other.line, name=other.name)  # fmt: skip
            if owner := stored.owner(name, code):
                self._note(NAME_IN_USE, "agencies", row.line, value=name, agency=owner)

    def _note_circles(
        self, graph: Mapping[str, list[str]], rows: Mapping[str, Any], sheet: str, message: str
    ) -> None:
        """Note each circle at every row of the file that is a part of it."""
        open_graph, column = dict(graph), self._description.called(sheet, "parent")
        while circle := _circle(open_graph):
            stated = [code for code in rows if code in circle and rows[code].parent in graph[code]]
            # Where the file says nothing, what is stored goes round: the last row is the one that may end it.
            blamed = stated or [code for code in rows if code in circle][-1:]
            text = " → ".join(_beginning_with(blamed[0], circle)) if blamed else " → ".join(circle)
            for code in blamed:
                told = Problem(message, sheet, rows[code].line, {"circle": text, "column": column})
                if told not in self.problems:
                    self.problems.append(told)
            open_graph[(blamed or circle)[-1]] = []

    def _check_units(self) -> None:
        described: dict[str, dict[str, Any]] = {}
        rows = [row for row in self._description.units if row.agency]
        for row in rows:
            described.setdefault(row.agency, {})[row.code] = row
        for row in rows:
            state = self._agencies.get(row.agency)
            if row.agency not in self._known_agencies:
                self._unknown(
                    "units", row.line, row.agency, self._known_agencies, N_("Không có cơ quan “{value}”.")
                )
                continue
            known = set(described[row.agency]) | set(state.units if state else ())
            if row.parent and row.parent not in known:
                self._unknown(
                    "units", row.line, row.parent, known, N_("Cơ quan này không có phòng “{value}”.")
                )
            closed = state.units[row.code].valid_to if state and row.code in state.units else None
            if closed:
                self._note(
                    N_("Phòng “{value}” đã đóng. Dùng mã khác cho phòng mới."),
                    "units",
                    row.line,
                    value=row.code,
                )
        for agency, units in described.items():
            state = self._agencies.get(agency)
            stored = (
                {unit.code: [unit.parent] for unit in state.units.values() if unit.parent} if state else {}
            )
            graph = {code: [row.parent] for code, row in units.items() if code and row.parent}
            self._note_circles(
                stored | graph,
                units,
                "units",
                N_("Phòng cấp trên đi vòng: {circle}. Sửa “{column}” ở một dòng."),
            )

    def _check_posts(self) -> None:
        people = set(self._people) | {row.username for row in self._description.people if row.username}
        units: dict[str, set[str]] = {
            code: {u.code for u in s.units.values() if not u.valid_to} for code, s in self._agencies.items()
        }
        for unit in self._description.units:
            units.setdefault(unit.agency, set()).add(unit.code)
        for row in self._description.posts:
            if row.person and row.person not in people:
                self._unknown(
                    "posts",
                    row.line,
                    row.person,
                    people,
                    N_("Không có người “{value}”. Thêm vào bảng “{table}” trước."),
                    table=self._description.called("people"),
                )
            if row.agency and row.agency not in self._known_agencies:
                self._unknown(
                    "posts", row.line, row.agency, self._known_agencies, N_("Không có cơ quan “{value}”.")
                )
            elif row.agency and row.unit and row.unit not in units.get(row.agency, ()):
                self._unknown(
                    "posts",
                    row.line,
                    row.unit,
                    units.get(row.agency, ()),
                    N_("Cơ quan này không có phòng “{value}”."),
                )
            if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
                first, last = (self._description.called("posts", each) for each in ("valid_from", "valid_to"))
                self._note(
                    N_("“{last}” trước “{first}”. Sửa một trong hai."),
                    "posts",
                    row.line,
                    first=first,
                    last=last,
                )
            self._check_roles(row)

    def _check_roles(self, row: PostRow) -> None:
        """Note roles that are neither a module's nor the agency's own."""
        state = self._agencies.get(row.agency)
        # Whose own roles an unreadable or unknown agency has is not known; those of modules are.
        roles = set(self._catalogue.roles) | (state.own_roles if state else set())
        for role in row.roles:
            if role not in roles and (row.agency in self._known_agencies or not role.startswith(OWN)):
                self._unknown("posts", row.line, role, roles, N_("Không có vai trò “{value}”."))

    def _check_modules(self) -> None:
        switchable = switchable_modules(self._catalogue)
        rows = self._description.modules
        wanted = {(row.agency, row.module): row.state for row in rows if self._read("modules", row, "state")}
        for row in rows:
            if row.agency and row.agency not in self._known_agencies:
                self._unknown(
                    "modules", row.line, row.agency, self._known_agencies, N_("Không có cơ quan “{value}”.")
                )
            if row.module and row.module not in switchable:
                self._unknown("modules", row.line, row.module, switchable, N_("Không có phân hệ “{value}”."))
            if row.module not in switchable:
                continue
            for required in self._catalogue.modules[row.module].manifest.requires if row.state else ():
                if wanted.get((row.agency, required)) is False:
                    self._note(N_("Phân hệ “{value}” cần “{required}”, mà tệp lại tắt. Bật cả hai hoặc tắt cả hai."), "modules", row.line,
                               value=row.module, required=required)  # fmt: skip

    def _unknown(
        self, sheet: str, line: int, value: str, known: Iterable[str], message: str, **fields: object
    ) -> None:
        near = get_close_matches(value, known, n=1, cutoff=0.6)
        told = {"value": value, **fields}
        self.problems.append(Problem(message, sheet, line, told, near=near[0] if near else ""))


def _circle(graph: Mapping[str, list[str]]) -> list[str] | None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return None


def _beginning_with(first: str, circle: list[str]) -> list[str]:
    """Return a circle, whose ends are alike, from one of its members on."""
    at = circle.index(first)
    return [*circle[at:-1], *circle[:at], first]
