"""How long a session lives, and everything that ends it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import structlog.testing
from peewee import ProgrammingError

from core.db import db
from core.jobs import JobError
from sso import api, jobs, plugin, services
from sso.loader import SessionLoader
from sso.services import SignInService
from tenants.models import today
from tests.fakes.fake_op import FakeOp
from tests.sso.browsing import PASSWORD
from tests.sso.site import Site, Visitor

REFRESH_DUE = "6 minutes"


@pytest.fixture
def an(site: Site, fake: FakeOp) -> Visitor:
    """A visitor who is signed in."""
    fake.add("an", PASSWORD)
    site.person("an")
    visitor = site.visitor()
    visitor.sign_in("an")
    return visitor


def load(visitor: Visitor, tenant: str | None = None):
    """Ask as the gate does."""
    with db.connection_context():
        return SessionLoader(api.sign_in()).load(visitor.session, tenant)


def refreshes(fake: FakeOp) -> int:
    return (
        sum(name == "token" for _method, name, _headers in fake.requests) - 1
    )  # the first one redeemed the code


# -- our own limits ----------------------------------------------------------------------------------


def test_a_session_ends_after_half_an_hour_without_a_request(an: Visitor, site: Site) -> None:
    site.let_pass("29 minutes")
    assert an.is_signed_in()
    site.let_pass("29 minutes")
    assert an.is_signed_in()
    site.let_pass("31 minutes")
    assert not an.is_signed_in()


def test_a_session_ends_after_ten_hours_however_busy(an: Visitor, site: Site) -> None:
    for _ in range(21):
        site.let_pass("29 minutes")
        last = an.is_signed_in()
    assert not last


def test_a_request_a_minute_is_all_that_is_written(an: Visitor, site: Site) -> None:
    before = site.sql("SELECT xmin::text FROM sso.session")
    assert an.is_signed_in()
    assert site.sql("SELECT xmin::text FROM sso.session") == before
    site.let_pass("2 minutes")
    an.is_signed_in()
    [(idle,)] = site.sql("SELECT idle_until - now() FROM sso.session")
    assert idle > timedelta(minutes=29)


# -- confirmed at the provider -------------------------------------------------------------------------


def test_a_session_is_confirmed_when_it_is_due_and_not_before(an: Visitor, site: Site, fake: FakeOp) -> None:
    assert an.is_signed_in()
    assert refreshes(fake) == 0
    site.let_pass(REFRESH_DUE)
    assert an.is_signed_in()
    assert an.is_signed_in()
    assert refreshes(fake) == 1


def test_a_session_ended_at_the_provider_ends_here_when_confirmed(
    an: Visitor, site: Site, fake: FakeOp
) -> None:
    [(sid,)] = site.sql("SELECT sid FROM sso.session")
    fake.end(sid)
    site.let_pass(REFRESH_DUE)
    assert not an.is_signed_in()
    assert site.sessions() == ["provider"]


@pytest.mark.parametrize(
    "fault", ["swapped_sub", "swapped_sid", "wrong_aud", "alg_none", "other_key_same_kid"]
)
def test_a_forged_confirmation_ends_the_session(an: Visitor, site: Site, fake: FakeOp, fault: str) -> None:
    site.let_pass(REFRESH_DUE)
    fake.fault = fault
    assert load(an) is None
    assert site.sessions() == ["provider"]


@pytest.mark.parametrize("fault", ["status_500", "status_429", "answer_garbage", "redirects"])
def test_people_at_work_go_on_while_the_provider_is_down(
    an: Visitor, site: Site, fake: FakeOp, fault: str
) -> None:
    site.let_pass(REFRESH_DUE)
    fake.fault = fault
    for _ in range(5):
        assert load(an) is not None
    assert refreshes(fake) == 1, "nobody waits for a silent provider twice a minute"
    site.let_pass("31 minutes")
    assert load(an) is None, "our own limits hold all the same"


@pytest.mark.parametrize("fault", ["unknown_kid", "future_iat", "not_yet", "expired"])
def test_people_at_work_go_on_while_a_key_is_not_read_yet_or_clocks_differ(
    an: Visitor, site: Site, fake: FakeOp, fault: str
) -> None:
    """Neither says anything of the session: the provider has just honoured its grant."""
    site.let_pass(REFRESH_DUE)
    fake.fault = fault
    for _ in range(5):
        assert load(an) is not None
    assert refreshes(fake) == 1
    assert site.sessions() == ["live"]
    fake.fault = ""
    api.sign_in()._silent_until = 0.0
    site.let_pass("2 minutes")
    assert load(an) is not None
    assert refreshes(fake) == 2, "confirmed again once that is over"


def test_forged_logout_tokens_end_no_session_while_the_provider_changes_its_key(
    an: Visitor, site: Site, fake: FakeOp
) -> None:
    assert logout(site, fake.logout_token(fault="unknown_kid", sid="x")).status_code == 400
    fake.rotate()
    assert logout(site, fake.logout_token(fault="unknown_kid", sid="x")).status_code == 400
    site.let_pass(REFRESH_DUE)
    assert load(an) is not None
    assert site.sessions() == ["live"]
    other = site.visitor()
    assert other.sign_in("an").status_code == 303


@pytest.mark.parametrize("fault", ["unauthorized_client", "error_without_name", "another secret"])
def test_people_at_work_go_on_while_the_provider_refuses_our_client(
    an: Visitor, site: Site, fake: FakeOp, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Only `invalid_grant` speaks of the session; the rest is for who runs the platform to mend."""
    site.let_pass(REFRESH_DUE)
    if fault == "another secret":
        monkeypatch.setattr(fake, "client_secret", "changed at the provider alone")
    fake.fault = fault
    with structlog.testing.capture_logs() as told:
        for _ in range(5):
            assert load(an) is not None
    assert refreshes(fake) == 1
    assert site.sessions() == ["live"]
    [line] = [each for each in told if each["event"] == "session.unconfirmed"]
    assert "does not accept our client" in line["why"]
    fake.fault = ""
    monkeypatch.undo()
    api.sign_in()._silent_until = 0.0
    site.let_pass("2 minutes")
    assert load(an) is not None
    assert refreshes(fake) == 2, "confirmed again once that is mended"


