"""The editor in Chromium: what Word leaves never reaches a parser, and the console stays empty."""

import threading
from collections.abc import Iterator
from wsgiref.simple_server import make_server

import pytest
from playwright.sync_api import Page, expect

from core.web.request import SESSION_COOKIE
from tests.plugins.websites.newsroom import REVIEWED
from tests.plugins.websites.test_public_browser import _Quiet, _Server

WORD = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{mso-style-parent:""}</style></head>'
    "<body lang=VI style='tab-interval:36.0pt'><!--StartFragment--><!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->"
    "<h1 style='margin:0'>Điều 1. Phạm vi</h1><p class=MsoNormal title=\"a>b\" style=\"mso-style-name:&quot;x&quot;;font-family:'Times'\""
    "\n onmouseover=\"x()\"><b style='color:red'>Cơ quan</b><span style='color:\"red\"'> phối hợp</span><o:p></o:p> 1 < 2</p>"
    "<p class=MsoListParagraph style=margin-left:36.0pt><a href=\"https://hue.gov.vn\" style='color:blue'>cổng</a></p>"
    "<img src=\"file:///c:/word.png\" style='width:10px'><script>alert(1)</script><!--EndFragment--></body></html>"
)
PASTE = """([html]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  const root = document.querySelector(".ws-editor");
  root.focus();
  root.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  return new Promise((done) => setTimeout(done, 0));
}"""


@pytest.fixture
def desk(newsroom, chromium) -> Iterator[tuple[Page, list[str]]]:
    """The form for a new article as its author sees it, and what the browser complained about."""
    author, trouble = newsroom.author, []
    application = newsroom.agency.ground.client.app

    def signed_in(environ, start):
        return application({**environ, "HTTP_COOKIE": f"{SESSION_COOKIE}={author.token}"}, start)

    server = make_server("127.0.0.1", 0, signed_in, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(f"http://localhost:{server.server_port}{newsroom.agency.url('websites.new')}?kind=news")
    yield page, trouble
    context.close()
    server.shutdown()
    server.server_close()
    thread.join()


def test_pasted_word_keeps_its_words_and_the_console_stays_empty(desk):
    page, trouble = desk
    page.evaluate(PASTE, [WORD])
    field = page.locator("textarea[name=body]")
    kept = field.evaluate("it => it.value").replace("<br>", "")
    assert "<h1>Điều 1. Phạm vi</h1>" in kept
    assert "<b>Cơ quan</b> phối hợp 1 &lt; 2" in kept
    assert '<a href="https://hue.gov.vn">cổng</a>' in kept
    assert not {"style", "class", "Mso", "alert", "<img", "onmouseover", "xml"} & {
        word for word in ("style", "class", "Mso", "alert", "<img", "onmouseover", "xml") if word in kept
    }
    assert trouble == []


def test_pasted_word_leaves_out_its_comments_and_what_was_deleted(desk):
    page, trouble = desk
    page.evaluate(PASTE, [REVIEWED])
    kept = page.locator("textarea[name=body]").evaluate("it => it.value").replace("<br>", "")
    assert kept == "<p>Giữ gạch và bỏ chữ thêm chỗ này[1]</p><p>Cuối bài</p>"
    assert trouble == []


def test_pictures_that_cannot_be_pasted_are_told(desk):
    page, trouble = desk
    told = page.get_by_role("alert").filter(has_text="Ảnh không dán được")
    page.evaluate(
        PASTE, ["<p>a</p><img src='file:///c:/1.png'><img src='data:image/png;base64,AAAA'><p>b</p>"]
    )
    expect(told).to_have_text("Ảnh không dán được: 2. Thêm ảnh từ thư viện.")
    expect(told).to_be_in_viewport()
    page.evaluate(PASTE, ["<p>c</p>"])
    expect(told).not_to_be_visible()
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(["x"], "anh.png", { type: "image/png" }));
      const root = document.querySelector(".ws-editor");
      root.focus();
      root.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }""")
    expect(told).to_have_text("Ảnh không dán được: 1. Thêm ảnh từ thư viện.")
    assert trouble == []


def worked(page: Page, html: str) -> float:
    """Paste; return for how many seconds the page's thread was at work, however many others wanted the processor."""
    told = page.context.new_cdp_session(page)
    told.send("Performance.enable", {"timeDomain": "threadTicks"})

    def so_far() -> float:
        metrics = told.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    before = so_far()
    page.evaluate(PASTE, [html])
    return so_far() - before


def test_five_million_letters_of_word_are_quick(desk):
    page, trouble = desk
    paragraph = f"<p class=MsoNormal style='{'mso-fareast-font-family:Calibri;' * 100}'>Đoạn văn</p>"
    html = f"<html><body>{paragraph * (5_000_000 // len(paragraph))}</body></html>"
    assert worked(page, html) < 3
    assert page.locator(".ws-editor p").count() >= 1500
    assert trouble == []


