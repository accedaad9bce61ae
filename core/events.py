"""Past-tense facts: what happened, who did it, and who is told.

`emit(event)` belongs inside the transaction of the fact. It writes the audit entry, calls the
subscribers that want to act in the same transaction, and enqueues one job for each that wants to
act after the commit: all of it is kept or rolled back together.
"""

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from string import Formatter
from typing import Any, ClassVar, Literal, Self, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from core.db import PLATFORM, current_tenant, db, new_id
from core.declarations import Job, Subscriber
from core.i18n import N_

ActorKind = Literal["person", "operator", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff, an operator of the IT centre, or the platform itself."""

    person_id: UUID | None
    name: str
    kind: ActorKind = "person"


SYSTEM = Actor(None, N_("Hệ thống"), "system")


class NoActor(RuntimeError):
    """Raised when a fact would be recorded without saying who made it."""


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Record the facts of this block under an actor's name."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Return who acts now.

    Raises NoActor outside `acting(...)`.
    """
    actor = _actor.get()
    if actor is None:
        raise NoActor("A fact needs somebody who made it; wrap the work in `with acting(Actor(…)):`.")
    return actor


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense; subclasses are frozen keyword-only dataclasses too.

    Fields hold ids, texts, dates and whole numbers: they are kept in the audit for good and shown
    through `label`, so they carry what a reader needs to understand the line and no personal data
    beyond it. Amounts are `int` or `Decimal`; a float has no one canonical text and is refused.
    """

    name: ClassVar[str]
    """Stable key, `<module>.<what_happened>`."""
    label: ClassVar[str]
    """The line readers see after the actor's name: N_("tạo ghi chú “{title}”")."""
    object_type: ClassVar[str] = ""
    """What `object_id` names; the history of an object is looked up by both."""
    field_titles: ClassVar[Mapping[str, str]] = {}
    """Titles of the keys of `changes`, marked with N_."""
    milestone: ClassVar[bool] = False
    """True for steps that stand out in a history, such as a new state."""
    about_agency: ClassVar[bool] = False
    """True for facts about the agency itself, its people, units, modules: whoever reads its audit reads them whole.

    Of all others the audit says what was done, when, by whom and to which number. Their texts stand in the
    history on the object's page, for whom that page opens.
    """
    told: ClassVar[tuple[str, ...]] = ()
    """Texts that this audit tells all the same, for they are no content: the unit, the register; see `told_of`."""

    object_id: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Field → (old, new), for the fields that changed."""

    @classmethod
    def shown(cls, field: str, value: Any) -> Any:
        """Return a stored value for readers; facts that keep codes give their titles instead."""
        del field
        return value

    @classmethod
    def told_of(cls, object_id: UUID | None) -> tuple[str, ...]:
        """Return which texts the audit tells of one object as it stands now: `told`, or less of what is restricted."""
        del object_id
        return cls.told

    def data(self) -> dict[str, Any]:
        """Return the fact's own fields as JSON values."""
        return {each.name: _encode(getattr(self, each.name)) for each in self.own_fields()}

    @classmethod
    def own_fields(cls) -> list[Any]:
        """Return the fields beyond those every fact has."""
        return [each for each in fields(cls) if each.name not in ("object_id", "changes")]

    @classmethod
    def restore(cls, object_id: UUID | None, data: Mapping[str, Any], changes: Mapping[str, Any]) -> Self:
        """Return the fact from its stored form; fields it has gained since take their defaults."""
        hints = get_type_hints(cls)
        own = {
            each.name: _decode(hints[each.name], data[each.name])
            for each in cls.own_fields()
            if each.name in data
        }
        return cls(object_id=object_id, changes=changes, **own)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return `{field: (old, new)}` for the keys of `after` whose values differ."""
    return {key: (before.get(key), value) for key, value in after.items() if before.get(key) != value}


def check_event(event: type[Event]) -> None:
    """Check that a fact can be stored, restored and read.

    Raises TypeError naming the event and what is wrong with it.
    """
    hints = get_type_hints(event)
    for each in event.own_fields():
        if not _storable(hints[each.name]):
            raise TypeError(
                f"{event.__name__}.{each.name}: facts hold str, int, bool, dates, Decimal, UUID and lists of them."
            )
    known = {each.name for each in fields(event)}
    unknown = {name for _, name, _, _ in Formatter().parse(event.label) if name} - known
    if unknown:
        raise TypeError(f"{event.__name__}.label names {{{min(unknown)}}}, which is not a field.")


def emit(event: Event) -> None:
    """Record a fact and tell its subscribers, in the running transaction of the current scope.

    Raises NoActor, ScopeError, or RuntimeError for an unregistered fact or a missing transaction.
    """
    emit_all([event])


def emit_all(facts: Sequence[Event]) -> None:
    """Record many facts of one transaction with few statements; each is told like a single one.

    Raises as `emit` does.
    """
    # These know of events themselves, so they are imported when the first fact happens.
    from core.audit import record
    from core.dispatcher import dispatcher

    if not facts:
        return
    catalogue = dispatcher().catalogue
    for event in facts:
        if catalogue.events.get(event.name) is not type(event):
            raise RuntimeError(f"{type(event).__name__} is not registered; return it from register_events().")
    if not db.in_transaction():
        raise RuntimeError(f"{type(facts[0]).__name__} was emitted outside the transaction of its fact.")
    entries = [(new_id(), event) for event in facts]
    record(current_actor(), entries)
    _tell(entries)


def _tell(entries: Sequence[tuple[UUID, Event]]) -> None:
    """Tell subscribers of facts in the order they happened; those that hear them together, afterwards."""
    from core.jobs import enqueue

    hearing = _hearing({type(event) for _id, event in entries})
    for entry_id, event in entries:
        for key, subscriber in hearing:
            if subscriber.event is not type(event) or subscriber.together:
                continue
            if subscriber.when == "in_transaction":
                subscriber.handle(event)
            else:
                enqueue(after_commit_key(key, subscriber), args={"entry": str(entry_id)})
    for _key, subscriber in hearing:
        if subscriber.together:
            subscriber.handle([event for _id, event in entries if subscriber.event is type(event)])


def _hearing(kinds: set[type[Event]]) -> list[tuple[str, Subscriber]]:
    """Return who hears of some kinds of facts in the agency in scope, with the module."""
    from core.dispatcher import dispatcher

    told = [each for each in dispatcher().catalogue.of(Subscriber).values() if each[1].event in kinds]
    if not told:
        return []
    tenant_id = current_tenant()
    in_effect = dispatcher().effective_for(tenant_id) if tenant_id != PLATFORM else frozenset()
    return [
        (manifest.key, subscriber)
        for manifest, subscriber in told
        if not manifest.switchable or manifest.key in in_effect
    ]


def after_commit_key(module: str, subscriber: Subscriber) -> str:
    """Return the key of the job that tells a subscriber of a fact."""
    return f"{module}.after.{subscriber.event.name}.{getattr(subscriber.handle, '__name__', 'handle')}"  # type: ignore[attr-defined]


def after_commit_job(module: str, subscriber: Subscriber) -> Job:
    """Return the job that tells a subscriber of a fact.

    Delivery is at least once: a worker killed between the handler's commit and the end of the job
    tells it again, so the handler must come to the same end when it hears a fact twice. Facts may
    arrive in another order than they happened.
    """
    return Job(
        after_commit_key(module, subscriber),
        _delivery(subscriber.handle),
        N_("Xử lý sau khi ghi nhận sự kiện"),
    )


def _delivery(handle: Callable[[Any], None]) -> Callable[..., None]:
    def deliver(entry: str) -> None:
        from core.audit import restore_event

        with db.atomic():
            event = restore_event(UUID(entry))
        handle(event)

    deliver.__module__ = handle.__module__  # where its errors are looked for
    return deliver


# -- values as JSON and back ----------------------------------------------------------------------

_SCALARS: dict[Any, Callable[[Any], Any]] = {
    str: str, int: int, bool: bool, UUID: UUID, Decimal: Decimal, Any: lambda value: value,
    date: date.fromisoformat, datetime: datetime.fromisoformat,
}  # fmt: skip


def _encode(value: Any) -> Any:
    """Return the JSON form of a value; lists for tuples, text for everything JSON lacks."""
    if isinstance(value, Enum):
        return _encode(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_encode(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _encode(each) for key, each in value.items()}
    raise TypeError(f"A fact cannot hold a {type(value).__name__}.")


def encode_changes(changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the JSON form of `{field: (old, new)}`."""
    return {key: [_encode(old), _encode(new)] for key, (old, new) in changes.items()}


def _storable(kind: Any) -> bool:
    arguments = [each for each in get_args(kind) if each not in (type(None), Ellipsis)]
    if get_origin(kind) in (Union, types.UnionType, list, tuple, dict, Mapping, Literal):
        return all(isinstance(each, str | int) or _storable(each) for each in arguments)
    return kind in _SCALARS or (isinstance(kind, type) and issubclass(kind, Enum))


def _decode(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if value is None or origin in (Literal, dict, Mapping):
        return value
    if origin in (Union, types.UnionType):
        return _decode(next(each for each in arguments if each is not type(None)), value)
    if origin in (list, tuple):
        return origin(_decode(arguments[0], each) for each in value)
    return _SCALARS.get(kind, kind)(value)
