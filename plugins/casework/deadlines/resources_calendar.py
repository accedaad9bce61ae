"""Pages of calendars: a year of an agency or of the country, and changes of days with what they would move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    HOME_ZONE,
    Crumb,
    FormView,
    Invalid,
    Option,
    PlanView,
    Request,
    _,
    bounded,
    enqueue,
    format_date,
    load,
    ngettext,
    page,
    redirect,
    url_for,
)
from plugins.casework.deadlines import calendar_services as services
from plugins.casework.deadlines import calendar_views, queries, replaying
from plugins.casework.deadlines.calendars import FIRST_DAY, LAST_DAY, Calendar
from plugins.casework.deadlines.explaining import moment_text
from plugins.casework.deadlines.queries import AgencyCalendar
from plugins.casework.deadlines.replaying import DayChange, Preview
from plugins.casework.deadlines.schemas import NewDays, Removal
from plugins.casework.deadlines.views import CalendarView, DaysFormView, DaysPlanView, MoveLine

WAITING_BOUND = 1000
FIELDS = ("kind", "day", "pair", "part", "name", "ground")
FRESH = {"kind": "holiday", "part": "day"}


@dataclass(frozen=True, slots=True)
class Layer:
    """Whose days a page is about: those of one agency, or of the whole country."""

    own: bool
    prefix: str
    """What the names of its routes begin with."""
    preview: Callable[[DayChange], Preview]
    apply: Callable[..., None]

    def url(self, req: Request, part: str = "", **fields: Any) -> str:
        """Return the address of one of its pages."""
        return url_for(req, f"casework.{self.prefix}{part}", **fields)

    def today(self, agency: AgencyCalendar | None = None) -> date:
        """Return what day it is where its days are lived: the date of UTC is yesterday's until seven."""
        now = datetime.now(UTC)
        if not self.own:
            return now.astimezone(HOME_ZONE).date()
        return (agency or queries.agency_calendar()).local(now).date()

    @property
    def title(self) -> str:
        """How its page is called."""
        return _("Lịch làm việc của cơ quan") if self.own else _("Lịch nghỉ của cả nước")


AGENCY = Layer(True, "calendar", replaying.preview_here, services.apply_here)
COUNTRY = Layer(False, "national", replaying.preview_everywhere, services.apply_everywhere)


class YearPage:
    """A year of a calendar, month by month, and the days that are otherwise."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        layer = self._layer
        agency = queries.agency_calendar() if layer.own else None
        today = layer.today(agency)
        calendar = agency.calendar if agency else queries.standard_calendar()
        year = _year(req, today)
        changes = not layer.own or (req.ctx is not None and req.ctx.can("tenants.manage_settings"))
        view = CalendarView(
            title=layer.title,
            context=_("Giờ làm việc lấy từ Cài đặt cơ quan; ngày nghỉ chung do tỉnh, thành phố nhập.")
            if layer.own
            else _("Ngày nghỉ và ngày làm bù của mọi cơ quan; cơ quan có thể có thêm ngày riêng."),
            year=year,
            previous_url=f"{layer.url(req)}?year={year - 1}" if year > FIRST_DAY.year else "",
            next_url=f"{layer.url(req)}?year={year + 1}" if year < LAST_DAY.year else "",
            months=calendar_views.months(calendar, year, today),
            total=_total(calendar, year),
            days=tuple(
                calendar_views.day_line(
                    row,
                    layer.url(req, "_remove", day_id=row.id) if changes and row.own == layer.own else "",
                )
                for row in queries.days_of(year, own=layer.own)
            ),
            removed=calendar_views.removed_lines(queries.removed_days(year, own=layer.own)),
            undecided=not calendar.decides(year),
            add_url=layer.url(req, "_new") if changes else "",
            deadline_url=url_for(req, "casework.deadline") if layer.own else "",
            **_waiting(req, agency, changes=changes),
        )
        page(req, resp, "casework/calendar.html", view)


class NewDaysPage:
    """The form for a day to be added; it leads to the plan."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        _form(req, resp, self._layer, FormView(FRESH))


class DaysPlan:
    """What adding days would move, and adding them."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        given = _given(req.get_param)
        if not given:
            _form(req, resp, self._layer, FormView(FRESH))
            return
        try:
            change = _planned(given, self._layer)
        except Invalid as problem:
            _form(req, resp, self._layer, FormView(given, problem.errors), problem.status)
            return
        _plan(req, resp, self._layer, change, FormView(given), given=given)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        given = _given(req.form.get)
        try:
            change = _planned(given, self._layer)
            self._layer.apply(change, ground=given["ground"])
        except Invalid as problem:
            _form(req, resp, self._layer, FormView(given, problem.errors), problem.status)
            return
        _back(req, resp, self._layer, change.days[0])


class DayRemoval:
    """What taking a day out of the calendar would move, and taking it out."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def on_get(self, req: Request, resp: falcon.Response, day_id: UUID) -> None:
        change = services.plan_removal(day_id, own=self._layer.own)
        _plan(req, resp, self._layer, change, FormView(), removed=day_id)

    def on_post(self, req: Request, resp: falcon.Response, day_id: UUID) -> None:
        change = services.plan_removal(day_id, own=self._layer.own)
        try:
            self._layer.apply(change, ground=load(Removal(), req.form)["ground"])
        except Invalid as problem:
            form = FormView({"ground": req.form.get("ground", "")}, problem.errors)
            _plan(req, resp, self._layer, change, form, removed=day_id, status=problem.status)
            return
        _back(req, resp, self._layer, change.days[0])


