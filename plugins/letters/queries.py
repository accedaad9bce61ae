"""What is asked of letters and templates; every statement names its agency."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    PAGE_SIZE,
    START,
    Cursor,
    FileOwner,
    NotFound,
    Page,
    TenantInfo,
    current_tenant,
    db,
    fold,
    page_of,
)
from plugins.letters.composing import full_name
from plugins.letters.models import Letter, Template

BOUND = 1000
KEY = (datetime.fromisoformat, UUID)
MAX_WORDS = 6
MOST_OF_OBJECT = 100


# ---- letters -----------------------------------------------------------------------------------------------


def letter(letter_id: UUID, *, locked: bool = False) -> Letter:
    """Return a letter of the agency in scope; `locked` until the transaction ends.

    Raises NotFound.
    """
    query = Letter.select().where(Letter.id == letter_id)
    found: Letter | None = (query.for_update() if locked else query).first()
    if found is None:
        raise NotFound
    return found


def files_owner(letter_id: UUID) -> FileOwner:
    """Return a letter as the owner of its PDF."""
    return FileOwner("letters", "letter", letter_id)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of letters is narrowed to; `kinds` are those the reader may read."""

    kinds: tuple[str, ...] = field(default=())
    search: str = ""
    state: str = ""
    oldest_first: bool = False


class LetterRow(NamedTuple):
    """One line of a list."""

    id: UUID
    kind: str
    subject: str
    number: str
    issued_on: date | None
    state: str
    made_at: datetime
    made_by: str | None
    file_id: UUID | None


_COLUMNS = """
    SELECT l.id, l.kind, l.subject, l.number, l.issued_on, l.state, l.made_at,
        (SELECT full_name FROM tenants.person WHERE id = l.made_by), l.file_id
"""
# Each kind gives its own newest rows from the index in order; the page is the newest of those few.
_LETTERS = """
    FROM unnest(%(kinds)s::text[]) k (kind) CROSS JOIN LATERAL (
        SELECT * FROM letters.letter WHERE tenant_id = %(tenant)s AND kind = k.kind AND {conditions}
        ORDER BY made_at {order}, id {order} LIMIT %(limit)s
    ) l ORDER BY l.made_at {order}, l.id {order} LIMIT %(limit)s
"""


def letters(wanted: Filter, cursor: Cursor = START, size: int = PAGE_SIZE) -> Page[LetterRow]:
    """Return a page of the letters of some kinds, the newest first or the other way round."""
    sql, values = statement(wanted, cursor, size)
    rows = [LetterRow._make(row) for row in db.execute_sql(sql, values).fetchall()]
    return page_of(rows, lambda row: (row.made_at.isoformat(), str(row.id)), size, cursor)


def statement(wanted: Filter, cursor: Cursor = START, size: int = PAGE_SIZE) -> tuple[str, dict[str, Any]]:
    """Return the statement of a page and its values."""
    upwards = cursor.backward != wanted.oldest_first
    conditions, values = _conditions(wanted)
    if cursor.key:
        conditions += f" AND (made_at, id) {'>' if upwards else '<'} (%(at)s, %(after)s)"
        values |= {"at": cursor.key[0], "after": cursor.key[1]}
    sql = _COLUMNS + _LETTERS.format(conditions=conditions, order="ASC" if upwards else "DESC")
    return sql, {**values, "limit": size + 1}


def count(wanted: Filter) -> int:
    """Return how many letters a list holds, counting to a thousand at most."""
    conditions, values = _conditions(wanted)
    sql = (
        "SELECT count(*) FROM (SELECT FROM letters.letter WHERE tenant_id = %(tenant)s "
        f"AND kind = ANY (%(kinds)s) AND {conditions} LIMIT %(bound)s) counted"
    )
    found: int = db.execute_sql(sql, {**values, "bound": BOUND}).fetchone()[0]
    return found


def is_issued(digest: str) -> bool:
    """Tell whether a file is the PDF of a letter, which has one once it is issued, or a copy of it."""
    found: bool = db.execute_sql(
        "SELECT EXISTS (SELECT FROM files.file WHERE tenant_id = %s AND digest = %s AND owner_module = 'letters')",
        (current_tenant(), digest),
    ).fetchone()[0]
    return found


def letters_of(object_type: str, *object_ids: UUID) -> list[Letter]:
    """Return the letters of objects, the newest first; whoever shows them checks who may read them."""
    of = (Letter.object_type == object_type) & Letter.object_id.in_(object_ids)
    return list(
        Letter.select().where(of).order_by(Letter.made_at.desc(), Letter.id.desc()).limit(MOST_OF_OBJECT)
    )


_STATES = {"": "true", "draft": "state = 'draft'", "issued": "state = 'issued'", "void": "state = 'void'"}


def _conditions(wanted: Filter) -> tuple[str, dict[str, Any]]:
    # The state stands in the statement itself, so that drafts are found by their own index.
    conditions = _STATES[wanted.state]
    values: dict[str, Any] = {"tenant": current_tenant(), "kinds": list(wanted.kinds)}
    for number, word in enumerate(fold(wanted.search).split()[:MAX_WORDS]):
        # strpos needs no escaping; it reads the list in its order until a page is full.
        conditions += f" AND strpos(folded, %(word{number})s) > 0"
        values[f"word{number}"] = word
    return conditions, values


def holders_of(title: str) -> list[str]:
    """Return who holds a post of the agency called so, also where the registry says more or less: Chủ tịch (UBND)."""
    rows = db.execute_sql(
        "SELECT DISTINCT p.full_name, m.position FROM tenants.current_post m JOIN tenants.person p ON p.id = m.person_id "
        "WHERE m.tenant_id = %s AND m.position <> '' ORDER BY p.full_name",
        (current_tenant(),),
    ).fetchall()
    asked = f"{fold(title)} "
    posts = ((name, f"{fold(position)} ") for name, position in rows)
    return [name for name, post in posts if post.startswith(asked) or asked.startswith(post)]


# ---- templates ---------------------------------------------------------------------------------------------


def template_on(tenant: TenantInfo, kind: str, day: date) -> Template:
    """Return the agency's part of a kind of letters on a day: its own, that of all kinds, or what is known anyway."""
    found = (
        Template.select()
        .where(Template.kind.in_(["", kind]), Template.valid_from <= day)
        .order_by(Template.kind.desc(), Template.valid_from.desc(), Template.made_at.desc())
        .first()
    )
    return found or blank_template(tenant, kind)


def blank_template(tenant: TenantInfo, kind: str) -> Template:
    """Return what the registry knows of an agency, as the beginning of its first template."""
    return Template(
        id=None,
        kind=kind,
        superior=full_name(tenant.parent_name),
        agency_name=full_name(tenant.name),
        place="",
    )


def template(template_id: UUID) -> Template:
    """Return the template of an issued letter.

    Raises NotFound.
    """
    found: Template | None = Template.select().where(Template.id == template_id).first()
    if found is None:
        raise NotFound
    return found


class TemplateRow(NamedTuple):
    """A version of the agency's part, and who made it."""

    kind: str
    valid_from: date
    made_by: str | None
    made_at: datetime


def template_rows() -> list[TemplateRow]:
    """Return the versions of all templates of the agency in scope, the newest first."""
    rows = db.execute_sql(
        "SELECT kind, valid_from, (SELECT full_name FROM tenants.person WHERE id = made_by), made_at "
        "FROM letters.template WHERE tenant_id = %s ORDER BY kind, valid_from DESC, made_at DESC LIMIT %s",
        (current_tenant(), BOUND),
    ).fetchall()
    return [TemplateRow._make(row) for row in rows]
