"""From requests to conditions and from rows to views, for the staff pages of articles."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from core.api import (
    Chip,
    ConflictView,
    FormView,
    Option,
    Request,
    Tab,
    _,
    format_date,
    format_datetime,
    page_url,
    url_for,
)
from plugins.websites import queries, turns
from plugins.websites.models import Article, Publication
from plugins.websites.queries import ArticleRow, Filter
from plugins.websites.turns import KINDS, STATES
from plugins.websites.views import ArticleFormView, ArticleLine, NewKind

_KIND_ICONS = {"news": "news", "notice": "speakerphone", "document": "file-text", "page": "file-description"}


class FilterOptions(NamedTuple):
    """What the list can be narrowed to."""

    states: tuple[Option, ...]
    kinds: tuple[Option, ...]
    categories: tuple[Option, ...]


def filter_of(req: Request) -> Filter:
    """Return what the list is narrowed to; odd values narrow nothing."""
    state, kind = req.get_param("state") or "", req.get_param("kind") or ""
    try:
        category_id = UUID(req.get_param("category") or "")
    except ValueError:
        category_id = None
    return Filter(
        search=(req.get_param("q") or "").strip()[:200],
        state=state if state == "mine" or state in STATES else "",
        kind=kind if kind in KINDS else "",
        category_id=category_id,
    )


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
    conditions = (
        ("q", _("Tìm"), f"“{wanted.search}”" if wanted.search else ""),
        ("state", _("Trạng thái"), labels.get(wanted.state, "")),
        ("kind", _("Loại"), labels.get(wanted.kind, "")),
        ("category", _("Chuyên mục"), labels.get(str(wanted.category_id), "").removeprefix("— ")),
    )
    return tuple(
        Chip(label=label, value=value, remove_url=page_url(req, **{name: ""}))
        for name, label, value in conditions
        if value
    )


def line_of(req: Request, row: ArticleRow) -> ArticleLine:
    """Return one row of the list."""
    mark, words = STATES.get(row.state, ("draft", row.state))
    words = _(words)
    if row.state == "returned":
        words = _("Trả lại: {reason}", reason=row.return_reason)
    elif row.state == "scheduled" and row.publish_at:
        words = _("Hẹn đăng {at}", at=format_datetime(row.publish_at))
    return ArticleLine(
        title=row.title,
        url=url_for(req, "websites.article", article_id=row.id),
        kind=_(KINDS.get(row.kind, row.kind)),
        category=row.category or "",
        mark=mark,
        state=words,
        also_public=row.is_public and row.state != "published",
        person=row.changed_by or row.author or _("Hệ thống"),
        at=row.changed_at,
    )


def new_kinds(req: Request) -> tuple[NewKind, ...]:
    """Return the kinds of articles that can be begun."""
    return tuple(
        NewKind(title=_(title), url=f"{url_for(req, 'websites.new')}?kind={key}", icon=_KIND_ICONS[key])
        for key, title in KINDS.items()
    )


def article_tabs(req: Request, article: Article, current: str) -> tuple[Tab, ...]:
    """Return the pages of one article as tabs."""
    titles = {
        "article": (_("Bài viết"), ""),
        "preview": (_("Xem như người dân"), ""),
        "revisions": (_("Các bản đã lưu"), str(article.revision)),
    }
    return tuple(
        Tab(
            title=title,
            url=url_for(req, f"websites.{name}", article_id=article.id),
            count=count,
            current=name == current,
        )
        for name, (title, count) in titles.items()
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
        (_("Đường dẫn"), article.slug),
    ]
    return tuple((title, value) for title, value in pairs if value)


def told_of(article: Article, shown: Publication | None) -> tuple[str, ...]:
    """Say what the public sees now and will see."""
    told = []
    if shown is not None:
        since = format_datetime(shown.published_at)
        if shown.revision == article.revision:
            told.append(_("Người dân đang xem bản này, từ {at}.", at=since))
        else:
            told.append(
                _(
                    "Người dân vẫn xem bản {shown}, đăng {at}. Bản {newest} chưa được đăng.",
                    shown=shown.revision,
                    at=since,
                    newest=article.revision,
                )
            )
        if shown.unpublish_at is not None:
            told.append(_("Tự gỡ lúc {at}.", at=format_datetime(shown.unpublish_at)))
    if article.state == "scheduled" and article.publish_at is not None:
        told.append(
            _("Bản {n} tự lên trang lúc {at}.", n=article.revision, at=format_datetime(article.publish_at))
        )
        if article.unpublish_at is not None:
            told.append(_("Rồi tự gỡ lúc {at}.", at=format_datetime(article.unpublish_at)))
    if not told:
        told.append(_("Người dân chưa xem được bài này."))
    return tuple(told)


def typed_texts(article: Article) -> dict[str, str]:
    """Return an article as its form holds it."""
    texts = ("title", "summary", "body", "title_en", "summary_en", "body_en", "symbol", "issuer")
    return {
        **{name: getattr(article, name) for name in texts},
        "category_id": str(article.category_id or ""),
        "cover_id": str(article.cover_id or ""),
        "issued_on": format_date(article.issued_on, year=True) if article.issued_on else "",
    }


def article_form(
    req: Request, form: FormView, article: Article | None = None, *, conflict: ConflictView | None = None
) -> ArticleFormView:
    """Return the form of a new article, or of one that exists."""
    kind = article.kind if article else form.text("kind")
    told = ""
    if article is not None and article.state == "published":
        told = _("Người dân vẫn xem bản đang đăng cho tới khi bản sửa được duyệt đăng.")
    elif article is not None and article.state == "returned":
        told = _("Bài được trả lại: {reason}", reason=article.return_reason)
    home = url_for(req, "websites.articles")
    return ArticleFormView(
        form=form,
        heading=_("Sửa bài") if article else _("Viết: {kind}", kind=_(KINDS.get(kind, ""))),
        is_new=article is None,
        is_document=kind == "document",
        is_page=kind == "page",
        has_english=queries.has_english() or bool(form.text("title_en")),
        categories=category_options(),
        action=url_for(req, "websites.edit", article_id=article.id)
        if article
        else url_for(req, "websites.new"),
        back_url=url_for(req, "websites.article", article_id=article.id) if article else home,
        list_url=home,
        draft=f"websites.article.{article.id}" if article else f"websites.new.{kind}",
        picture_url="",
        pictures_url="",
        conflict=conflict,
        told=told,
    )


def picture_address(req: Request) -> Callable[[UUID], str]:
    """Return how staff pages find a picture of the library."""
    return lambda _picture_id: ""


def state_words(article: Article) -> tuple[str, str]:
    """Return mark and words of an article's state."""
    mark, words = turns.STATES.get(article.state, ("draft", article.state))
    return mark, _(words)
