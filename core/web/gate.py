"""The one door every request passes: who asks, where, whether they may, in which transaction.

Read `Gate._admit` and `Gate._run` from top to bottom and you know the rules: a wrong agency or a module
not in effect is 404, no session is sign-in, a missing permission is 403, and the responder runs in the
agency's scope in one transaction that is committed before the answer leaves.
"""

import base64
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import falcon
from peewee import InterfaceError, OperationalError

from core.addresses import Address
from core.catalogue import Catalogue
from core.context import ContextLoader, LoadedContext, ModuleStates, RequestContext, TenantInfo
from core.db import PLATFORM, db, scope
from core.db.database import is_away
from core.declarations import MEMBER, OPERATOR, PUBLIC, SIGNED_IN, Area, Manifest
from core.dispatcher import Dispatcher
from core.events import Actor, ActorKind, acting
from core.i18n import HOME_ZONE, N_, SOURCE, _, use_locale
from core.settings import Settings
from core.web import exchange
from core.web.errors import (
    Forbidden,
    Foreign,
    InvalidToken,
    NobodySignedIn,
    NotFound,
    StaleForm,
    Unauthenticated,
)
from core.web.request import Request
from core.web.security import SAFE_METHODS, csrf_token, form_token, same_origin, token_matches

Responder = Callable[..., None]
TOKENS_AT = "api/v1/"
"""Where API tokens are looked at; pages know nothing of them."""
ANONYMOUS = frozenset({"public", "portal"})
"""Areas in which everybody is nobody: caches may keep what they answer, whoever is signed in."""


