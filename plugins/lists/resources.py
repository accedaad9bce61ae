"""Addresses around every list: columns, saved views, many rows at once, Excel."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    FormView,
    Invalid,
    Request,
    _,
    format_number,
    load,
    new_id,
    page,
    redirect,
    url_for,
)
from plugins.files.api import file_url
from plugins.lists import excel, queries, services
from plugins.lists.models import BulkRun, Export, SavedView
from plugins.lists.schemas import BulkInput, ColumnsInput, ListInput, ViewInput
from plugins.lists.spec import BULK_AT_ONCE, ListSpec, spec_for
from plugins.lists.views import ExportRow, ExportsView, NothingView, RunView, ViewFormView

KEEP_DAYS = 7


class Columns:
    """Which columns a person sees of a list."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        asked = load(ColumnsInput(), req.form)
        spec = spec_for(req.asker, asked["list"])
        services.choose_columns(req.asker, spec, asked["column"])
        # What was chosen for good also counts where the address named other columns.
        params = spec.params(asked["query"]) | {"cols": ""}
        redirect(resp, _list_url(req, spec, spec.query(params)), toast=_("Đã nhớ các cột của danh sách này."))


class NewView:
    """The form that keeps a list as it is now."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        asked = load(
            ListInput(), {"list": req.get_param("list") or "", "query": req.get_param("query") or ""}
        )
        spec = spec_for(req.asker, asked["list"])
        values = {"list": spec.key, "query": asked["query"], "id": str(new_id())}
        page(req, resp, "lists/view_form.html", _new_view(req, spec, FormView(values)))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        asked = load(ListInput(), req.form)
        spec = spec_for(req.asker, asked["list"])
        try:
            given = load(ViewInput(), req.form)
            view = services.save_view(
                req.asker, spec, view_id=_uuid(req.form.get("id")), name=given["name"], query=asked["query"],
                shared=bool(given["shared"]),
            )  # fmt: skip
        except Invalid as problem:
            form = FormView(req.form, problem.errors)
            page(req, resp, "lists/view_form.html", _new_view(req, spec, form), status=problem.status)
            return
        redirect(resp, _list_url(req, spec, view.query), toast=_("Đã lưu cách xem “{name}”.", name=view.name))


class OneView:
    """A saved view: its maker renames, shares and deletes it; everybody may begin with it."""

    def on_get(self, req: Request, resp: falcon.Response, view_id: UUID) -> None:
        view = queries.open_view(req.asker, view_id)
        form = FormView({"name": view.name, "shared": "on" if view.shared else ""})
        page(req, resp, "lists/view_form.html", _one_view(req, view, form))

    def on_post(self, req: Request, resp: falcon.Response, view_id: UUID) -> None:
        view = queries.own_view(req.asker, view_id)
        try:
            given = load(ViewInput(), req.form)
            view = services.change_view(req.asker, view_id, name=given["name"], shared=bool(given["shared"]))
        except Invalid as problem:
            form = FormView(req.form, problem.errors)
            page(req, resp, "lists/view_form.html", _one_view(req, view, form), status=problem.status)
            return
        _back_to(req, resp, view, _("Đã lưu cách xem “{name}”.", name=view.name))

    def on_post_delete(self, req: Request, resp: falcon.Response, view_id: UUID) -> None:
        view = services.delete_view(req.asker, view_id)
        _back_to(req, resp, view, _("Đã xoá cách xem “{name}”.", name=view.name))

    def on_post_begin(self, req: Request, resp: falcon.Response, view_id: UUID) -> None:
        on = req.form.get("on") == "1"
        services.begin_with(req.asker, view_id, on=on)
        said = _("Danh sách sẽ mở bằng cách xem này.") if on else _("Danh sách lại mở như ban đầu.")
        _back_to(req, resp, queries.open_view(req.asker, view_id), said)


class Bulk:
    """One action on the chosen rows."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        spec = spec_for(ctx, str(req.form.get("list", "")))
        try:
            asked = load(BulkInput(), req.form)
            action = services.action_of(ctx, spec, asked["action"])
            ids = services.matching(ctx, spec, action.key, asked["query"]) if asked["all"] else asked["id"]
            run = services.start_bulk(ctx, spec, action, ids, asked["query"])
        except Invalid as problem:
            text = next(iter(problem.errors.get("", ())), _("Chưa rõ làm việc gì với dòng nào. Chọn lại."))
            back = _list_url(req, spec, spec.query(spec.params(str(req.form.get("query", "")))))
            page(
                req, resp, "lists/nothing.html", NothingView(text=text, back_url=back), status=problem.status
            )
            return
        _after(req, resp, spec, run)


