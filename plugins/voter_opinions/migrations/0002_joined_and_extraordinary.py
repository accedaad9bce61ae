"""Joining can be undone, extraordinary sessions have days of their own, and originals stay as they came in."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE voter_opinions.petition ADD joined_into uuid,
            ADD FOREIGN KEY (tenant_id, joined_into) REFERENCES voter_opinions.petition (tenant_id, id) ON UPDATE CASCADE;
        CREATE INDEX petition_joined ON voter_opinions.petition (tenant_id, joined_into) WHERE joined_into IS NOT NULL;
        ALTER TABLE voter_opinions.session ADD extraordinary boolean NOT NULL DEFAULT false;
        REVOKE UPDATE ON voter_opinions.origin FROM lienthong_app;
        GRANT UPDATE (petition_id) ON voter_opinions.origin TO lienthong_app;
        """
    )
