"""Commands of sign-in: `lienthong sso …`."""

import click

from sso import api_tokens


@click.command()
@click.argument("token")
def revoke_token(token: str) -> None:
    """Thu hồi mã truy cập API · Revoke an API TOKEN that was found where it should not be; its agency's audit records it.

    \b
    Ví dụ · example:
      lienthong sso revoke-token lt_…

    Mã thoát · exit codes: 0 đã thu hồi · revoked; 1 không có mã đó đang dùng · no such token is in use; 2 gọi sai · called wrongly.
    """  # noqa: D301
    if not api_tokens.is_well_formed(token):
        raise click.ClickException(
            "Đây không phải mã truy cập API: thiếu hoặc sai ký tự · This is no API token: a character is missing or wrong."
        )
    name = api_tokens.revoke_found(token)
    if name is None:
        raise click.ClickException("Không có mã này đang dùng · No such token is in use.")
    click.echo(f"Đã thu hồi · Revoked: {name}")
