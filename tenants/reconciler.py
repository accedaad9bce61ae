"""Bring the identity provider to what the registry says, as often and from wherever it was left.

One reconciler works at a time, held by a lock that PostgreSQL frees when its process dies. It takes
queued tasks in batches, looks up how things should be, makes four clients do it, and only then notes
the results: killed anywhere, the next run does the last batch again, and every call may be repeated.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from psycopg2.extras import execute_values

from core.db import db, reading
from core.process import OfProcess
from tenants.interfaces import (
    Directory,
    DirectoryOrganization,
    DirectoryRefused,
    DirectoryUnavailable,
    DirectoryUser,
)
from tenants.locks import only_one
from tenants.models import Person

LOCK_KEY = 0x4C54_6D69_7272_6F72  # "LTmirror"
BATCH = 400
THREADS = 4
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 30, 6 * 3600
KINDS = ("organization", "user", "member")
"""In the order they need each other."""

Progress = Callable[[str, int, int], None]
Factory = Callable[[], Directory]

log = structlog.get_logger()


class Busy(Exception):
    """Raised when another process is already bringing the identity provider up to date."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did; `unavailable` says why it stopped early."""

    done: int = 0
    refused: int = 0
    left: int = 0
    unavailable: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One call at the identity provider, and the row it is made for."""

    id: UUID
    generation: int
    tenant_id: UUID | None
    person_id: UUID | None
    call: Callable[[Directory], Any] | None
    """None when what it needs is not there yet."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task: the issuer and what the call returned, or why it was refused."""

    task: Task
    value: Any = None
    error: str = ""


Runner = Callable[[Task], Result | DirectoryUnavailable]


def reconcile(
    make_directory: Factory, *, everything: bool = False, progress: Progress = lambda kind, done, total: None
) -> Outcome:
    """Work through the queued tasks that are due, or all of them, and return what was done.

    Must be called outside a transaction. Raises Busy.
    """
    done = refused = 0
    with only_one(LOCK_KEY, Busy), clients_of(make_directory) as run_all:
        try:
            for kind in KINDS:
                seen, total, finished = None, _count(kind, everything), 0
                while tasks := _next_batch(kind, seen, everything):
                    seen = tasks[-1].id
                    results, unavailable = run_all(tasks)
                    _store(kind, results)
                    done += sum(not result.error for result in results)
                    refused += sum(bool(result.error) for result in results)
                    finished += len(results)
                    progress(kind, finished, max(total, finished))
                    if unavailable:
                        raise unavailable
        except DirectoryUnavailable as error:
            log.warning("mirror.unavailable", error=str(error))
            reason = str(error) or type(error).__name__
            _note_silence(reason)
            return Outcome(done, refused, _count(), reason)
    return Outcome(done, refused, _count())


def wanted_account(person: Person) -> DirectoryUser:
    """Return how a person's account should be."""
    return DirectoryUser(
        person.id, person.username, person.full_name, person.email, person.disabled_at is None, person.is_operator,
        person.subject,
    )  # fmt: skip


def mirror_person(client: Directory, person: Person) -> str:
    """Bring one person's account up to date ahead of the queue, which does it once more; return the subject.

    Raises DirectoryUnavailable or DirectoryRefused.
    """
    subject = client.ensure_user(wanted_account(person))
    if (person.issuer, person.subject) != (client.issuer, subject):
        Person.update(issuer=client.issuer, subject=subject).where(Person.id == person.id).execute()
    return subject


def _until_unavailable(run_one: Runner) -> Runner:
    """Answer for all tasks at once after a call nobody answered: each would wait out the time limit again."""
    gone = threading.Event()

    def run(task: Task) -> Result | DirectoryUnavailable:
        if gone.is_set():
            return DirectoryUnavailable("Another call was not answered.")
        outcome = run_one(task)
        if isinstance(outcome, DirectoryUnavailable):
            gone.set()
        return outcome

    return run


