"""The province's front page shows what its editor took last: found by the day of that decision."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX front_item_decided ON websites.front_item (state, decided_at, published_at, id)"
    )
