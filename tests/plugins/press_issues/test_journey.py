"""Press issues in Chromium: from an article to its published answer, by everybody and on every screen."""

import random

import pytest

from plugins.press_issues import demo, queries
from plugins.press_issues.models import Issue
from tests.plugins.press_issues.test_reading import OLD_STYLE
from tests.support.browsing import inspect
from tests.support.serving import Window, served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


class Maker:
    """What sample data is made with, for an agency of a test."""

    def __init__(self, newsroom) -> None:
        self.random, self.people = random.Random(7), [Somebody(newsroom.leader), Somebody(newsroom.lan)]


class Somebody:
    def __init__(self, officer) -> None:
        self.id, self.full_name = officer.person_id, officer.name


def seeded(newsroom):
    with newsroom.agency.at_work():
        demo.seed(Maker(newsroom))


def test_the_sample_data_has_every_state_and_is_made_once(newsroom):
    seeded(newsroom)
    seeded(newsroom)
    states = newsroom.sql("SELECT DISTINCT state FROM casework.case_base WHERE kind = 'press_issues.issue'")
    assert {each for (each,) in states} >= {
        "new",
        "verifying",
        "drafting",
        "review",
        "approved",
        "sent",
        "published",
        "outside",
    }
    with newsroom.agency.at_work():
        assert Issue.select().count() == demo.COUNT
        stands = {
            stand
            for year in (2025, 2026, 2027, queries.report_year(demo.agency_day()))
            for _s, _f, stand in queries.figures(year)
        }
    assert stands >= {"early", "late", "open_late"}


def test_an_article_becomes_an_issue_is_directed_answered_and_published(newsroom, window: Window):
    newsroom.opened_public_page()
    lan, anh = window.of(newsroom.lan), window.of(newsroom.leader)
    url = newsroom.agency.url
    lan.goto(url("press_issues.new"))
    inspect(lan)
    lan.get_by_label("Địa chỉ bài báo").fill("https://www.bao.example/cho")
    lan.get_by_text("Đọc từ trang đã lưu hoặc đã dán").click()
    lan.get_by_label("Nội dung trang").fill(OLD_STYLE)
    lan.get_by_role("button", name="Đọc bài").click()
    lan.get_by_text("Đã đọc trang.").wait_for()
    assert lan.get_by_label("Tên bài").input_value() == "Chợ xuống cấp"
    inspect(lan)
    lan.get_by_role("button", name="Ghi sự việc").click()
    lan.get_by_text("Bản lưu làm bằng chứng").wait_for()
    here = lan.url.split("?")[0]
    inspect(lan)

    follow(newsroom, lan, anh, here)


def follow(newsroom, lan, anh, here):
    """Bring the issue from its direction to the public page."""
    anh.goto(here)
    anh.get_by_role("link", name="Chỉ đạo xử lý").first.click()
    anh.get_by_label("Ý kiến chỉ đạo").fill("Ban quản lý chợ báo cáo trong 5 ngày.")
    anh.get_by_label("Người xác minh, xử lý").select_option(str(newsroom.lan.person_id))
    inspect(anh)
    anh.get_by_role("button", name="Chỉ đạo xử lý").click()

    def step(page, link, **fields):
        page.goto(here)
        page.get_by_role("link", name=link).first.click()
        for label, value in fields.items():
            page.get_by_label(label.replace("_", " "), exact=True).first.fill(value)
        inspect(page)

    step(lan, "Ghi kết luận xác minh", Nội_dung_kết_luận="Mái dột 40 m².")
    lan.get_by_label("Báo nêu đúng", exact=True).check()
    lan.get_by_role("button", name="Ghi kết luận xác minh").click()
    step(lan, "Trình dự thảo trả lời", Dự_thảo_trả_lời="Phường đã sửa mái chợ.")
    lan.get_by_label("Người duyệt trả lời").select_option(str(newsroom.leader.person_id))
    lan.get_by_role("button", name="Trình dự thảo trả lời").click()
    step(anh, "Duyệt trả lời")
    anh.get_by_role("button", name="Duyệt trả lời").click()
    step(lan, "Ghi đã gửi báo")
    lan.get_by_role("button", name="Ghi đã gửi báo").click()
    step(anh, "Công khai trả lời", Báo_nêu_gì="Mái chợ dột.")
    anh.get_by_role("button", name="Công khai trả lời").click()
    anh.get_by_role("link", name="Xem trên trang công khai").click()
    anh.get_by_text("Phường đã sửa mái chợ.").wait_for()
    inspect(anh)


def test_every_page_stands_the_inspection(newsroom, window: Window):
    seeded(newsroom)
    page, phone = window.of(newsroom.leader), window.of(newsroom.lan, viewport={"width": 390, "height": 844})
    for route in ("issues", "digest", "report", "behind", "settings", "feeds", "public"):
        for each in (page, phone):
            each.goto(newsroom.agency.url(f"press_issues.{route}"))
            inspect(each)
    page.goto("/public/t/press_issues/")
    inspect(page)
