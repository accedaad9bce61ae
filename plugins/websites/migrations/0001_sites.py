"""Sites of agencies: what staff work on (articles and their revisions) and what the public sees (publications).

The public side reads publications alone. A row exists there only while something is published, so that a
draft, an old revision or a withdrawn article cannot be reached by any address, feed, search or cache.
"""

from core.api import registry_table, tenant_table

OWNED = "FOREIGN KEY (tenant_id) REFERENCES tenants.tenant (id)"
SLUG = "CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 120)"
TEXTS = """
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 1000),
    body text NOT NULL DEFAULT '' CHECK (length(body) <= 500000),
    title_en text NOT NULL DEFAULT '' CHECK (length(title_en) <= 300),
    summary_en text NOT NULL DEFAULT '' CHECK (length(summary_en) <= 1000),
    body_en text NOT NULL DEFAULT '' CHECK (length(body_en) <= 500000),
    cover_id uuid
"""
DOCUMENT = """
    symbol text NOT NULL DEFAULT '' CHECK (length(symbol) <= 80),
    issued_on date,
    issuer text NOT NULL DEFAULT '' CHECK (length(issuer) <= 200)
"""
KIND = "kind text NOT NULL CHECK (kind IN ('news', 'notice', 'page', 'document'))"
ROLE = "page_role text NOT NULL DEFAULT '' CHECK (page_role IN ('', 'introduction', 'structure', 'leaders'))"
CATEGORY = (
    "FOREIGN KEY (tenant_id, category_id) REFERENCES websites.category (tenant_id, id) ON UPDATE CASCADE"
)
COVER = "FOREIGN KEY (tenant_id, cover_id) REFERENCES websites.picture (tenant_id, id) ON UPDATE CASCADE"
ARTICLE = "FOREIGN KEY (tenant_id, article_id) REFERENCES websites.article (tenant_id, id) ON UPDATE CASCADE"


def up(migrator, db):
    create_site_tables(db)
    create_article_tables(db)
    create_province_tables(db)


