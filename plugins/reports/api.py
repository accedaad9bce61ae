"""What other modules may import from this one, once they name `reports` in their `requires`.

recount([case.id])      # in the transaction that changed what `CaseReport.sector_sql` reads
"""

from plugins.reports.counting import recount

__all__ = ["recount"]
