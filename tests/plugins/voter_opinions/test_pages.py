"""Petitions for programs, for the public and as Excel: what each of them gets, and what stays inside."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from itertools import takewhile
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from plugins.lists import services as lists
from plugins.voter_opinions import services
from plugins.voter_opinions.models import Published
from tests.plugins.letters.desk import text_of
from tests.plugins.voter_opinions.test_services import AGAIN, LONG, promised, refused, today

SECRET = "ông Nguyễn Văn Bí Mật, 0912345678"


# ---- programs -------------------------------------------------------------------------------------------------------


def document(office, **given):
    return {
        "id": str(uuid4()),
        "session_id": str(office.session.id),
        "content": LONG,
        "sector": "transport",
        "locality": "Xã Phú Hồ",
        **given,
    }


def test_programs_record_list_and_read(office):
    said = document(office, received_on="2026-06-20")
    made = office.lan.post_json("voter_opinions.api_new", said)
    assert made.status_code == 201, made.text
    assert made.json["received_on"] == "2026-06-20"
    assert made.json["originals"] == 1
    again = office.lan.post_json("voter_opinions.api_new", said)
    assert again.json["code"] == made.json["code"], "sent twice it is recorded once"
    items = office.lan.get("voter_opinions.api_petitions").json["items"]
    assert [each["id"] for each in items] == [said["id"]]
    one = office.lan.get("voter_opinions.api_petition", case_id=said["id"])
    assert one.json == made.json
    assert one.headers["etag"]


def test_a_program_is_told_of_the_petition_that_its_text_is_like_and_joins_it(office):
    first = office.lan.post_json("voter_opinions.api_new", document(office)).json
    told = office.lan.post_json("voter_opinions.api_new", document(office, content=AGAIN))
    assert told.status_code == 422
    assert first["code"] in told.json["errors"]["into"][0]
    joined = office.lan.post_json(
        "voter_opinions.api_new", document(office, content=AGAIN, into=first["code"])
    )
    assert (joined.json["id"], joined.json["originals"]) == (first["id"], 2)
    other = office.lan.post_json("voter_opinions.api_new", document(office, content=AGAIN, is_new=True))
    assert other.json["id"] not in (first["id"], joined.json)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"content": ""}, "content"), ({"content": "x" * 20_001}, "content"), ({"sector": "fishing"}, "sector"),
        ({"received_on": "20/6/2026 sáng"}, "received_on"), ({"session_id": str(uuid4())}, "session_id"), ({"source": "zalo"}, "source"),
    ],
)  # fmt: skip
def test_what_a_program_says_wrong_is_named(office, given, field):
    told = office.lan.post_json("voter_opinions.api_new", document(office, **given))
    assert told.status_code == 422, told.text
    assert field in told.json["errors"]


def test_a_program_reads_answers_that_were_sent_and_no_draft(office):
    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.act(
        office.lan, case, "submit", text="Bản nháp", outcome="explained", person_id=office.leader.person_id
    )
    read = office.lan.get("voter_opinions.api_petition", case_id=case.id)
    assert read.json["answers"] == []
    assert "Bản nháp" not in read.text
    office.act(office.leader, case, "approve")
    office.act(office.lan, case, "send", document="7/UBND", signer="A", sent_on=today(office))
    (answer,) = office.lan.get("voter_opinions.api_petition", case_id=case.id).json["answers"]
    assert (answer["text"], answer["document"], answer["outcome"]) == ("Bản nháp", "7/UBND", "explained")


def test_programs_of_others_and_readers_record_nothing(office):
    said = document(office)
    assert office.council.post_json("voter_opinions.api_new", said).status_code == 403
    case = office.record(LONG)
    assert office.hung.get("voter_opinions.api_petition", case_id=case.id).status_code == 404
    assert office.hung.get("voter_opinions.api_petitions").json["items"] == []


# ---- the public -----------------------------------------------------------------------------------------------------


def published(office, **given):
    case = office.record(f"{LONG} {SECRET}")
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.answered(case)
    said = {"said": "Đề nghị nâng cấp đường.", "text": "Sẽ sửa trong quý III.", **given}
    office.act(office.lan, case, "publish", **said)
    with office.lan.working() as ctx:
        services.edit(
            ctx,
            case.id,
            {
                "version": office.stored(case).version,
                "title": "Nâng cấp đường",
                "locality": "",
                "sector": "transport",
            },
        )
    return case


def test_the_public_reads_the_words_given_for_it_and_nothing_else(office, ground):
    hidden = office.record("Kiến nghị chưa công khai về chợ Nọ.")
    case = published(office)
    own, one = (
        office.agency.url("voter_opinions.public"),
        office.agency.url("voter_opinions.public_petition", code=case.code),
    )
    pages = [ground.client.simulate_get(url).text for url in (own, one, "/public/t/voter_opinions/")]
    assert all("Sẽ sửa trong quý III." in page for page in pages[1:2])
    assert "Đề nghị nâng cấp đường." in pages[1]
    for page in pages:
        for secret in (
            "Bí Mật",
            "0912345678",
            "chợ Nọ",
            "Hoàng Thị Lan",
            "Phạm Ngọc Anh",
            "120/UBND-TH",
        ):
            assert secret not in page, secret
    # In the whole province another agency may have published this number.
    assert all(hidden.code not in page for page in pages[:2])
    assert case.code in pages[0]
    assert case.code in pages[2]
    assert (
        ground.client.simulate_get(
            office.agency.url("voter_opinions.public_petition", code=hidden.code)
        ).status_code
        == 404
    )
    assert (
        ground.client.simulate_get(
            office.works.url("voter_opinions.public_petition", code=case.code)
        ).status_code
        == 404
    )


def test_what_is_taken_off_or_past_its_day_or_switched_off_is_gone(office, ground):
    case = published(office, until=today(office))
    url = office.agency.url("voter_opinions.public_petition", code=case.code)
    assert ground.client.simulate_get(url).status_code == 200
    office.sql("UPDATE voter_opinions.published SET until = until - 1 RETURNING id")
    assert ground.client.simulate_get(url).status_code == 404
    office.sql("UPDATE voter_opinions.published SET until = NULL RETURNING id")
    assert office.council.post("voter_opinions.withdraw", case_id=case.id).status_code == 403
    assert office.lan.post("voter_opinions.withdraw", case_id=case.id).status_code == 303
    assert ground.client.simulate_get(url).status_code == 404
    with office.agency.at_work():
        assert not Published.select().exists()


def test_nothing_is_published_before_it_was_answered_or_until_yesterday(office):
    case = office.record(LONG)
    form = {"version": "1", "said": "x", "text": "x", "until": ""}
    told = office.lan.post("voter_opinions.publish", form, case_id=case.id)
    assert told.status_code == 422
    assert "Chưa gửi trả lời cử tri" in told.text
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.answered(case)
    yesterday = today(office) - timedelta(days=1)
    assert "until" in refused(office.act, office.lan, case, "publish", said="x", text="x", until=yesterday)


# ---- Excel ----------------------------------------------------------------------------------------------------------


def workbook(office, session=None):
    page = office.lan.get("voter_opinions.session", session_id=(session or office.session).id).text
    form = dict(re.findall(r'name="(list|query)" value="([^"]*)"', page))
    made = office.lan.post("lists.export", {name: unescape(value) for name, value in form.items()})
    assert made.headers["content-type"].startswith("application/vnd.openxmlformats")
    return load_workbook(BytesIO(made.content))


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def numbers(sheet):
    """Return the lines of a sheet of numbers, without what is said under them."""
    return list(takewhile(any, cells(sheet)))


def test_the_report_of_a_session_says_the_same_on_the_page_and_in_excel(office):
    answered, late = (
        office.record(LONG),
        office.record('=HYPERLINK("x") đèn đường hỏng nhiều tháng nay chưa sửa', sector="security"),
    )
    office.split(answered)
    office.answered(answered, outcome="resolved")
    office.sql(
        "UPDATE casework.case_base SET due_at = now() - interval '3 days' WHERE id = %s RETURNING id", late.id
    )
    book = workbook(office)
    assert book.sheetnames == [
        "Theo lĩnh vực", "Theo thẩm quyền", "Theo cơ quan chủ trì", "Lời hứa chuyển sang", "Kỳ trước chưa trả lời", "Quá hạn chưa trả lời", "Mọi kiến nghị",
    ]  # fmt: skip
    head, *lines = numbers(book["Theo lĩnh vực"])
    assert head[:5] == ["Lĩnh vực", "Tổng số", "Xong", "Đang làm", "Giải trình"]
    by_sector = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert by_sector["Giao thông, xây dựng"]["Xong"] == 1
    answers = [(line["Đúng hạn"], line["Trễ hạn"]) for line in by_sector.values()]
    assert (sum(each == (1, 0) for each in answers), by_sector["Tất cả"]["Đúng hạn"]) == (2, 1)
    assert by_sector["An ninh, trật tự"]["Quá hạn"] == 1
    assert by_sector["Tất cả"]["Tổng số"] == 2
    by_lead = {line[0]: line[1] for line in numbers(book["Theo cơ quan chủ trì"])[1:]}
    assert by_lead[office.works.info.name] == 1
    by_level = {line[0]: line[1] for line in numbers(book["Theo thẩm quyền"])[1:]}
    assert by_level == {"Cấp tỉnh": 1, "Chưa phân loại": 1, "Tất cả": 2}
    under = [row[0] for row in cells(book["Theo thẩm quyền"])[5:]]
    assert under[:2] == [office.session.title, office.agency.info.name], (
        "a sheet that was printed says whose it is"
    )
    assert under[4:6] == ["Cách tính", "Tổng số"]
    (overdue,) = cells(book["Quá hạn chưa trả lời"])[1:]
    assert overdue[0].startswith(late.code)
    every = cells(book["Mọi kiến nghị"])
    assert len(every) == 3
    assert any("120/UBND-TH" in str(value) for value in every[1] + every[2]), (
        "by which document it was answered"
    )
    formula = next(
        cell
        for row in book["Mọi kiến nghị"].iter_rows()
        for cell in row
        if str(cell.value).startswith("=HYPER")
    )
    assert formula.data_type == "s", "what voters say is never computed"
    page = office.lan.get("voter_opinions.session", session_id=office.session.id).text
    for text in ("Theo thẩm quyền", office.works.info.name, late.code):
        assert text in page


def test_the_report_of_a_session_is_a_pdf_as_well(office):
    office.record(f"{LONG} \U0001f6a7")
    late = office.record("Đèn đường hỏng nhiều tháng nay chưa sửa #strong[x]")
    office.sql(
        "UPDATE casework.case_base SET due_at = now() - interval '3 days' WHERE id = %s RETURNING id", late.id
    )
    page = office.lan.get("voter_opinions.session", session_id=office.session.id).text
    assert office.agency.url("voter_opinions.session_pdf", session_id=office.session.id) in page
    made = office.lan.get("voter_opinions.session_pdf", session_id=office.session.id)
    assert made.headers["content-type"] == "application/pdf"
    said = " ".join(text_of(made.content).split())
    for text in (
        office.session.title,
        office.agency.info.name,
        "Theo thẩm quyền",
        "Cách tính",
        "#strong[x]",
        late.code,
    ):
        assert text in said
    assert "Không còn lời hứa nào của kỳ trước." in said
    assert office.hung.get("voter_opinions.session_pdf", session_id=office.session.id).status_code == 404


def test_excel_of_a_session_carries_what_earlier_ones_left_open(office):
    first = office.enter_session("Kỳ họp thứ 7", "1/12/2025", "3/12/2025")
    national = office.enter_session("Kỳ họp thứ 1, Quốc hội", "1/11/2025", "3/11/2025", body="national")
    kept, _day = promised(office, session_id=first.id)
    open_ = office.record(f"{LONG} kỳ trước", session_id=first.id)
    other = office.record(f"{LONG} của Quốc hội", session_id=national.id)
    book = workbook(office)
    assert [row[0].split()[0] for row in cells(book["Lời hứa chuyển sang"])[1:]] == [kept.code]
    left = [row[0].split()[0] for row in cells(book["Kỳ trước chưa trả lời"])[1:]]
    assert open_.code in left
    assert other.code not in left, "what the National Assembly waits for is not told to the council"
    theirs = {"list": "voter_opinions.workbook", "query": f"session={office.session.id}"}
    assert office.hung.post("lists.export", theirs).status_code == 404


def test_excel_of_a_long_session_is_made_by_a_job(office, monkeypatch):
    monkeypatch.setattr(lists, "EXPORT_AT_ONCE", 2)
    monkeypatch.setattr(lists, "ROWS_AT_ONCE", 2)
    codes = [office.record(f"{LONG} thôn {n}").code for n in range(5)]
    asked = {"list": "voter_opinions.workbook", "query": f"session={office.session.id}"}
    assert office.lan.post("lists.export", asked).headers["Location"].endswith("/exports")
    ((export_id,),) = office.sql("SELECT id FROM lists.export WHERE state = 'waiting'")
    with office.agency.in_background():
        lists.write_export(export_id)
    assert office.sql("SELECT state, count FROM lists.export") == [("done", 5)]
    page = office.lan.get("lists.exports").text
    assert "Kỳ họp thứ 8</th>" in page
    told = office.lan.get("notifications.centre").text
    assert "Danh sách “Kỳ họp thứ 8” đã xuất xong" in told
    ((name,),) = office.sql("SELECT name FROM files.file WHERE owner_module = 'lists'")
    assert name.startswith("Kỳ họp thứ 8 2")
    book = load_workbook(
        BytesIO(office.lan.follow(re.search(r'href="([^"]+/files?/[^"]+)"', page)[1]).content)
    )
    assert book.sheetnames[0] == "Theo lĩnh vực"
    assert sorted(row[0].split()[0] for row in cells(book["Mọi kiến nghị"])[1:]) == codes


def test_what_looks_personal_is_hidden_in_the_form_and_asked_about_before_it_is_published(office):
    case = office.record("Nhà ông Nguyễn Văn Bình, điện thoại 0912 345 678, bị ngập.")
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.answered(case)
    form = office.lan.get("voter_opinions.publish", case_id=case.id).text
    assert "chỗ giống thông tin cá nhân đã che sẵn" in form
    assert "Nhà ông [họ tên], điện thoại [số điện thoại], bị ngập." in form
    sent = {"version": office.stored(case).version, "said": case.text, "text": "Đã sửa.", "until": ""}
    again = office.lan.post("voter_opinions.publish", sent, case_id=case.id)
    assert again.status_code == 422
    assert "0912 345 678" in again.text
    assert "đã che sẵn" not in again.text, "what was sent is judged, not what the petition says"
    assert (
        office.lan.post("voter_opinions.publish", {**sent, "leave": "on"}, case_id=case.id).status_code == 303
    )
    named = "SELECT title FROM voter_opinions.published WHERE id = %s"
    ((title,),) = office.sql(named, case.id)
    assert "[họ tên]" in title
    assert office.lan.post("voter_opinions.publish", sent, case_id=case.id).status_code == 409
    sent["version"] = office.stored(case).version
    again = office.lan.post(
        "voter_opinions.publish",
        {**sent, "title": "Nhà 12 đường Tố Hữu", "said": "Ngập", "leave": ""},
        case_id=case.id,
    )
    assert (again.status_code, "12 đường Tố Hữu" in again.text) == (422, True)
    office.lan.post(
        "voter_opinions.publish", {**sent, "title": "Ngập ở thôn An Cựu", "leave": "on"}, case_id=case.id
    )
    assert office.sql(named, case.id) == [("Ngập ở thôn An Cựu",)]


def test_the_public_title_says_where_a_matter_is_and_hides_who_speaks_of_it(office):
    title = "Ông Nguyễn Văn Bình: điểm trường ở tổ dân phố 4, phường Vỹ Dạ thiếu nhà vệ sinh"
    told = "Ông [họ tên]: điểm trường ở tổ dân phố 4, phường Vỹ Dạ thiếu nhà vệ sinh"
    case = office.record(f"{title}.")
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.answered(case)
    form = office.lan.get("voter_opinions.publish", case_id=case.id).text
    assert f'value="{told}"' in form
    assert "3 chỗ giống thông tin cá nhân đã che sẵn" in form, (
        "of the title the name, of the text the place too"
    )
    office.act(office.lan, case, "publish", said="Thiếu nhà vệ sinh.", text="Sẽ xây.", leave=True)
    assert office.sql("SELECT title FROM voter_opinions.published WHERE id = %s", case.id) == [(told,)]


def test_the_form_that_publishes_proposes_the_whole_first_sentence_where_the_title_was_cut(office):
    sentence = f"Đề nghị {'sửa chữa mặt đường liên thôn ' * 5}và cống thoát nước"
    case = office.record(f"{sentence}. Dân đã phản ánh nhiều lần.")
    assert case.title.endswith("…")
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.answered(case)
    form = office.lan.get("voter_opinions.publish", case_id=case.id).text
    assert f'value="{" ".join(sentence.split())}"' in form
