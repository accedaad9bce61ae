"""Files of a note: sent ahead piece by piece, cut in the middle, and sent with the form when there is no script."""

import os

import pytest
from playwright.sync_api import expect

NOTEBOOK = "/t/phuong-an-dong/example"
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PIECES = "**/files/uploads/*"


@pytest.fixture
def large(tmp_path):
    """A file of three pieces."""
    path = tmp_path / "Bản đồ địa chính.pdf"
    path.write_bytes(PDF + os.urandom(9_000_000))
    return path


@pytest.fixture
def lan(visitor):
    lan = visitor().sign_in("lanht", at=f"{NOTEBOOK}/new")
    return lan.fill("Tiêu đề", "Hồ sơ địa chính").press("Ghi vào sổ")


def sending(lan):
    return lan.main.locator(".lt-sending li")


def told(lan, *texts):
    expect(sending(lan).locator(".lt-meta")).to_have_text(list(texts), timeout=30_000)


def test_files_are_sent_ahead_and_go_with_the_form(lan, large, tmp_path):
    small = tmp_path / "Tờ trình.pdf"
    small.write_bytes(PDF)
    lan.field("Thêm tệp").set_input_files([large, small])
    told(lan, "Đã gửi xong", "Đã gửi xong")
    lan.look()
    lan.press("Đính kèm").toast("Đã đính kèm 2 tệp.")
    lan.sees("Bản đồ địa chính.pdf", "9 MB", "Tờ trình.pdf")
    with lan.page.expect_download() as download:
        lan.link("Bản đồ địa chính.pdf").click()
    assert download.value.path().read_bytes() == large.read_bytes()
    assert download.value.suggested_filename == "Bản đồ địa chính.pdf"
    lan.press("Bỏ tệp Tờ trình.pdf").toast("Đã bỏ tệp.")
    expect(lan.main.locator(".lt-files")).not_to_contain_text("Tờ trình.pdf")


def test_a_sent_file_that_is_dropped_is_gone_and_one_too_large_does_not_travel(lan, tmp_path):
    sent, large = tmp_path / "Tờ trình.pdf", tmp_path / "Bản quét.pdf"
    sent.write_bytes(PDF)
    with large.open("wb") as file:
        file.truncate(70_000_000)
    lan.field("Thêm tệp").set_input_files(sent)
    told(lan, "Đã gửi xong")
    with lan.page.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        lan.button("Bỏ Tờ trình.pdf").click()
    assert gone.value.status == 204
    pieces = []
    lan.page.on("request", lambda request: pieces.append(request.method))
    lan.field("Thêm tệp").set_input_files(large)
    told(lan, "Chưa gửi được: Tệp lớn quá 50 MB.")
    assert "PATCH" not in pieces
    lan.trouble.clear()  # the browser speaks of the refusal


def test_a_cut_in_the_middle_costs_one_piece_and_the_form_waits(lan, large):
    offsets = []

    def cut(route):
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
        if len(offsets) == 2 and route.request.method == "PATCH":
            route.abort()
        else:
            route.continue_()

    lan.page.route(PIECES, cut)
    lan.field("Thêm tệp").set_input_files(large)
    with lan.arriving(200), lan.page.expect_navigation(timeout=30_000):
        lan.button("Đính kèm").click()
    lan.toast("Đã đính kèm 1 tệp.")
    assert offsets == [0, 4_000_000, 4_000_000, 8_000_000]
    lan.trouble.clear()  # the browser speaks of the cut


def test_a_lost_answer_to_the_end_of_a_file_sends_nothing_again(lan, large):
    pieces, answers = [], []

    def lose_the_first(route):
        answers.append(route.fetch())
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answers[-1])

    lan.page.on("request", lambda request: pieces.append(request.url) if request.method == "PATCH" else None)
    lan.page.route("**/files/uploads/*/finish*", lose_the_first)
    lan.field("Thêm tệp").set_input_files(large)
    told(lan, "Đã gửi xong")
    assert [answer.status for answer in answers] == [201, 201]
    assert len(pieces) == 3
    lan.press("Đính kèm").toast("Đã đính kèm")
    lan.trouble.clear()  # the browser speaks of the line that broke


def test_a_file_chosen_again_after_the_page_was_left_goes_on(lan, large):
    sent = []

    def cut(route):
        sent.append(route.request.method)
        if sent.count("PATCH") < 2:
            route.continue_()
        else:
            route.abort()

    lan.page.route(PIECES, cut)
    lan.field("Thêm tệp").set_input_files(large)
    told(lan, "Đứt mạng, sẽ tự gửi tiếp")
    lan.reload()
    lan.page.unroute(PIECES)  # only now: the page that was left tried again by itself
    offsets = []
    lan.page.on("request", lambda request: offsets.append(request.headers.get("upload-offset")))
    lan.field("Thêm tệp").set_input_files(large)
    told(lan, "Đã gửi xong")
    assert [each for each in offsets if each] == ["4000000", "8000000"]
    lan.trouble.clear()  # the browser speaks of the cut


def test_a_file_that_lies_keeps_the_press_back_in_words_and_is_dropped_by_keyboard(lan, tmp_path):
    good, lying = tmp_path / "Tờ trình.pdf", tmp_path / "ảnh.png"
    for path in (good, lying):
        path.write_bytes(PDF)
    lan.field("Thêm tệp").set_input_files([good, lying])
    expect(sending(lan).locator(".lt-meta").last).to_contain_text("nội dung là tệp PDF", timeout=30_000)
    lan.button("Đính kèm").click()
    expect(lan.focused).to_have_attribute("role", "alert")
    expect(lan.focused).to_contain_text("Chưa lưu được")
    lan.look()
    lan.page.keyboard.press("Tab")
    expect(lan.focused).to_contain_text("ảnh.png: Chưa gửi được")
    lan.page.keyboard.press("Enter")
    expect(lan.focused).to_have_accessible_name("Bỏ ảnh.png")
    lan.page.keyboard.press("Enter")
    expect(lan.focused).to_have_attribute("type", "file")
    expect(lan.main.get_by_role("alert")).to_have_count(0)
    told(lan, "Đã gửi xong")
    lan.press("Đính kèm").toast("Đã đính kèm 1 tệp.").sees("Tờ trình.pdf")
    lan.trouble.clear()  # the browser speaks of the refusal


def test_a_press_during_sending_is_told_when_a_file_is_refused_after_it(lan, tmp_path):
    path = tmp_path / "ảnh.png"
    path.write_bytes(PDF)
    held = []

    def hold(route):
        held.append(route)

    lan.page.route("**/files/uploads/*/finish*", hold)
    with lan.page.expect_request("**/files/uploads/*/finish*"):
        lan.field("Thêm tệp").set_input_files(path)
    lan.button("Đính kèm").click()
    held[0].continue_()
    expect(lan.focused).to_contain_text("ảnh.png: Chưa gửi được", timeout=30_000)
    lan.trouble.clear()  # the browser speaks of the refusal


def test_without_script_files_come_with_the_form(visitor, tmp_path):
    path = tmp_path / "Tờ trình.pdf"
    path.write_bytes(PDF)
    lan = visitor(script=False).sign_in("lanht", at=f"{NOTEBOOK}/new")
    lan.fill("Tiêu đề", "Không có script").press("Ghi vào sổ")
    lan.press("Đính kèm", status=422)
    assert lan.errors() == ["Thêm tệp: Chưa chọn tệp nào."]
    lan.field("Thêm tệp").set_input_files(path)
    lan.press("Đính kèm").toast("Đã đính kèm 1 tệp.").sees("Tờ trình.pdf")
