"""The worker process: runs jobs in threads and does the chores (`tenants.upkeep.chores`).

procrastinate fetches and acknowledges jobs on its own psycopg 3 connections; the work itself runs on
the application's pool, in the agency's scope, where row-level security holds as it does in the web.
Any number of workers may run. When PostgreSQL goes away the worker waits and connects again; what it
was running then is found by its missing sign of life and run again.
"""

import asyncio
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import procrastinate.exceptions
import structlog
from procrastinate import jobs as procrastinate_jobs
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from core import jobs
from core.db.database import PATIENCE
from core.declarations import Job, Manifest
from core.dispatcher import dispatcher
from core.settings import Settings, SettingsError
from tenants.upkeep import chores
from tenants.upkeep.chores import USUAL, Pace

log = structlog.get_logger()


def run(settings: Settings, *, threads: int = 4, pace: Pace = USUAL) -> None:
    """Run jobs until SIGTERM or SIGINT; the platform must have been booted in this process.

    One agency may use all threads but one, so that its slow jobs leave room for the others.
    """
    if not 2 <= threads < settings.pool_size:
        raise SettingsError(
            "A worker needs two threads, so that one agency cannot hold all of them, and a database connection "
            f"for each and one more: LIENTHONG_POOL_SIZE is {settings.pool_size}, threads are {threads}."
        )
    # Its lines show the arguments of jobs and the messages of their errors; ours say what may be said.
    logging.getLogger("procrastinate.worker").setLevel(logging.CRITICAL)
    for name in ("procrastinate.worker.worker", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.ERROR)
    stopping = threading.Event()
    housework = threading.Thread(target=chores.keep_order, args=(stopping, pace), name="chores", daemon=True)
    housework.start()
    delay = 1.0
    while not stopping.is_set():
        started = time.monotonic()
        try:
            asyncio.run(_serve(settings, threads, pace, stopping))
        except procrastinate.exceptions.ConnectorException as error:
            log.warning("worker.database_away", error=type(error.__cause__ or error).__name__)
        except Exception:
            log.exception("worker.interrupted")  # whatever it is, the queue must be served again
        delay = 1.0 if time.monotonic() - started > 60 else min(delay * 2, 30.0)
        stopping.wait(delay)
    housework.join(timeout=5)
    log.info("worker.stopped")


async def _serve(settings: Settings, threads: int, pace: Pace, stopping: threading.Event) -> None:
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url,
        kwargs={
            **PATIENCE,
            "options": "-c search_path=jobs -c timezone=UTC",
            "application_name": "lienthong worker",
        },
        min_size=1,
        max_size=3,
        timeout=10,
    )
    app = procrastinate.App(connector=connector)
    app.job_manager = _FairQueue(connector, per_agency=threads - 1)
    for key, (manifest, job) in dispatcher().catalogue.of(Job).items():
        app.task(name=key, pass_context=True, retry=_BackOff(job.retries, pace.first_retry))(
            _runner(manifest, job)
        )
    async with app.open_async():
        worker = Worker(
            app=app,
            concurrency=threads,
            fetch_job_polling_interval=2,
            update_heartbeat_interval=pace.heartbeat,
            stalled_worker_timeout=pace.stalled_after,
            install_signal_handlers=False,
        )

        def stop() -> None:
            if not stopping.is_set():
                stopping.set()
                worker.stop()  # type: ignore[no-untyped-call]
                threading.Thread(target=_leave_after, args=(pace.grace,), daemon=True).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        log.info("worker.started", threads=threads, pid=os.getpid())
        await worker.run()  # type: ignore[no-untyped-call]


def _leave_after(seconds: float) -> None:
    """End the process although jobs still run; a thread cannot be stopped in any other way."""
    time.sleep(seconds)
    log.warning("worker.left_jobs_running")
    os._exit(1)


class _FairQueue(JobManager):
    """Fetches for the agency that has the fewest jobs running (core/migrations/0003_jobs.py)."""

    def __init__(self, connector: procrastinate.PsycopgConnector, per_agency: int) -> None:
        super().__init__(connector)
        self._per_agency = per_agency

    async def fetch_job(self, queues: Any, worker_id: int) -> procrastinate_jobs.Job | None:
        row = await self.connector.execute_query_one_async(
            "SELECT * FROM fetch_fairly(%(worker)s, %(per_agency)s)",
            worker=worker_id,
            per_agency=self._per_agency,
        )
        return procrastinate_jobs.Job.from_row(row) if row["id"] is not None else None

    async def finish_job(self, job: procrastinate_jobs.Job, *args: Any, **outcome: Any) -> None:
        if await self._is_ours(job):
            await super().finish_job(job, *args, **outcome)

    async def retry_job(self, job: procrastinate_jobs.Job, *args: Any, **decision: Any) -> None:
        if await self._is_ours(job):
            await super().retry_job(job, *args, **decision)

    async def _is_ours(self, job: procrastinate_jobs.Job) -> bool:
        """Tell whether the job is still in our hands, and not given to another worker as lost."""
        row = await self.connector.execute_query_one_async(
            "SELECT count(*) AS ours FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing' "
            "AND worker_id IS NOT DISTINCT FROM %(worker)s AND attempts = %(attempts)s",
            id=job.id, worker=job.worker_id, attempts=job.attempts,
        )  # fmt: skip
        return bool(row["ours"])


class _BackOff(procrastinate.BaseRetryStrategy):
    """Waits four times as long after each failure, an hour at most, a little apart from each other."""

    def __init__(self, retries: int, first: float) -> None:
        self._retries = retries
        self._first = first

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate_jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if job.attempts >= self._retries or (isinstance(exception, jobs.JobError) and not exception.retry):
            return None
        seconds = min(self._first * 4**job.attempts, 3600) * random.uniform(1.0, 1.2)  # noqa: S311 - spreads load
        return procrastinate.RetryDecision(retry_in={"seconds": round(seconds)})


def _runner(manifest: Manifest, job: Job) -> Callable[..., None]:
    """Wrap a job in its log lines and, when it fails, the note of why."""

    def run_job(context: procrastinate.JobContext, **args: Any) -> None:
        number, tenant = context.job.id or 0, UUID(context.job.queue)
        structlog.contextvars.bind_contextvars(
            job=job.key, job_id=number, tenant_id=str(tenant), attempt=context.job.attempts + 1
        )
        started = time.monotonic()
        try:
            if jobs.run(manifest, job, tenant, args):
                log.info("job.done", seconds=round(time.monotonic() - started, 3))
            else:
                log.info("job.skipped", reason="module not in effect")
        except Exception as error:
            reason = jobs.describe_error(error, job.run.__module__.partition(".")[0])
            log.warning("job.failed", error=reason, seconds=round(time.monotonic() - started, 3))
            chores.attempt("note_error", lambda: chores.note_error(number, reason))
            raise
        finally:
            structlog.contextvars.clear_contextvars()

    return run_job
