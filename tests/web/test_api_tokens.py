"""Personal API tokens: a program has what the person has at the moment, never more, and only at the API."""

import re
from html import unescape
from uuid import uuid4

import orjson
import pytest
from click.testing import CliRunner

from core.api import SYSTEM, Invalid, acting
from core.db import PLATFORM, db, scope
from core.web.request import SESSION_COOKIE
from sso import api_tokens, cli
from sso.api import SessionRegistry
from tenants import services
from tests.support.modules import UNIT, ground, stage  # noqa: F401 - fixtures

LIST, NEW, ONE = "example.api_notes", "example.api_new", "example.api_note"


@pytest.fixture
def agency(ground):  # noqa: F811 - the fixture
    return ground.agency("example")


@pytest.fixture
def lan(agency):
    return agency.officer("example.writer", name="Hoàng Thị Lan")


def ask(agency, token, route=LIST, method="GET", *, headers=None, **options):
    fields = options.pop("fields", {})
    sent = {"Authorization": f"Bearer {token}", **(headers or {})}
    return agency.ground.client.simulate_request(method, agency.url(route, **fields), headers=sent, **options)


def write(agency, token, title="Ghi bằng chương trình", **options):
    document = {"unit_id": str(agency.units[UNIT]), "title": title}
    return ask(agency, token, NEW, "POST", json=document, **options)


def sql(agency, statement, *values):
    with agency.at_work():
        cursor = db.execute_sql(statement, values)
        return cursor.fetchall() if cursor.description else []


def refused(answer):
    assert answer.status_code == 401
    assert "thu hồi" in answer.json["detail"]
    assert orjson.loads(answer.content)["type"] == "/problems/invalid-token"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    return True


# ---- what a token does


def test_a_token_reads_and_writes_without_a_form_token(agency, lan):
    token = lan.api_token()
    assert re.fullmatch(r"lt_[0-9A-Za-z]{46}", token)
    assert ask(agency, token).status_code == 200
    assert write(agency, token).status_code == 201


def test_the_audit_names_the_person_and_the_token(agency, lan):
    write(agency, lan.api_token(name="Bảng thống kê"))
    entries = sql(
        agency,
        "SELECT event, actor_kind, actor_id::text, actor_name FROM core.audit_entry WHERE tenant_id = core.app_tenant() "
        "AND (event ^@ 'sso.' OR event = 'example.note_written' AND actor_id IS NOT NULL) ORDER BY id",
    )
    assert entries == [
        ("sso.api_token_created", "person", str(lan.person_id), "Hoàng Thị Lan"),
        ("example.note_written", "person", str(lan.person_id), "Hoàng Thị Lan (API: Bảng thống kê)"),
    ]


def test_only_a_digest_is_stored(agency, lan):
    token = lan.api_token()
    (row,) = sql(agency, "SELECT api_token::text FROM sso.api_token WHERE person_id = %s", lan.person_id)
    assert token not in row[0]
    assert token[3:20] not in row[0]


def test_the_last_use_is_noted_once_an_hour(agency, lan):
    token = lan.api_token()
    used = "SELECT used_at FROM sso.api_token WHERE tenant_id = core.app_tenant() AND person_id = %s"
    assert sql(agency, used, lan.person_id) == [(None,)]
    ask(agency, token)
    first = sql(agency, used, lan.person_id)
    ask(agency, token)
    assert sql(agency, used, lan.person_id) == first != [(None,)]
    sql(
        agency,
        "UPDATE sso.api_token SET used_at = used_at - interval '61 minutes' WHERE tenant_id = core.app_tenant()",
    )
    ask(agency, token)
    assert sql(agency, used, lan.person_id) > first


def test_a_request_with_a_token_costs_one_look_up(agency, lan, monkeypatch):
    token, sent = lan.api_token(), []
    ask(agency, token)
    execute = type(db.obj)._execute_cursor
    monkeypatch.setattr(
        type(db.obj),
        "_execute_cursor",
        lambda self, statement, *args, **options: (
            sent.append(statement) or execute(self, statement, *args, **options)
        ),
    )
    ask(agency, token)
    assert [statement for statement in sent if "sso." in statement] == ["SELECT sso.load_token(%s, %s)"]


# ---- what it does not


