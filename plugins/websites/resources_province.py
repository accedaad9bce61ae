"""Addresses of those who decide for the province: own domains for the IT centre, the front page for its editor."""

import falcon

from core.api import (
    Effect,
    FormView,
    Invalid,
    PlanView,
    Request,
    Tab,
    _,
    load,
    ngettext,
    page,
    redirect,
    url_for,
)
from plugins.websites import domain_services, offer_services, site_queries
from plugins.websites.pages import offer_words
from plugins.websites.public_province import NEWS
from plugins.websites.resources_site import decided_words, domain_state
from plugins.websites.schemas import DomainDecision, OfferDecision
from plugins.websites.site_queries import DomainRow, OfferRow
from plugins.websites.views import DecisionLine, DecisionsView


class Domains:
    """Host names that agencies ask for."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView())

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            given = load(DomainDecision(), req.form)
            domain_services.decide_domain(req.asker, **given)
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
            return
        toasts = {
            "yes": _("Đã duyệt tên miền."),
            "no": _("Đã từ chối kèm lý do."),
            "revoke": _("Đã thu hồi tên miền, cơ quan được báo kèm lý do."),
        }
        redirect(resp, url_for(req, "websites.domains"), toast=toasts[given["answer"]])

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        rows, approval = [], None
        asked, url = req.get_param("approve") or "", url_for(req, "websites.domains")
        for each in site_queries.domains():
            if str(each.id) == asked and each.state != "approved":
                approval = _approval(each, url)
            mark, state = domain_state(each.state)
            rows.append(
                DecisionLine(
                    id=str(each.id),
                    title=each.host,
                    detail=" · ".join(filter(None, (each.agency, each.requested_by, each.reason))),
                    mark=mark,
                    state=state,
                    at=each.requested_at,
                    open=each.state != "approved",
                    decided=decided_words(each.decided_by, each.decided_at),
                    stands=each.state,
                )
            )
        view = DecisionsView(form=form, rows=tuple(rows), action=url, approval=approval)
        page(req, resp, "websites/staff_domains.html", view, status=status)


class Offers:
    """Articles that agencies offer to the front page; only the province's own agency has this page."""

    STATES = ("offered", "accepted", "refused")

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        asked = req.get_param("refuse") or ""
        self._show(req, resp, FormView({"item_id": asked, "answer": "no"} if asked else {}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            given = load(OfferDecision(), req.form)
            accept = given["answer"] == "yes"
            offer_services.decide_offer(
                req.asker,
                item_id=given["item_id"],
                accept=accept,
                reason=given["reason"],
                seen=given["seen"],
            )
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
            return
        toast = _("Đã từ chối kèm lý do.")
        if accept:
            toast = _(
                "Đã nhận bài. Trang chủ chung hiện {n} bài nhận gần nhất của các trang đang mở.", n=NEWS
            )
        redirect(resp, url_for(req, "websites.offers"), toast=toast)

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        if not site_queries.is_portal_agency():
            view = DecisionsView(form=FormView(), rows=(), action="", elsewhere=True)
            page(req, resp, "websites/staff_offers.html", view)
            return
        # A form that comes back stays among those it was about.
        wanted = req.get_param("state") or form.text("seen") or "offered"
        current = wanted if wanted in self.STATES else "offered"
        url = url_for(req, "websites.offers")
        titles = {"offered": _("Chờ nhận"), "accepted": _("Đã nhận"), "refused": _("Không nhận")}
        rows = tuple(_offer_line(req, each) for each in site_queries.offers(current))
        tabs = tuple(
            Tab(title=title, url=f"{url}?state={key}", current=key == current)
            for key, title in titles.items()
        )
        asked = form.text("item_id") if form.text("answer") == "no" else ""
        line = next((row for row in rows if row.id == asked), None)
        refusal = _refusal(line, url) if line else None
        view = DecisionsView(form=form, rows=rows, action=url, tabs=tabs, state=current, refusal=refusal)
        page(req, resp, "websites/staff_offers.html", view, status=status)


def _approval(domain: DomainRow, url: str) -> PlanView:
    """Return what saying yes to a host name publishes there."""
    now = site_queries.answering(domain.tenant_id)
    if now.is_open:
        effects = [
            Effect(
                "world",
                ngettext(
                    "Tại https://{host} người dân đọc được ngay trang của {agency}: {n} bài, trang đang đăng.",
                    "Tại https://{host} người dân đọc được ngay trang của {agency}: {n} bài, trang đang đăng.",
                    now.published,
                    host=domain.host,
                    agency=domain.agency,
                ),
            ),
            Effect("link", _("Địa chỉ cũ ở cổng chung vẫn mở được và chỉ về tên miền này.")),
        ]
    else:
        effects = [
            Effect(
                "world-off",
                _(
                    "Trang của {agency} chưa mở: https://{host} chưa có gì để đọc tới khi cơ quan mở trang.",
                    agency=domain.agency,
                    host=domain.host,
                ),
            )
        ]
    if now.host:
        effects.append(
            Effect("replace", _("{host} mà cơ quan đang dùng thôi trả lời trong vài giây.", host=now.host))
        )
    effects.append(Effect("send", _("Quản trị của cơ quan được báo.")))
    return PlanView(
        title=_("Duyệt tên miền {host}?", host=domain.host),
        context=_(
            "Chưa có gì thay đổi. Trước khi duyệt, kiểm tra bản ghi DNS của tên miền đã trỏ về nền tảng."
        ),
        effects=effects,
        action=url,
        button=_("Duyệt và đưa vào dùng"),
        back_url=url,
        back=_("Để xem lại"),
        fields=(("domain_id", str(domain.id)), ("answer", "yes")),
    )


def _offer_line(req: Request, offer: OfferRow) -> DecisionLine:
    """Return one article that an agency offers."""
    mark, words = offer_words(offer, is_open=offer.is_open)
    return DecisionLine(
        id=str(offer.id),
        title=offer.title,
        detail=offer.summary,
        agency=offer.agency,
        mark=mark,
        state=words,
        at=offer.offered_at,
        open=True,
        stands=offer.state,
        url=url_for(req, "websites.public_article", tenant=offer.code, slug=offer.slug),
    )


def _refusal(line: DecisionLine, url: str) -> PlanView:
    """Return what saying no to an article does, to be asked for its reason."""
    effects = [Effect("send", _("{agency} được báo kèm lý do.", agency=line.agency))]
    if line.stands == "accepted":
        effects.insert(
            0, Effect("world-off", _("Bài rời trang chủ chung ngay; trang của cơ quan vẫn đăng bài."))
        )
    return PlanView(
        title=_("Không nhận “{title}”?", title=line.title),
        effects=effects,
        action=url,
        button=_("Không nhận"),
        back_url=f"{url}?state={line.stands}",
        back=_("Để xem lại"),
        fields=(("item_id", line.id), ("seen", line.stands), ("answer", "no")),
    )
