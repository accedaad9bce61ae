"""The job queue, in a schema of its own, and what the platform adds to it."""

from core.db.ddl import APP_ROLE, create_schema, registry_table
from core.jobs import install_queue


def up(migrator, db):
    create_schema(db, "jobs")
    install_queue(db)
    db.execute_sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO {APP_ROLE};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO {APP_ROLE};"
        "CREATE INDEX jobs_waiting ON jobs.procrastinate_jobs (queue_name, priority DESC, id) WHERE status = 'todo';"
        "CREATE INDEX jobs_running ON jobs.procrastinate_jobs (queue_name) WHERE status = 'doing';"
    )
    # The queue of a job is its agency. An agency that has jobs running comes after those that have
    # none, and none may run more than `per_agency` at once: however many jobs one agency has, and
    # however slow they are, the next free thread serves another. Jobs with the same lock never run
    # together. Workers fetch one after the other, so that both rules hold exactly.
    db.execute_sql(
        """
        CREATE FUNCTION jobs.fetch_fairly(worker bigint, per_agency integer) RETURNS jobs.procrastinate_jobs
        LANGUAGE plpgsql SET search_path = jobs, pg_temp AS $$
        DECLARE
            chosen procrastinate_jobs;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('jobs.fetch_fairly'));
            WITH RECURSIVE agency (queue) AS (
                (SELECT queue_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY queue_name LIMIT 1)
                UNION ALL
                SELECT (SELECT queue_name FROM procrastinate_jobs WHERE status = 'todo' AND queue_name > agency.queue
                        ORDER BY queue_name LIMIT 1)
                FROM agency WHERE agency.queue IS NOT NULL
            ), running AS (
                SELECT queue_name AS queue, count(*) AS jobs FROM procrastinate_jobs WHERE status = 'doing' GROUP BY queue_name
            ), first AS (
                SELECT job.id, job.priority, coalesce(running.jobs, 0) AS running
                FROM agency LEFT JOIN running USING (queue) CROSS JOIN LATERAL (
                    SELECT waiting.id, waiting.priority FROM procrastinate_jobs waiting
                    WHERE waiting.queue_name = agency.queue AND waiting.status = 'todo'
                      AND (waiting.scheduled_at IS NULL OR waiting.scheduled_at <= now())
                      AND (waiting.lock IS NULL OR NOT EXISTS (
                          SELECT FROM procrastinate_jobs other WHERE other.status = 'doing' AND other.lock = waiting.lock))
                    ORDER BY waiting.priority DESC, waiting.id LIMIT 1
                ) job
                WHERE coalesce(running.jobs, 0) < per_agency
                ORDER BY running, job.priority DESC, job.id LIMIT 1
            )
            UPDATE procrastinate_jobs job SET status = 'doing', worker_id = worker FROM first
            WHERE job.id = first.id AND job.status = 'todo' RETURNING job.* INTO chosen;
            RETURN chosen;
        END $$;
        """
    )
    registry_table(
        db,
        "core.job_error",
        """
        job_id bigint PRIMARY KEY REFERENCES jobs.procrastinate_jobs (id) ON DELETE CASCADE,
        at timestamptz NOT NULL DEFAULT now(), error text NOT NULL
        """,
        reason="Operators watch jobs across agencies; a row names a kind of error, no content.",
    )
    registry_table(
        db,
        "core.job_schedule",
        "key text PRIMARY KEY, tick timestamptz NOT NULL",
        grant="select, insert, update",
        reason="A periodic job's clock is one for all agencies.",
    )
