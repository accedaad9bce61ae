"""What can happen to agencies, people and modules; each sentence is the line of the history panel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from core.dispatcher import dispatcher
from core.events import Event
from core.i18n import N_, _
from tenants.models import KINDS

FIELD_TITLES: dict[str, str] = {
    "name": N_("Tên"), "short_name": N_("Tên gọn"), "kind": N_("Loại"), "parent": N_("Cấp trên"),
    "parent_id": N_("Cấp trên"), "identifiers": N_("Mã"), "national": N_("Mã định danh"),
    "administrative": N_("Mã hành chính"), "old": N_("Mã cũ"), "status": N_("Trạng thái"), "state": N_("Trạng thái"),
    "address": N_("Địa chỉ"), "phone": N_("Điện thoại"), "email": N_("Thư điện tử"), "website": N_("Trang tin"),
    "time_zone": N_("Múi giờ"), "working_hours": N_("Giờ làm việc"), "hours_1": N_("Thứ Hai"), "hours_2": N_("Thứ Ba"),
    "hours_3": N_("Thứ Tư"), "hours_4": N_("Thứ Năm"), "hours_5": N_("Thứ Sáu"), "hours_6": N_("Thứ Bảy"),
    "hours_7": N_("Chủ nhật"), "logo": N_("Biểu trưng"),
    "full_name": N_("Họ và tên"), "is_operator": N_("Người vận hành"), "unit_id": N_("Phòng ban"),
    "position": N_("Chức danh"), "roles": N_("Vai trò"), "valid_from": N_("Từ ngày"), "valid_to": N_("Đến ngày"),
    "decision": N_("Quyết định"), "title": N_("Tên"), "permissions": N_("Quyền"), "note": N_("Ghi chú"),
}  # fmt: skip
"""Titles of what can change here, for history panels and provisioning plans."""

CODES: dict[str, Mapping[str, str]] = {
    "kind": KINDS,
    "status": {"active": N_("đang hoạt động"), "suspended": N_("tạm ngừng"), "merged": N_("đã sáp nhập")},
}
"""Titles of the codes that facts keep."""


@dataclass(frozen=True, kw_only=True)
class RegistryEvent(Event):
    """What the facts of this module share."""

    field_titles: ClassVar[Mapping[str, str]] = FIELD_TITLES
    about_agency: ClassVar[bool] = True

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        catalogue = dispatcher().catalogue
        titles: Mapping[str, str] = {}
        if field in CODES:
            titles = CODES[field]
        elif field == "module":
            titles = {key: module.manifest.title for key, module in catalogue.modules.items()}
        elif field in ("roles", "permissions"):
            declared = catalogue.roles if field == "roles" else catalogue.permissions
            titles = {key: each.title for key, each in declared.items()}
        if isinstance(value, list):
            return [_(titles[each]) if each in titles else each for each in value]
        return _(titles[value]) if value in titles else value


@dataclass(frozen=True, kw_only=True)
class AgencyCreated(RegistryEvent):
    name: ClassVar[str] = "tenants.agency_created"
    label: ClassVar[str] = N_("tạo cơ quan {agency}")
    object_type: ClassVar[str] = "tenants.agency"
    milestone: ClassVar[bool] = True
    agency: str


@dataclass(frozen=True, kw_only=True)
class AgencyRevised(RegistryEvent):
    name: ClassVar[str] = "tenants.agency_revised"
    label: ClassVar[str] = N_("đổi thông tin cơ quan {agency} kể từ {since}")
    object_type: ClassVar[str] = "tenants.agency"
    milestone: ClassVar[bool] = True
    agency: str
    since: date


@dataclass(frozen=True, kw_only=True)
class AgencyRevisionWithdrawn(RegistryEvent):
    name: ClassVar[str] = "tenants.agency_revision_withdrawn"
    label: ClassVar[str] = N_("bỏ lần đổi thông tin cơ quan {agency} dự kiến từ {since}")
    object_type: ClassVar[str] = "tenants.agency"
    milestone: ClassVar[bool] = True
    agency: str
    since: date


@dataclass(frozen=True, kw_only=True)
class AgencySuspended(RegistryEvent):
    name: ClassVar[str] = "tenants.agency_suspended"
    label: ClassVar[str] = N_("tạm ngừng cơ quan {agency}")
    object_type: ClassVar[str] = "tenants.agency"
    milestone: ClassVar[bool] = True
    agency: str


@dataclass(frozen=True, kw_only=True)
class AgencyResumed(RegistryEvent):
    name: ClassVar[str] = "tenants.agency_resumed"
    label: ClassVar[str] = N_("cho cơ quan {agency} hoạt động lại")
    object_type: ClassVar[str] = "tenants.agency"
    milestone: ClassVar[bool] = True
    agency: str


@dataclass(frozen=True, kw_only=True)
class ProfileUpdated(RegistryEvent):
    name: ClassVar[str] = "tenants.profile_updated"
    label: ClassVar[str] = N_("sửa thông tin chung của cơ quan")
    object_type: ClassVar[str] = "tenants.agency"


@dataclass(frozen=True, kw_only=True)
class UnitCreated(RegistryEvent):
    name: ClassVar[str] = "tenants.unit_created"
    label: ClassVar[str] = N_("lập {unit}")
    object_type: ClassVar[str] = "tenants.unit"
    unit: str


@dataclass(frozen=True, kw_only=True)
class UnitChanged(RegistryEvent):
    name: ClassVar[str] = "tenants.unit_changed"
    label: ClassVar[str] = N_("sửa {unit}")
    object_type: ClassVar[str] = "tenants.unit"
    unit: str


@dataclass(frozen=True, kw_only=True)
class UnitClosed(RegistryEvent):
    name: ClassVar[str] = "tenants.unit_closed"
    label: ClassVar[str] = N_("đóng {unit} sau ngày {last_day}")
    object_type: ClassVar[str] = "tenants.unit"
    unit: str
    last_day: date


@dataclass(frozen=True, kw_only=True)
class PostGranted(RegistryEvent):
    name: ClassVar[str] = "tenants.post_granted"
    label: ClassVar[str] = N_("giao {person} vị trí {position} tại {unit}")
    object_type: ClassVar[str] = "tenants.post"
    person_id: UUID
    person: str
    position: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class PostChanged(RegistryEvent):
    name: ClassVar[str] = "tenants.post_changed"
    label: ClassVar[str] = N_("đổi vị trí {position} của {person}")
    object_type: ClassVar[str] = "tenants.post"
    person_id: UUID
    person: str
    position: str = ""
    """As it was called before; facts of old do not say it."""


@dataclass(frozen=True, kw_only=True)
class PostEnded(RegistryEvent):
    name: ClassVar[str] = "tenants.post_ended"
    label: ClassVar[str] = N_("thôi giao {person} vị trí {position}")
    object_type: ClassVar[str] = "tenants.post"
    person_id: UUID
    person: str
    position: str


@dataclass(frozen=True, kw_only=True)
class RoleCreated(RegistryEvent):
    name: ClassVar[str] = "tenants.role_created"
    label: ClassVar[str] = N_("lập vai trò {role}")
    object_type: ClassVar[str] = "tenants.role"
    milestone: ClassVar[bool] = True
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleChanged(RegistryEvent):
    name: ClassVar[str] = "tenants.role_changed"
    label: ClassVar[str] = N_("sửa vai trò {role}")
    object_type: ClassVar[str] = "tenants.role"
    milestone: ClassVar[bool] = True
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleDeleted(RegistryEvent):
    name: ClassVar[str] = "tenants.role_deleted"
    label: ClassVar[str] = N_("xoá vai trò {role}")
    object_type: ClassVar[str] = "tenants.role"
    milestone: ClassVar[bool] = True
    role: str


@dataclass(frozen=True, kw_only=True)
class ModuleEnabled(RegistryEvent):
    name: ClassVar[str] = "tenants.module_enabled"
    label: ClassVar[str] = N_("bật phân hệ {module}")
    object_type: ClassVar[str] = "tenants.module"
    milestone: ClassVar[bool] = True
    module: str


@dataclass(frozen=True, kw_only=True)
class ModuleDisabled(RegistryEvent):
    name: ClassVar[str] = "tenants.module_disabled"
    label: ClassVar[str] = N_("tắt phân hệ {module}")
    object_type: ClassVar[str] = "tenants.module"
    milestone: ClassVar[bool] = True
    module: str


@dataclass(frozen=True, kw_only=True)
class ModuleAllowed(RegistryEvent):
    name: ClassVar[str] = "tenants.module_allowed"
    label: ClassVar[str] = N_("cho phép dùng phân hệ {module}")
    object_type: ClassVar[str] = "tenants.module"
    milestone: ClassVar[bool] = True
    module: str


@dataclass(frozen=True, kw_only=True)
class ModuleDenied(RegistryEvent):
    name: ClassVar[str] = "tenants.module_denied"
    label: ClassVar[str] = N_("không cho dùng phân hệ {module}")
    object_type: ClassVar[str] = "tenants.module"
    milestone: ClassVar[bool] = True
    module: str


@dataclass(frozen=True, kw_only=True)
class ModuleLeftToDefault(RegistryEvent):
    name: ClassVar[str] = "tenants.module_left_to_default"
    label: ClassVar[str] = N_("để việc dùng phân hệ {module} theo mặc định")
    object_type: ClassVar[str] = "tenants.module"
    milestone: ClassVar[bool] = True
    module: str


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(RegistryEvent):
    name: ClassVar[str] = "tenants.person_registered"
    label: ClassVar[str] = N_("thêm {person} vào danh bạ")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonChanged(RegistryEvent):
    name: ClassVar[str] = "tenants.person_changed"
    label: ClassVar[str] = N_("sửa thông tin của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonMailChanged(RegistryEvent):
    """The address itself is personal and not kept here."""

    name: ClassVar[str] = "tenants.person_mail_changed"
    label: ClassVar[str] = N_("đổi địa chỉ thư công vụ của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonDisabled(RegistryEvent):
    name: ClassVar[str] = "tenants.person_disabled"
    label: ClassVar[str] = N_("khoá tài khoản của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonRestored(RegistryEvent):
    name: ClassVar[str] = "tenants.person_restored"
    label: ClassVar[str] = N_("mở lại tài khoản của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class FirstPasswordGiven(RegistryEvent):
    name: ClassVar[str] = "tenants.first_password_given"
    label: ClassVar[str] = N_("cấp mật khẩu lần đầu cho {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class PasswordReset(RegistryEvent):
    name: ClassVar[str] = "tenants.password_reset"
    label: ClassVar[str] = N_("đặt lại mật khẩu của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(RegistryEvent):
    name: ClassVar[str] = "tenants.second_factor_removed"
    label: ClassVar[str] = N_("đặt lại lớp xác thực thứ hai của {person}")
    object_type: ClassVar[str] = "tenants.person"
    person: str


@dataclass(frozen=True, kw_only=True)
class DescriptionApplied(RegistryEvent):
    name: ClassVar[str] = "tenants.description_applied"
    label: ClassVar[str] = N_("áp dụng danh sách {file}")
    object_type: ClassVar[str] = "tenants.provision"
    file: str


ALL: tuple[type[Event], ...] = (
    AgencyCreated, AgencyRevised, AgencyRevisionWithdrawn, AgencySuspended, AgencyResumed, ProfileUpdated,
    UnitCreated, UnitChanged, UnitClosed, PostGranted, PostChanged, PostEnded, RoleCreated, RoleChanged,
    RoleDeleted, ModuleEnabled, ModuleDisabled, ModuleAllowed, ModuleDenied, ModuleLeftToDefault, PersonRegistered, PersonChanged, PersonMailChanged,
    PersonDisabled, PersonRestored, FirstPasswordGiven, PasswordReset, SecondFactorRemoved, DescriptionApplied,
)  # fmt: skip
