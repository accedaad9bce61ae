"""Apply descriptions: what is written, what a second run does, what one failing agency leaves."""

import pytest

from core.db import db, scope, unscoped
from tenants.models import DirectoryTask, Membership, MembershipRole, Person, Tenant, TenantVersion, Unit

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
    from core.dispatcher import dispatcher

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
