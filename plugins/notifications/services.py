"""Everything that writes notifications and choices; mails are queued here and sent by jobs.py."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from core.api import (
    NotFound,
    RequestContext,
    current_tenant,
    db,
    dispatcher,
    new_id,
    sample_time,
    tidy_text,
)
from plugins.notifications import letters, queries, timing
from plugins.notifications.declarations import NotificationKind
from plugins.notifications.mail import mail_server
from plugins.notifications.models import Choice, Hours, Mail, Notification
from plugins.notifications.queries import Recipient
from plugins.notifications.timing import Schedule

Field = str | int | date


class Words(str):
    """A field that is no name and no text of somebody's: words marked `N_("…")`, read in each reader's language."""

    __slots__ = ()


MAX_FACT = 300


# ---- people without an account ------------------------------------------------------------------------------


def is_address(text: str) -> bool:
    """Tell whether a mail server can be asked to write to an address."""
    return letters.ADDRESS.fullmatch(text) is not None


def write_to(address: str, *, key: str, subject: str, lines: Sequence[str]) -> None:
    """Queue a mail of the agency in scope to somebody without an account, in the running transaction; once for a key.

    Nothing personal belongs into it: who reads somebody's mail is not known. Without a mail server nothing waits.
    """
    if mail_server() is None or not is_address(address):
        return
    now = datetime.now(UTC)
    Mail.insert(
        id=new_id(), key=key, recipient=address, subject=tidy_text(subject).replace("\n", " ")[:300], body="\n".join(lines)[:4000],
        wanted_at=now, due_at=now,
    ).on_conflict_ignore().execute()  # fmt: skip


def take_back(address: str, *, about: str) -> None:
    """Forget the mails to somebody without an account whose keys begin so, in the running transaction: those that wait go nowhere.

    One that is being handed in at this moment is not held back.
    """
    Mail.delete().where(
        Mail.person_id.is_null(),
        Mail.recipient == address,
        Mail.key.startswith(about),
        Mail.state != "sending",
    ).execute()


# ---- tell ------------------------------------------------------------------------------------------------


class Told(NamedTuple):
    """One person to be told one fact: its key, its fields, and what its notification leads to."""

    person_id: UUID
    fact: str
    fields: Mapping[str, Field]
    route: str = ""
    route_fields: Mapping[str, object] = MappingProxyType({})


def notify(
    kind: str,
    to: Iterable[UUID],
    *,
    fact: str,
    text: str,
    fields: Mapping[str, Field] | None = None,
    route: str = "",
    route_fields: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> int:
    """Tell people of the agency in scope of one fact, in the running transaction; return how many are new to it.

    Nobody is told twice of one `fact` of a kind, however often this is called. Who holds no post in the
    agency is left out. `text` is a sentence marked `N_("…")`, read with its `fields` in each reader's
    language. `route` with `route_fields` is where the notification leads. Sample data says `at` which time
    it is listed, and is not mailed.

    Raises KeyError for a kind or route nobody declares, RuntimeError outside a transaction.
    """
    people = [Told(each, fact, fields or {}, route, route_fields or {}) for each in sorted(set(to))]
    _check(kind, fact, route, route_fields or {})
    return notify_each(kind, people, text=text, at=at)


# The text is always the same, however many are told: each connection plans it once.
_TELL = (
    "INSERT INTO notifications.notification (tenant_id, id, person_id, kind, fact, text, fields, route, route_fields, created_at) "
    "SELECT %(tenant)s::uuid, told.id, told.person_id, %(kind)s::text, told.fact, %(text)s::text, told.fields, told.route, told.leads_to, "
    "coalesce(%(at)s::timestamptz, now()) FROM json_to_recordset(%(told)s::json) AS "
    "told (id uuid, person_id uuid, fact text, fields jsonb, route text, leads_to jsonb) "
    "ON CONFLICT (tenant_id, person_id, kind, fact) DO NOTHING RETURNING id, person_id, fact"
)


def notify_each(kind: str, told: Sequence[Told], *, text: str, at: datetime | None = None) -> int:
    """Tell many people of as many facts at once, as `notify` tells of one; return how many are new.

    Raises KeyError, RuntimeError, ValueError as `notify` does.
    """
    declared = dispatcher().catalogue.of(NotificationKind)[kind][1]
    at = at or sample_time()
    if at is not None and at < datetime.now(UTC) - KEEP_READ:
        return 0  # of sample data: by now it would be forgotten
    for one in told:
        _check(kind, one.fact, one.route, one.route_fields)
    # In one order, so that two transactions that tell the same people wait for each other and never both.
    recipients = {
        each.person_id: each
        for each in queries.recipients(kind, declared.email, sorted({one.person_id for one in told}))
    }
    wanted = sorted(
        (one for one in told if one.person_id in recipients), key=lambda one: (one.person_id, one.fact)
    )
    rows = db.prepared(
        _TELL,
        {
            "tenant": current_tenant(), "kind": kind, "text": text, "at": at,
            "told": json.dumps(
                [
                    {
                        "id": str(new_id()), "person_id": str(one.person_id), "fact": one.fact, "route": one.route,
                        "fields": {name: _stored(value) for name, value in one.fields.items()},
                        "leads_to": {name: str(value) for name, value in one.route_fields.items()},
                    }
                    for one in wanted
                ]
            ),
        },
    ).fetchall() if wanted else []  # fmt: skip
    if at is None and mail_server() is not None:
        _queue_mails(
            kind,
            [(notification_id, fact, recipients[person_id]) for notification_id, person_id, fact in rows],
        )
    return len(rows)


def _check(kind: str, fact: str, route: str, route_fields: Mapping[str, object]) -> None:
    catalogue = dispatcher().catalogue
    if kind not in catalogue.of(NotificationKind):
        raise KeyError(kind)
    if not db.in_transaction():
        raise RuntimeError(f"'{kind}' was to be told outside the transaction of its fact.")
    if not 0 < len(fact) <= MAX_FACT:
        raise ValueError(f"The fact of '{kind}' needs a key of at most {MAX_FACT} characters.")
    if route:
        catalogue.url(route, tenant="-", **{name: str(value) for name, value in route_fields.items()})


def _stored(value: Field) -> Any:
    """Return a field as it is kept: days, moments and words are written for each reader when they read."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"words": str(value)} if isinstance(value, Words) else value


