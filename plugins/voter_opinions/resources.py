"""Pages of petitions: the list, taking one in, one of them, and the forms of its moves."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import falcon

from core.api import N_, NavItem, Option, Request, Tag, _, format_date, page, paragraphs, url_for
from plugins.casework import api as casework
from plugins.casework.api import ActInput, Ask, Case, CaseAct, CaseList, NewCase, able, case_list, case_view
from plugins.letters.api import LetterLink
from plugins.voter_opinions import kinds, queries, schemas, services
from plugins.voter_opinions.answering import LETTER
from plugins.voter_opinions.kinds import APPROVE, COMPILE, LEVELS, OUTCOMES, PETITION, READ, SECTORS
from plugins.voter_opinions.models import Answer, Petition
from plugins.voter_opinions.views import AnswerLine, PetitionView

VERDICTS = {"enough": N_("Thoả đáng"), "not_enough": N_("Chưa thoả đáng")}

PETITIONS = case_list(PETITION)
LIST = CaseList(
    PETITION,
    PETITIONS,
    empty=N_("Chưa có ý kiến, kiến nghị cử tri nào"),
    new_route="voter_opinions.new",
    new_text=N_("Tiếp nhận ý kiến"),
    links=(
        NavItem(N_("Kỳ họp, báo cáo"), "voter_opinions.sessions", "calendar-event", READ),
        NavItem(N_("Lời hứa đến hạn"), "voter_opinions.promises", "flag", READ),
        NavItem(N_("Nhập từ Excel, Word"), "voter_opinions.intakes", "table-import", COMPILE),
    ),
)


def sessions() -> Sequence[Option]:
    """Offer the sessions, the newest first."""
    return [Option(str(each.id), each.title) for each in queries.sessions()]


def meetings() -> Sequence[Option]:
    """Offer the meetings with voters, the newest first."""
    return [Option(str(each.id), f"{format_date(each.held_on, year=True)} · {each.place}") for each in queries.meetings()]  # fmt: skip


def _agencies() -> Sequence[Option]:
    return [Option(str(agency_id), name) for agency_id, name in queries.participants()]


def newest(req: Request) -> Mapping[str, str]:
    """Return the session a form begins with: the one of the address, or the newest."""
    asked = req.get_param("session") or ""
    first = next(iter(queries.sessions()), None)
    return {"session_id": asked or (str(first.id) if first else ""), "source": "meeting", "sector": "other"}


# ---- one petition ------------------------------------------------------------------------------------------------


def opened(req: Request, case_id: UUID) -> tuple[Case, Petition]:
    """Return a petition for somebody who may see it. Raises Forbidden, NotFound."""
    return casework.open_page(req, case_id, PETITION), queries.petition(case_id)


class OnePetition:
    """One petition."""

    def on_get(self, req: Request, resp: falcon.Response, case_id: UUID) -> None:
        case, of = opened(req, case_id)
        level = [Tag(text=_(LEVELS[of.level]))] if of.level else []
        answers = queries.answers(case.id)
        letters = LETTER.shown(req, case, *(each.id for each in answers))
        view = PetitionView.of(
            case_view(req, case, PETITION, facts=_facts(of), tags=level, warning=casework.complaint_hint(case)),
            origins=tuple((each, each.first_petition_id != case.id) for each in queries.origins(case.id)),
            answers=tuple(_answer(each, letters.links) for each in answers),
            letters=letters,
            public_url=url_for(req, "voter_opinions.public_petition", code=case.code) if queries.COPIES.has(case.id) else "",
        )  # fmt: skip
        page(req, resp, "voter_opinions/petition.html", view)


def _facts(of: Petition) -> list[tuple[str, str]]:
    def day(value: Any) -> str:
        return format_date(value, year=True) if value else ""

    found = [
        (_("Kỳ họp"), queries.session(of.session_id).title),
        (_("Nguồn"), _(kinds.SOURCES[of.source])),
        (_("Ngày nhận"), day(of.received_on)),
        (_("Địa bàn"), of.locality),
        (_("Lĩnh vực"), _(SECTORS[of.sector])),
        (_("Kết quả"), _(OUTCOMES[of.outcome]) if of.outcome else ""),
        (_("Ngày hứa xong"), day(of.promised_on)),
        (_("Ngày thực hiện xong"), day(of.kept_on)),
        (_("Loại đơn"), _(kinds.NATURES[of.nature]) if of.nature else ""),
        (_("Gộp vào"), queries.case(of.joined_into).code if of.joined_into else ""),
    ]
    return [(title, text) for title, text in found if text]


def _answer(of: Answer, letters: Sequence[LetterLink]) -> AnswerLine:
    sent = format_date(of.sent_on, year=True) if of.sent_on else ""
    title = _("Trả lời lần {n}", n=of.number) if sent else _("Dự thảo trả lời")
    facts = (
        (_("Kết quả"), _(OUTCOMES[of.outcome])),
        (_("Lộ trình"), of.roadmap),
        (_("Hứa xong"), format_date(of.promised_on, year=True) if of.promised_on else ""),
        (_("Văn bản trả lời"), of.document),
        (_("Người ký"), of.signer),
        (_("Ngày ký"), sent),
        (_("Đánh giá"), ": ".join(filter(None, (_(VERDICTS[of.verdict]), of.verdict_note))) if of.verdict else ""),
    )  # fmt: skip
    letter = next((each for each in letters if each.number and each.number == of.document), None)
    return AnswerLine(title, [each for each in facts if each[1]], paragraphs(of.text), letter)


# ---- the forms -----------------------------------------------------------------------------------------------------


def _kept(case: Case) -> dict[str, str]:
    of = queries.petition(case.id)
    return {"title": case.title, "locality": of.locality, "sector": of.sector, "level": of.level or "province"}  # fmt: skip


def _asked(case: Case) -> dict[str, str]:
    lead_id = queries.petition(case.id).lead_id
    return {
        "lead_id": str(lead_id or ""),
        "ask": _("Giải quyết theo thẩm quyền, trả lời bằng văn bản để tổng hợp trả lời cử tri."),
        "due": casework.typed_day(casework.answer_day(case)),
    }


def _draft(case: Case) -> dict[str, str]:
    """Return the draft as it was, or one made of what the agencies answered, the lead's part first."""
    last = next(iter(queries.answers(case.id)), None)
    legs = {each.id: each for each in casework.legs_of(case.id)}
    parts = [(legs[leg_id], text) for leg_id, text in casework.newest_answers(case.id) if legs[leg_id].state == "answered"]  # fmt: skip
    parts.sort(key=lambda part: part[0].purpose != kinds.LEAD.key)
    made = "\n\n".join(f"{leg.receiver}:\n{text}" if len(parts) > 1 else text for leg, text in parts)
    if last is None or (last.sent_on is not None and made):
        return {"text": made}
    promised = casework.typed_day(last.promised_on) if last.promised_on else ""
    return {"text": last.text, "outcome": last.outcome, "roadmap": last.roadmap, "promised_on": promised}


