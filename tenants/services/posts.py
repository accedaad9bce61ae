"""Posts of the agency in scope: who works where, with which roles, from when to when.

Three rules hold for everybody but the IT centre: nobody raises their own rights, rights to administer
the agency are passed on only by somebody who holds them, and each of them stays with somebody.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from peewee import IntegrityError

from core.db import Conflict, current_tenant, db
from core.dispatcher import dispatcher
from core.events import changed, emit
from core.i18n import N_, _
from core.web.errors import Forbidden, Invalid, NotFound
from tenants import events, mirror
from tenants.models import Membership, MembershipRole, OwnRole, Person, Unit, today
from tenants.services.common import Authority, get_person, lock_agency
from tenants.services.units import get_unit

ADMINISTRATION = "tenants."
LAST_ADMINISTRATOR = N_("Đây là quản trị cuối cùng của cơ quan. Giao quyền quản trị cho người khác trước.")


def grant_post(
    by: Authority,
    person_id: UUID,
    unit_id: UUID,
    position: str,
    *,
    roles: Iterable[str] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
    decision: str = "",
) -> Membership:
    """Give a person a post.

    Raises Forbidden, NotFound, or Invalid for a unit that is closed or gone, a disabled person, unknown roles, or days on
    which the person works in that unit already.
    """
    roles, first_day = frozenset(roles), valid_from or today()
    with db.atomic():
        lock_agency()
        person, unit = get_person(person_id), _chosen_unit(unit_id)
        if person.disabled_at:
            raise Invalid({"person_id": [_("Tài khoản của người này đang khoá.")]})
        _check_days(unit, first_day, valid_to)
        _check_roles(by, person_id, roles)
        post = Membership(
            person_id=person_id, unit_id=unit_id, position=position, valid_from=first_day, valid_to=valid_to,
            decision=decision, granted_by=by.person_id,
        )  # fmt: skip
        _save_without_overlap(lambda: post.save(force_insert=True))
        _give(post.id, roles)
        emit(
            events.PostGranted(
                object_id=post.id, person_id=person_id, person=person.full_name, position=position, unit=unit.name,
                changes={"roles": ([], _named(roles))},
            )
        )  # fmt: skip
        mirror.posts_changed(current_tenant(), person_id)
    return post


def change_post(by: Authority, post_id: UUID, expected_version: int, **fields: Any) -> Membership:
    """Change a post; `fields` are some of unit_id, position, valid_from, valid_to, decision, roles.

    Raises Forbidden, Invalid, NotFound, or Conflict when somebody saved first.
    """
    with db.atomic():
        lock_agency()
        post = get_post(post_id)
        if post.version != expected_version:
            raise Conflict(post)
        person = get_person(post.person_id)
        held, position = roles_of(post_id), post.position
        wanted = frozenset(fields.pop("roles", held))
        differences = changed({key: getattr(post, key) for key in fields}, fields)
        if wanted != held:
            _check_roles(by, post.person_id, wanted - held)
            differences["roles"] = (_named(held), _named(wanted))
        if not differences:
            return post
        if (
            by.permissions is not None
            and by.person_id == post.person_id
            and differences.keys() & {"valid_from", "valid_to"}
        ):
            raise Forbidden(
                _(
                    "Không tự đổi thời hạn vị trí của mình được. Nhờ quản trị khác của cơ quan, hoặc đơn vị vận hành nền tảng."
                )
            )
        if "unit_id" in differences:
            old, new = differences["unit_id"]
            differences["unit_id"] = (get_unit(old).name, _chosen_unit(new).name)
        rights_before = administration()
        for key, value in fields.items():
            setattr(post, key, value)
        _check_days(get_unit(post.unit_id), post.valid_from, post.valid_to)
        # A change of roles alone is a change of the post, too: the next writer must have seen it.
        post.version = expected_version + 1
        _save_without_overlap(lambda: post.save(only=[*fields, "version"]))
        MembershipRole.delete().where(
            MembershipRole.membership_id == post_id, MembershipRole.role.in_(list(held - wanted))
        ).execute()
        _give(post_id, wanted - held)
        keep_administration(by, rights_before)
        emit(
            events.PostChanged(
                object_id=post_id,
                person_id=person.id,
                person=person.full_name,
                position=position,
                changes=differences,
            )
        )
        mirror.posts_changed(current_tenant(), post.person_id)
    return post


def end_post(by: Authority, post_id: UUID, expected_version: int, *, decision: str = "") -> None:
    """Take a post away now: the person's next request no longer has its rights.

    Raises Forbidden for the last administrator, NotFound, or Conflict.
    """
    with db.atomic():
        lock_agency()
        post = get_post(post_id)
        person = get_person(post.person_id)
        rights_before = administration()
        post.ended_at, post.ended_by = datetime.now(UTC), by.person_id
        if decision:
            post.decision = decision
        post.save_version(expected_version)
        keep_administration(by, rights_before)
        emit(
            events.PostEnded(
                object_id=post_id, person_id=person.id, person=person.full_name, position=post.position
            )
        )
        mirror.posts_changed(current_tenant(), post.person_id)


def get_post(post_id: UUID) -> Membership:
    """Return a post of the agency in scope that nobody has taken away.

    Raises NotFound.
    """
    post = Membership.select().where(Membership.id == post_id, Membership.ended_at.is_null()).first()
    if post is None:
        raise NotFound
    return post


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return what declared and own roles of the agency in scope allow together."""
    catalogue, keys = dispatcher().catalogue, frozenset(roles)
    found = catalogue.given_by(keys)
    if own := keys - catalogue.roles.keys():
        for (permissions,) in OwnRole.select(OwnRole.permissions).where(OwnRole.key.in_(own)).tuples():
            found.update(permissions)
    return frozenset(found)


