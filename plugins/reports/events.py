"""What happens to reports."""

from dataclasses import dataclass
from typing import ClassVar

from core.api import N_, Event


@dataclass(frozen=True, kw_only=True)
class ReportPublished(Event):
    """A report was published as it was; it stays so."""

    name: ClassVar[str] = "reports.report_published"
    label: ClassVar[str] = N_("chốt báo cáo “{title}”, {first}–{last}")
    object_type: ClassVar[str] = "reports.snapshot"
    milestone: ClassVar[bool] = True
    title: str
    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class LateCaseSeen(Event):
    """Somebody of the agency above looked at a late case; told in both agencies, in the history of the case too."""

    name: ClassVar[str] = "reports.late_case_seen"
    label: ClassVar[str] = N_("của {superior} xem vì sao {code} quá hạn, ở {agency}")
    object_type: ClassVar[str] = "casework.case"
    told: ClassVar[tuple[str, ...]] = ("superior", "agency")
    code: str
    superior: str
    agency: str


ALL = (ReportPublished, LateCaseSeen)
