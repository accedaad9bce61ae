"""Everything that writes an agency's own host name: asked for by the agency, decided and taken back by the IT centre."""

import re
from datetime import UTC, datetime
from uuid import UUID

from peewee import IntegrityError

from core.api import (
    OPERATOR,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_tenant,
    db,
    emit,
    new_id,
    require_permission,
)
from plugins.websites import events, site_queries, telling
from plugins.websites.models import Domain
from plugins.websites.turns import MANAGE

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
ANSWERS = {"yes": "approved", "no": "refused", "revoke": "revoked"}
"""State after each answer of the IT centre."""
ANSWERED = {"yes": ("requested", "refused", "revoked"), "no": ("requested",), "revoke": ("approved",)}
"""In which states a name may get each answer: what was refused is not refused again, a yes may still follow."""


def request_domain(ctx: RequestContext, *, host: str) -> None:
    """Ask for a host name of the agency's own; raises Invalid for a name that is none or is taken, Forbidden."""
    require_permission(ctx, MANAGE)
    host = host.strip().lower().rstrip(".").removeprefix("https://").removeprefix("http://").strip("/")
    if not _HOST.match(host):
        raise Invalid({"host": [_("Tên miền chưa đúng, ví dụ thuanhoa.hue.gov.vn.")]})
    own = Domain.tenant_id == current_tenant()
    with db.atomic():
        same = own & (Domain.host == host) & Domain.state.in_(("requested", "approved"))
        again = Domain.select().where(same).first()
        # One request at a time: a new one takes the place of the one before. What is approved serves the public
        # until another name is.
        earlier = own & (Domain.state != "approved")
        if again is not None:
            Domain.delete().where(earlier, Domain.id != again.id).execute()
            return
        Domain.delete().where(earlier).execute()
        _ask_for(host, ctx.person.id)
        emit(events.DomainRequested(host=host))


def _ask_for(host: str, person_id: UUID) -> None:
    try:
        with db.atomic():
            # A name that nobody uses is free for whoever asks next.
            unused = Domain.state.in_(("refused", "revoked"))
            Domain.delete().where(Domain.host == host, unused).execute()
            Domain.insert(
                id=new_id(), host=host, tenant_id=current_tenant(), requested_by=person_id
            ).execute()
    except IntegrityError as error:
        if "domain_host_key" not in str(error):
            raise
        raise Invalid({"host": [_("Tên miền này đã có cơ quan khác đăng ký.")]}) from error


def drop_domain(ctx: RequestContext) -> None:
    """Take back the newest request, or use the own host name no longer when nothing is asked for; raises Forbidden."""
    require_permission(ctx, MANAGE)
    with db.atomic():
        domain = site_queries.own_domain()
        if domain is not None:
            Domain.delete().where(Domain.id == domain.id).execute()
            emit(events.DomainDropped(host=domain.host))


def decide_domain(ctx: RequestContext, *, domain_id: UUID, answer: str, reason: str = "") -> None:
    """Say yes or no to an agency's host name, or take back a yes, for the IT centre; only a yes needs no reason.

    A yes ends the use of the name the agency had before. The agency's administrators are told. Raises Invalid,
    NotFound, Forbidden.
    """
    require_permission(ctx, OPERATOR)
    if answer != "yes" and not reason:
        raise Invalid({"reason": [_("Chưa nhập.")]})
    with db.atomic():
        domain = Domain.select().where(Domain.id == domain_id).for_update().first()
        if domain is None:
            raise NotFound
        if domain.state not in ANSWERED[answer]:
            told = _("Tên miền này vừa có quyết định khác, xem lại.")
            raise Invalid({"": [told]}, told)
        if answer == "yes":
            Domain.delete().where(Domain.tenant_id == domain.tenant_id, Domain.id != domain_id).execute()
        domain.state, domain.reason = ANSWERS[answer], "" if answer == "yes" else reason
        domain.decided_by, domain.decided_at = ctx.person.id, datetime.now(UTC)
        domain.save()
        emit(
            events.DomainDecided(
                object_id=domain_id,
                answer=domain.state,
                host=domain.host,
                agency=site_queries.agency_name(domain.tenant_id),
                reason=domain.reason,
            )
        )
        telling.tell_administrators(domain)
