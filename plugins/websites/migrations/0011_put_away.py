"""An article that never was public may be put away: out of the way, with its text and history."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE websites.article DROP CONSTRAINT article_state_check")
    db.execute_sql(
        "ALTER TABLE websites.article ADD CONSTRAINT article_state_check CHECK (state IN ("
        "'draft', 'editing', 'approval', 'returned', 'scheduled', 'published', 'withdrawn', 'put_away')) NOT VALID"
    )
    db.execute_sql("ALTER TABLE websites.article VALIDATE CONSTRAINT article_state_check")
