"""Units, roles and settings of an agency."""

from datetime import timedelta

import pytest

from core.i18n import format_date, reading_as
from tenants import queries, services
from tenants.models import today
from tenants.resources.common import day_text
from tests.tenants.pages import ADMIN, member, operator

UNIT, OTHER_UNIT = "Văn phòng", "Phòng Kinh tế"
NEXT_MONTH = f"{today() + timedelta(days=30):%d/%m/%Y}"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40

# ---- units ---------------------------------------------------------------------------------------------------


def both_versions(field: str, stored: str, own: str) -> str:
    """Return what a conflict says of a field that two people changed."""
    return f"{field} Giữ bản đã lưu {stored} Lấy bản của bạn, sửa tiếp được ở ô bên dưới {own}"


def test_units_are_shown_as_a_tree_with_their_people(agency, admin):
    with agency.at_work():
        services.create_unit("Tổ Tin học", parent_id=agency.units[UNIT])
    page = admin.get("tenants.units")
    assert [row.split(" Sửa")[0] for row in page.rows] == [OTHER_UNIT, UNIT, "Tổ Tin học"]
    assert 'class="lt-depth-1">' in page.text.replace(" ", "").replace("class=", " class=")


def test_a_unit_is_set_up_changed_and_closed(agency, admin):
    form = {"name": "Tổ Tin học", "code": "", "parent_id": str(agency.units[UNIT]), "valid_from": "1/7/2026"}
    assert admin.post("tenants.unit_new", form).toast == "Đã lập Tổ Tin học."
    with agency.at_work():
        unit = next(line for line in queries.units() if line.name == "Tổ Tin học")
    assert (unit.code, unit.parent_id) == ("to-tin-hoc", agency.units[UNIT])

    assert (
        admin.post(
            "tenants.unit", {"name": "Tổ Số hoá", "parent_id": "", "version": "1"}, unit_id=unit.id
        ).status
        == 303
    )
    stale = admin.post(
        "tenants.unit", {"name": "Tổ Máy tính", "parent_id": "", "version": "1"}, unit_id=unit.id
    )
    assert stale.status == 409
    assert both_versions("Tên phòng ban", "Tổ Số hoá", "Tổ Máy tính") in stale.words

    wrong = admin.post("tenants.unit_close", {"last_day": "hôm nay", "version": "2"}, unit_id=unit.id)
    assert wrong.status == 422
    assert wrong.value("last_day") == "hôm nay"
    closed = admin.post("tenants.unit_close", {"last_day": NEXT_MONTH, "version": "2"}, unit_id=unit.id)
    assert closed.toast == f"Tổ Số hoá đóng sau ngày {NEXT_MONTH}."


def test_a_unit_with_people_stays_open(agency, admin):
    answer = admin.post(
        "tenants.unit_close", {"last_day": NEXT_MONTH, "version": "1"}, unit_id=agency.units[UNIT]
    )
    assert answer.status == 422
    assert "Còn người giữ vị trí" in answer.words


def test_a_unit_is_not_offered_what_is_below_it_as_parent(agency, admin):
    with agency.at_work():
        inner = services.create_unit("Tổ Tin học", parent_id=agency.units[UNIT])
    page = admin.get("tenants.unit", unit_id=agency.units[UNIT])
    assert f'value="{inner.id}"' not in page.text
    assert f'value="{agency.units[OTHER_UNIT]}"' in page.text
    answer = admin.post(
        "tenants.unit", {"name": UNIT, "parent_id": str(inner.id), "version": "1"}, unit_id=agency.units[UNIT]
    )
    assert answer.status == 422


def test_a_code_in_use_is_refused(admin):
    answer = admin.post("tenants.unit_new", {"name": "Văn phòng", "code": "van-phong"})
    assert answer.status == 422
    assert "đã có phòng ban dùng" in answer.words


