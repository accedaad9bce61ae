"""States of an article, whose turn it is and who may do what: one answer for lists, pages and services."""

from datetime import datetime
from typing import Literal, Protocol, get_args
from uuid import UUID

from core.api import N_, Forbidden, Invalid, RequestContext, _
from plugins.websites.models import Article

State = Literal["draft", "editing", "approval", "returned", "scheduled", "published", "withdrawn", "put_away"]
Act = Literal[
    "change", "submit", "forward", "give_back", "publish", "unschedule", "withdraw", "share", "put_away", "take_back",
]  # fmt: skip

READ, WRITE, EDIT = "websites.read", "websites.write", "websites.edit"
PUBLISH, MANAGE, PORTAL = "websites.publish", "websites.manage", "websites.portal"

STATES: dict[str, tuple[str, str]] = {
    "draft": ("draft", N_("Nháp")),
    "editing": ("doing", N_("Chờ biên tập")),
    "approval": ("sign", N_("Chờ duyệt đăng")),
    "returned": ("back", N_("Bị trả lại")),
    "scheduled": ("wait", N_("Hẹn giờ đăng")),
    "published": ("pub", N_("Đang công khai")),
    "withdrawn": ("stop", N_("Đã gỡ")),
    "put_away": ("draft", N_("Đã cất")),
}
"""Mark and words of each state, as lists and pages show them."""
NEXT_STEPS: dict[str, str] = {
    "editing": N_("Biên tập: {title}"),
    "approval": N_("Duyệt đăng: {title}"),
    "returned": N_("Sửa lại: {title}"),
}
"""What is to be done with an article that waits for somebody, the verb first."""
KINDS: dict[str, str] = {
    "news": N_("Tin bài"),
    "notice": N_("Bài thông báo"),
    "document": N_("Văn bản"),
    "page": N_("Trang tĩnh"),
}
WITH_AUTHOR: frozenset[State] = frozenset({"draft", "returned"})
ONCE_SHOWN: frozenset[State] = frozenset({"published", "withdrawn"})
RIGHT_FOR: dict[Act, str] = {
    "change": WRITE,
    "submit": WRITE,
    "forward": EDIT,
    "give_back": EDIT,
    "publish": PUBLISH,
    "unschedule": PUBLISH,
    "withdraw": PUBLISH,
    "share": PUBLISH,
    "put_away": WRITE,
    "take_back": WRITE,
}


class Standing(Protocol):
    """What of an article, or of its row in a list, says whose turn it is."""

    @property
    def kind(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def author_id(self) -> UUID | None: ...

    @property
    def page_role(self) -> str: ...

    @property
    def first_published_at(self) -> datetime | None: ...


def acts(ctx: RequestContext, article: Standing, *, is_public: bool) -> frozenset[Act]:
    """Return what a person may do with an article as it stands; `is_public` says whether the public sees one.

    An author works on the own texts while it is the author's turn, an editor on what came to the editors, a
    publisher on what came for approval. Pages that nobody wrote yet belong to editors and publishers. What the public
    never saw, and a site need not have, may be put away by whoever has the turn.
    """
    state, edits, publishes = article.state, ctx.can(EDIT), ctx.can(PUBLISH)
    own = ctx.can(WRITE) and article.author_id == ctx.person.id
    helps = own or edits or publishes
    turn = {"editing": edits, "approval": publishes, "scheduled": False, "put_away": False}.get(state, helps)
    unclaimed = own or article.author_id is None
    allowed: dict[Act, bool] = {
        "change": turn,
        "submit": turn and state in WITH_AUTHOR,
        "forward": edits and state in {*WITH_AUTHOR, "editing"},
        "give_back": turn and state in {"editing", "approval"},
        "publish": publishes and (state in {"approval", *ONCE_SHOWN} or (state in WITH_AUTHOR and unclaimed)),
        "unschedule": publishes and state == "scheduled",
        "withdraw": publishes and is_public,
        "share": publishes and is_public and article.kind != "page",
        # Never what somebody outside saw, nor what a site needs.
        "put_away": turn and state not in ONCE_SHOWN and article.first_published_at is None and not article.page_role,
        "take_back": helps and state == "put_away",
    }  # fmt: skip
    return frozenset(act for act, may in allowed.items() if may)


def may_write(ctx: RequestContext, article: Article) -> bool:
    """Tell whether an article is among those a person ever works on: the own ones, or all for who edits."""
    return article.author_id == ctx.person.id or ctx.can(EDIT) or ctx.can(PUBLISH)


def require(ctx: RequestContext, act: Act, article: Article, *, is_public: bool) -> None:
    """Let pass whoever may do this to the article now.

    Raises Forbidden without the right, Invalid when it is not this person's turn.
    """
    allowed = acts(ctx, article, is_public=is_public)
    if act in allowed:
        return
    if not any(ctx.can(right) for right in (RIGHT_FOR[act], EDIT, PUBLISH)):
        raise Forbidden(permission=RIGHT_FOR[act])
    told = _(
        "Bài đang ở bước “{state}”, chưa đến lượt bạn làm việc này.",
        state=_(STATES.get(article.state, ("", article.state))[1]),
    )
    raise Invalid({"": [told]}, told)


def state_after_change(ctx: RequestContext, article: Article) -> State:
    """Return where an article stands after its text was changed by this person.

    A text that was public or withdrawn goes to the step of whoever took it up again.
    """
    if article.state not in ONCE_SHOWN:
        return article.state
    return "approval" if ctx.can(PUBLISH) else "editing" if ctx.can(EDIT) else "draft"


assert set(STATES) == set(get_args(State))
