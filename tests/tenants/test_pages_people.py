"""Who works in an agency: the list, giving a post, changing it, taking it away."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from core import settings
from core.db import db
from core.settings import installed_settings
from tenants import queries, services
from tenants.models import Membership, Person, today
from tests.tenants.pages import ADMIN, counted_statements, member

UNIT, OTHER_UNIT = "Văn phòng", "Phòng Kinh tế"


def give(agency, username, name, *, unit=UNIT, position="Chuyên viên", **fields):
    """Register somebody and give them a post; returns (person id, post id)."""
    with agency.at_work():
        person = services.register_person(f"{username}.{agency.info.code[-8:]}", name)
        post = services.grant_post(
            services.Authority.operator(), person.id, agency.units[unit], position, **fields
        )
    return person.id, post.id


def form_of(page, **fields):
    names = ("unit_id", "position", "valid_from", "valid_to", "decision", "version", "person_id")
    found = {name: page.value(name) for name in names if name != "unit_id"}
    return {**found, **fields}


# ---- the list ------------------------------------------------------------------------------------------------


def test_posts_are_listed_by_given_name_and_found_without_accents(agency, admin):
    give(agency, "an", "Trần Văn Ân")
    give(agency, "hanh", "Trần Mỹ Hạnh", position="Văn thư")
    give(agency, "binh", "Đặng Hữu Bình", unit=OTHER_UNIT)
    order = [
        re.search("Ngọc Anh|Văn Ân|Hữu Bình|Mỹ Hạnh", row)[0] for row in admin.get("tenants.people").rows
    ]
    assert order == ["Ngọc Anh", "Văn Ân", "Hữu Bình", "Mỹ Hạnh"]
    assert len(admin.get("tenants.people", {"q": "my hanh"}).rows) == 1
    assert len(admin.get("tenants.people", {"q": "dang huu"}).rows) == 1
    assert len(admin.get("tenants.people", {"q": "văn thư"}).rows) == 1
    assert admin.get("tenants.people", {"q": "100%"}).rows == []


def test_a_post_that_nobody_here_gave_names_the_installations_operator(agency, admin, monkeypatch):
    own = replace(installed_settings(), operator_name="Trung tâm Dữ liệu và Hạ tầng số")
    monkeypatch.setattr(settings.installed_settings, "installed", own)
    assert "Ai giao" in (page := admin.get("tenants.people")).words
    assert "Trung tâm Dữ liệu và Hạ tầng số" in page.words


def test_posts_are_filtered_by_unit_and_role(agency, admin):
    give(agency, "an", "Trần Văn Ân", unit=OTHER_UNIT, roles=["alpha.writer"])
    page = admin.get("tenants.people", {"unit": agency.units[OTHER_UNIT]})
    assert len(page.rows) == 1
    assert "Phòng: Phòng Kinh tế" in page.words
    assert len(admin.get("tenants.people", {"role": ADMIN}).rows) == 1
    assert len(admin.get("tenants.people", {"unit": "not-an-id", "role": "no.such"}).rows) == 0


def test_the_list_shows_any_day(agency, admin):
    day = today()
    give(agency, "cu", "Lê Cũ", valid_from=day - timedelta(days=400), valid_to=day - timedelta(days=100))
    give(agency, "sap", "Lê Sắp", valid_from=day + timedelta(days=30))
    give(agency, "het", "Lê Hết", valid_to=day + timedelta(days=3))

    def tab(name, **query):
        return " ".join(admin.get("tenants.people", {"tab": name, **query}).rows)

    assert "Lê Hết" in tab("current")
    assert "Lê Sắp" not in tab("current")
    assert "Lê Sắp" in tab("upcoming")
    assert "Lê Hết" in tab("attention")
    assert "Lê Cũ" in tab("ended")
    assert "Lê Cũ" in tab("current", day=f"{day - timedelta(days=200):%d/%m/%Y}")
    wrong = admin.get("tenants.people", {"day": "31/2"})
    assert wrong.status == 200
    assert "Ngày “31/2” chưa đúng" in wrong.words


def test_a_long_list_turns_forth_and_back_with_as_many_statements_as_a_short_one(agency, admin):
    admin.get("tenants.people")  # each connection prepares its statements once
    with counted_statements() as few:
        admin.get("tenants.people")
    with agency.at_work():
        for number in range(60):
            person = services.register_person(
                f"n{number}.{agency.info.code[-8:]}", f"Lê Văn {chr(65 + number % 26)}{number}"
            )
            services.grant_post(
                services.Authority.operator(),
                person.id,
                agency.units[UNIT],
                "Chuyên viên",
                roles=["alpha.writer"],
            )
    with counted_statements() as many:
        first = admin.get("tenants.people")
    assert len(many) <= len(few), "who waits for a password is looked at only while they are few"
    assert "Dòng 1–50 trong 61" in first.words
    second = admin.get(first.links("after=")[0])
    assert "Dòng 51–61 trong 61" in second.words
    assert not set(first.rows) & set(second.rows)
    assert admin.get(second.links("before=")[0]).rows == first.rows
    assert admin.get("tenants.people", {"after": "eyJ4"}).status == 400


def test_two_of_many_roles_stand_in_the_row_the_administrators_first(agency, admin):
    with agency.at_work():
        own = [
            services.create_role(services.Authority.operator(), f"Vai riêng {number}", ["alpha.read"]).key
            for number in range(3)
        ]
    give(agency, "muoi", "Trần Văn Mười", roles=["alpha.writer", *own, "tenants.admin"])
    give(agency, "mot", "Lê Văn Mốt", roles=["alpha.writer", *own[:2]])
    page = admin.get("tenants.people", {"q": "van muoi"})
    at_once, _fold, folded = page.text.partition("<summary>và 3 vai trò nữa</summary>")
    row = at_once[at_once.rindex('<span class="lt-tags">') :]
    assert "Quản trị cơ quan" in row
    assert row.count('class="lt-tag') == 2 + 1  # the span around them
    assert folded.partition("</details>")[0].count('class="lt-tag') == 3 + 1
    assert "vai trò nữa" not in admin.get("tenants.people", {"q": "van mot"}).text


def test_roles_of_modules_that_are_off_are_counted_not_named(agency, admin):
    give(agency, "an", "Trần Văn Ân", roles=["beta.writer", "alpha.writer"])
    page = admin.get("tenants.people", {"q": "van an"})
    assert "1 vai trò của phân hệ đang tắt" in page.words


# ---- giving a post -------------------------------------------------------------------------------------------


def test_roles_one_may_not_give_cannot_be_chosen_and_say_why(agency):
    with agency.at_work():
        role = services.create_role(services.Authority.operator(), "Nhân sự", ["tenants.manage_people"])
    clerk = member(agency, role.key)
    page = clerk.get("tenants.post_new", {"new": "1"})
    assert re.search(r'value="tenants.admin" disabled', page.text)
    assert "Chỉ giao được những quyền quản trị mà bạn đang có" in page.words
    assert not re.search(r'value="alpha.writer" disabled', page.text)

    with agency.at_work():
        own = next(line for line in queries.posts() if line.person_id == clerk.person_id)
    page = clerk.get("tenants.post", post_id=own.id).text
    assert re.search(r'value="alpha.writer" disabled', page)
    # What one holds stays in the form.
    assert re.search(rf'value="{role.key}" checked>', page)


def test_permissions_one_may_not_put_into_a_role_cannot_be_chosen_and_say_why(agency):
    with agency.at_work():
        operator = services.Authority.operator()
        held = services.create_role(operator, "Lập vai trò", ["tenants.manage_roles"])
        other = services.create_role(operator, "Sổ sách", ["alpha.read", "tenants.manage_units"])
    clerk = member(agency, held.key)
    page = clerk.get("tenants.role_new")
    assert re.search(r'value="tenants.manage_units" disabled', page.text)
    assert "Chỉ giao được những quyền quản trị mà bạn đang có" in page.words
    assert re.search(r'value="tenants.manage_roles">', page.text)
    assert re.search(r'value="alpha.write">', page.text)
    # What a role has can be taken out of it.
    assert re.search(
        r'value="tenants.manage_units" checked>', clerk.get("tenants.role", role_id=other.id).text
    )
    # One's own role cannot be raised at all.
    assert re.search(r'value="alpha.write" disabled', clerk.get("tenants.role", role_id=held.id).text)


def test_somebody_is_found_by_the_whole_user_name_only(site, admin):
    other = site.ground.agency()
    give(other, "hoalt", "Lê Thị Hoa")
    username = f"hoalt.{other.info.code[-8:]}"
    found = admin.get("tenants.post_new", {"q": username})
    assert "Lê Thị Hoa" in found.words
    assert found.links("person=")
    for part in ("hoalt", "Lê Thị Hoa", username[:-1], "%"):
        assert not admin.get("tenants.post_new", {"q": part}).links("person=")


def test_a_post_is_given_to_somebody_of_the_directory(site, agency, admin):
    person_id, _post = give(site.ground.agency(), "hoalt", "Lê Thị Hoa")
    page = admin.get("tenants.post_new", {"person": person_id})
    answer = admin.post(
        "tenants.post_new",
        form_of(page, unit_id=agency.units[UNIT], position="Văn thư", roles=["alpha.writer"]),
    )
    assert (answer.status, answer.location) == (303, admin.url("tenants.people"))
    assert answer.toast == "Đã giao Lê Thị Hoa vị trí Văn thư."
    assert "Lê Thị Hoa Văn thư" in " ".join(admin.get("tenants.people").rows)


def test_somebody_new_gets_a_user_name_made_of_the_name(agency, admin):
    form = {"full_name": "Phạm  Thị Ngọc Ánh", "username": "", "email": "", "unit_id": agency.units[UNIT],
            "position": "Văn thư", "valid_from": "1/7/2026"}  # fmt: skip
    assert admin.post("tenants.post_new", form).status == 303
    assert admin.post("tenants.post_new", form).status == 303
    with db.connection_context():
        names = [person.username for person in Person.select().where(Person.full_name == "Phạm Thị Ngọc Ánh")]
    assert len(names) == 2
    assert all(name.startswith("anhptn") for name in names)


def test_a_refused_form_keeps_everything_typed_and_names_what_is_wrong(agency, admin):
    with db.connection_context():
        before = Person.select().count()
    answer = admin.post(
        "tenants.post_new",
        {"full_name": "Lê Hoa", "username": "Lê Hoa", "email": "hoa", "unit_id": "", "position": "", "valid_from": "31/2",
         "decision": "QĐ <b>12</b>", "roles": ["alpha.writer"]},
    )  # fmt: skip
    assert answer.status == 422
    assert answer.text.index("Có 5 lỗi") < answer.text.index("<body")
    assert [answer.value(name) for name in ("full_name", "username", "email", "valid_from")] == [
        "Lê Hoa",
        "Lê Hoa",
        "hoa",
        "31/2",
    ]
    assert answer.value("decision") == "QĐ <b>12</b>"
    assert 'value="alpha.writer" checked' in answer.text
    for name in ("username", "email", "unit_id", "position", "valid_from"):
        assert f'href="#f-{name}"' in answer.text
    with db.connection_context():
        assert Person.select().count() == before


def test_a_post_that_cannot_be_given_leaves_no_new_person_behind(agency, admin):
    with db.connection_context():
        before = Person.select().count()
    answer = admin.post(
        "tenants.post_new",
        {
            "full_name": "Lê Hoa",
            "unit_id": agency.units[UNIT],
            "position": "Văn thư",
            "valid_from": "2/7/2026",
            "valid_to": "1/7/2026",
        },
    )
    assert answer.status == 422
    assert "Ngày cuối trước ngày bắt đầu" in answer.words
    with db.connection_context():
        assert Person.select().count() == before


def test_a_choice_that_is_gone_is_told_at_its_field_and_what_was_typed_is_kept(site, agency, admin):
    """A unit of another agency is like one that never was."""
    stranger = site.ground.agency()
    form = {"full_name": "Lê Hoa", "unit_id": stranger.units[UNIT], "position": "Văn thư"}
    answer = admin.post("tenants.post_new", form)
    assert answer.status == 422
    assert "Phòng này không còn. Chọn phòng khác." in answer.words
    assert 'href="#f-unit_id"' in answer.text
    assert (answer.value("full_name"), answer.value("position")) == ("Lê Hoa", "Văn thư")
    gone = admin.post("tenants.post_new", {**form, "unit_id": agency.units[UNIT], "roles": "own.da-xoa"})
    assert gone.status == 422
    assert "Có vai trò vừa bị xoá khi bạn đang chọn." in gone.words
    assert gone.value("full_name") == "Lê Hoa"


def test_a_post_cannot_be_moved_to_a_unit_that_is_gone(agency, admin):
    _person, post_id = give(agency, "an", "Trần Văn Ân")
    form = form_of(admin.get("tenants.post", post_id=post_id), unit_id=uuid4(), position="Văn thư")
    answer = admin.post("tenants.post", form, post_id=post_id)
    assert answer.status == 422
    assert "Phòng này không còn. Chọn phòng khác." in answer.words
    assert answer.value("position") == "Văn thư"


# ---- changing and ending -------------------------------------------------------------------------------------


def test_two_people_saving_one_post_see_both_versions_and_may_save_again(agency, admin):
    _person, post_id = give(agency, "an", "Trần Văn Ân")
    mine, theirs = (
        form_of(admin.get("tenants.post", post_id=post_id), unit_id=agency.units[UNIT]) for _ in range(2)
    )
    assert (
        admin.post("tenants.post", {**theirs, "position": "Chuyên viên chính"}, post_id=post_id).status == 303
    )

    answer = admin.post("tenants.post", {**mine, "position": "Văn thư"}, post_id=post_id)
    assert answer.status == 409
    assert "Chính bạn vừa lưu bản khác, ở thẻ hoặc máy khác" in answer.words
    assert (
        "Giữ bản đã lưu Chuyên viên chính Lấy bản của bạn, sửa tiếp được ở ô bên dưới Văn thư" in answer.words
    )
    assert answer.value("position") == "Văn thư"

    decided = {**form_of(answer, unit_id=agency.units[UNIT]), "lt_take_position": "stored"}
    decided |= {name: answer.value(name) for name in ("lt_before", "lt_read", "lt_stored_position")}
    refused = admin.post("tenants.post", {**decided, "valid_from": "hôm nào"}, post_id=post_id)
    assert refused.status == 422
    assert 'name="lt_take_position" value="stored" checked' in refused.text
    assert refused.value("position") == "Văn thư"

    again = admin.post("tenants.post", form_of(answer, unit_id=agency.units[UNIT]), post_id=post_id)
    assert again.status == 303
    assert "Văn thư" in " ".join(admin.get("tenants.people", {"q": "van an"}).rows)


def test_roles_of_modules_that_are_off_stay_with_the_post(agency, admin):
    _person, post_id = give(agency, "an", "Trần Văn Ân", roles=["beta.writer", "alpha.writer"])
    form = form_of(admin.get("tenants.post", post_id=post_id), unit_id=agency.units[UNIT], roles=[])
    assert admin.post("tenants.post", form, post_id=post_id).status == 303
    with agency.at_work():
        assert services.posts.roles_of(post_id) == {"beta.writer"}


def test_an_ended_post_takes_access_away_at_the_next_request(agency, admin):
    officer = member(agency, "alpha.writer")
    assert officer.get("tenants.home").status == 200
    with agency.at_work():
        post_id = Membership.get(Membership.person_id == officer.person_id).id
    page = admin.get("tenants.post_end", post_id=post_id)
    assert "thôi vào được cơ quan này" in page.words
    answer = admin.post(
        "tenants.post_end", {"version": page.value("version"), "decision": "12/QĐ"}, post_id=post_id
    )
    assert answer.status == 303
    assert officer.get("tenants.home").status == 404
    assert admin.post("tenants.post_end", {"version": "2"}, post_id=post_id).status == 404


def test_the_last_administrator_stays(agency, admin):
    with agency.at_work():
        post_id = Membership.get(Membership.person_id == admin.person_id).id
    page = admin.get("tenants.post_end", post_id=post_id)
    assert "quản trị cuối cùng" in page.words
    assert admin.post("tenants.post_end", {"version": "1"}, post_id=post_id).status == 403
    form = form_of(admin.get("tenants.post", post_id=post_id), unit_id=agency.units[UNIT], roles=[])
    answer = admin.post("tenants.post", form, post_id=post_id)
    assert answer.status == 403
    assert "quản trị cuối cùng" in answer.words
    assert admin.get("tenants.people").status == 200


def test_who_gives_up_their_own_right_reads_that_it_was_saved(agency, admin):
    other = agency.officer("tenants.admin")
    with agency.at_work():
        post_id = Membership.get(Membership.person_id == admin.person_id).id
    form = form_of(admin.get("tenants.post", post_id=post_id), unit_id=agency.units[UNIT], roles=[])
    answer = admin.post("tenants.post", form, post_id=post_id)
    assert (answer.status, answer.location) == (303, "/")
    assert admin.get("tenants.people").status == 403
    assert other.get("tenants.people").status.startswith("200")


def test_nobody_passes_on_administration_they_do_not_hold(agency, admin):
    with agency.at_work():
        services.create_role(services.Authority.operator(), "Tổ chức cán bộ", ["tenants.manage_people"])
    clerk = member(agency, "own.to-chuc-can-bo")
    _person, post_id = give(agency, "an", "Trần Văn Ân")
    form = form_of(clerk.get("tenants.post", post_id=post_id), unit_id=agency.units[UNIT], roles=[ADMIN])
    answer = clerk.post("tenants.post", form, post_id=post_id)
    assert answer.status == 403
    assert "Chỉ giao được những quyền quản trị mà bạn đang có" in answer.words
    assert 'value="tenants.admin" checked' in answer.text


def test_a_stale_ending_shows_the_post_as_it_is_now(agency, admin):
    _person, post_id = give(agency, "an", "Trần Văn Ân")
    form = form_of(admin.get("tenants.post", post_id=post_id), unit_id=agency.units[UNIT], position="Kế toán")
    admin.post("tenants.post", form, post_id=post_id)
    answer = admin.post("tenants.post_end", {"version": "1"}, post_id=post_id)
    assert answer.status == 409
    assert "Kế toán" in answer.words
    assert answer.value("version") == "2"


@pytest.mark.parametrize("route", ["tenants.post", "tenants.post_end"])
def test_a_post_of_another_agency_does_not_exist(site, admin, route):
    _person, post_id = give(site.ground.agency(), "an", "Trần Văn Ân")
    assert admin.get(route, post_id=post_id).status == 404
    assert admin.post(route, {"version": "1"}, post_id=post_id).status == 404


def test_the_list_as_a_document(agency, admin):
    give(agency, "an", "Trần Văn Ân", roles=["alpha.writer"])
    answer = admin.get("tenants.api_people", {"q": "van an"})
    (item,) = answer.raw.json["items"]
    assert item["person"]["full_name"] == "Trần Văn Ân"
    assert item["roles"] == ["alpha.writer"]
    assert answer.raw.json["next"] == ""
    assert admin.get("tenants.api_people", {"day": "31/2"}).raw.json["errors"]["day"]
    assert member(agency, "alpha.writer").get("tenants.api_people").status == 403


@pytest.mark.parametrize("name", ["A", "李", "Ng. A", "Đ" * 120])
def test_every_name_makes_a_user_name(agency, admin, name):
    form = {"full_name": name, "unit_id": agency.units[UNIT], "position": "Văn thư"}
    assert admin.post("tenants.post_new", form).status == 303


@pytest.mark.parametrize("name", ["", "   ", "\u200b\ufeff", "x" * 121, "a\x00b"])
def test_what_is_no_name_is_refused_in_words(agency, admin, name):
    answer = admin.post(
        "tenants.post_new", {"full_name": name, "unit_id": agency.units[UNIT], "position": "Văn thư"}
    )
    assert answer.status == 422
    assert "lỗi, không phải do bạn" not in answer.words


def test_anybody_with_a_post_finds_the_departments_to_write_for(agency, site):
    one = member(agency, "alpha.writer")
    found = one.get("tenants.api_me").raw.json
    (post,) = found["posts"]
    assert post["roles"] == ["alpha.writer"]
    with agency.at_work():
        assert post["unit"]["id"] in {str(each) for each in agency.units.values()}
    assert "alpha.write" in found["permissions"]
    assert not {each for each in found["permissions"] if each.startswith("core.")}
    stranger = member(site.ground.agency(), "alpha.writer")
    assert stranger.get("tenants.api_me", tenant=agency.info.code).status == 404
