import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from procrastinate.jobs import Job as ProcrastinateJob

from core import jobs
from core.db import PLATFORM, ScopeError, db, new_id, scope
from core.events import Actor, acting, emit
from core.jobs import JobError, describe_error, enqueue
from core.settings import SettingsError
from tenants.upkeep import chores, job_queue
from tenants.upkeep.chores import Schedule
from tenants.upkeep.worker import _BackOff, run
from tests.core import stage
from tests.core.stage import PACE, A, B, NoteMoved, wait_until
from tests.support.plans import nodes


def put(key: str, tenant=A, **options) -> int | None:
    with scope(tenant), db.atomic():
        return enqueue(key, **options)


def states(superuser, where: str = "true") -> list[tuple[str, int]]:
    return superuser(f"SELECT status::text, attempts FROM jobs.procrastinate_jobs WHERE {where} ORDER BY id")


def finished(superuser, count: int = 1):
    return lambda: len(superuser("SELECT 1 FROM jobs.procrastinate_jobs WHERE status = 'succeeded'")) >= count


EVERY_TICK = 3 + 3
"""The sample's jobs, one for everything and one in each of two agencies; the kernel's own in all three."""


# ---- enqueue: inside the transaction of the fact ------------------------------------------------------


def test_a_job_belongs_to_the_transaction_and_the_agency_in_scope(app_url, superuser):
    put("sample.leave", args={"key": "x"})
    with scope(A), db.atomic() as transaction:
        enqueue("sample.leave", args={"key": "y"})
        transaction.rollback()
    assert superuser("SELECT queue_name, task_name, args FROM jobs.procrastinate_jobs") == [
        (str(A), "sample.leave", {"key": "x"})
    ]


def test_a_job_needs_transaction_scope_and_declaration(app_url):
    with pytest.raises(RuntimeError, match="outside the transaction"), scope(A):
        enqueue("sample.leave")
    with pytest.raises(ScopeError), db.atomic():
        enqueue("sample.leave")
    with pytest.raises(KeyError), scope(A), db.atomic():
        enqueue("sample.unknown")


def test_only_the_installation_gives_work_to_another_agency(app_url, superuser):
    with pytest.raises(ScopeError):
        put("sample.leave", A, tenant_id=B)
    assert put("sample.leave", PLATFORM, tenant_id=B)
    assert superuser("SELECT queue_name FROM jobs.procrastinate_jobs") == [(str(B),)]


def test_of_jobs_with_one_queueing_lock_one_waits_and_the_transaction_goes_on(app_url, superuser):
    with scope(A), db.atomic():
        assert enqueue("sample.leave", queueing_lock="x") is not None
        assert enqueue("sample.leave", queueing_lock="x") is None
        assert enqueue("sample.linger", queueing_lock="x") is not None, "locks of different jobs differ"
    assert put("sample.leave", B, queueing_lock="x") is not None, "locks of different agencies differ"
    assert len(states(superuser)) == 3


