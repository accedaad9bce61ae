"""From requests to conditions and from rows to views, for the staff pages of articles."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    N_,
    START,
    Chip,
    ConflictView,
    Crumb,
    FormView,
    NotFound,
    Option,
    Page,
    Request,
    RequestContext,
    Tab,
    _,
    bounded,
    chips,
    current_actor,
    format_date,
    format_datetime,
    format_number,
    lower_first,
    url_for,
)
from plugins.files import api as files
from plugins.pages.api import DraftView, ObjectView, State, object_view
from plugins.websites import attaching, lists, public_queries, queries, richtext, site_queries
from plugins.websites.events import ArticleEvent
from plugins.websites.models import Article, FrontItem, Publication
from plugins.websites.queries import ArticleRow, Filter
from plugins.websites.site_queries import OfferRow
from plugins.websites.turns import KINDS, MANAGE, READ, STATES, WRITE
from plugins.websites.views import ArticleFormView, ArticleLine, CoverView, EnglishView, NewKind, WayOut

SHOWN_WIDTH, SMALL_WIDTH = 960, 320
REASONS = {
    "unclear": N_("Khó hiểu"),
    "incomplete": N_("Thiếu thông tin"),
    "outdated": N_("Đã cũ"),
    "wrong": N_("Có chỗ sai"),
    "not_found": N_("Không phải điều tôi tìm"),
}
"""Why readers found a text of no use, in the words they chose from."""
_KIND_ICONS = {"news": "news", "notice": "speakerphone", "document": "file-text", "page": "file-description"}


class FilterOptions(NamedTuple):
    """What the list can be narrowed to."""

    states: tuple[Option, ...]
    kinds: tuple[Option, ...]
    categories: tuple[Option, ...]


def options_of() -> FilterOptions:
    """Return what the list can be narrowed to."""
    return FilterOptions(
        states=(
            Option("mine", _("Chờ tôi")),
            *(Option(key, _(words)) for key, (_mark, words) in STATES.items()),
        ),
        kinds=tuple(Option(key, _(title)) for key, title in KINDS.items()),
        categories=category_options(),
    )


def category_options() -> tuple[Option, ...]:
    """Return the categories as choices, the second level set off."""
    return tuple(
        Option(str(each.id), f"— {each.title}" if each.parent_id else each.title)
        for each in queries.categories()
    )


def chips_of(req: Request, wanted: Filter, options: FilterOptions) -> tuple[Chip, ...]:
    """Return the active conditions."""
    labels = {option.value: option.label for group in options for option in group}
    return chips(
        req,
        {"view": "all"},
        q=(_("Tìm"), wanted.search),
        state=(_("Trạng thái"), labels.get(wanted.state, "")),
        kind=(_("Loại"), labels.get(wanted.kind, "")),
        category=(_("Chuyên mục"), labels.get(str(wanted.category_id), "").removeprefix("— ")),
    )


def way_out(ctx: RequestContext, wanted: Filter, chips: tuple[Chip, ...]) -> WayOut | None:
    """Return the one condition without which an empty list is not empty, and how much it holds then."""
    without: dict[str, dict[str, Any]] = {
        "q": {"search": ""},
        "state": {"state": ""},
        "kind": {"kind": ""},
        "category": {"category_id": None},
    }
    for chip in chips:
        count = queries.count(ctx, replace(wanted, **without[chip.name]))
        if count:
            return WayOut(chip, bounded(count, queries.BOUND))
    return None


def line_of(req: Request, row: ArticleRow) -> ArticleLine:
    """Return one row of the list."""
    assert req.ctx is not None
    return ArticleLine(
        id=row.id,
        can=lists.can(req.ctx, row),
        title=row.title,
        url=url_for(req, "websites.article", article_id=row.id),
        kind=_(KINDS.get(row.kind, row.kind)),
        category=row.category or "",
        mark=STATES.get(row.state, ("draft", ""))[0],
        state=lists.state_words(row),
        also_public=row.is_public and row.state != "published",
        author=row.author or _("Hệ thống"),
        created_at=row.created_at,
        public_since=row.public_since,
        person=lists.person(row),
        at=row.changed_at,
    )


def order_words(wanted: Filter) -> str:
    """Say what stands on top of the list."""
    if wanted.sort == "created_at":
        return _("Bài viết lâu nhất ở trên.") if wanted.oldest_first else _("Bài viết mới nhất ở trên.")
    return _("Bài lâu chưa sửa ở trên.") if wanted.oldest_first else _("Bài sửa gần nhất ở trên.")


def more_of(found: Page[ArticleRow], count: str) -> str:
    """Return the offer to choose also what stands on other pages."""
    if not found.next_key and not found.previous_key:
        return ""
    if not count:
        return _("Chọn cả bài ở trang khác khớp điều kiện")
    return _("Chọn cả {total} bài khớp điều kiện", total=count)


def new_kinds(req: Request) -> tuple[NewKind, ...]:
    """Return the kinds of articles that can be begun."""
    return tuple(
        NewKind(title=_(title), url=f"{url_for(req, 'websites.new')}?kind={key}", icon=_KIND_ICONS[key])
        for key, title in KINDS.items()
    )


def module_tabs(req: Request, current: str) -> tuple[Tab, ...]:
    """Return the parts of the module a person may open, as tabs; none when there is but one."""
    assert req.ctx is not None
    titles = {
        "articles": (_("Danh sách bài"), READ),
        "pictures": (_("Thư viện ảnh"), WRITE),
        "site": (_("Trang của cơ quan"), MANAGE),
    }
    found = tuple(
        Tab(title=title, url=url_for(req, f"websites.{name}"), current=name == current)
        for name, (title, permission) in titles.items()
        if req.ctx.can(permission)
    )
    return found if len(found) > 1 else ()


def site_tabs(req: Request, current: str) -> tuple[Tab, ...]:
    """Return the pages of the site's administrator as tabs."""
    titles = {
        "site": _("Đóng, mở trang"),
        "settings": _("Thông tin, giao diện"),
        "categories": _("Các chuyên mục"),
        "menu": _("Menu"),
        "links": _("Liên kết"),
        "leaders": _("Lãnh đạo"),
        "domain": _("Tên miền riêng"),
    }
    return tuple(
        Tab(title=title, url=url_for(req, f"websites.{name}"), current=name == current)
        for name, title in titles.items()
    )


