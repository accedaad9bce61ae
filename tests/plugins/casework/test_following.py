"""What follows a deadline that moved: lists, the order of work, feeds, reminders, steps, and who is told once."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from core.api import Cursor, db, format_date
from core.i18n import HOME_ZONE
from plugins.casework.api import Budget, Opening, Receiver, open_case
from plugins.casework.cases import queries as cases
from plugins.casework.cases import services as case_services
from plugins.casework.cases.queries import CaseFilter, whole_clock
from plugins.casework.cases.services import Move
from plugins.casework.deadlines import following, jobs, queries, replaying, services
from plugins.casework.models import Assignment, Case, ReplayRun, Step
from plugins.casework.tasks.kind import TASK
from plugins.casework.work import queries as work_queries
from plugins.casework.work import reminders
from plugins.casework.workflows.definition import Definition
from plugins.casework.workflows.kinds import store
from plugins.notifications.models import Notification
from tests.plugins.casework.conftest import working_day
from tests.plugins.casework.test_ics import read, secret_of
from tests.plugins.casework.test_replay import storm
from tests.plugins.casework.test_work import Office, titles


@pytest.fixture
def office(agency):
    return Office(agency)


def opened(office, budget="3wd", title="Trả lời kiến nghị", to=None, **more):
    """Open a case whose deadline is counted from this moment on."""
    with office.leader.working():
        return open_case(
            TASK.key,
            Opening(
                title=title, budget=Budget.parse(budget), ground="Điều 18", to=to or Receiver(person_id=office.lan.person_id), **more
            ),
        )  # fmt: skip


def replay(office, day: date):
    with office.agency.at_work():
        storm(day)
    with office.agency.in_background():
        jobs.replay()


def due_of(office, case):
    """Return the day a case is due by its clock, by itself, and by whoever has it."""
    with office.agency.at_work():
        held = Assignment.get(Assignment.case_id == case.id, Assignment.done_at.is_null())
        moments = (whole_clock(case.id).due_at, Case.get_by_id(case.id).due_at, held.due_at)
        return [each and each.astimezone(HOME_ZONE).date() for each in moments]


def notices(office, officer):
    with office.agency.at_work():
        return list(
            Notification.select().where(
                Notification.kind == following.MOVED_BY_CALENDAR, Notification.person_id == officer.person_id
            )
        )


def test_lists_work_feed_and_reminders_have_the_day_that_the_new_calendar_gives(office):
    counted = opened(office, "2wd", "tính theo lịch")
    fixed = datetime.combine(working_day(office.agency, 2), datetime.max.time(), HOME_ZONE).replace(
        microsecond=0
    )
    with office.leader.working():
        open_case(TASK.key, Opening(title="hẹn ngày", due=fixed, to=Receiver(person_id=office.lan.person_id)))
    path = secret_of(office.lan)
    assert titles(office.lan) == ["tính theo lịch", "hẹn ngày"]
    day = working_day(office.agency, 3)
    replay(office, working_day(office.agency, 1))
    assert due_of(office, counted) == [day] * 3
    assert titles(office.lan) == ["hẹn ngày", "tính theo lịch"]
    with office.leader.working() as ctx:
        listed = cases.cases(ctx, TASK, CaseFilter(), Cursor()).rows
    assert [row.title for row in listed] == ["hẹn ngày", "tính theo lịch"]
    events = Calendar.from_ical(read(office.lan, path).content).walk("VEVENT")
    (event,) = [each for each in events if counted.code in each["summary"]]
    assert event["dtend"].dt.astimezone(HOME_ZONE).date() == day
    assert event["dtstamp"].dt > datetime.now(UTC) - timedelta(minutes=1), "programs take what is newer"
    assert reminded(office)[counted.code] == day


def test_the_history_of_a_case_tells_how_the_calendar_moved_it(office):
    counted = opened(office, "2wd", "tính theo lịch")
    assert "vì lịch làm việc thay đổi" not in office.lan.get("casework.task", case_id=counted.id).text
    replay(office, working_day(office.agency, 1))
    history = office.lan.get("casework.task", case_id=counted.id, query={"tab": "history"}).text
    assert "chuyển hạn từ" in history
    assert "vì lịch làm việc thay đổi" in history


def reminded(office):
    """Return until when the morning's reminders take each open case to be due."""
    wide = reminders.Round(
        "x", reminders.DUE, "", datetime(2000, 1, 1, tzinfo=UTC), cases.NEVER, reminders.WORK
    )
    with office.agency.at_work():
        return {
            row.code: row.due_at.astimezone(HOME_ZONE).date()
            for row in map(
                reminders.DueRow._make,
                db.execute_sql(*reminders._statement(wide, [TASK.key], None)).fetchall(),
            )
        }


