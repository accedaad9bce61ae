"""Addresses in small letters, each one person's: the identity provider takes no second account for it."""

import structlog


def up(migrator, db):
    # Of people with one address the one with an account keeps it, else who was first; the others' account
    # was never made. Who lost the address is told by number, and an administrator enters the right one.
    doubles = db.execute_sql(
        """
        UPDATE tenants.person p SET email = '', version = version + 1 FROM (
            SELECT id, row_number() OVER (PARTITION BY lower(email) ORDER BY subject IS NULL, created_at, id) AS place
            FROM tenants.person WHERE email <> ''
        ) ranked WHERE ranked.id = p.id AND ranked.place > 1 RETURNING p.id
        """
    ).fetchall()
    if doubles:
        structlog.get_logger().warning("person.email_doubled", removed_from=[str(row[0]) for row in doubles])
        db.execute_sql(
            "UPDATE tenants.directory_task SET generation = generation + 1, due_at = now() "
            "WHERE kind = 'user' AND person_id = ANY(%s::uuid[])",
            ([str(row[0]) for row in doubles],),
        )
    db.execute_sql("UPDATE tenants.person SET email = lower(email) WHERE email <> lower(email)")
    db.execute_sql("CREATE UNIQUE INDEX person_email ON tenants.person (lower(email)) WHERE email <> ''")
