"""No address is open by accident."""

import re
from uuid import UUID

import pytest

from core.addresses import PREFIXES
from core.app import load_modules
from core.declarations import PUBLIC
from core.host import RESERVED_KEYS
from tests.support.modules import ground, stage  # noqa: F401 - fixtures

_HOST, CATALOGUE = load_modules()
PREFIXED_BY_KEY = ("office", "api", "admin")
"""Areas in which the addresses of a module begin with its key, beside those of the platform."""

# Addresses that answer anybody, and why; this list is meant to stay short.
OPEN = {
    "tenants.healthz": "load balancers and supervisors ask it",
    "tenants.readyz": "load balancers and supervisors ask it",
    "tenants.metrics": "scraped inside; deploy/nginx does not pass it on",
    "tenants.robots": "robots ask what they may read",
    "tenants.language": "chosen before signing in",
    "files.public": "the module of its object says whether the file is public",
    "files.public_picture": "the same, in a smaller size",
    "sso.login": "the way in",
    "sso.callback": "the way back from the identity provider, with state and code",
    "sso.logout": "asks a session for its token, and does nothing without one",
    "sso.session": "an open page asks whose session there is; nobody is told that there is none",
    "sso.signed_out": "says that the session is over",
    "sso.privacy": "people read it before they sign in",
    "sso.backchannel_logout": "takes only tokens that the identity provider signed",
    "press_issues.public": "answers an agency chose to publish",
    "press_issues.public_answer": "one of them",
    "press_issues.public_all": "those of all agencies that chose to",
    "citizen_questions.public": "answers an agency published, masked",
    "citizen_questions.public_answer": "one of them",
    "citizen_questions.public_all": "those of all agencies",
    "citizen_questions.choose": "leads from the province's page to the form of an agency",
    "citizen_questions.ask": "citizens have no account; limits, a mark of ours and work keep machines out",
    "citizen_questions.follow": "code and secret stand for the sign-in",
    "citizen_questions.rate": "the same",
    "citizen_questions.erase": "the same",
    "citizen_questions.too": "counts that somebody else wanted to know, once for a browser",
    "voter_opinions.public": "answers to voters that an agency published",
    "voter_opinions.public_petition": "one of them",
    "voter_opinions.public_all": "those of all agencies",
    "notifications.unsubscribe": "the way out of mails; takes only addresses that we signed",
    "casework.feed_file": "deadlines for calendar programs; the secret in the address stands for the sign-in",
}


guarded = [address for address in CATALOGUE.routes.values() if address.route.permission != PUBLIC]


def sample(address):
    """Return an address with its fields filled in with things that do not exist."""

    def fill(field):
        return (
            "khong-co" if field["name"] == "tenant" else {"int": "999"}.get(field["kind"], str(UUID(int=15)))
        )

    return re.sub(r"\{(?P<name>\w+)(?::(?P<kind>\w+))?[^}]*\}", fill, address.pattern)


def _is_of_sites(address):
    return address.module.public_root and address.route.area in ("public", "portal")


def test_only_listed_addresses_answer_anybody():
    # The pages of sites and of the province are for everybody by nature; the gate knows nobody there.
    public = {
        name
        for name, address in CATALOGUE.routes.items()
        if address.route.permission == PUBLIC and not _is_of_sites(address)
    }
    assert public == set(OPEN)


@pytest.mark.parametrize("address", guarded, ids=lambda address: address.name)
def test_nobody_gets_in_without_signing_in(ground, address):  # noqa: F811 - the fixture
    for method in address.responders:
        answer = ground.client.simulate_request(method.upper(), sample(address))
        assert asks_to_sign_in(answer, method, address), (
            f"{method.upper()} {sample(address)}: {answer.status}"
        )


@pytest.mark.parametrize("address", guarded, ids=lambda address: address.name)
def test_a_made_up_session_is_no_session(ground, address):  # noqa: F811 - the fixture
    headers = {"Cookie": f"__Host-lt_session={'A' * 43}"}
    for method in address.responders:
        answer = ground.client.simulate_request(method.upper(), sample(address), headers=headers)
        assert asks_to_sign_in(answer, method, address), (
            f"{method.upper()} {sample(address)}: {answer.status}"
        )


def asks_to_sign_in(answer, method, address):
    """Tell whether a page leads to the sign-in, or to the front page from the bare address, and all else is 401."""
    if method != "get" or address.route.area == "api" or "openapi" in address.template:
        return answer.status_code == 401
    front = "/public/" if address.template == "/" else "/sso/login?"
    return answer.status_code == 303 and answer.headers["Location"].startswith(front)


def test_route_names_and_paths_are_plain():
    for name, address in CATALOGUE.routes.items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name), name
        assert re.fullmatch(r"(/(\{\w+(:\w+)?\}|[a-z0-9_-]+(\.[a-z]+)?)?)+", address.template), (
            address.template
        )


def test_no_module_can_be_called_like_the_platforms_own_addresses():
    own = [
        each
        for each in CATALOGUE.routes.values()
        if each.module.builtin and each.route.area in PREFIXED_BY_KEY
    ]
    firsts = {each.template.removeprefix(PREFIXES[each.route.area]).partition("/")[0] for each in own}
    keys = {first for first in firsts if re.fullmatch(r"[a-z][a-z0-9_]+", first)}
    assert "people" in keys
    assert keys <= RESERVED_KEYS
