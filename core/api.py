"""The toolkit: everything a module may use of the platform. What is not here may change any day."""

from core.context import Person, Post, RequestContext, TenantInfo
from core.db import (
    Conflict,
    RegistryModel,
    ScopeError,
    TenantModel,
    VersionedMixin,
    current_tenant,
    db,
    new_id,
    reading,
    scope,
    unscoped,
)
from core.db.ddl import public_view, readable_by_context, registry_table, tenant_table
from core.declarations import (
    MEMBER,
    OPERATOR,
    PUBLIC,
    SIGNED_IN,
    Blocker,
    CardView,
    Change,
    Command,
    DashboardCard,
    DemoMaker,
    Deny,
    FileOwner,
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    PortalTile,
    Role,
    Route,
    Subscriber,
    TimelineEntry,
)
from core.dispatcher import dispatcher, route_url
from core.events import SYSTEM, Actor, Event, acting, changed, current_actor, emit
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_, _, format_date, format_datetime, format_number, ngettext, reading_as
from core.jobs import JobError, enqueue
from core.objects import object_actions, object_history, require_access
from core.settings import installed_settings
from core.text import fold
from core.web.components import Chip, Column, ConflictView, Counter, FormView, Option, Pager, Tab, Tag
from core.web.errors import BadRequest, Forbidden, Invalid, NotFound
from core.web.forms import Choices, Day, Text, load
from core.web.paging import (
    PAGE_SIZE,
    START,
    Cursor,
    Page,
    bounded,
    page_of,
    page_url,
    pager,
    read_cursor,
)
from core.web.rendering import page, page_text, redirect, send_json, url_for
from core.web.request import Request
from core.web.uploads import Upload

__all__ = [  # noqa: RUF022 - sorted without regard to case
    "_", "acting", "Actor", "BadRequest", "Blocker", "bounded", "CardView", "Change", "changed", "Chip",
    "Choices", "Column", "Command", "Conflict", "ConflictView", "Counter", "current_actor",
    "current_tenant", "Cursor", "DashboardCard", "Day", "db", "DemoMaker", "Deny",
    "dispatcher", "emit", "enqueue", "Event", "FileOwner", "fold", "Forbidden", "format_date",
    "format_datetime", "format_number", "FormView", "Health", "HealthCheck", "HOOK_API", "hookimpl",
    "installed_settings", "Invalid", "Job", "JobError", "load", "Manifest", "MEMBER", "N_", "NavItem", "new_id", "ngettext",
    "NotFound", "object_actions", "object_history", "ObjectAction", "OPERATOR", "Option", "Page", "page",
    "page_of", "PAGE_SIZE", "page_text", "page_url", "Pager", "pager", "Permission", "Person", "PortalTile", "Post", "PUBLIC", "public_view",
    "read_cursor", "readable_by_context", "reading", "reading_as", "redirect", "registry_table", "RegistryModel", "Request", "RequestContext",
    "require_access", "Role", "Route", "route_url", "scope", "ScopeError", "send_json", "SIGNED_IN",
    "START", "Subscriber", "SYSTEM", "Tab", "Tag", "tenant_table", "TenantInfo", "TenantModel", "Text",
    "TimelineEntry", "unscoped", "Upload", "url_for", "VersionedMixin",
]  # fmt: skip