@pytest.fixture
def in_half_the_time(office):
    """The first state of a task has half of its time."""
    states = tuple(replace(each, share=50) if each.key == "new" else each for each in TASK.states)
    with office.agency.at_work():
        store(TASK, Definition("new", states, TASK.transitions), number=1, own=True)


def test_whoever_acts_by_a_share_of_the_time_follows_and_who_was_named_a_day_does_not(
    office, in_half_the_time
):
    shared, named = opened(office, "4wd", "theo tỷ lệ"), opened(office, "4wd", "hẹn ngày")
    assert due_of(office, shared)[2] < due_of(office, shared)[1], "also who has it first"
    day = working_day(office.agency, 3)
    with office.lan.working() as ctx:
        said = Move(
            version=cases.case(named.id).version, to=Receiver(person_id=office.vinh.person_id),
            due=case_services.local_end(day), note="",
        )  # fmt: skip
        case_services.move(ctx, named.id, "hand_over", said)
    before = due_of(office, shared)
    replay(office, working_day(office.agency, 1))
    after = due_of(office, shared)
    assert after[2] > before[2]
    assert after[2] < after[1]
    assert due_of(office, named)[2] == day


def test_whoever_acts_by_a_share_is_told_only_if_their_own_day_moved(office, in_half_the_time):
    case = opened(office, "8wd")
    before = due_of(office, case)
    replay(office, working_day(office.agency, 7))
    after = due_of(office, case)
    assert after[0] > before[0]
    assert after[2] == before[2]
    assert notices(office, office.lan) == []
    replay(office, working_day(office.agency, 2))
    day = due_of(office, case)[2]
    assert day > before[2]
    (notice,) = notices(office, office.lan)
    assert notice.fields["list"] == f"{case.code} ({format_date(day, year=True)})"
    replay(office, working_day(office.agency, 9))
    assert len(notices(office, office.lan)) == 1, "the first run is not taken for this one"


def test_what_a_pause_took_is_not_counted_to_who_acts_by_a_share(office, in_half_the_time):
    case = opened(office, "4wd")
    with office.agency.at_work():
        clock = whole_clock(case.id)
        on = clock.last_at + timedelta(days=30)
        services.record(clock.id, "pause", clock.last_at, ground="Điều 9")
        services.record(clock.id, "resume", on, ground="Điều 9")
        ended, _case, held = due_of(office, case)
    assert on.astimezone(HOME_ZONE).date() <= held < ended
    replay(office, working_day(office.agency, 1))
    assert due_of(office, case)[2] == held, "nothing before the pause is counted again"
    with office.agency.at_work():
        services.record(clock.id, "restart", on, ground="Điều 9")
    assert due_of(office, case)[2] == held


