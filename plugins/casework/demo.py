"""Believable books of documents and work that was given, for a demonstration: invented, without anybody's personal data."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from core.api import DemoMaker, RequestContext
from plugins.casework.cases import assigning
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.opening import Opening, open_case
from plugins.casework.cases.services import Move, local_end, move
from plugins.casework.demo_office import SampleOffice, Story, as_person, version_of
from plugins.casework.models import Assignment, Case, RegisterYear
from plugins.casework.registers.books import INCOMING, OUTGOING
from plugins.casework.registers.services import BY_HAND, KEEP, Subject, take_number, void_number
from plugins.casework.tasks.kind import HANDLE, MANAGE, TASK
from plugins.notifications.api import people_with, read_all

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
    ("UBND thành phố", "Kế hoạch chuyển đổi số của thành phố"),
    ("Sở Tư pháp", "Công văn lấy ý kiến dự thảo quyết định"),
)
MODES = ("Điện tử", "Điện tử", "Điện tử", "Giấy", "Giấy và điện tử")
RECIPIENTS = ("UBND thành phố", "Sở Nội vụ", "Các phòng, các tổ dân phố", "Như trên; Lưu: VT")
BOTH_BOOKS = 60
REASON = "Vào sổ trùng, văn bản đã có số trước đó"


def seed(make: DemoMaker) -> None:
    """Plan a year of the agency in scope, as far as nobody has begun there already: both books, and work that was given."""
    office = SampleOffice(make)
    seed_books(office)
    seed_work(office)
    make.plan(_read_what_is_over(office))


def _read_what_is_over(office: SampleOffice) -> Story:
    """Let everybody have read what they were told but for the last days, and have opened what they were given."""
    yield datetime.now(UTC) - timedelta(minutes=2)
    before = datetime.now(UTC) - timedelta(days=4)
    for person in office.make.people:
        read_all(office.context(person.id), before)
    unseen = Assignment.done_at.is_null() & Assignment.seen_at.is_null() & (Assignment.given_at < before)
    Assignment.update(seen_at=Assignment.given_at).where(
        unseen, Assignment.person_id.is_null(False)
    ).execute()


def seed_books(office: SampleOffice) -> None:
    """Plan the documents of a year in both books, unless somebody began already."""
    if not office.make.people or RegisterYear.select().exists():
        return
    clerk = office.able(KEEP)[0] if office.able(KEEP) else office.make.people[-1].id
    for number, at in enumerate(office.arrivals(office.share(BOTH_BOOKS))):
        office.make.plan(_entered(office, clerk, at, number, office.story()))


def _entered(office: SampleOffice, clerk: UUID, at: datetime, number: int, pick: Random) -> Story:
    """Enter a document that left and, a little later, one that came."""
    yield at
    symbol, title = pick.choice(SENT)
    with as_person(office.context(clerk)):
        entry = take_number(
            OUTGOING.key, _subject(pick), title=title, symbol=symbol.replace("UBND", office.called),
            details={"signatory": office.make.people[0].full_name, "recipients": pick.choice(RECIPIENTS),
                     "unit": "Văn phòng", "copies": "1", "mode": pick.choice(MODES)},
        )  # fmt: skip
        if number % 15 == 14:
            void_number(entry.id, reason=REASON)
    yield office.after(1, pick)
    author, title = pick.choice(RECEIVED)
    with as_person(office.context(clerk)):
        take_number(
            INCOMING.key, _subject(pick), title=title,
            details={"author": author, "symbol": f"{pick.randrange(20, 900)}/SVT", "unit": "Văn phòng"},
        )  # fmt: skip


def _subject(pick: Random) -> Subject:
    return Subject(BY_HAND, UUID(int=pick.getrandbits(128), version=4))


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
    Sample("Rà soát văn bản hết hiệu lực", 30, -3, "sra"),
    Sample("Bàn giao tài sản sau khi sắp xếp phòng làm việc", 25, -10, "srbra"),
)
AWAY = timedelta(days=4)
NOTES = {
    "r": "Đã làm xong phần được giao, gửi lãnh đạo xem.",
    "b": "Bổ sung số liệu của tổ 5 và tổ 9, so với cùng kỳ.",
    "a": "Đạt yêu cầu.",
}
KEYS = {"s": "start", "r": "report", "b": "send_back", "a": "approve"}


FINISHED = ("sra", "sra", "srbra", "sra")
"""How work of earlier months went."""
A_MONTH = (2, 3, 3)


def seed_work(office: SampleOffice) -> None:
    """Plan work of the whole year for the officers of the agency in scope, unless somebody has begun already."""
    able, managing = set(people_with(HANDLE)), set(people_with(MANAGE))
    leaders = [each for each in office.make.people if each.id in managing]
    officers = [each for each in office.make.people if each.id in able - managing]
    if not leaders or not officers or Case.select().where(Case.kind == TASK.key).exists():
        return
    leader, own = office.context(leaders[0].id), office.story()
    begun, turn = own.randrange(335, 360), own.randrange(len(WORK))
    past = [
        Sample(WORK[(ago // 10 + each + turn) % len(WORK)].title, ago - 9 * each, 9 * each + (6, 12, 15)[each] - ago, FINISHED[(ago // 30 + each) % 4])
        for ago in range(begun, 70, -30) for each in range(own.choice(A_MONTH))
    ]  # fmt: skip
    for number, sample in enumerate((*past, *_of_their_own(own, turn))):
        to = officers[number % len(officers)]
        office.make.plan(_given(office, leader, office.context(to.id), to.unit_id, sample, office.story()))
    if len(officers) > 1:
        office.make.plan(_stand_in(office, [office.context(each.id) for each in officers]))


def _of_their_own(pick: Random, turn: int) -> Iterator[Sample]:
    """Return the present work of one agency: what is asked and when is not the same in all of them."""
    for at, each in enumerate(WORK):
        days = pick.randrange(3) if each.due else 0
        due = each.due if each.due is None else each.due + (days if each.due > 0 else -days)
        yield Sample(WORK[(at + turn) % len(WORK)].title, each.given + days, due, each.way)


def _given(
    office: SampleOffice,
    leader: RequestContext,
    to: RequestContext,
    unit_id: UUID,
    sample: Sample,
    pick: Random,
) -> Story:
    """Give work to an officer, and let it go its way."""
    day = office.today - timedelta(days=sample.given)
    at = office.on(day, pick)
    yield at
    due = None if sample.due is None else local_end(office.today + timedelta(days=sample.due))
    with as_person(leader):
        opening = Opening(title=sample.title, to=Receiver(person_id=to.person.id), due=due, at=at)
        case = open_case(TASK.key, opening)
    done_in = timedelta(days=9) if sample.given > 60 else datetime.now(UTC) - at
    for number, letter in enumerate(sample.way, 1):
        yield office.after(0.3, pick, at + done_in * number / (len(sample.way) + 1))
        who = leader if letter in "bau" else to
        with as_person(who):
            if letter == "u":
                assigning.reassign(who, case.id, Receiver(unit_id=unit_id), note="Phòng cử người làm.")
            else:
                move(
                    who, case.id, KEYS[letter], Move(version=version_of(case.id), note=NOTES.get(letter, ""))
                )


def _stand_in(office: SampleOffice, officers: list[RequestContext]) -> Story:
    """Let the second officer be away for some days, and the first act for them."""
    first, second = officers[:2]
    yield office.on(office.today - timedelta(days=2), Random(1))  # noqa: S311 - sample data
    since = office.today
    with as_person(second):
        assigning.delegate(
            second, first.person.id, since=since, until=since + AWAY, reason="Nghỉ phép năm", partly=True
        )
