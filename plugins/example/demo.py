"""Believable notes for a demonstration: invented, and without anybody's personal data."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from core.api import HOME_ZONE, Actor, DemoMaker, acting, open_units
from plugins.example.models import Note
from plugins.example.services import put_note, tell_of_change, tell_unit


class Sample(NamedTuple):
    """A note that might stand in any unit's notebook."""

    title: str
    body: str
    pinned: bool = False


FRIDAY = 4
CHANGED = 0.6
"""Of how many notes somebody hears that they have changed."""

NOTES = (
    Sample(
        "Kết luận giao ban đầu tuần",
        "Văn phòng gửi giấy mời họp trước ít nhất hai ngày làm việc.\n"
        "Hồ sơ trình ký trước 16 giờ thì trả trong ngày; sau đó sang buổi sáng hôm sau.\n"
        "Mỗi phòng cử một người theo dõi văn bản đến trong giờ nghỉ trưa.",
        pinned=True,
    ),
    Sample(
        "Đầu mối khi máy ký số không nhận thẻ",
        "Rút thẻ, đợi mười giây rồi cắm lại. Vẫn không được thì gọi tổ hỗ trợ của trung tâm, đọc mã ở góc màn hình.\n"
        "Trong lúc chờ: chuyển văn bản cho người được uỷ quyền, ghi rõ lý do.",
    ),
    Sample(
        "Cách đặt tên tệp gửi liên thông",
        "Số và ký hiệu, gạch dưới, trích yếu ngắn không dấu. Ví dụ: 125_BC-UBND_bao-cao-quy-3.pdf.\n"
        "Không dùng dấu tiếng Việt và dấu cách: một số phần mềm nơi nhận không mở được.",
    ),
    Sample(
        "Lịch trực bộ phận một cửa tháng này",
        "Sáng: người tiếp nhận theo phân công ở bảng. Chiều: hai người, một người hướng dẫn khai trực tuyến.\n"
        "Ai đổi ca thì tự tìm người thay và ghi vào đây trước một ngày.",
        pinned=True,
    ),
    Sample(
        "Việc cần xong trước kỳ họp Hội đồng nhân dân",
        "Rà ý kiến cử tri chưa trả lời, lấy số liệu đến hết ngày 20.\n"
        "Phòng chuyên môn gửi phần mình cho Văn phòng tổng hợp, không gửi thẳng lãnh đạo.",
    ),
    Sample(
        "Mẫu trả lời khi hồ sơ thiếu giấy tờ",
        "Một lần, đủ ý: còn thiếu gì, căn cứ nào, bổ sung ở đâu, đến ngày nào.\n"
        "Không yêu cầu giấy tờ đã có trong cơ sở dữ liệu quốc gia về dân cư.",
    ),
    Sample(
        "Sắp xếp kho lưu trữ sau khi nhập đơn vị",
        "Hồ sơ của phường, xã cũ giữ nguyên số và ký hiệu cũ; bìa ghi thêm tên đơn vị mới ở dòng dưới.\n"
        "Danh mục đã quét nằm ở thư mục chung của phòng, xếp theo năm.",
    ),
    Sample(
        "Rút kinh nghiệm đợt kiểm tra công vụ",
        "Biển tên, giờ làm việc và số điện thoại đường dây nóng phải đúng với quyết định mới.\n"
        "Sổ tiếp công dân ghi đủ kết quả; việc chuyển đi nơi khác thì ghi cả số văn bản chuyển.",
    ),
)


def _at_work(now: datetime, pick: Random) -> datetime:
    """Return a moment of the last six weeks at which an office is open: nobody writes notes at night."""
    day = now.astimezone(HOME_ZONE) - timedelta(days=pick.randint(1, 40))
    day -= timedelta(days=max(0, day.weekday() - FRIDAY))
    return day.replace(hour=7, minute=30, second=0, microsecond=0) + timedelta(minutes=pick.randint(0, 570))


def seed(make: DemoMaker) -> None:
    """Fill the notebooks of the agency in scope, unless somebody has written in them already."""
    if Note.select().where(Note.author_id.is_null(False)).exists():
        return
    now, pick = datetime.now(UTC), make.random
    for unit_id, unit in open_units():
        people = [person for person in make.able("example.write") if person.unit_id == unit_id]
        for sample in pick.sample(NOTES, pick.randint(2, 4)) if people else ():
            at = _at_work(now, pick)
            author = pick.choice(people)
            note = Note(
                **sample._asdict(), unit_id=unit_id, author_id=author.id, created_at=at, changed_at=at
            )
            with acting(Actor(author.id, author.full_name)):
                put_note(note, unit)
                if note.pinned:
                    tell_unit(note, author.id, at)
                elif pick.random() < CHANGED:
                    later = max(at, _at_work(now, pick))
                    others = [person.id for person in people if person.id != author.id]
                    tell_of_change(note, others, later)
