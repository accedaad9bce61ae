"""What the clock engine promises: the vectors of the domain rules, and laws that hold for every ledger."""

import threading
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.casework.deadlines.badges import due_badge
from plugins.casework.deadlines.budget import LIMITS, Budget, ClockError
from plugins.casework.deadlines.calendars import FIRST_DAY, Calendar, Week, spans_of
from plugins.casework.deadlines.clocks import Entry, at_share, due, outcome, place, replay, step
from plugins.casework.deadlines.explaining import explain
from tests.plugins.casework.days import CALENDAR, DAYS_2026, EIGHT_HOURS, WEEK, at, due_of, off, started


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-08-26T09:00", 5, "2026-09-07T09:00"),  # swap on 31/8, holidays 1–2/9
        ("2026-08-21T14:00", 2, "2026-08-24T14:00"),  # Saturday 22/8 is worked
        ("2026-04-24T10:00", 3, "2026-05-04T10:00"),
        ("2026-02-13T15:30", 1, "2026-02-23T15:30"),
        ("2026-11-20T16:30", 1, "2026-11-23T16:30"),
        ("2026-11-23T10:00", 1, "2026-11-25T10:00"),  # 24/11 is a holiday from 2026
    ],
)
def test_the_vectors_of_the_domain_rules(start, days, expected):
    assert due_of(f"{days}wd", started(start)) == at(expected)
    assert due_of(f"{8 * days}h", started(start)) == at(expected)


@pytest.mark.parametrize(
    ("start", "budget", "expected"),
    [
        ("2026-08-26T09:00", "7cd", "2026-09-03T17:00"),  # 2/9 is a holiday
        ("2026-08-26T23:00", "1cd", "2026-08-27T17:00"),  # from the day after, whatever the hour
        ("2026-08-21T08:00", "1cd", "2026-08-22T17:00"),  # a Saturday that is worked
        ("2026-08-26T18:00", "1h", "2026-08-27T08:00"),  # after closing: the next day begins
        ("2026-08-26T12:00", "1h", "2026-08-26T14:30"),  # in lunch: 13:30
        ("2026-08-26T16:00", "1h", "2026-08-26T17:00"),  # used up at closing, not when work begins again
        ("2026-08-29T10:00", "1wd", "2026-09-03T17:00"),  # on a day off: the whole of the next working day
    ],
)
def test_days_hours_and_the_edges_of_a_day(start, budget, expected):
    assert due_of(budget, started(start)) == at(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-08-26T07:00", "2026-08-26T17:00"),
        ("2026-08-26T14:59", "2026-08-26T17:00"),
        ("2026-08-26T15:00", "2026-08-27T17:00"),
        ("2026-08-28T16:00", "2026-09-03T17:00"),  # after it lie a weekend, a swapped day and two holidays
        ("2026-08-29T09:00", "2026-09-03T17:00"),  # on a day off
        ("2026-08-21T15:30", "2026-08-22T17:00"),  # a Saturday that is worked
    ],
)
def test_what_is_due_on_the_very_day_is_so_when_it_came_before_fifteen_hours(start, expected):
    assert due_of("sd", started(start)) == at(expected)
    told = explain(CALENDAR, Budget.parse("sd"), [started(start)], today=at(start).date())
    assert "trước 15:00" in told.lines[0].text


def test_a_day_of_half_hours_closes_before_the_hour_that_counts():
    saturday = Calendar([WEEK], [off("2026-03-10", kind="off", part="afternoon")])
    assert due_of("sd", started("2026-03-10T09:00"), calendar=saturday) == at("2026-03-10T11:30")
    assert due_of("sd", started("2026-03-10T12:00"), calendar=saturday) == at("2026-03-11T17:00")


def test_a_working_day_is_the_agencys_own_and_an_hour_is_an_hour():
    short = Week(date(2000, 1, 1), (spans_of([["07:30", "11:30"], ["13:30", "17:00"]]),) * 5 + ((), ()))
    calendar = Calendar([short], DAYS_2026)
    assert due_of("5wd", started("2026-08-26T09:00"), calendar=calendar) == at("2026-09-07T09:00")
    assert due_of("40h", started("2026-08-26T09:00"), calendar=calendar) == at("2026-09-07T11:30")


