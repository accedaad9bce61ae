"""Every palette of public pages keeps its contrast, in light, in dark and with high contrast."""

import re
from pathlib import Path

import pytest

from plugins import websites
from plugins.websites.palettes import PALETTES

SHEET = (Path(__file__).parents[3] / "core" / "static" / "css" / "public.css").read_text("utf-8")
PICTURES = Path(websites.__file__).parent / "static" / "palettes"
TEXT, LARGE = 4.5, 3.0
PAIRS = [
    ("ink", "paper", TEXT), ("ink-2", "paper", TEXT), ("ink-2", "canvas", TEXT), ("ink", "sunken", TEXT),
    ("cham", "paper", TEXT), ("cham", "canvas", TEXT), ("cham", "cham-tint", TEXT), ("cham-2", "paper", TEXT),
    ("on-fill", "fill", TEXT), ("on-fill", "fill-2", TEXT), ("bar-ink", "bar", TEXT), ("bar-ink-2", "bar", TEXT),
    ("edge", "paper", LARGE), ("fill", "paper", LARGE), ("ok", "ok-tint", TEXT),
]  # fmt: skip


def tokens(selector: str) -> dict[str, tuple[str, str]]:
    """Return the colours a rule sets, each for light and for dark."""
    rule, *_printed = re.findall(rf"^{re.escape(selector)}\{{([^}}]*)\}}", SHEET, re.MULTILINE)
    found = {}
    for name, light, dark, single in re.findall(
        r"--lt-([\w-]+):(?:light-dark\((#\w+),(#\w+)\)|(#\w+))(?=[;}]|$)", rule
    ):
        found[name] = (light or single, dark or single)
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) > 4 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_there_is_a_rule_for_every_palette_and_none_more():
    ruled = set(re.findall(r"^\[data-palette=(\w+)\]", SHEET, re.MULTILINE))
    assert ruled | {"indigo"} == set(PALETTES)


@pytest.mark.parametrize("high", [False, True], ids=["usual", "high contrast"])
@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_can_be_read(palette, high):
    colours = tokens(":root")
    colours |= tokens(f"[data-palette={palette}]") if palette != "indigo" else {}
    colours |= tokens("html[data-pb-contrast]") if high else {}
    for scheme, at in (("light", 0), ("dark", 1)):
        for text, ground, least in PAIRS:
            found = contrast(colours[text][at], colours[ground][at])
            assert found >= least, f"{palette}, {scheme}: {text} on {ground} {found:.2f}"


@pytest.mark.parametrize("palette", PALETTES)
def test_the_picture_of_a_palette_shows_its_own_colours_in_light_and_dark(palette):
    drawn = set(re.findall(r'fill="(#\w+)"', (PICTURES / f"{palette}.svg").read_text("utf-8")))
    colours = tokens(":root") | (tokens(f"[data-palette={palette}]") if palette != "indigo" else {})
    assert {colour for name in ("bar", "bar-ink", "fill", "cham") for colour in colours[name]} <= drawn
    assert drawn <= {colour for both in colours.values() for colour in both}
