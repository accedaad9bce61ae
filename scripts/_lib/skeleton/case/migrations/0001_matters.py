"""What only this module knows of its cases."""

from core.api import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "skeleton.matter",
        """
        asked_by text NOT NULL CHECK (length(asked_by) BETWEEN 1 AND 200),
        source text NOT NULL CHECK (source IN ('letter', 'meeting', 'phone')),
        answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 20000),
        FOREIGN KEY (tenant_id, id) REFERENCES casework.case_base (tenant_id, id) ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert, update",
    )
