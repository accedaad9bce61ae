"""Create and change agencies from a file: upload, plan, apply with progress, and what came of it."""

import csv
import io
from collections import Counter as Counts
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import falcon

from core.dispatcher import dispatcher
from core.i18n import N_, _, format_number, gettext, ngettext
from core.text import begins_formula
from core.web.components import Counter, FormView, Pager, Tab
from core.web.errors import Invalid
from core.web.paging import PAGE_SIZE, page_url
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from core.web.uploads import Upload
from tenants import console_queries
from tenants.console_views import (
    PlanRow,
    ProvisionPlanView,
    ProvisionRunView,
    ProvisionView,
    RunLine,
    RunRow,
    State,
)
from tenants.models import ProvisionRun
from tenants.password_list import count_newcomers
from tenants.provisioning import runs
from tenants.provisioning.description import (
    MAX_FILE_MB,
    SHEETS,
    Called,
    Column,
    Sheet,
    sheet_named,
    too_heavy,
)
from tenants.resources.jobs import worker_silence
from tenants.upkeep.job_queue import worker_seen

ACTIONS = {
    "error": N_("Lỗi, cần sửa"), "add": N_("Thêm mới"), "change": N_("Thay đổi"), "same": N_("Giữ nguyên"),
    "absent": N_("Vắng trong tệp"), "": N_("Mọi dòng cần xem"),
}  # fmt: skip
TABS = {
    "": N_("Tất cả"), "failed": N_("Lỗi"), "running": N_("Đang chạy"), "waiting": N_("Chờ"), "done": N_("Xong"),
}  # fmt: skip
SHOWN_RUNS = 20


class Provision:
    """Choose a file, or go on with an earlier run."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp)

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            upload = _uploaded(req)
            run_id = runs.plan_file(upload.name, upload.read(), dispatcher().catalogue)
        except Invalid as error:
            self._show(req, resp, FormView({}, error.errors), status=422)
            return
        redirect(resp, url_for(req, "tenants.provision_plan", run_id=run_id))

    @staticmethod
    def _show(req: Request, resp: falcon.Response, form: FormView | None = None, status: int = 200) -> None:
        view = ProvisionView(
            form=form or FormView(),
            action=url_for(req, "tenants.provision"),
            max_mb=MAX_FILE_MB,
            runs=tuple(_run_line(req, *row) for row in console_queries.provision_runs(SHOWN_RUNS)),
            sheets=tuple(
                (_as_written(sheet), ", ".join(map(_as_written, sheet.columns))) for sheet in SHEETS
            ),
        )
        page(req, resp, "tenants/console/provision.html", view, status=status)


class ProvisionPlan:
    """What applying a file would do; nothing has been written."""

    def on_get(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        run = runs.get(run_id)
        if run.state != "planned":
            redirect(resp, url_for(req, "tenants.provision_run", run_id=run_id))
            return
        self._show(req, resp, run)

    def on_post(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        try:
            runs.start(
                run_id,
                skip_errors=req.form.get("skip_errors") == "on",
                other_province=req.form.get("other_province") == "on",
            )
        except Invalid as error:
            self._show(req, resp, runs.get(run_id), FormView({}, error.errors), status=422)
            return
        redirect(resp, url_for(req, "tenants.provision_run", run_id=run_id))

    def on_get_errors(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        """The rows with errors as a table for Excel."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([_("Dòng"), _("Bảng"), _("Lỗi")])
        for row in runs.stored_rows(runs.get(run_id), "error"):
            writer.writerow([row.line, row.what, f"'{row.text}" if begins_formula(row.text) else row.text])
        resp.content_type = "text/csv; charset=utf-8"
        resp.downloadable_as = "loi.csv"
        resp.data = text.getvalue().encode("utf-8-sig")

    @staticmethod
    def _show(
        req: Request,
        resp: falcon.Response,
        run: ProvisionRun,
        form: FormView | None = None,
        status: int = 200,
    ) -> None:
        action = req.get_param("action") or ""
        action = action if action in ACTIONS else ""
        rows = runs.stored_rows(run, action)
        first = _first(req, len(rows))
        counts = {**run.counts, "": sum(run.counts[each] for each in runs.WORTH_A_LOOK)}
        here = url_for(req, "tenants.provision_plan", run_id=run.id)
        view = ProvisionPlanView(
            form=form or FormView(),
            file_name=run.file_name,
            made_at=run.made_at,
            lines=run.lines,
            errors=counts["error"],
            wrong_rows=_wrong_rows(run),
            elsewhere=runs.of_another_province(run),
            garbled=runs.garbled(run),
            pending=counts["add"] + counts["change"],
            counters=tuple(
                Counter(
                    value=format_number(counts[key]), label=_(title), late=key == "error" and counts[key] > 0,
                    url="" if key == "same" else page_url(req, action=key, first=""), current=key == action,
                )
                for key, title in ACTIONS.items()
            ),
            rows=tuple(_plan_row(row) for row in rows[first : first + PAGE_SIZE]),
            pager=_pager(req, first, len(rows)),
            action=here,
            upload_url=url_for(req, "tenants.provision"),
            errors_url=url_for(req, "tenants.provision_errors", run_id=run.id) if counts["error"] else "",
        )  # fmt: skip
        page(req, resp, "tenants/console/provision_plan.html", view, status=status)