def test_a_provider_that_hangs_holds_up_one_request_alone(
    monkeypatch, an: Visitor, site: Site, fake: FakeOp
) -> None:
    site.let_pass(REFRESH_DUE)
    fake.delay = 0.5
    with ThreadPoolExecutor(6) as pool:
        assert all(loaded is not None for loaded in pool.map(lambda _: load(an), range(6)))
    assert refreshes(fake) == 1


def test_the_operator_role_is_lost_when_the_provider_takes_it_away(site: Site, fake: FakeOp) -> None:
    account = fake.add("vanhanh", PASSWORD, roles=("platform-operator",), methods=("pwd", "otp"))
    site.person("vanhanh", operator=True)
    visitor = site.visitor()
    visitor.sign_in("vanhanh")
    assert load(visitor).operator
    account.roles = ()
    site.let_pass(REFRESH_DUE)
    assert not load(visitor).operator
    account.roles = ("platform-operator",)
    site.let_pass(REFRESH_DUE)
    assert not load(visitor).operator, "it comes back with a new sign-in only"


def test_the_operator_role_is_lost_at_once_when_we_take_it_away(site: Site, fake: FakeOp) -> None:
    fake.add("vanhanh", PASSWORD, roles=("platform-operator",), methods=("pwd", "otp"))
    site.person("vanhanh", operator=True)
    visitor = site.visitor()
    visitor.sign_in("vanhanh")
    site.sql("UPDATE tenants.person SET is_operator = false")
    assert not load(visitor).operator


def test_tokens_sealed_with_another_key_end_the_session(an: Visitor, site: Site) -> None:
    site.sql("UPDATE sso.session SET tokens = '\\x00'")
    site.let_pass(REFRESH_DUE)
    assert load(an) is None


