"""What an exported file is called; of one list several wait where they are of other conditions."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE lists.export ADD COLUMN title text NOT NULL DEFAULT '';
        DROP INDEX lists.export_waiting;
        CREATE UNIQUE INDEX export_waiting ON lists.export (tenant_id, person_id, list, query) WHERE state = 'waiting'
        """
    )
