"""The work list: what one has given to others, when one last looked, the feed of deadlines, reminders."""

from core.api import tenant_table

REMINDING = "integer NOT NULL CHECK (%s BETWEEN 0 AND 30)"


def up(migrator, db):
    db.execute_sql(
        """
        CREATE INDEX assignment_giver ON casework.assignment (tenant_id, given_by, coalesce(due_at, 'infinity'), id)
            WHERE done_at IS NULL;
        CREATE INDEX assignment_due ON casework.assignment (tenant_id, due_at, id) WHERE done_at IS NULL;
        """
    )
    tenant_table(
        db,
        "casework.work_visit",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        last_at timestamptz NOT NULL,
        before_at timestamptz NOT NULL,
        UNIQUE (tenant_id, person_id)
        """,
        grant="select, insert, update",
    )
    # Whoever knows the address reads the feed, so only the hash of its secret is stored; a revoked row stays.
    tenant_table(
        db,
        "casework.feed",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        secret_hash bytea NOT NULL CHECK (length(secret_hash) = 32),
        made_at timestamptz NOT NULL DEFAULT now(),
        read_at timestamptz,
        revoked_at timestamptz,
        UNIQUE (tenant_id, secret_hash)
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        "CREATE UNIQUE INDEX feed_person ON casework.feed (tenant_id, person_id) WHERE revoked_at IS NULL"
    )
    tenant_table(
        db,
        "casework.reminding",
        f"""
        days_before {REMINDING % "days_before"},
        escalate_after {REMINDING % "escalate_after"},
        on_the_day boolean NOT NULL,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id)
        """,
        grant="select, insert, update",
    )
