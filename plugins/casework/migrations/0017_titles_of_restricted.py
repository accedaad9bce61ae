"""What people were told of a case before it was restricted says its title no more."""

from plugins.casework.writing import in_each_agency


def up(migrator, db):
    # What casework itself opens restricted is told only to who has to do with it.
    for _tenant_id in in_each_agency(db):
        db.execute_sql(
            """
            UPDATE notifications.notification n SET fields = n.fields || '{"title": {"words": "Nội dung hạn chế"}}'
            FROM casework.case_base c
            WHERE c.tenant_id = n.tenant_id AND c.restricted AND NOT starts_with(c.kind, 'casework.')
                AND n.route_fields ->> 'case_id' = c.id::text AND n.fields ? 'title'
            """
        )
