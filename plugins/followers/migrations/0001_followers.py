"""Who follows which object."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "followers.follower",
        """
        object_type text NOT NULL CHECK (length(object_type) BETWEEN 1 AND 100),
        object_id uuid NOT NULL,
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        since timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, object_type, object_id, person_id)
        """,
        grant="select, insert, delete",
    )
