"""Which files were looked at by the scanner, when, and with which signatures."""


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE files.file ADD COLUMN scanned_at timestamptz, ADD COLUMN scanned_with text NOT NULL DEFAULT '';"
        # Those never looked at first, then those looked at the longest ago.
        "CREATE INDEX file_scanned ON files.file (tenant_id, scanned_at NULLS FIRST, id) WHERE state = 'ready'"
    )
