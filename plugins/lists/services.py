"""Everything lists remember, and work on many rows: checked here, in one transaction, with its fact."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import IO, Any
from uuid import UUID

from peewee import IntegrityError

from core.api import (
    HOME_ZONE,
    N_,
    START,
    Actor,
    Conflict,
    Cursor,
    FileOwner,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    RequestContext,
    _,
    acting,
    current_tenant,
    cursor_of,
    db,
    emit,
    enqueue,
    format_number,
    new_id,
    person_context,
    reading_as,
)
from plugins.files.api import remove_all_of, store
from plugins.lists import excel, queries
from plugins.lists.events import BulkDone, ListExported, ViewShared, ViewUnshared
from plugins.lists.models import BulkRun, Export, Preference, SavedView
from plugins.lists.spec import BULK_AT_ONCE, BULK_MOST, SPECS, BulkAction, ListSpec, spec_for
from plugins.notifications.api import notify

EXPORT_AT_ONCE = 5000
ROWS_AT_ONCE = 1000
EXPORTED = "lists.exported"
IN_MEMORY = 4_000_000
NOTHING: Mapping[str, Any] = MappingProxyType({})
Refusal = Forbidden | NotFound | Invalid | Conflict | Gone
"""What one row among many may answer without holding back the others."""
REFUSALS_KEPT = 200
"""So many are told by name; of more it is enough to know how many there are."""


# ---- what people choose ------------------------------------------------------------------------------------


def choose_columns(ctx: RequestContext, spec: ListSpec, wanted: Sequence[str]) -> None:
    """Remember which columns a person wants to see; those the list does not have are left out."""
    keys = ",".join(column.key for column in spec.columns if column.key in wanted or column.fixed)
    _remember(ctx, spec, columns=keys)


def begin_with(ctx: RequestContext, view_id: UUID, *, on: bool) -> None:
    """Let a list open with a view from now on, or no longer.

    Raises NotFound.
    """
    view = queries.open_view(ctx, view_id)
    _remember(ctx, spec_for(ctx, view.list), view_id=view.id if on else None)


def _remember(ctx: RequestContext, spec: ListSpec, **chosen: Any) -> None:
    Preference.insert(list=spec.key, person_id=ctx.person.id, **chosen).on_conflict(
        conflict_target=[Preference.tenant_id, Preference.person_id, Preference.list],
        update={getattr(Preference, name): value for name, value in chosen.items()},
    ).execute()


def save_view(
    ctx: RequestContext, spec: ListSpec, *, view_id: UUID | None = None, name: str, query: str, shared: bool
) -> SavedView:
    """Keep a view under a name; sent twice with one `view_id` it is kept once.

    Raises Invalid for a name the person gave before, and for one view too many.
    """
    if not name:
        raise Invalid({"name": [_("Chưa nhập tên cách xem.")]})
    view = SavedView(
        id=view_id or new_id(), list=spec.key, person_id=ctx.person.id, name=name,
        query=spec.query(spec.params(query)), shared=shared,
    )  # fmt: skip
    with db.atomic():
        again = (
            SavedView.select().where(SavedView.id == view.id, SavedView.person_id == ctx.person.id).first()
        )
        if again is not None:
            return again
        mine = SavedView.select().where(SavedView.list == spec.key, SavedView.person_id == ctx.person.id)
        if mine.count() >= queries.MOST_VIEWS:
            told = _(
                "Đã có {n} cách xem của danh sách này. Xoá bớt trước khi lưu thêm.", n=queries.MOST_VIEWS
            )
            raise Invalid({"": [told]})
        _store(view, insert=True)
        if shared:
            emit(ViewShared(title=spec.title, view=name))
    return view


def change_view(ctx: RequestContext, view_id: UUID, *, name: str, shared: bool) -> SavedView:
    """Rename a view, or share it with the agency.

    Raises Invalid for a name the person gave before, NotFound.
    """
    view = queries.own_view(ctx, view_id)
    spec = spec_for(ctx, view.list)
    if not name:
        raise Invalid({"name": [_("Chưa nhập tên cách xem.")]})
    before, before_name = view.shared, view.name
    view.name, view.shared = name, shared
    with db.atomic():
        _store(view, insert=False)
        # What everybody sees above the list is told: it comes, goes, or is called otherwise.
        if before and (not shared or name != before_name):
            emit(ViewUnshared(title=spec.title, view=before_name))
        if shared and (not before or name != before_name):
            emit(ViewShared(title=spec.title, view=name))
    return view


def _store(view: SavedView, *, insert: bool) -> None:
    try:
        with db.atomic():
            if insert:
                view.save(force_insert=True)
            else:
                SavedView.update(name=view.name, shared=view.shared).where(SavedView.id == view.id).execute()
    except IntegrityError as error:
        if "saved_view_tenant_id_list_person_id_name_key" not in str(error):
            raise
        raise Invalid({"name": [_("Bạn đã có cách xem tên này. Chọn tên khác.")]}) from error


def delete_view(ctx: RequestContext, view_id: UUID) -> SavedView:
    """Forget a view, for everybody.

    Raises NotFound.
    """
    view = queries.own_view(ctx, view_id)
    with db.atomic():
        SavedView.delete().where(SavedView.id == view.id).execute()
        if view.shared:
            emit(ViewUnshared(title=spec_for(ctx, view.list).title, view=view.name))
    return view


# ---- many rows at once -----------------------------------------------------------------------------------------


def action_of(ctx: RequestContext, spec: ListSpec, key: str) -> BulkAction:
    """Return an action of a list this person may do.

    Raises Forbidden, NotFound.
    """
    found = next((action for action in spec.actions if action.key == key), None)
    if found is None:
        raise NotFound
    if not ctx.can(found.permission):
        raise Forbidden(permission=found.permission)
    return found


def matching(ctx: RequestContext, spec: ListSpec, action: str, query: str) -> list[UUID]:
    """Return the rows that match an address, as this person sees them, and that an action is for.

    Raises Invalid for more than one run takes.
    """
    params = spec.params(query)
    found = spec.rows(ctx, params, START, BULK_MOST)
    if found.next_key:
        raise Invalid(
            {"": [_("Nhiều hơn {n} dòng khớp. Thêm điều kiện rồi chọn lại.", n=format_number(BULK_MOST))]}
        )
    return [row.id for row in found.rows if spec.can is None or action in spec.can(ctx, params, row).split()]


def perform(
    ctx: RequestContext, spec: ListSpec, action: BulkAction, ids: Sequence[UUID], said: Mapping[str, Any] = NOTHING
) -> list[str]:  # fmt: skip
    """Do something to each row as its own button would; return a line for each that refused.

    A line is empty for a row that this person cannot see or that the list does not name.
    """
    refusals = []
    for each in ids:
        try:
            with db.atomic():
                action.act(ctx, each, **said)
        except (Forbidden, NotFound, Invalid, Conflict, Gone) as refused:
            refusals.append(_refusal(ctx, spec, each, refused))
    return refusals


def _refusal(ctx: RequestContext, spec: ListSpec, row_id: UUID, refused: Refusal) -> str:
    try:
        title = spec.title_of(ctx, row_id) if spec.title_of else ""
    except (Forbidden, NotFound):
        title = ""
    if not title:
        return ""
    return _("“{title}”: {reason}", title=title, reason=_reason(refused))


def _reason(refused: Refusal) -> str:
    """Say why one row among many stayed as it is; a record that changed meanwhile has words that name no page."""
    if isinstance(refused, (Conflict, Gone)):
        return _("Mục này đã sang bước khác hoặc vừa được người khác sửa, xoá.")
    errors = refused.errors.values() if isinstance(refused, Invalid) else ()
    return " ".join(text for texts in errors for text in texts) or refused.detail or _(refused.title)


def _count(run: BulkRun, refusals: list[str]) -> None:
    """Add the rows that refused to what is known of a run."""
    run.refused += len(refusals)
    run.refusals = [*run.refusals, *filter(None, refusals)][:REFUSALS_KEPT]


def start_bulk(
    ctx: RequestContext, spec: ListSpec, action: BulkAction, ids: Sequence[UUID], query: str, said: Mapping[str, Any] = NOTHING
) -> BulkRun:  # fmt: skip
    """Do something to a few rows at once; more, and what the public feels, become a plan that waits for a yes."""
    ids = list(dict.fromkeys(ids))
    if not ids:
        raise Invalid({"": [_("Chưa chọn dòng nào.")]})
    run = BulkRun(
        id=new_id(), list=spec.key, person_id=ctx.person.id, query=spec.query(spec.params(query)),
        action=action.key, ids=ids, said=dict(said), refusals=[],
    )  # fmt: skip
    with db.atomic():
        if len(ids) <= BULK_AT_ONCE and not action.effects:
            _do_at_once(ctx, spec, action, run)
        run.save(force_insert=True)
    return run


def _do_at_once(ctx: RequestContext, spec: ListSpec, action: BulkAction, run: BulkRun) -> None:
    _count(run, perform(ctx, spec, action, run.ids, run.said))
    run.done, run.state = len(run.ids), "done"
    _tell(spec, action, run)


def go_on(ctx: RequestContext, run_id: UUID) -> BulkRun:
    """Do what was planned, many rows in the background; a second yes changes nothing.

    Raises Forbidden, NotFound.
    """
    run = queries.own_run(ctx, run_id)
    spec = spec_for(ctx, run.list)
    action = action_of(ctx, spec, run.action)
    with db.atomic():
        if BulkRun.update(state="running").where(BulkRun.id == run.id, BulkRun.state == "planned").execute():
            if len(run.ids) <= BULK_AT_ONCE:
                _do_at_once(ctx, spec, action, run)
                run.save()
            else:
                enqueue("lists.bulk", args={"run": str(run.id)})
    return run


def undo(ctx: RequestContext, run_id: UUID) -> BulkRun:
    """Take back a run that was done, by the action that does so; many rows are a plan first.

    A run in which rows refused is not taken back: the other action might take what this run did not do.
    Raises Invalid, Forbidden, NotFound.
    """
    run = queries.own_run(ctx, run_id)
    spec = spec_for(ctx, run.list)
    if not undoable(ctx, spec, run):
        told = _("Chỉ hoàn tác được cả loạt khi mọi dòng đều đã làm xong.")
        raise Invalid({"": [told]}, told)
    opposite = action_of(ctx, spec, action_of(ctx, spec, run.action).undone_by)
    return start_bulk(ctx, spec, opposite, run.ids, run.query)


def undoable(ctx: RequestContext, spec: ListSpec, run: BulkRun) -> bool:
    """Tell whether a run can be taken back as a whole."""
    return run.state == "done" and not run.refused and bool(action_of(ctx, spec, run.action).undone_by)


def stop(ctx: RequestContext, run_id: UUID) -> None:
    """Stop after the rows in hand; what is done stays done.

    Raises NotFound.
    """
    run = queries.own_run(ctx, run_id)
    BulkRun.update(state="stopped").where(
        BulkRun.id == run.id, BulkRun.state.in_(("planned", "running"))
    ).execute()


def work_through(run_id: UUID) -> None:
    """Do the next rows of a run until it is done or stopped; begun again, it goes on where it was."""
    while _next_rows(run_id):
        pass


def _next_rows(run_id: UUID) -> bool:
    with db.atomic():
        run = BulkRun.select().where(BulkRun.id == run_id, BulkRun.state == "running").for_update().first()
        if run is None:
            return False
        # Rights are read anew for each handful: whoever loses a post loses it here as well.
        ctx = person_context(run.person_id)
        if ctx is None:
            BulkRun.update(state="stopped").where(BulkRun.id == run.id).execute()
            return False
        try:
            spec = spec_for(ctx, run.list)
            action = action_of(ctx, spec, run.action)
        except (Forbidden, NotFound):
            BulkRun.update(state="stopped").where(BulkRun.id == run.id).execute()
            return False
        with acting(Actor(ctx.person.id, ctx.person.full_name)), reading_as(ctx.person.locale):
            ids = run.ids[run.done : run.done + BULK_AT_ONCE]
            _count(run, perform(ctx, spec, action, ids, run.said))
            run.done += len(ids)
            run.state = "done" if run.done >= len(run.ids) else "running"
            if run.state == "done":
                _tell(spec, action, run)
        BulkRun.update(done=run.done, refused=run.refused, refusals=run.refusals, state=run.state).where(
            BulkRun.id == run.id
        ).execute()
        return bool(run.state == "running")


def _tell(spec: ListSpec, action: BulkAction, run: BulkRun) -> None:
    emit(BulkDone(title=spec.title, action=action.title, count=run.done - run.refused, refused=run.refused))


# ---- to Excel ----------------------------------------------------------------------------------------------------


def title_of(key: str) -> str:
    """Return the title of a list, also of one whose module is gone."""
    return _(SPECS[key].title) if key in SPECS else key


def file_name(title: str, now: datetime) -> str:
    """Return the name of an exported file: what it is called and the day."""
    plain = re.sub(r'[\\/:*?"<>|\s]+', " ", title).strip()
    return f"{plain} {now.astimezone(HOME_ZONE):%Y-%m-%d %H%M}.xlsx"


def export(ctx: RequestContext, spec: ListSpec, query: str, chosen: str) -> IO[bytes] | Export:
    """Return a list as a file, in the columns that are shown; a long one as work for the background.

    `chosen` are the columns the person chose, where the address names none.
    """
    params = {**spec.params(query)}
    params.setdefault("cols", chosen)
    columns = spec.columns_of(params["cols"])
    heads = [_(column.title) for column in columns]
    found = spec.rows(ctx, params, START, EXPORT_AT_ONCE)
    if found.next_key:
        return _export_later(ctx, spec, params, heads)
    beside = _beside(ctx, spec, params)
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer is read from it and closes it
    count = excel.write(heads, columns, found.rows, file, **beside)
    emit(ListExported(title=spec.title, count=count))
    return file


def _export_later(ctx: RequestContext, spec: ListSpec, params: dict[str, str], heads: list[str]) -> Export:
    """Put an export into the queue; of one list under the same conditions one waits at most for a person."""
    wanted = Export(
        id=new_id(), list=spec.key, person_id=ctx.person.id, query=spec.query(params), heads=heads, title=spec.called(ctx, params),
    )  # fmt: skip
    with db.atomic():
        stored = Export.insert(**wanted.__data__).on_conflict_ignore().returning(Export.id).execute()
        if list(stored):
            enqueue("lists.export", args={"export": str(wanted.id)})
    return wanted


def write_export(export_id: UUID) -> None:
    """Write a waiting export to its file; done already, it stays as it is, also when two write it at once."""
    with db.atomic():
        wanted = Export.select().where(Export.id == export_id, Export.state == "waiting").first()
        ctx = person_context(wanted.person_id) if wanted else None
    if wanted is None:
        return
    with reading_as(ctx.person.locale if ctx else ""):
        try:
            if ctx is None:
                raise NotFound  # noqa: TRY301 - the same end as a list that is gone
            spec = spec_for(ctx, wanted.list)
        except NotFound:
            _finish(wanted, state="failed", reason=_("Danh sách này không còn mở được với bạn."))
            return
        _write(ctx, spec, wanted)


def _write(ctx: RequestContext, spec: ListSpec, wanted: Export) -> None:
    params = spec.params(wanted.query)
    with (
        SpooledTemporaryFile(IN_MEMORY) as file,
        acting(Actor(ctx.person.id, ctx.person.full_name)),
        ExitStack() as moment,
    ):
        # What changes meanwhile would leave its place, and the sheets in front would tell of another moment.
        moment.enter_context(db.atomic("REPEATABLE READ"))
        beside, rows = _beside(ctx, spec, params), _all_rows(ctx, spec, params, moment)
        count = excel.write(wanted.heads, spec.columns_of(params.get("cols", "")), rows, file, **beside)
        file.seek(0)
        try:
            with db.atomic():
                waits = Export.select().where(Export.id == wanted.id, Export.state == "waiting").for_update()
                if waits.first() is None:
                    return
                name = file_name(wanted.title or _(spec.title), wanted.created_at)
                kept = store(file, name=name, owner=FileOwner("lists", "export", wanted.id))
                emit(ListExported(title=spec.title, count=count))
                _finish(wanted, state="done", count=count, file_id=kept.id)
        except Invalid as problem:
            # No space is left: the person reads it beside the export.
            reason = " ".join(text for texts in problem.errors.values() for text in texts)
            _finish(wanted, state="failed", reason=reason)


def _beside(ctx: RequestContext, spec: ListSpec, params: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands in the file of a list beside its rows."""
    if spec.sheets is None:
        return {}
    with db.atomic():
        return {"title": _(spec.title), "before": spec.sheets(ctx, params)}


