"""Pages of the work list: the list, many given on at once, who acts for whom, the feed, the rules of reminding."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    BadRequest,
    Conflict,
    Crumb,
    FormView,
    Invalid,
    Option,
    Request,
    _,
    load,
    ngettext,
    page,
    redirect,
    url_for,
)
from plugins.casework.cases import assigning, delegations, queries
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.delegations import DelegationRow
from plugins.casework.cases.lists import GIVE
from plugins.casework.cases.resources import people_options, unit_options
from plugins.casework.cases.standing_in import Rights, rights_of
from plugins.casework.models import Feed
from plugins.casework.work import feeds, services
from plugins.casework.work import pages as work_pages
from plugins.casework.work.pages import WORK, Drawing
from plugins.casework.work.queries import start_of_today
from plugins.casework.work.schemas import DelegationInput, GiveOnInput, RemindingInput
from plugins.casework.work.services import Rules
from plugins.casework.work.views import DelegationLine, DelegationsView, FeedView, GiveOnView, RemindingView
from plugins.casework.workflows.definition import CaseKind
from plugins.casework.workflows.kinds import kinds_here
from plugins.lists.api import BULK_AT_ONCE, ListSpec, action_of, matching, open_list, spec_for, start_bulk
from plugins.pages.api import DraftView, FormPage

MOST_CODES = 10
"""Of what was given on meanwhile so many are named."""


class WorkPage:
    """What the reader has to do, in all their agencies and modules."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        listing = open_list(req, resp, WORK)
        if listing is None:
            return
        asked = work_pages.wanted(listing.params)
        found = work_pages.find(req.asker, asked, listing.params, listing.cursor)
        since = services.visit(req.asker, found.visit)
        page(req, resp, "casework/work.html", Drawing(req, found, asked, since).view(listing))


