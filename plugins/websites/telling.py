"""Who is told what happens to an article: those whose turn it is, and those who worked on it; never who did it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from core.api import N_, scope
from plugins.followers.api import followers_of
from plugins.notifications.api import NotificationKind, notify, people_with, settle
from plugins.websites import site_queries
from plugins.websites.events import ArticleEvent
from plugins.websites.models import Article, Domain, FrontItem
from plugins.websites.turns import EDIT, MANAGE, PORTAL, PUBLISH, READ

TO_EDIT, TO_APPROVE = "websites.to_edit", "websites.to_approve"
RETURNED, PUBLIC = "websites.returned", "websites.public"
OFFERED, ANSWERED = "websites.offered", "websites.answered"
FOLLOWED = "websites.followed"
DOMAIN = "websites.domain"

KINDS = (
    NotificationKind(TO_EDIT, N_("Bài chờ biên tập"), email="digest"),
    NotificationKind(TO_APPROVE, N_("Bài chờ duyệt đăng"), email="digest"),
    NotificationKind(RETURNED, N_("Bài của bạn được trả lại"), email="at_once"),
    NotificationKind(PUBLIC, N_("Bài bạn viết hoặc biên tập lên trang, được gỡ hoặc cất"), email="digest"),
    NotificationKind(FOLLOWED, N_("Bài bạn theo dõi có diễn biến"), email="digest"),
    NotificationKind(OFFERED, N_("Bài các cơ quan đề nghị đưa lên trang chủ chung"), email="digest"),
    NotificationKind(ANSWERED, N_("Cổng chung trả lời về bài đã đề nghị"), email="digest"),
    NotificationKind(DOMAIN, N_("Quyết định về tên miền riêng của cơ quan"), email="at_once"),
)
LONGEST_REASON = 300

ONLINE = N_("Bài “{title}” đã lên trang")
WITHDRAWN = N_("Bài “{title}” đã được gỡ khỏi trang")
EXPIRED = N_("Bài “{title}” đã tự gỡ theo giờ hẹn")
PUT_AWAY = N_("Bài “{title}” được cất đi, lấy lại được bất cứ lúc nào")
MISSED = N_("Bài “{title}” chưa kịp lên trang: giờ đăng và giờ gỡ đều đã qua")
HELD = N_("Bài “{title}” không lên trang vào giờ hẹn: có tệp chưa qua hoặc không qua quét mã độc")


def tell_editors(article: Article, by: UUID | None, at: datetime | None = None) -> None:
    """Tell those who may edit that an article came to them."""
    _tell(TO_EDIT, people_with(EDIT), article, N_("Bài “{title}” chờ biên tập"), by, at=at)


def tell_publishers(article: Article, by: UUID | None, at: datetime | None = None) -> None:
    """Tell those who may publish that an article came to them."""
    _tell(TO_APPROVE, people_with(PUBLISH), article, N_("Bài “{title}” chờ duyệt đăng"), by, at=at)


def tell_author(article: Article, by: UUID | None, at: datetime | None = None) -> None:
    """Tell an author that an article came back, and why."""
    text = N_("Bài “{title}” được trả lại: {reason}")
    _tell(RETURNED, [article.author_id], article, text, by, at=at, reason=_short(article.return_reason))


def tell_whose_turn(article: Article, by: UUID | None) -> None:
    """Tell those for whom an article waits as it stands."""
    tell = {"editing": tell_editors, "approval": tell_publishers, "returned": tell_author}.get(article.state)
    if tell is not None:
        tell(article, by)


def tell_makers(article: Article, text: str, by: UUID | None) -> None:
    """Tell author and editor that the public sees an article now or no longer, or that it was put away."""
    _tell(PUBLIC, [article.author_id, article.editor_id], article, text, by)


def settle_steps(article: Article) -> None:
    """Take as read what asked for a step of an article: whoever took it, it waits for nobody any more."""
    settle((TO_EDIT, TO_APPROVE, RETURNED), str(article.id))


def settle_put_away(article: Article) -> None:
    """Take as read that an article was put away, which was the last step it took."""
    settle((PUBLIC, FOLLOWED), f"{article.id}:{article.version}")


def settle_offer(item_id: UUID) -> None:
    """Take as read that an article is offered to the portal's editors: it was answered or taken back."""
    for agency_id in site_queries.portal_agencies():
        with scope(agency_id):
            settle((OFFERED,), str(item_id))


