"""Believable books of documents for a demonstration: invented, and without anybody's personal data."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from core.api import Actor, DemoMaker, acting
from plugins.casework.books import INCOMING, OUTGOING
from plugins.casework.models import RegisterYear
from plugins.casework.register_queries import agency_day
from plugins.casework.register_services import BY_HAND, KEEP, Subject, take_number, void_number

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
    """Enter some months of documents into both books of the agency in scope, unless somebody began already."""
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
