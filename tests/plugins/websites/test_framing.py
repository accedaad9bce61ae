"""Public pages of other modules stand in the frame of the agency's site, or of the province's portal."""

import re

import pytest

from tests.plugins.websites.press import Press


@pytest.fixture
def questions(ground):
    def of(press):
        press.agency.switch("citizen_questions", on=True)
        return ground.client.simulate_get(press.agency.url("citizen_questions.public")).text

    return of


def menu(page: str) -> list[str]:
    lines = re.search(r'<nav class="pb-nav".*?</nav>', page, re.DOTALL)
    return re.findall(r"<a[^>]*>([^<]+)</a>", lines[0]) if lines else []


def test_a_page_of_an_agency_has_head_menu_and_foot_of_its_site(ground, questions):
    press = Press(ground, palette="pine", tagline="Gần dân, sát việc", responsible="Bà Trần Thị Lan")
    page = questions(press)
    assert 'data-palette="pine"' in page
    assert "UBND phường Thuận Hoá" in page
    assert "Gần dân, sát việc" in page
    assert "Tin tức, sự kiện" in menu(page)
    assert "Bà Trần Thị Lan" in page


def test_an_agency_whose_site_is_closed_stands_within_the_portal(ground, questions):
    press = Press(ground, is_open=False, responsible="Bà Trần Thị Lan")
    page = questions(press)
    assert press.agency.info.name in page
    assert not menu(page)
    assert "Bà Trần Thị Lan" not in page
    assert ground.platform.catalogue.url("websites.public_province") in page


def test_a_page_of_the_province_has_the_menu_of_the_portal(ground, questions):
    questions(Press(ground))
    page = ground.client.simulate_get(ground.platform.catalogue.url("citizen_questions.public_all")).text
    assert "Các cơ quan" in menu(page)
