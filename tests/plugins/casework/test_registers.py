"""Registers: numbers without a gap under many hands, and what may be done to a book."""

import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID, uuid4

import psycopg2
import pytest

from core.db import db, scope
from core.events import SYSTEM, acting
from core.web.errors import Forbidden, Invalid
from plugins.casework.api import Book, Subject, number_of, take_number, void_number
from plugins.casework.models import RegisterEntry, RegisterFormat, RegisterYear
from plugins.casework.registers import queries, services
from plugins.casework.registers.books import INCOMING, OUTGOING
from plugins.casework.registers.checks import faults
from plugins.casework.registers.numbering import NumberFormat, problem_of

BOOK = INCOMING.key
TAKERS, ROUNDS = 4, 12


def take(at: datetime | None = None, book: str = BOOK, **more):
    return take_number(book, Subject("casework.letter", uuid4()), title="Công văn về kê khai", at=at, **more)


@contextmanager
def refused(field: str, words: str = ""):
    """Expect an act to be refused because of a field, in these words among others."""
    with pytest.raises(Invalid) as refusal:
        yield
    assert words in refusal.value.errors[field][0]


def numbers(agency, book: str = BOOK) -> list[int]:
    with agency.at_work():
        return [row.number for row in RegisterEntry.select().where(RegisterEntry.book == book).order_by(RegisterEntry.number)]  # fmt: skip


def found(agency) -> list[str]:
    with agency.at_work():
        return [fault.kind for fault in faults(agency.info.id, db.execute_sql)]


# ---- many hands at once ------------------------------------------------------------------------------------


def _taker(agency, seed: int, admin_url: str, taken: list[int], killed: list[int]) -> None:
    """Take numbers; some acts roll back, and some lose their connection after they have their number."""
    random = Random(seed)
    for _round in range(ROUNDS):
        fate = random.choice(("commit", "commit", "rollback", "savepoint", "kill"))
        try:
            with db.connection_context(), scope(agency.info.id), acting(SYSTEM), db.atomic() as act:
                if fate == "savepoint":
                    _undone()
                number = take().number
                if fate == "kill":
                    _kill(admin_url, db.connection().get_backend_pid())
                    killed.append(number)
                if fate == "rollback":
                    act.rollback()
                db.execute_sql("SELECT 1")
        except Exception:
            if fate != "kill":
                raise
        else:
            if fate != "rollback":
                taken.append(number)


def _undone() -> None:
    """Take a number in a part of the act that is undone."""
    with db.atomic() as part:
        take()
        part.rollback()


def _kill(admin_url: str, backend: int) -> None:
    admin = psycopg2.connect(admin_url)
    try:
        admin.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
    finally:
        admin.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_takers_rollbacks_and_killed_connections_leave_no_gap_and_no_double(
    ground, agency, database, seed
):
    taken, killed, failures = [], [], []

    def work(number: int) -> None:
        try:
            _taker(agency, seed * 100 + number, database.admin_url, taken, killed)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert killed, "no connection was lost in the middle, so that was not tried"
    assert sorted(taken) == list(range(1, len(taken) + 1)) == numbers(agency)
    assert found(agency) == []


def test_one_thing_asked_for_by_two_at_once_has_one_number(agency):
    subject, got = Subject("casework.letter", uuid4()), []

    def work() -> None:
        with agency.at_work():
            got.append(take_number(BOOK, subject, title="Thông báo").number)

    threads = [threading.Thread(target=work) for _each in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [1] * TAKERS
    assert numbers(agency) == [1]


def test_a_number_is_taken_in_the_transaction_of_an_act_or_not_at_all(agency):
    with agency.in_background(), pytest.raises(RuntimeError, match="inside the transaction"):
        take()


# ---- years ----------------------------------------------------------------------------------------------------


def test_at_new_years_midnight_of_the_agency_the_first_number_opens_the_next_year(agency):
    before, after = datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC), datetime(2025, 12, 31, 17, tzinfo=UTC)
    with agency.at_work():
        got = [take(before), take(before), take(after), take(after)]
        opened = {row.year: row.opened_by for row in queries.years(BOOK)}
    assert [(entry.year, entry.number, entry.day) for entry in got] == [
        (2025, 1, date(2025, 12, 31)), (2025, 2, date(2025, 12, 31)),
        (2026, 1, date(2026, 1, 1)), (2026, 2, date(2026, 1, 1)),
    ]  # fmt: skip
    assert opened == {2025: None, 2026: None}
    assert found(agency) == []


