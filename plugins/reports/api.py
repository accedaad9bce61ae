"""What other modules may import from this one, once they name `reports` in their `requires`.

recount([case.id])      # in the transaction that changed what `sector_sql` of the report or `answered_sql` of the kind reads
"""

from plugins.reports.counting import recount

__all__ = ["recount"]
