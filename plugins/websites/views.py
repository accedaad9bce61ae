"""What the staff pages of the sites show; the templates of the same names draw them and decide nothing.

An empty address means that the person may not do that: no control is drawn.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from core.api import Chip, ComparedLine, ConflictView, FormView, Option, Pager, PlanView, Tab, TimelineEntry
from plugins.files.api import FileLink
from plugins.followers.api import FollowersView
from plugins.lists.api import ListingView
from plugins.pages.api import DraftView, ObjectView


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """One row of the list."""

    id: UUID
    can: str
    """What may be done to it among many."""
    title: str
    url: str
    kind: str
    category: str
    mark: str
    state: str
    also_public: bool
    """An older text is public while a newer one is worked on."""
    author: str
    created_at: datetime
    public_since: datetime | None
    person: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKind:
    """One kind of article that can be begun."""

    title: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class WayOut:
    """The condition to give up when nothing matches, and how many articles there are then."""

    chip: Chip
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesView:
    """staff_articles.html: the articles of the agency's site."""

    rows: tuple[ArticleLine, ...]
    listing: ListingView
    more: str
    order: str
    """What is on top, in words."""
    pager: Pager
    tabs: tuple[Tab, ...]
    search: str
    state: str
    states: tuple[Option, ...]
    kind: str
    kinds: tuple[Option, ...]
    category: str
    categories: tuple[Option, ...]
    chips: tuple[Chip, ...]
    way_out: WayOut | None
    clear_url: str
    new_url: str = ""
    new_kinds: tuple[NewKind, ...] = ()
    unfinished: tuple[tuple[str, str, datetime], ...] = ()
    """What the reader began to write and has not sent: title, address, saved at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """staff_article.html: one article, where it stands, what can be done and what happened."""

    object: ObjectView
    return_reason: str
    summary: str
    body: Markup
    cover: "CoverView | None"
    files: tuple[FileLink, ...]
    from_registry: bool
    """The public page is filled from the registry of units and people."""
    english: "EnglishView | None"
    facts: tuple[tuple[str, str], ...]
    tabs: tuple[Tab, ...]
    followers: FollowersView
    offer: tuple[str, str] = ("", "")
    """Mark and words of what became of its offer to the province."""
    public_url: str = ""
    """Where the public reads it, while it does."""
    readers: tuple[tuple[str, str], ...] = ()
    """How it is read and what readers said of it; empty before it was ever public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverView:
    """The picture chosen to stand for an article."""

    alt: str
    src: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnglishView:
    """staff_english.html: what the public reads of an article on the English pages."""

    title: str
    summary: str
    body: Markup


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
    draft: DraftView
    picture_url: str
    """Where the editor finds the picture `00000000-0000-0000-0000-000000000000`, which stands for any."""
    pictures_url: str
    """The list of pictures to pick from."""
    most: int
    """So many letters a text may have, its tags counted."""
    pictures: tuple[Option, ...] = ()
    """The newest pictures, for choosing a cover without script."""
    cover: CoverView | None = None
    conflict: ConflictView | None = None
    told: str = ""
    upload_url: str = ""
    attached: tuple[Option, ...] = ()
    """The files the stored text has."""


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
    body: Markup
    english: EnglishView | None
    cover: CoverView | None
    files: tuple[FileLink, ...]
    facts: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    """What it lacks: while there is something, it cannot be published."""
    warnings: tuple[str, ...]
    is_public: bool
    """The public sees one of its texts already."""
    mend: tuple[str, str, str]
    """Words, address and icon of the next step while it lacks something."""
    may_end: bool
    """A time can be set at which it comes down by itself."""
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
    refused: str
    """Why it cannot be taken away."""


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
    is_closed: bool
    """It was handed on as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedField:
    """One field of an article in two revisions; `told` says in words how much differs."""

    title: str
    told: str
    lines: tuple[ComparedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionsView:
    """staff_revisions.html: the revisions of an article, and two of them side by side."""

    title: str
    rows: tuple[RevisionLine, ...]
    old: int
    new: int
    old_title: str
    new_title: str
    """Which revision stands on each side: number, who saved it and when."""
    options: tuple[Option, ...]
    fields: tuple[ComparedField, ...]
    restore_url: str
    """Where the older of the two can be made the newest again."""
    version: int
    tabs: tuple[Tab, ...]
    path: str
    article_url: str
    list_url: str


# ---- the site itself -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One thing a site has or lacks before it opens."""

    text: str
    done: bool
    required: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """An article among those that were read most."""

    title: str
    url: str
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """staff_site.html: whether the site is open, and what it still lacks."""

    name: str
    is_open: bool
    checks: tuple[CheckLine, ...]
    possible: bool
    """Nothing that must be there is missing."""
    drafts: int
    """Static pages that can be published by one press."""
    open_url: str
    close_url: str
    publish_url: str
    history: tuple[TimelineEntry, ...]
    tabs: tuple[Tab, ...]
    list_url: str
    public_url: str
    """The first page as the public sees it; empty while the site is closed."""
    visits: int = 0
    """Of all its pages over the last 30 days."""
    most_read: tuple[ReadLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """staff_settings.html: how the site is called, reached and coloured."""

    form: FormView
    palettes: tuple[Option, ...]
    pictures: tuple[Option, ...]
    """The newest pictures, for choosing without script."""
    pictures_url: str
    logo: CoverView | None
    banner: CoverView | None
    action: str
    tabs: tuple[Tab, ...]
    list_url: str
    conflict: ConflictView | None = None
    without_english: tuple[str, ...] = ()
    """What the English pages show in Vietnamese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """One category, line of the menu or link."""

    title: str
    detail: str
    depth: int
    url: str = ""
    up_url: str = ""
    delete_url: str = ""
    done: bool = False
    """Something is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadersView:
    """staff_leaders.html: who leads the agency, and whether something is said of them."""

    rows: tuple[SiteLine, ...]
    tabs: tuple[Tab, ...]
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderView:
    """staff_leader.html: what is said of one leader."""

    form: FormView
    name: str
    position: str
    action: str
    back_url: str
    list_url: str
    conflict: ConflictView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesView:
    """staff_categories.html, staff_menu.html, staff_links.html: what there is, and the form for one more."""

    form: FormView
    rows: tuple[SiteLine, ...]
    action: str
    tabs: tuple[Tab, ...]
    list_url: str
    parents: tuple[Option, ...] = ()
    targets: tuple[Option, ...] = ()
    categories: tuple[Option, ...] = ()
    pages: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """staff_category_line.html, staff_menu_line.html, staff_link_line.html: one of them."""

    form: FormView
    title: str
    action: str
    back_url: str
    list_url: str
    conflict: ConflictView | None = None
    parents: tuple[Option, ...] = ()
    targets: tuple[Option, ...] = ()
    categories: tuple[Option, ...] = ()
    pages: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLine:
    """A picture of the library."""

    id: str
    alt: str
    caption: str
    src: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesView:
    """staff_pictures.html: the library of pictures, and the form for one more."""

    form: FormView
    rows: tuple[PictureLine, ...]
    pager: Pager
    search: str
    action: str
    tabs: tuple[Tab, ...]
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """staff_picture.html: one picture, what is said of it and where it is shown."""

    form: FormView
    alt: str
    src: str
    width: int
    height: int
    uses: tuple[tuple[str, str], ...]
    """Title and address of the articles that show it."""
    may_change: bool
    """Whether this reader may describe it otherwise; the words of what the public sees are the publishers'."""
    action: str
    delete_url: str
    back_url: str
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainView:
    """staff_domain.html: the agency's own host name."""

    form: FormView
    host: str
    mark: str
    state: str
    reason: str
    in_use: str
    """The approved host name, while another is asked for."""
    action: str
    drop_url: str
    decided: str
    """Who decided about it, and when."""
    tabs: tuple[Tab, ...]
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """Something to say yes or no to."""

    id: str
    title: str
    detail: str
    mark: str
    state: str
    at: datetime
    open: bool
    url: str = ""
    """Where it can be read before deciding."""
    decided: str = ""
    """Who decided last, and when."""
    agency: str = ""
    stands: str = ""
    """The key of its state: by it a decision on an old page is known, and what can be said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsView:
    """staff_domains.html, staff_offers.html: what waits for a yes or no, and what was said before."""

    form: FormView
    rows: tuple[DecisionLine, ...]
    action: str
    tabs: tuple[Tab, ...] = ()
    state: str = ""
    """Which offers are listed."""
    refusal: PlanView | None = None
    """One that is being refused: asked for the reason, over the list or above it."""
    approval: PlanView | None = None
    """One that is looked at before the yes, as it publishes: over the list or above it."""
    elsewhere: bool = False
    """The front page is edited in the province's own agency, not in this one."""
