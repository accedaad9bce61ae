"""The kernel fits in one head: what grows belongs to a module or to what stands above the kernel."""

import ast
import io
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST = 4_962
"""Lines of code in core/, which this number keeps from growing; it only shrinks."""
SAYS_NOTHING = frozenset({
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
})  # fmt: skip


def lines_of_code(source: str) -> int:
    """Count the lines that are neither blank nor a comment nor a docstring: words that explain cost nothing."""
    told: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
                told.update(range(first.lineno, (first.end_lineno or 0) + 1))
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SAYS_NOTHING:
            found.update(range(token.start[0], token.end[0] + 1))
    return len(found - told)


def test_words_that_explain_are_no_code():
    assert (
        lines_of_code(
            '"""A file."""\n\n# Why.\ndef one():\n    """Return one."""\n    return (\n        1\n    )\n'
        )
        == 4
    )


def test_the_kernel_grows_no_more():
    lines = {path: lines_of_code(path.read_text("utf-8")) for path in (ROOT / "core").rglob("*.py")}
    found = sum(lines.values())
    longest = sorted(lines, key=lambda path: lines[path], reverse=True)[:3]
    assert found <= MOST, (
        f"core/ has {found} lines of code, {MOST} at most: move out what no request and no job passes through "
        f"(docs/adr/0014, 0017); the longest are {', '.join(path.name for path in longest)}"
    )
