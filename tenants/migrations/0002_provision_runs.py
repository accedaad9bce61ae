"""Files given to the console, the plan made of each, and how far applying it has come."""

from core.db.ddl import registry_table


def up(migrator, db):
    registry_table(
        db,
        "tenants.provision_run",
        """
        id uuid PRIMARY KEY,
        file_name text NOT NULL,
        content bytea NOT NULL,
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now(),
        lines integer NOT NULL,
        counts jsonb NOT NULL,
        plan jsonb NOT NULL,
        state text NOT NULL DEFAULT 'planned'
            CHECK (state IN ('planned', 'running', 'stopping', 'stopped', 'finished')),
        started_at timestamptz,
        finished_at timestamptz,
        beats integer NOT NULL DEFAULT 0,
        trouble text NOT NULL DEFAULT ''
        """,
    )
    registry_table(
        db,
        "tenants.provision_step",
        """
        id uuid PRIMARY KEY,
        run_id uuid NOT NULL REFERENCES tenants.provision_run (id) ON DELETE CASCADE,
        position integer NOT NULL,
        code text NOT NULL,
        name text NOT NULL,
        line integer NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
        written integer NOT NULL DEFAULT 0,
        error text NOT NULL DEFAULT '',
        UNIQUE (run_id, position),
        UNIQUE (run_id, code)
        """,
    )
    db.execute_sql("CREATE INDEX provision_run_made ON tenants.provision_run (made_at DESC, id DESC)")
