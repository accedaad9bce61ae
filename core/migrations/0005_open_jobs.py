"""An index of the jobs operators look at: the queue's health must not read every job that is done."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX jobs_open ON jobs.procrastinate_jobs (id) WHERE status IN ('todo', 'doing', 'failed')"
    )
