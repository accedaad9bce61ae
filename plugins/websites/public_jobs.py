"""Background work of the public side."""

from core.api import N_, Job, current_tenant, db


def fold_visits() -> None:
    """Add the counted visits of an agency up by day; what is added is taken away in the same statement."""
    with db.atomic():
        db.execute_sql(
            """
            WITH taken AS (DELETE FROM websites.visit WHERE tenant_id = %(tenant)s RETURNING article_id, day, visits),
            summed AS (SELECT article_id, day, sum(visits)::int AS visits FROM taken GROUP BY article_id, day)
            INSERT INTO websites.visit_day AS d (tenant_id, id, article_id, day, visits)
            SELECT %(tenant)s, gen_random_uuid(), article_id, day, visits FROM summed
            ON CONFLICT (tenant_id, day, article_id) DO UPDATE SET visits = d.visits + excluded.visits
            """,
            {"tenant": current_tenant()},
        )


def public_jobs() -> list[Job]:
    """Return the jobs of the public side."""
    return [
        Job("websites.fold_visits", fold_visits, N_("Cộng lượt xem trang công khai"), schedule="*/10 * * * *")
    ]
