"""Everything that writes articles: checked again here, in one transaction, with its fact.

Staff change `article`, and each change leaves a `revision`. Only `put_online` writes `publication`, which is
all the public ever sees, and only withdrawing and expiring take a row out of it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from core.api import (
    Conflict,
    Invalid,
    JobError,
    RequestContext,
    _,
    changed,
    db,
    emit,
    enqueue,
    fold,
    format_datetime,
    format_number,
    local,
    new_id,
    object_history,
    require_access,
)
from plugins.websites import attaching, events, queries, richtext, site_queries, telling, turns
from plugins.websites.models import Article, FrontItem, Publication, Revision
from plugins.websites.slugs import under_free_slug

TEXTS = (
    "title", "summary", "body", "title_en", "summary_en", "body_en", "cover_id", "symbol", "issued_on", "issuer",
    "file_ids",
)  # fmt: skip
"""What an article, its revisions and its publication have in common."""
SAME_SITTING = timedelta(minutes=10)
"""So long after it was begun a person's own newest revision takes further changes instead of leaving two, unless
it was handed on meanwhile."""
RECENT = 20
"""Facts among which the one is that made an article public."""
FILLED_BY_REGISTRY = {"structure", "leaders"}
"""Static pages whose content comes from the registry of units and people."""

log = structlog.get_logger()


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
    """Write a new draft; a form that sends the same `article_id` twice writes one.

    Raises Invalid, Forbidden.
    """
    article = Article(id=article_id or new_id(), kind=kind, author_id=ctx.person.id)
    require_access(ctx, turns.WRITE, article)
    _take_texts(article, category_id, texts)
    with db.atomic():
        if attached is not None:
            article.file_ids = attaching.taken(article, attached)
        if not put_article(article, ctx.person.id):
            article = queries.article(article.id)
            if article.author_id != ctx.person.id:
                raise Invalid({"id": [_("Mã này là của một bài khác.")]})
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
    category_id = queries.article(article_id).category_id
    return change_article(ctx, article_id, version=version, category_id=category_id, **texts)


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
    """Store the text as a revision, in place of the person's own one of a few minutes ago if nobody saw that."""
    newest = (
        Revision.select()
        .where(Revision.article_id == article.id, Revision.number == article.revision)
        .first()
    )
    shown = queries.publication(article.id)
    if (
        newest is not None
        and newest.saved_by == person_id
        and newest.is_closed is False
        and newest.begun_at > datetime.now(UTC) - SAME_SITTING
        and (shown is None or shown.revision != newest.number)
    ):
        texts = {name: getattr(article, name) for name in TEXTS}
        Revision.update(**texts, saved_at=datetime.now(UTC)).where(Revision.id == newest.id).execute()
        return
    article.revision += 1
    _add_revision(article, person_id)


def _close_revision(article: Article) -> None:
    """Keep the newest text as it is handed on: whoever takes it next can compare what changed since."""
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
        article = _move(ctx, article_id, "put_away", "put_away", events.ArticlePutAway)
        if article is not None:
            telling.tell_makers(article, telling.PUT_AWAY, ctx.person.id)


def take_back_article(ctx: RequestContext, article_id: UUID) -> None:
    """Make an article that was put away a draft again; raises Forbidden, Invalid, NotFound."""
    _move(ctx, article_id, "take_back", "draft", events.ArticleTakenBack)


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
        _set(article, state=state, return_reason="", publish_at=None, unpublish_at=None, **values)
        _close_revision(article)
        emit(fact(object_id=article.id, title=article.title))
    return article


def return_article(ctx: RequestContext, article_id: UUID, *, reason: str) -> None:
    """Send an article back to its author with the reason; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = queries.locked(article_id)
        turns.require(ctx, "give_back", article, is_public=queries.is_public(article_id))
        _set(article, state="returned", return_reason=reason)
        _close_revision(article)
        emit(events.ArticleReturned(object_id=article.id, title=article.title, reason=reason))
        telling.tell_author(article, ctx.person.id)


def _set(article: Article, **values: Any) -> None:
    """Change columns of a locked article; whoever has its form open will be told that it moved on.

    `changed_at` stays: it says with `changed_by` who changed the text when, and a step changes no text.
    """
    Article.update(**values, version=Article.version + 1).where(Article.id == article.id).execute()
    for name, value in values.items():
        setattr(article, name, value)
    article.version += 1


# ---- before the public ---------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What became of a wish to publish: when it is public, and whether that is still to come."""

    at: datetime
    scheduled: bool


