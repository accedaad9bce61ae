"""The leaders' page: what is late, where, why and since when; of one agency, or of all under it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import falcon

from core.api import (
    N_,
    Counter,
    Request,
    Tab,
    _,
    format_datetime,
    format_number,
    ngettext,
    page,
    page_url,
    url_for,
)
from plugins.casework.api import holder_of, kind_of
from plugins.lists.api import params_of
from plugins.reports import checking, gathering, lists, queries
from plugins.reports.asking import BELOW, Asked, asked
from plugins.reports.measures import BY_KEY, NOW
from plugins.reports.models import Gathered
from plugins.reports.periods import any_days
from plugins.reports.queries import Board, Lateness, Line
from plugins.reports.resources import kind_options, period_options
from plugins.reports.resources_late import late_below
from plugins.reports.views import Bar, BoardView, LateLine, Week

SHOWN = 5
RANKED = 20
"""Agencies with fewer open cases are not ranked: one late case would be a high rate."""
WIDTH, HEIGHT = 300, 120
MARKS = {
    "new": N_("Mới, chưa xử lý"), "mine": N_("Đang xử lý"), "doing": N_("Đang xử lý"), "wait": N_("Chờ nơi khác"),
    "sign": N_("Chờ duyệt"), "back": N_("Phải làm lại, bổ sung"), "draft": N_("Đang soạn"),
}  # fmt: skip


class BoardPage:
    """The page."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx, params = req.asker, params_of(req)
        of = asked(ctx, {name: value for name, value in params.items() if name != "by"})
        may = ctx.can(BELOW) and gathering.has_below()
        below = may and params.get("scope") == "below"
        gathered = gathering.gathered() if below else None
        board = queries.board(of, below=below)
        view = BoardView(
            title=_finding(board, of, below=below),
            context=_context(gathered),
            tabs=_tabs(req, below=below) if may else (),
            kind=of.kind, kinds=kind_options(req), period=of.period.key, periods=period_options(of.period, of.today), below=below,
            figures=_figures(req, board, of, queries.lateness(of, below=below), below=below),
            change=_change(board), worse=board.now.overdue > board.week_ago,
            place_title=_("Trễ ở cơ quan nào") if below else _("Trễ ở đơn vị nào"),
            places=_places(req, board, of, below=below),
            why=_why(req, board, of, below=below),
            waiting=() if below else _waiting(req, of),
            weeks=_weeks(board), top=max(each[1] for each in board.trend),
            late=late_below(req, gathered, of, most=SHOWN) if gathered else () if below else _late_here(req, of),
            late_url=_late_url(req, of, below=below),
            meanings=_meanings(below=below),
            report_url=url_for(req, "reports.report") + of.query(by="agency" if below else ""),
        )  # fmt: skip
        page(req, resp, "reports/board.html", view)


def _finding(board: Board, of: Asked, *, below: bool) -> str:
    """Return the sentence above the page: how much is late, and where most of it is."""
    late = board.now.overdue
    if not late:
        return _("Không có việc nào quá hạn")
    said = ngettext("{n} việc đang quá hạn", "{n} việc đang quá hạn", late)
    worst = sorted((each.overdue for each in board.places.values()), reverse=True)
    sum_, count = 0, 0
    for each in worst:
        sum_, count = sum_ + each, count + 1
        if sum_ * 2 >= late:
            break
    if count and len(worst) > 2 * count:
        where = (
            ngettext("{n} cơ quan", "{n} cơ quan", count)
            if below
            else ngettext("{n} đơn vị", "{n} đơn vị", count)
        )
        return _("{said}, một nửa ở {where}", said=said, where=where)
    return said


def _context(gathered: Gathered | None) -> str:
    if gathered is not None:
        count = ngettext("{n} cơ quan", "{n} cơ quan", gathered.agencies)
        return _("{count}, đến {at}.", count=count, at=format_datetime(gathered.at))
    now, last = format_datetime(datetime.now(UTC)), checking.last()
    if last is None:
        return _("Đến {at}.", at=now)
    state = (
        _("khớp")
        if not last.differences
        else ngettext("lệch {n} số, đã tính lại", "lệch {n} số, đã tính lại", last.differences)
    )
    return _(
        "Đến {at}. Đối soát {checked}: {state}.",
        at=now,
        checked=format_datetime(last.at, relative=True),
        state=state,
    )


