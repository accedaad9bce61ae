"""What the notification centre declares: its manifest and its hooks; the work is in the other files."""

from core.api import MEMBER, N_, PUBLIC, Command, HealthCheck, Job, Manifest, NavItem, Route, hookimpl
from plugins.notifications import cli, health, hookspecs, jobs, queries, resources, services
from plugins.notifications.declarations import NotificationKind

manifest = Manifest(
    key="notifications",
    title=N_("Thông báo"),
    summary=N_("Điều liên quan đến từng người, ở chuông và qua thư; mỗi việc báo một lần"),
    version="1.0",
    icon="bell",
    always_on=True,
    hooks=hookspecs,
)


@hookimpl
def register_routes() -> list[Route]:
    one = "{notification_id:uuid}"
    return [
        Route("office", "", resources.Centre(), "notifications.centre", MEMBER),
        Route("office", "read", resources.ReadAll(), "notifications.read_all", MEMBER),
        Route("office", f"{one}/open", resources.Opened(), "notifications.open", MEMBER),
        Route("office", "preferences", resources.Preferences(), "notifications.preferences", MEMBER),
        Route("api", "", resources.NotificationsDocument(), "notifications.api_list", MEMBER),
        Route("api", "read", resources.AllReadDocument(), "notifications.api_read_all", MEMBER),
        Route("api", f"{one}/read", resources.ReadDocument(), "notifications.api_read", MEMBER),
        Route("public", "unsubscribe", resources.Unsubscribe(), "notifications.unsubscribe", PUBLIC),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Thông báo"), "notifications.centre", "bell", MEMBER, section="bell", badge=queries.unread)
    ]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [NotificationKind("notifications.mail_refused", N_("Thư gửi bạn bị từ chối"))]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "notifications.deliver",
            jobs.deliver,
            N_("Gửi thư thông báo đến hạn"),
            schedule="* * * * *",
            retries=0,
            per_tenant=False,
        ),
        Job(
            "notifications.delete_old",
            services.delete_old,
            N_("Xoá thông báo cũ đã đọc"),
            schedule="40 2 * * *",
        ),
    ]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("notifications.mail", N_("Thư thông báo gửi được"), health.mail_health)]


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.try_mail), Command(cli.mails)]
