"""Keyset pages: the address carries the last row seen, never a page number."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson

from core.i18n import _
from core.web.errors import BadRequest

PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page and the key of the next, if any."""

    rows: Sequence[Row]
    next_key: str = ""


def encode_key(*values: Any) -> str:
    """Return an address-safe key for the values a list is sorted by."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode_key(key: str | None, size: int) -> list[Any] | None:
    """Return the values of a key with `size` parts, or None without a key.

    Raises BadRequest for a key nobody was given.
    """
    if not key:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if (
        not isinstance(values, list)
        or len(values) != size
        or not all(isinstance(v, str | int | None) for v in values)
    ):
        raise BadRequest(_("Địa chỉ trang tiếp không đúng. Mở lại danh sách từ đầu."))
    return values


def page_of(rows: Sequence[Row], key_of: Any, size: int = PAGE_SIZE) -> Page[Row]:
    """Cut `size + 1` fetched rows to a page; the extra row tells that there is a next one."""
    shown = rows[:size]
    return Page(shown, encode_key(*key_of(shown[-1])) if len(rows) > size else "")
