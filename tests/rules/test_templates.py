"""What templates and style sheets may not hold."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = [
    ROOT / "core",
    ROOT / "tenants",
    ROOT / "sso",
    *sorted(path.parent for path in ROOT.glob("plugins/*/plugin.py")),
]
MODULES = [package for package in PACKAGES if package.name != "core"]

each_package = pytest.mark.parametrize(
    "package", PACKAGES, ids=lambda package: package.relative_to(ROOT).as_posix()
)
each_module = pytest.mark.parametrize(
    "package", MODULES, ids=lambda package: package.relative_to(ROOT).as_posix()
)

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b(?![^{]*\{)|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\(|"
    r":\s*(?:black|white|red|green|blue|grey|gray|yellow|orange|purple|brown|pink)\b",
    re.IGNORECASE,
)
FORBIDDEN = {
    r"\bstyle=": "the content security policy drops inline styles",
    r"\bon[a-z]+=\"": "the content security policy drops inline handlers",
    r"\bhx-on": "htmx would evaluate it",
    r"\bhx-confirm": "the browser's own box; show what happens before it happens",
    r"js:": "htmx would evaluate it",
    r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)": "the content security policy drops inline scripts",
    r"\|\s*safe\b": "what people typed must stay escaped",
    r"autoescape\s+false": "what people typed must stay escaped",
    r"https?://": "everything is served from here",
}


def found(package: Path, suffix: str, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in sorted(package.rglob(f"*{suffix}"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@each_module
def test_modules_use_tokens_and_no_raw_colours(package):
    assert found(package, ".css", COLOUR) == []


@each_package
@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_templates_hold_nothing_that_the_policy_or_the_rules_forbid(package, pattern):
    wrong = found(package, ".html", re.compile(pattern))
    assert not wrong, f"{FORBIDDEN[pattern]}:\n" + "\n".join(wrong)


@each_package
def test_a_template_says_which_view_it_shows(package):
    for path in sorted(package.rglob("templates/**/*.html")):
        text = path.read_text("utf-8")
        if '{% extends "core/shell.html" %}' in text:
            assert re.match(r"\{#-? .*View: \w+.*-#\}", text, re.DOTALL), (
                f"{path.relative_to(ROOT)}: name its view in the first comment"
            )


@each_package
def test_files_are_chosen_in_the_language_of_the_page(package):
    # The browser writes "Choose File" in its own language, so the bare field stands in one component alone.
    bare = found(package, ".html", re.compile(r'<input[^>]*type="file"'))
    assert [line for line in bare if "core/components.html" not in line] == []


TEMPLATE = re.compile(r"""["']([a-z_]+/[a-z0-9_/]+\.html)["']""")


@each_package
def test_every_template_that_is_named_is_there(package):
    named = {
        (name, path.relative_to(ROOT).as_posix())
        for suffix in ("py", "html")
        for path in package.rglob(f"*.{suffix}")
        for name in TEMPLATE.findall(path.read_text("utf-8"))
    }
    missing = [
        (name, path)
        for name, path in sorted(named)
        if not any((each / "templates" / name).exists() for each in PACKAGES)
    ]
    assert missing == []
