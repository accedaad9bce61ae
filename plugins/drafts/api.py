"""Drafts for the forms of other modules: a line or two in a resource, two in its template.

form, draft = resume(req, "example.new", values)     # GET: the values, or the draft when it is continued
draft = draft_view(req, "example.new")               # 409 and 422: the form comes back as it was typed
forget(ctx, "example.new")                           # in the transaction that takes what was typed
unfinished(ctx, "example.")                          # what this person left unsent in forms of the module
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from uuid import UUID

from core.api import FormView, Request, RequestContext, format_datetime, new_id, page_url, url_for
from plugins.drafts import queries
from plugins.drafts.queries import StoredDraft, Unfinished, unfinished
from plugins.drafts.resources import PAGE
from plugins.drafts.services import forget
from plugins.drafts.words import continue_words, saved_words
from plugins.pages.api import DraftView

__all__ = ["StoredDraft", "Unfinished", "draft_for", "draft_view", "forget", "resume", "unfinished"]


def draft_for(ctx: RequestContext, key: str) -> StoredDraft | None:
    """Return what this person typed into a form and has not sent; never anybody else's."""
    return queries.draft(ctx, key)


def resume(req: Request, key: str, values: Mapping[str, str | Sequence[str]]) -> tuple[FormView, DraftView]:
    """Return the form to show and its draft: begun afresh with an offer to continue, or continued."""
    stored = queries.draft(req.asker, key)
    if stored is None:
        return FormView(values), _view(req, key, new_id())
    if req.get_param("draft") == "continue":
        # The draft brings along the version of the object it was begun with, so that a conflict is still seen.
        # One saved without the marks of what its form showed says so: its texts are nobody's until somebody is asked.
        words = saved_words(stored.saved_at)
        return FormView({**values, "lt_read": "-", **stored.fields}), _view(
            req, key, stored.page, words=words
        )
    return FormView(values), _view(
        req,
        key,
        new_id(),
        offered=str(stored.page),
        continue_text=continue_words(stored.saved_at),
        continue_url=page_url(req, draft="continue"),
        saved=format_datetime(stored.saved_at, inside=True),
    )


def draft_view(req: Request, key: str) -> DraftView:
    """Return the draft of a form that comes back with what was typed: there is nothing to choose."""
    try:
        page = UUID(str(req.form.get(PAGE)))
    except ValueError:
        page = new_id()
    stored = queries.draft(req.asker, key)
    return _view(req, key, page, words=saved_words(stored.saved_at) if stored and stored.page == page else "")


def _view(req: Request, key: str, page: UUID, **shown: str) -> DraftView:
    back = page_url(req, draft="")
    return DraftView(
        key=key,
        page=str(page),
        save_url=f"{url_for(req, 'drafts.save')}?{urlencode({'key': key, 'at': back})}",
        drop_url=f"{url_for(req, 'drafts.drop')}?{urlencode({'key': key, 'back': back})}",
        **shown,
    )
