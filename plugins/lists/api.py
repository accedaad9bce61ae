"""What other modules may import from this one, once they name `lists` in their `requires`.

NOTES = declare_list(ListSpec(key="example.notes", …))

listing = open_list(req, resp, NOTES)        # order, columns, cursor: from the address and what was chosen
found = queries.notes(ctx, wanted, listing.cursor, …)
for table in read_tables(file): …            # rows of cells of an Excel or Word file; in_unicode(row) gives their texts
page(req, resp, "…", NotesView(listing=listing.view(req, found, total), …))
"""

from plugins.lists.excel import MEDIA_TYPE as EXCEL
from plugins.lists.excel import by_place
from plugins.lists.excel import write as write_excel
from plugins.lists.listing import Listing, open_list, params_of, query_of
from plugins.lists.services import action_of, matching, start_bulk
from plugins.lists.spec import BULK_AT_ONCE, BulkAction, ListColumn, ListSpec, Sheet, declare_list, spec_for
from plugins.lists.tables import Cell, Unreadable, in_unicode, read_tables
from plugins.lists.views import BulkButton, ColumnChoice, ListingView, ViewTab

__all__ = [
    "BULK_AT_ONCE", "EXCEL", "BulkAction", "BulkButton", "Cell", "ColumnChoice", "ListColumn", "ListSpec", "Listing", "ListingView", "Sheet",
    "Unreadable", "ViewTab", "action_of", "by_place", "declare_list", "in_unicode", "matching", "open_list", "params_of", "query_of",
    "read_tables", "spec_for", "start_bulk", "write_excel",
]  # fmt: skip
