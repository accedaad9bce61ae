"""What writes reports: publishing one as it is now."""

from uuid import UUID

from core.api import (
    Forbidden,
    NotFound,
    RequestContext,
    _,
    current_time,
    db,
    emit,
    format_date,
    require_permission,
)
from plugins.reports import documents
from plugins.reports.asking import BELOW, Asked, kinds_counted
from plugins.reports.documents import Table
from plugins.reports.events import ReportPublished
from plugins.reports.models import Snapshot

PUBLISH = "reports.publish"


def publish(ctx: RequestContext, of: Asked, snapshot_id: UUID) -> Snapshot:
    """Keep a report as it is now, for good; asked for again with the same id, return what was kept.

    Raises Forbidden.
    """
    require_permission(ctx, PUBLISH)
    with db.atomic():
        found = documents.table(of)
        made = Snapshot.insert(
            id=snapshot_id, kind=of.kind, kinds=of.keys, by=of.by, period=of.period.key, title=f"{found.title}: {of.period.title}"[:300],
            first=of.period.first, last=of.until, content=found.stored(), made_by=ctx.person.id, made_at=current_time(),
        ).on_conflict_ignore().returning(Snapshot.id)  # fmt: skip
        if list(made.execute()):
            first, last = (format_date(day, year=True) for day in (of.period.first, of.until))
            emit(ReportPublished(object_id=snapshot_id, title=found.title, first=first, last=last))
    return Snapshot.get_by_id(snapshot_id)


def snapshot(ctx: RequestContext, snapshot_id: UUID) -> tuple[Snapshot, Table]:
    """Return a published report that a person may read: of kinds of cases they see.

    Raises NotFound, Forbidden.
    """
    found = Snapshot.get_or_none(Snapshot.id == snapshot_id)
    if found is None:
        raise NotFound
    here = {each.key for each in kinds_counted(ctx)}
    if not set(found.kinds) <= here or (found.by == "agency" and not ctx.can(BELOW)):
        raise Forbidden(_("Báo cáo này về loại việc bạn chưa được giao quyền xem."))
    return found, Table.restore(found.content)
