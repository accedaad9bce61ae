"""The notes of units, and who has taken note of them."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "example.note",
        """
        unit_id uuid NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
        body text NOT NULL DEFAULT '' CHECK (length(body) <= 20000),
        folded text NOT NULL,
        pinned boolean NOT NULL DEFAULT false,
        author_id uuid REFERENCES tenants.person (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_by uuid REFERENCES tenants.person (id),
        changed_at timestamptz NOT NULL DEFAULT now(),
        archived_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        FOREIGN KEY (tenant_id, unit_id) REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE,
        CHECK (archived_at IS NULL OR NOT pinned)
        """,
    )
    # The list reads each unit's notes in its own order from one of these, and stops after a page.
    db.execute_sql(
        "CREATE INDEX note_current ON example.note (tenant_id, unit_id, pinned, created_at, id) WHERE archived_at IS NULL;"
        "CREATE INDEX note_archive ON example.note (tenant_id, unit_id, pinned, created_at, id) WHERE archived_at IS NOT NULL"
    )
    tenant_table(
        db,
        "example.acknowledgement",
        """
        note_id uuid NOT NULL,
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, note_id, person_id),
        FOREIGN KEY (tenant_id, note_id) REFERENCES example.note (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert, delete",
    )
