"""A page of a plain list, straight from its model."""

from collections.abc import Sequence
from typing import Any

from peewee import Tuple

from core.api import PAGE_SIZE, START, Cursor, Page, page_of


def query_page(query: Any, keys: Sequence[Any], cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[Any]:
    """Return a page of a peewee query, in the ascending order of fields that together name one row.

    For plain lists; a hot one writes its statement out. An index in the order of the fields keeps it quick.
    """
    order = [field.desc() if cursor.backward else field.asc() for field in keys]
    if cursor.key:
        here, there = Tuple(*keys), Tuple(*cursor.key)
        query = query.where(here < there if cursor.backward else here > there)
    rows = list(query.order_by(*order).limit(size + 1))
    return page_of(rows, lambda row: [str(getattr(row, field.name)) for field in keys], size, cursor)
