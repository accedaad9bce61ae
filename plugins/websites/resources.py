"""Staff addresses of articles: read the request, call a service or a query, show the result."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    Conflict,
    ConflictView,
    Effect,
    FormView,
    Invalid,
    PlanView,
    Request,
    _,
    bounded,
    current_actor,
    format_datetime,
    load,
    merge,
    new_id,
    page,
    pager,
    redirect,
    require_access,
    url_for,
)
from plugins.drafts.api import draft_view, forget, resume, unfinished
from plugins.files import api as files
from plugins.followers.api import followers_view
from plugins.lists.api import open_list
from plugins.websites import (
    attaching,
    lists,
    offer_services,
    publishing,
    queries,
    richtext,
    services,
    site_queries,
    turns,
)
from plugins.websites.events import ArticleEvent
from plugins.websites.lists import ARTICLES
from plugins.websites.models import Article
from plugins.websites.pages import (
    article_facts,
    article_form,
    article_object,
    article_tabs,
    category_options,
    chips_of,
    cover_of,
    draft_key,
    english_of,
    has_ended,
    line_of,
    module_tabs,
    more_of,
    new_kinds,
    offer_words,
    options_of,
    order_words,
    picture_address,
    picture_options,
    public_address,
    readers_facts,
    told_of,
    typed_texts,
    way_out,
)
from plugins.websites.schemas import (
    ArticleChange,
    ArticleInput,
    PublishInput,
    RestoreInput,
    ReturnInput,
    as_typed,
    moment,
    next_hour,
)
from plugins.websites.turns import KINDS, READ, WRITE
from plugins.websites.views import ArticlesView, ArticleView, PublishView, ReturnView, WithdrawView

MOST_UNFINISHED = 5


class Articles:
    """The list of articles."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx, listing = req.asker, open_list(req, resp, ARTICLES)
        if listing is None:
            return
        wanted = lists.wanted(listing.params)
        found = queries.articles(ctx, wanted, listing.cursor)
        count = "" if wanted.search else bounded(queries.count(ctx, wanted), queries.BOUND)
        options = options_of()
        chips = chips_of(req, wanted, options)
        view = ArticlesView(
            rows=tuple(line_of(req, row) for row in found.rows),
            listing=listing.view(req, found, count),
            more=more_of(found, count),
            order=order_words(wanted),
            pager=pager(req, found, count),
            tabs=module_tabs(req, "articles"),
            search=wanted.search,
            state=wanted.state,
            states=options.states,
            kind=wanted.kind,
            kinds=options.kinds,
            category=str(wanted.category_id or ""),
            categories=options.categories,
            chips=chips,
            way_out=way_out(ctx, wanted, chips) if not found.rows else None,
            clear_url=f"{req.path}?view=all",
            new_url=url_for(req, "websites.new") if ctx.can(WRITE) else "",
            new_kinds=new_kinds(req) if ctx.can(WRITE) else (),
            unfinished=tuple(
                (each.title or _("chưa có tiêu đề"), each.url, each.saved_at)
                for each in unfinished(ctx, "websites.", MOST_UNFINISHED)
            ),
        )
        page(req, resp, "websites/staff_articles.html", view)


