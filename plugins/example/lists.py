"""What the lists of the notebook are made of: columns, conditions, rows, and what can be done to many notes."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from core.api import N_, BadRequest, Cursor, Page, RequestContext, _
from plugins.example import queries, services
from plugins.example.queries import Filter, NoteRow, State
from plugins.lists.api import BulkAction, ListColumn, ListSpec, declare_list


def wanted(params: Mapping[str, str]) -> Filter:
    """Return the conditions of an address.

    Raises BadRequest for a unit that is none.
    """
    state = params.get("state", "")
    try:
        unit_id = UUID(params["unit"]) if params.get("unit") else None
    except ValueError as error:
        raise BadRequest(_("Địa chỉ này nêu một phòng không có. Chọn lại phòng trong danh sách.")) from error
    return Filter(
        search=params.get("q", "").strip()[:200],
        unit_id=unit_id,
        state=cast("State", state) if state in ("pinned", "archived") else "",
        oldest_first=NOTES.sorting(params) == ("at", "ascending"),
    )


def rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[NoteRow]:
    """Return a page of notes under the conditions of an address."""
    return queries.notes(ctx, wanted(params), cursor, size)


def _author(row: Any) -> str:
    return row.author or _("Hệ thống")


NOTES = declare_list(
    ListSpec(
        key="example.notes",
        title=N_("Sổ tay phòng ban"),
        route="example.notes",
        permission="example.read",
        columns=(
            ListColumn("title", N_("Ghi chú"), lambda row: row.title, fixed=True),
            ListColumn("unit", N_("Sổ của"), lambda row: row.unit),
            ListColumn("author", N_("Người viết"), _author, kind="fit"),
            ListColumn("changed", N_("Sửa lúc"), lambda row: row.changed_at, kind="fit", shown=False),
            ListColumn("at", N_("Viết lúc"), lambda row: row.created_at, kind="fit", sort="descending"),
        ),
        rows=rows,
        cursor=queries.KEY,
        default=("at", "descending"),
        conditions=("q", "unit", "state"),
        actions=(
            BulkAction(
                "acknowledge", N_("Đã nắm"), "example.read", services.acknowledge,
                N_("Đã báo nắm {n} ghi chú."), "checks",
            ),
            BulkAction(
                "archive", N_("Cất"), "example.write", services.archive_note, N_("Đã cất {n} ghi chú."), "archive",
                undone_by="restore",
            ),
            BulkAction(
                "restore", N_("Lấy lại"), "example.write", services.restore_note, N_("Đã lấy lại {n} ghi chú."),
                "archive-off",
            ),
        ),
    )
)  # fmt: skip
