"""How legs go to systems outside: what waits in the outbox is delivered at least once, what comes in is taken once.

A system outside is no agency here, but stands in a leg as one: the rows it writes are its own, in a scope of its
own, so that an answer from outside and one from an agency are the same lines. An adapter speaks the protocol of one
such system; it is given with `use(…)` and nothing else of the platform knows it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from core.api import Actor, Invalid, NotFound, _, acting, current_tenant, db, enqueue, new_id, place_of, scope
from plugins.casework.legs.queries import LegRow, leg
from plugins.casework.models import LegMessage, LegReceipt

DELIVER = "casework.deliver_legs"
AT_ONCE = 50
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)

log = structlog.get_logger()


class Refused(Exception):
    """Raised by an adapter when the other system will never take a message; its words are shown to officers."""


@dataclass(frozen=True, slots=True)
class Message:
    """What an adapter delivers; the same `key` is the same message, however often it comes."""

    key: str
    leg_id: UUID
    kind: str
    """sent, again, done, recalled, extended, paused or resumed"""
    purpose: str
    code: str
    title: str
    ask: str
    shared: str
    due_at: datetime | None
    text: str = ""


class LegAdapter(Protocol):
    """What a connection to a system outside does."""

    key: str
    title: str

    def deliver(self, message: Message) -> str:
        """Hand a message over and return the other system's receipt; it may have come before.

        Raises Refused for what it will never take; any other error means that it is tried again later.
        """


_adapters: dict[str, LegAdapter] = {}


def use(adapter: LegAdapter) -> None:
    """Let legs go to a system outside."""
    _adapters[adapter.key] = adapter


def forget(key: str) -> None:
    """Send no further legs to a system outside."""
    _adapters.pop(key, None)


def outside_id(key: str) -> UUID:
    """Return what stands for a system outside where an agency would stand.

    Raises Invalid for one that no adapter speaks to.
    """
    if key not in _adapters:
        raise Invalid({"receiver_id": [_("Chưa có kết nối tới hệ thống này.")]})
    return uuid5(NAMESPACE_URL, f"lienthong:outside:{key}")


# ---- out ---------------------------------------------------------------------------------------------------


def queue(of: LegRow, kind: str, text: str = "") -> None:
    """Keep a message for the system that a leg goes to, in the transaction of the act; agencies here need none."""
    if not of.outside:
        return
    (seq,) = db.execute_sql(
        "SELECT coalesce(max(seq), 0) + 1 FROM casework.leg_outbox WHERE tenant_id = %s AND leg_id = %s",
        (current_tenant(), of.id),
    ).fetchone()
    LegMessage.insert(id=new_id(), leg_id=of.id, adapter=of.outside, seq=seq, kind=kind, text=text).execute()
    enqueue(DELIVER, lock=f"legs:{current_tenant()}")


def deliver_waiting(now: datetime | None = None) -> int:
    """Deliver what waits in the agency in scope, in order for each leg; return how many messages were settled.

    What comes of each message has a transaction of its own: stopped anywhere, what was not confirmed is sent again,
    and the other system knows it by its key.
    """
    now = now or datetime.now(UTC)
    delivered = 0
    while through := sum(_deliver(message_id, now) for message_id in _next_messages(now)):
        delivered += through
    return delivered


def _next_messages(now: datetime) -> list[UUID]:
    """Return the oldest message of each leg that waits, as far as its time has come: later ones wait behind it."""
    with db.atomic():
        rows = db.execute_sql(
            "SELECT id FROM (SELECT DISTINCT ON (leg_id) id, next_at FROM casework.leg_outbox "
            "WHERE tenant_id = %s AND delivered_at IS NULL ORDER BY leg_id, seq) oldest WHERE next_at <= %s ORDER BY next_at, id LIMIT %s",
            (current_tenant(), now, AT_ONCE),
        ).fetchall()
    return [each for (each,) in rows]


def _deliver(message_id: UUID, now: datetime) -> bool:
    with db.atomic():
        found = LegMessage.get_or_none(LegMessage.id == message_id, LegMessage.delivered_at.is_null())
        adapter = _adapters.get(found.adapter) if found else None
        if found is None or adapter is None:
            return False
        message = _message(found)
    # The other system may be slow: nothing is locked meanwhile. Whoever delivers beside it brings the same key.
    try:
        receipt, error = adapter.deliver(message), ""
    except Refused as refused:
        receipt, error = "", str(refused)
    except Exception as problem:  # whatever it is, the message stays
        told = place_of(problem, type(adapter).__module__.partition(".")[0])
        log.warning("legs.not_delivered", leg=str(found.leg_id), adapter=found.adapter, error=told)
        wait = min(FIRST_WAIT * 2 ** min(found.attempts, 10), LONGEST_WAIT)
        with db.atomic():
            _note(found, error=told[:500], next_at=now + wait)
            enqueue(DELIVER, lock=f"legs:{current_tenant()}", run_at=now + wait)
        return False
    with db.atomic():
        noted = _note(found, error=error[:500], receipt=receipt[:500], delivered_at=now)
        if noted and error and found.kind == "sent":
            _refused(found.leg_id, adapter.title, error, now)
    return noted


def _note(found: LegMessage, **values: object) -> bool:
    """Write down what came of a message; tell whether nobody had delivered it meanwhile."""
    waiting = (LegMessage.id == found.id) & LegMessage.delivered_at.is_null()
    return bool(LegMessage.update(attempts=found.attempts + 1, **values).where(waiting).execute())


def _message(found: LegMessage) -> Message:
    of = leg(found.leg_id)
    return Message(
        key=f"{of.id}:{found.seq}", leg_id=of.id, kind=found.kind, purpose=of.purpose, code=of.code, title=of.title, ask=of.ask,
        shared=of.shared, due_at=of.due_at, text=found.text,
    )  # fmt: skip


def _refused(leg_id: UUID, title: str, reason: str, now: datetime) -> None:
    from plugins.casework.legs import services as leg_services

    of = leg(leg_id, locked=True)
    if of.state in ("sent", "taken", "again"):
        with acting(Actor(None, title, "system")), scope(of.receiver_id):
            leg_services.write_return(leg(leg_id), reason, at=now)


# ---- in -----------------------------------------------------------------------------------------------------


def take_answer(key: str, message_id: str, leg_id: UUID, text: str, *, at: datetime | None = None) -> bool:
    """Take the answer of a system outside to a leg of the agency in scope; tell whether it was a new one.

    The same `message_id` is taken once. Raises NotFound for a leg that was not sent there, Invalid for one that
    is over: the sender took it back or is content already.
    """
    from plugins.casework.legs import clocks as leg_clocks
    from plugins.casework.legs import services as leg_services

    adapter = _adapters.get(key)
    if adapter is None:
        raise NotFound
    with db.atomic():
        of = leg(leg_id, locked=True)
        if of.side != "sender" or of.outside != key:
            raise NotFound
        made = LegReceipt.insert(id=new_id(), leg_id=of.id, adapter=key, message_id=message_id)
        if not list(made.on_conflict_ignore().returning(LegReceipt.id).execute()):
            return False
        leg_services.require_open(of)
        with acting(Actor(None, adapter.title, "system")), scope(of.receiver_id):
            now = at or datetime.now(UTC)
            leg_services.write_answer(leg(leg_id), text, at=now)
            leg_clocks.stop(of, now)
    return True
