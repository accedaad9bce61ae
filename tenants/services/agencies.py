"""Create agencies, change them from a day on, suspend them, keep their profile."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from peewee import SQL

from core.context import TenantInfo
from core.db import db, new_id, scope
from core.dispatcher import dispatcher
from core.events import changed, current_actor, emit
from core.i18n import N_, _, format_date
from core.text import fold
from core.web.errors import Invalid, NotFound
from tenants import events, mirror
from tenants.models import KINDS, Logo, Profile, Tenant, TenantVersion, WorkingWeek, today
from tenants.names import TakenNames
from tenants.queries import tenant_info
from tenants.services.common import lock_agency, lock_tree

MAX_LOGO_BYTES = 512 * 1024
LONGEST_NOTICE = timedelta(days=366)
"""How far ahead a new version may begin: a slip in the year would keep everybody waiting for it."""
NAME_IN_USE = N_("Tên “{value}” {agency} đang dùng. Mỗi cơ quan cần một tên riêng.")
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

    Raises Invalid for a code or name in use, an unknown kind or parent.
    """
    _check_kind(kind)
    with db.atomic():
        lock_tree()
        if Tenant.select().where(Tenant.code == code).exists():
            raise Invalid({"code": [_("Mã “{code}” đã có cơ quan dùng.", code=code)]})
        if parent_id and not Tenant.select().where(Tenant.id == parent_id).exists():
            raise Invalid({"parent": [_("Không có cơ quan cấp trên này.")]})
        id_, short_name, identifiers = new_id(), short_name or name[:120], dict(identifiers or {})
        _check_names(id_, {"name": name, "short_name": short_name}, identifiers)
        tenant = Tenant.create(id=id_, code=code, folded=fold(name))
        TenantVersion.create(
            tenant_id=tenant.id, kind=kind, name=name, short_name=short_name, identifiers=identifiers,
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
    day already is corrected; one that is still to come takes over what it does not change itself.
    Returns False when nothing differs. Raises Invalid, NotFound.
    """
    _check_kind(fields.get("kind", "other"))
    with scope(tenant_id), db.atomic():
        lines = _locked_versions(tenant_id)
        _check_day(tenant_id, lines, since)
        base = [line for line in lines if line.valid_from <= since][-1]
        before = {key: getattr(base, key) for key in _VERSION_FIELDS}
        after = {
            **before,
            **fields,
            "identifiers": _merged_identifiers(before["identifiers"], fields.get("identifiers", {})),
        }
        differences = changed(before, after)
        if not differences:
            return False
        names: dict[str, str] = {key: after[key] for key in ("name", "short_name") if key in differences}
        _check_names(tenant_id, names, after["identifiers"])
        if since == base.valid_from:
            values = {**after, "decision": decision or base.decision, "created_at": SQL("now()")}
            TenantVersion.update(**values).where(TenantVersion.id == base.id).execute()
        else:
            last_day, base.valid_to = base.valid_to, since - timedelta(days=1)
            base.save(only=[TenantVersion.valid_to])
            TenantVersion.create(
                tenant_id=tenant_id, **after, decision=decision, valid_from=since, valid_to=last_day
            )
        for line in (each for each in lines if each.valid_from > since):
            inherited = {key: after[key] for key in differences if getattr(line, key) == before[key]}
            if inherited:
                TenantVersion.update(**inherited).where(TenantVersion.id == line.id).execute()
        _check_parents(tenant_id)
        told = _told(differences) | (
            changed({"decision": base.decision}, {"decision": decision}) if decision else {}
        )
        _revised(
            tenant_id,
            events.AgencyRevised(object_id=tenant_id, agency=after["name"], since=since, changes=told),
        )
    return True


def withdraw_revision(tenant_id: UUID, since: date) -> None:
    """Take back a version that has not begun; what was before it goes on.

    Raises NotFound, or Invalid when an agency that has gone below it meanwhile would be its parent again.
    """
    with scope(tenant_id), db.atomic():
        lines = _locked_versions(tenant_id)
        pairs = [pair for pair in pairwise(lines) if pair[1].valid_from == since]
        if not pairs or since <= today():
            raise NotFound
        stays, goes = pairs[0]
        goes.delete_instance()
        stays.valid_to = goes.valid_to
        stays.save(only=[TenantVersion.valid_to])
        _check_parents(tenant_id)
        told = _told(
            changed(*({key: getattr(line, key) for key in _VERSION_FIELDS} for line in (goes, stays)))
        )
        _revised(
            tenant_id,
            events.AgencyRevisionWithdrawn(object_id=tenant_id, agency=stays.name, since=since, changes=told),
        )


def keep_searchable(tenant_id: UUID) -> None:
    """Let lists find and sort an agency by the name in force today."""
    Tenant.update(folded=fold(tenant_info(tenant_id).name)).where(Tenant.id == tenant_id).execute()


def _revised(tenant_id: UUID, event: events.AgencyRevised | events.AgencyRevisionWithdrawn) -> None:
    Tenant.update(version=Tenant.version + 1).where(Tenant.id == tenant_id).execute()
    keep_searchable(tenant_id)
    emit(event)
    mirror.agency_changed(tenant_id)


def _locked_versions(tenant_id: UUID) -> list[TenantVersion]:
    """Return the versions of an agency, oldest first, locked until the transaction ends."""
    lock_tree()
    lock_agency()
    versions = TenantVersion.select().where(TenantVersion.tenant_id == tenant_id)
    return list(versions.order_by(TenantVersion.valid_from))


def _check_day(tenant_id: UUID, lines: Sequence[TenantVersion], since: date) -> None:
    """Refuse to rewrite history, and to decide what nobody can decide yet."""
    first_day = max(
        (line.valid_from for line in lines if line.valid_from <= today()), default=lines[0].valid_from
    )
    if since < first_day or tenant_info(tenant_id).status == "merged":
        raise Invalid(
            {"since": [_("Chỉ đổi được từ ngày {day} trở đi.", day=format_date(first_day, year=True))]}
        )
    if since > today() + LONGEST_NOTICE:
        raise Invalid({"since": [_("Ngày có hiệu lực không được quá một năm kể từ hôm nay.")]})


def _check_names(tenant_id: UUID, names: Mapping[str, str], identifiers: Mapping[str, Any]) -> None:
    """Refuse a name that another agency bears or will bear, whichever way it is written.

    SECURITY: an agency renames itself alone, and people trust the name at the head of a page.
    """
    if not names:
        return
    others = db.execute_sql(
        "SELECT v.name, v.short_name, coalesce(v.identifiers->>'administrative', '') "
        "FROM tenants.tenant_version v JOIN tenants.tenant t ON t.id = v.tenant_id "
        "WHERE t.id <> %s AND t.status <> 'merged' AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())",
        (str(tenant_id),),
    ).fetchall()
    taken = TakenNames()
    for name, short_name, code in others:
        taken.add(name, code, name)
        taken.add(short_name, code, name)
    owners = {
        field: taken.owner(text, identifiers.get("administrative", "")) for field, text in names.items()
    }
    errors = {
        field: [_(NAME_IN_USE, value=names[field], agency=owner)] for field, owner in owners.items() if owner
    }
    if errors:
        raise Invalid(errors)


def _told(differences: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Return the changes of a version as the audit keeps them: codes one by one, agencies by name."""
    told = dict(differences)
    if "parent_id" in told:
        old, new = (tenant_info(each).short_name if each else "" for each in told["parent_id"])
        told["parent_id"] = (old, new)
    if "identifiers" in told:
        told |= changed(*told.pop("identifiers"))
    return told


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


def _check_parents(tenant_id: UUID) -> None:
    """Refuse versions by which an agency would stand above itself on any day from today on.

    Parents change only on the days on which some version begins, so one look at each of these days tells of all.
    """
    circle = db.execute_sql(
        """
        WITH RECURSIVE day (day) AS (
            SELECT DISTINCT greatest(valid_from, tenants.today()) FROM tenants.tenant_version
            WHERE valid_to IS NULL OR valid_to >= tenants.today()
        ), above (day, id) AS (
            SELECT day.day, %(agency)s::uuid FROM day
            UNION
            SELECT above.day, v.parent_id FROM above JOIN tenants.tenant_version v ON v.tenant_id = above.id
                AND v.valid_from <= above.day AND (v.valid_to IS NULL OR v.valid_to >= above.day)
            WHERE v.parent_id IS NOT NULL
        )
        SELECT 1 FROM above JOIN tenants.tenant_version v ON v.tenant_id = above.id
            AND v.valid_from <= above.day AND (v.valid_to IS NULL OR v.valid_to >= above.day)
        WHERE v.parent_id = %(agency)s LIMIT 1
        """,
        {"agency": str(tenant_id)},
    ).fetchone()
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
        since = SQL("now()") if new == "suspended" else None
        query = Tenant.update(status=new, suspended_at=since, version=Tenant.version + 1).where(
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
