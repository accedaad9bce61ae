"""A year of citizens' questions for a demonstration: invented people, invented numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from core.api import DemoMaker, acting, current_time, open_units, upper_first
from plugins.casework.api import Move, SampleOffice, Story, masked, move, version_of
from plugins.citizen_questions import queries, services
from plugins.citizen_questions.demo_stories import (
    CLOSINGS,
    CORRECTIONS,
    OPENINGS,
    REFUSED,
    THANKS,
    Matter,
    matters_of,
)
from plugins.citizen_questions.kinds import APPROVE, HANDLE, MODERATE
from plugins.citizen_questions.models import Publication, Question
from plugins.citizen_questions.public import ASKER, consent

BY_KIND = {"province": 240, "ward": 300, "commune": 300, "special_zone": 200, "department": 130}
FEW = 80
LATE_REASON = "Phải xác minh hiện trường trước khi biết thuộc thẩm quyền nơi nào."
DAY = timedelta(days=1)


def seed(make: DemoMaker, kind: str = "", name: str = "") -> None:
    """Plan a year of questions, some late, unless the agency has some already."""
    office = SampleOffice(make, "citizen_questions")
    leaders, moderators, officers = (office.able(key) for key in (APPROVE, MODERATE, HANDLE))
    writers = [each for each in officers if each not in leaders] or officers
    if Question.select().exists() or not leaders or not moderators:
        return
    # Who leads may take questions on as well, but new ones wait with who does nothing else.
    moderator = [each for each in moderators if each not in leaders] or moderators
    desk = Desk(office, leaders[0], moderator[-1], writers, matters_of(kind, name))
    make.plan(desk.begin())
    for at in office.arrivals(office.share(BY_KIND.get(kind, FEW)), at_work=False):
        make.plan(desk.asked(at, office.story()))


class Asked(NamedTuple):
    """A question on its way: its case, what it is about, and how its asker follows it."""

    id: UUID
    code: str
    secret: str
    title: str
    matter: Matter
    answer: str
    text: str
    may_publish: bool


class Desk:
    """Who works on the questions of an agency, and how each of them goes."""

    def __init__(
        self,
        office: SampleOffice,
        leader: UUID,
        moderator: UUID,
        writers: Sequence[UUID],
        matters: Sequence[Matter],
    ) -> None:
        self.office, self.leader, self.moderator, self.writers = office, leader, moderator, writers
        self.matters = matters

    def begin(self) -> Story:
        """Let new questions go to the unit of whoever takes them on, from the first day on."""
        yield self.office.on(self.office.first - 2 * DAY, self.office.random)
        theirs = self.office.context(self.moderator).unit_ids
        said = {
            "unit_id": next((unit_id for unit_id, _name in open_units() if unit_id in theirs), None),
            "budget": "15wd",
            "ground": queries.DEFAULT_GROUND,
            "intro": "",
        }
        self.office.do(self.leader, services.choose, said)

    def asked(self, at: datetime, pick: Random) -> Story:
        """Ask one question, and let it be refused, passed on or answered."""
        office = self.office
        yield at
        of = self._ask(pick)
        fate = pick.random()
        if fate < 0.07:
            yield office.after(7, pick)
            reason, note = pick.choice(REFUSED)
            self._act(self.moderator, "reject", of, reason=reason, note=note)
            return
        slow = pick.random() < 0.1
        other = office.competent(of.matter.words)
        if other and fate < 0.55:
            yield office.after(40 if slow else 9, pick)
            late = LATE_REASON if services.is_late(queries.case(of.id), current_time()) else ""
            self._act(self.moderator, "transfer", of, receiver_id=other.id, late=late, files=[])
            yield from office.answered(of.id, of.answer, pick)
            if pick.random() < 0.1:
                yield office.after(5, pick)
                yield from office.improved(self.moderator, of.id, of.answer, pick)
            writer = self.moderator
            yield office.after(6, pick)
            office.accept_answers(writer, of.id)
        else:
            yield office.after(6, pick)
            writer = pick.choice(self.writers)
            self._act(self.moderator, "accept", of, topic=of.matter.topic, person_id=writer, due=None)
            yield office.after(2, pick)
            office.remark(writer, of.id, pick)
            yield office.after(150 if slow else 30, pick)
        yield from self._answered(of, writer, pick)

    def _answered(self, of: Asked, writer: UUID, pick: Random) -> Story:
        office = self.office
        self._act(writer, "submit", of, answer=of.answer, person_id=self.leader)
        yield office.after(7, pick)
        if pick.random() < 0.1:
            self._move(self.leader, "send_back", of, pick.choice(CORRECTIONS))
            yield office.after(8, pick)
            self._act(writer, "submit", of, answer=of.answer, person_id=self.leader)
            yield office.after(4, pick)
        self._move(self.leader, "approve", of)
        yield office.after(3, pick)
        if of.may_publish:
            texts = {"title": masked(of.title), "question": masked(of.text), "answer": masked(of.answer)}
            self._act(self.moderator, "publish", of, **texts, leave=True)
        else:
            self._act(writer, "reply", of)
        yield office.after(12, pick)
        self._rate(of, pick)

    def _ask(self, pick: Random) -> Asked:
        matter, place = pick.choice(self.matters), self.office.place(pick)
        fill = {"place": place, "n": pick.randrange(2, 15)}
        words = (matter.title, matter.text, pick.choice(OPENINGS) + matter.answer + pick.choice(CLOSINGS))
        title, text, answer = (each.format(**fill) for each in words)
        name = self.office.make.full_name()
        said: dict[str, Any] = {
            "id": UUID(int=pick.getrandbits(128), version=4), "title": upper_first(title), "content": text,
            "topic": matter.topic, "name": name, "phone": f"09{pick.randrange(10**7, 10**8)}" if pick.random() < 0.6 else "",
            "email": f"nguoihoi{pick.randrange(1000)}@example.vn" if pick.random() < 0.4 else "",
            "address": place if pick.random() < 0.2 else "", "may_publish": pick.random() < 0.8, "consent": consent("cơ quan"),
        }  # fmt: skip
        with acting(ASKER):
            asked = services.ask(said)
        return Asked(
            asked.case.id,
            asked.case.code,
            asked.secret,
            said["title"],
            matter,
            answer,
            text,
            said["may_publish"],
        )

    def _act(self, who: UUID, key: str, of: Asked, **given: Any) -> None:
        self.office.do(
            who, getattr(services, key), of.id, {"version": version_of(of.id), "note": "", **given}
        )

    def _move(self, who: UUID, key: str, of: Asked, note: str = "") -> None:
        self.office.do(who, move, of.id, key, Move(version=version_of(of.id), note=note))

    def _rate(self, of: Asked, pick: Random) -> None:
        too = pick.choice((0, 0, 0, 1, 2, 3, 7, 12, 26))
        if of.may_publish and too:
            Publication.update(too=too).where(Publication.id == of.id).execute()
        if pick.random() < 0.5:
            score, note = pick.choice(THANKS)
            with acting(ASKER):
                services.rate(of.code, of.secret, score, note)
