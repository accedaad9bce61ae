"""Open cases lie with the unit of whoever leads them."""

from plugins.casework.writing import in_each_agency


def up(migrator, db):
    for _tenant_id in in_each_agency(db):
        # The cases first, as acts lock them; web processes work on meanwhile.
        db.execute_sql("SELECT FROM casework.case_base WHERE closed_at IS NULL ORDER BY id FOR UPDATE")
        # Only what nobody has opened can be pulled back.
        db.execute_sql(
            """
            UPDATE casework.assignment a SET unit_before = c.unit_id FROM casework.case_base c
            WHERE c.tenant_id = a.tenant_id AND c.id = a.case_id AND a.role = 'lead' AND a.done_at IS NULL AND a.seen_at IS NULL
                AND c.closed_at IS NULL
            """
        )
        # While somebody approves or signs a case it lies with who last did something about it. Of several posts that
        # of the unit counts where it lies already, then that of the unit whose code comes first.
        db.execute_sql(
            """
            WITH waits AS (
                SELECT w.tenant_id, w.id AS workflow_id, s ->> 'key' AS state
                FROM casework.workflow w CROSS JOIN LATERAL jsonb_array_elements(w.definition -> 'states') s WHERE s ->> 'mark' = 'sign'
            ), led AS (
                SELECT DISTINCT ON (c.id) c.tenant_id, c.id, c.unit_id AS lies_with, a.person_id, a.unit_id
                FROM casework.case_base c JOIN casework.assignment a ON a.tenant_id = c.tenant_id AND a.case_id = c.id AND a.role = 'lead'
                LEFT JOIN waits w ON w.tenant_id = c.tenant_id AND w.workflow_id = c.workflow_id AND w.state = c.state
                WHERE c.closed_at IS NULL AND CASE WHEN w.state IS NULL THEN a.done_at IS NULL ELSE a.ending = 'done' END
                ORDER BY c.id, a.done_at DESC, a.id DESC
            ), now AS (
                SELECT l.tenant_id, l.id, coalesce(l.unit_id, (
                    SELECT m.unit_id FROM tenants.current_post m JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id
                    WHERE m.tenant_id = l.tenant_id AND m.person_id = l.person_id
                    ORDER BY m.unit_id IS NOT DISTINCT FROM l.lies_with DESC, u.code LIMIT 1
                )) AS unit_id FROM led l
            )
            UPDATE casework.case_base c SET unit_id = n.unit_id FROM now n
            WHERE c.tenant_id = n.tenant_id AND c.id = n.id AND n.unit_id IS NOT NULL AND c.unit_id IS DISTINCT FROM n.unit_id
            """
        )
