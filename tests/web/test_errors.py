"""Every error is an answer: a problem document for programs, a page for people, one line if all else fails."""

import pytest

from core.web import rendering
from tests.web.conftest import HERE

NOTES = f"/t/{HERE.code}/trial/"
API = f"/api/v1/t/{HERE.code}/trial"
PROBLEMS = {
    "bug": (500, "internal", "Trang này gặp lỗi, không phải do bạn"),
    "chain": (500, "internal", "Trang này gặp lỗi, không phải do bạn"),
    "commit": (500, "internal", "Trang này gặp lỗi, không phải do bạn"),
    "forbidden": (403, "forbidden", "Bạn chưa được giao quyền làm việc này"),
    "conflict": (409, "conflict", "Người khác vừa sửa mục này"),
    "invalid": (422, "invalid", "Còn chỗ cần sửa"),
    "number": (400, "bad-request", "Yêu cầu gửi lên không đọc được"),
    "slow": (500, "internal", "Trang này gặp lỗi, không phải do bạn"),
    "held-up": (503, "busy", "Hệ thống đang bận, bạn gửi lại sau giây lát"),
    "elsewhere": (503, "http-503", "Hệ thống đang tạm gián đoạn"),
}


class TestPrograms:
    @pytest.mark.parametrize("kind", PROBLEMS)
    def test_a_problem_has_a_stable_type(self, site, kind):
        status, name, title = PROBLEMS[kind]
        answer = site.get(f"{API}/trouble/{kind}")
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert {key: answer.json[key] for key in ("type", "title", "status", "instance")} == {
            "type": f"/problems/{name}",
            "title": title,
            "status": status,
            "instance": f"urn:request:{answer.headers['X-Request-Id']}",
        }

    def test_fields_that_are_wrong_are_named(self, site):
        document = site.get(f"{API}/trouble/invalid").json
        assert document["errors"] == {"title": ["Dài quá 5 ký tự."]}
        assert document["detail"] == "Còn một chỗ cần sửa."

    def test_the_inside_is_not_shown(self, site):
        for area in (API, NOTES.rstrip("/")):
            for kind in ("bug", "chain", "commit", "number"):
                text = site.get(f"{area}/trouble/{kind}").text
                for inside in (
                    "Nguyễn",
                    "0912",
                    "ValueError",
                    "Traceback",
                    "trial.pair",
                    "psycopg2",
                    "integer",
                ):
                    assert inside not in text

    @pytest.mark.parametrize(
        ("path", "status", "name"),
        [
            ("/api/v1/nothing", 404, "not-found"),
            ("/api/", 404, "not-found"),
            (f"{API}/trouble", 404, "not-found"),
        ],
    )
    def test_an_address_of_nobody(self, site, path, status, name):
        answer = site.get(path)
        assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{name}")

    def test_a_method_that_is_not_offered_names_those_that_are(self, site):
        answer = site.request("PUT", f"{API}/notes")
        assert (answer.status_code, answer.json["type"]) == (405, "/problems/http-405")
        assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(",", " ").split())

    def test_a_client_that_prefers_json_gets_it_on_pages_too(self, site):
        answer = site.get("/nowhere", headers={"Accept": "application/json"})
        assert answer.json["status"] == 404

    @pytest.mark.parametrize(
        ("method", "path"),
        [("PUT", f"{API}/notes"), ("GET", f"{API}/notes?q=%00"), ("GET", "/api/v1/khong-co")],
    )
    def test_what_is_refused_before_anybody_is_known_follows_the_person_or_the_client(
        self, site, method, path
    ):
        site.loader.add("visitor", "trial.clerk", locale="en")
        vietnamese = site.request(method, path, None).json["title"]
        english = site.request(method, path, None, headers={"Accept-Language": "en-US,vi;q=0.5"}).json[
            "title"
        ]
        assert english != vietnamese
        assert (
            site.request(method, path, None, headers={"Accept-Language": "vi-VN,en;q=0.9"}).json["title"]
            == vietnamese
        )
        if "%00" not in path:
            assert site.request(method, path, "visitor").json["title"] == english

    def test_who_comes_without_a_session_is_not_told_that_one_has_ended(self, site):
        answer = site.get(f"{API}/notes", None)
        assert (answer.status_code, answer.json["type"]) == (401, "/problems/sign-in-required")
        assert answer.json["title"] == "Cần đăng nhập hoặc mã truy cập API"
        assert site.get(f"{API}/notes", "gone").json["title"] == "Phiên làm việc đã hết"

    def test_the_titles_are_in_the_readers_language(self, site):
        site.loader.add("visitor", "trial.clerk", locale="en")
        assert (
            site.get(f"{API}/trouble/forbidden", "visitor").json["title"]
            == "You have not been given the right to do this"
        )
        assert site.get(f"{API}/trouble/forbidden").json["title"] == PROBLEMS["forbidden"][2]


