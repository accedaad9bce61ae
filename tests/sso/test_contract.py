"""What we rely on in an identity provider, tried on the fake one and on the real Keycloak alike."""

import zlib
from contextlib import ExitStack
from urllib.parse import urlencode

import httpx
import pytest

from sso.interfaces import InvalidToken, ProviderRefused
from tests.sso.browsing import PASSWORD, PUBLIC_URL
from tests.sso.conftest import Server, SignIn, fake_server, real_server


@pytest.fixture(params=["fake", "keycloak"])
def server(request: pytest.FixtureRequest, stack: ExitStack) -> Server:
    if request.param == "fake":
        return fake_server(request.getfixturevalue("fake"), stack)
    return real_server(request.getfixturevalue("staff_realm"), stack)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return f"nguoi.{zlib.crc32(request.node.nodeid.encode())}"


def signed_in(server: Server, name: str, browser=None, **options):
    attempt, url = SignIn.begin(server.provider, **options)
    answer = (browser or server.browser()).sign_in(url, name, PASSWORD)
    assert answer["state"] == attempt.state
    assert answer["iss"] == server.provider.issuer
    return server.provider.redeem(code=answer["code"], code_verifier=attempt.verifier, nonce=attempt.nonce)


def test_a_sign_in_says_who_came_and_how(server: Server, name: str) -> None:
    subject = server.add(name)
    identity = signed_in(server, name).identity
    assert identity.issuer == server.provider.issuer
    assert identity.subject == subject
    assert identity.username == name
    assert identity.methods == {"pwd"}
    assert identity.roles == set()
    assert identity.sid


def test_the_address_bar_shows_no_more_than_an_opaque_request(server: Server) -> None:
    attempt, url = SignIn.begin(server.provider)
    assert httpx.URL(url).params.keys() == {"client_id", "request_uri"}
    for secret in (attempt.state, attempt.nonce, attempt.verifier):
        assert secret not in url


def test_a_code_works_once(server: Server, name: str) -> None:
    server.add(name)
    attempt, url = SignIn.begin(server.provider)
    code = server.browser().sign_in(url, name, PASSWORD)["code"]
    server.provider.redeem(code=code, code_verifier=attempt.verifier, nonce=attempt.nonce)
    with pytest.raises(ProviderRefused, match="invalid_grant"):
        server.provider.redeem(code=code, code_verifier=attempt.verifier, nonce=attempt.nonce)


def test_a_code_is_worth_nothing_without_its_verifier(server: Server, name: str) -> None:
    server.add(name)
    attempt, url = SignIn.begin(server.provider)
    code = server.browser().sign_in(url, name, PASSWORD)["code"]
    with pytest.raises(ProviderRefused, match="invalid_grant"):
        server.provider.redeem(code=code, code_verifier="x" * 43, nonce=attempt.nonce)


def test_a_code_of_another_sign_in_is_refused_by_its_nonce(server: Server, name: str) -> None:
    server.add(name)
    attempt, url = SignIn.begin(server.provider)
    code = server.browser().sign_in(url, name, PASSWORD)["code"]
    with pytest.raises(InvalidToken, match="nonce"):
        server.provider.redeem(code=code, code_verifier=attempt.verifier, nonce="another")


def test_a_request_that_was_not_pushed_is_refused(server: Server) -> None:
    SignIn.begin(server.provider)
    query = urlencode(
        {"client_id": "lienthong", "response_type": "code", "scope": "openid", "redirect_uri": f"{PUBLIC_URL}/sso/callback",
         "state": "s", "nonce": "n", "code_challenge": "c" * 43, "code_challenge_method": "S256"}
    )  # fmt: skip
    page = server.browser().open(f"{server.provider._endpoint('authorization_endpoint')}?{query}").page
    assert "code=" not in page.headers.get("Location", "")
    assert "<form" not in page.text


@pytest.mark.parametrize("redirect", ["/sso/callback/", "/sso/callback?x=1", "/", "/sso/callback/../x"])
def test_only_the_registered_address_may_be_returned_to(server: Server, redirect: str) -> None:
    with pytest.raises(ProviderRefused):
        SignIn.begin(server.make_provider(redirect_uri=PUBLIC_URL + redirect))


def test_a_wrong_client_secret_is_refused(server: Server) -> None:
    with pytest.raises(ProviderRefused):
        SignIn.begin(server.make_provider(client_secret="wrong"))


def test_a_second_sign_in_of_the_same_browser_asks_nothing(server: Server, name: str) -> None:
    server.add(name)
    browser = server.browser()
    first = signed_in(server, name, browser)
    _attempt, url = SignIn.begin(server.provider)
    assert browser.open(url).answer["code"]
    assert signed_in(server, name, browser).identity.sid == first.identity.sid


def test_a_fresh_sign_in_asks_again(server: Server, name: str) -> None:
    server.add(name)
    browser = server.browser()
    signed_in(server, name, browser)
    _attempt, url = SignIn.begin(server.provider, ask="proof")
    assert "password" in browser.open(url).page.text


def test_a_session_is_confirmed_by_refreshing(server: Server, name: str) -> None:
    server.add(name)
    tokens = signed_in(server, name)
    who = (tokens.identity.subject, tokens.identity.sid)
    again = server.provider.refresh(tokens.refresh_token, who)
    assert again.identity == tokens.identity
    assert 30 <= again.refresh_in <= 300
    with pytest.raises(InvalidToken, match="somebody else"):
        server.provider.refresh(again.refresh_token, ("somebody-else", who[1]))


def test_a_session_ended_by_an_administrator_is_refused(server: Server, name: str) -> None:
    subject = server.add(name)
    tokens = signed_in(server, name)
    server.end(subject, tokens.identity.sid)
    with pytest.raises(ProviderRefused, match="invalid_grant"):
        server.provider.refresh(tokens.refresh_token, (subject, tokens.identity.sid))


def test_a_disabled_person_is_refused(server: Server, name: str) -> None:
    subject = server.add(name)
    tokens = signed_in(server, name)
    server.disable(subject)
    with pytest.raises(ProviderRefused, match="invalid_grant"):
        server.provider.refresh(tokens.refresh_token, (subject, tokens.identity.sid))


def test_signing_out_in_the_browser_comes_back_and_is_complete(server: Server, name: str) -> None:
    server.add(name)
    browser = server.browser()
    tokens = signed_in(server, name, browser)
    page = browser.open(server.provider.logout_url(tokens.id_token)).page
    assert page.headers["Location"].partition("?")[0] == f"{PUBLIC_URL}/sso/signed-out"
    with pytest.raises(ProviderRefused):
        server.provider.refresh(tokens.refresh_token, (tokens.identity.subject, tokens.identity.sid))
    _attempt, url = SignIn.begin(server.provider)
    assert "password" in browser.open(url).page.text


def test_a_session_can_be_ended_from_our_side(server: Server, name: str) -> None:
    server.add(name)
    browser = server.browser()
    tokens = signed_in(server, name, browser)
    server.provider.end_session(tokens.id_token)
    server.provider.end_session(tokens.id_token)
    _attempt, url = SignIn.begin(server.provider)
    assert "password" in browser.open(url).page.text


def test_a_new_signing_key_is_found(server: Server, name: str) -> None:
    server.add(name)
    signed_in(server, name)
    server.rotate()
    assert signed_in(server, name).identity.username == name
