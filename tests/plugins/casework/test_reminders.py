"""Reminders of deadlines: who hears what, once for one fact, and nothing that should not be in a mail."""

from datetime import UTC, datetime, time, timedelta
from threading import Thread
from time import monotonic

import psycopg2
import pytest

from core.api import new_id
from core.db import Conflict, db
from plugins.casework.cases import assigning, queries
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.services import Move, move
from plugins.casework.deadlines.queries import standard_calendar
from plugins.casework.legs.purposes import OPINION
from plugins.casework.legs.reminding import SENT, SILENT, STUCK, UNTAKEN
from plugins.casework.legs.services import Sending, answer_leg, send_leg, take_leg
from plugins.casework.models import Assignment, Case, Leg
from plugins.casework.tasks.kind import TASK
from plugins.casework.work import queries as work_queries
from plugins.casework.work import reminders
from plugins.casework.work.services import Rules, rules, set_rules
from plugins.notifications.models import Notification
from tenants.services import resume_agency, suspend_agency
from tests.plugins.casework.test_work import Office
from tests.support.plans import nodes
from tests.support.racing import LONGEST, crossed, overtaken

FRIDAY = datetime(2026, 9, 4, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("every_day_works")


@pytest.fixture
def office(agency):
    found = Office(agency)
    found.names = {}
    return found


def remind(office):
    """Run the morning's job, and return what each person was told by it."""
    with office.agency.in_background():
        reminders.remind()
    with office.agency.at_work():
        told = Notification.select().where(Notification.kind.startswith("casework."))
        names = {
            office.lan.person_id: "lan",
            office.vinh.person_id: "vinh",
            office.leader.person_id: "leader",
            **office.names,
        }
        return sorted(
            (names[each.person_id], each.kind.removeprefix("casework."), each.fields["code"])
            for each in told
            if each.kind in (reminders.DUE, reminders.OVERDUE, reminders.ESCALATED, reminders.LEG_LATE)
        )


def test_a_holder_hears_before_on_the_day_and_when_it_is_over_and_a_leader_after_some_days(office):
    soon, today = office.task("sắp", due_in=1), office.task("hôm nay", due_in=0)
    late, very_late = office.task("trễ", due_in=-1), office.task("trễ lâu", due_in=-5)
    office.task("còn lâu", due_in=20)
    office.task("không hạn")
    assert remind(office) == sorted(
        [
            ("lan", "due", soon.code),
            ("lan", "due", today.code),
            ("lan", "overdue", late.code),
            ("lan", "overdue", very_late.code),
            ("leader", "escalated", very_late.code),
        ]
    )


def test_nobody_is_told_twice_of_one_fact_until_the_date_moves(office):
    case = office.task("hôm nay", due_in=0)
    first = remind(office)
    assert remind(office) == first
    with office.agency.at_work():
        moved = work_queries.start_of_today() - timedelta(days=1)
        Assignment.update(due_at=moved).where(Assignment.case_id == case.id).execute()
    assert remind(office) == sorted([*first, ("lan", "overdue", case.code)])


def test_a_units_work_reminds_the_unit_and_a_stand_in_hears_too(office):
    case, own = office.task("việc của phòng"), office.task("hôm nay", due_in=0)
    with office.lan.working() as ctx:
        assigning.reassign(ctx, case.id, Receiver(unit_id=office.agency.units["Văn phòng"]))
        today = work_queries.start_of_today()
        due = today + timedelta(hours=17)
        Assignment.update(due_at=due).where(
            Assignment.case_id == case.id, Assignment.person_id.is_null()
        ).execute()
        assigning.delegate(
            ctx,
            office.vinh.person_id,
            since=today.date(),
            until=today.date() + timedelta(days=1),
            reason="Nghỉ phép",
        )
    told = remind(office)
    assert {who for who, _kind, code in told if code == case.code} == {"lan", "vinh", "leader"}
    assert {who for who, _kind, code in told if code == own.code} == {"lan", "vinh"}


@pytest.fixture
def sent(office, ground):
    """Sends a leg to the office from another agency so many days ago, due in so many days; returns its code and id."""
    sender = ground.agency().officer("casework.leader", name="Đỗ Văn Minh")

    def send(*, ago, due=None, to=office.agency):
        with sender.working() as ctx:
            case = open_case(TASK.key, Opening(title="Sửa đường"))
            said = Sending(purpose=OPINION.key, ask="Cho ý kiến", receiver_id=to.info.id)
            leg_id = send_leg(ctx, case.id, said, at=datetime.now(UTC) - timedelta(days=ago))
            day = due is not None and work_queries.start_of_today() + timedelta(days=due, hours=17)
            Leg.update(due_at=day or None).where(Leg.id == leg_id).execute()
        return case.code, leg_id

    send.agency, send.leader = sender.agency, sender
    return send


def chased(sent):
    """Run the morning's job in the agency that sent, and return what its people are told of legs."""
    with sent.agency.in_background():
        reminders.remind()
    with sent.agency.at_work():
        told = Notification.select().where(Notification.kind == reminders.LEG_LATE)
        return sorted((each.person_id, each.fields["code"]) for each in told)


def test_a_leg_that_nobody_takes_on_is_told_to_who_takes_on_and_to_who_leads(office, sent):
    clerk = office.agency.officer("casework.leg_clerk", name="Bùi Thu Hà")
    office.names = {clerk.person_id: "clerk"}
    new, silent, late, very_late, soon, today = (
        sent(ago=ago, due=due)[0] for ago, due in ((1, None), (4, None), (1, -1), (40, -5), (1, 1), (1, 0))
    )
    first = remind(office)
    assert first == sorted(
        [
            ("clerk", "escalated", silent),
            ("leader", "escalated", silent),
            ("clerk", "due", soon),
            ("clerk", "due", today),
            ("clerk", "overdue", late),
            ("clerk", "overdue", very_late),
            ("leader", "escalated", very_late),
        ]
    )
    assert remind(office) == first
    told = office.leader.get("notifications.centre").text
    assert f"{silent} gửi đến từ" in told
    assert "chưa ai tiếp nhận" in told
    assert f"{very_late} quá hạn từ" in told
    assert new not in told
    assert f"{late}: Xem và tiếp nhận. Quá hạn từ" in clerk.get("notifications.centre").text


def test_a_leader_who_takes_legs_on_alone_hears_once_of_one_that_is_over(office, sent):
    late, leg_id = sent(ago=40, due=-5)
    assert remind(office) == [("leader", "overdue", late)]
    with office.leader.working() as ctx:
        take_leg(ctx, leg_id)
        own = Case.get_by_id(leg_id).code
    assert remind(office) == [("leader", "overdue", late)], "nothing new is late"
    assert own not in office.leader.get("notifications.centre").text


def test_the_holder_hears_of_their_own_work_once_though_they_lead_it(office):
    own = office.task("của mình", to=office.leader, due_in=-5)
    assert remind(office) == [("leader", "overdue", own.code)]


def test_who_sent_a_leg_hears_that_it_is_late_to_chase_it_taken_on_or_not(office, sent):
    deputy = sent.agency.officer("casework.leader", name="Trần Thị Bình")
    with sent.leader.working() as ctx:
        day = work_queries.start_of_today().date()
        assigning.delegate(ctx, deputy.person_id, since=day, until=day, reason="Đi công tác")
    (untaken, _leg), (taken, taken_id), (answered, answered_id), (paused, paused_id), (today, _today) = (
        sent(ago=5, due=due) for due in (-1, -1, -1, -1, 0)
    )
    with office.leader.working() as ctx:
        take_leg(ctx, taken_id)
        take_leg(ctx, answered_id)
        answer_leg(ctx, answered_id, "Đồng ý.")
    with sent.agency.at_work():
        db.execute_sql("UPDATE casework.leg SET paused = true WHERE id = %s", (paused_id,))
    first = chased(sent)
    assert first == sorted(
        (who.person_id, code) for who in (sent.leader, deputy) for code in (untaken, taken)
    )
    assert chased(sent) == first
    said = sent.leader.get("notifications.centre").text
    assert f"Chặng {untaken} của {office.agency.info.name} quá hạn" in said
    assert "Sửa đường" not in "".join(line for line in said.splitlines() if "quá hạn" in line)
    assert {answered, paused, today}.isdisjoint(code for _who, code in first)
    with sent.agency.at_work():
        Leg.update(due_at=work_queries.start_of_today() - timedelta(days=2)).where(
            Leg.id == taken_id
        ).execute()
    assert len(chased(sent)) == len(first) + 2, "a day that moved is told once more"


def test_who_sent_a_leg_to_an_agency_that_is_suspended_hears_of_it_once_each_time(office, sent):
    here = office.agency.info.id
    (code, _leg), (paused, paused_id) = sent(ago=20, due=9), sent(ago=20, due=9)
    with sent.agency.at_work():
        db.execute_sql("UPDATE casework.leg SET paused = true WHERE id = %s", (paused_id,))
    assert chased(sent) == []

    def suspended(days):
        with office.agency.at_work():
            resume_agency(here)
            suspend_agency(here)
            db.execute_sql(
                "UPDATE tenants.tenant SET suspended_at = suspended_at - %s * interval '1 day' WHERE id = %s",
                (days, here),
            )

    suspended(9)
    both = sorted((sent.leader.person_id, each) for each in (code, paused))
    assert chased(sent) == both
    assert chased(sent) == both
    assert (
        f"tạm ngừng hoặc không còn hoạt động trên hệ thống, không ai xử lý chặng {code}"
        in sent.leader.get("notifications.centre").text
    )
    with office.agency.at_work():
        resume_agency(here)
    assert chased(sent) == both
    suspended(2)
    assert chased(sent) == sorted([*both, *both]), "another suspension"
    suspended(100)
    with sent.agency.at_work():
        Notification.delete().execute()
    assert chased(sent) == [], "what was told of it is forgotten by now, and not told again"


def test_where_nobody_receives_legs_who_names_people_hears_what_leaders_would(ground, sent):
    bare = ground.agency()
    admin = bare.officer("tenants.admin")
    clerk = bare.officer("casework.leg_clerk")
    with bare.at_work():
        db.execute_sql("UPDATE tenants.person SET disabled_at = now() WHERE id = %s", (clerk.person_id,))
    silent, _leg = sent(ago=4, to=bare)
    late, _leg = sent(ago=1, due=-1, to=bare)
    for _twice in range(2):
        with bare.in_background():
            reminders.remind()
    with bare.at_work():
        told = Notification.select().where(Notification.person_id == admin.person_id)
        found = sorted(
            (each.kind, each.fields["code"])
            for each in told
            if each.fact.partition(":")[0] in ("waits", "over")
        )
    assert found == sorted([(reminders.ESCALATED, silent), (reminders.OVERDUE, late)])


def test_who_sent_a_leg_to_a_system_outside_hears_that_it_is_late(office):
    with office.leader.working() as ctx:
        case = open_case(TASK.key, Opening(title="Hỏi Bộ"))
        leg_id = new_id()
        yesterday = work_queries.start_of_today() - timedelta(hours=7)
        Leg.insert(
            id=leg_id, receiver_id=new_id(), case_id=case.id, chain=[office.agency.info.id], module="casework", purpose=OPINION.key,
            code=case.code, title="Hỏi Bộ", ask="Cho ý kiến", sent_by=ctx.person.id, sent_at=yesterday, outside="Hệ thống của Bộ",
            due_at=yesterday, folded="",
        ).execute()  # fmt: skip
    assert remind(office) == [("leader", "leg_late", case.code)]
    assert f"Chặng {case.code} của Hệ thống của Bộ quá hạn" in office.leader.get("notifications.centre").text


def test_the_rounds_of_legs_read_what_they_tell_of_out_of_100_000(office, ground, database):
    other = ground.agency().info.id
    with psycopg2.connect(database.admin_url) as superuser, superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO casework.leg (tenant_id, id, receiver_id, case_id, chain, module, purpose, code, title, ask, sent_at, folded, due_at, state) "
            "SELECT CASE WHEN n %% 2 = 0 THEN %(here)s::uuid ELSE %(other)s::uuid END, gen_random_uuid(), "
            "CASE WHEN n %% 2 = 0 THEN %(other)s::uuid ELSE %(here)s::uuid END, gen_random_uuid(), ARRAY[gen_random_uuid()], 'casework', 'casework.opinion', "
            "'VG-' || n, 'Việc', 'Làm', now() - n * interval '10 minutes', '', now() - (n - 50000) * interval '10 minutes', 'sent' "
            "FROM generate_series(1, 100000) n",
            {"here": str(office.agency.info.id), "other": str(other)},
        )
        cursor.execute("ANALYZE casework.leg")
    with office.agency.at_work():
        today, calendar = work_queries.start_of_today(), standard_calendar()
        for each in reminders.rounds(today, calendar, 2, 3, on_the_day=True):
            if each.of in (reminders.WORK, STUCK):
                continue
            for after in (None, (each.since + timedelta(hours=3), new_id())):
                sql, values = reminders._statement(each, [TASK.key], after)
                (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
                plan = list(nodes(document[0]["Plan"]))
                on_legs = [node for node in plan if node.get("Relation Name") == "leg"]
                names = {UNTAKEN: "leg_open_got", SILENT: "leg_waiting", SENT: "leg_sent_due"}
                assert names[each.of] in [node.get("Index Name") for node in plan], each.key
                assert len(on_legs) == 1
                read = sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in on_legs)
                assert 0 < read <= 2_000, "what its days hold, not what there is"


