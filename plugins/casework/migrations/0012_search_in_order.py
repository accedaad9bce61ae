"""A search in a list of cases gives what stands first in the list, whether its words are rare or in every case."""

from core.api import answered_by_context, readable_by_context


def up(migrator, db):
    # An index of words over all agencies gives one of them the cases of all. So each word begins with letters that stand
    # for its agency; two agencies that share them find no more than before, for each case is looked at again.
    db.execute_sql(
        r"""
        CREATE FUNCTION casework.word_prefix(tenant uuid) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT pg_catalog.translate(pg_catalog.right(tenant::text, 6), '0123456789', 'ghijklmnop') $$;
        CREATE FUNCTION casework.own_words(tenant uuid, folded text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT pg_catalog.to_tsvector('pg_catalog.simple'::regconfig, casework.word_prefix(tenant) || pg_catalog.regexp_replace(
                pg_catalog.left(folded, 200000), '[^[:alnum:]]+', ' ' || casework.word_prefix(tenant), 'g')) $$;
        CREATE FUNCTION casework.own_query(tenant uuid, query text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT pg_catalog.to_tsquery('pg_catalog.simple'::regconfig,
                pg_catalog.regexp_replace(query, '([[:alnum:]]+)', casework.word_prefix(tenant) || '\1', 'g')) $$;
        ALTER TABLE casework.case_base DROP COLUMN words;
        ALTER TABLE casework.case_base ADD COLUMN words tsvector GENERATED ALWAYS AS (casework.own_words(tenant_id, folded)) STORED;
        CREATE INDEX case_base_words ON casework.case_base USING gin (words);
        DROP FUNCTION casework.cases_with(text, text[], integer);
        CREATE FUNCTION casework.cases_with(query text, kinds text[], most integer) RETURNS SETOF uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
            RETURN QUERY EXECUTE
                'SELECT c.id FROM casework.case_base c WHERE c.tenant_id = core.app_tenant() AND c.kind = ANY ($1) '
                'AND c.words @@ $2 LIMIT $3' USING kinds, casework.own_query(core.app_tenant(), query), most;
        END $$;
        """
    )
    readable_by_context(
        db, "casework.case_base", "words, state, tags, unit_id, restricted, created_by, due_order, closed_at"
    )
    readable_by_context(db, "casework.assignment", "tenant_id, case_id, person_id, unit_id, done_at")
    # Row-level security would have every case of the agency looked at. Frequent words are met soon by whoever walks the
    # list from its beginning; looking up where else they stand would take longer. What is rare, or not to be
    # found together, comes from the index of words. The planner cannot tell which it is: it takes words for
    # independent of each other and of the order of the list. So the walk ends after some rows, and then the index is asked.
    # SECURITY: fixed statements that name the agency in scope; whoever asks reads the cases again under row-level security.
    db.execute_sql(
        """
        CREATE FUNCTION casework.cases_found(
            query text, kind text, stand text, late_before timestamptz, state text, tag text, unit uuid, person uuid, sees_all boolean,
            selves uuid[], units uuid[], after_at timestamptz, after_id uuid, backward boolean, most integer
        ) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '32MB' ROWS 50 AS $$
        DECLARE
            place text := CASE stand WHEN 'closed' THEN 'c.closed_at' ELSE 'c.due_order' END;
            way text := CASE WHEN (stand = 'closed') <> backward THEN 'DESC' ELSE 'ASC' END;
            beyond text := CASE WHEN (stand = 'closed') <> backward THEN '<' ELSE '>' END;
            standing text := 'c.tenant_id = core.app_tenant() AND c.kind = $2 AND ' || CASE stand
                WHEN 'closed' THEN 'c.closed_at IS NOT NULL'
                WHEN 'late' THEN 'c.closed_at IS NULL AND c.due_order < $3'
                ELSE 'c.closed_at IS NULL' END || CASE WHEN after_id IS NULL THEN '' ELSE
                ' AND (' || place || ', c.id) ' || beyond || ' ($10, $11)' END;
            sought text := 'c.words @@ $1'
                || CASE WHEN state = '' THEN '' ELSE ' AND c.state = $4' END
                || CASE WHEN tag = '' THEN '' ELSE ' AND $12 = ANY (c.tags)' END
                || CASE WHEN unit IS NULL THEN '' ELSE ' AND c.unit_id = $5' END
                || CASE WHEN person IS NULL THEN '' ELSE ' AND EXISTS (SELECT FROM casework.assignment a '
                    'WHERE a.tenant_id = core.app_tenant() AND a.case_id = c.id AND a.done_at IS NULL AND a.person_id = $6)' END
                || CASE WHEN sees_all THEN '' ELSE ' AND (NOT c.restricted OR c.created_by = ANY ($7) OR EXISTS (SELECT FROM '
                    'casework.assignment a WHERE a.tenant_id = core.app_tenant() AND a.case_id = c.id '
                    'AND (a.person_id = ANY ($7) OR a.unit_id = ANY ($8))))' END;
            sorted text := ' ORDER BY ' || place || ' ' || way || ', c.id ' || way || ' LIMIT ';
            near uuid[];
            words tsquery := casework.own_query(core.app_tenant(), query);
        BEGIN
            EXECUTE 'SELECT ARRAY(SELECT c.id FROM (SELECT c.id, c.words, c.state, c.tags, c.unit_id, c.restricted, c.created_by, '
                'c.due_order, c.closed_at FROM casework.case_base c WHERE ' || standing || sorted || '$13) c WHERE '
                || sought || sorted || '$9)' INTO near USING words, kind, late_before, state, unit, person, selves, units, most, after_at, after_id, tag,
                greatest(1000, 40 * most);
            IF cardinality(near) = most THEN
                RETURN QUERY SELECT unnest(near);
                RETURN;
            END IF;
            RETURN QUERY EXECUTE 'SELECT c.id FROM (SELECT c.id, c.tenant_id, c.kind, c.words, c.state, c.tags, c.unit_id, c.restricted, c.created_by, '
                'c.due_order, c.closed_at FROM casework.case_base c WHERE c.words @@ $1 OFFSET 0) c WHERE '
                || standing || ' AND ' || sought || sorted || '$9'
            USING words, kind, late_before, state, unit, person, selves, units, most, after_at, after_id, tag;
        END $$;
        """
    )
    answered_by_context(db, "casework.cases_with(text, text[], integer)")
    answered_by_context(
        db,
        "casework.cases_found(text, text, text, timestamptz, text, text, uuid, uuid, boolean, uuid[], uuid[], timestamptz, uuid, boolean, integer)",
    )
