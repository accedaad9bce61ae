"""The kernel fits in one head: what grows belongs to a module or to what stands above the kernel."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST = 8_550
"""Lines of Python in core/, which this number keeps from growing; it only shrinks."""


def test_the_kernel_grows_no_more():
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / "core").rglob("*.py")}
    found = sum(lines.values())
    longest = sorted(lines, key=lambda path: lines[path], reverse=True)[:3]
    assert found <= MOST, (
        f"core/ has {found} lines, {MOST} at most: move out what no request and no job passes through "
        f"(docs/adr/0014); the longest are {', '.join(path.name for path in longest)}"
    )
