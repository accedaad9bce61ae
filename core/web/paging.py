"""Keyset pages: the address carries the row a page begins after, or ends before; never a page number."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import orjson

from core.i18n import _, format_number
from core.web.components import Chip, Pager
from core.web.errors import BadRequest
from core.web.request import Request

PAGE_SIZE = 50
MOST_ROWS = 2**31
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after the row of `key`, or with `backward` it ends before that row."""

    key: tuple[Any, ...] = ()
    row: int = 0
    """The number of that row in the whole list, for words like "51–100"."""
    backward: bool = False


START = Cursor()
"""The beginning of a list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page, the number of the first, and the keys of its neighbours, if any."""

    rows: Sequence[Row]
    next_key: str = ""
    previous_key: str = ""
    first: int = 1


def encode_key(*values: Any) -> str:
    """Return an address-safe key for the values a list is sorted by."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode_key(key: str) -> list[Any]:
    """Return the values of a key, the row's number last.

    Raises ValueError for one that is none.
    """
    values = orjson.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    if not isinstance(values, list) or not all(isinstance(each, str | int | None) for each in values):
        raise ValueError(key)
    return values


def read_cursor(req: Request, *kinds: Callable[[Any], Any]) -> Cursor:
    """Return where the page asked for begins.

    `kinds` turn the parts of a key into what a list is sorted by: str, int, UUID, datetime.fromisoformat.

    Raises BadRequest for a key nobody was given.
    """
    backward = "before" in req.params
    return cursor_of(req.get_param("before" if backward else "after"), *kinds, backward=backward)


def cursor_of(key: str | None, *kinds: Callable[[Any], Any], backward: bool = False) -> Cursor:
    """Return the cursor of a key that `page_of` made; see read_cursor.

    Raises BadRequest for a key nobody was given.
    """
    if not key:
        return Cursor()
    try:
        *parts, row = decode_key(key)
        found = tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, TypeError, AttributeError):
        found, parts, row = (), [], 0
    if not found or None in parts or not isinstance(row, int) or not 0 < row < MOST_ROWS:
        raise BadRequest(_("Địa chỉ trang tiếp không đúng. Mở lại danh sách từ đầu."))
    return Cursor(found, row, backward)


def page_of(
    rows: Sequence[Row],
    key_of: Callable[[Row], Sequence[Any]],
    size: int = PAGE_SIZE,
    cursor: Cursor = START,
) -> Page[Row]:
    """Cut `size + 1` fetched rows to a page; the extra row tells that there is a neighbour.

    Rows of a backward cursor come nearest first, as `ORDER BY … DESC` finds them, and are turned round.
    """
    shown, more = list(rows[:size]), len(rows) > size
    if cursor.backward:
        shown.reverse()
    first = max(cursor.row - len(shown), 1) if cursor.backward else cursor.row + 1
    has_next = more if not cursor.backward else True
    has_previous = more if cursor.backward else cursor.row > 0
    return Page(
        shown,
        encode_key(*key_of(shown[-1]), first + len(shown) - 1) if shown and has_next else "",
        encode_key(*key_of(shown[0]), first) if shown and has_previous else "",
        first,
    )


def pager(req: Request, page: Page[Any], total: str = "") -> Pager:
    """Return the foot of a list: "Dòng 51–100 trong 326" and the way to the neighbours."""
    if not page.rows:
        return Pager(text="")
    span = f"{format_number(page.first)}–{format_number(page.first + len(page.rows) - 1)}"
    return Pager(
        text=_("Dòng {span} trong {total}", span=span, total=total) if total else _("Dòng {span}", span=span),
        previous_url=page_url(req, before=page.previous_key) if page.previous_key else "",
        next_url=page_url(req, after=page.next_key) if page.next_key else "",
    )


def bounded(count: int, bound: int = 1000) -> str:
    """Return a count that was stopped at a bound as people read it: "326", or "1.000+"."""
    return f"{format_number(bound)}+" if count >= bound else format_number(count)


def page_url(req: Request, **changes: str) -> str:
    """Return this page's address with some conditions changed; empty ones leave, the list starts anew."""
    kept = {name: value for name, value in req.params.items() if name not in ("after", "before")}
    query = urlencode({name: value for name, value in {**kept, **changes}.items() if value}, doseq=True)
    return f"{req.path}?{query}" if query else req.path


def chips(
    req: Request, also: Mapping[str, str] = MappingProxyType({}), /, **conditions: tuple[str, str]
) -> tuple[Chip, ...]:
    """Return the conditions in force as (label, value) by parameter, each with the list without it.

    `also` is changed in the address of that list as well.
    """
    return tuple(
        Chip(name=name, label=label, value=value, remove_url=page_url(req, **{name: "", **also}))
        for name, (label, value) in conditions.items()
        if value
    )
