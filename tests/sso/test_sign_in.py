"""Signing in and out through our own pages, with an honest provider and dishonest visitors."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from core.web.request import SESSION_COOKIE
from tenants.models import today
from tests.fakes.fake_op import FakeOp
from tests.sso.browsing import PASSWORD, PUBLIC_URL
from tests.sso.site import Site, Visitor


@pytest.fixture
def an(site: Site, fake: FakeOp) -> Visitor:
    """A visitor whose account and person exist."""
    fake.add("an", PASSWORD)
    site.person("an")
    return site.visitor()


def test_a_page_asked_for_comes_back_after_signing_in(an: Visitor) -> None:
    sent_away = an.get("/sso/devices?x=1")
    assert sent_away.headers["location"] == "/sso/login?return_to=%2Fsso%2Fdevices%3Fx%3D1"
    answer = an.sign_in("an", "/sso/devices?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sso/devices?x=1"
    assert an.is_signed_in()


def test_a_window_that_signs_in_for_an_open_page_ends_where_it_says_so(an: Visitor) -> None:
    answer = an.sign_in("an", "/sso/signed-in")
    assert answer.headers["location"] == "/sso/signed-in"
    assert "Người an" in an.get("/sso/signed-in").text


def test_the_session_cookie_is_as_strict_as_the_return_allows(an: Visitor) -> None:
    cookie = an.sign_in("an").cookies[SESSION_COOKIE]
    assert cookie.secure
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.path == "/"
    assert cookie.domain is None
    assert cookie.max_age is None
    assert len(cookie.value) >= 43


def test_the_database_holds_neither_session_token_nor_tokens_in_clear(an: Visitor, site: Site) -> None:
    an.sign_in("an")
    stored = b"".join(bytes(each) for each in site.sql("SELECT token_hash, tokens FROM sso.session")[0])
    assert an.session.encode() not in stored
    assert b"eyJ" not in stored


@pytest.mark.parametrize(
    "target",
    ["https://khac.example/", "//khac.example", "/\\khac.example", "javascript:alert(1)", "/a\r\nX: y", "\\\\khac", "",
     "/sso/login", "/sso/callback?state=x", "x", "/" + "a" * 3000],
)  # fmt: skip
def test_nobody_is_led_away_after_signing_in(an: Visitor, target: str) -> None:
    assert an.sign_in("an", target).headers["location"] == "/"


def test_somebody_signed_in_is_not_asked_again(an: Visitor) -> None:
    an.sign_in("an")
    answer = an.get("/sso/login?return_to=/sso/devices")
    assert answer.headers["location"] == "/sso/devices"


def test_two_tabs_sign_in_at_once(an: Visitor) -> None:
    first, second = an.begin("/sso/devices?tab=1"), an.begin("/sso/devices?tab=2")
    answers = [an.provider.sign_in(url, "an", PASSWORD) for url in (first, second)]
    assert an.callback(**answers[1]).headers["location"] == "/sso/devices?tab=2"
    assert an.callback(**answers[0]).headers["location"] == "/sso/devices?tab=1"
    assert an.is_signed_in()


def test_many_open_tabs_do_not_make_requests_grow_for_ever(an: Visitor) -> None:
    for _ in range(30):
        an.begin()
    assert len([name for name in an.cookies if "signin" in name]) <= 9
    assert an.sign_in("an").status_code == 303


# -- forged and stale answers -------------------------------------------------------------------------


def test_an_answer_works_once(an: Visitor) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    assert an.callback(**answer).status_code == 303
    thief = an.site.visitor()
    assert thief.callback(**answer).status_code == 400
    assert not thief.is_signed_in()


def test_an_answer_is_worth_nothing_in_another_browser(an: Visitor) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    other = an.site.visitor()
    other.begin()
    refused = other.callback(**answer)
    assert refused.status_code == 400
    assert "Lượt đăng nhập này đã cũ" in refused.text
    assert other.session is None


def test_a_stolen_cookie_does_not_revive_a_spent_state(an: Visitor) -> None:
    url = an.begin()
    cookies = dict(an.cookies)
    answer = an.provider.sign_in(url, "an", PASSWORD)
    an.callback(**answer)
    again = an.site.visitor()
    again.cookies = cookies
    assert again.callback(**answer).status_code == 400


def test_a_code_of_somebody_else_under_our_state_is_refused(an: Visitor, fake: FakeOp, site: Site) -> None:
    """The classic cross-site request forgery on the callback, and code injection."""
    fake.add("ke-gian", PASSWORD)
    site.person("ke-gian")
    attacker = site.visitor()
    stolen = attacker.provider.sign_in(attacker.begin(), "ke-gian", PASSWORD)
    own = an.provider.sign_in(an.begin(), "an", PASSWORD)
    assert an.callback(**{**own, "code": stolen["code"]}).status_code == 400
    assert not an.is_signed_in()


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://khac.example/realms/fake"}, {"iss": None}, {"code": None}, {"code": ""}, {"error": "access_denied"},
        {"access_token": "x"}, {"id_token": "x"}, {"state": None}, {"state": "x"}, {"code": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_answer_is_no_sign_in(an: Visitor, change: dict[str, str | None]) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD) | change
    refused = an.callback(**{key: value for key, value in answer.items() if value is not None})
    assert refused.status_code == 400
    assert not an.is_signed_in()


def test_a_parameter_given_twice_is_no_sign_in(an: Visitor) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    assert an.get(f"/sso/callback?{urlencode(answer)}&state={answer['state']}").status_code == 400
    assert not an.is_signed_in()


def test_an_attempt_ends_after_half_an_hour(an: Visitor, site: Site) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    site.sql("UPDATE sso.sign_in_attempt SET expires_at = now()")
    assert an.callback(**answer).status_code == 400


def test_the_back_button_after_signing_in_does_no_harm(an: Visitor) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    an.callback(**answer)
    assert an.callback(**answer).headers["location"] == "/"
    assert an.is_signed_in()


@pytest.mark.parametrize("fault", ["alg_none", "wrong_aud", "other_key_same_kid", "expired", "wrong_nonce"])
def test_a_forged_token_is_no_sign_in(an: Visitor, fake: FakeOp, fault: str) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    fake.fault = fault
    refused = an.callback(**answer)
    fake.fault = ""
    assert refused.status_code == 400
    assert not an.is_signed_in()
    assert an.callback(**answer).status_code == 400, "the attempt is spent"


def test_a_key_that_is_not_read_yet_is_a_sign_in_to_try_again(an: Visitor, fake: FakeOp) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    fake.fault = "unknown_kid"
    refused = an.callback(**answer)
    assert refused.status_code == 503
    assert "Chưa đăng nhập mới được lúc này" in refused.text
    assert not an.is_signed_in()


def test_a_refusal_of_our_client_is_no_sign_in(an: Visitor, fake: FakeOp) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    fake.fault = "unauthorized_client"
    refused = an.callback(**answer)
    fake.fault = ""
    assert refused.status_code == 400
    assert not an.is_signed_in()


# -- sessions that were not asked for -------------------------------------------------------------------


def test_a_planted_session_does_not_become_anybody_s(an: Visitor, site: Site) -> None:
    an.cookies[SESSION_COOKIE] = planted = "A" * 43
    an.sign_in("an")
    assert an.session != planted
    thief = site.visitor()
    thief.cookies[SESSION_COOKIE] = planted
    assert not thief.is_signed_in()


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(an: Visitor, site: Site) -> None:
    url = an.begin()
    an.sign_in("an")
    first = an.session
    an.come_back(url, "an")
    assert an.session != first
    assert site.sessions() == ["replaced", "live"]
    an.cookies[SESSION_COOKIE] = first
    assert not an.is_signed_in()


def test_two_session_cookies_are_none(an: Visitor, site: Site) -> None:
    an.sign_in("an")
    header = f"{SESSION_COOKIE}={an.session}; {SESSION_COOKIE}={'A' * 43}"
    answer = site.client.simulate_get("/sso/devices", headers={"Cookie": header, "Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sso/login?return_to=%2Fsso%2Fdevices")


@pytest.mark.parametrize("value", ["", "x", "A" * 43, "A" * 10_000, "é" * 43, "'; DROP TABLE sso.session --"])
def test_a_made_up_session_is_nobody(site: Site, value: str) -> None:
    visitor = site.visitor()
    visitor.cookies[SESSION_COOKIE] = value
    assert not visitor.is_signed_in()


# -- people ----------------------------------------------------------------------------------------------


def test_an_account_nobody_registered_is_told_so_and_let_go(site: Site, fake: FakeOp) -> None:
    fake.add("la", PASSWORD)
    fake.add("an", PASSWORD)
    site.person("an")
    visitor = site.visitor()
    refused = visitor.sign_in("la")
    assert refused.status_code == 403
    assert "Tài khoản chưa được cấp vị trí" in refused.text
    assert visitor.session is None
    # The provider's session is over too, so that another account can be used in this browser.
    assert visitor.sign_in("an").status_code == 303


def test_a_person_is_tied_to_the_first_account_of_their_name_for_good(
    an: Visitor, site: Site, fake: FakeOp
) -> None:
    an.sign_in("an")
    assert site.sql("SELECT issuer, subject FROM tenants.person") == [
        (fake.issuer, fake.accounts["an"].subject)
    ]
    fake.add("an", PASSWORD, subject="another account under the same name")
    assert site.visitor().sign_in("an").status_code == 403


def test_a_renamed_account_is_still_the_same_person(site: Site, fake: FakeOp) -> None:
    account = fake.add("ten-moi", PASSWORD)
    site.person("ten-cu", subject=account.subject)
    assert site.visitor().sign_in("ten-moi").status_code == 303


def test_an_account_cannot_claim_a_person_of_another_account(site: Site, fake: FakeOp) -> None:
    fake.add("binh", PASSWORD)
    site.person("binh", subject="somebody else")
    assert site.visitor().sign_in("binh").status_code == 403


def test_a_disabled_person_cannot_sign_in(an: Visitor, site: Site) -> None:
    site.sql("UPDATE tenants.person SET disabled_at = now()")
    refused = an.sign_in("an")
    assert refused.status_code == 403
    assert "đã bị khoá" in refused.text


def test_a_person_without_a_post_is_told_what_will_come(an: Visitor, site: Site) -> None:
    [(person_id,)] = site.sql("SELECT id FROM tenants.person")
    agency = site.agency("so-y-te")
    site.post(person_id, agency, first=today() + timedelta(days=7))
    an.sign_in("an", "/")
    assert an.get("/").headers["location"] == "/sso/no-post"
    page = an.get("/sso/no-post")
    assert page.status_code == 200
    assert "so-y-te" in page.text


# -- operators -------------------------------------------------------------------------------------------


def test_an_operator_without_a_second_factor_is_asked_for_it_once(site: Site, fake: FakeOp) -> None:
    account = fake.add("vanhanh", PASSWORD, roles=("platform-operator",))
    site.person("vanhanh", operator=True)
    visitor = site.visitor()
    again = visitor.sign_in("vanhanh")
    assert urlsplit(again.headers["location"]).path.endswith("/auth")
    assert visitor.session is None
    account.methods = ("pwd", "otp")
    assert "password" in visitor.provider.open(again.headers["location"]).page.text
    visitor.provider.submit(username="vanhanh", password=PASSWORD)
    assert visitor.callback(**visitor.provider.answer).status_code == 303
    assert site.sql("SELECT operator FROM sso.session") == [(True,)]


def test_without_a_second_factor_an_operator_is_an_ordinary_person(site: Site, fake: FakeOp) -> None:
    fake.add("vanhanh", PASSWORD, roles=("platform-operator",))
    site.person("vanhanh", operator=True)
    visitor = site.visitor()
    visitor.come_back(visitor.sign_in("vanhanh").headers["location"], "vanhanh")
    assert visitor.is_signed_in()
    assert site.sql("SELECT operator FROM sso.session") == [(False,)]


@pytest.mark.parametrize(("role", "registered", "status"), [(True, False, 404), (False, True, 403)])
def test_operators_are_those_whom_both_sides_call_so(
    site: Site, fake: FakeOp, role: bool, registered: bool, status: int
) -> None:
    fake.add("vanhanh", PASSWORD, roles=("platform-operator",) if role else (), methods=("pwd", "otp"))
    person_id = site.person("vanhanh", operator=registered)
    other = site.person("khac")
    visitor = site.visitor()
    visitor.sign_in("vanhanh")
    assert visitor.post(f"/admin/people/{other}/sessions").status_code == status
    assert person_id != other


# -- leaving ---------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_here_and_at_the_provider(an: Visitor, site: Site) -> None:
    an.sign_in("an")
    cookie = an.session
    answer = an.post("/sso/logout")
    location = urlsplit(answer.headers["location"])
    assert location.path.endswith("/logout")
    query = parse_qs(location.query)
    assert query["post_logout_redirect_uri"] == [f"{PUBLIC_URL}/sso/signed-out"]
    assert query["client_id"] == ["lienthong"]
    assert an.session is None
    assert site.sessions() == ["signed_out"]
    an.cookies[SESSION_COOKIE] = cookie
    assert not an.is_signed_in()
    an.provider.open(answer.headers["location"])
    assert "password" in an.provider.open(an.begin()).page.text
    assert "Bạn đã đăng xuất" in an.get("/sso/signed-out").text


def test_signing_out_needs_the_form_s_token(an: Visitor, site: Site) -> None:
    an.sign_in("an")
    assert an.post("/sso/logout", token="").status_code == 403
    assert site.sessions() == ["live"]


def test_what_is_kept_about_people_is_told_before_they_sign_in(site: Site) -> None:
    page = site.visitor().get("/sso/privacy")
    assert page.status_code == 200
    assert "Trung tâm Chuyển đổi số" in page.text
    assert "30 ngày" in page.text


def test_signing_out_twice_or_never_signed_in_does_no_harm(site: Site) -> None:
    assert site.visitor().post("/sso/logout").headers["location"] == "/sso/signed-out"


def test_signing_out_while_the_provider_is_down_is_finished_later(
    an: Visitor, site: Site, fake: FakeOp
) -> None:
    an.sign_in("an")
    fake.fault = "metadata_garbage"
    token = an.form_token()
    answer = an.post("/sso/logout", token=token)
    assert answer.headers["location"] == "/sso/signed-out?later=1"
    assert site.sessions() == ["signed_out"]
    assert site.sql("SELECT task_name FROM jobs.procrastinate_jobs") == [("sso.end_at_provider",)]
    assert "sẽ được báo sau" in an.get("/sso/signed-out?later=1").text


# -- the provider is down ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["status_500", "answer_garbage", "metadata_garbage", "redirects"])
def test_nobody_can_sign_in_while_the_provider_is_down_and_is_told(
    an: Visitor, fake: FakeOp, fault: str
) -> None:
    fake.fault = fault
    answer = an.get("/sso/login?return_to=/sso/devices")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Chưa đăng nhập mới được lúc này" in answer.text
    assert "return_to=%2Fsso%2Fdevices" in answer.text or "return_to=/sso/devices" in answer.text
    fake.fault = ""
    assert an.sign_in("an").status_code == 303


def test_a_provider_that_dies_in_the_middle_is_no_sign_in(an: Visitor, fake: FakeOp) -> None:
    answer = an.provider.sign_in(an.begin(), "an", PASSWORD)
    fake.fault = "status_500"
    assert an.callback(**answer).status_code == 503
    fake.fault = ""
    assert not an.is_signed_in()
