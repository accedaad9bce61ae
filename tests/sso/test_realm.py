"""The realms of deploy/keycloak on the real server: the one-page form, second factors, what is refused."""

import base64
import html
import json
import re
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pyotp
import pytest

from scripts._lib.keycloak import read_realm
from sso.interfaces import ProviderRefused
from sso.services import ATTEMPT_LIFETIME, FORM_LIFETIME
from tests.sso.browsing import PASSWORD, PUBLIC_URL, Browser
from tests.sso.conftest import Server, SignIn, real_server
from tests.sso.site import Site
from tests.support.servers import KeycloakServer, StaffRealm

FILES = Path(__file__).parents[2] / "deploy" / "keycloak"
THEME = FILES / "themes" / "lienthong" / "login"
VALUES = {
    "LIENTHONG_PUBLIC_URL": "http://localhost:8000",
    "LIENTHONG_OIDC_CLIENT_SECRET": "a",
    "LIENTHONG_DIRECTORY_CLIENT_SECRET": "b",
}


@pytest.fixture
def server(staff_realm: StaffRealm, stack) -> Server:
    return real_server(staff_realm, stack)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return f"nguoi.{zlib.crc32(request.node.nodeid.encode())}"


def open_form(server: Server, **options) -> tuple[SignIn, Browser]:
    attempt, url = SignIn.begin(server.provider, **options)
    return attempt, server.browser().open(url)


# -- the form ------------------------------------------------------------------------------------------


def test_name_and_password_are_asked_on_one_page(server: Server, staff_realm: StaffRealm) -> None:
    assert staff_realm.call("GET", "").json()["organizationsEnabled"]
    staff_realm.call("POST", "/organizations", {"name": "Sở Y tế", "alias": "so-y-te", "enabled": True})
    _attempt, browser = open_form(server)
    assert browser.heading == "Đăng nhập"
    assert 'name="username"' in browser.page.text
    assert 'name="password"' in browser.page.text
    assert 'autocomplete="current-password"' in browser.page.text
    assert "rememberMe" not in browser.page.text


@pytest.mark.parametrize("realm", ["staff", "citizen"])
def test_a_form_works_for_as_long_as_it_is_open(realm: str) -> None:
    described = read_realm(realm, VALUES)
    assert described["accessCodeLifespanLogin"] == FORM_LIFETIME.total_seconds()
    assert described["attributes"]["parRequestUriLifespan"] == f"{ATTEMPT_LIFETIME.total_seconds():.0f}"


def test_keycloak_looks_at_the_pushed_request_again_when_the_form_is_sent(
    server: Server, staff_realm: StaffRealm, name: str
) -> None:
    """Which is why the request must outlive the form: its person is told that the right password is wrong."""
    staff_realm.add_person(name, PASSWORD)
    assert server.provider.form_lifetime() == ATTEMPT_LIFETIME
    attributes = staff_realm.call("GET", "").json()["attributes"]
    staff_realm.call("PUT", "", {"attributes": attributes | {"parRequestUriLifespan": "2"}})
    try:
        _attempt, browser = open_form(server)
        time.sleep(3)
        assert 'role="alert"' in browser.submit(username=name, password=PASSWORD).page.text
    finally:
        staff_realm.call("PUT", "", {"attributes": attributes})


def test_the_page_speaks_vietnamese_first_and_english_on_request(server: Server) -> None:
    _attempt, browser = open_form(server)
    assert '<html lang="vi">' in browser.page.text
    english = html.unescape(re.search(r'href="([^"]+kc_locale=en)"', browser.page.text)[1])
    base = server.issuer.partition("/realms/")[0]
    assert browser.open(base + english).heading == "Sign in"
    _attempt, browser = open_form(server, locale="en")
    assert browser.heading == "Sign in"


def test_the_page_names_the_help_desk_the_privacy_notice_and_the_way_out_for_citizens(
    server: Server, staff_realm: StaffRealm
) -> None:
    _attempt, browser = open_form(server)
    assert "Hỗ trợ:" not in browser.page.text, "nobody to ask is not announced"
    texts = {"supportPhone": "0234 111 222", "supportEmail": "hotro@example.vn"}
    staff_realm.call("POST", "/localization/vi", texts)
    _attempt, browser = open_form(server)
    for link in (
        "tel:0234111222",
        "mailto:hotro@example.vn",
        f"{PUBLIC_URL}/sso/privacy",
        f"{PUBLIC_URL}/public/",
    ):
        assert f'href="{link}"' in browser.page.text
    for key in texts:
        staff_realm.call("DELETE", f"/localization/vi/{key}")


