"""The legal lines at the foot of the province's pages: those of the provincial committee's own open site."""

from core.api import public_view


def up(migrator, db):
    public_view(
        db,
        "websites.province_foot",
        """
        SELECT s.tenant_id, s.responsible, s.licence, s.address, s.phone, s.email
        FROM websites.site s
        JOIN websites.public_site p ON p.tenant_id = s.tenant_id
        JOIN tenants.tenant_version v ON v.tenant_id = s.tenant_id AND v.kind = 'province' AND v.parent_id IS NULL
            AND v.valid_from <= tenants.today() AND (v.valid_to IS NULL OR v.valid_to >= tenants.today())
        """,
        reason="What stands at the foot of the provincial committee's open site; everybody may read it.",
    )