def test_units_side_by_side_have_names_of_their_own(agency, admin):
    form = {"name": OTHER_UNIT.upper(), "code": "khac"}
    answer = admin.post("tenants.unit_new", form)
    assert answer.status == 422
    assert 'href="#f-name"' in answer.text
    renamed = {"name": OTHER_UNIT, "parent_id": "", "version": "1"}
    assert admin.post("tenants.unit", renamed, unit_id=agency.units[UNIT]).status == 422
    # Each department may have its own.
    assert admin.post("tenants.unit_new", {**form, "parent_id": str(agency.units[UNIT])}).status == 303


@pytest.mark.parametrize("route", ["tenants.api_units", "tenants.api_modules"])
def test_a_list_of_the_api_refuses_what_it_does_not_know(admin, route):
    refused = admin.get(route, {"khong_co": "1"}).raw
    assert refused.status_code == 422
    assert "khong_co" in refused.json["errors"]


def test_units_as_a_document(admin):
    items = admin.get("tenants.api_units").raw.json["items"]
    assert {item["name"] for item in items} == {UNIT, OTHER_UNIT}


# ---- roles ---------------------------------------------------------------------------------------------------


def test_a_role_of_its_own_is_put_together_given_and_deleted(agency, admin):
    form = {"title": "Văn thư trực", "permissions": ["alpha.read", "alpha.write"]}
    assert admin.post("tenants.role_new", form).toast == "Đã đặt vai trò Văn thư trực."
    with agency.at_work():
        role = next(line for line in queries.roles() if line.title == "Văn thư trực")
    officer = member(agency, role.key)
    assert officer.get("alpha.board").status == 200

    changed = {"title": "Văn thư trực", "permissions": ["alpha.write"], "version": "1"}
    assert admin.post("tenants.role", changed, role_id=role.id).status == 303
    assert officer.get("alpha.board").status == 403
    assert "riêng của cơ quan" in admin.get("tenants.roles").words

    refused = admin.post("tenants.role_delete", role_id=role.id)
    assert refused.status == 422
    assert "Còn người giữ vai trò này" in refused.words


def test_each_module_shows_its_permissions_with_the_roles_that_give_any(agency, admin):
    with agency.at_work():
        services.create_role(services.Authority.operator(), "Trực ban", ["alpha.read"])
    page = admin.get("tenants.roles")
    assert 0 < page.text.count('<details class="lt-fold" open>') < page.text.count("<details"), (
        "one module is open"
    )
    assert admin.get("tenants.people").links(agency.url("tenants.roles")), "who asks why finds the way"
    tables = page.text.split("<table")[1:]
    heads = [table.partition("</thead>")[0] for table in tables]
    (own,) = [head for head in heads if "Quản trị cơ quan" in head]
    (alpha,) = [head for head in heads if "Trực ban" in head]
    assert alpha is not own
    assert "Người viết" in alpha
    assert "Người viết" not in own


@pytest.mark.parametrize("title", ["Người viết", "NGUOI VIET", "Trực ban"])
def test_a_role_takes_no_name_of_another_one(agency, admin, title):
    with agency.at_work():
        services.create_role(services.Authority.operator(), "Trực ban", ["alpha.read"])
        other = services.create_role(services.Authority.operator(), "Trực đêm", ["alpha.read"])
    form = {"title": title, "permissions": ["alpha.read"], "version": "1"}
    for answer in (admin.post("tenants.role_new", form), admin.post("tenants.role", form, role_id=other.id)):
        assert answer.status == 422
        assert "Đã có vai trò tên này" in answer.words


def test_a_role_that_may_do_nothing_is_not_saved(admin):
    answer = admin.post("tenants.role_new", {"title": "Không làm gì"})
    assert answer.status == 422
    assert "Chọn ít nhất một quyền" in answer.words
    assert answer.value("title") == "Không làm gì"


