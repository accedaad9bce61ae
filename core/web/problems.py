"""Answer problems: as a designed page for people, as a document for programs, by the way to sign-in for nobody."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import falcon

from core.addresses import PREFIXES
from core.catalogue import Catalogue
from core.db import db, scope
from core.i18n import gettext
from core.web.errors import Forbidden, Misdirected, Problem, Unauthenticated, write_problem
from core.web.rendering import Renderer, redirect
from core.web.request import Request, Response
from core.web.security import SAFE_METHODS, local_path

PORTAL = PREFIXES["portal"].rstrip("/")
"""Where the province's front page stands, when a module has one."""
WHY, GIVING = "tenants.why", "tenants.people"
"""The page about a right, and the one where roles are given, when there are any."""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """An error page: what happened, and what was typed when it has to be sent again."""

    status: int
    kind: str
    title: str
    detail: str
    sign_in_url: str
    form_url: str = ""
    """The page whose form was sent, when one was."""
    typed: tuple[tuple[str, str], ...] = ()
    """Fields of the form that could not be taken; the page offers to send them again."""
    right: str = ""
    """Title of the right that is missing, and of the roles that give it."""
    roles: tuple[str, ...] = ()
    why_url: str = ""
    """The page that says who has that right here and who gives it."""
    giving_url: str = ""
    """Where the reader gives roles to others, for whom may."""
    no_post: bool = False
    """Whether the reader has no post in the agency the address names, if it is one at all."""


def answer(req: Request, resp: Response, problem: Problem, renderer: Renderer) -> None:
    """Answer a request that came to nothing."""
    resp.begin_anew()
    # A closed site and an agency that never was look alike.
    req.public_tenant = None
    if req.wants_json:
        resp.set_headers(problem.headers)
        write_problem(req, resp, problem)
    elif isinstance(problem, Misdirected):
        # Under a name nobody owns nothing else is answered, stylesheets neither: the page stands alone.
        renderer.page(req, resp, "core/misdirected.html", renderer.public_url, status=problem.status)
    elif isinstance(problem, Unauthenticated) and req.method in SAFE_METHODS:
        _lead_to_sign_in(req, resp, renderer.catalogue)
    else:
        resp.set_headers(problem.headers)
        view = _view(req, problem, renderer.catalogue)
        if req.ctx and req.ctx.tenant and not req.is_htmx and view.status != 503:
            # What its reader has to do stands beside it, unless that cannot be told at once: the database may be what ails.
            with suppress(Exception), db.connection_context(), scope(req.ctx.tenant.id), db.atomic():
                db.execute_sql("SET LOCAL statement_timeout = '500ms'")
                renderer.page(req, resp, "core/error.html", view, status=view.status)
                return
        renderer.page(req, resp, "core/error.html", view, status=view.status)


def _lead_to_sign_in(req: Request, resp: Response, catalogue: Catalogue) -> None:
    """Send a reader to sign-in, and whoever came to the bare address to the province's front page, if there is one."""
    if req.is_htmx:
        resp.status = falcon.HTTP_401
        resp.set_header("HX-Redirect", sign_in_url(req))
        return
    front = (
        each.template for each in catalogue.routes.values() if each.pattern == PORTAL and req.path == "/"
    )
    redirect(resp, next(front, sign_in_url(req)))


def _view(req: Request, problem: Problem, catalogue: Catalogue) -> ProblemView:
    missing = problem.permission if isinstance(problem, Forbidden) else ""
    right = catalogue.permissions.get(missing)
    return ProblemView(
        status=problem.status,
        kind=problem.type,
        title=gettext(problem.title),
        detail=problem.detail,
        sign_in_url=sign_in_url(req),
        form_url=_sent_from(req),
        typed=_typed(req) if _may_show_typed(req, problem) else (),
        # What no role gives has no title.
        right=gettext(right.title) if right else "",
        roles=tuple(gettext(role.title) for role in catalogue.roles.values() if missing in role.permissions),
        why_url=_place(req, catalogue, WHY, permission=missing) if right else "",
        giving_url=_place(req, catalogue, GIVING),
        no_post=_stands_nowhere(req),
    )


def _place(req: Request, catalogue: Catalogue, name: str, **fields: str) -> str:
    """Return the address of a page of the reader's agency, if it has that page and they may open it."""
    page, ctx = catalogue.routes.get(name), req.ctx
    if page is None or ctx is None or ctx.tenant is None or not ctx.can(page.route.permission):
        return ""
    return page.url(tenant=ctx.tenant.code, **fields)


def sign_in_url(req: Request) -> str:
    """Return the address that signs in and comes back: to this page, or to the one whose form was sent."""
    back = _sent_from(req) or req.relative_uri
    return f"/sso/login?return_to={quote(back, safe='')}"


def _sent_from(req: Request) -> str:
    """Return the page whose form was sent: many forms go to addresses that show nothing. Empty when none was."""
    if req.method in SAFE_METHODS:
        return ""
    # The gate has made sure that the page is ours.
    page = urlsplit(req.referer or "")
    return local_path(page.path + (f"?{page.query}" if page.query else ""), default=req.path)


def _stands_nowhere(req: Request) -> bool:
    """Tell whether somebody signed in asks for an agency where they have no post; it need not exist."""
    return req.ctx is not None and req.ctx.tenant is None and req.address is not None and req.address.tenanted


def _may_show_typed(req: Request, problem: Problem) -> bool:
    """Tell whether a form met this problem through no fault of the person's, so that the page keeps what was typed.

    SECURITY: what another site sends is refused before anybody is known, and none of it is shown here.
    """
    if problem.type == "sign-in-required":
        return True
    return req.ctx is not None and problem.status in (403, 404, 422, 507)


def _typed(req: Request) -> tuple[tuple[str, str], ...]:
    """Return the fields of a form that was not taken; a body that cannot be read holds none."""
    try:
        fields = [(name, value) for name, value in req.form.items() if name != "csrf_token"]
    except falcon.HTTPError:
        return ()
    finally:
        req.close_files()
    return tuple(
        (name, text) for name, value in fields for text in (value if isinstance(value, list) else [value])
    )
