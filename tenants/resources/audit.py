"""What happened in an agency, or in the installation itself: entries in plain words, checked against the chain."""

from uuid import UUID

import falcon

from core.audit import AuditLine
from core.db import scope
from core.dispatcher import dispatcher
from core.i18n import N_, _, format_date
from core.web.components import Option
from core.web.errors import NotFound
from core.web.paging import PAGE_SIZE, chips, page_of, pager, read_cursor
from core.web.rendering import page, url_for
from core.web.request import Request
from tenants import queries
from tenants.audit_queries import actors, chain_state, entries, recorded
from tenants.resources.common import day_asked, uuid_asked
from tenants.resources.roles import module_title
from tenants.views import AuditRow, AuditView

NUMBER_LENGTH = 8
"""So much of an object's id tells it from the others of its agency; it is the end of its address."""
ADMINISTRATION = "agency"
"""The filter that leaves out what happens in the cases and books of the modules."""
KINDS = {
    "tenants.agency": N_("Cơ quan"),
    "tenants.unit": N_("Phòng ban"),
    "tenants.post": N_("Vị trí công tác"),
    "tenants.role": N_("Vai trò"),
    "tenants.module": N_("Phân hệ"),
    "tenants.person": N_("Người"),
}
"""What the facts of this module concern; facts of others are told by the module's title."""


class Audit:
    """The audit of the agency, or for operators that of the installation itself."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "tenants/audit.html", _view(req))


class AgencyAudit:
    """The audit of one agency as the operator reads it."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = queries.tenant_by_code(code)
        if tenant is None:
            raise NotFound
        with scope(tenant.id):
            view = _view(req, tenant.name, url_for(req, "tenants.agency", code=code))
        page(req, resp, "tenants/audit.html", view)


def _view(req: Request, agency: str = "", agency_url: str = "") -> AuditView:
    own = not agency and req.asker.tenant is None  # of the installation itself
    module, actor = req.get_param("module") or "", uuid_asked(req, "actor")
    since, wrong_since = day_asked(req, "since")
    until, wrong_until = day_asked(req, "until")
    cursor = read_cursor(req, UUID)
    seen = cursor.key[0] if cursor.key else None
    found = entries(
        module="" if module == ADMINISTRATION else module,
        about_agency=module == ADMINISTRATION,
        actor_id=actor,
        since=since,
        until=until,
        before=None if cursor.backward else seen,
        after=seen if cursor.backward else None,
        limit=PAGE_SIZE + 1,
        contents=False,
    )
    shown = page_of(found, lambda line: (line.id,), cursor=cursor)
    state = chain_state()
    people = {str(person_id): name for person_id, name in actors()}
    return AuditView(
        agency=agency,
        agency_url=agency_url,
        agencies_url=url_for(req, "tenants.agencies") if own else "",
        rows=tuple(_row(line) for line in shown.rows),
        sealed=state.sealed,
        unsealed=state.unsealed,
        broken=sum(not line.intact for line in shown.rows),
        modules=_modules(module, own=own),
        actors=tuple(Option(key, name) for key, name in people.items()),
        pager=pager(req, shown),
        module=module,
        actor=str(actor or ""),
        since=req.get_param("since") or "",
        until=req.get_param("until") or "",
        errors=tuple(wrong_since + wrong_until),
        chips=chips(
            req,
            module=(_("Loại"), _kind_title(module)),
            actor=(_("Người làm"), people.get(str(actor), "")),
            since=(_("Từ ngày"), format_date(since, year=True) if since else ""),
            until=(_("Đến hết"), format_date(until, year=True) if until else ""),
        ),
        clear_url=req.path,
    )


def _row(line: AuditLine) -> AuditRow:
    kind = (
        _(KINDS[line.object_type])
        if line.object_type in KINDS
        else module_title(line.event.partition(".")[0])
    )
    event = dispatcher().catalogue.events.get(line.event)
    if not line.whole and line.object_id and not (event and "code" in event.told):
        kind = _("{kind}, số {number}", kind=kind, number=str(line.object_id)[-NUMBER_LENGTH:])
    return AuditRow(entry=line.shown, kind=kind, intact=line.intact, linked=line.seq is not None)


def _modules(chosen: str, *, own: bool) -> tuple[Option, ...]:
    """Return the facts that administrators come for, then the modules that have recorded any here, in the usual order."""
    found = {name.partition(".")[0] for name in recorded()} | {chosen}
    keys = dict.fromkeys(name.partition(".")[0] for name in dispatcher().catalogue.events)
    offered = [key for key in keys if key in found]
    return tuple(Option(key, _kind_title(key)) for key in (offered if own else [ADMINISTRATION, *offered]))


def _kind_title(key: str) -> str:
    if key == ADMINISTRATION:
        return _("Quản trị cơ quan: người, vai trò, cài đặt")
    return module_title(key) if key else ""