class Gate:
    """Wraps responders so that none can be reached without its checks."""

    def __init__(self, settings: Settings, dispatcher: Dispatcher, loader: ContextLoader) -> None:
        self._public_url = settings.public_url
        self._secret = base64.b64decode(settings.secret_key)
        self._dispatcher = dispatcher
        self._catalogue: Catalogue = dispatcher.catalogue
        self._loader = loader
        self._platform_modules = dispatcher.effective(
            ModuleStates(grants=dict.fromkeys(self._catalogue.modules, False))
        )

    def guarded(self, address: Address) -> object:
        """Return a resource whose responders pass the gate first."""
        responders = {
            f"on_{method}": staticmethod(self._endpoint(address, responder))
            for method, responder in address.responders.items()
        }
        if "on_get" in responders:
            responders["on_head"] = responders["on_get"]
        return type("Guarded", (), responders)()

    def _endpoint(self, address: Address, responder: Responder) -> Responder:
        area, permission = address.route.area, address.route.permission

        def endpoint(req: Request, resp: falcon.Response, **fields: Any) -> None:
            req.address = address
            form_token.set("")
            if req.method not in SAFE_METHODS and not same_origin(req, req.own_origin or self._public_url):
                # What no page of ours sends is refused before anything is read for it.
                raise Foreign
            if area == "root" and permission == PUBLIC:
                # Liveness and the like must answer while the database does not.
                responder(req, resp, **fields)
                return
            # Not connection_context(), which cannot have its connection replaced.
            opened = db.connect(reuse_if_open=True)
            try:
                req.ctx = self._context(req, area, permission, fields.pop("tenant", None))
                form_token.set(req.ctx.csrf_token if req.ctx else "")
                self._admit(req, address)
                self._run(req, resp, responder, fields)
            finally:
                if opened:
                    db.close()
                req.close_files()

        return endpoint

    def recognise(self, req: Request) -> None:
        """Find out who asks for an address that nobody has, so that the answer keeps their language and navigation."""
        first, _slash, rest = req.path.lstrip("/").removeprefix(TOKENS_AT).partition("/")
        with db.connection_context():
            req.ctx = self._context(req, "office", MEMBER, rest.partition("/")[0] if first == "t" else None)

    def _context(
        self, req: Request, area: Area, permission: str, tenant_code: str | None
    ) -> RequestContext | None:
        """Load who asks and where; a connection that PostgreSQL closed meanwhile is replaced once."""
        try:
            loaded, tenant, states = self._load(req, area, tenant_code)
        except (OperationalError, InterfaceError) as error:
            if not is_away(error):
                raise
            # After a restart of PostgreSQL those that wait in the pool are dead as well.
            db.manual_close()
            db.close_idle()
            db.connect()
            loaded, tenant, states = self._load(req, area, tenant_code)
        if loaded is None:
            if tenant is not None:
                req.public_tenant, req.public_modules = tenant, self._dispatcher.effective(states)
            return None
        modules = self._dispatcher.effective(states) if tenant else self._platform_modules
        permissions = self._permissions(loaded, modules)
        if tenant and MEMBER not in permissions and permission != PUBLIC:
            # Whether an agency has something here, or is one at all, is not told to people who do not belong to it.
            tenant, modules = None, self._platform_modules
        use_locale(loaded.person.locale, tenant.time_zone if tenant else HOME_ZONE.key)
        return RequestContext(
            request_id=req.request_id,
            session_id=loaded.session_id,
            person=loaded.person,
            posts=loaded.posts,
            operator=loaded.operator,
            csrf_token=csrf_token(self._secret, loaded.session_id),
            tenant=tenant,
            modules=modules,
            permissions=permissions,
            token=loaded.token,
        )

    def _load(
        self, req: Request, area: Area, tenant_code: str | None
    ) -> tuple[LoadedContext | None, TenantInfo | None, ModuleStates]:
        """Return what is known of the session and, as far as this visitor may know, of the agency."""
        if area in ANONYMOUS:
            use_locale(SOURCE)  # the address says the language; a cookie would make two pages of one address
            public = self._loader.tenant(tenant_code) if tenant_code else None
            return None, *(public or (None, ModuleStates()))
        if req.path.lstrip("/").startswith(TOKENS_AT) and (token := req.bearer_token) is not None:
            # A token speaks for itself: whoever shows one is never taken for the owner of a cookie.
            loaded = self._loader.load_token(token, tenant_code)
            if loaded is None:
                raise InvalidToken
            return loaded, loaded.tenant, loaded.modules
        token = req.session_token
        loaded = self._loader.load(token, tenant_code) if token else None
        return (loaded, loaded.tenant, loaded.modules) if loaded else (None, None, ModuleStates())

    def _permissions(self, loaded: LoadedContext, modules: frozenset[str]) -> frozenset[str]:
        """Sum up the roles of the person's posts in this agency, as far as their modules are in effect."""
        posts = [post for post in loaded.posts if loaded.tenant and post.tenant.id == loaded.tenant.id]
        given = frozenset(self._dispatcher.permissions(posts, modules))
        if loaded.token is not None:
            given = loaded.token.narrows(given)
        own = {PUBLIC: True, SIGNED_IN: True, MEMBER: bool(posts), OPERATOR: loaded.operator}
        return given | {each for each, is_held in own.items() if is_held}

    def _admit(self, req: Request, address: Address) -> None:
        ctx = req.ctx
        needed = address.route.permission
        if ctx is None:
            if needed != PUBLIC:
                raise Unauthenticated if req.session_token or not req.wants_json else NobodySignedIn
            if address.tenanted and (
                req.public_tenant is None or address.module.key not in req.public_modules
            ):
                raise NotFound
            return
        if address.tenanted and (ctx.tenant is None or address.module.key not in ctx.modules):
            raise self._not_in_effect(ctx.tenant, address.module) if ctx.tenant else NotFound
        if needed not in ctx.permissions:
            if needed == OPERATOR and not ctx.person.is_operator:
                raise NotFound
            raise Forbidden(permission=needed)
        if req.method not in SAFE_METHODS:
            _admit_change(req, ctx)

    def _not_in_effect(self, tenant: TenantInfo, module: Manifest) -> NotFound:
        """Tell a member of the agency what became of the module they ask for, and who can give it back."""
        reasons = self._dispatcher.withheld(module.key, tenant.id)
        text = N_("Phân hệ “{module}” đang tắt ở cơ quan này. Quản trị cơ quan bật lại thì dùng tiếp được.")
        if reasons:
            text = N_("Đơn vị vận hành nền tảng không cho cơ quan này dùng phân hệ “{module}”. Nếu cần dùng, hỏi đơn vị vận hành.")  # fmt: skip
        told = [_("Lý do: {reason}", reason=each) for each in reasons if each]
        return NotFound(" ".join([_(text, module=_(module.title)), *told]))

    def _run(self, req: Request, resp: falcon.Response, responder: Responder, fields: dict[str, Any]) -> None:
        ctx = req.ctx
        tenant = ctx.tenant if ctx else req.public_tenant
        with ExitStack() as stack:
            if tenant is not None:
                stack.enter_context(scope(tenant.id))
            elif ctx is not None and ctx.operator:
                stack.enter_context(scope(PLATFORM))
            if ctx is not None:
                kind: ActorKind = "operator" if req.address.route.permission == OPERATOR else "person"
                stack.enter_context(acting(Actor(ctx.person.id, _named(ctx), kind)))
            stack.enter_context(db.atomic())
            if req.address.route.area == "api":
                taken = responder.document.raw  # type: ignore[attr-defined]
                exchange.answer(req, resp, partial(responder, req, resp, **fields), raw=taken)
            else:
                responder(req, resp, **fields)


def _admit_change(req: Request, ctx: RequestContext) -> None:
    """Let change only who sent a form of ours, or a token made for more than reading."""
    if ctx.token is None:
        if not token_matches(req, ctx.csrf_token):
            raise StaleForm
    elif ctx.token.read_only:
        raise Forbidden(_("Mã truy cập này chỉ được đọc."))


def _named(ctx: RequestContext) -> str:
    """Return the name facts are recorded under; a program's say through which token it came."""
    return f"{ctx.person.full_name} (API: {ctx.token.name})" if ctx.token else ctx.person.full_name
