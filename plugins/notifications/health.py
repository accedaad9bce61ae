"""How the mails do, in words for operators and without anybody's address."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from core.api import Health, _, db, format_datetime, ngettext, unscoped
from plugins.notifications import queries
from plugins.notifications.mail import MailServerAway, mail_server

PATIENCE = 3
"""Seconds the mail server may take for an answer to somebody who looks whether it is there."""
LATE_AFTER = 900
"""Seconds a due mail may wait while the mail server is there."""


class Queue(NamedTuple):
    """The mails of all agencies: how many are due, for how long the oldest, how many failed in a day and why."""

    waiting: int
    oldest_seconds: float
    failed: int
    codes: str


def mail_health() -> Health:
    """Tell whether mails leave: the server answers, nothing due waits long, nothing was refused."""
    with db.atomic():
        queue = _queue()
        away = db.execute_sql(
            "SELECT away_since, try_at, reason, code FROM notifications.server WHERE away_since IS NOT NULL"
        ).fetchone()
    server = mail_server()
    if server is None:
        return Health(ok=True, absent=True, detail=_("Chưa có máy chủ thư: thông báo chỉ hiện trong trang."))
    if away:
        return Health(ok=False, detail=_away(queue, *away))
    try:
        with replace(server, timeout=PATIENCE).session():
            pass
    except MailServerAway as gone:
        return Health(ok=False, detail=_answered(gone.reason, gone.code))
    if queue.oldest_seconds > LATE_AFTER:
        minutes = int(queue.oldest_seconds // 60)
        return Health(
            ok=False,
            detail=_("Thư đến hạn gửi đã chờ {minutes} phút; xem tiến trình nền.", minutes=minutes),
        )
    if queue.failed:
        told = ngettext(
            "{n} thư không gửi được trong một ngày qua ({codes}).",
            "{n} thư không gửi được trong một ngày qua ({codes}).",
            queue.failed,
            codes=queue.codes,
        )
        return Health(ok=True, warning=True, detail=told)
    return Health(ok=True)


def _answered(reason: str, code: int) -> str:
    return _(reason) + (f" ({code})" if code else "")


def _away(queue: Queue, since: datetime, try_at: datetime, reason: str, code: int) -> str:
    parts = [
        _("Không gửi được thư từ {since}.", since=format_datetime(since, inside=True)),
        _answered(reason, code),
        ngettext("{n} thư đang chờ, không mất.", "{n} thư đang chờ, không mất.", queue.waiting),
        _("Thử lại lúc {at}.", at=format_datetime(try_at, inside=True)),
    ]
    return " ".join(parts)


def _queue() -> Queue:
    with unscoped(reason="the health of the mails is that of all agencies"), db.atomic():
        row = db.execute_sql(
            f"""
            SELECT count(*) FILTER (WHERE state = 'waiting' AND due_at <= now()),
                coalesce(extract(epoch FROM now() - min(due_at) FILTER (WHERE state = 'waiting' AND due_at <= now())), 0)::float,
                count(*) FILTER (WHERE state = 'failed'),
                coalesce(string_agg(DISTINCT coalesce(nullif(code, 0)::text, '–'), ', ') FILTER (WHERE state = 'failed'), '')
            FROM notifications.mail m
            WHERE state = 'sending' OR state = 'waiting' AND {queries.MAY_LEAVE} OR ended_at > now() - interval '1 day'
            """
        ).fetchone()
    return Queue._make(row)
