"""The list of what came in by legs: its columns and conditions."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from core.api import N_, Cursor, Page, RequestContext, _
from plugins.casework import leg_queries as queries
from plugins.casework.incoming import INCOMING
from plugins.casework.leg_purposes import purpose_of
from plugins.casework.leg_queries import LegFilter, LegRow, Stand
from plugins.casework.leg_services import STATES
from plugins.lists.api import ListColumn, ListSpec, declare_list

STANDS: dict[str, str] = {"waiting": N_("Chờ tiếp nhận"), "late": N_("Quá hạn"), "done": N_("Đã xong")}


def wanted(params: Mapping[str, str]) -> LegFilter:
    """Return the conditions of an address."""
    stand = params.get("stand", "")
    return LegFilter(params.get("q", "").strip()[:200], cast("Stand", stand) if stand in STANDS else "open")


def rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[LegRow]:
    """Return a page of what came in under the conditions of an address."""
    return queries.incoming(ctx, wanted(params), cursor, size)


def _purpose(row: Any) -> str:
    return _(purpose_of(row.purpose).title)


def _state(row: Any) -> str:
    return _(STATES[row.state])


def _title_of(_ctx: RequestContext, leg_id: UUID) -> str:
    return queries.leg(leg_id).code


LEGS = declare_list(
    ListSpec(
        key=INCOMING.list_route,
        title=INCOMING.title,
        route=INCOMING.list_route,
        permission=INCOMING.read,
        columns=(
            ListColumn("title", N_("Chặng"), lambda row: f"{row.code} {row.title}", fixed=True),
            ListColumn("sender", N_("Nơi gửi"), lambda row: row.sender),
            ListColumn("purpose", N_("Mục đích"), _purpose, kind="fit"),
            ListColumn("state", N_("Trạng thái"), _state, kind="fit"),
            ListColumn("sent", N_("Gửi lúc"), lambda row: row.sent_at, kind="fit", shown=False),
            ListColumn("due", N_("Hạn"), lambda row: row.due_at, kind="fit"),
        ),
        rows=rows,
        cursor=queries.KEY,
        default=("due", "ascending"),
        conditions=("q", "stand"),
        title_of=_title_of,
    )
)
