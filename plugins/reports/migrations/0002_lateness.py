"""By how many days cases of the agencies below are late: what their median is made of."""


def up(migrator, db):
    db.execute_sql(
        """
        ALTER TABLE reports.below DROP CONSTRAINT below_dimension_check;
        ALTER TABLE reports.below ADD CONSTRAINT below_dimension_check
            CHECK (dimension IN ('', 'state', 'unit', 'sector', 'agency', 'lateness'));
        """
    )
