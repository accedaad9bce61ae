"""A citizen on a phone: asks, follows with the code, reads the answer, rates; and the officers in between."""

import pytest
from playwright.sync_api import expect

from tests.support.browsing import PHONE, inspect
from tests.support.serving import Window, served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as opened:
        yield opened
        assert opened.trouble == []


def citizen(window, **options):
    """Open a browser of somebody without an account."""
    context = window.browser.new_context(base_url=window.url, viewport=PHONE, **options)
    window._contexts.append(context)
    page = context.new_page()
    page.on("pageerror", lambda error: window.trouble.append(str(error)))
    page.on(
        "console",
        lambda said: window.trouble.append(said.text) if said.type in ("error", "warning") else None,
    )
    return page


def ask(phone, desk):
    """Fill in the form; return the code and the secret."""
    phone.goto(desk.url("public"))
    inspect(phone)
    phone.get_by_role("link", name="Viết câu hỏi").click()
    inspect(phone)
    phone.get_by_label("Câu hỏi của bạn").fill("Khi nào chợ mở lại?")
    phone.get_by_label("Nói rõ hơn").fill("Chợ đóng đã lâu. Gọi tôi 0912 345 678.")
    phone.get_by_label("Về việc gì").select_option("business")
    phone.get_by_label("Họ và tên").fill("Trần Thị Hoa")
    phone.get_by_label("Tôi đồng ý để").check()
    phone.get_by_label("Được đăng câu hỏi").check()
    phone.get_by_role("button", name="Gửi câu hỏi").click()
    phone.get_by_text("Mã bí mật chỉ hiện một lần này").wait_for(timeout=60_000)
    inspect(phone)
    return phone.locator(".cq-keys dd").all_inner_texts()


def answer(lan, desk, case):
    """Take a question on and publish its answer."""
    lan.goto(desk.url("question", case_id=case.id))
    inspect(lan)
    lan.get_by_role("link", name="Tiếp nhận, giao trả lời").first.click()
    inspect(lan)
    lan.get_by_label("Giao cho").select_option(str(desk.vinh.person_id))
    lan.get_by_role("button", name="Tiếp nhận, giao trả lời").click()
    lan.get_by_text("Đang soạn trả lời").first.wait_for()
    desk.act(desk.vinh, case, "submit", answer="Chợ mở lại ngày 12/9.", person_id=desk.leader.person_id)
    desk.approve(case)
    lan.goto(desk.url("publish", case_id=case.id))
    inspect(lan)
    assert "[số điện thoại]" in lan.get_by_label("Nội dung hỏi").input_value()
    lan.get_by_role("button", name="Trả lời và công khai").click()
    lan.get_by_text("Xem trên trang công khai").wait_for()


def test_a_citizen_asks_on_a_phone_follows_gets_an_answer_and_rates(desk, window: Window):
    phone = citizen(window)
    code, secret = ask(phone, desk)
    answer(window.of(desk.lan), desk, desk.of_code(code))
    phone.get_by_role("link", name="Xem câu hỏi của tôi").first.click()
    inspect(phone)
    phone.get_by_label("Mã câu hỏi").fill(code.lower())
    phone.get_by_label("Mã bí mật").fill(secret)
    phone.get_by_role("button", name="Xem câu hỏi").click()
    phone.get_by_text("Chợ mở lại ngày 12/9.").wait_for()
    inspect(phone)
    assert secret not in phone.url
    phone.get_by_label("Hài lòng", exact=True).check()
    phone.get_by_role("button", name="Gửi đánh giá").click()
    phone.get_by_text("Cảm ơn bạn.").wait_for()
    phone.get_by_role("link", name="Xem bản đăng công khai").click()
    inspect(phone)
    phone.get_by_role("button", name="Tôi cũng hỏi").click()
    phone.get_by_text("Đã ghi nhận. Cảm ơn bạn.").wait_for()
    assert desk.sql("SELECT rating, too FROM citizen_questions.publication") == [(4, 1)]


def test_the_form_works_without_script_and_keeps_what_was_typed(desk, window: Window):
    plain = citizen(window, java_script_enabled=False)
    plain.goto(desk.url("ask"))
    plain.get_by_label("Câu hỏi của bạn").fill("Khi nào chợ mở lại?")
    plain.get_by_label("Nói rõ hơn").fill("Chợ đóng đã lâu.")
    plain.get_by_label("Họ và tên").fill("Trần Thị Hoa")
    plain.get_by_label("Tôi đồng ý để").check()
    plain.get_by_role("button", name="Gửi câu hỏi").click()
    page = plain.get_by_text("rồi bấm Gửi lần nữa")
    page.first.wait_for()
    assert plain.get_by_label("Nói rõ hơn").input_value() == "Chợ đóng đã lâu."
    assert plain.get_by_label("Tôi đồng ý để").is_checked()
    window.trouble.clear()  # the browser itself notes the answer 429


def test_the_focus_goes_to_what_is_to_be_filled_in_and_to_what_was_asked_to_be_seen(desk, window: Window):
    case = desk.ask().case
    desk.approved(case, "Chợ mở lại ngày 12/9.")
    lan = window.of(desk.lan)
    lan.goto(desk.url("publish", case_id=case.id))
    # A link stands before it.
    expect(lan.locator(":focus")).to_have_attribute("name", "title")
    lan.get_by_role("link", name="Xem đầy đủ…").press("Enter")
    dialog = lan.get_by_role("dialog")
    dialog.wait_for()
    inspect(lan)
    expect(lan.locator(":focus")).to_have_attribute("name", "fields")
    lan.keyboard.press("Escape")
    expect(lan.locator(":focus")).to_have_text("Xem đầy đủ…")
    lan.keyboard.press("Enter")
    dialog.get_by_role("checkbox").first.check()
    dialog.get_by_label("Để làm gì?").select_option(index=1)
    dialog.get_by_label("Ghi thêm").fill("Xem chỗ che trước khi đăng")
    dialog.get_by_role("button", name="Xem trong 5 phút").press("Enter")
    lan.wait_for_url("**#cw-personal")
    expect(lan.locator(":focus")).to_have_id("cw-personal")
