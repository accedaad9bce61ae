"""Addresses of the site's administrator: opening, settings, categories, menu, links, own domain."""

from collections.abc import Sequence
from datetime import datetime

import falcon

from core.api import (
    Conflict,
    ConflictView,
    Effect,
    FormView,
    Invalid,
    Option,
    PlanView,
    Request,
    _,
    format_datetime,
    load,
    merge,
    ngettext,
    object_history,
    page,
    redirect,
    url_for,
)
from plugins.websites import domain_services, public_queries, site_queries, site_services
from plugins.websites.events import SITE_FIELDS, SiteEvent
from plugins.websites.models import Site
from plugins.websites.pages import cover_of, picture_options, site_tabs
from plugins.websites.palettes import PALETTES
from plugins.websites.schemas import (
    DomainInput,
    SiteInput,
)
from plugins.websites.views import (
    CheckLine,
    DomainView,
    ReadLine,
    SettingsView,
    SiteView,
)

MOST_READ = 10


class SiteOverview:
    """Whether the site is open, and what it still lacks."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        site, standing = site_queries.site(), site_queries.standing()
        view = SiteView(
            name=site.name,
            is_open=site.is_open,
            checks=_checks(req, site, standing),
            possible=not site_services.missing(site, standing),
            drafts=len(standing.drafts),
            open_url=url_for(req, "websites.open_site"),
            close_url=url_for(req, "websites.close_site"),
            publish_url=url_for(req, "websites.publish_pages"),
            history=tuple(object_history(req.asker, site, SiteEvent.object_type, site.id)),
            tabs=site_tabs(req, "site"),
            list_url=url_for(req, "websites.articles"),
            public_url=url_for(req, "websites.public_home") if site.is_open else "",
            visits=public_queries.site_visits(),
            most_read=tuple(
                ReadLine(
                    title=title, url=url_for(req, "websites.article", article_id=article_id), visits=visits
                )
                for article_id, title, visits in public_queries.most_read(limit=MOST_READ)
            ),
        )
        page(req, resp, "websites/staff_site.html", view)

    def on_post_open(self, req: Request, resp: falcon.Response) -> None:
        site_services.set_open(req.asker, is_open=True)
        redirect(resp, url_for(req, "websites.site"), toast=_("Trang đã mở cho công chúng."))

    def on_get_close(self, req: Request, resp: falcon.Response) -> None:
        site = site_queries.site()
        page(req, resp, "websites/staff_close.html", _closing(req, site))

    def on_post_close(self, req: Request, resp: falcon.Response) -> None:
        site_services.set_open(req.asker, is_open=False)
        redirect(resp, url_for(req, "websites.site"), toast=_("Trang đã đóng đối với công chúng."))

    def on_post_pages(self, req: Request, resp: falcon.Response) -> None:
        count = site_services.publish_static_pages(req.asker)
        redirect(resp, url_for(req, "websites.site"), toast=_("Đã đăng {n} trang tĩnh.", n=count))


def _closing(req: Request, site: Site) -> PlanView:
    """Return what closing the site does, with what it concerns in numbers."""
    articles = sum(site_queries.standing().counts.values())
    front, host = site_queries.on_front_page(), site_queries.host_in_use()
    visits = public_queries.site_visits()
    return PlanView(
        title=_("Đóng trang của cơ quan?"),
        context=site.name,
        effects=(
            Effect(
                "world-off",
                ngettext(
                    "Người dân không mở được {n} bài, trang đang đăng nữa.",
                    "Người dân không mở được {n} bài, trang đang đăng nữa.",
                    articles,
                ),
            ),
            *(
                [
                    Effect(
                        "news",
                        ngettext(
                            "{n} tin của cơ quan rời trang chủ chung.",
                            "{n} tin của cơ quan rời trang chủ chung.",
                            front,
                        ),
                    )
                ]
                if front
                else []
            ),
            *(
                [Effect("world-www", _("Tên miền {host} không còn dẫn tới trang nào.", host=host))]
                if host
                else []
            ),
            Effect(
                "eye",
                ngettext("30 ngày qua trang có {n} lượt xem.", "30 ngày qua trang có {n} lượt xem.", visits),
            ),
            Effect("archive", _("Bài và cài đặt còn nguyên; mở lại được bất cứ lúc nào.")),
        ),
        effects_title=_("Khi đóng trang"),
        action=url_for(req, "websites.close_site"),
        button=_("Đóng trang"),
        back_url=url_for(req, "websites.site"),
        back=_("Để trang mở"),
        danger=True,
        reason="" if site.is_open else _("Trang đang đóng."),
    )


def _checks(req: Request, site: Site, standing: site_queries.Standing) -> tuple[CheckLine, ...]:
    settings, articles = url_for(req, "websites.settings"), url_for(req, "websites.articles")
    pages = f"{articles}?kind=page"
    lacking = site_services.missing(site, standing)
    rows = (
        (_("Người chịu trách nhiệm nội dung"), "responsible" not in lacking, True, settings),
        (_("Địa chỉ, điện thoại hoặc thư điện tử"), "contact" not in lacking, True, settings),
        (_("Trang giới thiệu đã đăng"), "introduction" not in lacking, True, pages),
        (_("Trang cơ cấu tổ chức đã đăng"), "structure" not in lacking, True, pages),
        (_("Trang lãnh đạo cơ quan đã đăng"), "leaders" not in lacking, True, pages),
        (_("Có ít nhất một tin bài"), standing.articles > 0, False, articles),
        (_("Biểu trưng của cơ quan"), site.logo_id is not None, False, settings),
    )
    return tuple(
        CheckLine(text=text, done=done, required=required, url=url) for text, done, required, url in rows
    )


class Settings:
    """How the site is called, reached and coloured."""

    NAMES = (
        "name", "name_en", "tagline", "tagline_en", "palette", "responsible", "licence", "address", "phone", "email",
    )  # fmt: skip

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView(self._stored(site_queries.site())))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            site_services.change_site(req.asker, **load(SiteInput(), req.form))
        except Invalid as problem:
            form, told = self._merged(req, FormView(req.form, problem.errors), site_queries.site())
            self._show(req, resp, form, conflict=told, status=problem.status)
        except Conflict as conflict:
            form, told = self._merged(req, FormView(req.form), conflict.current)
            self._show(req, resp, form, conflict=told, status=409)
        else:
            redirect(resp, url_for(req, "websites.settings"), toast=_("Đã lưu thông tin trang."))

    def _merged(self, req: Request, form: FormView, site: Site) -> tuple[FormView, ConflictView | None]:
        def shown(name: str, value: str | Sequence[str]) -> str:
            text = value if isinstance(value, str) else ""
            if name in ("logo_id", "banner_id"):
                return {each.value: each.label for each in picture_options(text)}.get(text, "")
            if name == "has_english":
                return _("Có") if text else _("Không")
            return _(PALETTES[text]) if name == "palette" and text in PALETTES else text

        who, own = site_queries.changer(site), site.changed_by == req.asker.person.id
        titles = {name: _(title) for name, title in SITE_FIELDS.items()}
        return merge(form, self._stored(site), titles, who=who, at=site.changed_at, own=own, shown=shown)

    def _stored(self, site: Site) -> dict[str, str]:
        return {
            **{name: getattr(site, name) for name in self.NAMES},
            "has_english": "on" if site.has_english else "",
            "logo_id": str(site.logo_id or ""),
            "banner_id": str(site.banner_id or ""),
            "version": str(site.version),
        }

    def _show(
        self,
        req: Request,
        resp: falcon.Response,
        form: FormView,
        *,
        conflict: ConflictView | None = None,
        status: int = 200,
    ) -> None:
        view = SettingsView(
            form=form,
            palettes=tuple(Option(key, _(title)) for key, title in PALETTES.items()),
            pictures=picture_options(form.text("logo_id"), form.text("banner_id")),
            pictures_url=url_for(req, "websites.api_pictures"),
            logo=cover_of(req, form.text("logo_id")),
            banner=cover_of(req, form.text("banner_id")),
            action=url_for(req, "websites.settings"),
            tabs=site_tabs(req, "settings"),
            list_url=url_for(req, "websites.articles"),
            conflict=conflict,
            without_english=tuple(site_queries.without_english()) if form.text("has_english") else (),
        )
        page(req, resp, "websites/staff_settings.html", view, status=status)


class OwnDomain:
    """The agency's own host name."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView())

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            domain_services.request_domain(req.asker, **load(DomainInput(), req.form))
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), problem.status)
            return
        redirect(
            resp,
            url_for(req, "websites.domain"),
            toast=_("Đã gửi đề nghị tới đơn vị vận hành nền tảng."),
        )

    def on_post_drop(self, req: Request, resp: falcon.Response) -> None:
        domain_services.drop_domain(req.asker)
        redirect(resp, url_for(req, "websites.domain"), toast=_("Đã thôi dùng tên miền riêng."))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        domain = site_queries.own_domain()
        mark, state = domain_state(domain.state) if domain else ("", "")
        view = DomainView(
            form=form,
            host=domain.host if domain else "",
            mark=mark,
            state=state,
            reason=domain.reason if domain else "",
            decided=decided_words(site_queries.decider(domain), domain.decided_at) if domain else "",
            in_use=site_queries.host_in_use() if domain and domain.state != "approved" else "",
            action=url_for(req, "websites.domain"),
            drop_url=url_for(req, "websites.drop_domain"),
            tabs=site_tabs(req, "domain"),
            list_url=url_for(req, "websites.articles"),
        )
        page(req, resp, "websites/staff_domain.html", view, status=status)


def domain_state(state: str) -> tuple[str, str]:
    """Return mark and words of a host name's state."""
    words = {
        "requested": ("wait", _("Chờ đơn vị vận hành nền tảng duyệt")),
        "approved": ("done", _("Đã duyệt")),
        "refused": ("back", _("Không được duyệt")),
        "revoked": ("stop", _("Đã thu hồi")),
    }
    return words.get(state, ("wait", state))


def decided_words(name: str | None, at: datetime | None) -> str:
    """Return who decided about a host name and when; empty while nobody has."""
    return _("{name} quyết định {at}", name=name, at=format_datetime(at)) if name and at else ""
