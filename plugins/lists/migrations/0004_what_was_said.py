"""What a form asked before work on many rows, such as who gets them."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE lists.bulk_run ADD COLUMN said jsonb NOT NULL DEFAULT '{}'")
