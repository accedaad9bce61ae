"""Complaints and denunciations that were not taken are read by who has to do with them alone, as those refused from now on."""

from plugins.casework.api import in_each_agency


def up(migrator, db):
    for _tenant_id in in_each_agency(db):
        db.execute_sql(
            "UPDATE casework.case_base c SET restricted = true FROM citizen_questions.question q "
            "WHERE q.tenant_id = c.tenant_id AND q.id = c.id AND q.reason = 'complaint' AND c.state = 'rejected'"
        )
