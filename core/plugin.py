"""What the kernel itself declares, through the same hooks as every module."""

from core.declarations import PUBLIC, SIGNED_IN, Manifest, Route
from core.hookspecs import HOOK_API, hookimpl
from core.web.system import Language, Liveness, Metrics, Readiness, Start

manifest = Manifest(key="core", title="Liên Thông", summary="", version=HOOK_API, builtin=True, icon="link")


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("root", "/", Start(), "core.start", SIGNED_IN),
        Route("root", "/healthz", Liveness(), "core.healthz", PUBLIC),
        Route("root", "/readyz", Readiness(), "core.readyz", PUBLIC),
        Route("root", "/metrics", Metrics(), "core.metrics", PUBLIC),
        Route("root", "/language", Language(), "core.language", PUBLIC),
    ]
