"""An article as the public will see it, for staff alone, on the public page's own template.

The address is one of the staff's: without a session, the module and the right to read it leads nowhere, and nothing
here goes through the pages that are kept for the public.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

import falcon

from core.api import NotFound, Request, _, page_text, reading_as, require_access, url_for
from plugins.files import api as files
from plugins.websites import public_queries, queries, richtext, site_queries
from plugins.websites.models import Article
from plugins.websites.public_answers import HTML
from plugins.websites.public_resources import article_view
from plugins.websites.public_views import Addresses, PreviewBar
from plugins.websites.services import TEXTS
from plugins.websites.turns import READ


class StaffAddresses(Addresses):
    """Addresses of the site, but pictures as staff open them: the public may not see those of a draft."""

    def picture_url(self, file_id: str, width: int) -> str:
        """Return where staff find a stored picture in one of the widths."""
        return files.rendition_url(self._req, UUID(file_id), width)

    def file_url(self, file_id: UUID) -> str:
        """Return where staff find a file of a draft."""
        return files.file_url(self._req, file_id)


class Preview:
    """The newest text of an article on the public template; never kept, never for robots."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        article = queries.article(article_id)
        require_access(req.asker, READ, article)
        bilingual = bool(article.title_en) and queries.has_english()
        english = bilingual and req.get_param("lang") == "en"
        with reading_as("en" if english else "vi"):
            resp.text = self._page(req, article, english=english, bilingual=bilingual)
        resp.content_type = HTML
        resp.set_header("Cache-Control", "no-store")
        resp.set_header("X-Robots-Tag", "noindex, nofollow")

    def _page(self, req: Request, article: Article, *, english: bool, bilingual: bool) -> str:
        found = public_queries.around_draft(article.id, article.kind, article.category_id, english)
        if found is None:
            raise NotFound
        to, own = (
            StaffAddresses(req, english, found["host"]),
            url_for(req, "websites.preview", article_id=article.id),
        )
        translated = own if english else f"{own}?lang=en"
        view = article_view(req, to, found, _row(article, english=english), translated if bilingual else "")
        shown = queries.publication(article.id)
        same = shown is not None and shown.revision == article.revision
        bar = PreviewBar(
            _("Bản xem trước – giống bản đang công khai") if same else _("Bản xem trước – chưa xuất bản"),
            url_for(req, "websites.article", article_id=article.id),
        )
        around = replace(view.frame, preview=bar, alternates=())
        return page_text(req, "websites/public_article.html", replace(view, frame=around))


def _row(article: Article, *, english: bool) -> dict[str, Any]:
    """Return a text as the public's query would, were it published now."""
    body = article.body_en if english else article.body
    pictures = site_queries.pictures_named(richtext.pictures_in(body))
    at = (article.publish_at or article.first_published_at or article.changed_at).isoformat()
    return {
        **{name: getattr(article, name) for name in TEXTS},
        "id": str(article.id),
        "kind": article.kind,
        "slug": article.slug,
        "page_role": article.page_role,
        "category_id": str(article.category_id) if article.category_id else None,
        "body": body,
        "issued_on": article.issued_on.isoformat() if article.issued_on else None,
        "published_at": at,
        "updated_at": at,
        "file_ids": [str(each) for each in article.file_ids],
        "cover": _cover(article.cover_id),
        "pictures": {str(each.id): (str(each.file_id), each.alt) for each in pictures.values()},
    }


def _cover(picture_id: UUID | None) -> dict[str, Any] | None:
    if picture_id is None:
        return None
    picture = site_queries.picture(picture_id)
    return {
        "file": str(picture.file_id),
        "alt": picture.alt,
        "caption": picture.caption,
        "width": picture.width,
        "height": picture.height,
    }
