"""Background work: enqueued in the transaction of the fact, run by the worker, seen by operators.

The queue is procrastinate's, in the schema `jobs`; this side speaks to it by SQL on the
application's own connection, so that a rollback takes the job with it and the web process needs
neither procrastinate nor psycopg 3.

What the author of a job may rely on, and must provide:

* It runs at least once. A worker killed in the middle leaves the job to another, so running it
  twice must come to the same end: write what is new with the work's own key, and look before acting.
* It runs in its agency's scope as the platform itself (`SYSTEM`), outside a transaction; it opens
  its own, short ones.
* It runs only where its module is in effect; elsewhere it ends as skipped.
* Arguments are small JSON: ids, not content. They are kept for a month and may be read by operators.
* Every call over the network has a time-out: a thread that hangs is lost to the worker.
* An error is retried after 15 s, 1, 4, 16 minutes, then hourly, up to `retries` times. Raise
  `JobError("…")` with a sentence for operators, `retry=False` where trying again is no use; of
  every other exception operators see its type and place, never its message.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from peewee import IntegrityError

from core.db import PLATFORM, ScopeError, current_tenant, db, scope
from core.declarations import Job, Manifest
from core.dispatcher import dispatcher
from core.events import SYSTEM, Event, acting
from core.i18n import N_
from core.logging import place_of


class JobError(Exception):
    """Raised by a job with a sentence that operators may read: no names, no personal data."""

    def __init__(self, text: str, *, retry: bool = True) -> None:
        super().__init__(text)
        self.retry = retry


# -- enqueue ----------------------------------------------------------------------------------------


def enqueue(
    key: str, *, tenant_id: UUID | None = None, args: Mapping[str, Any] | None = None,
    run_at: datetime | None = None, lock: str | None = None, queueing_lock: str | None = None,
) -> int | None:  # fmt: skip
    """Put a job into the queue in the running transaction and return its number.

    Jobs of this kind with the same `lock` in one agency never run at the same time. Of those with
    the same `queueing_lock` one waits at most: None is returned when it does already. That one may
    start before this transaction commits, so use it for work that will come round again.

    Raises KeyError for a job no module declares, RuntimeError outside a transaction, ScopeError for
    a job in another agency than the one in scope: only the installation itself gives work to others.
    """
    job = dispatcher().catalogue.of(Job)[key][1]
    if not db.in_transaction():
        raise RuntimeError(f"Job {key} was enqueued outside the transaction of the fact it belongs to.")
    tenant = PLATFORM if not job.per_tenant else tenant_id or current_tenant()
    if job.per_tenant and current_tenant() not in (tenant, PLATFORM):
        raise ScopeError(f"Job {key} was to be enqueued for another agency than the one in scope.")
    try:
        with db.atomic():
            return defer([(key, tenant, args, run_at, lock, queueing_lock)])[0]
    except IntegrityError:
        if queueing_lock is None:
            raise
        return None


Deferred = tuple[str, UUID, Mapping[str, Any] | None, datetime | None, str | None, str | None]


def defer(jobs: Sequence[Deferred]) -> list[int]:
    """Insert jobs by procrastinate's own function; the queue of a job is its agency."""
    rows: list[Any] = []
    for key, tenant, args, run_at, lock, queueing_lock in jobs:
        locks = [f"{tenant}:{key}:{each}" if each else None for each in (lock, queueing_lock)]
        rows += [str(tenant), key, 0, *locks, json.dumps(dict(args or {})), run_at]
    row = "ROW(%s, %s, %s, %s, %s, %s, %s)::jobs.procrastinate_job_to_defer_v1"
    sql = f"SELECT jobs.procrastinate_defer_jobs_v1(ARRAY[{', '.join([row] * len(jobs))}])"
    return list(db.execute_sql(sql, rows).fetchone()[0])


# -- run --------------------------------------------------------------------------------------------


def run(manifest: Manifest, job: Job, tenant_id: UUID, args: Mapping[str, Any]) -> bool:
    """Do a job in its agency's scope as the platform itself; False where its module is not in effect.

    The one door of background work, as the gate is of requests: the worker (tenants/upkeep/worker.py) knocks here.
    """
    with db.connection_context():
        if manifest.switchable and manifest.key not in dispatcher().effective_for(tenant_id):
            return False
        with scope(tenant_id), acting(SYSTEM):
            job.run(**args)
    return True


def describe_error(error: BaseException, package: str = "core") -> str:
    """Return what operators may read of a job's error; a JobError was written for them."""
    return str(error) if isinstance(error, JobError) else place_of(error, package)


# -- what operators do with jobs (tenants/upkeep/job_queue.py) ------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _JobChanged(Event):
    """An operator changed what the queue does with a job."""

    object_type: ClassVar[str] = "core.job"
    about_agency: ClassVar[bool] = True
    key: str
    number: int


class JobRetried(_JobChanged):
    """An operator let a job run again."""

    name: ClassVar[str] = "core.job_retried"
    label: ClassVar[str] = N_("cho chạy lại việc nền {key} số {number}")


class JobCancelled(_JobChanged):
    """An operator took a job out of the queue."""

    name: ClassVar[str] = "core.job_cancelled"
    label: ClassVar[str] = N_("bỏ việc nền {key} số {number}")


def install_queue(database: Any) -> None:
    """Bring procrastinate's tables in the schema `jobs` up to the installed version; may be repeated.

    Its files are run as they are, under the schema's search path. Which of its migrations the tables
    contain is remembered, so that a later migration of ours upgrades them by calling this again.
    """
    # The distribution's record says where its files are, without importing it.
    folder = Path(str(distribution("procrastinate").locate_file("procrastinate/sql")))
    names = sorted(path.name for path in (folder / "migrations").glob("*.sql"))
    exists = database.execute_sql("SELECT to_regclass('jobs.procrastinate_applied') IS NOT NULL").fetchone()[
        0
    ]
    database.execute_sql("SET LOCAL search_path = jobs, public")
    if exists:
        applied = {
            name for (name,) in database.execute_sql("SELECT name FROM procrastinate_applied").fetchall()
        }
        files = [folder / "migrations" / name for name in names if name not in applied]
    else:
        database.execute_sql("CREATE TABLE procrastinate_applied (name text PRIMARY KEY)")
        applied, files = set(), [folder / "schema.sql"]
    for path in files:
        database.execute_sql(path.read_text("utf-8").replace("%", "%%"))
    for name in names:
        if name not in applied:
            database.execute_sql("INSERT INTO procrastinate_applied VALUES (%s)", (name,))
    # Every function finds its tables whatever the caller's search path is.
    for (signature,) in database.execute_sql(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'jobs'::regnamespace AND proname ~ '^procrastinate_'"
    ).fetchall():
        database.execute_sql(f"ALTER FUNCTION {signature} SET search_path = jobs, pg_temp")
    database.execute_sql("SET LOCAL search_path TO DEFAULT")
