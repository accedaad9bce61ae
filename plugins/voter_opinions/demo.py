"""Believable petitions for a demonstration: invented, and without anybody's personal data."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.api import Actor, DemoMaker, RequestContext, acting, person_context, scope
from plugins.casework.api import RECEIVE, Case, Move, agency_day, answer_leg, legs_of, move, take_leg
from plugins.casework.api import case as case_of
from plugins.notifications.api import people_with, read_all
from plugins.voter_opinions import queries, services
from plugins.voter_opinions.kinds import APPROVE, MANAGE, REVIEW
from plugins.voter_opinions.models import Session


class Matter(NamedTuple):
    """Something voters may ask anywhere, and what may be answered."""

    sector: str
    text: str
    answer: str


MATTERS = (
    Matter("transport", "Nâng cấp đường liên thôn qua {place}, mặt đường hư hỏng nặng sau mùa lũ, học sinh đi lại nguy hiểm",
           "Đã đưa 2,4 km đường vào kế hoạch đầu tư công; trước mắt dặm vá các đoạn hư hỏng."),
    Matter("land", "Sớm bố trí tái định cư cho các hộ thuộc dự án chỉnh trang ở {place}", "Khu tái định cư đã hoàn thành hạ tầng, giao đất theo từng đợt."),
    Matter("land", "Xử lý mùi hôi từ trạm trung chuyển rác gần {place}", "Đã tăng tần suất vận chuyển, phun khử mùi mỗi ngày và lắp hệ thống thu khí."),
    Matter("transport", "Bổ sung đèn tín hiệu ở nút giao gần {place}, giờ tan trường xe đông", "Đã khảo sát, lắp đèn cảnh báo và gờ giảm tốc."),
    Matter("labour", "Tăng phụ cấp cho người hoạt động không chuyên trách ở {place} sau sắp xếp", "Mức phụ cấp theo nghị quyết hiện hành; ghi nhận để trình kỳ họp tới."),
    Matter("agriculture", "Hỗ trợ giống và thức ăn khôi phục nuôi cá lồng ở {place}", "Đã hỗ trợ giống đợt một, đợt hai chi trả sau khi nghiệm thu."),
    Matter("health", "Trạm y tế {place} thiếu bác sĩ, danh mục thuốc bảo hiểm chưa đủ", "Đã luân phiên bác sĩ hai ngày mỗi tuần và bổ sung danh mục thuốc."),
    Matter("education", "Xây thêm phòng học mầm non ở {place}, lớp quá đông", "Đã bố trí vốn xây bốn phòng học, khởi công trong năm."),
    Matter("culture", "Tu bổ đình làng ở {place} đang xuống cấp", "Đã lập hồ sơ tu bổ cấp thiết, kêu gọi thêm nguồn xã hội hoá."),
    Matter("security", "Lắp camera an ninh ở {place}, trộm vặt nhiều về đêm", "Công an đã tăng tuần tra và lắp sáu điểm camera."),
    Matter("finance", "Công khai các khoản đóng góp của dân ở {place}", "Đã niêm yết công khai tại nhà văn hoá và trên trang của cơ quan."),
    Matter("reform", "Người cao tuổi ở {place} khó làm hồ sơ trực tuyến, cần người hướng dẫn", "Tổ công nghệ số cộng đồng đến tận nhà vào sáng thứ bảy."),
    Matter("agriculture", "Nạo vét kênh nội đồng ở {place}, ruộng thiếu nước đầu vụ", "Đã nạo vét 1,2 km kênh, giao hợp tác xã duy tu."),
    Matter("other", "Thu gom vỏ thuốc bảo vệ thực vật ở {place}", "Đã đặt 30 bể chứa và hợp đồng thu gom."),
)  # fmt: skip
PLACES = (
    "thôn Đông",
    "tổ dân phố 3",
    "khu tái định cư Bàu Vá",
    "thôn Quê Chữ",
    "khu vực chợ cũ",
    "thôn Nghĩa Lộ",
    "đường ven sông",
)
MANY, FEW = 14, 4
"""Petitions of each session, at an agency that answers for the whole province and at any other."""
OLD = (
    "explained",
    "resolved",
    "kept",
    "promise",
    "late",
    "resolved",
    "taken_out",
    "again",
    "explained",
    "published",
    "late_promise",
    "forwarded",
)
FRESH = (
    "new",
    "new",
    "classified",
    "waiting",
    "review",
    "approved",
    "answered",
    "unsatisfied",
    "waiting",
    "classified",
    "overdue",
)


def seed(make: DemoMaker, *, many: bool) -> None:
    """Fill a working year with the petitions of three sessions, unless the agency has some already."""
    able = {each.id: each.full_name for each in make.people}

    def those(permission: str) -> list[UUID]:
        return [each for each in people_with(permission) if each in able]

    leaders, officers, reviewers = those(APPROVE), those(MANAGE), those(REVIEW)
    if Session.select().exists() or not leaders or not officers or not reviewers:
        return
    desk = Desk(make, able, leaders[0], officers, reviewers[0])
    today = agency_day()
    for number, months in enumerate((11, 5, -1)):
        desk.hold(
            number, today - timedelta(days=months * 30), OLD if months > 0 else FRESH, MANY if many else FEW
        )
        if months > 0:
            desk.settle()


class Desk:
    """Who works on the sample petitions."""

    def __init__(
        self, make: DemoMaker, names: dict[UUID, str], leader: UUID, officers: list[UUID], reviewer: UUID
    ) -> None:
        self.make, self.names, self.leader, self.officers, self.reviewer = (
            make,
            names,
            leader,
            officers,
            reviewer,
        )
        self.now = datetime.now(UTC)
        self.others = [agency_id for agency_id, _name in queries.participants()]

    def do(self, person_id: UUID, act: Any, *given: Any, **more: Any) -> Any:
        """Act as somebody of the agency."""
        ctx: RequestContext | None = person_context(person_id)
        assert ctx is not None
        with acting(Actor(person_id, self.names[person_id])):
            return act(ctx, *given, **more)

    def settle(self) -> None:
        """Let everybody have read what they were told of matters that are over."""
        for person_id in self.names:
            self.do(person_id, lambda ctx: read_all(ctx, datetime.now(UTC)))

    def hold(self, number: int, opens: date, wanted: tuple[str, ...], count: int) -> None:
        """Enter a session with its meetings, and bring its petitions to where they stand."""
        officer = self.officers[0]
        said = {
            "id": self._id(), "body": "council", "title": f"Kỳ họp thứ {number + 6}, HĐND khoá VIII", "opens_on": opens,
            "closes_on": opens + timedelta(days=3), "answer_by": None,
        }  # fmt: skip
        session = self.do(officer, services.save_session, said)
        met = [min(opens, agency_day()) - timedelta(days=days) for days in (34, 27)]
        meetings = [
            self.do(
                officer, services.add_meeting,
                {"id": self._id(), "session_id": session.id, "kind": "before", "held_on": day, "place": f"Nhà văn hoá {PLACES[at]}",
                 "deputies": "Tổ đại biểu số 3"},
            )
            for at, day in enumerate(met)
        ]  # fmt: skip
        for at in range(count):
            self._petition(number * 20 + at, session, meetings[at % 2], wanted[at % len(wanted)])

    def _id(self) -> UUID:
        return UUID(int=self.make.random.getrandbits(128), version=4)

    def _petition(self, number: int, session: Session, meeting: Any, wanted: str) -> None:
        matter, place = MATTERS[number % len(MATTERS)], PLACES[(number * 3) % len(PLACES)]
        day = meeting.held_on - timedelta(days=40 if wanted == "overdue" else 0)
        if wanted in ("new", "classified", "answered", "approved"):
            day = max(day, agency_day() - timedelta(days=6 + number % 7))
        at = datetime(day.year, day.month, day.day, 2 + number % 6, 10, tzinfo=UTC)
        officer = self.officers[number % len(self.officers)]
        said = {
            "id": self._id(), "content": f"{matter.text.format(place=place)}.", "title": "", "locality": place, "sector": matter.sector,
            "session_id": session.id, "meeting_id": meeting.id, "source": "meeting", "received_on": day, "into": "", "is_new": True,
        }  # fmt: skip
        case = self.do(officer, services.record, said, at=at)
        if number % 9 == 4:
            again = {
                **said,
                "id": self._id(),
                "content": f"Cử tri đề nghị: {matter.text.format(place=place)}.",
                "into": case.code,
            }
            self.do(officer, services.record, again, at=at)
        self._bring(case, officer, matter, at, wanted, shared=number % 3 == 0)

    def _bring(
        self, case: Case, officer: UUID, matter: Matter, at: datetime, wanted: str, *, shared: bool
    ) -> None:
        for key, who, days, given in self._steps(case, officer, matter, at, wanted, shared=shared):
            at = min(at + timedelta(days=days, hours=1), self.now)
            said = {**BLANK, "version": case_of(case.id).version, **given}
            if key in ("send", "keep"):
                said["sent_on" if key == "send" else "kept_on"] = agency_day(at)
            if key == "forward":
                self.do(who, move, case.id, key, Move(version=said["version"], note=said["note"]), at=at)
            else:
                self.do(who, getattr(services, key), case.id, said, at=at)
            if key == "split" and wanted not in ("waiting", "overdue"):
                self._reply(case, matter, at)

    def _reply(self, case: Case, matter: Matter, at: datetime) -> None:
        """Let the agencies answer, as far as somebody there takes what comes in."""
        for leg in legs_of(case.id):
            with scope(leg.receiver_id):
                ctx = next(filter(None, map(person_context, people_with(RECEIVE))), None)
                if ctx is not None:
                    with acting(Actor(ctx.person.id, ctx.person.full_name)):
                        take_leg(ctx, leg.id, at=at)
                        answer_leg(ctx, leg.id, matter.answer, at=min(at + timedelta(days=8), self.now))

    def _steps(
        self, case: Case, officer: UUID, matter: Matter, at: datetime, wanted: str, *, shared: bool
    ) -> list[tuple[str, UUID, int, dict[str, Any]]]:
        promises = wanted in ("promise", "kept", "late_promise")
        sent = at + timedelta(days=60 if wanted == "late" else 25)
        promised = agency_day(sent) + timedelta(days=30 if wanted in ("kept", "late_promise") else 420)
        outcome = "doing" if promises else "resolved" if wanted in ("resolved", "published") else "explained"
        steps: list[tuple[str, UUID, int, dict[str, Any]]] = [
            ("classify", officer, 1, {"sector": matter.sector, "level": "central" if wanted == "forwarded" else "province"}),
            ("split", officer, 1, self._given(shared)),
            ("submit", officer, 50 if wanted == "late" else 12, {
                "text": matter.answer, "outcome": outcome, "roadmap": "Lập dự án, đấu thầu, thi công" if promises else "",
                "promised_on": promised if promises else None, "person_id": self.leader,
            }),
            ("approve", self.leader, 1, {}),
            ("send", officer, 1, {"document": f"{100 + self.make.random.randrange(800)}/UBND-TH", "signer": self.names[self.leader]}),
            ("assess", self.reviewer, 5, {"verdict": "enough"}),
        ]  # fmt: skip
        if not self.others:
            del steps[1]
        if wanted == "taken_out":
            return [
                (
                    "take_out",
                    officer,
                    2,
                    {"nature": "complaint", "note": "Chuyển Ban Tiếp công dân theo Luật Khiếu nại."},
                )
            ]
        if wanted == "forwarded":
            return [
                steps[0],
                ("forward", officer, 1, {"note": "Thuộc thẩm quyền Bộ, đã gửi Đoàn đại biểu Quốc hội."}),
            ]
        bad = (
            "assess",
            self.reviewer,
            5,
            {"verdict": "not_enough", "note": "Chưa nêu lộ trình và đơn vị chịu trách nhiệm."},
        )
        ends = {
            "kept": [("keep", officer, 25, {"note": "Đã nghiệm thu, đưa vào sử dụng."})],
            "published": [("publish", officer, 3, {"said": case.text, "text": matter.answer})],
        }  # fmt: skip
        if wanted == "again":
            return [
                *steps[:-1],
                bad,
                *(each for each in steps if each[0] in ("submit", "approve", "send", "assess")),
            ]
        if wanted == "unsatisfied":
            return [*steps[:-1], bad]
        last = {
            "new": "",
            "classified": "classify",
            "overdue": "split",
            "waiting": "split",
            "review": "submit",
            "approved": "approve",
            "answered": "send",
        }
        if wanted not in last:
            return [*steps, *ends.get(wanted, [])]
        keys = [each[0] for each in steps]
        return steps[: keys.index(last[wanted]) + 1 if last[wanted] in keys else int(bool(last[wanted]))]

    def _given(self, shared: bool) -> dict[str, Any]:
        lead, *rest = (
            self.make.random.sample(self.others, min(len(self.others), 2)) if self.others else [None]
        )
        part = {"part_1": rest[0], "ask_1": "Cho ý kiến về phần thuộc thẩm quyền."} if shared and rest else {}
        return {"lead_id": lead, "ask": "Giải quyết theo thẩm quyền, trả lời trong 15 ngày.", **part}


BLANK: dict[str, Any] = {
    "note": "", "due": None, "until": None, **{f"part_{n}": None for n in services.PARTS}, **{f"ask_{n}": "" for n in services.PARTS}
}  # fmt: skip
