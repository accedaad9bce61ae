"""A file tells which earlier one has most of its rows, whatever its bytes are."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE voter_opinions.intake_row ADD digest bigint;
        CREATE INDEX intake_row_digest ON voter_opinions.intake_row (tenant_id, digest);
        ALTER TABLE voter_opinions.intake ADD like_id uuid, ADD like_rows integer NOT NULL DEFAULT 0;
        """
    )
