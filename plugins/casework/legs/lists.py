"""The lists of what came in and of what was sent by legs: their columns and conditions."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from core.api import N_, Cursor, Page, RequestContext, _
from plugins.casework.cases.lists import holder_of
from plugins.casework.legs import queries
from plugins.casework.legs.incoming import INCOMING
from plugins.casework.legs.lines import state_of_leg
from plugins.casework.legs.purposes import purpose_of
from plugins.casework.legs.queries import LegFilter, LegRow, Side, Stand
from plugins.lists.api import ListColumn, ListSpec, declare_list

STANDS: dict[str, str] = {"waiting": N_("Chờ tiếp nhận"), "late": N_("Quá hạn"), "done": N_("Đã xong")}


def wanted(params: Mapping[str, str], side: Side) -> LegFilter:
    """Return the conditions of an address."""
    stand = params.get("stand", "")
    known = cast("Stand", stand) if stand in STANDS else "open"
    return LegFilter(params.get("q", "").strip()[:200], known, side)


def _rows(
    side: Side, ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int
) -> Page[LegRow]:
    return queries.listed(ctx, wanted(params, side), cursor, size)


def _purpose(row: Any) -> str:
    return _(purpose_of(row.purpose).title)


def _state(row: Any) -> str:
    return state_of_leg(row).text


def _title_of(_ctx: RequestContext, leg_id: UUID) -> str:
    return queries.leg(leg_id).code


def leg_holder(row: LegRow) -> str:
    """Return who has a leg in the agency that got it, or that nobody has taken it on."""
    return holder_of(row) or (_("Chưa ai tiếp nhận") if row.state == "sent" else "")


def _list(route: str, title: str, side: Side, *others: ListColumn) -> ListSpec:
    return declare_list(
        ListSpec(
            key=route, title=title, route=route, permission=INCOMING.read,
            columns=(
                ListColumn("title", N_("Chặng"), lambda row: f"{row.code} {row.title}", fixed=True),
                *others,
                ListColumn("purpose", N_("Mục đích"), _purpose, kind="fit"),
                ListColumn("state", N_("Trạng thái"), _state, kind="fit"),
                ListColumn("sent", N_("Gửi lúc"), lambda row: row.sent_at, kind="fit", shown=False),
                ListColumn("due", N_("Hạn"), lambda row: row.due_at, kind="fit"),
            ),
            rows=partial(_rows, side), cursor=queries.KEY, default=("due", "ascending"), conditions=("q", "stand"), title_of=_title_of,
        )
    )  # fmt: skip


SENT_ROUTE, SENT_TITLE = "casework.legs_sent", N_("Việc đã gửi đi")
LEGS = _list(
    INCOMING.list_route,
    INCOMING.title,
    "receiver",
    ListColumn("sender", N_("Nơi gửi"), lambda row: row.sender),
    ListColumn("holder", N_("Người giữ"), leg_holder),
)
SENT = _list(
    SENT_ROUTE, SENT_TITLE, "sender", ListColumn("receiver", N_("Nơi nhận"), lambda row: row.receiver)
)
