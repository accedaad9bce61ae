"""A case that was answered before it ends is early, on time or late by its answer; `lienthong reports rebuild` finds the old ones."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE reports.counted ADD COLUMN answered_on date")
