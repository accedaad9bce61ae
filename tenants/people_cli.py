"""Commands that give people a way in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenants.upkeep.terminal import clear_errors, fail, of_file, settings_or_exit

if TYPE_CHECKING:
    from tenants.password_list import Newcomer, PasswordFile


@click.group()
def people() -> None:
    """Lối vào cho người dùng · Give people a way in: first passwords, a new one, a second factor set up anew.

    The account of each person is made or brought up to date in Keycloak first.
    """


@people.command()
@click.option(
    "--out", type=click.Path(path_type=Path), required=True,
    help="Where to write the table (CSV, readable by its owner alone); it must not exist.",
)  # fmt: skip
@click.option("--tenant", metavar="CODE", help="Only people with a post in this agency.")
@clear_errors
def passwords(out: Path, tenant: str | None) -> None:
    """Cấp mật khẩu lần đầu cho ai chưa có · Give everybody who has never had a password a one-time one, and write them to a file.

    Each must change it at the first sign-in. Killed or interrupted, run it again with another file: who is
    not in the first one is in the second, and where both name somebody the newer one counts.

    \b
    Ví dụ · example:
      lienthong people passwords --tenant so-y-te --out mat-khau.csv

    Mã thoát · exit codes: 0 ai cũng có mật khẩu · everybody has one; 1 Keycloak từ chối hoặc không trả lời, hoặc tệp đã có · Keycloak refused or stopped answering, or the file exists; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from core.app import boot
    from core.db import db
    from core.events import SYSTEM, acting
    from tenants.password_list import newcomers
    from tenants.queries import tenant_by_code

    boot(settings_or_exit())
    with db.connection_context(), acting(SYSTEM):
        info = tenant_by_code(tenant) if tenant else None
        if tenant and info is None:
            fail(f"Không có cơ quan “{tenant}” · no such agency.")
        wanted = newcomers(tenant_id=info.id if info else None)
        if not wanted:
            click.echo("Ai cũng có mật khẩu rồi · everybody has had a password.")
            return
        with create_or_exit(out) as file:
            settled = write_passwords(wanted, file, out)
    if not settled:
        sys.exit(1)


@people.command()
@click.argument("username")
@clear_errors
def password(username: str) -> None:
    """Cấp mật khẩu dùng một lần · Give USERNAME a new one-time password and print it, once; their sessions end.

    \b
    Ví dụ · example:
      lienthong people password oanhptt.van-phong-ubnd

    Mã thoát · exit codes: 0 đã cấp · given; 1 không ai có tên đó, Keycloak không trả lời · nobody has this name, no answer from Keycloak; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from tenants import services

    with _one_person(username) as (by, person_id):
        made = services.issue_password(by, person_id)
    click.echo(made)


@people.command("second-factor")
@click.argument("username")
@clear_errors
def second_factor(username: str) -> None:
    """Thiết lập lại ứng dụng xác thực · Forget the authenticator app of USERNAME; it is set up anew at the next sign-in, and sessions end.

    \b
    Ví dụ · example:
      lienthong people second-factor vanhanh

    Mã thoát · exit codes: 0 xong · done; 1 không ai có tên đó, Keycloak không trả lời · nobody has this name, no answer from Keycloak; 2 gọi sai · called wrongly.
    """  # noqa: D301
    from tenants import services

    with _one_person(username) as (by, person_id):
        services.remove_second_factor(by, person_id)
    click.echo(f"{username}: thiết lập lại ở lần đăng nhập kế tiếp · set up anew at the next sign-in.")


# ---- what the commands share -------------------------------------------------------------------------


@contextmanager
def create_or_exit(out: Path) -> "Iterator[PasswordFile]":
    """Lend a new file for passwords, or end with why it cannot be made."""
    from tenants.password_list import PasswordFile

    try:
        file = PasswordFile(out)
    except FileExistsError:
        fail(f"{out} đã có, chọn tên khác · exists already, choose another name.")
    except OSError as error:
        fail(f"{out}: {of_file(error)}")
    with file:
        yield file


def write_passwords(wanted: "list[Newcomer]", file: "PasswordFile", out: Path) -> bool:
    """Give first passwords with progress; return whether everybody has one now."""
    from tenants.password_list import give_first_passwords
    from tenants.reconciler import directory

    def show(done: int, total: int) -> None:
        click.echo(f"Mật khẩu · passwords {done}/{total}", err=True)

    outcome = give_first_passwords(wanted, directory, file.add, show)
    if outcome.given:
        click.echo(f"{outcome.given} mật khẩu · passwords: {out}", err=True)
    if outcome.known:
        click.echo(f"{outcome.known} người đã có mật khẩu riêng · had one of their own.", err=True)
    if outcome.refused:
        click.echo(
            f"Keycloak từ chối {outcome.refused} người · refused people; `lienthong doctor`.", err=True
        )
    if outcome.unavailable:
        click.echo(
            f"Keycloak chưa trả lời, còn {outcome.left} người; chạy lại `lienthong people passwords` với tệp khác · does not "
            f"answer, {outcome.left} people are left; run it again with another file: {outcome.unavailable}",
            err=True,
        )
    return not (outcome.refused or outcome.left)


@contextmanager
def _one_person(username: str) -> Iterator[tuple[Any, Any]]:
    """Work on one person as the platform itself, in one transaction, or end with why it cannot be done."""
    from core.app import boot
    from core.db import PLATFORM, db, scope
    from core.events import SYSTEM, acting
    from core.web.errors import Forbidden
    from tenants.interfaces import DirectoryRefused, DirectoryUnavailable
    from tenants.models import Person
    from tenants.services import Authority

    boot(settings_or_exit())
    with db.connection_context(), acting(SYSTEM), scope(PLATFORM):
        person = Person.get_or_none(Person.username == username)
        if person is None:
            fail(f"Không ai có tên đăng nhập “{username}” · nobody has this user name.")
        try:
            yield Authority.operator(), person.id
        except (DirectoryUnavailable, DirectoryRefused) as error:
            fail(f"Chưa làm được · nothing was changed: {error}")
        except Forbidden as error:
            fail(error.detail)