def test_half_days_and_hours_that_change_from_a_day_on():
    half = Calendar([WEEK], [off("2026-03-10", kind="off", part="afternoon")])
    assert due_of("1wd", started("2026-03-09T15:00"), calendar=half) == at("2026-03-11T08:30")
    longer = Week(date(2026, 3, 10), (spans_of([["07:00", "17:00"]]),) * 5 + ((), ()))
    assert due_of("8h", started("2026-03-09T15:00"), calendar=Calendar([WEEK, longer], [])) == at(
        "2026-03-10T13:00"
    )


def test_an_agencys_own_saturday_stands_above_the_country():
    own = off("2026-09-02", kind="work", part="morning", own=True)
    calendar = Calendar([WEEK], [own, *DAYS_2026])
    assert calendar.spans(date(2026, 9, 2)) == ((7 * 60, 11 * 60 + 30),)
    assert CALENDAR.spans(date(2026, 9, 2)) == ()


MORNING, AFTERNOON = ((7 * 60, 11 * 60 + 30),), ((13 * 60 + 30, 17 * 60),)


@pytest.mark.parametrize(
    ("day", "kind", "part", "expected", "deciding"),
    [
        ("2026-11-24", "off", "afternoon", (), "holiday"),  # a public holiday stays one
        ("2026-08-22", "off", "afternoon", MORNING, "off"),  # half of a Saturday that is worked
        ("2026-11-24", "work", "afternoon", AFTERNOON, "work"),
        ("2026-11-25", "work", "afternoon", EIGHT_HOURS, "work"),  # the morning is worked as ever
    ],
)
def test_an_agencys_own_half_day_stands_on_the_countrys_day(day, kind, part, expected, deciding):
    calendar = Calendar([WEEK], [off(day, kind=kind, part=part, own=True), *DAYS_2026])
    assert calendar.spans(date.fromisoformat(day)) == expected
    assert calendar.rule(date.fromisoformat(day)).kind == deciding


def test_whoever_reads_a_calendar_that_another_is_expanding_waits_for_the_whole_day():
    begun, go_on = threading.Event(), threading.Event()

    class Slow(list):
        def append(self, spans):
            super().append(spans)
            if not begun.is_set():
                begun.set()
                go_on.wait(5)

    calendar = Calendar([WEEK], [])
    calendar._spans = Slow()
    growing = threading.Thread(target=calendar.spans, args=(FIRST_DAY,))
    growing.start()
    begun.wait(5)
    threading.Timer(0.1, go_on.set).start()
    assert calendar.working_days(FIRST_DAY, FIRST_DAY) == 0
    growing.join()


def test_an_extension_has_a_limit_and_nothing_is_due_after_the_last_day():
    start = started("2026-03-02T09:00")
    with pytest.raises(ClockError) as refusal:
        due_of("3wd", start, Entry("extend", at("2026-03-03T09:00"), LIMITS["wd"] + 1))
    assert refusal.value.field == "amount"
    late = started("2100-12-20T09:00")
    for more in (100, 3_650):
        with pytest.raises(ClockError):
            due_of("3cd", late, Entry("extend", at("2100-12-21T09:00"), more))
    with pytest.raises(ClockError):
        due_of("3cd", start, *(Entry("extend", at("2026-03-03T09:00"), 3_650) for _each in range(900)))


@pytest.mark.parametrize("days", [3, 60])
def test_a_paused_clock_shows_no_due_day(days):
    entries = [started("2026-03-02T09:00"), Entry("pause", at("2026-03-03T09:00"))]
    entries += [Entry("extend", at("2026-05-04T09:00"), 1)] if days == 60 else []
    told = explain(CALENDAR, Budget(days, "wd"), entries, today=date(2026, 3, 4))
    assert bool(told.days) == (days == 3)
    assert bool(told.months) == (days == 60)
    assert "due" not in [cell.state for cell in told.days]
    assert "hạn" not in "".join(told.months)


def test_a_last_day_off_is_the_last_that_is_numbered():
    """Six days from Monday 02/3/2026 end on a Sunday: what is due moved on to Monday, which is no seventh."""
    told = explain(CALENDAR, Budget(6, "cd"), [started("2026-03-02T09:00")], today=date(2026, 3, 2))
    assert [cell.text for cell in told.days] == ["giao", "1", "2", "3", "4", "5", "6", "hạn"]
    assert told.days[-1].spoken.endswith(": hạn")
    saturday = explain(CALENDAR, Budget(5, "cd"), [started("2026-03-02T09:00")], today=date(2026, 3, 2))
    assert [(cell.state, cell.text) for cell in saturday.days[-2:]] == [("off", "nghỉ"), ("due", "hạn")]
    worked = explain(CALENDAR, Budget(4, "cd"), [started("2026-03-02T09:00")], today=date(2026, 3, 2))
    assert worked.days[-1].text == "4 hạn"


