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
    here, pick = SimpleNamespace(wards=["phường Phú Xuân", "xã Phú Vang"]), Random(7)
    for _turn in range(120):
        place = SampleOffice.place(here, pick)
        for said in (matter.text, getattr(matter, "title", "")):
            text = said.format(place=place, n=3)
            assert not TWICE.search(text), text


def test_a_place_fits_the_commune_it_is_said_of():
    for ward, other in (("phường Phú Xuân", "xã"), ("xã A Lưới 2", "phường")):
        here, pick = SimpleNamespace(wards=[ward]), Random(7)
        assert not any(other in SampleOffice.place(here, pick).split() for _turn in range(60))
    both, pick = SimpleNamespace(wards=["phường Phú Xuân", "xã A Lưới 2"]), Random(7)
    places = {SampleOffice.place(both, pick) for _turn in range(200)}
    assert all(each.endswith(("phường Phú Xuân", "xã A Lưới 2")) for each in places)
    assert not any("chợ xã, phường" in each or ("tổ dân phố" in each and "xã A" in each) for each in places)
    assert SampleOffice.place(SimpleNamespace(wards=[]), pick)


@pytest.mark.parametrize("matter", press.MATTERS, ids=lambda each: each.text[:30])
def test_what_is_found_agrees_with_its_story(matter):
    assert (matter.finding == "false") == matter.found.startswith("Không")
