"""Drafts for the forms of other modules: a line or two in a resource, two in its template.

form, draft = resume(req, "example.new", values)     # GET: the values, or the draft when it is continued
draft = draft_view(req, "example.new")               # 409 and 422: the form comes back as it was typed
forget(req, "example.new")                           # what this opening of the form kept has been sent
unfinished(ctx, "example.")                          # what this person left unsent in forms of the module
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from uuid import UUID

from core.api import FormView, Request, RequestContext, format_datetime, new_id, page_url, url_for
from plugins.drafts import queries, services
from plugins.drafts.queries import StoredDraft, Unfinished, unfinished
from plugins.drafts.resources import PAGE, opening
from plugins.drafts.words import continue_words, saved_words
from plugins.pages.api import DraftView

__all__ = ["StoredDraft", "Unfinished", "draft_for", "draft_view", "forget", "resume", "unfinished"]


def draft_for(ctx: RequestContext, key: str) -> StoredDraft | None:
    """Return what this person typed into a form and has not sent; never anybody else's."""
    return queries.draft(ctx, key)


def resume(req: Request, key: str, values: Mapping[str, str | Sequence[str]]) -> tuple[FormView, DraftView]:
    """Return the form to show and its draft: begun afresh with an offer to continue, or continued."""
    stored = None
    if asked := opening(req.get_param("draft")):
        stored = queries.draft(req.asker, key, asked)
    if stored is not None:
        # The draft brings along the version of the object it was begun with, so that a conflict is still seen.
        # One saved without the marks of what its form showed says so: its texts are nobody's until somebody is asked.
        words = saved_words(stored.saved_at)
        return FormView({**values, "lt_read": "-", **stored.fields}), _view(
            req, key, stored.page, words=words
        )
    stored = queries.draft(req.asker, key)
    if stored is None:
        return FormView(values), _view(req, key, new_id())
    return FormView(values), _view(
        req,
        key,
        new_id(),
        offered=str(stored.page),
        continue_text=continue_words(stored.saved_at),
        continue_url=page_url(req, draft=str(stored.page)),
        saved=format_datetime(stored.saved_at, inside=True),
    )


def draft_view(req: Request, key: str) -> DraftView:
    """Return the draft of a form that comes back with what was typed: there is nothing to choose."""
    page = opening(req.form.get(PAGE)) or new_id()
    stored = queries.draft(req.asker, key, page)
    return _view(req, key, page, words=saved_words(stored.saved_at) if stored else "")


def forget(req: Request, key: str) -> None:
    """Delete what was kept of the form that has just been taken; drafts of its other openings stay on offer."""
    if page := opening(req.form.get(PAGE)):
        services.forget(req.asker, key, page)


def _view(req: Request, key: str, page: UUID, **shown: str) -> DraftView:
    back = page_url(req, draft="")
    dropped = shown.get("offered", str(page))
    return DraftView(
        key=key,
        page=str(page),
        save_url=f"{url_for(req, 'drafts.save')}?{urlencode({'key': key, 'at': back})}",
        drop_url=f"{url_for(req, 'drafts.drop')}?{urlencode({'key': key, 'page': dropped, 'back': back})}",
        **shown,
    )
