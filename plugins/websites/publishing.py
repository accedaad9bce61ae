"""What brings articles to the public and takes them away, at once or at a set time.

Only `put_online` writes `publication`, which is all the public ever sees, and only withdrawing and expiring take a
row out of it.
"""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import structlog

from core.api import (
    Invalid,
    JobError,
    RequestContext,
    _,
    db,
    emit,
    enqueue,
    fold,
    format_datetime,
    format_number,
    local,
    object_history,
)
from plugins.websites import (
    attaching,
    events,
    offer_services,
    queries,
    richtext,
    site_queries,
    telling,
    turns,
)
from plugins.websites.models import Article, FrontItem, Publication
from plugins.websites.services import TEXTS, close_revision, put_columns

RECENT = 20
"""Facts among which the one is that made an article public."""
FILLED_BY_REGISTRY = {"structure", "leaders"}
"""Static pages whose content comes from the registry of units and people."""

log = structlog.get_logger()


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
            put_columns(
                article,
                state="scheduled",
                publish_at=start,
                unpublish_at=unpublish_at,
                return_reason="",
            )
            emit(
                events.ArticleScheduled(object_id=article.id, title=article.title, at=start)
                if unpublish_at is None
                else events.ArticleScheduledUntil(
                    object_id=article.id, title=article.title, at=start, until=unpublish_at
                )
            )
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
        put_columns(
            article,
            state="published",
            publish_at=at,
            unpublish_at=unpublish_at,
            first_published_at=article.first_published_at or at,
            return_reason="",
        )
        close_revision(article)
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
            put_columns(article, state="approval", publish_at=None, unpublish_at=None)
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
    _remove(article)
    if article.state == "published":
        put_columns(article, state="withdrawn", publish_at=None, unpublish_at=None)
    else:
        put_columns(article)


def _remove(article: Article) -> bool:
    """Take what the public sees of an article away; tell whether there was anything."""
    # The publication would take an offer along and leave what asks about it.
    offer_services.drop_offer(article.id)
    return Publication.delete().where(Publication.id == article.id).execute() > 0


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
                log.exception("websites.publish_failed", article=str(article_id))
                failed.append(error)
    if failed:
        told = _("{n} bài đến giờ mà chưa đăng hoặc chưa gỡ được.", n=format_number(len(failed)))
        raise JobError(told) from failed[0]


def _begin(article: Article, now: datetime) -> None:
    if article.state != "scheduled" or article.publish_at > now:
        return
    if article.unpublish_at is not None and article.unpublish_at <= now:
        # Nobody was there to publish it in its whole time: the module was off, or the agency suspended.
        if _remove(article):
            emit(events.ArticleExpired(object_id=article.id, title=article.title))
        _wait_again(article, events.ArticleMissed, telling.MISSED)
        return
    if missing(article):
        # A file was locked since the time was set; nothing else can change meanwhile.
        _wait_again(article, events.ArticleHeld, telling.HELD)
        return
    put_online(article, article.publish_at, article.unpublish_at)
    telling.tell_makers(article, telling.ONLINE, None)


def _wait_again(article: Article, fact: type[events.ArticleEvent], told: str) -> None:
    """Give an article that could not be published at its time back to the publishers."""
    put_columns(article, state="approval", publish_at=None, unpublish_at=None)
    emit(fact(object_id=article.id, title=article.title))
    telling.tell_publishers(article, None)
    telling.tell_makers(article, told, None)


def _end(article: Article, now: datetime) -> None:
    shown = queries.publication(article.id)
    if shown is None or shown.unpublish_at is None or shown.unpublish_at > now:
        return
    _take_offline(article)
    emit(events.ArticleExpired(object_id=article.id, title=article.title))
    telling.tell_makers(article, telling.EXPIRED, None)
