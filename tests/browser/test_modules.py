"""An agency's administrator switches a module on and off; it exists for that agency alone, at once."""

from playwright.sync_api import expect

HERE = "/t/phuong-vinh-hai"
NOTEBOOK = "Sổ tay phòng ban"


def test_a_module_exists_where_it_is_on_and_nowhere_else(visitor):
    hung = visitor().sign_in("hungvt", at=f"{HERE}/modules")
    elsewhere = visitor().sign_in("lanht", at="/t/so-van-hoa")
    expect(hung.navigation).not_to_contain_text(NOTEBOOK)
    hung.open(f"{HERE}/example", status=404)

    # The plan comes first and changes nothing.
    hung.open(f"{HERE}/modules")
    switch = hung.page.get_by_role("switch", name=f"Phân hệ {NOTEBOOK}")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(hung.dialog.get_by_role("heading", name=f"Bật phân hệ {NOTEBOOK}?")).to_be_visible()
    expect(hung.dialog).to_contain_text(f"Mục “{NOTEBOOK}” hiện ngay ở danh mục")
    hung.look()
    hung.page.keyboard.press("Escape")
    expect(hung.dialog).to_have_count(0)
    expect(switch).to_be_focused()

    switch.click()
    hung.press("Bật phân hệ", inside=hung.dialog).toast(f"Đã bật {NOTEBOOK}.")
    expect(switch).to_have_attribute("aria-checked", "true")
    hung.follow(NOTEBOOK, inside=hung.navigation)
    assert hung.heading == NOTEBOOK
    elsewhere.open("/t/so-van-hoa/example", status=404)
    elsewhere.open(f"{HERE}/example", status=404)
    expect(elsewhere.navigation).not_to_contain_text(NOTEBOOK)

    write_and_pin(hung, "Giờ tiếp công dân từ đầu tháng")
    switch_off_and_find_what_was_typed(hung)


def write_and_pin(hung, title):
    hung.follow("Viết ghi chú").fill("Tiêu đề", title).press("Ghi vào sổ")
    hung.press("Ghim").toast("Đã ghim lên đầu sổ.")


def switch_off_and_find_what_was_typed(hung):
    other_tab = hung.another_tab().open(f"{HERE}/example/new")
    other_tab.fill("Tiêu đề", "Đang viết dở").fill("Nội dung", "Một đoạn dài, gõ mất mười phút.")

    # What is pinned must be followed by everybody, so it stands in the way; the plan leads to it.
    hung.follow("Phân hệ", inside=hung.navigation)
    hung.page.get_by_role("switch", name=f"Phân hệ {NOTEBOOK}").click()
    expect(hung.dialog.get_by_role("heading", name="Chưa tắt được vì 1 việc")).to_be_visible()
    expect(hung.dialog).to_contain_text("Còn 1 ghi chú đang ghim")
    expect(hung.button("Tắt phân hệ", hung.dialog)).to_be_disabled()
    expect(hung.dialog).to_contain_text("Tắt được khi không còn vướng")
    hung.look()
    hung.follow("Xem ghi chú đang ghim", inside=hung.dialog)
    assert hung.path == f"{HERE}/example/?state=pinned"
    hung.follow("Giờ tiếp công dân từ đầu tháng").press("Bỏ ghim").toast("Đã bỏ ghim.")

    hung.follow("Phân hệ", inside=hung.navigation)
    hung.page.get_by_role("switch", name=f"Phân hệ {NOTEBOOK}").click()
    hung.press("Tắt phân hệ", inside=hung.dialog).toast("Dữ liệu còn nguyên, bật lại là thấy.")
    expect(hung.navigation).not_to_contain_text(NOTEBOOK)

    # The form that was open meanwhile: nothing is lost silently.
    other_tab.press("Ghi vào sổ", status=404)
    assert other_tab.heading == "Phân hệ này không dùng được ở cơ quan"
    other_tab.sees("đang tắt ở cơ quan này", "Điều vừa gõ chưa được ghi", "Một đoạn dài, gõ mất mười phút.")

    hung.page.get_by_role("switch", name=f"Phân hệ {NOTEBOOK}").click()
    hung.press("Bật phân hệ", inside=hung.dialog)
    other_tab.look()
    other_tab.press("Gửi lại").toast("Đã ghi vào sổ.").sees("Một đoạn dài, gõ mất mười phút.")


def test_lists_of_modules_are_narrowed(visitor):
    hung = visitor().sign_in("hungvt", at=f"{HERE}/modules")
    hung.page.get_by_label("Tìm phân hệ").fill("so tay")
    hung.settles_at(q="so tay").sees(NOTEBOOK)
    hung.page.get_by_label("Tìm phân hệ").fill("không có đâu")
    hung.settles_at(q="không có đâu").sees("Không có phân hệ nào khớp").look()
