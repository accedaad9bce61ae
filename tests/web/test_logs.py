"""Logs and figures: enough to find a fault by the number somebody reads out, and nothing about anybody."""

import re

import pytest
import structlog
from falcon.testing import create_environ

from core.logging import configure_logging
from core.web.middleware import new_request_id
from tenants.upkeep.migrations import MigrationSet
from tests.web.conftest import HERE, SECRET

NOTES = f"/t/{HERE.code}/trial/"
ID = re.compile(r"[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{4}")


def test_one_line_per_request_without_its_address(site):
    answer = site.get(f"{NOTES}echo", params={"q": "Nguyễn Văn An"})
    (line,) = site.logged()
    assert line.pop("ms") >= 0
    line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": answer.headers["X-Request-Id"],
        "route": "trial.echo",
        "method": "GET",
        "status": 200,
        "tenant": HERE.code,
    }


@pytest.mark.parametrize(
    "kind", ["bug", "chain", "commit", "number", "template", "forbidden", "conflict", "invalid"]
)
@pytest.mark.parametrize("area", ["/t", "/api/v1/t"])
def test_nothing_personal_is_logged_whatever_happens(site, kind, area):
    site.post(
        f"{area}/{HERE.code}/trial/trouble/{kind}",
        {"title": "Trần Thị Bình", "q": "0905"},
        query_string="ten=Trần",
    )
    site.post(NOTES, {"title": "Trần Thị Bình"}, None)
    site.get(f"{NOTES}?ten=Tr%E1%BA%A7n", None)
    # A moment's microseconds may spell any number.
    text = re.sub(r'"timestamp": "[^"]*"', "", site._log.getvalue())
    person = site.loader.people["clerk"].person
    for secret in (
        "Nguyễn",
        "0912",
        "Trần",
        "Tr\\u1ea7n",
        "0905",
        "dở dang",
        "d\\u1edf dang",
        person.full_name,
        person.username,
        str(person.id),
        "=clerk",
        SECRET,
        "1000000000000",
    ):
        assert secret not in text, text


def test_an_error_of_ours_is_logged_with_its_place(site):
    answer = site.get(f"{NOTES}trouble/chain")
    failed, request = site.logged()
    assert (failed["event"], failed["level"], failed["route"]) == ("request.failed", "error", "trial.trouble")
    assert failed["request_id"] == request["request_id"] == answer.headers["X-Request-Id"]
    trace = failed["exception"].splitlines()
    assert trace[0] == "builtins.RuntimeError"
    assert any("trial/plugin.py" in line and "fail_in_a_chain" in line for line in trace)
    assert (
        "peewee.IntegrityError: sqlstate=23505: schema_name=trial: table_name=note: constraint_name=note_pkey"
        in trace
    )


def test_what_visitors_do_wrong_is_no_error_of_ours(site):
    for path in (f"{NOTES}trouble/forbidden", f"{NOTES}trouble/invalid", "/nowhere", NOTES + "x"):
        site.get(path)
    assert {line["level"] for line in site.logged()} == {"info"}


def test_a_value_the_database_could_not_take_is_noted(site):
    site.get(f"{NOTES}trouble/number")
    assert site.logged()[0]["event"] == "request.unchecked_value"


def test_a_log_line_cannot_be_forged(site):
    site.request(
        "GET",
        "/t/x%0a%7B%22event%22:%22forged%22%7D/trial",
        None,
        headers={"User-Agent": 'x\\n{"event":"forged"}'},
    )
    assert [line["event"] for line in site.logged()] == ["request"]


def test_request_ids_are_short_and_different():
    ids = {new_request_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert all(ID.fullmatch(each) for each in ids)


def test_secrets_are_hidden_by_their_name(site):
    structlog.get_logger().info(
        "x",
        password="p",
        client_secret="s",
        session_token="t",
        otp="1",
        Authorization="a",
        cookie="c",
        tenant="huế",
    )
    (line,) = site.logged()
    assert {
        line[name]
        for name in ("password", "client_secret", "session_token", "otp", "Authorization", "cookie")
    } == {"•••"}
    assert line["tenant"] == "huế"


def test_developers_see_whole_traces_without_passwords(site, capsys):
    configure_logging(plain=True, stream=site._log)
    structlog.configure(cache_logger_on_first_use=False)
    error = ValueError("postgresql://lienthong_app:hunter2@localhost/lienthong does not answer An")
    structlog.get_logger().error("broken", exc_info=error)
    text = site._log.getvalue()
    assert "does not answer An" in text
    assert "hunter2" not in text


class TestFigures:
    def sample(self, site, name, **labels):
        text = site.get("/metrics", None).text
        wanted = "{" + ",".join(f'{key}="{value}"' for key, value in sorted(labels.items())) + "}"
        found = re.search(rf"^{name}{re.escape(wanted)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def test_requests_are_counted_by_route_and_status(self, site):
        labels = {"route": "trial.notes", "method": "GET", "status": "403"}
        before = self.sample(site, "lienthong_requests_total", **labels)
        site.get(NOTES, "nobody")
        assert self.sample(site, "lienthong_requests_total", **labels) == before + 1

    def test_nobody_can_make_up_lines(self, site):
        for number in range(20):
            environ = create_environ(path=f"/made/up/{number}") | {"REQUEST_METHOD": f"MADEUP{number}"}
            list(site.app(environ, lambda *args: None))
        text = site.get("/metrics", None).text
        assert "MADEUP" not in text
        assert "made/up" not in text

    def test_failing_hooks_are_counted_by_module(self, site):
        assert "lienthong_hook_failures_total" in site.get("/metrics", None).text


class TestSignsOfLife:
    def test_alive_without_a_database(self, site, monkeypatch):
        monkeypatch.setattr("core.db.database.AppDatabase.connect", lambda *args: 1 / 0)
        assert site.get("/healthz", None).text == "ok"
        answer = site.get("/readyz", None)
        assert (answer.status_code, answer.json) == (
            503,
            {"ready": False, "trouble": "the database does not answer"},
        )
        assert answer.headers["Retry-After"] == "10"

    def test_ready_when_all_migrations_are_applied(self, site, stage, tmp_path, monkeypatch):
        ready = site.get("/readyz", None)
        assert ready.json == {"ready": True}
        assert "Retry-After" not in ready.headers
        (tmp_path / "0001_more.py").write_text("def up(migrator, db): pass\n")
        monkeypatch.setattr(
            "tenants.resources.platform.migration_sets", lambda modules: [MigrationSet("trial", tmp_path)]
        )
        assert site.get("/readyz", None).json == {
            "ready": False,
            "trouble": "migrations are pending: trial/0001_more",
        }