class _Planned(NamedTuple):
    notification_id: UUID
    recipient: Recipient
    kind: str
    key: str
    due_at: datetime


def _queue_mails(kind: str, told: Sequence[tuple[UUID, str, Recipient]]) -> None:
    """Queue what the people just told want by mail."""
    now = datetime.now(UTC)
    single, gathered = [], []
    for notification_id, fact, one in told:
        if one.has_address and one.choice == "at_once":
            single.append(
                _Planned(notification_id, one, kind, f"{kind}:{fact}", timing.at_once(now, one.schedule))
            )
        elif one.has_address and one.choice == "digest":
            gathered.append(_digest(notification_id, one, now))
    _put(single)
    # Whose gathered mail left in this very moment finds a seat in the next one.
    _gather([_digest(each.notification_id, each.recipient, each.due_at) for each in _gather(gathered)])


def _gather(planned: list[_Planned]) -> list[_Planned]:
    """Let notifications join gathered mails that wait, or that begin with them; return those that found none."""
    for store in (_join, _put):
        joined = store(planned)
        planned = [each for each in planned if each.notification_id not in joined]
    return planned


def _digest(notification_id: UUID, recipient: Recipient, after: datetime) -> _Planned:
    due = timing.digest(after, recipient.schedule)
    return _Planned(notification_id, recipient, "", _digest_key(due), due)


def _digest_key(due: datetime) -> str:
    return f"digest:{due:%Y-%m-%dT%H:%M}"


def _put(planned: Sequence[_Planned]) -> set[UUID]:
    """Store mails, or join those of the same key that still wait; return the notifications that found one."""
    if not planned:
        return set()
    # Two transactions may begin the gathered mails of the same people in any order, so neither waits for the other: who
    # comes second begins another mail, and the two leave as one.
    db.execute_sql(
        "INSERT INTO notifications.mail (tenant_id, id, person_id, kind, key, wanted_at, due_at) "
        f"SELECT %(tenant)s, id, person_id, kind, CASE WHEN kind <> '' OR {_IS_FIRST} THEN key ELSE {_SECOND} END, due, due "
        "FROM unnest(%(ids)s::uuid[], %(people)s::uuid[], %(kinds)s::text[], %(keys)s::text[], %(due)s::timestamptz[]) "
        "AS new (id, person_id, kind, key, due) ON CONFLICT (tenant_id, person_id, key) DO NOTHING",
        _values(planned),
    )
    return _join(planned)


_IS_FIRST = "pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', %(tenant)s, person_id, key), 0))"
_SECOND = "key || ' ' || pg_current_xact_id()"


