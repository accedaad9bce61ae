"""Lines of the menu and links can be changed: who did it last, for who saves second."""


def up(migrator, db):
    for table in ("menu_item", "link"):
        db.execute_sql(
            f"ALTER TABLE websites.{table} ADD COLUMN version integer NOT NULL DEFAULT 1, "
            "ADD COLUMN changed_by uuid REFERENCES tenants.person (id), "
            "ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now()"
        )
