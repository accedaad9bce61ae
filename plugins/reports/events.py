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


ALL = (ReportPublished,)
