"""What a plan shows, and the mistakes it finds between rows and against what is stored."""

from datetime import timedelta
from pathlib import Path

import pytest

import tenants
from core.db import db, scope, unscoped
from core.i18n import format_date, load_catalogues, reading_as
from tenants import queries, services
from tenants.models import Membership, Person, Tenant, today
from tenants.provisioning import runs
from tenants.provisioning.apply import apply_plan
from tenants.provisioning.state import load_agencies
from tenants.services import Authority

BASE = """
agencies:
  - {code: ubnd-hue, name: UBND thành phố Huế, kind: province, national_code: H57}
  - {code: so-y-te, name: Sở Y tế, kind: department, parent: ubnd-hue, national_code: H57.10, administrative_code: 01864}
units:
  - {agency: so-y-te, code: van-phong, name: Văn phòng}
people:
  - {username: anhpn, full_name: Phạm Ngọc Anh, email: anh@hue.gov.vn}
posts:
  - {person: anhpn, agency: so-y-te, unit: van-phong, position: Chánh Văn phòng, roles: [tenants.admin]}
modules:
  - {agency: so-y-te, module: alpha, state: bật}
"""


@pytest.fixture
def plan(stage, tmp_path):
    def of(text):
        path = tmp_path / "province.yaml"
        path.write_text(text, "utf-8")
        return stage.plan(path)

    return of


@pytest.fixture
def stored(stage, tmp_path):
    """The base description, applied."""
    path = tmp_path / "base.yaml"
    path.write_text(BASE, "utf-8")
    stage.apply(path)
    return stage


def actions(plan):
    return {(each.what, each.label): each.action for each in plan.changes}


def changed(plan):
    return [(each.what, dict(each.fields)) for each in plan.changes if each.action == "change"]


def test_everything_is_new_on_an_empty_installation(plan):
    made = plan(BASE)
    assert (made.count("add"), made.count("change"), made.problems) == (6, 0, ())
    assert made.codes_to_write() == ["ubnd-hue", "so-y-te"]


def test_roles_that_the_file_takes_back_are_named(plan, stored):
    made = plan(BASE.replace("[tenants.admin]", "[alpha.writer]"))
    (post,) = (each for each in made.changes if each.what == "posts" and each.action == "change")
    assert post.effect == "Thu hồi vai trò tệp không nêu, kể cả vai trò giao trên trang: tenants.admin"


def test_each_changed_field_is_shown_old_and_new(plan, stored):
    made = plan(
        BASE.replace("Sở Y tế,", "Sở Y tế thành phố Huế,")
        .replace("H57.10", "H57.11").replace("name: Văn phòng", "name: Văn phòng Sở").replace("Phạm Ngọc Anh", "Phạm Ngọc Ánh")
        .replace("Chánh Văn phòng", "Phó Chánh Văn phòng").replace("[tenants.admin]", "[tenants.admin, alpha.writer]")
        .replace("state: bật", "state: tắt")
    )  # fmt: skip
    assert changed(made) == [
        ("people", {"full_name": ("Phạm Ngọc Anh", "Phạm Ngọc Ánh")}),
        ("agencies", {"name": ("Sở Y tế", "Sở Y tế thành phố Huế"), "national": ("H57.10", "H57.11")}),
        ("units", {"name": ("Văn phòng", "Văn phòng Sở")}),
        ("posts", {"position": ("Chánh Văn phòng", "Phó Chánh Văn phòng"), "roles": (("tenants.admin",), ("tenants.admin", "alpha.writer"))}),
        ("modules", {"state": (True, False)}),
    ]  # fmt: skip
    assert "Thu hồi" not in "".join(each.effect for each in made.changes)
    details = next(
        each.details for each in made.changes if each.what == "agencies" and each.action == "change"
    )
    assert details == "Tên: “Sở Y tế” → “Sở Y tế thành phố Huế”; Mã định danh: “H57.10” → “H57.11”"