class GiveOn:
    """The form that gives what was ticked to somebody else, in the work list or in the list of a kind.

    `id` are rows of that list; what is carried along are assignments, so that what somebody else has given on meanwhile is not given twice.
    """

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        redirect(resp, url_for(req, "casework.work"))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            said = load(GiveOnInput(), req.form)
        except Invalid as problem:
            raise BadRequest(_("Chưa rõ giao lại việc nào. Chọn lại trong danh sách.")) from problem
        spec = spec_for(req.asker, said["list"] or WORK.key)
        action_of(req.asker, spec, GIVE)
        of_cases = said["id"] if spec != WORK else []
        ids = list(dict.fromkeys(queries.leads_of(of_cases) if of_cases else said["id"] or said["ids"]))
        values = {**req.form, "ids": "" if said["all"] else " ".join(map(str, ids))}
        try:
            over = queries.ended_among(of_cases)
            if ids or not over:
                ids = _chosen(req, spec, ids, said)
            gone = queries.are_over(ids)
            if gone or over:
                over += [each.code for each in queries.cases_of(gone)]
                self._leave_out(req, resp, spec, [each for each in ids if each not in gone], over, said)
            elif "person_id" in req.form:
                self._give(req, resp, spec, ids, said)
            else:
                # From the list: who gets it is asked next.
                self._show(req, resp, spec, ids, FormView(values), 200)
        except Invalid as problem:
            self._show(req, resp, spec, ids, FormView(values, problem.errors), problem.status)

    def _leave_out(
        self, req: Request, resp: falcon.Response, spec: ListSpec, left: list[UUID], codes: list[str], said: Mapping[str, Any]
    ) -> None:  # fmt: skip
        """Say what was done or given on meanwhile, and go on with the rest; what was typed stays."""
        if not left:
            redirect(
                resp,
                _list_url(req, spec, said["query"]),
                toast=_("Các việc này đã có người làm xong hoặc chuyển đi."),
            )
            return
        told = ", ".join(codes[:MOST_CODES] + ["…"] * (len(codes) > MOST_CODES))
        text = ngettext(
            "{n} việc đã có người làm xong hoặc chuyển đi, không còn trong danh sách dưới đây: {codes}. Các việc còn lại chưa giao; xem rồi bấm Giao lại.",
            "{n} việc đã có người làm xong hoặc chuyển đi, không còn trong danh sách dưới đây: {codes}. Các việc còn lại chưa giao; xem rồi bấm Giao lại.",
            len(codes), codes=told,
        )  # fmt: skip
        values = {**req.form, "ids": " ".join(map(str, left)), "all": ""}
        self._show(req, resp, spec, left, FormView(values, {"": [text]}), 409)

    def _give(
        self, req: Request, resp: falcon.Response, spec: ListSpec, ids: list[UUID], said: Mapping[str, Any]
    ) -> None:
        """Give a few at once, all or none; many become a plan, with who gets them."""
        to = Receiver(said["person_id"], None if said["person_id"] else said["unit_id"])
        if len(ids) <= BULK_AT_ONCE:
            count = services.give_on(req.asker, ids, to, note=said["note"])
            toast = (
                ngettext("Đã giao lại {n} việc.", "Đã giao lại {n} việc.", count)
                if count
                else _("Không có gì thay đổi: người nhận đang giữ những việc này.")
            )
            redirect(resp, _list_url(req, spec, said["query"]), toast=toast)
            return
        services.check_receiver(to, _kinds(req, ids))
        asked = {
            "person_id": to.person_id and str(to.person_id),
            "unit_id": to.unit_id and str(to.unit_id),
            "note": said["note"],
        }
        run = start_bulk(
            req.asker,
            WORK,
            action_of(req.asker, WORK, GIVE),
            ids,
            said["query"] if spec == WORK else "",
            asked,
        )
        redirect(resp, url_for(req, "lists.run", run_id=run.id))

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        spec: ListSpec,
        ids: list[UUID],
        form: FormView,
        status: int,
    ) -> None:
        titles = _titles(req, ids[:BULK_AT_ONCE])
        people: dict[str, Option] | None = None
        for kind in _kinds(req, ids):
            able = {option.value: option for option in people_options(kind)}
            people = (
                able if people is None else {key: option for key, option in people.items() if key in able}
            )
        title = ngettext("Giao lại {n} việc", "Giao lại {n} việc", len(ids))
        view = GiveOnView(
            page=FormPage(
                title=title, form=form, draft=DraftView(key=""), action=url_for(req, "casework.work_assign"), button=_("Giao lại"),
                back_url=_list_url(req, spec, form.text("query")), back=_("Giữ người đang làm"), hidden=("ids", "all", "query", "list"),
                crumbs=(Crumb(_(spec.title), url_for(req, spec.route)), Crumb(title)),
                titles={"person_id": _("Người nhận"), "unit_id": _("Đơn vị nhận"), "note": _("Lời dặn")},
            ),
            titles=titles,
            others=max(len(ids) - BULK_AT_ONCE, 0),
            every=bool(form.text("all")),
            people=tuple((people or {}).values()),
            units=unit_options(),
        )  # fmt: skip
        page(req, resp, "casework/work_assign.html", view, status=status)


def _list_url(req: Request, spec: ListSpec, query: str) -> str:
    """Return where a list stands under the conditions it was left with."""
    query = spec.query(spec.params(query))
    return f"{url_for(req, spec.route)}?{query}" if query else url_for(req, spec.route)


def _chosen(req: Request, spec: ListSpec, ids: list[UUID], said: Mapping[str, Any]) -> list[UUID]:
    """Return what was ticked, or all that match. Raises Invalid for nothing, and for too many."""
    found = matching(req.asker, spec, GIVE, said["query"]) if said["all"] else ids
    if said["all"] and spec != WORK:
        found = queries.leads_of(found)
    if not found:
        raise Invalid({"": [_("Chưa chọn việc nào.")]})
    return found


def _kinds(req: Request, ids: list[UUID]) -> list[CaseKind]:
    """Return the kinds of what is to be given."""
    found = queries.kinds_of(ids)
    return [kind for kind in kinds_here(req.asker) if kind.key in found]


