"""Each opening of a form keeps a draft of its own: none stands in the way of another."""


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE drafts.draft DROP CONSTRAINT draft_tenant_id_person_id_key_key, "
        "ADD UNIQUE (tenant_id, person_id, key, page)"
    )
