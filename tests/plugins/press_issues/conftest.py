from datetime import datetime
from uuid import uuid4

import pytest

from core.db import db, new_id
from core.i18n import HOME_ZONE
from plugins.casework import api as casework
from plugins.letters.models import Template
from plugins.press_issues import services


@pytest.fixture
def newsroom(ground):
    return Newsroom(ground.agency("press_issues"))


class Newsroom:
    """An agency that follows the press: a leader, an officer, a spokesperson."""

    def __init__(self, agency):
        self.agency = agency
        self.leader = agency.officer("press_issues.leader", name="Phạm Ngọc Anh")
        self.lan = agency.officer("press_issues.compiler", name="Hoàng Thị Lan")
        self.vinh = agency.officer("press_issues.spokesperson", name="Lê Quang Vinh")

    def record(self, by=None, at=None, **given):
        with (by or self.lan).working() as ctx:
            return services.record(ctx, said(**given), at=at)

    def act(self, officer, case, key, at=None, **given):
        """Make one of the moves that have a form of their own."""
        with officer.working() as ctx:
            version = given.pop("version", None) or casework.case(case.id).version
            blank = {
                "note": "",
                "person_id": None,
                "co": [],
                "due": None,
                "measures": "",
                "link": "",
                "leave": False,
            }
            return getattr(services, key)(ctx, case.id, {**blank, "version": version, **given}, at=at)

    def answered(self, case=None, *, at=None, sent_on=None):
        """Bring an issue to its answer."""
        case = case or self.record()
        self.act(self.leader, case, "direct", note="Kiểm tra, báo cáo", person_id=self.lan.person_id, at=at)
        self.act(self.lan, case, "conclude", finding="partly", finding_note="Có 3 xe", at=at)
        self.act(
            self.lan, case, "submit", answer="UBND phường đã xử lý.", person_id=self.leader.person_id, at=at
        )
        self.act(self.leader, case, "approve", at=at)
        with self.agency.at_work():
            day = sent_on or casework.agency_day(at)
        self.act(self.lan, case, "send", sent_on=day, at=at)
        return case

    def opened_public_page(self, intro=""):
        with self.lan.working() as ctx:
            services.choose_public(ctx, {"is_public": True, "intro": intro})

    def has_letterhead(self, since=None):
        """Let the agency have its part of letters, without which nothing is issued."""
        with self.agency.at_work():
            Template.insert(
                id=new_id(), kind="", valid_from=since or casework.agency_day(), agency_name="Uỷ ban nhân dân phường An Đông", place="An Đông",
                superior="Uỷ ban nhân dân thành phố Huế", symbol="UBND-VP", head_title="Chủ tịch", signer_title="Chủ tịch",
                signer_name="Phạm Ngọc Anh", recipients="Như trên;\nLưu: VT.",
            ).execute()  # fmt: skip

    def stored(self, case):
        with self.agency.at_work():
            return casework.case(case.id)

    def sql(self, statement, *values):
        with self.agency.at_work():
            return db.execute_sql(statement, values).fetchall()


def said(**given):
    """Return what the form of a new issue says."""
    number = given.pop("number", 1)
    return {
        "id": uuid4(), "title": f"Đổ trộm rác ven sông {number}", "summary": "Ba tuần nay đêm nào cũng có xe.", "kind": "forwarded",
        "severity": "serious", "sector": "land", "locality": "Phường Thuận Hoá", "received": None, "leader_id": None, "into": "",
        "url": f"https://baomau.example/rac-{uuid4()}.html", "outlet": "Báo Mẫu", "article_title": f"{uuid4()} {uuid4()} {uuid4()}",
        "published": None, "body": "", **given,
    }  # fmt: skip


def today():
    """Return the day on the agency's calendar."""
    return datetime.now(HOME_ZONE).date()
