"""Links to other sites have an English title, as categories have; the province's front page shows it too."""

from core.api import public_view


def up(migrator, db):
    # The view first, as its readers lock it.
    db.execute_sql("DROP VIEW websites.province_link")
    db.execute_sql("ALTER TABLE websites.link ADD COLUMN title_en text NOT NULL DEFAULT ''")
    public_view(
        db,
        "websites.province_link",
        """
        SELECT l.id, l.heading, l.title, l.title_en, l.url, l.position
        FROM websites.link l
        JOIN websites.public_site s ON s.tenant_id = l.tenant_id
        JOIN tenants.tenant_version v ON v.tenant_id = l.tenant_id AND v.kind = 'province'
            AND v.valid_from <= tenants.today() AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())
        """,
        reason="Links on the open site of the provincial committee; everybody may follow them.",
    )