class TestPeople:
    @pytest.mark.parametrize("kind", PROBLEMS)
    def test_a_page_says_what_happened_with_a_number_to_read_out(self, site, kind):
        status, _, title = PROBLEMS[kind]
        answer = site.get(f"{NOTES}trouble/{kind}")
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert title in answer.text
        assert answer.headers["X-Request-Id"] in answer.text

    def test_the_reason_of_a_refusal_is_shown(self, site):
        assert "Chỉ người tạo mới được xoá." in site.get(f"{NOTES}trouble/forbidden").text

    def test_a_page_that_is_not_there_keeps_the_shell_of_who_is_signed_in(self, site):
        assert "Họ Tên clerk" in site.get(f"/t/{HERE.code}/trial/00000000-0000-7000-8000-000000000000").text
        assert "Họ Tên outsider" in site.get(NOTES, "outsider").text

    def test_pages_before_sign_in_follow_the_browser_and_offer_the_other_language(self, site):
        english = site.get("/khong-co", None, headers={"Accept-Language": "en-GB,en;q=0.9,vi;q=0.1"})
        assert '<html lang="en"' in english.text
        assert 'action="/language"' in english.text
        assert (
            '<html lang="vi"' in site.get("/khong-co", None, headers={"Accept-Language": "fr, *;q=0.1"}).text
        )
        chosen = {"Accept-Language": "en", "Cookie": "lt_locale=vi"}
        assert '<html lang="vi"' in site.get("/khong-co", None, headers=chosen).text

    def test_a_foreign_agency_is_not_named(self, site):
        text = site.get(NOTES, "outsider").text
        assert HERE.name not in text
        assert 'href="/"' in text  # back to the own agency, not to the foreign one


class TestLastResort:
    """The page for errors may be broken itself."""

    def test_a_broken_error_page_still_answers(self, site, monkeypatch):
        def broken(*args, **kwargs):
            raise KeyError("static")

        monkeypatch.setattr(rendering.Renderer, "page", broken)
        answer = site.get(f"{NOTES}trouble/bug")
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
        assert answer.text == f"Trang này gặp lỗi, không phải do bạn\n{answer.headers['X-Request-Id']}\n"
        assert "Content-Security-Policy" in answer.headers
        assert [line["event"] for line in site.logged()] == [
            "request.failed",
            "request.error_page_failed",
            "request",
        ]

    @pytest.mark.parametrize("body", ["a=" + "x" * 1_100_000, "--x\r\nbroken"])
    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
    def test_a_form_that_can_be_neither_taken_nor_kept(self, site, body, kind):
        answer = site.request("POST", NOTES, None, body=body, headers={"Content-Type": kind})
        assert answer.status_code == 401


class TestWhatTheLogSays:
    """PostgreSQL being away needs no trace; a statement it refused is our fault and needs one."""

    @pytest.mark.parametrize(
        ("kind", "event", "code"),
        [("slow", "request.failed", "57014"), ("held-up", "request.held_up", "55P03")],
    )
    def test_a_refused_statement_is_logged_with_its_trace(self, site, kind, event, code):
        site.get(f"{NOTES}trouble/{kind}")
        (line,) = [each for each in site.logged() if each["event"] == event]
        assert f"sqlstate={code}" in line["exception"]
        assert "take_too_long" in line["exception"] or "wait_for_a_lock" in line["exception"]
