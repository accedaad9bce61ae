"""Run by a benchmark inside its installation: open cases, read the work list, search, compose reminders."""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from typing import Any
from uuid import UUID

from core.app import boot
from core.context import Person, Post, RequestContext, TenantInfo
from core.db import db, new_id, scope
from core.dispatcher import dispatcher
from core.events import SYSTEM, Actor, acting
from core.settings import load_settings
from core.web.paging import PAGE_SIZE, START
from plugins.casework.api import Budget, Receiver
from plugins.casework.cases import queries as case_queries
from plugins.casework.cases.opening import Opening, open_cases
from plugins.casework.cases.queries import CaseFilter
from plugins.casework.tasks.kind import TASK
from plugins.casework.work import queries as work_queries
from plugins.casework.work import reminders
from plugins.casework.work.queries import WorkFilter
from plugins.casework.workflows.kinds import workflow_for
from tenants import queries, services

ROLE, UNIT = "casework.officer", "Văn phòng"
LENGTHS = ("short", "long")
ROUNDS = 60
AGENCIES = 20
"""Agencies that cases are opened in by turns, as the agencies of a province do."""
ASKED = (
    "don",
    "thu",
    "cap nuoc",
    "do rac",
    "den duong",
    "duong",
    "ngap",
    "thuy loi",
    "truong hoc",
    "tram y te",
)
"""Words that titles are made of (`benchmarks.casework`), a part of them, and below also numbers and nothing."""


def prepare() -> dict[str, Any]:
    """Make agencies, each with a clerk who gets fifty things to do and one who gets the rest, and some that open cases."""
    with db.connection_context(), acting(SYSTEM), db.atomic():
        people = [
            services.register_person(*who).id
            for who in (("hanhtm", "Trần Mỹ Hạnh"), ("vinhlq", "Lê Quang Vinh"))
        ]
        made: dict[str, Any] = {name: _agency(f"phuong-{name}", people) for name in LENGTHS}
        made["wide"] = _agency("phuong-wide", people)
        made["opening"] = [_agency(f"phuong-{number}", people) for number in range(AGENCIES)]
    return made


def _agency(code: str, people: list[UUID]) -> dict[str, str]:
    agency = services.create_agency(code, name=f"UBND {code}", kind="ward")
    with scope(agency.id):
        unit = services.create_unit(UNIT).id
        for person_id in people:
            services.grant_post(services.Authority.operator(), person_id, unit, "Chuyên viên", roles=[ROLE])
        workflow = workflow_for(TASK).id
    clerk, other = people
    return {
        "tenant": str(agency.id), "unit": str(unit), "clerk": str(clerk), "other": str(other), "workflow": str(workflow)
    }  # fmt: skip


def create(agencies: list[dict[str, str]], count: int, portion: int) -> dict[str, float]:
    """Open cases as a module does, in one agency after another: each with a deadline, a holder, its history, its facts and a notification."""
    opened, waited, cost = 0.0, 0.0, 0.0
    with db.connection_context(), acting(Actor(UUID(agencies[0]["clerk"]), "Trần Mỹ Hạnh")):
        for number in range(-20, count // portion):
            if number == 0:
                opened, cost = time.perf_counter(), time.process_time()
            made = agencies[number % len(agencies)]
            with scope(UUID(made["tenant"])):
                open_cases(TASK.key, [_opening(made, portion * number + each) for each in range(portion)])
        waited = time.perf_counter() - opened
    return {"count": count // portion * portion, "seconds": waited, "processor": time.process_time() - cost}


def _opening(made: dict[str, str], number: int) -> Opening:
    return Opening(
        title=f"Đèn đường hỏng trước nhà số {number}", text="Đã ba tuần chưa sửa.", budget=Budget.parse("15wd"), ground="Điều 18",
        unit_id=UUID(made["unit"]), to=Receiver(UUID(made["other"])),
    )  # fmt: skip


def measure(made: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Read the work lists in turn, through the query and with the same statement alone, then search, then remind."""
    found: dict[str, Any] = {f"{what}_{name}": [] for name in LENGTHS for what in ("list", "bare", "counts")}
    with db.connection_context():
        for _round in range(ROUNDS):
            for name in LENGTHS:
                for key, seconds in _lists(made[name]).items():
                    found[f"{key}_{name}"].append(1000 * seconds)
        for name in ("wide", "long"):
            found[f"search_{name}"] = _searches(made[name])
        with scope(UUID(made["short"]["tenant"])), acting(SYSTEM):
            due, seconds = _timed(_remind_all)
    return {**found, "reminders": due, "reminder_seconds": seconds}


def _lists(made: dict[str, str]) -> dict[str, float]:
    ctx = context(made)
    found = {}
    with scope(UUID(made["tenant"])):
        desks = work_queries.desks(ctx)
        with db.atomic(), work_queries.reading_desks(ctx, desks):
            page, found["list"] = _timed(lambda: work_queries.work(ctx, desks, WorkFilter()))
            _counts, found["counts"] = _timed(lambda: work_queries.counts(ctx, desks, WorkFilter()))
            sql, values = work_queries.work_statement(ctx, desks, WorkFilter())
            rows, found["bare"] = _timed(lambda: db.execute_sql(sql, values).fetchall())
    if len(page.rows) != PAGE_SIZE or len(rows) < len(page.rows):
        raise RuntimeError(f"{len(page.rows)} of {len(rows)} things to do")
    return found


def _searches(made: dict[str, str]) -> list[float]:
    ctx, times = context(made), []
    asked = [*ASKED, *(f"{one} {two}" for one, two in combinations(ASKED[:5], 2)), "khong ai viet", "VG-4711"]
    with scope(UUID(made["tenant"])):
        for _time in range(4):
            for words in asked:
                with db.atomic():
                    _page, seconds = _timed(partial(_search, ctx, CaseFilter(search=words)))
                times.append(1000 * seconds)
    return times


def _search(ctx: RequestContext, wanted: CaseFilter) -> int:
    """Ask what the page of a list asks: its first rows, and how many there are."""
    found = case_queries.cases(ctx, TASK, wanted)
    return case_queries.total(ctx, TASK, wanted, START, found)


def _remind_all() -> int:
    reminders.remind()
    with db.atomic():
        return int(db.execute_sql("SELECT count(*) FROM notifications.notification").fetchone()[0])


def context(made: dict[str, str]) -> RequestContext:
    """Return what a request of the clerk is told."""
    with scope(UUID(made["tenant"])):
        agency: TenantInfo = queries.tenant_info(UUID(made["tenant"]))
    post = Post(new_id(), agency, UUID(made["unit"]), UNIT, "Chuyên viên", (ROLE,))
    person = Person(UUID(made["clerk"]), "hanhtm", "Trần Mỹ Hạnh")
    modules = dispatcher().effective_for(agency.id)
    return RequestContext(
        "", new_id(), person, (post,), operator=False, csrf_token="", tenant=agency, modules=modules,
        permissions=frozenset(dispatcher().permissions((post,), modules)),
    )  # fmt: skip


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def main() -> None:
    """Do what the words after the program's name say."""
    boot(load_settings())
    word, *rest = sys.argv[1:]
    if word == "prepare":
        answer: object = prepare()
    elif word == "create":
        answer = create(json.loads(rest[0]), int(rest[1]), int(rest[2]))
    else:
        answer = measure(json.loads(rest[0]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
