"""The living catalogue of the components: a page for each kind, every macro in every state, with invented content.

The templates stand beside the macros they draw, in core/templates/core/catalogue; each page shows its own source too.
"""

import falcon

from core.api import NotFound, Request, _, dispatcher, installed_settings, page, url_for
from plugins.showcase.samples import COMPONENTS, component
from plugins.showcase.views import CatalogueView


class Showcase:
    """Shows the catalogue to developers; a real installation has no such pages."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        if not installed_settings().development:
            raise NotFound
        pages = [
            (_(title), url_for(req, "showcase.component", kind=key)) for key, title in COMPONENTS.items()
        ]
        page(req, resp, "core/catalogue/index.html", CatalogueView(tuple(pages)))

    def on_get_one(self, req: Request, resp: falcon.Response, kind: str) -> None:
        if not installed_settings().development or kind not in COMPONENTS:
            raise NotFound
        template = f"core/catalogue/{kind}.html"
        source = (dispatcher().catalogue.modules["core"].folder / "templates" / template).read_text("utf-8")
        page(req, resp, template, component(kind, source, url_for(req, "showcase.components")))
