"""Changing a note by program: the version that was read is named, and a stale one changes nothing."""

import orjson
import pytest

from plugins.example.schemas import NoteDocument
from tests.support.modules import OTHER_UNIT

ROUTE = "example.api_note"


@pytest.fixture
def lan(notebook):
    return notebook.writer()


@pytest.fixture
def note_id(notebook, lan):
    return notebook.note(lan, "Lịch trực", "Sáng: Lan.")


def patch(officer, note_id, document, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return officer.send_json("PATCH", ROUTE, document, headers=named, note_id=note_id)


def test_what_is_read_carries_its_version_and_is_not_sent_twice(lan, note_id):
    read = lan.get(ROUTE, note_id=note_id)
    tag = read.headers["ETag"]
    assert tag.startswith('"1-')
    for known in (tag, f"W/{tag}", f'"7", {tag}'):
        again = lan.get(ROUTE, headers={"If-None-Match": known}, note_id=note_id)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert lan.get(ROUTE, headers={"If-None-Match": '"1"'}, note_id=note_id).content == read.content


def test_a_note_that_was_pinned_is_sent_again_and_may_still_be_changed(lan, note_id):
    tag = lan.get(ROUTE, note_id=note_id).headers["ETag"]
    assert lan.post("example.pin", {"pinned": "1"}, note_id=note_id).status_code == 303
    again = lan.get(ROUTE, headers={"If-None-Match": tag}, note_id=note_id)
    assert orjson.loads(again.content)["pinned"] is True
    assert patch(lan, note_id, {"title": "Lịch trực mới"}, If_Match=tag).status_code == 200


def test_a_change_answers_with_the_new_version(notebook, lan, note_id):
    answer = patch(lan, note_id, {"title": "Lịch trực mới"}, If_Match='"1"')
    document = orjson.loads(answer.content)
    assert NoteDocument().dump(NoteDocument().load(document)) == document
    assert (document["title"], document["body"], document["version"]) == ("Lịch trực mới", "Sáng: Lan.", 2)
    assert answer.headers["ETag"].startswith('"2-')
    assert notebook.stored(note_id).title == "Lịch trực mới"
    assert notebook.audit()[-1] == "example.note_changed"


def test_a_stale_version_changes_nothing_and_names_the_current_one(notebook, lan, note_id):
    patch(lan, note_id, {"title": "Của Lan"}, If_Match='"1"')
    for stale in ('"1"', '"99"', '"khong-co"', '"' + "9" * 30 + '"'):
        answer = patch(lan, note_id, {"title": "Của Vinh"}, If_Match=stale)
        problem = orjson.loads(answer.content)
        assert (answer.status_code, problem["type"]) == (412, "/problems/outdated")
        assert (problem["current_version"], answer.headers["ETag"]) == (2, '"2"')
    assert notebook.stored(note_id).title == "Của Lan"


def test_a_change_to_what_is_stored_already_needs_the_right_version_too(notebook, lan, note_id):
    for document in ({}, {"title": "Lịch trực"}):
        assert patch(lan, note_id, document, If_Match='"9"').status_code == 412
        assert patch(lan, note_id, document, If_Match='"1"').status_code == 200
    assert notebook.stored(note_id).version == 1


@pytest.mark.parametrize("header", [{}, {"If_Match": ""}, {"If_Match": "*"}])
def test_a_change_without_a_version_is_refused(notebook, lan, note_id, header):
    answer = patch(lan, note_id, {"title": "Không biết bản nào"}, **header)
    assert answer.status_code == 428
    problem = orjson.loads(answer.content)
    assert problem["type"] == "/problems/version-required"
    assert "không phải “*”" in problem["detail"]
    assert notebook.stored(note_id).title == "Lịch trực"


def test_several_versions_are_a_bad_request(lan, note_id):
    assert patch(lan, note_id, {"title": "x"}, If_Match='"1", "2"').status_code == 400


def test_wrong_fields_are_named_and_the_version_is_no_field(lan, note_id):
    answer = patch(lan, note_id, {"title": "", "version": 1}, If_Match='"1"')
    assert answer.status_code == 422
    assert set(orjson.loads(answer.content)["errors"]) == {"title", "version"}


def test_who_may_not_write_it_may_not_change_it_by_program(notebook, ground, note_id):
    foreign = ground.agency("example").officer("example.keeper")
    for officer, status in (
        (notebook.reader(), 403),
        (notebook.writer(unit=OTHER_UNIT), 403),
        (foreign, 404),
    ):
        assert patch(officer, note_id, {"title": "x"}, If_Match='"1"').status_code == status
    assert notebook.stored(note_id).version == 1
