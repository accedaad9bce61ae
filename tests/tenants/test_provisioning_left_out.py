"""Rows with problems are left out, with every row that needs one of them; the rest can be applied."""

import pytest

from core.db import db, scope
from tenants.models import Membership, Person, Tenant, Unit
from tenants.provisioning.apply import apply_plan
from tenants.provisioning.plan import NEEDS_BROKEN_ROW

DESCRIPTION = """
agencies:
  - {code: so-y-te, name: Sở Y tế, kind: department}
  - {code: so-noi-vu, name: Sở Nội vụ, kind: department}
  - {code: so-noi-vu, name: Sở Nội vụ lần hai, kind: department}
  - {code: benh-vien, name: Bệnh viện, kind: department_unit, parent: khoa-noi}
  - {code: khoa-noi, name: Khoa Nội, kind: department_unit, parent: khong-co}
units:
  - {agency: so-y-te, code: van-phong, name: Văn phòng}
  - {agency: so-y-te, code: to-tin-hoc, name: Tổ Tin học, parent: khong-co}
  - {agency: so-y-te, code: nhom, name: Nhóm, parent: to-tin-hoc}
  - {agency: benh-vien, code: van-phong, name: Văn phòng}
  - {agency: so-noi-vu, code: van-phong, name: Văn phòng}
people:
  - {username: anhpn, full_name: Phạm Ngọc Anh}
  - {username: vinhlq, full_name: Lê Quang Vinh}
posts:
  - {person: anhpn, agency: so-y-te, unit: van-phong, position: Chánh Văn phòng}
  - {person: vinhlq, agency: so-y-te, unit: nhom, position: Chuyên viên}
  - {person: vinhlq, agency: benh-vien, unit: van-phong, position: Chuyên viên}
"""


@pytest.fixture
def plan(stage, tmp_path):
    path = tmp_path / "province.yaml"
    path.write_text(DESCRIPTION, "utf-8")
    return stage.plan(path)


def test_rows_that_need_a_broken_row_are_named_as_problems_too(plan):
    knock_on = {
        (each.sheet, each.fields["value"]) for each in plan.problems if each.message == NEEDS_BROKEN_ROW
    }
    assert knock_on == {
        ("agencies", "khoa-noi"), ("units", "to-tin-hoc"), ("units", "benh-vien"), ("units", "so-noi-vu"), ("posts", "nhom"), ("posts", "benh-vien"),
    }  # fmt: skip


def test_the_row_to_mend_is_known_with_those_that_follow_from_it(plan):
    follow = {(each.sheet, each.fields["value"]): each.cause for each in plan.problems if each.cause}
    assert follow[("agencies", "khoa-noi")] == ("agencies", 7)
    assert follow[("units", "benh-vien")] == follow[("posts", "benh-vien")] == ("agencies", 7)
    assert follow[("posts", "nhom")] == follow[("units", "to-tin-hoc")] == ("units", 10)
    assert plan.followers[("agencies", 7)] == 3
    assert [each.cause is None for each in plan.problems] == [True] * 4 + [False] * 6
    assert plan.wrong_rows == 10


def test_what_is_left_can_be_applied(stage, plan):
    result = apply_plan(plan, stage.catalogue)

    assert result.failed == {}
    assert [tenant.code for tenant in Tenant.select()] == ["so-y-te"]
    assert {person.username for person in Person.select()} == {"anhpn", "vinhlq"}
    with scope(Tenant.get().id), db.atomic():
        assert [unit.code for unit in Unit.select()] == ["van-phong"]
        assert Membership.select().get().person_id == Person.get(username="anhpn").id