def test_the_page_has_no_inline_code_and_a_policy_that_forbids_it(server: Server) -> None:
    _attempt, browser = open_form(server)
    first = browser.page
    wrong = browser.submit(username="khong.co", password="sai").page
    for page in (first, wrong):
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert re.findall(r"<script(?![^>]*\bsrc=)", page.text, re.IGNORECASE) == []
        assert re.findall(r"""<style|\sstyle=|\son[a-z]+=["']""", page.text, re.IGNORECASE) == []
    assert 'role="alert"' in wrong.text
    assert "tạm khoá" in wrong.text


def test_every_file_the_page_names_is_there(server: Server) -> None:
    _attempt, browser = open_form(server)
    base = server.issuer.partition("/realms/")[0]
    files = re.findall(r'(?:src|href)="(/resources/[^"]+)"', browser.page.text)
    assert len(files) >= 3
    assert {httpx.get(base + each, trust_env=False).status_code for each in files} == {200}


def test_a_wrong_password_and_an_unknown_name_look_the_same(
    server: Server, staff_realm: StaffRealm, name: str
) -> None:
    staff_realm.add_person(name, PASSWORD)
    words = set()
    for username in (name, "khong.co.ai"):
        _attempt, browser = open_form(server)
        page = browser.submit(username=username, password="sai").page.text
        words.add(re.search(r'role="alert"[^>]*>([^<]+)', page)[1])
    assert len(words) == 1


def test_a_locked_account_is_told_so_without_telling_that_it_exists(
    server: Server, staff_realm: StaffRealm, name: str
) -> None:
    """Keycloak refuses the right password too; the words name the wait, the same for a name that nobody has."""
    staff_realm.add_person(name, PASSWORD)

    def told(username: str, password: str) -> str:
        _attempt, browser = open_form(server)
        return re.search(
            r'role="alert"[^>]*>([^<]+)', browser.submit(username=username, password=password).page.text
        )[1]

    for _number in range(5):
        told(name, "sai")
    locked = told(name, PASSWORD)
    assert "mật khẩu đúng cũng chưa vào được: đợi 1 đến 15 phút" in locked
    assert locked == told("khong.co.ai", PASSWORD)


def test_guessing_is_stopped_for_a_while(server: Server, staff_realm: StaffRealm, name: str) -> None:
    subject = staff_realm.add_person(name, PASSWORD)
    _attempt, browser = open_form(server)
    for _ in range(10):
        browser.submit(username=name, password="sai")
    browser.submit(username=name, password=PASSWORD)
    assert browser.heading == "Đăng nhập", "even the right password has to wait"
    status = staff_realm.call("GET", f"/attack-detection/brute-force/users/{subject}").json()
    assert status["disabled"]
    assert staff_realm.call("GET", f"/users/{subject}").json()["enabled"], "never locked for good"


# -- second factors ------------------------------------------------------------------------------------


def finish(server: Server, attempt: SignIn, browser: Browser):
    return server.provider.redeem(
        code=browser.answer["code"], code_verifier=attempt.verifier, nonce=attempt.nonce
    )


def test_an_operator_sets_up_a_second_factor_and_proves_it(
    server: Server, staff_realm: StaffRealm, name: str
) -> None:
    staff_realm.add_person(name, PASSWORD, operator=True)
    attempt, browser = open_form(server)
    browser.submit(username=name, password=PASSWORD)
    assert browser.heading == "Thiết lập mã xác thực"
    secret = html.unescape(re.search(r'name="totpSecret" value="([^"]+)"', browser.page.text)[1])
    totp = pyotp.TOTP(base64.b32encode(secret.encode()).decode())
    browser.submit(totp=totp.now(), userLabel="", totpSecret=secret)
    first = finish(server, attempt, browser).identity
    assert first.is_operator
    assert not first.second_factor, "setting it up proves nothing about the next sign-in"
    attempt, url = SignIn.begin(server.provider, ask="proof")
    browser.open(url).submit(password=PASSWORD)
    assert browser.heading == "Nhập mã xác thực"
    browser.submit(otp=totp.at(time.time() + 30))  # the code of the set-up is spent
    second = finish(server, attempt, browser).identity
    assert second.second_factor
    assert second.sid == first.sid


