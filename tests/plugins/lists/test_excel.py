"""Lists as Excel: the same conditions, order and columns; never a formula; long ones by a job, for one person."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO

import openpyxl
import pytest

from core.db import db
from core.web.errors import Invalid
from plugins.lists import excel, jobs, services

LIST = "example.notes"


def sheet_of(content):
    return [list(row) for row in openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True)]


def export(officer, query=""):
    return officer.post("lists.export", {"list": LIST, "query": query})


def test_the_file_holds_what_the_list_shows(notebook):
    lan = notebook.writer(name="Hoàng Thị Lan")
    for title in ("Lịch trực", "Giao ban 2", "Giao ban 1"):
        notebook.note(lan, title)
    answer = export(lan, "q=giao&sort=at&cols=author")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert sheet_of(answer.content) == [
        ["Ghi chú", "Người viết"],
        ["Giao ban 2", "Hoàng Thị Lan"],
        ["Giao ban 1", "Hoàng Thị Lan"],
    ]
    lan.post("lists.columns", {"list": LIST, "query": "", "column": ["unit"]})
    assert sheet_of(export(lan).content)[0] == ["Ghi chú", "Sổ của"]
    assert "lists.exported" in facts(notebook)
    audit = unescape(notebook.agency.officer("tenants.admin").get("tenants.audit").text)
    assert "xuất Excel 2 dòng của “Sổ tay phòng ban”" in audit, "which list it was is no content"


def facts(notebook):
    with notebook.agency.at_work():
        rows = db.execute_sql(
            "SELECT event FROM core.audit_entry WHERE tenant_id = core.app_tenant()"
        ).fetchall()
    return [name for (name,) in rows]


def test_a_moment_is_written_as_it_is_read_and_one_at_either_end_of_time_stays_as_it_is():
    moments = [
        datetime(2026, 9, 3, 20, tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ]
    file = BytesIO()
    assert excel.write(["Lúc"], excel.by_place(1), [[each] for each in moments], file) == 3
    sheet = openpyxl.load_workbook(file).active
    assert str(sheet["A2"].value) == "2026-09-04 03:00:00"
    assert [str(sheet[cell].value) for cell in ("A3", "A4")] == ["9999-12-31 23:00:00", "0001-01-01 00:00:00"]


@pytest.mark.parametrize("typed", ["=1+1", "+84 234", "-5", "@SUM(A1)", '=HYPERLINK("x")', "\u200b=1"])
def test_what_people_typed_is_text_and_never_a_formula(notebook, typed):
    lan = notebook.writer()
    notebook.note(lan, typed)
    book = openpyxl.load_workbook(BytesIO(export(lan).content))
    cell = book.active["A2"]
    assert (cell.data_type, cell.value) == ("s", typed)
    assert cell.quotePrefix or typed[0] == "\u200b"


def test_only_rows_one_may_see_are_in_the_file(ground, notebook):
    lan = notebook.writer()
    notebook.note(lan, "Của phòng")
    elsewhere = notebook.writer(unit="Phòng Kinh tế")
    assert sheet_of(export(elsewhere).content)[1:] == []
    assert len(sheet_of(export(lan).content)) == 2


@pytest.fixture
def long_list(notebook, monkeypatch):
    monkeypatch.setattr(services, "EXPORT_AT_ONCE", 20)
    monkeypatch.setattr(services, "ROWS_AT_ONCE", 15)
    notebook.many(40)
    return notebook.writer()


def waiting(notebook):
    with notebook.agency.at_work():
        rows = db.execute_sql(
            "SELECT id FROM lists.export WHERE tenant_id = core.app_tenant() ORDER BY created_at"
        )
        return [str(export_id) for (export_id,) in rows.fetchall()]


def work(notebook, export_id):
    with notebook.agency.in_background():
        jobs.export(export_id)


def test_a_long_list_becomes_a_file_that_only_its_person_opens(ground, notebook, long_list):
    lan = long_list
    for _twice in range(2):
        assert export(lan, "sort=at").headers["Location"].endswith("/lists/exports")
    (one,) = waiting(notebook)
    assert "Đang xuất" in lan.get("lists.exports").text
    work(notebook, one)
    work(notebook, one)
    page = lan.get("lists.exports").text
    (url,) = re.findall(r'<a href="([^"]+)">Tải về<', page)
    assert bell(lan).count("“Sổ tay phòng ban” đã xuất xong") == 1
    rows = sheet_of(lan.follow(url).content)
    assert [row[0] for row in rows] == ["Ghi chú", *(f"Ghi chú số {n}" for n in range(40, 0, -1))]
    for stranger in (notebook.keeper(), ground.agency("example").officer("example.keeper")):
        assert "Ghi chú" not in stranger.get("lists.exports").text
        assert stranger.follow(url).status_code == 404
    assert export(lan).headers["Location"].endswith("/lists/exports")
    assert len(waiting(notebook)) == 2


def test_what_changes_while_a_long_list_is_written_stays_in_it(notebook, long_list, monkeypatch):
    lan, next_portion = long_list, services.cursor_of

    def change_one_that_is_still_to_come():
        with notebook.agency.at_work():
            db.execute_sql("UPDATE example.note SET changed_at = now() WHERE title = 'Ghi chú số 30'")

    def meanwhile(*key):
        with ThreadPoolExecutor(1) as other:
            other.submit(change_one_that_is_still_to_come).result(10)
        return next_portion(*key)

    monkeypatch.setattr(services, "cursor_of", meanwhile)
    export(lan, "sort=-at")
    work(notebook, *waiting(notebook))
    (url,) = re.findall(r'<a href="([^"]+)">Tải về<', lan.get("lists.exports").text)
    rows = sheet_of(lan.follow(url).content)
    assert [row[0] for row in rows[1:]] == [f"Ghi chú số {n}" for n in range(1, 41)]


def test_a_list_under_other_conditions_is_written_beside_one_that_waits(notebook, long_list):
    lan = long_list
    for query in ("sort=at", "sort=-at", "sort=at"):
        export(lan, query)
    first, second = waiting(notebook)
    work(notebook, second)
    (url,) = re.findall(r'<a href="([^"]+)">Tải về<', lan.get("lists.exports").text)
    work(notebook, first)
    assert sheet_of(lan.follow(url).content)[1][0] == "Ghi chú số 1"
    assert lan.get("lists.exports").text.count(">Tải về<") == 2


def bell(officer):
    return officer.get("notifications.centre").text


def test_why_an_export_failed_is_told_where_its_person_is(notebook, long_list, monkeypatch):
    def no_space(*_args, **_more):
        raise Invalid({"": ["Máy chủ đã hết chỗ chứa tệp."]})

    lan = long_list
    export(lan)
    monkeypatch.setattr(services, "store", no_space)
    work(notebook, waiting(notebook)[0])
    assert "Máy chủ đã hết chỗ chứa tệp." in lan.get("lists.exports").text
    assert "Máy chủ đã hết chỗ chứa tệp." in bell(lan)


def test_whoever_lost_the_right_gets_no_file(notebook, long_list):
    lan = long_list
    export(lan)
    with notebook.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (lan.person_id,)
        )
    work(notebook, waiting(notebook)[0])
    with notebook.agency.at_work():
        assert db.execute_sql("SELECT state, file_id FROM lists.export").fetchall() == [("failed", None)]


def test_files_are_forgotten_after_a_week_and_a_stuck_export_after_a_day(notebook, long_list):
    lan = long_list
    export(lan)
    work(notebook, waiting(notebook)[0])
    export(lan)
    with notebook.agency.at_work():
        db.execute_sql(
            "UPDATE lists.export SET created_at = created_at - %s WHERE state = 'done'", (timedelta(8),)
        )
        db.execute_sql(
            "UPDATE lists.export SET created_at = created_at - %s WHERE state = 'waiting'", (timedelta(2),)
        )
    with notebook.agency.in_background():
        jobs.forget()
    with notebook.agency.at_work():
        assert db.execute_sql("SELECT state FROM lists.export").fetchall() == [("failed",)]
        assert db.execute_sql("SELECT count(*) FROM files.file WHERE owner_module = 'lists'").fetchone() == (
            0,
        )
    assert export(lan).status_code == 303
