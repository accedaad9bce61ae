"""`lienthong check`: each kind of drift between code and database is named, with its table and its trouble."""

from collections.abc import Iterator

import pytest
from peewee import IntegerField, TextField, UUIDField

from core.db import BaseModel, RegistryModel, TenantModel
from core.db.database import connect
from core.db.ddl import create_schema, public_view, registry_table, shared_table, tenant_table
from tenants.upkeep.check import differences
from tenants.upkeep.migrations import MigrationSet


@pytest.fixture
def owner(live_database) -> Iterator:
    """The owner's view of a database with a small module of its own, in a transaction that leaves nothing."""
    database = connect(live_database.admin_url)
    with database.connection_context(), database.atomic() as transaction:
        database.execute_sql("CREATE ROLE scratch_group NOLOGIN; SET LOCAL ROLE lienthong_owner")
        create_schema(database, "scratch")
        tenant_table(database, "scratch.box", "label text NOT NULL, UNIQUE (tenant_id, label)")
        tenant_table(
            database,
            "scratch.thing",
            "box_id uuid NOT NULL, FOREIGN KEY (tenant_id, box_id) REFERENCES scratch.box (tenant_id, id)",
        )
        registry_table(database, "scratch.shelf", "id uuid PRIMARY KEY, size integer NOT NULL")
        shared_table(database, "scratch.loan", "state text NOT NULL", changes="state", reason="lent.")
        yield database
        transaction.rollback()
    database.close_all()


@pytest.fixture
def models(monkeypatch) -> list[type[BaseModel]]:
    """The models of the small module, and no others."""

    class Box(TenantModel):
        label = TextField()

        class Meta:
            schema = "scratch"
            table_name = "box"

    class Thing(TenantModel):
        box_id = UUIDField()

        class Meta:
            schema = "scratch"
            table_name = "thing"

    class Shelf(RegistryModel):
        size = IntegerField()

        class Meta:
            schema = "scratch"
            table_name = "shelf"
            registry_reason = "All agencies put their boxes on the same shelves."

    class Loan(TenantModel):
        receiver_id = UUIDField()
        state = TextField()

        class Meta:
            schema = "scratch"
            table_name = "loan"

    found = [Box, Thing, Shelf, Loan]
    monkeypatch.setattr(BaseModel, "concrete_models", lambda: found)
    return found


@pytest.fixture
def scratch(tmp_path) -> list[MigrationSet]:
    return [MigrationSet("scratch", tmp_path)]


def test_the_migrated_database_has_no_difference(live_database, sets):
    """Every module's models, migrations, policies and grants agree, for the owner and for the application."""
    for url in (live_database.owner_url, live_database.app_url):
        database = connect(url)
        with database.connection_context():
            assert differences(database, sets) == []
        database.close_all()


def test_a_fresh_module_has_no_difference(owner, models, scratch):
    assert differences(owner, scratch) == []


def test_an_empty_database_lacks_everything_and_says_so(owner, sets):
    for each in reversed(sets):
        owner.execute_sql(f'DROP SCHEMA "{each.schema}" CASCADE')
    owner.execute_sql("DROP SCHEMA jobs CASCADE")
    found = differences(owner, sets)
    assert "Migration core/0001_kernel is not applied: run `lienthong migrate`." in found
    assert any("tenants.unit: model Unit has no table" in line for line in found)


