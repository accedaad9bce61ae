"""Background work of the drafts."""

from datetime import timedelta

from core.api import current_tenant, db

KEEP, KEEP_DROPPED = timedelta(days=30), timedelta(days=1)
AT_ONCE = 500


def delete_old() -> None:
    """Delete the drafts of the agency in scope that nobody has touched for a month, and those dropped yesterday; repeatable."""
    while True:
        with db.atomic():
            deleted = db.execute_sql(
                "DELETE FROM drafts.draft WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM drafts.draft "
                "WHERE tenant_id = %(tenant)s AND (saved_at < now() - %(keep)s OR dropped_at < now() - %(dropped)s) "
                "LIMIT %(limit)s)",
                {"tenant": current_tenant(), "keep": KEEP, "dropped": KEEP_DROPPED, "limit": AT_ONCE},
            ).rowcount
        if not deleted:
            return
