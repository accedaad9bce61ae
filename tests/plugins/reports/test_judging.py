"""Early, on time or late by one rule: on the page of a case, in its list, in the report of a session, in the leaders' numbers."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.db import db
from core.i18n import HOME_ZONE
from plugins.casework.cases.queries import answered_join
from plugins.reports import checking, counting, gathering
from plugins.voter_opinions import queries
from plugins.voter_opinions.kinds import PETITION
from tests.plugins.reports.test_counting import today
from tests.plugins.reports.test_reports import medians
from tests.plugins.voter_opinions.conftest import Office


@pytest.fixture
def office(ground):
    return Delegates(ground)


class Delegates(Office):
    """An agency under a province whose delegates are answered on past days, each petition within thirty."""

    def __init__(self, ground):
        super().__init__(ground)
        roles = ("voter_opinions.leader", "reports.leader")
        self.head = self.agency.officer(*roles, name="Đặng Văn Minh")
        self.top = ground.agency("voter_opinions", kind="province")
        self.governor = self.top.officer(*roles, name="Nguyễn Thị Bình")
        with self.agency.at_work():
            db.execute_sql(
                "UPDATE tenants.tenant_version SET parent_id = %s WHERE tenant_id = %s",
                (self.top.info.id, self.agency.info.id),
            )

    def opened(self, ago):
        """Record a petition so many days ago; return it with the day by which it is to be answered."""
        case = self.record(at=moment(ago))
        self.act(self.lan, case, "classify", moment(ago), sector="transport", level="province")
        return case, case.due_at.astimezone(HOME_ZONE).date()

    def answer(self, case, ago, promised=None):
        """Answer one; what is `promised` is to be done so many days ago."""
        said = {"text": "Sẽ sửa.", "outcome": "explained", "person_id": self.leader.person_id}
        if promised is not None:
            said |= {"outcome": "doing", "roadmap": "Sửa trong quý", "promised_on": day(promised)}
        self.act(self.lan, case, "submit", moment(ago), **said)
        self.act(self.leader, case, "approve", moment(ago))
        sent = {"document": "120/UBND", "signer": "Phạm Ngọc Anh", "sent_on": day(ago)}
        self.act(self.lan, case, "send", moment(ago), **sent)

    def assess(self, case, ago=0, verdict="enough", **given):
        self.act(self.council, case, "assess", moment(ago), verdict=verdict, note="Đã xem", **given)

    def told(self, case):
        """Return what page and list say of the only petition there is, how its session reports it, and in which numbers it is."""
        assert self.faults() == []
        with self.agency.at_work():
            (row,) = queries.behind({"session": str(self.session.id)}).rows
        stand = "closed" if self.stored(case).closed_at else "open"
        page = badge(self.lan.get("voter_opinions.petition", case_id=case.id))
        line = badge(self.lan.get("voter_opinions.petitions", query={"view": "all", "stand": stand}))
        assert page == line
        return page, row.stand, self.numbers(100, 0)

    def faults(self):
        with self.agency.at_work():
            return list(checking.faults())

    def numbers(self, first, last):
        """Return in which numbers of some days the petition is; each opens as many cases as it says."""
        days = {"first": day(first).isoformat(), "last": day(last).isoformat()}
        of = {"kind": PETITION.key, "by": "unit", "period": "..".join(days.values())}
        total, found = self.head.get("reports.api_figures", query=of).json["total"], []
        for key in ("early", "on_time", "late", "in_time", "overdue"):
            assert len(self.behind(key, **days)) == total[key], key
            found += [key] * total[key]
        return found

    def behind(self, measure, **days):
        """Return the lines of the list behind a number, of today if no days are named."""
        today = day(0).isoformat()
        query = {"kind": PETITION.key, "measure": measure, "first": today, "last": today, **days}
        page = self.head.get("reports.cases", query=query).text
        return re.findall(r'<th scope="row">.*?</tr>', page, re.DOTALL)

    def lateness(self):
        """Return the median of the days late, of how many cases, and how many of them the list of what is late now holds.

        The agency, the list behind its number and the province say the same of it.
        """
        with self.top.in_background():
            gathering.gather()
        own = medians(self.head, kind=PETITION.key)
        assert own == medians(self.governor, kind=PETITION.key, scope="below")
        assert len(self.behind("lateness")) == int(own[1])
        lists = [
            self.governor.get("reports.late", query=query).text.count("CT-")
            for query in ({}, {"agency": str(self.agency.info.id)})
        ]
        assert lists[0] == lists[1]
        return *own, lists[0]


def moment(ago):
    return datetime.now(UTC) - timedelta(days=ago)


def day(ago):
    return today() - timedelta(days=ago)


def badge(answer):
    """Return the first badge of a deadline in a page: that of the case."""
    found = re.search(r'class="lt-due [^"]*">(.*?)</span>', answer.text, re.DOTALL)
    return re.sub("<[^>]+>", "", found[1])


def test_a_late_answer_stays_late_when_the_petition_ends(office):
    case, due = office.opened(60)
    days = (today() - due).days
    assert office.told(case) == (f"Quá hạn {days} ngày", "open_late", ["overdue"])
    assert office.lateness() == (f"{days} ngày", "1", 1)
    office.answer(case, 10)
    days = (day(10) - due).days
    assert office.told(case) == (f"Xong trễ {days} ngày", "late", ["in_time"])
    assert office.lateness() == ("–", "0", 0), "nobody is late with what was answered"
    assert office.numbers(100, 15) == ["overdue"], "what was late until then was so on those evenings"
    office.assess(case)
    assert office.told(case) == (f"Xong trễ {days} ngày", "late", ["late"])
    assert office.lateness() == (f"{days} ngày", "1", 0)
    (line,) = office.behind("late")
    assert f"{days} ngày" in line


def test_an_answer_in_time_stays_in_time_however_late_the_petition_ends(office):
    case, due = office.opened(60)
    office.answer(case, 40)
    told = f"Xong sớm {(due - day(40)).days} ngày"
    assert office.told(case) == (told, "on_time", ["in_time"])
    office.assess(case)
    assert office.told(case) == (told, "on_time", ["early"])
    assert office.lateness() == ("–", "0", 0)


def test_what_is_answered_before_its_day_will_not_be_overdue(office):
    case, _due = office.opened(27)
    office.answer(case, 20)
    assert office.behind("soon") == []
    assert "<b>0</b><span>sẽ quá hạn trong 7 ngày tới" in office.head.get("reports.board").text


def test_a_promise_is_judged_by_its_own_day_and_the_report_of_the_session_by_the_answer(office):
    case, _due = office.opened(90)
    office.answer(case, 80, promised=40)
    office.assess(case, 75)
    promised = office.stored(case).due_at.astimezone(HOME_ZONE).date()
    assert office.told(case) == (f"Quá hạn {(today() - promised).days} ngày", "on_time", ["overdue"])
    office.act(office.lan, case, "keep", kept_on=day(0), note="Đã sửa")
    days = (today() - promised).days
    assert office.told(case) == (f"Xong trễ {days} ngày", "on_time", ["late"])
    assert office.lateness() == (f"{days} ngày", "1", 0)


def test_a_promise_that_is_kept_in_time_after_a_late_answer(office):
    case, _due = office.opened(90)
    office.answer(case, 30, promised=10)
    office.assess(case, 25)
    promised = office.stored(case).due_at.astimezone(HOME_ZONE).date()
    office.act(office.lan, case, "keep", moment(20), kept_on=day(20), note="Đã sửa")
    assert office.told(case) == (f"Xong sớm {(promised - day(20)).days} ngày", "late", ["early"])


def test_what_is_taken_up_again_after_a_late_answer_is_open_and_stays_late_once_it_is_answered(office):
    case, due = office.opened(60)
    office.answer(case, 10)
    office.assess(case, 8, "not_enough")
    assert office.told(case) == ("Không tính hạn", "open", ["in_time"])
    office.answer(case, 5)
    told = f"Xong trễ {(day(5) - due).days} ngày"
    assert office.told(case) == (told, "late", ["in_time"])
    office.assess(case)
    assert office.told(case) == (told, "late", ["late"])


def test_a_better_answer_is_judged_by_the_day_it_was_asked_for(office):
    case, _due = office.opened(60)
    office.answer(case, 40)
    office.assess(case, 38, "not_enough", due=day(25))
    due = office.stored(case).due_at.astimezone(HOME_ZONE).date()
    assert office.told(case) == (f"Quá hạn {(today() - due).days} ngày", "open_late", ["overdue"])
    office.answer(case, 5)
    office.assess(case)
    assert office.told(case) == (f"Xong trễ {(day(5) - due).days} ngày", "late", ["late"])


def test_a_better_answer_without_a_day_after_one_in_time_is_on_time(office):
    case, _due = office.opened(60)
    office.answer(case, 40)
    office.assess(case, 38, "not_enough")
    office.answer(case, 5)
    assert office.told(case) == ("Xong đúng hạn", "on_time", ["in_time"])
    office.assess(case)
    assert office.told(case) == ("Xong đúng hạn", "on_time", ["on_time"])


def test_what_an_earlier_version_counted_by_its_end_is_counted_anew_once(office, monkeypatch):
    case, _due = office.opened(60)
    office.answer(case, 10)
    office.assess(case)
    with monkeypatch.context() as before, office.agency.in_background():
        before.setattr(counting, "answered_join", lambda kind: answered_join(replace(kind, answered_sql="")))
        with db.atomic():
            assert counting.recount() == 1
    assert {each.measure for each in office.faults()} == {"on_time", "late", "overdue"}
    for _each in range(2):
        with office.agency.in_background():
            checking.repair()
        assert office.told(case)[2] == ["late"]
    with office.agency.at_work():
        assert counting.recount() == 0
