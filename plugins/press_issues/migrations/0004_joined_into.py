"""An issue keeps which one it was joined to: of a chain of joinings each is undone by itself."""

from plugins.casework.api import in_each_agency


def up(migrator, db):
    db.execute_sql("""
        ALTER TABLE press_issues.issue ADD joined_into uuid,
            ADD FOREIGN KEY (tenant_id, joined_into) REFERENCES press_issues.issue (tenant_id, id) ON UPDATE CASCADE;
        CREATE INDEX issue_joined ON press_issues.issue (tenant_id, joined_into) WHERE joined_into IS NOT NULL;
        CREATE INDEX article_first_issue ON press_issues.article (tenant_id, first_issue_id);
    """)
    for _tenant_id in in_each_agency(db):
        # Which one it was is told by its link; where that was taken away, by where its articles count.
        db.execute_sql("""
            UPDATE press_issues.issue i SET joined_into = coalesce(
                (SELECT o.id FROM casework.case_link l JOIN press_issues.issue o ON o.tenant_id = l.tenant_id AND o.id = l.other_id
                WHERE l.tenant_id = i.tenant_id AND l.case_id = i.id AND l.kind = 'duplicate' ORDER BY l.made_at DESC LIMIT 1),
                (SELECT issue_id FROM press_issues.article a WHERE a.tenant_id = i.tenant_id AND first_issue_id = i.id AND issue_id <> i.id LIMIT 1)
            ) FROM casework.case_base c WHERE c.tenant_id = i.tenant_id AND c.id = i.id AND c.state = 'joined'""")
