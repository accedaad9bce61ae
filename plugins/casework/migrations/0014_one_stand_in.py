"""Of one person who is away one colleague does the work at a time, also when two are asked at the same moment."""

import structlog

from plugins.casework.writing import in_each_agency


def up(migrator, db):
    # Of delegations whose days overlap the first one stays. Who lost the others is told by number; the days that are
    # free then can be given to somebody anew.
    for _tenant_id in in_each_agency(db):
        rows = db.execute_sql(
            "SELECT id, person_id, valid_from, valid_to FROM casework.delegation WHERE revoked_at IS NULL ORDER BY made_at, id"
        ).fetchall()
        kept, ended = {}, []
        for delegation_id, person_id, first, last in rows:
            days = kept.setdefault(person_id, [])
            if any(first <= until and last >= since for since, until in days):
                ended.append(str(delegation_id))
            else:
                days.append((first, last))
        if ended:
            structlog.get_logger().warning("delegation.overlapped", ended=ended)
            db.execute_sql(
                "UPDATE casework.delegation SET revoked_at = now() WHERE id = ANY (%s::uuid[])", (ended,)
            )
    db.execute_sql(
        """
        ALTER TABLE casework.delegation ADD CONSTRAINT delegation_no_overlap EXCLUDE USING gist (
            tenants.id_range(tenant_id, tenant_id, '[]') WITH &&,
            tenants.id_range(person_id, person_id, '[]') WITH &&,
            daterange(valid_from, valid_to, '[]') WITH &&
        ) WHERE (revoked_at IS NULL)
        """
    )
