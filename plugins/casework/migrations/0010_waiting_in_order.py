"""What waits for others is read in the stored order of due dates, as everything a person has to do."""


def up(migrator, db):
    db.execute_sql(
        """
        DROP INDEX casework.assignment_giver;
        CREATE INDEX assignment_giver ON casework.assignment (tenant_id, given_by, due_order, id) WHERE done_at IS NULL
        """
    )
