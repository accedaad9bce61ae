"""Run by a benchmark inside its installation: change an agency's calendar, and count all its clocks anew."""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from core.app import boot
from core.db import db, new_id, scope
from core.events import SYSTEM, acting
from core.settings import load_settings
from plugins.casework.deadlines import calendar_services, replaying
from plugins.casework.deadlines.replaying import DayChange
from plugins.casework.writing import as_json
from tenants import services

Answer = TypeVar("Answer")
FIRST = date(2026, 7, 8)
"""Each round takes another day off, from this Wednesday on."""


def prepare() -> dict[str, str]:
    """Make the agency."""
    with db.connection_context(), acting(SYSTEM), db.atomic():
        agency = services.create_agency("phuong-thuan-hoa", name="UBND phường Thuận Hoá", kind="ward")
    return {"tenant": str(agency.id)}


def measure(tenant_id: UUID, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Take one more day off in every round; before the first, the clocks get their due dates."""
    found = []
    with db.connection_context(), scope(tenant_id), acting(SYSTEM):
        replaying.replay_open_clocks()
        for number in range(rounds):
            with db.atomic():
                change = calendar_services.plan_days(
                    own=True,
                    kind="off",
                    day=FIRST + timedelta(days=7 * number),
                    name="Nghỉ bão",
                    ground="Công điện",
                )
            found.append(one_round(change, tenant_id))
    return {"rounds": found}


def one_round(change: DayChange, tenant_id: UUID) -> dict[str, float]:
    """Preview, apply and replay one change, then write what the replay wrote once more."""
    with db.atomic():
        _preview, preview = timed(lambda: replaying.preview_here(change))
        calendar_services.apply_here(change, ground="Công điện")
    before = time.process_time(), backend_seconds()
    done, replay = timed(replaying.replay_open_clocks)
    web, postgres = time.process_time() - before[0], backend_seconds() - before[1]
    _rows, bare = timed(lambda: write_only(tenant_id))
    print(f"  {done.moved} of {done.seen} moved: {replay:.1f} s, only written: {bare:.1f} s", file=sys.stderr)
    spent = {"web": web, "postgres": postgres}
    return {
        "preview": preview,
        "replay": replay,
        "bare": bare,
        "moved": done.moved,
        "seen": done.seen,
        **spent,
    }


def backend_seconds() -> float:
    """Return the processor time that PostgreSQL has spent on this connection."""
    pid = db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def write_only(tenant_id: UUID) -> None:
    """Write what the last replay wrote once more, known already: due dates of clocks, cases and holders, moves, days that are counted."""
    with db.atomic():
        rows = db.execute_sql(
            "SELECT m.clock_id, k.owner_id, m.new_due FROM casework.clock_move m JOIN casework.clock k ON k.tenant_id = m.tenant_id AND k.id = m.clock_id "
            "WHERE m.tenant_id = %s AND m.run_id = (SELECT id FROM casework.replay_run WHERE tenant_id = %s ORDER BY id DESC LIMIT 1) ORDER BY m.clock_id",
            (tenant_id, tenant_id),
        ).fetchall()
    for at in range(0, len(rows), replaying.PORTION):
        moved = [
            {"clock_id": clock_id, "case_id": case_id, "due": due, "id": new_id()}
            for clock_id, case_id, due in rows[at : at + replaying.PORTION]
        ]
        with db.atomic():
            db.execute_sql("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
            db.execute_sql(WRITE, {"tenant": tenant_id, "moved": as_json(moved)})


WRITE = """
    WITH moved AS (
        SELECT * FROM json_to_recordset(%(moved)s::json) AS m (clock_id uuid, case_id uuid, due timestamptz, id uuid)
    ), kept AS (
        INSERT INTO casework.clock_move (tenant_id, id, clock_id, old_due, new_due, reason)
        SELECT %(tenant)s, id, clock_id, due, due, 'Nghỉ bão' FROM moved
    ), held AS (
        UPDATE casework.assignment a SET due_at = m.due FROM moved m WHERE a.tenant_id = %(tenant)s AND a.case_id = m.case_id
    ), listed AS (
        UPDATE casework.case_base b SET due_at = m.due FROM moved m WHERE b.tenant_id = %(tenant)s AND b.id = m.case_id
    ), counted AS (
        UPDATE reports.counted n SET due_on = (m.due AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM moved m
        WHERE n.tenant_id = %(tenant)s AND n.id = m.case_id
    )
    UPDATE casework.clock c SET due_at = m.due FROM moved m WHERE c.tenant_id = %(tenant)s AND c.id = m.clock_id
"""


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return what some work returns, and how many seconds it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def main() -> None:
    """Do what the words after the program's name say."""
    boot(load_settings())
    if sys.argv[1] == "prepare":
        answer: object = prepare()
    else:
        answer = measure(UUID(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
