"""What mails say: which kind, which agency, and where to read it; the matter itself stays inside the platform."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup

from core.api import (
    _,
    current_tenant,
    db,
    dispatcher,
    installed_settings,
    ngettext,
    reading_as,
    route_url,
    signature,
)
from plugins.notifications import queries
from plugins.notifications.declarations import NotificationKind
from plugins.notifications.mail import MailRefused, MailServer
from plugins.notifications.models import Mail

UNSUBSCRIBE = "notifications.unsubscribe"
"""What signatures in mails are for."""

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
"""Addresses that a mail server can be asked to write to."""


UNFOLDED = "List-Unsubscribe"
"""The header whose address mail programs read letter by letter."""


class _Policy(EmailPolicy):
    """Writes an address in a header as it is, and words so that every blank of theirs arrives.

    The library breaks a long address without blanks into encoded words, which no mail program takes for an address;
    and words at a blank, which mail programs leave out where it stands between two encoded words.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name == "Subject":
            words = Header(value, header_name=name).encode(linesep=self.linesep)
            return f"{name}: {words}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


ON_THE_WIRE = _Policy(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to go."""

    recipient: str
    message: EmailMessage


class _Addressee(NamedTuple):
    email: str
    locale: str
    code: str


def write(mail: Mail, server: MailServer) -> Letter | None:
    """Write a mail in its reader's language, or nothing when there is nothing left to tell.

    That is so when everything was read meanwhile, or the person wants no such mail, or has left the agency.

    Raises MailRefused for an address that is none.
    """
    if mail.person_id is None:
        return _to_outsider(mail, server)
    addressee = _addressee(mail.person_id)
    if addressee is None or not addressee.email:
        return None
    chosen = queries.choices(mail.person_id)
    unread = [(each, kind) for each, kind in _unread(mail) if chosen.get(kind, "never") != "never"]
    if not unread:
        return None
    with reading_as(addressee.locale):
        return Letter(addressee.email, _message(mail, server, addressee, unread))


def _to_outsider(mail: Mail, server: MailServer) -> Letter:
    """Write a mail to somebody without an account: what a module said, under the agency's name."""
    with reading_as("vi"):
        agency = queries.agency_name()
    message = _headed(mail, server, mail.recipient, f"[{agency}] {mail.subject}")
    message.set_content(f"{mail.body}\n\n{agency}\n")
    return Letter(mail.recipient, message)


def _headed(mail: Mail, server: MailServer, recipient: str, subject: str) -> EmailMessage:
    """Return a mail without words. Raises MailRefused for an address that is none."""
    if not ADDRESS.fullmatch(recipient):
        raise MailRefused
    message = EmailMessage(policy=ON_THE_WIRE)
    message["To"] = recipient
    message["From"] = formataddr((server.sender_name, server.sender))
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    # The same however often the mail is handed in: who gets it twice can tell, and so can their program.
    message["Message-ID"] = f"<{mail.id}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _addressee(person_id: UUID) -> _Addressee | None:
    row = db.execute_sql(
        "SELECT p.email, p.locale, t.code FROM tenants.person p, tenants.tenant t WHERE t.id = %(tenant)s "
        "AND p.id = %(person)s AND p.disabled_at IS NULL AND EXISTS (SELECT FROM tenants.current_post m "
        "WHERE m.tenant_id = %(tenant)s AND m.person_id = p.id)",
        {"tenant": current_tenant(), "person": person_id},
    ).fetchone()
    return _Addressee._make(row) if row else None


def _unread(mail: Mail) -> list[tuple[UUID, str]]:
    """Return the unread notifications a mail is about: id and kind."""
    return list(
        db.execute_sql(
            "SELECT id, kind FROM notifications.notification WHERE tenant_id = %s AND mail_id = %s AND unread ORDER BY created_at, id",
            (current_tenant(), mail.id),
        ).fetchall()
    )


def _message(
    mail: Mail, server: MailServer, addressee: _Addressee, unread: Sequence[tuple[UUID, str]]
) -> EmailMessage:
    agency = queries.agency_name()
    titles = Counter(_title(kind) for _id, kind in unread)
    if mail.kind:
        subject = _title(mail.kind)
        link = _absolute("notifications.open", addressee.code, notification_id=unread[0][0])
    else:
        subject = ngettext("{n} thông báo chưa đọc", "{n} thông báo chưa đọc", len(unread))
        link = _absolute("notifications.centre", addressee.code)
    out = unsubscribe_url(mail.person_id, mail.kind, addressee.code)
    message = _headed(mail, server, addressee.email, f"[{agency}] {subject}")
    message[UNFOLDED] = f"<{out}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = [f"{title}: {number}" if number > 1 else title for title, number in titles.items()]
    foot = _("Nội dung chỉ đọc được trên nền tảng, sau khi đăng nhập.")
    more = (
        (_("Cách nhận thông báo"), _absolute("notifications.preferences", addressee.code)),
        (_("Thôi gửi thư này"), out),
    )
    message.set_content(
        "\n".join([subject, agency, "", *(f"- {line}" for line in lines), "", f"{_('Mở để xem')}: {link}", "",
                   foot, *(f"{words}: {url}" for words, url in more), ""])
    )  # fmt: skip
    message.add_alternative(_html(subject, agency, lines, link, foot, more), subtype="html")
    return message


def _html(
    subject: str, agency: str, lines: Sequence[str], link: str, foot: str, more: Sequence[tuple[str, str]]
) -> str:
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    ends = Markup(" · ").join(Markup('<a href="{}">{}</a>').format(url, words) for words, url in more)
    return Markup(
        '<!doctype html><html><body><h1>{}</h1><p>{}</p><ul>{}</ul><p><a href="{}">{}</a></p><hr><p>{}<br>{}</p></body></html>'
    ).format(subject, agency, items, link, _("Mở để xem"), foot, ends)


def _title(kind: str) -> str:
    found = dispatcher().catalogue.of(NotificationKind).get(kind)
    return _(found[1].title) if found else _("Thông báo")


def unsubscribe_url(person_id: UUID, kind: str, code: str) -> str:
    """Return the address that ends mails of a kind to a person, or the gathered ones, without a sign-in."""
    query = {
        "p": str(person_id),
        "k": kind,
        "s": signature(UNSUBSCRIBE, f"{current_tenant()}:{person_id}:{kind}"),
    }
    return f"{_absolute('notifications.unsubscribe', code)}?{urlencode(query)}"


def _absolute(route: str, code: str, **fields: object) -> str:
    return installed_settings().public_url + route_url(route, tenant=code, **fields)
