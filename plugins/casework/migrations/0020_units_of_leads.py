"""What is pulled back lies again with the unit where it lay before."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE casework.assignment ADD COLUMN unit_before uuid;
        ALTER TABLE casework.assignment ADD FOREIGN KEY (tenant_id, unit_before)
            REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE
        """
    )
