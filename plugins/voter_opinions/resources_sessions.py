"""Pages of sessions: the list, the report of one with its tables, the petitions behind a number, promises to be kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import falcon

from core.api import N_, Chip, Crumb, Page, Request, _, chips, format_date, page, page_url, pager, url_for
from plugins.casework.api import Ask, NewCase, agency_day, crumbs, typed_day
from plugins.letters.api import send_made, typeset
from plugins.lists.api import ListColumn, ListSpec, Sheet, by_place, declare_list, open_list
from plugins.voter_opinions import kinds, queries, schemas, services
from plugins.voter_opinions.kinds import COMPILE, GUARDED, LEVELS, OUTCOMES, PETITION, READ, SECTORS
from plugins.voter_opinions.milestones import milestones, press_told_by
from plugins.voter_opinions.models import Meeting, Session
from plugins.voter_opinions.queries import PetitionRow
from plugins.voter_opinions.resources import newest, sessions
from plugins.voter_opinions.views import Figure, FoundLine, FoundView, SessionsView, SessionView, TableView

STANDS: dict[str, str] = {
    "on_time": N_("Trả lời đúng hạn"), "late": N_("Trả lời trễ hạn"), "open": N_("Chưa trả lời, trong hạn"),
    "open_late": N_("Chưa trả lời, quá hạn"), "taken_out": N_("Chuyển xử lý đơn"), "forwarded": N_("Chuyển trung ương"),
}  # fmt: skip
HEADS: dict[str, tuple[str, str, dict[str, str]]] = {
    "all": (N_("Tổng số"), N_("kiến nghị của kỳ họp; kiến nghị đã gộp chỉ tính một lần"), {}),
    "resolved": (N_("Xong"), N_("đã giải quyết xong, kể cả lời hứa đã thực hiện"), {"outcome": "resolved"}),
    "doing": (N_("Đang làm"), N_("đang giải quyết, có lộ trình và ngày hứa"), {"outcome": "doing"}),
    "explained": (N_("Giải trình"), N_("giải trình, cung cấp thông tin"), {"outcome": "explained"}),
    "on_time": (N_("Đúng hạn"), N_("đã trả lời, không sau ngày hết hạn"), {"stand": "on_time"}),
    "late": (N_("Trễ hạn"), N_("đã trả lời, sau ngày hết hạn"), {"stand": "late"}),
    "open": (N_("Trong hạn"), N_("chưa trả lời, chưa tới hạn"), {"stand": "open"}),
    "open_late": (N_("Quá hạn"), N_("chưa trả lời, đã qua hạn"), {"stand": "open_late"}),
    "taken_out": (N_("Chuyển đơn"), N_("là khiếu nại, tố cáo, đã chuyển xử lý đơn"), {"stand": "taken_out"}),
    "forwarded": (N_("Trung ương"), N_("thuộc thẩm quyền trung ương, đã chuyển"), {"stand": "forwarded"}),
}


class Left(NamedTuple):
    """Petitions that the report of a session lists: what they are called there and in its workbook, which they are and the day that counts."""

    title: str
    empty: str
    sheet: str
    day: str
    more: dict[str, str]

    def of(self, session: Session, most: int) -> Page[PetitionRow]:
        return queries.behind({"session": str(session.id), **self.more}, size=most)


LEFT = (
    Left(N_("Lời hứa từ các kỳ họp trước"), N_("Không còn lời hứa nào của kỳ trước."), N_("Lời hứa chuyển sang"), "promised_on", {"left": "promised"}),
    Left(N_("Kiến nghị kỳ trước chưa trả lời"), N_("Kỳ trước đã trả lời hết."), N_("Kỳ trước chưa trả lời"), "due_on", {"left": "unanswered"}),
    Left(N_("Quá hạn chưa trả lời"), N_("Không có kiến nghị nào quá hạn."), N_("Quá hạn chưa trả lời"), "due_on", {"stand": "open_late"}),
)  # fmt: skip
OWN = "own"
REPORT = Path(__file__).parent / "templates" / "voter_opinions" / "session.typ"
_NOT_TOLD = {queries.GUARDED_LINE: N_("Không nêu: tố cáo đã chuyển")}
BY_SECTOR = {**SECTORS, **_NOT_TOLD}
BY_LEVEL = {**LEVELS, "none": N_("Chưa phân loại"), **_NOT_TOLD}


# ---- sessions and meetings -----------------------------------------------------------------------------------------


def _session_values(req: Request) -> Mapping[str, str]:
    asked = req.get_param("session")
    if not asked:
        return {"body": "council"}
    of = queries.session(_id(asked))
    days = {name: getattr(of, name) for name in ("opens_on", "closes_on", "answer_by")}
    return {
        "id": str(of.id), "version": str(of.version), "body": of.body, "title": of.title, "extraordinary": "on" if of.extraordinary else "",
        **{name: typed_day(day) if day else "" for name, day in days.items()},
    }  # fmt: skip


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _to_session(req: Request, done: Session | Meeting) -> tuple[str, str]:
    session_id = done.session_id if isinstance(done, Meeting) else done.id
    return url_for(req, "voter_opinions.session", session_id=session_id), _("Đã ghi.")


SAVE = NewCase(
    PETITION, "session_save", N_("Ghi kỳ họp"), schemas.SessionInput, services.save_session,
    (
        Ask("body", N_("Của"), "select", offer=kinds.BODIES, width="m"),
        Ask("title", N_("Tên kỳ họp"), hint=N_("Ví dụ Kỳ họp thứ 8, HĐND thành phố khoá VIII")),
        Ask("extraordinary", N_("Kỳ họp bất thường"), "check"),
        Ask("opens_on", N_("Khai mạc"), "date"), Ask("closes_on", N_("Bế mạc"), "date"),
        Ask("answer_by", N_("Hạn trả lời chung"), "date", hint=N_("Để trống: 60 ngày (Quốc hội), 30 ngày (HĐND) từ khi nhận")),
    ),
    COMPILE, values=_session_values, lands=_to_session,
)  # fmt: skip
MEET = NewCase(
    PETITION, "meeting_new", N_("Ghi hội nghị tiếp xúc cử tri"), schemas.MeetingInput, services.add_meeting,
    (
        Ask("session_id", N_("Kỳ họp"), "select", offer=sessions), Ask("kind", N_("Loại hội nghị"), "select", offer=kinds.MEETINGS, width="m"),
        Ask("held_on", N_("Ngày tiếp xúc"), "date"), Ask("place", N_("Địa điểm")), Ask("deputies", N_("Đại biểu tham dự")),
    ),
    values=lambda req: {**newest(req), "kind": "before"}, lands=_to_session,
)  # fmt: skip


class Sessions:
    """The sessions, the newest first."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        counts = queries.counts()
        view = SessionsView(
            title=_("Kỳ họp, báo cáo"),
            crumbs=crumbs(req, PETITION, _("Kỳ họp, báo cáo")),
            rows=tuple(
                (each, _(kinds.BODIES[each.body]), url_for(req, "voter_opinions.session", session_id=each.id), counts.get(each.id, 0))
                for each in queries.sessions()
            ),
            new_url=url_for(req, "voter_opinions.session_save") if req.asker.can(COMPILE) else "",
        )  # fmt: skip
        page(req, resp, "voter_opinions/sessions.html", view)


