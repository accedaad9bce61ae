"""Apply descriptions: what is written, what a second run does, what one failing agency leaves."""

import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import db, scope, unscoped
from core.declarations import Blocker
from core.dispatcher import dispatcher
from tenants.audit_queries import entries
from tenants.models import DirectoryTask, Membership, MembershipRole, Person, Tenant, TenantVersion, Unit
from tenants.provisioning.apply import AlreadyRunning
from tests.tenants.stage import killed_after

DESCRIPTION = """
agencies:
  - {code: so-y-te, name: Sở Y tế, kind: department, parent: ubnd-hue, national_code: H57.10}
  - {code: ubnd-hue, name: Uỷ ban nhân dân thành phố Huế, short_name: UBND thành phố Huế, kind: province, national_code: H57}
units:
  - {agency: so-y-te, code: to-tin-hoc, name: Tổ Tin học, parent: van-phong}
  - {agency: so-y-te, code: van-phong, name: Văn phòng}
people:
  - {username: anhpn, full_name: Phạm Ngọc Anh, email: anhpn@hue.gov.vn}
  - {username: vinhlq, full_name: Lê Quang Vinh}
posts:
  - {person: anhpn, agency: so-y-te, unit: van-phong, position: Chánh Văn phòng, roles: [tenants.admin, alpha.writer]}
modules:
  - {agency: so-y-te, module: beta, state: bật}
  - {agency: so-y-te, module: gamma, state: bật}
"""


@pytest.fixture
def described(tmp_path):
    def write(text=DESCRIPTION):
        path = tmp_path / "province.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_description_becomes_agencies_units_people_and_posts(stage, described):
    result = stage.apply(described())

    assert result.failed == {}
    parent, agency = Tenant.get(code="ubnd-hue"), Tenant.get(code="so-y-te")
    assert TenantVersion.get(tenant_id=agency.id).parent_id == parent.id
    with scope(agency.id), db.atomic():
        units = {unit.code: unit for unit in Unit.select()}
        assert units["to-tin-hoc"].parent_id == units["van-phong"].id
        post = Membership.select().get()
        assert (post.position, post.person_id) == ("Chánh Văn phòng", Person.get(username="anhpn").id)
        assert {row.role for row in MembershipRole.select()} == {"tenants.admin", "alpha.writer"}


def test_a_second_run_changes_nothing(stage, described):
    stage.apply(described())
    before = snapshot()
    plan = stage.plan(described())

    assert plan.pending == 0
    assert stage.apply(described()).written == 0
    assert snapshot() == before


def snapshot():
    with unscoped(reason="compare whole tables in a test"), db.atomic():
        return {
            table: sorted(map(repr, db.execute_sql(f"SELECT * FROM tenants.{table}").fetchall()))
            for table in ("tenant", "tenant_version", "person", "unit", "membership", "membership_role", "module_switch",
                          "module_grant", "profile", "directory_task")
        }  # fmt: skip


def test_modules_come_on_with_what_they_require_and_with_the_operators_leave(stage, described):
    stage.apply(described())

    agency = Tenant.get(code="so-y-te")
    assert stage.modules["alpha"].calls == [("on_module_enabled", agency.id)]
    assert {"alpha", "beta", "gamma", "delta"} <= dispatcher().effective_for(agency.id)


def test_people_and_memberships_are_queued_for_the_directory(stage, described):
    stage.apply(described())

    kinds = [task.kind for task in DirectoryTask.select()]
    assert sorted(kinds) == ["member", "organization", "organization", "user", "user"]


def test_one_failing_agency_does_not_stop_the_others(stage, described):
    stage.modules["alpha"].fails.add("on_module_enabled")

    result = stage.apply(described())

    assert list(result.failed) == ["so-y-te"]
    assert [tenant.code for tenant in Tenant.select()] == ["ubnd-hue"]
    stage.modules["alpha"].fails.clear()
    assert stage.apply(described()).failed == {}


# -- stopped anywhere -------------------------------------------------------------------------------------


class Killed(BaseException):
    """What a kill looks like to the database: the transaction in hand is rolled back, the rest stays."""


def logical():
    """What the installation says, without ids and times."""
    with unscoped(reason="compare whole tables in a test"), db.atomic():
        rows = db.execute_sql(
            """
            SELECT 'agency', t.code, v.name, p.code, v.identifiers::text FROM tenants.tenant t
                JOIN tenants.tenant_version v ON v.tenant_id = t.id LEFT JOIN tenants.tenant p ON p.id = v.parent_id
            UNION ALL SELECT 'unit', t.code, u.code, above.code, '' FROM tenants.unit u JOIN tenants.tenant t ON t.id = u.tenant_id
                LEFT JOIN tenants.unit above ON above.id = u.parent_id
            UNION ALL SELECT 'person', username, full_name, email, '' FROM tenants.person
            UNION ALL SELECT 'post', t.code, p.username, u.code || m.position,
                (SELECT string_agg(role, ',' ORDER BY role) FROM tenants.membership_role r WHERE r.membership_id = m.id)
                FROM tenants.membership m JOIN tenants.tenant t ON t.id = m.tenant_id
                JOIN tenants.person p ON p.id = m.person_id JOIN tenants.unit u ON u.id = m.unit_id
            UNION ALL SELECT 'module', t.code, module, is_on::text, '' FROM tenants.module_switch s
                JOIN tenants.tenant t ON t.id = s.tenant_id
            UNION ALL SELECT 'task', kind, t.code, p.username, '' FROM tenants.directory_task d
                LEFT JOIN tenants.tenant t ON t.id = d.tenant_id LEFT JOIN tenants.person p ON p.id = d.person_id
            """
        ).fetchall()
    return sorted(map(repr, rows))


