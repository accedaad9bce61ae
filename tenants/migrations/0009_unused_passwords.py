"""Who has been given a first password and has never signed in: what was given to them may be lost and given anew."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE tenants.person ADD COLUMN password_unused boolean NOT NULL DEFAULT false")