def test_a_token_that_is_not_one_is_refused_before_the_database_is_asked(agency, lan, monkeypatch):
    token = lan.api_token()
    swapped = token[:10] + ("A" if token[10] != "A" else "B") + token[11:]
    monkeypatch.setattr("sso.loader.digest", lambda token: pytest.fail("asked the database"))
    for wrong in ("", "x", token[:-1], token + "A", swapped, token.upper(), "lt_" + "é" * 46, lan.token):
        assert refused(ask(agency, wrong.encode().decode("latin-1")))


def test_a_token_nobody_was_given_is_refused(agency):
    assert refused(ask(agency, api_tokens.new_token()))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sso.api_token SET expires_at = now() WHERE tenant_id = core.app_tenant() AND person_id = %(person)s",
        "UPDATE sso.api_token SET revoked_at = now() WHERE tenant_id = core.app_tenant() AND person_id = %(person)s",
        "UPDATE tenants.person SET disabled_at = now() WHERE id = %(person)s",
        "UPDATE tenants.membership SET ended_at = now() WHERE tenant_id = core.app_tenant() AND person_id = %(person)s",
        "UPDATE tenants.tenant SET status = 'suspended' WHERE id = core.app_tenant()",
    ],
    ids=["expired", "revoked", "person disabled", "post ended", "agency suspended"],
)
def test_a_token_is_over_at_the_next_request(agency, lan, change):
    token = lan.api_token()
    assert ask(agency, token).status_code == 200
    with agency.at_work():
        db.execute_sql(change, {"person": lan.person_id})
    assert refused(ask(agency, token))


def test_a_right_that_was_taken_away_is_taken_from_the_token(agency):
    lan = agency.officer("example.reader", "example.writer")
    token = lan.api_token()
    assert write(agency, token).status_code == 201
    sql(
        agency,
        "DELETE FROM tenants.membership_role WHERE tenant_id = core.app_tenant() AND role = 'example.writer' "
        "AND membership_id IN (SELECT id FROM tenants.membership WHERE person_id = %s)",
        lan.person_id,
    )
    assert ask(agency, token).status_code == 200
    assert write(agency, token).status_code == 403


def test_a_module_that_was_switched_off_is_off_for_tokens(agency, lan):
    token = lan.api_token()
    agency.switch("example", on=False)
    assert ask(agency, token).status_code == 404


def test_a_token_of_one_agency_opens_no_other(ground, agency, lan):  # noqa: F811 - the fixture
    token, other = lan.api_token(), ground.agency("example")
    with other.at_work():
        db.execute_sql(
            "INSERT INTO tenants.membership (tenant_id, id, person_id, unit_id, position, valid_from) "
            "VALUES (core.app_tenant(), %s, %s, %s, 'Chuyên viên', tenants.today())",
            (uuid4(), lan.person_id, other.units[UNIT]),
        )
    assert ask(other, token).status_code == 404
    assert ask(agency, token).status_code == 200


def test_a_token_for_reading_only_reads(agency, lan):
    token = lan.api_token(read_only=True)
    assert ask(agency, token).status_code == 200
    answer = write(agency, token)
    assert (answer.status_code, orjson.loads(answer.content)["type"]) == (403, "/problems/forbidden")


def test_a_token_for_chosen_rights_has_no_others(agency, lan):
    token = lan.api_token(permissions=["example.read"])
    assert ask(agency, token).status_code == 200
    assert write(agency, token).status_code == 403
    note_id = orjson.loads(write(agency, lan.api_token()).content)["id"]
    change = ask(
        agency,
        token,
        ONE,
        "PATCH",
        json={"title": "x"},
        headers={"If-Match": '"1"'},
        fields={"note_id": note_id},
    )
    assert change.status_code == 403, "services see the narrowed rights as well"


def test_a_token_for_chosen_rights_has_nothing_of_its_owners_notifications(agency, lan):
    narrow, whole = lan.api_token(permissions=["example.read"]), lan.api_token()
    one = {"notification_id": uuid4()}
    for route, method, fields, found in (
        ("notifications.api_list", "GET", {}, 200),
        ("notifications.api_read_all", "POST", {}, 200),
        ("notifications.api_read", "POST", one, 404),
    ):
        sent = {"fields": fields, **({"json": {}} if method == "POST" else {})}
        answer = ask(agency, narrow, route, method, **sent)
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden")
        assert ask(agency, whole, route, method, **sent).status_code == found
    upload = {"id": str(uuid4()), "name": "a.pdf", "size": 10}
    assert ask(agency, narrow, "files.uploads", "POST", json=upload).status_code != 403


