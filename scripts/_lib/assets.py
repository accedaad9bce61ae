"""Collect all static files into var/static: names by content, compressed beforehand, one manifest."""

import gzip
import hashlib
import json
import os
import posixpath
import re
import sys
import time
from pathlib import Path

import brotli

from scripts._lib.console import Failure, explain, say
from scripts._lib.icons import sprite
from scripts._lib.npm import install_packages
from scripts._lib.packages import package_folders
from scripts._lib.places import ROOT, STATIC
from scripts._lib.styles import used_alone

ASSETS = ROOT / "core" / "assets"
MANIFEST = STATIC / "manifest.json"
COMPRESSED = {".css", ".js", ".json", ".svg", ".txt"}
OLD_FILES_STAY = 24 * 3600  # a server that still runs goes on serving what its manifest names
_REFERENCE = re.compile(r"""url\(\s*["']?(?!data:|https?:|#|/)([^"')\s]+)["']?\s*\)""")
_REMARK = re.compile(r"/\*(?!!).*?\*/\n?", re.DOTALL)
_SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=\S+( ?\*/)?\n?")


def build() -> int:
    """Build what has changed since the last time and return the number of files in the manifest."""
    modules = install_packages()
    packages = {prefix and f"{prefix}/": folder for prefix, folder in package_folders().items()}
    stamp = _stamp(packages)
    kept = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.exists() else {}
    stamp_file = STATIC / ".stamp"
    if kept and stamp_file.exists() and stamp_file.read_text("utf-8") == stamp:
        return len(kept)
    files = _collect(modules, packages)
    manifest: dict[str, str] = {}
    # Style sheets come last: the names of what they refer to must be known.
    for path in sorted(files, key=lambda path: (path.endswith(".css"), path)):
        content = _without_remarks(path, files[path])
        if path.endswith(".css"):
            content = _with_hashed_references(path, content, manifest)
        manifest[path] = _write(path, content)
    _replace(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    _replace(stamp_file, stamp.encode())
    _forget_old(manifest)
    return len(manifest)


def _sources(packages: dict[str, Path]) -> list[Path]:
    """List the files in which icons and classes may be named."""
    return [
        path
        for folder in packages.values()
        for ending in ("html", "py")
        for path in sorted(folder.rglob(f"*.{ending}"))
    ]


def _scripts(packages: dict[str, Path]) -> list[Path]:
    """List our own scripts, which name classes too."""
    return [path for folder in packages.values() for path in sorted((folder / "static").rglob("*.js"))]


def _stamp(packages: dict[str, Path]) -> str:
    """Summarise everything that decides the result, without reading it."""
    inputs = [*ASSETS.iterdir(), *Path(__file__).parent.glob("*.py"), *_sources(packages)]
    inputs += [path for folder in packages.values() for path in sorted((folder / "static").rglob("*"))]
    states = sorted(f"{path} {(state := path.stat()).st_mtime_ns} {state.st_size}" for path in inputs)
    return hashlib.sha256("\n".join(states).encode()).hexdigest()


def _collect(modules: Path, packages: dict[str, Path]) -> dict[str, bytes]:
    """Read every file by its logical path."""
    listed = json.loads((ASSETS / "vendor.json").read_text("utf-8"))
    files = {path: (modules / source).read_bytes() for path, source in listed.items()}
    for prefix, folder in packages.items():
        for path in sorted((folder / "static").rglob("*")):
            if path.is_file():
                files[prefix + path.relative_to(folder / "static").as_posix()] = path.read_bytes()
    sources = [*_sources(packages), *_scripts(packages)]
    files |= {
        path: used_alone(content.decode(), sources).encode()
        for path, content in files.items()
        if path.startswith("vendor/") and path.endswith(".css")
    }
    outlines = modules / "@tabler" / "icons" / "icons" / "outline"
    files["icons.svg"] = sprite(outlines, _sources(packages), ASSETS / "icons.txt")
    return files


def _without_remarks(path: str, content: bytes) -> bytes:
    """Drop what only their authors read: where a source map is, and what our own style sheets explain."""
    if not path.endswith((".css", ".js")):
        return content
    text = _SOURCE_MAP.sub("", content.decode())
    return (_REMARK.sub("", text) if path.endswith(".css") else text).encode()


def _with_hashed_references(path: str, content: bytes, manifest: dict[str, str]) -> bytes:
    """Let a style sheet refer to its files by their hashed names."""

    def rewrite(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[1]))
        if target not in manifest:
            raise Failure(
                f"{path} trỏ tới {found[1]}, không có tệp này.",
                f"{path} refers to {found[1]}, which does not exist.",
            )
        return f"url({posixpath.relpath(manifest[target], posixpath.dirname(path) or '.')})"

    return _REFERENCE.sub(rewrite, content.decode()).encode()


def _write(path: str, content: bytes) -> str:
    """Write a file under its hashed name, with its compressed forms, and return that name."""
    stem, ending = posixpath.splitext(path)
    name = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}{ending}"
    target = STATIC / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        if ending in COMPRESSED:
            _replace(target.with_name(target.name + ".br"), brotli.compress(content, quality=11))
            _replace(target.with_name(target.name + ".gz"), gzip.compress(content, 9, mtime=0))
        _replace(target, content)
    return name


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _forget_old(manifest: dict[str, str]) -> None:
    """Remove files of earlier builds that no running server can name any more."""
    named = {MANIFEST, STATIC / ".stamp"} | {
        STATIC / f"{name}{ending}" for name in manifest.values() for ending in ("", ".br", ".gz")
    }
    for path in STATIC.rglob("*"):
        if path.is_file() and path not in named and time.time() - path.stat().st_mtime > OLD_FILES_STAY:
            path.unlink()


def main() -> int:
    """Build the assets and say how many there are; return an exit code."""
    try:
        say(f"{build()} tệp tĩnh · static files → {STATIC}")
    except Failure as failure:
        say(f"\n{failure}")
        return 1
    except OSError as error:
        say(f"\n{explain(error)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
