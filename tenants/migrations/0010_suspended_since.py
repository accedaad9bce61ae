"""Since when an agency is suspended: who waits for it is told once for each time."""


def up(migrator, db):
    # Of those that are suspended already the day is in the audit trail only: they are told of as from today.
    db.execute_sql(
        """
        ALTER TABLE tenants.tenant ADD COLUMN suspended_at timestamptz;
        UPDATE tenants.tenant SET suspended_at = now() WHERE status = 'suspended';
        """
    )
