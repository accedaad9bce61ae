"""Sessions of the platform, sign-ins under way, and logout tokens already honoured."""

from core.db.ddl import readable_by_context, registry_table


def up(migrator, db):
    registry_table(
        db,
        "sso.session",
        """
        id uuid PRIMARY KEY,
        token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        subject text NOT NULL,
        sid text NOT NULL,
        operator boolean NOT NULL DEFAULT false,
        device text NOT NULL DEFAULT '',
        address text NOT NULL DEFAULT '',
        tokens bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        idle_until timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        refresh_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text NOT NULL DEFAULT '' CHECK ((end_reason = '') = (ended_at IS NULL))
        """,
    )
    registry_table(
        db,
        "sso.sign_in_attempt",
        """
        id uuid PRIMARY KEY,
        state_hash bytea NOT NULL UNIQUE CHECK (length(state_hash) = 32),
        browser_hash bytea NOT NULL CHECK (length(browser_hash) = 32),
        secrets bytea NOT NULL,
        return_to text NOT NULL,
        fresh boolean NOT NULL DEFAULT false,
        expires_at timestamptz NOT NULL
        """,
        grant="select, insert, delete",
    )
    registry_table(
        db,
        "sso.logout_token",
        "id text PRIMARY KEY, expires_at timestamptz NOT NULL",
        grant="select, insert, delete",
    )
    db.execute_sql(
        """
        CREATE INDEX session_sid ON sso.session (sid) WHERE ended_at IS NULL;
        CREATE INDEX session_subject ON sso.session (subject) WHERE ended_at IS NULL;
        CREATE INDEX session_person ON sso.session (person_id) WHERE ended_at IS NULL;
        CREATE INDEX session_live ON sso.session (seen_at DESC, id DESC) WHERE ended_at IS NULL;
        CREATE INDEX session_expires ON sso.session (expires_at);
        CREATE INDEX sign_in_attempt_expires ON sso.sign_in_attempt (expires_at);
        CREATE INDEX logout_token_expires ON sso.logout_token (expires_at);
        """
    )
    readable_by_context(
        db,
        "sso.session",
        "id, token_hash, person_id, operator, seen_at, idle_until, expires_at, refresh_at, ended_at",
    )