def test_a_second_factor_is_asked_of_whoever_has_one(
    server: Server, staff_realm: StaffRealm, name: str
) -> None:
    subject = staff_realm.add_person(name, PASSWORD)
    credential = {
        "type": "otp", "secretData": json.dumps({"value": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}),
        "credentialData": json.dumps({"subType": "totp", "digits": 6, "period": 30, "algorithm": "HmacSHA1", "secretEncoding": "BASE32"}),
    }  # fmt: skip
    account = staff_realm.call("GET", f"/users/{subject}").json()
    staff_realm.call("PUT", f"/users/{subject}", account | {"credentials": [credential]})
    attempt, browser = open_form(server)
    browser.submit(username=name, password=PASSWORD)
    assert browser.heading == "Nhập mã xác thực"
    assert browser.submit(otp="000000").heading == "Nhập mã xác thực"
    assert "Mã chưa đúng" in browser.page.text
    totp = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    if not browser.submit(otp=totp.now()).page.is_redirect:
        browser.submit(otp=totp.now())  # a machine that was put to sleep here wakes with a code of the past
    assert finish(server, attempt, browser).identity.methods == {"pwd", "otp"}


def test_a_role_given_after_the_sign_in_brings_no_second_factor_with_it(
    server: Server, staff_realm: StaffRealm, name: str
) -> None:
    subject = staff_realm.add_person(name, PASSWORD)
    attempt, browser = open_form(server)
    browser.submit(username=name, password=PASSWORD)
    finish(server, attempt, browser)
    role = staff_realm.call("GET", "/roles/platform-operator").json()
    staff_realm.call("POST", f"/users/{subject}/role-mappings/realm", [role])
    attempt, url = SignIn.begin(server.provider)
    silent = finish(server, attempt, browser.open(url)).identity
    assert silent.is_operator
    assert not silent.second_factor


def test_a_person_changes_their_own_password(server: Server, staff_realm: StaffRealm, name: str) -> None:
    staff_realm.add_person(name, PASSWORD)
    attempt, browser = open_form(server, ask="password")
    browser.submit(username=name, password=PASSWORD)
    assert browser.heading == "Đặt mật khẩu mới"
    assert "Để sau" in browser.page.text, "nobody who asked for it is held to it"
    browser.submit(**{"password-new": f"{PASSWORD} khác", "password-confirm": f"{PASSWORD} khác"})
    assert browser.answer["kc_action_status"] == "success"
    assert finish(server, attempt, browser).identity.username == name


# -- what the realm refuses ------------------------------------------------------------------------------


def test_passwords_are_not_taken_outside_the_form(server: Server, staff_realm: StaffRealm, name: str) -> None:
    staff_realm.add_person(name, PASSWORD)
    for client, refusal in (
        ({"client_id": "lienthong", "client_secret": server.secret}, (400, "unauthorized_client")),
        ({"client_id": "admin-cli"}, (401, "invalid_client")),  # the realm has switched it off
    ):
        form = {"grant_type": "password", "username": name, "password": PASSWORD, **client}
        answer = httpx.post(f"{server.issuer}/protocol/openid-connect/token", data=form, trust_env=False)
        assert (answer.status_code, answer.json()["error"]) == refusal


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"response_type": "id_token"},
    ],
)
def test_a_request_weaker_than_ours_is_refused(server: Server, change: dict[str, str]) -> None:
    SignIn.begin(server.provider)
    fields = {
        "client_id": "lienthong", "response_type": "code", "redirect_uri": "http://localhost:8000/sso/callback", "scope": "openid",
        "state": "s", "nonce": "n", "code_challenge": "c" * 43, "code_challenge_method": "S256",
    }  # fmt: skip
    assert server.provider._post("pushed_authorization_request_endpoint", fields)["request_uri"]
    try:
        answer = server.provider._post(
            "pushed_authorization_request_endpoint", {k: v for k, v in (fields | change).items() if v}
        )
    except ProviderRefused:
        return
    # Keycloak looks at some things only when the browser comes.
    query = {"client_id": "lienthong", "request_uri": answer["request_uri"]}
    url = f"{server.provider._endpoint('authorization_endpoint')}?{httpx.QueryParams(query)}"
    page = server.browser().open(url).page
    assert "error=" in page.headers.get("Location", "")


def test_a_token_carries_no_more_than_we_use(server: Server, staff_realm: StaffRealm, name: str) -> None:
    staff_realm.add_person(name, PASSWORD, name="Tên Riêng Tư")
    attempt, browser = open_form(server)
    browser.submit(username=name, password=PASSWORD)
    token = finish(server, attempt, browser).id_token
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert set(claims) <= {
        "exp", "iat", "auth_time", "jti", "iss", "aud", "sub", "typ", "azp", "nonce", "sid", "at_hash", "acr", "amr",
        "preferred_username", "roles",
    }  # fmt: skip
    assert len(token) < 1500


