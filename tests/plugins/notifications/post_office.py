"""Short ways to tell people things and to look at what became of it."""

import os
import signal
from datetime import timedelta
from smtplib import SMTP
from uuid import UUID

from core.app import boot
from core.db import PLATFORM, db, scope
from core.events import SYSTEM, acting
from plugins.notifications import jobs, queries
from plugins.notifications.api import notify
from plugins.notifications.models import Mail
from tests.support.modules import Agency, Officer

KIND = "example.pinned"


class PostOffice:
    """An agency, the people who are told things in it, and their mails."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    def officer(self, address: str = "", **options) -> Officer:
        """Give somebody a post and an address."""
        found = self.agency.officer("example.writer", **options)
        with self.agency.at_work():
            db.execute_sql("UPDATE tenants.person SET email = %s WHERE id = %s", (address, found.person_id))
        return found

    def tell(self, *people: Officer, fact: str = "1", kind: str = KIND, **options) -> int:
        """Tell people of a fact."""
        options = {"text": "Ghi chú “{title}” được ghim: mọi người trong phòng cần nắm", **options}
        options.setdefault("fields", {"title": f"Việc {fact}"})
        with self.agency.at_work():
            return notify(kind, [each.person_id for each in people], fact=fact, **options)

    def texts(self, officer: Officer, **wanted) -> list[str]:
        """Return the fields of an officer's list, newest first."""
        with officer.working() as ctx:
            rows = queries.notifications(ctx, queries.Filter(**wanted)).rows
            return [row.fields["title"] for row in rows]

    def ids(self, officer: Officer) -> list[UUID]:
        with officer.working() as ctx:
            return [row.id for row in queries.notifications(ctx, queries.Filter()).rows]

    def unread(self, officer: Officer) -> int:
        with officer.working() as ctx:
            return int(db.execute_sql(*queries.unread(ctx)).fetchone()[0])

    def choose(self, officer: Officer, email: str, **hours: str) -> None:
        """Fill in an officer's preferences; without hours nothing is quiet."""
        form = {KIND: email, "quiet_from": "", "quiet_to": "", "digest_at": "07:00", **hours}
        assert officer.post("notifications.preferences", form).status_code == 303

    # ---- mails

    def mails(self) -> list[Mail]:
        with self.agency.at_work():
            return list(Mail.select().order_by(Mail.due_at, Mail.id))

    def states(self) -> list[str]:
        return [mail.state for mail in self.mails()]

    def pass_time(self, **delta: float) -> None:
        """Let time go by for the mails of the agency and for the mail server."""
        by = timedelta(**delta)
        with self.agency.at_work():
            db.execute_sql(
                "UPDATE notifications.mail SET due_at = due_at - %s, wanted_at = wanted_at - %s, claimed_at = claimed_at - %s, "
                "ended_at = ended_at - %s WHERE tenant_id = core.app_tenant()",
                (by, by, by, by),
            )
            db.execute_sql(
                "UPDATE notifications.server SET try_at = try_at - %s, away_since = away_since - %s", (by, by)
            )

    def deliver(self) -> None:
        deliver()


def deliver() -> None:
    """Run the worker's job as the worker does."""
    with db.connection_context(), scope(PLATFORM), acting(SYSTEM):
        jobs.deliver()


def die_with_mail_handed_in(settings) -> None:
    """Run the job in a process of its own, killed with -9 once the mail server has taken the first mail."""
    boot(settings)
    data = SMTP.data

    def take(self, message):
        data(self, message)
        os.kill(os.getpid(), signal.SIGKILL)

    SMTP.data = take
    deliver()
