import re
from html import unescape
from uuid import uuid4

import pytest

from plugins.example import services
from scripts._lib.places import VAR
from tests.plugins.example.notebook import new_form
from tests.support.modules import OTHER_UNIT, UNIT
from tests.tenants.pages import operator


def text_of(answer):
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]*)"', answer.text)[1]


def test_the_list_shows_notes_with_their_beginnings_and_marks(notebook):
    lan = notebook.writer(name="Hoàng Thị Lan")
    notebook.note(lan, "Kết luận giao ban", "Gửi giấy mời trước hai ngày", pinned=True)
    answer = lan.get("example.notes")
    assert answer.status_code == 200
    said = text_of(answer)
    for part in (
        "Kết luận giao ban",
        "Gửi giấy mời trước hai ngày",
        "Ghim",
        UNIT,
        "Hoàng Thị Lan",
        "Dòng 1–1 trong 1",
    ):
        assert part in said
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_people_typed_is_shown_and_never_run(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>')
    for answer in (
        lan.get("example.notes"),
        lan.get("example.note", note_id=note_id),
        lan.get("example.edit", note_id=note_id),
    ):
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def test_an_empty_notebook_and_an_empty_result_each_say_so(notebook):
    lan = notebook.writer()
    assert "Sổ chưa có ghi chú nào" in lan.get("example.notes").text
    notebook.note(lan)
    nothing = lan.get("example.notes", query={"q": "không có đâu"})
    assert "Không có ghi chú nào khớp 1 điều kiện" in nothing.text
    assert "không có đâu" in nothing.text
    assert "“không có đâu”" not in nothing.text, "whatever names the condition quotes it once"


def test_only_who_may_write_is_offered_to(notebook):
    assert "Viết ghi chú" in notebook.writer().get("example.notes").text
    assert "Viết ghi chú" not in notebook.reader().get("example.notes").text


@pytest.mark.parametrize(
    ("query", "status"),
    [({"unit": "x"}, 400), ({"after": "x"}, 400), ({"state": "x"}, 200), ({"q": "\x00"}, 400)],
)
def test_odd_conditions_do_no_harm(notebook, query, status):
    assert notebook.writer().get("example.notes", query=query).status_code == status


def test_a_note_is_written_through_its_form(notebook):
    lan = notebook.writer()
    form = lan.get("example.new")
    assert form.status_code == 200
    leave = notebook.agency.url("example.notes")
    foot = form.text.partition('<div class="lt-foot sticky">')[2].partition("</form>")[0]
    assert f'name="lt_leave" value="{leave}"' in foot
    assert "<a " not in foot, "what leaves keeps the draft"
    answer = lan.post("example.new", new_form(notebook.agency.units[UNIT], id=hidden(form, "id")))
    assert answer.status_code == 303
    page = lan.follow(answer.headers["Location"])
    said = text_of(page)
    for part in (
        "Lịch trực tuần này",
        "Sáng: Lan. Chiều: Vinh.",
        "Chưa ai báo đã nắm",
        "viết ghi chú “Lịch trực tuần này” vào sổ của Văn phòng",
    ):
        assert part in said


def test_pressing_twice_writes_once(notebook):
    lan, form = notebook.writer(), new_form(notebook.agency.units[UNIT])
    assert (
        lan.post("example.new", form).headers["Location"] == lan.post("example.new", form).headers["Location"]
    )
    assert notebook.titles(lan) == ["Lịch trực tuần này"]


def test_a_form_with_errors_comes_back_with_all_that_was_typed(notebook):
    lan = notebook.writer()
    answer = lan.post("example.new", new_form(notebook.agency.units[UNIT], title=" ", body="Đã gõ rất lâu"))
    assert answer.status_code == 422
    assert 'href="#f-title"' in answer.text
    assert "Đã gõ rất lâu" in answer.text
    assert notebook.titles(lan) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "x" * 201), ("body", "x" * 20_001), ("unit_id", "x"), ("id", "x"), ("odd", "x")],
)
def test_values_that_do_not_fit_are_named(notebook, field, value):
    answer = notebook.writer().post("example.new", new_form(notebook.agency.units[UNIT], **{field: value}))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


