"""Reports in Chromium: a period chosen, a number opened, the report published, its Excel and PDF taken along."""

import io
import re

import pytest
from openpyxl import load_workbook

from tests.plugins.letters.desk import text_of
from tests.plugins.reports.test_overseeing import Above, long_ago  # noqa: F401 - a fixture
from tests.support.browsing import inspect
from tests.support.serving import Window, served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def taken(page, name):
    """Take a file that a link leads to; return its name and content."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_from_a_period_to_the_cases_and_to_what_was_published(office, window: Window):
    office.done(office.task(ago=0, due=3, unit="Văn phòng", title="Xong sớm"))
    office.task(ago=40, due=-4, unit="Văn phòng", title="Rà soát hộ nghèo")
    page = window.of(office.leader)
    page.goto(office.agency.url("reports.reports"))
    inspect(page)
    page.locator(".rp-list").get_by_role("link", name="Việc được giao", exact=True).click()
    inspect(page)
    page.get_by_label("Kỳ báo cáo").select_option(index=1)
    page.get_by_role("button", name="Xem").click()
    page.wait_for_url("**period=**")
    page.get_by_role("link", name="Kỳ trước").click()
    page.get_by_role("link", name="Kỳ sau").click()
    page.goto(f"{office.agency.url('reports.report')}?kind=casework.task&by=unit")

    page.locator("tfoot td.rp-late a").click()
    page.get_by_role("heading", name="Đang quá hạn: Việc được giao").wait_for()
    inspect(page)
    page.get_by_role("link", name="Rà soát hộ nghèo", exact=True).click()
    page.get_by_text("Ai đang giữ").wait_for()
    page.get_by_text("Hoàng Thị Lan").first.wait_for(state="attached")

    page.goto(f"{office.agency.url('reports.report')}?kind=casework.task&by=unit")
    page.get_by_role("link", name="Chốt báo cáo…").click()
    inspect(page)
    page.get_by_role("button", name="Chốt báo cáo").click()
    page.get_by_text("Phạm Ngọc Anh chốt lúc").wait_for()
    inspect(page)
    rows = page.locator(".rp-table tbody tr").all_inner_texts()
    name, book = taken(page, "Excel")
    assert name.endswith(".xlsx")
    sheet = [
        [str(cell) for cell in row if cell is not None]
        for row in load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
    ]
    name, sheets = taken(page, "PDF")
    assert name.endswith(".pdf")
    for row in rows:
        cells = re.split(r"\t", row)
        assert cells in sheet
        assert " ".join(cells) in text_of(sheets)
    # What happens afterwards changes the report that goes on, not the published one.
    office.task(ago=0, due=1, unit="Văn phòng")
    page.reload()
    assert page.locator(".rp-table tbody tr").all_inner_texts() == rows


def test_the_pages_of_a_superior_stand_the_inspection(ground, window: Window, long_ago):  # noqa: F811
    above = Above(ground)
    case = above.late(long_ago)
    above.gather()
    page = window.of(above.head)
    page.goto(f"{above.top.url('reports.board')}?scope=below")
    inspect(page)
    page.locator(".lt-count .late a").click()
    inspect(page)
    page.get_by_text(case.code).wait_for()
    page.get_by_role("link", name="Dân hỏi").last.click()
    page.get_by_role("heading", name="Vì sao hạn là").wait_for()
    inspect(page)
