"""When each person got a password, so that nobody is left without a way in and nobody gets a second one by a list."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE tenants.person ADD COLUMN password_at timestamptz")