def test_two_people_saving_one_role_see_both_versions(agency, admin):
    with agency.at_work():
        role = services.create_role(services.Authority.operator(), "Trực ban", ["alpha.read"])
    admin.post(
        "tenants.role",
        {"title": "Trực tuyến", "permissions": ["alpha.read"], "version": "1"},
        role_id=role.id,
    )
    answer = admin.post(
        "tenants.role", {"title": "Trực đêm", "permissions": ["alpha.write"], "version": "1"}, role_id=role.id
    )
    assert answer.status == 409
    assert both_versions("Tên vai trò", "Trực tuyến", "Trực đêm") in answer.words
    assert answer.value("version") == "2"


def test_permissions_of_modules_that_are_off_stay_with_a_role(agency, admin):
    with agency.at_work():
        role = services.create_role(services.Authority.operator(), "Trực ban", ["beta.read", "alpha.read"])
    page = admin.get("tenants.role", role_id=role.id)
    assert 'value="beta.read"' not in page.text
    admin.post(
        "tenants.role", {"title": "Trực ban", "permissions": ["alpha.write"], "version": "1"}, role_id=role.id
    )
    with agency.at_work():
        (line,) = [each for each in queries.roles() if each.id == role.id]
    assert set(line.permissions) == {"alpha.write", "beta.read"}


# ---- settings ------------------------------------------------------------------------------------------------


def settings_form(page, **fields):
    names = ("address", "phone", "email", "website", "version", *(f"hours_{day}" for day in range(1, 8)))
    return {**{name: page.value(name) for name in names}, "time_zone": "Asia/Ho_Chi_Minh", **fields}


def test_settings_are_kept(agency, admin):
    page = admin.get("tenants.settings")
    assert page.value("hours_1") == "07:30–11:30, 13:30–17:00"
    answer = admin.post("tenants.settings", settings_form(page, address="1 Lê Lợi", hours_6="7h30-11h30"))
    assert answer.toast == "Đã lưu cài đặt cơ quan."
    again = admin.get("tenants.settings")
    assert (again.value("address"), again.value("hours_6")) == ("1 Lê Lợi", "07:30–11:30")
    assert "Thứ Bảy" in admin.get("tenants.audit").words


@pytest.mark.parametrize(
    "hours", ["sáng", "7:30", "11:30–07:30", "07:30–11:30, 11:00–17:00", "07:30–25:00", "07:30–11:60"]
)
def test_hours_nobody_works_are_refused_and_kept(admin, hours):
    answer = admin.post(
        "tenants.settings", settings_form(admin.get("tenants.settings"), hours_2=hours, address="1 Lê Lợi")
    )
    assert answer.status == 422
    assert (answer.value("hours_2"), answer.value("address")) == (hours, "1 Lê Lợi")
    assert 'href="#f-hours_2"' in answer.text


def test_two_people_saving_settings_see_both_versions(admin):
    mine = settings_form(admin.get("tenants.settings"))
    admin.post("tenants.settings", {**mine, "phone": "0234 111"})
    answer = admin.post("tenants.settings", {**mine, "phone": "0234 222"})
    assert answer.status == 409
    assert both_versions("Điện thoại", "0234 111", "0234 222") in answer.words
    assert admin.post("tenants.settings", settings_form(answer)).status == 303


@pytest.mark.parametrize("picture", [PNG, JPEG])
def test_a_picture_becomes_the_logo_and_goes_again(admin, picture):
    answer = admin.post("tenants.logo_set", files={"logo": ("huy hiệu.svg", picture)})
    assert answer.toast == "Đã đổi biểu trưng."
    (url,) = [
        link
        for link in admin.get("tenants.settings").text.split('"')
        if "/logo/" in link and "settings" not in link
    ][:1]
    assert admin.get(url).raw.content == picture
    assert admin.post("tenants.logo_set", {"remove": "1"}, files={}).toast == "Đã bỏ biểu trưng."
    assert admin.get(url).status == 404


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Chỉ nhận ảnh"),
        (b"RIFF\x00\x00\x00\x00WAVE", "Chỉ nhận ảnh"),
        (PNG + b"\x00" * (512 * 1024), "Ảnh nặng quá 512 kB"),
        (b"", "Chỉ nhận ảnh"),
    ],
)
def test_anything_else_is_no_logo(admin, content, message):
    answer = admin.post("tenants.logo_set", files={"logo": ("logo.png", content)})
    assert answer.status == 422
    assert message in answer.words