def test_months_of_calendar_days_say_how_many_days_count():
    told = explain(CALENDAR, Budget(60, "cd"), [started("2026-03-02T09:00")], today=date(2026, 3, 2))
    assert told.months == ("Tháng 3/2026: 29 ngày", "Tháng 4/2026: 30 ngày", "Tháng 5/2026: 1 ngày, hạn 04/5")


@pytest.mark.parametrize(("hour", "first", "next_day"), [("07:00", "1 giao", "2"), ("09:00", "giao", "1")])
def test_the_days_of_the_strip_are_numbered_from_one(hour, first, next_day):
    told = explain(CALENDAR, Budget(5, "wd"), [started(f"2026-03-02T{hour}")], today=date(2026, 3, 2))
    assert [cell.text for cell in told.days[:2]] == [first, next_day]
    assert told.days[0].spoken.endswith(f": {first.replace(' ', ', ')}")


def test_what_began_anew_is_explained_from_then_on():
    entries = [
        started("2026-11-23T08:00"), Entry("pause", at("2026-11-25T09:00")), Entry("resume", at("2026-11-26T09:00")),
        Entry("restart", at("2026-11-27T22:13")),
    ]  # fmt: skip
    told = explain(CALENDAR, Budget(2, "wd"), entries, today=date(2026, 11, 27))
    assert told.sentence.startswith("Tính lại từ 22:13 thứ Sáu 27/11/2026, thời hạn 2 ngày làm việc. Hạn là ")
    assert "22:13 thứ Sáu 27/11/2026 ngoài giờ làm việc" in " ".join(each.text for each in told.lines)
    days = [(cell.state, cell.text) for cell in told.days]
    assert days[:5] == [("start", "giao"), *[("before", "bỏ")] * 3, ("start", "tính lại")]
    assert days[-1] == ("due", "2 hạn")
    paused = explain(
        CALENDAR, Budget(2, "wd"), [*entries, Entry("pause", at("2026-11-30T09:00"))], today=date(2026, 12, 1)
    )
    assert paused.sentence.startswith(
        "Tính lại từ 22:13 thứ Sáu 27/11/2026, thời hạn 2 ngày làm việc. Đang tạm dừng, còn "
    )
    same = explain(
        CALENDAR,
        Budget(2, "wd"),
        [entries[0], Entry("restart", at("2026-11-23T09:00"))],
        today=date(2026, 11, 23),
    )
    assert [cell.text for cell in same.days[:2]] == ["giao", "lễ"], "begun anew on its first day"


def test_a_day_on_which_it_stood_still_and_went_on_is_named_once():
    saturday = "2026-03-07"
    entries = [
        started("2026-03-06T09:00"), Entry("pause", at(f"{saturday}T09:00")), Entry("resume", at(f"{saturday}T10:00")),
    ]  # fmt: skip
    told = explain(CALENDAR, Budget(2, "wd"), entries, today=date(2026, 3, 6))
    assert [each.text for each in told.lines if "hằng tuần" in each.text] == ["Nghỉ hằng tuần: 07/3, 08/3."]


def test_pause_extension_and_restart():
    start, pause, resume = (
        started("2026-03-02T09:00"),
        Entry("pause", at("2026-03-03T09:00")),
        Entry("resume", at("2026-03-10T09:00")),
    )
    assert due_of("3wd", start) == at("2026-03-05T09:00")
    assert due_of("3wd", start, pause) is None
    assert due_of("3wd", start, pause, resume) == at("2026-03-12T09:00")
    assert due_of("3wd", start, Entry("extend", at("2026-03-03T09:00"), 2)) == at("2026-03-09T09:00")
    assert due_of("3wd", start, Entry("restart", at("2026-03-04T10:00"))) == at("2026-03-09T10:00")
    assert due_of("10cd", start, pause, resume) == at("2026-03-19T17:00")
    state = replay(CALENDAR, Budget(3, "wd"), [start, pause, resume])
    assert state.original == at("2026-03-05T09:00"), "what was told at the start is kept"


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("pause", at("2026-03-02T09:00"))],
        [started("2026-03-02T09:00"), started("2026-03-03T09:00")],
        [started("2026-03-02T09:00"), Entry("resume", at("2026-03-03T09:00"))],
        [
            started("2026-03-02T09:00"),
            Entry("pause", at("2026-03-03T09:00")),
            Entry("pause", at("2026-03-04T09:00")),
        ],
        [started("2026-03-02T09:00"), Entry("pause", at("2026-03-01T09:00"))],
        [started("2026-03-02T09:00"), Entry("extend", at("2026-03-03T09:00"))],
        [],
    ],
)
def test_a_ledger_that_cannot_be_is_refused(entries):
    with pytest.raises(ClockError):
        replay(CALENDAR, Budget(5, "wd"), entries)


