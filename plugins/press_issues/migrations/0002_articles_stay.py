"""What is kept as evidence stays as it was: of an article only the issue it counts to may change."""


def up(migrator, db):
    db.execute_sql(
        "REVOKE UPDATE ON press_issues.article FROM lienthong_app; GRANT UPDATE (issue_id) ON press_issues.article TO lienthong_app"
    )
