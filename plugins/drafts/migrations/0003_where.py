"""A draft knows the page of its form, so that whoever left it finds it again."""


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE drafts.draft ADD COLUMN url text NOT NULL DEFAULT '' CHECK (length(url) <= 2000)"
    )