def test_tokens_of_one_session_cannot_be_moved_to_another(an: Visitor, site: Site, fake: FakeOp) -> None:
    fake.add("binh", PASSWORD)
    site.person("binh")
    site.visitor().sign_in("binh")
    site.sql("UPDATE sso.session SET tokens = (SELECT tokens FROM sso.session ORDER BY id DESC LIMIT 1)")
    site.let_pass(REFRESH_DUE)
    assert load(an) is None


# -- what a request sees -------------------------------------------------------------------------------


def test_a_person_works_in_all_agencies_with_one_sign_in(an: Visitor, site: Site) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    first, second = site.agency("phuong-a"), site.agency("so-b")
    site.agency("khac")
    site.post(person_id, first, "tenants.admin")
    site.post(person_id, second)
    loaded = load(an, "so-b")
    assert {post.tenant.code: post.roles for post in loaded.posts} == {
        "phuong-a": ("tenants.admin",),
        "so-b": (),
    }
    assert loaded.tenant.id == second
    assert load(an, "khac").tenant is not None, "whether a person belongs there is for the gate to say"
    assert load(an, "khong-co").tenant is None


def test_a_post_counts_from_its_first_day_to_its_last(an: Visitor, site: Site) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    day = timedelta(days=1)
    spans = {"qua": (-9, -1), "nay": (0, 0), "mai": (1, 9), "dang": (-9, 9), "mo": (-9, None)}
    for code, (first, last) in spans.items():
        site.post(
            person_id,
            site.agency(code),
            first=today() + first * day,
            last=None if last is None else today() + last * day,
        )
    assert {post.tenant.code for post in load(an).posts} == {"nay", "dang", "mo"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tenants.membership SET ended_at = now()",
        "UPDATE tenants.membership SET valid_to = tenants.today() - 1",
        "UPDATE tenants.tenant SET status = 'suspended'",
    ],
)
def test_a_post_taken_away_is_gone_at_the_next_request(an: Visitor, site: Site, change: str) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    site.post(person_id, site.agency("phuong-a"))
    assert len(load(an).posts) == 1
    site.sql(change)
    assert load(an).posts == ()


def test_a_suspended_agency_is_found_by_nobody(an: Visitor, site: Site) -> None:
    site.agency("phuong-a")
    site.sql("UPDATE tenants.tenant SET status = 'suspended'")
    with db.connection_context():
        assert SessionLoader(api.sign_in()).tenant("phuong-a") is None
    assert load(an, "phuong-a").tenant is None


def test_a_disabled_person_is_out_at_the_next_request(an: Visitor, site: Site) -> None:
    site.sql("UPDATE tenants.person SET disabled_at = now()")
    assert not an.is_signed_in()


def test_roles_an_agency_made_itself_bring_their_permissions(an: Visitor, site: Site) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    tenant = site.agency("phuong-a")
    other = site.agency("phuong-b")
    for each, permissions in ((tenant, '["example.read", "example.write"]'), (other, '["example.secret"]')):
        site.sql(
            "INSERT INTO tenants.role (tenant_id, id, key, title, permissions) VALUES (%s, gen_random_uuid(), 'own.van-thu', 'Văn thư', %s)",
            each, permissions,
        )  # fmt: skip
    site.post(person_id, tenant, "own.van-thu")
    [post] = load(an).posts
    assert set(post.own_permissions) == {"example.read", "example.write"}


def test_one_statement_tells_who_asks(an: Visitor, site: Site, monkeypatch) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    site.post(person_id, site.agency("phuong-a"))
    statements = []
    original = db.obj.execute_sql
    monkeypatch.setattr(
        db.obj, "execute_sql", lambda sql, *rest: statements.append(sql) or original(sql, *rest)
    )
    assert load(an, "phuong-a").tenant
    assert len(statements) == 1


# -- the application role gains nothing from the look-ups -------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT sso.agency(gen_random_uuid())",
        "SELECT * FROM tenants.membership",
        "SELECT sso.identity((SELECT id FROM tenants.person LIMIT 1), NULL)",
        "SET ROLE lienthong_context",
    ],
)
def test_the_look_ups_are_no_way_around_the_guard(an: Visitor, site: Site, statement: str) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    site.post(person_id, site.agency("phuong-a"))
    with db.connection_context():
        try:
            seen = db.execute_sql(statement).fetchall()
        except ProgrammingError as error:
            assert "permission denied" in str(error)  # noqa: PT017 - seeing nothing is as good as being refused
        else:
            assert seen == []


