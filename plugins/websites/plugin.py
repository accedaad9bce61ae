"""What the agencies' sites declare."""

from core.api import N_, Job, Manifest, PortalTile, Route, hookimpl
from plugins.websites import models, public_jobs, public_plugin, public_queries  # noqa: F401 - checks of the database read the models

manifest = Manifest(
    key="websites",
    title=N_("Trang thông tin điện tử"),
    summary=N_(
        "Trang của cơ quan trong cổng của tỉnh: tin bài, giới thiệu, văn bản, thông báo; viết, biên tập, duyệt đăng"
    ),
    version="1.0",
    icon="world",
    public_root=True,
    agency_of_host=public_queries.agency_of_host,
)


@hookimpl
def register_routes() -> list[Route]:
    return [*public_plugin.public_routes()]


@hookimpl
def register_jobs() -> list[Job]:
    return [*public_jobs.public_jobs()]


@hookimpl
def register_portal_pages() -> list[PortalTile]:
    return public_plugin.portal_pages()
