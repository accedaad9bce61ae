"""Days that are otherwise, of the country and of agencies; clocks with their ledgers and the moves of their due dates."""

from core.api import registry_table, tenant_table

DAY = """
    day date NOT NULL CHECK (day BETWEEN '2015-01-01' AND '2100-12-31'),
    kind text NOT NULL CHECK (kind IN ('holiday', 'off', 'swap_off', 'swap_work', 'work')),
    part text NOT NULL DEFAULT 'day' CHECK (part IN ('day', 'morning', 'afternoon')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    ground text NOT NULL CHECK (length(ground) BETWEEN 1 AND 300),
    pair date CHECK (pair <> day),
    number bigint NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    removed_number bigint CHECK (removed_number > number),
    removed_at timestamptz,
    removal_ground text NOT NULL DEFAULT '',
    CHECK ((kind IN ('swap_off', 'swap_work')) = (pair IS NOT NULL)),
    CHECK ((removed_number IS NULL) = (removed_at IS NULL))
"""
"""Days are never deleted: a removed one says since when and why."""


def up(migrator, db):
    db.execute_sql(
        "CREATE SEQUENCE casework.calendar_number; GRANT USAGE ON SEQUENCE casework.calendar_number TO lienthong_app"
    )
    registry_table(db, "casework.national_day", f"id uuid PRIMARY KEY, {DAY}", grant="select, insert, update")
    tenant_table(db, "casework.own_day", DAY, grant="select, insert, update")
    db.execute_sql(
        "CREATE UNIQUE INDEX national_day_live ON casework.national_day (day) WHERE removed_number IS NULL;"
        "CREATE UNIQUE INDEX own_day_live ON casework.own_day (tenant_id, day) WHERE removed_number IS NULL"
    )
    tenant_table(
        db,
        "casework.clock",
        """
        owner_type text NOT NULL CHECK (length(owner_type) BETWEEN 1 AND 80),
        owner_id uuid NOT NULL,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
        budget_amount integer NOT NULL CHECK (budget_amount > 0),
        budget_unit text NOT NULL CHECK (budget_unit IN ('h', 'wd', 'cd')),
        state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'closed')),
        opened_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        original_due timestamptz NOT NULL,
        due_at timestamptz,
        closed_at timestamptz,
        calendar text NOT NULL,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id, owner_type, owner_id, name),
        CHECK ((state = 'paused') = (due_at IS NULL) OR state = 'closed'),
        CHECK ((state = 'closed') = (closed_at IS NOT NULL))
        """,
    )
    # A replay rewrites due dates only, which no index holds: with room in its page a row stays in all of them.
    db.execute_sql("ALTER TABLE casework.clock SET (fillfactor = 75)")
    # What a change of the calendar may move, and what waits to be counted anew, is looked for among open clocks.
    db.execute_sql(
        "CREATE INDEX clock_open ON casework.clock (tenant_id, opened_at) WHERE closed_at IS NULL;"
        "CREATE INDEX clock_replay ON casework.clock (tenant_id, id) WHERE closed_at IS NULL"
    )
    tenant_table(
        db,
        "casework.clock_entry",
        """
        clock_id uuid NOT NULL,
        seq integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('start', 'pause', 'resume', 'extend', 'restart')),
        at timestamptz NOT NULL,
        amount integer NOT NULL DEFAULT 0 CHECK (amount >= 0),
        ground text NOT NULL CHECK (length(ground) BETWEEN 1 AND 300),
        document text NOT NULL DEFAULT '' CHECK (length(document) <= 300),
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, clock_id, seq),
        FOREIGN KEY (tenant_id, clock_id) REFERENCES casework.clock (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert",
    )
    tenant_table(
        db,
        "casework.clock_move",
        """
        clock_id uuid NOT NULL,
        old_due timestamptz,
        new_due timestamptz,
        reason text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (tenant_id, clock_id) REFERENCES casework.clock (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert",
    )
    db.execute_sql("CREATE INDEX clock_move_clock ON casework.clock_move (tenant_id, clock_id, at)")