def check_raise(by: Authority, person_id: UUID | None, added: frozenset[str]) -> None:
    """Refuse permissions that `by` may not give to a person; None stands for several people.

    Raises Forbidden.
    """
    administration = frozenset(key for key in added if key.startswith(ADMINISTRATION))
    if person_id == by.person_id and not by.holds(added):
        raise Forbidden(
            _(
                "Không tự nâng quyền của mình được. Nhờ quản trị khác của cơ quan, hoặc đơn vị vận hành nền tảng."
            )
        )
    if not by.holds(administration):
        raise Forbidden(_("Chỉ giao được những quyền quản trị mà bạn đang có."))


def why_no_role(by: Authority, person_id: UUID | None, permissions: frozenset[str]) -> str:
    """Return why somebody may not give a person a role with these permissions, in words; empty when they may."""
    return why_not(lambda: _check_giving(by, person_id, permissions))


def why_not(check: Callable[[], None]) -> str:
    """Return the reason a check of rights refuses with, in words; empty when it passes."""
    try:
        check()
    except Forbidden as refused:
        return refused.detail or _(refused.title)
    return ""


def _check_giving(by: Authority, person_id: UUID | None, added: frozenset[str]) -> None:
    if by.permissions is not None and person_id == by.person_id:
        # Even rights one holds: in a second post they would outlive the first one's last day.
        raise Forbidden(
            _(
                "Không tự giao vai trò cho mình được. Nhờ quản trị khác của cơ quan, hoặc đơn vị vận hành nền tảng."
            )
        )
    check_raise(by, person_id, added)


def _check_roles(by: Authority, person_id: UUID, added: frozenset[str]) -> None:
    declared = set(dispatcher().catalogue.roles)
    own = {row[0] for row in OwnRole.select(OwnRole.key).tuples()} if added - declared else set()
    if added - declared - own:
        raise Invalid({"roles": [_("Có vai trò vừa bị xoá khi bạn đang chọn. Xem lại các vai trò.")]})
    if added:
        _check_giving(by, person_id, permissions_of(added))


def _chosen_unit(unit_id: UUID) -> Unit:
    try:
        return get_unit(unit_id)
    except NotFound as gone:
        raise Invalid({"unit_id": [_("Phòng này không còn. Chọn phòng khác.")]}) from gone


def _check_days(unit: Unit, first_day: date, last_day: date | None) -> None:
    if last_day and last_day < first_day:
        raise Invalid({"valid_to": [_("Ngày cuối trước ngày bắt đầu.")]})
    if unit.valid_to and (last_day is None or last_day > unit.valid_to):
        raise Invalid({"unit_id": [_("{unit} đã đóng hoặc sắp đóng. Chọn phòng khác.", unit=unit.name)]})


def _save_without_overlap(save: Any) -> None:
    try:
        with db.atomic():
            save()
    except IntegrityError as error:
        if "membership_no_overlap" not in str(error):
            raise
        message = _("Người này đã có vị trí ở phòng này trong thời gian đó. Sửa vị trí đang có.")
        raise Invalid({"unit_id": [message]}) from error


def administration(*, without: UUID | None = None) -> frozenset[str]:
    """Return which rights of its administration posts without a last day give in the agency in scope, one post left aside."""
    day = today()
    lasting = Membership.in_force(day) & Membership.valid_to.is_null()
    roles = (
        MembershipRole.select(MembershipRole.role)
        .join(Membership, on=(MembershipRole.membership_id == Membership.id))
        .join(Person, on=(Person.id == Membership.person_id))
        .where(lasting, Person.disabled_at.is_null(), MembershipRole.tenant_id == current_tenant())
        .distinct()
    )
    if without:
        roles = roles.where(Membership.id != without)
    held = permissions_of(role for (role,) in roles.tuples())
    return frozenset(key for key in held if key.startswith(ADMINISTRATION))


def keep_administration(by: Authority, before: frozenset[str]) -> None:
    """Refuse a change after which nobody holds a right of administration that somebody held before; the IT centre may.

    Nobody passes on what they do not hold, so the agency could not get it back by itself. Raises Forbidden.
    """
    if before and by.permissions is not None and before - administration():
        raise Forbidden(_(LAST_ADMINISTRATOR))


def _give(post_id: UUID, roles: Iterable[str]) -> None:
    rows: list[Mapping[str, Any]] = [
        {"tenant_id": current_tenant(), "membership_id": post_id, "role": role} for role in sorted(roles)
    ]
    if rows:
        MembershipRole.insert_many(rows).execute()


def _named(roles: Iterable[str]) -> list[str]:
    """Return roles as the audit keeps them: own ones by their title, which may be gone some day."""
    declared = dispatcher().catalogue.roles
    keys = sorted(roles)
    own = [key for key in keys if key not in declared]
    titles = (
        dict(OwnRole.select(OwnRole.key, OwnRole.title).where(OwnRole.key.in_(own)).tuples()) if own else {}
    )
    return [titles.get(key, key) for key in keys]


def roles_of(post_id: UUID) -> frozenset[str]:
    """Return the keys of the roles given with a post."""
    return frozenset(
        row[0]
        for row in MembershipRole.select(MembershipRole.role)
        .where(MembershipRole.membership_id == post_id)
        .tuples()
    )
