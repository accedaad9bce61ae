"""A provider, or somebody in its place, that lies: nothing it says wrong is ever believed."""

import time
from contextlib import ExitStack

import pytest

from sso.interfaces import InvalidToken, ProviderRefused, ProviderUnavailable, UnknownKey
from sso.oidc import OidcProvider
from sso.tokens import KEYS_LAST_GOOD, KEYS_TTL, LEEWAY, UNKNOWN_KEY_PAUSE
from tests.fakes import fake_op
from tests.fakes.fake_op import FakeOp
from tests.sso.browsing import PASSWORD
from tests.sso.conftest import Server, SignIn, fake_server

LONG_AGO, FAR_AHEAD = 1_000_000_000, 4_000_000_000


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(fake: FakeOp, stack: ExitStack) -> Server:
    fake.add("an", PASSWORD)
    return fake_server(fake, stack)


@pytest.fixture
def provider(server: Server, clock: Clock) -> OidcProvider:
    return server.make_provider(clock=clock)


def code_for(server: Server, provider: OidcProvider) -> tuple[SignIn, str]:
    attempt, url = SignIn.begin(provider)
    return attempt, server.browser().sign_in(url, "an", PASSWORD)["code"]


def redeem(server: Server, provider: OidcProvider, fake: FakeOp, fault: str = ""):
    attempt, code = code_for(server, provider)
    fake.fault = fault
    try:
        return provider.redeem(code=code, code_verifier=attempt.verifier, nonce=attempt.nonce)
    finally:
        fake.fault = ""


@pytest.mark.parametrize("fault", fake_op.TOKEN_FAULTS)
def test_a_forged_id_token_is_refused_at_sign_in(server, provider, fake, fault: str) -> None:
    with pytest.raises(InvalidToken) as refused:
        redeem(server, provider, fake, fault)
    assert "eyJ" not in str(refused.value), "the reason must not carry the token into logs"


@pytest.mark.parametrize(
    "fault", [*sorted(set(fake_op.TOKEN_FAULTS) - {"no_nonce", "wrong_nonce"}), *fake_op.REFRESH_FAULTS]
)
def test_a_forged_id_token_is_refused_at_refresh(server, provider, fake, fault: str) -> None:
    tokens = redeem(server, provider, fake)
    fake.fault = fault
    with pytest.raises(InvalidToken):
        provider.refresh(tokens.refresh_token, (tokens.identity.subject, tokens.identity.sid))


@pytest.mark.parametrize("fault", fake_op.ANSWER_FAULTS)
def test_an_answer_that_makes_no_sense_is_no_sign_in(server, provider, fake, fault: str) -> None:
    with pytest.raises((InvalidToken, ProviderUnavailable, ProviderRefused)):
        redeem(server, provider, fake, fault)


@pytest.mark.parametrize("fault", fake_op.METADATA_FAULTS)
def test_discovery_cannot_lead_us_elsewhere(provider, fake, fault: str) -> None:
    fake.fault = fault
    with pytest.raises(ProviderUnavailable):
        SignIn.begin(provider)


def test_our_secret_goes_to_our_provider_alone(provider, fake) -> None:
    SignIn.begin(provider)
    assert [name for _method, name, headers in fake.requests if "Authorization" in headers] == ["par"]


def test_no_cookie_is_carried_from_one_person_to_the_next(server, provider, fake) -> None:
    for _ in range(3):
        redeem(server, provider, fake)
    assert not [
        headers
        for _method, name, headers in fake.requests
        if name in ("par", "token") and "Cookie" in headers
    ]


def test_a_silent_provider_is_given_up(fake: FakeOp, server: Server) -> None:
    provider = server.make_provider(issuer="http://127.0.0.1:9/realms/fake")
    with pytest.raises(ProviderUnavailable):
        SignIn.begin(provider)


def test_a_slow_provider_is_given_up(monkeypatch, server, fake) -> None:
    monkeypatch.setattr("sso.oidc.TIMEOUT", 0.2)
    fake.delay = 1.0
    with pytest.raises(ProviderUnavailable):
        SignIn.begin(server.make_provider())


# -- keys -------------------------------------------------------------------------------------------


def readings(fake: FakeOp) -> int:
    return sum(name == "certs" for _method, name, _headers in fake.requests)


def test_keys_are_read_once_for_many_tokens(server, provider, fake) -> None:
    for _ in range(4):
        redeem(server, provider, fake)
    assert readings(fake) == 1


def test_forged_key_ids_cannot_make_us_flood_the_provider(server, provider, fake) -> None:
    redeem(server, provider, fake)
    for _ in range(5):
        with pytest.raises(InvalidToken):
            provider.read_logout_token(fake.logout_token(fault="unknown_kid", sid="x"))
    assert readings(fake) == 2


def test_an_unknown_key_is_looked_up_again_after_a_minute(server, provider, fake, clock) -> None:
    redeem(server, provider, fake)
    with pytest.raises(InvalidToken):
        provider.read_logout_token(fake.logout_token(fault="unknown_kid", sid="x"))
    assert readings(fake) == 2
    fake.rotate()
    with pytest.raises(UnknownKey):
        provider.read_logout_token(fake.logout_token(sid="x"))
    clock.ahead = UNKNOWN_KEY_PAUSE - LEEWAY + 1
    with pytest.raises(UnknownKey):
        provider.read_logout_token(fake.logout_token(sid="x"))
    clock.ahead = UNKNOWN_KEY_PAUSE + 1
    fake.clock = clock
    assert provider.read_logout_token(fake.logout_token(sid="x")).sid == "x"


