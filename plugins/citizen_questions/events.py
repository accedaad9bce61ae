"""What happens around questions beside the moves of their cases; nothing of who asked is in them."""

from dataclasses import dataclass
from typing import Any, ClassVar

from core.api import N_, Event, _
from plugins.citizen_questions.kinds import RATINGS


@dataclass(frozen=True, kw_only=True)
class QuestionRated(Event):
    """Who asked says how they like the answer."""

    name: ClassVar[str] = "citizen_questions.rated"
    label: ClassVar[str] = N_("người hỏi đánh giá trả lời {code}: {score}")
    object_type: ClassVar[str] = "casework.case"
    code: str
    score: str

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        return _(RATINGS[value]).lower() if field == "score" else value


@dataclass(frozen=True, kw_only=True)
class ContactErased(Event):
    """Name and contact of who asked are gone, because they wanted so or it was time."""

    name: ClassVar[str] = "citizen_questions.contact_erased"
    label: ClassVar[str] = N_("xoá họ tên và liên hệ của người hỏi ở {code}")
    object_type: ClassVar[str] = "casework.case"
    code: str


@dataclass(frozen=True, kw_only=True)
class TitleHidden(Event):
    """A title that said something of people says it no more; the text does."""

    name: ClassVar[str] = "citizen_questions.title_hidden"
    label: ClassVar[str] = N_("che thông tin cá nhân trong tiêu đề của {code}")
    object_type: ClassVar[str] = "casework.case"
    code: str


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Event):
    """The agency takes questions in another way."""

    name: ClassVar[str] = "citizen_questions.settings_changed"
    label: ClassVar[str] = N_("đổi cách tiếp nhận câu hỏi: thời hạn {budget}")
    about_agency: ClassVar[bool] = True
    budget: str


ALL = (QuestionRated, ContactErased, TitleHidden, SettingsChanged)
