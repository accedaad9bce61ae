"""The directory adapter on the real Keycloak: repeatable, careful with ids, clear about failures."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pyotp
import pytest

from sso.directory import KeycloakDirectory
from tenants.interfaces import DirectoryOrganization, DirectoryRefused, DirectoryUnavailable, DirectoryUser
from tests.sso.browsing import PASSWORD
from tests.sso.conftest import SignIn, real_server
from tests.support.servers import StaffRealm


@pytest.fixture
def directory(staff_realm: StaffRealm) -> Iterator[KeycloakDirectory]:
    client = make_directory(staff_realm)
    yield client
    client.close()


def make_directory(realm: StaffRealm, **changes: str) -> KeycloakDirectory:
    return KeycloakDirectory(
        **{
            "keycloak_url": realm.keycloak_url,
            "realm": realm.name,
            "client_id": realm.directory_client_id,
            "client_secret": realm.directory_client_secret,
            **changes,
        }
    )


def user(**changes) -> DirectoryUser:
    name = f"nguoi.{uuid4().hex[:10]}"
    return DirectoryUser(**{"person_id": uuid4(), "username": name, "full_name": "Trần Mỹ Hạnh", **changes})


def organization(**changes) -> DirectoryOrganization:
    code = f"co-quan-{uuid4().hex[:10]}"
    return DirectoryOrganization(
        **{"tenant_id": uuid4(), "code": code, "name": "UBND phường Thuận Hoá", **changes}
    )


def again(entry, **changes):
    return type(entry)(**{name: getattr(entry, name) for name in entry.__slots__} | changes)


def test_it_names_the_issuer_of_its_accounts(directory: KeycloakDirectory, staff_realm: StaffRealm) -> None:
    assert directory.issuer == staff_realm.issuer


def test_an_organization_is_made_once_and_kept_in_step(
    directory: KeycloakDirectory, staff_realm: StaffRealm
) -> None:
    wanted = organization()
    made = directory.ensure_organization(wanted)
    assert directory.ensure_organization(wanted) == made, (
        "an id that was lost is found by the agency's own id"
    )
    directory.ensure_organization(again(wanted, name="Tên mới", enabled=False, organization_id=made))
    stored = staff_realm.call("GET", f"/organizations/{made}").json()
    assert stored["name"].startswith("Tên mới")
    assert stored["alias"] == wanted.code
    assert stored["enabled"] is False
    assert stored["attributes"]["tenant_id"] == [str(wanted.tenant_id)]


def test_agencies_may_share_a_name_however_long(directory: KeycloakDirectory) -> None:
    name = "Trung tâm Văn hoá " * 15
    first, second = organization(name=name), organization(name=name)
    assert directory.ensure_organization(first) != directory.ensure_organization(second)


def test_an_organization_that_is_gone_is_made_again(directory: KeycloakDirectory) -> None:
    assert directory.ensure_organization(organization(organization_id=uuid4()))


def test_a_code_taken_by_another_agency_is_refused(directory: KeycloakDirectory) -> None:
    first = organization()
    directory.ensure_organization(first)
    with pytest.raises(DirectoryRefused, match="409"):
        directory.ensure_organization(organization(code=first.code))


def test_an_account_is_made_once_and_kept_in_step(
    directory: KeycloakDirectory, staff_realm: StaffRealm
) -> None:
    wanted = user(email=f"{uuid4().hex}@hue.gov.vn")
    subject = directory.ensure_user(wanted)
    assert directory.ensure_user(wanted) == subject, "a subject that was lost is found by the user name"
    assert (
        directory.ensure_user(again(wanted, full_name="Trần Thị Mỹ Hạnh", email="", subject=subject))
        == subject
    )
    stored = staff_realm.call("GET", f"/users/{subject}").json()
    assert stored["firstName"] == "Trần Thị Mỹ Hạnh"
    assert not stored.get("email")
    assert stored["enabled"] is True


def test_a_member_without_an_address_is_renamed_and_disabled(
    directory: KeycloakDirectory, staff_realm: StaffRealm
) -> None:
    wanted = user()
    subject = directory.ensure_user(wanted)
    directory.ensure_member(directory.ensure_organization(organization()), subject)
    directory.ensure_user(again(wanted, full_name="Trần Thị Mỹ Hạnh", enabled=False, subject=subject))
    stored = staff_realm.call("GET", f"/users/{subject}").json()
    assert (stored["firstName"], stored["enabled"]) == ("Trần Thị Mỹ Hạnh", False)


def test_an_account_that_is_gone_is_made_again(directory: KeycloakDirectory) -> None:
    assert directory.ensure_user(user(subject=str(uuid4())))


def test_an_address_of_somebody_else_is_refused_in_words(directory: KeycloakDirectory) -> None:
    address = f"{uuid4().hex}@hue.gov.vn"
    directory.ensure_user(user(email=address))
    with pytest.raises(DirectoryRefused, match="same email") as refused:
        directory.ensure_user(user(email=address))
    assert address not in str(refused.value)


def test_members_come_and_go(directory: KeycloakDirectory, staff_realm: StaffRealm) -> None:
    org, subject = directory.ensure_organization(organization()), directory.ensure_user(user())
    for _ in range(2):
        directory.ensure_member(org, subject)
    assert [each["id"] for each in staff_realm.call("GET", f"/organizations/{org}/members").json()] == [
        subject
    ]
    for _ in range(2):
        directory.remove_member(org, subject)
    assert staff_realm.call("GET", f"/organizations/{org}/members").json() == []
    assert staff_realm.call("GET", f"/users/{subject}").json()["enabled"], "the account stays"


def test_a_member_of_an_agency_that_is_suspended_can_be_added(directory: KeycloakDirectory) -> None:
    org = directory.ensure_organization(organization(enabled=False))
    directory.ensure_member(org, directory.ensure_user(user()))


def operator_roles(realm: StaffRealm, subject: str) -> list[str]:
    roles = realm.call("GET", f"/users/{subject}/role-mappings/realm").json()
    return [role["name"] for role in roles if role["name"] == "platform-operator"]


def test_the_operator_role_follows_the_registry(
    directory: KeycloakDirectory, staff_realm: StaffRealm
) -> None:
    wanted = user(operator=True)
    subject = directory.ensure_user(wanted)
    assert operator_roles(staff_realm, subject) == ["platform-operator"]
    directory.ensure_user(again(wanted, subject=subject))
    directory.ensure_user(again(wanted, subject=subject, operator=False))
    assert operator_roles(staff_realm, subject) == []


def signed_in(realm: StaffRealm, stack, name: str, password: str = PASSWORD, secret: str = ""):
    server = real_server(realm, stack)
    attempt, url = SignIn.begin(server.provider)
    browser = server.browser().open(url).submit(username=name, password=password, credentialId="")
    if secret:
        # A code lives for half a minute, and the pages before it may have been slow.
        browser.submit(otp=pyotp.TOTP(secret).now())
    if not browser.page.is_redirect:
        return browser, None
    return browser, server.provider.redeem(
        code=browser.answer["code"], code_verifier=attempt.verifier, nonce=attempt.nonce
    )


def test_a_password_for_good_is_asked_for_once(
    directory: KeycloakDirectory, staff_realm: StaffRealm, stack
) -> None:
    wanted = user()
    directory.set_password(directory.ensure_user(wanted), PASSWORD, temporary=False)
    _browser, tokens = signed_in(staff_realm, stack, wanted.username)
    assert tokens.identity.username == wanted.username


def test_a_temporary_password_must_be_changed(
    directory: KeycloakDirectory, staff_realm: StaffRealm, stack
) -> None:
    wanted = user()
    directory.set_password(directory.ensure_user(wanted), PASSWORD)
    browser, tokens = signed_in(staff_realm, stack, wanted.username)
    assert tokens is None
    assert browser.heading == "Đặt mật khẩu mới"


def test_a_temporary_password_is_told_from_ones_own_and_outlives_the_mirror(
    directory: KeycloakDirectory, staff_realm: StaffRealm, stack
) -> None:
    wanted = user()
    subject = directory.ensure_user(wanted)
    assert not directory.has_own_password(subject)
    directory.set_password(subject, PASSWORD)
    directory.ensure_user(again(wanted, full_name="Trần Thị Mỹ Hạnh", subject=subject))
    assert not directory.has_own_password(subject)
    browser, _tokens = signed_in(staff_realm, stack, wanted.username)
    assert browser.heading == "Đặt mật khẩu mới"
    browser.submit(**{"password-new": "một câu khác nữa", "password-confirm": "một câu khác nữa"})
    assert browser.answer["code"]
    assert directory.has_own_password(subject)


def test_ending_sessions_asks_for_the_password_again(
    directory: KeycloakDirectory, staff_realm: StaffRealm, stack
) -> None:
    wanted = user()
    subject = directory.ensure_user(wanted)
    directory.end_sessions(subject)
    directory.set_password(subject, PASSWORD, temporary=False)
    signed_in(staff_realm, stack, wanted.username)
    directory.end_sessions(subject)
    assert staff_realm.call("GET", f"/users/{subject}/sessions").json() == []


def test_a_second_factor_that_was_removed_is_set_up_anew(
    directory: KeycloakDirectory, staff_realm: StaffRealm, stack
) -> None:
    wanted = user(operator=True)
    subject = directory.ensure_user(wanted)
    directory.set_password(subject, PASSWORD, temporary=False)
    directory.set_second_factor(subject, pyotp.random_base32())
    for _ in range(2):
        directory.remove_second_factor(subject)
    browser, tokens = signed_in(staff_realm, stack, wanted.username)
    assert (browser.heading, tokens) == ("Thiết lập mã xác thực", None)
    assert directory.has_own_password(subject), "the password stays"


def test_a_second_factor_replaces_the_one_before(
    directory: KeycloakDirectory, staff_realm: StaffRealm, stack
) -> None:
    wanted = user(operator=True)
    subject = directory.ensure_user(wanted)
    directory.set_password(subject, PASSWORD, temporary=False)
    old, new = pyotp.random_base32(), pyotp.random_base32()
    directory.set_second_factor(subject, old)
    directory.set_second_factor(subject, new)
    browser, tokens = signed_in(staff_realm, stack, wanted.username, secret=old)
    assert (browser.heading, tokens) == ("Nhập mã xác thực", None)
    browser, tokens = signed_in(staff_realm, stack, wanted.username, secret=new)
    assert tokens, browser.heading
    assert tokens.identity.second_factor
    assert tokens.identity.is_operator
    assert staff_realm.call("GET", f"/users/{subject}").json()["firstName"] == "Trần Mỹ Hạnh"


def test_disabling_ends_the_sessions(directory: KeycloakDirectory, staff_realm: StaffRealm, stack) -> None:
    wanted = user()
    subject = directory.ensure_user(wanted)
    directory.set_password(subject, PASSWORD, temporary=False)
    signed_in(staff_realm, stack, wanted.username)
    assert staff_realm.call("GET", f"/users/{subject}/sessions").json()
    directory.ensure_user(again(wanted, enabled=False, subject=subject))
    assert staff_realm.call("GET", f"/users/{subject}/sessions").json() == []


# -- what may go wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["../clients/abc", "../../master/users/1", "", "x" * 36, "a/b", "%2e%2e"])
def test_an_id_that_is_no_uuid_never_becomes_part_of_an_address(
    directory: KeycloakDirectory, value: str
) -> None:
    for call in (
        lambda: directory.ensure_user(user(subject=value or "?")),
        lambda: directory.ensure_member(UUID(int=1), value),
        lambda: directory.remove_member(value, str(UUID(int=1))),
        lambda: directory.set_password(value, PASSWORD),
        lambda: directory.has_own_password(value),
        lambda: directory.set_second_factor(value, "JBSWY3DPEHPK3PXP"),
        lambda: directory.remove_second_factor(value),
        lambda: directory.end_sessions(value),
    ):
        with pytest.raises(DirectoryRefused, match="not a UUID"):
            call()


def test_a_wrong_secret_is_said_clearly(staff_realm: StaffRealm) -> None:
    with pytest.raises(DirectoryUnavailable):
        make_directory(staff_realm, client_secret="wrong").ensure_user(user())


def test_the_service_account_may_do_no_more_than_it_needs(
    directory: KeycloakDirectory, staff_realm: StaffRealm
) -> None:
    from keycloak.exceptions import KeycloakError

    for forbidden in (
        directory._admin.get_clients,
        lambda: directory._admin.update_realm(staff_realm.name, {"displayName": "x"}),
        lambda: directory._admin.create_client({"clientId": "x"}),
        directory._admin.get_events,
    ):
        with pytest.raises(KeycloakError) as refused:
            forbidden()
        assert refused.value.response_code == 403


def test_nobody_home_is_said_clearly() -> None:
    client = KeycloakDirectory(
        keycloak_url="http://127.0.0.1:9", realm="staff", client_id="x", client_secret="x"
    )
    with pytest.raises(DirectoryUnavailable, match="no answer"):
        client.ensure_organization(organization())


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (503, b"<html>"), (200, b"[]"), (200, b"\x00")])
def test_a_directory_in_trouble_is_unavailable_and_asked_once(status: int, body: bytes) -> None:
    posts = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            is_token = self.path.endswith("/token")
            posts.append(self.path)
            answer = b'{"access_token": "x", "expires_in": 300}' if is_token else body
            self.send_response(200 if is_token else status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        client = KeycloakDirectory(keycloak_url=url, realm="staff", client_id="x", client_secret="x")
        with pytest.raises((DirectoryUnavailable, DirectoryRefused)):
            client.ensure_user(user())
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert sum(path.endswith("/users") for path in posts) == 1


def test_clients_of_many_threads_never_mix_their_people(staff_realm: StaffRealm) -> None:
    """The library hands one person's answer to another when a connection is shared; ours are not."""
    wanted = [user() for _ in range(64)]
    local = threading.local()

    def work(one: DirectoryUser) -> str:
        if not hasattr(local, "client"):
            local.client = make_directory(staff_realm)
        return local.client.ensure_user(one)

    with ThreadPoolExecutor(16) as pool:
        subjects = list(pool.map(work, wanted))
    stored = {each["id"]: each["username"] for each in staff_realm.call("GET", "/users?max=1000").json()}
    assert [stored[subject] for subject in subjects] == [one.username for one in wanted]
