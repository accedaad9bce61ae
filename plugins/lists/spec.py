"""What a module says of a list, once: its columns, its conditions, its rows and what can be done to many of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from core.api import BadRequest, Cursor, NotFound, Page, RequestContext, _

Direction = Literal["ascending", "descending"]
CLERK_COLUMNS = 6
MOST_QUERY = 2000
BULK_AT_ONCE = 50
BULK_MOST = 10_000
"""So many rows does one run take; who has more narrows the list."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: `text` gives its plain value of a row for Excel, `sort` the way a first press sorts by it."""

    key: str
    title: str
    text: Callable[[Any], object]
    kind: Literal["", "num", "fit", "mid"] = ""
    sort: Direction | None = None
    shown: bool = True
    """Whether it is there before anybody has chosen."""
    fixed: bool = False
    """What the row is: cannot be taken away."""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something done to each chosen row, as the button on its own page does it; `done` counts them in words.

    With `effects` (icon and marked sentence) it is a plan first, however few the rows are.
    """

    key: str
    title: str
    permission: str
    act: Callable[..., object]
    done: str
    icon: str = ""
    effects: tuple[tuple[str, str], ...] = ()
    undone_by: str = ""
    """The key of the action that takes it back, offered after a run in which no row refused."""
    form: str = ""
    """The route of a form that asks what `act` needs beside the row; it plans the run, `told` says there what was asked."""
    told: Callable[[Mapping[str, Any]], str] | None = None


Sheet = tuple[str, Sequence[str], Sequence[ListColumn], Iterable[Any]]
"""A table of an Excel file: title, heads, columns and rows."""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list of a module; `rows` returns a page under conditions given as in the address.

    `default` says which column the list is sorted by when the address says nothing. `conditions` are the
    names of the fields that narrow the list, `key` turns the parts of a cursor into what it is sorted by.
    `title_of` names one row the person may see, so that a row that refused is told by name.
    """

    key: str
    title: str
    route: str
    permission: str
    columns: tuple[ListColumn, ...]
    rows: Callable[[RequestContext, Mapping[str, str], Cursor, int], Page[Any]]
    cursor: tuple[Callable[[Any], Any], ...]
    default: tuple[str, Direction]
    conditions: tuple[str, ...] = ("q",)
    actions: tuple[BulkAction, ...] = ()
    title_of: Callable[[RequestContext, UUID], str] | None = None
    can: Callable[[RequestContext, Mapping[str, str], Any], str] | None = None
    """What may be done to a row under some conditions, as its box says: all that match are taken as far as this holds."""
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a condition can say, where the document of a program's address cannot tell it: others are refused to programs."""
    sheets: Callable[[RequestContext, Mapping[str, str]], Sequence[Sheet]] | None = None
    """Tables that stand in its Excel file before its rows, under the same conditions."""
    names: Callable[[RequestContext, Mapping[str, str]], str] | None = None
    """What its Excel file is called under some conditions, where that is not the title of the list."""
    opens_with: Callable[[RequestContext], str] | None = None
    """The address a list opens with for somebody who chose no view, such as what waits for them; empty for all of it."""

    def sorting(self, params: Mapping[str, str]) -> tuple[str, Direction]:
        """Return the column and direction an address asks for; nonsense asks for nothing."""
        wanted = params.get("sort", "")
        key, direction = wanted.removeprefix("-"), "descending" if wanted.startswith("-") else "ascending"
        if any(column.key == key and column.sort for column in self.columns):
            return key, direction  # type: ignore[return-value]
        return self.default

    def columns_of(self, wanted: str) -> tuple[ListColumn, ...]:
        """Return the columns of a choice such as "unit,at" in the list's own order; nonsense chooses nothing."""
        keys = set(wanted.split(","))
        chosen = tuple(each for each in self.columns if each.fixed or each.key in keys)
        known = any(each.key in keys for each in self.columns)
        return chosen if known else tuple(each for each in self.columns if each.fixed or each.shown)

    def query(self, params: Mapping[str, str]) -> str:
        """Return what of an address belongs to the list, always in the same order: a view is no more than that.

        Raises BadRequest for more than is kept of one.
        """
        kept = {name: params.get(name, "") for name in (*self.conditions, "sort", "cols")}
        query = urlencode({name: value for name, value in kept.items() if value})
        if len(query) > MOST_QUERY:
            # What is cut off would be a condition less: work on many rows would be done to more of them.
            raise BadRequest(_("Điều kiện của danh sách dài quá. Bỏ bớt rồi lọc lại."))
        return query

    def called(self, ctx: RequestContext, params: Mapping[str, str]) -> str:
        """Return what its Excel file is called under some conditions, in the reader's language."""
        return self.names(ctx, params) if self.names else _(self.title)

    def params(self, query: str) -> dict[str, str]:
        """Return the fields of a stored address."""
        return dict(parse_qsl(query))


SPECS: dict[str, ListSpec] = {}


def declare_list(spec: ListSpec) -> ListSpec:
    """Make a list known under its key, so that its views, exports and bulk work find it.

    Raises ValueError, which ends the start, for a key given twice and for one with too many columns.
    """
    if spec.key in SPECS:
        raise ValueError(f"The list '{spec.key}' is declared twice.")
    if sum(column.shown or column.fixed for column in spec.columns) > CLERK_COLUMNS:
        raise ValueError(
            f"The list '{spec.key}' shows more than {CLERK_COLUMNS} columns before anybody chose."
        )
    SPECS[spec.key] = spec
    return spec


def may_open(ctx: RequestContext, key: str) -> bool:
    """Tell whether a person may open a list here."""
    spec = SPECS.get(key)
    return spec is not None and key.partition(".")[0] in ctx.modules and ctx.can(spec.permission)


def spec_for(ctx: RequestContext, key: str) -> ListSpec:
    """Return a list this person may open here; to anybody else it does not exist.

    Raises NotFound.
    """
    if not may_open(ctx, key):
        raise NotFound
    return SPECS[key]