def _values(planned: Sequence[_Planned]) -> dict[str, Any]:
    return {
        "tenant": current_tenant(),
        "ids": [new_id() for _each in planned],
        "notifications": [each.notification_id for each in planned],
        "people": [each.recipient.person_id for each in planned],
        "kinds": [each.kind for each in planned],
        "keys": [each.key for each in planned],
        "due": [each.due_at for each in planned],
    }


def _join(planned: Sequence[_Planned]) -> set[UUID]:
    """Let notifications join mails of the same key that still wait; return those that found one."""
    if not planned:
        return set()
    # FOR SHARE keeps the worker from sending a gathered mail while this transaction adds to it, and
    # lets other transactions add to it as well.
    rows = db.execute_sql(
        "WITH open AS (SELECT m.id, n.notification_id FROM notifications.mail m "
        "JOIN unnest(%(people)s::uuid[], %(keys)s::text[], %(notifications)s::uuid[]) AS n (person_id, key, notification_id) "
        f"ON m.person_id = n.person_id AND m.key IN (n.key, n.{_SECOND}) "
        "WHERE m.tenant_id = %(tenant)s AND m.state = 'waiting' ORDER BY m.id FOR SHARE OF m) "
        "UPDATE notifications.notification n SET mail_id = open.id FROM open "
        "WHERE n.tenant_id = %(tenant)s AND n.id = open.notification_id RETURNING n.id",
        _values(planned),
    ).fetchall()
    return {notification_id for (notification_id,) in rows}


# ---- read ------------------------------------------------------------------------------------------------


def open_notification(ctx: RequestContext, notification_id: UUID) -> Notification | None:
    """Take a notification as read and return it; somebody else's stays unread, and None is returned.

    Raises NotFound.
    """
    with db.atomic():
        found = queries.notification(notification_id)
        if found.person_id != ctx.person.id:
            return None
        _read("id = %(id)s", {"id": found.id}, ctx)
    return found


def mark_read(ctx: RequestContext, notification_id: UUID) -> Notification:
    """Take a person's own notification as read, once or again, and return it.

    Raises NotFound, also for somebody else's.
    """
    found = open_notification(ctx, notification_id)
    if found is None:
        raise NotFound
    found.unread = False
    return found


def read_all(ctx: RequestContext, until: datetime) -> int:
    """Take what a person was told up to a moment as read, and return how many that were."""
    return _read("created_at <= %(until)s", {"until": until}, ctx)


# What begins with a fact is a range of the index, of which row-level security lets only plain comparisons be; of those rows the fact itself and its parts are meant.
# LATERAL and OFFSET 0 let the database look up each fact by itself: of a join it may read all that is unread instead.
_SETTLE = """
    UPDATE notifications.notification n SET unread = false, read_at = now()
    WHERE n.tenant_id = %(tenant)s::uuid AND n.unread AND n.id = ANY (ARRAY(
        SELECT told.id FROM unnest(%(facts)s::text[], %(ends)s::text[]) AS of (fact, past) CROSS JOIN LATERAL (
            SELECT t.id FROM notifications.notification t
            WHERE t.tenant_id = %(tenant)s::uuid AND t.unread AND t.fact COLLATE "C" >= of.fact AND t.fact COLLATE "C" < of.past
                AND (t.fact = of.fact OR t.fact ^@ (of.fact || ':')) AND t.kind = ANY (%(kinds)s::text[])
                AND t.person_id <> ALL (%(but)s::uuid[])
            OFFSET 0
        ) AS told
    ))
"""


def settle(kinds: Collection[str], *facts: str, but: Collection[UUID] = ()) -> None:
    """Take what anybody of the agency in scope was told of facts as read, in the running transaction: it is so no more, and no mail tells it.

    What was told of parts of them goes with them: `<fact>:…`; for those of `but` it is so still. Call it before telling of what comes next.
    """
    db.prepared(
        _SETTLE,
        {
            "tenant": current_tenant(),
            "kinds": list(kinds),
            "facts": list(facts),
            "ends": [f"{fact};" for fact in facts],
            "but": sorted(but),
        },
    )


_FORGET = (
    "UPDATE notifications.notification SET fields = fields || jsonb_build_object(%(name)s::text, %(instead)s::jsonb) "
    "WHERE tenant_id = %(tenant)s AND created_at >= %(since)s - interval '1 day' AND route = %(route)s "
    "AND route_fields @> %(of)s::jsonb AND fields ? %(name)s"
)