def _tell(
    kind: str,
    people: Iterable[UUID | None],
    article: Article,
    text: str,
    by: UUID | None,
    at: datetime | None = None,
    **fields: str,
) -> None:
    """Tell people, and whoever follows it, of the step that gave an article its version: one step is one fact."""
    told = _others(people, by)
    for its_kind, whom in ((kind, told), (FOLLOWED, _others(_following(article), by) - told)):
        notify(
            its_kind,
            whom,
            fact=f"{article.id}:{article.version}",
            text=text,
            fields={"title": article.title, **fields},
            route="websites.article",
            route_fields={"article_id": article.id},
            at=at,
        )


def _following(article: Article) -> list[UUID]:
    """Return who follows an article and may still read it, asked for all of them at once."""
    followers = [each.person_id for each in followers_of(ArticleEvent.object_type, article.id)]
    readers = set(people_with(READ)) if followers else set()
    return [person_id for person_id in followers if person_id in readers]


def tell_portal(item: FrontItem, at: datetime | None = None) -> None:
    """Tell the portal's editors, who work in the province's own agency, that an article is offered to them."""
    agency = site_queries.agency_name(item.tenant_id)
    for agency_id in site_queries.portal_agencies():
        with scope(agency_id):
            notify(
                OFFERED,
                _others(people_with(PORTAL), item.offered_by),
                fact=str(item.id),
                text=N_("{agency} đề nghị đưa bài “{title}” lên trang chủ chung"),
                fields={"agency": agency, "title": item.title},
                route="websites.offers",
                at=at,
            )


def tell_agency(item: FrontItem, at: datetime | None = None) -> None:
    """Tell the publishers of the agency that offered an article what the portal's editor answered."""
    accepted = item.state == "accepted"
    text = (
        N_("Cổng chung đã nhận bài “{title}” lên trang chủ")
        if accepted
        else N_("Cổng chung không nhận bài “{title}”: {reason}")
    )
    with scope(item.tenant_id):
        notify(
            ANSWERED,
            _others(people_with(PUBLISH), item.decided_by),
            # Answered once more, it is another fact.
            fact=f"{item.id}:{item.decided_at.isoformat()}",
            text=text,
            fields={"title": item.title}
            if accepted
            else {"title": item.title, "reason": _short(item.reason)},
            route="websites.article",
            route_fields={"article_id": item.article_id},
            at=at,
        )


DECIDED = {
    "approved": N_("Tên miền riêng {host} đã được duyệt"),
    "refused": N_("Tên miền riêng {host} không được duyệt: {reason}"),
    "revoked": N_("Tên miền riêng {host} bị thu hồi: {reason}"),
}


def tell_administrators(domain: Domain) -> None:
    """Tell an agency's administrators what the IT centre decided about its host name."""
    reason = {} if domain.state == "approved" else {"reason": _short(domain.reason)}
    with scope(domain.tenant_id):
        notify(
            DOMAIN,
            _others(people_with(MANAGE), domain.decided_by),
            fact=f"{domain.id}:{domain.decided_at.isoformat()}",
            text=DECIDED[domain.state],
            fields={"host": domain.host, **reason},
            route="websites.domain",
        )


def _others(people: Iterable[UUID | None], by: UUID | None) -> set[UUID]:
    return {person_id for person_id in people if person_id is not None and person_id != by}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
