"""A year of petitions of voters for a demonstration: invented, and without anybody's personal data."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from core.api import DemoMaker, current_time
from plugins.casework.api import (
    Case,
    Move,
    SampleOffice,
    Story,
    Subject,
    agency_day,
    answer_day,
    case_by_code,
    move,
    take_number,
    version_of,
)
from plugins.voter_opinions import queries, services
from plugins.voter_opinions.kinds import APPROVE, COMPILE, HANDLE, REVIEW
from plugins.voter_opinions.models import Meeting, Session


class Matter(NamedTuple):
    """Something voters may ask anywhere, and what may be answered; {place} is where, {n} a number."""

    sector: str
    text: str
    answer: str


MATTERS = (
    Matter("transport", "Sửa mặt đường hư hỏng nặng sau mùa lũ ở {place}, học sinh đi lại nguy hiểm",
           "Đã đưa 2,4 km đường vào kế hoạch đầu tư công; trước mắt dặm vá các đoạn hư hỏng."),
    Matter("land", "Sớm bố trí tái định cư cho các hộ thuộc dự án chỉnh trang ở {place}", "Khu tái định cư đã hoàn thành hạ tầng, giao đất theo từng đợt."),
    Matter("land", "Xử lý mùi hôi từ trạm trung chuyển rác gần {place}", "Đã tăng tần suất vận chuyển, phun khử mùi mỗi ngày và lắp hệ thống thu khí."),
    Matter("transport", "Bổ sung đèn tín hiệu ở nút giao gần {place}, giờ tan trường xe đông", "Đã khảo sát, lắp đèn cảnh báo và gờ giảm tốc."),
    Matter("labour", "Tăng phụ cấp cho người hoạt động không chuyên trách ở {place} sau sắp xếp", "Mức phụ cấp theo nghị quyết hiện hành; ghi nhận để trình kỳ họp tới."),
    Matter("agriculture", "Hỗ trợ giống và thức ăn khôi phục nuôi cá lồng ở {place}", "Đã hỗ trợ giống đợt một, đợt hai chi trả sau khi nghiệm thu."),
    Matter("health", "Trạm y tế gần {place} thiếu bác sĩ, danh mục thuốc bảo hiểm chưa đủ", "Đã luân phiên bác sĩ hai ngày mỗi tuần và bổ sung danh mục thuốc."),
    Matter("education", "Xây thêm phòng học mầm non ở {place}, lớp quá đông", "Đã bố trí vốn xây bốn phòng học, khởi công trong năm."),
    Matter("culture", "Tu bổ đình làng ở {place} đang xuống cấp", "Đã lập hồ sơ tu bổ cấp thiết, kêu gọi thêm nguồn xã hội hoá."),
    Matter("security", "Lắp camera an ninh ở {place}, trộm vặt nhiều về đêm", "Công an đã tăng tuần tra và lắp sáu điểm camera."),
    Matter("finance", "Công khai các khoản đóng góp của dân ở {place}", "Đã niêm yết công khai tại nhà văn hoá và trên trang của cơ quan."),
    Matter("reform", "Người cao tuổi ở {place} khó làm hồ sơ trực tuyến, cần người hướng dẫn", "Tổ công nghệ số cộng đồng đến tận nhà vào sáng thứ bảy."),
    Matter("agriculture", "Nạo vét kênh nội đồng ở {place}, ruộng thiếu nước đầu vụ", "Đã nạo vét 1,2 km kênh, giao hợp tác xã duy tu."),
    Matter("other", "Thu gom vỏ thuốc bảo vệ thực vật ở {place}", "Đã đặt 30 bể chứa và hợp đồng thu gom."),
    Matter("transport", "Sửa cầu tạm ở {place}, mùa lũ bị cô lập {n} hộ", "Đã lắp cầu tạm bằng thép, lập dự án cầu mới trình duyệt chủ trương đầu tư."),
    Matter("land", "Đẩy nhanh cấp giấy chứng nhận cho các hộ ở {place}, nhiều hồ sơ chờ {n} năm", "Đã lập tổ giải quyết hồ sơ tồn, trả kết quả từng đợt mỗi tháng."),
    Matter("land", "Khơi thông mương thoát nước ở {place}, ngập mỗi khi mưa lớn", "Đã nạo vét {n}00 m mương và thay ba nắp hố ga."),
    Matter("health", "Phun thuốc diệt muỗi ở {place}, đã có {n} ca sốt xuất huyết", "Đã phun hai đợt cách nhau bảy ngày và vận động từng hộ diệt bọ gậy."),
    Matter("education", "Điểm trường ở {place} thiếu nhà vệ sinh", "Đã bố trí kinh phí sửa chữa, xong trước năm học mới."),
    Matter("culture", "Xây nhà sinh hoạt cộng đồng ở {place}", "Đã chọn vị trí, đưa vào danh mục đầu tư công trung hạn."),
    Matter("security", "Xử lý tình trạng đậu xe lấn lòng đường ở {place}", "Đã kẻ vạch, đặt biển cấm đậu theo giờ và xử phạt {n} trường hợp."),
    Matter("labour", "Mở lớp dạy nghề cho lao động bị thu hồi đất ở {place}", "Đã mở hai lớp, {n}0 học viên, giới thiệu việc làm sau khoá."),
    Matter("agriculture", "Hỗ trợ các hộ ở {place} bị dịch tả lợn", "Đã tiêu huỷ, hỗ trợ theo mức quy định và cấp hoá chất khử trùng."),
    Matter("finance", "Giảm tiền thuê lô sạp cho tiểu thương ở {place}", "Mức thu theo nghị quyết; ghi nhận để trình kỳ họp tới."),
)  # fmt: skip
COMPETENT = {
    "transport": ("Xây dựng",), "land": ("Nông nghiệp", "Môi trường"), "agriculture": ("Nông nghiệp",), "health": ("Y tế",),
    "reform": ("Nội vụ",), "education": ("Giáo dục",), "culture": ("Văn hoá",), "security": ("Phường", "phường"), "finance": ("Tài chính",), "labour": ("Nội vụ",),
}  # fmt: skip
"""Whose business a sector is, by a word in the agency's name."""
SESSIONS = (
    ("national", 5, 20, 28, "Kỳ họp tháng 5 năm {year}, Quốc hội"),
    ("council", 7, 8, 3, "Kỳ họp thường lệ giữa năm {year}, Hội đồng nhân dân"),
    ("national", 10, 20, 35, "Kỳ họp tháng 10 năm {year}, Quốc hội"),
    ("council", 12, 8, 3, "Kỳ họp thường lệ cuối năm {year}, Hội đồng nhân dân"),
)
"""Body, when it opens, for how many days, and what it is called."""
BEFORE, AFTER = (33, 30, 27, 23, 20, 16), (6, 10, 14)
"""Days before a session opens, and after it has closed, on which deputies meet voters."""
BY_KIND = {"province": 240, "ward": 85, "commune": 85, "special_zone": 60, "department": 30}
NEAR = dict.fromkeys(("ward", "commune", "special_zone"), "commune")
"""At which level petitions are answered by an agency of a kind, unless it is the province's."""
FEW = 30
ASK = "Giải quyết theo thẩm quyền, trả lời trong hạn để tổng hợp."
PART = "Cho ý kiến về phần thuộc thẩm quyền."
TO_COMPLAINTS = "Chuyển Ban Tiếp công dân theo Luật Khiếu nại."
TO_MINISTRY = "Thuộc thẩm quyền Bộ, đã gửi Đoàn đại biểu Quốc hội."
NOT_ENOUGH = "Chưa nêu lộ trình và đơn vị chịu trách nhiệm."
MORE = "Giao phòng chuyên môn theo dõi, báo cáo kết quả vào kỳ họp tới."
LATER = "Chờ bố trí vốn đợt hai."
WORDED = {
    "resolved": "{answer}",
    "doing": "Cơ quan đã khảo sát, đang lập dự án và bố trí vốn; việc này làm theo lộ trình và xong trước ngày hứa.",
    "explained": "Việc này phải theo mức và trình tự hiện hành nên chưa làm ngay được; cơ quan ghi nhận để xem xét ở kế hoạch năm sau.",
}
"""What the voters are told, as it ends."""
DAY = timedelta(days=1)


