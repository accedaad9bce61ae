"""Make the roles and databases of an installation on any PostgreSQL server."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection

from scripts._lib.places import ROOT

FOLDER = ROOT / "deploy" / "database"


def connect(url: str) -> connection:
    """Open a connection in which every statement stands alone."""
    opened = psycopg2.connect(url, connect_timeout=10)
    opened.autocommit = True
    return opened


def other_database(url: str, name: str, role: str | None = None, password: str | None = None) -> str:
    """Return the address of another database on the same server, as another role if one is given."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{role}:{password}" if role else parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{user}@{place}", path=f"/{name}"))


def prepare_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Run deploy/database/roles.sql with `owner_password`, `app_password` and `keycloak_password`."""
    opened = connect(admin_url)
    try:
        _run_file(opened, FOLDER / "roles.sql", passwords)
    finally:
        opened.close()


def create_database(
    admin_url: str, name: str, *, owner: str | None = None, template: str = "template0"
) -> None:
    """Create a database unless it is there.

    Without an owner of its own it is the platform's, and gets the grants of deploy/database/database.sql.
    """
    statement = "CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' STRATEGY wal_log"
    opened = connect(admin_url)
    try:
        with opened.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone() is None:
                names = {"name": name, "template": template, "owner": owner or ""}
                cursor.execute(
                    sql.SQL(statement + (" OWNER {owner}" if owner else "")).format(
                        **{key: sql.Identifier(value) for key, value in names.items() if value}
                    )
                )
    finally:
        opened.close()
    if owner is None:
        inside = connect(other_database(admin_url, name))
        try:
            _run_file(inside, FOLDER / "database.sql", {})
        finally:
            inside.close()


def drop_database(admin_url: str, name: str) -> None:
    """Drop a database if it is there, ending the sessions in it."""
    opened = connect(admin_url)
    try:
        with opened.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    finally:
        opened.close()


def _run_file(opened: connection, path: Path, values: Mapping[str, str]) -> None:
    """Run a file written for psql, whose `:'name'` stands for a quoted value."""
    statements = re.sub(
        r":'(\w+)'", lambda found: f"%({found[1]})s", path.read_text("utf-8").replace("%", "%%")
    )
    with opened.cursor() as cursor:
        cursor.execute(statements, values)
