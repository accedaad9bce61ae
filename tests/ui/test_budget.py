"""What a page may weigh (brotli), and how many elements it may have."""

import re

import brotli
import pytest

from scripts._lib.places import STATIC
from tests.ui import samples

KILO = 1024


def weight(content: bytes) -> float:
    return len(brotli.compress(content)) / KILO


@pytest.mark.parametrize(
    ("file", "kilobytes"),
    [
        ("css/lienthong.css", 9),
        ("js/lt.js", 4),
        ("js/session.js", 1.3),
        ("js/upload.js", 2.75),
        ("js/lists.js", 2.1),
        ("js/drafts.js", 1),
        ("js/peek.js", 1.6),
        ("icons.svg", 6),
        ("vendor/htmx.min.js", 12.5),
        ("vendor/tabler.min.css", 16),
    ],
)
def test_static_files_stay_within_their_budget(pages, file, kilobytes):
    address = pages._environments["vi"].globals["static"](file)
    assert weight((STATIC / address.removeprefix("/static/")).read_bytes()) <= kilobytes


@pytest.mark.parametrize("name", sorted(samples.PAGES))
def test_pages_stay_within_their_budget(pages, name):
    text = pages.render(name)
    assert weight(text.encode()) <= 15
    # The tile map of 440 agencies is one image; its tiles are counted apart.
    assert len(re.findall(r"<[a-z]", text)) - text.count('class="lt-tile ') <= 1500