@pytest.mark.parametrize("text", ["", "5", "5 weeks", "0wd", "-1cd", "1.5h", "99999999cd", "wd5", "５wd"])
def test_a_budget_that_cannot_be_is_refused(text):
    with pytest.raises(ClockError):
        Budget.parse(text)


def test_a_calendar_without_working_time_is_told_instead_of_searched_for_ever():
    never = Calendar([Week(date(2000, 1, 1), ((),) * 7)], [])
    for budget in ("1wd", "1h", "1cd"):
        with pytest.raises(ClockError):
            due_of(budget, started("2026-03-02T09:00"), calendar=never)


def test_on_time_is_compared_by_date():
    assert outcome(at("2026-09-07T09:00"), at("2026-09-07T23:00")) == "on_time"
    assert outcome(at("2026-09-07T09:00"), at("2026-09-08T00:00")) == "late"
    assert outcome(at("2026-09-07T09:00"), at("2026-09-06T23:59")) == "early"
    assert outcome(None, at("2026-09-07T09:00")) == "on_time"


# ---- laws -----------------------------------------------------------------------------------------------

patient = settings(deadline=None)
"""How long an example takes is the machine's business, not the law's."""
moments = st.datetimes(at("2026-01-01"), at("2026-12-01")).map(
    lambda each: each.replace(second=0, microsecond=0)
)
budgets = st.builds(Budget, st.integers(1, 30), st.sampled_from(["h", "wd", "cd", "sd"]))
gaps = st.integers(0, 20 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def ledgers(draw):
    """A ledger that can be: it starts, and each entry follows from where the clock stands."""
    now, paused = draw(moments), False
    entries = [Entry("start", now)]
    for _number in range(draw(st.integers(0, 6))):
        now += draw(gaps)
        kind = draw(st.sampled_from(["resume" if paused else "pause", "extend", "restart"]))
        entries.append(Entry(kind, now, draw(st.integers(1, 5)) if kind == "extend" else 0))
        paused = kind == "pause" or (paused and kind == "extend")
    return entries


@patient
@given(budgets, ledgers())
def test_a_replay_ends_where_entry_after_entry_ended(budget, entries):
    state = None
    for number, entry in enumerate(entries, 1):
        state = step(CALENDAR, budget, state, entry)
        assert state == replay(CALENDAR, budget, entries[:number])


@patient
@given(budgets, ledgers(), gaps)
def test_a_pause_of_no_time_changes_nothing(budget, entries, gap):
    moment = entries[-1].at + gap
    state = replay(CALENDAR, budget, entries)
    first, second = ("pause", "resume") if state.since is not None else ("resume", "pause")
    nothing = [Entry(first, moment), Entry(second, moment)]
    with_it = replay(CALENDAR, budget, [*entries, *nothing])
    assert due(CALENDAR, budget, with_it) == due(CALENDAR, budget, state)
    assert due_after(budget, with_it, moment) == due_after(budget, state, moment)


def due_after(budget, state, moment):
    """When it is due at last, resumed at a moment if it is paused."""
    if state.since is None:
        state = step(CALENDAR, budget, state, Entry("resume", moment))
    return due(CALENDAR, budget, state)


@patient
@given(budgets, ledgers(), gaps, gaps, gaps)
def test_a_pause_cut_in_two_is_the_same_pause(budget, entries, before, first, second):
    state = replay(CALENDAR, budget, entries)
    begin = entries[-1].at + before
    if state.since is None:
        entries = [*entries, Entry("resume", begin)]
    cut, end = begin + first, begin + first + second
    whole = [*entries, Entry("pause", begin), Entry("resume", end)]
    parts = [*entries, Entry("pause", begin), Entry("resume", cut), Entry("pause", cut), Entry("resume", end)]
    assert replay(CALENDAR, budget, whole) == replay(CALENDAR, budget, parts)


@patient
@given(st.sampled_from(["h", "wd", "cd", "sd"]), st.integers(1, 15), st.integers(1, 15), ledgers())
def test_more_budget_is_never_due_earlier(unit, amount, more, entries):
    small, large = Budget(amount, unit), Budget(amount + more, unit)
    one, other = (replay(CALENDAR, each, entries) for each in (small, large))
    end = entries[-1].at
    assert due_after(small, one, end) <= due_after(large, other, end)


@patient
@given(budgets, moments, st.integers(1, 100), st.integers(1, 100))
def test_a_share_of_a_deadline_lies_in_it_and_a_larger_one_is_never_earlier(budget, start, one, other):
    end = due(CALENDAR, budget, replay(CALENDAR, budget, [Entry("start", start)]))
    began = place(CALENDAR, budget, start)
    days = [at_share(CALENDAR, budget, began, end, share, start) for share in (*sorted((one, other)), 100)]
    assert [start, *days] == sorted([start, *days])
    assert days[-1] == end


def test_who_is_given_work_after_its_share_has_passed_has_the_share_of_what_was_left():
    start, end = at("2026-11-02T07:00"), at("2026-11-13T17:00")
    budget = Budget(10, "wd")
    began, given = place(CALENDAR, budget, start), at("2026-11-09T07:00")
    late = at_share(CALENDAR, budget, began, end, 10, given)
    assert late == at_share(CALENDAR, budget, place(CALENDAR, budget, given), end, 10, given)
    assert given < late < end
    assert at_share(CALENDAR, budget, began, end, 10, at("2026-11-20T07:00")) == end, "late, whoever has it"


def test_of_a_day_that_somebody_set_where_nobody_works_a_share_is_that_day():
    saturday, sunday = at("2026-10-03T08:00"), at("2026-10-04T17:00")
    budget = Budget(1, "h")
    assert at_share(CALENDAR, budget, place(CALENDAR, budget, saturday), sunday, 50, saturday) == sunday


@patient
@given(budgets, ledgers(), st.integers(1, 99))
def test_what_a_pause_took_is_nobodys_share(budget, entries, share):
    start, last = entries[0].at, entries[-1].at
    state = replay(CALENDAR, budget, entries)
    if state.since is None:
        entries = [*entries, Entry("resume", last)]
        state = replay(CALENDAR, budget, entries)
    stopped, on = last + timedelta(days=1), last + timedelta(days=60)
    later = replay(CALENDAR, budget, [*entries, Entry("pause", stopped), Entry("resume", on)])
    days = [
        at_share(CALENDAR, budget, each.began, due(CALENDAR, budget, each), share, start)
        for each in (state, later)
    ]
    if days[0] > stopped and budget.unit != "cd":  # a calendar day that ends on a day off ends later
        assert place(CALENDAR, budget, days[1]) >= place(CALENDAR, budget, on), "not due before it runs again"
    assert days == sorted(days)


@patient
@given(moments, moments)
def test_working_time_and_its_moments_agree(one, other):
    position = CALENDAR.position(one)
    assert CALENDAR.position(CALENDAR.moment(position)) == position
    assert CALENDAR.moment(position) <= one
    assert (CALENDAR.position(one) <= CALENDAR.position(other)) == (
        one <= other or position == CALENDAR.position(other)
    )


@patient
@given(moments)
def test_working_minutes_are_those_of_walking_over_the_days(start):
    """The reference steps minute by minute over two days; the calendar only looks up."""
    walked, moment = 0, start
    for _minute in range(2 * 24 * 60):
        minute = moment.hour * 60 + moment.minute
        walked += any(begin <= minute < end for begin, end in CALENDAR.spans(moment.date()))
        moment += timedelta(minutes=1)
    assert CALENDAR.position(moment) - CALENDAR.position(start) == walked


def test_eight_hours_are_a_day():
    assert sum(end - begin for begin, end in EIGHT_HOURS) == 480


@pytest.mark.parametrize(
    ("began", "now", "due_at", "told"),
    [
        ("2026-08-29T21:30", "2026-08-29T21:30", "2026-08-30T21:30", "Còn 24 giờ"),  # on days off
        ("2026-08-26T10:00", "2026-08-26T14:15", "2026-08-27T10:00", "Còn 19 giờ"),
        ("2026-08-24T10:00", "2026-08-26T14:15", "2026-08-27T10:00", "Còn 1 ngày làm việc"),
        ("2026-08-26T10:00", "2026-08-27T09:00", "2026-08-27T10:00", "Hôm nay 10:00"),
    ],
)
def test_what_has_a_day_or_less_is_told_in_hours(began, now, due_at, told):
    assert due_badge(CALENDAR, Budget(1, "wd"), at(due_at), at(now), started=at(began)).text == told
