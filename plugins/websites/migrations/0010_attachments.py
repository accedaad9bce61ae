"""The files of an article: part of its text, so that each revision and the publication keep their own."""


def up(migrator, db):
    for table in ("article", "revision", "publication"):
        db.execute_sql(
            f"ALTER TABLE websites.{table} ADD COLUMN file_ids uuid[] NOT NULL DEFAULT '{{}}' "
            "CHECK (cardinality(file_ids) <= 50)"
        )