def _tabs(req: Request, *, below: bool) -> tuple[Tab, ...]:
    return (
        Tab(title=_("Cơ quan này"), url=page_url(req, scope=""), current=not below),
        Tab(title=_("Các cơ quan trực thuộc"), url=page_url(req, scope="below"), current=below),
    )


def _late_url(req: Request, of: Asked, *, below: bool) -> str:
    if below:
        return url_for(req, "reports.late") + (f"?kind={of.kind}" if of.kind else "")
    return _cases(req, of, "overdue", today=True)


def _cases(req: Request, of: Asked, measure: str, *, today: bool = False, **more: str) -> str:
    """Return the address of the cases behind a number: of the period, or as it is today."""
    window = {"period": "", "first": of.today.isoformat(), "last": of.today.isoformat()} if today else {}
    return url_for(req, "reports.cases") + of.query(**{"by": "", "measure": measure, **window, **more})


def _figures(req: Request, board: Board, of: Asked, late: Lateness, *, below: bool) -> tuple[Counter, ...]:
    numbers, now = board.numbers, board.now
    on_time = numbers.early + numbers.on_time
    share = f"{format_number(on_time * 100 / numbers.closed, 1)}%" if numbers.closed else "–"
    report = url_for(req, "reports.report") + of.query(by="agency" if below else "")

    def to(measure: str) -> str:
        return report if below else _cases(req, of, measure)

    return (
        Counter(
            value=format_number(now.overdue), label=_("đang quá hạn, trong {open} việc đang mở", open=format_number(now.open)),
            url=_late_url(req, of, below=below), late=now.overdue > 0,
        ),
        Counter(
            value=share, label=_("xong sớm hoặc đúng hạn trong kỳ: {good} trên {all}", good=format_number(on_time), all=format_number(numbers.closed)),
            url=to("closed"),
        ),
        Counter(
            value=_days(late.median), label=_("trung vị số ngày trễ, của {late} việc", late=format_number(late.done + late.open)),
            url=to("lateness") if late.done + late.open else "",
        ),
        Counter(value=format_number(board.soon), label=_("sẽ quá hạn trong 7 ngày tới"), url="" if below else _cases(req, of, "soon", today=True)),
        Counter(
            value=format_number(numbers.received), label=_("nhận trong kỳ, {carried} từ kỳ trước", carried=format_number(numbers.carried)),
            url=to("received"),
        ),
    )  # fmt: skip


def _days(median: float | None) -> str:
    if median is None:
        return "–"
    number = format_number(median, 1 if median % 1 else 0)
    return ngettext("{number} ngày", "{number} ngày", int(median), number=number)


def _change(board: Board) -> str:
    more = board.now.overdue - board.week_ago
    if not more:
        return _("Số quá hạn bằng tuần trước.")
    if more > 0:
        return ngettext(
            "Thêm {n} việc quá hạn so với tuần trước.", "Thêm {n} việc quá hạn so với tuần trước.", more
        )
    return ngettext(
        "Bớt {n} việc quá hạn so với tuần trước.", "Bớt {n} việc quá hạn so với tuần trước.", -more
    )


# ---- charts ---------------------------------------------------------------------------------------------------


