"""Descriptions applied from the console: kept with their plan, applied by a job, stopped and taken up again.

The file itself is kept until it has been applied, so that a worker killed in the middle, or an operator who
comes back tomorrow, goes on from it. What is already as the file says is found to be so and left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import structlog
from peewee import InterfaceError, OperationalError

from core.catalogue import Catalogue
from core.db import PLATFORM, db, new_id, scope
from core.dispatcher import dispatcher
from core.events import Actor, acting, current_actor, emit
from core.i18n import LOCALES, _, current_locale, gettext, ngettext, reading_as
from core.jobs import JobError, describe_error, enqueue
from core.web.errors import Invalid, NotFound
from tenants import events
from tenants.models import Person, ProvisionRun, ProvisionStep, Tenant, TenantVersion
from tenants.provisioning.apply import AlreadyRunning, Step, apply_plan
from tenants.provisioning.compare import Change
from tenants.provisioning.description import Description, Problem, Unreadable
from tenants.provisioning.plan import TABLES, Plan, make_plan

WORTH_A_LOOK = ("error", "add", "change")
"""What the page of a plan shows first; what the file does not name stays as it is."""
ELSEWHERE = "elsewhere"
"""Not a row of the file: why it seems to be that of another province."""
GARBLED = "garbled"
"""Nor this: what of it seems to have lost its letters."""
KEPT_PLANNED, KEPT_APPLIED = timedelta(days=7), timedelta(days=90)
"""How long files stay: they name people, so none is kept for good."""
KEPT_ROWS = 5000
"""Rows of a plan that are kept for the page; unchanged rows are counted only."""
JOB = "tenants.provision"

log = structlog.get_logger()


def read_file(name: str, content: bytes) -> Description:
    """Read an uploaded description.

    Raises Invalid with what is wrong with the file as a whole.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "description"
        path.write_bytes(content)
        try:
            # PERF: every web process knows this file, and hardly one of them ever reads YAML.
            from tenants.provisioning.readers import read_description

            return read_description(path)
        except Unreadable as error:
            said, line = error.problem.text, error.problem.line
            raise Invalid({"file": [_("Dòng {n}: {text}", n=line, text=said) if line else said]}) from error


def plan_file(name: str, content: bytes, catalogue: Catalogue) -> UUID:
    """Make a plan of an uploaded description, keep both, and return the run's id.

    Raises Invalid when the file cannot be used at all.
    """
    description = read_file(name, content)
    plan = make_plan(description, catalogue)
    rows = _in_every_language(plan, description)
    counts = {action: plan.count(action) for action in ("add", "change", "same", "absent")}
    run = ProvisionRun.create(
        file_name=name[:200], content=content, made_by=current_actor().person_id,
        lines=description.lines,
        counts={**counts, "error": len(plan.problems), "wrong_rows": plan.wrong_rows}, plan=rows[:KEPT_ROWS],
        trouble=plan.elsewhere.text if plan.elsewhere else "",
    )  # fmt: skip
    return run.id


def start(run_id: UUID, *, skip_errors: bool, other_province: bool = False) -> None:
    """Begin or take up a run; a job does the work.

    Raises Invalid while rows with errors are neither mended nor left out, or while nobody has said that a file which
    seems to be another province's is the one that is meant; NotFound for an unknown run.
    """
    with db.atomic():
        run = as_it_stands(locked(run_id))
        if run.counts["error"] and not skip_errors and run.state == "planned":
            raise Invalid(
                {"skip_errors": [_("Tệp còn dòng lỗi: sửa rồi nạp lại, hoặc chọn bỏ qua các dòng đó.")]}
            )
        if run.state in ("running", "finished"):
            return
        if run.state == "planned":
            if run.trouble and not other_province:
                raise Invalid({"other_province": [of_another_province(run)]})
            run.trouble = ""
            run.started_at = datetime.now(UTC)
            _keep_steps(run)
            with scope(PLATFORM):
                emit(events.DescriptionApplied(file=run.file_name))
        run.state = "running"
        run.save()
        enqueue(JOB, args={"run": str(run.id)}, lock="provision")


def stop(run_id: UUID) -> None:
    """Let a run end after the agency in hand."""
    with db.atomic():
        run = locked(run_id)
        if run.state == "running":
            run.state = "stopping"
            run.save()


def retry(run_id: UUID) -> None:
    """Try the agencies that failed once more, with everything else the file still changes."""
    with db.atomic():
        run = as_it_stands(locked(run_id))
        failed = ProvisionStep.update(state="waiting", error="").where(
            ProvisionStep.run_id == run.id, ProvisionStep.state == "failed"
        )
        if run.state in ("finished", "stopped") and failed.execute():
            run.state, run.finished_at = "running", None
            run.save()
            enqueue(JOB, args={"run": str(run.id)}, lock="provision")