def test_what_is_done_while_the_reminder_is_told_does_not_stay_late(office, monkeypatch):
    case = office.task("trễ", due_in=-1)
    rounds = reminders.rounds
    monkeypatch.setattr(
        reminders,
        "rounds",
        lambda *when, **how: [each for each in rounds(*when, **how) if each.key == "over"],
    )

    def report():
        with office.lan.working() as ctx:
            move(ctx, case.id, "report", Move(version=queries.case(case.id).version, note="Xong"))

    assert crossed(reminders, "_tell", lambda: remind(office), report) == []
    with office.agency.at_work():
        told = Notification.select().where(
            Notification.kind == reminders.OVERDUE, Notification.person_id == office.lan.person_id
        )
        assert [each.unread for each in told] == [False]
        assert queries.case(case.id).state == "review"


def test_what_somebody_is_doing_at_that_moment_keeps_no_other_reminder_waiting(office):
    done, other = office.task("trễ", due_in=-1), office.task("cũng trễ", due_in=-1)
    told = []
    with office.lan.working() as ctx:
        move(ctx, done.id, "report", Move(version=queries.case(done.id).version, note="Xong"))
        morning = Thread(target=lambda: told.extend(remind(office)))
        morning.start()
        morning.join(timeout=LONGEST)
        assert told == [("lan", "overdue", other.code)]


