"""A host name may be taken back after it was approved."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE websites.domain DROP CONSTRAINT domain_state_check")
    db.execute_sql(
        "ALTER TABLE websites.domain ADD CONSTRAINT domain_state_check "
        "CHECK (state IN ('requested', 'approved', 'refused', 'revoked'))"
    )
