"""The audit: every fact in the transaction that made it, linked into a chain per agency seconds later.

Linking in the transaction itself would make each agency's writers wait for one another at the head
of its chain. So `record` only inserts the entry, and the worker seals every few seconds (`tenants/upkeep/sealing.py`):
each new entry gets the next number of its agency's chain and a hash over that number, the hash
before it and the entry. Changing, deleting, inserting or moving an entry afterwards breaks the chain
at a place that `tenants/upkeep/audit_verify.py`, a separate program, names. The heads go to the log as well: kept
on another machine, they show even a chain that somebody with full rights rewrote from the start.

The hashed text is JSON in UTF-8 with the keys sorted by code point, no spaces, non-ASCII characters as
they are; numbers are whole; `at` is UTC as 2026-09-04T09:12:00.000000Z, ids are in lower-case hex with
hyphens, hashes in hex. Its keys: those of COLUMNS, `seq`, `prev`. The first `prev` is 64 zeros.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from core.clock import fact_time
from core.db import current_tenant, db
from core.declarations import Change, TimelineEntry
from core.dispatcher import dispatcher
from core.events import Actor, Event, encode_changes
from core.i18n import _, format_date, format_datetime

COLUMNS = (
    "tenant_id", "id", "at", "actor_kind", "actor_id", "actor_name", "event", "object_type", "object_id", "data", "changes",
)  # fmt: skip
_HOLE = re.compile(r" [“\"]…[”\"]|^\(…\) | \(…\)|: …(?=$|[.])")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def record(actor: Actor, entries: Sequence[tuple[UUID, Event]]) -> None:
    """Insert the entries of facts and note that they wait for their links; `core.events.emit` calls this."""
    rows = [
        {
            "id": str(entry_id), "event": event.name, "object_type": event.object_type, "object_id": event.object_id and str(event.object_id),
            "data": event.data(), "changes": encode_changes(event.changes),
        }
        for entry_id, event in entries
    ]  # fmt: skip
    actor_id = actor.person_id and str(actor.person_id)
    # The database's clock dates a fact. For sample data the right to name another time is lent.
    at = fact_time()
    db.prepared(
        _RECORD_DATED if at else _RECORD,
        {
            **({"at": at} if at else {}),
            "tenant": current_tenant(),
            "kind": actor.kind,
            "actor": actor_id,
            "name": actor.name,
            "entries": json.dumps(rows),
        },
    )


# The text is always the same, however many entries come: each connection plans it once.
_RECORD_AT = (
    "WITH entry AS (INSERT INTO core.audit_entry (tenant_id, id, actor_kind, actor_id, actor_name, event, object_type, "
    "object_id, data, changes{column}) SELECT %(tenant)s::uuid, e.id, %(kind)s::text, %(actor)s::uuid, %(name)s::text, e.event, "
    "e.object_type, e.object_id, e.data, e.changes{value} FROM json_to_recordset(%(entries)s::json) AS "
    "e (id uuid, event text, object_type text, object_id uuid, data jsonb, changes jsonb) RETURNING tenant_id, id) "
    "INSERT INTO core.audit_pending (tenant_id, id) SELECT tenant_id, id FROM entry"
)
_RECORD = _RECORD_AT.format(column="", value="")
_RECORD_DATED = _RECORD_AT.format(column=", at", value=", %(at)s::timestamptz")


def restore_event(entry_id: UUID) -> Event:
    """Return the fact of an entry of the current agency.

    Raises KeyError when the entry does not exist or its module is not installed any more.
    """
    row = db.execute_sql(
        "SELECT event, object_id, data, changes FROM core.audit_entry WHERE tenant_id = %s AND id = %s",
        (current_tenant(), entry_id),
    ).fetchone()
    if row is None:
        raise KeyError(entry_id)
    return dispatcher().catalogue.events[row[0]].restore(*row[1:])


# -- the chain --------------------------------------------------------------------------------------


def link_hash(entry: Mapping[str, Any], seq: int, prev_hash: bytes) -> bytes:
    """Return the hash of an entry at its place in the chain."""
    body = {name: _canonical(entry[name]) for name in COLUMNS} | {"seq": seq, "prev": prev_hash.hex()}
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).digest()


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value


# -- reading ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry as readers see it; `seq` is its place in the chain, None while it waits for its link."""

    id: UUID
    event: str
    object_type: str
    object_id: UUID | None
    seq: int | None
    intact: bool
    """False when the entry is not what its link says it was."""
    shown: TimelineEntry
    whole: bool = True
    """False when texts of the fact were left out, because it is not the agency's own."""