class Replay:
    """Count open deadlines anew at once, instead of the same night."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        enqueue(services.REPLAY, lock="replay", queueing_lock="now")
        redirect(resp, url_for(req, "casework.calendar"), toast=_("Đang tính lại thời hạn theo lịch mới."))


# ---- from requests to views --------------------------------------------------------------------------


def _year(req: Request, today: date) -> int:
    asked = req.get_param("year") or ""
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today.year
    return min(max(year, FIRST_DAY.year), LAST_DAY.year)


def _given(read: Callable[..., Any]) -> dict[str, str]:
    return {name: value for name in FIELDS if isinstance(value := read(name), str)}


def _planned(given: dict[str, str], layer: Layer) -> DayChange:
    return services.plan_days(own=layer.own, **load(NewDays(), given))


def _back(req: Request, resp: falcon.Response, layer: Layer, day: date) -> None:
    told = _("Đã đổi lịch. Các thời hạn đang chạy được tính lại trong ít phút.")
    redirect(resp, f"{layer.url(req)}?year={day.year}", toast=told)


def _total(calendar: Calendar, year: int) -> str:
    days = calendar.working_days(max(date(year - 1, 12, 31), FIRST_DAY), date(year, 12, 31))
    return ngettext("{n} ngày làm việc trong năm", "{n} ngày làm việc trong năm", days)


def _waiting(req: Request, agency: AgencyCalendar | None, *, changes: bool) -> dict[str, str]:
    count = queries.count_waiting(agency, WAITING_BOUND) if agency else 0
    if not count:
        return {}
    words = _(
        "Đang xem lại {count} thời hạn theo lịch hiện nay; chỉ thời hạn có ngày bị đổi mới có hạn mới.",
        count=bounded(count, WAITING_BOUND),
    )
    return {"waiting": words, "replay_url": url_for(req, "casework.calendar_replay") if changes else ""}


def _form(req: Request, resp: falcon.Response, layer: Layer, form: FormView, status: int = 200) -> None:
    heading = _("Thêm ngày vào lịch")
    view = DaysFormView(
        form=form,
        kinds=(
            Option("holiday", _("Nghỉ lễ, tết")),
            Option("swap", _("Hoán đổi: nghỉ một ngày, làm bù ngày khác")),
            Option("off", _("Nghỉ khác, cả ngày hoặc nửa ngày")),
            Option("work", _("Làm việc thêm vào ngày nghỉ hằng tuần")),
        ),
        parts=(
            Option("day", _("Cả ngày")),
            Option("morning", _("Buổi sáng")),
            Option("afternoon", _("Buổi chiều")),
        ),
        action=layer.url(req, "_plan"),
        back_url=layer.url(req),
        crumbs=(Crumb(layer.title, layer.url(req)), Crumb(heading)),
        heading=heading,
    )
    page(req, resp, "casework/days_form.html", view, status=status)


def _plan(
    req: Request,
    resp: falcon.Response,
    layer: Layer,
    change: DayChange,
    form: FormView,
    *,
    given: dict[str, str] | None = None,
    removed: UUID | None = None,
    status: int = 200,
) -> None:
    found = layer.preview(change)
    rules = change.adds or change.removed
    said = {"name": rules[0].name, "day": _days_text(change)}
    title = (
        _("Bỏ {name}, {day}, khỏi lịch?", **said) if removed else _("Thêm {name}, {day}, vào lịch?", **said)
    )
    if free := next((rule for rule in rules if rule.kind == "swap_off"), None):
        said |= {"free": format_date(free.day), "worked": format_date(free.pair, year=True)}  # type: ignore[arg-type]
        title = (
            _("Bỏ hoán đổi {free} lấy {worked} ({name})?", **said)
            if removed
            else _("Hoán đổi {free} lấy {worked} ({name})?", **said)
        )
    action = layer.url(req, "_remove", day_id=removed) if removed else layer.url(req, "_plan")
    view = DaysPlanView(
        plan=PlanView(
            title=title,
            effects=calendar_views.effects(change, found, layer.today(), own=layer.own),
            action=action,
            button=_("Bỏ khỏi lịch") if removed else _("Thêm vào lịch"),
            back_url=layer.url(req),
            back=_("Giữ lịch như cũ"),
            effects_title=_("Khi đổi lịch"),
            danger=removed is not None,
            fields=tuple((given or {}).items()),
        ),
        form=form,
        rows=tuple(
            MoveLine(agency, title, moment_text(old), moment_text(new))
            for agency, title, old, new in found.rows
        ),
        crumbs=(Crumb(layer.title, layer.url(req)), Crumb(title)),
        with_agency=not layer.own,
        asks_ground=removed is not None,
        more=_("Trên đây là {n} thời hạn đầu.", n=len(found.rows)) if found.moved > len(found.rows) else "",
    )
    page(req, resp, "casework/days_plan.html", view, status=status)


def _days_text(change: DayChange) -> str:
    return ", ".join(format_date(day, year=True, weekday=True) for day in change.days)