def _bars(lines: Sequence[tuple[str, Line, str]], rest: Callable[[int], str]) -> tuple[Bar, ...]:
    """Return bars of the worst places; what is left is one grey bar."""
    found = [(title, line, url) for title, line, url in lines if line.overdue]
    found.sort(key=lambda each: -each[1].overdue)
    shown, left = found[:SHOWN], found[SHOWN:]
    bars = [(title, line, url, False) for title, line, url in shown]
    if left:
        sum_ = Line(sum(each[1].open for each in left), sum(each[1].overdue for each in left))
        bars.append((rest(len(left)), sum_, "", True))
    longest = max((line.overdue for _title, line, _url, _rest in bars), default=1)
    return tuple(
        Bar(title, line.overdue, max(line.overdue * 100 // longest, 1), _rate(line), url, grey)
        for title, line, url, grey in bars
    )


def _rate(line: Line) -> str:
    return f"{format_number(line.overdue * 100 / line.open, 1)}%" if line.open >= RANKED else ""


def _places(req: Request, board: Board, of: Asked, *, below: bool) -> tuple[Bar, ...]:
    if below:
        names = {str(each.id): each.name for each in gathering.agencies_below()} if board.places else {}
        to = url_for(req, "reports.late")
        return _bars(
            [
                (names.get(value, value), line, f"{to}?agency={value}{f'&kind={of.kind}' if of.kind else ''}")
                for value, line in board.places.items()
            ],
            lambda n: ngettext("{n} cơ quan khác", "{n} cơ quan khác", n),
        )
    names = {str(key): name for key, name in queries.names_of("unit").items()}
    return _bars(
        [
            (
                names.get(value, _("Chưa ghi đơn vị")),
                line,
                _cases(req, of, "overdue", today=True, by="unit", value=value or "-"),
            )
            for value, line in board.places.items()
        ],
        lambda n: ngettext("{n} đơn vị khác", "{n} đơn vị khác", n),
    )


def _why(req: Request, board: Board, of: Asked, *, below: bool) -> tuple[Bar, ...]:
    """Return in which kind of state late cases stand: an agency may have added states of its own, those count as work."""
    lines: dict[str, Line] = {}
    states: dict[str, list[str]] = {}
    for (kind, value), line in board.states.items():
        marks = {each.key: each.mark for each in kind_of(kind).states}
        title = MARKS.get(marks.get(value, "doing"), MARKS["doing"])
        before = lines.get(title, Line(0, 0))
        lines[title] = Line(before.open + line.open, before.overdue + line.overdue)
        states.setdefault(title, []).append(f"{kind}:{value}")

    def to(title: str) -> str:
        if below:
            # The same states by their marks: agencies may have named their own.
            marks = ",".join(sorted(mark for mark, text in MARKS.items() if text == title))
            return f"{_late_url(req, of, below=True)}{'&' if of.kind else '?'}why={marks}"
        return _cases(req, of, "overdue", today=True, by="state", value=",".join(sorted(states[title])))

    return _bars(
        [(_(title), line, to(title)) for title, line in lines.items()],
        lambda n: ngettext("{n} trạng thái khác", "{n} trạng thái khác", n),
    )


def _waiting(req: Request, of: Asked) -> tuple[Bar, ...]:
    found = queries.waiting_for(of)
    longest = max((each.number for each in found), default=1)
    return tuple(
        Bar(each.name, each.number, each.number * 100 // longest, url=_cases(req, of, "overdue", today=True, waits=each.agency_id))
        for each in found
    )  # fmt: skip


def _weeks(board: Board) -> tuple[Week, ...]:
    top = max(*(each[1] for each in board.trend), 1)
    return tuple(
        Week(day, overdue, open_, place * WIDTH // queries.WEEKS, HEIGHT - overdue * HEIGHT // top)
        for place, (day, overdue, open_) in enumerate(board.trend)
    )


def _meanings(*, below: bool) -> tuple[tuple[str, str], ...]:
    told = [
        (_(BY_KEY[key].title), _(BY_KEY[key].meaning))
        for key in ("overdue", "closed", "on_time", "soon", "received", "carried")
    ]
    on_time = _("số xong sớm và xong đúng hạn trên mọi việc đã xong trong kỳ")
    rate = _("số quá hạn trên số đang mở; nơi có dưới {few} việc đang mở không tính tỷ lệ", few=RANKED)
    not_counted = _("thời gian tạm dừng có căn cứ; việc cơ quan khác nhờ làm, vì đã tính ở cơ quan gửi")
    median = _(
        "một nửa số việc trễ ít hơn chừng này; việc xong trễ trong kỳ và việc đang quá hạn, ngày lịch, từ hạn hiện hành"
    )
    return (
        *told,
        *(() if below else ((_("Đơn vị"), _(NOW["unit"])),)),
        (_("Tỷ lệ đúng hạn"), on_time),
        (_("Trung vị số ngày trễ"), median),
        (_("Tỷ lệ"), rate),
        (_("Không tính"), not_counted),
    )


# ---- what is late for longest --------------------------------------------------------------------------------------


def _late_here(req: Request, of: Asked) -> tuple[LateLine, ...]:
    one = Asked(of.kind, of.kinds, of.by, any_days(of.today, of.today), of.today)
    behind = queries.Behind(one)
    found = queries.behind(req.asker, behind, size=SHOWN).rows
    return tuple(
        LateLine(
            row.title, row.code, holder_of(row) or row.unit or "", lists.reason(row), row.due_on or of.today,
            lists.late_words(lists.days_late(row, behind)), url_for(req, kind_of(row.kind).route, case_id=row.id),
        )
        for row in found
    )  # fmt: skip
