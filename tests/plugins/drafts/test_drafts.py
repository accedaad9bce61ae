"""What people type is kept for them alone until it is sent."""

import re
from html import unescape
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from core.db import db
from core.web.request import SESSION_COOKIE, TOAST_COOKIE
from plugins.drafts import jobs, services
from plugins.drafts.api import draft_for

KEY = "example.new"


@pytest.fixture
def agency(ground):
    return ground.agency("example")


def save(officer, text="Đang gõ dở", *, page, key=KEY, **more):
    form = {"title": text, "lt_page": str(page), **more}
    return officer._send(
        "POST",
        f"{officer.agency.url('drafts.save')}?key={key}",
        body=_encoded({**form, "csrf_token": officer.csrf_token}),
        content_type="application/x-www-form-urlencoded",
    )


def _encoded(form):
    return urlencode(form, doseq=True)


def stored(officer, key=KEY):
    with officer.working() as ctx:
        found = draft_for(ctx, key)
    return found.fields if found else None


def page_of(answer):
    return UUID(re.search(r'name="lt_page" value="([^"]+)"', answer.text)[1])


def test_a_form_saves_itself_and_says_when(agency):
    lan, page = agency.officer("example.writer"), uuid4()
    answer = save(lan, "Kết luận", page=page, roles=["a", "b"])
    assert re.fullmatch(r"Đã lưu nháp lúc \d\d:\d\d", answer.json["text"])
    assert save(lan, "Kết luận giao ban", page=page).status_code == 200
    assert stored(lan) == {"title": "Kết luận giao ban"}