def dense(letters: int) -> str:
    """Return so much HTML as Word writes a text with few styles: most of it stays."""
    words = "Cơ quan chủ trì rà soát thủ tục hành chính, công khai kết quả và thời hạn. " * 3
    paragraph = (
        f"<p class=MsoNormal style='margin:0'><b>Điều 1.</b> <span lang=VI>{words}</span><o:p></o:p></p>\n"
    )
    return f"<html><body>{paragraph * (letters // len(paragraph) + 1)}</body></html>"


def test_five_million_letters_of_dense_text_are_refused_at_once_and_what_was_there_stays(desk):
    page, trouble = desk
    page.evaluate(PASTE, ["<p>Đã viết từ sáng</p>"])
    assert worked(page, dense(5_000_000)) < 3
    refused = page.get_by_role("alert").filter(has_text="Chưa dán: bài sẽ dài quá 500.000 ký tự")
    expect(refused).to_be_in_viewport()
    assert page.locator("textarea[name=body]").evaluate("it => it.value") == "<p>Đã viết từ sáng</p>"
    page.evaluate(PASTE, ["<p>thêm một ý</p>"])
    assert not refused.is_visible()
    assert "thêm một ý" in page.locator(".ws-editor").inner_text()
    assert trouble == []


def test_a_dense_text_that_fits_is_pasted_whole_and_replaces_what_is_selected(desk):
    page, _trouble = desk  # a draft so long is refused, which the browser notes
    assert worked(page, dense(400_000)) < 5
    paragraphs = page.locator(".ws-editor p").count()
    assert (
        page.locator(".ws-editor").evaluate("it => it.textContent.split('Điều 1.').length - 1")
        >= paragraphs - 1
        > 1_000
    )
    page.evaluate(PASTE, [dense(400_000)])
    assert page.locator(".ws-editor p").count() == paragraphs  # the two together are too long
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.ws-editor'))")
    page.evaluate(PASTE, ["<p>Bản mới, ngắn</p>"])
    assert page.locator(".ws-editor").inner_text().strip() == "Bản mới, ngắn"


def test_on_a_phone_every_tool_is_on_the_page_and_large_enough_for_a_finger(desk):
    page, _trouble = desk
    boxes = [tool.bounding_box() for tool in page.locator(".ws-tools button:visible").all()]
    assert len(boxes) == 13
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)


def test_an_empty_library_says_so_and_opens_the_form_for_the_first_picture(desk):
    page, _trouble = desk
    page.get_by_role("button", name="Chọn trong thư viện hoặc thêm ảnh").click()
    told = page.locator("[data-ws-none]")
    expect(told).to_have_text("Chưa có ảnh nào")
    expect(page.locator("#ws-file")).to_be_visible()
    page.locator("#ws-find").fill("áo dài")
    expect(told).to_have_text("Không có ảnh nào khớp")


def test_the_picture_dialog_says_under_each_field_what_it_lacks(desk):
    page, _trouble = desk
    page.get_by_role("button", name="Chọn trong thư viện hoặc thêm ảnh").click()
    page.get_by_role("button", name="Thêm và dùng ảnh này").click()
    file, alt = page.locator("#ws-file-error"), page.locator("#ws-alt-error")
    alt.wait_for(state="visible")
    assert alt.text_content() == "Chưa nhập."
    file.wait_for(state="visible")
    assert "Chưa chọn ảnh" in file.text_content()
    assert page.evaluate("document.activeElement.id") == "ws-file"


def kept_body(page) -> str:
    return page.locator("textarea[name=body]").evaluate("it => it.value").replace("<br>", "")


def item(level: int, sign: str, words: str) -> str:
    """Return a paragraph that Word means as an item of a list."""
    return (
        f"<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
        f"<span style='font-family:Symbol;mso-list:Ignore'>{sign}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; "
        f"</span></span><![endif]><b>{words}</b><o:p></o:p></p>\n\n"
    )


