"""A real mail server in this process, whose answers a test decides."""

import asyncio
import socket
import ssl
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = "lienthong", "mat-khau-thu"


class _Controller(Controller):
    """Knows who is connected: the library forgets them when it stops."""

    def factory(self) -> SMTP:
        made = super().factory()
        self.__dict__.setdefault("connected", []).append(made)
        return made

    async def hang_up(self) -> None:
        for each in self.__dict__.get("connected", []):
            if each.transport is not None:
                each.transport.abort()
        await asyncio.sleep(0.05)


@dataclass
class MailBox:
    """Takes mails, or answers what `answers` has for the recipient next."""

    folder: Path
    received: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    """The mails as they came over the line."""
    answers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    after_data: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    port: int = 0
    controller: Controller | None = None

    def start(self, *, starttls: bool = True) -> None:
        """Listen; again on the same port after a stop."""
        self.port = self.port or free_port()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.folder / "key.pem")
        self.controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=self._authenticate,
            auth_required=starttls,
        )
        self.controller.start()

    def stop(self) -> None:
        """Go away, and hang up on who is still there."""
        if self.controller is not None:
            hanging_up = self.controller.hang_up()
            asyncio.run_coroutine_threadsafe(hanging_up, self.controller.loop).result(10)
            self.controller.stop()
            self.controller = None

    @property
    def certificate(self) -> Path:
        return certificate(self.folder)

    def to(self, address: str) -> list[EmailMessage]:
        """Return the mails that somebody got, oldest first."""
        return [mail for mail in self.received if mail["To"] == address]

    def _authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        if self.answers[address]:
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        (address,) = envelope.rcpt_tos
        if self.after_data[address]:
            return self.after_data[address].pop(0)
        self.raw.append(envelope.content)
        self.received.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def certificate(folder: Path) -> Path:
    """Make a certificate for this machine that its own authority signed: itself."""
    path = folder / "certificate.pem"
    if not path.exists():
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path
