"""Registers: the counter of each year, how numbers are written and since when, and what was entered."""

from core.api import tenant_table

BOOK = "book text NOT NULL CHECK (length(book) BETWEEN 1 AND 80)"


def up(migrator, db):
    tenant_table(
        db,
        "casework.register_year",
        f"""
        {BOOK},
        year integer NOT NULL CHECK (year BETWEEN 2000 AND 2100),
        paper_last integer NOT NULL DEFAULT 0 CHECK (paper_last >= 0),
        last integer NOT NULL,
        ground text NOT NULL DEFAULT '' CHECK (length(ground) <= 300),
        opened_at timestamptz NOT NULL DEFAULT now(),
        opened_by uuid REFERENCES tenants.person (id),
        closed_at timestamptz,
        closed_by uuid REFERENCES tenants.person (id),
        UNIQUE (tenant_id, book, year),
        CHECK (last >= paper_last)
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "casework.register_format",
        f"""
        {BOOK},
        valid_from date NOT NULL,
        format text NOT NULL CHECK (length(format) BETWEEN 1 AND 80),
        digits integer NOT NULL CHECK (digits BETWEEN 1 AND 8),
        ground text NOT NULL CHECK (length(ground) BETWEEN 1 AND 300),
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now()
        """,
        grant="select, insert",
    )
    db.execute_sql(
        "CREATE INDEX register_format_book ON casework.register_format (tenant_id, book, valid_from)"
    )
    # What was entered stays as it is: the application may void an entry, and change or delete nothing.
    tenant_table(
        db,
        "casework.register_entry",
        f"""
        {BOOK},
        year integer NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        text text NOT NULL CHECK (length(text) BETWEEN 1 AND 160),
        day date NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        subject_type text NOT NULL CHECK (length(subject_type) BETWEEN 1 AND 80),
        subject_id uuid NOT NULL,
        details jsonb NOT NULL DEFAULT '{{}}',
        folded text NOT NULL,
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        voided_at timestamptz,
        voided_by uuid REFERENCES tenants.person (id),
        void_reason text NOT NULL DEFAULT '' CHECK (length(void_reason) <= 300),
        UNIQUE (tenant_id, book, year, number),
        FOREIGN KEY (tenant_id, book, year) REFERENCES casework.register_year (tenant_id, book, year) ON UPDATE CASCADE,
        CHECK ((voided_at IS NULL) = (void_reason = ''))
        """,
        grant="select, insert, update (voided_at, voided_by, void_reason)",
    )
    # One thing has one number of a book at a time, however often a job that gives it is run again.
    db.execute_sql(
        "CREATE UNIQUE INDEX register_entry_live ON casework.register_entry (tenant_id, book, subject_type, subject_id) "
        "WHERE voided_at IS NULL"
    )