def test_a_shadowed_name_cannot_mislead_the_look_ups(site: Site) -> None:
    found = site.sql(
        "SELECT proname, proconfig, prosecdef FROM pg_proc WHERE pronamespace = 'sso'::regnamespace"
    )
    assert {name for name, _config, definer in found if definer} == {
        "load_context",
        "load_tenant",
        "load_token",
    }
    assert all(config == ["search_path=pg_catalog, pg_temp"] for _name, config, _definer in found)


# -- back-channel logout -----------------------------------------------------------------------------------


def logout(site: Site, token: str):
    return site.client.simulate_post(
        "/sso/backchannel-logout",
        body=f"logout_token={token}",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def test_a_logout_at_the_provider_ends_the_session_it_names(an: Visitor, site: Site, fake: FakeOp) -> None:
    other = site.visitor()
    other.sign_in("an")
    sid = site.sql("SELECT sid FROM sso.session ORDER BY id")[0][0]
    answer = logout(site, fake.logout_token(sid=sid, sub="anybody"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert not an.is_signed_in()
    assert other.is_signed_in()


def test_a_logout_without_a_session_ends_all_of_the_person(an: Visitor, site: Site, fake: FakeOp) -> None:
    site.visitor().sign_in("an")
    logout(site, fake.logout_token(sub=fake.accounts["an"].subject))
    assert site.sessions() == ["provider", "provider"]


def test_a_logout_token_works_once(an: Visitor, site: Site, fake: FakeOp) -> None:
    token = fake.logout_token(sub=fake.accounts["an"].subject)
    assert logout(site, token).status_code == 200
    an.sign_in("an")
    assert logout(site, token).status_code == 400
    assert an.is_signed_in()


def test_a_logout_of_an_unknown_session_is_taken_quietly(site: Site, fake: FakeOp) -> None:
    assert logout(site, fake.logout_token(sid="unknown")).status_code == 200


@pytest.mark.parametrize(
    "fault", ["alg_none", "other_key_same_kid", "unknown_kid", "tampered", "garbage_token"]
)
def test_a_forged_logout_ends_nothing(an: Visitor, site: Site, fake: FakeOp, fault: str) -> None:
    assert logout(site, fake.logout_token(fault=fault, sub=fake.accounts["an"].subject)).status_code == 400
    assert an.is_signed_in()


def test_an_id_token_is_no_logout_token(an: Visitor, site: Site, fake: FakeOp) -> None:
    [(session_id, tokens)] = site.sql("SELECT id, tokens FROM sso.session")
    id_token = api.sign_in()._vault.open(bytes(tokens), session_id.bytes)["id"]
    assert logout(site, id_token).status_code == 400
    assert an.is_signed_in()


@pytest.mark.parametrize(
    "body", ["", "logout_token=", "other=x", "logout_token=a&logout_token=b", "\xff" * 100]
)
def test_nonsense_is_refused(site: Site, body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        site.client.simulate_post(
            "/sso/backchannel-logout", body=body.encode("latin-1"), headers=headers
        ).status_code
        == 400
    )


def test_a_logout_is_not_taken_from_a_page_of_another_site(an: Visitor, site: Site, fake: FakeOp) -> None:
    token = fake.logout_token(sub=fake.accounts["an"].subject)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
    assert (
        site.client.simulate_post(
            "/sso/backchannel-logout", body=f"logout_token={token}", headers=headers
        ).status_code
        == 403
    )


# -- ended by people ---------------------------------------------------------------------------------------


def run_jobs(site: Site) -> None:
    """Do what the worker would do for sign-in."""
    for task, args in site.sql("SELECT task_name, args FROM jobs.procrastinate_jobs WHERE status = 'todo'"):
        assert task == "sso.end_at_provider"
        with db.connection_context():
            jobs.end_at_provider(**args)


def test_a_person_ends_another_device_of_theirs_for_good(an: Visitor, site: Site) -> None:
    other = site.visitor()
    other.sign_in("an")
    first, second = (row[0] for row in site.sql("SELECT id FROM sso.session ORDER BY id"))
    assert an.post(f"/sso/devices/{second}/end").headers["location"] == "/sso/devices"
    assert an.is_signed_in()
    assert not other.is_signed_in()
    assert "password" in other.provider.open(other.begin()).page.text, (
        "its browser must ask for the password again"
    )
    assert site.sql("SELECT id FROM sso.session WHERE tokens IS NULL") == [(second,)]
    run_jobs(site)
    assert first != second


def test_ending_a_session_never_takes_the_reader_s_own_along(an: Visitor, site: Site, fake: FakeOp) -> None:
    """A browser that lost our cookie and came back has two sessions of ours on one at the provider."""
    an.cookies.clear()
    an.sign_in("an")
    an.post("/sso/devices/end-others")
    assert site.sessions() == ["ended_by_person", "live"]
    site.let_pass(REFRESH_DUE)
    assert an.is_signed_in()


def test_a_person_ends_all_other_devices(an: Visitor, site: Site) -> None:
    others = [site.visitor() for _ in range(3)]
    for each in others:
        each.sign_in("an")
    an.post("/sso/devices/end-others")
    assert an.is_signed_in()
    assert [each.is_signed_in() for each in others] == [False] * 3


def test_a_person_cannot_end_somebody_else_s_session(an: Visitor, site: Site, fake: FakeOp) -> None:
    fake.add("binh", PASSWORD)
    site.person("binh")
    binh = site.visitor()
    binh.sign_in("binh")
    an.post(f"/sso/devices/{site.sql('SELECT id FROM sso.session ORDER BY id')[1][0]}/end")
    assert binh.is_signed_in()


def test_an_operator_ends_the_sessions_of_a_person(an: Visitor, site: Site, fake: FakeOp) -> None:
    fake.add("vanhanh", PASSWORD, roles=("platform-operator",), methods=("pwd", "otp"))
    site.person("vanhanh", operator=True)
    operator = site.visitor()
    operator.sign_in("vanhanh")
    [(person_id,)] = site.sql("SELECT id FROM tenants.person WHERE username = 'an'")
    assert operator.post(f"/admin/people/{person_id}/sessions").status_code == 303
    assert not an.is_signed_in()
    assert operator.is_signed_in()
    assert [row[0] for row in site.sql("SELECT event FROM core.audit_entry")] == ["sso.sessions_ended"]
    run_jobs(site)
    assert "password" in an.provider.open(an.begin()).page.text


def test_locking_an_account_ends_its_sessions_for_good(an: Visitor, site: Site, fake: FakeOp) -> None:
    fake.add("vanhanh", PASSWORD, roles=("platform-operator",), methods=("pwd", "otp"))
    site.person("vanhanh", operator=True)
    operator = site.visitor()
    operator.sign_in("vanhanh")
    [(person_id,)] = site.sql("SELECT id FROM tenants.person WHERE username = 'an'")
    assert operator.post(f"/admin/people/{person_id}/disable").status_code == 303
    assert not an.is_signed_in()
    assert site.sessions() == ["disabled", "live"]
    site.sql("UPDATE tenants.person SET disabled_at = NULL")
    assert not an.is_signed_in(), "a session that ended stays ended"
    assert "password" in an.provider.open(an.begin()).page.text


def test_operators_see_whether_the_sign_in_server_answers(site: Site, fake: FakeOp) -> None:
    assert plugin._provider_health().ok
    fake.fault = "metadata_garbage"
    assert not plugin._provider_health().ok


def test_operators_see_that_a_sign_in_form_ends_too_soon_or_that_the_client_is_refused(
    site: Site, fake: FakeOp
) -> None:
    fake.form_lifetime = 60
    health = plugin._provider_health()
    assert not health.ok
    assert "60 giây" in health.detail
    assert "parRequestUriLifespan" in health.detail
    fake.fault = "unauthorized_client"
    health = plugin._provider_health()
    assert not health.ok
    assert "LIENTHONG_OIDC_CLIENT_SECRET" in health.detail


def test_ending_at_the_provider_is_tried_again_when_it_is_down(an: Visitor, site: Site, fake: FakeOp) -> None:
    other = site.visitor()
    other.sign_in("an")
    fake.fault = "metadata_garbage"
    api.sign_in().provider._metadata_until = 0.0
    an.post("/sso/devices/end-others")
    assert not other.is_signed_in()
    with pytest.raises(JobError):
        run_jobs(site)
    fake.fault = ""
    run_jobs(site)
    run_jobs(site)
    assert "password" in other.provider.open(other.begin()).page.text


def test_what_is_over_is_forgotten(an: Visitor, site: Site, fake: FakeOp) -> None:
    an.begin()
    logout(site, fake.logout_token(sid="x"))
    site.sql("UPDATE sso.sign_in_attempt SET expires_at = now() - interval '1 second'")
    site.sql("UPDATE sso.logout_token SET expires_at = now() - interval '1 second'")
    with db.connection_context(), db.atomic():
        services.purge()
    assert site.sql(
        "SELECT (SELECT count(*) FROM sso.sign_in_attempt), (SELECT count(*) FROM sso.logout_token)"
    ) == [(0, 0)]
    assert site.sessions() == ["live"]
    site.let_pass("31 days")
    with db.connection_context(), db.atomic():
        services.purge()
    assert site.sessions() == []


# -- many at once ------------------------------------------------------------------------------------------


def test_sixty_four_people_at_once_are_never_mixed_up(site: Site, fake: FakeOp) -> None:
    people = [f"nguoi{number:02}" for number in range(64)]
    visitors = {}
    for name in people:
        fake.add(name, PASSWORD)
        site.person(name)
        visitors[name] = site.visitor()
    wrong: list[str] = []
    together = threading.Barrier(64)

    def work(name: str) -> None:
        visitor = visitors[name]
        together.wait()
        visitor.sign_in(name)
        for round_number in range(4):
            if round_number == 2:
                with site_lock:
                    site.sql(
                        "UPDATE sso.session SET refresh_at = now() WHERE token_hash = %s",
                        services.digest(visitor.session),
                    )
            loaded = load(visitor)
            if loaded is None or loaded.person.username != name:
                wrong.append(f"{name} became {loaded.person.username if loaded else 'nobody'}")

    site_lock = threading.Lock()
    db.obj._max_connections = 80
    api.sign_in().provider._http.timeout = 60  # this is about mixing people up, not about being quick
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(work, people))
    assert wrong == []
    stored = site.sql(
        "SELECT p.username, s.subject FROM sso.session s JOIN tenants.person p ON p.id = s.person_id"
    )
    assert dict(stored) == {name: fake.accounts[name].subject for name in people}


def test_nobody_ends_the_sessions_of_the_whole_installation() -> None:
    with pytest.raises(ValueError, match="name whose"):
        SignInService.end(object.__new__(SignInService), "provider")


# -- asked by pages that stay open ---------------------------------------------------------------------


def test_an_open_page_learns_whose_session_there_is_and_nothing_once_it_has_ended(
    an: Visitor, site: Site
) -> None:
    told = an.get("/sso/session").json
    assert f'data-lt-who="{told["who"]}"' in an.get("/sso/devices").text
    assert told["token"] == an.form_token()
    site.let_pass("31 minutes")
    ended = an.get("/sso/session")
    assert (ended.status_code, ended.json) == (200, {"who": "", "token": ""})
    assert ended.headers["cache-control"] == "no-store"


def test_two_people_are_told_apart(an: Visitor, site: Site, fake: FakeOp) -> None:
    fake.add("be", PASSWORD)
    site.person("be")
    be = site.visitor()
    be.sign_in("be")
    assert an.get("/sso/session").json["who"] != be.get("/sso/session").json["who"]
