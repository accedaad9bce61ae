"""Who changed the site, a category or what is said of a leader, for who saves second."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE websites.site ADD COLUMN changed_by uuid REFERENCES tenants.person (id)")
    for table in ("category", "leader"):
        db.execute_sql(
            f"ALTER TABLE websites.{table} ADD COLUMN changed_by uuid REFERENCES tenants.person (id), "
            "ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now()"
        )