def test_the_second_of_two_writers_sees_both_texts_and_decides(notebook):
    lan, vinh = notebook.writer(), notebook.writer(name="Lê Quang Vinh")
    note_id = notebook.note(lan, "Bản đầu")
    read = hidden(lan.get("example.edit", note_id=note_id), "version")
    assert (
        vinh.post(
            "example.edit",
            {"version": read, "title": "Bản của Vinh", "body": "Đã sửa trước"},
            note_id=note_id,
        ).status_code
        == 303
    )

    conflict = lan.post(
        "example.edit", {"version": read, "title": "Bản của Lan", "body": "Gõ dở dang"}, note_id=note_id
    )
    assert conflict.status_code == 409
    for part in (
        "Lê Quang Vinh vừa sửa mục này lúc",
        "2 mục cả hai cùng sửa",
        "Bản của Vinh",
        "Đã sửa trước",
        "Bản của Lan",
        "Gõ dở dang",
        "Bỏ bản của bạn, mở bản đã lưu",
    ):
        assert part in unescape(conflict.text)
    assert notebook.stored(note_id).title == "Bản của Vinh"

    again = {"version": hidden(conflict, "version"), "title": "Bản của Lan", "body": "Gõ dở dang"}
    assert lan.post("example.edit", again, note_id=note_id).status_code == 303
    assert notebook.stored(note_id).title == "Bản của Lan"
    # Pressed twice: what is stored is what was sent, so there is nothing to decide.
    assert lan.post("example.edit", again, note_id=note_id).status_code == 303

    own = {"version": read, "title": "Bản thứ ba", "body": "Ở thẻ khác"}
    page = unescape(lan.post("example.edit", own, note_id=note_id).text)
    assert "Chính bạn vừa lưu bản khác, ở thẻ hoặc máy khác" in page
    assert "Lê Quang Vinh vừa sửa" not in page


def test_two_writers_of_different_fields_are_put_together_and_only_a_clash_is_asked(notebook):
    lan, vinh = notebook.writer(), notebook.writer(name="Lê Quang Vinh")
    note_id = notebook.note(lan, "Bản đầu")
    opened = lan.get("example.edit", note_id=note_id)
    read = {"version": hidden(opened, "version"), "lt_read": hidden(opened, "lt_read")}
    body = notebook.stored(note_id).body
    vinh.post("example.edit", {**read, "title": "Tên của Vinh", "body": body}, note_id=note_id)

    mine = {**read, "title": "Bản đầu", "body": "Chữ của Lan"}
    merged = lan.post("example.edit", mine, note_id=note_id)
    assert merged.status_code == 409
    assert "Không mục nào cả hai cùng sửa" in unescape(merged.text)
    assert 'value="Tên của Vinh"' in merged.text
    assert "lt_take_" not in merged.text
    put = {"version": hidden(merged, "version"), "lt_read": hidden(merged, "lt_read")}
    lan.post("example.edit", {**put, "title": "Tên của Vinh", "body": "Chữ của Lan"}, note_id=note_id)
    assert (notebook.stored(note_id).title, notebook.stored(note_id).body) == ("Tên của Vinh", "Chữ của Lan")

    # Now Vinh, who still has the first page open, clashes in the text and takes what is stored.
    clash = vinh.post("example.edit", {**put, "title": "Tên mới", "body": "Chữ của Vinh"}, note_id=note_id)
    asked = unescape(clash.text)
    assert 'name="lt_take_body"' in asked
    assert 'name="lt_take_title"' not in asked
    again = {"version": hidden(clash, "version"), "lt_read": hidden(clash, "lt_read"), "title": "Tên mới"}
    chosen = {"lt_take_body": "stored", "lt_stored_body": "Chữ của Lan", "body": "Chữ của Vinh"}
    assert vinh.post("example.edit", again | chosen, note_id=note_id).status_code == 303
    assert (notebook.stored(note_id).title, notebook.stored(note_id).body) == ("Tên mới", "Chữ của Lan")


