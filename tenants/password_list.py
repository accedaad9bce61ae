"""First passwords for many people at once: into a file that only its owner can read, or onto one page.

A password is set, then written, then noted: killed in between, the next run gives those people another,
because what they have is still a one-time password that nobody has used. Who chose their own is left alone.
"""

import csv
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import Self
from uuid import UUID

from core.db import PLATFORM, db, scope, unscoped
from core.events import emit_all
from core.i18n import N_, _
from core.text import begins_formula
from tenants import events
from tenants.interfaces import Directory, DirectoryUser
from tenants.models import Person
from tenants.reconciler import Factory, Result, Task, clients_of, directory, wanted_account
from tenants.services import Authority
from tenants.services.passwords import new_password, password_fact, why_no_password
from tenants.services.people import record
from tenants.sessions import sessions

BATCH = 20
"""So many are set before their rows are written; as many get another password after a kill."""
HEAD = (N_("Tên đăng nhập"), N_("Họ và tên"), N_("Cơ quan"), N_("Phòng"), N_("Mật khẩu dùng một lần"))


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has used no password yet, with the first of their posts."""

    person: Person
    agency: str
    unit: str


@dataclass(slots=True)
class Outcome:
    """What a run did; `unavailable` says why it stopped early."""

    given: int = 0
    known: int = 0
    """They had a password of their own, given in another way."""
    refused: int = 0
    left: int = 0
    unavailable: str = ""


class PasswordFile:
    """A table for Excel that is never written over; each row is on the disk before the next password is set."""

    def __init__(self, path: Path) -> None:
        """Create the file. Raises OSError, FileExistsError above all."""
        self._path = path
        self._rows = 0
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        # Excel takes a file for UTF-8 by its first three bytes.
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._write([_(title) for title in HEAD])

    def add(self, newcomer: Newcomer, password: str) -> None:
        """Write one person's line."""
        person = newcomer.person
        self._write((person.username, person.full_name, newcomer.agency, newcomer.unit, password))
        self._rows += 1

    def _write(self, cells: Sequence[str]) -> None:
        # SECURITY: a name that begins like a formula would be run by Excel.
        self._writer.writerow([f"'{cell}" if begins_formula(cell) else cell for cell in cells])
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()
        if not self._rows:
            self._path.unlink()


def count_newcomers() -> int:
    """Return how many people have no way in yet."""
    return int(Person.select().where(Person.password_at.is_null(), Person.disabled_at.is_null()).count())


def newcomers(
    *, tenant_id: UUID | None = None, usernames: Iterable[str] | None = None, unused: bool = False
) -> list[Newcomer]:
    """Return who has had no password yet: of one agency, of these user names, or everybody.

    `unused` adds, after them, who has been given one and has never signed in.
    """
    names = None if usernames is None else list(usernames)
    tenant = tenant_id and str(tenant_id)
    with unscoped(reason="list who has used no password yet, with where they work"), db.atomic():
        rows = db.execute_sql(
            """
            SELECT p.id, coalesce(v.short_name, ''), coalesce(u.name, '') FROM tenants.person p
            LEFT JOIN LATERAL (SELECT tenant_id, unit_id FROM tenants.membership WHERE person_id = p.id AND ended_at IS NULL
                AND (valid_to IS NULL OR valid_to >= tenants.today()) AND (%s::uuid IS NULL OR tenant_id = %s)
                ORDER BY valid_from, id LIMIT 1) m ON true
            LEFT JOIN tenants.unit u ON u.tenant_id = m.tenant_id AND u.id = m.unit_id
            LEFT JOIN LATERAL (SELECT short_name FROM tenants.tenant_version WHERE tenant_id = m.tenant_id
                ORDER BY valid_from > tenants.today(), abs(valid_from - tenants.today()) LIMIT 1) v ON true
            WHERE (p.password_at IS NULL OR %s AND p.password_unused) AND p.disabled_at IS NULL
                AND (%s::uuid IS NULL OR m.tenant_id IS NOT NULL)
                -- Says nothing new, but looks up the posts of an agency's people alone.
                AND (%s::uuid IS NULL OR p.id IN (SELECT person_id FROM tenants.membership WHERE tenant_id = %s))
                AND (%s::text[] IS NULL OR p.username = ANY(%s))
            ORDER BY p.password_at IS NOT NULL, 2, 3, p.sort_key, p.id
            """,
            (tenant, tenant, unused, tenant, tenant, tenant, names, names),
        ).fetchall()
    people = {person.id: person for person in Person.select().where(Person.id.in_([row[0] for row in rows]))}
    return [Newcomer(people[person_id], agency, unit) for person_id, agency, unit in rows]


