"""A creation that is sent twice with one Idempotency-Key is made once and answered twice.

The answer is kept in the transaction of the creation: either both are there or neither. What failed is not
kept, so that the same key may try again. Keys belong to a person in an agency and are forgotten after a day.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import falcon
import orjson

from core.db import current_tenant, db
from core.i18n import _
from core.web.errors import BadRequest, InProgress, KeyReused
from core.web.request import Request
from core.web.uploads import CHUNK

HEADER = "Idempotency-Key"
KEPT = "interval '24 hours'"
LONGEST = 200
AT_ONCE = 1000
REPEATED = ("Content-Type", "Location", "ETag")
"""Headers that belong to the kept answer."""


def once(req: Request, resp: falcon.Response, respond: Callable[[], None]) -> None:
    """Run a responder unless its key was answered already; then give that answer again.

    Raises InProgress while another request with the key is under way, KeyReused for a key that came with
    something else, BadRequest for a key that will not do.
    """
    key = _key(req)
    if not key or req.ctx is None:
        respond()
        return
    person, sent = req.ctx.person.id, _fingerprint(req)
    lock = f"{HEADER} {current_tenant()} {person} {key}"
    # Whoever waited here would hold a connection for a client that gave up already.
    if not _row("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", lock)[0]:
        raise InProgress(_("Chờ vài giây rồi gửi lại với đúng khoá này."))
    kept = _row(
        "SELECT fingerprint, status, headers, body FROM core.kept_answer WHERE tenant_id = %s AND person_id = %s "
        f"AND key = %s AND at > now() - {KEPT}",
        current_tenant(), person, key,
    )  # fmt: skip
    if kept is None:
        respond()
        if str(resp.status).startswith("2"):
            _keep(resp, key, sent, person)
        return
    if bytes(kept[0]) != sent:
        raise KeyReused(_("Nội dung gửi lần này khác lần trước. Việc mới cần khoá mới."))
    resp.status, resp.data = kept[1], bytes(kept[3])
    resp.set_headers({**kept[2], "Idempotency-Replayed": "true"})


def forget_answers() -> None:
    """Delete the answers of the agency in scope that are older than a day; a job of every night."""
    deleted = AT_ONCE
    while deleted == AT_ONCE:
        with db.atomic():
            deleted = db.execute_sql(
                "DELETE FROM core.kept_answer WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM core.kept_answer "
                f"WHERE tenant_id = %(tenant)s AND at < now() - {KEPT} LIMIT %(limit)s)",
                {"tenant": current_tenant(), "limit": AT_ONCE},
            ).rowcount


def _key(req: Request) -> str:
    key = (req.get_header(HEADER) or "").strip()
    # The draft standard writes the key in quotation marks; most clients do not.
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if len(key) > LONGEST or not key.isprintable() or not key.isascii():
        raise BadRequest(_("Idempotency-Key nhận tối đa {max} ký tự không dấu.", max=LONGEST))
    return key


def _fingerprint(req: Request) -> bytes:
    """Return a digest of what is sent, and where; the order of a document's fields does not matter."""
    digest = hashlib.sha256(f"{req.method} {req.path}?{req.query_string}\n".encode())
    if req.form or req.files:
        digest.update(orjson.dumps(req.form, option=orjson.OPT_SORT_KEYS))
        for name, upload in sorted(req.files.items()):
            digest.update(f"{name} {upload.name} {upload.size}\n".encode())
            upload.file.seek(0)
            while chunk := upload.file.read(CHUNK):
                digest.update(chunk)
            upload.file.seek(0)
    else:
        media = req.get_media(default_when_empty=None)
        digest.update(orjson.dumps(media, option=orjson.OPT_SORT_KEYS))
    return digest.digest()


def _keep(resp: falcon.Response, key: str, sent: bytes, person: Any) -> None:
    headers = {name: value for name in REPEATED if (value := resp.get_header(name))}
    db.execute_sql(
        # A row of the same key can only be one that is too old to count.
        "INSERT INTO core.kept_answer AS kept (tenant_id, id, person_id, key, fingerprint, status, headers, body) "
        "VALUES (%s, gen_random_uuid(), %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, person_id, key) DO UPDATE SET "
        "fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers, "
        "body = excluded.body, at = now()",
        (current_tenant(), person, key, sent, resp.status, orjson.dumps(headers).decode(), resp.render_body() or b""),
    )  # fmt: skip


def _row(sql: str, *values: Any) -> Any:
    return db.execute_sql(sql, values).fetchone()
