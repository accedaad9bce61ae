"""Who read personal data of a case in full, for how long, and why."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "casework.reveal",
        """
        case_id uuid NOT NULL,
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        fields text[] NOT NULL CHECK (cardinality(fields) BETWEEN 1 AND 50),
        purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 40),
        note text NOT NULL CHECK (length(note) BETWEEN 10 AND 300),
        at timestamptz NOT NULL,
        until timestamptz NOT NULL,
        CHECK (at < until),
        FOREIGN KEY (tenant_id, case_id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert",
    )
    db.execute_sql(
        """
        CREATE INDEX reveal_person ON casework.reveal (tenant_id, person_id, at);
        CREATE INDEX reveal_case ON casework.reveal (tenant_id, case_id);
        """
    )
