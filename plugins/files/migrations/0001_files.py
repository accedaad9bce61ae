"""Stored files by the object they belong to, and uploads that are still coming in."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "files.file",
        """
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        media_type text NOT NULL,
        size bigint NOT NULL CHECK (size > 0),
        digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
        width integer NOT NULL DEFAULT 0,
        height integer NOT NULL DEFAULT 0,
        owner_module text NOT NULL,
        owner_kind text NOT NULL,
        owner_id uuid NOT NULL,
        state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'held', 'infected')),
        uploaded_by uuid REFERENCES tenants.person (id),
        created_at timestamptz NOT NULL DEFAULT now()
        """,
    )
    db.execute_sql(
        "CREATE INDEX file_owner ON files.file (tenant_id, owner_module, owner_kind, owner_id, id);"
        # The space an agency takes is added up from the index alone.
        "CREATE INDEX file_size ON files.file (tenant_id, size);"
        "CREATE INDEX file_digest ON files.file (tenant_id, digest)"
    )
    tenant_table(
        db,
        "files.upload",
        """
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        size bigint NOT NULL CHECK (size > 0),
        received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
        uploaded_by uuid NOT NULL REFERENCES tenants.person (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now()
        """,
    )
    db.execute_sql("CREATE INDEX upload_changed ON files.upload (tenant_id, changed_at)")
