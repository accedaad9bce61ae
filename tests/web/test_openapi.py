"""The API describes itself, and keeps to what it says."""

import itertools
import re
from uuid import uuid4

import orjson
import pytest
import schemathesis
from hypothesis import Phase, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.app import load_modules
from core.i18n import reading_as
from core.web import exchange, idempotency
from core.web.request import SESSION_COOKIE
from plugins.reference import openapi
from plugins.reference.openapi import describe, operations
from tenants.demo import DemoMaker, DemoPerson
from tenants.queries import posts
from tests.support.modules import UNIT, ground, stage  # noqa: F401 - fixtures

_HOST, CATALOGUE = load_modules()
SPEC = describe(CATALOGUE, [])
STATUS = {
    f"{method.upper()} {address.name}": document.status
    for address, method, document, _text in operations(CATALOGUE)
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REACHED = {
    "GET example.api_note",
    "PATCH example.api_note",
    "POST example.api_new",
    "GET websites.api_article",
}
"""Operations on one object that are seen to succeed as well; lists always are."""


@pytest.fixture
def agency(ground):  # noqa: F811 - the fixture
    return ground.agency(*(manifest.key for manifest in CATALOGUE.manifests()))


def test_the_description_is_valid_openapi():
    assert SPEC["openapi"] == "3.1.0"
    validate(SPEC)


def test_headers_and_cookies_are_called_what_the_api_calls_them():
    assert openapi.CHANGES == exchange.CHANGES
    assert openapi.LONGEST_KEY == idempotency.LONGEST
    assert SPEC["components"]["securitySchemes"]["session"]["name"] == SESSION_COOKIE
    named = {
        parameter["name"]
        for path in SPEC["paths"].values()
        for operation in path.values()
        for parameter in operation["parameters"]
        if parameter["in"] == "header"
    }
    assert named == {"If-Match", "If-None-Match", idempotency.HEADER}


def test_every_operation_is_described_with_what_it_takes_and_may_answer():
    described = {
        operation["operationId"]: operation for path in SPEC["paths"].values() for operation in path.values()
    }
    assert set(described) == {
        f"{address.name}.{method}" for address, method, _document, _text in operations(CATALOGUE)
    }
    for name, operation in described.items():
        assert operation["summary"], name
        assert {"400", "401", "403", "404", "500", "503"} <= set(operation["responses"]), name
    change = described["example.api_note.patch"]
    assert {"412", "428"} <= set(change["responses"])
    assert {each["name"] for each in change["parameters"]} == {"note_id", "If-Match"}
    assert [each["name"] for each in described["example.api_new.post"]["parameters"]] == ["Idempotency-Key"]
    assert "304" in described["example.api_note.get"]["responses"]


def test_what_answers_hold_is_always_there_and_what_is_sent_may_be_left_out():
    schemas = SPEC["components"]["schemas"]
    assert set(schemas["example.NoteLine"]["required"]) == set(schemas["example.NoteLine"]["properties"])
    assert schemas["example.NoteInput"]["required"] == ["title", "unit_id"]
    assert "required" not in schemas["example.NoteChangePatch"]
    assert schemas["example.NoteInput"]["properties"]["title"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
    }


def test_it_is_served_to_who_is_signed_in_with_the_agencies_of_the_reader(ground, agency):  # noqa: F811
    lan = agency.officer()
    assert ground.client.simulate_get("/api/v1/openapi.json").status_code == 401
    document = orjson.loads(lan.follow("/api/v1/openapi.json").content)
    assert document["servers"] == [{"url": f"/api/v1/t/{agency.info.code}", "description": agency.info.name}]
    assert document["paths"] == SPEC["paths"]
    validate(document)


def test_every_list_that_leads_on_says_so_in_the_header_too(agency):
    lan = agency.officer("example.writer")
    for number in range(51):
        sent = {"unit_id": str(agency.units["Văn phòng"]), "title": f"Ghi chú {number}"}
        assert lan.post_json("example.api_new", sent).status_code == 201
    answer = lan.get("example.api_notes")
    following = orjson.loads(answer.content)["next"]
    assert re.fullmatch(r"<([^>]+)>; rel=next", answer.headers["Link"])[1] == following
    assert "Link" not in lan.follow(following).headers


# ---- what it says is so: schemathesis makes requests up, good ones and bad ones


@pytest.fixture
def furnished(ground, agency):  # noqa: F811 - the fixture
    """An agency with the sample data of every module, and somebody who may do everything there."""
    officer = agency.officer(*CATALOGUE.roles)
    with agency.at_work():
        people = [DemoPerson(post.person_id, post.full_name, post.unit_id) for post in posts(limit=9)]
        make = DemoMaker(agency.info.code, people, days=40, scale=0.05)
        keys = ground.platform.dispatcher.effective_for(agency.info.id)
        ground.platform.dispatcher.run("seed_demo", keys, tenant=agency.info, make=make)
        make.run()
    return officer


def known_ids(officer, key):
    """Return ids from the lists of a module, so that made-up requests find something now and then."""
    found = []
    for address, method, _document, _text in operations(CATALOGUE):
        if method == "get" and address.fields == ["tenant"] and address.module.key == key:
            items = orjson.loads(officer.get(address.name).content).get("items", [])
            found += [item["id"] for item in items if "id" in item]
    return found


@pytest.mark.parametrize("name", sorted(STATUS))
def test_it_keeps_to_its_description(furnished, name):
    method, _space, route = name.partition(" ")
    address, agency = CATALOGUE.routes[route], furnished.agency
    ids = itertools.cycle([*known_ids(furnished, address.module.key), str(uuid4())])
    schema = schemathesis.openapi.from_dict(SPEC | {"servers": [{"url": f"/api/v1/t/{agency.info.code}"}]})
    schema.app = agency.ground.client.app
    (found,) = schema.include(operation_id=f"{route}.{method.lower()}").get_all_operations()
    met, token = set(), furnished.api_token()

    @settings(max_examples=20, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(case=found.ok().as_strategy())
    def ask(case):
        for field in case.path_parameters or {}:
            case.path_parameters[field] = next(ids)
        if isinstance(case.body, dict) and "unit_id" in case.body:
            case.body["unit_id"] = str(agency.units[UNIT])
        if "If-Match" in (case.headers or {}):
            case.headers["If-Match"] = '"1"'
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        met.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
    assert not met & {401, 403}
    if name in REACHED or (method == "GET" and address.fields == ["tenant"]):
        assert STATUS[name] in met


def test_the_document_is_made_once_for_each_language():
    with reading_as("en"):
        english = describe(CATALOGUE, [])
        assert describe(CATALOGUE, [])["paths"] is english["paths"]
    assert describe(CATALOGUE, [])["paths"] is SPEC["paths"] is not english["paths"]