class OneRun:
    """A run over many rows: its plan, its progress, its end."""

    def on_get(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        run = queries.own_run(req.asker, run_id)
        page(req, resp, "lists/run.html", _run(req, run))

    def on_post_go(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        run = services.go_on(req.asker, run_id)
        _after(req, resp, spec_for(req.asker, run.list), run)

    def on_post_undo(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        run = services.undo(req.asker, run_id)
        _after(req, resp, spec_for(req.asker, run.list), run)

    def on_post_stop(self, req: Request, resp: falcon.Response, run_id: UUID) -> None:
        services.stop(req.asker, run_id)
        redirect(resp, url_for(req, "lists.run", run_id=run_id))


class ToExcel:
    """A list as a file at once, or later when it is long."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        asked = load(ListInput(), req.form)
        spec = spec_for(ctx, asked["list"])
        made = services.export(ctx, spec, asked["query"], queries.memory(ctx, spec.key).columns)
        if isinstance(made, Export):
            said = _("Danh sách dài, đang xuất trong nền. Xong thì có thông báo; tệp nằm ở trang này.")
            redirect(resp, url_for(req, "lists.exports"), toast=said)
            return
        size = made.seek(0, 2)
        made.seek(0)
        resp.content_type = excel.MEDIA_TYPE
        called = spec.called(ctx, spec.params(asked["query"]))
        resp.downloadable_as = services.file_name(called, datetime.now(UTC))
        resp.set_stream(made, size)


class Exports:
    """The reader's own exported files."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        rows = tuple(
            ExportRow(
                title=each.title or services.title_of(each.list),
                state=each.state,
                count=each.count,
                asked_at=each.created_at,
                url=file_url(req, each.file_id) if each.file_id else "",
                reason=each.reason,
            )
            for each in queries.exports(req.asker)
        )
        waiting = any(row.state == "waiting" for row in rows)
        page(req, resp, "lists/exports.html", ExportsView(rows=rows, days=KEEP_DAYS, waiting=waiting))


# ---- from requests to services, from rows to views -----------------------------------------------------------------


def _list_url(req: Request, spec: ListSpec, query: str) -> str:
    return f"{url_for(req, spec.route)}?{query or 'view=all'}"


def _back_to(req: Request, resp: falcon.Response, view: SavedView, toast: str) -> None:
    redirect(resp, _list_url(req, spec_for(req.asker, view.list), view.query), toast=toast)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _new_view(req: Request, spec: ListSpec, form: FormView) -> ViewFormView:
    return ViewFormView(
        form=form,
        list_title=_(spec.title),
        action=url_for(req, "lists.view_new"),
        back_url=_list_url(req, spec, spec.query(spec.params(form.text("query")))),
        is_new=True,
    )


def _one_view(req: Request, view: SavedView, form: FormView) -> ViewFormView:
    ctx, spec = req.asker, spec_for(req.asker, view.list)
    mine = view.person_id == ctx.person.id
    return ViewFormView(
        form=form,
        list_title=_(spec.title),
        action=url_for(req, "lists.view", view_id=view.id) if mine else "",
        back_url=_list_url(req, spec, view.query),
        is_new=False,
        delete_url=url_for(req, "lists.view_delete", view_id=view.id) if mine else "",
        begin_url=url_for(req, "lists.view_begin", view_id=view.id),
        begins=queries.begins_with(ctx, view),
    )


def _after(req: Request, resp: falcon.Response, spec: ListSpec, run: BulkRun) -> None:
    """Go back to the list when all is done, to the page of the run while there is something to read."""
    if run.state == "done" and not run.refused:
        done = services.action_of(req.asker, spec, run.action).done
        redirect(
            resp, _list_url(req, spec, run.query), toast=_(done, n=run.done), undo=_undo_url(req, spec, run)
        )
    else:
        redirect(resp, url_for(req, "lists.run", run_id=run.id))


def _undo_url(req: Request, spec: ListSpec, run: BulkRun) -> str:
    return url_for(req, "lists.run_undo", run_id=run.id) if services.undoable(req.asker, spec, run) else ""


def _run(req: Request, run: BulkRun) -> RunView:
    spec = spec_for(req.asker, run.list)
    action = services.action_of(req.asker, spec, run.action)
    planned = run.state == "planned"
    return RunView(
        list_title=_(spec.title),
        action=_(action.title),
        state=run.state,
        total=len(run.ids),
        done=run.done,
        told=_(action.done, n=format_number(run.done - run.refused)),
        refused=run.refused,
        refusals=tuple(run.refusals),
        said=action.told(run.said) if action.told and run.said else "",
        effects=tuple((icon, _(text)) for icon, text in action.effects),
        in_background=len(run.ids) > BULK_AT_ONCE,
        go_url=url_for(req, "lists.run_go", run_id=run.id) if planned else "",
        stop_url=url_for(req, "lists.run_stop", run_id=run.id) if run.state == "running" else "",
        undo_url=_undo_url(req, spec, run),
        back_url=_list_url(req, spec, run.query),
    )
