"""The entries of agencies."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "skeleton.entry",
        """
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
        folded text NOT NULL,
        added_by uuid REFERENCES tenants.person (id),
        added_at timestamptz NOT NULL DEFAULT now()
        """,
    )
    # The list is read from this index in its own order.
    db.execute_sql("CREATE INDEX entry_list ON skeleton.entry (tenant_id, added_at, id)")
