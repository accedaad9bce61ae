"""What the staff pages of the sites show; the templates of the same names draw them and decide nothing.

An empty address means that the person may not do that: no control is drawn.
"""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from core.api import Chip, ConflictView, FormView, ObjectAction, Option, Pager, Tab, TimelineEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """One row of the list."""

    title: str
    url: str
    kind: str
    category: str
    mark: str
    state: str
    also_public: bool
    """An older text is public while a newer one is worked on."""
    person: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKind:
    """One kind of article that can be begun."""

    title: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesView:
    """staff_articles.html: the articles of the agency's site."""

    rows: tuple[ArticleLine, ...]
    pager: Pager
    search: str
    state: str
    states: tuple[Option, ...]
    kind: str
    kinds: tuple[Option, ...]
    category: str
    categories: tuple[Option, ...]
    chips: tuple[Chip, ...]
    clear_url: str
    new_url: str = ""
    new_kinds: tuple[NewKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """staff_article.html: one article, where it stands, what can be done and what happened."""

    title: str
    kind: str
    mark: str
    state: str
    return_reason: str
    summary: str
    body: Markup
    has_english: bool
    facts: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    """Sentences on what the public sees now and will see."""
    actions: tuple[ObjectAction, ...]
    history: tuple[TimelineEntry, ...]
    tabs: tuple[Tab, ...]
    list_url: str
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFormView:
    """staff_article_form.html: write an article or change one; `conflict` is there when somebody else saved first."""

    form: FormView
    heading: str
    is_new: bool
    is_document: bool
    is_page: bool
    has_english: bool
    categories: tuple[Option, ...]
    action: str
    back_url: str
    list_url: str
    draft: str
    """The key under which the browser keeps what is typed."""
    picture_url: str
    """Where the editor finds the picture `00000000-0000-0000-0000-000000000000`, which stands for any."""
    pictures_url: str
    """The list of pictures to pick from."""
    conflict: ConflictView | None = None
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """staff_return.html: why an article goes back to its author."""

    form: FormView
    title: str
    author: str
    action: str
    back_url: str
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishView:
    """staff_publish.html: the one review before the public sees an article."""

    form: FormView
    title: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    action: str
    back_url: str
    list_url: str
    preview_url: str
    article_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawView:
    """staff_withdraw.html: what taking an article away from the public does, before it does."""

    title: str
    action: str
    back_url: str
    list_url: str
    effects: tuple[tuple[str, str], ...]
    """Icon and sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """staff_preview.html: an article as the public will see it, for staff alone."""

    title: str
    summary: str
    body: Markup
    category: str
    facts: tuple[tuple[str, str], ...]
    site: str
    language: str
    tabs: tuple[Tab, ...]
    article_url: str
    list_url: str
    cover_url: str = ""
    cover_alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """One revision in the history."""

    number: int
    title: str
    person: str
    at: datetime
    compare_url: str
    is_shown: bool
    """The public sees this one."""
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row of a comparison: a block of text before and after; `kind` is same, changed, added or removed."""

    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedField:
    """One field of an article in two revisions."""

    title: str
    rows: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionsView:
    """staff_revisions.html: the revisions of an article, and two of them side by side."""

    title: str
    rows: tuple[RevisionLine, ...]
    old: int
    new: int
    options: tuple[Option, ...]
    fields: tuple[ComparedField, ...]
    restore_url: str
    """Where the older of the two can be made the newest again."""
    version: int
    tabs: tuple[Tab, ...]
    path: str
    article_url: str
    list_url: str
