"""Turn view dataclasses into pages: templates never see models and never query."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from keyword import iskeyword
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import falcon
import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]

from core.catalogue import PREFIXES, Catalogue, LoadedModule
from core.i18n import (
    LOCALES,
    current_locale,
    format_date,
    format_datetime,
    format_number,
    gettext,
    ngettext,
    reading_as,
)
from core.web.compare import compare
from core.web.conditions import row_tag
from core.web.errors import Forbidden, Misdirected, Problem, Unauthenticated, write_plainly, write_problem
from core.web.navigation import Navigation
from core.web.paging import Page, page_url
from core.web.request import TOAST_COOKIE, Request, Response
from core.web.security import SAFE_METHODS, form_token, local_path, sign
from core.web.static import StaticFiles

PORTAL = PREFIXES["portal"].rstrip("/")
"""Where the province's front page stands, when a module has one."""


class _CodeGenerator(CodeGenerator):
    """Writes the code of templates: plain Python where Jinja would ask and look up at each of a page's thousand places."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        # PERF: views are dataclasses and macros stand in modules, so no attribute is an item. Only blocks are.
        if (isinstance(node.node, nodes.Name) and node.node.name == "self") or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, *, forward_caller: bool = False) -> None:  # type: ignore[override]  # noqa: N802
        # PERF: none of our functions asks for Jinja's context, and a macro knows by itself what to escape.
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(each.key) for each in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        self.write("environment.")
        super().macro_def(macro_ref, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        self.write("environment.literal(")
        super().visit_Dict(node, frame)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        # PERF: a list has eight hundred places to fill in. Jinja's escape() makes Markup of each only to
        # join them all; text is enough here, and what is Markup already needs no copy.
        self.write("environment.written(")


class _Known(NodeTransformer):
    """Writes what a template names outright into it while it is compiled: words in one language, icons, files."""

    def __init__(self, language: str, functions: Mapping[str, Callable[..., str]]) -> None:
        self._language, self._functions = language, functions

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        known = name in self._functions and all(isinstance(each, nodes.Const) for each in node.args)
        if not known or node.dyn_args or node.dyn_kwargs or (node.kwargs and name != "_"):
            return node
        with reading_as(self._language):
            told = self._functions[name](*(each.as_const() for each in node.args))
        place: dict[str, Any] = {"lineno": node.lineno, "environment": node.environment}
        words = nodes.Const(told, **place)
        # A sentence with fields is looked up now and filled in by each page.
        fill = nodes.Getattr(words, "format", "load", **place)
        return nodes.Call(fill, [], node.kwargs, None, None, **place) if node.kwargs else words


class _Literal(dict[str, Any]):
    """A mapping that a template writes down itself: its items are attributes too."""

    def __getattr__(self, name: str) -> Any:
        return self[name] if name in self else StrictUndefined(name=name)


class _Macro(Macro):
    """A macro; called with a value for each of its names it is no more than its function."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._exactly = -1 if self.caller or self.catch_kwargs or self.catch_varargs else self._argument_count

    def __call__(self, *args: Any, **fields: Any) -> str:
        if fields or len(args) != self._exactly:
            return super().__call__(*args, **fields)
        return str.__new__(Markup, self._func(*args))


class _Environment(Environment):
    """Compiles and keeps templates in one language."""

    code_generator_class = _CodeGenerator
    known: _Known | None = None
    literal = _Literal
    Macro = _Macro

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(self.known.visit(source) if self.known else source, *args, **options)

    @staticmethod
    def written(value: object) -> str:
        """Return what stands in the page for a value: escaped, unless it is markup."""
        kind = type(value)
        if kind is str:
            return escaped(value)  # type: ignore[arg-type]
        return value if kind is Markup else escape(value)  # type: ignore[return-value]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template as one plain mapping; all are known before the first is loaded."""
        # PERF: Jinja chains two mappings and compares their keys, one by one in Python, for each import of a page.
        return {**self.globals, **(d or {})}


