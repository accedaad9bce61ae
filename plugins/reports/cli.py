"""Commands of reports: `lienthong reports check` and `lienthong reports rebuild`."""

import json
import sys
from collections.abc import Iterator
from uuid import UUID

import click
from peewee import ProgrammingError

from core.api import SYSTEM, _, acting, db, in_both, reading_as, scope
from plugins.reports import checking, counting, gathering

FOUND = 1
NO_TABLE = "42P01"


def _agencies(code: str | None) -> Iterator[tuple[UUID, str]]:
    rows = db.execute_sql(
        "SELECT id, code FROM tenants.tenant WHERE %(code)s::text IS NULL OR code = %(code)s ORDER BY code",
        {"code": code},
    ).fetchall()
    if code is not None and not rows:
        told = in_both(lambda: _("Không có cơ quan nào mang mã “{code}”.", code=code))
        raise click.UsageError(" · ".join(told))
    yield from rows


def _faults() -> list[checking.Fault]:
    try:
        return list(checking.faults())
    except ProgrammingError as error:
        if getattr(getattr(error, "orig", error), "pgcode", "") != NO_TABLE:
            raise
        told = in_both(
            lambda: _(
                "Có phân hệ chưa có bảng trong cơ sở dữ liệu. Chạy “lienthong migrate”, rồi kiểm tra lại."
            )
        )
        raise click.ClickException(" · ".join(told)) from error


@click.command()
@click.option("--tenant", metavar="CODE", help="Only the counters of this agency.")
@click.option("--json", "as_json", is_flag=True, help="Print what was looked at and each difference as JSON.")
def check(tenant: str | None, *, as_json: bool) -> None:
    """So bộ đếm với vụ việc · Compare all counters with the cases and name each difference.

    It only reads, and may run while people work; `rebuild` puts right what it found.

    \b
    Ví dụ · example:
      lienthong reports check --tenant so-y-te

    Mã thoát · exit codes: 0 khớp hết · all agree; 1 có chỗ lệch, mỗi chỗ một dòng · something differs, one line each; 2 gọi sai · called wrongly.
    """  # noqa: D301
    looked, found = 0, []
    for tenant_id, code in _agencies(tenant):
        with scope(tenant_id), db.atomic():
            looked += 1
            for fault in _faults():
                with reading_as("en"):
                    english = fault.text
                told = {
                    **fault._asdict(),
                    "day": fault.day.isoformat(),
                    "text": fault.text,
                    "text_en": english,
                }
                found.append({"tenant": code, **told})
    if as_json:
        click.echo(json.dumps({"agencies": looked, "differences": found}, ensure_ascii=False, indent=2))
    else:
        for each in found:
            click.echo(f"{each['tenant']}  {each['text']}  |  {each['text_en']}")
        click.echo(
            _("{agencies} cơ quan: {differences} bộ đếm lệch.", agencies=looked, differences=len(found))
        )
    if found:
        sys.exit(FOUND)


@click.command()
@click.option("--tenant", metavar="CODE", help="Only the counters of this agency.")
def rebuild(tenant: str | None) -> None:
    """Đếm lại · Count anew the cases that differ, add what the counters lack, add them up, and gather the agencies below others.

    \b
    Ví dụ · example:
      lienthong reports rebuild

    Mã thoát · exit codes: 0 đã tính lại · done; 1 cơ sở dữ liệu không trả lời · no answer from the database; 2 gọi sai · called wrongly.
    """  # noqa: D301
    agencies = list(_agencies(tenant))
    with acting(SYSTEM):
        for tenant_id, _code in agencies:
            with scope(tenant_id):
                checking.repair()
                counting.fold()
        # A superior gathers what the others have, so it comes after all of them.
        for tenant_id, _code in agencies:
            with scope(tenant_id):
                gathering.gather()
    click.echo(_("{agencies} cơ quan đã tính lại.", agencies=len(agencies)))