def test_what_is_done_or_stands_still_reminds_nobody(office):
    done, paused = office.task("xong", due_in=-1), office.task("tạm dừng", due_in=-1)
    with office.agency.at_work():
        Assignment.update(done_at=datetime.now(UTC), ending="done").where(
            Assignment.case_id == done.id
        ).execute()
        Case.update(due_at=None).where(Case.id == paused.id).execute()
        db.execute_sql(
            "INSERT INTO casework.clock (tenant_id, id, owner_type, owner_id, name, title, budget_amount, budget_unit, state, "
            "opened_at, last_at, original_due, calendar) VALUES (%s, %s, 'casework.case', %s, 'whole', 'x', 5, 'wd', 'paused', "
            "now(), now(), now(), '0')",
            (office.agency.info.id, new_id(), paused.id),
        )
    assert remind(office) == []


def test_no_reminder_says_what_a_case_is_about(office):
    office.task("Đơn tố cáo ông Trần Văn B", due_in=-5, restricted=True)
    remind(office)
    with office.agency.at_work():
        told = list(
            Notification.select().where(Notification.kind << (reminders.OVERDUE, reminders.ESCALATED))
        )
    assert {each.kind for each in told} == {reminders.OVERDUE, reminders.ESCALATED}
    for each in told:
        assert "Trần Văn B" not in f"{each.text} {each.fields}"