def article_tabs(req: Request, article: Article, current: str) -> tuple[Tab, ...]:
    """Return the pages of one article as tabs."""
    titles = {
        "article": (_("Bài viết"), ""),
        "preview": (_("Xem như người dân"), ""),
        "revisions": (_("Các bản đã lưu"), str(article.revision)),
        "history": (_("Lịch sử"), ""),
    }
    own = url_for(req, "websites.article", article_id=article.id)
    return tuple(
        Tab(
            title=title,
            url=f"{own}?tab=history"
            if name == "history"
            else url_for(req, f"websites.{name}", article_id=article.id),
            count=count,
            current=name == current,
        )
        for name, (title, count) in titles.items()
    )


def article_object(req: Request, article: Article, told: tuple[str, ...]) -> ObjectView:
    """Return the head of an article's page and its history; `told` says what the public sees."""
    mark, words = STATES.get(article.state, ("draft", article.state))
    return object_view(
        req,
        article,
        object_type=ArticleEvent.object_type,
        object_id=article.id,
        title=article.title,
        crumbs=(
            Crumb(_("Trang thông tin điện tử"), url_for(req, "websites.articles")),
            Crumb(_(KINDS.get(article.kind, article.kind))),
        ),
        state=State(mark, _(words)),
        context=" · ".join(told),
    )


def article_facts(article: Article) -> tuple[tuple[str, str], ...]:
    """Return what is known of an article beside its text, as far as it is known."""
    names = queries.names(article)
    pairs = [
        (_("Loại"), _(KINDS.get(article.kind, article.kind))),
        (_("Chuyên mục"), names.category or ""),
        (_("Người viết"), names.author or _("Hệ thống")),
        (_("Sửa gần nhất"), f"{names.changed_by or _('Hệ thống')}, {format_datetime(article.changed_at)}"),
        (_("Số, ký hiệu"), article.symbol),
        (_("Ngày ban hành"), format_date(article.issued_on, year=True) if article.issued_on else ""),
        (_("Cơ quan ban hành"), article.issuer),
        (_("Địa chỉ bài"), article.slug),
    ]
    return tuple((title, value) for title, value in pairs if value)


