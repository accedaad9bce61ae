"""What can happen to sessions and is worth keeping for good."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.events import Event
from core.i18n import N_


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    name: ClassVar[str] = "sso.sessions_ended"
    label: ClassVar[str] = N_("kết thúc {count} phiên đăng nhập của {person}")
    object_type: ClassVar[str] = "tenants.person"
    about_agency: ClassVar[bool] = True
    person: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ApiTokenCreated(Event):
    name: ClassVar[str] = "sso.api_token_created"
    label: ClassVar[str] = N_("tạo mã truy cập API “{title}”, dùng đến {until}")
    object_type: ClassVar[str] = "sso.api_token"
    about_agency: ClassVar[bool] = True
    title: str
    until: date


@dataclass(frozen=True, kw_only=True)
class ApiTokenRevoked(Event):
    name: ClassVar[str] = "sso.api_token_revoked"
    label: ClassVar[str] = N_("thu hồi mã truy cập API “{title}”")
    object_type: ClassVar[str] = "sso.api_token"
    about_agency: ClassVar[bool] = True
    title: str
