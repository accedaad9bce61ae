"""Questions beside their cases, what the public reads of them, attempts of the last day, and how an agency takes them."""

from core.api import public_view, readable_by_context, tenant_table

TEXT = "text NOT NULL DEFAULT '' CHECK (length({}) <= {})"


def up(migrator, db):
    tenant_table(
        db,
        "citizen_questions.question",
        f"""
        secret text NOT NULL,
        topic text NOT NULL,
        name {TEXT.format("name", 120)},
        phone {TEXT.format("phone", 30)},
        email {TEXT.format("email", 200)},
        address {TEXT.format("address", 300)},
        may_publish boolean NOT NULL,
        consent text NOT NULL,
        asked_at timestamptz NOT NULL,
        reason text NOT NULL DEFAULT '',
        reason_note {TEXT.format("reason_note", 4000)},
        transferred_to text NOT NULL DEFAULT '',
        transferred_at timestamptz,
        answer {TEXT.format("answer", 20000)},
        answered_at timestamptz,
        rating integer CHECK (rating BETWEEN 1 AND 5),
        rating_note {TEXT.format("rating_note", 1000)},
        rated_at timestamptz,
        erased_at timestamptz,
        FOREIGN KEY (tenant_id, id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert, update",
    )
    # Figures of a year, the alarm, and whose contact data have been kept long enough.
    db.execute_sql("CREATE INDEX question_asked ON citizen_questions.question (tenant_id, asked_at, id)")
    tenant_table(
        db,
        "citizen_questions.publication",
        """
        code text NOT NULL,
        topic text NOT NULL,
        agency text NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        question text NOT NULL CHECK (length(question) <= 20000),
        answer text NOT NULL CHECK (length(answer) BETWEEN 1 AND 20000),
        answered_by text NOT NULL,
        asked_on date NOT NULL,
        answered_on date NOT NULL,
        rating integer CHECK (rating BETWEEN 1 AND 5),
        too integer NOT NULL DEFAULT 0,
        folded text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        words tsvector GENERATED ALWAYS AS (to_tsvector('simple', folded)) STORED,
        UNIQUE (tenant_id, code),
        FOREIGN KEY (tenant_id, id) REFERENCES citizen_questions.question (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
    )
    db.execute_sql(
        """
        CREATE INDEX publication_newest ON citizen_questions.publication (tenant_id, published_at, id);
        CREATE INDEX publication_topic ON citizen_questions.publication (tenant_id, topic, published_at, id);
        CREATE INDEX publication_of_all ON citizen_questions.publication (published_at, id);
        CREATE INDEX publication_topic_of_all ON citizen_questions.publication (topic, published_at, id);
        CREATE INDEX publication_words ON citizen_questions.publication USING gin (words);
        """
    )
    tenant_table(
        db,
        "citizen_questions.attempt",
        "kind text NOT NULL, mark text NOT NULL, at timestamptz NOT NULL DEFAULT now()",
        grant="select, insert, delete",
    )
    db.execute_sql(
        "CREATE INDEX attempt_mark ON citizen_questions.attempt (tenant_id, kind, mark, at);"
        "CREATE INDEX attempt_kind ON citizen_questions.attempt (tenant_id, kind, at)"
    )
    tenant_table(
        db,
        "citizen_questions.setting",
        """
        unit_id uuid,
        budget text NOT NULL DEFAULT '15wd' CHECK (length(budget) <= 20),
        ground text NOT NULL DEFAULT '' CHECK (length(ground) <= 300),
        intro text NOT NULL DEFAULT '' CHECK (length(intro) <= 1000),
        UNIQUE (tenant_id),
        FOREIGN KEY (tenant_id, unit_id) REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
    readable_by_context(db, "citizen_questions.publication")
    takes = """t.status = 'active' AND NOT EXISTS (SELECT FROM tenants.module_grant g
        WHERE g.tenant_id = t.id AND g.module = 'citizen_questions' AND NOT g.allowed)"""
    # Joined, the order of an index would be lost: the planner takes the few agencies for few rows.
    public_view(
        db,
        "citizen_questions.public_answer",
        f"""
        SELECT a.tenant_id, (SELECT t.code FROM tenants.tenant t WHERE t.id = a.tenant_id) AS tenant, a.id, a.code, a.topic, a.agency,
            a.title, a.question, a.answer, a.answered_by, a.asked_on, a.answered_on, a.rating, a.too, a.published_at, a.words
        FROM citizen_questions.publication a
        WHERE a.tenant_id = ANY (ARRAY(SELECT t.id FROM tenants.tenant t
            JOIN tenants.module_switch m ON m.tenant_id = t.id AND m.module = 'citizen_questions' AND m.is_on WHERE {takes}))
        """,
        reason="Masked questions and answers that agencies published; everybody may read them.",
    )
    public_view(
        db,
        "citizen_questions.public_agency",
        f"""
        SELECT t.id AS tenant_id FROM tenants.tenant t
        JOIN tenants.module_switch m ON m.tenant_id = t.id AND m.module = 'citizen_questions' AND m.is_on
        WHERE {takes}
        """,
        reason="Which agencies take questions: their public pages say so to everybody.",
    )
