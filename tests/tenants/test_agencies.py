"""Agencies in time: versions, codes, parents, suspension, what they keep about themselves."""

import threading
from contextvars import copy_context
from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace

import psycopg2
import pytest
from peewee import IntegrityError

from core.audit import history
from core.db import Conflict, db, scope
from core.web.errors import Invalid, NotFound
from core.web.paging import Cursor
from tenants import jobs, queries, services
from tenants.console_queries import revised
from tenants.models import DirectoryTask, Person, TenantVersion, today

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_a_new_name_holds_from_its_day_and_the_old_one_is_kept(stage):
    info = stage.agency("ban-qlda", valid_from=date(2025, 7, 1))
    services.revise_agency(
        info.id, today() + timedelta(days=10), name="Ban QLDA khu vực 2", short_name="Ban khu vực 2"
    )

    assert queries.tenant_info(info.id).name == "Cơ quan ban-qlda"
    newest, oldest = queries.versions(info.id)
    assert oldest.valid_to == newest.valid_from - timedelta(days=1)
    assert newest.name == "Ban QLDA khu vực 2"


def test_a_version_is_corrected_on_its_first_day(stage):
    info = stage.agency("so-y-te")
    services.revise_agency(info.id, today(), name="Sở Y tế")

    assert [line.name for line in queries.versions(info.id)] == ["Sở Y tế"]


def test_history_is_not_rewritten_and_no_name_waits_for_years(stage):
    info = stage.agency("so-y-te")
    for since in (today() - timedelta(days=1), today() + timedelta(days=367)):
        with pytest.raises(Invalid) as refused:
            services.revise_agency(info.id, since, name="Sở Y tế")
        assert list(refused.value.errors) == ["since"]
    assert services.revise_agency(info.id, today() + timedelta(days=366), name="Sở Y tế")


def test_a_name_to_come_does_not_keep_the_name_in_force_from_being_corrected(stage):
    parent, info = stage.agency("ubnd"), stage.agency("so-y-te", valid_from=date(2025, 7, 1))
    later = today() + timedelta(days=30)
    services.revise_agency(info.id, later, name="Sở Y tế mới")
    services.revise_agency(info.id, today(), name="Sở Y tế", parent_id=parent.id)

    assert queries.tenant_info(info.id).name == "Sở Y tế"
    found = [
        (line.name, line.parent_id, line.valid_from, line.valid_to) for line in queries.versions(info.id)
    ]
    yesterday = today() - timedelta(days=1)
    assert found == [
        # What the coming version did not change itself, it takes over.
        ("Sở Y tế mới", parent.id, later, None),
        ("Sở Y tế", parent.id, today(), later - timedelta(days=1)),
        ("Cơ quan so-y-te", None, date(2025, 7, 1), yesterday),
    ]


def test_a_version_to_come_is_withdrawn_and_only_such_a_one(stage):
    info = stage.agency("so-y-te", valid_from=date(2025, 7, 1))
    later = today() + timedelta(days=30)
    services.revise_agency(info.id, today(), short_name="Sở")
    services.revise_agency(info.id, later, name="Sở Y tế")
    for wrong in (today(), date(2025, 7, 1), later + timedelta(days=1)):
        with pytest.raises(NotFound):
            services.withdraw_revision(info.id, wrong)

    services.withdraw_revision(info.id, later)
    assert next((line.name, line.valid_to) for line in queries.versions(info.id)) == ("Cơ quan so-y-te", None)
    with scope(info.id), db.atomic():
        (entry, *_older) = history("tenants.agency", info.id)
    assert "Sở Y tế" in str(entry.changes)
    assert entry.milestone


def test_the_audit_keeps_the_decision_of_a_new_name(stage):
    info = stage.agency("so-y-te", valid_from=date(2025, 7, 1))
    services.revise_agency(info.id, today(), name="Sở Y tế", decision="12/QĐ-UBND")
    with scope(info.id), db.atomic():
        (entry, *_older) = history("tenants.agency", info.id)
    assert [change.new for change in entry.changes] == ["Sở Y tế", "12/QĐ-UBND"]


