"""What voters ask: sessions and meetings, petitions beside their cases, originals, answers, files that bring them, the public copy."""

from core.api import public_view, readable_by_context, tenant_table

PETITION = "FOREIGN KEY (tenant_id, petition_id) REFERENCES voter_opinions.petition (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE"
SESSION = (
    "FOREIGN KEY (tenant_id, session_id) REFERENCES voter_opinions.session (tenant_id, id) ON UPDATE CASCADE"
)
MEETING = (
    "FOREIGN KEY (tenant_id, meeting_id) REFERENCES voter_opinions.meeting (tenant_id, id) ON UPDATE CASCADE"
)
SOURCE = "source text NOT NULL CHECK (source IN ('meeting', 'delegation', 'council', 'deputy', 'letter'))"
OUTCOME = "CHECK (outcome IN ('', 'resolved', 'doing', 'explained'))"


def up(migrator, db):
    tenant_table(
        db,
        "voter_opinions.session",
        """
        body text NOT NULL CHECK (body IN ('national', 'council')),
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
        opens_on date NOT NULL,
        closes_on date NOT NULL,
        answer_by date,
        CHECK (closes_on >= opens_on),
        UNIQUE (tenant_id, title)
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "voter_opinions.meeting",
        f"""
        session_id uuid NOT NULL,
        kind text NOT NULL CHECK (length(kind) <= 20),
        held_on date NOT NULL,
        place text NOT NULL CHECK (length(place) BETWEEN 1 AND 300),
        deputies text NOT NULL DEFAULT '' CHECK (length(deputies) <= 500),
        {SESSION}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "voter_opinions.petition",
        f"""
        session_id uuid NOT NULL,
        {SOURCE},
        received_on date NOT NULL,
        locality text NOT NULL DEFAULT '' CHECK (length(locality) <= 200),
        sector text NOT NULL,
        level text NOT NULL DEFAULT '' CHECK (level IN ('', 'central', 'province', 'commune')),
        lead_id uuid,
        answered_on date,
        answer_due date,
        outcome text NOT NULL DEFAULT '' {OUTCOME},
        promised_on date,
        kept_on date,
        nature text NOT NULL DEFAULT '' CHECK (nature IN ('', 'complaint', 'denunciation')),
        {SESSION},
        FOREIGN KEY (tenant_id, id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "voter_opinions.origin",
        f"""
        petition_id uuid NOT NULL,
        first_petition_id uuid NOT NULL,
        meeting_id uuid,
        received_on date NOT NULL,
        locality text NOT NULL DEFAULT '' CHECK (length(locality) <= 200),
        text text NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
        raw text NOT NULL DEFAULT '',
        marks bigint[] NOT NULL DEFAULT '{{}}',
        added_by uuid REFERENCES tenants.person (id),
        added_at timestamptz NOT NULL DEFAULT now(),
        {PETITION},
        {MEETING}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "voter_opinions.answer",
        f"""
        petition_id uuid NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        text text NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
        outcome text NOT NULL {OUTCOME},
        roadmap text NOT NULL DEFAULT '' CHECK (length(roadmap) <= 4000),
        promised_on date,
        approved_by uuid REFERENCES tenants.person (id),
        approved_at timestamptz,
        document text NOT NULL DEFAULT '' CHECK (length(document) <= 200),
        signer text NOT NULL DEFAULT '' CHECK (length(signer) <= 200),
        sent_on date,
        verdict text NOT NULL DEFAULT '' CHECK (verdict IN ('', 'enough', 'not_enough')),
        verdict_note text NOT NULL DEFAULT '' CHECK (length(verdict_note) <= 4000),
        verdict_at timestamptz,
        UNIQUE (tenant_id, petition_id, number),
        {PETITION}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "voter_opinions.published",
        """
        code text NOT NULL,
        agency text NOT NULL,
        session text NOT NULL,
        sector text NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        said text NOT NULL CHECK (length(said) <= 20000),
        text text NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
        promised_on date,
        answered_on date NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        until date,
        UNIQUE (tenant_id, code),
        FOREIGN KEY (tenant_id, id) REFERENCES voter_opinions.petition (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
    )
    tenant_table(
        db,
        "voter_opinions.intake",
        f"""
        session_id uuid NOT NULL,
        meeting_id uuid,
        {SOURCE},
        received_on date NOT NULL,
        file_id uuid NOT NULL,
        name text NOT NULL CHECK (length(name) <= 300),
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        state text NOT NULL CHECK (state IN ('reading', 'ready', 'recording', 'failed')),
        trouble text NOT NULL DEFAULT '' CHECK (length(trouble) <= 300),
        made_at timestamptz NOT NULL DEFAULT now(),
        {SESSION},
        {MEETING}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "voter_opinions.intake_row",
        """
        intake_id uuid NOT NULL,
        number integer NOT NULL,
        content text NOT NULL,
        locality text NOT NULL,
        sector text NOT NULL,
        received text NOT NULL,
        raw text NOT NULL DEFAULT '',
        state text NOT NULL CHECK (state IN ('wrong', 'alike', 'same', 'ready', 'left', 'recorded')),
        into_id uuid,
        share integer NOT NULL DEFAULT 0,
        UNIQUE (tenant_id, intake_id, number),
        FOREIGN KEY (tenant_id, intake_id) REFERENCES voter_opinions.intake (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE INDEX session_newest ON voter_opinions.session (tenant_id, opens_on, id);
        CREATE INDEX meeting_session ON voter_opinions.meeting (tenant_id, session_id, held_on);
        CREATE INDEX petition_session ON voter_opinions.petition (tenant_id, session_id, received_on, id);
        CREATE INDEX petition_promised ON voter_opinions.petition (tenant_id, promised_on, id)
            WHERE promised_on IS NOT NULL AND kept_on IS NULL;
        CREATE INDEX origin_petition ON voter_opinions.origin (tenant_id, petition_id, added_at);
        CREATE INDEX origin_newest ON voter_opinions.origin (tenant_id, added_at, id);
        CREATE INDEX intake_newest ON voter_opinions.intake (tenant_id, made_at, id);
        CREATE INDEX intake_row_state ON voter_opinions.intake_row (tenant_id, intake_id, state, number);
        CREATE INDEX published_newest ON voter_opinions.published (tenant_id, published_at, id);
        CREATE INDEX published_of_all ON voter_opinions.published (published_at, id)
        """
    )
    readable_by_context(db, "voter_opinions.published")
    public_view(
        db,
        "voter_opinions.public_petition",
        """
        SELECT p.tenant_id, t.code AS tenant, p.id, p.code, p.agency, p.session, p.sector, p.title, p.said, p.text, p.promised_on,
            p.answered_on, p.published_at
        FROM voter_opinions.published p
        JOIN tenants.tenant t ON t.id = p.tenant_id AND t.status = 'active'
        JOIN tenants.module_switch m ON m.tenant_id = p.tenant_id AND m.module = 'voter_opinions' AND m.is_on
        WHERE (p.until IS NULL OR p.until >= tenants.today()) AND NOT EXISTS (SELECT FROM tenants.module_grant g
            WHERE g.tenant_id = p.tenant_id AND g.module = 'voter_opinions' AND NOT g.allowed)
        """,
        reason="Answers to voters that agencies published; everybody may read them.",
    )
    public_view(
        db,
        "voter_opinions.participant",
        """
        SELECT t.id AS tenant_id FROM tenants.tenant t
        JOIN tenants.module_switch m ON m.tenant_id = t.id AND m.module = 'voter_opinions' AND m.is_on
        WHERE t.status = 'active' AND NOT EXISTS (SELECT FROM tenants.module_grant g
            WHERE g.tenant_id = t.id AND g.module = 'voter_opinions' AND NOT g.allowed)
        """,
        reason="Which agencies take part; whoever splits a petition chooses among them, and no row of theirs is shown.",
    )
