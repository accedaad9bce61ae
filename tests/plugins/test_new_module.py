"""A new module works as it is made: in the tree, and as a package of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from scripts._lib import new_module
from scripts._lib.console import Failure
from scripts._lib.places import ROOT, VAR

LIENTHONG = str(Path(sys.executable).with_name("lienthong"))
RUFF = str(Path(sys.executable).with_name("ruff"))
SETTINGS = {
    "LIENTHONG_DATABASE_URL": "postgresql://unused",
    "LIENTHONG_PUBLIC_URL": "http://localhost:8000",
    "LIENTHONG_KEYCLOAK_URL": "http://localhost:8180",
    "LIENTHONG_OIDC_CLIENT_SECRET": "unused",
    "LIENTHONG_SECRET_KEY": "A" * 43 + "=",
}


def run(*command, cwd, path=()):
    """Run a program of the virtual environment, with folders before its own packages."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "LIENTHONG_"))
    }
    environment |= {**SETTINGS, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def passes(*command, cwd, path=()):
    code, said = run(*command, cwd=cwd, path=path)
    assert code == 0, said[-6000:]
    return said


@pytest.fixture
def clone(tmp_path):
    """A copy of the tree, on the servers and static files of this one."""
    copy = tmp_path / "clone"
    shutil.copytree(
        ROOT,
        copy,
        ignore=shutil.ignore_patterns("var", ".*", "*.egg-info", "__pycache__", "node_modules", "benchmarks"),
    )
    (copy / "var").symlink_to(VAR)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.mark.parametrize("options", [[], ["--case"]], ids=["module", "case"])
def test_a_module_in_the_tree_passes_its_tests_and_the_rules_on_the_first_run(clone, options):
    python = sys.executable
    said = passes(
        python,
        "-m",
        "scripts._lib.new_module",
        "phong_hop",
        *options,
        "--title",
        "Phòng họp",
        "--english",
        "Meeting rooms",
        cwd=clone,
        path=[clone],
    )
    assert "./scripts/test tests/plugins/phong_hop" in said
    # What scripts/test does before the tests when there is a new module: install, so that it is found.
    passes(python, "setup.py", "-q", "egg_info", cwd=clone, path=[clone])
    assert "phong_hop 0.1  Phòng họp" in passes(LIENTHONG, "module", "list", cwd=clone, path=[clone])
    passes(RUFF, "check", "plugins/phong_hop", "tests/plugins/phong_hop", cwd=clone, path=[clone])
    tests = [
        "tests/plugins/phong_hop",
        "tests/rules/test_imports.py",
        "tests/rules/test_translations.py",
        "tests/rules/test_templates.py",
        "tests/rules/test_guide.py",
    ]
    said = passes(
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *tests,
        "-k",
        "phong_hop or one_sentence or table_of_modules",
        cwd=clone,
        path=[clone],
    )
    assert "skipped" not in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"given": None, "english": None, "title": "Phong hop"},
            ["Chưa có --title", "“Phong hop”", "--english"],
        ),
        (
            {"given": "Meeting rooms", "english": "Meeting rooms", "title": "Meeting rooms"},
            ["không có dấu tiếng Việt"],
        ),
        ({"given": "Phòng họp", "english": "Meeting rooms", "title": "Phòng họp"}, []),
    ],
)
def test_a_title_that_is_missing_or_not_vietnamese_is_hinted_at(options, said):
    hints = "\n".join(new_module.title_hints(**options))
    assert all(words in hints for words in said)
    assert bool(hints) == bool(said)


def test_help_says_what_is_made_and_what_comes_next():
    said = passes("bash", str(ROOT / "scripts/new_module"), "--help", cwd=ROOT)
    for words in (
        "tests that pass on the first run",
        "--package ../",
        "./scripts/test tests/plugins/phong_hop",
    ):
        assert words in said


def test_a_package_is_found_after_a_restart_and_passes_its_tests(tmp_path):
    python, package = sys.executable, tmp_path / "rooms"
    passes(python, "-m", "scripts._lib.new_module", "rooms", "--package", str(package), cwd=ROOT, path=[ROOT])
    assert "rooms 0.1" not in passes(LIENTHONG, "module", "list", cwd=ROOT)
    # The record that an editable installation leaves on the path, without touching the shared environment.
    passes(python, "setup.py", "-q", "egg_info", cwd=package)
    assert "rooms 0.1  Rooms" in passes(LIENTHONG, "module", "list", cwd=ROOT, path=[package])
    said = passes(
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(package / "tests"),
        cwd=ROOT,
        path=[package],
    )
    assert "skipped" not in said


# ---- keys, titles and folders that will not do


@pytest.mark.parametrize(
    "key",
    ["Phong", "phòng", "a", "1st", "a-b", "a" * 41, "class", "core", "people", "order", "pg_x", "example"],
)
def test_a_key_that_will_not_do_is_explained_in_both_languages(key):
    with pytest.raises(Failure) as caught:
        new_module.check_key(key)
    vietnamese, english = str(caught.value).split("\n")
    assert key in vietnamese
    assert key in english


def test_a_word_in_an_address_of_the_platform_is_no_key(monkeypatch):
    monkeypatch.setattr("core.host.RESERVED_KEYS", frozenset())
    with pytest.raises(Failure, match="uses the word 'modules'"):
        new_module.check_key("modules")


def test_no_word_that_postgresql_keeps_for_itself_is_a_key(database):
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
        reserved = {word for (word,) in cursor.fetchall()}
    connection.close()
    assert reserved <= new_module.SQL_WORDS


@pytest.mark.parametrize("title", ["", "x" * 61, 'Phòng "họp"', "{name}", "<b>", "a\nb", "50%"])
def test_a_title_that_would_break_a_file_is_refused(title):
    with pytest.raises(Failure, match="will not do"):
        new_module.check_title(title)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Failure, match="is not empty"):
        new_module.make_package(tmp_path, "rooms", "Phòng họp", "Rooms")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
