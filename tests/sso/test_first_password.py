"""From "add a person" to their first day, on the real Keycloak: the password of the slip, a new one, and in."""

import re
from contextlib import ExitStack

from tests.sso.browsing import PASSWORD
from tests.sso.site import Site, Visitor
from tests.support.servers import Database, StaffRealm

OWN = "câu của riêng tôi, dài"


def administrator(site: Site, realm: StaffRealm) -> tuple[Visitor, str]:
    """Sign in somebody who administers an agency; return them and the id of its unit."""
    agency = site.agency("phuong-an-cuu")
    realm.add_person("chanh", PASSWORD)
    site.post(site.person("chanh"), agency, "tenants.admin")
    visitor = site.visitor()
    assert visitor.sign_in("chanh").status_code == 303
    return visitor, str(site.sql("SELECT id FROM tenants.unit")[0][0])


def shown_password(page: str) -> str:
    [shown] = set(re.findall(r">([A-Za-z]{4}-[A-Za-z]{4}-[A-Za-z]{4}-[A-Za-z0-9]{4})<", page))
    return shown


def try_to_sign_in(site: Site, password: str) -> tuple[Visitor, str]:
    """Fill the sign-in form; return the visitor and the heading of the page that follows."""
    visitor = site.visitor()
    visitor.provider.open(visitor.begin()).submit(username="hoalt", password=password, credentialId="")
    return visitor, visitor.provider.heading


def is_unused(site: Site) -> bool:
    return bool(site.sql("SELECT password_unused FROM tenants.person WHERE username = 'hoalt'")[0][0])


def test_somebody_added_on_a_page_sets_a_password_and_works(
    database: Database, staff_realm: StaffRealm, stack: ExitStack
) -> None:
    site = Site(
        database, staff_realm.issuer, staff_realm.client_secret, stack,
        directory_client_secret=staff_realm.directory_client_secret,
    )  # fmt: skip
    chanh, unit = administrator(site, staff_realm)
    given = chanh.post(
        "/t/phuong-an-cuu/people/new",
        full_name="Lê Thị Hoa",
        username="hoalt",
        unit_id=unit,
        position="Văn thư",
    )
    plan = given.headers["location"]
    assert plan.endswith("/password")
    first = shown_password(chanh.post(plan).text)

    hoa, heading = try_to_sign_in(site, first)
    assert heading == "Đặt mật khẩu mới"
    assert is_unused(site), "a slip may still be lost"
    hoa.provider.submit(**{"password-new": OWN, "password-confirm": OWN})
    assert hoa.callback(**hoa.provider.answer).status_code == 303
    assert hoa.get("/t/phuong-an-cuu").status_code == 200
    assert not is_unused(site)

    second = shown_password(chanh.post(plan).text)
    assert not is_unused(site), "that one is no first one: nobody but them asks for another"
    assert hoa.get("/t/phuong-an-cuu").status_code == 303, "a reset ends the session"
    assert try_to_sign_in(site, OWN)[1] == "Đăng nhập", "and the old password"
    assert try_to_sign_in(site, first)[1] == "Đăng nhập"
    assert try_to_sign_in(site, second)[1] == "Đăng nhập", (
        "two wrong tries at once shut the account for a minute"
    )
    third = shown_password(chanh.post(plan).text)
    assert try_to_sign_in(site, third)[1] == "Đặt mật khẩu mới", "but not for who is given a new one"
