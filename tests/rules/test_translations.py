"""Every sentence people read is marked for translation, and every marked sentence has English words."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment

from scripts._lib import translations
from scripts._lib.translations import MARKERS, as_po, english, packages, sources

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core"
PACKAGES = packages()
marked, translated = cache(translations.marked), cache(translations.translated)
LETTERS = frozenset("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")
NAMES = ("Liên Thông", "Cốc Cốc")

# Code whose Vietnamese nobody reads on a page in another language; this list only shrinks.
UNMARKED = {
    "core/text.py": "the letter that folding cannot take apart",
    "tenants/sorting.py": "the letters of the alphabet",
    "core/i18n.py": "names of weekdays, beside the English ones",
    "core/settings.py": "defaults of one province",
    "plugins/casework/cases/masking.py": "how people write addresses, numbers and names",
    "plugins/showcase/samples.py": "names of people",
    "plugins/lists/old_fonts.py": "the letters of old fonts",
    "tenants/names.py": "names of people",
    "tenants/upkeep/audit_verify.py": "a command in one file, which needs nothing of the platform to run",
    "tenants/schemas.py": "how people join several values in one field",
    "tenants/provisioning/description.py": "headings of the file that operators fill in",
    "tenants/provisioning/province.py": "names of agencies and units",
}

COMMAND_LINE = re.compile(r"(.*_)?cli\.py|terminal\.py")
"""Commands say everything in both languages at once: who calls them may be a script, a shell has no language of a person."""

TYPED_DAYS = {
    "plugins/casework/cases/forms.py": "a day as a field takes it",
    "plugins/casework/deadlines/resources.py": "a day as a field takes it",
    "plugins/casework/legs/resources.py": "a day as a field takes it",
    "plugins/casework/registers/resources_books.py": "a day as a field takes it",
    "plugins/letters/resources_templates.py": "a day as a field takes it",
    "plugins/websites/pages.py": "a day as a field takes it",
    "plugins/press_issues/resources_forms.py": "a day as a field takes it",
    "plugins/lists/tables.py": "a day of a table as a field takes it",
    "plugins/voter_opinions/intakes.py": "a day as a field takes it",
    "plugins/voter_opinions/reading.py": "a day of a table as a field takes it",
}
"""Code that writes a day as people type it; what people read is written by `format_date`, in their language."""

each_package = pytest.mark.parametrize(
    "package", PACKAGES, ids=lambda package: package.relative_to(ROOT).as_posix()
)


def foreign(text: str) -> bool:
    for name in NAMES:
        text = text.replace(name, "")
    return not LETTERS.isdisjoint(text.lower())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@each_package
def test_every_sentence_has_english_words(package):
    known = {key[0] for key in (*translated(package), *translated(CORE))}
    missing = [f"#: {place}\n{as_po(key)}" for key, place in marked(package).items() if key[0] not in known]
    told = f"{len(missing)} sentences lack English; ./scripts/translations adds them to the catalogue:\n\n"
    assert not missing, told + "\n".join(missing)


@each_package
def test_no_translation_is_empty_guessed_or_left_over(package):
    said = {key[0] for key in marked(package)}
    for key, message in translated(package).items():
        assert all(english(message)), f"no English for {key[0]!r}"
        assert not message.fuzzy, f"only guessed: {key[0]!r}"
        assert key[0] in said, f"nobody says {key[0]!r} any more; ./scripts/translations takes it out"


@each_package
def test_translations_keep_the_fields_of_their_sentence(package):
    for key, message in translated(package).items():
        wanted = set().union(*map(fields, key))
        for text in english(message):
            # For one thing English may say "one" where Vietnamese gives the figure.
            assert wanted - {"n"} <= fields(text) <= wanted, f"{key[0]!r} → {text!r}"


def test_one_sentence_has_one_translation():
    seen: dict[str, tuple[str, ...]] = {}
    for package in PACKAGES:
        for key, message in translated(package).items():
            first = seen.setdefault(key[0], english(message))
            assert first == english(message), f"{key[0]!r} is translated differently in {package.name}"


@each_package
def test_templates_say_nothing_unmarked(package):
    environment = Environment(extensions=["jinja2.ext.i18n"])
    for place, path in sources(package, ".html"):
        for line, kind, text in environment.lex(path.read_text("utf-8")):
            assert kind != "data" or not foreign(text), f"mark this: {place}:{line}: {text.strip()!r}"


@each_package
def test_code_says_nothing_unmarked(package):
    found = []
    for place, path in sources(package, ".py"):
        tree = ast.parse(path.read_text("utf-8"))
        aside = set(_marked_or_docstring(tree))
        texts = [
            each for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        unmarked = [each for each in texts if foreign(each.value) and id(each) not in aside]
        if COMMAND_LINE.fullmatch(path.name):
            continue
        if place in UNMARKED:
            assert unmarked, f"{place} is clean now; take it off the list"
        else:
            found += [f"{place}:{each.lineno}: {each.value[:60]!r}" for each in unmarked]
    assert not found, "mark these with _() or N_():\n" + "\n".join(found)


def test_days_are_written_in_the_readers_language():
    written = {
        place
        for package in PACKAGES
        for place, path in sources(package, ".py")
        if "%d/%m" in path.read_text("utf-8")
    }
    assert written == set(TYPED_DAYS)


def _marked_or_docstring(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            yield from map(id, ast.walk(node))
        elif isinstance(node, ast.Expr):
            yield id(node.value)
