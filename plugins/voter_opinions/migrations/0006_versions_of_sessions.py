"""Sessions have a version: whoever was overtaken by somebody else is told so."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE voter_opinions.session ADD version integer NOT NULL DEFAULT 1")
