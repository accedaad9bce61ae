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
from core.db.ddl import registry_table, tenant_table
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
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    Role,
    Route,
    Subscriber,
    TimelineEntry,
)
from core.dispatcher import dispatcher, route_url
from core.events import SYSTEM, Actor, Event, acting, changed, current_actor, emit
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_, _, format_date, format_datetime, format_number, ngettext
from core.jobs import JobError, enqueue
from core.objects import object_actions, object_history, require_access
from core.text import fold
from core.web.compare import compare
from core.web.components import (
    Chip,
    Column,
    ConflictView,
    Counter,
    Crumb,
    DraftView,
    Due,
    Effect,
    FormPage,
    FormView,
    ObjectView,
    Option,
    Pager,
    PlanView,
    State,
    Tab,
    Tag,
)
from core.web.errors import BadRequest, Forbidden, Invalid, NotFound
from core.web.forms import Choices, Day, Text, load
from core.web.object_page import object_view
from core.web.paging import (
    PAGE_SIZE,
    START,
    Cursor,
    Page,
    bounded,
    page_of,
    page_url,
    pager,
    query_page,
    read_cursor,
)
from core.web.rendering import page, redirect, send_json, url_for
from core.web.request import Request
from core.web.security import is_signed, local_path, sign

__all__ = [  # noqa: RUF022 - sorted without regard to case
    "_", "acting", "Actor", "BadRequest", "Blocker", "bounded", "CardView", "Change", "changed", "Chip",
    "Choices", "Column", "Command", "compare", "Conflict", "ConflictView", "Counter", "Crumb", "current_actor",
    "current_tenant", "Cursor", "DashboardCard", "Day", "db", "DemoMaker", "Deny",
    "dispatcher", "DraftView", "Due", "Effect", "emit", "enqueue", "Event", "fold", "Forbidden", "format_date",
    "format_datetime", "format_number", "FormPage", "FormView", "Health", "HealthCheck", "HOOK_API", "hookimpl",
    "Invalid", "is_signed", "Job", "JobError", "load", "local_path", "Manifest", "MEMBER", "N_", "NavItem", "new_id", "ngettext",
    "NotFound", "object_actions", "object_history", "object_view", "ObjectAction", "ObjectView", "OPERATOR", "Option", "Page", "page",
    "page_of", "PAGE_SIZE", "page_url", "Pager", "pager", "Permission", "Person", "PlanView", "Post", "PUBLIC",
    "query_page", "read_cursor", "reading", "redirect", "registry_table", "RegistryModel", "Request", "RequestContext",
    "require_access", "Role", "Route", "route_url", "scope", "ScopeError", "send_json", "sign", "SIGNED_IN",
    "START", "State", "Subscriber", "SYSTEM", "Tab", "Tag", "tenant_table", "TenantInfo", "TenantModel", "Text",
    "TimelineEntry", "unscoped", "url_for", "VersionedMixin",
]  # fmt: skip
