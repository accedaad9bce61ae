"""What the public side needs beside the publications: search across the province, generations, figures.

The views are the province-wide public side: a publication is in them while its site is open, its agency
active and its module in effect, so that whoever reads it cannot show more than the agency's own pages do.
"""

from core.api import public_view, readable_by_context, registry_table, tenant_table

ACCENTED = {
    "a": "àáảãạăằắẳẵặâầấẩẫậ", "d": "đ", "e": "èéẻẽẹêềếểễệ", "i": "ìíỉĩị",
    "o": "òóỏõọôồốổỗộơờớởỡợ", "u": "ùúủũụưừứửữự", "y": "ỳýỷỹỵ",
}  # fmt: skip
SIGNS = "/-._"
OWNED = "FOREIGN KEY (tenant_id) REFERENCES tenants.tenant (id)"
SEEN = (
    "websites.publication",
    "websites.site",
    "websites.category",
    "websites.menu_item",
    "websites.link",
    "websites.picture",
)


def folding(text):
    """Return the SQL that takes accents away and parts numbers like 15/2026/QĐ-UBND into words."""
    accented = "".join(letters + letters.upper() for letters in ACCENTED.values())
    plain = "".join(letter * 2 * len(letters) for letter, letters in ACCENTED.items())
    return f"translate(normalize({text}, NFC), '{accented}{SIGNS}', '{plain}{' ' * len(SIGNS)}')"


def up(migrator, db):
    add_search(db)
    add_views(db)
    add_shown_pictures(db)
    add_generations(db)
    add_figures(db)


def add_search(db):
    titles = folding("title || ' ' || title_en || ' ' || symbol")
    db.execute_sql(
        f"""
        ALTER TABLE websites.publication DROP COLUMN words;
        ALTER TABLE websites.publication
            ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', {folding("folded")})) STORED,
            ADD COLUMN title_words tsvector GENERATED ALWAYS AS (to_tsvector('simple', {titles})) STORED;
        CREATE INDEX publication_words ON websites.publication USING gin (words);
        CREATE INDEX publication_title_words ON websites.publication USING gin (title_words);
        CREATE INDEX publication_all ON websites.publication (tenant_id, published_at, id);
        CREATE INDEX publication_province ON websites.publication (published_at, id);
        CREATE INDEX publication_english ON websites.publication (published_at, id) WHERE title_en <> '';
        """
    )


def add_views(db):
    readable_by_context(db, "websites.publication")
    readable_by_context(db, "websites.site")
    public_view(
        db,
        "websites.public_site",
        """
        SELECT s.tenant_id, t.code, s.name, s.name_en, s.has_english
        FROM websites.site s
        JOIN tenants.tenant t ON t.id = s.tenant_id AND t.status = 'active'
        JOIN tenants.module_switch m ON m.tenant_id = s.tenant_id AND m.module = 'websites' AND m.is_on
        WHERE s.is_open AND NOT EXISTS (
            SELECT FROM tenants.module_grant g
            WHERE g.tenant_id = s.tenant_id AND g.module = 'websites' AND NOT g.allowed)
        """,
        reason="Sites that are open; everybody may visit them.",
    )
    public_view(
        db,
        "websites.public_article",
        """
        SELECT p.tenant_id, s.code, s.name AS site, s.name_en AS site_en, s.has_english, p.id, p.kind, p.slug,
            p.title, p.summary, p.title_en, p.summary_en, p.symbol, p.published_at, p.updated_at, p.words, p.title_words
        FROM websites.publication p JOIN websites.public_site s ON s.tenant_id = p.tenant_id
        WHERE p.unpublish_at IS NULL OR p.unpublish_at > now()
        """,
        reason="What open sites publish; everybody may read it.",
    )
    # The agency in scope and no other, as the table's own policy has it; without joins, so that PostgreSQL
    # estimates how many articles hold a word. Who reads it asks public_site whether the site is open.
    public_view(
        db,
        "websites.site_article",
        """
        SELECT p.tenant_id, p.id, p.kind, p.slug, p.title, p.summary, p.title_en, p.summary_en, p.published_at,
            p.unpublish_at, p.category_id, p.words, p.title_words
        FROM websites.publication p
        WHERE p.tenant_id = core.app_tenant() AND (p.unpublish_at IS NULL OR p.unpublish_at > now())
        """,
        reason="What the agency in scope publishes; its own site shows it.",
    )
    readable_by_context(db, "websites.link")
    public_view(
        db,
        "websites.province_link",
        """
        SELECT l.id, l.heading, l.title, l.url, l.position
        FROM websites.link l
        JOIN websites.public_site s ON s.tenant_id = l.tenant_id
        JOIN tenants.tenant_version v ON v.tenant_id = l.tenant_id AND v.kind = 'province'
            AND v.valid_from <= tenants.today() AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())
        """,
        reason="Links on the open site of the provincial committee; everybody may follow them.",
    )


