"""The staff address of an article's revisions."""

from uuid import UUID

import falcon

from core.api import Option, Request, _, format_datetime, page, require_access, url_for
from plugins.websites import comparing, queries, turns
from plugins.websites.models import Article
from plugins.websites.pages import article_tabs
from plugins.websites.queries import RevisionRow
from plugins.websites.turns import READ
from plugins.websites.views import RevisionLine, RevisionsView


class Revisions:
    """The revisions of an article, two of them side by side."""

    def on_get(self, req: Request, resp: falcon.Response, article_id: UUID) -> None:
        ctx, article = req.asker, queries.article(article_id)
        require_access(ctx, READ, article)
        rows = queries.revisions(article_id)
        shown = queries.publication(article_id)
        numbers = [row.number for row in rows]
        new = _number(req, "new", numbers, numbers[0] if numbers else 0)
        # What changed since it was handed on last is what the next person wants to see.
        before = [row for row in rows if row.number < new]
        since = next((row for row in before if row.is_closed), before[0] if before else None)
        old = _number(req, "old", numbers, since.number if since else new)
        may_change = "change" in turns.acts(ctx, article, is_public=shown is not None)
        view = RevisionsView(
            title=article.title,
            rows=tuple(self._line(req, article, row, shown.revision if shown else 0) for row in rows),
            old=old,
            new=new,
            options=tuple(
                Option(str(row.number), f"{row.number} · {format_datetime(row.saved_at)}") for row in rows
            ),
            old_title=_side(rows, old),
            new_title=_side(rows, new),
            fields=comparing.compare_revisions(
                queries.revision(article_id, old), queries.revision(article_id, new)
            )
            if old != new
            else (),
            restore_url=url_for(req, "websites.restore", article_id=article_id)
            if may_change and old < article.revision
            else "",
            version=article.version,
            tabs=article_tabs(req, article, "revisions"),
            path=req.path,
            article_url=url_for(req, "websites.article", article_id=article_id),
            list_url=url_for(req, "websites.articles"),
        )
        page(req, resp, "websites/staff_revisions.html", view)

    def _line(self, req: Request, article: Article, row: RevisionRow, shown: int) -> RevisionLine:
        return RevisionLine(
            number=row.number,
            title=row.title,
            person=row.saved_by or _("Hệ thống"),
            at=row.saved_at,
            compare_url=f"{req.path}?old={max(row.number - 1, 1)}&new={row.number}" if row.number > 1 else "",
            is_shown=row.number == shown,
            is_newest=row.number == article.revision,
            is_closed=bool(row.is_closed),
        )


def _side(rows: list[RevisionRow], number: int) -> str:
    """Return what stands above one side of the comparison."""
    return next(
        (
            _(
                "Bản {n}: {person}, {at}",
                n=row.number,
                person=row.saved_by or _("Hệ thống"),
                at=format_datetime(row.saved_at),
            )
            for row in rows
            if row.number == number
        ),
        "",
    )


def _number(req: Request, name: str, known: list[int], default: int) -> int:
    """Return a revision's number from the address; an unknown one is the default."""
    text = req.get_param(name) or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return number if number in known else default
