"""The list of the cases behind a number: its columns and conditions."""

from collections.abc import Mapping
from dataclasses import replace

from core.api import N_, BadRequest, Cursor, Page, RequestContext, _, ngettext
from plugins.casework.api import holder_of, row_state
from plugins.lists.api import ListColumn, ListSpec, declare_list
from plugins.reports import queries
from plugins.reports.asking import asked
from plugins.reports.counting import reports
from plugins.reports.measures import BY_KEY
from plugins.reports.queries import Behind, BehindRow

READ = "reports.read"
MOST_VALUES = 100


def behind_of(ctx: RequestContext, params: Mapping[str, str]) -> Behind:
    """Return the number that an address names; what is overdue today unless it says otherwise.

    Raises BadRequest, NotFound.
    """
    measure = BY_KEY.get(params.get("measure") or "overdue")
    if measure is None:
        raise BadRequest(_("Địa chỉ này nêu một con số không có. Mở lại từ báo cáo."))
    values = params["value"].split(",")[:MOST_VALUES] if params.get("value") else []
    # Cases that have no value, such as no unit: an address says "-".
    told = tuple("" if each == "-" else each for each in values)
    if params.get("by") == "state":  # the leaders' page asks for states of several kinds, as "kind:state"
        found = replace(asked(ctx, {**params, "by": ""}), by="state")
    else:
        found = asked(ctx, params)
    return Behind(found, measure, told, params.get("waits", "")[:40])


def days_late(row: BehindRow, of: Behind) -> int:
    """Return by how many days a case is late, or was."""
    if row.due_on is None:
        return 0
    return max(((row.answered_on or row.closed_on or of.asked.today) - row.due_on).days, 0)


def late_words(days: int) -> str:
    """Return it in words; calendar days, for that is what people live through."""
    return ngettext("{n} ngày", "{n} ngày", days) if days else ""


def reason(row: BehindRow) -> str:
    """Return why a case is where it is: whom it waits for, or the state it stands in."""
    if row.closed_on is None and row.waits_for:
        return _("Chờ {agency} trả lời", agency=row.waits_for)
    return row_state(row).text


def _rows(ctx: RequestContext, params: Mapping[str, str], cursor: Cursor, size: int) -> Page[BehindRow]:
    return queries.behind(ctx, behind_of(ctx, params), cursor, size)


BEHIND = declare_list(
    ListSpec(
        key="reports.cases",
        title=N_("Việc phía sau con số"),
        route="reports.cases",
        permission=READ,
        columns=(
            ListColumn("title", N_("Vụ việc"), lambda row: f"{row.code} {row.title}", fixed=True),
            ListColumn("kind", N_("Loại việc"), lambda row: _(reports()[row.kind].title), shown=False),
            ListColumn("holder", N_("Nơi giữ"), lambda row: holder_of(row) or row.unit or ""),
            ListColumn("unit", N_("Đơn vị"), lambda row: row.unit or "", shown=False),
            ListColumn("reason", N_("Vì sao"), reason),
            ListColumn("opened", N_("Ngày nhận"), lambda row: row.opened_on, kind="fit", shown=False),
            ListColumn("due", N_("Hạn"), lambda row: row.due_on, kind="fit"),
            ListColumn("answered", N_("Ngày trả lời"), lambda row: row.answered_on, kind="fit", shown=False),
            ListColumn("closed", N_("Ngày xong"), lambda row: row.closed_on, kind="fit", shown=False),
        ),
        rows=_rows,
        cursor=queries.KEY,
        default=("due", "ascending"),
        conditions=("kind", "by", "period", "first", "last", "measure", "value", "waits"),
    )
)
