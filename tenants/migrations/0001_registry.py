"""Agencies with their dated versions, people, units, posts, roles, module switches, directory tasks.

Days are inclusive on both ends, as decisions write them ("từ 01/8/2026 đến 31/12/2026").
"""

from core.db.ddl import APP_ROLE, CONTEXT_ROLE, readable_by_context, registry_table, tenant_table

OWNED = "FOREIGN KEY (tenant_id) REFERENCES tenants.tenant (id)"


def up(migrator, db):
    db.execute_sql(
        f"""
        -- A range over ids lets an exclusion constraint compare them for equality without any extension.
        CREATE TYPE tenants.id_range AS RANGE (subtype = uuid);
        -- Decisions take effect at midnight in Việt Nam, wherever the server stands.
        CREATE FUNCTION tenants.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date $$;
        GRANT USAGE ON TYPE tenants.id_range TO {APP_ROLE};
        GRANT EXECUTE ON FUNCTION tenants.today() TO {APP_ROLE}, {CONTEXT_ROLE};
        """
    )
    create_registry(db)
    create_agency_tables(db)
    create_module_tables(db)
    for name in ("tenant", "tenant_version", "person", "profile", "unit", "membership", "membership_role",
                 "role", "module_switch", "module_grant"):  # fmt: skip
        readable_by_context(db, f"tenants.{name}")


def create_registry(db):
    registry_table(
        db,
        "tenants.tenant",
        """
        id uuid PRIMARY KEY,
        code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) BETWEEN 2 AND 63),
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'merged')),
        organization_id uuid,
        folded text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1
        """,
        grant="select, insert, update",
    )
    registry_table(
        db,
        "tenants.tenant_version",
        """
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants.tenant (id),
        kind text NOT NULL,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
        short_name text NOT NULL CHECK (length(short_name) BETWEEN 1 AND 120),
        identifiers jsonb NOT NULL DEFAULT '{}',
        parent_id uuid REFERENCES tenants.tenant (id) CHECK (parent_id <> tenant_id),
        decision text NOT NULL DEFAULT '',
        valid_from date NOT NULL,
        valid_to date CHECK (valid_to >= valid_from),
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT tenant_version_no_overlap EXCLUDE USING gist (
            tenants.id_range(tenant_id, tenant_id, '[]') WITH &&,
            daterange(valid_from, valid_to, '[]') WITH &&
        )
        """,
        grant="select, insert, update, delete",
    )
    registry_table(
        db,
        "tenants.person",
        """
        id uuid PRIMARY KEY,
        username text NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
        issuer text,
        subject text,
        full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
        sort_key text COLLATE "C" NOT NULL,
        folded text NOT NULL,
        email text NOT NULL DEFAULT '',
        locale text NOT NULL DEFAULT 'vi' CHECK (locale IN ('vi', 'en')),
        theme text NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
        shortcuts boolean NOT NULL DEFAULT true,
        is_operator boolean NOT NULL DEFAULT false,
        disabled_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        UNIQUE (issuer, subject)
        """,
        grant="select, insert, update",
    )
    registry_table(
        db,
        "tenants.directory_task",
        """
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('organization', 'user', 'member')),
        tenant_id uuid REFERENCES tenants.tenant (id),
        person_id uuid REFERENCES tenants.person (id),
        generation integer NOT NULL DEFAULT 1,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now(),
        last_error text NOT NULL DEFAULT '',
        UNIQUE NULLS NOT DISTINCT (kind, tenant_id, person_id),
        CHECK ((kind <> 'user') = (tenant_id IS NOT NULL) AND (kind <> 'organization') = (person_id IS NOT NULL))
        """,
    )
    db.execute_sql(
        """
        CREATE INDEX tenant_version_parent ON tenants.tenant_version (parent_id);
        CREATE INDEX person_sort ON tenants.person (sort_key, id);
        CREATE INDEX directory_task_kind ON tenants.directory_task (kind, id);
        """
    )


