"""Background work of the registry."""

from contextlib import suppress

from core.db import db, unscoped
from tenants import mirror
from tenants.reconciler import Busy, directory, reconcile
from tenants.services.agencies import keep_searchable

FIRST_LOOK_BACK = 31
"""Days looked at when nobody has looked yet."""


def mirror_directory() -> None:
    """Bring the identity provider up to date; what it cannot do now waits for the next minute."""
    with suppress(Busy):
        reconcile(directory)


def notice_dates() -> None:
    """Queue memberships and agencies that changed by date alone since this was last done.

    A post that ends by its date changes no row, so nothing else tells the identity provider; nor does a name
    that begins. The day done is kept, because days may pass without a worker.
    """
    with unscoped(reason="find the posts of all agencies that ended by date"), db.atomic():
        since = db.execute_sql(
            "SELECT coalesce((SELECT day FROM tenants.noticed_day), tenants.today() - %s)", (FIRST_LOOK_BACK,)
        ).fetchone()[0]
        # A day too many does no harm: every task may be repeated.
        ended = db.execute_sql(
            "SELECT DISTINCT tenant_id, person_id FROM tenants.membership WHERE ended_at IS NULL "
            "AND valid_to BETWEEN %s::date - 2 AND tenants.today() - 1",
            (since,),
        ).fetchall()
        renamed = db.execute_sql(
            "SELECT DISTINCT tenant_id FROM tenants.tenant_version WHERE valid_from BETWEEN %s AND tenants.today()",
            (since,),
        ).fetchall()
    with db.atomic():
        for (tenant_id,) in renamed:
            keep_searchable(tenant_id)
        mirror.queue(
            [*(("member", *row) for row in ended), *(("organization", row[0], None) for row in renamed)]
        )
        db.execute_sql(
            "INSERT INTO tenants.noticed_day AS n (day) VALUES (tenants.today()) "
            "ON CONFLICT (id) DO UPDATE SET day = excluded.day"
        )
