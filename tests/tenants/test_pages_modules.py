"""Switching modules: the plan first, then the fact, in every case that stands in the way."""

from dataclasses import replace

import pytest

from core import settings
from core.declarations import Blocker
from tenants import services
from tests.tenants.pages import ADMIN, member
from tests.tenants.test_pages_console import decide


def test_modules_stand_in_their_categories_with_what_keeps_them(admin):
    page = admin.get("tenants.modules")
    for words in (
        "Nghiệp vụ",
        "Tiếng nói của dân",
        "Phân hệ alpha",
        "Bật sẵn cho mọi cơ quan",
        "Chưa bật. Thêm 1 vai trò",
        "Do thành phố quản lý",
    ):
        assert words in page.words
    assert not page.links("/modules/gamma/")


def test_what_the_operator_wrote_for_taking_a_module_away_reaches_the_agency(agency, admin, operator):
    decide(operator, agency, seen="alpha", alpha="denied Chờ tập huấn <1>")
    assert (
        "Cơ quan đã bật, thành phố chưa cho dùng. Lý do: Chờ tập huấn &lt;1&gt;"
        in admin.get("tenants.modules").text
    )
    decide(operator, agency, was="denied Chờ tập huấn <1>", alpha="allowed Xong")
    assert "Lý do" not in admin.get("tenants.modules").words


@pytest.mark.parametrize(
    ("place", "words"), [("Thành phố Huế", "Do thành phố quản lý"), ("Nghệ An", "Do tỉnh quản lý")]
)
def test_what_is_kept_from_the_agency_says_by_whom(admin, monkeypatch, place, words):
    monkeypatch.setattr(
        settings.installed_settings, "installed", replace(settings.installed_settings(), province_name=place)
    )
    assert words in admin.get("tenants.modules").words
    assert words in admin.get("tenants.settings").words
    assert words.removeprefix("Do ") in admin.get("tenants.module_enable", key="gamma").words


def test_tabs_and_search_narrow_the_list(admin):
    def shown(**query):
        page = admin.get("tenants.modules", query)
        return {key for key in ("alpha", "beta", "gamma") if f'id="m-{key}"' in page.text}

    assert shown() == {"alpha", "beta", "gamma"}
    assert "alpha" in shown(tab="on")
    assert shown(tab="off") & {"alpha", "beta", "gamma"} == {"beta"}
    assert shown(tab="managed") == {"gamma"}
    assert shown(q="PHAN HE BETA") == {"beta"}
    assert shown(tab="on", q="beta") == set()


def test_a_module_is_switched_on_with_what_it_requires_in_order(agency, admin):
    agency.switch("alpha", on=False)
    plan = admin.get("tenants.module_enable", key="beta")
    assert "Bật kèm 1 phân hệ cần có trước Phân hệ alpha" in plan.words
    assert "Bật 2 phân hệ" in plan.words
    answer = admin.post("tenants.module_enable", key="beta")
    assert (answer.status, answer.toast) == (303, "Đã bật Phân hệ alpha, Phân hệ beta.")


def test_it_exists_for_that_agency_alone_and_at_once(site, agency, admin):
    agency.switch("alpha", on=False)
    other = member(site.ground.agency(), "alpha.writer")
    officer = member(agency, "alpha.writer")
    assert officer.get("alpha.board").status == 404
    admin.post("tenants.module_enable", key="alpha")
    assert officer.get("alpha.board").status == 200
    assert "Bảng tin" in officer.get("tenants.home").words
    admin.post("tenants.module_disable", key="alpha")
    assert officer.get("alpha.board").status == 404
    assert other.get("alpha.board").status == 200


