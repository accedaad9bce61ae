import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from core.db import db
from core.events import acting
from core.web.security import signature
from plugins.casework import api as casework
from plugins.citizen_questions import guarding, services
from plugins.citizen_questions.public import ASKER


@pytest.fixture
def desk(ground):
    return Desk(ground.agency("citizen_questions"))


class Desk:
    """An agency that answers citizens: a leader, a moderator, an officer; and citizens, who have no account."""

    def __init__(self, agency):
        self.agency = agency
        self.leader = agency.officer("citizen_questions.leader", name="Phạm Ngọc Anh")
        self.lan = agency.officer("citizen_questions.moderator", name="Hoàng Thị Lan")
        self.vinh = agency.officer("citizen_questions.officer", name="Lê Quang Vinh")

    def ask(self, at=None, **given):
        with self.agency.at_work(), acting(ASKER):
            return services.ask(said(**given), at=at)

    def act(self, officer, case, key, at=None, **given):
        """Make one of the moves that have a form of their own."""
        with officer.working() as ctx:
            version = given.pop("version", None) or casework.case(case.id).version
            blank = {
                "note": "",
                "person_id": None,
                "due": None,
                "topic": "land",
                "late": "",
                "files": [],
                "leave": False,
            }
            return getattr(services, key)(ctx, case.id, {**blank, "version": version, **given}, at=at)

    def approved(self, case, answer="Chợ mở lại ngày 12/9."):
        """Bring a question to its approved answer."""
        self.act(self.lan, case, "accept", person_id=self.vinh.person_id)
        self.act(self.vinh, case, "submit", answer=answer, person_id=self.leader.person_id)
        return self.approve(case)

    def approve(self, case, at=None, officer=None):
        with (officer or self.leader).working() as ctx:
            return casework.move(
                ctx, case.id, "approve", casework.Move(version=casework.case(case.id).version), at=at
            )

    def published(self, case=None, answer="Chợ mở lại ngày 12/9.", **given):
        case = case or self.ask().case
        self.approved(case, answer)
        texts = {"title": "Khi nào chợ mở lại?", "question": "Chợ đóng đã lâu.", "answer": answer}
        return self.act(self.lan, case, "publish", **{**texts, **given})

    def stored(self, case):
        with self.agency.at_work():
            return casework.case(case.id)

    def of_code(self, code):
        with self.agency.at_work():
            return casework.case_by_code(code)

    def sql(self, statement, *values):
        with self.agency.at_work():
            return db.execute_sql(statement, values or None).fetchall()

    # ---- as a citizen, by plain HTTP

    def url(self, route, **fields):
        return self.agency.url(f"citizen_questions.{route}", **fields)

    def get(self, route, query="", **fields):
        return self.agency.ground.client.simulate_get(self.url(route, **fields), query_string=query)

    def post(self, route, form, headers=None, **fields):
        return self.agency.ground.client.simulate_post(
            self.url(route, **fields), body=urlencode(form), content_type="application/x-www-form-urlencoded", headers=headers,
        )  # fmt: skip

    def old_mark(self, seconds=60):
        """Return the mark of a form that was opened a while ago."""
        fresh = re.search(r'name="mark" value="([^"]+)"', self.get("ask").text)[1]
        number, opened, _signed = fresh.split(".")
        text = f"{number}.{int(opened) - seconds}"
        return f"{text}.{signature(guarding.FORM, f'{self.agency.info.id}.{text}')}"

    def form(self, **given):
        return {
            "mark": self.old_mark(), "title": "Khi nào chợ mở lại?", "content": "Chợ đóng đã lâu.", "topic": "business",
            "name": "Trần Thị Hoa", "phone": "", "email": "", "agreed": "on", "may_publish": "on", **given,
        }  # fmt: skip

    def asked(self, **given):
        """Ask by the form without script; return code and secret."""
        page = self.post("ask", self.form(**given))
        assert page.status_code == 200, page.text
        return re.search(r"DH-\d+-\d+", page.text)[0], re.search(r"<dd>(\w{4}-\w{4}-\w{4})</dd>", page.text)[
            1
        ]


def said(**given):
    """Return what the form of a question says."""
    return {
        "id": uuid4(), "title": "Khi nào chợ mở lại?", "content": "Chợ đóng đã lâu. Gọi tôi 0912 345 678.", "topic": "business",
        "name": "Trần Thị Hoa", "phone": "0912345678", "email": "hoa@example.vn", "address": "", "may_publish": True,
        "consent": "Tôi đồng ý.", **given,
    }  # fmt: skip


def work(mark):
    """Do what the script of the form does."""
    return next(number for number in range(10**7) if guarding.is_worked(mark, number))


@pytest.fixture
def long_ago():
    """Return a moment so many days ago."""
    return lambda days: datetime.now(UTC) - timedelta(days=days)