def _titles(req: Request, ids: list[UUID]) -> list[str]:
    """Return the names of what is to be given, as far as this person may see it."""
    kinds = {kind.key: kind for kind in kinds_here(req.asker)}
    return [
        f"{case.code} · {case.title}"
        for case in queries.cases_of(ids)
        if case.kind in kinds and queries.is_visible(req.asker, case, kinds[case.kind])
    ]


class DelegationPages:
    """Who acts for the reader and for whom the reader acts."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView())

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            said = load(DelegationInput(), req.form)
            left = assigning.delegate(
                req.asker,
                said["stand_in_id"],
                since=said["since"],
                until=said["until"],
                reason=said["reason"],
                partly=bool(said["partly"]),
            )
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
        else:
            told = _("Đã nhờ {name} xử lý thay.", name=queries.name_of(said["stand_in_id"]))
            if left:
                others = _(
                    "Bạn không xử lý thay {people} được những ngày này; họ và người quản lý đã được báo.",
                    people=", ".join(left),
                )
                told = f"{told} {others}"
            redirect(resp, url_for(req, "casework.delegations"), toast=told)

    def on_post_end(self, req: Request, resp: falcon.Response, delegation_id: UUID) -> None:
        assigning.end_delegation(req.asker, delegation_id)
        redirect(resp, url_for(req, "casework.delegations"), toast=_("Đã thôi nhờ xử lý thay."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        me, today = req.asker.person.id, start_of_today().date()
        rights = rights_of(me)
        acts = rights.acts()
        title = _("Nhờ xử lý thay")
        view = DelegationsView(
            page=FormPage(
                title=title, form=form, draft=DraftView(key=""), action=url_for(req, "casework.delegations"), button=_("Nhờ xử lý thay"),
                back_url=url_for(req, "casework.work"), back=_("Về việc của tôi"), crumbs=_crumbs(req, title),
                titles={"stand_in_id": _("Đồng nghiệp"), "since": _("Từ ngày"), "until": _("Đến hết ngày"), "reason": _("Lý do")},
            ),
            rows=tuple(
                DelegationLine(
                    _("Bạn xử lý thay {name}", name=each.person) if each.stand_in_id == me else _("{name} xử lý thay bạn", name=each.stand_in),
                    each.valid_from, each.valid_to, each.reason, each.valid_from <= today,
                    url_for(req, "casework.delegation_end", delegation_id=each.id),
                    _stays(rights, each, me),
                )
                for each in delegations.delegations(me)
            ),
            people=tuple(
                Option(str(each.id), f"{each.name} · {each.position}, {each.unit}{_beyond(rights, each.id)}")
                for each in queries.colleagues() if each.id != me
            ),
            hint=_("Quyền của riêng bạn không chuyển theo việc: {acts}. Người xử lý thay chỉ làm được khi chính họ có quyền.", acts=acts)
            if acts else "",
            partly=bool(form.values.get("partly")) or _("Vẫn nhờ, việc còn lại chờ tôi") in " ".join(form.errors.get("stand_in_id", ())),
        )  # fmt: skip
        page(req, resp, "casework/delegations.html", view, status=status)


def _beyond(rights: Rights, stand_in_id: UUID) -> str:
    kinds = rights.beyond(stand_in_id)
    if not kinds:
        return ""
    idle = _("không xử lý được việc nào của bạn")
    return " · " + (idle if rights.is_idle(stand_in_id) else _("không xử lý được: {kinds}", kinds=kinds))


def _stays(rights: Rights, row: DelegationRow, me: UUID) -> str:
    """Say which work stays where it is, as far as it is the reader's own; and on which side somebody is away as well."""
    if row.stand_in_id == me:
        return _("bạn cũng vắng, những ngày đó việc không ai làm") if row.nobody else ""
    kinds, acts = rights.beyond(row.stand_in_id), rights.acts(row.stand_in_id)
    told = (
        [_("người này cũng vắng, những ngày đó việc không ai làm: thôi nhờ rồi nhờ người khác")]
        if row.nobody
        else []
    )
    told += [_("không xử lý được: {kinds}", kinds=kinds)] if kinds else []
    return " · ".join([*told, *([_("không có quyền: {acts}", acts=acts)] if acts else [])])