def readers_facts(article: Article) -> tuple[tuple[str, str], ...]:
    """Say how an article is read and what readers said of it; nothing before it was ever public."""
    if article.first_published_at is None:
        return ()
    found = public_queries.figures(article.id)
    reasons = ", ".join(f"{_(REASONS.get(reason, reason))}: {number}" for reason, number in found.reasons)
    not_useful = format_number(found.not_useful)
    return (
        (_("Lượt xem 30 ngày qua"), format_number(sum(visits for _day, visits in found.visits))),
        (_("Bạn đọc thấy có ích"), format_number(found.useful)),
        (_("Bạn đọc thấy chưa có ích"), f"{not_useful} ({reasons})" if reasons else not_useful),
    )


def public_address(req: Request, shown: Publication) -> str:
    """Return where the public reads an article."""
    return url_for(req, f"websites.public_{'page' if shown.kind == 'page' else 'article'}", slug=shown.slug)


def has_ended(shown: Publication) -> bool:
    """Tell whether the time until which the public may read a publication is over."""
    return shown.unpublish_at is not None and shown.unpublish_at <= datetime.now(UTC)


def told_of(article: Article, shown: Publication | None, *, is_open: bool) -> tuple[str, ...]:
    """Say what the public sees now and will see."""
    told = [] if shown is None else _seen(article, shown, is_open=is_open)
    if article.state == "scheduled" and article.publish_at is not None:
        told.append(
            _("Bản {n} tự lên trang lúc {at}.", n=article.revision, at=format_datetime(article.publish_at))
        )
        if article.unpublish_at is not None:
            told.append(_("Rồi tự gỡ lúc {at}.", at=format_datetime(article.unpublish_at)))
    if not told:
        told.append(_unseen(article))
    if article.state == "returned":
        if article.author_id == current_actor().person_id:
            told.append(_("Đang chờ bạn sửa."))
        else:
            told.append(_("Đang chờ {name} sửa.", name=queries.names(article).author or _("người viết")))
    return tuple(told)


def _seen(article: Article, shown: Publication, *, is_open: bool) -> list[str]:
    """Say which revision the public sees, since when and until when; the job that takes it down may have yet to come."""
    since = format_datetime(shown.published_at)
    if has_ended(shown):
        ended = format_datetime(shown.unpublish_at)
        return [_("Đã hết hạn đăng lúc {at}, người dân không còn xem được.", at=ended)]
    if not is_open:
        told = _("Đã đăng, nhưng trang của cơ quan chưa mở nên người dân chưa xem được.")
    elif shown.revision == article.revision:
        told = _("Người dân đang xem bản này, từ {at}.", at=since)
    else:
        told = _(
            "Người dân vẫn xem bản {shown}, đăng {at}. Bản {newest} chưa được đăng.",
            shown=shown.revision,
            at=since,
            newest=article.revision,
        )
    ends = shown.unpublish_at is not None
    return [told, _("Tự gỡ lúc {at}.", at=format_datetime(shown.unpublish_at))] if ends else [told]


def _unseen(article: Article) -> str:
    """Say that nobody can read an article, and whether people could before."""
    if article.first_published_at is None:
        return _("Người dân chưa xem được bài này.")
    if article.state == "withdrawn":
        return _("Bài đã gỡ, người dân không còn xem được.")
    return _("Bản trước đã gỡ, người dân không còn xem được. Bản {n} chưa được đăng.", n=article.revision)


def typed_texts(article: Article) -> dict[str, str | list[str]]:
    """Return an article as its form holds it."""
    texts = ("title", "summary", "body", "title_en", "summary_en", "body_en", "symbol", "issuer")
    return {
        **{name: getattr(article, name) for name in texts},
        "category_id": str(article.category_id or ""),
        "cover_id": str(article.cover_id or ""),
        "issued_on": f"{article.issued_on:%d/%m/%Y}" if article.issued_on else "",
        attaching.KEPT: [str(each) for each in article.file_ids],
    }


