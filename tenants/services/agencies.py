"""Create agencies, change them from a day on, suspend them, keep their profile."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from core.context import TenantInfo
from core.db import db, new_id, scope
from core.dispatcher import dispatcher
from core.events import changed, current_actor, emit
from core.i18n import _, format_date
from core.text import fold
from core.web.errors import Invalid, NotFound
from tenants import events, mirror
from tenants.models import KINDS, Logo, Profile, Tenant, TenantVersion, WorkingWeek, today
from tenants.queries import tenant_info

MAX_LOGO_BYTES = 512 * 1024
BEGINNING = date(2000, 1, 1)
"""Hours that nobody dated were in force since then."""
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_VERSION_FIELDS = ("kind", "name", "short_name", "identifiers", "parent_id")


def create_agency(
    code: str,
    *,
    name: str,
    kind: str,
    short_name: str = "",
    identifiers: Mapping[str, Any] | None = None,
    parent_id: UUID | None = None,
    valid_from: date | None = None,
    decision: str = "",
    address: str = "",
    phone: str = "",
) -> TenantInfo:
    """Create an agency with its first version and prepare the modules that are on by default.

    Raises Invalid for a code in use, an unknown kind or parent.
    """
    _check_kind(kind)
    with db.atomic():
        if Tenant.select().where(Tenant.code == code).exists():
            raise Invalid({"code": [_("Mã “{code}” đã có cơ quan dùng.", code=code)]})
        if parent_id and not Tenant.select().where(Tenant.id == parent_id).exists():
            raise Invalid({"parent": [_("Không có cơ quan cấp trên này.")]})
        tenant = Tenant.create(id=new_id(), code=code, folded=fold(name))
        TenantVersion.create(
            tenant_id=tenant.id, kind=kind, name=name, short_name=short_name or name[:120], identifiers=dict(identifiers or {}),
            parent_id=parent_id, decision=decision, valid_from=valid_from or today(),
        )  # fmt: skip
        with scope(tenant.id):
            Profile.create(address=address, phone=phone)
            emit(events.AgencyCreated(object_id=tenant.id, agency=name))
            info = tenant_info(tenant.id)
            in_effect = dispatcher().effective_for(tenant.id)
            dispatcher().run("on_module_enabled", in_effect, tenant=info, actor=current_actor())
        mirror.agency_changed(tenant.id)
    return info


def revise_agency(tenant_id: UUID, since: date, *, decision: str = "", **fields: Any) -> bool:
    """Give an agency a new version from a day on; documents of before keep the old one.

    `fields` are some of kind, name, short_name, identifiers, parent_id. A version that begins on that
    day already is corrected; later ones are refused. Returns False when nothing differs.
    Raises Invalid, NotFound.
    """
    _check_kind(fields.get("kind", "other"))
    with scope(tenant_id), db.atomic():
        tenant = Tenant.select().where(Tenant.id == tenant_id).for_update().first()
        newest = (
            TenantVersion.select()
            .where(TenantVersion.tenant_id == tenant_id)
            .order_by(TenantVersion.valid_from.desc())
            .first()
        )
        if tenant is None or newest is None:
            raise NotFound
        if tenant.status == "merged" or since < newest.valid_from:
            raise Invalid(
                {
                    "since": [
                        _("Chỉ đổi được từ ngày {day} trở đi.", day=format_date(newest.valid_from, year=True))
                    ]
                }
            )
        before = {key: getattr(newest, key) for key in _VERSION_FIELDS}
        after = {
            **before,
            **fields,
            "identifiers": _merged_identifiers(before["identifiers"], fields.get("identifiers", {})),
        }
        differences = changed(before, after)
        if not differences:
            return False
        _check_parent(tenant_id, after["parent_id"])
        if since == newest.valid_from:
            TenantVersion.update(**after, decision=decision or newest.decision).where(
                TenantVersion.id == newest.id
            ).execute()
        else:
            TenantVersion.update(valid_to=since - timedelta(days=1)).where(
                TenantVersion.id == newest.id
            ).execute()
            TenantVersion.create(tenant_id=tenant_id, **after, decision=decision, valid_from=since)
        Tenant.update(folded=fold(after["name"]), version=Tenant.version + 1).where(
            Tenant.id == tenant_id
        ).execute()
        if "parent_id" in differences:
            old, new = (tenant_info(each).short_name if each else "" for each in differences["parent_id"])
            differences["parent_id"] = (old, new)
        if "identifiers" in differences:
            differences |= changed(*differences.pop("identifiers"))
        emit(
            events.AgencyRevised(object_id=tenant_id, agency=after["name"], since=since, changes=differences)
        )
        mirror.agency_changed(tenant_id)
    return True


def _merged_identifiers(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return identifiers in which every code the agency ever had stays findable."""
    after = {**before, **given}
    old = [*before.get("old", []), *given.get("old", [])]
    old += [
        before[key] for key in ("national", "administrative") if before.get(key) and before[key] != after[key]
    ]
    if old:
        after["old"] = list(dict.fromkeys(old))
    return after


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Invalid({"kind": [_("Không có loại cơ quan này.")]})