def test_what_was_chosen_in_a_conflict_stays_when_the_form_is_refused_for_something_else(notebook):
    lan, vinh = notebook.writer(), notebook.writer(name="Lê Quang Vinh")
    note_id = notebook.note(lan, "Bản đầu")
    opened = lan.get("example.edit", note_id=note_id)
    read = {name: hidden(opened, name) for name in ("version", "lt_read")}
    vinh.post("example.edit", {**read, "title": "Tên của Vinh", "body": "Chữ của Vinh"}, note_id=note_id)
    asked = lan.post("example.edit", {**read, "title": "Tên mới", "body": "Chữ của Lan"}, note_id=note_id)

    def again(page, **typed):
        carried = {name: hidden(page, name) for name in ("version", "lt_read", "lt_before")}
        stored = {"lt_stored_title": "Tên của Vinh", "lt_stored_body": "Chữ của Vinh"}
        return lan.post("example.edit", {**carried, **stored, **typed}, note_id=note_id)

    refused = again(asked, title="", lt_take_title="typed", body="Chữ của Lan", lt_take_body="stored")
    assert refused.status_code == 422
    page = unescape(refused.text)
    assert 'href="#f-title"' in page
    assert "Lê Quang Vinh vừa sửa mục này lúc" in page
    assert re.findall(r'name="lt_take_(\w+)" value="(\w+)" checked', page) == [
        ("title", "typed"),
        ("body", "stored"),
    ]
    # What was typed is still there for somebody who thinks again, beside the stored text.
    assert re.search(r"<textarea[^>]*>\s*Chữ của Lan", page)
    assert page.count("Chữ của Vinh") > 1
    saved = again(refused, title="Tên khác", lt_take_title="typed", body="Chữ của Lan", lt_take_body="stored")
    assert saved.status_code == 303
    assert (notebook.stored(note_id).title, notebook.stored(note_id).body) == ("Tên khác", "Chữ của Vinh")


def test_a_note_put_away_while_its_form_was_open_keeps_the_typed_text(notebook):
    lan, vinh = notebook.writer(), notebook.writer()
    note_id = notebook.note(lan, "Sắp cất")
    vinh.post("example.archive", note_id=note_id)
    answer = lan.post("example.edit", {"version": "1", "title": "Còn gõ", "body": "Dở dang"}, note_id=note_id)
    assert answer.status_code == 422
    assert "Ghi chú đã được cất" in answer.text
    assert "Dở dang" in answer.text


def test_buttons_do_what_they_say_and_change_with_the_note(notebook):
    lan, vinh = notebook.writer(), notebook.reader(name="Lê Quang Vinh")
    note_id = notebook.note(lan)
    steps = (
        (lan, "pin", "Bỏ ghim"), (lan, "unpin", "Ghim"), (vinh, "acknowledge", "Lê Quang Vinh đã nắm nội dung"),
        (lan, "archive", "Lấy lại"), (lan, "restore", "Cất"),
    )  # fmt: skip
    for who, action, expected in steps:
        answer = who.post(f"example.{action}", note_id=note_id)
        assert answer.status_code == 303
        assert expected in text_of(who.follow(answer.headers["Location"])), action


def test_a_reader_is_offered_to_take_note_and_nothing_more(notebook):
    lan, reader = notebook.writer(), notebook.reader()
    note_id = notebook.note(lan)
    said = reader.get("example.note", note_id=note_id).text
    assert "/acknowledge" in said
    assert not re.search(r"/(edit|pin|archive)\b", said)
    assert reader.post("example.archive", note_id=note_id).status_code == 403


def test_another_units_note_is_refused_with_the_reason(notebook):
    lan, hung = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    note_id = notebook.note(lan, "Của Văn phòng")
    for answer in (
        hung.get("example.note", note_id=note_id),
        hung.get("example.edit", note_id=note_id),
        hung.post("example.edit", {"title": ""}, note_id=note_id),
        hung.post("example.pin", note_id=note_id),
        hung.post("example.acknowledge", note_id=note_id),
    ):
        assert answer.status_code == 403
        assert "Sổ này của phòng khác" in answer.text
        assert "Của Văn phòng" not in answer.text


def test_another_agencys_note_is_not_there(notebook, ground):
    foreign = ground.agency("example").officer("example.keeper")
    note_id = notebook.note(notebook.writer())
    for route in ("note", "edit"):
        assert foreign.get(f"example.{route}", note_id=note_id).status_code == 404
    assert foreign.post("example.archive", note_id=note_id).status_code == 404
    assert notebook.writer().get("example.note", note_id=uuid4()).status_code == 404


def test_a_module_that_is_off_has_no_pages_and_no_navigation(ground):
    agency = ground.agency()
    keeper = agency.officer("example.keeper")
    assert keeper.get("example.notes").status_code == 404
    agency.switch("example", on=True)
    answer = keeper.get("example.notes")
    assert answer.status_code == 200
    assert f'href="{agency.url("example.notes")}"' in answer.text
    agency.switch("example", on=False)
    assert keeper.get("example.notes").status_code == 404


