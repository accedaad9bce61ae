from uuid import uuid4

import pytest

from core.db import db
from core.web.forms import parse_day
from plugins.casework import api as casework
from plugins.voter_opinions import queries, services


@pytest.fixture
def office(ground):
    return Office(ground)


class Office:
    """An agency that gathers what voters ask, and two that solve it."""

    def __init__(self, ground, *, begun=True):
        self.ground = ground
        self.agency = ground.agency("voter_opinions")
        self.leader = self.agency.officer("voter_opinions.leader", name="Phạm Ngọc Anh")
        self.lan = self.agency.officer("voter_opinions.compiler", name="Hoàng Thị Lan")
        self.council = self.agency.officer("voter_opinions.reviewer", name="Trần Mỹ Hạnh")
        self.works, self.health = ground.agency("voter_opinions"), ground.agency("voter_opinions")
        self.hung = self.works.officer("casework.leg_clerk", "voter_opinions.officer", name="Võ Thanh Hùng")
        self.duc = self.health.officer("casework.leg_clerk", name="Nguyễn Văn Đức")
        if begun:
            self.session = self.enter_session("Kỳ họp thứ 8", "1/7/2026", "5/7/2026")

    def enter_session(self, title, opens, closes, **given):
        with self.lan.working() as ctx:
            said = {
                "id": uuid4(), "body": "council", "title": title, "opens_on": parse_day(opens), "closes_on": parse_day(closes),
                "answer_by": None, **given,
            }  # fmt: skip
            return services.save_session(ctx, said)

    def meet(self, held_on="20/6/2026", place="Nhà văn hoá thôn Đông", session=None):
        with self.lan.working() as ctx:
            said = {
                "id": uuid4(), "session_id": (session or self.session).id, "kind": "before", "held_on": parse_day(held_on), "place": place,
                "deputies": "",
            }  # fmt: skip
            return services.add_meeting(ctx, said)

    def record(self, content="Đường liên thôn Quê Chữ hư hỏng nặng sau lũ.", by=None, at=None, **given):
        with (by or self.lan).working() as ctx:
            return services.record(ctx, self.said(content=content, **given), at=at)

    def said(self, **given):
        """Return what the form of a new petition says."""
        return {
            "id": uuid4(), "content": "Đường hỏng", "title": "", "locality": "Xã Phú Hồ", "sector": "transport", "session_id": self.session.id,
            "meeting_id": None, "source": "meeting", "received_on": None, "into": "", "is_new": True, **given,
        }  # fmt: skip

    def act(self, officer, case, key, at=None, **given):
        """Make one of the moves."""
        with officer.working() as ctx:
            version = given.pop("version", None) or casework.case(case.id).version
            return getattr(services, key)(ctx, case.id, {**BLANK, "version": version, **given}, at=at)

    def split(self, case, *, parts=True, **given):
        """Let the works agency lead and the health agency do its part."""
        self.act(self.lan, case, "classify", sector="transport", level="province")
        part = {"part_1": self.health.info.id, "ask_1": "Cho biết trạm y tế"} if parts else {}
        self.act(
            self.lan, case, "split", lead_id=self.works.info.id, ask="Sửa đường, trả lời", **part, **given
        )
        return {each.receiver_id: each.id for each in self.legs(case)}

    def answered(self, case, *, outcome="explained", **given):
        """Bring a petition that was classified or is being worked on to an answer that was sent."""
        self.act(
            self.lan,
            case,
            "submit",
            text="Sẽ sửa trong quý.",
            outcome=outcome,
            person_id=self.leader.person_id,
            **given,
        )
        self.act(self.leader, case, "approve")
        with self.agency.at_work():
            today = casework.agency_day()
        return self.act(self.lan, case, "send", document="120/UBND-TH", signer="Phạm Ngọc Anh", sent_on=today)

    def legs(self, case):
        with self.agency.at_work():
            return casework.legs_of(case.id)

    def stored(self, case):
        with self.agency.at_work():
            return casework.case(case.id)

    def petition(self, case):
        with self.agency.at_work():
            return queries.petition(case.id)

    def sql(self, statement, *values):
        with self.agency.at_work():
            return db.execute_sql(statement, values).fetchall()


BLANK = {
    "note": "", "person_id": None, "due": None, "beyond": False, "roadmap": "", "promised_on": None, "locality": "Xã Phú Hồ", "until": None,
    "leave": False,
    **{f"{name}_{n}": None if name == "part" else "" for n in (1, 2, 3) for name in ("part", "ask")},
}  # fmt: skip