def test_the_agency_decides_when_it_reminds(office):
    admin = office.agency.officer("tenants.admin")
    office.task("sắp", due_in=1)
    late = office.task("trễ lâu", due_in=-5)
    sent = {"days_before": "0", "escalate_after": "0", "on_the_day": "", "version": "0"}
    assert admin.post("casework.reminding", sent).status_code == 303
    assert office.lan.post("casework.reminding", sent).status_code == 403
    assert remind(office) == [("lan", "overdue", late.code)]
    assert admin.post("casework.reminding", sent).status_code == 409, "somebody decided meanwhile"
    wrong = admin.post("casework.reminding", {**sent, "version": "1", "days_before": "99"})
    assert wrong.status_code == 422
    assert "Ghi từ 0 đến 30 ngày" in wrong.text
    with admin.working() as ctx:
        set_rules(ctx, Rules(5, True, 1, version=1))
        assert (rules().days_before, rules().version) == (5, 2)
        set_rules(ctx, Rules(5, False, 1, version=2))
    audit = admin.get("tenants.audit").text
    for told in ("có", "không"):
        assert (
            f"nhắc trước 5 ngày làm việc, nhắc sáng ngày đến hạn: {told}, báo lãnh đạo sau 1 ngày quá hạn"
            in audit
        )


