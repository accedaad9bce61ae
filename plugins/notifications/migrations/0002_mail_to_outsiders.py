"""Mails to people without an account, such as a citizen who asked: address and words come with the mail."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE notifications.mail
            ALTER COLUMN person_id DROP NOT NULL,
            ADD COLUMN recipient text NOT NULL DEFAULT '' CHECK (length(recipient) <= 300),
            ADD COLUMN subject text NOT NULL DEFAULT '' CHECK (length(subject) <= 300),
            ADD COLUMN body text NOT NULL DEFAULT '' CHECK (length(body) <= 4000),
            ADD CHECK (person_id IS NOT NULL OR subject <> '');
        CREATE UNIQUE INDEX mail_outsider ON notifications.mail (tenant_id, key) WHERE person_id IS NULL;
        """
    )
