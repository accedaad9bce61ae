"""A session ends while a form is open; what was typed survives the sign-in."""

from playwright.sync_api import expect

NEW = "/t/phuong-an-dong/example/new"
TEXT = "Hai trang văn bản, gõ từ sáng. Không ai muốn gõ lại."


def test_the_text_is_back_after_signing_in(visitor):
    binh = visitor().sign_in("binhtv", at=NEW)
    binh.fill("Tiêu đề", "Biên bản họp tổ").fill("Nội dung", TEXT)
    binh.lose_session("binhtv")
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


def test_the_text_is_not_shown_to_the_next_person(visitor):
    binh = visitor().sign_in("binhtv", at=NEW)
    binh.fill("Tiêu đề", "Biên bản họp tổ").fill("Nội dung", TEXT)
    binh.lose_session("binhtv")
    binh.press("Ghi vào sổ", status=401).follow("Đăng nhập lại")
    binh.give_password(binh.installation.account("lanht"))
    assert binh.path == NEW
    expect(binh.field("Nội dung")).to_have_value("")


def test_two_tabs_and_one_sign_in(visitor):
    binh = visitor().sign_in("binhtv", at=NEW)
    binh.fill("Tiêu đề", "Biên bản giao ban").fill("Nội dung", TEXT)
    binh.lose_session("binhtv")
    other_tab = binh.another_tab().open("/t/phuong-an-dong/example")
    other_tab.give_password(binh.installation.account("binhtv"))
    assert other_tab.path == "/t/phuong-an-dong/example"
    # The first tab's form belongs to the session before: nothing is written without a look.
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
