"""An office at work, for sample data: its people act one after the other in working hours, and other agencies answer it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    Actor,
    DemoMaker,
    RequestContext,
    acting,
    current_tenant,
    current_time,
    db,
    dispatcher,
    person_context,
    scope,
)
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.queries import case
from plugins.casework.cases.services import comment
from plugins.casework.deadlines.queries import agency_calendar
from plugins.casework.legs import services as leg_services
from plugins.casework.legs.incoming import receivers
from plugins.casework.legs.queries import LegRow, legs_of
from plugins.casework.tasks.kind import HANDLE
from plugins.notifications.api import people_with

Story = Iterator[datetime]
BY_WEEKDAY = (1.3, 1.1, 1.0, 1.0, 0.9, 0.3, 0.0)
"""How much comes in on a day, Monday first: most after the weekend, on Saturdays little, on Sundays nothing."""
BY_MONTH = (0.9, 0.6, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 1.1, 1.3, 1.3, 1.1)
"""And in a month: little around Tết, most in the months of rain and floods."""
SLOW, USUAL = 2.6, 1.0
"""How long agencies take for what others ask: one of a group is known for being late."""
TOWN = ("tổ dân phố {n}", "khu dân cư số {n}", "cụm dân cư số {m}", "khu vực chợ")
COUNTRY = ("thôn {n}", "khu dân cư số {n}", "cụm dân cư số {m}", "khu vực chợ")
"""Where anything may be in any ward, and in any commune: no street, market or quarter that only one of them has."""
REMARKS = (
    "Đã gọi điện hẹn làm việc chiều nay.",
    "Nhờ anh chị gửi giúp ảnh hiện trường.",
    "Hồ sơ gốc ở tủ số 3, tôi đã quét và đính kèm sau.",
    "Số liệu này cần đối chiếu lại với kỳ trước.",
    "Tôi sẽ đi cùng đoàn kiểm tra sáng mai.",
)
TURNS_OF_SENTENCE = (
    "Cơ quan đã kiểm tra thực tế và báo cáo như sau: {text}",
    "Sau khi rà soát hồ sơ và hiện trường, cơ quan trả lời: {text}",
    "{text} Đề nghị quý cơ quan tổng hợp, trả lời theo thẩm quyền.",
)
SUPPORTING = (
    "Đã cử người cùng đi kiểm tra; thống nhất với báo cáo của cơ quan chủ trì.",
    "Đã rà soát phần việc của cơ quan, không có vướng mắc; tiếp tục phối hợp khi có yêu cầu.",
    "Cơ quan đã cung cấp hồ sơ, số liệu đang lưu cho cơ quan chủ trì.",
)
"""What agencies say that are asked beside the one whose business it is."""
NOT_OURS = "Nội dung này không thuộc chức năng của cơ quan, đề nghị xem lại nơi giải quyết."
NOT_ENOUGH = "Bổ sung thời gian hoàn thành và đơn vị chịu trách nhiệm."


class Reception(NamedTuple):
    """Who takes what comes in from other agencies, and who works on it."""

    clerk: RequestContext
    officer: RequestContext


class Other(NamedTuple):
    """An agency that may be asked."""

    id: UUID
    name: str


def initials(agency: str) -> str:
    """Return an agency as the symbols of its letters call it: SYT, UBND."""
    if agency.startswith(("UBND", "Uỷ ban nhân dân")):
        return "UBND"
    own = re.split(" (?:tỉnh|thành phố)(?: |$)", agency)[0]
    words = (word for word in own.split() if word.lower() != "và")
    return "".join(word if word.isupper() else word[0].upper() for word in words)[:20]


class SampleOffice:
    """An agency whose people act in sample data; every wait is drawn from its own generator."""

    def __init__(self, make: DemoMaker, module: str = "casework") -> None:
        self.make, self.random = make, Random(make.random.getrandbits(64))  # noqa: S311 - sample data
        self.agency = agency_calendar()
        self.calendar = self.agency.calendar
        self.today = self.agency.local(datetime.now(UTC)).date()
        self.first = self.today - timedelta(days=make.days)
        self._contexts: dict[tuple[UUID, UUID], RequestContext] = {}
        self._receptions: dict[UUID, Reception | None] = {}
        self.others, self.wards = self._others(module), self._wards()

    @property
    def called(self) -> str:
        """What the symbols of the agency's letters call it."""
        tenant = self.context(self.make.people[0].id).tenant
        return initials(tenant.name) if tenant else ""

    def share(self, number: int) -> int:
        """Return how many of so many things in a year are made: a demonstration has all of them."""
        return max(round(number * self.make.scale), 1)

    def able(self, permission: str) -> list[UUID]:
        """Return who of the people that may be named holds a permission here, in the order of their posts."""
        holders = set(people_with(permission))
        return list(dict.fromkeys(each.id for each in self.make.people if each.id in holders))

    def story(self) -> Random:
        """Return a generator for one story, so that what happens in it depends on no other one."""
        return Random(self.random.getrandbits(64))  # noqa: S311 - sample data

    # ---- acting ---------------------------------------------------------------------------------------------------

    def context(self, person_id: UUID) -> RequestContext:
        """Return what somebody may do in the agency in scope."""
        key = current_tenant(), person_id
        if key not in self._contexts:
            found = person_context(person_id)
            assert found is not None
            self._contexts[key] = found
        return self._contexts[key]

    def do(self, person_id: UUID, act: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """Act as somebody of the agency."""
        ctx = self.context(person_id)
        with as_person(ctx):
            return act(ctx, *given, **more)

    def remark(self, person_id: UUID, case_id: UUID, pick: Random) -> None:
        """Write something beside a case now and then."""
        if pick.random() < 0.12:
            self.do(person_id, comment, case_id, pick.choice(REMARKS))

    # ---- time -----------------------------------------------------------------------------------------------------

    def after(self, hours: float, pick: Random, at: datetime | None = None) -> datetime:
        """Return a moment in working time after about so many working hours from a moment on, or from now."""
        place = self.calendar.position(self.agency.local(at or current_time()))
        moment = self.calendar.moment(place + 1 + int(hours * 60 * pick.uniform(0.5, 1.6)))
        return self.agency.aware(moment - timedelta(seconds=pick.randrange(60)))

    def within(self, hours: float, pick: Random, case_id: UUID) -> datetime:
        """Return a moment after about so many working hours, but while there is time no later than a case is due."""
        found, due = self.after(hours, pick), case(case_id).due_at
        return min(found, due) if due and due > current_time() else found

    def on(self, day: date, pick: Random) -> datetime:
        """Return a moment of a day's work, or of the next one worked."""
        return self.after(
            2.5, pick, self.agency.aware(datetime.combine(self.calendar.next_working(day), time(7)))
        )

    def arrivals(self, count: int, *, at_work: bool = True) -> list[datetime]:
        """Return when so many things come in over the year, in order: in working time or, from outside, also in the evening.

        Yesterday is the last day: what would come in later today would be missing, more of it the earlier it is.
        """
        days = [self.first + timedelta(days=each) for each in range((self.today - self.first).days)]
        weights = [self._weight(day, at_work=at_work) for day in days]
        found = []
        for day in self.random.choices(days, weights, k=count) if any(weights) else ():
            if at_work:
                found.append(self.on(day, self.random))
            else:
                minute = self.random.triangular(6.5 * 60, 22 * 60, 9 * 60)
                found.append(self.agency.aware(datetime.combine(day, time()) + timedelta(minutes=minute)))
        return sorted(found)

    def _weight(self, day: date, *, at_work: bool) -> float:
        works = self.calendar.works_on(day)
        if not works and (at_work or self.calendar.rule(day) is not None):
            return 0.0
        # A day off that is worked in exchange is like any other.
        usual = 1.0 if works and day.weekday() > 4 else BY_WEEKDAY[day.weekday()]
        return usual * BY_MONTH[day.month - 1]

    # ---- places ---------------------------------------------------------------------------------------------------

    def _wards(self) -> list[str]:
        """Return names of wards and communes; of one of them its own alone."""
        rows = db.execute_sql(
            "SELECT tenant_id, name FROM tenants.current_agency WHERE kind IN ('ward', 'commune', 'special_zone') ORDER BY name LIMIT 60"
        ).fetchall()
        rows = [row for row in rows if row[0] == current_tenant()] or rows
        return [name.removeprefix("UBND ").removeprefix("Uỷ ban nhân dân ") for _id, name in rows]

    def place(self, pick: Random) -> str:
        """Return where something may be; with its ward or commune where that is not clear."""
        ward = pick.choice(self.wards) if self.wards else ""
        kinds = TOWN if ward.startswith("phường") else COUNTRY
        found = pick.choice(kinds).format(n=pick.randrange(1, 13), m=pick.randrange(1, 9))
        return f"{found}, {ward}" if len(self.wards) > 1 else found

    # ---- other agencies -------------------------------------------------------------------------------------------

    def _others(self, module: str) -> list[Other]:
        rows = db.execute_sql(
            "SELECT tenant_id, name FROM tenants.current_agency WHERE tenant_id = ANY (%s) ORDER BY name",
            (list(self.make.agencies),),
        ).fetchall()
        found = [Other._make(row) for row in rows]
        self._slow = next((each.id for each in found if each.name.startswith("Sở")), None)
        able = [each for each in found if module in dispatcher().effective_for(each.id)]
        return [each for each in able if each.id != current_tenant() and self._reception(each.id)]

    def competent(self, words: Sequence[str], place: str = "") -> Other | None:
        """Return an agency whose name says that something is its business, the one of the place before others."""
        here = place.rpartition(", ")[2]
        named = [each for word in words for each in self.others if word in each.name]
        return next((each for each in named if here and each.name.endswith(here)), next(iter(named), None))

    def sectors(self, of: Mapping[str, Sequence[str]], kind: str) -> frozenset[str]:
        """Return the sectors that come to the agency itself: all to a people's committee, to others what their name says."""
        if kind in ("", "province", "ward", "commune", "special_zone"):
            return frozenset()
        (name,) = db.execute_sql(
            "SELECT name FROM tenants.current_agency WHERE tenant_id = %s", (current_tenant(),)
        ).fetchone()
        return frozenset(
            sector for sector, words in of.items() if any(word in name for word in words)
        ) or frozenset({"reform"})

    def _pace(self, agency_id: UUID) -> float:
        return SLOW if agency_id == self._slow else USUAL

    def _reception(self, agency_id: UUID) -> Reception | None:
        if agency_id not in self._receptions:
            with scope(agency_id):
                clerks, officers = receivers(), people_with(HANDLE)
                found = [
                    self.context(min(each))
                    for each in (clerks, set(officers) - set(clerks) or clerks)
                    if each
                ]
            self._receptions[agency_id] = Reception(*found) if len(found) == 2 else None
        return self._receptions[agency_id]

    def answered(self, case_id: UUID, text: str, pick: Random, lead: UUID | None = None) -> Story:
        """Let the agencies that were asked in a case take it on and answer or give it back, each in its own time.

        The text is what the lead says; others say that they do their part.
        """
        coming: list[tuple[datetime, int, Callable[[LegRow], None], LegRow]] = []
        for number, leg in enumerate(legs_of(case_id)):
            if leg.state not in ("sent", "again") or not self._reception(leg.receiver_id):
                continue
            pace = self._pace(leg.receiver_id)
            taken = self.after(4 * pace, pick)
            leads = lead in (None, leg.receiver_id)
            end = _answering(
                self, pick.choice(TURNS_OF_SENTENCE).format(text=text) if leads else pick.choice(SUPPORTING)
            )
            if leg.state == "sent":
                coming.append((taken, number, self._take, leg))
                end = self._give_back if pick.random() < 0.05 else end
            coming.append((self.after(26 * pace, pick, taken), number, end, leg))
        for at, _number, act, leg in sorted(coming, key=lambda each: each[:2]):
            yield at
            with scope(leg.receiver_id):
                act(leg)

    def improved(self, holder: UUID, case_id: UUID, text: str, pick: Random) -> Story:
        """Let an answer that is not enough be asked for once more, and be given better."""
        for leg in legs_of(case_id):
            if leg.state != "answered":
                continue
            self.do(holder, leg_services.ask_again, leg.id, NOT_ENOUGH, beyond=True)
            yield self.after(14 * self._pace(leg.receiver_id), pick)
            with scope(leg.receiver_id):
                _answering(self, f"{text} Hoàn thành trong quý này, đơn vị chủ trì chịu trách nhiệm.")(leg)
            return

    def accept_answers(self, holder: UUID, case_id: UUID) -> None:
        """Say of each newest answer that it is what was asked for."""
        for leg in legs_of(case_id):
            if leg.state == "answered":
                self.do(holder, leg_services.accept_answer, leg.id)

    def _take(self, leg: LegRow) -> None:
        reception = self._reception(leg.receiver_id)
        assert reception is not None
        with as_person(reception.clerk):
            leg_services.take_leg(reception.clerk, leg.id, Receiver(person_id=reception.officer.person.id))

    def _give_back(self, leg: LegRow) -> None:
        reception = self._reception(leg.receiver_id)
        assert reception is not None
        with as_person(reception.clerk):
            leg_services.return_leg(reception.clerk, leg.id, NOT_OURS)

    def answer(self, leg: LegRow, text: str) -> None:
        reception = self._reception(leg.receiver_id)
        assert reception is not None
        with as_person(reception.officer):
            leg_services.answer_leg(reception.officer, leg.id, text)


def _answering(office: SampleOffice, text: str) -> Callable[[LegRow], None]:
    return lambda leg: office.answer(leg, text)


def as_person(ctx: RequestContext) -> AbstractContextManager[None]:
    """Record facts under somebody's name."""
    return acting(Actor(ctx.person.id, ctx.person.full_name))


def version_of(case_id: UUID) -> int:
    """Return the version of a case as it is."""
    return int(case(case_id).version)
