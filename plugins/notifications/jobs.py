"""Background work of the notification centre: mails go out, what is old goes away."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from peewee import fn

from core.api import N_, db, scope, unscoped
from plugins.notifications import letters, queries
from plugins.notifications.mail import (
    MailDeferred,
    MailRefused,
    MailServer,
    MailServerAway,
    MailSession,
    mail_server,
)
from plugins.notifications.models import Mail, Notification
from plugins.notifications.services import notify

PATIENCE = 50
"""Seconds one run sends; the next minute goes on."""
BATCH = 500
GIVE_UP_AFTER = timedelta(hours=72)
FORSAKEN_AFTER = timedelta(minutes=15)
"""A mail that a worker has been sending for so long was left by it."""
EXPIRED = N_("Không gửi được trong ba ngày.")
REFUSED = N_("Máy chủ thư từ chối người nhận này.")
DOUBTFUL = N_("Không rõ máy chủ thư đã nhận thư này chưa; không gửi lại để khỏi gửi hai lần.")
DEFERRED = N_("Máy chủ thư hẹn gửi lại.")
MAIL_REFUSED = N_(
    "Máy chủ thư không nhận thư gửi đến địa chỉ của bạn. Kiểm tra lại địa chỉ với quản trị cơ quan."
)

log = structlog.get_logger()


def deliver() -> None:
    """Send the mails that are due, of all agencies in turn, over one connection; comes once a minute.

    A mail is marked before the server may take it and after it has: run again, at once or by another
    worker, each goes once. One that was left in between may have arrived, so it is not sent again: nobody is
    mailed twice of one fact, and what is in doubt still stands in the centre.
    """
    server = mail_server()
    if server is None or not _may_try():
        return
    until = time.monotonic() + PATIENCE
    session: MailSession | None = None
    try:
        with ExitStack() as stack:
            for tenant_id, mail_id in _due():
                session = session or stack.enter_context(server.session())
                with scope(tenant_id):
                    _send(server, session, mail_id)
                if time.monotonic() > until:
                    break
    except MailServerAway as away:
        _note_away(away)
    else:
        if session is not None:
            _note_there()


def _due() -> Iterator[tuple[UUID, UUID]]:
    """Yield agency and id of what is due and may leave: the first of each agency, the second of each, and so on."""
    with unscoped(reason="mails of all agencies go out in turn over one connection"), db.atomic():
        rows = db.execute_sql(
            "SELECT tenant_id, id FROM (SELECT tenant_id, id, due_at, row_number() OVER (PARTITION BY tenant_id ORDER BY due_at, id) AS turn "
            f"FROM notifications.mail m WHERE (state = 'waiting' AND due_at <= now() OR state = 'sending' AND claimed_at < now() - %s) AND {queries.MAY_LEAVE}) due ORDER BY turn, due_at LIMIT %s",
            (FORSAKEN_AFTER, BATCH),
        ).fetchall()
    yield from rows


def _send(server: MailServer, session: MailSession, mail_id: UUID) -> None:
    """Send one mail of the agency in scope, unless somebody else does or nobody wants it any more.

    Raises MailServerAway.
    """
    mail = _claim(mail_id)
    if mail is None:
        return
    try:
        with db.atomic():
            letter = letters.write(mail, server)
        if letter is None:
            _end(mail, "dropped")
            return
        session.hand_in(letter.recipient, letter.message, before=lambda: _note_handed(mail))
        _end(mail, "sent")
    except MailRefused as refusal:
        _end(mail, "failed", REFUSED, refusal.code)
        log.warning("mail.refused", mail=str(mail.id), code=refusal.code)
    except MailDeferred as answer:
        _put_off(mail, answer.code)
    except MailServerAway as away:
        if mail.handed_at and not away.code:  # it went away without an answer
            _end(mail, "failed", DOUBTFUL)
        else:
            # Others go first next time, should it be this mail that the server cannot bear.
            _put_off(mail)
        raise
    except Exception:
        log.exception("mail.not_written", mail=str(mail.id))
        if mail.handed_at:
            _end(mail, "failed", DOUBTFUL)
        else:
            _put_off(mail)


def _note_handed(mail: Mail) -> None:
    """Note, before the server may take a mail, that from now on it may have it."""
    mail.handed_at = datetime.now(UTC)
    _set(mail, handed_at=mail.handed_at)


def _claim(mail_id: UUID) -> Mail | None:
    """Take a mail for this worker, and return it when it is to be sent."""
    with db.atomic():
        mail: Mail | None = (
            Mail.select()
            .where(
                Mail.id == mail_id,
                (Mail.state == "waiting") & (Mail.due_at <= fn.now())
                | (Mail.state == "sending") & (Mail.claimed_at < datetime.now(UTC) - FORSAKEN_AFTER),
            )
            .for_update("FOR UPDATE SKIP LOCKED")
            .first()
        )
        if mail is None:
            return None
        if mail.state == "sending" and mail.handed_at is not None:
            _end(mail, "failed", DOUBTFUL)
            log.warning("mail.in_doubt", mail=str(mail.id))
            return None
        if mail.wanted_at < datetime.now(UTC) - GIVE_UP_AFTER:
            _end(mail, "failed", EXPIRED)
            return None
        mail.tries += 1
        _set(mail, state="sending", tries=mail.tries, claimed_at=datetime.now(UTC))
        if mail.person_id and not mail.kind:
            _take_in(mail)
    return mail


def _take_in(mail: Mail) -> None:
    """Let a gathered mail tell what the person's others tell that are due: they were begun in the same moment, or could not leave before."""
    others = (
        Mail.select(Mail.id)
        .where(
            Mail.person_id == mail.person_id,
            Mail.kind == "",
            Mail.state == "waiting",
            Mail.due_at <= fn.now(),
        )
        .for_update("FOR UPDATE SKIP LOCKED")
    )
    Notification.update(mail_id=mail.id).where(
        Notification.mail_id.in_([each.id for each in others])
    ).execute()


