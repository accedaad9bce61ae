"""Link the audit's new entries into the chain of their agency (`core/audit.py` says what a link is)."""

from uuid import UUID

import psycopg2
import structlog

from core.audit import COLUMNS, link_hash
from core.db import db, scope
from core.db.database import is_away

BATCH = 500

log = structlog.get_logger()


def seal_all() -> int:
    """Link every waiting entry of every agency and return how many there were.

    An agency that fails holds back no other. Raises RuntimeError when all others are done.
    """
    sealed, failed = 0, []
    for (tenant_id,) in db.execute_sql("SELECT DISTINCT tenant_id FROM core.audit_pending").fetchall():
        try:
            sealed += seal(tenant_id)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("audit.not_sealed", tenant_id=str(tenant_id))
            failed.append(error)
    if failed:
        raise RuntimeError(f"The audit of {len(failed)} agencies was not sealed.") from failed[0]
    return sealed


def seal(tenant_id: UUID) -> int:
    """Link an agency's waiting entries, a batch at a time; another worker doing so is left alone."""
    sealed = 0
    while True:
        with scope(tenant_id), db.atomic():
            count = _seal_batch(tenant_id)
        sealed += count
        if count < BATCH:
            return sealed


def _seal_batch(tenant_id: UUID) -> int:
    db.execute_sql(
        "INSERT INTO core.audit_head VALUES (%s, 0, %s) ON CONFLICT DO NOTHING", (tenant_id, bytes(32))
    )
    head = db.execute_sql(
        "SELECT seq, hash FROM core.audit_head WHERE tenant_id = %s FOR UPDATE SKIP LOCKED", (tenant_id,)
    ).fetchone()
    if head is None:
        return 0
    columns = ", ".join(f"entry.{name}" for name in COLUMNS)
    rows = db.execute_sql(
        f"SELECT {columns} FROM core.audit_pending pending JOIN core.audit_entry entry USING (tenant_id, id) "
        "WHERE pending.tenant_id = %s AND NOT EXISTS (SELECT FROM core.audit_link link "
        "WHERE link.tenant_id = entry.tenant_id AND link.id = entry.id) ORDER BY entry.id LIMIT %s",
        (tenant_id, BATCH),
    ).fetchall()
    if not rows:
        return 0
    first, prev = head[0] + 1, bytes(head[1])
    ids, hashes = [], [prev]
    for seq, row in enumerate(rows, first):
        entry = dict(zip(COLUMNS, row, strict=True))
        ids.append(str(entry["id"]))
        hashes.append(link_hash(entry, seq, hashes[-1]))
    last = first + len(rows) - 1
    db.execute_sql(
        "INSERT INTO core.audit_link (tenant_id, id, seq, prev_hash, hash) "
        "SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[], %s::bytea[])",
        (
            tenant_id,
            ids,
            list(range(first, last + 1)),
            *[list(map(psycopg2.Binary, each)) for each in (hashes[:-1], hashes[1:])],
        ),
    )
    db.execute_sql(
        "UPDATE core.audit_head SET seq = %s, hash = %s WHERE tenant_id = %s", (last, hashes[-1], tenant_id)
    )
    db.execute_sql(
        "DELETE FROM core.audit_pending WHERE tenant_id = %s AND id = ANY(%s::uuid[])", (tenant_id, ids)
    )
    log.info("audit.sealed", tenant_id=str(tenant_id), seq=last, hash=hashes[-1].hex())
    return len(rows)
