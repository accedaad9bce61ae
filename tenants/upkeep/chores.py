"""What keeps audit, schedule and queue in order, in a thread of each worker.

These are no jobs themselves: they must go on when the queue is full, and they leave no rows.
Each is safe to run in several workers at once.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from croniter import croniter
from peewee import InterfaceError, OperationalError

from core.db import PLATFORM, db, unscoped
from core.declarations import Job, Manifest
from core.dispatcher import dispatcher
from core.i18n import HOME_ZONE, N_
from core.jobs import Deferred, defer
from tenants.upkeep.sealing import seal_all

AT_ONCE = 1000
"""So many old jobs go in one transaction: each takes its events and its error along."""
LOST = N_("Tiến trình nền dừng giữa chừng khi đang làm việc này.")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long, in seconds."""

    heartbeat: float = 5
    stalled_after: float = 30
    """A worker without a sign of life for this long is taken for dead and its jobs are run again."""
    chores: float = 2
    first_retry: float = 15
    grace: float = 60
    """A stopping worker waits this long for its jobs; then it leaves them to be found and run again."""


USUAL = Pace()


def keep_order(stopping: threading.Event, pace: Pace) -> None:
    """Seal the audit, start periodic jobs, find lost jobs and forget old ones, again and again."""
    schedule = Schedule()
    chores: dict[str, tuple[float, Callable[[], object]]] = {
        "seal": (pace.chores, seal_all),
        "schedule": (1, schedule.start_due),
        "rescue": (pace.heartbeat, lambda: rescue_lost_jobs(pace.stalled_after)),
        "forget": (3600, forget_old_jobs),
    }
    due = dict.fromkeys(chores, 0.0)
    while not stopping.wait(min(pace.chores, 1)):
        for name, (every, chore) in chores.items():
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + every
                if not attempt(name, chore):
                    stopping.wait(pace.chores)
                    break


def attempt(name: str, chore: Callable[[], object]) -> bool:
    """Do a chore whatever comes of it; False when the database is away."""
    try:
        with db.connection_context():
            chore()
    except (OperationalError, InterfaceError) as error:
        log.warning("worker.database_away", chore=name, error=type(error).__name__)
        return False
    except Exception:
        log.exception("worker.chore_failed", chore=name)
    return True


class Schedule:
    """Starts periodic jobs: each tick of a cron line once, however many workers and restarts there are."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def start_due(self, now: datetime | None = None) -> int:
        """Enqueue the jobs whose latest tick has not been started yet and return how many.

        A tick missed while no worker ran is made up for once; those before it are not. Cron lines
        are in Vietnamese time.
        """
        now = now or datetime.now(HOME_ZONE)
        started = 0
        for key, (manifest, job) in dispatcher().catalogue.of(Job).items():
            if job.schedule:
                tick = croniter(job.schedule, now).get_prev(datetime)
                if self._seen.get(key) != tick:
                    with db.atomic():
                        if _claim(key, tick):
                            started += enqueue_for_agencies(key, _agencies(manifest, job))
                    self._seen[key] = tick
        return started


def _claim(key: str, tick: datetime) -> bool:
    """Take a tick; False when it was taken, or when the job is new and its first tick is yet to come."""
    taken = db.execute_sql(
        "INSERT INTO core.job_schedule AS s VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET tick = excluded.tick "
        "WHERE s.tick < excluded.tick RETURNING xmax <> 0",
        (key, tick),
    ).fetchone()
    return bool(taken and taken[0])


def _agencies(manifest: Manifest, job: Job) -> list[UUID]:
    if not job.per_tenant:
        return [PLATFORM]
    with unscoped(reason="a periodic job goes to every agency that has its module"):
        found = [row[0] for row in db.execute_sql("SELECT unnest(core.app_read_tenants())").fetchall()]
        return [
            each
            for each in found
            if not manifest.switchable or manifest.key in dispatcher().effective_for(each)
        ]


def enqueue_for_agencies(key: str, tenants: Iterable[UUID]) -> int:
    """Put a periodic job into the queue once per agency, except where the last one still waits."""
    wanted: list[Deferred] = [(key, tenant, None, None, None, "periodic") for tenant in tenants]
    locks = {f"{tenant}:{key}:periodic": job for job in wanted for tenant in [job[1]]}
    waiting = db.execute_sql(
        "SELECT queueing_lock FROM jobs.procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%s)",
        (list(locks),),
    )
    for (lock,) in waiting.fetchall():
        del locks[lock]
    return len(defer(list(locks.values()))) if locks else 0


def note_error(job_id: int, error: str) -> None:
    """Keep why a job failed last."""
    db.execute_sql(
        "INSERT INTO core.job_error AS e (job_id, error) VALUES (%s, %s) "
        "ON CONFLICT (job_id) DO UPDATE SET error = excluded.error, at = now()",
        (job_id, error),
    )


def rescue_lost_jobs(stalled_after: float) -> list[int]:
    """Put the jobs of workers that stopped showing life back into the queue, and return their numbers.

    A job that has used up its attempts, perhaps because it kills its worker, ends as failed.
    """
    declared = dispatcher().catalogue.of(Job)
    with db.atomic():
        lost = db.execute_sql(
            "SELECT job.id, job.task_name, job.attempts FROM jobs.procrastinate_jobs job "
            "LEFT JOIN jobs.procrastinate_workers worker ON worker.id = job.worker_id "
            "WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s * interval '1 second') "
            "FOR UPDATE OF job SKIP LOCKED",
            (stalled_after,),
        ).fetchall()
        for job_id, key, attempts in lost:
            note_error(job_id, LOST)
            if attempts < (declared[key][1].retries if key in declared else 0):
                db.execute_sql(
                    "SELECT jobs.procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", (job_id,)
                )
            else:
                db.execute_sql("SELECT jobs.procrastinate_finish_job_v1(%s, 'failed', false)", (job_id,))
    return [row[0] for row in lost]


def forget_old_jobs() -> None:
    """Delete jobs that succeeded a day ago or ended otherwise a month ago, a portion at a time."""
    deleted = AT_ONCE
    while deleted == AT_ONCE:
        deleted = db.execute_sql(
            "DELETE FROM jobs.procrastinate_jobs WHERE id IN (SELECT id FROM jobs.procrastinate_jobs job "
            "WHERE status NOT IN ('todo', 'doing') AND NOT EXISTS (SELECT FROM jobs.procrastinate_events event "
            "WHERE event.job_id = job.id AND event.at > now() - CASE job.status WHEN 'succeeded' "
            "THEN interval '1 day' ELSE interval '30 days' END) ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)",
            (AT_ONCE,),
        ).rowcount
