"""A year of press issues for a demonstration: invented, and without anybody's personal data."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from core.api import DemoMaker, current_time
from plugins.casework.api import (
    Case,
    Move,
    SampleOffice,
    Sending,
    Story,
    agency_day,
    case_by_code,
    move,
    send_leg,
    version_of,
)
from plugins.letters.api import has_template, issue_letter
from plugins.press_issues import answering, queries, services
from plugins.press_issues.kinds import COMPILE, DIRECT, HANDLE, PUBLISH
from plugins.press_issues.models import Issue
from plugins.press_issues.services import NEW


class Matter(NamedTuple):
    """Something a newspaper may have written about anywhere; {place} is where, {n} a number."""

    sector: str
    title: str
    text: str
    found: str
    answer: str
    finding: str = "true"


MATTERS = (
    Matter("land", "Rác thải xây dựng đổ trộm ven sông gần {place}",
          "Khoảng ba tuần nay, đêm nào cũng có xe tải đổ xà bần xuống bờ sông gần {place}. Người dân phản ánh mà chưa thấy xử lý.",
          "Có bốn lượt xe đổ trộm, đã lập biên bản hai trường hợp.", "Đã dọn 18 m³ rác, lắp camera và phân công trực đêm."),
    Matter("transport", "Ngập sau mỗi trận mưa ở {place}",
          "Chỉ cần mưa nửa giờ là {place} ngập tới nửa bánh xe, học sinh phải lội nước đến trường.",
          "Cống thoát nước bị lấp một phần do thi công.", "Đã nạo vét 320 m cống, yêu cầu nhà thầu hoàn trả trước mùa mưa."),
    Matter("education", "Trường học ở {place} thiếu nước sạch",
          "Từ đầu năm học, điểm trường ở {place} chỉ có nước giếng khoan, phụ huynh phải mua nước bình.",
          "Bể lọc hỏng, kinh phí sửa đã có nhưng chậm triển khai.", "Đã thay bể lọc và xét nghiệm nước đạt yêu cầu."),
    Matter("reform", "Người dân ở {place} đi lại nhiều lần để làm một thủ tục",
          "Một hộ ở {place} phải bổ sung hồ sơ bốn lần, mỗi lần một giấy tờ khác nhau.",
          "Công chức hướng dẫn chưa đủ trong một lần, trái quy định.", "Đã xin lỗi người dân, trả kết quả và chấn chỉnh bộ phận tiếp nhận."),
    Matter("health", "Trạm y tế gần {place} thiếu thuốc thông thường",
          "Người cao tuổi ở {place} đến trạm nhiều lần vẫn không có thuốc huyết áp theo bảo hiểm.",
          "Đấu thầu thuốc chậm hai tháng, nay đã có đủ.", "Đã điều chuyển thuốc giữa các trạm và công bố danh mục còn tại trạm."),
    Matter("agriculture", "Kênh thuỷ lợi ở {place} bị bồi lấp, ruộng thiếu nước",
          "Gần 12 héc-ta lúa ở {place} không có nước vào đầu vụ vì kênh nội đồng bị bồi lấp.",
          "Đoạn kênh 400 m bồi lắng do không duy tu ba năm.", "Đã nạo vét và giao hợp tác xã duy tu hằng vụ."),
    Matter("culture", "Lấn chiếm vỉa hè ở {place}",
          "Hàng quán ở {place} bày kín vỉa hè, người đi bộ phải xuống lòng đường.",
          "Có tái lấn chiếm sau mỗi đợt ra quân.", "Đã kẻ vạch, bố trí chỗ bán và phạt 14 trường hợp."),
    Matter("labour", "Chi trả trợ cấp ở {place} chậm hai tháng",
          "Nhiều người hưởng trợ cấp xã hội ở {place} chưa nhận được tiền của hai tháng gần đây.",
          "Không chậm: tiền chuyển qua tài khoản, người dân chưa được báo.", "Đã nhắn tin cho người hưởng và hướng dẫn nhận qua tài khoản.", "false"),
    Matter("transport", "Cầu dân sinh ở {place} xuống cấp, lan can gãy",
          "Cầu bê tông ở {place} nứt mặt, lan can gãy một đoạn {n} m, hằng ngày hàng trăm lượt người qua lại.",
          "Cầu đưa vào sử dụng đã lâu, chưa được kiểm định trong năm.", "Đã cắm biển hạn chế tải trọng, lắp lan can tạm và lập dự án thay cầu."),
    Matter("transport", "Thi công đào đường ở {place} không hoàn trả",
          "Sau {n} ngày lắp cáp ngầm, mặt đường ở {place} vẫn lổn nhổn đất đá.",
          "Nhà thầu chậm hoàn trả mặt đường so với giấy phép.", "Đã buộc hoàn trả, xử phạt nhà thầu và dừng cấp phép mới tới khi xong."),
    Matter("land", "Lò đốt rác tự phát ở {place} gây khói",
          "Chiều nào cũng có khói khét từ bãi đốt rác tự phát ở {place}, bay vào trường học cách đó {n}0 m.",
          "Có đốt rác vườn và nhựa lẫn lộn ở khu đất trống.", "Đã dập, rào khu đất, bố trí điểm tập kết rác và tuần tra mỗi chiều."),
    Matter("land", "Khai thác cát trộm ban đêm trên sông gần {place}",
          "Tiếng máy hút cát từ nửa đêm tới gần sáng ở đoạn sông gần {place} khiến bờ sạt thêm {n} m.",
          "Phát hiện hai phương tiện không phép.", "Đã tạm giữ phương tiện, phạt hành chính và lập tổ chốt trực đêm."),
    Matter("health", "Bếp ăn ở {place} bị phản ánh mất vệ sinh",
          "Phụ huynh phản ánh bếp ăn bán trú ở {place} nhập thực phẩm không rõ nguồn gốc {n} lần trong tháng.",
          "Một lần nhập rau thiếu hoá đơn, mẫu lưu đạt yêu cầu.", "Đã nhắc nhở, buộc bổ sung hồ sơ nguồn gốc và kiểm tra đột xuất hằng tháng.", "partly"),
    Matter("culture", "Di tích ở {place} bị xâm hại",
          "Hàng rào di tích ở {place} bị tháo dỡ, có người trồng rau trong khuôn viên.",
          "Đúng như báo nêu, ranh giới chưa cắm mốc.", "Đã vận động trả lại mặt bằng, cắm mốc và giao địa phương trông coi."),
    Matter("security", "Nhóm thanh niên đua xe ở {place}",
          "Người dân ở {place} mất ngủ vì {n} đêm liền có nhóm đua xe máy.",
          "Có tụ tập, chưa xác định được hết người điều khiển.", "Đã lắp camera, xử lý 9 trường hợp và bàn giao gia đình quản lý.", "partly"),
    Matter("finance", "Thu phí chợ ngoài quy định ở {place}",
          "Tiểu thương ở {place} nộp thêm {n} nghìn đồng mỗi ngày mà không có biên lai.",
          "Ban quản lý thu tiền vệ sinh không phiếu.", "Đã hoàn trả, thay người thu và niêm yết mức thu tại cổng chợ."),
)  # fmt: skip
OUTLETS = (
    "Báo Ngự Bình", "Báo Sông Hương", "Đài Phát thanh và Truyền hình", "Báo Dân Sinh", "Thời báo Miền Trung", "Báo Người Lao Động Trẻ",
    "Tạp chí Đô thị", "Báo Nông thôn Mới",
)  # fmt: skip
COMPETENT = {
    "transport": ("Xây dựng",), "land": ("Nông nghiệp", "Môi trường"), "agriculture": ("Nông nghiệp",), "health": ("Y tế",),
    "reform": ("Nội vụ",), "culture": ("phường", "Phường", "Văn hoá"), "security": ("phường", "Phường"), "finance": ("Tài chính",),
    "education": ("Giáo dục",), "labour": ("Nội vụ",),
}  # fmt: skip
"""Whose business a sector is, by a word in the agency's name."""
DIRECTIONS = (
    "Kiểm tra, xử lý, báo cáo trước khi trả lời báo.",
    "Đi kiểm tra ngay hôm nay, có ảnh hiện trường.",
    "Làm việc với địa phương, đề xuất hướng xử lý dứt điểm.",
    "Xác minh, nếu đúng thì nêu rõ trách nhiệm của ai.",
)
OUTSIDE = "Thuộc thẩm quyền cơ quan khác, đã có văn bản chuyển."
CORRECTION = "Nêu rõ mốc thời gian khắc phục, không trả lời chung."
BY_KIND = {"province": 130, "ward": 45, "commune": 45, "special_zone": 40, "department": 60}
FEW = 30


