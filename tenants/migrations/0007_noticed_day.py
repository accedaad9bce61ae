"""Up to which day the dates of posts and names were looked at, so that none is missed after days without a worker."""

from core.db.ddl import registry_table


def up(migrator, db):
    registry_table(
        db,
        "tenants.noticed_day",
        "id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1), day date NOT NULL",
        grant="select, insert, update",
        reason="One note of the one reconciler that serves all agencies.",
    )
