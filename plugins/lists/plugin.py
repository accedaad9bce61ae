"""What lists declare of their own: addresses around every list, and the work behind them."""

from core.api import (
    MEMBER,
    N_,
    Event,
    FileOwner,
    Job,
    Manifest,
    RequestContext,
    Route,
    hookimpl,
)
from plugins.lists import events, jobs, queries, resources, services
from plugins.notifications.api import NotificationKind

manifest = Manifest(
    key="lists",
    title=N_("Danh sách"),
    summary=N_("Cách xem đã lưu, cột, chọn nhiều dòng và xuất Excel cho danh sách của mọi phân hệ"),
    version="1.0",
    requires=("files", "notifications"),
    icon="list",
    always_on=True,
)


@hookimpl
def register_routes() -> list[Route]:
    view, run = resources.OneView(), resources.OneRun()
    one_view, one_run = "views/{view_id:uuid}", "bulk/{run_id:uuid}"
    # Each resource asks the list itself who may open it: these addresses serve all modules.
    return [
        Route("office", "columns", resources.Columns(), "lists.columns", MEMBER),
        Route("office", "views/new", resources.NewView(), "lists.view_new", MEMBER),
        Route("office", one_view, view, "lists.view", MEMBER),
        Route("office", f"{one_view}/delete", view, "lists.view_delete", MEMBER, suffix="delete"),
        Route("office", f"{one_view}/begin", view, "lists.view_begin", MEMBER, suffix="begin"),
        Route("office", "bulk", resources.Bulk(), "lists.bulk", MEMBER),
        Route("office", one_run, run, "lists.run", MEMBER),
        Route("office", f"{one_run}/go", run, "lists.run_go", MEMBER, suffix="go"),
        Route("office", f"{one_run}/stop", run, "lists.run_stop", MEMBER, suffix="stop"),
        Route("office", f"{one_run}/undo", run, "lists.run_undo", MEMBER, suffix="undo"),
        Route("office", "export", resources.ToExcel(), "lists.export", MEMBER),
        Route("office", "exports", resources.Exports(), "lists.exports", MEMBER),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("lists.bulk", jobs.bulk, N_("Làm một việc với nhiều dòng")),
        Job("lists.export", jobs.export, N_("Xuất danh sách dài ra Excel")),
        Job("lists.forget", jobs.forget, N_("Xoá tệp đã xuất quá hạn"), schedule="50 2 * * *"),
    ]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [NotificationKind(services.EXPORTED, N_("Danh sách dài bạn xuất đã xong hoặc không được"))]


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner) -> bool:
    # An exported file holds what one person may see, so nobody else opens it.
    return context is not None and queries.is_own_export(context, owner.id)
