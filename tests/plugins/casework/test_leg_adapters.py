"""Legs to systems outside: delivered at least once, in order; refused for good; answered late, and once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.db import db
from core.web.errors import Invalid, NotFound
from plugins.casework.cases import opening as case_opening
from plugins.casework.cases.opening import Opening
from plugins.casework.legs import adapters
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import services as legs
from plugins.casework.legs.adapters import Message, Refused
from plugins.casework.legs.purposes import OPINION
from plugins.casework.legs.services import Sending
from plugins.casework.models import LegMessage
from plugins.casework.tasks.kind import TASK

KEY = "bo-nganh"


class Fake:
    """A system outside that keeps what it got, and fails as it is told to."""

    key, title = KEY, "Hệ thống của Bộ"

    def __init__(self):
        self.got: list[Message] = []
        self.trouble: list[Exception] = []

    def deliver(self, message):
        self.got.append(message)
        if self.trouble:
            raise self.trouble.pop(0)
        return f"receipt {message.key}"


@pytest.fixture
def outside():
    fake = Fake()
    adapters.use(fake)
    yield fake
    adapters.forget(KEY)


@pytest.fixture
def leader(agency):
    return agency.officer("casework.leader")


def send(leader):
    with leader.working() as ctx:
        case = case_opening.open_case(TASK.key, Opening(title="Hỏi Bộ", text="Riêng của xã"))
        said = Sending(purpose=OPINION.key, ask="Cho ý kiến", outside=KEY, text="Đoạn chung")
        return legs.send_leg(ctx, case.id, said)


def deliver(agency, *, later=timedelta(0)):
    with agency.in_background():
        return adapters.deliver_waiting(datetime.now(UTC) + later)


def state(agency, leg_id):
    with agency.at_work():
        return leg_queries.leg(leg_id).state


def test_what_was_sent_is_delivered_once_it_is_confirmed(agency, leader, outside):
    leg_id = send(leader)
    assert deliver(agency) == 1
    assert deliver(agency) == 0
    (message,) = outside.got
    assert (message.kind, message.title, message.shared) == ("sent", "Hỏi Bộ", "Đoạn chung")
    with agency.at_work():
        assert LegMessage.get(LegMessage.leg_id == leg_id).receipt == f"receipt {leg_id}:1"


def test_a_line_that_was_cut_is_tried_again_later_under_the_same_key(agency, leader, outside):
    send(leader)
    outside.trouble = [ConnectionError("đứt"), TimeoutError("chậm")]
    assert deliver(agency) == 0
    assert deliver(agency) == 0
    assert len(outside.got) == 1, "it waits before it tries again"
    assert deliver(agency, later=timedelta(minutes=2)) == 0
    assert deliver(agency, later=timedelta(minutes=10)) == 1
    assert len({message.key for message in outside.got}) == 1


def test_later_messages_wait_for_those_before_them(agency, leader, outside):
    leg_id = send(leader)
    with leader.working() as ctx:
        legs.recall_leg(ctx, leg_id, "Thôi")
    outside.trouble = [ConnectionError("đứt")]
    deliver(agency)
    assert [message.kind for message in outside.got] == ["sent"]
    for _round in range(2):
        deliver(agency, later=timedelta(minutes=5))
    assert [message.kind for message in outside.got] == ["sent", "sent", "recalled"]


def test_what_it_refuses_comes_back_with_its_words(agency, leader, outside):
    leg_id = send(leader)
    outside.trouble = [Refused("Không thuộc phạm vi kết nối")]
    deliver(agency)
    assert state(agency, leg_id) == "returned"
    with agency.at_work():
        assert leg_queries.leg(leg_id).reason == "Không thuộc phạm vi kết nối"
    assert deliver(agency, later=timedelta(days=1)) == 0
    assert "trả lại chặng" in leader.get("notifications.centre").text


def test_an_answer_is_taken_once_and_a_later_one_stands_beside_it(agency, leader, outside):
    leg_id = send(leader)
    deliver(agency)
    with agency.at_work():
        assert adapters.take_answer(KEY, "m-1", leg_id, "Nhất trí.")
    with agency.at_work():
        assert not adapters.take_answer(KEY, "m-1", leg_id, "Nhất trí.")
        assert adapters.take_answer(KEY, "m-2", leg_id, "Bổ sung: từ năm sau.")
        of = leg_queries.leg(leg_id)
        answers = [each.text for each in leg_queries.lines(of) if each.kind == "answered"]
    assert answers == ["Nhất trí.", "Bổ sung: từ năm sau."]
    with leader.working() as ctx:
        legs.accept_answer(ctx, leg_id)
    with agency.at_work(), pytest.raises(Invalid):
        adapters.take_answer(KEY, "m-3", leg_id, "Quá muộn")
    page = leader.get("casework.leg", case_id=leg_id)
    assert "Bổ sung: từ năm sau." in page.text
    assert KEY in page.text


def test_an_answer_to_another_agencys_leg_or_of_another_system_is_refused(ground, agency, leader, outside):
    leg_id = send(leader)
    with ground.agency().at_work(), pytest.raises(NotFound):
        adapters.take_answer(KEY, "m-1", leg_id, "Lạc")
    with agency.at_work():
        for key, of in (("la", leg_id), (KEY, uuid4())):
            with pytest.raises(NotFound):
                adapters.take_answer(key, "m-1", of, "Lạc")
        assert db.execute_sql("SELECT FROM casework.leg_inbox").rowcount == 0


def test_nothing_is_sent_where_no_adapter_speaks_to(leader):
    with pytest.raises(Invalid) as refused:
        send(leader)
    assert list(refused.value.errors) == ["receiver_id"]


def test_nothing_is_locked_while_it_is_delivered_and_what_went_wrong_tells_of_nobody(
    agency, leader, outside, monkeypatch
):
    leg_id, within = send(leader), []
    plain = outside.deliver
    monkeypatch.setattr(
        outside, "deliver", lambda message: (within.append(db.in_transaction()), plain(message))[1]
    )
    outside.trouble = [ValueError("ông Nguyễn Văn Bình")]
    deliver(agency)
    with agency.at_work():
        error = LegMessage.get(LegMessage.leg_id == leg_id).error
    assert within == [False]
    assert error.startswith("ValueError")
    assert "Bình" not in error


def test_a_system_that_is_away_for_weeks_is_tried_every_few_hours(agency, leader, outside):
    leg_id = send(leader)
    with agency.at_work():
        LegMessage.update(attempts=60).where(LegMessage.leg_id == leg_id).execute()
    outside.trouble = [ConnectionError("đứt")]
    deliver(agency)
    with agency.at_work():
        wait = LegMessage.get(LegMessage.leg_id == leg_id).next_at - datetime.now(UTC)
    assert timedelta(hours=5) < wait <= adapters.LONGEST_WAIT