def get(run_id: UUID) -> ProvisionRun:
    """Return a run as it stands.

    Raises NotFound.
    """
    run = ProvisionRun.get_or_none(ProvisionRun.id == run_id)
    if run is None:
        raise NotFound
    return as_it_stands(run)


def as_it_stands(run: ProvisionRun) -> ProvisionRun:
    """Return a run, shown as stopped when its job was given up and nothing would ever end it."""
    if run.state in ("running", "stopping"):
        live = db.execute_sql(
            "SELECT EXISTS (SELECT FROM jobs.procrastinate_jobs WHERE task_name = %s AND args->>'run' = %s "
            "AND status IN ('todo', 'doing'))",
            (JOB, str(run.id)),
        ).fetchone()[0]
        if not live:
            run.state = "stopped"
            run.trouble = _("Việc nền đã thôi thử sau nhiều lần không xong.")
    return run


def locked(run_id: UUID) -> ProvisionRun:
    """Return a run, locked until the transaction ends.

    Raises NotFound.
    """
    run = ProvisionRun.select().where(ProvisionRun.id == run_id).for_update().first()
    if run is None:
        raise NotFound
    return run


# ---- the job ---------------------------------------------------------------------------------------


class _Stopped(Exception):
    """Somebody asked the run to end."""


def apply_run(run: str) -> None:
    """Apply a run's file from where it stands; takes up again what a killed worker left."""
    run_id = UUID(run)
    with db.atomic():
        stored = locked(run_id)
        if stored.state not in ("running", "stopping"):
            return
        stored.beats += 1
        stored.save()
        maker = Person.get_or_none(Person.id == stored.made_by) if stored.made_by else None
    actor = Actor(maker.id, maker.full_name, "operator") if maker else current_actor()
    catalogue = dispatcher().catalogue
    try:
        plan = make_plan(read_file(stored.file_name, bytes(stored.content)), catalogue)
        with acting(actor):
            result = apply_plan(plan, catalogue, progress=lambda step: _note(run_id, step))
    except _Stopped:
        _finish(run_id, "stopped")
        return
    except AlreadyRunning as error:
        raise JobError("Another description is being applied; this one waits.") from error
    except Invalid as error:
        _finish(
            run_id, "stopped", trouble="; ".join(text for texts in error.errors.values() for text in texts)
        )
        return
    except (OperationalError, InterfaceError):
        # PostgreSQL is away: the queue brings the job back, and it goes on from where it stands.
        raise
    except Exception as error:
        # Whatever it was, the operator must see that the run stands still, and may take it up again.
        log.exception("provision.stopped", run=str(run_id))
        _finish(run_id, "stopped", trouble=describe_error(error))
        return
    _finish(run_id, "finished", trouble="" if not result.failed else _("Còn cơ quan chưa ghi được."))


def _note(run_id: UUID, step: Step) -> None:
    """Keep how an agency went; between two agencies no transaction is open."""
    with db.atomic():
        ProvisionStep.update(
            state="failed" if step.error else "done",
            written=ProvisionStep.written + step.written,
            error=step.error,
        ).where(ProvisionStep.run_id == run_id, ProvisionStep.code == step.code).execute()
        state = ProvisionRun.select(ProvisionRun.state).where(ProvisionRun.id == run_id).tuples().get()[0]
    if state == "stopping":
        raise _Stopped


def _finish(run_id: UUID, state: str, *, trouble: str = "") -> None:
    with db.atomic():
        if state == "finished":
            # What is waiting still was found to be as the file says: an earlier attempt had written it.
            ProvisionStep.update(state="done").where(
                ProvisionStep.run_id == run_id, ProvisionStep.state == "waiting"
            ).execute()
        ProvisionRun.update(state=state, finished_at=datetime.now(UTC), trouble=trouble).where(
            ProvisionRun.id == run_id
        ).execute()
        enqueue("tenants.mirror", queueing_lock="mirror")


def _keep_steps(run: ProvisionRun) -> None:
    plan = make_plan(read_file(run.file_name, bytes(run.content)), dispatcher().catalogue)
    labels = {each.agency: (each.label, each.line) for each in plan.changes if each.what == "agencies"}
    codes = plan.codes_to_write()
    if any(each.agency == "" and each.action in ("add", "change") for each in plan.changes):
        codes = [*codes, ""]
    rows = [
        {
            "id": new_id(), "run_id": run.id, "position": position, "code": code,
            "name": labels.get(code, (code or _("Người chưa có vị trí"), 0))[0], "line": labels.get(code, ("", 0))[1],
        }
        for position, code in enumerate(codes, 1)
    ]  # fmt: skip
    for first in range(0, len(rows), 500):
        ProvisionStep.insert_many(rows[first : first + 500]).execute()


