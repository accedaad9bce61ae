from uuid import UUID, uuid4

import orjson
import pytest
from marshmallow import Schema

from plugins.example.schemas import NoteDocument, NoteList
from tests.plugins.example.notebook import new_form
from tests.support.modules import OTHER_UNIT, UNIT


def agrees(schema: Schema, answer) -> dict:
    """Check that the plain rows sent are what the documented schema would have made of them."""
    document = orjson.loads(answer.content)
    assert schema.dump(schema.load(document)) == document
    assert set(document) == set(schema.fields)
    return document


def test_the_list_has_the_documented_shape_and_leads_on(notebook):
    keeper = notebook.keeper()
    notebook.note(keeper, "Có người viết", "Nội dung", pinned=True)
    notebook.many(60)
    document = agrees(NoteList(), keeper.get("example.api_notes"))
    assert len(document["items"]) == 50
    first = document["items"][0]
    assert set(first) == set(NoteList().fields["items"].inner.schema.fields)
    assert (first["title"], first["excerpt"], first["author"], first["unit"]) == (
        "Có người viết",
        "Nội dung",
        keeper.name,
        UNIT,
    )
    rest = agrees(NoteList(), keeper.follow(document["next"]))
    assert len(rest["items"]) == 11
    assert rest["next"] == ""
    assert not {item["id"] for item in rest["items"]} & {item["id"] for item in document["items"]}


def test_the_list_takes_the_conditions_of_the_page(notebook):
    lan = notebook.writer()
    notebook.note(lan, "Giấy mời họp")
    notebook.note(lan, "Lịch tiếp công dân", pinned=True)
    for query, titles in (
        ({"q": "giay moi"}, ["Giấy mời họp"]),
        ({"state": "pinned"}, ["Lịch tiếp công dân"]),
        ({"state": "archived"}, []),
    ):
        found = orjson.loads(lan.get("example.api_notes", query=query).content)
        assert [item["title"] for item in found["items"]] == titles


def test_one_note_has_the_documented_shape(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan, "Một", "Cả nội dung")
    document = agrees(NoteDocument(), lan.get("example.api_note", note_id=note_id))
    assert (document["id"], document["body"], document["version"]) == (str(note_id), "Cả nội dung", 1)


def test_a_program_writes_a_note_once(notebook):
    lan = notebook.writer()
    sent = new_form(notebook.agency.units[UNIT])
    for _again in range(2):
        answer = lan.post_json("example.api_new", sent)
        assert answer.status_code == 201
        document = agrees(NoteDocument(), answer)
        assert document["id"] == sent["id"]
        assert answer.headers["Location"] == notebook.agency.url("example.api_note", note_id=UUID(sent["id"]))
    assert notebook.titles(lan) == [sent["title"]]


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return orjson.loads(answer.content)


@pytest.mark.parametrize("sent", [[], "x", None, 7])
def test_a_document_that_is_no_object_is_a_bad_request(notebook, sent):
    answer = notebook.writer().post_json("example.api_new", sent)
    assert answer.status_code == 400
    assert problem(answer)["type"] == "/problems/bad-request"


def test_wrong_fields_are_named(notebook):
    answer = notebook.writer().post_json("example.api_new", {"unit_id": 7, "title": "", "colour": "red"})
    assert answer.status_code == 422
    assert set(problem(answer)["errors"]) == {"unit_id", "title", "colour"}


def test_the_api_refuses_as_the_pages_do(notebook, ground):
    lan, hung, reader = notebook.writer(), notebook.writer(unit=OTHER_UNIT), notebook.reader()
    note_id = notebook.note(lan)
    foreign = ground.agency("example").officer("example.keeper")
    assert hung.get("example.api_note", note_id=note_id).status_code == 403
    assert foreign.get("example.api_note", note_id=note_id).status_code == 404
    assert lan.get("example.api_note", note_id=uuid4()).status_code == 404
    assert reader.post_json("example.api_new", new_form(notebook.agency.units[UNIT])).status_code == 403
    assert hung.post_json("example.api_new", new_form(notebook.agency.units[UNIT])).status_code == 403


@pytest.mark.parametrize("route", ["example.api_notes", "tenants.api_people", "notifications.api_list"])
@pytest.mark.parametrize("query", [{"limit": "5"}, {"limit": "viele"}, {"stat": "pinned"}])
def test_a_list_refuses_parameters_it_does_not_know_with_their_names(agency, route, query):
    keeper = agency.officer("example.keeper", "tenants.admin")
    assert keeper.get(route).status_code == 200
    refused = keeper.get(route, query=query)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == list(query)
