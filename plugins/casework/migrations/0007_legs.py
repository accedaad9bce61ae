"""Legs: what one agency asks another to do in a case, one row that both read, and what each of them says of it."""

from core.api import shared_table, tenant_table

OF_LEG = """
    sent_leg_id uuid,
    got_leg_id uuid,
    leg_id uuid GENERATED ALWAYS AS (coalesce(sent_leg_id, got_leg_id)) STORED,
    CHECK (num_nonnulls(sent_leg_id, got_leg_id) = 1),
    FOREIGN KEY (tenant_id, receiver_id, sent_leg_id) REFERENCES casework.leg (tenant_id, receiver_id, id) ON UPDATE CASCADE,
    FOREIGN KEY (receiver_id, tenant_id, got_leg_id) REFERENCES casework.leg (tenant_id, receiver_id, id) ON UPDATE CASCADE
"""
"""A line belongs to whoever wrote it, about a leg they sent or one they got; the other agency of that leg reads it."""
CHANGES = "state, due_at, seen_at, taken_at, taken_by, answers, answered_at, done_at, outcome, reason, version, changed_at"
"""What was asked, by whom and of whom is not among them: nobody changes it afterwards."""


def up(migrator, db):
    shared_table(
        db,
        "casework.leg",
        """
        case_id uuid NOT NULL,
        chain uuid[] NOT NULL CHECK (cardinality(chain) BETWEEN 1 AND 20),
        module text NOT NULL,
        purpose text NOT NULL,
        code text NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        ask text NOT NULL CHECK (length(ask) BETWEEN 1 AND 4000),
        shared text NOT NULL DEFAULT '' CHECK (length(shared) <= 20000),
        due_at timestamptz,
        due_order timestamptz GENERATED ALWAYS AS (coalesce(due_at, 'infinity')) STORED,
        sent_by uuid REFERENCES tenants.person (id),
        sent_at timestamptz NOT NULL,
        outside text NOT NULL DEFAULT '',
        state text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'taken', 'answered', 'again', 'done', 'returned', 'recalled')),
        seen_at timestamptz,
        taken_at timestamptz,
        taken_by uuid REFERENCES tenants.person (id),
        answers integer NOT NULL DEFAULT 0,
        answered_at timestamptz,
        done_at timestamptz,
        outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'early', 'on_time', 'late')),
        reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 4000),
        version integer NOT NULL DEFAULT 1,
        changed_at timestamptz NOT NULL DEFAULT now(),
        folded text NOT NULL,
        FOREIGN KEY (tenant_id, case_id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE,
        CHECK (NOT receiver_id = ANY (chain)),
        CHECK ((done_at IS NULL) = (state IN ('sent', 'taken', 'answered', 'again')))
        """,
        changes=CHANGES,
        reason="an agency asks another for its part of a case, and both follow it on the same row.",
    )
    db.execute_sql(
        """
        CREATE INDEX leg_case ON casework.leg (tenant_id, case_id);
        CREATE INDEX leg_open_sent ON casework.leg (tenant_id, module) WHERE done_at IS NULL;
        CREATE INDEX leg_got ON casework.leg (receiver_id, id);
        CREATE INDEX leg_open_got ON casework.leg (receiver_id, due_order, id) WHERE done_at IS NULL;
        CREATE INDEX leg_done_got ON casework.leg (receiver_id, done_at, id) WHERE done_at IS NOT NULL;
        CREATE INDEX leg_waiting ON casework.leg (receiver_id) WHERE state = 'sent';
        """
    )
    shared_table(
        db,
        "casework.leg_line",
        f"""
        {OF_LEG},
        kind text NOT NULL CHECK (kind IN
            ('sent', 'taken', 'answered', 'again', 'done', 'returned', 'recalled', 'forwarded')),
        number integer NOT NULL DEFAULT 0,
        text text NOT NULL DEFAULT '' CHECK (length(text) <= 20000),
        by_person uuid REFERENCES tenants.person (id),
        at timestamptz NOT NULL,
        CHECK (kind <> 'answered' OR got_leg_id IS NOT NULL)
        """,
        reason="what each side of a leg did and said; a further answer is a further line, nothing is written over.",
    )
    shared_table(
        db,
        "casework.leg_file",
        f"""
        {OF_LEG},
        file_id uuid NOT NULL,
        number integer NOT NULL DEFAULT 0,
        name text NOT NULL,
        size bigint NOT NULL,
        shared_by uuid REFERENCES tenants.person (id),
        at timestamptz NOT NULL,
        UNIQUE (tenant_id, leg_id, file_id)
        """,
        reason="the files of one side that it lets the other open, chosen one by one.",
    )
    db.execute_sql(
        """
        CREATE INDEX leg_line_leg ON casework.leg_line (leg_id, at);
        CREATE UNIQUE INDEX leg_line_answer ON casework.leg_line (tenant_id, leg_id, number) WHERE kind = 'answered';
        CREATE INDEX leg_file_leg ON casework.leg_file (leg_id, number);
        """
    )
    # What goes to systems outside waits here until they have confirmed it; what comes from them is taken once.
    tenant_table(
        db,
        "casework.leg_outbox",
        """
        leg_id uuid NOT NULL,
        adapter text NOT NULL,
        seq integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('sent', 'again', 'done', 'recalled')),
        text text NOT NULL DEFAULT '',
        made_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        next_at timestamptz NOT NULL DEFAULT now(),
        error text NOT NULL DEFAULT '',
        receipt text NOT NULL DEFAULT '',
        delivered_at timestamptz,
        UNIQUE (tenant_id, leg_id, seq),
        FOREIGN KEY (tenant_id, leg_id) REFERENCES casework.leg (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        "CREATE INDEX leg_outbox_waiting ON casework.leg_outbox (tenant_id, next_at) WHERE delivered_at IS NULL"
    )
    tenant_table(
        db,
        "casework.leg_inbox",
        """
        leg_id uuid NOT NULL,
        adapter text NOT NULL,
        message_id text NOT NULL CHECK (length(message_id) BETWEEN 1 AND 200),
        taken_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, adapter, message_id),
        FOREIGN KEY (tenant_id, leg_id) REFERENCES casework.leg (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert",
    )