def test_a_page_or_form_of_a_module_that_is_off_says_who_can_give_it_back(site, agency, operator):
    officer = member(agency, "alpha.writer")
    agency.switch("alpha", on=False)
    typed = {"text": "Một đoạn dài", "title": "ab", "choice": "denied", "lt_read": "a=96fa b=3faf"}
    for answer in (officer.get("alpha.board"), officer.post("alpha.board", typed)):
        assert answer.status == 404
        assert "<h1>Phân hệ này không dùng được ở cơ quan</h1>" in answer.text
        assert "“Phân hệ alpha” đang tắt ở cơ quan này. Quản trị cơ quan bật lại" in answer.words
    shown = answer.text.partition("lt-typed")[2]
    assert "<p>Một đoạn dài</p>" in shown
    assert "<p>ab</p>" in shown, "short as it is"
    assert "<p>denied</p>" not in shown, "a choice is nothing that was typed"
    assert "<p>a=96fa" not in shown, "what the form keeps for itself is not either"
    pressed = officer.post("alpha.board", {"choice": "denied"})
    assert "<h2>Điều bạn vừa gõ</h2>" not in pressed.text, "nothing was typed"
    assert "Gửi lại" not in pressed.words
    agency.switch("beta", on=True)
    decide(operator, agency, seen="alpha beta", alpha="denied Thanh tra")
    withheld = officer.get("alpha.board").words
    assert "Đơn vị vận hành nền tảng không cho cơ quan này dùng" in withheld
    assert "hỏi đơn vị vận hành. Lý do: Thanh tra" in withheld
    assert "Chưa có gì được ghi." in officer.post("alpha.board").words
    decide(operator, agency, was="denied Thanh tra", alpha="default")
    assert officer.get("alpha.board").status == 200


def test_switching_off_what_is_off_or_withheld_promises_no_effects(agency, admin, operator):
    agency.switch("alpha", on=False)
    for answer in (
        admin.get("tenants.module_disable", key="alpha"),
        admin.post("tenants.module_disable", key="alpha"),
    ):
        assert answer.toast == "Phân hệ alpha đang tắt sẵn."
    agency.switch("alpha", on=True)
    member(agency, "alpha.writer")
    decide(operator, agency, seen="alpha", alpha="denied Thanh tra")
    plan = admin.get("tenants.module_disable", key="alpha").words
    assert "đang không có hiệu lực ở cơ quan nên chưa có gì đổi ngay" in plan
    assert "biến khỏi danh mục" not in plan
    assert "Đã tắt" in admin.post("tenants.module_disable", key="alpha").toast


def test_a_module_others_need_stays_on(agency, admin):
    agency.switch("beta", on=True)
    plan = admin.get("tenants.module_disable", key="alpha")
    assert "Phân hệ beta đang cần phân hệ này" in plan.words
    assert plan.links("/modules/beta/disable")
    assert "disabled" in plan.text
    answer = admin.post("tenants.module_disable", key="alpha")
    assert answer.status == 422
    assert "Chưa tắt được vì 1 việc" in answer.words


def test_open_work_blocks_with_a_link(site, admin):
    site.modules["alpha"].blockers.append(
        Blocker("12 vụ việc đang mở", "2 quá hạn", "/t/x/alpha", "Xem 12 vụ việc")
    )
    assert "12 vụ việc đang mở. Bật sẵn" not in admin.get("tenants.modules").words
    assert "12 vụ việc đang mở" in admin.get("tenants.modules").words
    plan = admin.get("tenants.module_disable", key="alpha")
    assert "12 vụ việc đang mở 2 quá hạn" in plan.words
    assert plan.links("/t/x/alpha")
    assert admin.post("tenants.module_disable", key="alpha").status == 422


def test_a_module_that_cannot_answer_counts_as_blocked(site, admin):
    site.modules["alpha"].fails.add("module_disable_blockers")
    assert "Phân hệ chưa trả lời được" in admin.get("tenants.module_disable", key="alpha").words
    assert admin.post("tenants.module_disable", key="alpha").status == 422


def test_effects_are_counted(agency, admin):
    for _number in range(2):
        member(agency, "alpha.writer")
    plan = admin.get("tenants.module_disable", key="alpha")
    assert "Mục “Bảng tin” biến khỏi danh mục của 2 người." in plan.words
    assert "Dữ liệu được giữ nguyên" in plan.words


