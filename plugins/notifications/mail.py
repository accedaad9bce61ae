"""The way to the mail server: what it takes, what it refuses, and whether it is there at all.

Nothing here knows what a mail says (letters.py) or what becomes of it (jobs.py).
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage

from core.api import N_, installed_settings

TIMEOUT = 20
"""Seconds a mail server may take for one answer."""


class MailServerAway(Exception):
    """The mail server takes nothing from anybody now; `reason` is a marked sentence for operators."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(f"{reason} {code or ''}".strip())
        self.reason, self.code = reason, code


class MailDeferred(Exception):
    """The mail server does not take this mail now (4xx); later it may."""

    def __init__(self, code: int) -> None:
        super().__init__(f"The mail server answered {code}.")
        self.code = code


class MailRefused(Exception):
    """The mail server will never take this mail (5xx), or the address is none."""

    def __init__(self, code: int = 0) -> None:
        super().__init__(f"The mail server answered {code}." if code else "The address cannot be written to.")
        self.code = code


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in, and as whom."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    sender_name: str
    ca_file: str | None = None
    timeout: int = TIMEOUT

    @contextmanager
    def session(self) -> Iterator["MailSession"]:
        """Open a connection over which mails can be handed in one after the other.

        Raises MailServerAway.
        """
        connection = self._connect()
        try:
            yield MailSession(connection, self.sender)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        # A certificate that cannot be checked is worse than a mail that waits.
        context = ssl.create_default_context(cafile=self.ca_file)
        try:
            if self.security == "tls":
                opened: smtplib.SMTP = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=self.timeout, context=context
                )
            else:
                opened = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            try:
                self._greet(opened, context)
            except BaseException:
                opened.close()
                raise
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerAway(
                N_("Máy chủ thư không nhận tài khoản hoặc mật khẩu."), error.smtp_code
            ) from error
        except ssl.SSLError as error:
            raise MailServerAway(N_("Không lập được kết nối mã hoá tin cậy với máy chủ thư.")) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailServerAway(N_("Máy chủ thư không có cách mã hoá hoặc đăng nhập đã cài đặt.")) from error
        except smtplib.SMTPResponseException as error:
            raise MailServerAway(N_("Máy chủ thư không tiếp nhận lúc này."), error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(N_("Không kết nối được máy chủ thư.")) from error
        return opened

    def _greet(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if self.security == "starttls":
            connection.starttls(context=context)
        if self.user:
            connection.login(self.user, self.password)
        else:
            connection.ehlo_or_helo_if_needed()


class MailSession:
    """An open connection to the mail server."""

    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection = connection
        self._sender = sender

    def hand_in(self, recipient: str, message: EmailMessage, *, before: Callable[[], None]) -> None:
        """Hand one mail in; `before` is called when the next step may make the server take it.

        Raises MailServerAway, MailDeferred, MailRefused.
        """
        if not recipient.isascii() or "@" not in recipient:
            raise MailRefused
        try:
            self._check(*self._connection.mail(self._sender), ours=True)
            self._check(*self._connection.rcpt(recipient))
            before()
            self._check(*self._connection.data(message.as_bytes()))
        except (MailDeferred, MailRefused):
            self._forget()
            raise
        except smtplib.SMTPDataError as error:
            self._forget()
            raise _answer(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(N_("Mất kết nối với máy chủ thư giữa chừng.")) from error

    def _check(self, code: int, _words: bytes, *, ours: bool = False) -> None:
        """Turn an answer into an error; the server's words quote addresses and are left out."""
        if code == 421:
            raise MailServerAway(N_("Máy chủ thư không tiếp nhận lúc này."), code)
        if ours and code >= 400:
            raise MailServerAway(N_("Máy chủ thư không nhận địa chỉ gửi của nền tảng."), code)
        if code >= 400:
            raise _answer(code)

    def _forget(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._connection.rset()


def _answer(code: int) -> MailDeferred | MailRefused:
    return MailRefused(code) if code >= 500 else MailDeferred(code)


def mail_server() -> MailServer | None:
    """Return the mail server of this installation, or None: then no mails are sent."""
    it = installed_settings()
    if not it.smtp_host:
        return None
    return MailServer(
        host=it.smtp_host,
        port=it.smtp_port,
        security=it.smtp_security,
        user=it.smtp_user,
        password=it.smtp_password,
        sender=it.mail_from,
        sender_name=it.mail_from_name,
        ca_file=str(it.smtp_ca_file) if it.smtp_ca_file else None,
    )
