"""Believable press issues for a demonstration: invented, and without anybody's personal data."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.api import Actor, DemoMaker, RequestContext, acting, person_context
from plugins.casework.api import Case, agency_day
from plugins.casework.api import case as case_of
from plugins.notifications.api import people_with, read_all
from plugins.press_issues import services
from plugins.press_issues.kinds import DIRECT, MANAGE
from plugins.press_issues.models import Issue
from plugins.press_issues.services import NEW


class Story(NamedTuple):
    """Something a newspaper may have written about anywhere."""

    sector: str
    title: str
    text: str
    found: str
    answer: str


STORIES = (
    Story("land", "Rác thải xây dựng đổ trộm ven sông, đoạn qua {place}",
          "Khoảng ba tuần nay, đêm nào cũng có xe tải đổ xà bần xuống bờ sông ở {place}. Người dân phản ánh mà chưa thấy xử lý.",
          "Có bốn lượt xe đổ trộm, đã lập biên bản hai trường hợp.", "Đã dọn 18 m³ rác, lắp camera và phân công trực đêm."),
    Story("transport", "Đường {place} ngập sau mỗi trận mưa",
          "Chỉ cần mưa nửa giờ là đường {place} ngập tới nửa bánh xe, học sinh phải lội nước đến trường.",
          "Cống thoát nước bị lấp một phần do thi công.", "Đã nạo vét 320 m cống, yêu cầu nhà thầu hoàn trả trước mùa mưa."),
    Story("education", "Trường học ở {place} thiếu nước sạch",
          "Từ đầu năm học, điểm trường ở {place} chỉ có nước giếng khoan, phụ huynh phải mua nước bình.",
          "Bể lọc hỏng, kinh phí sửa đã có nhưng chậm triển khai.", "Đã thay bể lọc và xét nghiệm nước đạt yêu cầu."),
    Story("reform", "Người dân {place} đi lại nhiều lần để làm một thủ tục",
          "Một hộ ở {place} phải bổ sung hồ sơ bốn lần, mỗi lần một giấy tờ khác nhau.",
          "Công chức hướng dẫn chưa đủ trong một lần, trái quy định.", "Đã xin lỗi người dân, trả kết quả và chấn chỉnh bộ phận tiếp nhận."),
    Story("health", "Trạm y tế {place} thiếu thuốc thông thường",
          "Người cao tuổi ở {place} đến trạm nhiều lần vẫn không có thuốc huyết áp theo bảo hiểm.",
          "Đấu thầu thuốc chậm hai tháng, nay đã có đủ.", "Đã điều chuyển thuốc giữa các trạm và công bố danh mục còn tại trạm."),
    Story("agriculture", "Kênh thuỷ lợi ở {place} bị bồi lấp, ruộng thiếu nước",
          "Gần 12 héc-ta lúa ở {place} không có nước vào đầu vụ vì kênh nội đồng bị bồi lấp.",
          "Đoạn kênh 400 m bồi lắng do không duy tu ba năm.", "Đã nạo vét và giao hợp tác xã duy tu hằng vụ."),
    Story("culture", "Lấn chiếm vỉa hè quanh chợ {place}",
          "Hàng quán quanh chợ {place} bày kín vỉa hè, người đi bộ phải xuống lòng đường.",
          "Có tái lấn chiếm sau mỗi đợt ra quân.", "Đã kẻ vạch, bố trí chỗ bán và phạt 14 trường hợp."),
    Story("labour", "Chi trả trợ cấp ở {place} chậm hai tháng",
          "Nhiều người hưởng trợ cấp xã hội ở {place} chưa nhận được tiền của hai tháng gần đây.",
          "Không chậm: tiền chuyển qua tài khoản, người dân chưa được báo.", "Đã nhắn tin cho người hưởng và hướng dẫn nhận qua tài khoản."),
)  # fmt: skip
PLACES = (
    "tổ dân phố 3",
    "khu vực chợ cũ",
    "đường ven sông",
    "thôn Đông",
    "khu tái định cư",
    "đường Trần Phú",
)
OUTLETS = (
    "Báo Ngự Bình",
    "Báo Sông Hương",
    "Đài Phát thanh và Truyền hình",
    "Báo Dân Sinh",
    "Thời báo Miền Trung",
)
COUNT, FRESH = 26, 8
"""Issues of an agency, and how many of them are of the last weeks."""
ENDS = ("published", "published", "sent", "sent", "sent", "outside")
OPEN = ("new", "new", "direct", "conclude", "submit", "approve", "direct", "send_late")


def seed(make: DemoMaker) -> None:
    """Fill a working year with issues in every state, some late, unless the agency has some already."""
    able = {each.id: each.full_name for each in make.people}
    leaders = [each for each in people_with(DIRECT) if each in able]
    officers = [each for each in people_with(MANAGE) if each in able and each not in leaders] or leaders
    if Issue.select().exists() or not leaders or not officers:
        return
    office = Office(make, able, leaders[0], officers)
    office.open_page()
    for number in range(COUNT):
        if number == COUNT - FRESH:
            office.settle()
        office.seed_one(number)


class Office:
    """Who works on the sample issues."""

    def __init__(self, make: DemoMaker, names: dict[UUID, str], leader: UUID, officers: list[UUID]) -> None:
        self.make, self.names, self.leader, self.officers = make, names, leader, officers
        today = agency_day()
        first = date(today.year - ((today.month, today.day) < (12, 15)), 12, 15)
        self.now = datetime.now(UTC)
        self.days = max((today - first).days - 20, 20)
        self.last: Case | None = None

    def do(self, person_id: UUID, act: Any, *given: Any, **more: Any) -> Any:
        """Act as somebody of the agency."""
        ctx: RequestContext | None = person_context(person_id)
        assert ctx is not None
        with acting(Actor(person_id, self.names[person_id])):
            return act(ctx, *given, **more)

    def open_page(self) -> None:
        """Let the public read the answers."""
        said = {
            "is_public": True,
            "intro": "Trả lời của cơ quan về điều báo chí nêu, đăng sau khi đã gửi cơ quan báo chí.",
        }
        self.do(self.officers[0], services.choose_public, said)

    def settle(self) -> None:
        """Let everybody have read what they were told of matters that are over."""
        for person_id in self.names:
            self.do(person_id, lambda ctx: read_all(ctx, datetime.now(UTC)))

    def seed_one(self, number: int) -> None:
        """Make one issue and bring it to where it stands."""
        pick, old = self.make.random, number < COUNT - FRESH
        ago = self.days + 20 - number * self.days // (COUNT - FRESH) if old else pick.randint(1, 12)
        wanted = ENDS[number % len(ENDS)] if old else OPEN[number - (COUNT - FRESH)]
        at = self.now - timedelta(
            days=max(ago, 1) + (40 if wanted == "send_late" else 0), minutes=pick.randrange(400)
        )
        story = STORIES[number % len(STORIES)]
        officer = pick.choice(self.officers)
        said = self._said(number, story, at)
        case = self.do(officer, services.record, said, at=at)
        if number % 6 == 5 and self.last is not None:
            more = {**self._said(number + 100, story, at), "into": case.code}
            self.do(officer, services.record, more, at=at)
        self.last = case
        self._bring(case, officer, story, at, wanted, slow=number % 5 == 2)

    def _said(self, number: int, story: Story, at: datetime) -> dict[str, Any]:
        pick = self.make.random
        place = PLACES[number % len(PLACES)]
        title, text = story.title.format(place=place), story.text.format(place=place)
        return {
            "id": UUID(int=pick.getrandbits(128), version=4), "title": title, "summary": text, "sector": story.sector,
            "kind": pick.choice(("forwarded", "forwarded", "request", "urgent")), "locality": place,
            "severity": pick.choice(("normal", "normal", "serious", "grave")), "received": None, "leader_id": self.leader,
            "into": NEW, "url": f"https://bao{number % 5}.example/{at:%Y/%m}/bai-{number}.html", "outlet": pick.choice(OUTLETS),
            "article_title": title, "published": at - timedelta(hours=3), "body": f"{text}\n{story.title.format(place='nơi này')}.",
        }  # fmt: skip

    def _bring(
        self, case: Case, officer: UUID, story: Story, at: datetime, wanted: str, *, slow: bool
    ) -> None:
        if wanted == "outside":
            from plugins.casework.api import Move, move

            note = "Thuộc thẩm quyền cơ quan khác, đã chuyển."
            move_at = min(at + timedelta(days=2), self.now)
            self.do(
                self.leader,
                move,
                case.id,
                "refuse",
                Move(version=case_of(case.id).version, note=note),
                at=move_at,
            )
            return
        for key, who, given in self._steps(officer, story):
            if (
                wanted == "new"
                or (wanted == "send_late" and key == "submit")
                or (key == "publish" and wanted != "published")
            ):
                return
            at = min(at + timedelta(days=9 if slow and key == "conclude" else 1, hours=3), self.now)
            if key == "send":
                given["sent_on"] = agency_day(at)
            said = {"version": case_of(case.id).version, "note": "", **given}
            self.do(who, getattr(services, key), case.id, said, at=at)
            if key == wanted:
                return

    def _steps(self, officer: UUID, story: Story) -> tuple[tuple[str, UUID, dict[str, Any]], ...]:
        direction = "Kiểm tra, xử lý, báo cáo trước khi trả lời báo."
        finding = "false" if story.sector == "labour" else self.make.random.choice(("true", "partly"))
        return (
            ("direct", self.leader, {"note": direction, "person_id": officer, "co": [], "due": None}),
            (
                "conclude",
                officer,
                {"finding": finding, "finding_note": story.found, "measures": story.answer},
            ),
            ("submit", officer, {"answer": f"{story.found}\n{story.answer}", "person_id": self.leader}),
            ("approve", self.leader, {}),
            ("send", officer, {"link": ""}),
            (
                "publish",
                self.leader,
                {
                    "said": story.text.format(place="địa bàn"),
                    "text": f"{story.found}\n{story.answer}",
                    "link": "",
                },
            ),
        )
