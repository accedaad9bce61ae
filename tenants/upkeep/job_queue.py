"""The queue of background work as operators look at it: what failed or waits, and whether anybody works on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from core.db import db
from core.declarations import Health, Job
from core.dispatcher import dispatcher
from core.events import emit
from core.i18n import _, format_datetime, ngettext
from core.jobs import JobCancelled, JobRetried

State = Literal["waiting", "retrying", "running", "failed", "succeeded", "cancelled"]
STATE_SQL = (
    "CASE WHEN status = 'todo' AND attempts > 0 THEN 'retrying' WHEN status = 'todo' THEN 'waiting' "
    "WHEN status = 'doing' THEN 'running' WHEN status = 'succeeded' THEN 'succeeded' "
    "WHEN status = 'failed' THEN 'failed' ELSE 'cancelled' END"
)
COUNTED = 1000
"""So many finished jobs are counted at most."""
SILENT_AFTER = 60
"""Seconds without a sign of life after which no worker is taken to run."""
BEHIND_AFTER = 900
"""Seconds a due job may wait before the queue is taken to be stuck."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job in trouble, without its arguments."""

    id: int
    key: str
    module: str
    title: str
    tenant_id: UUID
    state: State
    attempts: int
    at: datetime
    """When it last failed or changed."""
    error: str
    run_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """How the queue does: jobs by state, the age of the oldest that is due, the worker's last sign of life."""

    counts: Mapping[State, int]
    oldest_due_seconds: float
    worker_seen: datetime | None


def queue_health() -> QueueHealth:
    """Return the state of the queue; jobs that succeeded within the day are counted up to a bound."""
    counts = db.execute_sql(
        f"SELECT {STATE_SQL}, count(*) FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1 "
        "UNION ALL SELECT 'succeeded', count(*) FROM "
        "(SELECT FROM jobs.procrastinate_jobs WHERE status = 'succeeded' LIMIT %s) done",
        (COUNTED,),
    ).fetchall()
    (oldest,) = db.execute_sql(
        """
        SELECT coalesce((SELECT extract(epoch FROM now() - min(coalesce(job.scheduled_at, event.at)))
            FROM jobs.procrastinate_jobs job JOIN jobs.procrastinate_events event ON event.job_id = job.id
            WHERE job.status = 'todo' AND event.type = 'deferred'
              AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())), 0)::float
        """
    ).fetchone()
    return QueueHealth({state: count for state, count in counts if count}, oldest, worker_seen())


def worker_seen() -> datetime | None:
    """Return the latest sign of life of any worker."""
    return db.execute_sql("SELECT max(last_heartbeat) FROM jobs.procrastinate_workers").fetchone()[0]


def troubled_jobs(
    *, before: int | None = None, tenant_id: UUID | None = None, limit: int = 50
) -> list[JobView]:
    """Return failed and retrying jobs, newest first, from before a job's number on."""
    rows = db.execute_sql(
        f"""
        SELECT job.id, job.task_name, job.queue_name, {STATE_SQL}, job.attempts, job.scheduled_at,
               (SELECT max(at) FROM jobs.procrastinate_events WHERE job_id = job.id AND type <> 'scheduled'), error.error
        FROM jobs.procrastinate_jobs job LEFT JOIN core.job_error error ON error.job_id = job.id
        WHERE (job.status = 'failed' OR job.status = 'todo' AND job.attempts > 0)
          AND (%s IS NULL OR job.id < %s) AND (%s IS NULL OR job.queue_name = %s)
        ORDER BY job.id DESC LIMIT %s
        """,
        (before, before, str(tenant_id) if tenant_id else None, str(tenant_id), limit),
    )
    declared = dispatcher().catalogue.of(Job)
    return [
        JobView(
            id=number, key=key, module=key.partition(".")[0], title=declared[key][1].title if key in declared else key,
            tenant_id=UUID(queue), state=state, attempts=attempts, at=at, error=_(error) if error else "", run_at=run_at,
        )
        for number, key, queue, state, attempts, run_at, at, error in rows
    ]  # fmt: skip


def check_worker() -> Health:
    """Tell whether a worker runs."""
    seen = worker_seen()
    if seen is None:
        return Health(ok=False, detail=_("Không có tiến trình nền nào đang chạy: chạy lienthong worker."))
    alive = (datetime.now(UTC) - seen).total_seconds() < SILENT_AFTER
    return Health(alive, _("Thấy lần cuối {at}.", at=format_datetime(seen, inside=True)))


def check_queue() -> Health:
    """Tell whether the queue flows: nothing due waits long, nothing was given up."""
    health = queue_health()
    failed = health.counts.get("failed", 0)
    detail = (
        ngettext("{n} việc nền lỗi, đã thôi thử.", "{n} việc nền lỗi, đã thôi thử.", failed) if failed else ""
    )
    return Health(health.oldest_due_seconds < BEHIND_AFTER, detail, warning=bool(failed))


# -- what operators do ----------------------------------------------------------------------------------


def retry_job(job_id: int) -> bool:
    """Let a failed or waiting job run now, once more; False when it is neither any more."""
    with db.atomic():
        found = db.execute_sql(
            "SELECT task_name, status FROM jobs.procrastinate_jobs WHERE id = %s AND status IN ('failed', 'todo') FOR UPDATE",
            (job_id,),
        ).fetchone()
        if found is None:
            return False
        if found[1] == "failed":
            db.execute_sql("SELECT jobs.procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", (job_id,))
        else:
            db.execute_sql("UPDATE jobs.procrastinate_jobs SET scheduled_at = NULL WHERE id = %s", (job_id,))
        emit(JobRetried(key=found[0], number=job_id))
    return True


def cancel_job(job_id: int) -> bool:
    """Take a waiting job out of the queue; False when it is not waiting any more."""
    with db.atomic():
        found = db.execute_sql(
            "UPDATE jobs.procrastinate_jobs SET status = 'cancelled' WHERE id = %s AND status = 'todo' RETURNING task_name",
            (job_id,),
        ).fetchone()
        if found is not None:
            emit(JobCancelled(key=found[0], number=job_id))
    return found is not None
