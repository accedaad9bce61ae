"""What the pages of press issues show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from core.api import Crumb, Option
from plugins.casework.api import CaseView
from plugins.letters.api import CaseLettersView
from plugins.pages.api import FormPage
from plugins.press_issues.queries import IssueRow, PublicAnswer, SpokespersonRow


class ArticleLine(NamedTuple):
    """An article of an issue; `moved` tells that it was recorded at another one."""

    title: str
    outlet: str
    url: str
    published_at: datetime | None
    paragraphs: Sequence[str]
    sha256: str
    moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView(CaseView):
    """issue.html: the case, its articles and the answer."""

    articles: Sequence[ArticleLine] = ()
    answer: Sequence[str] = ()
    answer_title: str = ""
    public_url: str = ""
    letters: CaseLettersView = CaseLettersView()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule in words."""

    kind: str
    since: date
    budget: str
    ground: str
    own: bool
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """settings.html: rules, spokespeople, the public page."""

    page: FormPage
    crumbs: Sequence[Crumb]
    rules: Sequence[RuleLine]
    spokespeople: Sequence[tuple[SpokespersonRow, str]]
    """With the address that ends it."""
    kinds: Sequence[Option]
    people: Sequence[Option]
    public_url: str
    rule_url: str = ""
    spokesperson_url: str = ""
    public_setting_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """digest.html: a week for leaders."""

    title: str
    context: str
    crumbs: Sequence[Crumb]
    parts: Sequence[tuple[str, str, Sequence[tuple[IssueRow, str, str]]]]
    """Heading, what an empty one says, and rows with their addresses and when each is due or was answered."""
    previous_url: str
    next_url: str
    pdf_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """A line of a feed to record or to leave."""

    title: str
    outlet: str
    summary: str
    published_at: datetime | None
    record_url: str
    leave_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsView:
    """feeds.html: what feeds brought, and the addresses they are fetched from."""

    page: FormPage
    crumbs: Sequence[Crumb]
    items: Sequence[ItemLine]
    feeds: Sequence[tuple[str, str, str]]
    """Address, how it was last, and the address that stops it."""
    address_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersView:
    """public_answers.html: published answers of an agency, or of the province."""

    frame: object
    intro: str
    spokespeople: Sequence[tuple[str, date]]
    """Who speaks for the agency, and since when."""
    rows: Sequence[tuple[PublicAnswer, str]]
    of_all: bool
    newer_url: str
    older_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """public_answer.html: one of them."""

    frame: object
    answer: PublicAnswer
    said: Sequence[str]
    text: Sequence[str]
