"""What letters that a module declares are refused for."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from core.app import load_modules
from core.declarations import Permission, PluginError
from plugins.casework.declarations import Book, LetterKind
from tests.core.modules import module


def boot(**hooks):
    """Boot all of our modules and one more."""
    host, _catalogue = load_modules()
    host.register(module("alpha", hooks=hooks, requires=("casework",)))
    return host.boot()


def refused(**hooks):
    with pytest.raises(PluginError) as caught:
        boot(**hooks)
    return str(caught.value)


def test_the_guide_says_what_every_part_of_a_kind_is_for():
    guide = (Path(__file__).parents[3] / "docs/letters.md").read_text("utf-8")
    required = {"key", "title", "book"}  # the example shows them
    told = {each.name for each in fields(LetterKind) if f"`{each.name}" in guide}
    assert {each.name for each in fields(LetterKind)} - told <= required


def test_a_letter_names_a_book_permissions_and_fields_that_there_are():
    book, read = Book("alpha.book", ""), Permission("alpha.read", "")
    right = LetterKind("alpha.answer", "", "alpha.book", "alpha.read", "alpha.read", "alpha.read", core=("Về {what}.",), fields=(("what", ""),))  # fmt: skip
    known: dict = {"register_books": [book], "register_permissions": [read]}
    assert boot(register_letters=[right], **known).of(LetterKind)["alpha.answer"][1] is right
    twice = refused(register_letters=[right, right], **known)
    assert "both declare letter 'alpha.answer'" in twice
    for wrong, words in (
        (replace(right, book="alpha.none"), "takes its number from 'alpha.none'"),
        (replace(right, issue="alpha.none"), "names permission 'alpha.none'"),
        (replace(right, fields=()), "has no field for {what}"),
    ):
        assert words in refused(register_letters=[wrong], **known)