@contextmanager
def clients_of(
    make_directory: Factory,
) -> Iterator[Callable[[Sequence[Task]], tuple[list[Result], DirectoryUnavailable | None]]]:
    """Yield a function that runs tasks on a few clients, each used by one thread at a time.

    It returns the results of those that were answered, and why others were not.
    """
    clients: queue.SimpleQueue[Directory] = queue.SimpleQueue()
    made: list[Directory] = []

    def run_one(task: Task) -> Result | DirectoryUnavailable:
        if task.call is None:
            return Result(task, error="The account or the organization it needs is not there yet.")
        try:
            client = clients.get_nowait()
        except queue.Empty:
            try:
                client = make_directory()
            except DirectoryUnavailable as error:
                return error
            made.append(client)
        try:
            return Result(task, (client.issuer, task.call(client)))
        except DirectoryRefused as error:
            return Result(task, error=str(error) or "refused")
        except DirectoryUnavailable as error:
            return error
        except Exception as error:
            # One entry nobody foresaw must not keep all the others waiting behind it.
            log.exception("mirror.failed", task=str(task.id))
            return Result(task, error=f"{type(error).__name__} in the directory adapter.")
        finally:
            clients.put(client)

    with ThreadPoolExecutor(THREADS, thread_name_prefix="mirror") as threads:

        def run_all(tasks: Sequence[Task]) -> tuple[list[Result], DirectoryUnavailable | None]:
            outcomes = list(threads.map(_until_unavailable(run_one), tasks))
            # Tasks begin in their order, so the first of these is a call that was really made.
            reason = next((each for each in outcomes if isinstance(each, DirectoryUnavailable)), None)
            return [each for each in outcomes if isinstance(each, Result)], reason

        try:
            yield run_all
        finally:
            for client in made:
                client.close()


# ---- what to do ----------------------------------------------------------------------------------


def _count(kind: str | None = None, everything: bool = True) -> int:
    found = db.execute_sql(
        "SELECT count(*) FROM tenants.directory_task WHERE (%s OR due_at <= now()) AND (%s IS NULL OR kind = %s)",
        (everything, kind, kind),
    )
    return int(found.fetchone()[0])


_DUE = "t.kind = %s AND (%s OR t.due_at <= now()) AND (%s::uuid IS NULL OR t.id > %s) ORDER BY t.id LIMIT %s"
_SQL = {
    "organization": "SELECT t.id, t.generation, a.id, a.code, v.name, a.status = 'active', a.organization_id "
    "FROM tenants.directory_task t JOIN tenants.tenant a ON a.id = t.tenant_id "
    "JOIN tenants.current_agency v ON v.tenant_id = a.id WHERE ",
    "user": "SELECT t.id, t.generation, p.id, p.username, p.full_name, p.email, p.disabled_at IS NULL, p.is_operator, p.subject "
    "FROM tenants.directory_task t JOIN tenants.person p ON p.id = t.person_id WHERE ",
    "member": "SELECT t.id, t.generation, t.tenant_id, t.person_id, a.organization_id, p.subject FROM tenants.directory_task t "
    "JOIN tenants.tenant a ON a.id = t.tenant_id JOIN tenants.person p ON p.id = t.person_id WHERE ",
}


def _next_batch(kind: str, seen: UUID | None, everything: bool) -> list[Task]:
    rows = db.execute_sql(_SQL[kind] + _DUE, (kind, everything, seen, seen, BATCH)).fetchall()
    if kind == "organization":
        return [_organization_task(*row) for row in rows]
    if kind == "user":
        return [_user_task(*row) for row in rows]
    belonging = _belonging([(row[2], row[3]) for row in rows])
    return [_member_task(*row, belongs=(row[2], row[3]) in belonging) for row in rows]


def _organization_task(
    task_id: UUID, generation: int, tenant_id: UUID, code: str, name: str, enabled: bool, known: UUID | None
) -> Task:
    wanted = DirectoryOrganization(tenant_id, code, name, enabled, known)
    return Task(task_id, generation, tenant_id, None, lambda client: client.ensure_organization(wanted))


def _user_task(task_id: UUID, generation: int, person_id: UUID, *fields: Any) -> Task:
    username, full_name, email, enabled, operator, subject = fields
    wanted = DirectoryUser(person_id, username, full_name, email, enabled, operator, subject)
    return Task(task_id, generation, None, person_id, lambda client: client.ensure_user(wanted))


