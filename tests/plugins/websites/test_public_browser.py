"""Public pages as people meet them: in Chromium, with axe, an empty console and a byte budget."""

import re
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import brotli
import pytest

from scripts._lib.places import STATIC
from tests.browser.inspection import Inspector
from tests.plugins.websites.press import Press

PAGE_BUDGET = 150_000
SHEET_BUDGET = 12_000
MOST_NODES = 900


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def furnish(press: Press) -> None:
    """Fill a site as an agency would."""
    life = press.category("Đời sống", "doi-song", title_en="Life")
    culture = press.category("Văn hoá, lễ hội", "van-hoa", parent_id=life, title_en="Culture")
    below = press.menu("Đời sống", "category", target_id=life, title_en="Life", position=90)
    press.menu("Văn hoá, lễ hội", "category", target_id=culture, parent_id=below, title_en="Culture")
    for number in range(1, 21):
        press.publish(
            f"Phường vận động bà con phân loại rác tại nguồn, đợt {number}", f"phan-loai-rac-{number}",
            category_id=culture if number % 2 else life, summary="Từ ngày 01/9, xe thu gom riêng rác hữu cơ vào sáng thứ Ba và thứ Sáu hằng tuần ở mọi tổ dân phố.",
            title_en=f"Sorting waste at home, part {number}", summary_en="From 1 September organic waste is collected on Tuesdays and Fridays.",
            body="<h2>Vì sao phân loại</h2><p>Rác hữu cơ làm phân bón.</p><ul><li>Rác hữu cơ</li><li>Rác tái chế</li></ul>"
            "<table><thead><tr><th>Tổ</th><th>Giờ</th></tr></thead><tbody><tr><td>Tổ 1</td><td>06:30</td></tr></tbody></table>",
            body_en="<p>Organic waste becomes compost.</p>",
        )  # fmt: skip
    for number in range(1, 6):
        press.publish(
            f"Lịch tạm ngừng cấp điện tuần {number}",
            f"cat-dien-{number}",
            kind="notice",
            title_en=f"Power cuts, week {number}",
        )
        press.publish(
            f"Về việc giao chỉ tiêu kế hoạch năm, đợt {number}", f"qd-{number}", kind="document",
            symbol=f"{number}/2026/QĐ-UBND", issued_on="2026-08-21", title_en=f"Targets of the year, part {number}",
        )  # fmt: skip
    press.publish("Giới thiệu chung", "gioi-thieu", kind="page", page_role="introduction", title_en="About")
    press.publish("Cơ cấu tổ chức", "co-cau", kind="page", page_role="structure", title_en="Structure")
    press.link("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn", heading="Dịch vụ công")
    press.link("Công báo", "https://congbao.chinhphu.vn", heading="Văn bản pháp luật")


@pytest.fixture
def filled(ground) -> Press:
    press = Press(
        ground, name="UBND phường Thuận Hoá", name_en="Thuận Hoá Ward", has_english=True, tagline="Vì dân phục vụ",
        responsible="Trần Mỹ Hạnh, Chủ tịch UBND phường", licence="Giấy phép số 12/GP-TTĐT",
        address="1 Lê Lợi, phường Thuận Hoá, thành phố Huế", phone="0234 000 0000", email="thuanhoa@hue.gov.vn",
    )  # fmt: skip
    furnish(press)
    newest = press.rows(
        "SELECT id FROM websites.publication WHERE tenant_id = core.app_tenant() AND kind = 'news' LIMIT 5"
    )
    for (article,) in newest:
        press.share(article)
    return press


@pytest.fixture
def base(filled) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, filled.ground.client.app, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def paths(press: Press) -> list[str]:
    found = []
    for way in ("", "en_"):
        found += [press.url(f"{way}{page}") for page in ("home", "news", "documents")]
        found += [
            press.url(f"{way}article", slug="phan-loai-rac-3"),
            f"{press.url(f'{way}search')}?q=phan+loai",
        ]
        found += [
            press.ground.platform.catalogue.url(f"websites.public_{way}{page}")
            for page in ("province", "agencies")
        ]
    return [*found, press.url("page", slug="co-cau")]


