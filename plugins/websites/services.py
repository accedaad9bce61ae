"""Everything that writes articles: checked again here, in one transaction, with its fact.

Staff change `article`, and each change leaves a `revision`. What the public sees is written by `publishing.py` alone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from core.api import (
    Conflict,
    Invalid,
    RequestContext,
    _,
    changed,
    db,
    emit,
    fold,
    format_number,
    new_id,
    require_access,
)
from plugins.websites import attaching, events, queries, richtext, telling, turns
from plugins.websites.models import Article, Revision
from plugins.websites.slugs import under_free_slug

TEXTS = (
    "title", "summary", "body", "title_en", "summary_en", "body_en", "cover_id", "symbol", "issued_on", "issuer",
    "file_ids",
)  # fmt: skip
"""What an article, its revisions and its publication have in common."""
FIRST_VERSION = 1
"""Of an article that nobody touched since it was written."""
SAME_SITTING = timedelta(minutes=10)
"""So long after it was begun a person's own newest revision takes further changes instead of leaving two, unless
it was handed on meanwhile, or an older one was brought back."""


# ---- write and change ------------------------------------------------------------------------------------


def write_article(
    ctx: RequestContext,
    *,
    article_id: UUID | None = None,
    kind: str,
    category_id: UUID | None = None,
    attached: attaching.Attached | None = None,
    **texts: Any,
) -> Article:
    """Write a new draft; a form that sends the same `article_id` again changes what it wrote.

    Raises Conflict when that was changed otherwise meanwhile, Invalid, Forbidden.
    """
    article = Article(id=article_id or new_id(), kind=kind, author_id=ctx.person.id)
    require_access(ctx, turns.WRITE, article)
    _take_texts(article, category_id, texts)
    with db.atomic():
        if attached is not None:
            article.file_ids = attaching.taken(article, attached)
        if put_article(article, ctx.person.id):
            return article
        return _write_again(ctx, article)


def _write_again(ctx: RequestContext, sent: Article) -> Article:
    """Take a new article that is there already: pressed twice it is the same, after “Back” it may say more."""
    article = queries.locked(sent.id)
    if article.author_id != ctx.person.id:
        raise Invalid({"id": [_("Mã này là của một bài khác.")]})
    texts = {name: getattr(sent, name) for name in TEXTS}
    texts |= {name: richtext.Cleaned(texts[name]) for name in ("body", "body_en")}
    texts["file_ids"] = attaching.joined(article.file_ids, sent.file_ids)
    if would_change(article, sent.category_id, texts):
        turns.require(ctx, "change", article, is_public=queries.is_public(article.id))
        # All that its form has read is what it wrote.
        article = change_article(
            ctx, article.id, version=FIRST_VERSION, category_id=sent.category_id, **texts
        )
    attaching.forget_unnamed(article.id)
    return article


def put_article(article: Article, person_id: UUID | None) -> bool:
    """Store a new article with its first revision; False when one with its id is stored already."""
    article.folded, article.revision, article.changed_by = _folded(article), 1, person_id

    def store(slug: str) -> bool:
        article.slug = slug
        stored = (
            Article.insert(**article.__data__)
            .on_conflict(conflict_target=[Article.tenant_id, Article.id], action="IGNORE")
            .returning(Article.id)
        )
        return bool(list(stored.execute()))

    with db.atomic():
        if not under_free_slug("article", article.title, article.id, store):
            return False
        _add_revision(article, person_id)
        emit(events.ArticleWritten(object_id=article.id, title=article.title))
    return True


def change_article(
    ctx: RequestContext,
    article_id: UUID,
    *,
    version: int,
    category_id: UUID | None = None,
    attached: attaching.Attached | None = None,
    **texts: Any,
) -> Article:
    """Change the text of an article that was read as `version`; what the public sees stays as it is.

    Raises Conflict when somebody changed it since, Invalid, Forbidden, NotFound.
    """
    with db.atomic():
        article = queries.locked(article_id)
        if article.version != version:
            raise Conflict(article)
        turns.require(ctx, "change", article, is_public=queries.is_public(article_id))
        before = _essence(article)
        values = _values(article)
        _take_texts(article, category_id, texts)
        if attached is not None:
            article.file_ids = attaching.taken(article, attached)
        if values == _values(article):
            return article
        article.state = turns.state_after_change(ctx, article)
        _put_change(article, before, version, ctx.person.id)
        if attached is not None:
            attaching.forget_unnamed(article_id)
    return article


def replace_texts(
    article: Article, person_id: UUID | None, *, category_id: UUID | None, **texts: Any
) -> bool:
    """Give a locked article the text it has at its source; False when it has it already.

    Raises Invalid.
    """
    before, values, version = _essence(article), _values(article), article.version
    _take_texts(article, category_id, texts)
    if values == _values(article):
        return False
    with db.atomic():
        _put_change(article, before, version, person_id)
    return True


def would_change(article: Article, category_id: UUID | None, texts: Mapping[str, Any]) -> bool:
    """Tell whether an article would have another text or place."""
    return category_id != article.category_id or any(
        getattr(article, name) != value for name, value in texts.items()
    )


def _put_change(article: Article, before: dict[str, Any], version: int, person_id: UUID | None) -> None:
    """Store the new text of an article as a revision, with its fact."""
    article.folded = _folded(article)
    article.changed_by, article.changed_at = person_id, datetime.now(UTC)
    _keep_revision(article, person_id)

    def store(slug: str) -> None:
        article.slug = slug
        article.save_version(version)

    if article.first_published_at is None:
        under_free_slug("article", article.title, article.id, store)
    else:
        article.save_version(version)
    emit(
        events.ArticleChanged(
            object_id=article.id,
            title=article.title,
            revision=article.revision,
            changes=changed(before, _essence(article)),
        )
    )


def restore_revision(ctx: RequestContext, article_id: UUID, *, number: int, version: int) -> Article:
    """Make the text of an older revision the newest one again; no revision is lost by it.

    Raises Conflict, Invalid, Forbidden, NotFound.
    """
    older = queries.revision(article_id, number)
    texts = {name: getattr(older, name) for name in TEXTS}
    if texts["cover_id"] is not None and not queries.picture_exists(texts["cover_id"]):
        texts["cover_id"] = None
    with db.atomic():
        article = queries.locked(article_id)
        close_revision(article)
        article = change_article(ctx, article_id, version=version, category_id=article.category_id, **texts)
        close_revision(article)
    return article


def _take_texts(article: Article, category_id: UUID | None, texts: Mapping[str, Any]) -> None:
    """Put what was sent into an article, cleaned.

    Raises Invalid for a text that is too long, an unknown category or an unknown picture.
    """
    errors: dict[str, list[str]] = {}
    gone = _("Lựa chọn này không còn, chọn lại.")
    if category_id is not None and not queries.category_exists(category_id):
        errors["category_id"] = [gone]
    article.category_id = category_id
    for name in TEXTS:
        if name not in texts:
            continue
        value = texts[name]
        if name in {"body", "body_en"}:
            value, refused = _cleaned(name, value)
            if refused:
                errors[name] = [refused]
                continue
        if name == "cover_id" and value is not None and not queries.picture_exists(value):
            errors[name] = [gone]
            continue
        setattr(article, name, value)
    if errors:
        raise Invalid(errors)


def _cleaned(name: str, html: str) -> tuple[str, str]:
    """Return a text cleaned, or why it cannot be taken."""
    if isinstance(html, richtext.Cleaned):
        return str(html), ""
    field = _("Nội dung tiếng Anh") if name == "body_en" else _("Nội dung")
    try:
        html = richtext.clean(html)
        richtext.require_fitting(html)
    except richtext.TooLong:
        most = format_number(richtext.MOST_STORED)
        return "", _(
            "{field} dài quá {max} ký tự. Tách thành nhiều bài hoặc đính kèm tệp.", field=field, max=most
        )
    except richtext.TooManyPictures as error:
        return "", _(
            "{field} có {count} ảnh, nhiều nhất {max} ảnh. Bớt ảnh hoặc tách thành nhiều bài.",
            field=field,
            count=error.count,
            max=richtext.MOST_PICTURES,
        )
    return html, ""


def _values(article: Article) -> tuple[Any, ...]:
    return tuple(getattr(article, name) for name in (*TEXTS, "category_id"))


def _essence(article: Article) -> dict[str, Any]:
    """Return what the audit keeps of a text: never the text itself."""
    return {
        "title": article.title,
        "length": len(article.body),
        "symbol": article.symbol,
        "files": len(article.file_ids),
    }


def _folded(article: Article) -> str:
    return fold(f"{article.title} {article.summary} {article.symbol} {article.title_en}")


def _keep_revision(article: Article, person_id: UUID | None) -> None:
    """Store the text as a revision, in place of the person's own one of a few minutes ago unless that was handed on or public."""
    newest = (
        Revision.select()
        .where(Revision.article_id == article.id, Revision.number == article.revision)
        .first()
    )
    if (
        newest is not None
        and newest.saved_by == person_id
        and newest.is_closed is False
        and newest.begun_at > datetime.now(UTC) - SAME_SITTING
    ):
        texts = {name: getattr(article, name) for name in TEXTS}
        Revision.update(**texts, saved_at=datetime.now(UTC)).where(Revision.id == newest.id).execute()
        return
    article.revision += 1
    _add_revision(article, person_id)