class AlreadyPublished(Invalid):
    """The button was pressed before, here or by a colleague: says who brought the text to the public, and when."""

    def __init__(self, ctx: RequestContext, article: Article) -> None:
        facts = object_history(ctx, article, events.ArticleEvent.object_type, article.id, limit=RECENT)
        last = next((fact for fact in facts if fact.milestone), None)
        # Facts of old sites are not in the audit of this one.
        who, at = (last.actor, last.at) if last else (_("Hệ thống"), article.publish_at or article.changed_at)
        if article.state == "scheduled":
            told = _(
                "{who} đã hẹn giờ đăng bài này hồi {at}; bài tự lên trang lúc {start}.",
                who=who, at=format_datetime(at), start=format_datetime(article.publish_at or at),
            )  # fmt: skip
        else:
            told = _("{who} đã đăng bài này lúc {at}.", who=who, at=format_datetime(at))
        super().__init__({"": [told]}, told)


def is_done(article: Article, version: int) -> bool:
    """Tell whether what a form of an older version asks for has been done; a public text may still get another end."""
    return article.state == "scheduled" or (article.state == "published" and article.version != version)


def missing(article: Article) -> dict[str, list[str]]:
    """Return what an article must have before the public sees it, by the field that lacks it.

    Structure and leaders are filled from the registry. Of a document number and day of issue may be all that
    there is to read; everything else needs words, a picture or a file.
    """
    if waiting := attaching.why_not_public(article.file_ids):
        return {attaching.FIELD: waiting}
    if article.page_role in FILLED_BY_REGISTRY or richtext.has_content(article.body) or article.file_ids:
        return {}
    if article.kind != "document":
        return {"body": [_("Bài chưa có nội dung, mới có tiêu đề.")]}
    if article.symbol and article.issued_on:
        return {}
    return {
        "body": [
            _(
                "Văn bản chưa có nội dung. Đính kèm tệp văn bản, ghi nội dung, hoặc số ký hiệu cùng ngày ban hành."
            )
        ]
    }


def publish_article(
    ctx: RequestContext,
    article_id: UUID,
    *,
    version: int,
    publish_at: datetime | None = None,
    unpublish_at: datetime | None = None,
) -> Outcome:
    """Publish an article that was read as `version`, at once or at a set time.

    Raises Invalid for a time that has passed, an end before the start, an article without content or a text
    changed meanwhile, AlreadyPublished, Forbidden, NotFound.
    """
    now = datetime.now(UTC)
    start = publish_at or now
    if start < now:
        raise Invalid(
            {_field_of_past(start, now): [_("Giờ hẹn đã qua. Chọn giờ khác, hoặc chọn “Đăng ngay”.")]}
        )
    if unpublish_at is not None and unpublish_at <= start:
        raise Invalid({"unpublish_on": [_("Giờ gỡ phải sau giờ đăng.")]})
    with db.atomic():
        article = queries.locked(article_id)
        if ctx.can(turns.PUBLISH) and is_done(article, version):
            raise AlreadyPublished(ctx, article)
        turns.require(ctx, "publish", article, is_public=queries.is_public(article_id))
        if unpublish_at is not None and article.page_role:
            raise Invalid({"unpublish_on": [_("Trang bắt buộc phải có thì không hẹn giờ gỡ được.")]})
        if article.version != version:
            told = _("Bài vừa được người khác sửa hoặc chuyển bước. Xem lại bản mới rồi hãy đăng.")
            raise Invalid({"": [told]}, told)
        if lacking := missing(article):
            raise Invalid(lacking)
        if start > now:
            _set(
                article,
                state="scheduled",
                publish_at=start,
                unpublish_at=unpublish_at,
                return_reason="",
            )
            emit(events.ArticleScheduled(object_id=article.id, title=article.title, at=start))
            enqueue("websites.publish_due", run_at=start)
        else:
            shown = queries.publication(article_id)
            put_online(article, start, unpublish_at)
            # Another end of the same text is no news to those who wrote it.
            if shown is None or shown.revision != article.revision:
                telling.tell_makers(article, telling.ONLINE, ctx.person.id)
    return Outcome(start, start > now)


def _field_of_past(start: datetime, now: datetime) -> str:
    """Return which of the two fields to mend: the day, or on the same day the time."""
    return "publish_time" if local(start).date() == local(now).date() else "publish_on"


def put_online(
    article: Article, at: datetime, unpublish_at: datetime | None, *, updated_at: datetime | None = None
) -> None:
    """Let the public see the newest text of a locked article; the one place where publications are written."""
    with db.atomic():
        values = {name: getattr(article, name) for name in TEXTS}
        values |= {
            name: getattr(article, name) for name in ("kind", "page_role", "category_id", "slug", "revision")
        }
        values |= {
            "folded": _public_words(article),
            "updated_at": updated_at or datetime.now(UTC),
            "unpublish_at": unpublish_at,
        }
        Publication.insert(id=article.id, published_at=at, **values).on_conflict(
            conflict_target=[Publication.tenant_id, Publication.id], update=values
        ).execute()
        # What the province's front page shows of it follows; whether it is shown there stays as decided.
        shown = {name: values[name] for name in ("slug", "title", "summary", "cover_id")}
        FrontItem.update(**shown).where(
            FrontItem.tenant_id == article.tenant_id, FrontItem.article_id == article.id
        ).execute()
        _set(
            article,
            state="published",
            publish_at=at,
            unpublish_at=unpublish_at,
            first_published_at=article.first_published_at or at,
            return_reason="",
        )
        emit(events.ArticlePublished(object_id=article.id, title=article.title, revision=article.revision))
        if unpublish_at is not None:
            enqueue("websites.publish_due", run_at=unpublish_at)


