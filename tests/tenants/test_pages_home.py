"""Where people arrive: start page, switcher, choice of an agency, preferences, logo."""

import pytest

from core.db import db
from tenants import queries, services
from tenants.models import Person
from tests.tenants.pages import ADMIN, Visitor, member, session_for

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def test_the_start_page_shows_cards_of_modules_in_effect_to_those_who_may_see_them(agency):
    reader = member(agency, "alpha.writer")
    assert "Việc thứ nhất" in reader.get("tenants.home").words
    assert "Việc thứ nhất" not in member(agency, ADMIN).get("tenants.home").words


def test_a_card_that_fails_says_so_in_its_place(site, agency):
    site.modules["alpha"].fails.add("card")
    page = member(agency, "alpha.writer").get("tenants.home")
    assert page.status == 200
    assert "Chưa lấy được phần này" in page.words


def test_an_agency_without_modules_leads_its_administrator_to_them(agency, admin):
    agency.switch("alpha", on=False)
    page = admin.get("tenants.home")
    assert "Chưa có phân hệ nào đang bật" in page.words
    assert page.links("/modules")
    assert not member(agency, "alpha.writer").get("tenants.home").links("/modules")


def test_one_person_with_posts_in_two_agencies_works_in_both(site, agency):
    other = site.ground.agency()
    person = member(agency, ADMIN)
    with other.at_work():
        services.grant_post(
            services.Authority.operator(), person.person_id, other.units["Văn phòng"], "Trưởng phòng"
        )
    page = person.get("tenants.home")
    assert f"/t/{other.info.code}/?go=tenants.home" in page.links("go=")
    assert "Trưởng phòng" in page.words


@pytest.mark.parametrize(
    ("go", "lands"),
    [
        ("tenants.people", "people"),
        ("alpha.board", "alpha/board"),
        ("tenants.home", None),
        ("tenants.post", None),  # needs the id of a post
        ("tenants.agencies", None),  # not a page of an agency
        ("tenants.rename", "settings/name"),
        ("tenants.logo_set", None),  # nothing to open
        ("beta.nothing", None),
    ],
)
def test_the_switcher_goes_to_the_same_page_when_it_exists_here(agency, go, lands):
    person = member(agency, ADMIN, "alpha.writer")
    answer = person.get("tenants.home", {"go": go})
    # Elsewhere it is the start page, under its plain address.
    assert (answer.status, answer.location) == (303, f"/t/{agency.info.code}/{lands or ''}")


def test_the_switcher_goes_to_no_page_the_person_may_not_open(agency):
    home = f"/t/{agency.info.code}/"
    assert member(agency, "alpha.writer").get("tenants.home", {"go": "tenants.people"}).location == home
    agency.switch("alpha", on=False)
    assert member(agency, "alpha.writer").get("tenants.home", {"go": "alpha.board"}).location == home


def test_the_choice_names_every_agency_and_the_console(site, operator, admin):
    assert admin.get("tenants.choose_agency").links(f"/t/{admin.base['tenant']}/")
    assert operator.get("tenants.choose_agency").links("/admin/agencies")


def test_somebody_without_a_post_is_told_so(site):
    with db.connection_context(), db.atomic():
        person = Person.create(username="khongvitri", full_name="Không Vị Trí", sort_key="", folded="")
    visitor = Visitor(site.ground, person.id, session_for(person.id))
    assert visitor.get("tenants.choose_agency").location == "/sso/no-post"


def test_preferences_are_kept_and_lead_back(admin):
    answer = admin.post("tenants.preferences", {"locale": "en", "return_to": admin.url("tenants.units")})
    assert (answer.status, answer.location) == (303, admin.url("tenants.units"))
    assert "Units" in admin.get("tenants.units").words
    admin.post("tenants.preferences", {"theme": "dark", "shortcuts": "off"})
    page = admin.get("tenants.units").text
    assert 'data-bs-theme="dark"' in page
    assert 'data-lt-keys="off"' in page


@pytest.mark.parametrize("return_to", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:1"])
def test_preferences_lead_to_no_other_site(admin, return_to):
    assert admin.post("tenants.preferences", {"theme": "light", "return_to": return_to}).location == "/"


def test_a_preference_that_does_not_exist_is_refused(admin):
    assert admin.post("tenants.preferences", {"theme": "pink"}).status == 422


def test_the_logo_is_served_to_members_by_its_digest(site, agency, admin):
    with agency.at_work():
        digest = services.set_logo(PNG)
    answer = admin.get("tenants.logo", digest=digest)
    assert answer.raw.content == PNG
    assert answer.raw.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.raw.headers["Cache-Control"]
    assert admin.get("tenants.logo", digest="0" * 64).status == 404
    stranger = member(site.ground.agency(), ADMIN)
    assert stranger.get(f"/t/{agency.info.code}/logo/{digest}").status == 404


def test_an_empty_start_page_tells_an_administrator_what_could_be_done(agency, admin):
    member(agency)
    page = admin.get("tenants.home")
    assert "Việc nên làm tiếp" in page.words
    for words in (
        "Chọn phân hệ cho cơ quan",
        "Thêm người, giao vai trò",
        "Ghi cài đặt cơ quan Chưa có địa chỉ",
    ):
        assert words in page.words
    assert page.links("/settings")
    assert page.links("/people?tab=attention")
    assert page.links("/modules?tab=off")
    assert "Việc nên làm tiếp" not in member(agency, "alpha.writer").get("tenants.home").words


def test_what_is_done_is_not_offered_as_the_next_step(agency, admin):
    with agency.at_work():
        services.update_profile(1, address="1 Lê Lợi", phone="0234 3822 000")
    words = admin.get("tenants.home").words
    assert "Ghi cài đặt cơ quan" not in words
    assert "Chọn phân hệ cho cơ quan" in words


def test_a_refusal_leads_to_who_has_the_right_and_who_gives_it(agency, admin):
    officer = member(agency, "alpha.writer")
    [url] = officer.get("tenants.units").links("/why/")
    page = officer.get(url)
    with agency.at_work():
        [name] = queries.holders([ADMIN], 5)
    for words in ("Vì sao bạn chưa làm được việc này?", "Người viết", f"Người giao được vai trò {name}"):
        assert words in page.words
    assert officer.get(url.replace("tenants.manage_units", "tenants.nothing")).status == 404


def test_somebody_whose_post_ended_is_told_the_same_as_where_there_is_no_agency(site, agency):
    stranger = member(site.ground.agency(), ADMIN)
    pages = [stranger.get("tenants.home", tenant=code) for code in (agency.info.code, "khong-co-co-quan-nay")]
    assert [page.status for page in pages] == [404, 404]
    assert all("Bạn không có vị trí nào ở địa chỉ này" in page.words for page in pages)


def test_a_missing_right_is_named_with_the_roles_that_give_it(agency):
    page = member(agency, "alpha.writer").get("tenants.modules")
    assert page.status == 403
    assert "cần quyền “Bật và tắt phân hệ”. Quyền này có trong vai trò “Quản trị cơ quan”." in page.words
