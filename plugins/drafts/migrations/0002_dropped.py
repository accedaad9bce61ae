"""A draft that was thrown away stays a day, so that it can be taken back."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE drafts.draft ADD COLUMN dropped_at timestamptz")
