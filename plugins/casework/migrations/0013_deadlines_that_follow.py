"""What follows a deadline: whoever has to act by a share of it, the legs that both sides read, and who is told that it moved."""

from core.api import tenant_table


def up(migrator, db):
    # Without a share somebody named a day: that one follows nothing.
    db.execute_sql(
        "ALTER TABLE casework.assignment ADD COLUMN share integer CHECK (share BETWEEN 1 AND 100);"
        "ALTER TABLE casework.clock_move ADD COLUMN run_id uuid"
    )
    # A change of the calendar is counted in portions; who is told of all of them is told once, at the end.
    tenant_table(
        db,
        "casework.replay_run",
        """
        calendar text NOT NULL,
        reason text NOT NULL,
        began_at timestamptz NOT NULL DEFAULT now(),
        told_at timestamptz,
        UNIQUE (tenant_id, calendar)
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE INDEX replay_run_waiting ON casework.replay_run (tenant_id, id) WHERE told_at IS NULL;
        CREATE INDEX clock_move_run ON casework.clock_move (tenant_id, run_id) WHERE run_id IS NOT NULL;
        ALTER TABLE casework.clock DROP CONSTRAINT clock_budget_unit_check;
        ALTER TABLE casework.clock ADD CONSTRAINT clock_budget_unit_check CHECK (budget_unit IN ('h', 'wd', 'cd', 'sd'));
        ALTER TABLE casework.leg ADD COLUMN paused boolean NOT NULL DEFAULT false;
        GRANT UPDATE (paused) ON casework.leg TO lienthong_app;
        ALTER TABLE casework.leg_line DROP CONSTRAINT leg_line_kind_check;
        ALTER TABLE casework.leg_line ADD CONSTRAINT leg_line_kind_check CHECK (kind IN
            ('sent', 'taken', 'answered', 'again', 'done', 'returned', 'recalled', 'forwarded', 'extended', 'paused', 'resumed'));
        ALTER TABLE casework.leg_outbox DROP CONSTRAINT leg_outbox_kind_check;
        ALTER TABLE casework.leg_outbox ADD CONSTRAINT leg_outbox_kind_check CHECK (kind IN
            ('sent', 'again', 'done', 'recalled', 'extended', 'paused', 'resumed'));
        """
    )
