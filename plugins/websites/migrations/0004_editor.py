"""Who passed an article to the publishers, to be told what became of it."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE websites.article ADD COLUMN editor_id uuid REFERENCES tenants.person (id)")
