"""The web layer: gate, forms, paging, pages and their shell."""