def _all_rows(
    ctx: RequestContext, spec: ListSpec, params: dict[str, str], moment: ExitStack
) -> Iterator[Any]:
    """Return all rows of a list; end the transaction of their moment with the last: a long file is written after it."""
    cursor: Cursor = START
    while True:
        found = spec.rows(ctx, params, cursor, ROWS_AT_ONCE)
        yield from found.rows
        if not found.next_key:
            moment.close()
            return
        cursor = cursor_of(found.next_key, *spec.cursor)


def _finish(wanted: Export, *, state: str, reason: str = "", **values: Any) -> None:
    """End an export, and tell whoever asked: they have gone on to other pages meanwhile."""
    told = N_("Danh sách “{title}” đã xuất xong: tải tệp Excel về trong bảy ngày.")
    if state == "failed":
        told = N_("Không xuất được danh sách “{title}”. {reason}")
    title = wanted.title or title_of(wanted.list)
    with db.atomic():
        Export.update(done_at=datetime.now(UTC), state=state, reason=reason, **values).where(
            Export.id == wanted.id
        ).execute()
        notify(
            EXPORTED,
            [wanted.person_id],
            fact=str(wanted.id),
            text=told,
            fields={"title": title, "reason": reason},
            route="lists.exports",
        )


def forget_old() -> None:
    """Delete exported files after a week, and what is left of runs after a month."""
    with db.atomic():
        old = db.execute_sql(
            "DELETE FROM lists.export WHERE tenant_id = %s AND created_at < now() - interval '7 days' RETURNING id",
            (current_tenant(),),
        ).fetchall()
        # Whoever gave up on an export a day ago may ask for it again.
        Export.update(state="failed").where(
            Export.state == "waiting", Export.created_at < datetime.now(UTC) - timedelta(days=1)
        ).execute()
        remove_all_of(FileOwner("lists", "export", export_id) for (export_id,) in old)
        db.execute_sql(
            "DELETE FROM lists.bulk_run WHERE tenant_id = %s AND created_at < now() - interval '30 days'",
            (current_tenant(),),
        )