def test_opening_again_offers_to_continue_or_to_begin_anew(agency):
    lan = agency.officer("example.writer")
    first = lan.get("example.new")
    assert "bản nháp chưa gửi" not in first.text
    save(lan, "Nghỉ giữa chừng", page=page_of(first), body="Còn đây")
    again = lan.get("example.new")
    assert re.search(r"Tiếp tục bản nháp \d\d/", again.text)
    assert "Nghỉ giữa chừng" not in again.text

    (onward,) = re.findall(r'href="([^"]*draft=[0-9a-f-]{36}[^"]*)"', again.text)
    continued = lan.follow(unescape(onward))
    assert 'value="Nghỉ giữa chừng"' in continued.text
    assert "Còn đây" in continued.text
    assert page_of(continued) == page_of(first)
    assert "bản nháp chưa gửi" not in continued.text

    drop = unescape(re.search(r'action="([^"]*drafts/drop[^"]*)"', again.text)[1])
    answer = lan._send(
        "POST",
        drop,
        body=_encoded({"csrf_token": lan.csrf_token}),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.headers["Location"] == agency.url("example.new")
    assert stored(lan) is None
    assert "bản nháp chưa gửi" not in lan.get("example.new").text


def test_what_was_thrown_away_comes_back_with_what_was_typed_last(agency):
    lan = agency.officer("example.writer")
    page = page_of(lan.get("example.new"))
    save(lan, "Đã lưu", page=page)
    dropped = throw_away(lan, page, title="Gõ thêm trong giây cuối", lt_page=str(page))
    assert stored(lan) is None
    shown = lan._send("GET", dropped.headers["Location"], headers={"Cookie": cookies(lan, dropped)}).text
    undo = unescape(re.search(r'action="([^"]*drafts/restore[^"]*)"', shown)[1])
    back = post_to(lan, undo)
    assert stored(lan) == {"title": "Gõ thêm trong giây cuối"}
    assert "Gõ thêm trong giây cuối" in lan.follow(back.headers["Location"]).text


def test_another_draft_begun_meanwhile_is_not_overwritten_by_taking_back(agency):
    lan = agency.officer("example.writer")
    old, new = uuid4(), uuid4()
    save(lan, "Cũ", page=old)
    throw_away(lan, old)
    assert save(lan, "Mới", page=new).status_code == 200
    back = post_to(
        lan, f"{agency.url('drafts.restore')}?key={KEY}&page={old}&back={agency.url('example.new')}"
    )
    assert 'value="Cũ"' in lan.follow(back.headers["Location"]).text
    assert stored(lan) == {"title": "Mới"}


def throw_away(officer, page, **typed):
    url = (
        f"{officer.agency.url('drafts.drop')}?key={KEY}&page={page}&back={officer.agency.url('example.new')}"
    )
    return post_to(officer, url, **typed)


def post_to(officer, url, **form):
    body = _encoded({**form, "csrf_token": officer.csrf_token})
    return officer._send("POST", url, body=body, content_type="application/x-www-form-urlencoded")


def cookies(officer, answer):
    """Return what the browser sends after an answer that set a toast."""
    toast = answer.cookies[TOAST_COOKIE]
    return f"{SESSION_COOKIE}={officer.token}; {toast.name}={toast.value}"


def test_a_draft_ends_when_the_form_was_taken_and_stays_when_it_was_not(agency):
    lan = agency.officer("example.writer")
    page = page_of(lan.get("example.new"))
    save(lan, "", page=page)
    form = {"id": str(uuid4()), "unit_id": str(agency.units["Văn phòng"]), "body": "", "lt_page": str(page)}
    refused = lan.post("example.new", {**form, "title": ""})
    assert refused.status_code == 422
    assert page_of(refused) == page
    assert "Đã lưu nháp lúc" in refused.text
    assert stored(lan) is not None
    assert lan.post("example.new", {**form, "title": "Xong"}).status_code == 303
    assert stored(lan) is None


def test_a_continued_draft_still_meets_the_conflict(agency):
    lan, vinh = agency.officer("example.writer"), agency.officer("example.writer")
    page = page_of(lan.get("example.new"))
    form = {
        "id": str(uuid4()),
        "unit_id": str(agency.units["Văn phòng"]),
        "title": "Đầu",
        "lt_page": str(page),
    }
    note = UUID(lan.post("example.new", form).headers["Location"].rpartition("/")[2])
    key = f"example.note.{note}"
    page = page_of(lan.get("example.edit", note_id=note))
    save(lan, "Của Lan", page=page, key=key, version="1", body="")
    vinh.post("example.edit", {"version": "1", "title": "Của Vinh", "body": ""}, note_id=note)
    continued = lan.get("example.edit", note_id=note, query={"draft": str(page)})
    assert 'value="Của Lan"' in continued.text
    carried = dict(re.findall(r'name="(version|lt_read)" value="([^"]*)"', continued.text))
    clash = lan.post("example.edit", {**carried, "title": "Của Lan", "body": ""}, note_id=note)
    assert clash.status_code == 409
    # The draft does not know what its form showed: what was typed is not taken for unchanged, somebody is asked.
    assert 'name="lt_take_title" value="stored"' in clash.text
    assert "Của Vinh" in clash.text
    assert 'value="Của Lan"' in clash.text


def test_another_tab_does_not_overwrite_a_draft_unasked(agency):
    lan = agency.officer("example.writer")
    save_as_the_form_does(lan, "Tuần trước")
    opened = lan.get("example.new")
    left = save(lan, "Thẻ khác", page=page_of(opened), lt_leave=agency.url("example.notes"))
    assert (left.status_code, left.headers["Location"]) == (303, agency.url("example.notes"))
    assert stored(lan)["title"] == "Thẻ khác"
    (onward,) = re.findall(r'href="([^"]*draft=[0-9a-f-]{36}[^"]*)"', opened.text)
    assert 'value="Tuần trước"' in lan.follow(unescape(onward)).text


@pytest.mark.parametrize("typed", [False, True])
def test_what_is_sent_takes_no_other_draft_along(agency, typed):
    lan = agency.officer("example.writer")
    save_as_the_form_does(lan, "Tuần trước")
    ignored = lan.get("example.new")
    page = page_of(ignored)
    if typed:
        assert save(lan, "Tin ngắn", page=page).status_code == 200
    form = {"id": str(uuid4()), "unit_id": str(agency.units["Văn phòng"]), "title": "Tin ngắn", "body": ""}
    assert lan.post("example.new", {**form, "lt_page": str(page)}).status_code == 303
    assert stored(lan) == {"title": "Tuần trước"}
    home = lan.get("tenants.home").text
    assert "Viết tiếp: Tuần trước" in home
    assert "Viết tiếp: Tin ngắn" not in home
    offer = re.search(r'href="([^"]*draft=[0-9a-f-]{36}[^"]*)"', lan.get("example.new").text)
    continued = lan.follow(unescape(offer[1]))
    sent = {**form, "id": str(uuid4()), "lt_page": str(page_of(continued))}
    assert lan.post("example.new", sent).status_code == 303
    assert stored(lan) is None


def test_leaving_leads_nowhere_but_here(agency):
    lan = agency.officer("example.writer")
    assert save(lan, page=uuid4(), lt_leave="https://example.org/").headers["Location"] == "/"


def test_nobody_else_reads_or_drops_a_draft(ground, agency):
    lan, keeper = agency.officer("example.writer"), agency.officer("tenants.admin", "example.keeper")
    page = uuid4()
    save(lan, "Chỉ của tôi", page=page)
    assert stored(keeper) is None
    assert "bản nháp chưa gửi" not in keeper.get("example.new").text
    with keeper.working() as ctx:
        services.forget(ctx, KEY, page)
        services.drop(ctx, KEY, page)
    assert stored(lan) == {"title": "Chỉ của tôi"}
    with ground.agency("example").officer("example.writer").working() as ctx:
        # The same person in another agency: drafts do not cross its border either.
        assert draft_for(lan.ctx, KEY) is None
        assert draft_for(ctx, KEY) is None


@pytest.mark.parametrize("query", ["", "?key=", f"?key={'x' * 201}"])
def test_a_draft_of_no_form_is_refused(agency, query):
    lan = agency.officer("example.writer")
    url = agency.url("drafts.save") + query
    body = _encoded({"csrf_token": lan.csrf_token, "lt_page": str(uuid4())})
    assert (
        lan._send("POST", url, body=body, content_type="application/x-www-form-urlencoded").status_code == 400
    )


def test_a_draft_without_its_page_is_refused(agency):
    assert save(agency.officer("example.writer"), page="x").status_code == 400


def test_a_text_that_is_too_long_is_told_and_the_last_state_stays(agency, monkeypatch):
    monkeypatch.setattr(services, "MOST_BYTES", 5000)
    lan, page = agency.officer("example.writer"), uuid4()
    save(lan, "Ngắn", page=page)
    answer = save(lan, "x" * 5000, page=page)
    assert answer.status_code == 422
    assert "dài quá 5 KB" in answer.json["text"]
    assert stored(lan) == {"title": "Ngắn"}
    # The button leads to a page: it says why, and nothing typed is lost.
    left = save(lan, "chữ " * 2000, page=page, lt_leave=agency.url("example.notes"))
    assert left.status_code == 422
    assert "dài quá 5 KB" in left.text
    assert "chữ chữ" in left.text


def test_old_drafts_make_room_and_end_after_a_month(agency, monkeypatch):
    monkeypatch.setattr(services, "MOST_DRAFTS", 2)
    lan = agency.officer("example.writer")
    for key in ("a", "b", "c"):
        save(lan, key, page=uuid4(), key=key)
    assert [stored(lan, key) is not None for key in ("a", "b", "c")] == [False, True, True]
    save(lan, "d", page=uuid4(), key="d")
    with agency.at_work():
        db.execute_sql("UPDATE drafts.draft SET saved_at = now() - interval '31 days' WHERE key = 'b'")
        db.execute_sql("UPDATE drafts.draft SET dropped_at = now() - interval '25 hours' WHERE key = 'd'")
        jobs.delete_old()
        assert not db.execute_sql("SELECT FROM drafts.draft WHERE key = 'd'").fetchall()
        jobs.delete_old()
    assert [stored(lan, key) is not None for key in ("b", "c")] == [False, True]


def test_nothing_of_a_draft_reaches_the_audit(agency):
    lan = agency.officer("example.writer")
    save(lan, "Không ai khác đọc", page=uuid4())
    with agency.at_work():
        rows = db.execute_sql(
            "SELECT count(*) FROM core.audit_entry WHERE data::text LIKE '%%Không ai khác%%'"
        )
        assert rows.fetchone()[0] == 0


def save_as_the_form_does(officer, text):
    """Send what is typed to the address the form names."""
    opened = officer.get("example.new").text
    address = unescape(re.search(r'data-lt-save="([^"]+)"', opened)[1])
    page = re.search(r'name="lt_page" value="([^"]+)"', opened)[1]
    return post_to(officer, address, title=text, lt_page=page)


def test_what_was_left_unsent_is_found_on_the_start_page_by_its_writer_alone(agency):
    lan, vinh = agency.officer("example.writer"), agency.officer("example.writer")
    assert "Viết dở" not in lan.get("tenants.home").text
    assert save_as_the_form_does(lan, "Kết luận giao ban").status_code == 200
    home = lan.get("tenants.home").text
    address = unescape(
        re.search(r'href="([^"]+draft=[0-9a-f-]{36})"[^>]*>Viết tiếp: Kết luận giao ban', home)[1]
    )
    assert 'value="Kết luận giao ban"' in lan.follow(address).text
    assert "Viết tiếp" not in vinh.get("tenants.home").text
    agency.switch("example", on=False)
    assert "Viết tiếp" not in lan.get("tenants.home").text


def test_a_form_is_found_again_on_this_site_alone(agency):
    lan = agency.officer("example.writer")
    for address in ("https://evil.example/", "//evil.example", f"/{'x' * 2100}"):
        url = f"{agency.url('drafts.save')}?{urlencode({'key': KEY, 'at': address})}"
        assert post_to(lan, url, title="Ở đâu", lt_page=str(uuid4())).status_code == 200
    assert "evil" not in lan.get("tenants.home").text