def test_empty_cells_and_missing_tables_say_nothing(plan, stored):
    made = plan("agencies:\n- {code: so-y-te, name: Sở Y tế, kind: '', parent: ''}")
    assert changed(made) == []
    assert {each.what for each in made.changes if each.action == "absent"} == {"agencies"}


def test_what_the_file_does_not_name_is_listed_and_stays(plan, stored):
    made = plan(
        "agencies:\n- {code: so-y-te, name: Sở Y tế}\nunits:\n- {agency: so-y-te, code: p2, name: Phòng 2}\n"
        "people:\n- {username: moi, full_name: Người Mới}\nposts:\n- {person: moi, agency: so-y-te, unit: p2, position: Chuyên viên}\n"
    )
    absent = [label for (_, label), action in actions(made).items() if action == "absent"]
    assert absent == ["Văn phòng", "anhpn, Chánh Văn phòng", "UBND thành phố Huế", "Phạm Ngọc Anh"]
    stored_agencies = Tenant.select().count()
    apply_plan(made, stored.catalogue)
    assert Tenant.select().count() == stored_agencies
    assert Person.select().count() == 2


@pytest.mark.parametrize("first", ["now", "later"])
def test_of_a_post_and_the_next_one_in_the_same_unit_the_one_in_force_counts(plan, stored, first):
    with scope(Tenant.get(code="so-y-te").id), db.atomic():
        post = Membership.select().first()
        day = today() + timedelta(days=30)
        later = {"valid_from": day, "valid_to": None, "position": "Giám đốc"}
        now = {"valid_to": day - timedelta(days=1)}
        # Rows come in the order they were written, which must not matter.
        old, new = (
            (now, later)
            if first == "now"
            else (later, {**now, "valid_from": post.valid_from, "position": post.position})
        )
        Membership.update(**old).where(Membership.id == post.id).execute()
        Membership.create(person_id=post.person_id, unit_id=post.unit_id, **new)
    with unscoped(reason="compare as a plan does"), db.atomic():
        found = load_agencies(today(), ["so-y-te"])["so-y-te"].posts
    assert [each.position for each in found.values()] == ["Chánh Văn phòng"]


def test_a_name_from_a_day_to_come_is_the_same_when_asked_again(plan, stored):
    later = format_date(today() + timedelta(days=300), year=True)
    text = BASE.replace("name: Sở Y tế,", f"name: Sở Y tế mới, valid_from: {later},")
    made = plan(text)
    assert later in next(each.effect for each in made.changes if each.action == "change")
    apply_plan(made, stored.catalogue)
    assert plan(text).pending == 0


def test_a_name_to_come_does_not_stand_in_the_way_of_the_name_in_force(plan, stored):
    tenant = Tenant.get(code="so-y-te")
    services.revise_agency(tenant.id, today() + timedelta(days=90), name="Sở Sức khoẻ")
    assert plan(BASE).pending == 0

    made = plan(BASE.replace("name: Sở Y tế,", "name: Sở Y tế thành phố,"))
    assert not apply_plan(made, stored.catalogue).failed
    assert queries.tenant_info(tenant.id).name == "Sở Y tế thành phố"
    assert queries.versions(tenant.id)[0].name == "Sở Sức khoẻ"


def test_agencies_come_in_the_order_of_the_file_and_parents_first(plan):
    codes = ["chi-cuc", "so-y-te", "xa-b", "xa-a", "ubnd", "xa-c"]
    parents = {"chi-cuc": "so-y-te", "so-y-te": "ubnd"}
    rows = [
        f"- {{code: {code}, name: {code}, kind: other, parent: {parents.get(code, '')}}}" for code in codes
    ]
    made = plan("agencies:\n" + "\n".join(rows))
    assert made.codes_to_write() == ["ubnd", "so-y-te", "chi-cuc", "xa-b", "xa-a", "xa-c"]


def test_a_module_of_a_new_agency_is_added_with_it_and_called_by_its_title(plan):
    made = plan(BASE)
    (module,) = [each for each in made.changes if each.what == "modules"]
    assert (module.action, module.label) == ("add", "Phân hệ alpha")
    assert made.count("change") == 0