def close_revision(article: Article) -> None:
    """Keep the newest text, as it is handed on, published or an older one takes its place: the next one stands beside it."""
    Revision.update(is_closed=True).where(
        Revision.article_id == article.id, Revision.number == article.revision
    ).execute()


def _add_revision(article: Article, person_id: UUID | None) -> None:
    texts = {name: getattr(article, name) for name in TEXTS}
    Revision.insert(
        id=new_id(), article_id=article.id, number=article.revision, saved_by=person_id, **texts
    ).execute()


# ---- from hand to hand --------------------------------------------------------------------------------------


def submit_article(ctx: RequestContext, article_id: UUID) -> None:
    """Give an article to the editors; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = _move(ctx, article_id, "submit", "editing", events.ArticleSubmitted)
        if article is not None:
            telling.tell_editors(article, ctx.person.id)


def forward_article(ctx: RequestContext, article_id: UUID) -> None:
    """Give an article to the publishers; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = _move(
            ctx, article_id, "forward", "approval", events.ArticleForwarded, editor_id=ctx.person.id
        )
        if article is not None:
            telling.tell_publishers(article, ctx.person.id)


def unschedule_article(ctx: RequestContext, article_id: UUID) -> None:
    """Let a set time count no more; raises Forbidden, Invalid, NotFound."""
    _move(ctx, article_id, "unschedule", "approval", events.ArticleUnscheduled)


