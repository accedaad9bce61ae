"""Put the marked sentences of a package and its English catalogue in step."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from scripts._lib.console import run, say
from scripts._lib.places import ROOT

MARKERS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_BLOCK = re.compile(r"\n\n+")
Key = tuple[str, ...]

ABOUT = """\
Put the sentences that a package marks and its English catalogue (locale/en/LC_MESSAGES/*.po) in step: what nobody
says any more is taken out, what is missing is added, with its English where another package says the same sentence.
The Vietnamese sentence in the code is the key. What is left to translate is printed; tests/rules wait for it."""


def packages() -> list[Path]:
    """Return the folders whose sentences people read."""
    modules = sorted(path.parent for path in ROOT.glob("plugins/*/plugin.py"))
    return [ROOT / "core", ROOT / "tenants", ROOT / "sso", *modules]


def sources(package: Path, suffix: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of a package in which people are spoken to, each with its place."""
    for path in sorted(package.rglob(f"*{suffix}")):
        if "migrations" not in path.parts and not path.stem.startswith("demo"):
            yield path.relative_to(ROOT).as_posix(), path


def marked(package: Path) -> dict[Key, str]:
    """Return a package's marked sentences, (singular) or (singular, plural), with a place of each."""
    found: dict[Key, str] = {}
    for suffix, method in ((".py", "python"), (".html", "jinja2")):
        for place, path in sources(package, suffix):
            with redirect_stderr(StringIO()):  # sentences put together in the code have no words of their own
                sentences = extract_from_file(method, path, keywords=MARKERS)
            for line, message, _comments, _context in sentences:
                found.setdefault(message if isinstance(message, tuple) else (message,), f"{place}:{line}")
    return found


def translated(package: Path) -> dict[Key, Message]:
    """Return what a package's catalogues hold."""
    found: dict[Key, Message] = {}
    for path in sorted(package.glob("locale/en/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        assert not catalogue.obsolete, f"{path} keeps sentences nobody says any more"
        for message in catalogue:
            if message.id:
                found[_key(message.id)] = message
    return found


def english(message: Message) -> Key:
    """Return the English of a sentence, (singular) or (singular, plural)."""
    return _key(message.string)


def _key(text: object) -> Key:
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text or ""),)


def as_po(key: Key, said: Key = ()) -> str:
    """Return an entry of a catalogue, empty while nobody has said it in English."""
    first, *plural = map(_quoted, key)
    words = [_quoted(each) for each in said] or ['""', '""']
    if plural:
        return f"msgid {first}\nmsgid_plural {plural[0]}\nmsgstr[0] {words[0]}\nmsgstr[1] {words[-1]}\n"
    return f"msgid {first}\nmsgstr {words[0]}\n"


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'


def put_in_step(package: Path, elsewhere: dict[str, Key]) -> list[Key]:
    """Write what a package says now into its catalogues; return what still has no English."""
    said, known = marked(package), translated(package)
    in_core = {key[0] for key in translated(ROOT / "core")} if package != ROOT / "core" else set()
    spoken = {key[0] for key in said}
    paths = sorted(package.glob("locale/en/LC_MESSAGES/*.po"))
    for path in paths:
        kept = [each for each in _BLOCK.split(path.read_text("utf-8").strip()) if _is_kept(each, spoken)]
        path.write_text("\n\n".join(kept) + "\n", "utf-8")
    held = {key[0] for key in known}
    missing = [key for key in said if key[0] not in held | in_core]
    if missing and paths:
        named = [path for path in paths if path.stem == package.name] or paths
        with named[0].open("a", encoding="utf-8") as file:
            file.writelines("\n" + as_po(key, elsewhere.get(key[0], ())) for key in missing)
    empty = [key for key, message in known.items() if key[0] in spoken and not all(english(message))]
    return empty + [key for key in missing if key[0] not in elsewhere]


def _is_kept(block: str, spoken: set[str]) -> bool:
    """Tell whether somebody says the sentence of an entry still; heads and remarks stay."""
    found = [each.id for each in read_po(BytesIO(block.encode())) if each.id]
    return all(_key(each)[0] in spoken for each in found)


def main() -> int:
    """Do what the command line asks; return 1 while something has no English."""
    parser = argparse.ArgumentParser(
        prog="scripts/translations", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "key", nargs="*", metavar="KEY", help="modules to look at, like phong_hop; all without one"
    )
    chosen = parser.parse_args().key
    everywhere = packages()
    wanted = [each for each in everywhere if not chosen or each.name in chosen]
    if unknown := sorted(set(chosen) - {each.name for each in wanted}):
        say(f"Không có phân hệ “{unknown[0]}”. There is no module '{unknown[0]}'.")
        return 1
    elsewhere: dict[str, Key] = {}
    for package in everywhere:
        for key, message in translated(package).items():
            if all(english(message)):
                elsewhere.setdefault(key[0], english(message))
    left = {package.name: put_in_step(package, elsewhere) for package in wanted}
    for name, keys in left.items():
        for key in keys:
            say(f"{name}: {key[0]}")
    number = sum(map(len, left.values()))
    say(f"Còn {number} câu chưa có tiếng Anh · {number} sentences without English")
    return 1 if number else 0


if __name__ == "__main__":
    sys.exit(run(main))
