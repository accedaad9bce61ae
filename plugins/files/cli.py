"""Commands of the files: `lienthong files …`."""

import hashlib

import click

from core.api import db, unscoped
from plugins.files.store import CHUNK, store


@click.command()
def verify() -> None:
    """Đọc lại mọi tệp đã lưu · Read every stored file and compare it with its digest and with the database.

    \b
    Ví dụ · example:
      lienthong files verify

    Mã thoát · exit codes: 0 mọi tệp còn nguyên · every file is whole; 1 có tệp hỏng hoặc mất, có nêu tên · damaged or missing ones, named; 2 gọi sai · called wrongly.
    """  # noqa: D301
    kept = store()
    with unscoped(reason="the check of the stored bytes is that of all agencies"), db.atomic():
        named = {
            digest: (size, name)
            for digest, size, name in db.execute_sql(
                "SELECT digest, size, min(name) FROM files.file WHERE tenant_id = ANY (core.app_read_tenants()) GROUP BY 1, 2"
            ).fetchall()
        }
    found = dict(kept.iterate())
    damaged = [digest for digest in sorted(found) if _digest(digest) != digest]
    missing = sorted(named.keys() - found.keys())
    orphans = found.keys() - named.keys()
    for digest in damaged:
        click.echo(f"damaged {digest} {named.get(digest, (0, 'no file names it'))[1]}")
    for digest in missing:
        click.echo(f"missing {digest} {named[digest][1]}")
    click.echo(
        f"{len(found)} stored, {len(damaged)} damaged, {len(missing)} missing, "
        f"{len(orphans)} named by no file (collected a day after they came)"
    )
    if damaged or missing:
        raise click.ClickException("Bring the files back from the backup of LIENTHONG_FILES_DIR.")


def _digest(digest: str) -> str:
    summed = hashlib.sha256()
    with store().open(digest) as file:
        while chunk := file.read(CHUNK):
            summed.update(chunk)
    return summed.hexdigest()