def seed(make: DemoMaker, kind: str = "") -> None:
    """Plan a working year of issues, some late, unless the agency has some already."""
    office = SampleOffice(make, "press_issues")
    leaders, compilers, answering_too = (office.able(key) for key in (DIRECT, COMPILE, PUBLISH))
    officers = [each for each in office.able(HANDLE) if each not in answering_too] or leaders
    if Issue.select().exists() or not leaders or not officers:
        return
    desk = Desk(office, leaders[0], compilers[-1], officers, office.sectors(COMPETENT, kind))
    make.plan(desk.begin())
    for at in office.arrivals(office.share(BY_KIND.get(kind, FEW))):
        make.plan(desk.issue(at, office.story()))


class Desk:
    """Who works on the issues of an agency, and how each of them goes."""

    def __init__(
        self, office: SampleOffice, leader: UUID, compiler: UUID, officers: Sequence[UUID], sectors: frozenset[str]
    ) -> None:  # fmt: skip
        self.matters = [each for each in MATTERS if not sectors or each.sector in sectors]
        self.office, self.leader, self.compiler, self.officers = office, leader, compiler, officers
        self.last = ""
        self.letters = LETTERS if office.do(leader, has_template, answering.LETTER.letter.key) else 0.0

    def begin(self) -> Story:
        """Let the public read the answers, from the first day on."""
        yield self.office.on(self.office.first - timedelta(days=2), self.office.random)
        said = {
            "is_public": True,
            "intro": "Trả lời của cơ quan về điều báo chí nêu, đăng sau khi đã gửi cơ quan báo chí.",
        }
        self.office.do(self.compiler, services.choose_public, said)

    def issue(self, at: datetime, pick: Random) -> Story:
        """Record one article, and let its issue be refused, joined to another or answered."""
        office, officer, matter = self.office, pick.choice(self.officers), pick.choice(self.matters)
        yield at
        said = self._said(matter, pick)
        earlier, case = self.last, office.do(officer, services.record, said)
        self.last = case.code
        fate, hurry = pick.random(), 0.15 if said["kind"] == "urgent" else 1.0
        yield office.after(4 * hurry, pick)
        if fate < 0.06:
            note = Move(version=version_of(case.id), note=OUTSIDE)
            office.do(self.leader, move, case.id, "refuse", note)
            return
        if fate < 0.1 and self._takes_in(earlier, case):
            self._act(officer, "join", case, code=earlier)
            return
        helper = [each for each in self.officers if each != officer][:1] if pick.random() < 0.15 else []
        self._act(
            self.leader, "direct", case, note=pick.choice(DIRECTIONS), person_id=officer, co=helper, due=None
        )
        if pick.random() < 0.18:
            yield office.after(5, pick)
            again = {**self._said(matter, pick), "title": said["title"], "into": case.code}
            office.do(officer, services.record, again)
        yield from self._verified(
            case, officer, matter, pick, hours=(190 if pick.random() < 0.12 else 24) * hurry
        )
        yield from self._answered(case, officer, matter, pick, hurry)

    def _takes_in(self, code: str, case: Case) -> bool:
        """Tell whether an earlier issue is still open, and due no later than one that is joined to it."""
        found = case_by_code(code) if code else None
        if found is None or found.closed_at is not None:
            return False
        return case.due_at is None or (found.due_at is not None and found.due_at <= case.due_at)

    def _verified(self, case: Case, officer: UUID, matter: Matter, pick: Random, *, hours: float) -> Story:
        """Find out what is so: at the place, and by asking whose business it is."""
        office = self.office
        other = office.competent(COMPETENT.get(matter.sector, ()), queries.issue(case.id).locality)
        if other and pick.random() < 0.75:
            yield office.after(3, pick)
            asked = [other, *(each for each in office.others if each != other and pick.random() < 0.2)]
            for each in asked[:2]:
                due = office.within(56, pick, case.id)
                ask = f"Kiểm tra điều báo nêu, xử lý và trả lời trong ngày {agency_day(due):%d/%m/%Y}."
                leg = Sending(
                    purpose=answering.PART.key, ask=ask, receiver_id=each.id, text=case.text, due=due
                )
                office.do(officer, send_leg, case.id, leg)
            yield from office.answered(case.id, matter.answer, pick, other.id)
            if pick.random() < 0.12:
                yield office.after(4, pick)
                yield from office.improved(officer, case.id, matter.answer, pick)
        yield office.after(hours / 2, pick)
        office.remark(officer, case.id, pick)
        yield office.after(hours / 2, pick)
        self._act(
            officer,
            "conclude",
            case,
            finding=matter.finding,
            finding_note=matter.found,
            measures=matter.answer,
        )
        office.accept_answers(officer, case.id)

    def _answered(self, case: Case, officer: UUID, matter: Matter, pick: Random, hurry: float) -> Story:
        office, answer = self.office, f"{matter.found}\n{matter.answer}"
        yield office.after(7 * hurry, pick)
        self._act(officer, "submit", case, answer=answer, person_id=self.leader)
        yield office.after(5 * hurry, pick)
        if pick.random() < 0.1:
            note = Move(version=version_of(case.id), note=CORRECTION)
            office.do(self.leader, move, case.id, "send_back", note)
            yield office.after(5 * hurry, pick)
            self._act(
                officer,
                "submit",
                case,
                answer=f"{answer}\nXong trước ngày cuối tháng.",
                person_id=self.leader,
            )
            yield office.after(3 * hurry, pick)
        self._act(self.leader, "approve", case)
        yield office.after(2 * hurry, pick)
        if pick.random() < self.letters:
            letter = office.do(officer, answering.LETTER.begin, case.id)
            yield office.after(1, pick)
            office.do(self.leader, issue_letter, letter.id, version=letter.version)
            yield office.after(2, pick)
        self._act(officer, "send", case, link="", sent_on=agency_day())
        if pick.random() < 0.55:
            yield office.after(14, pick)
            said = case.text.partition(". ")[0]
            self._act(self.leader, "publish", case, said=said, text=answer, link="", leave=True)

    def _act(self, who: UUID, key: str, case: Case, **given: Any) -> None:
        self.office.do(
            who, getattr(services, key), case.id, {"version": version_of(case.id), "note": "", **given}
        )

    def _said(self, matter: Matter, pick: Random) -> dict[str, Any]:
        fill, number = {"place": self.office.place(pick), "n": pick.randrange(2, 9)}, pick.randrange(10**6)
        title, text, at = matter.title.format(**fill), matter.text.format(**fill), current_time()
        return {
            "id": UUID(int=pick.getrandbits(128), version=4), "title": title, "summary": text, "sector": matter.sector,
            "kind": pick.choices(("forwarded", "request", "urgent", "complaint"), (62, 25, 8, 5))[0], "locality": fill["place"],
            "severity": pick.choices(("normal", "serious", "grave"), (75, 20, 5))[0], "received": None, "leader_id": self.leader,
            "into": NEW, "url": f"https://bao{number % 7}.example/{at:%Y/%m}/bai-{number}.html", "outlet": pick.choice(OUTLETS),
            "article_title": title, "published": at - timedelta(hours=pick.randrange(2, 30)), "body": text,
        }  # fmt: skip


LETTERS = 0.35
"""Of how many answers the letter was issued here; the others went another way."""