DRIFTS = {
    "dropped policy": (
        "DROP POLICY tenant_update ON scratch.box",
        "scratch.box: policy tenant_update is missing.",
    ),
    "changed policy": (
        "ALTER POLICY tenant_read ON scratch.box USING (true)",
        "scratch.box: policy tenant_read is ('r', 'true', None), not ",
    ),
    "policy of another command": (
        "DROP POLICY tenant_delete ON scratch.box; CREATE POLICY tenant_delete ON scratch.box USING (tenant_id = core.app_tenant())",
        "scratch.box: policy tenant_delete is ('*', ",
    ),
    "further policy": (
        "CREATE POLICY open ON scratch.box FOR SELECT USING (true)",
        "scratch.box: unknown policy open applies to lienthong_app.",
    ),
    "further policy for the application": (
        "CREATE POLICY open ON scratch.box FOR SELECT TO lienthong_app USING (true)",
        "scratch.box: unknown policy open applies to lienthong_app.",
    ),
    "further policy for a group the application is in": (
        (
            "RESET ROLE; GRANT scratch_group TO lienthong_app; SET LOCAL ROLE lienthong_owner; "
            "CREATE POLICY open ON scratch.box FOR SELECT TO scratch_group USING (true)"
        ),
        "scratch.box: unknown policy open applies to lienthong_app.",
    ),
    "disabled row-level security": (
        "ALTER TABLE scratch.box DISABLE ROW LEVEL SECURITY",
        "scratch.box: row-level security is not enabled.",
    ),
    "unforced row-level security": (
        "ALTER TABLE scratch.box NO FORCE ROW LEVEL SECURITY",
        "scratch.box: row-level security is not forced.",
    ),
    "table of the application": (
        "RESET ROLE; ALTER TABLE scratch.box OWNER TO lienthong_app; SET LOCAL ROLE lienthong_owner",
        "scratch.box: belongs to lienthong_app, who could lift the guard.",
    ),
    "missing table": (
        "DROP TABLE scratch.shelf",
        "scratch.shelf: model Shelf has no table; a migration is missing.",
    ),
    "missing column": (
        "ALTER TABLE scratch.box DROP COLUMN label",
        "scratch.box: model Box has column label, the table has not.",
    ),
    "extra column": (
        "ALTER TABLE scratch.shelf ADD COLUMN depth integer",
        "scratch.shelf: the table has column depth, model Shelf has not.",
    ),
    "nullable in the table": (
        "ALTER TABLE scratch.box ALTER COLUMN label DROP NOT NULL",
        "scratch.box.label may be NULL in the table, not in model Box.",
    ),
    "other type": (
        "ALTER TABLE scratch.shelf ALTER COLUMN size TYPE bigint",
        "scratch.shelf.size is bigint in the table, integer in model Shelf.",
    ),
    "other primary key": (
        "ALTER TABLE scratch.thing DROP CONSTRAINT thing_pkey; ALTER TABLE scratch.thing ADD PRIMARY KEY (id)",
        "scratch.thing: the primary key is ('id',), not (tenant_id, id).",
    ),
    "unique without the agency": (
        "ALTER TABLE scratch.box ADD UNIQUE (label)",
        "scratch.box: unique index box_label_key does not begin with tenant_id, so it tells of other agencies' values.",
    ),
    "unique expression": (
        "CREATE UNIQUE INDEX box_lower ON scratch.box (lower(label), tenant_id)",
        "scratch.box: unique index box_lower does not begin with tenant_id",
    ),
    "exclusion without the agency": (
        "ALTER TABLE scratch.box ADD CONSTRAINT no_twins EXCLUDE USING btree (label WITH =) WHERE (tenant_id IS NOT NULL)",
        "scratch.box: exclusion no_twins leaves tenant_id out, so it tells of other agencies' values.",
    ),
    "reference without the agency": (
        (
            "ALTER TABLE scratch.box ADD UNIQUE (id); "
            "ALTER TABLE scratch.thing ADD CONSTRAINT loose FOREIGN KEY (box_id) REFERENCES scratch.box (id)"
        ),
        "scratch.thing: foreign key loose to scratch.box leaves tenant_id out, so it could point at another agency's row.",
    ),
    "shared row that both may pass on": (
        "GRANT UPDATE (receiver_id) ON scratch.loan TO lienthong_app",
        "scratch.loan: lienthong_app must not hold UPDATE of receiver_id on a table whose rows are shared.",
    ),
    "shared row that one side may take away": (
        "GRANT DELETE ON scratch.loan TO lienthong_app",
        "scratch.loan: lienthong_app must not hold DELETE on a table whose rows are shared.",
    ),
    "shared table that everybody reads": (
        "ALTER POLICY tenant_read ON scratch.loan USING (true)",
        "scratch.loan: policy tenant_read is ('r', 'true', None), not ",
    ),
    "shared table with a way to delete": (
        "CREATE POLICY tenant_delete ON scratch.loan FOR DELETE USING (tenant_id = core.app_tenant())",
        "scratch.loan: unknown policy tenant_delete applies to lienthong_app.",
    ),
    "table that only says it is shared": (
        "COMMENT ON TABLE scratch.box IS 'shared with: receiver_id: nobody knows.'",
        "scratch.box: says that it is shared by receiver_id, which is no column that must be filled.",
    ),
    "shared policies without a word of it": (
        "COMMENT ON TABLE scratch.loan IS NULL",
        "scratch.loan: policy tenant_read is ",
    ),
    "grant beyond the policies": (
        "GRANT TRUNCATE ON scratch.box TO lienthong_app",
        "scratch.box: lienthong_app must not hold TRUNCATE, which nothing here needs.",
    ),
    "grant to everyone": (
        "GRANT SELECT ON scratch.shelf TO PUBLIC",
        "scratch.shelf: PUBLIC must not hold SELECT, which nothing here needs.",
    ),
    "leave to create": (
        "GRANT CREATE ON SCHEMA scratch TO lienthong_app",
        "scratch: lienthong_app must not create objects in this schema.",
    ),
    "definer function without search_path": (
        "CREATE FUNCTION scratch.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM scratch.box'",
        "scratch.peek: SECURITY DEFINER without a pinned search_path.",
    ),
    "plain view": (
        "CREATE VIEW scratch.seen AS SELECT * FROM scratch.box",
        "scratch.seen: the view is not security_invoker.",
    ),
    "view said not to be of the invoker": (
        "CREATE VIEW scratch.seen WITH (security_invoker = off) AS SELECT * FROM scratch.box",
        "scratch.seen: the view is not security_invoker.",
    ),
    "view that only says it is public": (
        "CREATE VIEW scratch.seen AS SELECT * FROM scratch.box; COMMENT ON VIEW scratch.seen IS 'public: everybody.'",
        "scratch.seen: the view is not security_invoker.",
    ),
    "materialised view": (
        "CREATE MATERIALIZED VIEW scratch.kept AS SELECT * FROM scratch.box",
        "scratch.kept: a materialised view has no row-level security.",
    ),
    "table without a reason": (
        "CREATE TABLE scratch.stray (id uuid PRIMARY KEY)",
        "scratch.stray: has no tenant_id, and neither model nor table says why: make it with tenant_table(), or registry_table() and a reason.",
    ),
    "table without a guard": (
        "CREATE TABLE scratch.stray (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))",
        "scratch.stray: row-level security is not enabled.",
    ),
    "facts that may be dated": (
        "GRANT INSERT (at) ON core.audit_entry TO lienthong_app",
        "core.audit_entry: the application may date facts",
    ),
    "partition without a guard": (
        (
            "CREATE TABLE scratch.log (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (tenant_id); "
            "CREATE TABLE scratch.log_0 PARTITION OF scratch.log FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
        ),
        "scratch.log_0: row-level security is not enabled.",
    ),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_named(owner, models, scratch, drift):
    sql, told = DRIFTS[drift]
    owner.execute_sql(sql)
    assert any(line.startswith(told) for line in differences(owner, scratch)), differences(owner, scratch)


@pytest.mark.parametrize(
    "options", ["security_invoker", "security_invoker = on", "security_invoker = 1, security_barrier"]
)
def test_a_view_of_the_invoker_is_no_difference(owner, models, scratch, options):
    owner.execute_sql(f"CREATE VIEW scratch.seen WITH ({options}) AS SELECT * FROM scratch.box")
    assert differences(owner, scratch) == []


def test_a_public_view_with_its_reason_is_no_difference(owner, models, scratch):
    public_view(owner, "scratch.seen", "SELECT 1 AS one", reason="Numbers are everybody's.")
    assert differences(owner, scratch) == []


def test_a_policy_for_a_role_of_its_own_is_no_difference(owner, models, scratch):
    owner.execute_sql(
        "CREATE POLICY context_read ON scratch.box FOR SELECT TO lienthong_context USING (true)"
    )
    assert differences(owner, scratch) == []


def test_a_table_without_a_model_may_say_its_reason_itself(owner, models, scratch):
    registry_table(owner, "scratch.count", "id uuid PRIMARY KEY", reason="Counts have no owner.")
    assert differences(owner, scratch) == []


def test_a_model_may_not_allow_what_the_table_refuses(owner, models, scratch, monkeypatch):
    monkeypatch.setattr(models[0].label, "null", True)
    assert differences(owner, scratch) == ["scratch.box.label may be NULL in model Box, not in the table."]


def test_a_registry_model_gives_its_reason(owner, models, scratch, monkeypatch):
    monkeypatch.setattr(models[2]._meta, "registry_reason", " ")
    assert differences(owner, scratch) == [
        "scratch.shelf: model Shelf has no tenant key and gives no Meta.registry_reason."
    ]


def test_a_migration_that_is_not_applied_is_named(owner, models, scratch, tmp_path):
    (tmp_path / "0001_more.py").write_text("def up(migrator, db): pass\n")
    assert (
        differences(owner, scratch)[0]
        == "Migration scratch/0001_more is not applied: run `lienthong migrate`."
    )
