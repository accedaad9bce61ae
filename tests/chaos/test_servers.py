"""Servers die under load: no wrong answer, nothing acknowledged is lost, and everything comes back by itself."""

import os
import re
import signal
import threading
import time

import psycopg2
import pytest
import requests

from core.web.request import SESSION_COOKIE
from tests.chaos.conftest import Installation
from tests.chaos.load import Load

pytestmark = pytest.mark.chaos


def signed_in(web: Installation, path: str = "", **options) -> requests.Response:
    """Open a page as the first officer."""
    officer = web.officers[0]
    cookies = {"Cookie": f"{SESSION_COOKIE}={officer.token}"}
    return requests.get(
        f"{web.url}/t/{officer.agency.info.code}/{path}", headers=cookies, allow_redirects=False, **options
    )


def wait_for(condition, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def test_postgresql_crashes_twice(web):
    load = Load(web)
    with load.at_work():
        for _ in range(2):
            before = load.count(201)
            wait_for(lambda at=before: load.count(201) > at + 20)
            web.restart_postgres()
            before = load.count(201)
            wait_for(lambda at=before: load.count(201) > at + 20)
    assert load.count(503) > 0
    assert load.broken == 0
    load.check()


def test_web_processes_are_killed(web):
    load = Load(web)
    with load.at_work():
        for _ in range(3):
            before = load.count(201)
            wait_for(lambda at=before: load.count(201) > at + 20)
            victim = web.web_workers()[0]
            os.kill(victim, signal.SIGKILL)
            wait_for(lambda gone=victim: gone not in web.web_workers() and len(web.web_workers()) == 2)
    assert load.broken > 0
    assert load.count(503) == 0
    load.check()


def test_the_whole_web_is_killed_and_started_again(web):
    load = Load(web)
    with load.at_work():
        wait_for(lambda: load.count(201) > 20)
        os.killpg(web.web.pid, signal.SIGKILL)
        web.stop_web()  # takes notice of the death
        web.start_web()
        before = load.count(201)
        wait_for(lambda: load.count(201) > before + 20)
    load.check()
    assert web.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%' AND xact_start < now() - interval '30 s'"
    ) == [(0,)]


def test_a_database_that_stays_away_is_said_so_at_once_and_found_again(web):
    pid = web.cluster.service.pid
    os.kill(pid, signal.SIGQUIT)
    wait_for(lambda: web.cluster.service.pid is None)
    try:
        began = time.monotonic()
        page = signed_in(web, "example")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
        assert "Hệ thống đang tạm gián đoạn" in page.text
        assert requests.get(f"{web.url}/healthz", timeout=20).text == "ok"
        ready = requests.get(f"{web.url}/readyz", timeout=10)
        assert (ready.status_code, ready.json()["trouble"]) == (503, "the database does not answer")
        assert time.monotonic() - began < 20
    finally:
        web.cluster.start(web.cluster.port)
    web.wait_until_ready()
    assert signed_in(web, "example").status_code == 200


def test_a_web_process_that_starts_while_the_database_is_away_waits_for_it(web):
    """gunicorn gives up altogether when a process of its cannot start, so starting must not need PostgreSQL."""
    pid, victims = web.cluster.service.pid, web.web_workers()
    os.kill(pid, signal.SIGQUIT)
    wait_for(lambda: web.cluster.service.pid is None)
    try:
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        wait_for(lambda: not set(victims) & set(web.web_workers()) and len(web.web_workers()) == 2)
        wait_for(lambda: signed_in(web, "example").status_code == 503)
    finally:
        web.cluster.start(web.cluster.port)
    web.wait_until_ready()
    assert signed_in(web, "example").status_code == 200


def test_a_stuck_database_holds_as_many_requests_as_it_has_connections(installation):
    """One connection for four threads: who waits too long for it is told so, and nobody waits for ever."""
    installation.start_web(workers=1, POOL_SIZE="1")
    blocker = psycopg2.connect(installation.database.admin_url)
    answers: list[tuple[int, float]] = []

    def ask() -> None:
        began = time.monotonic()
        answers.append((signed_in(installation, "example", timeout=30).status_code, time.monotonic() - began))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    try:
        with blocker.cursor() as cursor:
            cursor.execute("LOCK TABLE example.note IN ACCESS EXCLUSIVE MODE")
            for thread in threads:
                thread.start()
            wait_for(lambda: len(answers) == 3)
            assert requests.get(f"{installation.url}/healthz", timeout=20).text == "ok"
            blocker.rollback()
        for thread in threads:
            thread.join(30)
        assert sorted(status for status, _ in answers) == [200, 503, 503, 503]
        assert max(seconds for status, seconds in answers if status == 503) < 20
        assert signed_in(installation, "example").status_code == 200
    finally:
        blocker.close()
        installation.stop_web()


def test_without_keycloak_who_is_signed_in_goes_on_and_nobody_else_gets_in(web):
    """Nothing answers at the address of Keycloak; a session that is due to be confirmed there is believed for now."""
    web.sql("UPDATE sso.session SET refresh_at = now() - interval '1 second'")
    assert signed_in(web, "example").status_code == 200
    began = time.monotonic()
    answer = requests.get(f"{web.url}/sso/login?return_to=/", allow_redirects=False, timeout=30)
    assert answer.status_code == 503
    assert "text/html" in answer.headers["Content-Type"]
    assert time.monotonic() - began < 20
    assert requests.get(f"{web.url}/t/x/example", allow_redirects=False, timeout=20).status_code == 303


def test_the_figures_are_those_of_all_web_processes(web):
    def counted() -> float:
        text = requests.get(f"{web.url}/metrics", timeout=20).text
        line = r'^lienthong_requests_total\{method="GET",route="tenants.healthz",status="200"\} (\S+)$'
        return float(re.search(line, text, re.MULTILINE)[1])

    for _ in range(40):
        assert requests.get(f"{web.url}/healthz", timeout=20).ok
    assert {counted() for _ in range(6)} == {40.0}


def test_a_restart_leaves_no_request_unanswered(web):
    """gunicorn takes new programs in on HUP while people work."""
    load = Load(web)
    with load.at_work(people=4):
        wait_for(lambda: load.count(201) > 20)
        before = set(web.web_workers())
        os.kill(web.web.pid, signal.SIGHUP)
        wait_for(lambda: not before & set(web.web_workers()), 90)
        after = load.count(201)
        wait_for(lambda: load.count(201) > after + 20)
    load.check()
    assert load.count(503) == 0
