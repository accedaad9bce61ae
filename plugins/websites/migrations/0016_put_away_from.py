"""An article that is put away keeps where it stood, so that taking it back puts it there again."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE websites.article ADD COLUMN put_away_from text NOT NULL DEFAULT 'draft'")
