"""Everything that writes an agency's own host name: asked for by the agency, decided and taken back by the IT centre."""

import re
from datetime import UTC, datetime
from uuid import UUID

from core.api import (
    N_,
    Forbidden,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_tenant,
    db,
    emit,
    new_id,
)
from plugins.websites import events, site_queries, telling
from plugins.websites.models import Domain
from plugins.websites.turns import MANAGE

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
ANSWERS: dict[str, tuple[str, str]] = {
    "yes": ("approved", N_("duyệt")),
    "no": ("refused", N_("từ chối")),
    "revoke": ("revoked", N_("thu hồi")),
}
"""State after each answer of the IT centre, and its word in the history."""


def _require_manager(ctx: RequestContext) -> None:
    if not ctx.can(MANAGE):
        raise Forbidden(permission=MANAGE)


def request_domain(ctx: RequestContext, *, host: str) -> None:
    """Ask for a host name of the agency's own; raises Invalid for a name that is none or is taken, Forbidden."""
    _require_manager(ctx)
    host = host.strip().lower().rstrip(".").removeprefix("https://").removeprefix("http://").strip("/")
    if not _HOST.match(host):
        raise Invalid({"host": [_("Tên miền chưa đúng, ví dụ thuanhoa.hue.gov.vn.")]})
    with db.atomic():
        taken = Domain.select().where(Domain.host == host).first()
        if taken is not None and taken.tenant_id != current_tenant():
            raise Invalid({"host": [_("Tên miền này đã có cơ quan khác đăng ký.")]})
        # One name at a time: a new request takes the place of the one before.
        Domain.delete().where(Domain.tenant_id == current_tenant()).execute()
        Domain.insert(
            id=new_id(), host=host, tenant_id=current_tenant(), requested_by=ctx.person.id
        ).execute()
        emit(events.DomainRequested(host=host))


def drop_domain(ctx: RequestContext) -> None:
    """Use a host name of the own no longer; raises Forbidden."""
    _require_manager(ctx)
    with db.atomic():
        domain = site_queries.own_domain()
        if domain is not None:
            Domain.delete().where(Domain.tenant_id == current_tenant()).execute()
            emit(events.DomainDropped(host=domain.host))


def decide_domain(ctx: RequestContext, *, domain_id: UUID, answer: str, reason: str = "") -> None:
    """Say yes or no to an agency's host name, or take back a yes, for the IT centre; only a yes needs no reason.

    The agency's administrators are told. Raises Invalid, NotFound.
    """
    state, word = ANSWERS[answer]
    if answer != "yes" and not reason:
        raise Invalid({"reason": [_("Chưa nhập.")]})
    with db.atomic():
        domain = Domain.select().where(Domain.id == domain_id).for_update().first()
        if domain is None:
            raise NotFound
        if (domain.state == "approved") != (answer == "revoke"):
            told = _("Tên miền này vừa có quyết định khác, xem lại.")
            raise Invalid({"": [told]}, told)
        domain.state, domain.reason = state, "" if answer == "yes" else reason
        domain.decided_by, domain.decided_at = ctx.person.id, datetime.now(UTC)
        domain.save()
        emit(
            events.DomainDecided(
                object_id=domain_id,
                answer=_(word),
                host=domain.host,
                agency=site_queries.agency_name(domain.tenant_id),
                reason=domain.reason,
            )
        )
        telling.tell_administrators(domain)
