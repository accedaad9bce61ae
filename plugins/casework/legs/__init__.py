"""Work between agencies: one row that sender and receiver share."""