def forget_old_runs() -> None:
    """Delete files that nobody applied within a week, and runs that ended a season ago."""
    now = datetime.now(UTC)
    unused = (ProvisionRun.state == "planned") & (ProvisionRun.made_at < now - KEPT_PLANNED)
    ended = ProvisionRun.state.in_(("stopped", "finished")) & (ProvisionRun.finished_at < now - KEPT_APPLIED)
    given_up = ProvisionRun.state.in_(("running", "stopping")) & (
        ProvisionRun.started_at < now - KEPT_APPLIED
    )
    with db.atomic():
        ProvisionRun.delete().where(unused | ended | given_up).execute()


# ---- the plan as the page shows it -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of a kept plan."""

    line: int
    action: str
    title: str
    code: str
    what: str
    text: str
    effect: str


def _in_every_language(plan: Plan, description: Description) -> list[list[Any]]:
    """Return the rows with texts that differ by language in each: who planned may not be who reads."""
    told = []
    for locale in LOCALES:
        with reading_as(locale):
            told.append(_plan_rows(plan, description))
    return [
        [
            cells[0] if len(set(cells)) == 1 else dict(zip(LOCALES, cells, strict=True))
            for cells in zip(*rows, strict=True)
        ]
        for rows in zip(*told, strict=True)
    ]


def _plan_rows(plan: Plan, description: Description) -> list[list[Any]]:
    """Return the rows worth looking at: errors to mend, errors that only follow from them, then by line."""
    labels = {(sheet, row.line): _label(row) for sheet in TABLES for row in getattr(description, sheet)}
    followers = plan.followers
    problems = [
        [
            each.line,
            "error",
            *labels.get((each.sheet, each.line), ("", "")),
            each.sheet,
            each.text,
            _follow(followers, each),
        ]
        for each in plan.problems
    ]
    parents = _parent_names(plan, description)
    changes = [
        [
            each.line,
            each.action,
            gettext(each.label) if each.what == "modules" else each.label,
            each.agency,
            each.what,
            _change_text(each, parents),
            each.effect,
        ]
        for each in plan.changes
        if each.action != "same"
    ]
    for kind, told in ((ELSEWHERE, plan.elsewhere), (GARBLED, plan.garbled)):
        if told:
            problems.append([told.line, kind, "", "", told.sheet, told.text, ""])
    return problems + sorted(changes, key=lambda row: (row[0] == 0, row[0]))


def _follow(followers: Mapping[tuple[str, int], int], problem: Problem) -> str:
    """Say how many rows fall with one."""
    count = 0 if problem.cause else followers.get((problem.sheet, problem.line), 0)
    return ngettext("{n} dòng cần dòng này", "{n} dòng cần dòng này", count) if count else ""


def _label(row: Any) -> tuple[str, str]:
    """Return what a row of the file is called, and the agency it belongs to."""
    names = ("name", "full_name", "position", "module")
    name = next(getattr(row, key) for key in names if hasattr(row, key))
    # A row whose name is missing is known by its code.
    own = getattr(row, "code", "") or getattr(row, "username", "") or getattr(row, "person", "")
    return name or own, getattr(row, "agency", "") or getattr(row, "code", "")


def _parent_names(plan: Plan, description: Description) -> dict[tuple[str, str], str]:
    """Return what the parents named in the file are called: (agency, "") or (agency, unit) by their codes."""
    codes = {getattr(each.row, "parent", "") for each in plan.changes if each.action == "add"}
    known = (
        TenantVersion.select(Tenant.code, TenantVersion.name)
        .join(Tenant, on=(Tenant.id == TenantVersion.tenant_id))
        .where(Tenant.code.in_(sorted(codes)))
        .order_by(TenantVersion.valid_from)
        .tuples()
    )
    names = {(code, ""): name for code, name in known}
    names |= {(row.code, ""): row.name for row in description.agencies if row.name}
    return names | {(row.agency, row.code): row.name for row in description.units if row.name}


def _change_text(change: Change, parents: Mapping[tuple[str, str], str]) -> str:
    if change.action == "add" and not change.fields:
        code, agency = getattr(change.row, "parent", ""), getattr(change.row, "agency", "")
        parent = parents.get((agency, code) if agency else (code, ""), code)
        return _("Thêm mới, thuộc {parent}", parent=parent) if parent else _("Thêm mới")
    return change.details


def of_another_province(run: ProvisionRun) -> str:
    """Return what makes a file seem another province's, to whoever reads it; empty when nothing does."""
    return next((row.text for row in stored_rows(run, ELSEWHERE)), run.trouble)


def garbled(run: ProvisionRun) -> str:
    """Return what of a file seems to have lost its letters, and the first line of it; empty when nothing does."""
    found = next(iter(stored_rows(run, GARBLED)), None)
    return _("Dòng {n}: {text}", n=found.line, text=found.text) if found else ""


def stored_rows(run: ProvisionRun, action: str = "") -> Sequence[StoredRow]:
    """Return the kept rows of a plan, of one action or all that are worth a look."""
    wanted = (action,) if action else WORTH_A_LOOK
    return [
        StoredRow(*(cell[current_locale()] if isinstance(cell, dict) else cell for cell in row))
        for row in run.plan
        if row[1] in wanted
    ]
