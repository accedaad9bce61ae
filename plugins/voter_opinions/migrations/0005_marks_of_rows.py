"""Rows of a file keep what they are compared by: of one that is corrected alone it is made anew."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE voter_opinions.intake_row ADD marks bigint[] NOT NULL DEFAULT '{}'")
