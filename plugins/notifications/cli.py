"""Commands of the notification centre: `lienthong notifications …`."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, make_msgid

import click

from core.api import _, db, unscoped
from plugins.notifications.mail import MailDeferred, MailRefused, MailServerAway, mail_server


@click.command(name="try-mail")
@click.argument("address")
def try_mail(address: str) -> None:
    """Gửi thử một thư · Send a mail to an ADDRESS now, past the queue, and say what the mail server answered.

    \b
    Ví dụ · example:
      lienthong notifications try-mail oanh@hue.example

    Mã thoát · exit codes: 0 máy chủ thư đã nhận · the mail server took it; 1 chưa gửi được, kèm câu trả lời của máy chủ · not sent, with what the server said; 2 gọi sai · called wrongly.
    """  # noqa: D301
    server = mail_server()
    if server is None:
        raise click.ClickException(
            "Chưa có LIENTHONG_SMTP_HOST nên không gửi thư · LIENTHONG_SMTP_HOST is not set: no mails are sent. See docs/settings.md"
        )
    message = EmailMessage(policy=SMTP)
    message["To"] = address
    message["From"] = formataddr((server.sender_name, server.sender))
    message["Subject"] = _("Thử gửi thư từ nền tảng")
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message.set_content(_("Máy chủ thư đã nhận thư này: nền tảng gửi thư được."))
    try:
        with server.session() as session:
            session.hand_in(address, message, before=lambda: None)
    except (MailServerAway, MailDeferred, MailRefused) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{server.host} đã nhận thư · took the mail.")


@click.command()
def mails() -> None:
    """Đếm thư của từng cơ quan · Print how many mails each agency has by state, and why some failed.

    \b
    Ví dụ · example:
      lienthong notifications mails

    Mã thoát · exit codes: 0 xong · done; 1 cơ sở dữ liệu không trả lời · no answer from the database; 2 gọi sai · called wrongly.
    """  # noqa: D301
    with unscoped(reason="operators see how the mails of all agencies do"), db.atomic():
        rows = db.execute_sql(
            "SELECT t.code, m.state, m.reason, m.code, count(*), min(m.due_at) FROM notifications.mail m "
            "JOIN tenants.tenant t ON t.id = m.tenant_id GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"
        ).fetchall()
    for agency, state, reason, code, number, due in rows:
        why = f" {code or ''} {_(reason)}" if reason else ""
        click.echo(f"{agency}  {state} {number}, {due:%Y-%m-%d %H:%M}{why}")
