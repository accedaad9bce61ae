from uuid import UUID

import pytest
from falcon.testing import create_environ

from core.db import new_id
from core.web.components import Chip
from core.web.errors import BadRequest
from core.web.paging import Cursor, chips, encode_key, page_of, page_url, pager, read_cursor
from core.web.request import Request

NAMES = [f"n{number:02}" for number in range(1, 11)]


def request(query=""):
    return Request(create_environ(path="/t/a/people", query_string=query))


def fetched(cursor, size):
    """What a query with this cursor finds: `size + 1` names, nearest first."""
    if cursor.backward:
        return [name for name in reversed(NAMES) if name < cursor.key[0]][: size + 1]
    return [name for name in NAMES if not cursor.key or name > cursor.key[0]][: size + 1]


def turn(query, size=4):
    req = request(query)
    cursor = read_cursor(req, str)
    page = page_of(fetched(cursor, size), lambda name: (name,), size, cursor)
    return page, pager(req, page, "10")


def query_of(url):
    return url.partition("?")[2]


def test_pages_lead_forth_and_back_to_the_same_rows():
    first, foot = turn("")
    assert (first.rows, foot.text, foot.previous_url) == (NAMES[:4], "Dòng 1–4 trong 10", "")
    second, foot = turn(query_of(foot.next_url))
    assert (second.rows, foot.text) == (NAMES[4:8], "Dòng 5–8 trong 10")
    last, foot = turn(query_of(foot.next_url))
    assert (last.rows, foot.text, foot.next_url) == (NAMES[8:], "Dòng 9–10 trong 10", "")
    back, foot = turn(query_of(foot.previous_url))
    assert (back.rows, foot.text) == (NAMES[4:8], "Dòng 5–8 trong 10")
    again, foot = turn(query_of(foot.previous_url))
    assert (again.rows, foot.text, foot.previous_url) == (NAMES[:4], "Dòng 1–4 trong 10", "")


def test_an_empty_list_has_no_foot():
    assert pager(request(), page_of([], lambda row: (row,), 4, Cursor())).text == ""


def test_a_changed_condition_starts_the_list_anew_and_keeps_the_others():
    req = request("q=hoa&unit=7&after=abc")
    assert page_url(req, unit="8") == "/t/a/people?q=hoa&unit=8"
    assert page_url(req, unit="", q="") == "/t/a/people"


def test_each_condition_in_force_leads_to_the_list_without_it():
    told = {"q": ("Tìm", "hoa"), "unit": ("Phòng", "Một"), "state": ("Trạng thái", "")}
    assert chips(request("q=hoa&unit=7&after=abc"), **told) == (
        Chip(label="Tìm", value="hoa", remove_url="/t/a/people?unit=7", name="q"),
        Chip(label="Phòng", value="Một", remove_url="/t/a/people?q=hoa", name="unit"),
    )
    (only,) = chips(request("q=hoa"), {"view": "all"}, q=("Tìm", "hoa"))
    assert only.remove_url == "/t/a/people?view=all"


@pytest.mark.parametrize(
    "key", ["x", "bnVsbA", encode_key("a"), encode_key("a", "b"), encode_key("a", 0), encode_key(None, 1)]
)
def test_a_key_nobody_was_given_is_refused(key):
    with pytest.raises(BadRequest):
        read_cursor(request(f"after={key}"), str)


def test_values_of_a_key_come_back_as_what_they_are():
    id_ = new_id()
    assert read_cursor(request(f"before={encode_key('a', id_, 7)}"), str, UUID) == Cursor(
        ("a", id_), 7, backward=True
    )
    with pytest.raises(BadRequest):
        read_cursor(request(f"after={encode_key('a', 'b', 7)}"), str, UUID)
