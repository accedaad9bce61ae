"""The working hours agencies have had, from which day on each, so that an old deadline is counted as it was."""

from core.db.ddl import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "tenants.working_week",
        """
        valid_from date NOT NULL,
        hours jsonb NOT NULL,
        UNIQUE (tenant_id, valid_from),
        FOREIGN KEY (tenant_id) REFERENCES tenants.tenant (id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
