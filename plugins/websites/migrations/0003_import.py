"""What was taken over from an old site, so that taking it over again changes nothing by itself."""

from core.api import tenant_table

OWNED = "FOREIGN KEY (tenant_id) REFERENCES tenants.tenant (id)"


def up(migrator, db):
    tenant_table(
        db,
        "websites.imported",
        f"""
        source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
        article_id uuid NOT NULL,
        digest text NOT NULL,
        version integer NOT NULL,
        imported_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (tenant_id, source), UNIQUE (tenant_id, article_id), {OWNED},
        FOREIGN KEY (tenant_id, article_id) REFERENCES websites.article (tenant_id, id) ON UPDATE CASCADE
        """,
        grant="select, insert, update",
    )
    # A picture that left the library may be taken over again with the next article that shows it.
    tenant_table(
        db,
        "websites.imported_picture",
        f"""
        digest text NOT NULL,
        picture_id uuid NOT NULL,
        UNIQUE (tenant_id, digest), {OWNED},
        FOREIGN KEY (tenant_id, picture_id) REFERENCES websites.picture (tenant_id, id)
            ON UPDATE CASCADE ON DELETE CASCADE
        """,
        grant="select, insert",
    )
    db.execute_sql(
        "CREATE INDEX imported_picture_picture ON websites.imported_picture (tenant_id, picture_id)"
    )
