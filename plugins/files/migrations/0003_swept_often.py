"""Sweep the table of files often: an agency's space is added up from the index alone where rows are known to be visible."""


def up(migrator, db):
    # PERF: PostgreSQL would wait until a fifth of all agencies' rows are new; the newest would be read one by one.
    db.execute_sql(
        "ALTER TABLE files.file SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02)"
    )
