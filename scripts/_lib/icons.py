"""Build the sprite of the icons that templates and declarations use."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from scripts._lib.console import Failure

_NAMED = re.compile(r"""\bicon(?:_name)?\s*(?:\(|=)\s*["']([a-z][a-z0-9-]*)["']""")
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"""["']([a-z][a-z0-9-]*)["']""")
_ONLY_PATHS = re.compile(r'(<path d="M[^"]+"/>)+')
_WORDS_OF_HTML = {"alt", "at", "details", "disabled", "ghost", "heading", "id", "label", "radio", "target"}
"""Icons have these names too; a template that says one of them in passing means something else."""


def sprite(outlines: Path, sources: Iterable[Path], listed: Path) -> bytes:
    """Return one SVG of symbols, named as in Tabler; `outlines` holds one file per icon.

    Raises Failure when a template or declaration names an icon that does not exist.
    """
    known = {path.stem for path in outlines.glob("*.svg")}
    texts = {path: path.read_text("utf-8") for path in sources}
    asked = dict.fromkeys(_lines(listed), listed)
    trees = {path: ast.parse(text) for path, text in texts.items() if path.suffix == ".py"}
    positions = _icon_positions(trees.values())
    for path, tree in trees.items():
        asked |= dict.fromkeys(_declared(tree, positions), path)
    likely: set[str] = set()
    for path, text in texts.items():
        if path.suffix == ".html":
            asked |= dict.fromkeys(_NAMED.findall(text), path)
            # A macro may take the name by position, or a page may choose it from a mapping.
            likely |= {name for part in _EXPRESSION.findall(text) for name in _QUOTED.findall(part)}
    missing = sorted(f"{name} ({path})" for name, path in asked.items() if name not in known)
    if missing:
        raise Failure(f"Không có biểu tượng: {', '.join(missing)}", f"No such icon: {', '.join(missing)}")
    symbols = "".join(
        _symbol(outlines / f"{name}.svg") for name in sorted(asked.keys() | (likely & known - _WORDS_OF_HTML))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()


def _lines(path: Path) -> list[str]:
    return [
        line.strip()
        for line in path.read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def _icon_positions(trees: Iterable[ast.Module]) -> dict[str, int]:
    """Find the classes with a field `icon`, and its place among the arguments of their constructor."""
    positions = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                fields = [
                    each.target.id
                    for each in node.body
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
                ]
                if "icon" in fields:
                    positions[node.name] = fields.index("icon")
    return positions


def _declared(tree: ast.Module, positions: dict[str, int]) -> set[str]:
    """Find the icon names that constructors of those classes are given, and the fields' defaults."""
    found: set[object] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in positions:
                given = node.args[positions[name] : positions[name] + 1]
                given += [keyword.value for keyword in node.keywords if keyword.arg == "icon"]
                found |= {each.value for each in given if isinstance(each, ast.Constant)}
        elif (
            isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "icon"
        ):
            found |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    return {name for name in found if isinstance(name, str) and name}


def _symbol(path: Path) -> str:
    """Turn one icon file into a symbol; line width and size come from the page's style."""
    body = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text("utf-8"), re.DOTALL)
    if body is None:
        raise Failure(f"Tệp biểu tượng hỏng: {path}", f"Broken icon file: {path}")
    shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", body[1])
    shapes = re.sub(r"\s*\n\s*", "", shapes).replace(" />", "/>")
    # One path draws what several do, in fewer bytes: all of them are lines of one width.
    if _ONLY_PATHS.fullmatch(shapes):
        shapes = shapes.replace('"/><path d="', "")
    return f'<symbol id="{path.stem}" viewBox="0 0 24 24">{shapes}</symbol>'