def put_away_article(ctx: RequestContext, article_id: UUID) -> None:
    """Take an article that never was public out of everybody's way; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = queries.locked(article_id)
        if article.state == "put_away":
            return
        turns.require(ctx, "put_away", article, is_public=queries.is_public(article_id))
        put_columns(article, state="put_away", put_away_from=article.state)
        close_revision(article)
        emit(events.ArticlePutAway(object_id=article.id, title=article.title))
        telling.tell_makers(article, telling.PUT_AWAY, ctx.person.id)


def take_back_article(ctx: RequestContext, article_id: UUID) -> None:
    """Put an article that was put away back where it stood, and tell whose turn it is; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = queries.locked(article_id)
        if article.state == article.put_away_from:
            return
        turns.require(ctx, "take_back", article, is_public=False)
        telling.settle_put_away(article)
        put_columns(article, state=article.put_away_from)
        emit(events.ArticleTakenBack(object_id=article.id, title=article.title))
        telling.tell_whose_turn(article, ctx.person.id)


def _move(
    ctx: RequestContext,
    article_id: UUID,
    act: turns.Act,
    state: str,
    fact: type[events.ArticleEvent],
    **values: Any,
) -> Article | None:
    """Take an article one step on and return it; pressed twice, the second press does nothing and returns None."""
    with db.atomic():
        article = queries.locked(article_id)
        if article.state == state and act != "unschedule":
            return None
        turns.require(ctx, act, article, is_public=queries.is_public(article_id))
        put_columns(article, state=state, return_reason="", publish_at=None, unpublish_at=None, **values)
        close_revision(article)
        emit(fact(object_id=article.id, title=article.title))
    return article


def return_article(ctx: RequestContext, article_id: UUID, *, reason: str) -> None:
    """Send an article back to its author with the reason; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = queries.locked(article_id)
        turns.require(ctx, "give_back", article, is_public=queries.is_public(article_id))
        put_columns(article, state="returned", return_reason=reason)
        close_revision(article)
        emit(events.ArticleReturned(object_id=article.id, title=article.title, reason=reason))
        telling.tell_author(article, ctx.person.id)


def put_columns(article: Article, **values: Any) -> None:
    """Change columns of a locked article; whoever has its form open will be told that it moved on.

    `changed_at` stays: it says with `changed_by` who changed the text when, and a step changes no text.
    """
    Article.update(**values, version=Article.version + 1).where(Article.id == article.id).execute()
    if values.get("state", article.state) != article.state:
        telling.settle_steps(article)
    for name, value in values.items():
        setattr(article, name, value)
    article.version += 1
