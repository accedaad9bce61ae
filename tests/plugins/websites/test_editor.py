"""The editor in Chromium: what Word leaves never reaches a parser, and the console stays empty."""

import threading
from collections.abc import Iterator
from wsgiref.simple_server import make_server

import pytest
from playwright.sync_api import Page, expect

from core.web.request import SESSION_COOKIE
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
  const begun = performance.now();
  root.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  return new Promise((done) => setTimeout(() => done(performance.now() - begun), 0));
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


def test_five_million_letters_of_word_are_quick(desk):
    page, trouble = desk
    paragraph = f"<p class=MsoNormal style='{'mso-fareast-font-family:Calibri;' * 100}'>Đoạn văn</p>"
    html = f"<html><body>{paragraph * (5_000_000 // len(paragraph))}</body></html>"
    taken = page.evaluate(PASTE, [html])
    assert taken < 3_000, f"{taken:.0f} ms"
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
    taken = page.evaluate(PASTE, [dense(5_000_000)])
    assert taken < 3_000, f"{taken:.0f} ms"
    refused = page.get_by_role("alert").filter(has_text="Chưa dán: bài sẽ dài quá 500.000 ký tự")
    expect(refused).to_be_in_viewport()
    assert page.locator("textarea[name=body]").evaluate("it => it.value") == "<p>Đã viết từ sáng</p>"
    page.evaluate(PASTE, ["<p>thêm một ý</p>"])
    assert not refused.is_visible()
    assert "thêm một ý" in page.locator(".ws-editor").inner_text()
    assert trouble == []


def test_a_dense_text_that_fits_is_pasted_whole_and_replaces_what_is_selected(desk):
    page, _trouble = desk  # a draft so long is refused, which the browser notes
    taken = page.evaluate(PASTE, [dense(400_000)])
    assert taken < 5_000, f"{taken:.0f} ms"
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
    boxes = [tool.bounding_box() for tool in page.locator(".ws-tools button").all()]
    assert len(boxes) == 13
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)


def test_the_picture_dialog_says_under_each_field_what_it_lacks(desk):
    page, _trouble = desk
    page.get_by_role("button", name="Chọn trong thư viện hoặc thêm ảnh").click()
    page.get_by_text("Thêm ảnh mới").click()
    page.get_by_role("button", name="Thêm và dùng ảnh này").click()
    file, alt = page.locator("#ws-file-error"), page.locator("#ws-alt-error")
    alt.wait_for(state="visible")
    assert alt.text_content() == "Chưa nhập."
    file.wait_for(state="visible")
    assert "Chưa chọn ảnh" in file.text_content()
    assert page.evaluate("document.activeElement.id") == "ws-file"
