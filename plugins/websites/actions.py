"""The buttons of an article as it stands, one of them the main one."""

from typing import Literal, NamedTuple

from core.api import N_, ObjectAction, RequestContext, _, route_url
from plugins.websites import queries, site_queries, turns
from plugins.websites.models import Article
from plugins.websites.turns import ONCE_SHOWN, RIGHT_FOR, WITH_AUTHOR, Act


class _Button(NamedTuple):
    title: str
    route: str
    icon: str
    method: Literal["get", "post"] = "get"


_BUTTONS: dict[Act, _Button] = {
    "publish": _Button(N_("Đăng"), "publish", "world"),
    "forward": _Button(N_("Trình duyệt đăng"), "forward", "signature", "post"),
    "submit": _Button(N_("Gửi biên tập"), "submit", "send", "post"),
    "change": _Button(N_("Sửa bài"), "edit", "pencil"),
    "give_back": _Button(N_("Trả lại"), "give_back", "arrow-back-up"),
    "unschedule": _Button(N_("Bỏ hẹn giờ"), "unschedule", "calendar-off", "post"),
    "withdraw": _Button(N_("Gỡ khỏi trang"), "withdraw", "world-off"),
    "put_away": _Button(N_("Cất"), "put_away", "archive", "post"),
    "take_back": _Button(N_("Lấy lại"), "take_back", "archive-off", "post"),
    "share": _Button(N_("Đưa lên trang chủ chung"), "offer", "share"),
}
_SET_END = _Button(N_("Hẹn giờ gỡ"), "publish", "calendar-time")
_RETRACT = _Button(N_("Rút khỏi trang chủ chung"), "retract", "share-off", "post")
_MAIN_FIRST: tuple[Act, ...] = ("publish", "forward", "submit", "change", "take_back")
"""Of what a person may do, the first of these is the next step; a set time is waited for."""


def actions_of(ctx: RequestContext, article: Article) -> list[ObjectAction]:
    """Return what a person may do with an article now."""
    assert ctx.tenant is not None
    allowed = turns.acts(ctx, article, is_public=queries.is_public(article.id))
    main = _main(ctx, article, allowed)
    buttons = {act: button for act, button in _BUTTONS.items() if act in allowed}
    if article.state == "published" and "publish" in allowed:
        buttons["publish"] = _SET_END
        if article.page_role:
            # The site has to have it, so there is no end to set.
            del buttons["publish"]
    if "forward" in allowed and article.state in WITH_AUTHOR:
        # Who may forward need not ask for editing.
        buttons.pop("submit", None)
    if "share" in allowed:
        offer = site_queries.offer_of(article.id)
        if offer is not None and offer.state != "refused":
            buttons["share"] = _RETRACT
    # What is wrong before the public is urgent whatever else waits: never behind "…".
    before: tuple[Act | None, ...] = (main, "withdraw")
    return [
        ObjectAction(
            _(each.title),
            route_url(f"websites.{each.route}", tenant=ctx.tenant.code, article_id=article.id),
            each.icon,
            RIGHT_FOR[act],
            each.method,
            primary=act == main,
        )
        for act, each in sorted(
            buttons.items(), key=lambda pair: before.index(pair[0]) if pair[0] in before else len(before)
        )
    ]


def _main(ctx: RequestContext, article: Article, allowed: frozenset[Act]) -> Act | None:
    """Return the next step, if it is this person who takes it."""
    if article.state == "returned" and article.author_id not in {None, ctx.person.id}:
        # Others may help, but it is the author's turn.
        return None
    # What came back waits for a change before it can go on again.
    unchanged = (
        article.state == "returned" and queries.revision(article.id, article.revision).is_closed is True
    )
    if article.state in ONCE_SHOWN or unchanged:
        return "change" if "change" in allowed else None
    return next((act for act in _MAIN_FIRST if act in allowed), None)