def test_no_file_at_all_is_said(admin):
    assert "Chưa chọn tệp ảnh" in admin.post("tenants.logo_set", files={}).words


def test_a_new_name_holds_from_a_day_on(agency, admin):
    old, later = admin.get("tenants.home").words, day_text(today() + timedelta(days=40))
    form = {
        "name": "UBND phường Phú Xuân",
        "short_name": "Phường Phú Xuân",
        "since": later,
        "decision": "12/QĐ-UBND",
    }
    assert admin.post("tenants.rename", form).status == 303
    assert admin.get("tenants.home").words == old
    assert f"UBND phường Phú Xuân, từ {later}" in admin.get("tenants.settings").words
    with agency.at_work():
        assert queries.versions(agency.info.id)[0].name == "UBND phường Phú Xuân"

    wrong = admin.post("tenants.rename", {**form, "since": "1/1/2020", "decision": ""})
    assert wrong.status == 422
    assert wrong.value("name") == "UBND phường Phú Xuân"
    assert 'href="#f-decision"' in wrong.text

    withdrawn = admin.post("tenants.rename_withdraw", {"since": later})
    assert later in withdrawn.toast
    assert "Phú Xuân" not in admin.get("tenants.settings").words
    assert admin.post("tenants.rename_withdraw", {"since": later}).status == 404


def test_days_of_settings_and_filters_are_written_in_the_readers_language(agency, admin):
    day = today() + timedelta(days=40)
    with reading_as("en"):
        english = format_date(day, year=True)
    admin.post("tenants.preferences", {"locale": "en", "return_to": admin.url("tenants.units")})
    form = {"name": "UBND phường Phú Hồ", "short_name": "Phú Hồ", "since": day_text(day), "decision": "12/QĐ"}
    assert english in admin.post("tenants.rename", form).toast
    for page in (
        admin.get("tenants.settings"),
        admin.get("tenants.people", {"day": day_text(day)}),
        admin.get("tenants.audit", {"until": day_text(day)}),
    ):
        assert english in page.words
        assert day_text(day) not in page.words
    assert english in admin.post("tenants.rename_withdraw", {"since": day_text(day)}).toast


def test_operators_see_a_name_to_come_and_withdraw_it(agency, admin):
    later = day_text(today() + timedelta(days=40))
    form = {"name": "Phường Phú Xuân", "short_name": "Phú Xuân", "since": later, "decision": "12/QĐ-UBND"}
    admin.post("tenants.rename", form)
    console = operator(agency.ground)
    listed, code = console.get("tenants.agencies").words, agency.info.code
    assert "Phường Phú Xuân" in listed
    assert "12/QĐ-UBND" in listed

    assert f'name="since" value="{later}"' in console.get("tenants.agency", code=code).text
    assert console.post("tenants.agency_withdraw", {"since": later}, code=code).status == 303
    assert "Phú Xuân" not in console.get("tenants.agencies").words


@pytest.mark.parametrize(
    "route",
    [
        "tenants.people",
        "tenants.units",
        "tenants.roles",
        "tenants.modules",
        "tenants.settings",
        "tenants.rename",
        "tenants.audit",
    ],
)
def test_officers_open_no_page_of_the_administrators(agency, route):
    officer = member(agency, "alpha.writer")
    assert officer.get(route).status == 403
    assert route not in officer.get("tenants.home").text
    assert member(agency, ADMIN).get(route).status == 200