def test_the_web_process_needs_neither_procrastinate_nor_psycopg_3():
    program = (
        "import sys, core.app, core.api, core.audit, core.jobs; "
        "print([name for name in sys.modules if name.split('.')[0] in ('procrastinate', 'psycopg', 'psycopg_pool')])"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_queue_is_brought_up_to_its_librarys_version_by_its_own_files(app_url, superuser, stage_owner):
    assert superuser("SELECT count(*) > 20 FROM jobs.procrastinate_applied") == [(True,)]
    superuser(
        "DELETE FROM jobs.procrastinate_applied WHERE name = '03.04.00_50_post_add_retry_failed_job_procedure.sql'"
    )
    with stage_owner.connection_context(), stage_owner.atomic():
        jobs.install_queue(stage_owner)
        jobs.install_queue(stage_owner)
    unpinned = superuser(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace "
        "AND NOT coalesce(array_to_string(proconfig, ','), '') ~ 'search_path=jobs'"
    )
    assert unpinned == []
    assert put("sample.leave", args={"key": "x"})


# ---- the worker ---------------------------------------------------------------------------------------


def test_jobs_run_in_their_agencys_scope_as_the_platform(app_url, superuser):
    put("sample.leave", args={"key": "from A"})
    put("sample.leave", B, args={"key": "from B"})
    with scope(A), acting(Actor(None, "Lan")), db.atomic():
        emit(NoteMoved(title="Họp", day=datetime(2026, 9, 4, tzinfo=UTC).date()))
    with stage.worker(app_url):
        wait_until(finished(superuser, 3))
    assert sorted(superuser.effects(A)) == ["from A", "heard Họp 2026-09-04"]
    assert superuser.effects(B) == ["from B"]


def test_a_job_of_a_module_switched_off_meanwhile_is_skipped(app_url, superuser):
    superuser(
        "UPDATE jobs.procrastinate_jobs SET queue_name = %s WHERE id = %s",
        str(stage.WITHOUT),
        put("sample.leave"),
    )
    with stage.worker(app_url):
        wait_until(finished(superuser))
    assert superuser.effects(stage.WITHOUT) == []


def test_a_job_in_the_hands_of_a_killed_worker_is_done_once_in_effect(app_url, superuser):
    job = put("sample.linger", args={"key": "long", "seconds": 4})
    with stage.worker(app_url) as first:
        wait_until(lambda: superuser.effects(like="long begun%"))
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert states(superuser) == [("doing", 0)]
    with stage.worker(app_url):
        wait_until(finished(superuser))
    assert len(superuser.effects(like="long begun%")) == 2
    assert superuser.effects(like="long done") == ["long done"]
    assert superuser("SELECT error FROM core.job_error WHERE job_id = %s", job) == [(chores.LOST,)]


def test_a_worker_leaves_alone_what_was_given_to_another_meanwhile(app_url, superuser):
    put("sample.linger", args={"key": "x", "seconds": 4})
    with stage.worker(app_url) as process:
        wait_until(lambda: superuser.effects(like="x begun%"))
        superuser(
            "INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour')"
        )
        superuser(
            "UPDATE jobs.procrastinate_jobs SET attempts = 1, worker_id = (SELECT max(id) FROM jobs.procrastinate_workers)"
        )
        wait_until(lambda: superuser.effects(like="x done"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert states(superuser) == [("doing", 1)]


def test_a_job_that_kills_its_worker_again_and_again_ends_as_failed(app_url, superuser):
    put("sample.linger", args={"key": "x", "seconds": 0})
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'doing', attempts = 2")
    assert len(chores.rescue_lost_jobs(1)) == 1
    assert states(superuser) == [("failed", 3)]


def test_a_live_workers_jobs_are_left_alone(app_url, superuser):
    put("sample.linger", args={"key": "x", "seconds": PACE.stalled_after + 1.5})
    with stage.worker(app_url), stage.worker(app_url):
        wait_until(finished(superuser))
    assert len(superuser.effects(like="x begun%")) == 1


def test_errors_are_retried_up_to_the_limit_and_quote_nothing(app_url, superuser, tmp_path):
    put("sample.fail_once", args={"key": "once"})
    job = put("sample.fail", args={"message": "Nguyễn Văn An, 0901234567"})
    with (tmp_path / "log").open("wb") as log, stage.worker(app_url, log=log):
        wait_until(lambda: ("failed", 3) in states(superuser))
        wait_until(finished(superuser))
    assert superuser.effects(like="once%") == ["once 0", "once 1"]
    assert len(superuser.effects(like="tried%")) == 3
    ((error,),) = superuser("SELECT error FROM core.job_error WHERE job_id = %s", job)
    assert re.fullmatch(r"ValueError in __main__\.fail:\d+", error), "no message: it quotes what people typed"
    written = (tmp_path / "log").read_text()
    assert "job.failed" in written
    assert "0901234567" not in written


def test_pauses_grow_to_an_hour_and_end_with_the_attempts():
    def pause(attempts: int, error: Exception | None = None) -> float | None:
        job = ProcrastinateJob(queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        began = datetime.now(UTC)
        decision = _BackOff(5, 15).get_retry_decision(exception=error or ValueError(), job=job)
        return decision and (decision.retry_at - began).total_seconds()

    for attempts, seconds in enumerate([15, 60, 240, 960, 3600]):
        assert seconds <= pause(attempts) < seconds * 1.2 + 1
    assert pause(5) is None
    assert pause(0, JobError("x", retry=False)) is None


def test_an_error_that_trying_again_cannot_mend_is_not_retried(app_url, superuser):
    put("sample.fail", args={"message": "Chưa có mẫu thư.", "known": True, "retry": False})
    with stage.worker(app_url):
        wait_until(lambda: states(superuser) == [("failed", 1)])
    (job,) = job_queue.troubled_jobs()
    assert job.error == "Chưa có mẫu thư."


def test_a_stopping_worker_finishes_what_it_has_begun(app_url, superuser):
    put("sample.linger", args={"key": "x", "seconds": 1})
    with stage.worker(app_url) as process:
        wait_until(lambda: superuser.effects(like="x begun%"))
        put("sample.leave", args={"key": "later"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert superuser.effects(like="x done") == ["x done"]
    assert superuser("SELECT count(*) FROM jobs.procrastinate_workers") == [(0,)]


def test_a_worker_outlives_the_loss_of_its_connections(app_url, superuser):
    with stage.worker(app_url) as process:
        put("sample.leave", args={"key": "before"})
        wait_until(finished(superuser))
        ((ours,),) = db.execute_sql("SELECT pg_backend_pid()").fetchall()
        superuser(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid NOT IN (pg_backend_pid(), %s)", ours,
        )  # fmt: skip
        put("sample.leave", args={"key": "after"})
        wait_until(finished(superuser, 2))
        assert process.poll() is None
    assert superuser.effects() == ["before", "after"]


# ---- one agency never starves another ---------------------------------------------------------------------


def test_one_agencys_slow_jobs_leave_room_for_the_others(app_url, superuser):
    for number in range(6):
        put("sample.linger", args={"key": f"slow {number}", "seconds": 60})
    with stage.worker(app_url, threads=3):
        wait_until(lambda: len(superuser.effects(like="slow % begun%")) == 2)
        put("sample.leave", B, args={"key": "quick"})
        wait_until(lambda: superuser.effects(B) == ["quick"], seconds=40)
        assert len(superuser.effects(like="slow % begun%")) == 2, (
            "an agency holds all threads but one at most"
        )


def test_one_agencys_many_jobs_do_not_come_before_the_others(app_url, superuser):
    order = []
    for number in range(4):
        put("sample.leave", args={"key": f"{number}"})
    put("sample.leave", B)
    for _ in range(5):
        ((queue,),) = superuser("SELECT queue_name FROM jobs.fetch_fairly(NULL, 3)")
        order.append(queue)
    assert order == [str(A), str(B), str(A), str(A), None], "the fourth of A waits: three are running"


def test_jobs_with_one_lock_never_run_together(app_url, superuser):
    first, second = put("sample.leave", lock="x"), put("sample.leave", lock="x")
    other = put("sample.leave")
    fetch = lambda: superuser("SELECT id FROM jobs.fetch_fairly(NULL, 9)")[0][0]  # noqa: E731
    assert [fetch(), fetch(), fetch()] == [first, other, None]
    superuser("SELECT jobs.procrastinate_finish_job_v1(%s, 'succeeded', false)", first)
    assert fetch() == second


@pytest.mark.parametrize("threads", [1, 8])
def test_a_worker_refuses_a_number_of_threads_that_would_break_its_promises(threads):
    with pytest.raises(SettingsError, match="two threads"):
        run(stage.settings("postgresql://127.0.0.1:1/none"), threads=threads)


def test_a_failing_job_that_waits_does_not_hold_its_agency_up(app_url, superuser):
    put("sample.leave", lock="x", run_at=datetime.now(UTC) + timedelta(hours=1))
    later = put("sample.leave", lock="x")
    assert superuser("SELECT id FROM jobs.fetch_fairly(NULL, 9)") == [(later,)]


# ---- periodic jobs ----------------------------------------------------------------------------------------


def test_a_tick_starts_one_job_in_each_agency_with_the_module(app_url, superuser):
    may, june = datetime(2026, 5, 20, tzinfo=UTC), datetime(2026, 6, 20, tzinfo=UTC)
    assert Schedule().start_due(may) == 0, "a new job waits for its first tick"
    assert Schedule().start_due(june) == EVERY_TICK
    assert Schedule().start_due(june) == 0, (
        "another worker, or the same after a restart, finds the tick taken"
    )
    assert superuser(
        "SELECT task_name, queue_name FROM jobs.procrastinate_jobs WHERE task_name LIKE 'sample.%%' ORDER BY 1, 2"
    ) == [
        ("sample.everywhere", str(PLATFORM)), ("sample.monthly", str(A)), ("sample.monthly", str(B)),
    ]  # fmt: skip


def test_a_tick_is_not_doubled_while_the_last_one_waits(app_url, superuser):
    for month in (5, 6, 7, 9):
        Schedule().start_due(datetime(2026, month, 20, tzinfo=UTC))
    assert len(states(superuser)) == EVERY_TICK


def test_a_tick_killed_halfway_is_started_whole(app_url, superuser, monkeypatch):
    schedule = Schedule()
    schedule.start_due(datetime(2026, 5, 20, tzinfo=UTC))
    with monkeypatch.context() as patch:
        patch.delattr(chores, "defer")
        with pytest.raises(NameError):
            schedule.start_due(datetime(2026, 6, 20, tzinfo=UTC))
    assert states(superuser) == []
    assert schedule.start_due(datetime(2026, 6, 20, tzinfo=UTC)) == EVERY_TICK


# ---- what operators see and do ----------------------------------------------------------------------------


@pytest.fixture
def failed(app_url, superuser):
    job = put("sample.fail", args={"message": "x"})
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'doing' WHERE id = %s", job)
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'failed', attempts = 3 WHERE id = %s", job)
    chores.note_error(job, "ValueError in sample.fail:1")
    return job


def test_the_queue_shows_its_health(failed, superuser):
    put("sample.leave", run_at=datetime.now(UTC) - timedelta(minutes=5))
    put("sample.leave", run_at=datetime.now(UTC) + timedelta(days=1))
    health = job_queue.queue_health()
    assert health.counts == {"failed": 1, "waiting": 2}
    assert 299 < health.oldest_due_seconds < 330
    assert health.worker_seen is None
    superuser("INSERT INTO jobs.procrastinate_workers DEFAULT VALUES")
    assert datetime.now(UTC) - job_queue.queue_health().worker_seen < timedelta(minutes=1)


def test_what_operators_ask_of_the_queue_does_not_read_what_is_done(failed, superuser, monkeypatch):
    superuser("SET session_replication_role = replica")
    superuser(
        "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status) "
        "SELECT %s, 'sample.leave', 'succeeded' FROM generate_series(1, 100000)",
        str(A),
    )
    superuser("SET session_replication_role = origin")
    superuser("ANALYZE jobs.procrastinate_jobs, jobs.procrastinate_events")
    asked = []
    with monkeypatch.context() as patch:
        patch.setattr(
            job_queue,
            "db",
            SimpleNamespace(execute_sql=lambda *call: (asked.append(call), db.execute_sql(*call))[1]),
        )
        health = job_queue.queue_health()
        troubled = job_queue.troubled_jobs()
    assert (health.counts, len(troubled)) == ({"failed": 1, "succeeded": job_queue.COUNTED}, 1)
    read = []
    for sql, *values in asked:
        (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *values).fetchone()
        read += [
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes(document[0]["Plan"])
        ]
    assert max(read) <= job_queue.COUNTED + 1


def test_failed_jobs_are_listed_without_their_arguments(failed):
    (job,) = job_queue.troubled_jobs()
    assert (job.id, job.key, job.module, job.title, job.tenant_id) == (
        failed,
        "sample.fail",
        "sample",
        "Việc lỗi",
        A,
    )
    assert (job.state, job.attempts, job.error) == ("failed", 3, "ValueError in sample.fail:1")
    assert job_queue.troubled_jobs(before=failed) == job_queue.troubled_jobs(tenant_id=B) == []
    assert job_queue.troubled_jobs(tenant_id=A) == [job]


def operate(action, job: int) -> bool:
    with scope(PLATFORM), acting(Actor(None, "Minh", "operator")), db.atomic():
        return action(job)


def recorded(superuser) -> list[tuple[str, dict]]:
    return superuser("SELECT event, data FROM core.audit_entry ORDER BY id")


def test_a_failed_job_can_be_tried_again_and_that_is_recorded(failed, superuser):
    assert operate(job_queue.retry_job, failed)
    assert states(superuser) == [("todo", 4)]
    assert operate(job_queue.retry_job, failed), "a waiting one runs at once"
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'doing'")
    assert not operate(job_queue.retry_job, failed)
    assert recorded(superuser) == 2 * [("core.job_retried", {"key": "sample.fail", "number": failed})]


def test_a_waiting_job_can_be_cancelled_and_that_is_recorded(failed, superuser):
    waiting = put("sample.leave")
    assert operate(job_queue.cancel_job, waiting)
    assert not operate(job_queue.cancel_job, waiting)
    assert not operate(job_queue.cancel_job, failed)
    assert recorded(superuser) == [("core.job_cancelled", {"key": "sample.leave", "number": waiting})]


def test_health_tells_of_a_missing_worker_and_of_jobs_given_up(failed, superuser):
    assert not job_queue.check_worker().ok
    superuser("INSERT INTO jobs.procrastinate_workers DEFAULT VALUES")
    assert job_queue.check_worker().ok
    superuser("UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'")
    assert not job_queue.check_worker().ok
    assert (job_queue.check_queue().ok, job_queue.check_queue().warning) == (True, True)
    put("sample.leave", run_at=datetime.now(UTC) - timedelta(hours=1))
    assert not job_queue.check_queue().ok


def test_old_jobs_are_forgotten(failed, superuser):
    done = put("sample.leave")
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'doing' WHERE id = %s", done)
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'succeeded' WHERE id = %s", done)
    put("sample.leave")
    superuser("UPDATE jobs.procrastinate_events SET at = now() - interval '2 days'")
    chores.forget_old_jobs()
    assert states(superuser) == [("failed", 3), ("todo", 0)]
    superuser("UPDATE jobs.procrastinate_events SET at = now() - interval '31 days'")
    chores.forget_old_jobs()
    assert states(superuser) == [("todo", 0)]


def test_a_backlog_of_old_jobs_goes_a_portion_at_a_time(app_url, superuser, monkeypatch):
    monkeypatch.setattr(chores, "AT_ONCE", 2)
    for _number in range(5):
        put("sample.leave")
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'doing'")
    superuser("UPDATE jobs.procrastinate_jobs SET status = 'succeeded'")
    superuser("UPDATE jobs.procrastinate_events SET at = now() - interval '2 days'")
    put("sample.leave")
    deleted = []

    def counted(*statement):
        cursor = db.execute_sql(*statement)
        deleted.append(cursor.rowcount)
        return cursor

    monkeypatch.setattr(chores, "db", SimpleNamespace(execute_sql=counted))
    chores.forget_old_jobs()
    monkeypatch.undo()
    assert deleted == [2, 2, 1]
    assert states(superuser) == [("todo", 0)]


def test_errors_of_the_database_name_what_was_hurt_but_no_values(app_url):
    try:
        with scope(A), db.atomic():
            for _ in range(2):
                db.execute_sql(
                    "INSERT INTO sample.effect VALUES (core.app_tenant(), %s, 'Nguyễn Văn An')", (new_id(),)
                )
    except Exception as error:
        told = describe_error(error, "tests")
    assert told.startswith("IntegrityError in tests.core.test_jobs.")
    assert "constraint_name=effect_tenant_id_key_key" in told
    assert "An" not in told
    assert describe_error(JobError("Máy chủ thư không trả lời.")) == "Máy chủ thư không trả lời."


def test_the_application_role_may_use_the_queue_but_not_change_it(app_url):
    for statement in ("DROP TABLE jobs.procrastinate_jobs", "TRUNCATE jobs.procrastinate_jobs CASCADE"):
        with pytest.raises(Exception, match=r"must be owner|permission denied"), db.atomic():
            db.execute_sql(statement)
