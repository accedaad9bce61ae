"""Every page as text: what must hold on each of them, whatever it shows."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.ui import samples

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
NAMES = sorted(samples.PAGES)
each_page = pytest.mark.parametrize("name", NAMES)


class Document(HTMLParser):
    """The elements of a page in order, with their attributes and the forms they stand in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], int]] = []
        self.forms: list[dict[str, str | None]] = []
        self.fields: dict[int, list[str | None]] = {}
        self.scripts: list[str] = []
        self._open: list[str] = []
        self._form = -1
        self.feed(text)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            assert self._form < 0, "a form in a form"
            self.forms.append(attributes)
            self._form = len(self.forms) - 1
        self.elements.append((tag, attributes, self._form))
        if self._form >= 0 and tag == "input":
            self.fields.setdefault(self._form, []).append(attributes.get("name"))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}> at {self.getpos()}"
        self._open.pop()
        if tag == "form":
            self._form = -1

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("script", "style") and data.strip():
            self.scripts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes, _form in self.elements if name == tag]


@each_page
def test_pages_are_well_formed_and_have_one_heading(pages, name):
    document = Document(pages.render(name))
    assert len(document.all("h1")) == 1
    assert len(document.all("main")) == 1
    ids = Counter(attributes["id"] for _tag, attributes, _form in document.elements if "id" in attributes)
    assert [each for each, count in ids.items() if count > 1] == []


@each_page
def test_pages_carry_nothing_the_content_policy_refuses(pages, name):
    document = Document(pages.render(name))
    assert document.scripts == []
    for tag, attributes, _form in document.elements:
        assert "style" not in attributes, tag
        assert not [key for key in attributes if key.startswith(("on", "hx-on"))], tag
        for key in ("href", "src", "action"):
            assert (
                not (attributes.get(key) or "").lower().startswith(("javascript:", "http:", "https:", "//"))
            ), tag


@each_page
def test_no_control_is_dead(pages, name):
    document = Document(pages.render(name))
    ids = {attributes.get("id") for _tag, attributes, _form in document.elements}
    for link in document.all("a"):
        assert link.get("href") not in (None, "", "#"), link
        target = link["href"] or ""
        if target.startswith("#"):
            assert target[1:] in ids, f"nothing has the id of {target}"
    for image in document.all("img"):
        assert "alt" in image
    for button in document.all("button"):
        scripted = any(key.startswith("data-lt-") for key in button)
        assert button.get("type", "submit") == "submit" or scripted or name.startswith("component"), button


@each_page
def test_every_form_that_changes_something_carries_the_token(pages, name):
    document = Document(pages.render(name))
    for number, form in enumerate(document.forms):
        if (form.get("method") or "get") == "post":
            assert "csrf_token" in document.fields.get(number, []), form


@each_page
def test_every_field_has_a_label(pages, name):
    document = Document(pages.render(name))
    labelled = {label.get("for") for label in document.all("label")}
    for tag in ("input", "select", "textarea"):
        for field in document.all(tag):
            if field.get("type") in ("hidden", "submit"):
                continue
            wrapped = field.get("type") in ("checkbox", "radio") and "id" not in field
            assert wrapped or "aria-label" in field or field.get("id") in labelled, field


@each_page
def test_pages_are_rendered_in_english_too(pages, name):
    assert '<html lang="en"' in pages.render(name, lang="en")


def test_the_day_of_a_deadline_can_be_seen_beside_its_badge(pages):
    text = pages.render("component-marks")
    assert "hạn 28/8</span>" in text
    assert not re.search(r'lt-hidden">[^<]*\d/\d', text)
    # What is done tells the day of its end.
    assert '<span class="lt-sub">03/9</span>' in text


def test_text_of_people_is_escaped(pages):
    text = pages.render("post-new").replace("khoa", "")
    assert "<script" not in text.split("</head>")[1]
    hostile = samples.replace(samples.POST_NEW, search='"><script>alert(1)</script>')
    samples.PAGES["hostile"] = ("tenants/post_form.html", hostile, samples.agency_shell, {})
    try:
        assert "<script>alert" not in pages.render("hostile")
    finally:
        del samples.PAGES["hostile"]


def test_without_a_search_or_notifications_their_controls_are_not_shown(pages):
    text = pages.render("home")
    assert "data-lt-search" not in text
    assert "lt-bell" not in text
    assert 'class="lt-search"' in pages.render("home", search_url="/p/search", search_hint="Tìm")


def test_one_membership_shows_no_switcher(pages):
    assert 'id="lt-switcher"' in pages.render("home")
    assert 'id="lt-switcher"' not in pages.render("home", switcher=())