def draft_key(article: Article | None = None, kind: str = "") -> str:
    """Return the key of what a person typed of an article, or of a new one of a kind, and has not saved."""
    return (
        f"websites.article.{article.id}" if article else f"websites.new.{kind if kind in KINDS else 'news'}"
    )


def article_form(
    req: Request,
    form: FormView,
    draft: DraftView,
    article: Article | None = None,
    *,
    conflict: ConflictView | None = None,
) -> ArticleFormView:
    """Return the form of a new article, or of one that exists."""
    kind = article.kind if article else form.text("kind")
    told = ""
    if article is not None and article.state == "published":
        told = _("Người dân vẫn xem bản đang đăng cho tới khi bản sửa được duyệt đăng.")
    elif article is not None and article.state == "returned":
        told = _("Bài được trả lại: {reason}", reason=article.return_reason)
    home, title = url_for(req, "websites.articles"), _(KINDS.get(kind, ""))
    return ArticleFormView(
        form=form,
        heading=_("Sửa bài") if article else _("Viết {kind}", kind=lower_first(title)),
        is_new=article is None,
        is_document=kind == "document",
        is_page=kind == "page",
        has_english=queries.has_english() or any(map(form.text, ("title_en", "summary_en", "body_en"))),
        categories=category_options(),
        action=url_for(req, "websites.edit", article_id=article.id)
        if article
        else f"{url_for(req, 'websites.new')}?kind={kind}",
        back_url=url_for(req, "websites.article", article_id=article.id) if article else home,
        list_url=home,
        draft=draft,
        picture_url=url_for(req, "websites.picture_image", picture_id=UUID(int=0)),
        most=richtext.MOST_STORED,
        pictures_url=url_for(req, "websites.api_pictures"),
        pictures=picture_options(form.text("cover_id")),
        cover=cover_of(req, form.text("cover_id")),
        conflict=conflict,
        told=told,
        upload_url=files.upload_url(req, attaching.ALLOWED),
        attached=tuple(
            Option(str(each.id), each.name, files.size_text(each.size))
            for each in attaching.files_in(article.file_ids if article else [])
        ),
    )


def picture_address(req: Request, *bodies: str) -> Callable[[UUID], str]:
    """Return how staff pages find the pictures of these texts."""
    found = site_queries.pictures_named(set().union(*map(richtext.pictures_in, bodies)))
    return lambda picture_id: (
        files.rendition_url(req, found[picture_id].file_id, SHOWN_WIDTH) if picture_id in found else ""
    )


def english_of(req: Request, article: Article) -> EnglishView | None:
    """Return the English version of an article for the staff to read, or None without one."""
    if not (article.title_en or article.summary_en or article.body_en):
        return None
    return EnglishView(
        title=article.title_en,
        summary=article.summary_en,
        body=richtext.with_pictures(article.body_en, picture_address(req, article.body_en)),
    )


def picture_options(*chosen: str) -> tuple[Option, ...]:
    """Return the newest pictures as choices, and the chosen ones even if they are older."""
    found = {str(each.id): each.alt for each in site_queries.pictures("", START, 100).rows}
    for each in chosen:
        with suppress(ValueError, NotFound):
            found.setdefault(each, site_queries.picture(UUID(each)).alt)
    return tuple(Option(key, alt) for key, alt in found.items())


def cover_of(req: Request, typed: str) -> CoverView | None:
    """Return the picture a form has chosen, or None."""
    try:
        picture = site_queries.picture(UUID(typed))
    except (ValueError, NotFound):
        return None
    return CoverView(alt=picture.alt, src=files.rendition_url(req, picture.file_id, SMALL_WIDTH))


def offer_words(offer: FrontItem | OfferRow | None, *, is_open: bool) -> tuple[str, str]:
    """Return mark and words of what became of an offer of an open or closed site to the province; empty without one."""
    if offer is None:
        return "", ""
    if offer.state == "accepted" and not is_open:
        return "wait", _("Cổng chung đã nhận, trang của cơ quan chưa mở")
    words = {
        "offered": ("wait", _("Chờ cổng chung nhận")),
        "accepted": ("done", _("Cổng chung đã nhận")),
        "refused": ("back", _("Cổng chung không nhận: {reason}", reason=offer.reason)),
    }
    return words.get(offer.state, ("wait", offer.state))
