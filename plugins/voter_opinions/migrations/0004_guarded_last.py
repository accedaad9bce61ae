"""What is guarded stands at the end of lists: where it stood among others told when it came in."""

from plugins.casework.api import in_each_agency


def up(migrator, db):
    db.execute_sql("ALTER TABLE voter_opinions.petition ADD guarded boolean NOT NULL DEFAULT false")
    for _tenant_id in in_each_agency(db):
        db.execute_sql(
            "UPDATE voter_opinions.petition p SET guarded = true FROM casework.case_base c "
            "WHERE c.tenant_id = p.tenant_id AND c.id = p.id AND c.restricted"
        )
    db.execute_sql(
        """
        ALTER TABLE voter_opinions.petition
            ADD listed_on date GENERATED ALWAYS AS (CASE WHEN guarded THEN DATE '9999-12-31' ELSE received_on END) STORED;
        DROP INDEX voter_opinions.petition_session;
        CREATE INDEX petition_session ON voter_opinions.petition (tenant_id, session_id, listed_on, id);
        """
    )