@pytest.mark.parametrize("name", ["SỞ  Y TẾ", "so y te", "SYT"])
def test_nobody_takes_the_name_of_another_agency(stage, name):
    health, other = stage.agency("so-y-te", name="Sở Y tế", short_name="SYT"), stage.agency("phuong")
    for field in ("name", "short_name"):
        with pytest.raises(Invalid) as refused:
            services.revise_agency(other.id, today(), **{field: name})
        assert "Sở Y tế" in refused.value.errors[field][0]
    assert services.revise_agency(health.id, today(), short_name=name + " Huế")


@pytest.mark.parametrize("field", ["name", "short_name"])
def test_no_agency_is_created_under_the_name_of_another(stage, field):
    stage.agency("so-y-te", name="Sở Y tế", short_name="SYT")
    with pytest.raises(Invalid) as refused:
        stage.agency("so-y-te-2", **{field: "so y te"})
    assert "Sở Y tế" in refused.value.errors[field][0]
    assert queries.tenant_by_code("so-y-te-2") is None


def test_communes_that_differ_by_a_mark_are_told_apart_by_the_codes_of_the_state(stage):
    def commune(code, name, number):
        return stage.agency(code, name=name, kind="commune", identifiers={"administrative": number})

    commune("hoa-1", "Xã Hoà Ân", "02143")
    other = commune("hoa-2", "Xã Hoa Ân", "05665")
    assert services.revise_agency(other.id, today(), name="Xã Hòa An")
    # The mark stands on another letter, the name is the same.
    with pytest.raises(Invalid):
        services.revise_agency(other.id, today(), name="xã Hòa Ân")
    with pytest.raises(Invalid):
        commune("hoa-3", "Xã Hoa An", "")


def test_lists_search_and_sort_by_the_name_in_force_until_the_day_comes(stage):
    info = stage.agency("so-y-te", name="Sở Y tế", valid_from=date(2025, 7, 1))
    services.revise_agency(info.id, today() + timedelta(days=3), name="Ban Sức khoẻ")
    assert [line.code for line in queries.agencies(search="so y te")] == ["so-y-te"]

    db.execute_sql("UPDATE tenants.tenant_version SET valid_to = valid_to - 3 WHERE valid_to IS NOT NULL")
    db.execute_sql("UPDATE tenants.tenant_version SET valid_from = tenants.today() WHERE valid_to IS NULL")
    jobs.notice_dates()
    assert [line.folded for line in queries.agencies()] == ["ban suc khoe"]


def test_operators_see_who_changed_its_name_and_not_who_is_new(stage):
    stage.agency("moi")
    info = stage.agency("so-y-te", name="Sở Y tế", valid_from=date(2025, 7, 1))
    services.revise_agency(info.id, today(), name="Ban Sức khoẻ", decision="12/QĐ-UBND")
    assert [(line.code, line.name, line.before, line.since, line.decision) for line in revised(9)] == [
        ("so-y-te", "Ban Sức khoẻ", "Sở Y tế", today(), "12/QĐ-UBND")
    ]


def test_codes_an_agency_had_stay_findable(stage):
    info = stage.agency("so-y-te", identifiers={"national": "H57.10"}, valid_from=date(2025, 7, 1))
    services.revise_agency(info.id, today(), identifiers={"national": "H57.11"})

    assert queries.versions(info.id)[0].identifiers == {"national": "H57.11", "old": ["H57.10"]}
    assert [line.code for line in queries.agencies(search="h57.10")] == ["so-y-te"]


def test_the_database_refuses_versions_that_overlap(stage):
    info = stage.agency("so-y-te")
    with pytest.raises(IntegrityError), db.atomic():
        TenantVersion.create(tenant_id=info.id, kind="other", name="x", short_name="x", valid_from=today())


def test_a_parent_below_the_agency_itself_is_refused(stage):
    top = stage.agency("ubnd")
    middle = stage.agency("so-y-te", parent_id=top.id)
    below = stage.agency("chi-cuc", parent_id=middle.id)
    with pytest.raises(Invalid):
        services.revise_agency(top.id, today(), parent_id=below.id)


