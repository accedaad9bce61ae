"""Which questions were taken before titles said nothing of people: a job looks at these, once."""


def up(migrator, db):
    db.execute_sql(
        "ALTER TABLE citizen_questions.question ADD COLUMN title_hidden boolean NOT NULL DEFAULT false;"
        "CREATE INDEX question_title_told ON citizen_questions.question (tenant_id, id) WHERE NOT title_hidden"
    )