def forget_field(
    name: str, instead: Words, route: str, route_fields: Mapping[str, object], *, since: datetime
) -> None:
    """Let what people were told of one thing say other words in a field, in the running transaction: they may not read it any more.

    Nobody was told of it before `since`. The database's clock dates a notification by the beginning of its transaction: hence the day before.
    """
    db.execute_sql(
        _FORGET,
        {
            "tenant": current_tenant(), "name": name, "instead": json.dumps({"words": instead}), "route": route, "since": since,
            "of": json.dumps({name: str(value) for name, value in route_fields.items()}),
        },
    )  # fmt: skip


def _read(condition: str, values: dict[str, Any], ctx: RequestContext) -> int:
    return int(
        db.execute_sql(
            "UPDATE notifications.notification SET unread = false, read_at = now() "
            f"WHERE tenant_id = %(tenant)s AND person_id = %(person)s AND unread AND {condition}",
            {**values, "tenant": current_tenant(), "person": ctx.person.id},
        ).rowcount
    )


# ---- choose ----------------------------------------------------------------------------------------------


def save_choices(person_id: UUID, choices: Mapping[str, str], schedule: Schedule) -> None:
    """Keep how a person wants to be told in the agency in scope; what is as declared is not kept."""
    with db.atomic():
        for kind, email in choices.items():
            choose(person_id, kind, email)
        hours = {
            "quiet_from": schedule.quiet_from,
            "quiet_to": schedule.quiet_to,
            "digest_at": schedule.digest_at,
        }
        Hours.insert(person_id=person_id, **hours).on_conflict(
            conflict_target=[Hours.tenant_id, Hours.person_id], update=hours
        ).execute()
        _move_digest(person_id, timing.digest(datetime.now(UTC), schedule))


def _move_digest(person_id: UUID, due: datetime) -> None:
    """Let the gathered mail that waits go at the hour chosen now; one that waits for the mail server stays."""
    db.execute_sql(
        "UPDATE notifications.mail SET key = %(key)s || substr(key, length(%(key)s) + 1), wanted_at = %(due)s, due_at = %(due)s "
        "WHERE tenant_id = %(tenant)s AND person_id = %(person)s AND key ^@ 'digest:' AND state = 'waiting' AND tries = 0 AND due_at = ("
        "SELECT min(due_at) FROM notifications.mail WHERE tenant_id = %(tenant)s AND person_id = %(person)s AND key ^@ 'digest:' "
        "AND state = 'waiting' AND tries = 0 AND due_at > now()) "
        "AND NOT EXISTS (SELECT FROM notifications.mail WHERE tenant_id = %(tenant)s AND person_id = %(person)s "
        "AND key = %(key)s)",
        {"tenant": current_tenant(), "person": person_id, "due": due, "key": _digest_key(due)},
    )


def choose(person_id: UUID, kind: str, email: str) -> None:
    """Keep how a person wants one kind mailed."""
    if email == dispatcher().catalogue.of(NotificationKind)[kind][1].email:
        Choice.delete().where(Choice.person_id == person_id, Choice.kind == kind).execute()
        return
    Choice.insert(person_id=person_id, kind=kind, email=email).on_conflict(
        conflict_target=[Choice.tenant_id, Choice.person_id, Choice.kind], update={"email": email}
    ).execute()


def unsubscribe(person_id: UUID, kind: str) -> None:
    """Mail one kind to a person no more; without a kind, nothing that is gathered over a day."""
    with db.atomic():
        chosen = queries.choices(person_id)
        for each in [kind] if kind else [key for key, email in chosen.items() if email == "digest"]:
            choose(person_id, each, "never")


# ---- forget ----------------------------------------------------------------------------------------------


KEEP_READ = timedelta(days=90)
KEEP_UNREAD = timedelta(days=365)
"""Longer than a leave; nobody reads what is older."""
AT_ONCE = 1000


def delete_old() -> None:
    """Delete what was read long ago in the agency in scope, and mails that have ended; may be repeated."""
    for table, condition in (
        ("notification", "NOT unread AND read_at < now() - %(read)s AND created_at < now() - %(read)s"),
        ("notification", "created_at < now() - %(unread)s"),
        ("mail", "ended_at < now() - %(read)s"),
    ):
        while True:
            with db.atomic():
                count = db.execute_sql(
                    f"DELETE FROM notifications.{table} WHERE tenant_id = %(tenant)s AND id IN ("
                    f"SELECT id FROM notifications.{table} WHERE tenant_id = %(tenant)s AND {condition} LIMIT %(limit)s)",
                    {"tenant": current_tenant(), "read": KEEP_READ, "unread": KEEP_UNREAD, "limit": AT_ONCE},
                ).rowcount
            if not count:
                break
