"""When a feed brought a line last: what was left stays away as long as it is brought."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE press_issues.feed_item ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now()")
