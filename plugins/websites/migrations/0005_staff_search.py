"""The words of what staff write, for their own search: title and text, without accents.

Under row-level security full text is searched row by row, so a function looks the words up: its statement is
fixed, names the agency in scope and answers with ids alone, whose rows are then read as every other row is.
"""

from core.api import answered_by_context, readable_by_context

ACCENTED = {
    "a": "àáảãạăằắẳẵặâầấẩẫậ", "d": "đ", "e": "èéẻẽẹêềếểễệ", "i": "ìíỉĩị",
    "o": "òóỏõọôồốổỗộơờớởỡợ", "u": "ùúủũụưừứửữự", "y": "ỳýỷỹỵ",
}  # fmt: skip
SIGNS = "/-._"


def folding(text):
    """Return the SQL that takes accents away and parts numbers like 15/2026/QĐ-UBND into words."""
    accented = "".join(letters + letters.upper() for letters in ACCENTED.values())
    plain = "".join(letter * 2 * len(letters) for letter, letters in ACCENTED.items())
    return f"translate(normalize({text}, NFC), '{accented}{SIGNS}', '{plain}{' ' * len(SIGNS)}')"


def up(migrator, db):
    titles = "title || ' ' || title_en || ' ' || symbol"
    # A tsvector holds a megabyte at most; longer texts are found by their beginning.
    texts = (
        f"left({titles} || ' ' || summary || ' ' || issuer || ' ' || summary_en || ' ' "
        "|| regexp_replace(body || ' ' || body_en, '<[^>]*>', ' ', 'g'), 200000)"
    )
    db.execute_sql(
        f"""
        ALTER TABLE websites.article
            ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', {folding(texts)})) STORED,
            ADD COLUMN title_words tsvector GENERATED ALWAYS AS (to_tsvector('simple', {folding(titles)})) STORED;
        CREATE INDEX article_words ON websites.article USING gin (words);
        CREATE INDEX article_title_words ON websites.article USING gin (title_words);
        CREATE INDEX article_created ON websites.article (tenant_id, created_at, id);
        """
    )
    readable_by_context(db, "websites.article", "tenant_id, id, words, title_words")
    # EXECUTE plans each search for its own words: rare ones by the index, common ones row by row to the limit.
    db.execute_sql(
        """
        CREATE FUNCTION websites.articles_with(query text, in_title boolean, most integer) RETURNS SETOF uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
            RETURN QUERY EXECUTE format(
                'SELECT a.id FROM websites.article a WHERE a.tenant_id = core.app_tenant() '
                'AND a.%%I @@ to_tsquery(''simple'', $1) LIMIT $2',
                CASE WHEN in_title THEN 'title_words' ELSE 'words' END) USING query, most;
        END $$;
        """
    )
    answered_by_context(db, "websites.articles_with(text, boolean, integer)")
