"""What somebody may do in an agency, for work without a request: read anew when the work begins."""

from uuid import UUID

from core.context import Person as PersonInfo
from core.context import Post, RequestContext, TenantInfo
from core.db import current_tenant, db
from core.declarations import MEMBER, PUBLIC, SIGNED_IN
from core.dispatcher import dispatcher
from tenants.models import Person, today
from tenants.queries import in_force, module_states, tenant_info

NOBODY = UUID(int=0)
"""The session of work that has none."""


def person_context(person_id: UUID) -> RequestContext | None:
    """Return the context of a person in the agency in scope; see core.context.person_context."""
    person = Person.get_or_none(Person.id == person_id, Person.disabled_at.is_null())
    tenant = tenant_info(current_tenant())
    posts = _posts(person_id, tenant) if person and tenant.status == "active" else ()
    if not posts:
        return None
    modules = dispatcher().effective(module_states(tenant.id))
    return RequestContext(
        request_id="",
        session_id=NOBODY,
        person=PersonInfo(
            person.id, person.username, person.full_name, person.email, person.locale, person.theme
        ),
        posts=posts,
        operator=False,
        csrf_token="",
        tenant=tenant,
        modules=modules,
        permissions=frozenset(dispatcher().permissions(posts, modules) | {PUBLIC, SIGNED_IN, MEMBER}),
    )


def _posts(person_id: UUID, tenant: TenantInfo) -> tuple[Post, ...]:
    rows = db.execute_sql(
        "SELECT m.id, u.id, u.name, m.position, m.valid_from, m.valid_to, "
        "ARRAY(SELECT r.role FROM tenants.membership_role r WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id), "
        "ARRAY(SELECT DISTINCT permission FROM tenants.membership_role r JOIN tenants.role own "
        "ON own.tenant_id = r.tenant_id AND own.key = r.role "
        "CROSS JOIN LATERAL jsonb_array_elements_text(own.permissions) permission "
        "WHERE r.tenant_id = m.tenant_id AND r.membership_id = m.id) "
        "FROM tenants.membership m JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id "
        f"WHERE m.tenant_id = %s AND m.person_id = %s AND {in_force(today())} ORDER BY m.valid_from, m.id",
        (tenant.id, person_id),
    ).fetchall()
    return tuple(
        Post(post_id, tenant, unit_id, unit, position, tuple(roles), tuple(own), valid_from, valid_to)
        for post_id, unit_id, unit, position, valid_from, valid_to, roles, own in rows
    )