def test_a_module_that_cannot_prepare_the_agency_changes_nothing(site, agency, admin):
    site.modules["beta"].fails.add("on_module_enabled")
    answer = admin.post("tenants.module_enable", key="beta")
    assert answer.status == 422
    assert "chưa có gì thay đổi" in answer.words
    assert 'aria-checked="true" aria-label="Phân hệ Phân hệ beta"' not in admin.get("tenants.modules").text
    assert "bật phân hệ Phân hệ beta" not in admin.get("tenants.audit").words


def test_a_module_the_operator_does_not_allow_stays_off(admin, operator, agency):
    assert "chưa được phép dùng" in admin.get("tenants.module_enable", key="gamma").words
    assert admin.post("tenants.module_enable", key="gamma").status == 422
    form = {"grant-gamma": "allowed", "note-gamma": "Thí điểm"}
    assert operator.post("tenants.agency_grants", form, code=agency.info.code).status == 303
    assert admin.post("tenants.module_enable", key="gamma").status == 303


def test_a_module_nobody_has_a_role_of_says_so_when_it_was_switched_on(agency, admin):
    after = admin.get(admin.post("tenants.module_enable", key="beta").location)
    assert "chưa ai có vai trò của phân hệ này" in after.words
    assert after.links("/people")
    member(
        agency, "beta.reader" if "beta.reader" in agency.ground.platform.catalogue.roles else "beta.writer"
    )
    assert "chưa ai có vai trò" not in admin.get("tenants.modules", {"enabled": "beta"}).words
    assert "chưa ai có vai trò" not in admin.get("tenants.modules", {"enabled": "khong-co"}).words


@pytest.mark.parametrize(
    ("route", "key"), [("tenants.module_enable", "alpha"), ("tenants.module_disable", "beta")]
)
def test_what_is_so_already_needs_no_plan(admin, route, key):
    answer = admin.get(route, key=key)
    assert (answer.status, answer.location) == (303, admin.url("tenants.modules"))
    assert "sẵn" in answer.toast


@pytest.mark.parametrize("key", ["core", "tenants", "unknown"])
def test_what_is_no_module_of_agencies_has_no_plan(admin, key):
    assert admin.get("tenants.module_enable", key=key).status == 404
    assert admin.post("tenants.module_disable", key=key).status == 404


def test_modules_as_a_document(agency):
    items = {item["key"]: item for item in member(agency, ADMIN).get("tenants.api_modules").raw.json["items"]}
    assert (items["alpha"]["on"], items["alpha"]["in_effect"]) == (True, True)
    assert (items["gamma"]["allowed"], items["beta"]["requires"]) == (False, ["alpha"])


def test_a_blocker_leads_where_the_reader_may_go_and_else_says_who_may(site, agency, admin):
    """The administrator of an agency need not hold a role of the module."""
    member(agency, "alpha.writer")
    link = Blocker(
        "12 vụ việc đang mở",
        "Đóng hết trước.",
        f"/t/{agency.info.code}/alpha/board?state=open",
        "Xem vụ việc",
    )
    site.modules["alpha"].blockers.append(link)
    plan = admin.get("tenants.module_disable", key="alpha")
    assert "12 vụ việc đang mở Đóng hết trước. Xử lý được khi có vai trò" in plan.words
    assert "; đang có: " in plan.words
    assert "Xem vụ việc" not in plan.words
    both = member(agency, ADMIN, "alpha.writer").get("tenants.module_disable", key="alpha")
    assert both.links("/alpha/board?state=open")
    assert "Xử lý được khi" not in both.words


def test_a_blocker_names_the_permission_that_settles_it_and_who_holds_a_role_with_it(site, agency, admin):
    reader, writer = "Người đọc", "Lê Thị Người Viết"
    with agency.at_work():
        role = services.create_role(services.Authority.operator(), reader, ["alpha.read"])
    member(agency, role.key, name="Trần Văn Chỉ Đọc")
    member(agency, "alpha.writer", name=writer)
    url = f"/t/{agency.info.code}/alpha/board"
    site.modules["alpha"].blockers.append(Blocker("Còn việc", "", url, "Xem", permission="alpha.write"))
    plan = admin.get("tenants.module_disable", key="alpha").words
    assert f"vai trò “Người viết”; đang có: {writer}." in plan
    assert "Chỉ Đọc" not in plan
