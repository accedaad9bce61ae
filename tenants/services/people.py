"""People of the installation: register, correct, lock, and what they set for themselves."""

from datetime import UTC, datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from core.db import PLATFORM, ScopeError, current_tenant, db, scope
from core.events import Event, changed, emit
from core.i18n import LOCALES, _
from core.text import fold, name_sort_key
from core.web.errors import Invalid, NotFound
from tenants import events, mirror
from tenants.models import Person
from tenants.names import clean, username_of

THEMES = ("auto", "light", "dark")
SHORTEST_USERNAME = 2


def register_person(username: str, full_name: str, *, email: str = "", is_operator: bool = False) -> Person:
    """Take a person into the registry and have an account made.

    Raises Invalid for a user name or address in use.
    """
    full_name = clean(full_name)
    with db.atomic():
        if Person.select().where(Person.username == username).exists():
            raise Invalid(
                {"username": [_("Tên đăng nhập “{username}” đã có người dùng.", username=username)]}
            )
        _check_email(email, None)
        person = Person.create(
            username=username, email=email, is_operator=is_operator, **name_fields(full_name)
        )
        record(events.PersonRegistered(object_id=person.id, person=full_name))
        mirror.person_changed(person.id)
    return person


def free_username(full_name: str) -> str:
    """Return a user name made of a name that nobody has yet: anhpn, then anhpn2."""
    stem = username_of(full_name)[:40]
    if len(stem) < SHORTEST_USERNAME:
        stem = f"cb{stem}"
    names = Person.select(Person.username).where(Person.username.startswith(stem)).tuples()
    taken = {name for (name,) in names}
    candidates = chain([stem], (f"{stem}{number}" for number in count(2)))
    return next(name for name in candidates if name not in taken)


def change_person(person_id: UUID, expected_version: int, *, full_name: str, email: str) -> Person:
    """Correct a person's name or address.

    Raises Invalid, NotFound, or Conflict when somebody saved first.
    """
    with db.atomic():
        person = get_person(person_id)
        _check_email(email, person_id)
        wanted = {**name_fields(clean(full_name)), "email": email}
        differences = changed(
            {"full_name": person.full_name, "email": person.email},
            {"full_name": wanted["full_name"], "email": email},
        )
        if differences:
            for key, value in wanted.items():
                setattr(person, key, value)
            person.save_version(expected_version)
            record(events.PersonChanged(object_id=person.id, person=person.full_name, changes=differences))
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


def get_person(person_id: UUID) -> Person:
    """Return a person.

    Raises NotFound.
    """
    person = Person.get_or_none(Person.id == person_id)
    if person is None:
        raise NotFound
    return person


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


def _check_email(email: str, person_id: UUID | None) -> None:
    if email and Person.select().where(Person.email == email, Person.id != person_id).exists():
        raise Invalid({"email": [_("Thư điện tử này đã là của người khác.")]})


def record(event: Event) -> None:
    """Emit a fact about a person in the agency at work, or in the installation's own scope."""
    try:
        current_tenant()
    except ScopeError:
        with scope(PLATFORM):
            emit(event)
    else:
        emit(event)
