"""What the living catalogue of the components declares: its pages, which a developer's installation alone has."""

from core.api import N_, OPERATOR, Manifest, Route, hookimpl
from plugins.showcase.resources import Showcase

manifest = Manifest(
    key="showcase",
    title=N_("Bộ thành phần giao diện"),
    summary=N_("Mọi thành phần của trang ở mọi trạng thái, cho người viết phân hệ"),
    version="1.0",
    icon="layout-grid",
    requires=("lists", "pages"),
    builtin=True,
)


@hookimpl
def register_routes() -> list[Route]:
    return [
        Route("admin", "_components", Showcase(), "showcase.components", OPERATOR),
        Route("admin", "_components/{kind}", Showcase(), "showcase.component", OPERATOR, suffix="one"),
    ]
