"""What the drafts declare; other modules use them through `api.py` and the components of forms."""

from core.api import MEMBER, N_, Job, Manifest, Route, hookimpl
from plugins.drafts import jobs, resources

manifest = Manifest(
    key="drafts",
    title=N_("Bản nháp"),
    summary=N_(
        "Giữ điều đang gõ dở trên máy chủ cho tới khi gửi: không mất khi hết phiên, mất mạng hay hỏng máy"
    ),
    version="1.0",
    icon="cloud-check",
    always_on=True,
)


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
