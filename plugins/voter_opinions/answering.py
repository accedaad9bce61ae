"""How the answer to voters leaves: a letter begun from the approved draft, with its number and signer."""

from uuid import UUID

from core.api import N_, RequestContext, format_date, installed_settings, lower_first, reading_as
from plugins.casework.api import Case, LetterKind
from plugins.letters.api import CaseLetter, Of, Written
from plugins.voter_opinions import queries
from plugins.voter_opinions.kinds import APPROVE, HANDLE, PETITION, READ
from plugins.voter_opinions.models import Answer

# What stands on paper is Vietnamese, whoever reads the page.
SUBJECT = N_("trả lời kiến nghị cử tri: {title}")
TO = {"national": N_("Đoàn đại biểu Quốc hội {province}"), "council": N_("Thường trực Hội đồng nhân dân")}
VOTERS = N_("Cử tri {place}")
ROADMAP, PROMISED = N_("Lộ trình: {text}"), N_("Thời hạn hoàn thành: {day}.")
OF_ANSWER = "voter_opinions.answer"

ANSWER = LetterKind(
    OF_ANSWER, N_("Công văn trả lời cử tri"), "casework.outgoing", READ, HANDLE, APPROVE,
    core=(N_("Về kiến nghị của cử tri gửi tới {session}: “{petition}”, {agency} trả lời như sau:"),),
    fields=(("session", N_("Kỳ họp")), ("petition", N_("Kiến nghị")), ("agency", N_("Cơ quan trả lời"))),
    carries=lambda answer_id: _body(queries.answer(answer_id)),
)  # fmt: skip


def _of(case: Case) -> Of:
    """Return the newest answer: a better one that is asked for later goes out by a letter of its own."""
    newest = next(iter(queries.answers(case.id)), None)
    return Of(OF_ANSWER, newest.id if newest else None)


def _case_of(answer_id: UUID) -> Case:
    return queries.case(queries.answer(answer_id).petition_id)


def _body(answer: Answer) -> str:
    with reading_as("vi"):
        day = format_date(answer.promised_on, year=True) if answer.promised_on else ""
    lines = [answer.text, answer.roadmap and ROADMAP.format(text=answer.roadmap), day and PROMISED.format(day=day)]  # fmt: skip
    return "\n".join(filter(None, lines))


def _written(ctx: RequestContext, case: Case) -> Written | None:
    answer = next(iter(queries.answers(case.id)), None)
    if answer is None or answer.sent_on is not None:
        return None
    of = queries.petition(case.id)
    session = queries.session(of.session_id)
    assert ctx.tenant is not None
    to = [TO[session.body].format(province=lower_first(installed_settings().province_name))]
    return Written(
        SUBJECT.format(title=case.title), [*to, VOTERS.format(place=of.locality)] if of.locality else to, _body(answer),
        {"session": session.title, "petition": case.title, "agency": ctx.tenant.name},
    )  # fmt: skip


LETTER = CaseLetter(
    ANSWER, PETITION, of=_of, case_of=_case_of, written=_written, begun_in=("review", "redraft", "approved"),
    issued_in=("approved", "answered", "following", "done"),
)  # fmt: skip
