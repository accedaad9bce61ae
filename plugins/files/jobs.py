"""Background work of the files: scanning what is held, and collecting what nobody needs any more."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.api import JobError, _, current_tenant, db, unscoped
from plugins.files.queries import UPLOADS
from plugins.files.scanner import ScannerAway, scanner
from plugins.files.services import scan_again as scan_portion
from plugins.files.services import settle_scan
from plugins.files.store import incoming, store

ORPHANS_AFTER = timedelta(days=1)
UPLOADS_AFTER = timedelta(days=3)
AT_ONCE = 500
PATIENCE = 600
"""Seconds one agency's files are looked at again; the next hour goes on."""


def scan(file: str) -> None:
    """Let the scanner look at a file that is held; while it is away the job comes again."""
    try:
        settle_scan(UUID(file))
    except ScannerAway as away:
        raise JobError(_("ClamAV không trả lời: {reason}.", reason=str(away))) from away
    except FileNotFoundError:
        return


def scan_again() -> None:
    """Look at the agency's stored files with the signatures of today, portion by portion.

    Without a scanner nothing is done; where one is configured later, the files that came before it are
    looked at. While it is away the next run goes on.
    """
    asked = scanner()
    if asked is None:
        return
    until = time.monotonic() + PATIENCE
    try:
        version = asked.version()
        while scan_portion(asked, version) and time.monotonic() < until:
            pass
    except ScannerAway as away:
        raise JobError(_("ClamAV không trả lời: {reason}.", reason=str(away))) from away


def forget_stale() -> None:
    """Forget the agency's uploads that stopped coming, and finished ones nobody gave to an object.

    Run again, it finds nothing left to do.
    """
    with db.atomic():
        gone = db.execute_sql(
            "DELETE FROM files.upload WHERE tenant_id = %s AND changed_at < now() - %s RETURNING id",
            (current_tenant(), UPLOADS_AFTER),
        ).fetchall()
        db.execute_sql(
            "DELETE FROM files.file WHERE tenant_id = %s AND owner_module = %s AND owner_kind = %s AND created_at < now() - %s",
            (current_tenant(), *UPLOADS, UPLOADS_AFTER),
        )
    for (upload_id,) in gone:
        (incoming("uploads") / upload_id.hex).unlink(missing_ok=True)


def collect_orphans() -> None:
    """Delete bytes that no file of any agency names, and remains of uploads, once they are a day old."""
    before = datetime.now(UTC) - ORPHANS_AFTER
    kept, old = store(), []
    for digest, at in kept.iterate():
        if at < before:
            old.append(digest)
        if len(old) >= AT_ONCE:
            _delete_unnamed(old, before)
            old = []
    _delete_unnamed(old, before)
    for path in incoming().iterdir():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
    _forget_parts(before - UPLOADS_AFTER)


def _delete_unnamed(digests: list[str], before: datetime) -> None:
    with unscoped(reason="bytes are shared by the files of all agencies"), db.atomic():
        named = {
            digest
            for (digest,) in db.execute_sql(
                "SELECT DISTINCT digest FROM files.file WHERE tenant_id = ANY (core.app_read_tenants()) AND digest = ANY(%s)",
                (digests,),
            ).fetchall()
        }
    for digest in digests:
        if digest not in named:
            store().delete(digest, unless_after=before)


def _forget_parts(before: datetime) -> None:
    """Delete pieces of uploads whose row is gone, as a crash between both leaves them."""
    for path in incoming("uploads").iterdir():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
