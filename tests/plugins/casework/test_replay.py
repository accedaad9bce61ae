"""Stored clocks: what their ledger says, what a change of the calendar would move, and counting them anew."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from core.api import Invalid
from core.db import db
from plugins.casework.api import Opening, badge_of, explain_clock, open_case
from plugins.casework.cases import services as case_services
from plugins.casework.cases.services import Move
from plugins.casework.deadlines import (
    calendar_services,
    calendar_views,
    following,
    jobs,
    queries,
    replaying,
    services,
)
from plugins.casework.deadlines.budget import Budget
from plugins.casework.deadlines.calendars import DayRule
from plugins.casework.deadlines.services import ClockOwner
from plugins.casework.legs import services as legs
from plugins.casework.legs.purposes import OPINION
from plugins.casework.legs.services import Sending
from plugins.casework.models import Clock, ClockEntry, ClockMove, OwnDay
from plugins.casework.tasks.kind import TASK
from plugins.casework.tasks.services import open_task
from tests.plugins.casework.conftest import due_text, local, start, working_day
from tests.support.racing import crossed

STORM = {"kind": "off", "name": "Nghỉ bão số 5", "ground": "Công điện 12/CĐ-UBND"}


def audit() -> list[str]:
    return [
        event
        for (event,) in db.execute_sql(
            "SELECT event FROM core.audit_entry WHERE event ^@ 'casework.' AND tenant_id = core.app_tenant() ORDER BY id"
        ).fetchall()
    ]


def storm(day: date, **more) -> None:
    """Give the agency in scope a day off, as its own administrator would."""
    change = calendar_services.plan_days(own=True, day=day, **{**STORM, **more})
    calendar_services.apply_here(change, ground=STORM["ground"])


def test_a_clock_is_started_once_and_says_why_it_is_due(agency):
    owner = ClockOwner("casework.case", uuid4())
    with agency.at_work():
        made = [
            services.start_clock(
                owner,
                "whole",
                Budget.parse("5wd"),
                local("2026-08-26T09:00"),
                title="Rác thải",
                ground="Công văn 2145",
            )
            for _twice in range(2)
        ]
        assert made[0].id == made[1].id
        assert audit() == ["casework.clock_started"]
        told = explain_clock(made[0].id)
    # The agency works from 07:30: a working day is its own seven and a half hours.
    assert f"{told.due:%d/%m %H:%M}" == "07/09 09:00"


def test_pausing_extending_and_ending_move_the_due_date_and_stay_in_the_ledger(agency):
    with agency.at_work():
        clock = start("2026-03-02T09:00")
        paused = services.record(
            clock.id, "pause", local("2026-03-03T09:00"), ground="Điều 9", document="CV 1"
        )
        assert (paused.state, paused.due_at) == ("paused", None)
        services.record(clock.id, "resume", local("2026-03-05T09:00"), ground="Điều 9")
        services.record(clock.id, "extend", local("2026-03-05T10:00"), ground="Điều 10", amount=1)
        told = explain_clock(clock.id)
        closed = services.close_clock(clock.id, local("2026-03-11T16:00"), ground="Đã trả lời")
        badge = badge_of(closed, queries.agency_calendar(), local("2026-04-01T09:00"))
        with pytest.raises(Invalid):
            services.record(clock.id, "pause", local("2026-03-12T09:00"), ground="Điều 9")
        assert [entry.seq for entry in ClockEntry.select().order_by(ClockEntry.seq)] == [0, 1, 2, 3]
    assert f"{told.due:%d/%m %H:%M} {told.original:%d/%m}" == "12/03 09:00 09/03"
    assert any("Điều 9, CV 1" in line.text for line in told.lines)
    assert any("Gia hạn thêm 1 ngày làm việc" in line.text for line in told.lines)
    assert "gia hạn thêm 1 ngày làm việc. Hạn là 09:00" in told.sentence
    assert badge.text == "Xong sớm 1 ngày"


def test_a_holiday_committed_while_a_calendar_is_read_is_never_taken_for_counted(agency, monkeypatch):
    read = queries.national_rules
    holiday = DayRule(date(2032, 3, 26), "holiday", "day", "Ngày hội", "QĐ 9")

    def with_a_commit_in_between():
        calendar_services._write(replaying.DayChange(adds=(holiday,)), "QĐ 9", OwnDay)
        return read()

    with agency.at_work():
        monkeypatch.setattr(queries, "national_rules", with_a_commit_in_between)
        before = queries.agency_calendar().stamp
        monkeypatch.undo()
        assert queries.agency_calendar().stamp != before


@pytest.mark.parametrize(
    ("paused", "ended", "told"),
    [
        ("2026-03-12T09:00", "2026-03-16T09:00", "Xong trễ 5 ngày"),
        ("2026-03-03T09:00", "2026-03-16T09:00", "Xong sớm 4 ngày"),
    ],
)
def test_pausing_what_is_late_and_ending_it_does_not_make_it_on_time(agency, paused, ended, told):
    with agency.at_work():
        clock = start("2026-03-02T09:00")
        services.record(clock.id, "pause", local(paused), ground="Điều 9")
        with pytest.raises(Invalid) as problem:
            services.close_clock(clock.id, local("2026-03-03T08:00"), ground="Đã trả lời")
        assert "at" in problem.value.errors
        closed = services.close_clock(clock.id, local(ended), ground="Đã trả lời")
        assert badge_of(closed, queries.agency_calendar(), local("2026-04-01T09:00")).text == told


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "work", "day": date(2026, 11, 25)}, "day"),
        ({"kind": "work", "day": date(2026, 11, 25), "part": "morning"}, "day"),
        ({"kind": "swap", "day": date(2026, 11, 28), "pair": date(2026, 12, 5)}, "day"),
        ({"kind": "swap", "day": date(2026, 11, 27), "pair": date(2026, 11, 26)}, "pair"),
        ({"kind": "holiday", "day": date(2026, 11, 25), "part": "morning"}, "part"),
        ({"kind": "off", "day": date(2026, 11, 29)}, "day"),
    ],
)
def test_a_day_that_would_become_what_it_is_already_is_refused(agency, more, field):
    with agency.at_work(), pytest.raises(Invalid) as problem:
        calendar_services.plan_days(own=True, name="Làm bù", ground="QĐ 9", **more)
    assert list(problem.value.errors) == [field]


def test_extra_work_is_taken_on_a_day_off(agency):
    with agency.at_work():
        change = calendar_services.plan_days(
            own=True, kind="work", day=date(2026, 11, 28), part="morning", name="Trực", ground="QĐ 9"
        )
        assert change.on(queries.agency_calendar()).works_on(date(2026, 11, 28))


def test_a_preview_that_did_not_look_at_all_says_so():
    change = replaying.DayChange(adds=(DayRule(date(2026, 11, 27), "off", own=True),))
    partly = replaying.Preview(looked_at=50_000, complete=False)
    told = [effect.text for effect in calendar_views.effects(change, partly, date(2026, 11, 1), own=True)]
    assert any("Mới xem 50.000 thời hạn đầu, không thời hạn nào thay đổi" in text for text in told)
    assert not any(text.startswith("Không thời hạn nào") for text in told)


@pytest.mark.parametrize("field", ["title", "ground", "document"])
def test_what_is_too_long_for_a_clock_is_told_in_words(agency, field):
    words = {"title": "Rác thải", "ground": "Điều 9", field: "x" * 301}
    owner = ClockOwner("casework.case", uuid4())
    with agency.at_work(), pytest.raises(Invalid) as problem:
        services.start_clock(owner, "whole", Budget.parse("5wd"), local("2026-08-26T09:00"), **words)
    assert "300" in problem.value.errors[field][0]


def test_the_application_cannot_delete_a_clock_and_its_ledger_with_it(agency):
    with agency.at_work():
        clock = start("2026-03-02T09:00")
    with pytest.raises(Exception, match="permission denied"), agency.at_work():
        db.execute_sql("DELETE FROM casework.clock WHERE id = %s", (clock.id,))


def test_a_clock_does_not_stop_without_a_ground(agency):
    with agency.at_work():
        clock = start("2026-03-02T09:00")
        with pytest.raises(Invalid) as problem:
            services.record(clock.id, "pause", local("2026-03-03T09:00"), ground=" ")
    assert set(problem.value.errors) == {"ground"}


def test_a_day_off_is_previewed_then_applied_and_told_in_the_explanation(agency):
    with agency.at_work():
        clock = start("2026-08-26T09:00", title="VG-2026-0001 Trả lời đơn của ông Nam")
        before = start("2026-08-03T09:00", title="VG-2026-0002 Đã qua ngày ấy")
        change = calendar_services.plan_days(own=True, day=date(2026, 8, 27), **STORM)
        seen = replaying.preview_here(change)
        assert (seen.later, seen.earlier, seen.complete) == (1, 0, True)
        ((_agency, title, old, new),) = seen.rows
        assert (title, f"{old:%d/%m} {new:%d/%m}") == ("VG-2026-0001", "07/09 08/09"), (
            "not everybody may read the case"
        )
        assert Clock.get_by_id(clock.id).due_at == local("2026-09-07T09:00"), "a preview writes nothing"
        storm(date(2026, 8, 27))
    with agency.in_background():
        jobs.replay()
    assert due_text(agency, clock) == "2026-09-08 09:00"
    assert due_text(agency, before) == "2026-08-10 09:00"
    with agency.at_work():
        told = explain_clock(clock.id)
        assert audit()[-2:] == ["casework.day_added", "casework.deadlines_replayed"]
    assert any(
        "07/9/2026 sang 09:00 thứ Ba 08/9/2026" in line.text and "bão số 5" in line.text
        for line in told.lines
    )
    assert f"{told.original:%d/%m}" == "07/09"


def test_what_is_done_is_explained_by_the_calendar_it_ended_on(agency):
    with agency.at_work():
        storm(date(2026, 8, 28))
        clock = start("2026-08-26T09:00")
        services.close_clock(clock.id, local("2026-08-27T09:00"), ground="Đã trả lời")
        before = explain_clock(clock.id)
        assert before.sentence.endswith("Hạn là 09:00 thứ Ba 08/9/2026.")
        assert not any("sau khi việc đã xong" in line.text for line in before.lines)
        storm(date(2026, 9, 4), name="Nghỉ lũ")
        told = explain_clock(clock.id)
        assert (told.due, told.sentence) == (before.due, before.sentence)
        assert [cell._replace(today=False) for cell in told.days] == [
            cell._replace(today=False) for cell in before.days
        ], "a storm after the end is not hatched"
        words = " ".join(line.text for line in told.lines)
        assert "Nghỉ lũ" not in words
        assert "bão số 5" in words
        assert "sau khi việc đã xong; hạn giữ nguyên 09:00 thứ Ba 08/9/2026" in words
        # A day that is taken out afterwards counts as it did, too.
        row = next(row for row in queries.days_of(2026, own=True) if row.day == date(2026, 8, 28))
        calendar_services.apply_here(calendar_services.plan_removal(row.id, own=True), ground="CĐ 13")
        assert (told.due, told.lines) == (explain_clock(clock.id).due, explain_clock(clock.id).lines)


def test_what_is_done_keeps_its_due_date_where_its_calendar_is_not_known_any_more(agency):
    with agency.at_work():
        clock = start("2026-08-26T09:00")
        services.close_clock(clock.id, local("2026-08-27T09:00"), ground="Đã trả lời")
        storm(date(2026, 8, 28))
        Clock.update(calendar="0.00000000").where(Clock.id == clock.id).execute()
        told = explain_clock(clock.id)
    assert told.sentence.endswith("Hạn là 09:00 thứ Hai 07/9/2026.")
    assert told.days == told.months == (), "no day is shown as counted that was not"
    assert "hạn giữ nguyên 09:00 thứ Hai 07/9/2026" in told.lines[-1].text


def test_what_ended_while_it_was_paused_is_not_said_to_stand_still(agency):
    with agency.at_work():
        clock = start("2026-03-02T09:00")
        services.record(clock.id, "pause", local("2026-03-03T09:00"), ground="Điều 9")
        services.close_clock(clock.id, local("2026-03-04T09:00"), ground="Đã trả lời")
        told = explain_clock(clock.id)
    assert "Đang tạm dừng" not in told.sentence
    assert told.sentence.endswith(
        "Xong 09:00 thứ Tư 04/3/2026 trong lúc tạm dừng; chạy tiếp từ đó thì hạn là 09:00 thứ Ba 10/3/2026."
    )


def test_a_day_that_was_counted_already_may_be_taken_out_again(agency):
    with agency.at_work():
        storm(date(2026, 8, 27))
        clock = start("2026-08-26T09:00")
        row = next(row for row in queries.days_of(2026, own=True) if row.own)
        removal = calendar_services.plan_removal(row.id, own=True)
        assert replaying.preview_here(removal).earlier == 1
        calendar_services.apply_here(removal, ground="Công điện 13/CĐ-UBND")
        assert not [row for row in queries.days_of(2026, own=True) if row.own]
        assert len(queries.removed_days(2026, own=True)) == 1, "it stays, with the reason"
    with agency.in_background():
        jobs.replay()
    assert due_text(agency, clock) == "2026-09-07 09:00"


def test_the_plan_names_what_somebody_promised_for_a_day_that_becomes_a_day_off(agency):
    leader, lan = agency.officer("casework.leader"), agency.officer("casework.officer")
    day, after = working_day(agency, 60), working_day(agency, 61)

    def task(due):
        with leader.working() as ctx:
            said = {"id": uuid4(), "title": "Rà soát", "text": "", "person_id": lan.person_id, "due": due, "restricted": False}  # fmt: skip
            return open_task(ctx, said)

    case, _other = task(day), task(after)
    with agency.at_work():
        change = calendar_services.plan_days(own=True, day=day, **STORM)
        seen = replaying.preview_here(change)
        told = [
            effect.text for effect in calendar_views.effects(change, seen, day - timedelta(days=9), own=True)
        ]
        morning = calendar_services.plan_days(own=True, day=day, part="morning", **STORM)
        assert replaying.preview_here(morning).fixed == 0, "by its closing the day is worked"
    assert f"1 việc hẹn đúng ngày này, không tự đổi, cần hẹn lại: {case.code}." in told
    with db.connection_context():
        everywhere = replaying.preview_everywhere(change)
    assert everywhere.fixed >= 1
    assert not everywhere.fixed_codes, "operators read no codes"


def test_both_days_of_a_swap_come_and_go_together(agency):
    with agency.at_work():
        change = calendar_services.plan_days(
            own=True, kind="swap", day=date(2026, 3, 6), pair=date(2026, 3, 7), name="Ngày hội", ground="QĐ 7"
        )
        calendar_services.apply_here(change, ground="QĐ 7")
        rows = [row for row in queries.days_of(2026, own=True) if row.own]
        assert [row.kind for row in rows] == ["swap_off", "swap_work"]
        assert queries.changes_since(0)[0] == "Ngày hội 06/3/2026, 07/3/2026 (QĐ 7)"
        with pytest.raises(Invalid) as problem:
            calendar_services.plan_days(own=True, day=date(2026, 3, 7), **STORM)
        assert "Ngày hội" in problem.value.errors["day"][0]
        calendar_services.apply_here(calendar_services.plan_removal(rows[1].id, own=True), ground="QĐ 8")
        assert not [row for row in queries.days_of(2026, own=True) if row.own]


def test_a_replay_that_was_killed_goes_on_where_it_stood_and_a_second_one_does_nothing(agency, monkeypatch):
    with agency.at_work():
        clocks = [start("2026-08-26T09:00") for _number in range(7)]
        storm(date(2026, 8, 27))
    portions = []
    original = replaying.replay_portion

    def killed(after, portion):
        if portions:
            raise KeyboardInterrupt
        portions.append(portion)
        return original(after, portion)

    with monkeypatch.context() as patch, agency.in_background():
        patch.setattr(replaying, "replay_portion", killed)
        with pytest.raises(KeyboardInterrupt):
            replaying.replay_open_clocks(3)
    assert sorted(due_text(agency, clock) for clock in clocks).count("2026-09-08 09:00") == 3
    with agency.in_background():
        assert replaying.replay_open_clocks(3)[:2] == (4, 4)
        assert replaying.replay_open_clocks(3)[:2] == (0, 0)
    assert {due_text(agency, clock) for clock in clocks} == {"2026-09-08 09:00"}
    with agency.at_work():
        assert ClockMove.select().count() == 7, "each move is told once"


def test_new_working_hours_count_from_their_day_on_and_leave_the_past_alone(agency, keeper):
    with agency.at_work():
        past, running = start("2020-03-02T09:00", "8h"), start("2099-03-02T09:00", "8h")
    form = {f"hours_{day}": "07:00–12:00, 13:00–17:00" if day < 6 else "" for day in range(1, 8)}
    answer = keeper.post("tenants.settings", {**form, "time_zone": "Asia/Ho_Chi_Minh", "version": "1"})
    assert answer.status_code == 303
    assert "Đang xem lại 2 thời hạn" in keeper.get("casework.calendar").text
    with agency.in_background():
        assert replaying.replay_open_clocks()[:2] == (2, 1)
    assert due_text(agency, past) == "2020-03-03 09:30"
    assert due_text(agency, running) == "2099-03-03 08:00"


def test_closed_clocks_keep_their_deadline(agency):
    with agency.at_work():
        clock = start("2026-08-26T09:00")
        services.close_clock(clock.id, local("2026-08-28T09:00"), ground="Đã trả lời")
        storm(date(2026, 8, 27))
    with agency.in_background():
        assert replaying.replay_open_clocks()[:2] == (0, 0)
    assert due_text(agency, clock) == "2026-09-07 09:00"


def test_what_a_preview_counts_is_what_the_replay_moves(agency):
    """Also for clocks that are paused, late, long, short, or begun on the very day."""
    with agency.at_work():
        for number, (begun, budget) in enumerate(
            [
                ("2026-08-24T09:00", "3wd"), ("2026-08-27T10:00", "1h"), ("2026-08-27T06:00", "2wd"), ("2026-08-20T09:00", "7cd"),
                ("2026-08-25T16:00", "40h"), ("2026-06-01T09:00", "90cd"), ("2026-08-28T09:00", "1wd"), ("2026-08-26T23:00", "1cd"),
            ]
        ):  # fmt: skip
            clock = start(begun, budget, title=f"Việc {number}")
            if number % 2 == 0:
                services.record(clock.id, "extend", local("2026-09-01T09:00"), ground="Điều 10", amount=1)
        late = start("2026-08-24T09:00", "1wd")
        services.record(late.id, "pause", local("2026-08-26T09:00"), ground="Điều 9")
        services.record(late.id, "resume", local("2026-08-28T09:00"), ground="Điều 9")
        seen = replaying.preview_here(calendar_services.plan_days(own=True, day=date(2026, 8, 27), **STORM))
        storm(date(2026, 8, 27))
    with agency.in_background():
        assert replaying.replay_open_clocks().moved == seen.moved > 0


def crossed_by(agency, act):
    """Replay the deadlines of an agency, and let somebody act in the middle of it; return what went wrong on either side."""
    with agency.at_work():
        storm(working_day(agency, 2))

    def replay():
        with agency.in_background():
            assert replaying.replay_open_clocks().moved == 1

    return crossed(following, "follow", replay, act)


def test_a_case_that_is_ended_while_deadlines_are_replayed_waits_and_ends(agency):
    leader = agency.officer("casework.leader")
    with leader.working():
        case = open_case(TASK.key, Opening(title="Rà soát", budget=Budget.parse("5wd"), ground="Điều 18"))

    def stop():
        with leader.working() as ctx:
            case_services.move(ctx, case.id, "stop", Move(version=case.version, note="Thôi làm"))

    assert crossed_by(agency, stop) == []


def test_a_leg_that_is_taken_back_while_deadlines_are_replayed_waits_and_is(ground, agency):
    asking = ground.agency()
    leader, clerk = asking.officer("casework.leader"), agency.officer("casework.leg_clerk")
    with leader.working() as ctx:
        case = open_case(TASK.key, Opening(title="Rà soát"))
        leg_id = legs.send_leg(
            ctx, case.id, Sending(purpose=OPINION.key, ask="Cho ý kiến", receiver_id=agency.info.id, budget=Budget.parse("5wd"))
        )  # fmt: skip
    with clerk.working() as ctx:
        legs.take_leg(ctx, leg_id)

    def recall():
        with leader.working() as ctx:
            legs.recall_leg(ctx, leg_id, "Không cần nữa")

    assert crossed_by(agency, recall) == []
