"""The look-up that every request starts with: session, person, posts and agency in one call.

The functions run as `lienthong_context`, which may read across agencies and as which nobody can sign
in. They answer one question each and take nothing but a session's hash and an agency's code, so the
application role gains no way to read rows of other agencies. Days are counted as in Việt Nam.
PL/pgSQL rather than SQL, because it keeps the plans from one call to the next.
"""

from core.db.ddl import APP_ROLE, CONTEXT_ROLE

FUNCTIONS = {
    "sso.agency(uuid)": """
        CREATE FUNCTION sso.agency(wanted uuid) RETURNS jsonb LANGUAGE plpgsql STABLE
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (
            SELECT jsonb_build_object(
                'id', t.id, 'code', t.code, 'status', t.status,
                'name', v.name, 'short_name', v.short_name, 'kind', v.kind,
                'parent_name', coalesce(above.short_name, ''),
                'time_zone', coalesce(f.time_zone, 'Asia/Ho_Chi_Minh'), 'logo', coalesce(f.logo_digest, ''))
            FROM tenants.tenant t
            JOIN tenants.tenant_version v ON v.tenant_id = t.id
                AND v.valid_from <= tenants.today() AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())
            LEFT JOIN tenants.tenant_version above ON above.tenant_id = v.parent_id
                AND above.valid_from <= tenants.today() AND (above.valid_to IS NULL OR above.valid_to >= tenants.today())
            LEFT JOIN tenants.profile f ON f.tenant_id = t.id
            WHERE t.id = wanted AND t.status = 'active'
        ); END $$
    """,
    "sso.load_tenant(text)": """
        CREATE FUNCTION sso.load_tenant(wanted_code text) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (
            SELECT jsonb_build_object(
                'agency', sso.agency(t.id),
                'switches', (SELECT coalesce(jsonb_object_agg(s.module, s.is_on), '{}')
                             FROM tenants.module_switch s WHERE s.tenant_id = t.id),
                'grants', (SELECT coalesce(jsonb_object_agg(g.module, g.allowed), '{}')
                           FROM tenants.module_grant g WHERE g.tenant_id = t.id))
            FROM tenants.tenant t WHERE t.code = wanted_code AND t.status = 'active'
        ); END $$
    """,
    "sso.load_context(bytea, text)": """
        CREATE FUNCTION sso.load_context(wanted_hash bytea, wanted_code text) RETURNS jsonb
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (
            SELECT jsonb_build_object(
                'session', s.id, 'operator', s.operator AND p.is_operator,
                'refresh', s.refresh_at <= now(), 'touch', s.seen_at <= now() - interval '1 minute',
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
                      AND m.valid_from <= tenants.today() AND (m.valid_to IS NULL OR m.valid_to >= tenants.today())
                      AND (m.ended_at IS NULL OR m.ended_at > now())),
                'tenant', CASE WHEN wanted_code IS NOT NULL THEN sso.load_tenant(wanted_code) END)
            FROM sso.session s JOIN tenants.person p ON p.id = s.person_id
            WHERE s.token_hash = wanted_hash AND s.ended_at IS NULL
              AND s.idle_until > now() AND s.expires_at > now() AND p.disabled_at IS NULL
        ); END $$
    """,
}


def up(migrator, db):
    db.execute_sql(f"GRANT USAGE, CREATE ON SCHEMA sso TO {CONTEXT_ROLE}")
    for signature, definition in FUNCTIONS.items():
        db.execute_sql(definition)
        db.execute_sql(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        if not signature.startswith("sso.agency"):
            db.execute_sql(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP_ROLE}")
        db.execute_sql(f"ALTER FUNCTION {signature} OWNER TO {CONTEXT_ROLE}")
    db.execute_sql(f"REVOKE CREATE ON SCHEMA sso FROM {CONTEXT_ROLE}")