def create_site_tables(db):
    tenant_table(
        db,
        "websites.picture",
        f"""
        file_id uuid NOT NULL,
        alt text NOT NULL CHECK (length(alt) BETWEEN 1 AND 300),
        caption text NOT NULL DEFAULT '' CHECK (length(caption) <= 500),
        width integer NOT NULL,
        height integer NOT NULL,
        created_by uuid REFERENCES tenants.person (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        {OWNED}
        """,
    )
    tenant_table(
        db,
        "websites.site",
        f"""
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        name_en text NOT NULL DEFAULT '',
        tagline text NOT NULL DEFAULT '' CHECK (length(tagline) <= 300),
        tagline_en text NOT NULL DEFAULT '',
        is_open boolean NOT NULL DEFAULT false,
        has_english boolean NOT NULL DEFAULT false,
        palette text NOT NULL DEFAULT 'indigo',
        logo_id uuid,
        banner_id uuid,
        responsible text NOT NULL DEFAULT '',
        licence text NOT NULL DEFAULT '',
        address text NOT NULL DEFAULT '',
        phone text NOT NULL DEFAULT '',
        email text NOT NULL DEFAULT '',
        changed_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id), {OWNED},
        FOREIGN KEY (tenant_id, logo_id) REFERENCES websites.picture (tenant_id, id) ON UPDATE CASCADE,
        FOREIGN KEY (tenant_id, banner_id) REFERENCES websites.picture (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "websites.category",
        f"""
        parent_id uuid CHECK (parent_id <> id),
        slug text NOT NULL {SLUG},
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
        title_en text NOT NULL DEFAULT '' CHECK (length(title_en) <= 120),
        position integer NOT NULL DEFAULT 0,
        on_home boolean NOT NULL DEFAULT true,
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id, slug), {OWNED},
        FOREIGN KEY (tenant_id, parent_id) REFERENCES websites.category (tenant_id, id) ON UPDATE CASCADE
        """,
    )
    tenant_table(
        db,
        "websites.menu_item",
        f"""
        parent_id uuid CHECK (parent_id <> id),
        position integer NOT NULL DEFAULT 0,
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
        title_en text NOT NULL DEFAULT '' CHECK (length(title_en) <= 120),
        target text NOT NULL CHECK (target IN ('home', 'category', 'article', 'documents', 'notices', 'url')),
        target_id uuid CHECK ((target_id IS NOT NULL) = (target IN ('category', 'article'))),
        url text NOT NULL DEFAULT '' CHECK ((url <> '') = (target = 'url')),
        {OWNED},
        FOREIGN KEY (tenant_id, parent_id) REFERENCES websites.menu_item (tenant_id, id)
            ON UPDATE CASCADE ON DELETE CASCADE
        """,
    )
    tenant_table(
        db,
        "websites.link",
        f"""
        heading text NOT NULL DEFAULT '' CHECK (length(heading) <= 120),
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
        url text NOT NULL CHECK (url ~ '^https?://' AND length(url) <= 500),
        position integer NOT NULL DEFAULT 0,
        {OWNED}
        """,
    )


def create_article_tables(db):
    tenant_table(
        db,
        "websites.article",
        f"""
        {KIND}, {ROLE},
        category_id uuid,
        slug text NOT NULL {SLUG},
        {TEXTS}, {DOCUMENT},
        state text NOT NULL DEFAULT 'draft' CHECK (state IN (
            'draft', 'editing', 'approval', 'returned', 'scheduled', 'published', 'withdrawn')),
        return_reason text NOT NULL DEFAULT '' CHECK (length(return_reason) <= 1000),
        publish_at timestamptz,
        unpublish_at timestamptz CHECK (unpublish_at > publish_at),
        first_published_at timestamptz,
        revision integer NOT NULL DEFAULT 0,
        folded text NOT NULL,
        author_id uuid REFERENCES tenants.person (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_by uuid REFERENCES tenants.person (id),
        changed_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id, slug), {OWNED}, {CATEGORY}, {COVER},
        CHECK (state <> 'scheduled' OR publish_at IS NOT NULL)
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "websites.revision",
        f"""
        article_id uuid NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        {TEXTS}, {DOCUMENT},
        saved_by uuid REFERENCES tenants.person (id),
        saved_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, article_id, number), {OWNED}, {ARTICLE}
        """,
        grant="select, insert, update",
    )
    # `id` is the article's own: one article has one publication at most.
    tenant_table(
        db,
        "websites.publication",
        f"""
        {KIND}, {ROLE},
        category_id uuid,
        slug text NOT NULL {SLUG},
        {TEXTS}, {DOCUMENT},
        revision integer NOT NULL,
        folded text NOT NULL,
        words tsvector GENERATED ALWAYS AS (to_tsvector('simple', folded)) STORED,
        published_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        unpublish_at timestamptz,
        UNIQUE (tenant_id, slug), {OWNED}, {CATEGORY}, {COVER},
        FOREIGN KEY (tenant_id, id) REFERENCES websites.article (tenant_id, id) ON UPDATE CASCADE
        """,
    )
    db.execute_sql(
        """
        CREATE INDEX article_changed ON websites.article (tenant_id, changed_at, id);
        CREATE INDEX article_state ON websites.article (tenant_id, state, changed_at, id);
        CREATE INDEX article_waiting ON websites.article (tenant_id, changed_at, id)
            WHERE state IN ('editing', 'approval', 'returned');
        CREATE INDEX article_due ON websites.article (tenant_id, publish_at) WHERE state = 'scheduled';
        CREATE INDEX publication_newest ON websites.publication (tenant_id, kind, published_at, id);
        CREATE INDEX publication_category ON websites.publication (tenant_id, category_id, published_at, id);
        CREATE INDEX publication_ends ON websites.publication (tenant_id, unpublish_at) WHERE unpublish_at IS NOT NULL;
        """
    )


def create_province_tables(db):
    registry_table(
        db,
        "websites.domain",
        """
        id uuid PRIMARY KEY,
        host text NOT NULL UNIQUE CHECK (host ~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' AND length(host) <= 253),
        tenant_id uuid NOT NULL REFERENCES tenants.tenant (id),
        state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'refused')),
        reason text NOT NULL DEFAULT '',
        requested_by uuid REFERENCES tenants.person (id),
        requested_at timestamptz NOT NULL DEFAULT now(),
        decided_by uuid REFERENCES tenants.person (id),
        decided_at timestamptz
        """,
    )
    registry_table(
        db,
        "websites.front_item",
        """
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants.tenant (id),
        article_id uuid NOT NULL,
        slug text NOT NULL,
        title text NOT NULL,
        summary text NOT NULL DEFAULT '',
        cover_id uuid,
        published_at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'accepted', 'refused')),
        reason text NOT NULL DEFAULT '',
        offered_by uuid REFERENCES tenants.person (id),
        offered_at timestamptz NOT NULL DEFAULT now(),
        decided_by uuid REFERENCES tenants.person (id),
        decided_at timestamptz,
        UNIQUE (tenant_id, article_id),
        FOREIGN KEY (tenant_id, article_id) REFERENCES websites.publication (tenant_id, id)
            ON UPDATE CASCADE ON DELETE CASCADE
        """,
    )
    db.execute_sql("CREATE INDEX front_item_state ON websites.front_item (state, published_at, id)")