def _member_task(
    task_id: UUID,
    generation: int,
    tenant_id: UUID,
    person_id: UUID,
    organization_id: UUID | None,
    subject: str | None,
    *,
    belongs: bool,
) -> Task:
    def call(client: Directory) -> None:
        (client.ensure_member if belongs else client.remove_member)(organization_id, subject)  # type: ignore[arg-type]

    ready = organization_id is not None and subject is not None
    return Task(task_id, generation, tenant_id, person_id, call if ready else None)


def _belonging(pairs: list[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return those (agency, person) pairs with a current or coming post."""
    if not pairs:
        return set()
    with reading({tenant_id for tenant_id, _ in pairs}), db.atomic():
        rows = db.execute_sql(
            "SELECT DISTINCT tenant_id, person_id FROM tenants.membership WHERE tenant_id = ANY(%s::uuid[]) "
            "AND person_id = ANY(%s::uuid[]) AND ended_at IS NULL AND (valid_to IS NULL OR valid_to >= tenants.today())",
            ([str(tenant_id) for tenant_id, _ in pairs], [str(person_id) for _, person_id in pairs]),
        ).fetchall()
    return {(row[0], row[1]) for row in rows}


# ---- what came of it -----------------------------------------------------------------------------


def _store(kind: str, results: list[Result]) -> None:
    succeeded = [each for each in results if not each.error]
    failed = [each for each in results if each.error]
    with db.atomic():
        if succeeded and kind == "organization":
            _update(
                "UPDATE tenants.tenant t SET organization_id = v.organization_id FROM (VALUES %s) v (id, organization_id) "
                "WHERE t.id = v.id AND t.organization_id IS DISTINCT FROM v.organization_id",
                [(str(each.task.tenant_id), str(each.value[1])) for each in succeeded],
                "(%s::uuid, %s::uuid)",
            )
        if succeeded and kind == "user":
            _update(
                "UPDATE tenants.person p SET issuer = v.issuer, subject = v.subject FROM (VALUES %s) v (id, issuer, subject) "
                "WHERE p.id = v.id AND (p.issuer, p.subject) IS DISTINCT FROM (v.issuer, v.subject)",
                [(str(each.task.person_id), each.value[0], each.value[1]) for each in succeeded],
                "(%s::uuid, %s, %s)",
            )
        if succeeded:
            # A task queued again while it ran stays for the next round.
            _update(
                "DELETE FROM tenants.directory_task t USING (VALUES %s) v (id, generation) "
                "WHERE t.id = v.id AND t.generation = v.generation",
                [(str(each.task.id), each.task.generation) for each in succeeded],
                "(%s::uuid, %s::int)",
            )
        if failed:
            _update(
                "UPDATE tenants.directory_task t SET attempts = t.attempts + 1, last_error = v.error, due_at = now() + "
                f"least({FIRST_RETRY_SECONDS} * power(4, least(t.attempts, 8)), {LAST_RETRY_SECONDS}) * interval '1 second' "
                "FROM (VALUES %s) v (id, error) WHERE t.id = v.id",
                [(str(each.task.id), each.error[:500]) for each in failed],
                "(%s::uuid, %s)",
            )


def _note_silence(reason: str) -> None:
    """Keep with what is due why nobody took it; it was not refused, so no attempt is counted."""
    db.execute_sql(
        "UPDATE tenants.directory_task SET last_error = %s WHERE attempts = 0 AND due_at <= now() AND last_error <> %s",
        (reason[:500], reason[:500]),
    )


def _update(sql: str, rows: Sequence[tuple[Any, ...]], template: str) -> None:
    execute_values(db.cursor(), sql, rows, template=template, page_size=BATCH)


# ---- who makes the clients -----------------------------------------------------------------------

directories = OfProcess[Factory]("directory is configured")
"""How this process reaches the identity provider."""


def directory() -> Directory:
    """Return a new client of the identity provider, for one thread.

    Raises DirectoryUnavailable when this process was not told how to reach one.
    """
    if directories.installed is None:
        raise DirectoryUnavailable("No directory is configured in this process.")
    return directories.installed()
