"""Make a new module from the one in scripts/_lib/skeleton, in the tree or as a package of its own."""

import argparse
import keyword
import re
import subprocess
import sys
from pathlib import Path
from string import ascii_lowercase

from scripts._lib.console import Failure, explain, run, say
from scripts._lib.places import ROOT

SKELETON = Path(__file__).with_name("skeleton")
KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
# What PostgreSQL does not take as the name of a schema without quotes (categories R and T of pg_get_keywords).
SQL_WORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
    returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
    unique user using variadic verbose when where window with
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is no easier to read
)
PREFIXES = ("/t/{tenant}/", "/api/v1/t/{tenant}/", "/admin/", "/public/{tenant}/")


ABOUT = """\
Make a new module that works at once: a table with its migration, a service, pages, an API, permissions
and roles, English words, and tests that pass on the first run. Change it from there, file by file.
With --case it is a module of cases: what comes in is numbered, has a deadline and somebody who must act,
stands in "Việc của tôi", and goes from its record to an approved answer.

It is made in plugins/KEY with tests in tests/plugins/KEY, or with --package as a package of its own that
is installed beside the platform."""
EXAMPLES = """\
examples:
  scripts/new_module phong_hop --title 'Phòng họp' --english 'Meeting rooms'
  scripts/new_module phong_hop --title 'Phòng họp' --english 'Meeting rooms' --package ../lienthong-phong-hop
  scripts/new_module de_nghi --case --title 'Đề nghị của tổ dân phố' --english 'Requests of neighbourhoods'

then:
  ./scripts/test tests/plugins/phong_hop        its tests, which also install it
  ./scripts/demo                                see it; an agency's administrator switches it on
  scripts/lienthong module enable --help        or switch it on from here

Nothing is overwritten: a key that is taken and a folder that is not empty are refused. The guide is
docs/writing-a-module.md, the model plugins/example. Exit code 0 when it was made, 1 when not."""


def main() -> int:
    """Do what the command line asks; return an exit code."""
    options = _options()
    try:
        check_key(options.key)
        title = options.title or options.key.replace("_", " ").capitalize()
        english = options.english or options.key.replace("_", " ").capitalize()
        check_title(title)
        check_title(english)
        for hint in title_hints(options.title, options.english, title):
            say(hint)
        prefix = free_prefix(options.key) if options.case else ""
        if options.package is None:
            make_in_tree(options.key, title, english, prefix)
        else:
            make_package(options.start / options.package, options.key, title, english, prefix)
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except OSError as error:
        say(f"\n{explain(error)}")
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/new_module",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "key",
        metavar="KEY",
        help="2-40 lower-case letters, digits and _, like phong_hop: names the folder, the database schema and the "
        "addresses for good; the names people read are --title and --english",
    )
    parser.add_argument(
        "--title",
        metavar="TÊN",
        help="the name on Vietnamese screens, as officers say it and with its accents: 'Phòng họp'; "
        "without it the key stands there",
    )
    parser.add_argument(
        "--english",
        metavar="NAME",
        help="the name on English screens: 'Meeting rooms'; without it the key stands there",
    )
    parser.add_argument(
        "--package",
        metavar="DIR",
        type=Path,
        help="make an installable package of its own in DIR, which is empty or new, instead of plugins/KEY",
    )
    parser.add_argument(
        "--case",
        action="store_true",
        help="make a module of cases, on plugins/casework: a workflow, deadlines, forms and lists without templates",
    )
    parser.add_argument("--from", dest="start", type=Path, default=Path.cwd(), help=argparse.SUPPRESS)
    return parser.parse_args()


def check_key(key: str) -> None:
    """Refuse a key that cannot name a Python package, a schema and an address at once.

    Raises Failure.
    """
    # Imported here, so that --help answers even while an installed module is broken.
    from core.app import load_modules
    from core.declarations import PluginError
    from core.host import RESERVED_KEYS

    if not KEY.fullmatch(key):
        raise Failure(
            f"Khoá “{key}” chưa dùng được: 2–40 ký tự, chữ thường không dấu, số và _, bắt đầu bằng chữ. Ví dụ: phong_hop.",
            f"The key '{key}' will not do: 2–40 lower-case letters, digits and _, beginning with a letter, like meeting_rooms.",
        )
    if keyword.iskeyword(key) or key in RESERVED_KEYS | SQL_WORDS or key.startswith("pg_"):
        raise Failure(
            f"Khoá “{key}” là từ dành riêng của Python, PostgreSQL hoặc nền tảng. Chọn từ khác.",
            f"The key '{key}' is reserved by Python, PostgreSQL or the platform. Choose another one.",
        )
    try:
        _host, catalogue = load_modules()
    except PluginError as error:
        raise Failure(
            f"Chưa tạo được khi một phân hệ đang hỏng: {error}",
            "No module can be made while an installed one is broken.",
        ) from error
    if key in catalogue.modules or (ROOT / "plugins" / key).exists():
        raise Failure(f"Đã có phân hệ “{key}”.", f"There is a module '{key}' already.")
    for address in catalogue.routes.values():
        prefix = next((each for each in PREFIXES if address.template.startswith(each)), "/")
        if address.template.removeprefix(prefix).split("/")[0] == key:
            raise Failure(
                f"Địa chỉ {address.template} của nền tảng đã dùng từ “{key}”. Chọn khoá khác.",
                f"The platform's address {address.template} uses the word '{key}'. Choose another key.",
            )


