"""Pages about questions that are no single one: the figures of a year, how the agency takes questions."""

from collections.abc import Sequence
from typing import Any

import falcon

from core.api import (
    N_,
    BadRequest,
    Crumb,
    FormView,
    Invalid,
    Option,
    Request,
    _,
    format_number,
    load,
    ngettext,
    open_units,
    page,
    page_url,
    redirect,
    url_for,
)
from plugins.casework.api import Ask, CaseFormView, agency_day
from plugins.citizen_questions import queries, services
from plugins.citizen_questions.kinds import MANAGE, QUESTION, TOPICS
from plugins.citizen_questions.schemas import SettingInput
from plugins.citizen_questions.views import FiguresView
from plugins.pages.api import DraftView, FormPage

HEADS: dict[str, tuple[str, str]] = {
    "all": (N_("Tổng số"), N_("mọi câu hỏi gửi trong năm, kể cả không tiếp nhận")),
    "in_time": (N_("Đúng hạn"), N_("đã trả lời trước hết ngày hạn")),
    "late": (N_("Trễ hạn"), N_("đã trả lời sau ngày hạn")),
    "open": (N_("Chưa đến hạn"), N_("chưa trả lời, chưa tới hạn")),
    "open_late": (N_("Đang quá hạn"), N_("chưa trả lời, đã qua hạn")),
    "rejected": (N_("Không tiếp nhận"), N_("không tiếp nhận, có ghi lý do")),
    "days": (N_("Số ngày trung bình"), N_("từ lúc hỏi tới lúc trả lời, tính cả ngày nghỉ")),
    "rated": (N_("Lượt đánh giá"), N_("số người hỏi đã đánh giá")),
    "score": (N_("Điểm trung bình"), N_("5 là rất hài lòng")),
}


def _crumbs(req: Request, last: str) -> tuple[Crumb, ...]:
    return Crumb(_(QUESTION.title), url_for(req, QUESTION.list_route)), Crumb(last)


class Figures:
    """A year in numbers, and what waits longest."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        year = _year(req)
        found = queries.figures(year)
        old = queries.waiting_since(queries.FIRST_ALARM, 50)
        view = FiguresView(
            title=_("Thống kê hỏi đáp năm {year}", year=year),
            context=_("Câu hỏi gửi từ 01/01 đến 31/12. So sánh theo ngày, không theo giờ."),
            crumbs=_crumbs(req, _("Thống kê hỏi đáp")),
            heads=tuple((_(title), _(meaning)) for title, meaning in HEADS.values()),
            rows=tuple((_(title), _numbers(mine)) for key, title in TOPICS.items() if (mine := [each for each in found if each.topic == key])),
            total=(_("Tất cả"), _numbers(found)),
            old=tuple((row.code, url_for(req, QUESTION.route, case_id=row.id), ngettext("{n} ngày", "{n} ngày", row.days)) for row in old),
            previous_url=page_url(req, year=str(year - 1)), next_url=page_url(req, year=str(year + 1)),
        )  # fmt: skip
        page(req, resp, "citizen_questions/figures.html", view)


def _year(req: Request) -> int:
    asked = req.get_param("year") or str(agency_day().year)
    if not asked.isdecimal() or not 2000 < int(asked) < 2200:
        raise BadRequest(_("Địa chỉ này nêu một năm không có."))
    return int(asked)


def _numbers(found: Sequence[queries.Figures]) -> tuple[str, ...]:
    counts = {key: sum(each.number for each in found if each.stand == key) for key in HEADS}
    counts["all"] = sum(each.number for each in found)
    ended = [each for each in found if each.stand in ("in_time", "late") and each.days is not None]
    answered, rated = sum(each.number for each in ended), sum(each.rated for each in found)
    counts["rated"] = rated
    days = sum((each.days or 0) * each.number for each in ended) / answered if answered else None
    score = sum((each.score or 0) * each.rated for each in found) / rated if rated else None
    means = {"days": days, "score": score}
    return tuple(_mean(means[key]) if key in means else format_number(counts[key]) for key in HEADS)


def _mean(value: float | None) -> str:
    return "" if value is None else format_number(value, 1)


ASKS = (
    Ask("unit_id", N_("Đơn vị nhận câu hỏi mới"), "select", offer=lambda: [Option(str(unit_id), name) for unit_id, name in queries.taking_units()],
        blank=N_("Ai có quyền tiếp nhận thì nhận")),
    Ask("budget", N_("Thời hạn trả lời"), hint=N_("15wd là 15 ngày làm việc, 30cd là 30 ngày. Câu hỏi đã nhận giữ thời hạn cũ"), width="m"),
    Ask("ground", N_("Căn cứ của thời hạn"), hint=N_("Quyết định, quy chế nào")),
    Ask("intro", N_("Lời giới thiệu trên trang công khai"), "text", rows=3),
)  # fmt: skip


def _unmanned() -> str:
    """Say that new questions wait where nobody may take them on, while that is so."""
    unit_id = queries.setting().unit_id
    if unit_id is None or unit_id in dict(queries.taking_units()):
        return ""
    unit = dict(open_units())[unit_id]
    return _("Câu hỏi mới đang chờ ở {unit}, nơi không còn ai có quyền tiếp nhận. Chọn đơn vị khác rồi lưu.", unit=unit)  # fmt: skip


class Settings:
    """How the agency takes questions."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        found = queries.setting()
        values = {
            "unit_id": str(found.unit_id or ""), "budget": found.budget, "ground": found.ground or queries.DEFAULT_GROUND, "intro": found.intro,
        }  # fmt: skip
        self._show(req, resp, FormView(values))

    def on_post_choose(self, req: Request, resp: falcon.Response) -> None:
        try:
            services.choose(req.asker, load(SettingInput(), req.form))
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), status=problem.status)
        else:
            redirect(resp, url_for(req, "citizen_questions.settings"), toast=_("Đã lưu cách tiếp nhận."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, **more: Any) -> None:
        title = _("Cách tiếp nhận câu hỏi")
        shown = FormPage(
            title=title, form=form, draft=DraftView(key=""), action=url_for(req, "citizen_questions.choose_settings"), button=_("Lưu"),
            back_url=url_for(req, QUESTION.list_route), back=_("Về danh sách"), crumbs=_crumbs(req, title),
            titles={each.name: _(each.title) for each in ASKS},
        )  # fmt: skip
        told = (_unmanned() if req.asker.can(MANAGE) else _("Chỉ người quản lý hỏi đáp của cơ quan sửa được các mục này."))  # fmt: skip
        schema = SettingInput()
        view = CaseFormView(
            page=shown, sections=[("", [each.view(schema) for each in ASKS])], upload_url="", told=told
        )
        page(req, resp, "casework/case_form.html", view, **more)