def _silent(case: Case) -> Sequence[str]:
    """Say which agencies have not answered, or not anew."""
    return [
        _("{agency} được hỏi lại, chưa trả lời.", agency=each.receiver) if each.state == "again" else _("{agency} chưa trả lời.", agency=each.receiver)
        for each in casework.unanswered_legs(case.id)
    ]  # fmt: skip


def _public(case: Case) -> dict[str, str]:
    sent = next((each.text for each in queries.answers(case.id) if each.sent_on), "")
    title = services.short(case.text, 299) if case.title == services.short(case.text) else case.title
    return {"title": title, "said": case.text, "text": sent}


def _hidden(case: Case) -> Sequence[str]:
    return casework.told_of_hidden(_public(case), PETITION)


def _today(name: str) -> Any:
    return lambda _case: {name: casework.typed_day(casework.agency_day())}


def _signed(case: Case) -> dict[str, str]:
    """Return number, signer and day of the letter that was issued, or today where none was."""
    letter = LETTER.issued(case)
    if letter is None:
        return {"sent_on": casework.typed_day(casework.agency_day())}
    signed = casework.typed_day(letter.issued_on) if letter.issued_on else ""
    return {"document": letter.number, "signer": letter.signer_name, "sent_on": signed}


WAYS = {way.key: way for way in PETITION.transitions}
NOTE = Ask("note", N_("Ghi chú"), "text", rows=3)
FILES = Ask("files", N_("Tệp kèm theo"), "files")
SECTOR = Ask("sector", N_("Lĩnh vực"), "select", offer=SECTORS, width="m")
LOCALITY = Ask("locality", N_("Địa bàn"), hint=N_("Xã, phường, thôn, tổ dân phố"), width="m")
NEW = NewCase(
    PETITION, "new", N_("Tiếp nhận ý kiến"), schemas.RecordInput, services.record,
    (
        Ask("content", N_("Nội dung ý kiến, kiến nghị"), "text", rows=6, hint=N_("Ghi đúng lời cử tri; không ghi tên, số điện thoại")),
        Ask("title", N_("Tóm tắt"), hint=N_("Để trống thì lấy câu đầu của nội dung")),
        LOCALITY, SECTOR,
        Ask("session_id", N_("Kỳ họp"), "select", offer=sessions, blank=N_("Chọn kỳ họp"), section=N_("Từ đâu đến")),
        Ask("meeting_id", N_("Hội nghị tiếp xúc"), "select", offer=meetings, blank=N_("Không qua hội nghị")),
        Ask("source", N_("Nguồn"), "select", offer=kinds.SOURCES, width="m"),
        Ask("received_on", N_("Ngày nhận"), "date", hint=N_("Để trống nếu là ngày tiếp xúc, hoặc hôm nay")),
        Ask("into", N_("Trùng kiến nghị số"), hint=N_("Gộp vào kiến nghị đã có, ví dụ CT-2026-0012; bản gốc vẫn giữ"), width="m", section=N_("Nếu trùng")),
        Ask("is_new", N_("Đây là kiến nghị khác, dù giống kiến nghị đã có"), "check"),
        FILES,
    ),
    values=newest,
)  # fmt: skip
_AGENCIES = {1: N_("Cơ quan phối hợp thứ nhất"), 2: N_("Cơ quan phối hợp thứ hai"), 3: N_("Cơ quan phối hợp thứ ba")}  # fmt: skip
_ASKS = {1: N_("Phần việc của cơ quan thứ nhất"), 2: N_("Phần việc của cơ quan thứ hai"), 3: N_("Phần việc của cơ quan thứ ba")}  # fmt: skip
ACTS = (
    CaseAct(PETITION, "edit", N_("Sửa thông tin"), schemas.EditInput, services.edit, (Ask("title", N_("Tóm tắt")), LOCALITY, SECTOR), values=_kept),
    CaseAct(
        PETITION, "classify", WAYS["classify"].title, schemas.ClassifyInput, services.classify,
        (
            Ask("level", N_("Thẩm quyền giải quyết"), "one", offer=LEVELS, hint=N_("Thuộc trung ương thì phân loại rồi dùng “Chuyển trung ương”")),
            SECTOR, NOTE,
        ),
        values=_kept,
    ),
    CaseAct(
        PETITION, "split", WAYS["split"].title, schemas.SplitInput, services.split,
        (
            Ask("lead_id", N_("Cơ quan chủ trì"), "select", offer=_agencies, blank=N_("Chọn cơ quan"), hint=N_("Các cơ quan đang dùng phân hệ này")),
            Ask("ask", N_("Yêu cầu"), "text", rows=3),
            Ask("due", N_("Hạn trả lời của các cơ quan"), "date", hint=N_("Đề xuất theo hạn của kiến nghị; xoá đi nếu không hẹn ngày")),
            Ask("beyond", N_("Vẫn hẹn sau hạn của vụ việc"), "check"),
            *(
                each for n in services.PARTS for each in (
                    Ask(f"part_{n}", _AGENCIES[n], "select", offer=_agencies, blank=N_("Không giao"), section=N_("Phối hợp") if n == 1 else ""),
                    Ask(f"ask_{n}", _ASKS[n], "text", rows=2, hint=N_("Để trống thì như yêu cầu trên")),
                )
            ),
            NOTE,
        ),
        values=_asked,
    ),
    CaseAct(
        PETITION, "submit", WAYS["submit"].title, schemas.SubmitInput, services.submit,
        (
            Ask("text", N_("Dự thảo trả lời"), "text", rows=10, hint=N_("Đã điền sẵn trả lời của các cơ quan")),
            Ask("outcome", N_("Kết quả"), "one", offer=OUTCOMES),
            Ask("roadmap", N_("Lộ trình"), "text", rows=3, hint=N_("Khi đang giải quyết: làm gì, mốc nào")),
            Ask("promised_on", N_("Hứa xong ngày"), "date", hint=N_("Theo dõi cho tới khi thực hiện xong")),
            Ask("person_id", N_("Người duyệt"), "select", offer=able(PETITION, APPROVE), blank=N_("Chọn người duyệt")),
            NOTE,
        ),
        values=_draft,
        follows=_silent,
    ),
    CaseAct(PETITION, "approve", WAYS["approve"].title, ActInput, services.approve, (NOTE,), APPROVE, follows=_silent),
    CaseAct(
        PETITION, "send", WAYS["send"].title, schemas.SendInput, services.send,
        (
            Ask("document", N_("Số, ký hiệu văn bản"), hint=N_("Ví dụ 120/UBND-TH"), width="m"), Ask("signer", N_("Người ký"), width="m"),
            Ask("sent_on", N_("Ngày ký"), "date"), Ask("files", N_("Văn bản trả lời"), "files"), NOTE,
        ),
        values=_signed, follows=LETTER.told,
    ),
    CaseAct(
        PETITION, "assess", WAYS["assess"].title, schemas.AssessInput, services.assess,
        (
            Ask("verdict", N_("Trả lời này"), "one", offer=VERDICTS),
            Ask("note", N_("Ý kiến của Đoàn ĐBQH, HĐND"), "text", hint=N_("Bắt buộc khi chưa thoả đáng; cơ quan chủ trì đọc lý do này")),
            Ask("due", N_("Hạn trả lời lại"), "date", hint=N_("Chỉ dùng khi chưa thoả đáng")),
        ),
        kinds.REVIEW, values=lambda case: {"due": casework.typed_day(casework.answer_day(case))},
        follows=lambda case: [_("Thoả đáng thì phần việc {agency} chưa trả lời được rút lại.", agency=each.receiver) for each in casework.unanswered_legs(case.id)],
        recalls=lambda _case: (),  # told above: an answer that is enough ends them all
    ),
    CaseAct(
        PETITION, "keep", WAYS["keep"].title, schemas.KeepInput, services.keep,
        (Ask("note", N_("Kết quả thực hiện"), "text"), Ask("kept_on", N_("Ngày thực hiện xong"), "date"), FILES), values=_today("kept_on"),
    ),
    CaseAct(
        PETITION, "postpone", WAYS["postpone"].title, schemas.PostponeInput, services.postpone,
        (Ask("promised_on", N_("Hứa xong ngày"), "date"), Ask("note", N_("Lý do"), "text")),
        follows=lambda case: [_("Lời hứa này đã quá hạn: gia hạn rồi vẫn tính trễ từ hạn cũ.")] if casework.is_past(case) else [],
    ),
    CaseAct(
        PETITION, "take_out", WAYS["take_out"].title, schemas.TakeOutInput, services.take_out,
        (
            Ask("nature", N_("Loại đơn"), "one", offer=kinds.NATURES),
            Ask("note", N_("Chuyển đi đâu, vì sao"), "text", hint=N_("Ví dụ: chuyển Ban Tiếp công dân theo Luật Tố cáo")),
        ),
        recalls=lambda case: casework.joined_to(Petition, case.id),
    ),
    CaseAct(
        PETITION, "join", WAYS["join"].title, schemas.JoinInput, services.join,
        (Ask("code", N_("Số kiến nghị nhận"), hint=N_("Kiến nghị hết hạn sớm hơn, ví dụ CT-2026-0012; bản gốc của cả hai vẫn giữ"), width="m"), NOTE),
    ),
    CaseAct(
        PETITION, "unjoin", WAYS["unjoin_new"].title, casework.NotedInput, services.unjoin,
        (Ask("note", N_("Vì sao tách lại"), "text", rows=3),),
        follows=lambda _case: [_("Các ý kiến gốc của kiến nghị này trở về đây; hạn trả lời như trước khi gộp.")],
    ),
    CaseAct(
        PETITION, "publish", N_("Công khai trả lời"), schemas.PublishInput, services.publish,
        (
            Ask("title", N_("Tên đăng")),
            Ask("said", N_("Kiến nghị của cử tri"), "text", rows=6, hint=N_("Lời cho mọi người đọc; bỏ tên người, số nhà")),
            Ask("text", N_("Trả lời công khai"), "text", rows=10),
            Ask("until", N_("Công khai đến hết ngày"), "date", hint=N_("Để trống nếu không gỡ")),
            casework.LEAVE,
        ),
        COMPILE, values=lambda case: casework.hidden_in(_public(case), PETITION), follows=_hidden,
    ),
)  # fmt: skip
