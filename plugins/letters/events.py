"""What happens to letters; the audit keeps these lines for good, so nothing of a letter's text is among them."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.api import N_, Event
from plugins.casework.api import CaseEvent


@dataclass(frozen=True, kw_only=True)
class LetterEvent(Event):
    """What the facts about one letter have in common; `title` is its subject."""

    object_type: ClassVar[str] = "letters.letter"
    title: str


@dataclass(frozen=True, kw_only=True)
class LetterDrafted(LetterEvent):
    """Somebody began a letter."""

    name: ClassVar[str] = "letters.letter_drafted"
    label: ClassVar[str] = N_("soạn dự thảo “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LetterChanged(LetterEvent):
    """The text of a draft is another one."""

    name: ClassVar[str] = "letters.letter_changed"
    label: ClassVar[str] = N_("sửa dự thảo “{title}”")


@dataclass(frozen=True, kw_only=True)
class LetterDiscarded(LetterEvent):
    """A draft was thrown away."""

    name: ClassVar[str] = "letters.letter_discarded"
    label: ClassVar[str] = N_("bỏ dự thảo “{title}”")
    milestone: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LetterIssued(LetterEvent):
    """A letter got its number and day, and does not change any more."""

    name: ClassVar[str] = "letters.letter_issued"
    label: ClassVar[str] = N_("phát hành “{title}”, số {number}")
    milestone: ClassVar[bool] = True
    number: str


@dataclass(frozen=True, kw_only=True)
class LetterVoided(LetterEvent):
    """The number of a letter is void, and so is the letter."""

    name: ClassVar[str] = "letters.letter_voided"
    label: ClassVar[str] = N_("huỷ “{title}” vì số {number} bị huỷ: {reason}")
    milestone: ClassVar[bool] = True
    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseAnswerIssued(CaseEvent):
    """The letter that answers a case went out; it stands in the history of the case."""

    name: ClassVar[str] = "letters.case_answer_issued"
    label: ClassVar[str] = N_("phát hành công văn số {number} trả lời {code}")
    told: ClassVar[tuple[str, ...]] = ("code", "number")
    milestone: ClassVar[bool] = True
    number: str


@dataclass(frozen=True, kw_only=True)
class CaseAnswerVoided(CaseEvent):
    """The letter that answered a case is void."""

    name: ClassVar[str] = "letters.case_answer_voided"
    label: ClassVar[str] = N_("huỷ công văn số {number} trả lời {code}: {reason}")
    told: ClassVar[tuple[str, ...]] = ("code", "number")
    milestone: ClassVar[bool] = True
    number: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TemplateSet(Event):
    """The agency's part of its letters is another one from a day on."""

    name: ClassVar[str] = "letters.template_set"
    label: ClassVar[str] = N_("đổi mẫu văn bản “{letter}” từ {valid_from}")
    object_type: ClassVar[str] = "letters.template"
    milestone: ClassVar[bool] = True
    about_agency: ClassVar[bool] = True
    letter: str
    valid_from: date


ALL = (
    LetterDrafted,
    LetterChanged,
    LetterDiscarded,
    LetterIssued,
    LetterVoided,
    CaseAnswerIssued,
    CaseAnswerVoided,
    TemplateSet,
)
