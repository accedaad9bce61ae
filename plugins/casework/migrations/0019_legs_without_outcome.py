"""A leg keeps when it was answered and by when it had to be; whether that was early or late follows, and was read nowhere."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE casework.leg DROP COLUMN outcome")
