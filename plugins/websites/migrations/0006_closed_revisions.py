"""When a revision was begun, and whether it was handed on and so takes no more changes."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE websites.revision
            ADD COLUMN begun_at timestamptz NOT NULL DEFAULT now(),
            -- Those that are there already stay as they are.
            ADD COLUMN is_closed boolean NOT NULL DEFAULT true;
        ALTER TABLE websites.revision ALTER COLUMN is_closed SET DEFAULT false;
        """
    )
