"""Legs that nobody has taken on, in the order in which they came: the morning's reminders read them by it."""


def up(migrator, db):
    db.execute_sql(
        """
        DROP INDEX casework.leg_waiting;
        CREATE INDEX leg_waiting ON casework.leg (receiver_id, sent_at, id) WHERE state = 'sent'
        """
    )
