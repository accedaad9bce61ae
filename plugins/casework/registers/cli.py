"""Commands of registers: `lienthong registers verify`."""

import json
import sys
from typing import Any

import click

from core.api import _, db, in_both, reading_as, scope
from plugins.casework.registers import checks as register_checks
from plugins.casework.registers import queries as register_queries
from plugins.casework.registers.checks import Fault

FOUND = 1


@click.group()
def registers() -> None:
    """Sổ có số liên tục · Registers whose numbers have no gap."""


@registers.command()
@click.option("--tenant", metavar="CODE", help="Only the registers of this agency.")
@click.option("--json", "as_json", is_flag=True, help="Print what was looked at and each fault as JSON.")
def verify(tenant: str | None, *, as_json: bool) -> None:
    """Tìm số trống, số trùng, bộ đếm sai · Look for gaps, doubles, wrong counters and entries in closed registers.

    It only reads, and may run while people work.

    \b
    Ví dụ · example:
      lienthong registers verify --tenant so-y-te

    Mã thoát · exit codes: 0 mọi sổ đúng · all are in order; 1 có lỗi, mỗi lỗi một dòng · a fault was found, each named; 2 gọi sai · called wrongly.
    """  # noqa: D301
    agencies = register_queries.agencies(tenant)
    if tenant is not None and not agencies:
        told = in_both(lambda: _("Không có cơ quan nào mang mã “{code}”.", code=tenant))
        raise click.UsageError(" · ".join(told))
    looked = {"agencies": len(agencies), "registers": 0, "entries": 0}
    found: list[dict[str, Any]] = []
    for tenant_id, code in agencies:
        with scope(tenant_id), db.atomic():
            size = register_checks.size(tenant_id, db.execute_sql)
            looked["registers"] += size.registers
            looked["entries"] += size.entries
            found += [_told(code, fault) for fault in register_checks.faults(tenant_id, db.execute_sql)]
    if as_json:
        click.echo(json.dumps({**looked, "faults": found}, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([*map(_line, found), _summary(looked, len(found))]))
    if found:
        sys.exit(FOUND)


def _told(code: str, fault: Fault) -> dict[str, Any]:
    with reading_as("en"):
        english = fault.text
    return {"tenant": code, **fault._asdict(), "text": fault.text, "text_en": english}


def _line(told: dict[str, Any]) -> str:
    return f"{told['tenant']}  {told['book']}  {told['year']}  {told['text']}  |  {told['text_en']}"


def _summary(looked: dict[str, int], faults: int) -> str:
    return _("{registers} sổ, {entries} số ở {agencies} cơ quan: {faults} lỗi.", **looked, faults=faults)
