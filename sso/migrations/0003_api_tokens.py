"""Personal API tokens, and the look-up that a request with one starts with.

As in 0002 it runs as `lienthong_context` and takes nothing but a hash and an agency's code. `sso.identity` tells
of a person what `sso.load_context` tells; that one keeps its own text, because a call inside it would make the
look-up of every page a tenth slower. Whoever changes one changes both.
"""

from core.db.ddl import APP_ROLE, CONTEXT_ROLE, readable_by_context, tenant_table

FUNCTIONS = {
    "sso.identity(uuid, uuid)": """
        CREATE FUNCTION sso.identity(who uuid, only_agency uuid) RETURNS jsonb LANGUAGE plpgsql STABLE
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (
            SELECT jsonb_build_object(
                'person', jsonb_build_object(
                    'id', p.id, 'username', p.username, 'full_name', p.full_name, 'email', p.email,
                    'locale', p.locale, 'theme', p.theme, 'shortcuts', p.shortcuts, 'is_operator', p.is_operator),
                'posts', (
                    SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'membership_id', m.id, 'agency', a.agency, 'unit_id', u.id, 'unit_name', u.name,
                        'position', m.position, 'valid_from', m.valid_from, 'valid_to', m.valid_to,
                        'roles', (SELECT coalesce(jsonb_agg(r.role ORDER BY r.role), '[]')
                                  FROM tenants.membership_role r
                                  WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id),
                        'own_permissions', (
                            SELECT coalesce(jsonb_agg(DISTINCT permission), '[]')
                            FROM tenants.membership_role r
                            JOIN tenants.role own ON own.tenant_id = r.tenant_id AND own.key = r.role
                            CROSS JOIN LATERAL jsonb_array_elements_text(own.permissions) permission
                            WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id)
                        ) ORDER BY m.valid_from, m.id), '[]')
                    FROM tenants.membership m
                    JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id
                    CROSS JOIN LATERAL (SELECT sso.agency(m.tenant_id) AS agency) a
                    WHERE m.person_id = p.id AND a.agency IS NOT NULL
                      AND (only_agency IS NULL OR m.tenant_id = only_agency)
                      AND m.valid_from <= tenants.today() AND (m.valid_to IS NULL OR m.valid_to >= tenants.today())
                      AND (m.ended_at IS NULL OR m.ended_at > now())))
            FROM tenants.person p WHERE p.id = who
        ); END $$
    """,
    "sso.load_token(bytea, text)": """
        CREATE FUNCTION sso.load_token(wanted_hash bytea, wanted_code text) RETURNS jsonb
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (
            SELECT sso.identity(p.id, k.tenant_id) || jsonb_build_object(
                'session', k.id, 'operator', false,
                'touch', k.used_at IS NULL OR k.used_at <= now() - interval '1 hour',
                'token', jsonb_build_object(
                    'id', k.id, 'name', k.name, 'read_only', k.read_only, 'permissions', k.permissions),
                'token_agency', k.tenant_id,
                'tenant', CASE WHEN t.code = wanted_code THEN sso.load_tenant(wanted_code) END)
            FROM sso.api_token k
            JOIN tenants.person p ON p.id = k.person_id
            JOIN tenants.tenant t ON t.id = k.tenant_id
            WHERE k.token_hash = wanted_hash AND k.revoked_at IS NULL AND k.expires_at > now()
              AND p.disabled_at IS NULL
        ); END $$
    """,
}


def up(migrator, db):
    tenant_table(
        db,
        "sso.api_token",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id), name text NOT NULL CHECK (name <> ''),
        token_hash bytea NOT NULL CHECK (length(token_hash) = 32), ending text NOT NULL,
        read_only boolean NOT NULL, permissions jsonb,
        created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL,
        used_at timestamptz, revoked_at timestamptz,
        CHECK (expires_at <= created_at + interval '366 days'), UNIQUE (tenant_id, token_hash)
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        "CREATE INDEX api_token_person ON sso.api_token (tenant_id, person_id, id);"
        # Like the posts of a person, a token is looked up before its agency is known; no other index may do this.
        "CREATE INDEX api_token_hash ON sso.api_token (token_hash)"
    )
    readable_by_context(
        db,
        "sso.api_token",
        "id, tenant_id, person_id, name, token_hash, read_only, permissions, expires_at, used_at, revoked_at",
    )
    db.execute_sql(f"GRANT USAGE, CREATE ON SCHEMA sso TO {CONTEXT_ROLE}")
    for signature, definition in FUNCTIONS.items():
        db.execute_sql(definition)
        db.execute_sql(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        if signature.startswith("sso.load_"):
            db.execute_sql(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP_ROLE}")
        db.execute_sql(f"ALTER FUNCTION {signature} OWNER TO {CONTEXT_ROLE}")
    db.execute_sql(f"REVOKE CREATE ON SCHEMA sso FROM {CONTEXT_ROLE}")
