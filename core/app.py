"""The composition root of the web process: wires kernel, agencies, sign-in and modules together."""

from contextlib import suppress
from dataclasses import dataclass

import falcon
import orjson
import structlog
from falcon.media import Handlers, JSONHandler
from peewee import OperationalError

from core import plugin as core_plugin
from core.catalogue import Catalogue
from core.context import ContextLoader, person_contexts
from core.db import db
from core.db.database import AppDatabase, connect
from core.dispatcher import Dispatcher, dispatcher
from core.host import PluginHost
from core.i18n import load_catalogues
from core.logging import configure_logging
from core.settings import Settings, installed_settings, load_settings
from core.web import problems, uploads
from core.web.errors import Misdirected, Problem, as_problem, log_problem, write_plainly
from core.web.gate import Gate
from core.web.hosts import Hosts
from core.web.middleware import Legible, RequestLog
from core.web.navigation import Navigation
from core.web.rendering import Renderer, renderer
from core.web.request import Request, Response
from core.web.security import SecurityHeaders
from core.web.static import URL_PREFIX, StaticFiles

log = structlog.get_logger()
App = falcon.App[Request, Response]


@dataclass(frozen=True, slots=True)
class Platform:
    """A booted installation: what web, worker and command line have in common."""

    settings: Settings
    host: PluginHost
    catalogue: Catalogue
    dispatcher: Dispatcher


def load_modules(blocked: tuple[str, ...] = ()) -> tuple[PluginHost, Catalogue]:
    """Register the built-in and the installed modules and boot them."""
    import sso.plugin
    import tenants.plugin

    host = PluginHost([core_plugin, tenants.plugin, sso.plugin], blocked)
    host.discover()
    return host, host.boot()


def boot(settings: Settings, *, database: AppDatabase | None = None) -> Platform:
    """Load the modules and connect the process to its database and to the identity provider."""
    import sso.api
    import tenants.contexts
    import tenants.queries

    host, catalogue = load_modules(settings.blocked_modules)
    dispatcher.install(Dispatcher(host.manager, catalogue, tenants.queries.module_states_for))
    installed_settings.install(settings)
    load_catalogues([module.folder for module in catalogue.modules.values()])
    db.initialize(database or application_database(settings))
    sso.api.install(settings)
    person_contexts.install(tenants.contexts.person_context)
    return Platform(settings, host, catalogue, dispatcher())


def application_database(settings: Settings) -> AppDatabase:
    """Return the pool of the application role."""
    import tenants.queries

    return connect(
        settings.database_url,
        pool_size=settings.pool_size,
        all_tenants_sql=tenants.queries.ALL_TENANTS_SQL,
        refuses_unsafe_role=True,
    )


def create_app(
    settings: Settings | None = None, *, platform: Platform | None = None, loader: ContextLoader | None = None
) -> App:
    """Build the WSGI application.

    Raises SettingsError, PluginError or UnsafeRole when the installation is not fit to serve.
    """
    settings = settings or load_settings()
    configure_logging(plain=settings.development)
    platform = platform or boot(settings)
    try:
        with db.connection_context():
            pass
    except OperationalError as error:
        # Web processes come and go; one that starts while PostgreSQL is away must not end all of them.
        log.warning("start.database_away", error=type(error).__name__)
    import sso.api

    return build_app(platform, loader or sso.api.context_loader())


def build_app(platform: Platform, loader: ContextLoader) -> App:
    """Put routes, gate, pages and error handling together; tests give a loader of their own."""
    settings, catalogue = platform.settings, platform.catalogue
    static = StaticFiles(settings.static_dir)
    uploads.spool_folder.install(settings.files_dir / "incoming")
    navigation = Navigation(settings, platform.dispatcher)
    drawing = Renderer(
        catalogue,
        navigation,
        static,
        development=settings.development,
        public_url=settings.public_url,
    )
    finders = (module.manifest.agency_of_host for module in catalogue.modules.values())
    agency_of_host = next((find for find in finders if find is not None), None)
    app: App = falcon.App(
        request_type=Request,
        response_type=Response,
        middleware=[
            RequestLog(),
            SecurityHeaders(settings.public_url, settings.keycloak_url),
            Hosts(settings.public_url, agency_of_host),
            Legible(),
        ],
    )
    app.req_options.strip_url_path_trailing_slash = True
    # Documents are JSON alone, read by a parser that neither nesting nor odd numbers bring down.
    app.req_options.media_handlers = Handlers({falcon.MEDIA_JSON: JSONHandler(loads=orjson.loads)})
    gate = Gate(settings, platform.dispatcher, loader)
    for address in catalogue.routes.values():
        app.add_route(address.pattern, gate.guarded(address))
    app.add_sink(static, rf"{URL_PREFIX}(?P<path>.+)")
    renderer.install(drawing)

    def on_error(req: Request, resp: Response, error: Exception, params: dict[str, object]) -> None:
        problem = as_problem(error)
        log_problem(req, error, problem)
        try:
            if req.address is None and problem.status < 500 and not isinstance(problem, Misdirected):
                # No route, or one that does not take this method: nobody has asked yet who this is.
                with suppress(Problem):
                    gate.recognise(req)
            problems.answer(req, resp, problem, drawing)
        except Exception as second:
            # Even when the error page fails, people get an answer with a number to read out.
            log.exception("request.error_page_failed", exc_info=second)
            write_plainly(req, resp, problem)

    app.add_error_handler(Exception, on_error)
    app.add_error_handler(falcon.HTTPError, on_error)
    return app
