import gzip
import json

import brotli
import pytest

from scripts._lib import assets, icons
from scripts._lib.console import Failure

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="24" stroke="currentColor">\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M1 2" />\n</svg>'


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tiny product: one style sheet, one font, one module with a script of its own."""
    modules, kernel, module = tmp_path / "node_modules", tmp_path / "core", tmp_path / "plugins" / "notes"
    for path, text in {
        modules / "inter" / "inter.woff2": "font",
        modules / "tool" / "tool.js": "run()\n//# sourceMappingURL=tool.js.map\n",
        modules / "@tabler" / "icons" / "icons" / "outline" / "bell.svg": SVG,
        kernel
        / "static"
        / "css"
        / "own.css": "@font-face{src:url('../vendor/inter.woff2')}b{background:url(data:image/png;base64,AA)}",
        kernel / "assets" / "vendor.json": json.dumps(
            {"vendor/inter.woff2": "inter/inter.woff2", "vendor/tool.js": "tool/tool.js"}
        ),
        kernel / "assets" / "icons.txt": "# none\n",
        kernel / "page.html": '{{ icon("bell") }}',
        module / "static" / "notes.js": "notes()",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(assets, "ASSETS", kernel / "assets")
    monkeypatch.setattr(assets, "STATIC", tmp_path / "static")
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "static" / "manifest.json")
    monkeypatch.setattr(assets, "install_packages", lambda: modules)
    monkeypatch.setattr(assets, "package_folders", lambda: {"": kernel, "notes": module})
    return tmp_path


def built(tree):
    assets.build()
    return json.loads((tree / "static" / "manifest.json").read_text())


def test_every_file_has_a_logical_and_a_hashed_path(tree):
    manifest = built(tree)
    assert set(manifest) == {
        "css/own.css",
        "icons.svg",
        "notes/notes.js",
        "vendor/inter.woff2",
        "vendor/tool.js",
    }
    assert all((tree / "static" / name).is_file() for name in manifest.values())


def test_style_sheets_refer_to_hashed_names(tree):
    manifest = built(tree)
    style = (tree / "static" / manifest["css/own.css"]).read_text()
    assert f"url(../{manifest['vendor/inter.woff2']})" in style
    assert "url(data:image/png;base64,AA)" in style


def test_a_reference_to_nothing_stops_the_build(tree):
    (tree / "core" / "static" / "css" / "own.css").write_text("b{background:url(missing.png)}")
    with pytest.raises(Failure, match=r"refers to missing\.png"):
        assets.build()


def test_compressed_forms_hold_the_same_bytes(tree):
    name = built(tree)["vendor/tool.js"]
    plain = (tree / "static" / name).read_bytes()
    assert plain == b"run()\n"
    assert brotli.decompress((tree / "static" / f"{name}.br").read_bytes()) == plain
    assert gzip.decompress((tree / "static" / f"{name}.gz").read_bytes()) == plain


def test_a_change_makes_a_new_name_and_keeps_the_old_file_for_running_servers(tree):
    before = built(tree)["notes/notes.js"]
    (tree / "plugins" / "notes" / "static" / "notes.js").write_text("changed()")
    after = built(tree)["notes/notes.js"]
    assert after != before
    assert (tree / "static" / before).exists()


def test_nothing_is_written_when_nothing_changed(tree):
    built(tree)
    written = (tree / "static" / "manifest.json").stat().st_mtime_ns
    built(tree)
    assert (tree / "static" / "manifest.json").stat().st_mtime_ns == written


@pytest.fixture
def outlines(tmp_path):
    for name in ("bell", "lock", "check", "notebook", "puzzle", "home"):
        (tmp_path / f"{name}.svg").write_text(SVG)
    return tmp_path


def symbols(outlines, tmp_path, **sources):
    files = []
    for name, text in sources.items():
        path = tmp_path / name.replace("_", ".")
        path.write_text(text)
        files.append(path)
    listed = tmp_path / "icons.txt"
    listed.write_text("# a comment\nhome\n")
    drawn = icons.sprite(outlines, files, listed).decode()
    return [part.split('"')[0] for part in drawn.split('<symbol id="')[1:]]


def test_icons_are_found_in_calls_choices_and_declarations(outlines, tmp_path):
    found = symbols(
        outlines,
        tmp_path,
        page_html='{{ icon("bell") }} {{ icon({1: "lock"}[n]) }} <p class="check">',
        declarations_py='class Item:\n    title: str\n    icon: str = "puzzle"\n',
        plugin_py='Item("Sổ", "notebook")\n',
    )
    assert found == ["bell", "home", "lock", "notebook", "puzzle"]


def test_an_icon_that_does_not_exist_stops_the_build_and_is_named(outlines, tmp_path):
    with pytest.raises(Failure, match=r"No such icon: bel \(.*page\.html\)"):
        symbols(outlines, tmp_path, page_html='{{ icon("bel") }}')
