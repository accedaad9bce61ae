"""One agency as the operator looks into it, reading only: people, departments and roles, nothing of modules' contents."""

import falcon

from core.context import TenantInfo
from core.db import scope
from core.dispatcher import dispatcher
from core.i18n import _
from core.web.errors import NotFound
from core.web.rendering import page, url_for
from core.web.request import Request
from tenants import queries
from tenants.resources.people import People
from tenants.resources.roles import role_column, roles_view
from tenants.resources.settings import CONTACTS, DAYS, ZONES
from tenants.resources.units import unit_row
from tenants.schemas import hours_text
from tenants.views import UnitsView

ADMINISTRATORS = "tenants.admin"
NAMED_ADMINISTRATORS = 5


class AgencyPeople:
    """Who works in an agency."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        with scope(tenant.id):
            view = People.view(req, tenant.name, _page_of(req, tenant))
        page(req, resp, "tenants/people.html", view)


class AgencyUnits:
    """The departments of an agency."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        people_url = url_for(req, "tenants.agency_people", code=code)
        with scope(tenant.id):
            rows = tuple(unit_row(line, people_url=people_url) for line in queries.units())
        view = UnitsView(rows=rows, agency=tenant.name, agency_url=_page_of(req, tenant))
        page(req, resp, "tenants/units.html", view)


class AgencyRoles:
    """What the roles of an agency may do."""

    def on_get(self, req: Request, resp: falcon.Response, code: str) -> None:
        tenant = agency_of(code)
        with scope(tenant.id):
            modules = dispatcher().effective_for(tenant.id)
            view = roles_view(modules, role_column, agency=tenant.name, agency_url=_page_of(req, tenant))
        page(req, resp, "tenants/roles.html", view)


def agency_of(code: str) -> TenantInfo:
    """Return the agency an address of the console names.

    Raises NotFound.
    """
    found = queries.tenant_by_code(code)
    if found is None:
        raise NotFound
    return found


def agency_settings() -> tuple[tuple[str, str], ...]:
    """Return what the agency in scope keeps about itself, as titles and texts."""
    profile = queries.profile()
    contacts = [(_(title), getattr(profile, name)) for name, title in CONTACTS.items()]
    hours = [(_(title), hours_text(profile.working_hours.get(str(day), []))) for day, title in DAYS.items()]
    zone = (_("Múi giờ"), _(ZONES.get(profile.time_zone, profile.time_zone)))
    return (
        *((title, text) for title, text in contacts if text),
        *((title, text or _("nghỉ")) for title, text in hours),
        zone,
    )


def administrators() -> str:
    """Return names of those who administer the agency in scope, no more than fit a line or two."""
    names = queries.holders([ADMINISTRATORS], NAMED_ADMINISTRATORS + 1)
    more = ", …" if len(names) > NAMED_ADMINISTRATORS else ""
    return ", ".join(names[:NAMED_ADMINISTRATORS]) + more


def _page_of(req: Request, tenant: TenantInfo) -> str:
    return url_for(req, "tenants.agency", code=tenant.code)
