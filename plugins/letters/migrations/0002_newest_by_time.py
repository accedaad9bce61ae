"""The list of letters goes by when each was drafted: ids that were made of a case tell nothing of that."""


def up(migrator, db):
    db.execute_sql(
        "DROP INDEX letters.letter_kind;"
        "DROP INDEX letters.letter_draft;"
        "CREATE INDEX letter_kind ON letters.letter (tenant_id, kind, made_at, id);"
        "CREATE INDEX letter_draft ON letters.letter (tenant_id, kind, made_at, id) WHERE state = 'draft'"
    )
