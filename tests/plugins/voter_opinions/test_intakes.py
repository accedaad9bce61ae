"""Files of petitions: what is wrong is shown and can be corrected, what repeats is joined, and nothing is recorded twice."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest

from core.api import current_time, format_date
from core.db import db
from core.web.errors import Forbidden, Invalid
from core.web.uploads import Upload
from plugins.casework import api as casework
from plugins.casework.api import Case, agency_day
from plugins.files import services
from plugins.files.api import SentFiles
from plugins.files.models import File
from plugins.voter_opinions import intakes, jobs, queries
from plugins.voter_opinions.kinds import HANDLE
from plugins.voter_opinions.models import IntakeRow, Origin, Petition
from plugins.voter_opinions.reading import MOST_ROWS
from tests.plugins.casework.test_opening import counted
from tests.plugins.voter_opinions.test_reading import DAMAGED, HEAD, TCVN3_TEXT, excel
from tests.support.racing import overtaken

TEXTS = (
    "Đề nghị nâng cấp đường liên thôn Quê Chữ đi Nghĩa Lộ vì hư hỏng nặng sau lũ",
    "Bổ sung đèn tín hiệu nút giao Hùng Vương và Đống Đa, học sinh qua đường nguy hiểm",
    "Hỗ trợ giống và thức ăn khôi phục nuôi cá lồng trên phá Tam Giang sau bão",
)


@pytest.fixture
def desk(office):
    return Desk(office)


class Desk:
    """Somebody who brings files of petitions."""

    def __init__(self, office):
        self.office = office

    def take(self, *rows, file=None, **given):
        content = (file or excel(HEAD, *rows)).getvalue()
        kind = "docx" if b"word/document.xml" in content else "xlsx"
        upload = Upload(f"tong-hop.{kind}", len(content), BytesIO(content))
        said = {
            "id": uuid4(), "session_id": self.office.session.id, "meeting_id": None, "source": "delegation", "received_on": None,
            "files": SentFiles("files", uploads=(upload,)), **given,
        }  # fmt: skip
        with self.office.lan.working() as ctx:
            return intakes.take_file(ctx, said)

    def rows(self, of):
        with self.office.agency.at_work():
            return list(IntakeRow.select().where(IntakeRow.intake_id == of.id).order_by(IntakeRow.number))

    def states(self, of):
        return [each.state for each in self.rows(of)]

    def record(self, of, alike=""):
        with self.office.lan.working() as ctx:
            return intakes.record_all(ctx, of.id, alike=alike)

    def texts(self):
        with self.office.agency.at_work():
            return sorted(each.text for each in Origin.select())


def row(content, place="Xã Phú Hồ", day="20/6/2026", number=1):
    return (number, place, content, "Giao thông", day)


def test_what_is_wrong_is_shown_and_can_be_corrected_and_the_rest_is_recorded(desk):
    with desk.office.agency.at_work():
        tomorrow = agency_day() + timedelta(days=1)
    of = desk.take(
        row(TEXTS[0]), row(TEXTS[1], day="31/2/2026"), row(TEXTS[2], day=f"{tomorrow:%d/%m/%Y}"), row("")
    )
    assert desk.states(of) == ["ready", "wrong", "wrong", "wrong"]
    lan = desk.office.lan
    page = lan.get("voter_opinions.intake", intake_id=of.id).text
    for text in (
        "Ngày chưa đúng, ví dụ 14/9/2026.",
        "Ngày này chưa tới.",
        "Chưa nhập.",
        "Cần sửa 3",
        "Ghi 1 dòng",
        "1 dòng thành kiến nghị đã quá hạn trả lời ngay khi ghi",
    ):
        assert text in page
    assert lan.post("voter_opinions.intake_record", intake_id=of.id).status_code == 303
    assert desk.texts() == [TEXTS[0]]
    wrong = desk.rows(of)[1]
    form = lan.get("voter_opinions.row", query={"row": wrong.id}).text
    assert "31/2/2026" in form
    assert "Dòng 3 của tệp “tong-hop.xlsx”" in form
    own = desk.office.agency.url("voter_opinions.intake", intake_id=of.id)
    assert f'name="lt_leave" value="{own}?state=wrong"' in form, "whoever leaves comes back to the file"
    said = {
        "id": wrong.id,
        "content": TEXTS[1],
        "sector": "transport",
        "locality": "Xã Phú Hồ",
        "received": "31/2/2026",
        "way": "record",
    }
    again = lan.post("voter_opinions.row", said)
    assert again.status_code == 422
    assert TEXTS[1] in again.text
    done = lan.post("voter_opinions.row", {**said, "received": "20/6/2026"})
    assert done.headers["location"] == f"{own}?state=wrong", "the next one stands there"
    desk.record(of)
    desk.record(of)
    assert desk.texts() == sorted(TEXTS[:2])
    assert desk.states(of) == ["recorded", "recorded", "wrong", "wrong"]


def test_days_are_shown_as_they_were_understood_and_recent_ones_bring_no_warning(desk):
    with desk.office.agency.at_work():
        today = agency_day()
    of = desk.take(row(TEXTS[0], day=f"{today:%Y-%m-%d}"), (9, None, None, None, None))
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id, query={"state": "ready"}).text
    assert f"nhận {format_date(today, year=True)}" in page
    assert "đã quá hạn trả lời ngay khi ghi" not in page
    assert "Cần sửa 1" in page, "a number without a text is a petition that somebody forgot to type"


def test_a_file_that_cannot_be_read_leads_to_another_one(desk):
    of = desk.take(file=excel(("Không có gì",)))
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Không thấy bảng" in page
    assert "Chọn tệp khác" in page


def test_rows_that_repeat_are_joined_and_rows_that_are_alike_wait_for_somebody(desk):
    earlier = desk.office.record(TEXTS[0])
    of = desk.take(
        row(TEXTS[0]), row(TEXTS[1]), row(TEXTS[1], place="Xã Nam Đông"), row(f"{TEXTS[0]} năm ngoái, đi lại nguy hiểm"), row(TEXTS[2])
    )  # fmt: skip
    assert desk.states(of) == ["same", "ready", "same", "alike", "ready"]
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id, query={"state": "same"}).text
    assert earlier.code in page
    assert "dòng 3" in page
    desk.record(of)
    assert desk.states(of) == ["recorded", "recorded", "recorded", "alike", "recorded"]
    desk.record(of, alike="same")
    assert desk.states(of) == ["recorded", "recorded", "recorded", "same", "recorded"], (
        "decided, not recorded yet"
    )
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Ghi 1 dòng" in page
    desk.record(of)
    with desk.office.agency.at_work():
        assert Petition.select().count() == 3
        assert Origin.select().count() == 6
        assert len(queries.origins(earlier.id)) == 3
    joined = desk.rows(of)[2]
    link = desk.office.lan.get("voter_opinions.intake", intake_id=of.id, query={"state": "recorded"}).text
    with desk.office.agency.at_work():
        assert str(queries.petition_of(joined.id)) in link


def test_the_same_rows_in_another_workbook_are_told_before_anything_is_recorded(desk):
    lan = desk.office.lan
    first = desk.take(row(TEXTS[0]), row(TEXTS[1]), row(TEXTS[2], day="31/2/2026", place="Xã Vinh Thanh"))
    page = lan.get("voter_opinions.intake", intake_id=first.id).text
    assert "dòng trùng" not in page
    typed = date(2026, 6, 20)
    again = desk.take(
        (7, "XÃ PHÚ HỒ", f" {TEXTS[0]} ", "Giao thông", typed), row(TEXTS[1], day="2026-06-20"),
        row(TEXTS[2], day="31/2/2026", place="Xã Vinh Thanh"), row("Xây cầu mới qua sông Bồ thay cầu tạm đã mục", number=9),
    )  # fmt: skip
    page = unescape(lan.get("voter_opinions.intake", intake_id=again.id).text)
    assert re.search(r"Bảng này giống lần nhập “tong-hop.xlsx” lúc [^(]+\(3/4 dòng trùng\)\.", page)
    assert f"/voter_opinions/intakes/{first.id}" in page
    assert desk.texts() == []
    assert lan.post("voter_opinions.intake_record", {"alike": "left"}, intake_id=again.id).status_code == 303
    assert desk.texts() == []
    # What nobody could record of the first file is not left out of the second.
    assert desk.states(again) == ["left", "left", "wrong", "ready"]
    desk.record(first)
    desk.record(again)
    assert "dòng trùng" in lan.get("voter_opinions.intake", intake_id=again.id).text, (
        "a row is to be corrected"
    )
    assert desk.texts() == sorted([*TEXTS[:2], "Xây cầu mới qua sông Bồ thay cầu tạm đã mục"])
    other = desk.take(*(row(f"{uuid4()} {uuid4()}") for _each in range(9)), row(TEXTS[0]))
    assert "dòng trùng" not in lan.get("voter_opinions.intake", intake_id=other.id).text, "one in ten"


def test_the_text_of_an_old_font_is_kept_beside_what_it_meant(desk):
    of = desk.take(file=excel(("§Þa bµn", "Néi dung kiÕn nghÞ"), ("X· Phó Hå", TCVN3_TEXT)))
    desk.record(of)
    (kept,) = desk.rows(of)
    with desk.office.agency.at_work():
        origin = Origin.get_by_id(kept.id)
    assert (origin.text, origin.locality) == ("Đề nghị nâng cấp đường liên thôn", "Xã Phú Hồ")
    assert TCVN3_TEXT in origin.raw
    assert "n©ng cÊp" in desk.office.lan.get("voter_opinions.petition", case_id=kept.id).text


def test_a_long_file_is_read_and_recorded_by_jobs_and_a_job_that_runs_again_does_no_harm(desk, monkeypatch):
    monkeypatch.setattr(intakes, "READ_AT_ONCE", 0)
    monkeypatch.setattr(intakes, "RECORDED_AT_ONCE", 4)
    of = desk.take(*(row(f"{TEXTS[0]} {uuid4()} {uuid4()} {uuid4()} {uuid4()} {uuid4()}") for _n in range(9)))
    assert of.state == "reading"
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Đang đọc tệp" in page
    real, calls = intakes._judged, []

    def cut_off(*given):
        for number, each in enumerate(real(*given)):
            if number == 5 and not calls:
                calls.append(1)
                raise RuntimeError("killed")
            yield each

    monkeypatch.setattr(intakes, "_judged", cut_off)
    monkeypatch.setattr(intakes, "PORTION", 2)
    with desk.office.agency.in_background(), pytest.raises(RuntimeError):
        jobs.read(str(of.id))
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Đã đọc 4 dòng" in page
    assert 'hx-trigger="every 2s"' in page, "it tells by itself how far it is"
    with desk.office.agency.in_background():
        jobs.read(str(of.id))
    assert "every 2s" not in desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert desk.states(of).count("ready") + desk.states(of).count("alike") == 9
    assert desk.record(of, alike="ready").state == "ready"
    assert desk.record(of).state == "recording"
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Đã ghi 0 trên 9 dòng" in page
    assert 'max="9"' in page
    with desk.office.agency.in_background():
        jobs.record(str(of.id))
        jobs.record(str(of.id))
    assert desk.states(of) == ["recorded"] * 9
    assert len(desk.texts()) == 9


def test_a_row_that_cannot_be_recorded_keeps_none_of_its_portion_back(desk):
    of = desk.take(row(TEXTS[0]), row(TEXTS[1]), row(TEXTS[2]), row(TEXTS[2], place="Xã Nam Đông"))
    bad = desk.rows(of)[1]
    with desk.office.agency.at_work():
        tomorrow = agency_day() + timedelta(days=1)
        IntakeRow.update(received=f"{tomorrow:%d/%m/%Y}").where(IntakeRow.id == bad.id).execute()
    desk.record(of)
    assert desk.states(of) == ["recorded", "wrong", "recorded", "recorded"]
    assert desk.texts() == sorted([TEXTS[0], TEXTS[2], TEXTS[2]])


def test_rows_that_were_recorded_before_their_portion_was_cut_off_are_not_recorded_twice(desk):
    of = desk.take(row(TEXTS[0]), row(TEXTS[1]))
    desk.record(of)
    with desk.office.agency.at_work():
        IntakeRow.update(state="ready").where(IntakeRow.intake_id == of.id).execute()
    desk.record(of)
    assert desk.states(of) == ["recorded"] * 2
    assert desk.texts() == sorted(TEXTS[:2])


def test_rows_are_recorded_by_as_many_statements_as_one(desk, monkeypatch):
    def statements(*texts):
        of = desk.take(*(row(text) for text in texts))
        number = counted(monkeypatch, lambda: desk.record(of))
        assert desk.states(of) == ["recorded"] * len(texts)
        return number

    statements(TEXTS[0])  # what is planned once by a connection is planned now
    one = statements(TEXTS[1])
    assert statements(*(f"{uuid4()} {uuid4()} {uuid4()}" for _n in range(25))) <= one + 2


def test_rows_that_repeat_are_counted_by_as_many_statements_as_one_and_each_place_is_a_word_once(
    desk, monkeypatch
):
    first = desk.take(row(TEXTS[0]))
    desk.record(first)

    def statements(*places):
        of = desk.take(*(row(TEXTS[0], place=place, number=at) for at, place in enumerate(places, 2)))
        number = counted(monkeypatch, lambda: desk.record(of))
        assert desk.states(of) == ["recorded"] * len(places)
        return number

    statements("Xã Phú Hồ")
    one = statements("Xã Nam Đông")
    assert statements(*["Xã Phú Hồ", "Xã Vinh Thanh"] * 12) <= one + 2
    with desk.office.agency.at_work():
        (petition,) = Petition.select()
        found = casework.case(petition.id).folded.split()
        assert Origin.select().where(Origin.petition_id == petition.id).count() == 1 + 1 + 1 + 24
    assert [found.count(each) for each in ("dong", "vinh")] == [1, 1]


def test_what_repeats_a_petition_that_is_none_any_more_waits_for_somebody(desk):
    desk.record(desk.take(row(TEXTS[0])))
    of = desk.take(row(TEXTS[0]), row(TEXTS[1]))
    with desk.office.agency.at_work():
        (petition,) = Petition.select()
        Case.update(state="taken_out").where(Case.id == petition.id).execute()
    desk.record(of)
    assert desk.states(of) == ["wrong", "recorded"]
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id, query={"state": "wrong"}).text
    assert "Không gộp được vào kiến nghị mà dòng này giống." in page


def test_twenty_thousand_rows_are_read_with_their_duplicates_and_dates_of_three_kinds(desk):
    days = ("20/6/2026", "2026-06-20", "ngày 20 tháng 6 năm 2026")
    texts = [f"{uuid4()} {uuid4()} {uuid4()}" for _n in range(MOST_ROWS)]
    texts[100::100] = texts[99::100][:-1]  # each hundredth one repeats the one before it
    of = desk.take(*(row(text, day=days[at % 3], number=at) for at, text in enumerate(texts)))
    assert of.state == "reading"
    with desk.office.agency.in_background():
        jobs.read(str(of.id))
    with desk.office.agency.at_work():
        assert intakes.counts(of.id) == {"ready": MOST_ROWS - 199, "same": 199}
        assert intakes.intake(of.id).state == "ready"
        kept = IntakeRow.select(IntakeRow.received).where(IntakeRow.intake_id == of.id).distinct().tuples()
        assert {each for (each,) in kept} == {"20/6/2026", "2026-06-20"}
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert f"Ghi {MOST_ROWS} dòng" in page
    assert page.count("<article") + page.count("<tr") <= 3 * intakes.PAGE


def test_a_file_that_is_no_table_is_told_and_stays_what_it_was(desk):
    of = desk.take(file=excel(("Họ tên", "Điện thoại"), ("A", "B")))
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert of.state == "failed"
    assert "Không thấy bảng" in page
    with pytest.raises(Invalid) as refused:
        desk.take(file=BytesIO(b"%PDF-1.4 x"))
    assert "files" in refused.value.errors


def test_others_reach_neither_the_file_nor_its_rows(desk):
    of = desk.take(row(TEXTS[0]))
    kept = desk.rows(of)[0]
    stranger = desk.office.works.officer("voter_opinions.compiler")
    assert desk.office.hung.get("voter_opinions.intakes").status_code == 403
    assert stranger.get("voter_opinions.intake", intake_id=of.id).status_code == 404
    assert stranger.get("voter_opinions.row", query={"row": kept.id}).status_code == 404
    address = re.search(
        r'href="([^"]+/files?/[^"]+)"', desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    )[1]
    assert desk.office.lan.follow(address).status_code == 200
    assert desk.office.council.follow(address).status_code in (403, 404)
    assert desk.office.council.get("voter_opinions.intakes").status_code == 403


# ---- what was taken out ----------------------------------------------------------------------------------------------

SECRET = "Tôi tố cáo ông Trưởng thôn Quê Chữ nhận tiền hỗ trợ bão lụt của dân"


def test_what_was_taken_out_is_hidden_in_its_file_from_whoever_may_not_read_it(desk):
    office = desk.office
    of = desk.take(row(SECRET), row(TEXTS[1]))
    first, other = desk.rows(of)
    colleague = office.agency.officer("voter_opinions.compiler", name="Đặng Minh Tuấn")
    page = colleague.get("voter_opinions.intake", intake_id=of.id).text
    assert SECRET in page
    address = re.search(r'href="([^"]+/files?/[^"]+)"', page)[1]
    assert colleague.follow(address).status_code == 200
    desk.record(of)
    office.act(office.lan, first, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    page = colleague.get("voter_opinions.intake", intake_id=of.id, query={"state": "recorded"}).text
    assert "Trưởng thôn" not in page
    for told in ("Tố cáo: nội dung hạn chế", "chỉ ai được xem mọi tố cáo trong tệp mới mở được", TEXTS[1]):
        assert told in page
    assert not re.search(r'href="[^"]+/files?/[^"]+"', page)
    assert colleague.follow(address).status_code in (403, 404)
    shut = colleague.get("voter_opinions.row", query={"row": first.id})
    assert shut.status_code == 403
    assert "Trưởng thôn" not in shut.text
    assert colleague.get("voter_opinions.row", query={"row": other.id}).status_code == 200
    for seer in (office.lan, office.leader):
        assert SECRET in seer.get("voter_opinions.intake", intake_id=of.id, query={"state": "recorded"}).text
        assert seer.follow(address).status_code == 200


def test_a_row_like_what_was_taken_out_is_read_by_who_brought_it_alone(desk):
    office = desk.office
    case = office.record(SECRET, by=office.leader)
    office.act(office.leader, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    of = desk.take(row(SECRET))
    colleague = office.agency.officer("voter_opinions.compiler", name="Đặng Minh Tuấn")
    page = colleague.get("voter_opinions.intake", intake_id=of.id).text
    assert "Trưởng thôn" not in page
    assert colleague.post("voter_opinions.row", {**said(desk.rows(of)[0]), "way": "leave"}).status_code == 403
    assert SECRET in office.lan.get("voter_opinions.intake", intake_id=of.id).text


# ---- brought twice ----------------------------------------------------------------------------------------------------


def test_a_file_that_was_brought_already_leads_to_the_first_time_and_counts_nobody_twice(desk):
    file = excel(HEAD, row(TEXTS[0]), row(TEXTS[1]))
    of = desk.take(file=file)
    desk.record(of)
    form = {
        "id": uuid4(),
        "session_id": desk.office.session.id,
        "source": "delegation",
        "csrf_token": desk.office.leader.csrf_token,
    }
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    ]
    parts.append('--xx\r\nContent-Disposition: form-data; name="files"; filename="lan-hai.xlsx"\r\n\r\n')
    body = "".join(parts).encode() + file.getvalue() + b"\r\n--xx--\r\n"
    url = desk.office.agency.url("voter_opinions.intakes")
    again = desk.office.leader._send("POST", url, body=body, content_type="multipart/form-data; boundary=xx")
    assert again.status_code == 303
    assert str(of.id) in again.headers["location"]
    with pytest.raises(intakes.TakenBefore):
        desk.take(file=file)
    with desk.office.agency.at_work():
        assert intakes.Intake.select().count() == 1
        assert Origin.select().count() == 2
    bad = excel(("Không có gì",))
    assert [desk.take(file=bad).state for _each in range(2)] == ["failed", "failed"], "it may be tried again"


@pytest.mark.parametrize("large", [False, True])
def test_a_damaged_file_is_told_and_may_be_brought_again(desk, monkeypatch, large):
    monkeypatch.setattr(intakes, "READ_AT_ONCE", 0 if large else 150_000)
    for content in DAMAGED:
        of = desk.take(file=BytesIO(content), id=uuid4())
        if large:
            with desk.office.agency.in_background():
                jobs.read(str(of.id))
        page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
        assert "Tệp hỏng, không mở được." in page
        assert "Chọn tệp khác" in page


def test_a_file_that_is_read_for_hours_may_be_brought_again(desk, monkeypatch):
    monkeypatch.setattr(intakes, "READ_AT_ONCE", 0)
    file, lan = excel(HEAD, row(TEXTS[0])), desk.office.lan
    of = desk.take(file=file)
    assert "Chọn tệp khác" not in lan.get("voter_opinions.intake", intake_id=of.id).text
    with pytest.raises(intakes.TakenBefore):
        desk.take(file=file)
    with desk.office.agency.at_work():
        intakes.Intake.update(made_at=current_time() - timedelta(minutes=61)).execute()
    page = lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Sau một giờ vẫn chưa đọc xong." in page
    assert "Chọn tệp khác" in page
    assert desk.take(file=file).id != of.id
    with pytest.raises(intakes.TakenBefore):
        desk.take(file=file)


def test_a_file_waits_for_the_scanner_and_is_not_read_once_it_is_found_bad(desk, monkeypatch):
    monkeypatch.setattr(services, "_scan", lambda *_args, **_more: "held")
    of, bad = desk.take(row(TEXTS[0])), desk.take(row(TEXTS[1]))
    assert (of.state, bad.state) == ("reading", "reading")
    with desk.office.agency.in_background():
        jobs.read(str(of.id))
    with desk.office.agency.at_work():
        intakes.Intake.update(made_at=current_time() - timedelta(minutes=61)).execute()
        assert not intakes.is_stuck(intakes.intake(of.id)), "it is not brought again"
        waiting = "SELECT scheduled_at > now() FROM jobs.procrastinate_jobs WHERE args::text LIKE %s AND scheduled_at IS NOT NULL"
        assert db.execute_sql(waiting, (f"%{of.id}%",)).fetchall() == [(True,)]
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    assert "Tệp chờ quét mã độc, quét xong sẽ tự đọc." in page
    assert "Chọn tệp khác" not in page
    with desk.office.agency.at_work():
        File.update(state="ready").where(File.id == of.file_id).execute()
        File.update(state="infected").where(File.id == bad.file_id).execute()
    with desk.office.agency.in_background():
        jobs.read(str(of.id))
        jobs.read(str(bad.id))
    assert (desk.states(of), desk.states(bad)) == (["ready"], [])
    page = desk.office.lan.get("voter_opinions.intake", intake_id=bad.id).text
    assert "Tệp có mã độc nên bị khoá." in page
    assert "Chọn tệp khác" in page


# ---- judged again ----------------------------------------------------------------------------------------------------


def said(of, **given):
    """Return what the form of a row says."""
    kept = {name: getattr(of, name) for name in ("id", "content", "locality", "sector")}
    return {**kept, "received": "20/6/2026", "way": "record", **given}


def test_a_corrected_row_is_compared_with_petitions_and_with_the_rows_above_it(desk):
    desk.office.record(TEXTS[2])
    of = desk.take(
        row(TEXTS[0]), row(TEXTS[0], day="31/2/2026"), row(f"{TEXTS[2]} năm ngoái", day="?"), row(TEXTS[1])
    )
    assert desk.states(of) == ["ready", "wrong", "wrong", "ready"]
    lan, (first, second, third, last) = desk.office.lan, desk.rows(of)
    sent = lan.post("voter_opinions.row", said(second))
    assert sent.headers["location"].endswith("state=wrong"), "one is left"
    assert (
        "Giống 100 %: dòng 2"
        in lan.get("voter_opinions.intake", intake_id=of.id, query={"state": "same"}).text
    )
    lan.post("voter_opinions.row", said(third))
    lan.post("voter_opinions.row", said(last, content=f"{TEXTS[0]} nhé"))
    assert desk.states(of) == ["ready", "same", "alike", "alike"]
    assert desk.rows(of)[1].into_id == first.id
    for each in (third, last):  # somebody was asked, and says so
        lan.post("voter_opinions.row", said(desk.rows(of)[each.number - first.number]))
    assert desk.states(of) == ["ready", "same", "ready", "ready"]
    desk.record(of)
    with desk.office.agency.at_work():
        assert Petition.select().count() == 4
        assert Origin.select().count() == 5


def test_rows_below_one_that_says_something_else_are_judged_again(desk):
    of = desk.take(row(TEXTS[0], day="?"), row(TEXTS[0]), row(TEXTS[1]), row(TEXTS[1]), row(TEXTS[1]))
    assert desk.states(of) == ["wrong", "ready", "ready", "same", "same"]
    lan, (first, _second, third, fourth, _fifth) = desk.office.lan, desk.rows(of)
    lan.post("voter_opinions.row", said(first))
    assert desk.states(of) == ["ready", "same", "ready", "same", "same"]
    lan.post("voter_opinions.row", said(third, way="leave"))
    assert desk.states(of) == ["ready", "same", "left", "ready", "same"]
    assert desk.rows(of)[4].into_id == fourth.id
    lan.post("voter_opinions.row", said(third))
    assert desk.states(of)[2] == "ready"
    lan.post("voter_opinions.row", said(first, content=TEXTS[2]))
    assert desk.states(of)[:2] == ["ready", "ready"]


def test_a_row_without_a_text_can_be_left_out_and_nothing_else(desk):
    of = desk.take(row(""), row(TEXTS[0]))
    lan, empty = desk.office.lan, desk.rows(of)[0]
    for way in ("record", "join"):
        refused = lan.post("voter_opinions.row", said(empty, way=way))
        assert (refused.status_code, "Chưa nhập." in refused.text) == (422, True)
    assert lan.post("voter_opinions.row", said(empty, way="leave", received="")).status_code == 303
    assert desk.states(of) == ["left", "ready"]
    assert lan.post("voter_opinions.row", said(empty)).status_code == 422, "asked for again after that"


def test_what_is_wrong_is_told_with_the_name_of_the_field(desk):
    of = desk.take(row(""), row(TEXTS[0], day="31/2/2026"))
    page = desk.office.lan.get("voter_opinions.intake", intake_id=of.id).text
    for told in ("Nội dung ý kiến, kiến nghị: Chưa nhập.", "Ngày nhận: Ngày chưa đúng, ví dụ 14/9/2026."):
        assert told in page


def test_correcting_a_row_marks_its_own_text_and_no_other(desk, monkeypatch):
    desk.office.record(TEXTS[2])
    of = desk.take(row(TEXTS[0]), row(TEXTS[1]), row(TEXTS[1]), row(f"{TEXTS[2]} năm ngoái"))
    marked, plain = [], queries.marks
    monkeypatch.setattr(queries, "marks", lambda text: (marked.append(text), plain(text))[1])
    with desk.office.lan.working() as ctx:
        intakes.fix_row(ctx, said(desk.rows(of)[1], content=TEXTS[0], received=None))
    assert marked == [TEXTS[0]]
    assert desk.states(of) == ["ready", "same", "ready", "alike"]


def test_rows_that_were_read_before_rows_kept_their_marks_are_compared_all_the_same(desk):
    of = desk.take(row(TEXTS[0]), row(TEXTS[1]), row(TEXTS[1]), row(TEXTS[2]))
    with desk.office.agency.at_work():
        IntakeRow.update(marks=[]).where(IntakeRow.intake_id == of.id).execute()
    desk.office.lan.post("voter_opinions.row", said(desk.rows(of)[1], content=TEXTS[2]))
    assert desk.states(of) == ["ready", "ready", "ready", "same"]
    desk.office.lan.post("voter_opinions.row", said(desk.rows(of)[1], content=TEXTS[0]))
    assert desk.states(of) == ["ready", "same", "ready", "ready"]


def test_a_row_that_is_recorded_at_this_moment_is_not_corrected_any_more(desk):
    of = desk.take(row(TEXTS[0]))
    kept, lan = desk.rows(of)[0], desk.office.lan
    correction = said(kept, content=TEXTS[1], received=None)
    refused = overtaken(
        (lan, lambda ctx: intakes.record_all(ctx, of.id)), (lan, lambda ctx: intakes.fix_row(ctx, correction))
    )
    assert isinstance(refused, Invalid)
    assert [each.content for each in desk.rows(of)] == desk.texts() == [TEXTS[0]]


def test_two_rows_that_are_corrected_to_the_same_at_once_make_one_petition(desk):
    of = desk.take(row(TEXTS[0]), row(TEXTS[1]))
    lan, corrections = (
        desk.office.lan,
        [said(each, content=TEXTS[2], received=None) for each in desk.rows(of)],
    )
    overtaken(*((lan, lambda ctx, each=each: intakes.fix_row(ctx, each)) for each in corrections))
    assert desk.states(of) == ["ready", "same"]


def test_nothing_is_decided_about_rows_while_they_are_recorded(desk, monkeypatch):
    monkeypatch.setattr(intakes, "RECORDED_AT_ONCE", 0)
    desk.office.record(TEXTS[0])
    of = desk.take(row(f"{TEXTS[0]} năm ngoái, đi lại nguy hiểm"), row(TEXTS[1]))
    assert desk.record(of).state == "recording"
    assert desk.record(of, alike="same").state == "recording"
    assert desk.states(of) == ["alike", "ready"]
    with desk.office.agency.in_background():
        jobs.record(str(of.id))
    desk.record(of, alike="same")
    assert desk.states(of) == ["same", "recorded"]


def test_a_file_whose_recording_lost_the_right_to_it_can_be_recorded_by_others(desk, monkeypatch):
    monkeypatch.setattr(intakes, "RECORDED_AT_ONCE", 0)
    of, plain = desk.take(row(TEXTS[0]), row(TEXTS[1])), intakes.person_context

    def without(ctx):
        return replace(ctx, permissions=ctx.permissions - {HANDLE})

    with desk.office.lan.working() as ctx, pytest.raises(Forbidden):
        intakes.record_all(without(ctx), of.id)
    assert desk.record(of).state == "recording"
    monkeypatch.setattr(intakes, "person_context", lambda person_id: without(plain(person_id)))
    with desk.office.agency.in_background():
        jobs.record(str(of.id))
    with desk.office.agency.at_work():
        assert intakes.intake(of.id).state == "ready"
    assert desk.states(of) == ["ready", "ready"]


def test_a_row_that_is_too_long_is_shown_by_its_beginning_and_can_be_left_out(desk):
    of = desk.take(row("Đề nghị sửa đường. " * 1_200))
    (long,) = desk.rows(of)
    lan, own = desk.office.lan, {"intake_id": of.id}
    shown = lan.get("voter_opinions.intake", **own).text
    assert (long.state, shown.count("Đề nghị sửa đường") < 60, "Dài quá 20000 ký tự" in shown) == (
        "wrong",
        True,
        True,
    )
    kept = said(long)
    assert "Dài quá 20000 ký tự" in lan.post("voter_opinions.row", {**kept, "way": "record"}).text
    assert lan.post("voter_opinions.row", {**kept, "way": "leave"}).status_code == 303
    assert desk.states(of) == ["left"]
    assert "Dài quá 20000 ký tự" in lan.post("voter_opinions.row", {**kept, "way": "record"}).text