class OneArticle:
    """One article."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        ctx, article = req.asker, queries.article(article_id)
        require_access(ctx, READ, article)
        shown, is_open = queries.publication(article_id), site_queries.is_open()
        head = article_object(req, article, told_of(article, shown, is_open=is_open))
        view = ArticleView(
            object=head,
            return_reason=article.return_reason if article.state == "returned" else "",
            summary=article.summary,
            body=richtext.with_pictures(article.body, picture_address(req, article.body)),
            english=english_of(req, article),
            cover=cover_of(req, str(article.cover_id)),
            files=files.file_links(req, attaching.files_in(article.file_ids)),
            from_registry=article.page_role in publishing.FILLED_BY_REGISTRY,
            facts=article_facts(article),
            tabs=article_tabs(req, article, "history" if head.tab == "history" else "article"),
            followers=followers_view(
                req,
                ArticleEvent.object_type,
                article.id,
                back=url_for(req, "websites.article", article_id=article.id),
            ),
            offer=offer_words(site_queries.offer_of(article_id), is_open=is_open),
            public_url=public_address(req, shown)
            if shown is not None and is_open and not has_ended(shown)
            else "",
            readers=readers_facts(article),
        )
        page(req, resp, "websites/staff_article.html", view)


class NewArticle:
    """The form for a new article."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        kind = req.get_param("kind") or ""
        values = {"id": str(new_id()), "kind": kind if kind in KINDS else "news"}
        view = article_form(req, *resume(req, draft_key(kind=values["kind"]), values))
        page(req, resp, "websites/staff_article_form.html", view)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        key = draft_key(kind=str(req.form.get("kind", "")))
        try:
            article = services.write_article(
                req.asker, attached=_attached(req), **load(ArticleInput(), _texts(req))
            )
        except Invalid as problem:
            view = article_form(req, FormView(req.form, problem.errors), draft_view(req, key))
            page(req, resp, "websites/staff_article_form.html", view, status=problem.status)
            return
        except Conflict as conflict:
            # Sent again after “Back”, when it had been changed elsewhere: what was typed goes on as a change of that.
            article = conflict.current
            form, told = _merged(FormView(req.form), article)
            view = article_form(req, form, draft_view(req, draft_key(article)), article, conflict=told)
            page(req, resp, "websites/staff_article_form.html", view, status=409)
            return
        forget(req, key)
        redirect(resp, url_for(req, "websites.article", article_id=article.id), toast=_("Đã lưu bài nháp."))


