"""What the press says: issues beside their cases, articles, rules, who answers, feeds, and what the public reads."""

from core.api import public_view, readable_by_context, tenant_table

ISSUE = "FOREIGN KEY (tenant_id, issue_id) REFERENCES press_issues.issue (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE"
MADE = "made_by uuid REFERENCES tenants.person (id), made_at timestamptz NOT NULL DEFAULT now()"
KIND = "kind text NOT NULL CHECK (kind IN ('urgent', 'forwarded', 'request', 'complaint'))"


def up(migrator, db):
    tenant_table(
        db,
        "press_issues.issue",
        f"""
        {KIND},
        received_at timestamptz NOT NULL,
        budget text NOT NULL,
        ground text NOT NULL,
        severity text NOT NULL CHECK (severity IN ('normal', 'serious', 'grave')),
        sector text NOT NULL,
        locality text NOT NULL DEFAULT '' CHECK (length(locality) <= 200),
        direction text NOT NULL DEFAULT '' CHECK (length(direction) <= 4000),
        directed_by uuid REFERENCES tenants.person (id),
        directed_at timestamptz,
        finding text NOT NULL DEFAULT '' CHECK (finding IN ('', 'true', 'partly', 'false')),
        finding_note text NOT NULL DEFAULT '' CHECK (length(finding_note) <= 4000),
        measures text NOT NULL DEFAULT '' CHECK (length(measures) <= 4000),
        answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 20000),
        approved_by uuid REFERENCES tenants.person (id),
        approved_at timestamptz,
        sent_on date,
        link text NOT NULL DEFAULT '' CHECK (length(link) <= 1000),
        FOREIGN KEY (tenant_id, id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        "CREATE INDEX issue_received ON press_issues.issue (tenant_id, received_at, id);"
        "CREATE INDEX issue_sent ON press_issues.issue (tenant_id, sent_on, id) WHERE sent_on IS NOT NULL"
    )
    tenant_table(
        db,
        "press_issues.article",
        f"""
        issue_id uuid NOT NULL,
        first_issue_id uuid NOT NULL,
        outlet text NOT NULL CHECK (length(outlet) <= 200),
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        url text NOT NULL DEFAULT '' CHECK (length(url) <= 1000),
        address_key text CHECK (length(address_key) <= 1000),
        published_at timestamptz,
        text text NOT NULL DEFAULT '' CHECK (length(text) <= 100000),
        sha256 text NOT NULL,
        marks bigint[] NOT NULL DEFAULT '{{}}',
        added_by uuid REFERENCES tenants.person (id),
        added_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, address_key),
        {ISSUE}
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE INDEX article_issue ON press_issues.article (tenant_id, issue_id);
        CREATE INDEX article_newest ON press_issues.article (tenant_id, added_at, id);
        """
    )
    # Never changed: a later line of the same kind replaces an earlier one from its day on.
    tenant_table(
        db,
        "press_issues.rule",
        f"""
        {KIND},
        valid_from date NOT NULL,
        budget text NOT NULL CHECK (length(budget) <= 20),
        ground text NOT NULL CHECK (length(ground) BETWEEN 1 AND 300),
        {MADE},
        UNIQUE (tenant_id, kind, valid_from)
        """,
        grant="select, insert",
    )
    tenant_table(
        db,
        "press_issues.spokesperson",
        f"""
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        issue_id uuid,
        valid_from date NOT NULL,
        valid_to date,
        ground text NOT NULL CHECK (length(ground) BETWEEN 1 AND 300),
        {MADE},
        revoked_at timestamptz,
        CHECK (valid_to >= valid_from),
        CHECK (issue_id IS NULL OR valid_to IS NOT NULL),
        {ISSUE}
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        "CREATE INDEX spokesperson_person ON press_issues.spokesperson (tenant_id, person_id) WHERE revoked_at IS NULL"
    )
    tenant_table(
        db,
        "press_issues.setting",
        "is_public boolean NOT NULL DEFAULT false, intro text NOT NULL DEFAULT '' CHECK (length(intro) <= 1000), UNIQUE (tenant_id)",
        grant="select, insert, update",
    )
    # What the public reads is a copy made when it is published: what officers write later stays inside.
    tenant_table(
        db,
        "press_issues.answer",
        """
        code text NOT NULL,
        agency text NOT NULL,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
        outlets text NOT NULL,
        said text NOT NULL CHECK (length(said) <= 20000),
        text text NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
        link text NOT NULL,
        published_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, code),
        FOREIGN KEY (tenant_id, id) REFERENCES press_issues.issue (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
    )
    db.execute_sql(
        "CREATE INDEX answer_newest ON press_issues.answer (tenant_id, published_at, id);"
        "CREATE INDEX answer_of_all ON press_issues.answer (published_at, id)"
    )
    for table in ("press_issues.answer", "press_issues.setting"):
        readable_by_context(db, table)
    public_view(
        db,
        "press_issues.public_answer",
        """
        SELECT a.tenant_id, t.code AS tenant, a.id, a.code, a.agency, a.title, a.outlets, a.said, a.text, a.link, a.published_at
        FROM press_issues.answer a
        JOIN press_issues.setting s ON s.tenant_id = a.tenant_id AND s.is_public
        JOIN tenants.tenant t ON t.id = a.tenant_id AND t.status = 'active'
        JOIN tenants.module_switch m ON m.tenant_id = a.tenant_id AND m.module = 'press_issues' AND m.is_on
        WHERE NOT EXISTS (SELECT FROM tenants.module_grant g
            WHERE g.tenant_id = a.tenant_id AND g.module = 'press_issues' AND NOT g.allowed)
        """,
        reason="Answers to the press that agencies chose to publish; everybody may read them.",
    )
    tenant_table(
        db,
        "press_issues.feed",
        f"address text NOT NULL CHECK (length(address) <= 1000), fetched_at timestamptz, trouble text NOT NULL DEFAULT '', "
        f"is_on boolean NOT NULL DEFAULT true, {MADE}, UNIQUE (tenant_id, address)",
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "press_issues.feed_item",
        """
        address_key text NOT NULL,
        url text NOT NULL,
        outlet text NOT NULL,
        title text NOT NULL,
        summary text NOT NULL,
        published_at timestamptz,
        added_at timestamptz NOT NULL DEFAULT now(),
        left_at timestamptz,
        UNIQUE (tenant_id, address_key)
        """,
        grant="select, insert, update, delete",
    )
    db.execute_sql(
        "CREATE INDEX feed_item_newest ON press_issues.feed_item (tenant_id, added_at, id) WHERE left_at IS NULL"
    )