@pytest.fixture
def wanted(stage, described):
    """What one undisturbed run leaves, on a database that is then emptied by undoing it."""
    with db.atomic() as transaction:
        stage.apply(described())
        found = logical()
        transaction.rollback()
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(1, 90), min_size=1, max_size=3))
def test_killed_at_any_statement_the_next_run_comes_to_the_same_end(stage, described, wanted, stops):
    with db.atomic() as transaction:
        for stop in stops:
            with pytest.MonkeyPatch.context() as patch, suppress(Killed):
                left = [stop]

                def cursor(*args, _left=left, _real=db.obj.cursor, **kwargs):
                    _left[0] -= 1
                    if _left[0] == 0:
                        raise Killed
                    return _real(*args, **kwargs)

                patch.setattr(db.obj, "cursor", cursor)
                stage.apply(described())
            db.execute_sql("SELECT pg_advisory_unlock_all()")  # the death of a process does it for us
        stage.apply(described())
        assert logical() == wanted
        assert stage.plan(described()).pending == 0
        transaction.rollback()


def test_killed_for_good_the_next_run_goes_on(stage, described, wanted, empty):
    path = described(DESCRIPTION)
    program = (
        "import sys, pathlib, time\nfrom core.db import db\nfrom core.events import SYSTEM, acting\n"
        "from tests.tenants import stage\ns = stage.install(sys.argv[1])\n"
        "def hang(step):\n    print(step.code, flush=True)\n    time.sleep(60)\n"
        "with db.connection_context(), acting(SYSTEM):\n    s.apply(pathlib.Path(sys.argv[2]), progress=hang)\n"
    )
    with killed_after(program, "ubnd-hue", empty.app_url, path), pytest.raises(AlreadyRunning):
        stage.apply(path)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(AlreadyRunning):
            stage.apply(path)
            break
        time.sleep(0.1)
    assert logical() == wanted


def test_each_fact_stands_in_the_audit_of_its_agency(stage, described):
    stage.apply(described())
    with scope(Tenant.get(code="so-y-te").id), db.atomic():
        facts = [entry.event for entry in entries(limit=50)]
    assert sorted(facts) == sorted(
        ["tenants.agency_created", "tenants.person_registered", "tenants.unit_created", "tenants.unit_created",
         "tenants.post_granted", "tenants.module_enabled", "tenants.module_enabled", "tenants.module_enabled",
         "tenants.module_allowed"]
    )  # fmt: skip


def test_changes_are_written_and_nothing_else(stage, described):
    stage.apply(described())
    changed = DESCRIPTION.replace(
        "Chánh Văn phòng, roles: [tenants.admin, alpha.writer]", "Phó Chánh Văn phòng, roles: [alpha.writer]"
    )
    changed = changed.replace("Phạm Ngọc Anh", "Phạm Ngọc Ánh").replace(
        "name: Tổ Tin học", "name: Tổ Công nghệ"
    )
    changed = changed.replace("module: gamma, state: bật", "module: gamma, state: tắt")
    assert stage.apply(described(changed)).written == 4

    with scope(Tenant.get(code="so-y-te").id), db.atomic():
        assert Membership.select().get().position == "Phó Chánh Văn phòng"
        assert [row.role for row in MembershipRole.select()] == ["alpha.writer"]
        assert {unit.name for unit in Unit.select()} == {"Văn phòng", "Tổ Công nghệ"}
    assert Person.get(username="anhpn").sort_key
    assert stage.plan(described(changed)).pending == 0


def test_an_agency_whose_parent_failed_waits_for_it(stage, described):
    stage.modules["delta"].fails.add("on_module_enabled")
    result = stage.apply(described())
    assert list(result.failed) == ["ubnd-hue", "so-y-te", ""][: len(result.failed)]
    assert Tenant.select().count() == 0

    stage.modules["delta"].fails.clear()
    assert stage.apply(described()).failed == {}


def test_an_open_module_is_not_switched_off_by_a_file(stage, described):
    stage.apply(described())
    stage.modules["beta"].blockers.append(Blocker("3 vụ việc đang mở"))
    result = stage.apply(
        described(DESCRIPTION.replace("module: beta, state: bật", "module: beta, state: tắt"))
    )
    assert result.failed == {"so-y-te": "3 vụ việc đang mở"}