def test_who_waits_for_the_counter_over_midnight_gets_a_number_of_the_new_year(agency, monkeypatch):
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1)]
    monkeypatch.setattr(queries, "agency_day", lambda at=None: days.pop(0))
    with agency.at_work():
        entry = take()
    assert (entry.year, entry.number, entry.day) == (2026, 1, date(2026, 1, 1))


def test_numbers_go_on_after_the_paper_book(agency):
    keeper = agency.officer("casework.register_keeper")
    with keeper.working() as ctx:
        year = queries.agency_day().year
        with refused("ground"):
            services.open_register(ctx, INCOMING, year=year, paper_last=417)
        paper = "Sổ công văn đến, quyển 2"
        told = [
            services.open_register(ctx, INCOMING, year=year, paper_last=last, ground=paper)
            for last in (412, 417, 417)
        ]
        assert told == ["opened", "changed", "unchanged"]
        assert [take().number, take().number] == [418, 419]
        with refused("year", "đã có số cấp"):
            services.open_register(
                ctx, INCOMING, year=year, paper_last=420, ground="Sổ công văn đến, quyển 2"
            )
        with refused("year", "Chỉ mở sổ"):
            services.open_register(ctx, INCOMING, year=year + 2)
    assert found(agency) == []


def test_a_closed_year_takes_and_voids_nothing_any_more(agency):
    keeper, reader = agency.officer("casework.register_keeper"), agency.officer("casework.register_reader")
    at = datetime(2025, 11, 3, 2, tzinfo=UTC)
    with keeper.working() as ctx:
        entry = take(at)
        assert entry.year == 2025
        services.close_register(ctx, INCOMING, year=2025)
        services.close_register(ctx, INCOMING, year=2025)
        for act in (lambda: take(at), lambda: void_number(entry.id, reason="Nhầm")):
            with refused("", "đã khoá"):
                act()
        take()
        year = queries.agency_day().year + 1  # on its last day this one may be closed
        services.open_register(ctx, INCOMING, year=year)
        with refused("", "Khoá được từ ngày"):
            services.close_register(ctx, INCOMING, year=year)
    with reader.working() as ctx, pytest.raises(Forbidden):
        services.close_register(ctx, INCOMING, year=2025)
    assert found(agency) == []


# ---- void, formats, subjects ------------------------------------------------------------------------------------


def test_a_void_number_stays_with_its_reason_and_its_thing_gets_another_one(agency):
    subject = Subject("casework.letter", uuid4())
    with agency.at_work():
        first = take_number(BOOK, subject, title="Thông báo")
        with refused("reason"):
            void_number(first.id, reason="  ")
        void_number(first.id, reason="Ký nhầm bản")
        with refused("", "đã huỷ trước đó"):
            void_number(first.id, reason="Ký nhầm bản")
        assert number_of(BOOK, *_parts(subject)) is None
        second = take_number(BOOK, subject, title="Thông báo")
        stored = queries.entry(first.id)
    assert (stored.void_reason, second.number) == ("Ký nhầm bản", first.number + 1)
    assert found(agency) == []


def _parts(subject: Subject) -> tuple[str, UUID]:
    return subject.type, subject.id


def test_a_format_counts_from_its_day_on_and_given_numbers_stay_as_they_are(agency):
    keeper = agency.officer("casework.register_keeper")
    with keeper.working() as ctx:
        RegisterFormat.insert(
            book=OUTGOING.key,
            valid_from=date(2025, 7, 1),
            format="{số}/{năm}/{Ký Hiệu}",
            digits=3,
            ground="QĐ 5",
        ).execute()
        texts = [
            take(datetime(2025, month, 9, 3, tzinfo=UTC), OUTGOING.key, symbol="NQ-HĐND").text
            for month in (6, 7)
        ]
        assert texts == ["01/NQ-HĐND", "002/2025/NQ-HĐND"]
        with refused("symbol"):
            take(book=OUTGOING.key)
        with refused("valid_from"):
            services.set_format(
                ctx, OUTGOING, valid_from=date(2025, 7, 2), way="{số}", digits=2, ground="QĐ 6"
            )
    assert numbers(agency, OUTGOING.key) == [1, 2]


@pytest.mark.parametrize(
    ("way", "digits", "written"),
    [("{số}/BC-UBND", 2, "07/BC-UBND"), ("{so}", 1, "7"), ("{so}/{nam}/{ky_hieu}", 3, "007/2026/KT"), ("{SỐ}", 2, "07")],
)  # fmt: skip
def test_numbers_are_written_as_the_format_says(way, digits, written):
    assert problem_of(way) == ""
    assert NumberFormat(way, digits).written(7, 2026, "KT") == written
    assert NumberFormat(way, digits).written(1234, 2026, "KT").startswith("1234")


