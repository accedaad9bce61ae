"""Ids of another agency in every field of every form and every filter: refused in words, and nothing told."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from core.app import load_modules
from core.declarations import OPERATOR
from tests.db import live
from tests.matrix.conftest import FOREIGN, Province, everything_in

_HOST, CATALOGUE = load_modules()
DOCUMENTS = sorted(
    name
    for name, address in CATALOGUE.routes.items()
    if address.route.area == "api" and address.fields == ["tenant"]
)
OPENED = CATALOGUE.routes["notifications.open"]
"""Its links alone lead on: to what a notification is about."""
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
VALUES = {
    "another agency's id": str(FOREIGN),
    "no text at all": "",
    "a long text": "x" * 30_000,
    "a huge number": "9" * 40,
    "markup": "<script>alert(1)</script>",
    "SQL": "' OR 1=1 --",
    "NUL": "a\x00b",
    "half a character": "\udcff",
}


@dataclass
class Form:
    """A form of a page: where it goes, how, and the names of its fields with what they hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms and the links of a page."""

    def __init__(self, page: str, url: str) -> None:
        super().__init__()
        self.url, self.forms, self.links = url, [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            method = (given.get("method") or "get").upper()
            self.forms.append(Form(urljoin(self.url, given.get("action") or ""), method))
        elif tag == "a" and given.get("href"):
            self.links.append(urljoin(self.url, given["href"]).partition("#")[0])
        elif tag in {"input", "select", "textarea", "button"} and given.get("name") and self.forms:
            self.forms[-1].fields[given["name"]] = given.get("value") or ""


def walk(province: Province) -> list[Form]:
    """Follow the links from the agency's start page, two of a kind, and return the forms on the way."""
    home = province.url(CATALOGUE.routes["tenants.home"])
    visitor, waiting, seen = province.visitors["member with every role"], [home], set()
    kinds: Counter[str] = Counter()
    forms: dict[tuple[str, ...], Form] = {}
    while waiting:
        url = waiting.pop(0)
        kind = ID.sub("…", urlsplit(url).path)
        if url in seen or not url.startswith(home) or kinds[kind] >= 2:
            continue
        seen.add(url)
        kinds[kind] += 1
        path, _, query = url.partition("?")
        answer = province.send("GET", path, visitor, query_string=query)
        if answer.status_code == 303 and not OPENED.matches(path):
            # The start leads to the work list, a module's year to the reports.
            waiting.append(answer.headers["location"])
            continue
        assert answer.status_code == (303 if OPENED.matches(path) else 200), url
        page = Page(everything_in(answer), url)
        waiting += page.links
        for form in page.forms:
            if form.action.startswith(home):
                forms.setdefault((ID.sub("…", form.action), form.method, *form.fields), form)
    return list(forms.values())


def test_there_are_forms_to_try(province: Province):
    actions = {ID.sub("…", urlsplit(form.action).path) for form in walk(province) if form.method == "POST"}
    assert len(actions) > 8, actions


def test_a_workbook_is_looked_into(province: Province):
    """Otherwise a word of another agency would stay unseen in what is packed."""
    sent = urlencode({"list": "example.notes", "query": ""})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    url, visitor = province.url(CATALOGUE.routes["lists.export"]), province.visitors["member with every role"]
    answer = province.send("POST", url, visitor, body=sent, headers=headers)
    assert answer.content.startswith(b"PK")
    assert "Người viết" in everything_in(answer)


@pytest.mark.parametrize("told", VALUES)
def test_no_field_of_a_form_takes_what_is_not_this_agencys(province: Province, subtests, told: str):
    visitor = province.visitors["member with every role"]
    for form in walk(province):
        for each in set(form.fields) - {"csrf_token"}:
            with subtests.test(action=form.action, method=form.method, field=each):
                sent = urlencode(form.fields | {each: VALUES[told]}, errors="surrogateescape")
                if form.method == "GET":
                    answer = province.send("GET", form.action.partition("?")[0], visitor, query_string=sent)
                else:
                    headers = {"Content-Type": "application/x-www-form-urlencoded"}
                    answer = province.send("POST", form.action, visitor, body=sent, headers=headers)
                assert answer.status_code < 500
                assert live.CANARY not in everything_in(answer)
                if told == "another agency's id" and form.method == "POST" and each.endswith("_id"):
                    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_parameter_of_a_document_does_either(province: Province, subtests, name: str):
    visitor, url = province.visitors["member with every role"], province.url(CATALOGUE.routes[name])
    guesses = (
        "q",
        "unit",
        "unit_id",
        "person",
        "state",
        "after",
        "before",
        "kind",
        "role",
        "sort",
        "limit",
        "id",
        "tenant",
        "tenant_id",
    )
    for told, value in VALUES.items():
        for guess in guesses:
            with subtests.test(parameter=guess, value=told):
                answer = province.send(
                    "GET", url, visitor, query_string=urlencode({guess: value}, errors="surrogateescape")
                )
                assert answer.status_code < 500
                assert live.CANARY not in everything_in(answer)
        for method in CATALOGUE.routes[name].responders:
            if method != "get":
                with subtests.test(method=method, value=told):
                    document = dict.fromkeys(guesses, value.encode("utf-8", "replace").decode())
                    assert province.send(method.upper(), url, visitor, json=document).status_code == 422


def test_headers_do_not_choose_the_agency(province: Province):
    there = province.agencies["there"].info
    visitor = province.visitors["member with every role"]
    url = province.url(CATALOGUE.routes["tenants.start"])
    plain = province.send("GET", url, visitor)
    for header in (
        "X-Tenant",
        "X-Tenant-Id",
        "X-Forwarded-Host",
        "Host",
        "X-Original-Url",
        "X-Rewrite-Url",
        "Referer",
    ):
        answer = province.send("GET", url, visitor, headers={header: there.code})
        assert answer.status_code == plain.status_code == 200
        assert live.CANARY not in everything_in(answer)
        assert there.name not in everything_in(answer)


def test_the_console_is_not_for_agencies():
    """Whoever works in an agency reaches nothing of the console by a role: the matrix relies on it."""
    for role in CATALOGUE.roles.values():
        assert OPERATOR not in role.permissions