def _put_off(mail: Mail, code: int = 0) -> None:
    """Let a mail wait: five minutes, ten, twenty and so on, four hours at most."""
    pause = min(timedelta(minutes=5) * 2 ** min(mail.tries - 1, 10), timedelta(hours=4))
    due_at, reason = datetime.now(UTC) + pause, DEFERRED if code else ""
    _set(mail, state="waiting", due_at=due_at, code=code, reason=reason, handed_at=None)


def _end(mail: Mail, state: str, reason: str = "", code: int = 0) -> None:
    with db.atomic():
        _set(mail, state=state, ended_at=datetime.now(UTC), reason=reason, code=code)
        if mail.person_id is None:
            _set(mail, recipient="")  # somebody's address is kept no longer than it is needed
        elif reason == REFUSED:
            now = datetime.now(UTC)
            notify(
                "notifications.mail_refused",
                [mail.person_id],
                fact=f"{now:%Y-%m}",
                text=MAIL_REFUSED,
                route="notifications.preferences",
            )


def _set(mail: Mail, **values: Any) -> None:
    with db.atomic():
        Mail.update(**values).where(Mail.id == mail.id).execute()


# ---- the mail server -----------------------------------------------------------------------------------------


def _may_try() -> bool:
    """Tell whether the mail server is there, as far as is known, or has been away long enough to try again."""
    return db.execute_sql("SELECT FROM notifications.server WHERE try_at > now()").fetchone() is None


def _note_away(away: MailServerAway) -> None:
    """Remember that the mail server is away; it is tried again after 1, 2, 4, 8, then every 15 minutes, counted from the beginning of this one."""
    log.warning("mail.server_away", reason=away.reason, code=away.code)
    db.execute_sql(
        "INSERT INTO notifications.server AS s (tries, away_since, try_at, reason, code) "
        "VALUES (1, now(), date_trunc('minute', now()) + interval '1 minute', %(reason)s, %(code)s) ON CONFLICT (id) DO UPDATE SET "
        "tries = s.tries + 1, away_since = coalesce(s.away_since, now()), reason = excluded.reason, code = excluded.code, "
        "try_at = date_trunc('minute', now()) + least(power(2, least(s.tries, 10)), 15) * interval '1 minute'",
        {"reason": away.reason, "code": away.code},
    )


def _note_there() -> None:
    db.execute_sql(
        "UPDATE notifications.server SET tries = 0, away_since = NULL, try_at = NULL, reason = '', code = 0 WHERE tries > 0"
    )
