"""What an agency sent by legs, in the order of their due dates."""


def up(migrator, db):
    db.execute_sql(
        """
        CREATE INDEX leg_sent_due ON casework.leg (tenant_id, due_order, id) WHERE done_at IS NULL;
        CREATE INDEX leg_sent_done ON casework.leg (tenant_id, done_at, id) WHERE done_at IS NOT NULL;
        """
    )
