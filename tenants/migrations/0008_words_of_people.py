"""The words of people's names for the search of operators, and user names by how they begin."""


def up(migrator, db):
    # A hundred thousand people are written anew in a second or two.
    db.execute_sql(
        """
        ALTER TABLE tenants.person ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', folded)) STORED;
        CREATE INDEX person_words ON tenants.person USING gin (words);
        CREATE INDEX person_username_start ON tenants.person (username text_pattern_ops);
        """
    )
