"""The buttons of an article as it stands, one of them the main one."""

from core.api import ObjectAction, RequestContext, _, route_url
from plugins.websites import queries, site_queries, turns
from plugins.websites.models import Article
from plugins.websites.turns import EDIT, PUBLISH, WRITE, Act

_MAIN_FIRST: tuple[Act, ...] = ("publish", "forward", "submit", "change", "take_back")
"""Of what a person may do, the first of these is the next step; a set time is waited for."""


def actions_of(ctx: RequestContext, article: Article) -> list[ObjectAction]:
    """Return what a person may do with an article now."""
    assert ctx.tenant is not None
    code = ctx.tenant.code
    allowed = turns.acts(ctx, article, is_public=queries.is_public(article.id))
    main = next((act for act in _MAIN_FIRST if act in allowed), None)
    # What came back waits for a change before it can go on again.
    unchanged = (
        article.state == "returned" and queries.revision(article.id, article.revision).is_closed is True
    )
    if article.state in {"published", "withdrawn"} or unchanged:
        main = "change" if "change" in allowed else None
    if article.state == "returned" and article.author_id not in {None, ctx.person.id}:
        # Others may help, but it is the author's turn.
        main = None

    def to(route: str) -> str:
        return route_url(f"websites.{route}", tenant=code, article_id=article.id)

    offered: dict[Act, ObjectAction] = {
        "publish": ObjectAction(_("Hẹn giờ gỡ"), to("publish"), "calendar-time", PUBLISH)
        if article.state == "published"
        else ObjectAction(_("Đăng"), to("publish"), "world", PUBLISH),
        "forward": ObjectAction(_("Trình duyệt đăng"), to("forward"), "signature", EDIT, method="post"),
        "submit": ObjectAction(_("Gửi biên tập"), to("submit"), "send", WRITE, method="post"),
        "change": ObjectAction(_("Sửa bài"), to("edit"), "pencil", WRITE),
        "give_back": ObjectAction(_("Trả lại"), to("give_back"), "arrow-back-up", EDIT),
        "unschedule": ObjectAction(_("Bỏ hẹn giờ"), to("unschedule"), "calendar-off", PUBLISH, method="post"),
        "withdraw": ObjectAction(_("Gỡ khỏi trang"), to("withdraw"), "world-off", PUBLISH),
        "put_away": ObjectAction(_("Cất"), to("put_away"), "archive", WRITE, method="post"),
        "take_back": ObjectAction(_("Lấy lại"), to("take_back"), "archive-off", WRITE, method="post"),
    }
    if article.page_role and article.state == "published":
        # The site has to have it, so there is no end to set.
        offered.pop("publish")
    if "forward" in allowed and article.state in {"draft", "returned"}:
        # Who may forward need not ask for editing.
        offered.pop("submit")
    if "share" in allowed:
        offer = site_queries.offer_of(article.id)
        offered["share"] = (
            ObjectAction(_("Đưa lên trang chủ chung"), to("offer"), "share", PUBLISH)
            if offer is None or offer.state == "refused"
            else ObjectAction(
                _("Rút khỏi trang chủ chung"), to("retract"), "share-off", PUBLISH, method="post"
            )
        )
    found = [(act, action) for act, action in offered.items() if act in allowed]
    # What is wrong before the public is urgent whatever else waits: never behind "…".
    before: tuple[Act | None, ...] = (main, "withdraw")
    found.sort(key=lambda pair: before.index(pair[0]) if pair[0] in before else len(before))
    return [
        ObjectAction(
            each.title,
            each.url,
            each.icon,
            each.permission,
            each.method,
            primary=act == main,
            danger=each.danger,
        )
        for act, each in found
    ]
