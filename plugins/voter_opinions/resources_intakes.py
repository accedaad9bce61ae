"""Pages of files that bring petitions: taking one, what it says, a row of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    N_,
    BadRequest,
    Crumb,
    FormView,
    Invalid,
    NotFound,
    Request,
    _,
    format_date,
    format_datetime,
    load,
    new_id,
    ngettext,
    page,
    page_url,
    redirect,
    url_for,
)
from plugins.casework import api as casework
from plugins.casework.api import Ask, NewCase, crumbs, options
from plugins.files.api import file_url, sent_files
from plugins.pages.api import DraftView, FormPage, State
from plugins.voter_opinions import intakes, queries, schemas
from plugins.voter_opinions.kinds import COMPILE, GUARDED, PETITION, SECTORS, SOURCES
from plugins.voter_opinions.models import Intake, IntakeRow
from plugins.voter_opinions.reading import place_of
from plugins.voter_opinions.resources import LOCALITY, SECTOR, meetings, newest, sessions
from plugins.voter_opinions.views import IntakesView, IntakeView, RowLine

STATES: dict[str, tuple[str, Any]] = {
    "wrong": (N_("Cần sửa"), "back"), "alike": (N_("Giống kiến nghị khác"), "mine"), "ready": (N_("Ghi được"), "new"),
    "same": (N_("Gộp vào kiến nghị khác"), "wait"), "left": (N_("Bỏ qua"), "stop"), "recorded": (N_("Đã ghi"), "done"),
}  # fmt: skip
STANDS = {
    "reading": N_("Đang đọc tệp trong nền; bạn làm việc khác được."), "ready": N_("Đã đọc xong."),
    "recording": N_("Đang ghi trong nền; bạn làm việc khác được."), "failed": N_("Không đọc được."),
}  # fmt: skip
WAYS = {"record": N_("Ghi thành kiến nghị mới"), "join": N_("Gộp vào kiến nghị nó giống"), "leave": N_("Bỏ qua dòng này")}  # fmt: skip
TITLES = {
    "session_id": N_("Kỳ họp"), "files": N_("Tệp kiến nghị"), "meeting_id": N_("Hội nghị tiếp xúc"), "received_on": N_("Ngày nhận"),
}  # fmt: skip


class Intakes:
    """The form that takes a file, and the files that were taken."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        view = _form(req, FormView({"id": str(new_id()), **newest(req)}))
        page(req, resp, "voter_opinions/intakes.html", view)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            said = {**load(schemas.IntakeInput(), req.form), "files": sent_files(req, "files")}
            done, told = intakes.take_file(req.asker, said), _("Đã nhận tệp.")
        except intakes.TakenBefore as problem:
            done = problem.first
            told = _("Tệp này đã nhập lúc {time}. Đây là lần đó, không nhập thêm lần nữa.", time=format_datetime(done.made_at))  # fmt: skip
        except Invalid as problem:
            view = _form(req, FormView(req.form, problem.errors))
            page(req, resp, "voter_opinions/intakes.html", view, status=problem.status)
            return
        redirect(resp, url_for(req, "voter_opinions.intake", intake_id=done.id), toast=told)


def _form(req: Request, form: FormView) -> IntakesView:
    own = url_for(req, "voter_opinions.intakes")
    return IntakesView(
        page=FormPage(
            title=_("Nhập từ Excel, Word"), form=form, draft=DraftView(key=""), action=own, button=_("Đọc tệp"), hidden=("id",), crumbs=crumbs(req, PETITION, _("Nhập từ Excel, Word")),
            back_url=url_for(req, PETITION.list_route), back=_("Không nhập nữa"), titles={name: _(title) for name, title in TITLES.items()},
        ),
        sessions=sessions(), meetings=meetings(), sources=options(SOURCES),
        rows=tuple((each.name, url_for(req, "voter_opinions.intake", intake_id=each.id), _(STANDS[each.state])) for each in intakes.newest()),
    )  # fmt: skip


