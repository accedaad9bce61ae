"""The pages that every module has: of a form, of an object; the templates `pages/…` draw them.

page=FormPage(…)                   # in the view of a page that extends pages/form.html; its draft is plugins/drafts'
object=object_view(req, note, …)   # pages/object.html: buttons, tabs and history that the modules in effect give
query_page(query, (Room.name,))    # a page of a plain list; a hot one writes its statement out
"""

from plugins.pages.marking import mark_words
from plugins.pages.object_page import object_view
from plugins.pages.querying import query_page
from plugins.pages.unchanged import is_known
from plugins.pages.views import DraftView, Due, FormPage, History, ObjectView, State

__all__ = [
    "DraftView",
    "Due",
    "FormPage",
    "History",
    "ObjectView",
    "State",
    "is_known",
    "mark_words",
    "object_view",
    "query_page",
]
