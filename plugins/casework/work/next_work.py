"""What somebody goes on with: the first row of their work list, told on the page of the case they have just done with."""

from uuid import UUID

from core.api import HOME_ZONE, START, Request, _, format_date, route_url, url_for
from plugins.casework.cases.views import NextWork
from plugins.casework.work import queries
from plugins.casework.work.queries import WorkFilter, WorkRow
from plugins.casework.workflows.kinds import definition_in, kind_of

LOOKED_AT = 5
"""Rows among which there is one of another case: nobody has so much to do of one case at once."""


def next_work(req: Request, case_id: UUID, code: str, kind: str) -> NextWork | None:
    """Return what the reader goes on with after an act on a case of a kind, another case; None on a page that follows none."""
    if not req.follows_act:
        return None
    ctx, list_url = req.asker, url_for(req, "casework.work")
    at = queries.desks(ctx)
    with queries.reading_desks(ctx, at):
        rows = queries.work(ctx, at, WorkFilter(), START, LOOKED_AT).rows
        row = next((each for each in rows if each.case_id != case_id), None)
        if row is None:
            return NextWork(list_url, code)
        task = queries.task_now(row, definition_in(row.tenant_id, row.workflow_id))
    desk = next(each for each in at if each.tenant_id == row.tenant_id)
    here = ctx.tenant is not None and desk.tenant_id == ctx.tenant.id
    group = queries.group_of(row, queries.start_of_today())
    return NextWork(
        list_url, code, title=row.title, task=_(task), url=route_url(kind_of(row.kind).route, tenant=desk.code, case_id=row.case_id),
        when=_when(row, group), late=group == "late", agency="" if here else desk.name,
        kind="" if row.kind == kind else _(kind_of(row.kind).title),
    )  # fmt: skip


def _when(row: WorkRow, group: str) -> str:
    if group == "late":
        return _("Quá hạn")
    if group == "today":
        return _("Hôm nay")
    if row.paused or row.due_at is None:
        return ""
    return _("hạn {date}", date=format_date(row.due_at.astimezone(HOME_ZONE).date()))
