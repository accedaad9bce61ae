"""What can happen to sessions and is worth keeping for good."""

from dataclasses import dataclass
from typing import ClassVar

from core.events import Event
from core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    name: ClassVar[str] = "sso.sessions_ended"
    label: ClassVar[str] = N_("kết thúc {count} phiên đăng nhập của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str
    count: int
