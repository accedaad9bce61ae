"""Forms that are being filled in."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "drafts.draft",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
        page uuid NOT NULL,
        fields jsonb NOT NULL,
        saved_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, person_id, key)
        """,
    )
    db.execute_sql("CREATE INDEX draft_by_age ON drafts.draft (tenant_id, saved_at)")
