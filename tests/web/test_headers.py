"""The headers of every answer, whatever became of the request."""

from pathlib import Path

import pytest
from falcon import Response
from falcon.testing import create_environ

from core.web.request import Request
from core.web.security import SecurityHeaders
from tests.web.conftest import HERE

NOTES = f"/t/{HERE.code}/trial/"
ANSWERS = {
    "a page": ("GET", NOTES, "clerk", 200),
    "a document": ("GET", f"/api/v1/t/{HERE.code}/trial/notes", "clerk", 200),
    "a public page": ("GET", f"/public/{HERE.code}/trial/", None, 200),
    "a way to sign-in": ("GET", NOTES, None, 303),
    "a refusal": ("GET", NOTES, "nobody", 403),
    "nothing": ("GET", "/nowhere", None, 404),
    "nothing static": ("GET", "/static/none.css", None, 404),
    "another method": ("DELETE", NOTES, "clerk", 405),
    "an error": ("GET", f"{NOTES}trouble/bug", "clerk", 500),
    "a problem": ("GET", f"/api/v1/t/{HERE.code}/trial/trouble/bug", "clerk", 500),
    "a sign of life": ("GET", "/healthz", None, 200),
    "what may be asked": ("OPTIONS", NOTES, None, 200),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_answer_carries_the_security_headers(site, kind):
    method, path, who, status = ANSWERS[kind]
    answer = site.request(method, path, who, headers={"Host": "lienthong.test"})
    assert answer.status_code == status
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["Cache-Control"] == "no-store"
    assert {"Cookie", "HX-Request", "Accept", "Accept-Language"} == set(headers["Vary"].split(", "))
    assert headers["X-Request-Id"]
    assert "Server" not in headers


def test_the_content_policy_allows_no_script_of_the_page_itself(site):
    parts = [part.split() for part in site.get(NOTES).headers["Content-Security-Policy"].split("; ")]
    policy = {name: values for name, *values in parts}
    assert (
        policy["default-src"]
        == policy["object-src"]
        == policy["base-uri"]
        == policy["frame-ancestors"]
        == ["'none'"]
    )
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'", "https://id.test"]


def test_an_answer_without_a_body_does_not_pass_for_a_document(site):
    answer = site.post(NOTES, {"title": "a"})
    assert (answer.status_code, answer.text) == (303, "")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert site.get(NOTES).headers["Content-Type"].startswith("text/html")


def test_plain_http_on_a_developers_machine_is_not_told_to_be_https():
    answer = Response()
    headers = SecurityHeaders("http://localhost:8000", "http://localhost:8180")
    headers.process_response(Request(create_environ(path="/")), answer, None, req_succeeded=True)
    assert answer.get_header("Strict-Transport-Security") is None


def test_only_what_lies_below_the_platform_s_own_name_is_told_to_be_https(site):
    told = site.get(NOTES, headers={"Host": "so-y-te.vn"}).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000"


def test_the_proxy_leaves_it_to_the_application_which_names_are_told_to_be_https():
    proxy = (Path(__file__).parents[2] / "deploy/nginx/lienthong.conf").read_text("utf-8")
    assert "add_header Strict-Transport-Security" not in proxy


def test_cookies_are_kept_from_scripts_and_other_sites(site):
    site.post(NOTES, {"title": "a"})
    cookie = site.post(NOTES, {"title": "a"}).headers["Set-Cookie"]
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    choice = site.post("/language", {"locale": "en", "return_to": "https://evil.test/"}, None)
    assert {"Secure", "SameSite=Lax", "Path=/"} <= set(choice.headers["Set-Cookie"].split("; "))


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=1",
        "",
        "t/x",
        "/a\\b",
        "/\t/evil.test",
    ],
)
def test_nobody_is_led_away(site, target):
    answer = site.post("/language", {"locale": "en", "return_to": target}, None)
    assert answer.headers["Location"] == "/"


def test_people_are_led_back_to_where_they_were(site):
    assert (
        site.post("/language", {"locale": "vi", "return_to": f"{NOTES}?q=1"}, None).headers["Location"]
        == f"{NOTES}?q=1"
    )


@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("203.0.113.9", "192.0.2.1", "203.0.113.9"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.7, 192.0.2.1", "192.0.2.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_the_last_word_of_a_proxy_on_this_machine_tells_where_a_request_came_from(
    peer, forwarded, believed
):
    headers = {"X-Forwarded-For": forwarded, "X-Real-IP": "198.51.100.8", "Forwarded": "for=198.51.100.9"}
    req = Request(create_environ(path="/", headers=headers, remote_addr=peer))
    assert req.network_address == believed