def _public_words(article: Article) -> str:
    """Return what the public's search looks through."""
    body = richtext.plain_text(f"{article.body}<p>{article.body_en}")
    parts = (
        article.title,
        article.summary,
        article.symbol,
        article.issuer,
        article.title_en,
        article.summary_en,
        *attaching.names(article.file_ids),
        body,
    )
    # A tsvector holds a megabyte at most; longer texts are found by their beginning.
    return fold(" ".join(parts))[:200_000]


def withdraw_article(ctx: RequestContext, article_id: UUID) -> None:
    """Take an article away from the public at once; its text and revisions stay with the staff.

    A newer text that has a time set waits for approval again. Raises Forbidden, Invalid, NotFound.
    """
    with db.atomic():
        article = queries.locked(article_id)
        if not queries.is_public(article_id) and article.state == "withdrawn":
            return
        turns.require(ctx, "withdraw", article, is_public=queries.is_public(article_id))
        # The lock keeps somebody from opening the site meanwhile, on the strength of this page.
        if told := why_it_stays(article, site_queries.locked_site().is_open):
            raise Invalid({"": [told]}, told)
        _take_offline(article)
        if article.state == "scheduled":
            # The set time would bring it back.
            _set(article, state="approval", publish_at=None, unpublish_at=None)
            emit(events.ArticleUnscheduled(object_id=article.id, title=article.title))
        emit(events.ArticleWithdrawn(object_id=article.id, title=article.title))
        telling.tell_makers(article, telling.WITHDRAWN, ctx.person.id)


def why_it_stays(article: Article, is_open: bool) -> str:
    """Say why the public must keep a page that the law wants of an open site; empty when it may go."""
    if not (article.page_role and is_open):
        return ""
    return _(
        "“{title}” là trang bắt buộc khi trang của cơ quan đang mở cho công chúng. Cần thay đổi thì sửa rồi đăng bản mới.",
        title=article.title,
    )


def _take_offline(article: Article) -> None:
    """Remove the publication; a newer text that somebody works on stays in its step."""
    Publication.delete().where(Publication.id == article.id).execute()
    if article.state == "published":
        _set(article, state="withdrawn", publish_at=None, unpublish_at=None)
    else:
        _set(article)


def publish_due() -> None:
    """Publish and take offline what is due in the agency in scope; again, it finds nothing left to do.

    Each article has a transaction of its own, so that one that fails does not hold back the others; the job ends as
    failed then, and is tried again.

    Raises JobError.
    """
    now = datetime.now(UTC)
    with db.atomic():
        due = Article.select(Article.id).where(Article.state == "scheduled", Article.publish_at <= now)
        due_ids = [article_id for (article_id,) in due.tuples()]
        ended = Publication.select(Publication.id).where(Publication.unpublish_at <= now)
        ended_ids = [article_id for (article_id,) in ended.tuples()]
    failed: list[Exception] = []
    for act, ids in ((_begin, due_ids), (_end, ended_ids)):
        for article_id in ids:
            try:
                with db.atomic():
                    act(queries.locked(article_id), now)
            except Exception as error:
                log.exception("websites.not_due", article=str(article_id))
                failed.append(error)
    if failed:
        told = _("{n} bài đến giờ mà chưa đăng hoặc chưa gỡ được.", n=format_number(len(failed)))
        raise JobError(told) from failed[0]


def _begin(article: Article, now: datetime) -> None:
    if article.state != "scheduled" or article.publish_at > now:
        return
    if article.unpublish_at is not None and article.unpublish_at <= now:
        # Nobody was there to publish it in its whole time: the module was off, or the agency suspended.
        Publication.delete().where(Publication.id == article.id).execute()
        _set(article, state="withdrawn", publish_at=None, unpublish_at=None)
        emit(events.ArticleExpired(object_id=article.id, title=article.title))
        telling.tell_makers(article, telling.MISSED, None)
        return
    put_online(article, article.publish_at, article.unpublish_at)
    telling.tell_makers(article, telling.ONLINE, None)


def _end(article: Article, now: datetime) -> None:
    shown = queries.publication(article.id)
    if shown is None or shown.unpublish_at is None or shown.unpublish_at > now:
        return
    _take_offline(article)
    emit(events.ArticleExpired(object_id=article.id, title=article.title))
    telling.tell_makers(article, telling.EXPIRED, None)