def history(object_type: str, object_id: UUID, *, limit: int = 200) -> list[TimelineEntry]:
    """Return what happened to an object in the current agency, newest first, in the reader's language."""
    object_is = {"entry.object_type = %s": object_type, "entry.object_id = %s": object_id}
    return [line.shown for line in read(object_is, limit=limit)]


def read(
    conditions: Mapping[str, Any], *, limit: int, oldest_first: bool = False, contents: bool = True
) -> list[AuditLine]:
    """Return entries of the current agency under conditions, SQL → value, newest first, each checked against its link.

    Without `contents`, for readers who may not open every object, only facts about the agency itself are told whole.
    """
    rows = db.execute_sql(
        f"SELECT {', '.join(f'entry.{name}' for name in COLUMNS)}, link.seq, link.prev_hash, link.hash "
        "FROM core.audit_entry entry LEFT JOIN core.audit_link link USING (tenant_id, id) "
        f"WHERE {' AND '.join(['entry.tenant_id = %s', *conditions])} "
        f"ORDER BY entry.id {'ASC' if oldest_first else 'DESC'} LIMIT %s",
        (current_tenant(), *conditions.values(), limit),
    ).fetchall()
    return [
        _line(dict(zip(COLUMNS, row, strict=False)), *row[len(COLUMNS) :], contents=contents) for row in rows
    ]


def _line(
    entry: dict[str, Any], seq: int | None, prev_hash: bytes | None, link: bytes | None, *, contents: bool
) -> AuditLine:
    intact = seq is None or link_hash(entry, seq, bytes(prev_hash or b"")) == bytes(link or b"")
    event = dispatcher().catalogue.events.get(entry["event"])
    whole = contents or (event is not None and event.about_agency)
    # SECURITY: an ellipsis stands for every text of the rest; how many and how long is no secret.
    told = event.told_of(entry["object_id"]) if event and not whole else ()
    data = {
        key: value for key, value in entry["data"].items() if whole or isinstance(value, int) or key in told
    }
    return AuditLine(
        entry["id"], entry["event"], entry["object_type"], entry["object_id"], seq, intact,
        TimelineEntry(
            at=entry["at"],
            actor=_(entry["actor_name"]) if entry["actor_kind"] == "system" else entry["actor_name"],
            # The module that knew the words may be gone; the fact stays.
            text=_said(event, entry["data"], data) if event else entry["event"],
            changes=_changes(entry["changes"], event or Event) if whole else (),
            milestone=bool(event and event.milestone),
        ),
        whole,
    )  # fmt: skip


def _said(event: type[Event], stored: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Return the line of a fact; of the texts that are not told an ellipsis stays, of a quoted one nothing, of an act its barest word."""
    texts = {key: readable(event.shown(key, value)) for key, value in told.items()}
    text = _(event.label, **{**dict.fromkeys(stored, "…"), **texts})
    return text if stored.keys() == told.keys() else _HOLE.sub("", re.sub(r"^…|(?<=… )…", _("xử lý"), text))


def _changes(changes: Mapping[str, Sequence[Any]], event: type[Event]) -> tuple[Change, ...]:
    return tuple(
        Change(_(event.field_titles.get(key, key)), *(readable(event.shown(key, value)) for value in pair))
        for key, pair in changes.items()
    )


def readable(value: Any) -> str:
    """Return a stored value as the reader writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, list):
        return ", ".join(readable(each) for each in value)
    if isinstance(value, str) and _ISO_DAY.match(value):
        try:
            return (
                format_date(date.fromisoformat(value))
                if len(value) == 10
                else format_datetime(datetime.fromisoformat(value))
            )
        except ValueError:
            return value
    return str(value)
