"""Every address × every kind of visitor, from the declarations alone: a new route is in here by itself."""

import pytest

from core.addresses import Address
from core.app import load_modules
from core.declarations import BUILT_IN_PERMISSIONS, MEMBER, OPERATOR, PUBLIC, SIGNED_IN
from tests.db import live
from tests.matrix.conftest import FOREIGN, Province, Visitor, everything_in, superuser

_HOST, CATALOGUE = load_modules()
ROUTES = sorted(CATALOGUE.routes)
TENANTED = [name for name in ROUTES if CATALOGUE.routes[name].tenanted]
PRIVATE_FILES = {"files.public", "files.public_picture"}
"""The foreign file belongs to a note, which the public never sees; tests/plugins/files opens public ones."""
LEADERS = {"websites.leader"}
"""It names a person, and whoever is invented leads no agency; tests/plugins/websites opens a real one's."""
OF_ONE_PERSON = {"sso.token_revoke", "files.discard"}
"""A token, and a file that no object took: tests/sso and tests/plugins/files open those of who asks."""
STRANGERS = {"anonymous", "forged", "disabled operator"}
ADMITTED = "admitted"


def permissions(visitor: Visitor) -> frozenset[str]:
    """Sum up what roles give, by the declarations."""
    given = {permission for key in visitor.roles for permission in CATALOGUE.roles[key].permissions}
    return frozenset(given - BUILT_IN_PERMISSIONS)


def expected(address: Address, method: str, visitor: Visitor, agency: str) -> int | str:
    """Say what the gate must do with a request, from the route's permission."""
    needed = address.route.permission
    if visitor.name in STRANGERS and needed != PUBLIC:
        return 303 if method == "get" and not address.template.startswith("/api/") else 401
    if address.tenanted:
        on = agency in ("here", "there") or not CATALOGUE.modules[address.module.key].manifest.switchable
        if agency == "suspended" or not on or (needed != PUBLIC and visitor.agency != agency):
            return 404
    held = permissions(visitor) | {PUBLIC, SIGNED_IN} | ({MEMBER} if visitor.agency == agency else set())
    if needed == OPERATOR:
        return ADMITTED if visitor.operator else 403 if visitor.is_operator else 404
    return ADMITTED if needed in held else 403


def test_the_matrix_is_not_empty():
    assert len(ROUTES) > 30
    assert len(TENANTED) > 20


@pytest.mark.parametrize("name", ROUTES)
def test_who_gets_in(province: Province, subtests, name: str):
    """One kind of visitor after the other asks for an address of the agency `here`, and for their own."""
    address = CATALOGUE.routes[name]
    province.let_the_case_be_of(address.module.key)
    for visitor in province.visitors.values():
        for agency in {"here", visitor.agency} - {""} if address.tenanted else {"here"}:
            for method in address.responders:
                with subtests.test(visitor=visitor.name, agency=agency, method=method):
                    answer = province.send(method.upper(), province.url(address, agency), visitor)
                    wanted = expected(address, method, visitor, agency)
                    if wanted != ADMITTED:
                        assert answer.status_code == wanted
                    elif address.tenanted and len(address.fields) > 1 and agency != "there":
                        # Whatever id it is, it is another agency's, so here there is no such thing.
                        assert answer.status_code == 404
                    else:
                        assert answer.status_code not in (401, 403)
                        # The identity provider is away here, and so are the probes' neighbours: 503 says just that.
                        away = 503 if address.route.area in ("sso", "root") else None
                        assert answer.status_code < 500 or answer.status_code == away
                    if address.tenanted and agency != "there":
                        assert live.CANARY not in everything_in(answer)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in TENANTED
        if "uuid" in CATALOGUE.routes[name].template and name not in PRIVATE_FILES | LEADERS | OF_ONE_PERSON
    ],
)
def test_the_foreign_id_is_something_in_its_own_agency(province: Province, name: str):
    """Without this, the matrix would be green for addresses that never find anything."""
    address = CATALOGUE.routes[name]
    province.let_the_case_be_of(address.module.key)
    visitor = province.visitors["member of another agency"]
    for method in address.responders:
        answer = province.send(method.upper(), province.url(address, "there"), visitor)
        assert answer.status_code != 404


def test_a_session_of_somebody_else_cannot_be_ended(built: Province):
    """Sessions belong to people, not to agencies; the address names one of another person."""
    with built.stage.in_place():
        answer = built.send("POST", f"/sso/devices/{FOREIGN}/end", built.visitors["member with every role"])
    assert answer.status_code == 303  # back to the list, as if the session had ended by itself meanwhile
    with superuser(built.lent) as cursor:
        cursor.execute("SELECT ended_at FROM sso.session WHERE id = %s", (str(FOREIGN),))
        assert cursor.fetchone() == (None,)