def test_an_operator_is_none_through_a_token(agency, lan):
    token = lan.api_token()
    sql(agency, "UPDATE tenants.person SET is_operator = true WHERE id = %s", lan.person_id)
    client = agency.ground.client
    sent = {"Authorization": f"Bearer {token}"}
    assert client.simulate_get("/admin", headers=sent).status_code == 303
    assert ask(agency, token).status_code == 200


def test_pages_know_nothing_of_tokens(agency, lan):
    token = lan.api_token()
    for route in ("example.notes", "tenants.home", "sso.tokens"):
        answer = ask(agency, token, route, headers={"Accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sso/login")
    assert ask(agency, token, "sso.token_new", "POST", body="x").status_code == 401


def test_a_token_beside_a_cookie_wins_and_a_bad_one_is_not_made_up_for(agency, lan):
    reader = agency.officer("example.reader")
    cookie = {"Cookie": f"{SESSION_COOKIE}={lan.token}"}
    assert write(agency, reader.api_token(), headers=cookie).status_code == 403
    assert write(agency, lan.api_token(), headers=cookie).status_code == 201
    assert refused(ask(agency, api_tokens.new_token(), headers=cookie))
    # Another scheme is no token: the session speaks.
    assert ask(agency, "", headers={**cookie, "Authorization": "Basic eA=="}).status_code == 200


def test_another_site_cannot_use_a_token_from_a_browser(agency, lan):
    answer = write(agency, lan.api_token(), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert orjson.loads(answer.content)["type"] == "/problems/foreign-origin"


def test_a_program_may_fetch_the_description(agency, lan):
    sent = {"Authorization": f"Bearer {lan.api_token(read_only=True)}"}
    answer = agency.ground.client.simulate_get("/api/v1/openapi.json", headers=sent)
    assert [each["url"] for each in answer.json["servers"]] == [f"/api/v1/t/{agency.info.code}"]


def test_the_first_request_tells_whose_rights_a_token_has(agency, lan):
    form = {"id": str(uuid4()), "name": "Thử", "scope": "read", "days": "30", "permissions": []}
    page = unescape(lan.post("sso.token_new", form).text)
    token, path = re.search(r'Bearer (lt_\w+)" https?://[^/]+(/[^<\s]+)', page).groups()
    assert path == agency.url("tenants.api_me")
    found = ask(agency, token, "tenants.api_me").json
    assert (found["full_name"], found["read_only"]) == ("Hoàng Thị Lan", True)
    assert [post["roles"] for post in found["posts"]] == [["example.writer"]]
    narrow = lan.api_token(permissions=["example.read"])
    found = ask(agency, narrow, "tenants.api_me").json
    assert (found["permissions"], found["read_only"]) == (["example.read"], False)


def test_who_is_signed_in_reads_the_api_on_a_page(agency, lan):
    page = lan.follow("/api-reference").text
    for said in ("/example/notes/{note_id}", "Idempotency-Key", f"/api/v1/t/{agency.info.code}", "412"):
        assert said in page
    answer = agency.ground.client.simulate_get("/api-reference", headers={"Accept": "text/html"})
    assert answer.status_code == 303


# ---- making and revoking them


def test_a_locked_account_does_not_get_its_tokens_back(ground, agency, lan):  # noqa: F811 - the fixture
    token = lan.api_token()
    with agency.at_work():
        services.disable_person(lan.person_id)
        services.restore_person(lan.person_id)
    assert refused(ask(agency, token))


def test_ending_all_sessions_of_a_person_ends_their_tokens_in_every_agency(ground, agency, lan):  # noqa: F811
    token, hung = lan.api_token(), agency.officer("example.writer")
    kept = hung.api_token()
    with db.connection_context(), scope(PLATFORM), acting(SYSTEM), db.atomic():
        assert SessionRegistry("http://localhost:8000").end_all(lan.person_id) == 1
    assert refused(ask(agency, token))
    assert ask(agency, kept).status_code == 200
    who = "SELECT count(*) FROM core.audit_entry WHERE tenant_id = core.app_tenant() AND event = 'sso.api_token_revoked'"
    assert sql(agency, who) == [(1,)]


def form(**fields):
    return {"id": str(uuid4()), "name": "Bảng thống kê", "scope": "read", "days": "90", **fields}


def shown(answer):
    return re.findall(r"lt_[0-9A-Za-z]{46}", answer.text)


def test_a_token_is_shown_once_and_works(agency, lan):
    sent = form()
    answer = lan.post("sso.token_new", sent)
    token = shown(answer)[0]
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert ask(agency, token).status_code == 200
    again = lan.post("sso.token_new", sent)
    assert again.status_code == 303
    page = lan.get("sso.tokens")
    assert not shown(page)
    assert f"…{token[-4:]}" in page.text


def test_a_token_with_chosen_rights_is_made_on_the_page(agency, lan):
    answer = lan.post("sso.token_new", form(scope="chosen", permissions=["example.read"]))
    assert write(agency, shown(answer)[0]).status_code == 403
    assert "1 quyền đã chọn" in lan.get("sso.tokens").text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"days": "366"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "mai"}, "days"),
        ({"scope": "everything"}, "scope"),
        ({"scope": "chosen"}, "permissions"),
        ({"scope": "chosen", "permissions": ["example.manage"]}, "permissions"),
        ({"scope": "chosen", "permissions": ["core.operator"]}, "permissions"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(lan, wrong, field):
    answer = lan.post("sso.token_new", form(**{"name": "Phần mềm kế toán", **wrong}))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert not shown(answer)
    if field != "name":
        assert "Phần mềm kế toán" in unescape(answer.text)


def test_revoking_ends_a_token_and_is_recorded(agency, lan):
    token = shown(lan.post("sso.token_new", sent := form()))[0]
    for _again in range(2):
        assert lan.post("sso.token_revoke", token_id=sent["id"]).status_code == 303
    assert refused(ask(agency, token))
    assert sent["name"] not in lan.get("sso.tokens").text
    events = sql(
        agency,
        "SELECT event, data->>'title' FROM core.audit_entry WHERE tenant_id = core.app_tenant() AND event ^@ 'sso.' ORDER BY id",
    )
    assert events == [("sso.api_token_created", sent["name"]), ("sso.api_token_revoked", sent["name"])]


def test_revoking_says_first_what_it_does(agency, lan):
    token = shown(lan.post("sso.token_new", sent := form()))[0]
    plan = unescape(lan.get("sso.token_revoke", token_id=sent["id"]).text)
    assert f"Thu hồi mã “{sent['name']}”?" in plan
    assert "Mã chưa được dùng lần nào." in plan
    assert ask(agency, token).status_code == 200
    assert agency.officer("example.keeper").get("sso.token_revoke", token_id=sent["id"]).status_code == 404


def test_nobody_revokes_or_sees_the_token_of_another(agency, lan):
    token = shown(lan.post("sso.token_new", sent := form()))[0]
    hung = agency.officer("example.keeper")
    assert hung.post("sso.token_revoke", token_id=sent["id"]).status_code == 303
    assert sent["name"] not in hung.get("sso.tokens").text
    assert ask(agency, token).status_code == 200


def test_there_is_an_end_to_the_number_of_tokens(lan, monkeypatch):
    monkeypatch.setattr(api_tokens, "MOST", 2)
    lan.api_token()
    lan.api_token()
    with pytest.raises(Invalid):
        lan.api_token()


def test_a_token_that_leaked_is_revoked_by_who_finds_it(agency, lan):
    token = lan.api_token(name="Trong kho mã nguồn")

    def revoke(found):
        with db.connection_context(), acting(SYSTEM):
            return CliRunner().invoke(cli.revoke_token, [found])

    assert "This is no API token" in revoke(token[:-1]).output
    assert "No such token" in revoke(api_tokens.new_token()).output
    assert revoke(token).output == "Đã thu hồi · Revoked: Trong kho mã nguồn\n"
    assert refused(ask(agency, token))
    assert revoke(token).exit_code == 1
    who = "SELECT actor_kind FROM core.audit_entry WHERE tenant_id = core.app_tenant() AND event = 'sso.api_token_revoked'"
    assert sql(agency, who) == [("system",)]
