"""What the drafts declare; other modules use them through `api.py` and the components of forms."""

from core.api import (
    MEMBER,
    N_,
    CardView,
    DashboardCard,
    Job,
    Manifest,
    RequestContext,
    Route,
    _,
    dispatcher,
    format_datetime,
    hookimpl,
)
from plugins.drafts import jobs, queries, resources

manifest = Manifest(
    key="drafts",
    title=N_("Bản nháp"),
    summary=N_(
        "Giữ điều đang gõ dở trên máy chủ cho tới khi gửi: không mất khi hết phiên, mất mạng hay hỏng máy"
    ),
    version="1.0",
    icon="cloud-check",
    always_on=True,
    requires=("pages",),
)
CARD_SIZE = 5


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("office", "save", resources.Save(), "drafts.save", MEMBER),
        Route("office", "drop", resources.Drop(), "drafts.drop", MEMBER),
        Route("office", "restore", resources.Restore(), "drafts.restore", MEMBER),
    ]


@hookimpl
def register_jobs() -> list[Job]:
    return [Job("drafts.delete_old", jobs.delete_old, N_("Xoá bản nháp quá hạn giữ"), schedule="50 2 * * *")]


@hookimpl
def register_dashboard_cards() -> list[DashboardCard]:
    return [DashboardCard("drafts.unfinished", N_("Viết dở"), MEMBER, _unfinished_card, order=90)]


def _unfinished_card(ctx: RequestContext) -> CardView:
    """Return what this person left unsent; the card is not shown when there is nothing."""
    titles = {
        key: module.manifest.title
        for key, module in dispatcher().catalogue.modules.items()
        if key in ctx.modules
    }
    return CardView(
        lines=tuple(
            (
                _(
                    "Viết tiếp: {title} ({module}, {time})",
                    title=each.title or _("chưa có tiêu đề"),
                    module=_(titles[each.key.partition(".")[0]]),
                    time=format_datetime(each.saved_at),
                ),
                each.url,
            )
            for each in queries.unfinished(ctx, limit=CARD_SIZE)
            if each.key.partition(".")[0] in titles
        )
    )
