"""The queue of background work, as operators see it: what failed, where, and the way to try again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import falcon

from core.db import PLATFORM
from core.i18n import N_, _, format_datetime, format_number
from core.web.components import Column, Counter, Pager
from core.web.errors import BadRequest
from core.web.paging import PAGE_SIZE, bounded, page_url
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import console_queries
from tenants.console_views import JobRow, JobsView
from tenants.upkeep.job_queue import JobView, cancel_job, queue_health, retry_job, troubled_jobs

STATES = {
    "waiting": N_("Chờ"), "running": N_("Đang chạy"), "retrying": N_("Lỗi, sẽ thử lại"),
    "failed": N_("Lỗi, đã thôi thử"), "succeeded": N_("Xong trong ngày"),
}  # fmt: skip
ALIVE = timedelta(minutes=1)
"""A worker gives signs of life every few seconds."""


class Jobs:
    """Counts by state, and the jobs in trouble, newest first."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        before = req.get_param("before") or ""
        if before and not before.isdecimal():
            raise BadRequest(_("Địa chỉ trang tiếp không đúng. Mở lại danh sách từ đầu."))
        health = queue_health()
        found = troubled_jobs(before=int(before) if before else None, limit=PAGE_SIZE + 1)
        shown = found[:PAGE_SIZE]
        names = console_queries.short_names({job.tenant_id for job in shown})
        silent = worker_silence(health.worker_seen)
        view = JobsView(
            counters=tuple(
                Counter(
                    value=(bounded if state == "succeeded" else format_number)(health.counts.get(state, 0)),  # type: ignore[call-overload]
                    # What a dead worker had in hand waits for the next one.
                    label=_("Bị ngắt") if state == "running" and silent else _(title),
                    late=state == "failed" and bool(health.counts.get("failed")),
                )
                for state, title in STATES.items()
            ),
            rows=tuple(_row(req, job, names) for job in shown),
            columns=(
                Column(title=_("Công việc")), Column(title=_("Cơ quan")), Column(title=_("Tình trạng")),
                Column(title=_("Lần thử"), kind="num"), Column(title=_("Lúc")), Column(title=_("Việc làm được"), kind="act"),
            ),
            pager=Pager(
                text="",
                previous_url=page_url(req) if before else "",
                next_url=page_url(req, before=str(shown[-1].id)) if len(found) > PAGE_SIZE else "",
            ),
            silent=silent,
            keys=(),
        )  # fmt: skip
        page(req, resp, "tenants/console/jobs.html", view)


def worker_silence(seen: datetime | None) -> str:
    """Return since when no worker gave a sign of life, in words; nothing while one does."""
    if seen is None:
        return _("Không có tiến trình nền nào: việc đứng yên cho tới khi có lại.")
    if datetime.now(UTC) - seen < ALIVE:
        return ""
    at = format_datetime(seen, inside=True)
    return _("Không thấy tiến trình nền nào từ {at}: việc đứng yên cho tới khi có lại.", at=at)


class JobRetry:
    """Try a failed job again now."""

    def on_post(self, req: Request, resp: falcon.Response, job_id: int) -> None:
        done = retry_job(job_id)
        text = _("Việc đã vào hàng đợi lại.") if done else _("Việc này không còn ở trạng thái lỗi.")
        redirect(resp, url_for(req, "tenants.jobs"), toast=text)


class JobCancelling:
    """Give up a job that would be tried again."""

    def on_post(self, req: Request, resp: falcon.Response, job_id: int) -> None:
        done = cancel_job(job_id)
        text = _("Đã bỏ việc này.") if done else _("Việc này đã chạy hoặc đã xong.")
        redirect(resp, url_for(req, "tenants.jobs"), toast=text)


def _row(req: Request, job: JobView, names: dict[UUID, str]) -> JobRow:
    return JobRow(
        id=job.id,
        title=_(job.title),
        key=job.key,
        agency=names.get(job.tenant_id, "") if job.tenant_id != PLATFORM else "",
        state="failed" if job.state == "failed" else "retrying",
        due_at=job.run_at or job.at,
        attempts=job.attempts,
        error=job.error,
        retry_action=url_for(req, "tenants.job_retry", job_id=job.id),
        cancel_action=url_for(req, "tenants.job_cancel", job_id=job.id) if job.state == "retrying" else "",
    )