def test_pages_are_accessible_quiet_and_light(filled, base, chromium):
    inspector, trouble = Inspector(), []
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.on(
        "console",
        lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: trouble.append(str(error)))
    for path in paths(filled):
        answer = page.goto(base + path)
        trouble += inspector.look_at(page, answer.status)
        nodes = page.evaluate("document.getElementsByTagName('*').length")
        nodes -= 2 * page.locator(".pb-agencies li").count()  # as many as the tests have made so far
        assert nodes <= MOST_NODES, f"{path}: {nodes} nodes"
    context.close()
    assert trouble == []


def test_a_first_visit_stays_in_its_budget(filled):
    text = filled.article("phan-loai-rac-3").text
    static = set(re.findall(r'/static/([^"#]+)', text))
    weights = {
        name: (STATIC / f"{name}.br" if (STATIC / f"{name}.br").exists() else STATIC / name).stat().st_size
        for name in static
    }
    weights["page"] = len(brotli.compress(text.encode()))
    (sheet,) = (name for name in static if name.endswith(".css"))
    assert weights[sheet] <= SHEET_BUDGET
    assert sum(weights.values()) <= PAGE_BUDGET, weights


def test_the_reading_aid_is_remembered_in_this_browser_alone(filled, base, chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(base + filled.url("home"))
    page.get_by_role("button", name="Chữ to").click()
    page.get_by_role("button", name="Tương phản cao").click()
    page.goto(base + filled.url("news"))
    assert page.evaluate(
        "[document.documentElement.dataset.pbSize, getComputedStyle(document.documentElement).fontSize]"
    ) == ["1", "21px"]
    assert page.get_by_role("button", name="Tương phản cao").get_attribute("aria-pressed") == "true"
    assert context.cookies() == []
    context.close()


def test_without_script_menu_lists_search_and_rating_work(filled, base, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(base + filled.url("home"))
    page.get_by_text("Mục lục").click()
    page.get_by_role("link", name="Văn hoá, lễ hội").first.click()
    page.get_by_role("link", name="Phường vận động").first.click()
    page.get_by_role("button", name="Có ích", exact=True).click()
    page.get_by_text("Đã ghi nhận").wait_for(state="visible")
    page.goto(base + filled.url("home"))
    page.get_by_role("searchbox").fill("phan loai")
    page.get_by_role("button", name="Tìm").click()
    page.wait_for_url("**q=phan+loai**")
    assert page.get_by_role("link", name=re.compile("phân loại rác")).count() > 5
    context.close()


def test_the_second_level_of_the_menu_opens_for_the_keyboard_and_closes_with_escape(filled, base, chromium):
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(base + filled.url("home"))
    child = page.get_by_role("navigation", name="Mục chính").get_by_role("link", name="Văn hoá, lễ hội").first
    assert not child.is_visible()
    page.get_by_role("navigation", name="Mục chính").get_by_role("link", name="Đời sống").first.focus()
    child.wait_for(state="visible")
    page.keyboard.press("Tab")
    assert child.evaluate("it => it === document.activeElement")
    page.keyboard.press("Escape")
    child.wait_for(state="hidden")
    context.close()


def test_every_page_can_be_searched_from_its_head_on_a_phone(filled, base, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(base + filled.url("article", slug="phan-loai-rac-3"))
    box = page.locator(".pb-name b").bounding_box()
    assert box["y"] >= 8
    page.get_by_role("banner").get_by_role("searchbox").fill("phan loai")
    page.get_by_role("banner").get_by_role("button", name="Tìm").click()
    page.wait_for_url("**q=phan+loai**")
    assert page.get_by_role("link", name=re.compile("phân loại rác")).count() > 5
    for path in paths(filled):
        page.goto(base + path)
        assert page.get_by_role("searchbox").count() >= 1, path
    context.close()


def test_a_printed_article_shows_its_mark_where_it_stands_and_when_it_was_printed(filled, base, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(base + filled.url("article", slug="phan-loai-rac-3"))
    foot = page.locator(".pb-printed")
    assert not foot.is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert re.search(r"/tin/phan-loai-rac-3 · In lúc .*\d\d:\d\d", foot.text_content())
    assert foot.is_visible()
    assert page.locator(".pb-mark").evaluate("it => getComputedStyle(it).filter") == "brightness(0)"
    context.close()
