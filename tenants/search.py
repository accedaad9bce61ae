"""What the global search finds here: the people of an agency, and for operators agencies, people and background work."""

from core.context import RequestContext
from core.db import current_tenant, db
from core.declarations import SearchHit
from core.dispatcher import route_url
from core.i18n import N_, _
from core.text import fold
from tenants import console_queries, queries
from tenants.models import KINDS, today
from tenants.queries import in_force
from tenants.upkeep.job_queue import troubled_jobs

MANAGE = "tenants.manage_people"
JOBS_LOOKED_AT = 200
JOB_STATES = {"failed": N_("Lỗi, đã thôi thử"), "retrying": N_("Lỗi, sẽ thử lại")}


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


# ---- in the operator's console -----------------------------------------------------------------------


def find_agencies(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return agencies by name or any of their codes, old ones too, as their list finds them."""
    del ctx
    return [
        SearchHit(
            line.short_name,
            route_url("tenants.agency", code=line.code),
            " · ".join(
                filter(None, (_(KINDS[line.kind]), line.national_code or line.code, line.parent_name))
            ),
        )
        for line in queries.agencies(search=" ".join(words), limit=limit)
    ]


def find_anybody(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return people of the whole installation by name or user name, and where they work."""
    del ctx
    return [
        SearchHit(
            each.full_name,
            route_url("tenants.person", person_id=each.id),
            " · ".join((each.username, *each.posts)),
        )
        for each in console_queries.find_people(" ".join(words), limit=limit)
    ]


def find_jobs(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    """Return jobs in trouble by title, key or agency, the newest first; what runs well is nothing to look for."""
    del ctx
    jobs = troubled_jobs(limit=JOBS_LOOKED_AT)
    names = console_queries.short_names({job.tenant_id for job in jobs})
    found = []
    for job in jobs:
        title, agency = _(job.title), names.get(job.tenant_id, "")
        text = fold(f"{job.title} {title} {job.key} {job.id} {agency}")
        if all(word in text for word in words):
            detail = " · ".join(filter(None, (str(job.id), agency, _(JOB_STATES.get(job.state, "")))))
            found.append(SearchHit(title, route_url("tenants.jobs"), detail))
    return found[:limit]
