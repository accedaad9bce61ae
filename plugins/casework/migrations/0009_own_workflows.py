"""Workflows that agencies change themselves, and the open cases of a version."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE casework.workflow ADD COLUMN own boolean NOT NULL DEFAULT false;
        CREATE INDEX case_base_workflow ON casework.case_base (tenant_id, workflow_id, state, id) WHERE closed_at IS NULL;
        """
    )
