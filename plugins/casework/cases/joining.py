"""Cases that are joined to another of their kind, as the column `joined_into` of their module's own table tells."""

from typing import Any
from uuid import UUID

from peewee import Model

from core.api import Invalid, _, current_tenant, db, format_date
from plugins.casework.cases import queries
from plugins.casework.models import Case
from plugins.casework.registers.queries import agency_day
from plugins.casework.writing import row_of


def counted_in(model: type[Model], case_id: UUID) -> UUID:
    """Return the case that what a joined one holds counts to now: where it was joined to, and that in turn."""
    while into := _row(model, case_id).joined_into:
        case_id = into
    return case_id


def _row(model: type[Model], case_id: UUID) -> Any:
    return row_of(model, "id = %(id)s::uuid", {"id": case_id})


def joined_to(model: type[Model], case_id: UUID) -> list[UUID]:
    """Return a case and all that were joined to it, also by way of others."""
    table = f"{model._meta.schema}.{model._meta.table_name}"
    sql = f"""WITH RECURSIVE found (id) AS (SELECT %(case)s::uuid UNION SELECT i.id FROM {table} i
        JOIN found f ON i.joined_into = f.id WHERE i.tenant_id = %(tenant)s) SELECT id FROM found"""
    return [each for (each,) in db.execute_sql(sql, {"tenant": current_tenant(), "case": case_id}).fetchall()]


def joined_from(case_id: UUID) -> str:
    """Return the state that a case was joined from; of one that is joined no more, where every case begins."""
    return queries.steps(case_id)[0].from_state if queries.case(case_id).state == "joined" else "new"


def keeps_day(case: Case, other: Case) -> None:
    """Let a case be joined to one that goes on only where that is due no later: else what is late would be late no more.

    Raises Invalid naming `code`.
    """
    if case.due_at is None or other.closed_at or (other.due_at and agency_day(other.due_at) <= agency_day(case.due_at)):  # fmt: skip
        return
    text = _(
        "{code} hết hạn {day}, {other} hết hạn sau hoặc không có hạn. Gộp {other} vào {code} để hạn sớm hơn không mất; nếu {other} không gộp được nữa thì trả lời riêng.",
        code=case.code, other=other.code, day=format_date(agency_day(case.due_at), year=True),
    )  # fmt: skip
    raise Invalid({"code": [text]})