def test_before_counts_working_days_and_a_day_off_tells_only_of_that_day(monkeypatch, ground):
    with db.connection_context():
        calendar = standard_calendar()
    found = {each.key: each for each in reminders.rounds(FRIDAY, calendar, 2, 3, on_the_day=True)}
    assert found["before"].until.date().isoformat() == "2026-09-09", (
        "Monday and Tuesday, the weekend does not count"
    )
    monkeypatch.setattr(calendar, "works_on", lambda day: False)
    assert {each.key for each in reminders.rounds(FRIDAY, calendar, 2, 3, on_the_day=True)} == {"today"}


def test_ten_thousand_reminders_take_no_minute(office):
    with office.agency.at_work():
        one = Case.get_by_id(office.task("mẫu").id)
        today = work_queries.start_of_today()
        rows = 10_000
        db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
        db.execute_sql(
            "INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, folded, due_at) "
            "SELECT %(tenant)s, gen_random_uuid(), %(kind)s, 'VG-T-' || n, 'Việc ' || n, 'new', %(workflow)s, 'viec', %(due)s "
            "FROM generate_series(1, %(rows)s) n",
            {
                "tenant": office.agency.info.id, "kind": TASK.key, "workflow": one.workflow_id, "rows": rows,
                "due": datetime.combine(today.date(), time(17), today.tzinfo),
            },
        )  # fmt: skip
        db.execute_sql(
            "INSERT INTO casework.assignment (tenant_id, id, case_id, person_id, role, task, due_at) "
            "SELECT tenant_id, gen_random_uuid(), id, %s, 'lead', 'Xử lý', due_at FROM casework.case_base WHERE tenant_id = %s AND folded = 'viec'",
            (office.lan.person_id, office.agency.info.id),
        )
    began = monotonic()
    told = remind(office)
    took = monotonic() - began
    assert len(told) == rows
    assert took < 60


def test_of_two_who_decide_at_once_when_to_remind_the_second_is_told(agency):
    admin = agency.officer("tenants.admin")
    second = overtaken(
        (admin, lambda ctx: set_rules(ctx, Rules(5, True, 1))),
        (admin, lambda ctx: set_rules(ctx, Rules(9, True, 1))),
    )
    assert isinstance(second, Conflict)
    assert second.current.days_before == 5
    with agency.at_work():
        assert rules().days_before == 5


def test_a_decision_about_what_nobody_decided_is_told_from_one_that_was_read(agency):
    with agency.officer("tenants.admin").working() as ctx, pytest.raises(Conflict) as refused:
        set_rules(ctx, Rules(5, True, 1, version=3))
    assert refused.value.current.version == 0
