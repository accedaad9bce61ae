"""What an agency's space costs to add up, which every upload asks for."""

from core.db import db
from plugins.files import queries
from tests.support.plans import nodes

FILES = 1_000


def test_the_space_of_an_agency_can_be_added_up_from_an_index_alone(agency):
    with agency.at_work():
        db.execute_sql(
            "INSERT INTO files.file (tenant_id, id, name, media_type, size, digest, owner_module, owner_kind, owner_id) "
            "SELECT core.app_tenant(), gen_random_uuid(), 'Tài liệu ' || n, 'application/pdf', n, md5(n::text) || md5(n::text), "
            "'example', 'note', gen_random_uuid() FROM generate_series(1, %s) n",
            (FILES,),
        )
        assert queries.usage().used == FILES * (FILES + 1) // 2
        # Here the table is small, and of other tests no sweep has come by: what PostgreSQL takes of a large one.
        db.execute_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        sql = queries._USAGE.replace("%(tenant)s", f"'{agency.info.id}'")
        (document,) = db.execute_sql(f"EXPLAIN (FORMAT JSON) {sql}").fetchone()
        (scan,) = (each for each in nodes(document[0]["Plan"]) if each.get("Relation Name") == "file")
        assert (scan["Node Type"], scan["Index Name"]) == ("Index Only Scan", "file_size")


def test_the_table_of_files_is_swept_long_before_a_fifth_of_it_is_new(ground):
    """Until then rows that came in are looked up one by one, though the index names their sizes."""
    with db.connection_context():
        (options,) = db.execute_sql(
            "SELECT reloptions FROM pg_class WHERE oid = 'files.file'::regclass"
        ).fetchone()
    assert "autovacuum_vacuum_insert_scale_factor=0.01" in options
