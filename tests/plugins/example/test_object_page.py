"""A note's page as people use it: parts, history, undo."""

import re
from html import unescape

import pytest
from playwright.sync_api import expect

from core.web.request import TOAST_COOKIE
from plugins.example import services
from tests.support.serving import served


@pytest.fixture
def window(ground, chromium):
    with served(ground, chromium) as window:
        yield window


def with_toast(officer, answer):
    """Open the page a redirect leads to, with the cookie it left."""
    return officer._send(
        "GET",
        answer.headers["Location"],
        headers={
            "Cookie": f"__Host-lt_session={officer.token}; {TOAST_COOKIE}={answer.cookies[TOAST_COOKIE].value}"
        },
    )


def undo_of(answer):
    toast = re.search(r'<div class="lt-toast".*?</div>', answer.text, re.DOTALL)
    found = re.search(r'<form method="post" action="([^"]+)">', toast[0]) if toast else None
    return unescape(found[1]) if found else None


# ---- undo


def test_what_was_put_away_is_taken_back_by_undo_pinned_as_it_was_with_a_fact_of_its_own(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan, pinned=True)
    undo = undo_of(with_toast(lan, lan.post("example.archive", note_id=note_id)))
    assert notebook.stored(note_id).archived_at is not None
    sent = lan._send("POST", undo, headers={"X-CSRF-Token": lan.csrf_token})
    assert sent.status_code == 303
    after = notebook.stored(note_id)
    assert (after.archived_at, after.pinned) == (None, True)
    assert notebook.audit()[-3:] == ["example.note_archived", "example.note_restored", "example.note_pinned"]


@pytest.mark.parametrize("forged", ["https://evil.example/", "/t/x/example/archive"])
def test_a_planted_cookie_makes_no_button(notebook, forged):
    lan = notebook.writer()
    answer = lan.post("example.pin", note_id=notebook.note(lan))
    honest = answer.cookies[TOAST_COOKIE].value
    text, _undo, mark = honest.split("|")
    for planted in (f"{text}|{forged}|{mark}", f"{text}|{forged}|", f"{text}|{forged}"):
        page = lan._send(
            "GET",
            notebook.agency.url("example.notes"),
            headers={"Cookie": f"__Host-lt_session={lan.token}; {TOAST_COOKIE}={planted}"},
        )
        assert "Đã ghim" in page.text
        assert forged not in page.text
        assert undo_of(page) is None


def test_a_mark_of_another_session_makes_no_button(notebook):
    lan, vinh = notebook.writer(), notebook.writer()
    answer = lan.post("example.pin", note_id=notebook.note(lan))
    assert undo_of(with_toast(lan, answer)) is not None
    assert undo_of(with_toast(vinh, answer)) is None


def test_a_part_of_a_page_does_not_eat_the_toast(notebook):
    lan = notebook.writer()
    answer = lan.post("example.pin", note_id=notebook.note(lan))
    cookie = f"__Host-lt_session={lan.token}; {TOAST_COOKIE}={answer.cookies[TOAST_COOKIE].value}"
    part = lan._send(
        "GET", notebook.agency.url("example.notes"), headers={"Cookie": cookie, "HX-Request": "true"}
    )
    assert "Đã ghim" not in part.text
    assert TOAST_COOKIE not in part.cookies


@pytest.mark.browser
def test_undo_by_key_while_the_toast_is_there(notebook, window):
    lan = notebook.writer()
    note_id = notebook.note(lan)
    page = window.of(lan)
    page.goto(notebook.agency.url("example.note", note_id=note_id))
    page.get_by_role("button", name="Ghim").first.click()
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("Đã bỏ ghim.").first).to_be_visible()
    assert not notebook.stored(note_id).pinned
    assert window.trouble == []


# ---- the parts of the page


def busy(notebook, officer):
    """A note to which more has happened than one page tells."""
    note_id = notebook.note(officer, "Nhiều chuyện")
    with officer.working() as ctx:
        for number in range(24):
            services.set_pinned(ctx, note_id, pinned=number % 2 == 0)
    return note_id


def lines(page):
    return page.text.count("<time ")


def test_details_tell_the_newest_and_lead_to_the_rest(notebook):
    lan = notebook.writer()
    details = lan.get("example.note", note_id=busy(notebook, lan))
    assert lines(details) == 5
    assert "Xem cả lịch sử" in details.text


def test_the_history_comes_twenty_at_a_time_and_in_milestones(notebook):
    lan = notebook.writer()
    note_id = busy(notebook, lan)
    first = lan.get("example.note", note_id=note_id, query={"tab": "history"})
    assert (lines(first), "Xem thêm" in first.text) == (20, True)
    more = unescape(re.search(r'id="lt-more" href="([^"]+)"', first.text)[1])
    rest = lan.follow(more)
    assert (lines(rest), "Xem thêm" in rest.text) == (25, False)
    milestones = lan.get("example.note", note_id=note_id, query={"tab": "history", "kind": "main"})
    assert lines(milestones) == 1
    assert "viết ghi chú" in milestones.text


def test_a_form_of_files_with_errors_comes_back_on_a_page_whose_links_can_be_opened(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan)
    answer = lan.post("example.attach", note_id=note_id)
    assert answer.status_code == 422
    assert "Chưa đính kèm được tệp" in answer.text
    here = notebook.agency.url("example.note", note_id=note_id)
    assert f'href="{here}?tab=history"' in answer.text
    assert f'name="back" value="{here}"' in answer.text


@pytest.mark.parametrize(
    "query", [{"tab": "x"}, {"tab": "history", "kind": "x"}, {"tab": "history", "shown": "9999999"}]
)
def test_odd_parts_do_no_harm(notebook, query):
    lan = notebook.writer()
    assert lan.get("example.note", note_id=notebook.note(lan), query=query).status_code == 200


@pytest.mark.browser
def test_tabs_load_in_place_keep_the_focus_and_are_plain_links_without_script(notebook, window):
    lan = notebook.writer()
    url = notebook.agency.url("example.note", note_id=busy(notebook, lan))
    page = window.of(lan)
    page.goto(url)
    page.evaluate("window.here = true")
    page.get_by_role("link", name="Lịch sử", exact=True).click()
    page.wait_for_url("**tab=history")
    expect(page.get_by_role("link", name="Lịch sử", exact=True)).to_be_focused()
    page.get_by_role("link", name="Xem thêm").click()
    expect(page.locator(".lt-time li")).to_have_count(25)
    assert page.evaluate("window.here"), "the page itself was not left"
    page.go_back()
    page.go_back()
    expect(page.get_by_text("Không có nội dung ngoài tiêu đề.")).to_be_visible()
    assert window.trouble == []

    plain = window.of(lan, java_script_enabled=False)
    plain.goto(url)
    plain.get_by_role("link", name="Lịch sử", exact=True).click()
    plain.get_by_role("link", name="Xem thêm").click()
    expect(plain.locator(".lt-time li")).to_have_count(25)


@pytest.mark.browser
def test_on_a_phone_all_but_the_main_action_are_behind_the_menu(notebook, window):
    lan, vinh = notebook.writer(), notebook.writer()
    page = window.of(vinh, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(notebook.agency.url("example.note", note_id=notebook.note(lan)))
    head = page.locator("#lt-head")
    expect(head.get_by_role("button", name="Đã nắm")).to_be_visible()
    expect(head.get_by_role("link", name="Sửa")).to_be_hidden()
    head.get_by_role("button", name="Việc khác với mục này").click()
    expect(head.get_by_role("link", name="Sửa").last).to_be_visible()
    expect(head.get_by_role("button", name="Cất")).to_be_visible()
