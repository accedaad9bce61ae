"""Books whose numbers have no gap and are never given twice."""
