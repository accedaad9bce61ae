"""Whose way in an agency's administrator may touch: passwords, and the address that mails about the account go to.

So that it raises nobody's rights: only people who work in that agency alone and hold no right to administer it
that the administrator lacks. Everybody else is the IT centre's.
"""

from uuid import UUID

from core.db import current_tenant, db, unscoped
from core.i18n import _
from tenants.models import MembershipRole, Person
from tenants.services.common import Authority
from tenants.services.posts import ADMINISTRATION, permissions_of


def why_not_the_way_in(by: Authority, person: Person) -> str:
    """Return why somebody may not change a person's way in, in words; empty when they may."""
    if by.permissions is None:
        return ""
    if person.is_operator:
        return _("Đây là người vận hành nền tảng. Chỉ đơn vị vận hành nền tảng làm được việc này.")
    here, elsewhere = _posts_of(person.id)
    if elsewhere:
        return _("Người này còn vị trí ở cơ quan khác. Nhờ đơn vị vận hành nền tảng làm việc này.")
    if not here:
        return _("Người này không còn vị trí nào ở cơ quan. Nhờ đơn vị vận hành nền tảng làm việc này.")
    if not by.holds(_administration_of(here)):
        return _(
            "Người này có quyền quản trị mà bạn không có. Nhờ quản trị có đủ quyền, hoặc đơn vị vận hành nền tảng."
        )
    return ""


def _posts_of(person_id: UUID) -> tuple[list[UUID], bool]:
    """Return a person's current and coming posts in the agency in scope, and whether there are others."""
    with unscoped(reason="tell whether a person works in another agency as well"), db.atomic():
        rows = db.execute_sql(
            "SELECT tenant_id, id FROM tenants.membership WHERE person_id = %s AND ended_at IS NULL "
            "AND (valid_to IS NULL OR valid_to >= tenants.today())",
            (str(person_id),),
        ).fetchall()
    here = [post_id for tenant_id, post_id in rows if tenant_id == current_tenant()]
    return here, len(here) < len(rows)


def _administration_of(post_ids: list[UUID]) -> frozenset[str]:
    roles = MembershipRole.select(MembershipRole.role).where(MembershipRole.membership_id.in_(post_ids))
    permissions = permissions_of(row[0] for row in roles.tuples())
    return frozenset(each for each in permissions if each.startswith(ADMINISTRATION))
