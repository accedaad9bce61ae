"""What the list of articles is made of: columns, conditions, rows, and what can be done to many of them."""

from collections.abc import Mapping
from uuid import UUID

from core.api import N_, Cursor, Page, RequestContext, _, format_datetime, require_access
from plugins.lists.api import BulkAction, ListColumn, ListSpec, declare_list
from plugins.websites import publishing, queries, services, turns
from plugins.websites.queries import ArticleRow, Filter
from plugins.websites.turns import EDIT, KINDS, PUBLISH, READ, STATES, WRITE

WITHDRAWING = (
    ("world-off", N_("Người dân không mở được bài nữa, kể cả bằng địa chỉ đã lưu.")),
    ("search-off", N_("Bài biến khỏi danh sách, kết quả tìm kiếm, bản tin Atom và trang chủ chung.")),
    ("archive", N_("Nội dung và mọi bản đã lưu còn nguyên ở đây; đăng lại được bất cứ lúc nào.")),
)
"""What withdrawing an article does: icon and sentence."""
UNSCHEDULING = ("calendar-off", N_("Giờ hẹn đăng bản mới, nếu có, bị bỏ: bản mới về bước chờ duyệt đăng."))
"""What it does besides to a newer text that has a time set."""
BULK_ACTS: dict[str, turns.Act] = {
    "submit": "submit",
    "forward": "forward",
    "withdraw": "withdraw",
    "put_away": "put_away",
    "take_back": "take_back",
}


def wanted(params: Mapping[str, str]) -> Filter:
    """Return the conditions of an address; odd values narrow nothing."""
    state, kind = params.get("state", ""), params.get("kind", "")
    try:
        category_id = UUID(params.get("category", ""))
    except ValueError:
        category_id = None
    column, direction = ARTICLES.sorting(params)
    return Filter(
        search=params.get("q", "").strip()[:200],
        state=state if state == "mine" or state in STATES else "",
        kind=kind if kind in KINDS else "",
        category_id=category_id,
        sort="created_at" if column == "created" else "changed_at",
        oldest_first=direction == "ascending",
    )


def rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[ArticleRow]:
    """Return a page of articles under the conditions of an address."""
    return queries.articles(ctx, wanted(params), cursor, size)


def can(ctx: RequestContext, row: ArticleRow) -> str:
    """Return what of the bulk actions this person may do to an article as it stands."""
    allowed = turns.acts(ctx, row, is_public=row.is_public)
    return " ".join(key for key, act in BULK_ACTS.items() if act in allowed)


def state_words(row: ArticleRow) -> str:
    """Return where an article stands, with the reason or the time that belongs to it."""
    if row.state == "returned":
        return _("Trả lại: {reason}", reason=row.return_reason)
    if row.state == "scheduled" and row.publish_at:
        return _("Hẹn đăng {at}", at=format_datetime(row.publish_at))
    return _(STATES.get(row.state, ("", row.state))[1])


def person(row: ArticleRow) -> str:
    """Return who changed an article last."""
    return row.changed_by or row.author or _("Hệ thống")


def _title_of(ctx: RequestContext, article_id: UUID) -> str:
    article = queries.article(article_id)
    require_access(ctx, READ, article)
    return str(article.title)


ARTICLES = declare_list(
    ListSpec(
        key="websites.articles",
        title=N_("Tin bài, văn bản"),
        route="websites.articles",
        permission=READ,
        columns=(
            ListColumn("title", N_("Bài"), lambda row: row.title, fixed=True),
            ListColumn("kind", N_("Loại"), lambda row: _(KINDS.get(row.kind, row.kind)), shown=False),
            ListColumn("category", N_("Chuyên mục"), lambda row: row.category or "", shown=False),
            ListColumn("state", N_("Trạng thái"), state_words),
            ListColumn("author", N_("Người viết"), lambda row: row.author or _("Hệ thống"), kind="fit", shown=False),
            ListColumn("created", N_("Viết lúc"), lambda row: row.created_at, kind="fit", sort="descending", shown=False),
            ListColumn("public", N_("Đăng lúc"), lambda row: row.public_since, kind="fit", shown=False),
            ListColumn("person", N_("Người sửa"), person, kind="fit"),
            ListColumn("at", N_("Sửa lúc"), lambda row: row.changed_at, kind="fit", sort="descending"),
        ),
        rows=rows,
        cursor=queries.KEY,
        default=("at", "descending"),
        conditions=("q", "state", "kind", "category"),
        actions=(
            BulkAction(
                "submit", N_("Gửi biên tập"), WRITE, services.submit_article, N_("Đã gửi biên tập {n} bài."), "send"
            ),
            BulkAction(
                "forward", N_("Trình duyệt đăng"), EDIT, services.forward_article, N_("Đã trình duyệt đăng {n} bài."),
                "signature",
            ),
            BulkAction(
                "withdraw", N_("Gỡ khỏi trang"), PUBLISH, publishing.withdraw_article,
                N_("Đã gỡ {n} bài khỏi trang."), "world-off", (*WITHDRAWING, UNSCHEDULING),
            ),
            BulkAction(
                "put_away", N_("Cất"), WRITE, services.put_away_article,
                N_("Đã cất {n} bài. Lọc trạng thái “Đã cất” để lấy lại."), "archive", undone_by="take_back",
            ),
            BulkAction(
                "take_back", N_("Lấy lại"), WRITE, services.take_back_article, N_("Đã lấy lại {n} bài."), "archive-off"
            ),
        ),
        title_of=_title_of,
        opens_with=lambda ctx: "state=mine" if queries.waiting(ctx) else "",
    )
)  # fmt: skip
