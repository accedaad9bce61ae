"""What the files declare: always on, because other modules stand on them."""

from uuid import UUID

from core.api import (
    MEMBER,
    N_,
    PUBLIC,
    Command,
    Event,
    FileOwner,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    RequestContext,
    Route,
    hookimpl,
)
from plugins.files import cli, events, health, jobs, resources, services
from plugins.files.queries import UPLOADS
from plugins.files.services import SPACE
from plugins.notifications.api import NotificationKind

manifest = Manifest(
    key="files",
    title=N_("Kho tệp"),
    summary=N_("Giữ tệp của mọi phân hệ: kiểm tra, quét mã độc, xem trước, gửi tiếp khi đứt mạng"),
    version="1.0",
    icon="files",
    always_on=True,
    requires=("notifications", "pages"),
)


@hookimpl
def register_routes() -> list[Route]:
    space = resources.Space()
    files, one, picture = resources.Files(), "{file_id:uuid}", "{file_id:uuid}/pictures/{width:int}"
    return [
        Route("office", "", space, "files.space", SPACE),
        Route("office", f"unclaimed/{one}/discard", space, "files.discard", SPACE, suffix="discard"),
        Route("office", one, files, "files.file", MEMBER),
        Route("office", f"{one}/view", files, "files.view", MEMBER, suffix="view"),
        Route("office", picture, files, "files.picture", MEMBER, suffix="picture"),
        Route("public", one, files, "files.public", PUBLIC, suffix="public"),
        Route("public", picture, files, "files.public_picture", PUBLIC, suffix="public_picture"),
        Route("api", "uploads", resources.Uploads(), "files.uploads", MEMBER),
        Route("api", "uploads/{upload_id:uuid}", resources.OneUpload(), "files.upload", MEMBER),
        Route("api", "uploads/{upload_id:uuid}/finish", resources.FinishedUpload(), "files.finish", MEMBER),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem(N_("Dung lượng tệp"), "files.space", "database", SPACE, "agency", 60)]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [NotificationKind(services.INFECTED, N_("Tệp bạn gửi có mã độc"), email="at_once")]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        # Comes again hourly for a week; the file is held as long.
        Job("files.scan", jobs.scan, N_("Quét mã độc trong tệp"), retries=170),
        Job(
            "files.scan_again",
            jobs.scan_again,
            N_("Quét lại tệp đã lưu khi có mẫu mã độc mới"),
            schedule="25 * * * *",
            retries=0,
        ),
        Job("files.forget_stale", jobs.forget_stale, N_("Bỏ tệp gửi dở quá hạn"), schedule="15 2 * * *"),
        Job(
            "files.collect_orphans",
            jobs.collect_orphans,
            N_("Dọn nội dung không còn tệp nào dùng"),
            schedule="45 2 * * *",
            per_tenant=False,
        ),
    ]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [
        HealthCheck("files.folder", N_("Kho tệp ghi được và còn chỗ"), health.folder, needs_database=False),
        HealthCheck("files.scanner", N_("Máy quét mã độc"), health.scanning),
    ]


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.verify)]


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner, file_id: UUID) -> bool:
    return context is not None and (owner.module, owner.kind, owner.id) == (*UPLOADS, context.person.id)
