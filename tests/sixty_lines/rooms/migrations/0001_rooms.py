"""Meeting rooms."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db, "rooms.room", "name text NOT NULL, note text NOT NULL DEFAULT '', UNIQUE (tenant_id, name, id)"
    )