def test_lists_of_word_are_real_lists_on_their_levels(desk):
    page, trouble = desk
    items = [
        item(1, "·", "Một"), item(1, "·", "Hai"), item(2, "a)", "Hai a"), item(2, "b)", "Hai b"),
        item(3, "iv.", "Hai b bốn"), item(1, "·", "Ba"),
        "<p class=MsoNormal>Xen giữa</p>", item(1, "3.", "Thứ ba"), item(1, "4.", "Thứ tư"), "<p class=MsoNormal>Hết</p>",
    ]  # fmt: skip
    page.evaluate(
        PASTE, [f"<html><body><!--StartFragment-->{''.join(items)}<!--EndFragment--></body></html>"]
    )
    found = page.evaluate(
        """() => [...document.querySelectorAll(".ws-editor li")].map((li) => {
            const list = li.parentElement;
            let depth = 0;
            for (let at = list; at; at = at.parentElement.closest("ul,ol")) depth += 1;
            const words = [...li.childNodes].filter((each) => !/^[UO]L$/.test(each.nodeName)).map((each) => each.textContent);
            return [list.nodeName + (list.type || ""), list.start || 0, depth, words.join("").trim()];
        })"""
    )
    assert found == [
        ["UL", 0, 1, "Một"], ["UL", 0, 1, "Hai"], ["OLa", 1, 2, "Hai a"], ["OLa", 1, 2, "Hai b"],
        ["OLi", 4, 3, "Hai b bốn"], ["UL", 0, 1, "Ba"],
        ["OL", 3, 1, "Thứ ba"], ["OL", 3, 1, "Thứ tư"],
    ]  # fmt: skip
    assert "·" not in kept_body(page)
    assert "a)" not in kept_body(page)
    assert trouble == []


def test_a_table_is_made_with_the_keyboard_row_by_row_and_column_by_column(desk):
    page, trouble = desk
    page.locator(".ws-editor").focus()
    page.get_by_role("button", name="Bảng", exact=True).first.click()
    tools = page.get_by_role("group", name="Bảng đang sửa")
    expect(tools).to_be_visible()
    page.keyboard.type("STT")
    page.keyboard.press("Alt+F10")
    expect(tools.get_by_role("button", name="Thêm hàng dưới")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+F10")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    shape = "[...document.querySelectorAll('.ws-editor tr')].map((row) => [...row.cells].map((c) => c.nodeName[1]).join(''))"
    assert page.evaluate(shape) == ["HHHH", "DDDD", "DDDD", "DDDD"]
    tools.get_by_role("button", name="Xoá hàng").click()
    tools.get_by_role("button", name="Xoá cột").click()
    assert page.evaluate(shape) == ["HHH", "DDD", "DDD"]
    head = tools.get_by_role("button", name="Hàng đầu là tiêu đề")
    expect(head).to_have_attribute("aria-pressed", "true")
    head.click()
    assert page.evaluate(shape) == ["DDD", "DDD", "DDD"]
    page.get_by_role("button", name="Lùi lại").click()
    assert page.evaluate(shape) == ["HHH", "DDD", "DDD"]
    page.locator(".ws-editor td").first.click()
    tools.get_by_role("button", name="Xoá bảng").click()
    assert "<table" not in kept_body(page)
    expect(tools).to_be_hidden()
    assert trouble == []


def test_cells_that_reach_over_others_stay_in_their_places(desk):
    page, _trouble = desk
    page.evaluate(
        PASTE,
        [
            "<table><tr><td rowspan=2>A</td><td colspan=2>B</td></tr><tr><td>C</td><td>D</td></tr><tr><td>E</td><td>F</td><td>G</td></tr></table>"
        ],
    )
    text = "[...document.querySelectorAll('.ws-editor tr')].map((row) => [...row.cells].map((c) => c.textContent.trim() + c.colSpan + c.rowSpan))"
    tools = page.get_by_role("group", name="Bảng đang sửa")
    page.locator(".ws-editor td", has_text="C").click()
    tools.get_by_role("button", name="Thêm cột phải").click()
    assert page.evaluate(text) == [["A12", "B31"], ["C11", "11", "D11"], ["E11", "F11", "11", "G11"]]
    page.locator(".ws-editor td", has_text="B").click()
    tools.get_by_role("button", name="Xoá hàng").click()
    assert page.evaluate(text) == [["A11", "C11", "11", "D11"], ["E11", "F11", "11", "G11"]]


def test_the_two_revisions_to_compare_are_chosen_on_a_phone(desk, newsroom):
    page, trouble = desk
    article_id = newsroom.article(title="Một")
    newsroom.change(newsroom.editor, article_id, title="Hai")
    server = page.url.partition("/t/")[0]
    page.goto(server + newsroom.agency.url("websites.revisions", article_id=article_id))
    boxes = [
        page.locator(each).bounding_box()
        for each in ("label[for=f-old]", "#f-old", "label[for=f-new]", "#f-new")
    ]
    for label, select in (boxes[:2], boxes[2:]):
        assert (
            label["y"] < select["y"] + select["height"] / 2 < label["y"] + label["height"] + select["height"]
        )
        assert label["x"] + label["width"] <= select["x"]
        assert select["x"] + select["width"] <= 390
    assert boxes[1]["x"] == boxes[3]["x"]
    assert trouble == []
