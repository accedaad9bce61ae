"""People of the installation: register, correct, lock, and what they set for themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from peewee import IntegrityError

from core.db import db, scope
from core.db.scope import tenant_or_platform
from core.events import Event, emit
from core.i18n import LOCALES, _
from core.text import fold
from core.web.errors import Forbidden, Invalid
from tenants import events, mirror
from tenants.models import Person
from tenants.names import clean, username_of
from tenants.services.common import Authority, get_person
from tenants.services.reach import why_not_the_way_in
from tenants.sorting import name_sort_key

THEMES = ("auto", "light", "dark")
SHORTEST_USERNAME = 2
ATTEMPTS = 5
"""How often a user name is made anew when others register people at the same moment."""


def register_person(username: str, full_name: str, *, email: str = "", is_operator: bool = False) -> Person:
    """Take a person into the registry and have an account made.

    Raises Invalid for a user name or address in use.
    """
    full_name = clean(full_name)
    with db.atomic():
        with _once(username):
            person = Person.create(
                username=username, email=email.lower(), is_operator=is_operator, **name_fields(full_name)
            )
        record(events.PersonRegistered(object_id=person.id, person=full_name))
        mirror.person_changed(person.id)
    return person


def register_newcomer(full_name: str, *, email: str = "") -> Person:
    """Register a person under a user name made of the name.

    Raises Invalid for an address in use.
    """
    attempts = 0
    while True:
        attempts += 1
        try:
            return register_person(free_username(full_name), full_name, email=email)
        except Invalid as error:
            # Somebody with such a name was registered at the same moment: the next number is free.
            if "username" not in error.errors or attempts == ATTEMPTS:
                raise


def free_username(full_name: str) -> str:
    """Return a user name made of a name that nobody has yet: anhpn, then anhpn2."""
    stem = username_of(full_name)[:40]
    if len(stem) < SHORTEST_USERNAME:
        stem = f"cb{stem}"
    names = Person.select(Person.username).where(Person.username.startswith(stem)).tuples()
    taken = {name for (name,) in names}
    candidates = chain([stem], (f"{stem}{number}" for number in count(2)))
    return next(name for name in candidates if name not in taken)


def change_mail(by: Authority, person_id: UUID, expected_version: int, *, email: str) -> Person:
    """Give a person another address for mails, or none; the audit says that it changed, never what it is.

    Raises Forbidden, Invalid, NotFound, or Conflict when somebody saved first.
    """
    with db.atomic():
        person = get_person(person_id)
        if why := why_not_the_way_in(by, person):
            raise Forbidden(why)
        email = email.lower()
        if email != person.email:
            person.email = email
            with _once(person.username):
                person.save_version(expected_version)
            record(events.PersonMailChanged(object_id=person.id, person=person.full_name))
            mirror.person_changed(person.id)
    return person


def disable_person(person_id: UUID) -> None:
    """Lock a person out at once, in every agency; their posts stay and count again after `restore_person`."""
    _set_disabled(person_id, datetime.now(UTC), events.PersonDisabled)


def restore_person(person_id: UUID) -> None:
    """Let a person in again."""
    _set_disabled(person_id, None, events.PersonRestored)


def set_operator(person_id: UUID, is_operator: bool) -> None:
    """Take a person into the IT centre's operators, or out of them."""
    with db.atomic():
        person = get_person(person_id)
        if person.is_operator != is_operator:
            Person.update(is_operator=is_operator, version=Person.version + 1).where(
                Person.id == person_id
            ).execute()
            change = {"is_operator": (person.is_operator, is_operator)}
            record(events.PersonChanged(object_id=person_id, person=person.full_name, changes=change))
            mirror.person_changed(person_id)


def set_preferences(person_id: UUID, **fields: Any) -> None:
    """Keep how a person wants pages; `fields` are some of locale, theme, shortcuts.

    Raises Invalid for values that do not exist.
    """
    if fields.get("locale", LOCALES[0]) not in LOCALES or fields.get("theme", THEMES[0]) not in THEMES:
        raise Invalid({"preferences": [_("Không có lựa chọn này.")]})
    with db.atomic():
        Person.update(**fields).where(Person.id == person_id).execute()


def name_fields(full_name: str) -> dict[str, str]:
    """Return the columns a name fills: as written, for sorting, for searching."""
    return {"full_name": full_name, "sort_key": name_sort_key(full_name), "folded": fold(full_name)}


def _set_disabled(
    person_id: UUID, at: datetime | None, event: type[events.PersonDisabled | events.PersonRestored]
) -> None:
    with db.atomic():
        person = get_person(person_id)
        if bool(person.disabled_at) != bool(at):
            Person.update(disabled_at=at, version=Person.version + 1).where(Person.id == person_id).execute()
            record(event(object_id=person_id, person=person.full_name))
            mirror.person_changed(person_id)


@contextmanager
def _once(username: str) -> Iterator[None]:
    """Say which field is another person's; only the database knows for certain, whoever writes meanwhile."""
    try:
        with db.atomic():
            yield
    except IntegrityError as error:
        if "person_username_key" in str(error):
            text = _("Tên đăng nhập “{username}” đã có người dùng.", username=username)
            raise Invalid({"username": [text]}) from error
        if "person_email" in str(error):
            raise Invalid({"email": [_("Thư điện tử này đã là của người khác.")]}) from error
        raise


def record(event: Event) -> None:
    """Emit a fact about a person in the agency at work, or in the installation's own scope."""
    with scope(tenant_or_platform()):
        emit(event)