def test_what_is_done_while_the_deadline_stands_still_is_neither_early_nor_late(office, in_half_the_time):
    case = opened(office, "4wd")
    with office.agency.at_work():
        clock = whole_clock(case.id)
        services.record(clock.id, "pause", clock.last_at, ground="Điều 9")
    page = office.lan.get("casework.task", case_id=case.id).text
    holder = page.partition('class="cw-holder"')[2].partition("</section>")[0]
    assert ("Tạm dừng" in holder, "Còn" in holder) == (True, False)
    later = clock.last_at + timedelta(days=60)
    with office.lan.working() as ctx:
        said = Move(
            version=cases.case(case.id).version, to=Receiver(person_id=office.vinh.person_id),
            due=later - timedelta(days=30), note="",
        )  # fmt: skip
        case_services.move(ctx, case.id, "hand_over", said, at=later)
    with office.vinh.working() as ctx:
        (row,) = work_queries.work(ctx, work_queries.desks(ctx), work_queries.WorkFilter()).rows
        assert (row.case_id, row.paused) == (case.id, False), "a day that somebody named does not stand still"
    with office.leader.working() as ctx:
        case_services.move(
            ctx, case.id, "stop", Move(version=cases.case(case.id).version, note="Thôi"), at=later
        )
        steps = [each.outcome for each in Step.select().where(Step.case_id == case.id).order_by(Step.seq)]
        held = [
            each.outcome
            for each in Assignment.select().where(Assignment.case_id == case.id).order_by(Assignment.id)
        ]
    assert (steps, held) == (["", "", "late"], ["", "late"]), "a day that somebody named does not stand still"


def test_a_further_day_leaves_who_acts_by_a_share_a_share_of_the_time(office, in_half_the_time):
    first, last = (end_of(office, ahead) for ahead in (6, 20))
    with office.leader.working():
        case = open_case(
            TASK.key, Opening(title="Hẹn ngày", due=first, to=Receiver(person_id=office.lan.person_id))
        )
    with office.agency.at_work():
        before = Assignment.get(Assignment.case_id == case.id).due_at
        case_services.set_due(cases.case(case.id), last)
        held = Assignment.get(Assignment.case_id == case.id)
    assert before < held.due_at < last


@pytest.mark.parametrize("named", [True, False])
def test_a_new_day_of_a_case_is_that_of_whoever_was_named_one_unless_it_is_to_stay(office, named):
    first, own, last = (end_of(office, ahead) for ahead in (6, 4, 20))
    with office.leader.working():
        case = open_case(
            TASK.key, Opening(title="Hẹn ngày", due=first, to=Receiver(person_id=office.lan.person_id))
        )
    with office.agency.at_work():
        Assignment.update(due_at=own, share=None).where(Assignment.case_id == case.id).execute()
        case_services.set_due(cases.case(case.id), last, named=named)
        assert Assignment.get(Assignment.case_id == case.id).due_at == (last if named else own)


def end_of(office, ahead):
    with office.agency.at_work():
        return case_services.local_end(working_day(office.agency, ahead))


def test_a_step_of_who_keeps_a_case_recorded_late_has_its_share_of_the_time_left(office, in_half_the_time):
    with office.agency.at_work():
        states = tuple(replace(each, share=60) if each.key == "doing" else each for each in TASK.states)
        states = tuple(replace(each, share=50) if each.key == "new" else each for each in states)
        store(TASK, Definition("new", states, TASK.transitions), number=2, own=True)
    now = datetime.now(UTC)
    case = opened(office, "30wd", received=now - timedelta(days=35))
    first = due_of(office, case)[2]
    form = office.lan.get("casework.case_move", case_id=case.id, transition="start").text
    with office.lan.working() as ctx:
        case_services.move(ctx, case.id, "start", Move(version=cases.case(case.id).version))
    then = due_of(office, case)[2]
    assert now.astimezone(HOME_ZONE).date() < first <= then
    assert format_date(then, year=True) in form
    with office.agency.at_work():
        services.lead(whole_clock(case.id), queries.agency_calendar())
    assert due_of(office, case)[2] == then


def test_a_replay_and_an_act_write_the_same_days(office, in_half_the_time):
    case = opened(office, "4wd")
    with office.agency.at_work():
        services.record(whole_clock(case.id).id, "extend", datetime.now(UTC), ground="Điều 10", amount=1)
    replay(office, working_day(office.agency, 1))
    written = due_of(office, case)
    with office.agency.at_work():
        services.lead(whole_clock(case.id), queries.agency_calendar())
    assert due_of(office, case) == written
    assert written[2] < written[1] == written[0]


