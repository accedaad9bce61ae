"""Whoever acts by a share of a deadline is told of a calendar only if their own day moved."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE casework.assignment ADD COLUMN moved_by uuid")
