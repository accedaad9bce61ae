"""Notifications, the mails made of them, what people chose, and how the mail server does."""

from core.api import registry_table, tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "notifications.mail",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        kind text NOT NULL DEFAULT '',
        key text NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
        wanted_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        claimed_at timestamptz,
        handed_at timestamptz,
        ended_at timestamptz,
        code integer NOT NULL DEFAULT 0,
        reason text NOT NULL DEFAULT '',
        UNIQUE (tenant_id, person_id, key)
        """,
    )
    tenant_table(
        db,
        "notifications.notification",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        kind text NOT NULL,
        fact text NOT NULL CHECK (length(fact) BETWEEN 1 AND 300),
        text text NOT NULL,
        fields jsonb NOT NULL DEFAULT '{}',
        route text NOT NULL DEFAULT '',
        route_fields jsonb NOT NULL DEFAULT '{}',
        mail_id uuid,
        unread boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL DEFAULT now(),
        read_at timestamptz,
        UNIQUE (tenant_id, person_id, kind, fact),
        FOREIGN KEY (tenant_id, mail_id) REFERENCES notifications.mail (tenant_id, id)
            ON UPDATE CASCADE ON DELETE SET NULL (mail_id),
        CHECK (unread = (read_at IS NULL))
        """,
    )
    # The list and the badge read a person's rows in the order of the list; narrowed to a kind, from the second.
    db.execute_sql(
        "CREATE INDEX notification_list ON notifications.notification (tenant_id, person_id, unread, created_at, id);"
        "CREATE INDEX notification_kind ON notifications.notification (tenant_id, person_id, kind, unread, created_at, id);"
        "CREATE INDEX notification_mail ON notifications.notification (tenant_id, mail_id) WHERE mail_id IS NOT NULL;"
        "CREATE INDEX notification_age ON notifications.notification (tenant_id, created_at);"
        "CREATE INDEX mail_open ON notifications.mail (tenant_id, due_at) WHERE state IN ('waiting', 'sending');"
        "CREATE INDEX mail_ended ON notifications.mail (tenant_id, ended_at) WHERE ended_at IS NOT NULL"
    )
    tenant_table(
        db,
        "notifications.choice",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        kind text NOT NULL,
        email text NOT NULL CHECK (email IN ('at_once', 'digest', 'never')),
        UNIQUE (tenant_id, person_id, kind)
        """,
    )
    tenant_table(
        db,
        "notifications.hours",
        """
        person_id uuid NOT NULL REFERENCES tenants.person (id),
        quiet_from time,
        quiet_to time,
        digest_at time NOT NULL,
        UNIQUE (tenant_id, person_id),
        CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
        """,
    )
    registry_table(
        db,
        "notifications.server",
        """
        id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
        tries integer NOT NULL DEFAULT 0,
        away_since timestamptz,
        try_at timestamptz,
        reason text NOT NULL DEFAULT '',
        code integer NOT NULL DEFAULT 0
        """,
        grant="select, insert, update",
        reason="Whether the installation's mail server answers is the same for all agencies.",
    )
