"""Believable questions of citizens for a demonstration: invented people, invented numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.api import Actor, DemoMaker, acting, open_units, person_context
from plugins.casework.api import Case, Move, masked, move
from plugins.casework.api import case as case_of
from plugins.citizen_questions import queries, services
from plugins.citizen_questions.kinds import APPROVE, HANDLE, MODERATE
from plugins.citizen_questions.models import Publication, Question
from plugins.citizen_questions.public import ASKER, consent
from plugins.notifications.api import read_all


class Story(NamedTuple):
    """Something that people ask anywhere."""

    topic: str
    title: str
    text: str
    answer: str


STORIES = (
    Story("business", "Khi nào khu hàng tươi sống của chợ mở lại?",
          "Khu hàng tươi sống đóng từ đầu tháng, tiểu thương chúng tôi phải bán tạm ngoài sân. Xin hỏi bao giờ mở lại?",
          "Khu hàng tươi sống đóng để thay hệ thống thoát nước và mở lại ngày 12 tháng này. Trong lúc chờ, tiểu thương bán ở sân phía sau, không thu phí."),
    Story("papers", "Đổi địa danh sau sáp nhập có phải làm lại giấy khai sinh không?",
          "Phường tôi đổi tên từ 01/7. Giấy khai sinh của con tôi ghi tên cũ, có phải làm lại không, mất bao nhiêu tiền?",
          "Không phải làm lại. Giấy đã cấp vẫn dùng được. Khi cần đổi vì lý do khác thì ghi tên mới, không thu phí vì đổi địa danh."),
    Story("land", "Hồ sơ cấp sổ đỏ nộp hai tháng chưa có kết quả",
          "Tôi nộp hồ sơ cấp giấy chứng nhận ở số 12/5 đường Trần Phú đã hai tháng, gọi 0912 345 678 để hẹn lại nhưng chưa ai báo.",
          "Hồ sơ chờ đo lại ranh giới do thửa liền kề có tranh chấp. Đã hẹn đo và báo lịch. Kết quả trả trong 15 ngày làm việc sau khi đo."),
    Story("environment", "Rác ở cuối hẻm ba ngày không thu gom",
          "Xe rác không vào hẻm vì có xe đậu chắn lối. Rác tồn ba ngày, mùi rất khó chịu. Nhờ cơ quan xử lý.",
          "Đã thu gom ngay trong ngày. Từ tuần này xe nhỏ vào hẻm lúc 18 giờ các ngày chẵn, có biển cấm đậu trong giờ đó."),
    Story("transport", "Đèn đường hỏng đã lâu, đi lại nguy hiểm",
          "Đoạn đường trước trường tiểu học mất đèn hơn hai tuần, buổi tối các cháu đi học thêm rất nguy hiểm.",
          "Đã thay tám bóng đèn và sửa tủ điện. Thấy đèn hỏng, gọi số trực ghi trên cột đèn để báo nhanh hơn."),
    Story("welfare", "Mẹ tôi 80 tuổi, thủ tục nhận trợ cấp thế nào?",
          "Mẹ tôi vừa tròn 80 tuổi, không có lương hưu. Tôi là Trần Thị Hoa, xin hỏi cần giấy tờ gì, nộp ở đâu?",
          "Cần tờ khai theo mẫu và căn cước để đối chiếu. Nộp ở bất cứ bộ phận một cửa nào trong tỉnh, hoặc trên Cổng Dịch vụ công. Kết quả sau 7 ngày làm việc."),
    Story("education", "Con tạm trú có được học lớp 1 trường gần nhà?",
          "Gia đình tôi tạm trú hai năm. Con tôi năm nay vào lớp 1 thì có được học trường gần nhà không?",
          "Được. Trường nhận theo nơi ở thực tế. Đăng ký trực tuyến từ 01/7 đến 15/7, trường đối chiếu nơi ở trên dữ liệu dân cư."),
    Story("health", "Trạm y tế có làm việc sáng thứ bảy không?",
          "Tôi đi làm cả tuần nên chỉ đưa con tiêm chủng được ngày thứ bảy. Trạm có làm việc không?",
          "Trạm tiêm chủng sáng thứ bảy tuần thứ hai và thứ tư hằng tháng, từ 7 giờ 30. Các thứ bảy khác có người trực cấp cứu."),
    Story("conduct", "Cán bộ một cửa hẹn nhiều lần",
          "Tôi bị hẹn lại ba lần, mỗi lần thiếu một giấy tờ khác nhau. Đề nghị hướng dẫn một lần cho đủ.",
          "Chúng tôi xin lỗi bạn. Đã nhắc bộ phận tiếp nhận: mọi yêu cầu bổ sung phải ghi một lần bằng phiếu. Hồ sơ của bạn đã trả kết quả."),
    Story("order", "Hát karaoke ồn tới khuya",
          "Nhà ông Lê Quang Vinh hát loa kéo tới 23 giờ hầu như mỗi tối, hàng xóm đã nhắc mà không được.",
          "Đã làm việc và lập biên bản nhắc nhở. Sau 22 giờ còn ồn, gọi trực ban công an phường; tái phạm sẽ bị phạt."),
)  # fmt: skip
COUNT, FRESH = 27, 9
ENDS = ("publish", "publish", "publish", "reply", "publish", "reject")
OPEN = ("new", "new", "new_old", "accept", "submit", "approve", "accept", "send_back", "transfer")


def seed(make: DemoMaker) -> None:
    """Fill a year with questions in every state, some late, unless the agency has some already."""
    leaders, moderators, officers = (list(make.able(key)) for key in (APPROVE, MODERATE, HANDLE))
    if Question.select().exists() or not leaders or not moderators:
        return
    desk = Desk(make, leaders[0].id, moderators[-1].id, [each.id for each in officers])
    first = person_context(leaders[0].id)
    if first is None or not first.can(APPROVE):
        return
    desk.choose()
    for number in range(COUNT):
        if number == COUNT - FRESH:
            desk.settle()
        desk.seed_one(number)


class Desk:
    """Who works on the sample questions."""

    def __init__(self, make: DemoMaker, leader: UUID, moderator: UUID, officers: list[UUID]) -> None:
        self.make, self.leader, self.moderator, self.officers = make, leader, moderator, officers
        self.names = {each.id: each.full_name for each in make.people}
        self.now = datetime.now(UTC)
        self.contexts: dict[UUID, Any] = {}

    def do(self, person_id: UUID, act: Any, *given: Any, **more: Any) -> Any:
        """Act as somebody of the agency."""
        if person_id not in self.contexts:
            self.contexts[person_id] = person_context(person_id)
        with acting(Actor(person_id, self.names.get(person_id, ""))):
            return act(self.contexts[person_id], *given, **more)

    def choose(self) -> None:
        """Let new questions go to the first unit."""
        units = open_units()
        said = {
            "unit_id": units[0][0] if units else None,
            "budget": "15wd",
            "ground": queries.DEFAULT_GROUND,
            "intro": "",
        }
        self.do(self.leader, services.choose, said)

    def settle(self) -> None:
        """Let everybody have read what they were told of what is over."""
        for person_id in {self.leader, self.moderator, *self.officers}:
            self.do(person_id, lambda ctx: read_all(ctx, datetime.now(UTC)))

    def seed_one(self, number: int) -> None:
        """Make one question and bring it to where it stands."""
        pick, old = self.make.random, number < COUNT - FRESH
        wanted = ENDS[number % len(ENDS)] if old else OPEN[number - (COUNT - FRESH)]
        ago = (
            345 - number * 330 // (COUNT - FRESH)
            if old
            else 39
            if wanted == "new_old"
            else pick.randint(1, 4)
        )
        at = self.now - timedelta(days=ago, minutes=pick.randrange(480))
        story = STORIES[number % len(STORIES)]
        with acting(ASKER):
            asked = services.ask(self._said(story, number), at=at)
        self._bring(asked.case, story, at, wanted, slow=number % 7 == 3)

    def _said(self, story: Story, number: int) -> dict[str, Any]:
        pick = self.make.random
        return {
            "id": UUID(int=pick.getrandbits(128), version=4), "title": story.title, "content": story.text, "topic": story.topic,
            "name": self.make.full_name(), "phone": f"09{pick.randrange(10**7, 10**8)}" if number % 2 else "",
            "email": f"nguoihoi{number}@example.vn" if number % 3 else "", "address": "", "may_publish": number % 6 != 3,
            "consent": consent("cơ quan"),
        }  # fmt: skip

    def _bring(self, case: Case, story: Story, at: datetime, wanted: str, *, slow: bool) -> None:
        officer = self.make.random.choice(self.officers)
        if wanted.startswith("new"):
            return
        if wanted == "reject":
            given: dict[str, Any] = {
                "reason": "complaint",
                "note": "Mời bạn gửi đơn tại nơi tiếp công dân của cơ quan.",
            }
            self._step(self.moderator, "reject", case, at + timedelta(days=1), **given)
            return
        if wanted == "transfer" and (others := queries.receivers()):
            given = {
                "receiver_id": self.make.random.choice(others)[0],
                "late": "Mới xác định được thẩm quyền.",
                "files": [],
            }
            self._step(self.moderator, "transfer", case, at + timedelta(hours=5), **given)
            return
        for key, who, given in self._steps(officer, story, wanted):
            at = min(at + timedelta(days=26 if slow and key == "submit" else 1, hours=3), self.now)
            self._step(who, key, case, at, **given)
            if key == wanted:
                break
        if case_of(case.id).closed_at and self.make.random.random() < 0.6:
            self._rate(case, at)

    def _step(self, who: UUID, key: str, case: Case, at: datetime, **given: Any) -> None:
        version = case_of(case.id).version
        if key in ("approve", "send_back"):
            self.do(who, move, case.id, key, Move(version=version, **given), at=min(at, self.now))
        else:
            self.do(
                who,
                getattr(services, key),
                case.id,
                {"version": version, "note": "", **given},
                at=min(at, self.now),
            )

    def _steps(self, officer: UUID, story: Story, wanted: str) -> list[tuple[str, UUID, dict[str, Any]]]:
        texts = {"title": story.title, "question": masked(story.text), "answer": story.answer, "leave": False}
        steps: list[tuple[str, UUID, dict[str, Any]]] = [
            ("accept", self.moderator, {"topic": story.topic, "person_id": officer, "due": None}),
            ("submit", officer, {"answer": story.answer, "person_id": self.leader}),
            ("approve", self.leader, {}),
        ]
        if wanted == "send_back":
            return [
                *steps[:2],
                ("send_back", self.leader, {"note": "Ghi rõ ngày và nơi nộp, bớt thuật ngữ."}),
            ]
        last = ("reply", self.leader, {}) if wanted == "reply" else ("publish", self.moderator, texts)
        return [*steps, last] if wanted in ("reply", "publish") else steps

    def _rate(self, case: Case, at: datetime) -> None:
        score, too = self.make.random.choice((5, 5, 4, 4, 3, 2)), self.make.random.choice((0, 0, 3, 11, 41))
        Question.update(rating=score, rated_at=min(at + timedelta(days=1), self.now)).where(
            Question.id == case.id
        ).execute()
        Publication.update(rating=score, too=too).where(Publication.id == case.id).execute()
