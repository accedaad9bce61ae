"""What the pages of forms and objects show; modules put these into their views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from core.api import Crumb, FormView, ObjectAction, Tab, Tag, TimelineEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """Where a form keeps what is being typed: in the browser's tab by `key`, on the server with `save_url`."""

    key: str
    page: str = ""
    """Which opening of the form this is; one that continues a draft goes on under its name."""
    save_url: str = ""
    drop_url: str = ""
    words: str = ""
    """When it was saved last, if this page continues it."""
    offered: str = ""
    """The opening that left a draft which this page may continue; the four below go with it."""
    continue_text: str = ""
    continue_url: str = ""
    saved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """What pages/form.html shows around the fields that a module puts into it."""

    title: str
    form: FormView
    draft: DraftView
    action: str
    button: str
    """The act in words: "Ghi vào sổ"."""
    back_url: str
    back: str
    """What stays when nothing is sent: "Giữ như cũ"; empty where leaving with the draft kept is enough."""
    crumbs: Sequence[Crumb] = ()
    hidden: Sequence[str] = ()
    """Names of values the form carries along unseen, such as the version that was read."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Labels of the fields, for the summary of errors."""

    @property
    def page(self) -> "FormPage":
        """Itself, for a template that shows nothing else."""
        return self


class State(NamedTuple):
    """Where an object stands: one of the marks, and its own words."""

    mark: Literal["draft", "new", "mine", "doing", "wait", "sign", "back", "done", "pub", "stop"]
    text: str


class Due(NamedTuple):
    """When an object is due, as the badge says it, and the date."""

    kind: Literal["late", "today", "soon", "in-time", "paused", "none", "done", "done-late"]
    text: str
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What happened to an object: the newest few, or page by page with a choice of what to see."""

    entries: Sequence[TimelineEntry]
    kinds: Sequence[Tab] = ()
    more_url: str = ""
    all_url: str = ""
    """Where all of it is, when these are the newest few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectView:
    """What pages/object.html shows around the details that a module puts into it; made by object_view()."""

    title: str
    crumbs: Sequence[Crumb]
    tab: str
    tabs: Sequence[Tab]
    history: History
    state: State | None = None
    due: Due | None = None
    tags: Sequence[Tag] = ()
    context: str = ""
    main: ObjectAction | None = None
    beside: Sequence[ObjectAction] = ()
    more: Sequence[ObjectAction] = ()
