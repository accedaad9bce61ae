"""The way in: one-time passwords, and a second factor set up anew.

Two rules keep this from raising anybody's rights: an agency's administrator gives passwords only to
people who work in that agency alone and hold no right to administer it that the administrator lacks;
and nobody does it for themselves. Everybody else is the IT centre's. A password is returned once and
kept nowhere: not in the audit, not in a log, not in our database.
"""

import secrets
import string
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from uuid import UUID

from core.db import current_tenant, db, unscoped
from core.i18n import N_, _
from core.web.errors import Forbidden, NotFound
from tenants import events
from tenants.interfaces import Directory
from tenants.models import MembershipRole, Person
from tenants.reconciler import directory, mirror_person
from tenants.services.common import Authority
from tenants.services.people import record
from tenants.services.posts import ADMINISTRATION, permissions_of
from tenants.sessions import sessions

LETTERS = "".join(each for each in string.ascii_letters if each not in "IlOo")
DIGITS = "23456789"
DISABLED = N_("Tài khoản đang khoá. Đơn vị vận hành nền tảng mở lại được, rồi mới cấp mật khẩu.")


def new_password(username: str) -> str:
    """Return a password that any usual policy takes and that can be read aloud: Kwmt-hRxe-npZq-Bd74."""
    while True:
        groups = ["".join(secrets.choice(LETTERS) for _each in range(4)) for _group in range(3)]
        ending = [string.ascii_uppercase[:8], string.ascii_lowercase[:8], DIGITS, DIGITS]
        password = "-".join([*groups, "".join(map(secrets.choice, ending))])
        # Keycloak refuses one that contains the user name, and user names of two letters exist.
        if username.lower() not in password.lower():
            return password


def why_no_password(by: Authority, person: Person) -> str:
    """Return why somebody may not give a person a password, in words; empty when they may."""
    if person.id == by.person_id:
        return _("Mật khẩu của chính mình thì đổi ở trang Thiết bị đã đăng nhập.")
    if person.disabled_at:
        return _(DISABLED)
    return "" if by.permissions is None else _why_not_by_an_agency(by, person)


def _why_not_by_an_agency(by: Authority, person: Person) -> str:
    """Return why an agency's administrator may not, in words."""
    if person.is_operator:
        return _("Đây là người vận hành nền tảng. Chỉ đơn vị vận hành nền tảng đặt lại mật khẩu được.")
    here, elsewhere = _posts_of(person.id)
    if elsewhere:
        return _("Người này còn vị trí ở cơ quan khác. Nhờ đơn vị vận hành nền tảng đặt lại mật khẩu.")
    if not here:
        return _("Người này không còn vị trí nào ở cơ quan. Nhờ đơn vị vận hành nền tảng đặt lại mật khẩu.")
    if not by.holds(_administration_of(here)):
        return _(
            "Người này có quyền quản trị mà bạn không có. Nhờ quản trị có đủ quyền, hoặc đơn vị vận hành nền tảng."
        )
    return ""


def issue_password(by: Authority, person_id: UUID) -> str:
    """Give a person a password that they must change when they sign in, and end their sessions.

    The account is made or brought up to date first. Keycloak comes before anything is written here: when
    it fails nothing is, and trying again does no harm. Raises Forbidden, NotFound, DirectoryUnavailable
    or DirectoryRefused.
    """
    with db.atomic():
        person = _locked(person_id)
        if why := why_no_password(by, person):
            raise Forbidden(why)
        password = new_password(person.username)
        with _account_of(person) as (client, subject):
            # A session at Keycloak would set the new password without having been told this one.
            client.end_sessions(subject)
            client.set_password(subject, password)
        fact = events.PasswordReset if person.password_at else events.FirstPasswordGiven
        Person.update(password_at=datetime.now(UTC)).where(Person.id == person_id).execute()
        record(fact(object_id=person_id, person=person.full_name))
        sessions().end_all(person_id)
    return password


def why_no_factor(by: Authority, person: Person) -> str:
    """Return why an operator may not remove a person's second factor, in words; empty when they may."""
    if person.id == by.person_id:
        return _("Không tự đặt lại lớp xác thực của mình được. Nhờ người vận hành khác.")
    return _(DISABLED) if person.disabled_at else ""


def remove_second_factor(by: Authority, person_id: UUID) -> None:
    """Forget a person's authenticator app, so that it is set up anew at the next sign-in; end their sessions.

    For operators only. Raises Forbidden, NotFound, DirectoryUnavailable or DirectoryRefused.
    """
    if by.permissions is not None:
        raise Forbidden
    with db.atomic():
        person = _locked(person_id)
        if why := why_no_factor(by, person):
            raise Forbidden(why)
        with _account_of(person) as (client, subject):
            client.end_sessions(subject)
            client.remove_second_factor(subject)
        record(events.SecondFactorRemoved(object_id=person_id, person=person.full_name))
        sessions().end_all(person_id)


@contextmanager
def _account_of(person: Person) -> Iterator[tuple[Directory, str]]:
    """Yield a client of the directory and the person's subject there, the account brought up to date."""
    with closing(directory()) as client:
        yield client, mirror_person(client, person)


def _locked(person_id: UUID) -> Person:
    """Return a person whom nobody makes an operator, locks or gives a password until we are done."""
    person: Person | None = (
        Person.select().where(Person.id == person_id).for_update("FOR NO KEY UPDATE").first()
    )
    if person is None:
        raise NotFound
    return person


def _posts_of(person_id: UUID) -> tuple[list[UUID], bool]:
    """Return a person's current and coming posts in the agency in scope, and whether there are others."""
    with unscoped(reason="tell whether a person works in another agency as well"), db.atomic():
        rows = db.execute_sql(
            "SELECT tenant_id, id FROM tenants.membership WHERE person_id = %s AND ended_at IS NULL "
            "AND (valid_to IS NULL OR valid_to >= tenants.today())",
            (str(person_id),),
        ).fetchall()
    here = [post_id for tenant_id, post_id in rows if tenant_id == current_tenant()]
    return here, len(here) < len(rows)


def _administration_of(post_ids: list[UUID]) -> frozenset[str]:
    roles = MembershipRole.select(MembershipRole.role).where(MembershipRole.membership_id.in_(post_ids))
    permissions = permissions_of(row[0] for row in roles.tuples())
    return frozenset(each for each in permissions if each.startswith(ADMINISTRATION))
