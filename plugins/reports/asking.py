"""What somebody wants to see: which cases, by what, in which period; the same from an address everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from core.api import N_, BadRequest, NotFound, Option, RequestContext, _
from plugins.casework.api import CaseKind, agency_day, kinds_here
from plugins.reports import periods
from plugins.reports.counting import reports
from plugins.reports.periods import Period

BELOW = "reports.below"
BY = {
    "kind": N_("Loại việc"),
    "unit": N_("Đơn vị"),
    "state": N_("Trạng thái"),
    "sector": N_("Lĩnh vực"),
    "agency": N_("Cơ quan"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as an address asks for it."""

    kind: str
    """One kind of cases, or "" for all that the person may see."""
    kinds: tuple[CaseKind, ...]
    by: str
    period: Period
    today: date

    @property
    def keys(self) -> list[str]:
        """The keys of the kinds."""
        return [each.key for each in self.kinds]

    @property
    def until(self) -> date:
        """The last day that counts."""
        return self.period.until(self.today)

    @property
    def title(self) -> str:
        """What the report is called."""
        return _(reports()[self.kind].title) if self.kind else _("Tổng hợp mọi loại việc")

    @property
    def sector(self) -> str:
        """What officers call the module's own column."""
        return _(reports()[self.kind].sector_title) if self.kind else ""

    def query(self, **more: str) -> str:
        """Return what follows the question mark of an address."""
        asked = {"kind": self.kind, "by": self.by, "period": self.period.key, **more}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


def kinds_counted(ctx: RequestContext) -> list[CaseKind]:
    """Return the kinds of cases that are counted and that a person may see here."""
    return [kind for kind in kinds_here(ctx) if kind.key in reports()]


def asked(ctx: RequestContext, params: Mapping[str, str]) -> Asked:
    """Return what an address asks for.

    Raises BadRequest for a period or grouping that is none, NotFound for cases the person may not see.
    """
    here, key, today = kinds_counted(ctx), params.get("kind", ""), agency_day()
    kinds = tuple(each for each in here if key in ("", each.key))
    if not kinds:
        raise NotFound
    usual, offered = "unit" if key else "kind", groupings(ctx, key)
    by = params.get("by") or usual
    if by in BY and by not in offered and by != "agency":
        by = usual  # the form still says what another kind of cases is divided by
    if by not in offered:
        raise BadRequest(_("Báo cáo này không chia theo mục vừa chọn. Chọn lại trong danh sách."))
    return Asked(key, kinds, by, _period(params, key, today), today)


def _period(params: Mapping[str, str], kind: str, today: date) -> Period:
    first, last = params.get("first", ""), params.get("last", "")
    if first or last:
        return periods.any_days(_day(first), _day(last) if last else today)
    if params.get("period"):
        return periods.parse(params["period"])
    if kind and reports()[kind].years:
        return periods.whole_year(periods.report_year(today))
    return periods.month_of(today)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest(_("Ngày trong địa chỉ này không có: {day}.", day=text[:20])) from None


def groupings(ctx: RequestContext, kind: str) -> dict[str, str]:
    """Return by what a report may be divided, with the words for it."""
    found = {key: _(title) for key, title in BY.items()}
    if kind:
        found.pop("kind")
        found["sector"] = _(reports()[kind].sector_title)
    if not kind or not reports()[kind].sector_sql:
        found.pop("sector")
    if not kind:
        found.pop("state")
    if not ctx.can(BELOW):
        found.pop("agency")
    return found


def options(found: Mapping[str, str]) -> tuple[Option, ...]:
    """Return choices of a select."""
    return tuple(Option(key, title) for key, title in found.items())


def line_titles(of: Asked, names: Mapping[UUID, str]) -> Mapping[str, str]:
    """Return the titles of the lines of a report that do not come from the database, in their order."""
    if of.by == "kind":
        return {each.key: _(reports()[each.key].title) for each in of.kinds}
    if of.by == "sector":
        return {key: _(title) for key, title in reports()[of.kind].sectors.items()}
    if of.by == "state":
        found = {f"{kind.key}:{each.key}": _(each.title) for kind in of.kinds for each in kind.states}
        return found | {each.key: _(each.title) for each in of.kinds[0].states}
    return {str(key): name for key, name in names.items()}
