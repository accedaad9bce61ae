"""The people of an agency as a group of the global search."""

from core.context import RequestContext
from core.db import current_tenant, db
from core.declarations import SearchHit
from core.dispatcher import route_url
from tenants.models import today
from tenants.queries import in_force

MANAGE = "tenants.manage_people"


def find_people(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return colleagues with a post today by name, sign-in name or position, given names first.

    Everybody in an agency may know who works there as what; only who gives posts can open them.
    """
    conditions, values = "", []
    for word in words:
        conditions += " AND (strpos(p.folded, %s) > 0 OR p.username ^@ %s)"
        values += [word, word]
    rows = db.execute_sql(
        "SELECT m.id, p.full_name, m.position, u.name FROM tenants.membership m "
        "JOIN tenants.person p ON p.id = m.person_id JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id "
        f"WHERE m.tenant_id = %s AND p.disabled_at IS NULL AND {in_force(today())}{conditions} "
        "ORDER BY p.sort_key, m.id LIMIT %s",
        (current_tenant(), *values, limit),
    ).fetchall()
    may_open = ctx.tenant is not None and ctx.can(MANAGE)
    return [
        SearchHit(
            name,
            route_url("tenants.post", tenant=ctx.tenant.code, post_id=post_id)
            if may_open and ctx.tenant
            else "",
            f"{position} · {unit}" if position else unit,
        )
        for post_id, name, position, unit in rows
    ]