class OneIntake:
    """What a file says, before it is recorded."""

    def on_get(self, req: Request, resp: falcon.Response, intake_id: UUID) -> None:
        page(req, resp, "voter_opinions/intake.html", _view(req, intakes.intake(intake_id)))

    def on_post_record(self, req: Request, resp: falcon.Response, intake_id: UUID) -> None:
        alike = str(req.form.get("alike", ""))
        done = intakes.record_all(req.asker, intake_id, alike=alike)
        told = _("Đã ghi các dòng đúng.") if done.state == "ready" else _(STANDS[done.state])
        if alike and done.state == "ready":
            chosen = _("Đã chọn cho các dòng giống, chưa ghi gì. Xem lại rồi bấm nút ghi.")
            told = _("Đã bỏ qua các dòng trùng, chưa ghi gì.") if alike == "left" else chosen
        redirect(resp, url_for(req, "voter_opinions.intake", intake_id=intake_id), toast=told)


def _view(req: Request, of: Intake) -> IntakeView:
    found = intakes.counts(of.id)
    shown = req.get_param("state") or next((each for each in STATES if found.get(each)), "ready")
    after = req.get_param("after") or "0"
    if shown not in STATES or not after.isdecimal() or len(after) > 10:
        raise BadRequest(_("Địa chỉ này không đúng. Mở lại tệp từ danh sách."))
    rows, closed = intakes.rows(of.id, [shown], int(after)), intakes.closed_rows(req.asker, of.id)
    all_rows = sum(found.values())
    recordable, alike = sum(found.get(each, 0) for each in intakes.RECORDABLE), found.get("alike", 0)
    act = url_for(req, "voter_opinions.intake_record", intake_id=of.id) if of.state == "ready" else ""
    late = intakes.late_at_once(of) if act and recordable else 0
    late_text = ngettext(
        "{n} dòng thành kiến nghị đã quá hạn trả lời ngay khi ghi, vì ngày nhận đã lâu. Xem lại ngày nhận trước khi ghi.",
        "{n} dòng thành kiến nghị đã quá hạn trả lời ngay khi ghi, vì ngày nhận đã lâu. Xem lại ngày nhận trước khi ghi.", late,
    )  # fmt: skip
    stuck = intakes.is_stuck(of)
    stands = N_("Sau một giờ vẫn chưa đọc xong. Chọn lại tệp để đọc lại.") if stuck else STANDS[of.state]
    if intakes.is_held(of):
        stands = N_("Tệp chờ quét mã độc, quét xong sẽ tự đọc.")
    like = None
    if act and of.like_id and (recordable or alike or found.get("wrong")):
        first = intakes.intake(of.like_id)
        told = _(
            "Bảng này giống lần nhập “{name}” lúc {time} ({n}/{all} dòng trùng). Xem lần đó trước khi ghi.",
            name=first.name, time=format_datetime(first.made_at), n=of.like_rows, all=all_rows,
        )  # fmt: skip
        like = (told, url_for(req, "voter_opinions.intake", intake_id=first.id), act)
    return IntakeView(
        title=of.name, state=of.state, read=all_rows, recorded=found.get("recorded", 0), to_record=recordable + found.get("recorded", 0), told=_(of.trouble or stands),
        context=f"{queries.session(of.session_id).title} · {_(SOURCES[of.source])} · {format_date(of.received_on, year=True)}",
        crumbs=crumbs(req, PETITION, Crumb(_("Nhập từ Excel, Word"), url_for(req, "voter_opinions.intakes")), of.name),
        tabs=tuple(
            (f"{_(title)} {found[key]}", page_url(req, state=key, after=""), key == shown) for key, (title, _mark) in STATES.items() if found.get(key)
        ),
        rows=tuple(_line(req, each, closed=each.id in closed) for each in rows[: intakes.PAGE]),
        next_url=page_url(req, state=shown, after=str(rows[intakes.PAGE - 1].number)) if len(rows) > intakes.PAGE else "",
        file_url="" if closed else file_url(req, of.file_id), record_url=act if recordable else "", join_url=act if alike else "",
        record_text=_("Ghi {n} dòng", n=recordable), late=late_text if late else "", like=like,
        again_url=f"{url_for(req, 'voter_opinions.intakes')}?session={of.session_id}" if stuck or of.state == "failed" else "",
    )  # fmt: skip