# -- logout from the provider's side -----------------------------------------------------------------------


def test_an_administrator_s_logout_reaches_us_within_seconds(
    keycloak: KeycloakServer, database, stack, worker_id: str
) -> None:
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.end_headers()

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
    thread.start()
    try:
        with keycloak.staff_realm(
            f"backchannel-{worker_id}", f"http://127.0.0.1:{listener.server_port}"
        ) as realm:
            realm.call("PUT", f"/clients/{client_id(realm)}", redirects_here(realm))
            site = Site(database, realm.issuer, realm.client_secret, stack)
            subject = realm.add_person("an", PASSWORD)
            site.person("an")
            visitor = site.visitor()
            assert visitor.sign_in("an").status_code == 303
            assert visitor.is_signed_in()
            realm.call("POST", f"/users/{subject}/logout")
            deadline = time.monotonic() + 60
            while not heard and time.monotonic() < deadline:
                time.sleep(0.02)
            [token] = parse_qs(heard[0])["logout_token"]
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            assert (
                site.client.simulate_post(
                    "/sso/backchannel-logout", body=heard[0], headers=headers
                ).status_code
                == 200
            )
            assert not visitor.is_signed_in()
            assert (
                site.client.simulate_post(
                    "/sso/backchannel-logout", body=heard[0], headers=headers
                ).status_code
                == 400
            )
            assert token.count(".") == 2
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def client_id(realm: StaffRealm) -> str:
    return realm.call("GET", "/clients?clientId=lienthong").json()[0]["id"]


def redirects_here(realm: StaffRealm) -> dict:
    """The client with our own return address besides the listener's logout address."""
    client = realm.call("GET", f"/clients/{client_id(realm)}").json()
    return client | {"redirectUris": ["http://localhost:8000/sso/callback"]}


# -- the files themselves ----------------------------------------------------------------------------------


@pytest.mark.parametrize("realm", ["staff", "citizen"])
def test_a_realm_file_keeps_to_the_baseline(realm: str) -> None:
    described = read_realm(realm, VALUES)
    assert described["defaultSignatureAlgorithm"] == "PS256"
    assert described["bruteForceProtected"]
    assert not described["permanentLockout"]
    assert not described["registrationAllowed"]
    assert not described["rememberMe"]
    assert described["accessTokenLifespan"] <= 300
    assert described["eventsEnabled"]
    assert described["adminEventsDetailsEnabled"]
    assert described["eventsExpiration"] <= 90 * 86_400
    assert described["loginTheme"] == "lienthong"
    assert described["defaultLocale"] == "vi"
    for client in described["clients"]:
        assert not client.get("directAccessGrantsEnabled")
        assert not client.get("implicitFlowEnabled")
        assert client["fullScopeAllowed"] is False
        assert not any("*" in uri for uri in [*client["redirectUris"], *client["webOrigins"]])


def test_our_sessions_end_before_the_provider_s_do() -> None:
    staff = read_realm("staff", VALUES)
    assert staff["ssoSessionIdleTimeout"] >= 30 * 60
    assert staff["ssoSessionMaxLifespan"] >= 10 * 3600


def test_the_citizen_realm_can_be_imported(keycloak: KeycloakServer, worker_id: str) -> None:
    described = read_realm("citizen", VALUES) | {"realm": f"citizen-{worker_id}"}
    keycloak.admin.call("POST", "", described)
    try:
        stored = keycloak.admin.call("GET", f"/citizen-{worker_id}").json()
        assert stored["resetPasswordAllowed"]
        assert stored["ssoSessionMaxLifespan"] == 7200
    finally:
        keycloak.admin.call("DELETE", f"/citizen-{worker_id}")


def test_the_theme_says_everything_in_both_languages() -> None:
    def keys(language: str) -> dict[str, str]:
        lines = (THEME / "messages" / f"messages_{language}.properties").read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    vietnamese, english = keys("vi"), keys("en")
    assert set(vietnamese) == set(english)
    for key, text in english.items():
        assert set(re.findall(r"\{\d}", text)) == set(re.findall(r"\{\d}", vietnamese[key])), key
        assert "'" not in text, f"{key}: an apostrophe starts a quotation in a message"


def test_the_theme_has_no_inline_code() -> None:
    for template in THEME.glob("*.ftl"):
        text = template.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text, re.IGNORECASE), (
            template.name
        )