# ---- the report of one ---------------------------------------------------------------------------------------------


Line = tuple[str, dict[str, str]]
Numbers = list[tuple[str, list[tuple[int, dict[str, str]]]]]


def _tables(of: Session) -> list[tuple[str, str, Numbers]]:
    """Return the tables of a session's report: title, first head, lines of numbers with their conditions."""
    found, leads = queries.figures(of.id)

    def told(name: str, titles: Mapping[str, str]) -> list[Line]:
        there = {key[queries.FIGURE.index(name)] for key in found}
        return [(_(title), {name: each}) for each, title in titles.items() if each in there]

    by_sector, by_level = told("sector", BY_SECTOR), told("level", BY_LEVEL)
    named = {key: name or _("Cơ quan tự trả lời, chưa phân công") for key, name in leads.items()}
    by_lead: list[Line] = [(named[key], {"lead": key}) for key in sorted(leads, key=lambda key: (key == OWN, named[key]))]  # fmt: skip
    whole: Line = (_("Tất cả"), {})
    return [
        (_("Theo lĩnh vực"), _("Lĩnh vực"), [_numbers(found, each) for each in (*by_sector, whole)]),
        (_("Theo thẩm quyền"), _("Thẩm quyền"), [_numbers(found, each) for each in (*by_level, whole)]),
        (_("Theo cơ quan chủ trì"), _("Cơ quan chủ trì"), [_numbers(found, each) for each in (*by_lead, whole)]),
    ]  # fmt: skip


