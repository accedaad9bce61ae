"""Commands of the notebook: `lienthong example …`."""

import click

from core.api import _, agency_id, db, format_date, scope
from plugins.example import queries


@click.command()
@click.argument("agency")
def export(agency: str) -> None:
    """In ghi chú của một cơ quan · Print the notes of an AGENCY (its code) as Markdown, for the archive of papers.

    \b
    Ví dụ · example:
      lienthong example export so-y-te

    Mã thoát · exit codes: 0 xong · done; 1 không có cơ quan đó · no such agency; 2 gọi sai · called wrongly.
    """  # noqa: D301
    tenant_id = agency_id(agency)
    if tenant_id is None:
        raise click.ClickException(f"Không có cơ quan '{agency}' · There is no agency '{agency}'.")
    unit = None
    with scope(tenant_id), db.atomic():
        for note_unit, title, body, author, at in queries.export():
            if note_unit != unit:
                unit = note_unit
                click.echo(f"# {unit}\n")
            click.echo(f"## {title}\n\n{body}\n\n*{author or _('Hệ thống')}, {format_date(at, year=True)}*\n")