def test_parents_do_not_go_in_a_circle_between_two_versions_to_come(stage):
    """Neither today nor in the end: only in the weeks between."""
    one, two, other = stage.agency("mot"), stage.agency("hai"), stage.agency("ba")
    soon, later = today() + timedelta(days=30), today() + timedelta(days=60)
    services.revise_agency(one.id, later, parent_id=other.id)
    services.revise_agency(one.id, soon, parent_id=two.id)
    with pytest.raises(Invalid) as refused:
        services.revise_agency(two.id, soon, parent_id=one.id)
    assert list(refused.value.errors) == ["parent"]
    assert services.revise_agency(two.id, later, parent_id=one.id)
    with pytest.raises(Invalid):
        services.withdraw_revision(one.id, later)


@pytest.mark.parametrize("field", ["parent", "name"])
def test_two_agencies_changed_at_once_see_each_other(stage, field):
    one, two = stage.agency("mot"), stage.agency("hai")
    wanted = {
        one.id: {"parent_id": two.id} if field == "parent" else {"name": "Sở Y tế"},
        two.id: {"parent_id": one.id} if field == "parent" else {"name": "SỞ Y TẾ"},
    }
    written, go_on = threading.Event(), threading.Event()
    refused = []

    def first():
        with db.connection_context(), db.atomic():
            services.revise_agency(one.id, today(), **wanted[one.id])
            written.set()
            go_on.wait(20)

    def second():
        with db.connection_context():
            try:
                services.revise_agency(two.id, today(), **wanted[two.id])
            except Invalid as error:
                refused.extend(error.errors)

    threads = [threading.Thread(target=copy_context().run, args=(each,)) for each in (first, second)]
    threads[0].start()
    assert written.wait(20)
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive()  # waits for the first one
    go_on.set()
    for each in threads:
        each.join(20)
    assert refused == [field]


@pytest.mark.parametrize("fields", [{"kind": "kingdom"}, {"code": "so-y-te"}])
def test_wrong_agencies_are_refused(stage, fields):
    stage.agency("so-y-te")
    with pytest.raises(Invalid):
        stage.agency(**{"code": "moi", **fields})


def test_suspending_is_told_to_the_directory_and_can_be_undone(stage):
    info = stage.agency("so-y-te")
    DirectoryTask.delete().execute()
    services.suspend_agency(info.id)
    assert queries.tenant_info(info.id).status == "suspended"
    assert DirectoryTask.get().kind == "organization"

    services.resume_agency(info.id)
    assert queries.tenant_info(info.id).status == "active"


def test_the_consoles_list_is_searched_without_accents_and_paged_by_key(stage):
    for number in range(5):
        stage.agency(
            f"xa-{number}",
            name=f"Uỷ ban nhân dân xã Số {number}",
            short_name=f"UBND xã Số {number}",
            kind="commune",
        )
    stage.agency("so-y-te", name="Sở Y tế")

    assert [line.code for line in queries.agencies(search="so y")] == ["so-y-te"]
    assert [line.code for line in queries.agencies(kind="commune", limit=2)] == ["xa-0", "xa-1", "xa-2"]
    first = queries.agencies(kind="commune", limit=2)[:2]
    after = Cursor((first[-1].folded, str(first[-1].id)))
    assert [line.code for line in queries.agencies(kind="commune", cursor=after)] == ["xa-2", "xa-3", "xa-4"]


def test_two_people_saving_a_profile(stage):
    info = stage.agency("so-y-te")
    with scope(info.id), db.atomic():
        services.update_profile(1, address="1 Lê Lợi")
        with pytest.raises(Conflict) as caught:
            services.update_profile(1, phone="0234")
    assert caught.value.current.address == "1 Lê Lợi"


def test_a_logo_is_a_picture_and_small(stage):
    info = stage.agency("so-y-te")
    with scope(info.id), db.atomic():
        digest = services.set_logo(PNG)
        assert queries.logo(digest) == ("image/png", PNG)
        for content in (b"<svg onload=alert(1)>", b"", PNG + bytes(600_000), b"RIFF0000WAVE"):
            with pytest.raises(Invalid):
                services.set_logo(content)
    assert queries.tenant_info(info.id).logo_url == f"/t/so-y-te/logo/{digest}"


