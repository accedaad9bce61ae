"""The colours keep the contrast the design promises, in both themes."""

import re

import pytest

from scripts._lib.places import ROOT

SHEET = (ROOT / "core" / "static" / "css" / "lienthong.css").read_text("utf-8")
TOKENS = {
    name: pair
    for name, *pair in re.findall(r"--lt-([a-z0-9-]+):light-dark\((#[0-9a-f]{3,6}),(#[0-9a-f]{3,6})\)", SHEET)
}
TEXT, GRAPHIC = 4.5, 3.0
PAIRS = [
    ("ink", "paper", TEXT), ("ink", "canvas", TEXT), ("ink", "sunken", TEXT), ("ink-2", "paper", TEXT), ("ink-2", "canvas", TEXT),
    ("ink-2", "sunken", TEXT), ("ink-3", "paper", TEXT), ("cham", "paper", TEXT), ("cham", "canvas", TEXT),
    ("cham-2", "cham-tint", TEXT), ("ink", "cham-tint", TEXT), ("bar-ink-2", "bar", TEXT), ("late-text", "paper", TEXT),
    ("late-text", "late-tint", TEXT), ("ink", "late-tint", TEXT), ("today-ink", "today", TEXT), ("soon-ink", "soon", TEXT),
    ("ink", "soon", TEXT), ("ok", "paper", TEXT), ("ok", "ok-tint", TEXT), ("wait", "paper", TEXT), ("wait", "wait-tint", TEXT),
    ("edge", "paper", GRAPHIC), ("today-line", "paper", GRAPHIC),
]  # fmt: skip


def luminance(colour: str) -> float:
    digits = colour[1:]
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    channels = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_contrast(front, ground, least, theme):
    assert contrast(TOKENS[front][theme], TOKENS[ground][theme]) >= least


@pytest.mark.parametrize("name", ["fill", "late"])
def test_white_on_filled_grounds(name):
    assert min(contrast("#fff", colour) for colour in TOKENS[name]) >= TEXT


def test_components_use_tokens_only():
    body = SHEET.split("/* Ground */")[1]
    raw = [each for each in re.findall(r"#[0-9a-fA-F]{3,8}\b", body) if each != "#list"]
    # White and the bar's own light blues stand on grounds that are dark in both themes; tiles and avatars
    # have their two shades where they are used.
    allowed = {"#fff", "#000", "#16233f", "#dbe5fb", "#24345a", "#1d3a80", "#c2d4fb", "#0b111c80",
               "#7fb497", "#3f7a59", "#b96f0a", "#f2b25c", "#4d74cc", "#7d9fee"}  # fmt: skip
    assert set(raw) <= allowed
