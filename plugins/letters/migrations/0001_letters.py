"""The agency's part of letters by its first day, and the letters."""

from core.api import tenant_table

MODES = "CHECK (signer_mode IN ('', 'TM', 'KT', 'TMKT', 'TL', 'TUQ', 'Q'))"
SIGNER = f"""
        symbol text NOT NULL DEFAULT '' CHECK (length(symbol) <= 40),
        signer_mode text NOT NULL DEFAULT '' {MODES},
        signer_title text NOT NULL DEFAULT '' CHECK (length(signer_title) <= 120),
        signer_name text NOT NULL DEFAULT '' CHECK (length(signer_name) <= 120),
        recipients text NOT NULL DEFAULT '' CHECK (length(recipients) <= 2000),
"""


def up(migrator, db):
    tenant_table(
        db,
        "letters.template",
        f"""
        kind text NOT NULL DEFAULT '' CHECK (length(kind) <= 80),
        valid_from date NOT NULL,
        superior text NOT NULL DEFAULT '' CHECK (length(superior) <= 200),
        agency_name text NOT NULL CHECK (length(agency_name) BETWEEN 1 AND 200),
        place text NOT NULL CHECK (length(place) BETWEEN 1 AND 80),
        collective text NOT NULL DEFAULT '' CHECK (length(collective) <= 120),
        head_title text NOT NULL DEFAULT '' CHECK (length(head_title) <= 120),
        foot text NOT NULL DEFAULT '' CHECK (length(foot) <= 500),
        {SIGNER}
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now()
        """,
        grant="select, insert",
    )
    db.execute_sql("CREATE INDEX template_newest ON letters.template (tenant_id, kind, valid_from, made_at)")
    tenant_table(
        db,
        "letters.letter",
        f"""
        kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 80),
        object_type text NOT NULL DEFAULT '' CHECK (length(object_type) <= 80),
        object_id uuid,
        subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 300),
        addressees text NOT NULL DEFAULT '' CHECK (length(addressees) <= 2000),
        body text NOT NULL DEFAULT '' CHECK (length(body) <= 200000),
        fields jsonb NOT NULL DEFAULT '{{}}',
        {SIGNER}
        folded text NOT NULL,
        state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'issued', 'void')),
        number text NOT NULL DEFAULT '' CHECK (length(number) <= 120),
        entry_id uuid,
        template_id uuid,
        file_id uuid,
        issued_on date,
        issued_at timestamptz,
        issued_by uuid REFERENCES tenants.person (id),
        void_reason text NOT NULL DEFAULT '' CHECK (length(void_reason) <= 300),
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now(),
        changed_by uuid REFERENCES tenants.person (id),
        changed_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        FOREIGN KEY (tenant_id, entry_id) REFERENCES casework.register_entry (tenant_id, id) ON UPDATE CASCADE,
        FOREIGN KEY (tenant_id, file_id) REFERENCES files.file (tenant_id, id) ON UPDATE CASCADE,
        FOREIGN KEY (tenant_id, template_id) REFERENCES letters.template (tenant_id, id) ON UPDATE CASCADE,
        UNIQUE (tenant_id, entry_id),
        CHECK ((object_type = '') = (object_id IS NULL)),
        CHECK ((state = 'draft') = (number = '')),
        CHECK ((state = 'draft') = (entry_id IS NULL)),
        CHECK ((state = 'draft') = (file_id IS NULL)),
        CHECK ((state = 'draft') = (template_id IS NULL))
        """,
    )
    # The list reads one kind after the other, newest first; drafts are few among many years of letters.
    db.execute_sql(
        "CREATE INDEX letter_kind ON letters.letter (tenant_id, kind, id);"
        "CREATE INDEX letter_draft ON letters.letter (tenant_id, kind, id) WHERE state = 'draft';"
        "CREATE INDEX letter_object ON letters.letter (tenant_id, object_type, object_id) WHERE object_id IS NOT NULL"
    )