def create_agency_tables(db):
    tenant_table(
        db,
        "tenants.profile",
        f"""
        address text NOT NULL DEFAULT '',
        phone text NOT NULL DEFAULT '',
        email text NOT NULL DEFAULT '',
        website text NOT NULL DEFAULT '',
        time_zone text NOT NULL DEFAULT 'Asia/Ho_Chi_Minh',
        working_hours jsonb NOT NULL,
        logo_digest text NOT NULL DEFAULT '',
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id), {OWNED}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "tenants.logo",
        f"""
        digest text NOT NULL,
        media_type text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
        content bytea NOT NULL CHECK (length(content) <= 524288),
        UNIQUE (tenant_id, digest), {OWNED}
        """,
        grant="select, insert, delete",
    )
    tenant_table(
        db,
        "tenants.unit",
        f"""
        code text NOT NULL CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 63),
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        parent_id uuid CHECK (parent_id <> id),
        valid_from date NOT NULL,
        valid_to date CHECK (valid_to >= valid_from),
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id, code), {OWNED},
        FOREIGN KEY (tenant_id, parent_id) REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "tenants.membership",
        f"""
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        unit_id uuid NOT NULL,
        position text NOT NULL CHECK (length(position) BETWEEN 1 AND 200),
        valid_from date NOT NULL,
        valid_to date CHECK (valid_to >= valid_from),
        decision text NOT NULL DEFAULT '',
        granted_by uuid REFERENCES tenants.person (id),
        ended_at timestamptz,
        ended_by uuid REFERENCES tenants.person (id),
        created_at timestamptz NOT NULL DEFAULT now(),
        version integer NOT NULL DEFAULT 1,
        {OWNED},
        FOREIGN KEY (tenant_id, unit_id) REFERENCES tenants.unit (tenant_id, id) ON UPDATE CASCADE,
        CONSTRAINT membership_no_overlap EXCLUDE USING gist (
            tenants.id_range(tenant_id, tenant_id, '[]') WITH &&,
            tenants.id_range(person_id, person_id, '[]') WITH &&,
            tenants.id_range(unit_id, unit_id, '[]') WITH &&,
            daterange(valid_from, valid_to, '[]') WITH &&
        ) WHERE (ended_at IS NULL)
        """,
        grant="select, insert, update",
    )
    db.execute_sql(
        """
        CREATE INDEX membership_unit ON tenants.membership (tenant_id, unit_id);
        CREATE INDEX membership_person ON tenants.membership (tenant_id, person_id);
        -- The one index that does not begin with the agency: every request looks up the posts of one
        -- person in all agencies, before any agency is in scope.
        CREATE INDEX membership_of_person ON tenants.membership (person_id, tenant_id);
        """
    )
    tenant_table(
        db,
        "tenants.membership_role",
        f"""
        membership_id uuid NOT NULL,
        role text NOT NULL,
        UNIQUE (tenant_id, membership_id, role), {OWNED},
        FOREIGN KEY (tenant_id, membership_id) REFERENCES tenants.membership (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, delete",
    )
    db.execute_sql("CREATE INDEX membership_role_role ON tenants.membership_role (tenant_id, role)")
    tenant_table(
        db,
        "tenants.role",
        f"""
        key text NOT NULL CHECK (key ~ '^own[.][a-z0-9]+(-[a-z0-9]+)*$'),
        title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
        permissions jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(permissions) = 'array'),
        version integer NOT NULL DEFAULT 1,
        UNIQUE (tenant_id, key), {OWNED}
        """,
    )


def create_module_tables(db):
    tenant_table(
        db,
        "tenants.module_switch",
        f"""
        module text NOT NULL,
        is_on boolean NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now(),
        changed_by uuid REFERENCES tenants.person (id),
        UNIQUE (tenant_id, module), {OWNED}
        """,
        grant="select, insert, update",
    )
    tenant_table(
        db,
        "tenants.module_grant",
        f"""
        module text NOT NULL,
        allowed boolean NOT NULL,
        note text NOT NULL DEFAULT '',
        changed_at timestamptz NOT NULL DEFAULT now(),
        changed_by uuid REFERENCES tenants.person (id),
        UNIQUE (tenant_id, module), {OWNED}
        """,
        grant="select, insert, update, delete",
    )
