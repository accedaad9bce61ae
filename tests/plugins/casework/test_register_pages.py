"""The pages, the API and the command of registers, as officers, keepers and operators use them."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest
from click.testing import CliRunner

from core.db import db
from core.web.request import TOAST_COOKIE
from plugins.casework.api import Subject, take_number
from plugins.casework.registers import queries
from plugins.casework.registers.books import INCOMING, OUTGOING
from tenants.upkeep.command_line import main
from tests.tenants.pages import counted_statements

SENT = {"symbol": "UBND-KT", "title": "Công văn về rà soát hộ kinh doanh", "c_recipients": "Sở Tài chính"}


@pytest.fixture
def clerk(agency):
    return agency.officer("casework.register_keeper")


def take(agency, title: str = "Thông báo lịch tiếp công dân", at: datetime | None = None):
    with agency.at_work():
        return take_number(INCOMING.key, Subject("casework.letter", uuid4()), title=title, at=at)


def test_a_document_is_entered_once_however_often_the_form_is_sent(agency, clerk):
    form = {**SENT, "id": str(uuid4())}
    page = clerk.get("casework.register_new", book=OUTGOING.key).text
    assert "Đây là số đầu tiên" in page
    first, second = (clerk.post("casework.register_new", form, book=OUTGOING.key) for _each in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert "01/UBND-KT" in clerk.follow(first.headers["location"]).text
    assert "số gần nhất là 1" in clerk.get("casework.register_new", book=OUTGOING.key).text


@pytest.mark.parametrize(("book", "symbol"), [(INCOMING, ""), (OUTGOING, "UBND-KT")])
def test_both_books_take_entries_by_hand_with_all_their_columns(agency, clerk, book, symbol):
    columns = {f"c_{key}": f"Nội dung {key}" for key, _title in book.columns}
    form = {"id": str(uuid4()), "title": "Công văn về kê khai", "symbol": symbol, **columns}
    answer = clerk.post("casework.register_new", form, book=book.key)
    assert answer.status_code == 303
    page = clerk.follow(answer.headers["location"]).text
    assert all(text in page for text in columns.values())


@pytest.mark.parametrize("other", [{"title": "Văn bản khác"}, {"c_note": "Khác"}, {"symbol": "SKHAC"}])
def test_a_form_that_was_entered_takes_no_other_document(agency, clerk, other):
    form = {**SENT, "id": str(uuid4())}
    clerk.post("casework.register_new", form, book=OUTGOING.key)
    answer = clerk.post("casework.register_new", {**form, **other}, book=OUTGOING.key)
    assert answer.status_code == 422
    assert "Mẫu này đã vào sổ, số 01/UBND-KT, với nội dung khác" in answer.text


def test_a_form_with_errors_keeps_what_was_typed_and_takes_no_number(agency, clerk):
    answer = clerk.post(
        "casework.register_new", {**SENT, "symbol": "", "id": str(uuid4())}, book=OUTGOING.key
    )
    assert answer.status_code == 422
    assert "Chưa nhập ký hiệu" in answer.text
    assert "Sở Tài chính" in answer.text
    with agency.at_work():
        assert queries.year(OUTGOING.key, queries.agency_day().year) is None


def test_all_that_is_wrong_with_an_entry_or_a_format_is_told_at_once(agency, clerk):
    entry = {"id": str(uuid4()), "title": "", "symbol": "", "c_note": "x" * 301}
    answer = clerk.post("casework.register_new", entry, book=OUTGOING.key)
    assert set(re.findall(r'href="#f-(\w+)"', answer.text)) == {"title", "symbol", "c_note"}
    assert "Chưa nhập ký hiệu" in answer.text
    form = {"format": "{tháng}", "digits": "", "valid_from": "1/7/2025", "ground": ""}
    answer = clerk.post("casework.register_format", form, book=INCOMING.key)
    assert set(re.findall(r'href="#f-(\w+)"', answer.text)) == set(form)


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"year": "2019", "paper_last": "417", "ground": " "}, "year ground"),
        ({"year": "2019", "paper_last": "x", "ground": "x" * 301}, "year paper_last ground"),
        ({"year": "", "paper_last": "417", "ground": ""}, "year ground"),
    ],
)
def test_all_that_is_wrong_with_opening_a_year_is_told_at_once(clerk, form, fields):
    answer = clerk.post("casework.register_open", form, book=INCOMING.key)
    assert (answer.status_code, set(re.findall(r'href="#f-(\w+)"', answer.text))) == (
        422,
        set(fields.split()),
    )


def test_the_list_is_searched_without_accents_and_shows_void_numbers_struck_through(agency, clerk):
    entry = take(agency)
    take(agency, "Giấy mời họp")
    void = clerk.post("casework.register_void", {"reason": ""}, entry_id=entry.id)
    assert void.status_code == 422
    void = clerk.post("casework.register_void", {"reason": "Vào sổ hai lần"}, entry_id=entry.id)
    assert void.status_code == 303
    for again in (
        clerk.get("casework.register_void", entry_id=entry.id),
        clerk.post("casework.register_void", {"reason": "Lần nữa"}, entry_id=entry.id),
    ):
        assert again.status_code == 303
        assert "Số này đã huỷ." in unquote(again.cookies[TOAST_COOKIE].value)
    found = clerk.get("casework.register_entries", query={"book": INCOMING.key, "q": "tiep cong dan"}).text
    assert "Vào sổ hai lần" in found
    assert re.search(r"<s>Thông báo lịch tiếp công dân</s>", found)
    assert "Giấy mời họp" not in found
    assert "huỷ số 01" in clerk.get("casework.register_entry", entry_id=entry.id).text
    valid = clerk.get("casework.register_entries", query={"book": INCOMING.key, "state": "valid"}).text
    assert "Giấy mời họp" in valid
    assert "tiếp công dân" not in valid


def test_pages_of_the_list_follow_each_other_without_losing_a_number(agency, clerk):
    with agency.at_work():
        for number in range(60):
            take_number(INCOMING.key, Subject("casework.letter", uuid4()), title=f"Công văn {number + 1}")
    first = clerk.get("casework.register_entries", query={"book": INCOMING.key})
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    second = clerk.follow(following[1].replace("&amp;", "&")).text
    shown = re.findall(r"Công văn (\d+)<", first.text + second)
    assert shown == [str(number) for number in range(60, 0, -1)]


def test_the_printed_book_has_every_column_and_says_what_is_void(agency, clerk):
    entry = take(agency)
    clerk.post("casework.register_void", {"reason": "Vào sổ hai lần"}, entry_id=entry.id)
    take(agency, "Giấy mời họp")
    page = clerk.get("casework.register_print", book=INCOMING.key, year=entry.year).text
    for title in ("Nơi gửi", "Ngày văn bản", "Ký nhận", "Ghi chú"):
        assert f'<th scope="col">{title}</th>' in page
    assert "2 số, từ 1 đến 2, trong đó 1 số đã huỷ" in page
    assert "Đã huỷ: Vào sổ hai lần" in page
    assert page.index("<s>01</s>") < page.index("Giấy mời họp")
    assert clerk.get("casework.register_print", book=INCOMING.key, year=2019).status_code == 404


def test_a_book_is_opened_after_the_paper_one_formatted_and_closed_by_who_keeps_it(agency, clerk):
    year = queries_year(agency)
    opened = {"year": str(year), "paper_last": "417", "ground": "Sổ công văn đến, quyển 2"}
    assert clerk.post("casework.register_open", opened, book=INCOMING.key).status_code == 303
    with agency.at_work():
        today = queries.agency_day()
    past = f"{today - timedelta(days=1):%d/%m/%Y}"
    form = {"format": "{số}/Đ", "digits": "4", "valid_from": past, "ground": "Quyết định 12"}
    answer = clerk.post("casework.register_format", form, book=INCOMING.key)
    assert answer.status_code == 422
    assert "Từ hôm nay trở đi" in answer.text
    form["valid_from"] = f"{today:%d/%m/%Y}"
    assert clerk.post("casework.register_format", form, book=INCOMING.key).status_code == 303
    assert take(agency).text == "0418/Đ"
    page = clerk.get("casework.register", book=INCOMING.key).text
    for part in ("số 1–417 ở sổ giấy", "0007/Đ", "Quyết định 12"):
        assert part in page
    # The next year's: on its last day a year may be closed.
    ahead = {"year": str(year + 1), "paper_last": "0", "ground": ""}
    assert clerk.post("casework.register_open", ahead, book=INCOMING.key).status_code == 303
    book = clerk.get("casework.register", book=INCOMING.key).text
    assert (book.count("Đang dùng</"), book.count(f"Từ năm {year + 1}")) == (1, 1)
    assert f"Năm {year}: đang dùng" in clerk.get("casework.registers").text, (
        "the one in use, not the one opened ahead"
    )
    plan = clerk.get("casework.register_close", book=INCOMING.key, year=year + 1).text
    assert "Khoá được từ ngày" in plan
    assert clerk.post("casework.register_close", book=INCOMING.key, year=year + 1).status_code == 422


def offered(clerk) -> str:
    """Return the year that the form offers."""
    page = clerk.get("casework.register_open", book=INCOMING.key).text
    return re.search(r'<option value="(\d+)" selected', page)[1]


def test_the_form_offers_a_year_that_can_be_opened_and_says_when_one_is_open_already(agency, clerk):
    year = queries_year(agency)
    link = agency.url("casework.register_open", book=INCOMING.key)
    assert offered(clerk) == str(year)
    take(agency)
    assert offered(clerk) == str(year + 1)
    ahead = {"year": str(year + 1), "paper_last": "0", "ground": ""}
    for words in (f"Đã mở sổ năm {year + 1}.", f"Sổ năm {year + 1} đã mở từ trước, không có gì thay đổi."):
        answer = clerk.post("casework.register_open", ahead, book=INCOMING.key)
        assert words in unquote(answer.cookies[TOAST_COOKIE].value)
    changed = clerk.post(
        "casework.register_open", {**ahead, "paper_last": "7", "ground": "Quyển 1"}, book=INCOMING.key
    )
    assert "đã ghi lại số cuối của sổ giấy" in unquote(changed.cookies[TOAST_COOKIE].value)
    assert link in clerk.get("casework.register", book=INCOMING.key).text
    assert offered(clerk) == str(year + 1), "nobody has taken a number of it yet"


@pytest.mark.parametrize("last", ["-1", "1000001"])
def test_a_number_out_of_range_is_told_the_range(clerk, last):
    form = {"year": "2026", "paper_last": last, "ground": "Quyển 1"}
    answer = clerk.post("casework.register_open", form, book=INCOMING.key)
    assert (answer.status_code, "Từ 0 đến 1.000.000." in answer.text) == (422, True)


def queries_year(agency) -> int:
    with agency.at_work():
        return queries.agency_day().year


def test_last_years_book_is_closed_on_its_page(agency, clerk):
    entry = take(agency, at=datetime(2025, 12, 30, 2, tzinfo=UTC))
    assert "Còn sổ năm trước chưa khoá" in clerk.get("casework.register", book=INCOMING.key).text
    assert clerk.post("casework.register_close", book=INCOMING.key, year=2025).status_code == 303
    assert "Khoá " in clerk.get("casework.register", book=INCOMING.key).text
    again = clerk.get("casework.register_close", book=INCOMING.key, year=2025)
    assert again.status_code == 303
    assert "Sổ này đã khoá." in unquote(again.cookies[TOAST_COOKIE].value)
    plan = clerk.get("casework.register_void", entry_id=entry.id).text
    assert "đã khoá: không cấp và không huỷ số nữa." in plan
    assert 'name="reason"' not in plan
    answer = clerk.post("casework.register_void", {"reason": "Nhầm"}, entry_id=entry.id)
    assert answer.status_code == 422
    assert "đã khoá" in answer.text


def test_who_only_reads_has_no_button_that_writes(agency):
    entry = take(agency)
    reader = agency.officer("casework.register_reader")
    page = reader.get("casework.register_entry", entry_id=entry.id).text
    assert "Huỷ số" not in page
    book = reader.get("casework.register", book=INCOMING.key).text
    for route in ("casework.register_open", "casework.register_format"):
        assert agency.url(route, book=INCOMING.key) not in book
    assert reader.post("casework.register_void", {"reason": "x"}, entry_id=entry.id).status_code == 403


def test_numbers_are_plain_digits_also_above_a_thousand(agency, clerk):
    opened = {"year": str(queries_year(agency)), "paper_last": "1234", "ground": "Sổ công văn đến, quyển 2"}
    clerk.post("casework.register_open", opened, book=INCOMING.key)
    for route in ("casework.register", "casework.register_new"):
        page = clerk.get(route, book=INCOMING.key).text
        assert "1234" in page
        assert "1.234" not in page


def test_a_book_that_nobody_declares_does_not_exist(clerk):
    for route in ("casework.register_entries", "casework.api_register_entries"):
        assert clerk.get(route, query={"book": "casework.nothing"}).status_code == 404
    assert clerk.get("casework.register", book="casework.nothing").status_code == 404
    assert clerk.get("casework.register", book="x").status_code == 404


def test_programs_read_registers_and_their_entries(agency, clerk):
    entry = take(agency)
    listed = json.loads(clerk.get("casework.api_registers").content)["items"]
    (mine,) = [each for each in listed if each["key"] == INCOMING.key]
    assert [year["last"] for year in mine["years"]] == [1]
    query = {"book": INCOMING.key, "q": "tiep cong dan"}
    (found,) = json.loads(clerk.get("casework.api_register_entries", query=query).content)["items"]
    assert found == json.loads(clerk.get("casework.api_register_entry", entry_id=entry.id).content)
    assert (found["text"], found["voided_at"]) == ("01", None)


def test_reading_the_list_of_registers_costs_no_more_for_more_of_them(agency, clerk):
    def cost():
        with counted_statements() as sent:
            listed = json.loads(clerk.get("casework.api_registers").content)["items"]
        return len(listed), len(sent)

    cost()  # what a process reads once
    few, statements = cost()
    with agency.at_work():
        db.execute_sql(
            "INSERT INTO casework.register_year (tenant_id, id, book, year, paper_last, last, ground) "
            "SELECT %s, gen_random_uuid(), 'gone.book' || n, 2026, 0, 0, '' FROM generate_series(1, 5) n",
            (agency.info.id,),
        )
    assert cost() == (few + 5, statements)


# ---- the command ----------------------------------------------------------------------------------------------


@pytest.fixture
def run(ground, monkeypatch):
    """Run the command line on the platform of this process."""
    monkeypatch.setattr("tenants.upkeep.command_line.settings_or_exit", lambda: None)
    monkeypatch.setattr("core.app.boot", lambda settings: ground.platform)
    return lambda *words: CliRunner().invoke(main, list(words))


def test_verify_ends_with_zero_where_all_is_well_and_with_one_where_a_number_is_missing(agency, run):
    take(agency)
    asked = ("registers", "verify", "--tenant", agency.info.code, "--json")
    well = run(*asked)
    assert well.exit_code == 0, well.output
    assert json.loads(well.stdout) == {"agencies": 1, "registers": 1, "entries": 1, "faults": []}
    with agency.at_work():
        db.execute_sql("UPDATE casework.register_year SET last = 3 WHERE tenant_id = %s", (agency.info.id,))
    wrong = run(*asked)
    assert wrong.exit_code == 1
    (fault,) = json.loads(wrong.stdout)["faults"]
    assert (fault["kind"], fault["first"], fault["last"]) == ("counter", 3, 1)
    told = run("registers", "verify", "--tenant", agency.info.code)
    assert "bộ đếm ghi 3" in told.stdout
    assert "the counter says 3" in told.stdout
    assert told.exit_code == 1


def test_verify_of_an_agency_that_is_none_ends_with_two(run):
    result = run("registers", "verify", "--tenant", "khong-co")
    assert result.exit_code == 2
    assert "khong-co" in result.stderr
