"""What templates write into a page: escaped like Jinja's own, and no dearer than it has to be."""

from datetime import date
from uuid import UUID

import pytest
from jinja2 import StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from core.i18n import N_
from core.web.templates import _Environment, _Known


@pytest.fixture
def environment():
    return _Environment(autoescape=True, undefined=StrictUndefined)


def test_every_character_is_written_as_markupsafe_escapes_it():
    # The short way past escape() looks for the characters that escape() replaces today.
    for number in (*range(0xD800), *range(0xE000, 0x11000)):
        assert _Environment.written(chr(number)) == str(escape(chr(number)))


def test_hostile_values_are_escaped_wherever_a_template_writes_them(environment):
    evil = "<script>'\"&"
    template = environment.from_string(
        "{% macro shown(text) %}<b>{{ text }}{{ caller() if caller is defined }}</b>{% endmacro %}"
        "{{ evil }}|{{ shown(evil) }}|{% call shown(evil) %}{{ evil }}{% endcall %}|{{ evil ~ evil }}|{{ [evil] }}|"
        "{% set kept %}{{ evil }}{% endset %}{{ kept }}"
    )
    for part in template.render(evil=evil).split("|"):
        assert "<script>" not in part
        assert "&lt;script&gt;" in part
        assert "&amp;lt;" not in part


def test_markup_stands_as_it_is_and_other_values_as_their_text(environment):
    class Sly(str):
        """Text of a kind of its own is no markup."""

        __slots__ = ()

    template = environment.from_string("{{ value }}")
    for value, wanted in (
        (Markup("<b>x</b>"), "<b>x</b>"),
        (Sly("<b>"), "&lt;b&gt;"),
        (7, "7"),
        (date(2026, 9, 4), "2026-09-04"),
        (UUID(int=1), str(UUID(int=1))),
        (None, "None"),
    ):
        assert template.render(value=value) == wanted
    with pytest.raises(UndefinedError):
        template.render()


def test_macros_take_names_and_defaults_inside_loops(environment):
    template = environment.from_string(
        "{% macro cell(text, kind='plain') %}{{ kind }}:{{ text }}{{ caller() if caller is defined }} {% endmacro %}"
        "{% for n in numbers %}{{ cell(n) }}{{ cell(text=n, kind='<i>') }}{% call cell(n) %}!{% endcall %}{% endfor %}"
    )
    assert template.render(numbers=[1, 2]) == ("plain:1 &lt;i&gt;:1 plain:1! plain:2 &lt;i&gt;:2 plain:2! ")


def test_what_a_template_names_outright_is_written_into_it_in_the_language_of_its_pages(
    monkeypatch, environment
):
    told = {N_("Đóng"): "Close <now>", N_("{n} dòng"): "<{n} lines>"}
    environment.known = _Known("en", {"_": lambda words: told.get(words, words)})
    environment.globals["_"] = lambda words, n=2: f"asked for {words.format(n=n)}"
    template = environment.from_string(
        "{{ _('Đóng') }}|{% set kept = _('Đóng') %}{{ kept }}|{{ _(words) }}|{{ _('{n} dòng', n=3) }}|{{ _(words, n=4) }}"
    )
    assert template.render(words="Mở {n}").split("|") == [
        "Close &lt;now&gt;", "Close &lt;now&gt;", "asked for Mở 2", "&lt;3 lines&gt;", "asked for Mở 4",
    ]  # fmt: skip


def test_blocks_and_missing_attributes_are_found_as_jinja_finds_them(environment):
    page = environment.from_string("{% block title %}Sổ tay{% endblock %}: {{ self.title() }}")
    assert page.render() == "Sổ tay: Sổ tay"
    with pytest.raises(AttributeError, match="missing"):
        environment.from_string("{{ view.missing }}").render(view=date(2026, 9, 4))
