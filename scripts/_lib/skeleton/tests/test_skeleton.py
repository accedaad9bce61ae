"""What the module declares takes effect, and keeps agencies apart."""

import re
from html import unescape
from uuid import uuid4

import orjson
import pytest

from core.api import Forbidden
from core.db import db
from plugins.skeleton import queries, services
from plugins.skeleton.schemas import EntryList
from tenants.upkeep.doctor import health


@pytest.fixture
def agency(ground):
    return ground.agency("skeleton")


@pytest.fixture
def writer(agency):
    return agency.officer("skeleton.writer")


def add(officer, title, **fields):
    with officer.working() as ctx:
        return services.add_entry(ctx, title=title, **fields)


def titles(officer, search=""):
    with officer.working():
        return [row.title for row in queries.entries(search).rows]


# ---- services and queries


def test_an_entry_is_added_once_with_its_fact(writer):
    entry_id = uuid4()
    for _again in range(2):
        assert add(writer, "Báo cáo tuần", entry_id=entry_id) == entry_id
    assert titles(writer) == ["Báo cáo tuần"]
    with writer.working():
        facts = db.execute_sql(
            "SELECT data FROM core.audit_entry WHERE event = 'skeleton.entry_added' AND object_id = %s",
            (entry_id,),
        )
        assert facts.fetchall() == [({"title": "Báo cáo tuần"},)]


def test_who_may_not_write_is_refused(agency):
    with pytest.raises(Forbidden):
        add(agency.officer(), "Báo cáo tuần")


def test_entries_of_another_agency_stay_there(ground, writer):
    add(ground.agency("skeleton").officer("skeleton.writer"), "Của cơ quan khác")
    assert titles(writer) == []


def test_the_search_forgives_accents(writer):
    add(writer, "Báo cáo tuần")
    add(writer, "Lịch trực")
    assert titles(writer, "bao cao") == ["Báo cáo tuần"]


# ---- hooks


def test_routes_answer_only_where_the_module_is_on(ground, writer):
    assert writer.get("skeleton.entries").status_code == 200
    assert ground.agency().officer("skeleton.writer").get("skeleton.entries").status_code == 404


def test_permissions_and_roles_open_the_pages(agency, writer):
    outsider = agency.officer()
    for route in ("skeleton.entries", "skeleton.new", "skeleton.api_entries"):
        assert outsider.get(route).status_code == 403
        assert writer.get(route).status_code == 200


def test_navigation_and_card_lead_to_the_list(agency, writer):
    add(writer, "Báo cáo tuần")
    home = writer.get("tenants.home").text
    assert home.count(f'href="{agency.url("skeleton.entries")}"') >= 2
    assert "Báo cáo tuần" in home


def test_the_platform_finds_nothing_wrong(ground):
    with db.connection_context():
        found = {each.key: each.health for each in health(ground.platform.catalogue)}
    assert found["core.migrations"].ok, found["core.migrations"].detail


# ---- pages and API


def test_an_entry_is_added_through_the_form(writer):
    form = writer.get("skeleton.new").text
    typed = {"id": re.search(r'name="id" value="([^"]+)"', form)[1], "title": "Báo cáo tuần"}
    answer = writer.post("skeleton.new", typed)
    assert answer.status_code == 303
    assert "Báo cáo tuần" in writer.follow(answer.headers["Location"]).text


def test_a_form_with_errors_comes_back_with_what_was_typed(writer):
    answer = writer.post("skeleton.new", {"id": str(uuid4()), "title": "x" * 201})
    assert answer.status_code == 422
    assert "x" * 201 in answer.text
    assert "Dài quá 200 ký tự." in unescape(answer.text)


def test_the_api_adds_and_lists_in_the_documented_shape(writer):
    for number in range(51):
        assert writer.post_json("skeleton.api_new", {"title": f"Mục {number}"}).status_code == 201
    document = orjson.loads(writer.get("skeleton.api_entries").content)
    assert EntryList().dump(EntryList().load(document)) == document
    assert len(document["items"]) == 50
    assert len(orjson.loads(writer.follow(document["next"]).content)["items"]) == 1
