"""What was answered before a question was taken up again: its asker goes on reading it, each with its day."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE citizen_questions.question ADD COLUMN earlier jsonb NOT NULL DEFAULT '[]'")