@pytest.mark.parametrize("kind", ["extend", "pause", "restart"])
def test_a_deadline_changed_by_hand_changes_where_lists_look(office, kind):
    case = opened(office)
    with office.agency.at_work():
        clock = whole_clock(case.id)
        services.record(clock.id, kind, clock.last_at, ground="Điều 10", amount=2 if kind == "extend" else 0)
    with office.agency.at_work():
        clock, stored = whole_clock(case.id), Case.get_by_id(case.id)
        assert stored.due_at == clock.due_at
        held = Assignment.get(Assignment.case_id == case.id)
        if kind == "pause":
            assert stored.due_at is None
            assert held.due_at is not None, "the day that was stays while the clock stands still"
        else:
            assert held.due_at == clock.due_at
            assert (held.due_at > case.due_at) == (kind == "extend")


def test_everybody_concerned_is_told_once_for_a_run_also_when_it_was_killed(office, monkeypatch):
    many = [opened(office, title=f"việc {number}") for number in range(12)]
    mine = opened(office, title="của Vinh", to=Receiver(person_id=office.vinh.person_id))
    with office.agency.at_work():
        storm(working_day(office.agency, 1))
    original, portions = replaying.replay_portion, []

    def killed(after, portion):
        if portions:
            raise KeyboardInterrupt
        portions.append(portion)
        return original(after, portion)

    with monkeypatch.context() as patch, office.agency.in_background():
        patch.setattr(replaying, "replay_portion", killed)
        with pytest.raises(KeyboardInterrupt):
            replaying.replay_open_clocks(5)
    assert notices(office, office.lan) == [], "nobody is told of half a run"
    for _again in range(2):
        with office.agency.in_background():
            replaying.replay_open_clocks(5)
    (told,) = notices(office, office.lan)
    assert told.fields["more"] == 2
    assert many[0].code in told.fields["list"]
    assert "bão số 5" in told.fields["reason"]
    (told,) = notices(office, office.vinh)
    assert told.fields["list"].startswith(mine.code)
    assert notices(office, office.leader) == []
    page = office.lan.get("notifications.centre").text
    assert "Lịch làm việc thay đổi" in page
    assert "và 2 việc nữa" in page
    with office.agency.at_work():
        assert ReplayRun.select().where(ReplayRun.told_at.is_null()).count() == 0


def test_what_nobody_has_taken_tells_the_unit(office):
    opened(office, to=Receiver(unit_id=office.agency.units["Văn phòng"]))
    replay(office, working_day(office.agency, 1))
    assert len(notices(office, office.lan)) == len(notices(office, office.vinh)) == 1


def test_a_case_that_is_done_and_one_with_a_day_of_its_own_move_nobody(office):
    case = opened(office)
    with office.lan.working() as ctx:
        case_services.move(ctx, case.id, "report", Move(version=cases.case(case.id).version, note="Xong"))
    with office.leader.working() as ctx:
        case_services.move(ctx, case.id, "approve", Move(version=cases.case(case.id).version))
    with office.agency.at_work():
        due = Case.get_by_id(case.id).due_at
    replay(office, working_day(office.agency, 1))
    with office.agency.at_work():
        assert Case.get_by_id(case.id).due_at == due
    assert notices(office, office.lan) == []


def test_a_machine_whose_time_was_put_back_stops_nobody(office):
    case = opened(office)
    earlier = datetime.now(UTC) - timedelta(minutes=20)
    with office.lan.working() as ctx:
        said = Move(version=cases.case(case.id).version, note="Xong")
        case_services.move(ctx, case.id, "report", said, at=earlier)
    with office.leader.working() as ctx:
        case_services.move(ctx, case.id, "approve", Move(version=cases.case(case.id).version), at=earlier)
    with office.agency.at_work():
        assert whole_clock(case.id).closed_at >= whole_clock(case.id).last_at
        steps = list(Step.select().where(Step.case_id == case.id).order_by(Step.seq))
        assert all(one.at <= other.at for one, other in itertools.pairwise(steps))