class ProvisionProgress:
    """A run, while it goes and after; stopping, taking up and retrying it."""

    def on_get(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        run = runs.get(run_id)
        if run.state == "planned":
            redirect(resp, url_for(req, "tenants.provision_plan", run_id=run_id))
            return
        going = run.state in ("running", "stopping")
        silence = worker_silence(worker_seen())
        rows = _run_rows(run_id, worked_on=going and not silence)
        counts: Counts[str] = Counts(row.state for row in rows)
        tab = req.get_param("state") or ""
        tab = tab if tab in TABS else ""
        chosen = [row for row in rows if tab in ("", row.state)]
        first = _first(req, len(chosen))
        moving = going or counts["running"] > 0
        view = ProvisionRunView(
            file_name=run.file_name,
            started_at=run.started_at or run.made_at,
            state="running" if going else run.state,
            moving=moving,
            total=len(rows),
            done=counts["done"],
            failed=counts["failed"],
            running=counts["running"],
            waiting=counts["waiting"],
            silent=silence if moving else "",
            remaining=_remaining(run, len(rows) - counts["waiting"], len(rows)) if going and not silence else "",
            tabs=tuple(
                Tab(
                    title=_(title), url=page_url(req, state=key, first=""), current=key == tab,
                    count=format_number(counts[key] if key else len(rows)),
                )
                for key, title in TABS.items()
            ),
            rows=tuple(chosen[first : first + PAGE_SIZE]),
            steps=(_("Ghi vào sổ cơ quan"), _("Chuyển tài khoản sang hệ thống đăng nhập")),
            pager=_pager(req, first, len(chosen)),
            list_url=url_for(req, "tenants.provision"),
            resumed=_("Việc bị ngắt giữa chừng và đã chạy tiếp từ cơ quan chưa xong.") if run.beats > 1 and going else "",
            trouble=run.trouble if run.state == "stopped" else "",
            checks=_checks(run, counts["failed"]) if run.state == "finished" else (),
            newcomers=count_newcomers() if run.state == "finished" else 0,
            stop_action=url_for(req, "tenants.provision_stop", run_id=run_id) if run.state == "running" else "",
            resume_action=url_for(req, "tenants.provision_resume", run_id=run_id) if run.state == "stopped" else "",
            retry_action=url_for(req, "tenants.provision_retry", run_id=run_id)
            if not going and counts["failed"]
            else "",
        )  # fmt: skip
        page(req, resp, "tenants/console/provision_run.html", view)

    def on_post_stop(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        runs.stop(run_id)
        redirect(
            resp,
            url_for(req, "tenants.provision_run", run_id=run_id),
            toast=_("Sẽ dừng sau cơ quan đang ghi."),
        )

    def on_post_resume(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        runs.start(run_id, skip_errors=True)
        redirect(resp, url_for(req, "tenants.provision_run", run_id=run_id))

    def on_post_retry(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        runs.retry(run_id)
        redirect(resp, url_for(req, "tenants.provision_run", run_id=run_id))


def _uploaded(req: Request) -> Upload:
    upload = req.files.get("file")
    if upload is None or not upload.size:
        raise Invalid({"file": [_("Chọn một tệp .xlsx, .yaml hoặc .yml.")]})
    if upload.size > MAX_FILE_MB * 1_000_000:
        raise Invalid({"file": [too_heavy(upload.size).problem.text]})
    return upload


def _first(req: Request, total: int) -> int:
    """Return where the page begins: rows of one kept plan have numbers that do not move."""
    asked = req.get_param("first") or "0"
    return int(asked) if asked.isdecimal() and int(asked) < total else 0


def _pager(req: Request, first: int, total: int) -> Pager:
    if not total:
        return Pager(text="")
    last = min(first + PAGE_SIZE, total)
    return Pager(
        text=_(
            "Dòng {span} trong {total}",
            span=f"{format_number(first + 1)}–{format_number(last)}",
            total=format_number(total),
        ),
        previous_url=page_url(req, first=str(first - PAGE_SIZE) if first > PAGE_SIZE else "")
        if first
        else "",
        next_url=page_url(req, first=str(last)) if last < total else "",
    )


def _run_line(req: Request, run: ProvisionRun, maker: str, failed: int) -> RunLine:
    pending = run.counts["add"] + run.counts["change"]
    parts = [ngettext("{n} thay đổi", "{n} thay đổi", pending)]
    if run.counts["error"]:
        parts.append(ngettext("{n} dòng lỗi trong tệp", "{n} dòng lỗi trong tệp", _wrong_rows(run)))
    if failed:
        parts.append(ngettext("{n} cơ quan chưa ghi được", "{n} cơ quan chưa ghi được", failed))
    route = "tenants.provision_plan" if run.state == "planned" else "tenants.provision_run"
    run = runs.as_it_stands(run)
    state = "running" if run.state == "stopping" else run.state
    return RunLine(
        file_name=run.file_name,
        started_at=run.started_at or run.made_at,
        actor=maker,
        state="failed" if failed and state in ("stopped", "finished") else state,  # type: ignore[arg-type]
        summary=", ".join(parts),
        url=url_for(req, route, run_id=run.id),
    )


def _wrong_rows(run: ProvisionRun) -> int:
    """Return how many rows have errors; runs planned before that was counted have the number of errors."""
    return int(run.counts.get("wrong_rows", run.counts["error"]))


def _as_written(part: Sheet | Column) -> str:
    return str(Called(part.key, part.title))


def _plan_row(row: runs.StoredRow) -> PlanRow:
    sheet = sheet_named(row.what) if row.what else None
    return PlanRow(
        line=row.line,
        action=row.action,  # type: ignore[arg-type]
        title=row.title,
        code=row.code,
        what=_as_written(sheet) if sheet else "",
        text=row.text,
        effect=row.effect,
    )


def _run_rows(run_id: UUID, *, worked_on: bool) -> list[RunRow]:
    """Return every agency of a run; while it is worked on, the first that waits is the one in hand."""
    steps = console_queries.provision_steps(run_id)
    in_hand = next((step for step in steps if worked_on and step.state == "waiting"), None)
    return [_run_row(step, in_hand=step is in_hand) for step in steps]


def _run_row(step: console_queries.StepLine, *, in_hand: bool) -> RunRow:
    row = partial(RunRow, line=step.line, name=step.name)
    written = ngettext("{n} dòng đã ghi", "{n} dòng đã ghi", step.written)
    if step.state == "failed":
        return row(state="failed", steps=("bad", ""), detail=step.error)
    if step.state == "done":
        return row(state="done", steps=("done", "done"), detail=written)
    if step.state == "behind":
        late = _("Hệ thống đăng nhập chưa nhận, sẽ tự thử lại: {error}", error=step.error)
        return row(
            state="running", steps=("done", "bad" if step.error else "doing"), detail=written,
            hint=late if step.error else "",
        )  # fmt: skip
    return row(state="running" if in_hand else "waiting", steps=("doing" if in_hand else "", ""), detail="")


def _remaining(run: ProvisionRun, done: int, total: int) -> str:
    """Tell how long it will take at the pace so far; nothing before there is a pace."""
    if not run.started_at or done < 5:
        return ""
    left = (datetime.now(UTC) - run.started_at) / done * (total - done)
    if left < timedelta(minutes=1):
        return _("còn chưa đến 1 phút")
    return ngettext("còn khoảng {n} phút", "còn khoảng {n} phút", round(left / timedelta(minutes=1)))


def _checks(run: ProvisionRun, failed: int) -> tuple[tuple[str, str, State], ...]:
    waiting = console_queries.mirror_state().waiting
    registry: tuple[str, str, State] = (
        gettext("Sổ cơ quan so với tệp"),
        ngettext("{n} cơ quan chưa ghi được", "{n} cơ quan chưa ghi được", failed) if failed else _("Khớp"),
        "bad" if failed else "ok",
    )
    mirror: tuple[str, str, State] = (
        gettext("Hệ thống đăng nhập so với sổ cơ quan"),
        ngettext("{n} mục đang chuyển", "{n} mục đang chuyển", waiting) if waiting else _("Khớp"),
        "warn" if waiting else "ok",
    )
    left_out: tuple[tuple[str, str, State], ...] = ()
    if run.counts["error"]:
        text = ngettext("{n} dòng lỗi đã bỏ qua", "{n} dòng lỗi đã bỏ qua", _wrong_rows(run))
        left_out = ((_("Dòng lỗi trong tệp"), text, "warn"),)
    return (registry, mirror, *left_out)
