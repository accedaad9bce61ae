"""Roles the agency in scope puts together itself from declared permissions."""

from collections.abc import Iterable
from uuid import UUID

from peewee import ModelSelect

from core.db import db
from core.dispatcher import dispatcher
from core.events import changed, emit
from core.i18n import _
from core.text import fold
from core.web.errors import Invalid, NotFound
from tenants import events
from tenants.models import Membership, MembershipRole, OwnRole
from tenants.names import slug
from tenants.services.common import Authority, lock_agency
from tenants.services.posts import administration, check_raise, keep_administration, why_not

OWN = "own."


def create_role(by: Authority, title: str, permissions: Iterable[str]) -> OwnRole:
    """Make a role.

    Raises Forbidden, or Invalid for a name in use or a permission no module declares.
    """
    wanted = _declared(permissions)
    key = OWN + slug(title)[:80].strip("-")
    with db.atomic():
        lock_agency()
        _check_title(title, None)
        if key == OWN or OwnRole.select().where(OwnRole.key == key).exists():
            raise Invalid({"title": [_("Đã có vai trò tên này. Đặt tên khác.")]})
        check_raise(by, None, wanted)
        role = OwnRole.create(key=key, title=title, permissions=sorted(wanted))
        emit(events.RoleCreated(object_id=role.id, role=title, changes={"permissions": ([], sorted(wanted))}))
    return role


def change_role(
    by: Authority, role_id: UUID, expected_version: int, *, title: str, permissions: Iterable[str]
) -> OwnRole:
    """Change a role; everybody who has it gains or loses at once.

    Raises Forbidden when that would raise one's own rights or leave no administrator, Invalid, NotFound, or Conflict.
    """
    with db.atomic():
        lock_agency()
        role = get_role(role_id)
        wanted = _declared(permissions, kept=role.permissions)
        before = {"title": role.title, "permissions": role.permissions}
        after = {"title": title, "permissions": sorted(wanted)}
        differences = changed(before, after)
        if differences:
            _check_title(title, role_id)
            added = wanted - frozenset(role.permissions)
            check_raise(by, by.person_id if _holds(by, role.key) else None, added)
            rights_before = administration()
            role.title, role.permissions = title, sorted(wanted)
            role.save_version(expected_version)
            keep_administration(by, rights_before)
            emit(events.RoleChanged(object_id=role.id, role=title, changes=differences))
    return role


def delete_role(role_id: UUID) -> None:
    """Delete a role nobody has.

    Raises Invalid while a current or coming post has it.
    """
    with db.atomic():
        lock_agency()
        role = get_role(role_id)
        if _posts_with(role.key).exists():
            raise Invalid({"role": [_("Còn người giữ vai trò này. Bỏ vai trò ở các vị trí đó trước.")]})
        MembershipRole.delete().where(MembershipRole.role == role.key).execute()
        role.delete_instance()
        emit(
            events.RoleDeleted(
                object_id=role.id, role=role.title, changes={"permissions": (role.permissions, [])}
            )
        )


def refused_permissions(by: Authority, role: OwnRole | None, permissions: Iterable[str]) -> dict[str, str]:
    """Return the permissions that somebody may not put into a role, or into a new one, each with the reason."""
    holder = by.person_id if role and _holds(by, role.key) else None
    held = frozenset(role.permissions) if role else frozenset()
    reasons = {
        key: why_not(lambda key=key: check_raise(by, holder, frozenset({key})))  # type: ignore[misc]
        for key in set(permissions) - held
    }
    return {key: reason for key, reason in reasons.items() if reason}


def get_role(role_id: UUID) -> OwnRole:
    """Return an own role of the agency in scope.

    Raises NotFound.
    """
    role = OwnRole.select().where(OwnRole.id == role_id).first()
    if role is None:
        raise NotFound
    return role


def _posts_with(key: str) -> ModelSelect:
    return (
        Membership.select(Membership.id)
        .join(MembershipRole, on=(MembershipRole.membership_id == Membership.id))
        .where(MembershipRole.role == key, Membership.ended_at.is_null())
    )


def _holds(by: Authority, key: str) -> bool:
    return by.person_id is not None and _posts_with(key).where(Membership.person_id == by.person_id).exists()


def _check_title(title: str, role_id: UUID | None) -> None:
    """Refuse the name of another role, of a module's too: whoever gives a role sees only its name."""
    declared = [role.title for role in dispatcher().catalogue.roles.values()]
    own = [role.title for role in OwnRole.select() if role.id != role_id]
    if fold(title) in {fold(each) for each in (*declared, *map(_, declared), *own)}:
        raise Invalid({"title": [_("Đã có vai trò tên này. Đặt tên khác.")]})


def _declared(permissions: Iterable[str], kept: Iterable[str] = ()) -> frozenset[str]:
    """Refuse what no module declares, but for what a role has `kept` of a module that was left out at start."""
    wanted = frozenset(permissions)
    if not wanted:
        raise Invalid({"permissions": [_("Chọn ít nhất một quyền.")]})
    if unknown := wanted.difference(dispatcher().catalogue.permissions, kept):
        raise Invalid({"permissions": [_("Không phân hệ nào có quyền “{key}”.", key=min(unknown))]})
    return wanted
