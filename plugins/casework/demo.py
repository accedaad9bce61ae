"""Believable books of documents and work that was given, for a demonstration: invented, without anybody's personal data."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from core.api import Actor, DemoMaker, RequestContext, acting, person_context
from plugins.casework import assigning
from plugins.casework import case_queries as queries
from plugins.casework.assigning import Receiver
from plugins.casework.books import INCOMING, OUTGOING
from plugins.casework.case_opening import Opening, open_case
from plugins.casework.case_services import Move, local_end, move
from plugins.casework.models import Case, RegisterYear
from plugins.casework.register_queries import agency_day
from plugins.casework.register_services import BY_HAND, KEEP, Subject, take_number, void_number
from plugins.casework.tasks import HANDLE, MANAGE, TASK
from plugins.notifications.api import people_with

SENT = (
    ("BC-UBND", "Báo cáo kết quả cải cách hành chính quý"),
    ("UBND-KT", "Công văn về việc rà soát hộ kinh doanh trên địa bàn"),
    ("KH-UBND", "Kế hoạch phòng, chống thiên tai và tìm kiếm cứu nạn"),
    ("TB-UBND", "Thông báo kết luận cuộc họp giao ban tháng"),
    ("QĐ-UBND", "Quyết định kiện toàn ban chỉ đạo chuyển đổi số"),
    ("TTr-UBND", "Tờ trình đề nghị phân bổ kinh phí sửa chữa trụ sở"),
    ("GM-UBND", "Giấy mời họp rà soát kiến nghị của cử tri"),
)
RECEIVED = (
    ("Sở Nội vụ", "Công văn hướng dẫn báo cáo biên chế"),
    ("Sở Tài chính", "Thông báo dự toán bổ sung"),
    ("UBND tỉnh", "Kế hoạch chuyển đổi số của tỉnh"),
    ("Sở Tư pháp", "Công văn lấy ý kiến dự thảo quyết định"),
)
MODES = ("Điện tử", "Điện tử", "Điện tử", "Giấy", "Giấy và điện tử")
RECIPIENTS = ("UBND tỉnh", "Sở Nội vụ", "Các phòng, các tổ dân phố", "Như trên; Lưu: VT")
DAYS = 240
BOTH_BOOKS = 34
REASON = "Vào sổ trùng, văn bản đã có số trước đó"


def seed(make: DemoMaker) -> None:
    """Fill the agency in scope, as far as nobody has begun there already: both books, and work that was given."""
    seed_books(make)
    seed_work(make)


def seed_books(make: DemoMaker) -> None:
    """Enter some months of documents into both books, unless somebody began already."""
    if not make.people or RegisterYear.select().exists():
        return
    today = agency_day()
    start = max(today - timedelta(days=DAYS), today.replace(month=1, day=2))
    length = max((today - start).days, 1)
    clerk = make.able(KEEP)[0]
    for number in range(BOTH_BOOKS):
        day = start + timedelta(days=number * length // BOTH_BOOKS)
        at = datetime.combine(day, time(1 + number % 8, make.random.randrange(60)), UTC)
        with acting(Actor(clerk.id, clerk.full_name)):
            _send(make, at)
            _receive(make, at + timedelta(minutes=3))


def _send(make: DemoMaker, at: datetime) -> None:
    symbol, title = make.random.choice(SENT)
    entry = take_number(
        OUTGOING.key, _subject(make), title=title, symbol=symbol, at=at,
        details={"signatory": make.people[-1].full_name, "recipients": make.random.choice(RECIPIENTS),
                 "unit": "Văn phòng", "copies": "1", "mode": make.random.choice(MODES)},
    )  # fmt: skip
    if entry.number % 15 == 0:
        void_number(entry.id, reason=REASON)


def _receive(make: DemoMaker, at: datetime) -> None:
    author, title = make.random.choice(RECEIVED)
    take_number(
        INCOMING.key, _subject(make), title=title, at=at,
        details={"author": author, "symbol": f"{make.random.randrange(20, 900)}/SVT", "unit": "Văn phòng"},
    )  # fmt: skip


def _subject(make: DemoMaker) -> Subject:
    return Subject(BY_HAND, UUID(int=make.random.getrandbits(128), version=4))


# ---- work that was given -------------------------------------------------------------------------------------


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


def seed_work(make: DemoMaker) -> None:
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
