"""What keeps machines from filling the list of questions, without anybody else being asked about the visitor.

Each form carries a mark of ours that says when it was opened. A browser with script works on it a second or so while
its reader types; without script one waits a little and sends fewer. Attempts are counted by a mark of the address
that no one can turn back, and that is another one every day.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import NamedTuple
from uuid import UUID

from core.api import Request, current_tenant, db, new_id, signature, signature_holds
from plugins.citizen_questions.models import Attempt

FORM, SECRET, ADDRESS = "citizen_questions.form", "citizen_questions.secret", "citizen_questions.address"
WORK = 13
"""Leading zero bits that a browser looks for: some eight thousand tries, a second or two on a cheap phone."""
WAIT = timedelta(seconds=20)
"""Without script nobody writes a question faster."""
VALID = timedelta(hours=12)
WITH_WORK, WITHOUT_WORK, OF_AGENCY = 20, 4, 300
"""Questions an hour: of one address, of one without work, of all together in one agency."""
WRONG_SECRETS, WRONG_OF_ADDRESS = 8, 200
"""Wrong codes and secrets an hour, of one address: at one question, and at all; an office or a mobile network is one address."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class Mark(NamedTuple):
    """What a form of ours carries."""

    id: UUID
    opened_at: datetime


def form_mark() -> str:
    """Return the mark of a new form in the agency in scope: the id its question will have, and the moment."""
    text = f"{new_id()}.{int(datetime.now(UTC).timestamp())}"
    return f"{text}.{signature(FORM, f'{current_tenant()}.{text}')}"


def read_mark(text: object) -> Mark | None:
    """Return what a mark says, if we made it in this agency and not too long ago."""
    found = re.fullmatch(r"([0-9a-f-]{36})\.(\d{9,11})\.([\w-]{10,60})", str(text or ""), re.ASCII)
    if found is None or not signature_holds(FORM, f"{current_tenant()}.{found[1]}.{found[2]}", found[3]):
        return None
    opened_at = datetime.fromtimestamp(int(found[2]), UTC)
    return Mark(UUID(found[1]), opened_at) if datetime.now(UTC) - opened_at < VALID else None


def is_worked(mark: str, work: object) -> bool:
    """Tell whether somebody's machine did the work for a mark."""
    if not re.fullmatch(r"\d{1,10}", str(work or ""), re.ASCII):
        return False
    digest = sha256(f"{mark}:{work}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - WORK) == 0


def admits(req: Request, kind: str, most: int) -> bool:
    """Tell whether an address may do something once more this hour, and count it."""
    mark = _mark(req, kind)
    if _number(kind, most, mark) >= most:
        return False
    Attempt.insert(id=new_id(), kind=kind, mark=mark).execute()
    return True


def stopped_until(req: Request, kind: str, most: int) -> datetime | None:
    """Return when an address that did something too often may do it once more; None if it may now."""
    row = db.execute_sql(
        "SELECT at + interval '1 hour' FROM citizen_questions.attempt WHERE tenant_id = %s AND kind = %s AND mark = %s "
        "AND at > now() - interval '1 hour' ORDER BY at DESC OFFSET %s LIMIT 1",
        (current_tenant(), kind, _mark(req, kind), most - 1),
    ).fetchone()
    return row and row[0]


def count(kind: str) -> None:
    """Count something for all addresses together."""
    Attempt.insert(id=new_id(), kind=kind, mark="").execute()


def waiting(mark: Mark) -> int:
    """Return how many seconds who did no work still waits before a question is taken."""
    return max(0, int((mark.opened_at + WAIT - datetime.now(UTC)).total_seconds()) + 1)


def is_full(kind: str, most: int) -> bool:
    """Tell whether all addresses together did something that often in the agency in scope this hour."""
    return _number(kind, most) >= most


def _number(kind: str, most: int, mark: str = "") -> int:
    condition = "AND mark = %(mark)s" if mark else ""
    number: int = db.execute_sql(
        "SELECT count(*) FROM (SELECT FROM citizen_questions.attempt WHERE tenant_id = %(tenant)s AND kind = %(kind)s "
        f"{condition} AND at > now() - interval '1 hour' LIMIT %(most)s) tried",
        {"tenant": current_tenant(), "kind": kind, "mark": mark, "most": most},
    ).fetchone()[0]
    return number


def _mark(req: Request, kind: str) -> str:
    address = ip_address(req.network_address or "::")
    # Of the newer addresses a household has as many as it likes; what they share is the first half.
    said = address.exploded[:19] if address.version == 6 else str(address)
    return signature(ADDRESS, f"{datetime.now(UTC).date()}.{kind}.{said}")[:24]


def forget_attempts() -> None:
    """Delete attempts that count no more."""
    with db.atomic():
        Attempt.delete().where(Attempt.at < datetime.now(UTC) - timedelta(days=1)).execute()


# ---- the secret ----------------------------------------------------------------------------------------------------


def new_secret() -> str:
    """Return a secret that can be read aloud: no sign of it looks like another."""
    signs = "".join(secrets.choice(LETTERS) for _each in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def kept_of(question_id: UUID, secret: str) -> str:
    """Return what is kept of a secret: without the platform's key nobody can try secrets against it."""
    return signature(SECRET, _proof(question_id, secret))


def is_secret(question_id: UUID, secret: str, kept: str) -> bool:
    """Compare a secret with what is kept of it, in constant time."""
    return signature_holds(SECRET, _proof(question_id, secret), kept)


def _proof(question_id: UUID, secret: str) -> str:
    return f"{question_id}.{''.join(sign for sign in secret.upper() if sign.isalnum())}"
