"""What the pages of citizens' questions show; the templates of the same names draw them and decide nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.api import Crumb, FormView, Option
from plugins.casework.api import CaseFormView, CaseView, PersonalView
from plugins.citizen_questions.queries import PublicAnswer


class ProposalView(NamedTuple):
    """The agency a question clearly belongs to, with the button that passes it on."""

    why: str
    agency: str
    url: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishView(CaseFormView):
    """publish.html: the form of the public copy, under the texts with what is to be hidden in them."""

    marked: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    """A part's title and its pieces; what stands in the place of a piece is empty where it may be read."""
    left: bool = False
    """Whether these are the texts as they were sent, rather than as they were written."""
    whole: bool = False
    """Whether the reader may see the places themselves: they are what was sent, or a reason was given."""
    personal: PersonalView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView(CaseView):
    """question.html: the case and its answer."""

    answer: Sequence[str] = ()
    answer_title: str = ""
    earlier: Sequence[tuple[str, Sequence[str]]] = ()
    """Day and lines of what was answered before the question was taken up again."""
    public_url: str = ""
    rating: str = ""
    rating_note: Sequence[str] = ()
    waits: str = ""
    proposal: ProposalView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresView:
    """figures.html: a year in numbers."""

    title: str
    context: str
    crumbs: Sequence[Crumb]
    heads: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[str]]]
    total: tuple[str, Sequence[str]]
    old: Sequence[tuple[str, str, str]]
    """Code, address and words of the questions that wait longest."""
    previous_url: str
    next_url: str


class PublicLine(NamedTuple):
    """A line of the public list."""

    answer: PublicAnswer
    url: str
    topic: str
    summary: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicListView:
    """public_list.html: published questions, with a way to ask."""

    frame: object
    intro: str
    heading: str
    rows: Sequence[PublicLine]
    own_url: str
    ask_url: str
    follow_url: str
    search: str
    topic: str
    topics: Sequence[Option]
    agencies: Sequence[tuple[str, str]] = ()
    newer_url: str = ""
    older_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswerView:
    """public_answer.html: one published question."""

    frame: object
    answer: PublicAnswer
    topic: str
    question: Sequence[str]
    paragraphs: Sequence[str]
    told: str
    rating: str
    too: str
    too_url: str
    ask_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """public_ask.html: the form of a question."""

    frame: object
    form: FormView
    titles: dict[str, str]
    errors: Sequence[tuple[str, str]]
    mark: str
    work: int
    topics: Sequence[Option]
    consent: str
    action: str
    accept: str
    most_files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """public_asked.html: the code and the secret, shown once."""

    frame: object
    code: str
    secret: str
    again: bool
    until: str
    follow_url: str
    by_mail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowView:
    """public_follow.html: what became of a question, for whoever knows its secret."""

    frame: object
    action: str
    form: FormView
    wrong: str = ""
    done: str = ""
    code: str = ""
    title: str = ""
    question: Sequence[str] = ()
    files: Sequence[tuple[str, str]] = ()
    """Name and size of what came with the question."""
    state: str = ""
    steps: Sequence[tuple[str, str]] = ()
    """When, and what happened, in words for the asker."""
    answer: Sequence[str] = ()
    answered_by: str = ""
    earlier: Sequence[tuple[str, Sequence[str]]] = ()
    public_url: str = ""
    rate_url: str = ""
    rating: str = ""
    rated: str = ""
    """What they gave, in words; it can be given anew."""
    rating_note: Sequence[str] = ()
    ratings: Sequence[Option] = ()
    erase_url: str = ""