def add_shown_pictures(db):
    """Note which pictures a publication shows, so that the public gets these and no others."""
    db.execute_sql(
        """
        CREATE FUNCTION websites.note_pictures() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN
            DELETE FROM websites.shown_picture WHERE tenant_id = NEW.tenant_id AND article_id = NEW.id;
            INSERT INTO websites.shown_picture (tenant_id, id, article_id, picture_id)
            SELECT NEW.tenant_id, gen_random_uuid(), NEW.id, picture FROM (
                SELECT NEW.cover_id AS picture WHERE NEW.cover_id IS NOT NULL
                UNION
                SELECT named[1]::uuid FROM regexp_matches(NEW.body || NEW.body_en,
                    'picture:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})', 'g') named) shown
            -- A text may name a picture that has left the library.
            WHERE EXISTS (SELECT FROM websites.picture p WHERE p.tenant_id = NEW.tenant_id AND p.id = shown.picture);
            RETURN NULL;
        END $$;
        CREATE TRIGGER note_pictures AFTER INSERT OR UPDATE OF cover_id, body, body_en ON websites.publication
            FOR EACH ROW EXECUTE FUNCTION websites.note_pictures();
        """
    )


def add_generations(db):
    """Count the changes of what a site shows, so that a kept page is known to be of today."""
    tenant_table(
        db,
        "websites.generation",
        f"number bigint NOT NULL DEFAULT 1, changed_at timestamptz NOT NULL DEFAULT now(), UNIQUE (tenant_id), {OWNED}",
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE FUNCTION websites.count_generation() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN
            IF core.app_tenant() IS NOT NULL THEN
                INSERT INTO websites.generation AS g (tenant_id, id) VALUES (core.app_tenant(), gen_random_uuid())
                ON CONFLICT (tenant_id) DO UPDATE SET number = g.number + 1, changed_at = now();
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table in SEEN:
        db.execute_sql(
            f"CREATE TRIGGER count_generation AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION websites.count_generation()"
        )


def add_figures(db):
    """Make room for visits and ratings; neither says anything of who came."""
    registry_table(
        db,
        "websites.visit",
        """
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants.tenant (id),
        article_id uuid,
        day date NOT NULL,
        visits integer NOT NULL CHECK (visits > 0)
        """,
        grant="select, insert, delete",
    )
    tenant_table(
        db,
        "websites.visit_day",
        f"""
        article_id uuid,
        day date NOT NULL,
        visits integer NOT NULL,
        UNIQUE NULLS NOT DISTINCT (tenant_id, day, article_id), {OWNED}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "websites.rating",
        f"""
        article_id uuid NOT NULL,
        useful boolean NOT NULL,
        reason text NOT NULL DEFAULT '' CHECK (reason IN ('', 'unclear', 'incomplete', 'outdated', 'wrong', 'not_found')),
        day date NOT NULL,
        {OWNED},
        FOREIGN KEY (tenant_id, article_id) REFERENCES websites.article (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert",
    )
    db.execute_sql(
        """
        CREATE INDEX visit_agency ON websites.visit (tenant_id);
        CREATE INDEX visit_day_article ON websites.visit_day (tenant_id, article_id, day);
        CREATE INDEX rating_article ON websites.rating (tenant_id, article_id, day);
        """
    )
