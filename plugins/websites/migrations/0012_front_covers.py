"""Covers on the province's front page: a picture is as public there as on the site that shows it."""

from core.api import public_view, readable_by_context


def up(migrator, db):
    readable_by_context(db, "websites.picture")
    public_view(
        db,
        "websites.public_cover",
        """
        SELECT p.tenant_id, p.id AS article_id, c.file_id, c.alt, c.width, c.height
        FROM websites.publication p
        JOIN websites.public_site s ON s.tenant_id = p.tenant_id
        JOIN websites.picture c ON c.tenant_id = p.tenant_id AND c.id = p.cover_id
        WHERE p.unpublish_at IS NULL OR p.unpublish_at > now()
        """,
        reason="Covers of what open sites publish; everybody may see them.",
    )
