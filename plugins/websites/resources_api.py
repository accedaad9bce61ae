"""Articles for programs: the services of the pages, with documents in place of forms."""

from typing import Any
from uuid import UUID

import falcon

from core.api import (
    Invalid,
    Request,
    document,
    expected_version,
    load,
    read_cursor,
    require_access,
    send_json,
    send_page,
    url_for,
)
from plugins.files import api as files
from plugins.lists.api import query_of
from plugins.websites import attaching, lists, publishing, queries, services
from plugins.websites.pages import has_ended, public_address
from plugins.websites.queries import ArticleRow
from plugins.websites.schemas import (
    ARTICLE_PATCH,
    ArticleDocument,
    ArticleInput,
    ArticleList,
    ArticleQuery,
    PublishDocument,
    ReturnInput,
)
from plugins.websites.turns import READ

_AS_DOCUMENT = {
    "publish_on": "publish_at",
    "publish_time": "publish_at",
    "unpublish_on": "unpublish_at",
    "unpublish_time": "unpublish_at",
}
"""Day and time of the form are one field here."""


class ArticlesDocument:
    @document(ArticleList, query=ArticleQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the articles of the agency, those changed last first."""
        found = queries.articles(
            req.asker, lists.wanted(query_of(req, ArticleQuery())), read_cursor(req, *queries.KEY)
        )
        send_page(req, resp, found, [_line(row) for row in found.rows])


def _line(row: ArticleRow) -> dict[str, Any]:
    values = row._asdict()
    for name in ("author_id", "page_role", "first_published_at"):  # programs read the author's name
        del values[name]
    return values


class NewArticleDocument:
    @document(ArticleDocument, takes=ArticleInput, status=201)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Write a new draft. `body` is HTML and is cleaned; what is not allowed in an article is left out."""
        article = services.write_article(req.asker, **load(ArticleInput(), req.get_media()))
        _send(req, resp, article.id, status=201)
        resp.location = url_for(req, "websites.api_article", article_id=article.id)


class OneArticleDocument:
    @document(ArticleDocument)
    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Read one article as staff work on it; the public may see an older text."""
        require_access(req.asker, READ, queries.article(article_id))
        _send(req, resp, article_id)

    @document(ArticleDocument, takes=ARTICLE_PATCH)
    def on_patch(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Change the text of an article; what is left out stays. Needs websites.write, and that it is your turn."""
        article = queries.article(article_id)
        stored = {name: getattr(article, name) for name in (*services.TEXTS, "category_id")}
        texts = stored | load(ARTICLE_PATCH, req.get_media())
        services.change_article(req.asker, article_id, version=expected_version(req), **texts)
        _send(req, resp, article_id)


class ArticleTurns:
    """One step of an article's way, each an address of its own."""

    @document(ArticleDocument)
    def on_post_submit(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Send an article to the editors."""
        services.submit_article(req.asker, article_id)
        _send(req, resp, article_id)

    @document(ArticleDocument)
    def on_post_forward(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Pass an article to the publishers."""
        services.forward_article(req.asker, article_id)
        _send(req, resp, article_id)

    @document(ArticleDocument, takes=ReturnInput)
    def on_post_return(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Send an article back to its author, with the reason."""
        queries.article(article_id)  # what is not there cannot be asked about wrongly
        services.return_article(req.asker, article_id, **load(ReturnInput(), req.get_media()))
        _send(req, resp, article_id)

    @document(ArticleDocument, takes=PublishDocument)
    def on_post_publish(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Publish the text of the named version, at once or from `publish_at` on, which must be still to come."""
        queries.article(article_id)
        shown = queries.publication(article_id)
        end = shown.unpublish_at if shown and not has_ended(shown) else None
        wanted = {"unpublish_at": end, **load(PublishDocument(), req.get_media())}
        try:
            publishing.publish_article(req.asker, article_id, **wanted)
        except Invalid as problem:
            raise Invalid(
                {_AS_DOCUMENT.get(name, name): texts for name, texts in problem.errors.items()},
                problem.detail,
            ) from problem
        _send(req, resp, article_id)

    @document(ArticleDocument)
    def on_post_unschedule(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Cancel the set time of an article; it waits for approval again."""
        services.unschedule_article(req.asker, article_id)
        _send(req, resp, article_id)

    @document(ArticleDocument)
    def on_post_withdraw(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Take an article away from the public at once; text and revisions stay with the staff."""
        publishing.withdraw_article(req.asker, article_id)
        _send(req, resp, article_id)

    @document(ArticleDocument)
    def on_post_put_away(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Put an article away that never was public; it is left out of lists that do not ask for it."""
        services.put_away_article(req.asker, article_id)
        _send(req, resp, article_id)

    @document(ArticleDocument)
    def on_post_take_back(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        """Put an article that was put away back where it stood."""
        services.take_back_article(req.asker, article_id)
        _send(req, resp, article_id)


def _send(req: Request, resp: falcon.Response, article_id: UUID, *, status: int = 200) -> None:
    """Answer with an article as it is stored now."""
    article, shown = queries.article(article_id), queries.publication(article_id)
    names = queries.names(article)
    answer: dict[str, Any] = {name: getattr(article, name) for name in services.TEXTS if name != "file_ids"}
    answer |= {
        name: getattr(article, name)
        for name in (
            "id", "kind", "state", "return_reason", "category_id", "slug", "revision", "created_at", "changed_at",
            "publish_at", "unpublish_at", "version",
        )
    }  # fmt: skip
    answer |= {
        "files": [
            {"id": each.id, "name": each.name, "size": each.size, "address": files.file_url(req, each)}
            for each in attaching.files_in(article.file_ids)
        ],
        "category": names.category,
        "author": names.author,
        "changed_by": names.changed_by,
        "public_revision": shown.revision if shown else None,
        "public_address": public_address(req, shown) if shown else "",
    }
    send_json(resp, answer, status=status)
