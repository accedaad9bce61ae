"""What is counted of cases, by day; the figures of agencies below; what was published."""

from core.api import tenant_table

COUNTERS = """
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 80),
    dimension text NOT NULL DEFAULT '' CHECK (dimension IN ('', 'state', 'unit', 'sector', 'agency')),
    value text NOT NULL DEFAULT '',
    day date NOT NULL,
    opened integer NOT NULL DEFAULT 0,
    early integer NOT NULL DEFAULT 0,
    on_time integer NOT NULL DEFAULT 0,
    late integer NOT NULL DEFAULT 0,
    overdue integer NOT NULL DEFAULT 0
"""


def up(migrator, db):
    tenant_table(
        db,
        "reports.counted",
        """
        kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 80),
        state text NOT NULL,
        unit_id uuid,
        sector text NOT NULL DEFAULT '',
        opened_on date NOT NULL,
        due_on date,
        due_order date GENERATED ALWAYS AS (coalesce(due_on, 'infinity')) STORED,
        closed_on date,
        FOREIGN KEY (tenant_id, id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
    )
    # Counters are never changed: acts add signed rows, so that nobody waits for anybody, and a job adds them up.
    tenant_table(db, "reports.tally", COUNTERS, grant="select, insert, delete")
    tenant_table(db, "reports.below", COUNTERS, grant="select, insert, delete")
    tenant_table(
        db,
        "reports.gathered",
        """
        at timestamptz NOT NULL DEFAULT now(),
        agencies integer NOT NULL,
        late jsonb NOT NULL
        """,
        grant="select, insert, delete",
    )
    tenant_table(
        db,
        "reports.checked",
        """
        at timestamptz NOT NULL DEFAULT now(),
        cases integer NOT NULL,
        differences integer NOT NULL,
        told text NOT NULL DEFAULT '' CHECK (length(told) <= 2000)
        """,
        grant="select, insert, delete",
    )
    tenant_table(
        db,
        "reports.snapshot",
        """
        kind text NOT NULL CHECK (length(kind) <= 80),
        kinds text[] NOT NULL,
        by text NOT NULL,
        period text NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
        first date NOT NULL,
        last date NOT NULL,
        content jsonb NOT NULL,
        made_by uuid NOT NULL REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now()
        """,
        grant="select, insert",
    )
    db.execute_sql(
        """
        CREATE INDEX counted_opened ON reports.counted (tenant_id, kind, opened_on, id);
        CREATE INDEX counted_closed ON reports.counted (tenant_id, kind, closed_on, id) WHERE closed_on IS NOT NULL;
        CREATE INDEX counted_open ON reports.counted (tenant_id, kind, due_order, id) WHERE closed_on IS NULL;
        CREATE INDEX tally_day ON reports.tally (tenant_id, dimension, kind, day);
        CREATE INDEX below_day ON reports.below (tenant_id, dimension, kind, day);
        CREATE INDEX checked_at ON reports.checked (tenant_id, at);
        CREATE INDEX snapshot_made ON reports.snapshot (tenant_id, made_at, id);
        """
    )
