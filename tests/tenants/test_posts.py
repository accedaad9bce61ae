"""Who may give which rights to whom, and what a post is from day to day."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from core.db import Conflict, current_tenant, db, scope
from core.web.errors import Forbidden, Invalid, NotFound
from core.web.paging import Cursor
from tenants import queries, services
from tenants.audit_queries import entries
from tenants.models import DirectoryTask, Membership, today
from tenants.services import Authority

MANAGER = frozenset({"tenants.manage_people"})


@pytest.fixture
def agency(stage):
    """An agency in scope, with an office, an administrator and a colleague."""
    info = stage.agency("so-y-te")
    with scope(info.id):
        office = services.create_unit("Văn phòng")
        admin = services.register_person("anhpn", "Phạm Ngọc Anh")
        colleague = services.register_person("hanhtm", "Trần Mỹ Hạnh")
        operator = Authority.operator()
        post = services.grant_post(operator, admin.id, office.id, "Chánh Văn phòng", roles=["tenants.admin"])
        by = Authority(admin.id, services.posts.permissions_of(["tenants.admin"]))
        DirectoryTask.delete().execute()
        with db.atomic():
            yield SimpleNamespace(
                info=info, office=office, admin=admin, colleague=colleague, post=post, by=by
            )


def grant(agency, *, by=None, person=None, roles=(), **options):
    person = person or agency.colleague
    return services.grant_post(
        by or agency.by, person.id, agency.office.id, "Chuyên viên", roles=roles, **options
    )


def test_a_post_is_written_audited_and_queued_for_the_directory(agency):
    post = grant(agency, roles=["alpha.writer"], decision="QĐ 12")

    line = next(each for each in queries.posts() if each.id == post.id)
    assert (line.roles, line.granted_by, line.decision) == (("alpha.writer",), "Phạm Ngọc Anh", "QĐ 12")
    newest = entries(limit=1)[0]
    assert newest.shown.text == "giao Trần Mỹ Hạnh vị trí Chuyên viên tại Văn phòng"
    task = DirectoryTask.get()
    assert (task.kind, task.tenant_id, task.person_id) == ("member", current_tenant(), agency.colleague.id)


def test_nobody_holds_two_posts_in_one_unit_at_once(agency):
    first = grant(agency)
    with pytest.raises(Invalid):
        grant(agency, valid_from=today() + timedelta(days=30))

    services.end_post(agency.by, first.id, first.version)
    grant(agency)


def test_a_later_post_in_the_same_unit_may_begin_when_the_first_is_over(agency):
    grant(agency, valid_to=today())
    grant(agency, valid_from=today() + timedelta(days=1))

    assert queries.post_counts() == {"current": 2, "attention": 1, "upcoming": 1, "ended": 0}


def test_ending_a_post_takes_effect_at_once_and_is_kept(agency):
    post = grant(agency)
    services.end_post(agency.by, post.id, post.version)

    assert [line.id for line in queries.posts()] == [agency.post.id]
    assert [line.id for line in queries.posts("ended")] == [post.id]
    assert Membership.get_by_id(post.id).ended_by == agency.admin.id
    with pytest.raises(NotFound):
        services.end_post(agency.by, post.id, post.version + 1)


def test_as_of_a_day_the_list_shows_who_held_posts_then(agency):
    past = today() - timedelta(days=100)
    post = grant(agency, valid_from=past, valid_to=past + timedelta(days=10))

    assert post.id in [line.id for line in queries.posts(day=past + timedelta(days=10))]
    assert post.id not in [line.id for line in queries.posts(day=past + timedelta(days=11))]


def test_people_are_listed_by_given_name_and_paged_by_key(agency):
    for number, name in enumerate(("Nguyễn Văn Đức", "Nguyễn Văn Dũng", "Lê Thị Ánh", "Trần Ân")):
        grant(agency, person=services.register_person(f"p{number}", name))

    first = queries.posts(limit=2)
    rest = queries.posts(cursor=Cursor((first[1].sort_key, str(first[1].id))))
    names = [line.full_name for line in (*first[:2], *rest)]
    assert names == ["Phạm Ngọc Anh", "Lê Thị Ánh", "Trần Ân", "Nguyễn Văn Dũng", "Nguyễn Văn Đức"]


def test_search_ignores_accents(agency):
    grant(agency)
    assert [line.full_name for line in queries.posts(search="tran my")] == ["Trần Mỹ Hạnh"]
    assert [line.full_name for line in queries.posts(search="%")] == [
        line.full_name for line in queries.posts()
    ]


# -- who may give what ------------------------------------------------------------------------------------


def test_an_administrator_gives_roles_of_modules_they_do_not_hold_to_others(agency):
    assert not agency.by.holds(services.posts.permissions_of(["alpha.writer"]))
    assert services.posts.roles_of(grant(agency, roles=["alpha.writer"]).id) == {"alpha.writer"}


def test_nobody_raises_their_own_rights(agency):
    with pytest.raises(Forbidden):
        services.change_post(
            agency.by, agency.post.id, agency.post.version, roles=["tenants.admin", "alpha.writer"]
        )
    other = services.create_unit("Phòng Kế hoạch")
    with pytest.raises(Forbidden):
        services.grant_post(agency.by, agency.admin.id, other.id, "Trưởng phòng", roles=["alpha.writer"])


def test_nobody_prolongs_their_own_post(agency):
    grant(agency, roles=["tenants.admin"], valid_to=today() + timedelta(days=5))
    colleague = Authority(agency.colleague.id, agency.by.permissions)
    own = next(line for line in queries.posts() if line.person_id == agency.colleague.id)
    with pytest.raises(Forbidden):
        services.change_post(colleague, own.id, own.version, valid_to=None)
    other = services.create_unit("Phòng Nghiệp vụ").id
    with pytest.raises(Forbidden):
        services.grant_post(colleague, agency.colleague.id, other, "Phó phòng", roles=["tenants.admin"])
    bare = services.grant_post(colleague, agency.colleague.id, other, "Phó phòng")
    with pytest.raises(Forbidden):
        services.change_post(colleague, bare.id, bare.version, roles=["tenants.admin"])
    services.change_post(agency.by, own.id, own.version, valid_to=None)


def test_administration_is_passed_on_only_by_those_who_hold_it(agency):
    manager = Authority(agency.admin.id, MANAGER)
    with pytest.raises(Forbidden):
        grant(agency, by=manager, roles=["tenants.admin"])


def test_the_it_centre_is_not_bounded(agency):
    post = grant(agency, by=Authority(agency.colleague.id), roles=["tenants.admin", "alpha.writer"])
    assert services.posts.roles_of(post.id) == {"tenants.admin", "alpha.writer"}


def test_the_last_administrator_stays(agency):
    with pytest.raises(Forbidden):
        services.end_post(agency.by, agency.post.id, agency.post.version)
    with pytest.raises(Forbidden):
        services.change_post(agency.by, agency.post.id, agency.post.version, roles=[])
    with pytest.raises(Forbidden):
        services.change_post(
            agency.by, agency.post.id, agency.post.version, valid_to=today() + timedelta(days=1)
        )


def test_with_a_second_administrator_the_first_may_go(agency):
    grant(agency, roles=["tenants.admin"])
    services.end_post(agency.by, agency.post.id, agency.post.version)
    assert [line.person_id for line in queries.posts()] == [agency.colleague.id]


def test_no_right_of_administration_is_left_with_nobody(agency):
    part = services.create_role(
        agency.by, "Quản trị nhân sự", ["tenants.manage_people", "tenants.manage_roles"]
    )
    grant(agency, roles=[part.key])
    with pytest.raises(Forbidden), db.atomic():
        services.change_post(agency.by, agency.post.id, agency.post.version, roles=[part.key])
    with pytest.raises(Forbidden), db.atomic():
        services.end_post(agency.by, agency.post.id, agency.post.version)


def test_a_locked_administrator_does_not_count(agency):
    grant(agency, roles=["tenants.admin"])
    services.disable_person(agency.colleague.id)

    with pytest.raises(Forbidden):
        services.end_post(agency.by, agency.post.id, agency.post.version)


def test_the_it_centre_may_take_the_last_administrator_away(agency):
    services.end_post(Authority.operator(), agency.post.id, agency.post.version)
    assert queries.posts() == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"roles": ["alpha.nothing"]}, "roles"),
        ({"roles": ["own.nobody-made-it"]}, "roles"),
        ({"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, "valid_to"),
    ],
)
def test_wrong_posts_are_refused(agency, options, field):
    with pytest.raises(Invalid) as caught:
        grant(agency, **options)
    assert list(caught.value.errors) == [field]


def test_a_locked_person_gets_no_post(agency):
    services.disable_person(agency.colleague.id)
    with pytest.raises(Invalid):
        grant(agency)


def test_the_second_writer_gets_a_conflict(agency):
    post = grant(agency)
    services.change_post(agency.by, post.id, post.version, position="Chuyên viên chính")

    with pytest.raises(Conflict) as caught:
        services.change_post(agency.by, post.id, post.version, roles=["alpha.writer"])
    assert caught.value.current.position == "Chuyên viên chính"


def test_posts_and_units_of_other_agencies_are_not_found(stage, agency):
    other = stage.agency("so-tai-chinh")
    with scope(other.id):
        foreign = services.create_unit("Văn phòng")

    with pytest.raises(Invalid) as refused:
        services.grant_post(agency.by, agency.colleague.id, foreign.id, "Chuyên viên")
    assert list(refused.value.errors) == ["unit_id"]
    with scope(other.id), pytest.raises(NotFound):
        services.end_post(Authority.operator(), agency.post.id, agency.post.version)


# -- own roles --------------------------------------------------------------------------------------------


def test_an_own_role_gives_its_permissions_and_shows_its_holders(agency):
    role = services.create_role(agency.by, "Tiếp dân", ["alpha.read", "beta.read"])
    grant(agency, roles=[role.key])

    assert role.key == "own.tiep-dan"
    assert services.posts.permissions_of([role.key]) == {"alpha.read", "beta.read"}
    assert next(line.people for line in queries.roles() if line.key == role.key) == 1


def test_an_own_role_holds_declared_permissions_only(agency):
    for permission in ("alpha.fly", "core.operator"):
        with pytest.raises(Invalid):
            services.create_role(Authority.operator(), "Mọi quyền", [permission])


def test_a_role_with_a_right_of_a_module_that_is_left_out_can_be_changed(agency):
    role = services.create_role(agency.by, "Tiếp dân", ["alpha.read"])
    role.permissions = ["alpha.read", "gone.read"]
    role.save_version(role.version)

    services.change_role(
        agency.by, role.id, role.version, title="Tiếp công dân", permissions=["beta.read", "gone.read"]
    )
    after = services.roles.get_role(role.id)
    assert (after.title, after.permissions) == ("Tiếp công dân", ["beta.read", "gone.read"])
    for unknown in ("gone.write", "alpha.fly"):
        with pytest.raises(Invalid):
            services.change_role(
                agency.by, role.id, after.version, title="Tiếp công dân", permissions=["gone.read", unknown]
            )


def test_changing_a_role_one_has_is_not_a_way_to_raise_oneself(agency):
    role = services.create_role(agency.by, "Tiếp dân", ["alpha.read"])
    services.change_post(
        Authority.operator(), agency.post.id, agency.post.version, roles=["tenants.admin", role.key]
    )

    with pytest.raises(Forbidden):
        services.change_role(
            agency.by, role.id, role.version, title="Tiếp dân", permissions=["alpha.read", "alpha.write"]
        )


def test_the_last_administrators_own_role_keeps_administration(agency):
    both = ["tenants.manage_people", "alpha.read"]
    role = services.create_role(agency.by, "Quản trị nhân sự", both)
    services.change_post(Authority.operator(), agency.post.id, agency.post.version, roles=[role.key])
    with pytest.raises(Forbidden), db.atomic():
        services.change_role(agency.by, role.id, role.version, title=role.title, permissions=["alpha.read"])
    with pytest.raises(Invalid):
        services.delete_role(role.id)
    assert services.roles.get_role(role.id).permissions == sorted(both)

    renamed = services.change_role(agency.by, role.id, role.version, title="Nhân sự", permissions=both)
    grant(agency, by=Authority.operator(), roles=["tenants.admin"])
    services.change_role(agency.by, role.id, renamed.version, title="Nhân sự", permissions=["alpha.read"])


def test_administration_does_not_pass_through_an_own_role(agency):
    with pytest.raises(Forbidden):
        services.create_role(Authority(agency.admin.id, MANAGER), "Phó", ["tenants.manage_modules"])


def test_a_role_in_use_is_not_deleted(agency):
    role = services.create_role(agency.by, "Tiếp dân", ["alpha.read"])
    post = grant(agency, roles=[role.key])
    with pytest.raises(Invalid):
        services.delete_role(role.id)

    services.end_post(agency.by, post.id, post.version)
    services.delete_role(role.id)
    assert role.key not in [line.key for line in queries.roles()]


def test_units_keep_their_tree_and_close_when_empty(agency):
    inner = services.create_unit("Tổ Tin học", parent_id=agency.office.id)
    with pytest.raises(Invalid):
        services.change_unit(agency.office.id, 1, parent_id=inner.id)
    with pytest.raises(Invalid):
        services.close_unit(agency.office.id, 1)
    assert [(line.name, line.depth, line.people) for line in queries.units()] == [
        ("Văn phòng", 0, 1),
        ("Tổ Tin học", 1, 0),
    ]

    services.close_unit(inner.id, 1, last_day=today())
    with pytest.raises(Invalid):
        services.grant_post(agency.by, agency.colleague.id, inner.id, "Chuyên viên")
