"""Commands of sign-in: `lienthong sso …`."""

import click

from sso import api_tokens


@click.command()
@click.argument("token")
def revoke_token(token: str) -> None:
    """Revoke an API TOKEN that was found where it should not be; its agency's audit records it."""
    if not api_tokens.is_well_formed(token):
        raise click.ClickException("This is no API token: a character is missing or wrong.")
    name = api_tokens.revoke_found(token)
    if name is None:
        raise click.ClickException("No such token is in use.")
    click.echo(f"Revoked: {name}")
