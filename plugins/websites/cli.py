"""Commands of the agencies' sites: `lienthong websites …`."""

import errno
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.api import N_, _, agency_id, dispatcher, in_both, scope

if TYPE_CHECKING:
    from plugins.websites.import_services import Line, Report
    from plugins.websites.importing import Note, OldSite, Unreadable

ERRORS = 1
OUTCOMES = {
    "added": N_("Thêm: {n}"),
    "changed": N_("Đổi: {n}"),
    "unchanged": N_("Giữ nguyên: {n}"),
    "kept": N_("Đã sửa tay, để yên: {n}"),
    "skipped": N_("Bỏ qua: {n}"),
    "failed": N_("Lỗi: {n}"),
}
MARKS = {"added": "+", "changed": "~", "unchanged": "=", "kept": "·", "skipped": "-", "failed": "!"}


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tenant", "code", required=True, help="The agency's code.")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    help="Where the old site's pictures are, found by file name.",
)
@click.option(
    "--publish", is_flag=True, help="Publish what was public, under its original date; default: drafts."
)
@click.option("--dry-run", is_flag=True, help="Show what would happen; nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_site(
    file: Path, code: str, pictures: Path | None, publish: bool, dry_run: bool, as_json: bool
) -> None:
    """Nhập trang cũ · Import an old site from FILE: RSS 2.0, Atom or a WordPress export (WXR).

    May be stopped at any point and run again: what is there already stays, what changed at the source is
    changed here unless somebody edited it. Nothing is fetched from the network.

    \b
    Ví dụ · example:
      lienthong websites import trang-cu.xml --tenant so-y-te --dry-run

    Mã thoát · exit codes: 0 mọi mục đã nhập, giữ nguyên hoặc bỏ qua có lý do · every item was imported, unchanged, left alone or skipped with a reason; 1 không đọc được tệp hoặc có mục lỗi · the file cannot be read or an item failed; 2 gọi sai · called wrongly.
    """  # noqa: D301
    # PERF: every web process loads this file for the command's name, and none of them reads XML.
    from plugins.websites import import_services
    from plugins.websites.import_services import Wish
    from plugins.websites.import_texts import PictureFolder

    if pictures is not None and not pictures.is_dir():
        told = _said(lambda: _("Không có thư mục này. Hãy xem lại đường dẫn."))
        raise click.ClickException(f"{pictures}: {told}")
    tenant_id = agency_id(code)
    if tenant_id is None:
        raise click.ClickException(_said(lambda: _("Không có cơ quan “{code}”.", code=code)))
    if "websites" not in dispatcher().effective_for(tenant_id):
        raise click.ClickException(_said(lambda: _("Cơ quan “{code}” chưa bật phân hệ này.", code=code)))
    old = _read_or_exit(file, as_json=as_json)
    with scope(tenant_id):
        if not import_services.has_site():
            raise click.ClickException(_said(lambda: _("Cơ quan “{code}” chưa có trang.", code=code)))
        report = import_services.import_site(old, PictureFolder(pictures), Wish(publish, dry_run), _progress)
    if as_json:
        click.echo(json.dumps(_report_json(report, dry_run=dry_run), ensure_ascii=False, indent=2))
    else:
        _print_report(report, dry_run=dry_run)
    if report.counts["failed"]:
        sys.exit(ERRORS)


def _read_or_exit(file: Path, *, as_json: bool) -> "OldSite":
    from plugins.websites.importing import Unreadable, read_site  # for the same reason

    try:
        return read_site(file)
    except OSError as error:
        raise click.ClickException(f"{file}: {_said(partial(_not_opened, error))}") from error
    except Unreadable as error:
        if as_json:
            told = {"line": error.line, **_note_json(error.note)}
            click.echo(json.dumps({"error": told}, ensure_ascii=False, indent=2))
        else:
            click.echo(_said(partial(_unread, file, error)), err=True)
        sys.exit(ERRORS)


def _progress(done: int, of: int) -> None:
    if done % 100 == 0 or done == of:
        click.echo(f"[{done}/{of}]", err=True)


def _said(text: Callable[[], str]) -> str:
    return " · ".join(in_both(text))


def _shown(note: "Note") -> str:
    return _said(lambda: note.text)


def _not_opened(error: OSError) -> str:
    """Say why in words: the system's own are English."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _("Không có tệp này. Hãy xem lại đường dẫn.")
    if isinstance(error, IsADirectoryError):
        return _("Đây là thư mục. Hãy chọn tệp ở trong đó.")
    if isinstance(error, PermissionError):
        return _("Tài khoản đang chạy lệnh không được đọc tệp này.")
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return _("Không đọc được tệp; hệ điều hành báo {code}.", code=code)


def _unread(file: Path, error: "Unreadable") -> str:
    if not error.line:
        return f"{file.name}: {error.note.text}"
    return _("{file}, dòng {line}: {error}", file=file.name, line=error.line, error=error.note.text)


def _note_json(note: "Note") -> dict[str, str]:
    vietnamese, english = in_both(lambda: note.text)
    return {"code": note.code, "message": vietnamese, "message_en": english}


def _report_json(report: "Report", *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "counts": report.counts,
        "items": [_line_json(line) for line in report.remarks],
    }


def _line_json(line: "Line") -> dict[str, Any]:
    return {
        "line": line.line,
        "outcome": line.outcome,
        "title": line.title,
        "notes": [_note_json(note) for note in line.notes],
    }


def _print_report(report: "Report", *, dry_run: bool) -> None:
    for line in report.remarks:
        click.echo(f"{line.line:>6} {MARKS[line.outcome]} {line.title}")
        for note in line.notes:
            click.echo(f"         {_shown(note)}")
    if dry_run:
        click.echo(_said(lambda: _("Chạy thử, chưa ghi gì.")))
    click.echo(_said(lambda: ", ".join(_(OUTCOMES[each], n=n) for each, n in report.counts.items())))