def _numbers(found: Mapping[queries.Figure, int], line: Line) -> tuple[str, list[tuple[int, dict[str, str]]]]:
    title, condition = line
    wanted = [{**condition, **more} for _head, _meaning, more in HEADS.values()]
    return title, [(_sum(found, each), each) for each in wanted]


def _sum(found: Mapping[queries.Figure, int], wanted: Mapping[str, str]) -> int:
    places = {queries.FIGURE.index(name): value for name, value in wanted.items()}
    return sum(count for key, count in found.items() if all(key[at] == value for at, value in places.items()))


class OneSession:
    """The report of a session."""

    def on_get(self, req: Request, resp: falcon.Response, session_id: UUID) -> None:
        page(
            req,
            resp,
            "voter_opinions/session.html",
            self._view(req, queries.session(session_id), queries.MOST),
        )

    def on_get_pdf(self, req: Request, resp: falcon.Response, session_id: UUID) -> None:
        of = queries.session(session_id)
        assert req.asker.tenant is not None
        view, (_blank, _title, (agency,), (day,), *_means) = (
            self._view(req, of, queries.EVERY),
            _told(req.asker.tenant.name, of),
        )
        words = {
            "agency": agency, "title": of.title, "context": f"{view.context}. {day}", "tables": view.tables,
            "lists": [(title, empty, [[f"{row.title} ({row.code})", row.lead, row.session, _shown(due)] for row, _url, due in rows]) for title, empty, rows, _url in view.lists],
            "heads": [_("Kiến nghị"), _("Cơ quan chủ trì"), _("Kỳ họp"), _("Hạn")], "method": _("Cách tính"),
        }  # fmt: skip
        made = typeset(REPORT, "report", words, strict=False)
        send_made(resp, made, name=f"kien-nghi-cu-tri-{of.opens_on:%Y-%m}.pdf", media_type="application/pdf")

    def _view(self, req: Request, of: Session, most: int) -> SessionView:
        ctx = req.asker
        heads = tuple((_(head), _(meaning)) for head, meaning, _more in HEADS.values())
        behind = f"{url_for(req, 'voter_opinions.behind')}?session={of.id}"
        answer_by = format_date(of.answer_by, year=True) if of.answer_by else ""
        facts = ((_("Của"), _(kinds.BODIES[of.body])), (_("Hạn trả lời chung"), answer_by), (_("Ý kiến gốc"), str(queries.originals(of.id))))  # fmt: skip

        def beside(route: str, permission: str) -> str:
            return f"{url_for(req, f'voter_opinions.{route}')}?session={of.id}" if ctx.can(permission) else ""

        return SessionView(
            title=of.title,
            context=_("{first}–{last}", first=format_date(of.opens_on), last=format_date(of.closes_on, year=True)),
            crumbs=crumbs(req, PETITION, Crumb(_("Kỳ họp, báo cáo"), url_for(req, "voter_opinions.sessions")), of.title),
            facts=[each for each in facts if each[1]],
            tables=tuple(
                TableView(title, first, heads, tuple(
                    (name, tuple(Figure(count, f"{behind}&{urlencode(wanted)}" if wanted else behind) for count, wanted in numbers))
                    for name, numbers in lines
                ))
                for title, first, lines in _tables(of)
            ),
            lists=tuple(
                (_(each.title), _(each.empty), _linked(req, found.rows, each.day), f"{behind}&{urlencode(each.more)}" if found.next_key else "")
                for each, found in ((each, each.of(of, most)) for each in LEFT)
            ),
            milestones=tuple((_(each.title), format_date(each.day, year=True)) for each in milestones(of)),
            meetings=tuple((each, _(kinds.MEETINGS[each.kind]), press_told_by(each.held_on)) for each in queries.meetings(of.id)),
            excel=(url_for(req, "lists.export"), WORKBOOK.key, WORKBOOK.query({"session": str(of.id), "cols": ",".join(each.key for each in COLUMNS)})), pdf_url=url_for(req, "voter_opinions.session_pdf", session_id=of.id), all_url=behind,
            meeting_url=beside("meeting_new", kinds.HANDLE), edit_url=beside("session_save", COMPILE), import_url=beside("intakes", COMPILE),
        )  # fmt: skip


