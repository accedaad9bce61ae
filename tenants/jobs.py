"""Background work of the registry."""

from contextlib import suppress

from core.db import db, unscoped
from tenants import mirror
from tenants.reconciler import Busy, directory, reconcile


def mirror_directory() -> None:
    """Bring the identity provider up to date; what it cannot do now waits for the next minute."""
    with suppress(Busy):
        reconcile(directory)


def notice_dates() -> None:
    """Queue the memberships of posts whose last day was yesterday or the day before.

    A post that ends by its date changes no row, so nothing else tells the identity provider.
    """
    with unscoped(reason="find the posts of all agencies that ended by date"), db.atomic():
        ended = db.execute_sql(
            "SELECT DISTINCT tenant_id, person_id FROM tenants.membership WHERE ended_at IS NULL "
            "AND valid_to BETWEEN tenants.today() - 2 AND tenants.today() - 1"
        ).fetchall()
        renamed = db.execute_sql(
            "SELECT tenant_id FROM tenants.tenant_version WHERE valid_from = tenants.today()"
        ).fetchall()
    with db.atomic():
        mirror.queue(
            [*(("member", *row) for row in ended), *(("organization", row[0], None) for row in renamed)]
        )
