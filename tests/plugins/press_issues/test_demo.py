"""Sample articles read as people write, wherever they are said to have happened."""

import re
from random import Random
from types import SimpleNamespace

import pytest

from plugins.casework.demo_office import SampleOffice
from plugins.press_issues import demo as press
from plugins.voter_opinions import demo as voters

TWICE = re.compile(
    r"\b(\w+) (?:khu vực )?\1\b|đường kiệt|chợ khu vực|trạm y tế (?:đường|kiệt|tổ)", re.IGNORECASE
)


@pytest.mark.parametrize("matter", [*press.MATTERS, *voters.MATTERS], ids=lambda each: each.text[:30])
def test_no_place_makes_a_sentence_stumble(matter):
    here, pick = SimpleNamespace(wards=["phường Phú Xuân"]), Random(7)
    for _turn in range(60):
        place = SampleOffice.place(here, pick)
        for said in (matter.text, getattr(matter, "title", "")):
            text = said.format(place=place, n=3)
            assert not TWICE.search(text), text