def give_first_passwords(
    wanted: Sequence[Newcomer],
    make_directory: Factory,
    write: Callable[[Newcomer, str], None],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Give these people a one-time password each; `write` gets it once it is set.

    Needs an actor, no scope and no transaction.
    """
    outcome = Outcome(left=len(wanted))
    with clients_of(make_directory) as run_all:
        for first in range(0, len(wanted), BATCH):
            batch = _still_without({each.person.id: each for each in wanted[first : first + BATCH]})
            gone = len(wanted[first : first + BATCH]) - len(batch)
            outcome.known, outcome.left = outcome.known + gone, outcome.left - gone
            passwords = {key: new_password(each.person.username) for key, each in batch.items()}
            results, unavailable = run_all(_tasks([each.person for each in batch.values()], passwords))
            for result in results:
                if not result.error and result.value[1].is_set:
                    write(batch[result.task.id], passwords[result.task.id])
            _note(outcome, [(batch[result.task.id].person, result) for result in results])
            progress(len(wanted) - outcome.left, len(wanted))
            if unavailable:
                outcome.unavailable = str(unavailable) or type(unavailable).__name__
                break
    return outcome


@dataclass(frozen=True, slots=True)
class Sheet:
    """The one-time passwords of people given at once on a page, which nothing keeps."""

    given: tuple[tuple[Person, str], ...] = field(default=(), repr=False)
    known: int = 0
    """They had a password of their own, given in another way."""
    refused: int = 0
    left: int = 0
    """The identity provider stopped answering before their turn."""
    late: int = 0
    """It answered so slowly that they were left for the next sheet."""


def first_passwords(by: Authority, asked: Mapping[UUID, datetime | None], *, within: float) -> Sheet:
    """Give people who have used no password a one-time one each, as far as somebody may; the others are left alone.

    `asked` says for each when the one to be replaced was given, so that nobody gets another because a page is sent
    twice; None for no password yet. Nobody's turn begins after `within` seconds. In the transaction of the caller:
    when it comes to nothing, nobody knows the passwords and all may be given again.
    """
    until = monotonic() + within
    with db.atomic():
        waits = Person.password_at.is_null() | Person.password_unused
        # In one order, so that two who give at once wait for each other.
        locked = Person.select().where(Person.id.in_(list(asked)), waits).order_by(Person.id)
        people = {
            person.id: person
            for person in locked.for_update("FOR NO KEY UPDATE")
            if person.password_at == asked[person.id] and not why_no_password(by, person)
        }
        passwords = {key: new_password(person.username) for key, person in people.items()}
        with clients_of(directory) as run_all:
            results, _unavailable = run_all(_tasks(people.values(), passwords, until))
        answered = [result for result in results if not result.error]
        done = [result for result in answered if result.value[1]]
        for result in done:
            person = people[result.task.id]
            if _has_way_in(person, result):
                record(password_fact(person))
                sessions().end_all(person.id)
    given = [result.task.id for result in done if result.value[1].is_set]
    return Sheet(
        given=tuple((people[key], passwords[key]) for key in people if key in given),
        known=len(done) - len(given),
        refused=len(results) - len(answered),
        left=len(people) - len(results),
        late=len(answered) - len(done),
    )


def _still_without(batch: dict[UUID, Newcomer]) -> dict[UUID, Newcomer]:
    """Leave out who got a password on a page while the list was at others."""
    still = Person.select(Person.id).where(Person.id.in_(list(batch)), Person.password_at.is_null()).tuples()
    return {key: batch[key] for (key,) in still}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account with a way in; `is_set` tells whether it is the password given now, or one of their own."""

    subject: str
    is_set: bool


def _tasks(people: Iterable[Person], passwords: Mapping[UUID, str], until: float = inf) -> list[Task]:
    return [
        Task(each.id, 0, None, each.id, partial(_give, wanted_account(each), passwords[each.id], until))
        for each in people
    ]


def _has_way_in(person: Person, result: Result) -> bool:
    """Keep under which account somebody signs in from now on; return whether the password was set by this."""
    issuer, account = result.value
    Person.update(
        password_at=datetime.now(UTC), password_unused=account.is_set, issuer=issuer, subject=account.subject
    ).where(Person.id == person.id).execute()
    return bool(account.is_set)


def _give(account: DirectoryUser, password: str, until: float, client: Directory) -> Account | None:
    """Return the account, or nothing when it is too late to begin."""
    if monotonic() > until:
        return None
    subject = client.ensure_user(account)
    if client.has_own_password(subject):
        return Account(subject, is_set=False)
    client.set_password(subject, password)
    return Account(subject, is_set=True)


def _note(outcome: Outcome, results: list[tuple[Person, Result]]) -> None:
    """Keep on record who has a way in now."""
    given: list[Person] = []
    with scope(PLATFORM), db.atomic():
        for person, result in results:
            outcome.left -= 1
            if result.error:
                outcome.refused += 1
                continue
            if _has_way_in(person, result):
                given.append(person)
            else:
                outcome.known += 1
        outcome.given += len(given)
        emit_all(
            [events.FirstPasswordGiven(object_id=person.id, person=person.full_name) for person in given]
        )
