"""Saved views, what people chose of lists, work on many rows, and exported files."""

from core.api import tenant_table

PERSON = "person_id uuid NOT NULL REFERENCES tenants.person (id)"
LIST = "list text NOT NULL CHECK (length(list) BETWEEN 1 AND 80)"
QUERY = "query text NOT NULL CHECK (length(query) <= 2000)"


def up(migrator, db):
    tenant_table(
        db,
        "lists.saved_view",
        f"""
        {LIST}, {PERSON}, {QUERY},
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
        shared boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, list, person_id, name)
        """,
    )
    tenant_table(
        db,
        "lists.preference",
        f"""
        {LIST}, {PERSON},
        columns text NOT NULL DEFAULT '' CHECK (length(columns) <= 1000),
        view_id uuid,
        UNIQUE (tenant_id, person_id, list),
        FOREIGN KEY (tenant_id, view_id) REFERENCES lists.saved_view (tenant_id, id)
            ON UPDATE CASCADE ON DELETE SET NULL (view_id)
        """,
    )
    tenant_table(
        db,
        "lists.bulk_run",
        f"""
        {LIST}, {PERSON}, {QUERY},
        action text NOT NULL CHECK (length(action) BETWEEN 1 AND 80),
        ids uuid[] NOT NULL CHECK (cardinality(ids) BETWEEN 1 AND 10000),
        done integer NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND cardinality(ids)),
        refused integer NOT NULL DEFAULT 0 CHECK (refused BETWEEN 0 AND done),
        state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'running', 'done', 'stopped')),
        created_at timestamptz NOT NULL DEFAULT now()
        """,
    )
    tenant_table(
        db,
        "lists.export",
        f"""
        {LIST}, {PERSON}, {QUERY},
        heads text[] NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
        count integer NOT NULL DEFAULT 0,
        file_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        done_at timestamptz
        """,
    )
    db.execute_sql(
        "CREATE INDEX saved_view_shared ON lists.saved_view (tenant_id, list, name) WHERE shared;"
        "CREATE INDEX bulk_run_person ON lists.bulk_run (tenant_id, person_id, created_at);"
        "CREATE INDEX export_person ON lists.export (tenant_id, person_id, created_at);"
        # One waits at most for a person and a list.
        "CREATE UNIQUE INDEX export_waiting ON lists.export (tenant_id, person_id, list) WHERE state = 'waiting'"
    )
