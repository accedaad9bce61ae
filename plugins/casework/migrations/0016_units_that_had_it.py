"""A search finds no restricted case any more that the reader's unit had and somebody has ended."""

from core.api import answered_by_context, readable_by_context

FOUND = "casework.cases_found(text, text, text, timestamptz, text, text, uuid, uuid, boolean, uuid[], uuid[], timestamptz, uuid, boolean, integer)"
WAS = "'AND (a.person_id = ANY ($7) OR a.unit_id = ANY ($8))))'"
IS = """'AND (coalesce(a.person_id, a.done_by) = ANY ($7) OR a.unit_id = ANY ($8) '
                    'AND (a.done_at IS NULL OR $2 = ''casework.incoming_leg''))))'"""


def up(migrator, db):
    readable_by_context(db, "casework.assignment", "done_by")
    # SECURITY: the fixed statement of migration 0012 with a narrower end.
    (text,) = db.execute_sql(f"SELECT pg_get_functiondef('{FOUND}'::regprocedure)").fetchone()
    if text.count(WAS) != 1:
        raise ValueError(f"{FOUND} is not what migration 0012 made")
    db.execute_sql(f"DROP FUNCTION {FOUND}")
    db.execute_sql(text.replace(WAS, IS))
    answered_by_context(db, FOUND)