def test_forged_logout_tokens_keep_no_new_key_from_sign_in_and_refresh(server, provider, fake) -> None:
    tokens = redeem(server, provider, fake)
    with pytest.raises(UnknownKey):
        provider.read_logout_token(fake.logout_token(fault="unknown_kid", sid="x"))
    fake.rotate()
    with pytest.raises(UnknownKey):
        provider.read_logout_token(fake.logout_token(fault="unknown_kid", sid="x"))
    assert provider.refresh(tokens.refresh_token, (tokens.identity.subject, tokens.identity.sid))
    assert redeem(server, provider, fake).identity.username == "an"


def test_an_unknown_key_of_the_provider_s_own_tokens_is_looked_up_once_a_minute(
    server, provider, fake, clock
) -> None:
    redeem(server, provider, fake)
    for _ in range(3):
        with pytest.raises(UnknownKey):
            redeem(server, provider, fake, "unknown_kid")
    assert readings(fake) == 2
    fake.clock = clock
    clock.ahead = UNKNOWN_KEY_PAUSE + 1
    with pytest.raises(UnknownKey):
        redeem(server, provider, fake, "unknown_kid")
    assert readings(fake) == 3


def test_a_key_taken_back_in_an_emergency_is_gone_within_ten_minutes(server, provider, fake, clock) -> None:
    redeem(server, provider, fake)
    stolen = fake.keys[0]
    fake.rotate(keep=False)
    fake.clock = clock
    clock.ahead = KEYS_TTL + 1
    redeem(server, provider, fake)
    fake.keys.insert(0, stolen)
    forged = fake.logout_token(sid="x")
    del fake.keys[0]
    with pytest.raises(InvalidToken, match="unknown signing key"):
        provider.read_logout_token(forged)


@pytest.mark.parametrize("fault", fake_op.KEY_FAULTS)
def test_good_keys_outlive_a_provider_in_trouble_for_a_day(server, provider, fake, clock, fault: str) -> None:
    redeem(server, provider, fake)
    fake.clock = clock
    fake.fault = fault
    clock.ahead = KEYS_LAST_GOOD - 60
    provider.read_logout_token(fake.logout_token(sid="x"))
    clock.ahead = KEYS_LAST_GOOD + 3600
    with pytest.raises(ProviderUnavailable):
        provider.read_logout_token(fake.logout_token(sid="x"))


@pytest.mark.parametrize("fault", fake_op.KEY_FAULTS)
def test_without_any_keys_nothing_is_believed(server, provider, fake, fault: str) -> None:
    with pytest.raises(ProviderUnavailable):
        redeem(server, provider, fake, fault)


# -- clocks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("skew", [-LEEWAY + 2, LEEWAY - 2])
def test_clocks_may_differ_a_little(server, provider, fake, clock, skew: float) -> None:
    clock.ahead = skew
    assert redeem(server, provider, fake).identity.username == "an"


@pytest.mark.parametrize("skew", [-LEEWAY - 5, 300 + LEEWAY + 5])
def test_clocks_may_not_differ_much(server, provider, fake, clock, skew: float) -> None:
    clock.ahead = skew
    with pytest.raises(InvalidToken, match=r"future|expired"):
        redeem(server, provider, fake)


# -- back-channel logout ----------------------------------------------------------------------------


def test_an_honest_logout_token_names_the_session(provider, fake) -> None:
    notice = provider.read_logout_token(fake.logout_token(sub="người", sid="phiên"))
    assert (notice.subject, notice.sid) == ("người", "phiên")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://khac.example/realms/fake"},
        {"aud": "other"},
        {"aud": ["lienthong", "other"]},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"jti": 7},
        {"events": None},
        {"events": {}},
        {"events": {fake_op.LOGOUT_EVENT: True}},
        {"events": [fake_op.LOGOUT_EVENT]},
        {"nonce": "n"},
        {"sid": None},
        {"sid": ["phiên"]},
        {"sid": ""},
        {"exp": 1},
        {"exp": FAR_AHEAD},
        {"iat": LONG_AGO},
        {"iat": FAR_AHEAD},
    ],
    ids=", ".join,
)
def test_a_forged_logout_token_is_refused(provider, fake, claims) -> None:
    with pytest.raises(InvalidToken):
        provider.read_logout_token(fake.logout_token(**{"sid": "phiên", **claims}))


@pytest.mark.parametrize("header", ["JWT", "at+jwt", "", None])
def test_a_logout_token_must_call_itself_one(provider, fake, header) -> None:
    with pytest.raises(InvalidToken, match="header type"):
        provider.read_logout_token(
            fake.logout_token(header={"typ": header} if header is not None else {"typ": "x"}, sid="s")
        )


@pytest.mark.parametrize(
    "fault",
    [
        "alg_none",
        "alg_hs256_public_key",
        "other_key_same_kid",
        "no_kid",
        "jku",
        "crit",
        "tampered",
        "garbage_token",
    ],
)
def test_an_unsigned_logout_token_is_refused(provider, fake, fault: str) -> None:
    with pytest.raises(InvalidToken):
        provider.read_logout_token(fake.logout_token(fault=fault, sid="phiên"))


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "eyJ9.e30.x", "x" * 100_000, "é.é.é", "W10.e30.eA", "e30.e30.eA"]
)
def test_nonsense_is_no_token(provider, text: str) -> None:
    with pytest.raises(InvalidToken):
        provider.read_logout_token(text)
