"""What an agency says of its leaders on the public page; who they are stays the registry's."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "websites.leader",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        biography text NOT NULL DEFAULT '' CHECK (length(biography) <= 2000),
        duties text NOT NULL DEFAULT '' CHECK (length(duties) <= 2000),
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id, person_id)
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        "CREATE TRIGGER count_generation AFTER INSERT OR UPDATE OR DELETE ON websites.leader "
        "FOR EACH STATEMENT EXECUTE FUNCTION websites.count_generation()"
    )