def _check_parent(tenant_id: UUID, parent_id: UUID | None) -> None:
    """Refuse a parent that stands below the agency itself."""
    circle = (
        parent_id is not None
        and db.execute_sql(
            "WITH RECURSIVE above (id) AS (SELECT %s::uuid UNION SELECT v.parent_id FROM above JOIN tenants.tenant_version v "
            "ON v.tenant_id = above.id AND v.valid_to IS NULL WHERE v.parent_id IS NOT NULL) SELECT 1 FROM above WHERE id = %s",
            (str(parent_id), str(tenant_id)),
        ).fetchone()
    )
    if circle:
        raise Invalid({"parent": [_("Cơ quan cấp trên lại thuộc chính cơ quan này.")]})


def suspend_agency(tenant_id: UUID) -> None:
    """Close an agency's pages at once; nothing is lost, `resume_agency` opens them again."""
    _set_status(tenant_id, "active", "suspended", events.AgencySuspended)


def resume_agency(tenant_id: UUID) -> None:
    """Open a suspended agency again."""
    _set_status(tenant_id, "suspended", "active", events.AgencyResumed)


def _set_status(
    tenant_id: UUID, old: str, new: str, event: type[events.AgencySuspended | events.AgencyResumed]
) -> None:
    with scope(tenant_id), db.atomic():
        info = tenant_info(tenant_id)
        query = Tenant.update(status=new, version=Tenant.version + 1).where(
            Tenant.id == tenant_id, Tenant.status == old
        )
        if query.execute():
            emit(event(object_id=tenant_id, agency=info.name, changes={"status": (old, new)}))
            mirror.agency_changed(tenant_id)


# ---- the profile an agency keeps itself ----------------------------------------------------------


def update_profile(expected_version: int, **fields: Any) -> None:
    """Change the profile of the agency in scope.

    `fields` are some of address, phone, email, website, time_zone, working_hours.
    Raises Invalid, or Conflict when somebody saved first.
    """
    if "time_zone" in fields and fields["time_zone"] not in available_timezones():
        raise Invalid({"time_zone": [_("Không có múi giờ này.")]})
    with db.atomic():
        profile = Profile.select().get()
        differences = changed({key: getattr(profile, key) for key in fields}, fields)
        if not differences:
            return
        for key, value in fields.items():
            setattr(profile, key, value)
        profile.save_version(expected_version)
        if "working_hours" in differences:
            _keep_weeks(*differences["working_hours"])
            differences |= _hours_by_day(*differences.pop("working_hours"))
        emit(events.ProfileUpdated(object_id=profile.tenant_id, changes=differences))


def _keep_weeks(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Remember the hours that were in force until today, and those from today on."""
    if not WorkingWeek.select().exists():
        WorkingWeek.create(valid_from=BEGINNING, hours=old)
    WorkingWeek.insert(valid_from=today(), hours=new).on_conflict(
        conflict_target=[WorkingWeek.tenant_id, WorkingWeek.valid_from], preserve=[WorkingWeek.hours]
    ).execute()


def _hours_by_day(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the days whose hours changed, as people write them."""

    def texts(week: Mapping[str, Any]) -> dict[str, str]:
        return {f"hours_{day}": ", ".join("–".join(span) for span in spans) for day, spans in week.items()}

    return changed(texts(old), texts(new))


def set_logo(content: bytes) -> str:
    """Store a PNG, JPEG or WebP picture as the agency's logo and return its digest.

    Raises Invalid for other content: SVG could carry script.
    """
    media_type = next((kind for magic, kind in _PICTURES.items() if content.startswith(magic)), "")
    if not media_type or (media_type == "image/webp" and content[8:12] != b"WEBP"):
        raise Invalid({"logo": [_("Chỉ nhận ảnh PNG, JPEG hoặc WebP.")]})
    if len(content) > MAX_LOGO_BYTES:
        raise Invalid({"logo": [_("Ảnh nặng quá 512 kB.")]})
    digest = hashlib.sha256(content).hexdigest()
    with db.atomic():
        profile = Profile.select().for_update().get()
        if profile.logo_digest != digest:
            Logo.delete().execute()
            Logo.create(digest=digest, media_type=media_type, content=content)
            profile.logo_digest = digest
            profile.save_version(profile.version)
            emit(events.ProfileUpdated(object_id=profile.tenant_id, changes={"logo": ("", digest[:12])}))
    return digest


def remove_logo() -> None:
    """Let the agency in scope have no logo again."""
    with db.atomic():
        profile = Profile.select().for_update().get()
        if profile.logo_digest:
            Logo.delete().execute()
            old, profile.logo_digest = profile.logo_digest, ""
            profile.save_version(profile.version)
            emit(events.ProfileUpdated(object_id=profile.tenant_id, changes={"logo": (old[:12], "")}))