class EditArticle:
    """The form that changes an article; who saves second decides where both changed the same."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = self._readable(req, article_id)
        values = {**typed_texts(article), "version": str(article.version), "kind": article.kind}
        form, draft = resume(req, draft_key(article), values)
        status = 200
        try:
            self._require_turn(req, article)
        except Invalid as problem:
            if not (draft.words or draft.offered):
                raise
            # It moved on while this person was writing: what was typed is shown, to be copied.
            form, status = replace(form, errors=problem.errors), problem.status
        view = article_form(req, form, draft, article)
        page(req, resp, "websites/staff_article_form.html", view, status=status)

    def on_post(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = self._readable(req, article_id)
        key = draft_key(article)
        try:
            self._require_turn(req, article)
            services.change_article(
                req.asker,
                article_id,
                attached=_attached(req),
                **load(ArticleChange(), _texts(req, "kind", "id")),
            )
        except Invalid as problem:
            form, told = _merged(FormView(req.form, problem.errors), article)
            view = article_form(req, form, draft_view(req, key), article, conflict=told)
            page(req, resp, "websites/staff_article_form.html", view, status=problem.status)
        except Conflict as conflict:
            form, told = _merged(FormView(req.form), conflict.current)
            view = article_form(req, form, draft_view(req, key), article, conflict=told)
            page(req, resp, "websites/staff_article_form.html", view, status=409)
        else:
            forget(req, key)
            forget(req, draft_key(kind=article.kind))  # it may have been begun as a new one
            redirect(resp, url_for(req, "websites.article", article_id=article_id), toast=_("Đã lưu bài."))

    @staticmethod
    def _readable(req: Request, article_id: UUID) -> Article:
        article = queries.article(article_id)
        require_access(req.asker, READ, article)
        return article

    @staticmethod
    def _require_turn(req: Request, article: Article) -> None:
        turns.require(req.asker, "change", article, is_public=queries.is_public(article.id))


class ArticleActions:
    """What a button on an article's page does at once."""

    def on_post_submit(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        services.submit_article(req.asker, article_id)
        self._back(req, resp, article_id, _("Đã gửi biên tập."))

    def on_post_forward(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        services.forward_article(req.asker, article_id)
        self._back(req, resp, article_id, _("Đã trình duyệt đăng."))

    def on_post_unschedule(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        services.unschedule_article(req.asker, article_id)
        self._back(req, resp, article_id, _("Đã bỏ hẹn giờ. Bài chờ duyệt đăng."))

    def on_post_put_away(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        services.put_away_article(req.asker, article_id)
        undo = url_for(req, "websites.take_back", article_id=article_id)
        self._back(req, resp, article_id, _("Đã cất bài. Lấy lại được bất cứ lúc nào."), undo)

    def on_post_take_back(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        services.take_back_article(req.asker, article_id)
        self._back(req, resp, article_id, _("Đã lấy lại bài."))

    def on_get_offer(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        turns.require(req.asker, "share", article, is_public=queries.is_public(article_id))
        plan = PlanView(
            title=_("Đưa lên trang chủ chung?"),
            context=article.title,
            effects=(
                Effect(
                    "send", _("Biên tập viên cổng chung được báo và quyết định nhận hay không, kèm lý do.")
                ),
                Effect(
                    "world",
                    _("Được nhận thì tiêu đề, tóm tắt và ảnh của bản đang đăng hiện ở trang chủ chung."),
                ),
                Effect(
                    "share-off", _("Rút lại được bất cứ lúc nào; gỡ bài thì bài rời luôn trang chủ chung.")
                ),
            ),
            action=url_for(req, "websites.offer", article_id=article_id),
            button=_("Đề nghị đưa lên"),
            back_url=url_for(req, "websites.article", article_id=article_id),
            back=_("Chưa đưa lên"),
        )
        page(req, resp, "core/plan.html", plan)

    def on_post_offer(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        offer_services.offer_article(req.asker, article_id)
        self._back(req, resp, article_id, _("Đã đề nghị đưa lên trang chủ chung."))

    def on_post_retract(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        offer_services.retract_article(req.asker, article_id)
        self._back(req, resp, article_id, _("Đã rút khỏi trang chủ chung."))

    def on_post_restore(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        queries.article(article_id)
        services.restore_revision(req.asker, article_id, **load(RestoreInput(), req.form))
        self._back(req, resp, article_id, _("Đã lấy lại bản cũ làm bản mới nhất."))

    def _back(
        self, req: Request, resp: falcon.Response, article_id: UUID, toast: str, undo: str = ""
    ) -> None:
        redirect(resp, url_for(req, "websites.article", article_id=article_id), toast=toast, undo=undo)


class ReturnArticle:
    """The reason why an article goes back to its author."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        turns.require(req.asker, "give_back", article, is_public=queries.is_public(article_id))
        self._show(req, resp, article, FormView())

    def on_post(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        try:
            services.return_article(req.asker, article_id, **load(ReturnInput(), req.form))
        except Invalid as problem:
            self._show(req, resp, article, FormView(req.form, problem.errors), problem.status)
            return
        redirect(
            resp, url_for(req, "websites.article", article_id=article_id), toast=_("Đã trả lại kèm lý do.")
        )

    def _show(
        self, req: Request, resp: falcon.Response, article: Article, form: FormView, status: int = 200
    ) -> None:
        view = ReturnView(
            form=form,
            title=article.title,
            author=queries.names(article).author or "",
            action=url_for(req, "websites.give_back", article_id=article.id),
            back_url=url_for(req, "websites.article", article_id=article.id),
            list_url=url_for(req, "websites.articles"),
        )
        page(req, resp, "websites/staff_return.html", view, status=status)


class PublishArticle:
    """The one review before the public sees an article: what, where, from when to when."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        assert req.asker.tenant is not None
        if publishing.is_done(article, article.version):
            self._back(req, resp, article_id, publishing.AlreadyPublished(req.asker, article).detail)
            return
        zone, shown = req.asker.tenant.time_zone, queries.publication(article_id)
        day, time = next_hour(zone)
        offered = {"when": "now", "publish_on": day, "publish_time": time}
        if shown is not None and shown.unpublish_at is not None and not has_ended(shown):
            # A corrected text keeps the end of the one it replaces, until somebody takes it away.
            offered["unpublish_on"], offered["unpublish_time"] = as_typed(shown.unpublish_at, zone)
        self._show(req, resp, article, FormView({"version": str(article.version), **offered}))

    def on_post(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        try:
            outcome = publishing.publish_article(req.asker, article_id, **self._wanted(req))
        except publishing.AlreadyPublished as done:
            self._back(req, resp, article_id, done.detail)
            return
        except Invalid as problem:
            form = FormView({**req.form, "version": str(article.version)}, problem.errors)
            self._show(req, resp, article, form, problem.status)
            return
        toast = _("Đã đăng bài.")
        if outcome.scheduled:
            toast = _("Bài sẽ lên trang lúc {at}.", at=format_datetime(outcome.at))
        self._back(req, resp, article_id, toast)

    @staticmethod
    def _back(req: Request, resp: falcon.Response, article_id: UUID, toast: str) -> None:
        """Go to the article, which leads on to where the public reads it."""
        redirect(resp, url_for(req, "websites.article", article_id=article_id), toast=toast)

    def _wanted(self, req: Request) -> dict[str, Any]:
        ctx = req.asker
        assert ctx.tenant is not None
        # Day and time count only where they are asked for; what was typed there before is no mistake.
        later = req.form.get("when") == "later"
        form = {name: value for name, value in req.form.items() if later or not name.startswith("publish_")}
        given, zone = load(PublishInput(), form), ctx.tenant.time_zone
        return {
            "version": given["version"],
            "publish_at": moment(given["publish_on"], given["publish_time"], zone, "publish", required=True)
            if later
            else None,
            "unpublish_at": moment(given["unpublish_on"], given["unpublish_time"], zone, "unpublish"),
        }

    def _show(
        self, req: Request, resp: falcon.Response, article: Article, form: FormView, status: int = 200
    ) -> None:
        warnings = []
        if article.kind in {"news", "notice"} and not article.summary:
            warnings.append(_("Bài chưa có tóm tắt: danh sách tin chỉ hiện tiêu đề."))
        if queries.has_english() and not article.title_en:
            warnings.append(_("Bài chưa có bản tiếng Anh: trang tiếng Anh không hiện bài này."))
        elif (
            article.title_en
            and richtext.has_content(article.body)
            and not richtext.has_content(article.body_en)
        ):
            warnings.append(_("Bản tiếng Anh mới có tiêu đề, chưa có nội dung."))
        lacking = publishing.missing(article)
        view = PublishView(
            form=form,
            title=article.title,
            summary=article.summary,
            body=richtext.with_pictures(article.body, picture_address(req, article.body)),
            english=english_of(req, article),
            cover=cover_of(req, str(article.cover_id)),
            files=files.file_links(req, attaching.files_in(article.file_ids)),
            facts=article_facts(article),
            missing=tuple(text for texts in lacking.values() for text in texts),
            mend=_mend(req, article, lacking),
            warnings=tuple(warnings),
            is_public=queries.is_public(article.id),
            may_end=not article.page_role,
            action=url_for(req, "websites.publish", article_id=article.id),
            back_url=url_for(req, "websites.article", article_id=article.id),
            list_url=url_for(req, "websites.articles"),
            preview_url=url_for(req, "websites.preview", article_id=article.id),
            article_url=url_for(req, "websites.article", article_id=article.id),
        )
        page(req, resp, "websites/staff_publish.html", view, status=status)


class WithdrawArticle:
    """Take an article away from the public, after saying what that does."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        self._show(req, resp, queries.article(article_id))

    def on_post(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        if publishing.why_it_stays(article, site_queries.is_open()):
            self._show(req, resp, article, status=422)
            return
        publishing.withdraw_article(req.asker, article_id)
        redirect(
            resp, url_for(req, "websites.article", article_id=article_id), toast=_("Đã gỡ bài khỏi trang.")
        )

    def _show(self, req: Request, resp: falcon.Response, article: Article, status: int = 200) -> None:
        effects = (*lists.WITHDRAWING, *([lists.UNSCHEDULING] if article.state == "scheduled" else []))
        view = WithdrawView(
            title=article.title,
            action=url_for(req, "websites.withdraw", article_id=article.id),
            back_url=url_for(req, "websites.article", article_id=article.id),
            list_url=url_for(req, "websites.articles"),
            effects=tuple((icon, _(text)) for icon, text in effects),
            refused=publishing.why_it_stays(article, site_queries.is_open()),
        )
        page(req, resp, "websites/staff_withdraw.html", view, status=status)


def _mend(req: Request, article: Article, lacking: Mapping[str, Sequence[str]]) -> tuple[str, str, str]:
    """Return words, address and icon of the next step with an article that cannot be published yet."""
    edit = url_for(req, "websites.edit", article_id=article.id)
    if attaching.FIELD not in lacking:
        return _("Viết nội dung"), f"{edit}#f-body", "pencil"
    if attaching.is_locked(article.file_ids):
        return _("Sửa bài"), f"{edit}#f-{attaching.KEPT}", "pencil"
    # There is nothing to do but to wait for the scanner.
    return _("Xem lại"), url_for(req, "websites.publish", article_id=article.id), "refresh"


def _attached(req: Request) -> attaching.Attached:
    kept = req.form.get(attaching.KEPT) or ()
    ids = (kept,) if isinstance(kept, str) else tuple(kept)
    return attaching.Attached(files.sent_files(req, attaching.FIELD), ids)


def _texts(req: Request, *left_out: str) -> dict[str, Any]:
    """Return the form of an article without its files; of one that exists, without what was said when it was begun."""
    left_out += (attaching.FIELD, f"{attaching.FIELD}_id", attaching.KEPT)
    return {name: value for name, value in req.form.items() if name not in left_out}


def _merged(form: FormView, stored: Article) -> tuple[FormView, ConflictView | None]:
    def shown(name: str, value: str | Sequence[str]) -> str:
        text = value if isinstance(value, str) else " ".join(value)
        if name.startswith("body"):
            return richtext.plain_text(text[: richtext.MOST_STORED])
        if name not in ("category_id", "cover_id"):
            return text
        options = category_options() if name == "category_id" else picture_options(text)
        return next((each.label for each in options if each.value == text), "")

    files_title = _("Tệp đang đính kèm")
    merged, told = merge(
        form,
        {**typed_texts(stored), "version": str(stored.version)},
        {
            "title": _("Tiêu đề"),
            "symbol": _("Số, ký hiệu"),
            "issued_on": _("Ngày ban hành"),
            "issuer": _("Cơ quan ban hành"),
            "summary": _("Tóm tắt"),
            "body": _("Nội dung"),
            attaching.KEPT: files_title,
            "cover_id": _("Ảnh đại diện"),
            "category_id": _("Chuyên mục"),
            "title_en": _("Tiêu đề tiếng Anh"),
            "summary_en": _("Tóm tắt tiếng Anh"),
            "body_en": _("Nội dung tiếng Anh"),
        },
        who=queries.names(stored).changed_by,
        at=stored.changed_at,
        own=stored.changed_by == current_actor().person_id,
        shown=shown,
    )
    if told and not form.errors and not told.clashes and not told.taken:
        # Whoever wrote last need not be who moved it on, or set a time.
        told = replace(told, text=_("Bài vừa được xử lý tiếp, nội dung không đổi"))
    clashes = [each for each in told.clashes if each.name != attaching.KEPT] if told else []
    if told and len(clashes) < len(told.clashes):
        # Files that a text has no more may be gone: there is no choice to offer, the stored ones stand.
        merged = replace(
            merged, values={**merged.values, attaching.KEPT: typed_texts(stored)[attaching.KEPT]}
        )
        told = replace(told, clashes=clashes, taken=[*told.taken, files_title])
    return merged, told