def _environment(language: str, folders: Iterable[Path], static: StaticFiles, **options: Any) -> _Environment:
    """Return the environment whose templates speak one language."""
    made = _Environment(
        loader=FileSystemLoader(list(folders)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # it would write mappings down by itself, as plain ones
        **options,
    )
    constant: dict[str, Callable[..., str]] = {
        "_": gettext,
        "icon": _icon_maker(static),
        "static": static.url,
    }
    made.known = _Known(language, constant)
    made.filters.update(date=format_date, datetime=format_datetime, number=format_number)
    made.globals.update(
        constant,
        ngettext=ngettext,
        compare_lines=compare,
        now=partial(datetime.now, UTC),
        csrf_token=form_token.get,
    )
    return made


class Renderer:
    """The template environment of the process and the pages made with it."""

    def __init__(
        self,
        modules: Iterable[LoadedModule],
        catalogue: Catalogue,
        navigation: Navigation,
        static: StaticFiles,
        *,
        development: bool,
        public_url: str = "",
    ) -> None:
        self.development = development
        self.public_url = public_url
        self._catalogue = catalogue
        self._navigation = navigation
        folders = [module.folder / "templates" for module in modules]
        self._environments = {
            language: _environment(language, folders, static, auto_reload=development) for language in LOCALES
        }

    def page(
        self,
        req: Request,
        resp: falcon.Response,
        template: str,
        view: Any = None,
        *,
        status: int = 200,
        badges: bool = True,
    ) -> None:
        """Answer with a page; `view` is a frozen dataclass the template documents."""
        # Imported macros are shared by all requests and see globals only, so the token reaches them this way.
        form_token.set(req.ctx.csrf_token if req.ctx else "")
        text = (
            self._environments[current_locale()]
            .get_template(template)
            .render(
                view=view,
                shell=self._navigation.shell(req, badges=badges),
                lang=current_locale(),
                url=partial(self.url, req),
                request_id=req.request_id,
            )
        )
        resp.status = falcon.code_to_http_status(status)
        resp.content_type = "text/html; charset=utf-8"
        resp.text = text
        if req.get_cookie_values(TOAST_COOKIE) and not req.is_htmx:
            resp.unset_cookie(TOAST_COOKIE, path="/")

    def text(self, req: Request, template: str, view: Any) -> str:
        """Return a page without the staff's shell, such as a public one, for whoever asks."""
        return (
            self._environments[current_locale()]
            .get_template(template)
            .render(view=view, lang=current_locale(), url=partial(self.url, req))
        )

    def problem(self, req: Request, resp: Response, problem: Problem) -> None:
        """Answer a problem as a designed page, or as a document for programs."""
        resp.begin_anew()
        # A closed site and an agency that never was look alike.
        req.public_tenant = None
        if isinstance(problem, Misdirected):
            # Whoever's name that is, it is not told where the request has come out.
            write_plainly(req, resp, problem)
            return
        if req.wants_json:
            resp.set_headers(problem.headers)
            write_problem(req, resp, problem)
            return
        if isinstance(problem, Unauthenticated) and req.method in SAFE_METHODS:
            if req.is_htmx:
                resp.status = falcon.HTTP_401
                resp.set_header("HX-Redirect", sign_in_url(req))
            else:
                redirect(resp, self._front_page(req) or sign_in_url(req))
            return
        resp.set_headers(problem.headers)
        view = ProblemView(
            status=problem.status,
            kind=problem.type,
            title=gettext(problem.title),
            detail=problem.detail,
            sign_in_url=sign_in_url(req),
            form_url=_sent_from(req),
            typed=_typed(req) if _may_show_typed(req, problem) else (),
            right=self._right(problem),
            roles=self._roles_giving(problem),
            no_post=_stands_nowhere(req),
        )
        self.page(req, resp, "core/error.html", view, status=view.status, badges=False)

    def _front_page(self, req: Request) -> str:
        """Return the province's front page for somebody who came to the bare address; empty without one."""
        front = (each for each in self._catalogue.routes.values() if each.pattern == PORTAL)
        return next((each.template for each in front), "") if req.path == "/" else ""

    def _right(self, problem: Problem) -> str:
        """Return the title of the right that is missing; what no role gives has none."""
        found = (
            self._catalogue.permissions.get(problem.permission) if isinstance(problem, Forbidden) else None
        )
        return gettext(found.title) if found else ""

    def _roles_giving(self, problem: Problem) -> tuple[str, ...]:
        """Return the titles of the declared roles that give the missing right."""
        if not isinstance(problem, Forbidden):
            return ()
        roles = self._catalogue.roles.values()
        return tuple(gettext(role.title) for role in roles if problem.permission in role.permissions)

    def permission_at(self, url: str) -> str:
        """Return the permission an address of ours asks for; empty when no route has it."""
        path = url.partition("?")[0].rstrip("/") or "/"
        found = [each for each in self._catalogue.routes.values() if each.matches(path)]
        # The router prefers words to fields as well: notes/new is not a note called "new".
        return min(found, key=lambda each: len(each.fields)).route.permission if found else ""

    def url(self, req: Request, name: str, **fields: Any) -> str:
        """Return the address of a named route, in the request's own agency unless another is named."""
        address = self._catalogue.routes[name]
        tenant = (req.ctx.tenant if req.ctx else None) or req.public_tenant
        if tenant is not None and address.tenanted:
            fields.setdefault("tenant", tenant.code)
        url = address.url(**fields)
        if not req.own_origin:
            return url
        # An agency's own domain has the agency's public pages at its root, and nothing else.
        here = PREFIXES["public"].format(tenant=tenant.code) if tenant else ""
        return url[len(here) - 1 :] if here and url.startswith(here) else self.public_url + url


_renderer: Renderer | None = None


def install(renderer: Renderer) -> None:
    """Make a renderer the one of this process; the composition root calls it once."""
    global _renderer  # noqa: PLW0603 - one process serves one installation
    _renderer = renderer


def page(req: Request, resp: falcon.Response, template: str, view: Any = None, *, status: int = 200) -> None:
    """Answer with a page; `view` is a frozen dataclass the template documents."""
    _installed().page(req, resp, template, view, status=status)


def url_for(req: Request, name: str, **fields: Any) -> str:
    """Return the address of a named route, in the request's own agency unless `tenant` names another."""
    return _installed().url(req, name, **fields)


def page_text(req: Request, template: str, view: Any) -> str:
    """Return a page without the staff's shell as text, for answers that are kept or compared."""
    return _installed().text(req, template, view)


def permission_at(url: str) -> str:
    """Return the permission an address of ours asks for; empty when no route has it."""
    return _installed().permission_at(url)


def in_development() -> bool:
    """Tell whether this is a developer's installation."""
    return _installed().development


def _installed() -> Renderer:
    if _renderer is None:
        raise RuntimeError("No renderer is installed; start through core.app.")
    return _renderer


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
    no_post: bool = False
    """Whether the reader has no post in the agency the address names, if it is one at all."""


def redirect(resp: falcon.Response, url: str, *, toast: str = "", undo: str = "") -> None:
    """Go on to another page after a finished action, with a sentence about what was done.

    `undo` is an address of ours that takes it back when it is posted to, by an action with a fact of its own.
    """
    resp.status = falcon.HTTP_303
    resp.location = url
    if toast:
        text = quote(toast)
        if undo:
            # SECURITY: a sibling site can plant this cookie, but not the mark without which no button is made of it.
            text += f"|{quote(undo)}|{sign('undo', toast, undo)}"
        resp.set_cookie(
            TOAST_COOKIE, text, max_age=60, path="/", http_only=True, secure=True, same_site="Lax"
        )


def send_json(resp: falcon.Response, document: Any, *, status: int = 200) -> None:
    """Answer with a JSON document of plain values, UUIDs and dates; its ETag begins with its `version`."""
    resp.status = falcon.code_to_http_status(status)
    resp.content_type = falcon.MEDIA_JSON
    resp.data = body = orjson.dumps(document)
    version = document.get("version") if isinstance(document, Mapping) else None
    if isinstance(version, int):
        resp.set_header("ETag", row_tag(version, body))


def send_page(req: Request, resp: falcon.Response, found: Page[Any], items: Sequence[Any]) -> None:
    """Answer with one page of a list as JSON, and where the next one is: `next` is empty on the last."""
    following = page_url(req, after=found.next_key) if found.next_key else ""
    if following:
        resp.append_link(following, "next")
    send_json(resp, {"items": items, "next": following})


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
    return req.ctx is not None and problem.type in ("stale-form-token", "forbidden", "not-found")


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


def _icon_maker(static: StaticFiles) -> Callable[..., Markup]:
    @cache
    def icon(name: str, label: str = "") -> Markup:
        """Return one icon of the sprite; with a label it speaks, without one it only decorates."""
        spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="lt-icon" {}><use href="{}#{}"></use></svg>').format(
            spoken, static.url("icons.svg"), name
        )

    return icon