def _line(req: Request, of: IntakeRow, *, closed: bool) -> RowLine:
    title, mark = STATES[of.state]
    if closed:
        return RowLine(_place(of), _(GUARDED), "", State(mark, _(title)), "", "")
    url = f"{url_for(req, 'voter_opinions.row')}?row={of.id}"
    if of.state == "recorded":
        url = url_for(req, PETITION.route, case_id=queries.petition_of(of.id))
    wrong = intakes.problems(of, casework.agency_day()) if of.state == "wrong" else {}
    problems = [f"{ROW.titles()[name]}: {text}" for name, texts in wrong.items() for text in texts]
    if of.state == "wrong" and of.into_id and not problems:
        problems = [_("Không gộp được vào kiến nghị mà dòng này giống. Mở dòng này rồi chọn lại.")]
    day = intakes.day_of(of.received)
    received = _("nhận {day}", day=format_date(day, year=True)) if day else of.received
    facts = " · ".join(filter(None, (of.locality, _(SECTORS[of.sector]), received)))
    content = of.content if len(of.content) <= 1_000 else f"{of.content[:1_000]}…"  # its form shows all
    return RowLine(_place(of), content, facts, State(mark, _(title)), _likeness(of), url, problems, of.raw)


def _place(row: IntakeRow) -> str:
    """Return the row of the sheet; of a further sheet with which one it is."""
    sheet, line = place_of(row.number)
    return str(line) if sheet == 1 else _("{line}, trang {sheet}", line=line, sheet=sheet)


def _likeness(of: IntakeRow) -> str:
    """Say what a row is like, while that is to be decided or was decided by itself."""
    if of.into_id is None or of.state not in ("alike", "same"):
        return ""
    return _("Giống {share} %: {what}", share=of.share, what=_named(of.into_id))


def _named(into_id: UUID) -> str:
    """Return what a row is like: a petition by its code, or a row of the same file."""
    try:
        return _("dòng {n}", n=_place(intakes.row(into_id)))
    except NotFound:
        return casework.case(into_id).code


# ---- a row ----------------------------------------------------------------------------------------------------------


def _row(req: Request, asked: str) -> IntakeRow:
    # SECURITY: also of a form that comes back, whoever may not read the row reads nothing of it.
    try:
        return intakes.open_row(req.asker, UUID(asked))
    except ValueError as error:
        raise BadRequest(_("Địa chỉ này không đúng. Mở lại tệp từ danh sách.")) from error


def _row_values(req: Request) -> Mapping[str, str]:
    of = _row(req, req.get_param("row") or "")
    way = {"same": "join", "left": "leave"}.get(of.state, "record")
    kept = {name: getattr(of, name) for name in ("content", "locality", "sector", "received")}
    return {"id": str(of.id), **kept, "way": way}


def _row_reads(req: Request, form: FormView) -> list[tuple[str, str]]:
    """Say which row of which file is corrected, and what its cells said."""
    of = _row(req, form.text("id"))
    said = " | ".join(filter(None, (of.locality, of.content, _(SECTORS[of.sector]), of.received)))
    place = _("Dòng {n} của tệp “{name}”", n=_place(of), name=intakes.intake(of.intake_id).name)
    return [(place, of.raw or said)]


def _intake_url(req: Request, of: IntakeRow) -> str:
    return f"{url_for(req, 'voter_opinions.intake', intake_id=of.intake_id)}?state={of.state}"


def _to_intake(req: Request, done: IntakeRow) -> tuple[str, str]:
    told, like = _("Đã sửa dòng {n}.", n=_place(done)), _likeness(done)
    wrong = intakes.rows(done.intake_id, ("wrong",), most=1)  # they come first: they cannot be recorded
    return _intake_url(req, next(iter(wrong), done)), f"{told} {like}." if like else told


ROW = NewCase(
    PETITION, "row", N_("Sửa dòng"), schemas.RowInput, intakes.fix_row,
    (
        Ask("content", N_("Nội dung ý kiến, kiến nghị"), "text", rows=6, hint=N_("Chỉ để trống khi bỏ qua dòng này")), LOCALITY, SECTOR,
        Ask("received", N_("Ngày nhận"), hint=N_("Ví dụ 14/9/2026; để trống thì theo ngày của tệp"), width="m"), Ask("way", N_("Dòng này"), "one", offer=WAYS),
    ),
    COMPILE, values=_row_values, reads=_row_reads, lands=_to_intake, leaves=lambda req, form: _intake_url(req, _row(req, form.text("id"))),
)  # fmt: skip