def seed(make: DemoMaker, kind: str = "") -> None:
    """Plan the petitions of a working year with its sessions, unless the agency has some already."""
    office = SampleOffice(make, "voter_opinions")
    leaders, compilers, reviewers = (office.able(key) for key in (APPROVE, COMPILE, REVIEW))
    officers = [each for each in office.able(HANDLE) if each not in leaders] or leaders
    if Session.select().exists() or not leaders or not compilers or not reviewers:
        return
    desk = Desk(
        office,
        leaders[0],
        compilers[-1],
        officers,
        reviewers[0],
        office.sectors(COMPETENT, kind),
        NEAR.get(kind, "province"),
    )
    meetings = [each for session in sessions(office) for each in desk.meetings(session)]
    for number in range(office.share(BY_KIND.get(kind, FEW)) if meetings else 0):
        session, meeting = meetings[number % len(meetings)]
        at = office.after(
            9, office.random, office.agency.aware(datetime.combine(meeting["held_on"], time(17)))
        )
        make.plan(desk.petition(at, session, meeting, office.story()))
    for session in sessions(office):
        make.plan(desk.held(session))


def sessions(office: SampleOffice) -> Iterator[dict[str, Any]]:
    """Return the sessions before or after which voters were met in the year."""
    pick = Random(office.first.toordinal())  # noqa: S311 - sample data
    for year in (office.first.year, office.first.year + 1):
        for body, month, day, length, title in SESSIONS:
            opens = date(year, month, day)
            said = {
                "id": UUID(int=pick.getrandbits(128), version=4), "body": body, "title": title.format(year=year), "opens_on": opens,
                "closes_on": opens + length * DAY, "answer_by": None,
            }  # fmt: skip
            if office.first < opens + (length + AFTER[-1]) * DAY and opens - BEFORE[-1] * DAY < office.today:
                yield said


