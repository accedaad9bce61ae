"""The toolkit: everything a module may use of the platform. What is not here may change any day."""

from core.addresses import Address
from core.agencies import agency_id, open_units
from core.catalogue import Catalogue
from core.clock import current_time, sample_time, steady
from core.context import Post, RequestContext, TenantInfo, person_context
from core.db import (
    Conflict,
    Gone,
    RegistryModel,
    TenantModel,
    VersionedMixin,
    current_tenant,
    db,
    new_id,
    reading,
    scope,
    unscoped,
)
from core.db.ddl import (
    answered_by_context,
    public_view,
    readable_by_context,
    registry_table,
    shared_table,
    tenant_table,
)
from core.declarations import (
    MEMBER,
    OPERATOR,
    PUBLIC,
    SIGNED_IN,
    Blocker,
    CardView,
    Change,
    Command,
    Counting,
    DashboardCard,
    Declared,
    DemoMaker,
    Deny,
    Document,
    FileOwner,
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    PortalTile,
    PublicFrame,
    Role,
    Route,
    SearchHit,
    SearchSource,
    Subscriber,
    TimelineEntry,
    document,
)
from core.dispatcher import dispatcher, route_url
from core.events import SYSTEM, Actor, Event, acting, changed, current_actor, emit, emit_all
from core.hookspecs import HOOK_API, hookimpl, hookspec
from core.i18n import (
    HOME_ZONE,
    N_,
    _,
    current_locale,
    format_date,
    format_datetime,
    format_number,
    in_both,
    local,
    ngettext,
    reading_as,
)
from core.jobs import JobError, enqueue
from core.logging import place_of
from core.objects import object_actions, object_history, require_access, require_permission
from core.settings import installed_settings
from core.text import begins_formula, fold, lower_first, paragraphs, tidy_text, upper_first
from core.web.compare import ComparedLine, compare
from core.web.components import (
    Chip,
    Column,
    ConflictView,
    Counter,
    Crumb,
    Effect,
    FormView,
    Option,
    Pager,
    PlanView,
    Tab,
    Tag,
)
from core.web.conditions import expected_version
from core.web.errors import BadRequest, Forbidden, Invalid, NotFound, Problem
from core.web.forms import Choices, Day, Moment, PageQuery, Text, load
from core.web.merging import merge
from core.web.paging import (
    PAGE_SIZE,
    START,
    Cursor,
    Page,
    bounded,
    chips,
    cursor_of,
    page_of,
    page_url,
    pager,
    read_cursor,
)
from core.web.rendering import page, page_text, redirect, send_json, send_page, url_for
from core.web.request import Request
from core.web.security import is_signed, local_path, sign, signature, signature_holds
from core.web.shell import Toast
from core.web.uploads import Upload

__all__ = [  # noqa: RUF022 - sorted without regard to case
    "_", "acting", "Actor", "Address", "agency_id", "answered_by_context", "BadRequest", "begins_formula", "Blocker", "bounded",
    "CardView", "Catalogue", "Change", "changed", "Chip", "chips", "Choices", "Column", "Command", "compare", "ComparedLine",
    "Conflict", "ConflictView", "Counter", "Counting", "Crumb", "current_actor", "current_locale", "current_tenant", "current_time",
    "Cursor", "cursor_of", "DashboardCard", "Day", "db", "Declared", "DemoMaker", "Deny", "dispatcher", "Document", "document",
    "Effect", "emit", "emit_all", "enqueue", "Event", "expected_version", "FileOwner", "fold", "Forbidden",
    "format_date", "format_datetime", "format_number", "FormView", "Gone", "Health",
    "HealthCheck", "HOME_ZONE", "HOOK_API", "hookimpl", "hookspec", "in_both", "installed_settings", "Invalid", "is_signed", "Job",
    "JobError", "load", "local", "local_path", "lower_first", "Manifest", "MEMBER", "merge", "Moment", "N_", "NavItem", "new_id", "ngettext", "NotFound",
    "object_actions", "object_history", "ObjectAction", "open_units", "OPERATOR", "Option", "Page", "page", "page_of", "PAGE_SIZE", "page_text", "page_url", "PageQuery", "Pager",
    "pager", "paragraphs", "Permission", "person_context", "place_of", "PlanView", "PortalTile", "Post", "Problem", "PUBLIC",
    "public_view", "PublicFrame", "read_cursor", "readable_by_context", "reading", "reading_as",
    "redirect", "registry_table", "RegistryModel", "Request", "RequestContext", "require_access", "require_permission",
    "Role", "Route", "route_url", "sample_time", "scope", "SearchHit", "SearchSource", "send_json",
    "send_page", "shared_table", "sign", "signature", "signature_holds", "SIGNED_IN", "START",
    "steady", "Subscriber", "SYSTEM", "Tab", "Tag", "tenant_table", "TenantInfo", "TenantModel", "Text", "tidy_text",
    "TimelineEntry", "Toast", "unscoped", "Upload", "upper_first", "url_for", "VersionedMixin",
]  # fmt: skip