def _told(agency: str, of: Session) -> list[list[str]]:
    """Return what stands under the numbers, so that a sheet on its own says whose they are and what they count."""
    day = format_date(agency_day(), year=True)
    means = [[_(head), _(meaning)] for head, meaning, _more in HEADS.values()]
    return [[], [of.title], [agency], [_("Số liệu đến ngày {day}", day=day)], [], [_("Cách tính")], *means]  # fmt: skip


def _linked(
    req: Request, rows: Sequence[PetitionRow], day: str
) -> tuple[tuple[PetitionRow, str, date | None], ...]:
    return tuple(
        (row._replace(title=title_of(row)), url_for(req, PETITION.route, case_id=row.id), getattr(row, day))
        for row in rows
    )


def title_of(row: PetitionRow) -> str:
    """Return what a list calls a petition."""
    return row.title or _(GUARDED)


# ---- lists of petitions ----------------------------------------------------------------------------------------------


COLUMNS = (
    ListColumn("title", N_("Kiến nghị"), lambda row: f"{row.code} {title_of(row)}", fixed=True),
    ListColumn("content", N_("Nội dung"), lambda row: row.content, shown=False),
    ListColumn("locality", N_("Địa bàn"), lambda row: row.locality),
    ListColumn("sector", N_("Lĩnh vực"), lambda row: _(SECTORS[row.sector]) if row.sector else ""),
    ListColumn("level", N_("Thẩm quyền"), lambda row: _(LEVELS[row.level]) if row.level else "", shown=False),
    ListColumn("lead", N_("Cơ quan chủ trì"), lambda row: row.lead),
    ListColumn("outcome", N_("Kết quả"), lambda row: _(OUTCOMES[row.outcome]) if row.outcome else ""),
    ListColumn("stand", N_("Tình hình"), lambda row: _(STANDS[row.stand]), shown=False),
    ListColumn("received", N_("Ngày nhận"), lambda row: row.received_on, kind="fit", shown=False),
    ListColumn("due", N_("Hạn"), lambda row: row.due_on, kind="fit", shown=False),
    ListColumn("answered", N_("Ngày trả lời"), lambda row: row.answered_on, kind="fit", shown=False),
    ListColumn("promised", N_("Ngày hứa"), lambda row: row.promised_on, kind="fit"),
    ListColumn("session", N_("Kỳ họp"), lambda row: row.session, shown=False),
    ListColumn("document", N_("Văn bản trả lời"), lambda row: row.document, shown=False),
    ListColumn("answer", N_("Nội dung trả lời"), lambda row: row.answer, shown=False),
)


def _listed(
    key: str, title: str, sort: str, conditions: tuple[str, ...], rows: Callable[..., Page[PetitionRow]], **more: Any
) -> ListSpec:  # fmt: skip
    return declare_list(
        ListSpec(
            key=key, title=title, permission=READ, columns=COLUMNS, cursor=queries.KEY, default=(sort, "ascending"),
            conditions=conditions, rows=lambda _ctx, params, cursor, size: rows(params, cursor, size), **{"route": key, **more},
        )
    )  # fmt: skip


