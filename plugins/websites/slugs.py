"""Addresses of articles and categories, made from their titles."""

import re
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from peewee import IntegrityError

from core.api import current_tenant, db, fold

LONGEST = 100
MOST_TRIES = 10
Stored = TypeVar("Stored")
_OTHER = re.compile(r"[^a-z0-9]+")


def slug_of(title: str) -> str:
    """Return a title as part of an address: no accents, words joined by hyphens, cut between words."""
    words = _OTHER.sub("-", fold(title)).strip("-")
    if len(words) > LONGEST:
        words = words[: LONGEST + 1].rpartition("-")[0] or words[:LONGEST]
    return words or "bai-viet"


def free_slug(table: str, title: str, own_id: UUID) -> str:
    """Return a slug that no other row of this agency's table has: the title's own, or one with a number."""
    base = slug_of(title)
    rows = db.execute_sql(
        f"SELECT slug FROM websites.{table} WHERE tenant_id = %s AND slug ^@ %s AND id <> %s",
        (current_tenant(), base, own_id),
    ).fetchall()
    taken = {slug for (slug,) in rows}
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def under_free_slug(table: str, title: str, own_id: UUID, store: Callable[[str], Stored]) -> Stored:
    """Store a row under a free slug; of one that somebody else takes at this moment the next is tried."""
    for _try in range(1, MOST_TRIES):
        try:
            with db.atomic():
                return store(free_slug(table, title, own_id))
        except IntegrityError as error:
            if f"{table}_tenant_id_slug_key" not in str(error):
                raise
    return store(free_slug(table, title, own_id))