def test_a_format_asks_for_no_symbol_where_nobody_gives_one(agency):
    module = Book("showcase.receipts", "Sổ phiếu tiếp nhận")
    symbols = Book("showcase.letters", "Sổ công văn", format="{so}/{ky hieu}")
    with agency.officer("casework.register_keeper").working() as ctx:
        asked = {"valid_from": queries.agency_day(), "way": "{số}/{Ký hiệu}", "digits": 2, "ground": "QĐ 6"}
        with refused("format", "bỏ {ký hiệu}"):
            services.set_format(ctx, module, **asked)
        for book in (symbols, INCOMING, OUTGOING):
            services.set_format(ctx, book, **asked)
            assert queries.format_on(book, queries.agency_day()).needs_symbol


def test_what_is_too_long_for_a_book_is_told_in_words(agency):
    with agency.at_work():
        with refused("title", "500"):
            take_number(BOOK, Subject("casework.letter", uuid4()), title="x" * 501)
        with refused("reason", "300"):
            void_number(take().id, reason="x" * 301)
    assert numbers(agency) == [1]


@pytest.mark.parametrize("way", ["BC-UBND", "{số}/{số}", "{số}/{tháng}", "{số}/{năm", "{số}}"])
def test_formats_that_lose_or_double_the_number_are_refused(way):
    assert problem_of(way)


def test_the_application_cannot_change_or_delete_what_was_entered(agency):
    with agency.at_work():
        entry = take()
    for change in ("UPDATE casework.register_entry SET number = 9", "DELETE FROM casework.register_entry"):
        with pytest.raises(Exception, match="permission denied"), agency.at_work():
            db.execute_sql(f"{change} WHERE tenant_id = %s", (agency.info.id,))
    assert numbers(agency) == [entry.number]


# ---- every planted fault is found ----------------------------------------------------------------------------------


@pytest.fixture
def planted(agency, database):
    """Return the faults that verify finds after a statement by somebody who stands above the rules."""
    with agency.at_work():
        for _each in range(4):
            take()

    def plant(*statements: str) -> list[tuple[str, int, int]]:
        above = psycopg2.connect(database.admin_url)
        try:
            cursor = above.cursor()
            for statement in statements:
                cursor.execute(statement, {"tenant": str(agency.info.id)} if "%(" in statement else None)
            return [
                (fault.kind, fault.first, fault.last) for fault in faults(str(agency.info.id), _run(cursor))
            ]
        finally:
            above.rollback()
            above.close()

    return plant


def _run(cursor):
    def execute(sql, values):
        cursor.execute(sql, values)
        return cursor

    return execute


MINE = "WHERE tenant_id = %(tenant)s"
RENUMBER = f"UPDATE casework.register_entry SET number = {{}} {MINE} AND number = {{}}"


CLOSED = "WHERE register_year.tenant_id = %(tenant)s AND e.tenant_id = %(tenant)s AND e.number = 3"


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        ((), []),
        ((f"DELETE FROM casework.register_entry {MINE} AND number IN (2, 3)",), [("gap", 2, 3)]),
        ((f"DELETE FROM casework.register_entry {MINE} AND number = 1",), [("gap", 1, 1)]),
        ((f"DELETE FROM casework.register_entry {MINE} AND number = 4",), [("counter", 4, 3)]),
        ((f"DELETE FROM casework.register_entry {MINE}",), [("counter", 4, 0)]),
        ((f"UPDATE casework.register_year SET last = 9 {MINE}",), [("counter", 9, 4)]),
        (
            (
                "ALTER TABLE casework.register_entry DROP CONSTRAINT register_entry_tenant_id_book_year_number_key",
                RENUMBER.format(2, 3),
            ),
            [("double", 2, 2), ("gap", 3, 3)],
        ),
        ((f"UPDATE casework.register_year SET paper_last = 2 {MINE}",), [("paper", 1, 1), ("paper", 2, 2)]),
        (
            (
                f"UPDATE casework.register_year SET closed_at = e.made_at FROM casework.register_entry e {CLOSED}",
            ),
            [("after_closing", 4, 4)],
        ),
        ((f"UPDATE casework.register_entry SET day = '2019-05-05' {MINE} AND number = 3",), [("other_year", 3, 3)]),
    ],
)  # fmt: skip
def test_verify_finds_each_planted_fault(planted, statements, faults):
    assert planted(*statements) == faults


def test_another_agency_has_a_counter_of_its_own(ground, agency):
    other = ground.agency()
    with agency.at_work():
        take()
    with other.at_work():
        assert take().number == 1
        assert RegisterYear.select().count() == 1
