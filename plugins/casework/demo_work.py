"""Believable work that was given in an agency, for a demonstration: late, due today, to come, waiting and done."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from core.api import Actor, DemoMaker, RequestContext, acting, person_context
from plugins.casework import assigning
from plugins.casework import case_queries as queries
from plugins.casework.assigning import Receiver
from plugins.casework.case_services import Move, Opening, local_end, move, open_case
from plugins.casework.models import Case
from plugins.casework.register_queries import agency_day
from plugins.casework.tasks import HANDLE, MANAGE, TASK
from plugins.notifications.api import people_with


class Sample(NamedTuple):
    """Something a leader might ask for: how many days ago, due in how many days, and how far it has come.

    Each letter of `way` is a step: s start, r report, b send back, a approve, u give to the unit.
    """

    title: str
    given: int
    due: int | None
    way: str = ""


WORK = (
    Sample("Rà soát danh sách hộ nghèo, hộ cận nghèo quý này", 12, -4, "s"),
    Sample("Báo cáo kết quả xử lý kiến nghị về mương thoát nước kiệt 131", 10, -2),
    Sample("Tổng hợp số liệu chuyển đổi số gửi Văn phòng UBND thành phố", 9, -1, "srb"),
    Sample("Soạn giấy mời họp giao ban tuần tới", 3, 0),
    Sample("Kiểm tra biển hiệu, giờ làm việc của bộ phận một cửa", 4, 0, "s"),
    Sample("Cập nhật danh bạ điện thoại các tổ dân phố", 5, 1),
    Sample("Chuẩn bị hồ sơ thi đua khen thưởng cuối năm", 6, 2, "s"),
    Sample("Dự thảo kế hoạch tuyên truyền phòng cháy, chữa cháy", 6, 4),
    Sample("Góp ý dự thảo quy chế tiếp công dân", 2, 5, "u"),
    Sample("Đối chiếu công nợ điện, nước của trụ sở", 8, 6, "sr"),
    Sample("Lập danh mục hồ sơ lưu trữ nộp kho", 20, 15, "s"),
    Sample("Theo dõi lịch tiếp công dân định kỳ", 15, None),
    Sample("Rà soát văn bản hết hiệu lực", 30, -12, "sra"),
    Sample("Bàn giao tài sản sau khi sắp xếp phòng làm việc", 25, -10, "srbra"),
)
AWAY = timedelta(days=4)
NOTES = {
    "r": "Đã làm xong phần được giao, gửi lãnh đạo xem.",
    "b": "Bổ sung số liệu của tổ 5 và tổ 9, so với cùng kỳ.",
    "a": "Đạt yêu cầu.",
}
KEYS = {"s": "start", "r": "report", "b": "send_back", "a": "approve"}


def seed(make: DemoMaker) -> None:
    """Give the officers of the agency in scope work, unless somebody has begun already."""
    able, managing = set(people_with(HANDLE)), set(people_with(MANAGE))
    leaders = [each for each in make.people if each.id in managing]
    officers = [each for each in make.people if each.id in able - managing]
    if not leaders or not officers or Case.select().where(Case.kind == TASK.key).exists():
        return
    contexts = {each.id: person_context(each.id) for each in (*leaders, *officers)}
    leader = contexts[leaders[0].id]
    assert leader is not None
    for number, sample in enumerate(WORK):
        officer = officers[number % len(officers)]
        to = contexts[officer.id]
        if to is not None:
            _give(leader, to, officer.unit_id, sample, minutes=make.random.randrange(400))
    if len(officers) > 1:
        _stand_in([contexts[each.id] for each in officers])


def _give(leader: RequestContext, to: RequestContext, unit_id: UUID, sample: Sample, *, minutes: int) -> None:
    at = datetime.now(UTC) - timedelta(days=sample.given, minutes=minutes)
    due = None if sample.due is None else local_end(agency_day() + timedelta(days=sample.due))
    with _as(leader):
        case = open_case(
            TASK.key,
            Opening(title=sample.title, to=Receiver(person_id=to.person.id), unit_id=unit_id, due=due, at=at),
        )
    step = (datetime.now(UTC) - at) / (len(sample.way) + 1)
    for letter in sample.way:
        at += step
        who = leader if letter in "bau" else to
        with _as(who):
            if letter == "u":
                assigning.reassign(who, case.id, Receiver(unit_id=unit_id), note="Phòng cử người làm.")
            else:
                said = Move(version=queries.case(case.id).version, note=NOTES.get(letter, ""))
                move(who, case.id, KEYS[letter], said, at=at)


def _stand_in(officers: Sequence[RequestContext | None]) -> None:
    """Let the second officer be away for some days, and the first act for them."""
    first, second = officers[:2]
    if first is None or second is None:
        return
    today = agency_day()
    with _as(second):
        assigning.delegate(second, first.person.id, since=today, until=today + AWAY, reason="Nghỉ phép năm")


def _as(ctx: RequestContext) -> AbstractContextManager[None]:
    return acting(Actor(ctx.person.id, ctx.person.full_name))
