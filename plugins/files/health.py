"""What operators see of the files: the folder, its disk and the scanner."""

import os
from uuid import uuid4

from core.api import Health, _, db, format_number, installed_settings, unscoped
from plugins.files.scanner import ScannerAway, scanner
from plugins.files.store import MB, free_space, incoming

WARN_AT = 5
"""Times what must stay free: below it operators are warned."""


def folder() -> Health:
    """Tell whether the store can be written and how much room it has."""
    probe = incoming() / f"probe-{uuid4().hex}"
    try:
        with probe.open("xb") as file:
            file.write(b"lienthong")
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
    free, reserve = free_space(), installed_settings().files_reserve_mb * MB
    detail = _("Còn {n} GB.", n=format_number(round(free / 1e9, 1)))
    if free < reserve:
        stopped = _("Dưới mức phải chừa lại, không nhận tệp mới.")
        return Health(ok=False, detail=f"{detail} {stopped}")
    return Health(ok=True, detail=detail, warning=free < WARN_AT * reserve)


def scanning() -> Health:
    """Tell whether the scanner answers and whether files wait for it."""
    with unscoped(reason="files of all agencies wait for one scanner"), db.atomic():
        held, infected = db.execute_sql(
            "SELECT count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state = 'infected') FROM files.file "
            "WHERE tenant_id = ANY (core.app_read_tenants()) AND state IN ('held', 'infected')"
        ).fetchone()
    said = [_("{n} tệp chờ quét.", n=held)] if held else []
    if infected:
        said.append(_("{n} tệp có mã độc đang bị khoá.", n=infected))
    waiting = " ".join(said)
    asked = scanner()
    if asked is None:
        return Health(
            ok=not held, warning=bool(infected), detail=waiting or _("Không cài đặt, tệp không được quét.")
        )
    try:
        asked.ping()
    except ScannerAway as away:
        return Health(ok=False, detail=_("ClamAV không trả lời: {reason}.", reason=str(away)) + f" {waiting}")
    return Health(ok=True, detail=waiting, warning=bool(said))
