"""Commands of the notebook: `lienthong example …`."""

import click

from core.api import _, agency_id, db, format_date, scope
from plugins.example import queries


@click.command()
@click.argument("agency")
def export(agency: str) -> None:
    """Print the notes of an AGENCY (its code) as Markdown, for the archive of papers."""
    tenant_id = agency_id(agency)
    if tenant_id is None:
        raise click.ClickException(f"There is no agency '{agency}'.")
    unit = None
    with scope(tenant_id), db.atomic():
        for note_unit, title, body, author, at in queries.export():
            if note_unit != unit:
                unit = note_unit
                click.echo(f"# {unit}\n")
            click.echo(f"## {title}\n\n{body}\n\n*{author or _('Hệ thống')}, {format_date(at, year=True)}*\n")