def check_title(title: str) -> None:
    """Refuse a title that could not stand in Python, a translation and a page alike.

    Raises Failure.
    """
    if not 2 <= len(title) <= 60 or not title.isprintable() or set(title) & set("\"'\\{}<>%"):
        raise Failure(
            f"Tên “{title}” chưa dùng được: 2–60 ký tự, không có dấu nháy, ngoặc nhọn, \\ và %.",
            f"The title '{title}' will not do: 2–60 characters without quotes, braces, angle brackets, \\ and %.",
        )


def title_hints(given: str | None, english: str | None, title: str) -> list[str]:
    """Return what somebody who reads Vietnamese screens would stumble over in the names; nothing stops there."""
    hints = []
    if given is None:
        hints.append(
            f"Chưa có --title: màn hình tiếng Việt sẽ ghi “{title}”. Sửa ở plugin.py, hoặc xoá rồi tạo lại với "
            f"--title 'Phòng họp'.\nNo --title: Vietnamese screens will say '{title}'."
        )
    elif title.isascii():
        hints.append(
            f"“{title}” không có dấu tiếng Việt nào. Có đúng là tên cán bộ sẽ đọc không?\n"
            f"'{title}' does not look Vietnamese: --title is what officers read, --english the other name."
        )
    if english is None:
        hints.append(
            "Chưa có --english: màn hình tiếng Anh ghi theo khoá. No --english: English screens show the key."
        )
    return hints


def free_prefix(key: str) -> str:
    """Return two or three letters that no other kind of cases has before its numbers: phong_hop gives PH."""
    from core.app import load_modules
    from plugins.casework.api import CaseKind

    _host, catalogue = load_modules()
    taken = {kind.prefix for _manifest, kind in catalogue.of(CaseKind).values()}
    letters = "".join(word[0] for word in key.split("_") if word) + key.replace("_", "")
    wishes = [
        key[0] + letters[1],
        letters[:3],
        *(key[0] + a for a in key[1:]),
        *(key[0] + a for a in ascii_lowercase),
    ]
    return next(wish.upper() for wish in wishes if wish.isalpha() and wish.upper() not in taken)


def make_in_tree(key: str, title: str, english: str, prefix: str = "") -> None:
    """Make plugins/KEY and its tests; with a `prefix` it is a module of cases whose numbers begin with it."""
    names = _names(f"plugins.{key}", key, title, english, prefix)
    _copy(SKELETON / ("case" if prefix else "module"), ROOT / "plugins" / key, names)
    _copy(SKELETON / ("case_tests" if prefix else "tests"), ROOT / "tests" / "plugins" / key, names)
    _sort_imports(ROOT / "plugins" / key, ROOT / "tests" / "plugins" / key)
    _list(ROOT / "plugins" / "README.md", key, title, prefix)
    say(f"plugins/{key}, tests/plugins/{key}")
    say(f"Chạy thử · try it:   ./scripts/test tests/plugins/{key}")
    say("Viết tiếp · go on:   docs/writing-a-module.md")


def make_package(folder: Path, key: str, title: str, english: str, prefix: str = "") -> None:
    """Make an installable package with its tests in a folder that is empty or does not exist.

    Raises Failure.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(
            f"{folder} không trống. Chọn thư mục khác.", f"{folder} is not empty. Choose another folder."
        )
    package = f"lienthong_{key}"
    names = _names(package, key, title, english, prefix)
    _copy(SKELETON / ("case" if prefix else "module"), folder / package, names)
    _copy(SKELETON / ("case_tests" if prefix else "tests"), folder / "tests", names)
    _copy(SKELETON / "package", folder, names)
    (folder / "conftest.py").rename(folder / "tests" / "conftest.py")
    (folder / "gitignore").rename(folder / ".gitignore")
    say(f"{folder}")
    say(f"Cài · install:       var/venv/bin/uv pip install --python var/venv --editable {folder}")
    say(f"Chạy thử · try it:   ./scripts/test {folder / 'tests'}")


def _sort_imports(*folders: Path) -> None:
    """Put imports in their order, which depends on the key."""
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run([ruff, "check", "--select", "I", "--fix", "--quiet", *folders], check=False)


def _list(page: Path, key: str, title: str, prefix: str) -> None:
    """Add a module to the table of modules."""
    summary, needs = "Ghi và tra các mục của cơ quan", "—"
    if prefix:
        summary = "Tiếp nhận, xử lý và trả lời đúng hạn"
        needs = "`casework`, `drafts`, `files`, `followers`, `lists`, `notifications`, `reports`"
    lines = page.read_text("utf-8").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("| "))
    lines.insert(last + 1, f"| [`{key}`]({key}/plugin.py) | {title} | {summary} | {needs} |")
    page.write_text("\n".join(lines) + "\n", "utf-8")


def _names(package: str, key: str, title: str, english: str, prefix: str) -> dict[str, str]:
    """Return what stands in the skeleton and what to put in its place, in this order."""
    return {
        "plugins.skeleton": package.replace(key, "skeleton"),
        "skeleton": key,
        "TÊN PHÂN HỆ": title,
        "MODULE TITLE": english,
        "CASEPREFIX": prefix,
    }


def _copy(source: Path, target: Path, names: dict[str, str]) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            place = target / str(path.relative_to(source)).replace("skeleton", names["skeleton"])
            text = path.read_text("utf-8")
            for old, new in names.items():
                text = text.replace(old, new)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(run(main))