class Desk:
    """Who works on the petitions of an agency, and how each of them goes."""

    def __init__(
        self,
        office: SampleOffice,
        leader: UUID,
        compiler: UUID,
        officers: list[UUID],
        reviewer: UUID,
        sectors: frozenset[str],
        level: str,
    ) -> None:
        self.matters = [each for each in MATTERS if not sectors or each.sector in sectors]
        self.office, self.leader, self.officers, self.reviewer = office, leader, officers, reviewer
        self.compiler, self.level = compiler, level
        self.codes: dict[tuple[UUID, str], str] = {}
        self.repeated = False

    def meetings(self, session: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Return a session with each of its meetings that lies in the year."""
        held = [("before", session["opens_on"] - days * DAY) for days in BEFORE]
        held += [("after", session["closes_on"] + days * DAY) for days in AFTER]
        for kind, wanted in held:
            day, pick = self.office.calendar.next_working(wanted), self.office.random
            if self.office.first <= day < self.office.today:
                yield session, {
                    "id": UUID(int=pick.getrandbits(128), version=4), "session_id": session["id"], "kind": kind, "held_on": day,
                    "place": f"Nhà sinh hoạt cộng đồng, {self.office.place(pick)}", "deputies": f"Tổ đại biểu số {pick.randrange(1, 12)}",
                }  # fmt: skip

    def held(self, session: dict[str, Any]) -> Story:
        """Enter a session before the first of its meetings."""
        yield self.office.on(
            max(self.office.first - 7 * DAY, session["opens_on"] - (BEFORE[0] + 8) * DAY), self.office.random
        )
        self.office.do(self.compiler, services.save_session, session)

    def petition(self, at: datetime, session: dict[str, Any], meeting: dict[str, Any], pick: Random) -> Story:
        """Record one petition, and let it be counted to another, taken out, passed on or answered."""
        office, officer, matter = self.office, pick.choice(self.officers), pick.choice(self.matters)
        yield at
        if not Meeting.select().where(Meeting.id == meeting["id"]).exists():
            office.do(officer, services.add_meeting, meeting)
        fate, earlier = pick.random(), self.codes.get((session["id"], matter.text))
        fill = {"place": office.place(pick), "n": pick.randrange(2, 9)}
        # Whatever falls by chance, somebody says again what was said before.
        again = earlier if earlier and (fate < 0.12 or not self.repeated) else ""
        case = self._record(officer, session, meeting, matter, fill, again, pick)
        if again:
            self.repeated = True
            return
        yield office.after(8, pick)
        if fate < 0.15:
            nature = pick.choice(("complaint", "denunciation"))
            self._act(officer, "take_out", case, nature=nature, note=TO_COMPLAINTS)
            return
        self._act(
            officer, "classify", case, sector=matter.sector, level="central" if fate < 0.2 else self.level
        )
        yield office.after(6, pick)
        if fate < 0.2:
            office.do(officer, move, case.id, "forward", Move(version=version_of(case.id), note=TO_MINISTRY))
            return
        other = case_by_code(earlier) if earlier else None
        stands = other is not None and other.closed_at is None
        if fate < 0.23 and other and stands and other.due_at and other.due_at <= case.due_at:
            self._act(officer, "join", case, code=earlier)
            return
        self.codes[session["id"], matter.text] = case.code
        yield from self._settled(case, officer, matter, matter.answer.format(**fill), pick)

    def _record(
        self, officer: UUID, session: dict[str, Any], meeting: dict[str, Any], matter: Matter, fill: dict[str, Any], into: str, pick: Random
    ) -> Case:  # fmt: skip
        text = matter.text.format(**fill)
        said = {
            "id": UUID(int=pick.getrandbits(128), version=4), "content": f"{'Cử tri đề nghị: ' if into else ''}{text}.", "title": "",
            "locality": fill["place"], "sector": matter.sector, "session_id": session["id"], "meeting_id": meeting["id"], "source": "meeting",
            "received_on": meeting["held_on"], "into": into, "is_new": True,
        }  # fmt: skip
        return self.office.do(officer, services.record, said)

    def _settled(self, case: Case, officer: UUID, matter: Matter, answer: str, pick: Random) -> Story:
        """Let agencies answer whose business it is, answer the voters, and keep what was promised."""
        office, slow = self.office, 3.0 if pick.random() < 0.08 else 1.0
        if other := office.competent(COMPETENT.get(matter.sector, ()), queries.petition(case.id).locality):
            parts = [each for each in office.others if each != other and pick.random() < 0.12][:1]
            given = {"lead_id": other.id, "ask": ASK, "due": answer_day(queries.case(case.id))}
            self._act(
                officer, "split", case, **given, **({"part_1": parts[0].id, "ask_1": PART} if parts else {})
            )
            yield from office.answered(case.id, answer, pick, other.id)
            if pick.random() < 0.08:
                yield office.after(6, pick)
                yield from office.improved(officer, case.id, answer, pick)
        yield office.after(24 * slow, pick)
        office.remark(officer, case.id, pick)
        outcome = pick.choices(("resolved", "explained", "doing"), (35, 40, 25))[0]
        answer = WORDED[outcome].format(answer=answer)
        yield from self._sent(case, officer, answer, outcome, pick)
        yield office.after(36, pick)
        if pick.random() < 0.1:
            self._act(self.reviewer, "assess", case, verdict="not_enough", note=NOT_ENOUGH)
            yield from office.answered(case.id, f"{answer} {MORE}", pick)
            yield office.after(14, pick)
            yield from self._sent(case, officer, f"{answer} {MORE}", outcome, pick)
            yield office.after(30, pick)
        self._act(self.reviewer, "assess", case, verdict="enough")
        yield office.after(16, pick)
        if pick.random() < 0.5:
            self._act(self.compiler, "publish", case, said=case.text, text=answer, leave=True)
        if outcome == "doing":
            yield from self._kept(case, officer, pick)

    def _sent(self, case: Case, officer: UUID, answer: str, outcome: str, pick: Random) -> Story:
        """Draft an answer, have it approved, and send it with its number."""
        office = self.office
        doing = outcome == "doing"
        said = {
            "text": answer, "outcome": outcome, "roadmap": "Lập dự án, đấu thầu, thi công" if doing else "",
            "promised_on": agency_day() + pick.randrange(40, 260) * DAY if doing else None, "person_id": self.leader,
        }  # fmt: skip
        self._act(officer, "submit", case, **said)
        yield office.after(8, pick)
        if pick.random() < 0.08:
            office.do(
                self.leader, move, case.id, "send_back", Move(version=version_of(case.id), note=NOT_ENOUGH)
            )
            yield office.after(8, pick)
            self._act(officer, "submit", case, **said)
            yield office.after(4, pick)
        self._act(self.leader, "approve", case)
        yield office.after(4, pick)
        office.do(officer, self._send, case)

    def _send(self, ctx: Any, case: Case) -> None:
        signer = next(each.full_name for each in self.office.make.people if each.id == self.leader)
        subject = Subject("voter_opinions.petition", UUID(int=case.id.int ^ case.version))
        entry = take_number(
            BOOK,
            subject,
            title=f"Trả lời kiến nghị cử tri: {case.title}"[:300],
            symbol=f"{self.office.called}-VP",
        )
        said = {
            **BLANK,
            "version": version_of(case.id),
            "document": entry.text,
            "signer": signer,
            "sent_on": agency_day(),
        }
        services.send(ctx, case.id, said)

    def _kept(self, case: Case, officer: UUID, pick: Random) -> Story:
        """Let a promise be kept, put off, or forgotten."""
        office, fate = self.office, pick.random()
        promised = queries.petition(case.id).promised_on
        if promised is None or fate > 0.9:
            return
        if fate > 0.75:
            yield max(office.on(promised - 6 * DAY, pick), current_time())
            self._act(
                officer, "postpone", case, promised_on=max(promised, agency_day()) + 60 * DAY, note=LATER
            )
            promised = promised + 60 * DAY
        yield max(office.on(promised + pick.randrange(-25, 12) * DAY, pick), current_time())
        self._act(officer, "keep", case, kept_on=agency_day(), note="Đã nghiệm thu, đưa vào sử dụng.")

    def _act(self, who: UUID, key: str, case: Case, **given: Any) -> None:
        self.office.do(
            who, getattr(services, key), case.id, {**BLANK, "version": version_of(case.id), **given}
        )


BOOK = "casework.outgoing"
BLANK: dict[str, Any] = {
    "note": "", "due": None, "beyond": False, "until": None, **{f"part_{n}": None for n in services.PARTS}, **{f"ask_{n}": "" for n in services.PARTS}
}  # fmt: skip
