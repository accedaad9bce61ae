"""Which rows a run over many refused, and why: a line for each, in the words of whoever asked."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE lists.bulk_run ADD COLUMN refusals text[] NOT NULL DEFAULT '{}'")
