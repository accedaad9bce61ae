"""Two identity providers, one honest and one that lies when told to, behind the same fixtures."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from sso.oidc import OidcProvider
from sso.services import new_secret
from tests.fakes.fake_op import FakeOp
from tests.sso.browsing import PASSWORD, PUBLIC_URL, Browser
from tests.sso.site import Site
from tests.support.servers import Database, StaffRealm


@dataclass
class Server:
    """An identity provider with what a test may do to it."""

    issuer: str
    secret: str
    stack: ExitStack
    """Closes what the test opened."""
    add: Callable[[str], str]
    """Create an account with PASSWORD and return its subject."""
    end: Callable[[str, str], Any]
    """End the sessions of (subject, sid) as an administrator does."""
    rotate: Callable[[], Any]
    """Begin to sign with a new key."""
    disable: Callable[[str], Any]
    """Lock the account of a subject."""

    def __post_init__(self) -> None:
        self.provider = self.make_provider()

    def make_provider(self, **changes: Any) -> OidcProvider:
        provider = OidcProvider(
            **{
                "issuer": self.issuer,
                "client_id": "lienthong",
                "client_secret": self.secret,
                "redirect_uri": f"{PUBLIC_URL}/sso/callback",
                "post_logout_redirect_uri": f"{PUBLIC_URL}/sso/signed-out",
                **changes,
            }
        )
        self.stack.callback(provider.close)
        return provider

    def browser(self) -> Browser:
        browser = Browser(self.issuer)
        self.stack.callback(browser.close)
        return browser


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def lasting_fake() -> Iterator[FakeOp]:
    op = FakeOp(
        redirect_uri=f"{PUBLIC_URL}/sso/callback", post_logout_redirect_uri=f"{PUBLIC_URL}/sso/signed-out"
    )
    with op.running():
        yield op


@pytest.fixture
def fake(lasting_fake: FakeOp) -> FakeOp:
    """A provider that nobody knows yet, and that tells the truth."""
    lasting_fake.reset()
    return lasting_fake


def fake_server(op: FakeOp, stack: ExitStack) -> Server:
    def disable(subject: str) -> None:
        next(each for each in op.accounts.values() if each.subject == subject).disabled = True

    return Server(
        op.issuer, op.client_secret, stack,
        add=lambda name: op.add(name, PASSWORD).subject, end=lambda _subject, sid: op.end(sid), rotate=op.rotate,
        disable=disable,
    )  # fmt: skip


def real_server(realm: StaffRealm, stack: ExitStack) -> Server:
    def rotate() -> None:
        config = {"priority": ["200"], "algorithm": ["PS256"], "enabled": ["true"], "active": ["true"]}
        parent = realm.call("GET", "").json()["id"]
        realm.call(
            "POST", "/components",
            {"name": new_secret(), "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
             "parentId": parent, "config": config},
        )  # fmt: skip

    return Server(
        realm.issuer, realm.client_secret, stack,
        add=lambda name: realm.add_person(name, PASSWORD),
        end=lambda subject, _sid: realm.call("POST", f"/users/{subject}/logout"),
        rotate=rotate,
        disable=lambda subject: realm.call("PUT", f"/users/{subject}", {"enabled": False}),
    )  # fmt: skip


@dataclass
class SignIn:
    """One sign-in under way, as our server remembers it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls, provider: OidcProvider, **options: Any) -> tuple["SignIn", str]:
        one = cls(new_secret(), new_secret(), new_secret())
        return one, provider.authorization_url(
            state=one.state, nonce=one.nonce, code_verifier=one.verifier, **options
        )


@pytest.fixture(scope="module")
def lasting_site(database: Database, lasting_fake: FakeOp) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(database, lasting_fake.issuer, lasting_fake.client_secret, stack)


@pytest.fixture
def site(lasting_site: Site, fake: FakeOp, stack: ExitStack) -> Site:
    """The platform in front of the fake provider, with nothing in it."""
    lasting_site.reset(stack)
    return lasting_site