# -- people -----------------------------------------------------------------------------------------------


def test_a_person_is_registered_once(stage):
    services.register_person("anhpn", "Phạm  Ngọc\u200b Anh", email="Anh@hue.gov.vn")
    assert (Person.get().full_name, Person.get().email) == ("Phạm Ngọc Anh", "anh@hue.gov.vn")
    for name, email, field in (("anhpn", "", "username"), ("khac", "ANH@hue.gov.vn", "email")):
        with pytest.raises(Invalid) as refused:
            services.register_person(name, "Người khác", email=email)
        assert list(refused.value.errors) == [field]
    other = services.register_person("khac", "Người khác")
    with pytest.raises(Invalid) as refused:
        services.change_mail(services.Authority.operator(), other.id, other.version, email="ANH@hue.gov.vn")
    assert list(refused.value.errors) == ["email"]


def test_people_of_one_name_registered_at_once_get_names_of_their_own(stage, monkeypatch):
    services.register_person("anhpn", "Phạm Ngọc Anh")
    free, asked = services.people.free_username, []

    def seen_too_early(full_name):
        asked.append(full_name)
        return "anhpn" if len(asked) == 1 else free(full_name)

    monkeypatch.setattr(services.people, "free_username", seen_too_early)
    assert services.people.register_newcomer("Phạm Ngọc Anh").username == "anhpn2"


def test_addresses_that_were_doubled_stay_with_the_one_who_has_an_account(stage, database):
    early, late = (services.register_person(name, "Phạm Ngọc Anh") for name in ("anhpn", "anhpn2"))
    owner = psycopg2.connect(database.admin_url)
    with owner, owner.cursor() as cursor:
        cursor.execute("DROP INDEX tenants.person_email")
        cursor.execute("UPDATE tenants.person SET email = 'An@hue.gov.vn' WHERE username = 'anhpn'")
        cursor.execute(
            "UPDATE tenants.person SET email = 'an@hue.gov.vn', subject = 's', issuer = 'i' WHERE username = 'anhpn2'"
        )
    migration = import_module("tenants.migrations.0006_one_address_each")
    with owner, owner.cursor() as cursor:
        migration.up(
            None,
            SimpleNamespace(execute_sql=lambda sql, values=None: (cursor.execute(sql, values), cursor)[1]),
        )
    owner.close()
    assert (Person.get_by_id(early.id).email, Person.get_by_id(late.id).email) == ("", "an@hue.gov.vn")


def test_locking_a_person_is_told_to_the_directory_and_can_be_undone(stage):
    person = services.register_person("anhpn", "Phạm Ngọc Anh")
    DirectoryTask.delete().execute()
    services.disable_person(person.id)
    services.disable_person(person.id)
    assert Person.get().disabled_at
    assert DirectoryTask.get().generation == 1

    services.restore_person(person.id)
    assert Person.get().disabled_at is None


def test_preferences_take_known_values_only(stage):
    person = services.register_person("anhpn", "Phạm Ngọc Anh")
    services.set_preferences(person.id, locale="en", theme="dark", shortcuts=False)
    with pytest.raises(Invalid):
        services.set_preferences(person.id, locale="fr")
    assert (Person.get().locale, Person.get().theme) == ("en", "dark")


def test_the_look_up_role_reads_posts_and_nothing_may_sign_in_as_it(empty):
    connection = psycopg2.connect(empty.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lienthong_context'")
        assert cursor.fetchone() == (False,)
        cursor.execute("SET ROLE lienthong_context")
        for table in (
            "membership",
            "membership_role",
            "role",
            "unit",
            "profile",
            "module_switch",
            "module_grant",
        ):
            cursor.execute(f"SELECT 1 FROM tenants.{table}")
        for table in ("logo", "directory_task"):
            cursor.execute("SELECT has_table_privilege(%s, 'select')", (f"tenants.{table}",))
            assert cursor.fetchone() == (False,)
    connection.close()