def test_a_name_years_ahead_is_refused_before_anything_is_written(plan, stored):
    (problem,) = plan(BASE.replace("name: Sở Y tế,", "name: Sở Y tế mới, valid_from: 1/1/2099,")).problems
    assert "quá một năm" in problem.text


def test_a_post_taken_away_by_hand_is_named_before_it_is_given_again(plan, stored):
    tenant = Tenant.get(code="so-y-te")
    with scope(tenant.id), db.atomic():
        line = queries.posts()[0]
        services.end_post(Authority.operator(), line.id, line.version)
    made = plan(BASE)
    (post,) = [each for each in made.changes if each.what == "posts"]
    assert post.action == "add"
    assert post.effect.startswith("Đã thu hồi ngày")


def test_a_post_that_is_over_is_not_given(plan, stored):
    made = plan(BASE + "  - {agency: so-y-te, module: delta, state: bật}\n".replace("  - ", "  - "))
    assert made.pending == 0
    gone = plan(
        "posts:\n- {person: anhpn, agency: ubnd-hue, unit: cu, position: Cũ, valid_from: 1/1/2020, valid_to: 2/1/2020}\n"
        "units:\n- {agency: ubnd-hue, code: cu, name: Phòng cũ}"
    )
    assert [each.action for each in gone.changes if each.what == "posts"] == ["same"]


# -- mistakes -----------------------------------------------------------------------------------------------

