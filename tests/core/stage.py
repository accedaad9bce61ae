"""A database with the kernel alone and one small module: the stage on which facts and jobs are tried.

`python -m tests.core.stage URL` runs a worker on it, to be killed.
"""

import signal
import subprocess
import sys
import time
import types
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

import psycopg2

from core import dispatcher as dispatching
from core import plugin as core_plugin
from core.context import ModuleStates
from core.db import db, new_id
from core.db.database import connect
from core.db.ddl import create_schema, tenant_table
from core.declarations import Job, Manifest, Subscriber
from core.dispatcher import Dispatcher
from core.events import Event
from core.hookspecs import hookimpl
from core.host import PluginHost
from core.i18n import N_
from core.jobs import JobError
from core.logging import configure_logging
from core.settings import Settings
from tenants.upkeep.chores import Pace
from tenants.upkeep.worker import run

A, B, WITHOUT = (UUID(f"00000000-0000-7000-8000-00000000000{n}") for n in (1, 2, 3))
PACE = Pace(heartbeat=0.3, stalled_after=5, chores=0.3, first_retry=0.2, grace=10)


@dataclass(frozen=True, kw_only=True)
class NoteMoved(Event):
    name: ClassVar[str] = "sample.note_moved"
    label: ClassVar[str] = N_("chuyển “{title}” sang ngày {day}")
    object_type: ClassVar[str] = "sample.note"
    field_titles: ClassVar[dict[str, str]] = {"due": N_("Hạn"), "open": N_("Đang mở")}
    title: str
    day: date | None = None
    readers: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoteRead(Event):
    name: ClassVar[str] = "sample.note_read"
    label: ClassVar[str] = N_("xem ghi chú")
    object_type: ClassVar[str] = "sample.note"


heard: list[Event] = []
trouble: list[Exception] = []


def hear(event: NoteMoved) -> None:
    if trouble:
        raise trouble.pop()
    heard.append(event)


def hear_later(event: NoteMoved) -> None:
    leave_effect(f"heard {event.title} {event.day}")


def leave_effect(key: str) -> None:
    """The work of a job: a row with the work's own key, however often the job runs."""
    with db.atomic():
        db.execute_sql(
            "INSERT INTO sample.effect (tenant_id, id, key) VALUES (core.app_tenant(), %s, %s) ON CONFLICT DO NOTHING",
            (new_id(), key),
        )


def linger(key: str, seconds: float) -> None:
    leave_effect(f"{key} begun {new_id()}")
    time.sleep(seconds)
    leave_effect(f"{key} done")


def fail(message: str, *, known: bool = False, retry: bool = True) -> None:
    leave_effect(f"tried {new_id()}")
    raise JobError(message, retry=retry) if known else ValueError(message)


def fail_once(key: str) -> None:
    with db.atomic():
        tried = db.execute_sql("SELECT count(*) FROM sample.effect WHERE key ^@ %s", (key,)).fetchone()[0]
    leave_effect(f"{key} {tried}")
    if not tried:
        raise ValueError(key)


class _Plugin(types.ModuleType):
    """The module, declared as any other, but made anew for every stage."""


def sample_plugin() -> types.ModuleType:
    @hookimpl
    def register_events():
        return [NoteMoved, NoteRead]

    @hookimpl
    def register_subscribers():
        return [Subscriber(NoteMoved, hear), Subscriber(NoteMoved, hear_later, when="after_commit")]

    @hookimpl
    def register_jobs():
        return [
            Job("sample.leave", leave_effect, "Để lại dấu vết"),
            Job("sample.linger", linger, "Việc lâu", retries=2),
            Job("sample.fail", fail, "Việc lỗi", retries=2),
            Job("sample.fail_once", fail_once, "Việc lỗi một lần"),
            Job("sample.monthly", lambda: leave_effect("monthly"), "Việc hằng tháng", schedule="0 3 1 * *"),
            Job("sample.everywhere", lambda: None, "Việc chung", schedule="0 4 1 * *", per_tenant=False),
        ]

    plugin = _Plugin("sample")
    plugin.__file__ = __file__
    plugin.manifest = Manifest("sample", "Mẫu", "", "1")
    for hook in (register_events, register_subscribers, register_jobs):
        setattr(plugin, hook.__name__, hook)
    return plugin


def install(url: str) -> None:
    """Boot the kernel with the sample module in this process; agencies A and B have it on."""
    host = PluginHost([core_plugin, sample_plugin()])
    catalogue = host.boot()
    states = lambda ids: {each: ModuleStates({"sample": each in (A, B)}) for each in ids}  # noqa: E731
    dispatching.dispatcher.install(Dispatcher(host.manager, catalogue, states))
    db.initialize(
        connect(
            url,
            pool_size=8,
            all_tenants_sql=f"SELECT ARRAY['{A}', '{B}', '{WITHOUT}']::uuid[]",
            application="stage",
        )
    )


def migrate(owner) -> None:
    create_schema(owner, "sample")
    tenant_table(owner, "sample.effect", "key text NOT NULL, UNIQUE (tenant_id, key)")


def settings(url: str) -> Settings:
    return Settings(
        database_url=url,
        public_url="http://stage",
        keycloak_url="http://stage",
        oidc_client_secret="",
        secret_key="",
    )


@contextmanager
def worker(url: str, threads: int = 4, log: int | None = None):
    """Run a worker process; it is gone afterwards, whatever happened."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.core.stage", url, str(threads)], stdout=log, stderr=log
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until(condition, seconds: float = 60):
    """Return the condition's first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not true within {seconds} s")


class Superuser:
    """Somebody with every right, who looks at and tampers with what is stored."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg2.connect(url, options="-c lock_timeout=60s")
        self.connection.autocommit = True

    def __call__(self, sql: str, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def tamper(self, sql: str, *values) -> None:
        """Change rows although triggers and foreign keys forbid it."""
        self("SET session_replication_role = replica")
        self(sql, *values)
        self("SET session_replication_role = origin")

    def effects(self, tenant: UUID = A, like: str = "%") -> list[str]:
        found = self(
            "SELECT key FROM sample.effect WHERE tenant_id = %s AND key LIKE %s ORDER BY id",
            str(tenant),
            like,
        )
        return [key for (key,) in found]


if __name__ == "__main__":
    configure_logging()
    install(sys.argv[1])
    run(settings(sys.argv[1]), threads=int(sys.argv[2]), pace=PACE)
