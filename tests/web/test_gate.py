"""The gate: who gets in, where to, and what becomes of the work done behind it."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from falcon.testing import create_environ
from peewee import InterfaceError, OperationalError

from core.db import db
from core.web.request import SESSION_COOKIE
from tests.web.conftest import EMPTY, HERE, THERE

NOTES = f"/t/{HERE.code}/trial/"
API = f"/api/v1/t/{HERE.code}/trial/notes"


class TestAdmission:
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("clerk", 200),
            ("reader", 200),
            ("nobody", 403),
            ("outsider", 404),
            ("retired", 404),
            ("operator", 404),
        ],
    )
    @pytest.mark.parametrize("path", [NOTES, API])
    def test_a_page_needs_its_permission_in_its_agency(self, site, path, who, status):
        assert site.get(path, who).status_code == status

    @pytest.mark.parametrize(
        "code", [EMPTY.code, "khong-co", "..%2f", "phuong-thuan-hoa%20", "PHUONG-THUAN-HOA"]
    )
    def test_an_agency_without_the_module_is_as_one_that_does_not_exist(self, site, code):
        site.loader.add("member", "trial.clerk", at=EMPTY)
        for who in ("member", "clerk", "operator"):
            assert site.get(f"/t/{code}/trial/", who).status_code == 404
            assert site.get(f"/api/v1/t/{code}/trial/notes", who).status_code == 404

    def test_the_answer_does_not_tell_a_foreign_agency_from_none(self, site):
        answers = [
            site.get(f"/t/{code}/trial/", "outsider").text for code in (HERE.code, EMPTY.code, "khong-co-dau")
        ]
        texts = {
            text.replace(HERE.code, "…").replace(EMPTY.code, "…").replace("khong-co-dau", "…")[:400]
            for text in answers
        }
        assert len(texts) == 1

    def test_a_role_of_one_agency_gives_nothing_in_another(self, site):
        assert site.get(f"/t/{THERE.code}/trial/", "outsider").status_code == 200
        assert site.get(f"/t/{THERE.code}/trial/", "clerk").status_code == 404

    def test_an_unknown_role_and_permissions_of_the_platform_give_nothing(self, site):
        site.loader.add("odd", "trial.gone", "core.operator", "own.x")
        assert site.get(NOTES, "odd").status_code == 403
        assert site.get("/admin/trial/", "odd").status_code == 404

    @pytest.mark.parametrize(
        ("who", "status"),
        [("operator", 200), ("halfway", 403), ("clerk", 404), ("retired", 404), (None, 303)],
    )
    def test_the_console_is_not_there_for_others(self, site, who, status):
        assert site.get("/admin/trial/", who).status_code == status

    def test_signed_in_is_enough_where_the_route_says_so(self, site):
        assert [site.get("/admin/trial/mine", who).status_code for who in ("retired", "clerk", None)] == [
            200,
            200,
            303,
        ]

    def test_a_public_page_asks_for_nothing_but_the_agency_and_the_module(self, site):
        for who in (None, "clerk", "outsider", "unknown session"):
            assert site.get(f"/public/{HERE.code}/trial/", who).status_code == 200
            assert site.get(f"/public/{EMPTY.code}/trial/", who).status_code == 404
            assert site.get("/public/khong-co/trial/", who).status_code == 404

    def test_two_session_cookies_are_none(self, site):
        """A sibling site can plant a second one; which is the real one cannot be told."""
        planted = {"Cookie": f"{SESSION_COOKIE}=clerk; {SESSION_COOKIE}=reader"}
        assert site.get(NOTES, None, headers=planted).status_code == 303

    def test_head_answers_as_get_without_a_body(self, site):
        answer = site.request("HEAD", NOTES)
        assert (answer.status_code, answer.text) == (200, "")
        assert site.request("HEAD", NOTES, "nobody").status_code == 403


class TestSignIn:
    @pytest.mark.parametrize(
        "path", [NOTES, f"{NOTES}?sort=title&after=a%26b", f"/t/{HERE.code}/trial/échec"]
    )
    def test_a_page_leads_to_sign_in_and_back(self, site, path):
        path, _, query = path.partition("?")
        for who in (None, "expired"):
            answer = site.get(path, who, query_string=query)
            if answer.status_code == 404:  # not a page of anybody
                continue
            assert answer.status_code == 303
            target = urlsplit(answer.headers["Location"])
            assert target.path == "/sso/login"
            assert parse_qs(target.query) == {
                "return_to": [path.rstrip("/") + (f"?{query}" if query else "")]
            }

    def test_part_of_a_page_makes_the_whole_page_go(self, site):
        answer = site.get(NOTES, None, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/sso/login?return_to=")

    def test_a_program_is_told(self, site):
        answer = site.get(API, None)
        assert answer.status_code == 401
        assert answer.json["type"] == "/problems/sign-in-required"
        assert "Authorization: Bearer" in answer.json["detail"]
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="lienthong"'

    def test_a_form_of_an_ended_session_is_shown_and_not_taken(self, site):
        answer = site.post(NOTES, {"title": "một đoạn <dài> đã gõ", "csrf_token": "x"}, None)
        assert answer.status_code == 401
        assert "một đoạn &lt;dài&gt; đã gõ" in answer.text
        assert "/sso/login?return_to=" in answer.text
        assert "phiên bị kết thúc" in answer.text
        assert site.stored() == []

    @pytest.mark.parametrize(
        ("page", "back"),
        [
            (f"https://lienthong.test{NOTES}?state=pinned", f"{NOTES}?state=pinned"),
            ("https://lienthong.test//evil.test/", f"/t/{HERE.code}/trial"),
            ("", f"/t/{HERE.code}/trial"),
        ],
    )
    def test_after_sign_in_the_page_of_the_form_is_shown_not_the_address_it_was_sent_to(
        self, site, page, back
    ):
        answer = site.post(NOTES, {"title": "a"}, None, headers={"Referer": page})
        assert f'/sso/login?return_to={quote(back, safe="")}"' in answer.text


class TestFormTokens:
    def test_a_form_with_its_token_is_taken(self, site):
        assert (
            site.post(NOTES, {"title": "a", "csrf_token": site.token("clerk")}, csrf=False).status_code == 303
        )
        assert site.post(NOTES, {"title": "b"}).status_code == 303  # in the header, as htmx sends it
        assert [title for _, title in site.stored()] == ["a", "b"]

    @pytest.mark.parametrize("token", [None, "", "wrong", "reader's", ["a", "b"], "đ"])
    def test_a_stale_token_shows_what_was_typed_for_sending_again(self, site, token):
        sent = site.token("reader") if token == "reader's" else token
        form = {"title": "Họp “giao ban”", "tags": ["x y", "z"]} | (
            {"csrf_token": sent} if token is not None else {}
        )
        answer = site.post(NOTES, form, csrf=False)
        assert answer.status_code == 403
        assert '<input type="hidden" name="title" value="Họp “giao ban”">' in answer.text
        assert answer.text.count('name="tags"') == 2
        assert site.token("clerk") in answer.text
        assert site.stored() == []

    def test_a_program_is_told_by_a_stable_type(self, site):
        answer = site.request("POST", API, csrf=False, json={"title": "a"})
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/stale-form-token")

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://lienthong.test"},
            {"Sec-Fetch-Site": None, "Origin": "https://so-khac.hue.gov.vn"},
            {"Sec-Fetch-Site": None, "Origin": "http://lienthong.test"},
            {"Sec-Fetch-Site": None, "Origin": "null"},
        ],
    )
    @pytest.mark.parametrize("path", [NOTES, API, f"/public/{HERE.code}/trial/", "/language"])
    def test_nothing_is_taken_from_another_site(self, site, headers, path):
        """Not even with the right token: sites under the same domain are not ours."""
        for who in ("clerk", None):
            assert site.post(path, {"title": "a"}, who, headers=headers).status_code == 403
        assert site.stored() == []

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "none"},
            {"Sec-Fetch-Site": None},
            {"Sec-Fetch-Site": None, "Origin": "https://lienthong.test"},
        ],
    )
    def test_what_our_pages_and_programs_send_is_taken(self, site, headers):
        assert site.post(NOTES, {"title": "a"}, headers=headers).status_code == 303

    def test_reading_needs_no_token(self, site):
        assert site.get(NOTES, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


class TestTransaction:
    def test_the_work_is_committed_before_the_answer_is_sent(self, site):
        seen = []
        environ = create_environ(
            path=NOTES,
            method="POST",
            body="title=a",
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"{SESSION_COOKIE}=clerk",
                "X-CSRF-Token": site.token("clerk"),
            },
        )
        list(site.app(environ, lambda status, headers, error=None: seen.append((status, site.stored()))))
        assert seen == [("303 See Other", [(str(HERE.id), "a")])]

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("bug", 500),
            ("forbidden", 403),
            ("conflict", 409),
            ("invalid", 422),
            ("number", 400),
            ("commit", 500),
            ("template", 500),
            ("elsewhere", 503),
        ],
    )
    @pytest.mark.parametrize("area", ["/t", "/api/v1/t"])
    def test_any_error_takes_everything_back(self, site, kind, status, area):
        answer = site.post(f"{area}/{HERE.code}/trial/trouble/{kind}", {})
        assert answer.status_code == status
        assert site.stored() == []
        # Nothing in the answer says that something was done.
        assert not {"location", "set-cookie", "x-half-done"} & {name.lower() for name in answer.headers}

    def test_the_scope_is_the_agency_of_the_address(self, site):
        site.post(NOTES, {"title": "ở đây"})
        site.post(f"/t/{THERE.code}/trial/", {"title": "ở kia"}, "outsider")
        assert site.stored() == [(str(HERE.id), "ở đây"), (str(THERE.id), "ở kia")]
        assert site.get(API).json == {"notes": ["ở đây"]}
        assert site.get(f"/api/v1/t/{THERE.code}/trial/notes", "outsider").json == {"notes": ["ở kia"]}

    def test_an_id_of_another_agency_is_not_found(self, site):
        created = site.request(
            "POST", f"/api/v1/t/{THERE.code}/trial/notes", "outsider", json={"title": "ở kia"}
        )
        assert created.status_code == 201
        assert site.get(f"/t/{THERE.code}/trial/{created.json['id']}", "outsider").status_code == 200
        for path in (f"{NOTES}{created.json['id']}", f"{API}/{created.json['id']}"):
            assert site.get(path).status_code == 404

    def test_a_connection_that_died_in_the_pool_is_replaced(self, site):
        site.loader.failures = [OperationalError("terminating connection due to administrator command")]
        assert site.get(NOTES).status_code == 200
        site.loader.failures = [InterfaceError("connection already closed")]
        assert site.get(NOTES).status_code == 200
        assert db.obj._in_use == {}

    def test_a_database_that_is_away_is_said_so(self, site):
        for path in (NOTES, API):
            site.loader.failures = [OperationalError("the database system is starting up")] * 2
            answer = site.get(path)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")

    def test_no_connection_is_kept_after_any_answer(self, site):
        for path in (
            NOTES,
            "/nowhere",
            f"/t/{HERE.code}/trial/trouble/bug",
            f"/t/{HERE.code}/trial/trouble/commit",
            "/readyz",
        ):
            site.get(path)
            assert db.obj._in_use == {}

    def test_an_exhausted_pool_says_so_in_time(self, site, monkeypatch):
        monkeypatch.setattr(db.obj, "_wait_timeout", 0.1)
        held = [db.obj._connect() for _ in range(2)]
        answer = site.get(NOTES)
        assert answer.status_code == 503
        for connection in held:
            db.obj._close(connection)
        assert site.get(NOTES).status_code == 200
