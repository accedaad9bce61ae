"""Void numbers are counted without reading the whole book, and clocks stay: their ledger went with them."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX register_entry_void ON casework.register_entry (tenant_id, book, year, number) "
        "WHERE voided_at IS NOT NULL"
    )
    # A ledger that the application cannot change was deletable through its clock, by the cascade.
    db.execute_sql("REVOKE DELETE ON casework.clock FROM lienthong_app")
