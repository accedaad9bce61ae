"""Answers to creations that came with an idempotency key, kept for a day (core/web/idempotency.py)."""

from core.db.ddl import tenant_table


def up(migrator, db):
    tenant_table(
        db,
        "core.kept_answer",
        """
        person_id uuid NOT NULL, key text NOT NULL CHECK (length(key) <= 200),
        fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
        status text NOT NULL, headers jsonb NOT NULL, body bytea NOT NULL,
        at timestamptz NOT NULL DEFAULT now(), UNIQUE (tenant_id, person_id, key)
        """,
    )
    db.execute_sql("CREATE INDEX kept_answer_at ON core.kept_answer (tenant_id, at)")
