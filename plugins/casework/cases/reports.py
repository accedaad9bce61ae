"""What is counted of the cases of a kind: a module declares it, plugins/reports counts and shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.api import N_


@dataclass(frozen=True, slots=True)
class CaseReport:
    """The report about the cases of a kind; its key is the kind's.

    `sector_sql` reads one value of a case from the module's own table, as an expression over the case `c`:
    "(SELECT i.sector FROM press_issues.issue i WHERE i.tenant_id = c.tenant_id AND i.id = c.id)". `sectors` are
    its titles, `sector_title` what officers call it. A module that changes such a value, or what `answered_sql`
    of the kind reads, calls `recount` of plugins/reports in the same transaction. Cases in the states of
    `without` count for nothing, such as those that were joined to another one. `years` says that the year is
    the usual window of the report rather than the month.
    """

    key: str
    title: str
    sector_title: str = N_("Lĩnh vực")
    sectors: Mapping[str, str] = field(default_factory=dict)
    sector_sql: str = ""
    without: tuple[str, ...] = ()
    years: bool = False
