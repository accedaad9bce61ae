"""Why an export came to nothing, in the words of whoever asked."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE lists.export ADD COLUMN reason text NOT NULL DEFAULT ''")
