"""Forms and documents through schemas: values as officers type them, messages they understand."""

from datetime import UTC, date, datetime

import pytest
from marshmallow import Schema, fields

from core.i18n import local
from core.web.errors import BadRequest, Invalid
from core.web.forms import Choices, Day, Text, load, parse_day

YEAR = local(datetime.now(UTC)).year


class Form(Schema):
    title = Text(required=True, max_length=10)
    note = Text()
    day = Day(load_default=None)
    tags = Choices(fields.String())
    number = fields.Integer()


class Nested(Schema):
    inner = fields.Nested(Form)


def errors(schema, data):
    with pytest.raises(Invalid) as refused:
        load(schema, data)
    return refused.value.errors


def test_values_are_checked_and_trimmed():
    typed = {"title": "  Họp  ", "tags": "một", "day": "14/9/2026", "number": "7", "csrf_token": "x"}
    assert load(Form(), typed) == {
        "title": "Họp",
        "note": "",
        "tags": ["một"],
        "day": date(2026, 9, 14),
        "number": 7,
    }


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({}, "title", "Chưa nhập."),
        ({"title": "   "}, "title", "Chưa nhập."),
        ({"title": "x" * 11}, "title", "Dài quá 10 ký tự."),
        ({"title": "a\x00b"}, "title", "Có ký tự không in được, nhập lại."),
        ({"title": ["a", "b"]}, "title", "Chỉ nhập chữ."),
        ({"title": 5}, "title", "Chỉ nhập chữ."),
        ({"title": "a", "day": "32/1/2026"}, "day", "Ngày chưa đúng, ví dụ 14/9/2026."),
        ({"title": "a", "number": "bảy"}, "number", "Chỉ nhập số nguyên."),
        ({"title": "a", "odd": "1"}, "odd", "Ở đây không nhận ô hay tham số này."),
    ],
)
def test_messages_are_in_words(given, field, message):
    assert errors(Form(), given) == {field: [message]}


def test_every_wrong_field_is_named_also_inside_another():
    assert errors(Nested(), {"inner": {"title": "", "number": "x"}}) == {
        "inner.title": ["Chưa nhập."],
        "inner.number": ["Chỉ nhập số nguyên."],
    }


@pytest.mark.parametrize("document", [None, [], "text", 5])
def test_a_document_that_is_no_object_is_refused(document):
    with pytest.raises(BadRequest):
        load(Form(), document)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14/9", date(YEAR, 9, 14)),
        ("14/9/2026", date(2026, 9, 14)),
        ("14.9.26", date(2026, 9, 14)),
        ("14-09-2026", date(2026, 9, 14)),
        ("140926", date(2026, 9, 14)),
        ("14092026", date(2026, 9, 14)),
        ("2026-09-14", date(2026, 9, 14)),
        ("29/2/2028", date(2028, 2, 29)),
        ("29/2/2026", None),
        ("0/0/2026", None),
        ("14/9/2026 x", None),
        ("١٤/٩/٢٠٢٦", date(2026, 9, 14)),
        ("hôm nay", None),
    ],
)
def test_days_as_officers_type_them(typed, day):
    assert parse_day(typed) == day


def test_a_day_beyond_every_calendar_is_refused_at_its_field():
    assert load(Form(), {"title": "Họp", "day": "31/12/2100"})["day"] == date(2100, 12, 31)
    for typed in ("1/1/2101", "31/12/9999"):
        assert errors(Form(), {"title": "Họp", "day": typed}) == {"day": ["Chỉ nhận ngày đến hết năm 2100."]}


def test_marks_that_turn_text_around_or_that_nobody_sees_never_come_in():
    typed = {
        "title": "\u202eHo\u0323\u200bp\ufeff\u00a0tổ\u2069",
        "tags": ["\u200fmột\u200d"],
        "note": "\u200b",
    }
    assert load(Form(), typed) == {"title": "Họp tổ", "note": "", "day": None, "tags": ["một"]}
    assert load(Nested(), {"inner": {"title": "\u2066a\u2060b"}}) == {
        "inner": {"title": "ab", "note": "", "day": None, "tags": []}
    }
    assert errors(Form(), {"title": "\u200b\u202c"}) == {"title": ["Chưa nhập."]}