def test_the_audit_of_the_agency_tells_nothing_of_what_notes_say(notebook, agency):
    """An administrator or operator sees that something was done and to which number; a note's own page tells the rest."""
    lan = notebook.writer()
    note_id = notebook.note(lan, "Kế hoạch Phượng Hoàng")
    with lan.working() as ctx:
        services.change_note(ctx, note_id, version=1, title="Kế hoạch Rồng Xanh", body="x")
    console = operator(agency.ground)
    for page in (
        agency.officer("tenants.admin").get("tenants.audit").text,
        console.get("tenants.agency_audit", code=agency.info.code).text,
    ):
        assert "Phượng Hoàng" not in page
        assert "Rồng Xanh" not in page
        assert "viết ghi chú vào sổ của Văn phòng" in page
        assert f"số {str(note_id)[-8:]}" in page
        assert lan.name in page
    own = lan.get("example.note", note_id=note_id).text
    assert "viết ghi chú “Kế hoạch Phượng Hoàng”" in own


def test_a_form_of_a_module_that_was_just_switched_off_is_told_so(notebook, agency):
    lan = notebook.writer()
    form = new_form(agency.units[UNIT], title="Đang gõ dở")
    lan.get("example.new")
    agency.switch("example", on=False)
    answer = lan.post("example.new", form)
    assert answer.status_code == 404
    assert "Phân hệ “Sổ tay phòng ban” đang tắt ở cơ quan này" in text_of(answer)
    assert "Đang gõ dở" in text_of(answer)
    assert "Đường dẫn sai" not in text_of(answer)
    assert "Quay lại biểu mẫu" in text_of(answer)
    sent_again = {
        name: unescape(value)
        for name, value in re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"',
            answer.text.partition('class="lt-actions"')[2],
        )
    }
    assert form.items() <= sent_again.items()
    agency.switch("example", on=True)
    assert lan.post("example.new", sent_again).status_code == 303
    agency.switch("example", on=False)
    stranger = agency.ground.agency().officer("example.writer")
    foreign = stranger._send(
        "POST", agency.url("example.new"), body=b"", content_type="application/x-www-form-urlencoded"
    )
    assert "Sổ tay" not in foreign.text


def test_an_administrator_without_the_right_is_led_to_where_roles_are_given(notebook, agency):
    admin, reader = agency.officer("tenants.admin"), agency.officer("example.reader")
    refused = admin.get("example.new")
    assert refused.status_code == 403
    assert "không tự giao cho mình" in text_of(refused)
    assert f'href="{agency.url("tenants.people")}"' in refused.text
    why = admin.get("tenants.why", permission="example.write")
    assert "không tự giao cho mình" in text_of(why)
    asked = reader.get("example.new")
    assert "Quyền do quản trị cơ quan giao" in text_of(asked)
    assert "tự giao" not in text_of(asked) + text_of(reader.get("tenants.why", permission="example.write"))


def test_english_readers_read_english(notebook):
    lan = notebook.writer()
    note_id = notebook.note(lan)
    with notebook.agency.at_work():
        from tenants.models import Person

        Person.update(locale="en").where(Person.id == lan.person_id).execute()
    assert "Unit notebook" in lan.get("example.notes").text
    said = text_of(lan.get("example.note", note_id=note_id))
    for part in ("Noted", "wrote the note “Kết luận giao ban” into the notebook of Văn phòng", "Put away"):
        assert part in said


def test_the_number_beside_the_notebook_is_what_is_pinned_and_not_yet_taken_note_of(notebook):
    lan, vinh = notebook.writer(), notebook.reader()
    note_id = notebook.note(lan, pinned=True)
    link = f'href="{notebook.agency.url("example.notes")}"'
    assert re.search(rf"{link}[^>]*>.*?<b>1</b>", vinh.get("example.notes").text)
    with vinh.working() as ctx:
        services.acknowledge(ctx, note_id)
    assert not re.search(rf"{link}[^>]*>.*?<b>1</b></a>", vinh.get("example.notes").text)


def test_every_icon_of_the_pages_is_in_the_sprite(notebook):
    lan, vinh = notebook.writer(), notebook.writer()
    pinned, plain, gone = (
        notebook.note(lan, title, pinned=title == "ghim") for title in ("ghim", "thường", "cất")
    )
    lan.post("example.archive", note_id=gone)
    pages = [
        vinh.get("example.notes"),
        vinh.get("example.notes", query={"q": "không có"}),
        vinh.get("example.new"),
    ]
    pages += [vinh.get("example.note", note_id=note_id) for note_id in (pinned, plain, gone)]
    asked = {
        found
        for answer in pages
        for found in re.findall(r'href="/static/(icons[^"#]+)#([^"]+)"', answer.text)
    }
    (sprite,) = {file for file, _name in asked}
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (VAR / "static" / sprite).read_text("utf-8")))
    assert {name for _file, name in asked} <= drawn
