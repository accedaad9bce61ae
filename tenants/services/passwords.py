"""The way in: one-time passwords, and a second factor set up anew.

An agency's administrator gives passwords within their reach alone (`reach.py`), and nobody gives one to
themselves. A password is returned once and kept nowhere: not in the audit, not in a log, not in our database.
"""

import secrets
import string
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from uuid import UUID

from core.db import db
from core.events import Event
from core.i18n import N_, _
from core.web.errors import Forbidden, NotFound
from tenants import events
from tenants.interfaces import Directory
from tenants.models import Person
from tenants.reconciler import directory, mirror_person
from tenants.services.common import Authority
from tenants.services.people import record
from tenants.services.reach import why_not_the_way_in
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
    return why_not_the_way_in(by, person)


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
        person.password_unused = person.password_unused or person.password_at is None
        record(password_fact(person))
        person.password_at = datetime.now(UTC)
        person.save(only=[Person.password_at, Person.password_unused])
        sessions().end_all(person_id)
    return password


def password_fact(person: Person) -> Event:
    """Return what the audit says of a password given to a person as they were before."""
    fact = events.PasswordReset if person.password_at else events.FirstPasswordGiven
    return fact(object_id=person.id, person=person.full_name)


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
