"""When a revision was begun, and whether it was handed on and so takes no more changes."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE websites.revision
            ADD COLUMN begun_at timestamptz NOT NULL DEFAULT now(),
            -- NULL: from before; takes no more changes, handed on or not.
            ADD COLUMN is_closed boolean;
        ALTER TABLE websites.revision ALTER COLUMN is_closed SET DEFAULT false;
        """
    )
