"""Make the roles and databases of an installation on any PostgreSQL server."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extensions import cursor

from scripts._lib.console import Failure, disk_full
from scripts._lib.places import ROOT

FOLDER = ROOT / "deploy" / "database"


@contextmanager
def session(url: str) -> Iterator[cursor]:
    """Open a connection in which every statement stands alone."""
    try:
        connection = psycopg2.connect(url, connect_timeout=10)
    except psycopg2.OperationalError as error:
        place = urlsplit(url)
        raise Failure(
            f"Không kết nối được PostgreSQL tại {place.hostname}:{place.port or 5432}: {error}",
            "PostgreSQL cannot be reached there; the reason is above.",
        ) from error
    connection.autocommit = True
    try:
        with connection.cursor() as opened:
            yield opened
    except psycopg2.Error as error:
        if isinstance(error, errors.DiskFull):
            raise disk_full() from error
        raise Failure(f"PostgreSQL từ chối: {error}", "PostgreSQL refused; the reason is above.") from error
    finally:
        connection.close()


def other_database(url: str, name: str, role: str | None = None, password: str | None = None) -> str:
    """Return the address of another database on the same server, as another role if one is given."""
    parts = urlsplit(url)
    user, separator, place = parts.netloc.rpartition("@")
    if role:
        user, separator = f"{role}:{password}", "@"
    return urlunsplit(parts._replace(netloc=f"{user}{separator}{place}", path=f"/{name}"))


def prepare_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Run deploy/database/roles.sql with `owner_password`, `app_password` and `keycloak_password`."""
    with session(admin_url) as opened:
        _run_file(opened, FOLDER / "roles.sql", passwords)


def database_exists(admin_url: str, name: str) -> bool:
    """Tell whether the server has a database of this name."""
    with session(admin_url) as opened:
        opened.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return opened.fetchone() is not None


def create_database(
    admin_url: str, name: str, *, owner: str | None = None, template: str = "template0"
) -> None:
    """Create a database unless it is there.

    Without an owner of its own it is the platform's, and gets the grants of deploy/database/database.sql.
    """
    if not database_exists(admin_url, name):
        statement = sql.SQL(
            "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY wal_log OWNER {}"
        ).format(
            sql.Identifier(name),
            sql.Identifier(template),
            sql.Identifier(owner) if owner else sql.SQL("DEFAULT"),
        )
        with session(admin_url) as opened:
            opened.execute(statement)
    if owner is None:
        with session(other_database(admin_url, name)) as opened:
            _run_file(opened, FOLDER / "database.sql", {})


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database if it is there, ending the sessions in it."""
    with session(admin_url) as opened:
        opened.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run_file(opened: cursor, path: Path, values: Mapping[str, str]) -> None:
    """Run a file written for psql, whose `:'name'` stands for a quoted value."""
    statements = re.sub(
        r":'(\w+)'", lambda found: f"%({found[1]})s", path.read_text("utf-8").replace("%", "%%")
    )
    opened.execute(statements, values)
