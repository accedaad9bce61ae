"""Offers of articles to the province's front page, and what its editors answer."""

from datetime import UTC, datetime
from uuid import UUID

from core.api import (
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_tenant,
    db,
    emit,
    format_datetime,
    new_id,
    require_permission,
)
from plugins.websites import events, queries, site_queries, telling, turns
from plugins.websites.models import FrontItem
from plugins.websites.turns import PORTAL


def offer_article(ctx: RequestContext, article_id: UUID, *, at: datetime | None = None) -> None:
    """Offer a published article to the province's front page; `at` is for sample data.

    Raises Forbidden, Invalid, NotFound.
    """
    with db.atomic():
        article = queries.locked(article_id)
        shown = queries.publication(article_id)
        turns.require(ctx, "share", article, is_public=shown is not None)
        assert shown is not None
        before = site_queries.offer_of(article_id)
        if before is not None and before.state != "refused":
            return
        drop_offer(article_id)
        item = FrontItem.create(
            id=new_id(),
            tenant_id=current_tenant(),
            article_id=article_id,
            slug=shown.slug,
            title=shown.title,
            summary=shown.summary,
            cover_id=shown.cover_id,
            published_at=shown.published_at,
            offered_by=ctx.person.id,
        )
        emit(events.ArticleOffered(object_id=article_id, title=shown.title))
        telling.tell_portal(item, at)


def retract_article(ctx: RequestContext, article_id: UUID) -> None:
    """Take an offer back, accepted or not; raises Forbidden, Invalid, NotFound."""
    with db.atomic():
        article = queries.locked(article_id)
        turns.require(ctx, "share", article, is_public=queries.is_public(article_id))
        if drop_offer(article_id):
            emit(events.ArticleRetracted(object_id=article_id, title=article.title))


def drop_offer(article_id: UUID) -> bool:
    """Delete the offer of an article with what asks the portal's editors about it, and tell whether there was one."""
    gone = FrontItem.delete().where(
        FrontItem.tenant_id == current_tenant(), FrontItem.article_id == article_id
    )
    items = list(gone.returning(FrontItem.id).execute())
    for item in items:
        telling.settle_offer(item.id)
    return bool(items)


def decide_offer(
    ctx: RequestContext,
    *,
    item_id: UUID,
    accept: bool,
    reason: str = "",
    seen: str = "offered",
    at: datetime | None = None,
) -> None:
    """Say yes or no to an article on the province's front page; a no has its reason, `at` is for sample data.

    `seen` is the state it was in when the person decided. The answer it has already changes nothing. Raises Invalid,
    also when somebody else decided otherwise or the offer was taken back meanwhile, Forbidden, and NotFound outside the agency that edits the portal.
    """
    require_permission(ctx, PORTAL)
    if not site_queries.is_portal_agency():
        raise NotFound
    if not accept and not reason:
        raise Invalid({"reason": [_("Chưa nhập.")]})
    with db.atomic():
        item = FrontItem.select().where(FrontItem.id == item_id).for_update().first()
        if item is None:
            told = _("Cơ quan vừa rút đề nghị bài này.")
            raise Invalid({"": [told]}, told)
        before = item.state
        answer = ("accepted", "") if accept else ("refused", reason)
        if (before, item.reason) == answer:
            return
        if before != seen:
            told = _decided_meanwhile(item)
            raise Invalid({"": [told]}, told)
        item.state, item.reason = answer
        item.decided_by, item.decided_at = ctx.person.id, at or datetime.now(UTC)
        item.save()
        telling.settle_offer(item_id)
        emit(events.OfferDecided(object_id=item_id, answer=item.state, title=item.title))
        if item.state != before:
            telling.tell_agency(item, at)


def _decided_meanwhile(item: FrontItem) -> str:
    """Say who decided about an offer while somebody else still looked at it."""
    named = {"title": item.title, "name": site_queries.decider(item) or _("Hệ thống")}
    named["at"] = format_datetime(item.decided_at) if item.decided_at else ""
    if item.state == "accepted":
        return _("{name} đã nhận “{title}” lúc {at}. Quyết định của bạn chưa được ghi.", **named)
    if item.state == "refused":
        return _("{name} đã không nhận “{title}” lúc {at}. Quyết định của bạn chưa được ghi.", **named)
    return _("Cơ quan vừa đề nghị lại “{title}”. Xem lại rồi quyết định.", **named)
