"""A session ends while a form is open; what was typed survives the sign-in."""

import pytest
from playwright.sync_api import Page, expect

NEW = "/t/phuong-an-dong/example/new"
TEXT = "Hai trang văn bản, gõ từ sáng. Không ai muốn gõ lại."
NOT_YET = "Trình duyệt này chưa có phiên nào của bạn."
LATE = """const ask = fetch;
window.fetch = (address, { headers }) => new Promise((come) => {
  window.answer = async () => {
    come(await ask(address, { headers }));
    await new Promise((done) => setTimeout(done, 200)); // what the answer moves
  };
}); 0"""
KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('lt:'))"


def typing(visitor, title):
    """Return somebody whose session has ended behind a form that is filled in."""
    binh = visitor()
    binh.installation.sql("DELETE FROM drafts.draft")  # what another test left is offered, and in the way
    binh.sign_in("binhtv", at=NEW)
    binh.fill("Tiêu đề", title).fill("Nội dung", TEXT)
    # The page has stood open for an hour: one that has just come knows its session without asking.
    binh.page.evaluate("performance.now = () => 3_600_000")
    return binh.lose_session("binhtv")


def sign_in_over(binh, username) -> Page:
    """Follow the sheet to the window it opens, and give somebody's password there."""
    expect(binh.dialog).to_contain_text("Phiên làm việc đã hết")
    binh.look()
    with binh.context.expect_page() as opened:
        binh.link("Đăng nhập lại", binh.dialog).click()
    window = opened.value
    account = binh.installation.account(username)
    window.locator("#username").fill(account.username)
    window.locator("#password").fill(account.password)
    with binh.arriving(), binh.page.expect_navigation():
        window.locator("#kc-login").click()
    return window


@pytest.mark.parametrize("keys", [False, True], ids=["pressed", "Ctrl+Enter"])
def test_a_sheet_signs_in_and_the_same_form_goes_on(visitor, keys):
    binh = typing(visitor, "Biên bản họp tổ")
    if keys:
        binh.field("Nội dung").press("Control+Enter")
    else:
        binh.button("Ghi vào sổ").click()
    sign_in_over(binh, "binhtv")
    binh.toast("Đã ghi vào sổ.").sees(TEXT)
    assert binh.heading == "Biên bản họp tổ"
    binh.open(NEW)
    expect(binh.field("Nội dung")).to_have_value("")


def test_somebody_else_who_signs_in_at_the_sheet_finds_nothing_of_it(visitor):
    binh = typing(visitor, "Việc của Bình")
    binh.button("Ghi vào sổ").click()
    sign_in_over(binh, "lanht")
    assert binh.path.startswith("/t/")
    expect(binh.page.locator("body")).not_to_contain_text(TEXT)
    assert binh.page.evaluate(KEPT) == []
    binh.back()
    expect(binh.page.locator("body")).not_to_contain_text(TEXT)
    binh.open(NEW)
    expect(binh.field("Nội dung")).to_have_value("")


def test_a_sheet_that_is_closed_leaves_the_text_where_it_is(visitor):
    binh = typing(visitor, "Để lát nữa")
    binh.button("Ghi vào sổ").click()
    binh.button("Đã đăng nhập, gửi tiếp", binh.dialog).click()
    expect(binh.page.get_by_text(NOT_YET)).to_be_visible()
    binh.page.keyboard.press("Escape")
    expect(binh.dialog).to_have_count(0)
    expect(binh.field("Nội dung")).to_have_value(TEXT)


def test_a_sheet_that_is_closed_while_it_asks_stays_closed(visitor):
    binh = typing(visitor, "Để lát nữa")
    binh.button("Ghi vào sổ").click()
    expect(binh.dialog).to_contain_text("Phiên làm việc đã hết")
    binh.page.evaluate(LATE)
    binh.page.evaluate("dispatchEvent(new Event('focus'))")  # back from another window
    binh.button("Đã đăng nhập, gửi tiếp", binh.dialog).click()
    expect(binh.page.get_by_text(NOT_YET)).to_be_hidden()  # nobody knows yet
    binh.page.keyboard.press("Escape")
    expect(binh.dialog).to_have_count(0)
    binh.page.evaluate("answer()")
    expect(binh.dialog).to_have_count(0)
    expect(binh.field("Nội dung")).to_have_value(TEXT)


def lose_the_way_to_ask(binh):
    """Let nothing answer whose session there is, as when it ends between the question and the form."""
    binh.page.route("**/sso/session", lambda route: route.abort("aborted"))
    return binh


def test_without_the_sheet_the_text_is_back_after_signing_in(visitor):
    binh = lose_the_way_to_ask(typing(visitor, "Biên bản họp tổ"))
    binh.press("Ghi vào sổ", status=401)
    assert binh.heading == "Phiên làm việc đã hết"
    binh.sees(TEXT).follow("Đăng nhập lại")
    assert binh.heading == "Đăng nhập"
    binh.give_password(binh.installation.account("binhtv"))
    assert binh.path == NEW
    binh.sees("Điều bạn gõ dở lần trước đã được đưa lại vào biểu mẫu.")
    expect(binh.field("Tiêu đề")).to_have_value("Biên bản họp tổ")
    expect(binh.field("Nội dung")).to_have_value(TEXT)
    binh.press("Ghi vào sổ").toast("Đã ghi vào sổ.").sees(TEXT)
    binh.open(NEW)
    expect(binh.field("Nội dung")).to_have_value("")


def test_without_the_sheet_the_text_is_not_shown_to_the_next_person(visitor):
    binh = lose_the_way_to_ask(typing(visitor, "Biên bản họp tổ"))
    binh.press("Ghi vào sổ", status=401).follow("Đăng nhập lại")
    binh.give_password(binh.installation.account("lanht"))
    assert binh.path == NEW
    expect(binh.field("Nội dung")).to_have_value("")


def test_two_tabs_and_one_sign_in(visitor):
    binh = typing(visitor, "Biên bản giao ban")
    other_tab = binh.another_tab().open("/t/phuong-an-dong/example")
    other_tab.give_password(binh.installation.account("binhtv"))
    assert other_tab.path == "/t/phuong-an-dong/example"
    # The first tab's form belongs to the session before, and to the same person.
    binh.press("Ghi vào sổ").toast("Đã ghi vào sổ.").sees(TEXT)


def test_a_form_of_the_session_before_that_nobody_asked_for_is_looked_at_first(visitor):
    binh = lose_the_way_to_ask(typing(visitor, "Biên bản giao ban"))
    binh.another_tab().open("/t/phuong-an-dong/example").give_password(binh.installation.account("binhtv"))
    binh.press("Ghi vào sổ", status=403)
    assert binh.heading == "Trang này mở từ phiên trước"
    binh.sees(TEXT).press("Gửi lại").toast("Đã ghi vào sổ.").sees(TEXT)


def test_without_script_the_text_is_sent_again_after_signing_in(visitor):
    binh = visitor(script=False).sign_in("binhtv", at=NEW)
    binh.fill("Tiêu đề", "Biên bản không cần script").fill("Nội dung", TEXT)
    binh.lose_session("binhtv")
    binh.press("Ghi vào sổ", status=401).sees(TEXT)
    with binh.context.expect_page() as opened:
        binh.link("Đăng nhập lại ở thẻ mới").click()
    new_tab = binh.another_tab(opened.value)
    new_tab.give_password(binh.installation.account("binhtv"))
    binh.press("Gửi lại điều vừa gõ", status=403)
    binh.press("Gửi lại").sees(TEXT)
    assert binh.heading == "Biên bản không cần script"