MISTAKES = {
    "duplicate agency": ("- {code: a1, name: A, kind: other}\n- {code: a1, name: B, kind: other}", "", 3, "trùng với dòng 2"),
    "duplicate national code": (
        "- {code: a1, name: Trạm A, kind: other, national_code: H1}\n- {code: a2, name: B, kind: other, national_code: H1}",
        "", 3, "trùng với dòng 2 (Trạm A)",
    ),
    "national code in use": ("- {code: a1, name: A, kind: other, national_code: H57.10}", "", 2, "đã là của Sở Y tế"),
    "name of another row": (
        "- {code: a1, name: Trạm A, kind: other}\n- {code: a2, name: B, short_name: TRẠM  A, kind: other}", "", 2, "trùng với dòng 3 (B)",
    ),
    "name of an agency that the file leaves out": ("- {code: a1, name: so y te, kind: other}", "", 2, "Sở Y tế đang dùng"),
    "new name of another agency": ("- {code: ubnd-hue, name: Sở Y tế}", "", 2, "Sở Y tế đang dùng"),
    "unknown parent": ("- {code: a1, name: A, kind: other, parent: so-yte}", "", 2, "Có phải “so-y-te”?"),
    "circle": (
        "\n".join(f"- {{code: a{n}, name: A, kind: other, parent: a{n % 3 + 1}}}" for n in (1, 2, 3)), "", 4, "đi vòng",
    ),
    "circle through what is stored": ("- {code: ubnd-hue, name: A, parent: so-y-te}", "", 2, "đi vòng"),
    "its own parent": ("- {code: a1, name: A, kind: other, parent: a1}", "", 2, "đi vòng"),
    "new without a kind": ("- {code: a1, name: A}", "", 2, "Thiếu “kind”"),
    "unit of an unknown agency": ("", "units:\n- {agency: so-y-t, code: p1, name: P}", 3, "Có phải “so-y-te”?"),
    "unknown parent unit": ("", "units:\n- {agency: so-y-te, code: p1, name: P, parent: p9}", 3, "không có phòng"),
    "circle of units": (
        "", "units:\n- {agency: so-y-te, code: p1, name: P, parent: p2}\n- {agency: so-y-te, code: p2, name: P, parent: p1}", 4, "đi vòng",
    ),
    "duplicate unit": ("", "units:\n- {agency: so-y-te, code: p1, name: P}\n- {agency: so-y-te, code: p1, name: Q}", 4, "trùng với dòng 3"),
    "duplicate user name": ("", "people:\n- {username: aa, full_name: A}\n- {username: aa, full_name: B}", 4, "trùng với dòng 3"),
    "duplicate address": (
        "", "people:\n- {username: aa, full_name: A, email: x@y.vn}\n- {username: bb, full_name: B, email: X@y.vn}", 4, "Thư điện tử",
    ),
    "address in use": ("", "people:\n- {username: aa, full_name: A, email: anh@hue.gov.vn}", 3, "đã là của anhpn"),
    "unknown person": ("", "posts:\n- {person: anhpm, agency: so-y-te, unit: van-phong, position: X}", 3, "Có phải “anhpn”?"),
    "unknown unit": ("", "posts:\n- {person: anhpn, agency: so-y-te, unit: vanphong, position: X}", 3, "Có phải “van-phong”?"),
    "unknown role": ("", "posts:\n- {person: anhpn, agency: so-y-te, unit: van-phong, position: X, roles: tenants.admim}", 3, "tenants.admin"),
    "days the wrong way round": (
        "", "posts:\n- {person: anhpn, agency: so-y-te, unit: van-phong, position: X, valid_from: 2/1/2030, valid_to: 1/1/2030}", 3, "“valid_to” trước “valid_from”",
    ),
    "the same post twice": (
        "", "posts:" + "\n- {person: anhpn, agency: so-y-te, unit: van-phong, position: X}" * 2, 4, "dòng 3",
    ),
    "unknown module": ("", "modules:\n- {agency: so-y-te, module: alfa, state: on}", 3, "Có phải “alpha”?"),
    "built-in module": ("", "modules:\n- {agency: so-y-te, module: tenants, state: off}", 3, "Không có phân hệ"),
    "module without what it needs": (
        "", "modules:\n- {agency: so-y-te, module: beta, state: on}\n- {agency: so-y-te, module: alpha, state: off}", 3, "cần “alpha”",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_found_with_their_line(plan, stored, name):
    agencies, tables, line, words = MISTAKES[name]
    made = plan(f"agencies:\n{agencies}\n{tables}" if agencies else f"# {name}\n{tables}")
    assert any(p.line == line and words in p.text for p in made.problems), [
        (p.line, p.text) for p in made.problems
    ]


def test_each_row_of_a_circle_is_told_the_same_circle(plan, stored):
    made = plan(
        "agencies:\n- {code: b1, name: B, kind: other, parent: a1}\n- {code: c1, name: C, kind: other, parent: a1}\n"
        "- {code: a1, name: A, kind: other, parent: b1}"
    )
    assert [(p.line, p.fields["circle"]) for p in made.problems if "circle" in p.fields] == [
        (2, "b1 → a1 → b1"),
        (4, "b1 → a1 → b1"),
    ]
    assert [(p.line, p.fields["value"]) for p in made.problems if "value" in p.fields] == [(3, "a1")]


def test_a_circle_between_two_versions_to_come_is_found(plan, stored):
    soon, later = today() + timedelta(days=30), today() + timedelta(days=60)
    health = Tenant.get(code="so-y-te").id
    services.revise_agency(
        health, later, parent_id=services.create_agency("moi", name="Sở mới", kind="other").id
    )
    row = "agencies:\n- {{code: ubnd-hue, name: UBND thành phố Huế, parent: so-y-te, valid_from: {day}, decision: '1'}}"
    [told] = plan(row.format(day=soon.strftime("%d/%m/%Y"))).problems
    assert told.fields["circle"] == "ubnd-hue → so-y-te → ubnd-hue"
    assert not plan(row.format(day=later.strftime("%d/%m/%Y"))).problems


def test_names_may_be_handed_on_and_communes_may_differ_by_a_mark(plan, stored):
    swapped = (
        "agencies:\n- {code: so-y-te, name: Sở Sức khoẻ}\n- {code: so-moi, name: Sở Y tế, kind: department}"
    )
    assert not plan(swapped).problems
    alike = "agencies:\n- {code: lang-1, name: Xã Văn Lang, kind: commune%s}\n- {code: lang-2, name: Xã Văn Lăng, kind: commune%s}"
    assert not plan(alike % (", administrative_code: '02143'", ", administrative_code: '05665'")).problems
    assert {p.line for p in plan(alike % ("", ", administrative_code: '05665'")).problems} == {2, 3}
    same = (alike % (", administrative_code: '02143'", ", administrative_code: '05665'")).replace(
        "Lăng", "Lang"
    )
    assert {p.line for p in plan(same).problems} == {2, 3}


DUPLICATES = """
agencies:
  - {code: a1, name: Trạm A, kind: other}
  - {code: a1, name: Trạm B, kind: other}
units:
  - {agency: so-y-te, code: p1, name: P}
  - {agency: so-y-te, code: p1, name: Q}
people:
  - {username: aa, full_name: Hoàng An, email: an}
  - {username: aa, full_name: Hồ Bình}
  - {username: cc, full_name: Cao Cường, email: c@hue.gov.vn}
  - {username: dd, full_name: Đỗ Dũng, email: C@hue.gov.vn}
posts:
  - {person: anhpn, agency: so-y-te, unit: van-phong, position: X}
  - {person: anhpn, agency: so-y-te, unit: van-phong, position: Y}
modules:
  - {agency: so-y-te, module: alpha, state: on}
  - {agency: so-y-te, module: alpha, state: off}
"""


def test_both_lines_of_a_duplicate_are_errors_that_name_each_other(plan, stored):
    made = plan(DUPLICATES)
    told = {(p.line, p.fields["other"]) for p in made.problems if "other" in p.fields}
    assert told == {
        (line, str(other)) for pair in ((3, 4), (6, 7), (9, 10), (11, 12), (14, 15), (17, 18)) for line, other in (pair, pair[::-1])
    }  # fmt: skip
    assert not made.pending


BROKEN = """
agencies:
  - {code: a1, name: Trạm A, kind: vương quốc, parent: khong-co}
units:
  - {agency: so-y-te, code: Phòng 1, name: P, parent: khong-co}
people:
  - {username: bb, full_name: Bùi Bình, email: bùi}
posts:
  - {person: bb, agency: so-y-te, unit: van-phong, position: X}
  - {person: khong-co, agency: so-y-te, unit: Văn Phòng, position: X, roles: tenants.admim}
  - {person: khong-co-nua, agency: Sở, unit: van-phong, position: X, valid_from: 31/2/2026, roles: [own.to-truong]}
modules:
  - {agency: khong-co, module: alfa, state: có thể}
"""


def test_a_row_with_a_bad_cell_takes_part_in_the_checks_of_its_other_cells(plan, stored):
    """One run finds everything: mending what it says leaves nothing for a second one."""
    told = {}
    for problem in plan(BROKEN).problems:
        told.setdefault(problem.line, set()).add(problem.fields.get("value"))
    assert told == {
        3: {"vương quốc", "khong-co"}, 5: {"Phòng 1", "khong-co"}, 7: {"bùi"}, 9: {"bb"},
        10: {"khong-co", "Văn Phòng", "tenants.admim"}, 11: {"khong-co-nua", "Sở", "31/2/2026"},
        13: {"khong-co", "alfa", "có thể"},
    }  # fmt: skip


def test_every_row_of_the_file_is_counted_sound_or_not(plan, stored, tmp_path):
    assert runs.read_file("broken.yaml", BROKEN.encode()).lines == 7


def test_every_mistake_is_told_in_english_too(plan, stored):
    load_catalogues([Path(tenants.__file__).parent])
    for agencies, tables, _line, _words in MISTAKES.values():
        for problem in plan(f"agencies:\n{agencies}\n{tables}" if agencies else tables).problems:
            vietnamese = problem.text
            with reading_as("en"):
                assert problem.text != vietnamese
    load_catalogues([])


def test_a_closed_unit_takes_no_more_posts(plan, stored):
    with scope(Tenant.get(code="so-y-te").id):
        unit = services.create_unit("Phòng cũ")
        services.close_unit(unit.id, 1, last_day=today())
    assert "đã đóng" in plan("units:\n- {agency: so-y-te, code: phong-cu, name: P}").problems[0].text
    assert plan("posts:\n- {person: anhpn, agency: so-y-te, unit: phong-cu, position: X}").problems
