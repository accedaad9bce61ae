"""Everything works before any script runs: links are links, forms post."""

from playwright.sync_api import expect

HERE = "/t/phuong-kim-lan"
NOTEBOOK = "Sổ tay phòng ban"


def test_sign_in_enable_a_module_and_write_a_note(visitor):
    mai = visitor(script=False).sign_in("maitt", at=f"{HERE}/modules")
    mai.press_at(f"[role=switch][aria-label='Phân hệ {NOTEBOOK}']")
    assert mai.heading == f"Bật phân hệ {NOTEBOOK}?"
    mai.follow("Giữ phân hệ tắt")
    mai.press_at(f"[role=switch][aria-label='Phân hệ {NOTEBOOK}']")
    mai.press("Bật phân hệ").toast(f"Đã bật {NOTEBOOK}.")
    mai.follow(NOTEBOOK, inside=mai.navigation).follow("Viết ghi chú")
    mai.press("Ghi vào sổ", status=422)
    assert mai.errors() == ["Tiêu đề: Chưa nhập."]
    mai.fill("Tiêu đề", "Không cần script").press("Ghi vào sổ")
    assert mai.heading == "Không cần script"

    mai.follow(NOTEBOOK, inside=mai.navigation)
    mai.page.get_by_label("Tìm trong sổ, có dấu hay không").fill("khong can script")
    mai.press("Lọc").sees("Không cần script")
    assert mai.main.locator("tbody tr").count() == 1


def test_menus_drawer_and_signing_out(visitor):
    mai = visitor(script=False).sign_in("maitt", at=HERE)
    mai.choose_in_account_menu("English")
    expect(mai.page.locator("html")).to_have_attribute("lang", "en")
    mai.choose_in_account_menu("Tiếng Việt")
    mai.link("Trợ giúp và phím tắt").click()
    expect(mai.page.locator("#lt-keys")).to_be_visible()
    mai.open(HERE).choose_in_account_menu("Đăng xuất")
    assert mai.heading == "Bạn đã đăng xuất"
