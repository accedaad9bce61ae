"""The mirror: nothing is lost, nothing happens twice, whenever the directory or we go away."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import InterfaceError, OperationalError

from core.db import db, scope
from tenants import jobs, mirror, reconciler, services
from tenants.interfaces import DirectoryUnavailable
from tenants.locks import only_one
from tenants.models import DirectoryTask, Membership, Person, Tenant, TenantVersion, today
from tenants.reconciler import Busy, reconcile
from tenants.services import Authority
from tests.tenants.stage import MemoryDirectory, killed_after, unavailable_from


@pytest.fixture
def agency(stage):
    """An agency with three people."""
    info = stage.agency("so-y-te")
    with scope(info.id):
        unit = services.create_unit("Văn phòng")
        for number in range(3):
            person = services.register_person(f"p{number}", f"Nguyễn Văn {number}")
            services.grant_post(Authority.operator(), person.id, unit.id, "Chuyên viên")
    return info


def test_agencies_people_and_members_arrive_and_their_ids_are_kept(agency, directory):
    outcome = reconcile(lambda: directory)

    assert (outcome.done, outcome.refused, outcome.left, outcome.unavailable) == (7, 0, 0, "")
    tenant = Tenant.get()
    assert tenant.organization_id == directory.organization_ids[tenant.id]
    assert {each.subject for each in Person.select()} == set(directory.subjects.values())
    assert {each.issuer for each in Person.select()} == {directory.issuer}
    assert directory.members == {(tenant.organization_id, each.subject) for each in Person.select()}


def test_a_second_run_asks_for_nothing(agency, directory):
    reconcile(lambda: directory)
    calls = directory.calls
    reconcile(lambda: directory)
    assert directory.calls == calls


def test_each_client_is_closed(agency, directory):
    reconcile(lambda: directory)
    assert directory.closed >= 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(1, 9), max_size=4))
def test_wherever_the_directory_goes_away_the_next_runs_finish(agency, stops):
    directory = MemoryDirectory()
    requeue()
    for number in stops:
        directory.before_call = unavailable_from(directory.calls + number)
        reconcile(lambda: directory)
    directory.before_call = lambda number: None
    outcome = reconcile(lambda: directory, everything=True)

    assert outcome.left == 0
    assert len(directory.users) == len(directory.members) == 3
    assert Person.select().where(Person.subject.is_null()).count() == 0


def requeue():
    """Forget what was mirrored, as after restoring an empty identity provider."""
    Person.update(issuer=None, subject=None).execute()
    Tenant.update(organization_id=None).execute()
    tenant = Tenant.get()
    mirror.agency_changed(tenant.id)
    for person in Person.select():
        mirror.person_changed(person.id)
        mirror.posts_changed(tenant.id, person.id)


def test_an_unreachable_directory_costs_no_attempts_and_its_reason_is_kept(agency, directory):
    def make():
        raise DirectoryUnavailable("connection refused")

    outcome = reconcile(make)
    assert (outcome.left, outcome.unavailable) == (7, "connection refused")
    kept = {(task.attempts, task.last_error) for task in DirectoryTask.select()}
    assert kept == {(0, "connection refused")}
    assert reconcile(lambda: directory).left == 0


def test_once_a_call_is_not_answered_the_rest_of_the_batch_is_not_tried(directory):
    tried = []

    def hang(client):
        tried.append(client)
        time.sleep(0.2)
        raise DirectoryUnavailable("timed out")

    tasks = [reconciler.Task(uuid4(), 1, None, uuid4(), hang) for _number in range(40)]
    with reconciler.clients_of(lambda: directory) as run_all:
        results, reason = run_all(tasks)
        assert (results, str(reason)) == ([], "timed out")
        assert len(tried) <= reconciler.THREADS
        answered = reconciler.Task(uuid4(), 1, None, uuid4(), lambda client: "done")
        assert run_all([answered])[1] is None  # the next batch is tried again


def test_a_refused_entry_waits_longer_each_time_and_does_not_stop_the_others(agency, directory):
    directory.refused.add("p1")
    first = reconcile(lambda: directory)
    assert (first.refused, first.left) == (2, 2)  # the person, and the membership that needs the account
    task = DirectoryTask.get(kind="user")
    assert (task.attempts, task.last_error) == (1, "The name is reserved.")
    assert reconcile(lambda: directory).refused == 0  # not due yet

    directory.refused.clear()
    assert reconcile(lambda: directory, everything=True).left == 0


def test_an_error_nobody_foresaw_stops_its_own_entry_only(agency, directory):
    directory.before_call = lambda number: 1 / 0 if number == 2 else None
    outcome = reconcile(lambda: directory)
    assert (outcome.done, outcome.refused, outcome.left) == (5, 2, 2)


def test_a_change_made_while_a_task_runs_is_not_lost(agency, directory):
    person = Person.get(username="p0")

    def disable_meanwhile(number):
        if directory.calls == 1:
            with db.connection_context(), db.atomic():
                Person.update(disabled_at=services.people.datetime.now(services.people.UTC)).where(
                    Person.id == person.id
                ).execute()
                mirror.person_changed(person.id)

    reconcile(lambda: directory)
    mirror.person_changed(person.id)
    directory.calls, directory.before_call = 0, disable_meanwhile
    reconcile(lambda: directory)
    assert DirectoryTask.select().count() == 1
    directory.before_call = lambda number: None
    reconcile(lambda: directory)
    assert directory.users["p0"].enabled is False


def test_ending_the_last_post_ends_the_membership(agency, directory):
    reconcile(lambda: directory)
    with scope(agency.id), db.atomic():
        post = Membership.select().first()
        services.end_post(Authority.operator(), post.id, post.version)
    reconcile(lambda: directory)
    assert len(directory.members) == 2


def test_a_post_that_ended_by_date_is_noticed(agency, directory):
    reconcile(lambda: directory)
    with scope(agency.id), db.atomic():
        first = Membership.select().first()
        yesterday = today() - timedelta(days=1)
        Membership.update(valid_from=yesterday, valid_to=yesterday).where(Membership.id == first.id).execute()
    jobs.notice_dates()
    reconcile(lambda: directory)
    assert len(directory.members) == 2


def test_what_changed_by_date_in_days_without_a_worker_is_noticed(agency, directory):
    reconcile(lambda: directory)
    jobs.notice_dates()
    reconcile(lambda: directory)
    db.execute_sql("UPDATE tenants.noticed_day SET day = tenants.today() - 10")
    with scope(agency.id), db.atomic():
        first, long_ago = Membership.select().first(), today() - timedelta(days=9)
        Membership.update(valid_from=long_ago, valid_to=long_ago).where(Membership.id == first.id).execute()
        TenantVersion.update(valid_from=today() - timedelta(days=3), name="Sở Y tế mới").execute()
    jobs.notice_dates()
    assert {(task.kind, task.person_id) for task in DirectoryTask.select()} == {
        ("organization", None), ("member", first.person_id)
    }  # fmt: skip
    reconcile(lambda: directory)
    assert len(directory.members) == 2
    assert [each.name for each in directory.organizations.values()] == ["Sở Y tế mới"]
    TenantVersion.update(valid_from=today() - timedelta(days=3)).execute()
    jobs.notice_dates()
    assert DirectoryTask.select().count() == 0  # looked at already


def test_one_reconciler_works_at_a_time(agency, directory):
    inside, go_on = threading.Event(), threading.Event()

    def wait(number):
        inside.set()
        go_on.wait(60)

    directory.before_call = wait

    def first():
        with db.connection_context():
            reconcile(lambda: directory)

    worker = threading.Thread(target=first)
    worker.start()
    assert inside.wait(60)
    with pytest.raises(Busy):
        reconcile(lambda: directory)
    go_on.set()
    worker.join()
    assert DirectoryTask.select().count() == 0


def test_of_a_lost_connection_its_own_error_is_told(agency):
    def work():
        with db.connection_context(), only_one(7, Busy):
            with pytest.raises((OperationalError, InterfaceError)):
                db.execute_sql("SELECT pg_terminate_backend(pg_backend_pid())")
            raise ZeroDivisionError

    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        pool.submit(work).result()
    with only_one(7, Busy):
        pass  # the lock went with the connection


def test_a_thread_has_a_client_of_its_own(agency):
    users: dict[int, set[int]] = {}

    class Client(MemoryDirectory):
        def _called(self):
            users.setdefault(id(self), set()).add(threading.get_ident())
            assert not busy[id(self)].locked()
            with busy[id(self)]:
                time.sleep(0.005)

    busy: dict[int, threading.Lock] = {}

    def make():
        client = Client(organization_ids=shared.organization_ids, subjects=shared.subjects)
        busy[id(client)] = threading.Lock()
        return client

    shared = MemoryDirectory()
    reconcile(make)
    assert 1 <= len(busy) <= reconciler.THREADS


def test_killed_in_the_middle_the_next_run_goes_on(agency, empty):
    program = (
        "import sys, time\nfrom core.db import db\nfrom tests.tenants import stage\nfrom tenants.reconciler import reconcile\n"
        "stage.install(sys.argv[1])\nd = stage.MemoryDirectory()\n"
        "d.before_call = lambda n: (print(n, flush=True), time.sleep(60)) if n == 3 else None\n"
        "with db.connection_context():\n    reconcile(lambda: d)\n"
    )
    with killed_after(program, "3", empty.app_url), pytest.raises(Busy):
        reconcile(MemoryDirectory)
    directory = MemoryDirectory(organization_ids={each.id: each.organization_id for each in Tenant.select()})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(Busy):
            assert reconcile(lambda: directory).left == 0
            break
        time.sleep(0.1)  # PostgreSQL frees a dead process's lock when it notices
    assert len(directory.users) == 3
