"""What the list of letters is made of: its columns, its conditions and its rows."""

from collections.abc import Mapping
from typing import Any

from core.api import N_, Cursor, Page, RequestContext, _
from plugins.letters import queries
from plugins.letters.kinds import readable_kinds
from plugins.letters.queries import Filter, LetterRow
from plugins.lists.api import ListColumn, ListSpec, declare_list

STATES = {"draft": N_("Dự thảo"), "issued": N_("Đã phát hành"), "void": N_("Đã huỷ")}
MARKS = {"draft": "draft", "issued": "done", "void": "stop"}


def wanted(ctx: RequestContext, params: Mapping[str, str]) -> Filter:
    """Return the conditions of an address, of the kinds that the reader may read."""
    kinds = tuple(kind.key for kind in readable_kinds(ctx))
    asked, state = params.get("kind", ""), params.get("state", "")
    return Filter(
        kinds=(asked,) if asked in kinds else kinds,
        search=params.get("q", "").strip()[:200],
        state=state if state in STATES else "",
        oldest_first=LETTERS.sorting(params) == ("made", "ascending"),
    )


def rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[LetterRow]:
    """Return a page of letters under the conditions of an address."""
    return queries.letters(wanted(ctx, params), cursor, size)


def _state(row: Any) -> str:
    return _(STATES.get(row.state, row.state))


LETTERS = declare_list(
    ListSpec(
        key="letters.letters",
        title=N_("Văn bản đã soạn"),
        route="letters.letters",
        permission="casework.read_letters",
        columns=(
            ListColumn("subject", N_("Trích yếu"), lambda row: row.subject, fixed=True),
            ListColumn("number", N_("Số"), lambda row: row.number, kind="fit"),
            ListColumn("day", N_("Ngày"), lambda row: row.issued_on, kind="fit"),
            ListColumn("by", N_("Người soạn"), lambda row: row.made_by or "", kind="fit"),
            ListColumn("made", N_("Soạn lúc"), lambda row: row.made_at, kind="fit", sort="descending"),
            ListColumn("state", N_("Tình trạng"), _state, kind="fit"),
        ),
        rows=rows,
        cursor=queries.KEY,
        default=("made", "descending"),
        conditions=("q", "kind", "state"),
    )
)