class FeedPage:
    """The reader's secret address in this agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "casework/feed.html", self._view(req))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        secret = services.make_feed(req.asker)
        resp.set_header("Cache-Control", "no-store")
        page(
            req,
            resp,
            "casework/feed.html",
            self._view(req, req.prefix + url_for(req, "casework.feed_file", secret=secret)),
        )

    def on_post_end(self, req: Request, resp: falcon.Response) -> None:
        ended = services.end_feed(req.asker)
        toast = (
            _("Đã thu hồi, địa chỉ cũ không dùng được nữa.")
            if ended
            else _("Không còn địa chỉ nào để thu hồi.")
        )
        redirect(resp, url_for(req, "casework.feed"), toast=toast)

    def _view(self, req: Request, made: str = "") -> FeedView:
        live = Feed.select().where(Feed.person_id == req.asker.person.id, Feed.revoked_at.is_null()).first()
        return FeedView(
            crumbs=_crumbs(req, _("Hạn trong lịch của bạn")),
            make_url=url_for(req, "casework.feed"),
            made=made,
            since=live.made_at if live else None,
            read_at=live.read_at if live else None,
            end_url=url_for(req, "casework.feed_end") if live else "",
        )


class FeedFile:
    """A person's deadlines for their calendar program; the secret in the address stands for the sign-in."""

    def on_get(self, req: Request, resp: falcon.Response, secret: str) -> None:
        resp.data = feeds.calendar_file(secret)
        resp.content_type = "text/calendar; charset=utf-8"
        resp.set_header("Content-Disposition", 'attachment; filename="viec-cua-toi.ics"')
        # Nobody between us and the program may keep what a secret address answers, nor list the address.
        resp.set_header("Cache-Control", "private, no-store")
        resp.set_header("X-Robots-Tag", "noindex")


class RemindingPage:
    """When the agency reminds of deadlines."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        now = services.rules()
        values = {
            "days_before": str(now.days_before), "escalate_after": str(now.escalate_after),
            "on_the_day": "on" if now.on_the_day else "", "version": str(now.version),
        }  # fmt: skip
        page(req, resp, "casework/reminding.html", self._view(req, FormView(values)))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            said = load(RemindingInput(), req.form)
            services.set_rules(
                req.asker,
                Rules(said["days_before"], bool(said["on_the_day"]), said["escalate_after"], said["version"]),
            )
        except Invalid as problem:
            page(
                req,
                resp,
                "casework/reminding.html",
                self._view(req, FormView(req.form, problem.errors)),
                status=problem.status,
            )
        except Conflict:
            now: Mapping[str, str] = {**req.form, "version": str(services.rules().version)}
            text = _("Người khác vừa đổi quy tắc này. Bấm lưu lần nữa để thay bằng điều bạn ghi ở dưới.")
            page(
                req, resp, "casework/reminding.html", self._view(req, FormView(now, {"": [text]})), status=409
            )
        else:
            redirect(resp, url_for(req, "casework.reminding"), toast=_("Đã lưu quy tắc nhắc hạn."))

    def _view(self, req: Request, form: FormView) -> RemindingView:
        return RemindingView(
            page=FormPage(
                title=_("Nhắc hạn"), form=form, draft=DraftView(key=""), action=url_for(req, "casework.reminding"), button=_("Lưu quy tắc"),
                back_url=url_for(req, "tenants.settings"), back=_("Giữ như cũ"), hidden=("version",),
                titles={"days_before": _("Nhắc trước hạn"), "escalate_after": _("Báo lãnh đạo"), "on_the_day": _("Nhắc sáng ngày đến hạn")},
            )
        )  # fmt: skip


def _crumbs(req: Request, last: str) -> tuple[Crumb, ...]:
    return Crumb(_("Việc của tôi"), url_for(req, "casework.work")), Crumb(last)
