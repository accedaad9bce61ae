"""Cases: what an agency must answer, the workflow each follows, its steps, and who must act."""

from core.api import answered_by_context, readable_by_context, tenant_table

KIND = "kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 80)"
OF_CASE = """
    case_id uuid NOT NULL,
    FOREIGN KEY (tenant_id, case_id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
"""


def up(migrator, db):
    # A version of a workflow is never changed: running cases keep theirs.
    tenant_table(
        db,
        "casework.workflow",
        f"""
        {KIND},
        number integer NOT NULL CHECK (number > 0),
        definition jsonb NOT NULL,
        shipped text NOT NULL,
        note text NOT NULL DEFAULT '' CHECK (length(note) <= 300),
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, kind, number)
        """,
        grant="select, insert",
    )
    tenant_table(
        db,
        "casework.case_counter",
        f"{KIND}, year integer NOT NULL, last integer NOT NULL, UNIQUE (tenant_id, kind, year)",
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "casework.case_base",
        f"""
        {KIND},
        code text NOT NULL CHECK (length(code) BETWEEN 1 AND 60),
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        text text NOT NULL DEFAULT '' CHECK (length(text) <= 20000),
        state text NOT NULL,
        workflow_id uuid NOT NULL,
        unit_id uuid,
        restricted boolean NOT NULL DEFAULT false,
        tags text[] NOT NULL DEFAULT '{{}}',
        delivery text NOT NULL DEFAULT '',
        sync text NOT NULL DEFAULT '',
        opened_at timestamptz NOT NULL DEFAULT now(),
        due_at timestamptz,
        due_order timestamptz GENERATED ALWAYS AS (coalesce(due_at, 'infinity')) STORED,
        closed_at timestamptz,
        outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'early', 'on_time', 'late')),
        created_by uuid REFERENCES tenants.person (id),
        changed_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        folded text NOT NULL,
        words tsvector GENERATED ALWAYS AS (to_tsvector('simple', left(folded, 200000))) STORED,
        UNIQUE (tenant_id, code),
        FOREIGN KEY (tenant_id, workflow_id) REFERENCES casework.workflow (tenant_id, id) ON UPDATE CASCADE,
        FOREIGN KEY (tenant_id, unit_id) REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
    # Row-level security lets an index be used for plain columns, not for coalesce(…): what has no date is due never.
    db.execute_sql(
        """
        CREATE INDEX case_base_open ON casework.case_base (tenant_id, kind, due_order, id)
            WHERE closed_at IS NULL;
        CREATE INDEX case_base_closed ON casework.case_base (tenant_id, kind, closed_at, id) WHERE closed_at IS NOT NULL;
        CREATE INDEX case_base_words ON casework.case_base USING gin (words);
        """
    )
    readable_by_context(db, "casework.case_base", "tenant_id, id, kind, words")
    # Under row-level security full text is searched row by row: a fixed statement looks the words up.
    db.execute_sql(
        """
        CREATE FUNCTION casework.cases_with(query text, kinds text[], most integer) RETURNS SETOF uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
            RETURN QUERY EXECUTE
                'SELECT c.id FROM casework.case_base c WHERE c.tenant_id = core.app_tenant() AND c.kind = ANY ($1) '
                'AND c.words @@ to_tsquery(''simple'', $2) LIMIT $3' USING kinds, query, most;
        END $$;
        """
    )
    answered_by_context(db, "casework.cases_with(text, text[], integer)")
    tenant_table(
        db,
        "casework.step",
        f"""
        {OF_CASE},
        seq integer NOT NULL,
        transition text NOT NULL,
        title text NOT NULL,
        from_state text NOT NULL,
        to_state text NOT NULL,
        note text NOT NULL DEFAULT '' CHECK (length(note) <= 4000),
        by_person uuid REFERENCES tenants.person (id),
        in_place_of uuid REFERENCES tenants.person (id),
        began_at timestamptz NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'early', 'on_time', 'late')),
        UNIQUE (tenant_id, case_id, seq)
        """,
        grant="select, insert",
    )
    tenant_table(
        db,
        "casework.assignment",
        f"""
        {OF_CASE},
        person_id uuid REFERENCES tenants.person (id),
        unit_id uuid,
        role text NOT NULL CHECK (role IN ('lead', 'co')),
        task text NOT NULL CHECK (length(task) BETWEEN 1 AND 200),
        note text NOT NULL DEFAULT '' CHECK (length(note) <= 4000),
        given_by uuid REFERENCES tenants.person (id),
        given_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz,
        due_at timestamptz,
        due_order timestamptz GENERATED ALWAYS AS (coalesce(due_at, 'infinity')) STORED,
        done_at timestamptz,
        done_by uuid REFERENCES tenants.person (id),
        ending text NOT NULL DEFAULT '' CHECK (ending IN ('', 'done', 'returned', 'pulled', 'replaced')),
        outcome text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'early', 'on_time', 'late')),
        reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
        FOREIGN KEY (tenant_id, unit_id) REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE,
        CHECK (person_id IS NOT NULL OR unit_id IS NOT NULL),
        CHECK ((done_at IS NULL) = (ending = ''))
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE INDEX assignment_case ON casework.assignment (tenant_id, case_id);
        CREATE INDEX assignment_person ON casework.assignment (tenant_id, person_id, due_order, id)
            WHERE done_at IS NULL;
        CREATE INDEX assignment_unit ON casework.assignment (tenant_id, unit_id, due_order, id)
            WHERE done_at IS NULL AND person_id IS NULL;
        """
    )
    tenant_table(
        db,
        "casework.comment",
        f"""
        {OF_CASE},
        author_id uuid NOT NULL REFERENCES tenants.person (id),
        at timestamptz NOT NULL DEFAULT now(),
        text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000)
        """,
        grant="select, insert",
    )
    db.execute_sql("CREATE INDEX comment_case ON casework.comment (tenant_id, case_id, at)")
    tenant_table(
        db,
        "casework.case_link",
        f"""
        {OF_CASE},
        other_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('related', 'duplicate', 'follows')),
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, case_id, other_id),
        FOREIGN KEY (tenant_id, other_id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE,
        CHECK (case_id <> other_id)
        """,
    )
    db.execute_sql("CREATE INDEX case_link_other ON casework.case_link (tenant_id, other_id)")
    tenant_table(
        db,
        "casework.delegation",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        stand_in_id uuid NOT NULL REFERENCES tenants.person (id),
        valid_from date NOT NULL,
        valid_to date NOT NULL,
        reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
        made_by uuid REFERENCES tenants.person (id),
        made_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz,
        CHECK (valid_from <= valid_to),
        CHECK (person_id <> stand_in_id)
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE INDEX delegation_stand_in ON casework.delegation (tenant_id, stand_in_id, valid_to);
        CREATE INDEX delegation_person ON casework.delegation (tenant_id, person_id, valid_to);
        """
    )