BEHIND = _listed(
    "voter_opinions.behind", N_("Kiến nghị trong báo cáo"), "received", ("session", "left", *queries.FIGURE), queries.behind
)  # fmt: skip
PROMISES = _listed("voter_opinions.promises", N_("Lời hứa đến hạn"), "promised", ("stand",), queries.promises)


def _sheets(agency: str, params: Mapping[str, str]) -> list[Sheet]:
    """Return the tables and lists of a session's report, which stand in its workbook before all its petitions."""
    of = queries.session(_id(params.get("session", "")))
    heads = [_(head) for head, _meaning, _more in HEADS.values()]
    columns, told = [_(each.title) for each in COLUMNS], _told(agency, of)
    return [
        *(
            (title, [first, *heads], by_place(len(heads) + 1), [*([name, *(count for count, _wanted in numbers)] for name, numbers in lines), *told])
            for title, first, lines in _tables(of)
        ),
        *((_(each.sheet), columns, COLUMNS, each.of(of, queries.EVERY).rows) for each in LEFT),
    ]  # fmt: skip


WORKBOOK = _listed(
    "voter_opinions.workbook", N_("Mọi kiến nghị"), "received", ("session",), queries.behind, names=lambda _ctx, params: queries.session(_id(params.get("session", ""))).title,
    route=BEHIND.route, sheets=lambda ctx, params: _sheets(ctx.tenant.name, params),
)  # fmt: skip


class Found:
    """A list of petitions that this module keeps beside that of their cases."""

    def __init__(self, spec: ListSpec, rows: Callable[..., Page[PetitionRow]], empty: str) -> None:
        self.spec, self.rows, self.empty = spec, rows, empty

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        listing = open_list(req, resp, self.spec)
        if listing is None:
            return
        params, own = listing.params, self.spec is PROMISES
        found = self.rows(params, listing.cursor)
        stands = (("", _("Tất cả")), ("late", _("Đã quá ngày hứa")))
        of = None if own else queries.session(_id(params.get("session", "")))
        above = [Crumb(of.title, url_for(req, "voter_opinions.session", session_id=of.id))] if of else []
        view = FoundView(
            title=_(self.spec.title), listing=listing.view(req, found), pager=pager(req, found),
            crumbs=crumbs(req, PETITION, *above, _(self.spec.title)),
            chips=() if own else _chips(req, params), clear_url=f"{req.path}?view=all{f'&session={of.id}' if of else ''}", empty=_(self.empty),
            tabs=tuple((text, page_url(req, stand=key), params.get("stand", "") == key) for key, text in stands) if own else (),
            rows=tuple(
                FoundLine(row.code, row.title, url, tuple(_shown(each.text(row)) for each in listing.columns if not each.fixed))
                for row, url, _day in _linked(req, found.rows, "due_on")
            ),
        )  # fmt: skip
        page(req, resp, "voter_opinions/found.html", view)


def _chips(req: Request, params: Mapping[str, str]) -> tuple[Chip, ...]:
    lead = params.get("lead", "")
    leads = dict(queries.figures(_id(params["session"]))[1]) if lead else {}
    own = {OWN: N_("Cơ quan tự trả lời, chưa phân công")}
    left = {each.more.get("left", ""): each.title for each in LEFT}
    labels = {**BY_SECTOR, **BY_LEVEL, **OUTCOMES, **STANDS, **leads, **own, **left}
    titles = {"left": _("Danh sách"), **{each.key: _(each.title) for each in COLUMNS}}
    told = {name: params[name] for name in ("left", *queries.FIGURE) if params.get(name)}
    shown = {name: (titles[name], _(labels.get(key, key[:40]))) for name, key in told.items()}
    return chips(req, {"view": "all"}, **shown)


def _shown(value: object) -> str:
    return format_date(value, year=True) if isinstance(value, date) else str(value or "")
