"""A module that fails while people work spares the page, is named, and turns health red."""

from dataclasses import replace

import pytest

from core.db import PLATFORM, db, scope, unscoped
from core.objects import object_actions, object_history, require_access
from core.settings import installed_settings
from core.web.errors import Forbidden
from tenants.resources.agency_figures import figures_of
from tenants.resources.open_work import work_left
from tenants.services import plan_disable
from tenants.upkeep import check, doctor
from tests.every_hook_plugin.plugin import Thing, trouble
from tests.tenants.pages import counted_statements


def noted():
    with db.connection_context():
        return {
            (module, hook)
            for module, hook in db.execute_sql("SELECT module, hook FROM core.hook_failure").fetchall()
        }


@pytest.fixture(autouse=True)
def _nothing_noted(ground):
    with db.connection_context():
        db.execute_sql("DELETE FROM core.hook_failure")


def hook_health(ground):
    with db.connection_context():
        return next(
            each.health for each in doctor.health(ground.platform.catalogue) if each.key == "core.hooks"
        )


def test_a_badge_that_fails_is_left_out(ground, agency, reader):
    trouble.add("badge")
    answer = reader.get("tenants.home")
    assert answer.status_code == 200
    assert f'href="{agency.url("every.page")}"' in answer.text
    assert "<b>3</b>" not in answer.text
    assert noted() == {("every", "badge")}
    assert "every.badge: 1" in hook_health(ground).detail


def test_badges_share_one_savepoint_until_one_fails(reader):
    def savepoints():
        with counted_statements() as sent:
            answer = reader.get("tenants.home")
        assert answer.status_code == 200
        return sum(sql.startswith("SAVEPOINT") for sql in sent), answer.text

    together, text = savepoints()
    assert "<b>3</b>" in text
    trouble.add("badge")
    apart, text = savepoints()
    assert "<b>3</b>" not in text
    # The bell's badge and the module's each have their own now, and the failure is noted in a third.
    assert apart >= together + 3
    assert noted() == {("every", "badge")}


def test_a_card_that_fails_says_so_in_its_place(ground, reader):
    assert hook_health(ground).ok
    trouble.add("card")
    answer = reader.get("tenants.home")
    assert answer.status_code == 200
    assert "Chưa lấy được phần này" in answer.text
    assert [module for module, _hook in noted()] == ["every"]
    assert not hook_health(ground).ok


def test_a_figure_of_agencies_that_fails_leaves_its_place_empty(agency):
    trouble.add("figure")
    with db.connection_context(), scope(PLATFORM), db.atomic():
        known = {each.title: each.of(agency.info.id) for each in figures_of([agency.info.id])}
    assert known.pop("Mọi con số") is None
    assert None not in known.values()
    assert noted() == {("every", "agency_figure")}


def test_open_work_that_fails_keeps_nobody_from_leaving(agency):
    trouble.add("open_work")
    with agency.at_work():
        assert work_left(person_id=agency.info.id) == ()
    assert noted() == {("every", "open_work")}


def test_actions_and_history_that_fail_are_left_out(reader):
    trouble.update({"object_actions", "object_timeline"})
    with reader.working() as ctx:
        assert object_actions(ctx, Thing()) == []
        assert object_history(ctx, Thing(), "every.thing", ctx.person.id) == []
    assert noted() == {("every", "object_actions"), ("every", "object_timeline")}


def test_an_access_check_that_fails_refuses(reader):
    trouble.add("check_access")
    with reader.working() as ctx, pytest.raises(Forbidden, match="Chưa kiểm tra được quyền"):
        require_access(ctx, "every.read", object())


def test_blockers_that_fail_block(agency):
    trouble.add("module_disable_blockers")
    with agency.at_work():
        assert not plan_disable("every").possible


def test_a_life_cycle_hook_that_fails_leaves_the_module_off(ground):
    trouble.add("on_module_enabled")
    agency = ground.agency()
    with pytest.raises(Exception, match="Module 'every' failed in on_module_enabled: ZeroDivisionError"):
        agency.switch("every", on=True)
    with agency.at_work():
        assert "every" not in ground.platform.dispatcher.effective_for(agency.info.id)
        assert (
            db.execute_sql(
                "SELECT 1 FROM tenants.module_switch WHERE tenant_id = %s", (agency.info.id,)
            ).fetchall()
            == []
        )


def test_a_health_check_that_fails_is_a_finding_and_spares_the_others(ground):
    trouble.add("health")
    with db.connection_context():
        found = {each.key: each.health for each in doctor.health(ground.platform.catalogue)}
    assert not found["every.well"].ok
    assert found["core.database"].ok


def test_a_module_that_is_on_and_no_longer_installed_is_named_with_what_stays(ground, agency, database):
    agency.switch("every", on=True)
    settings = installed_settings()
    gone = replace(
        ground.platform.catalogue,
        modules={key: each for key, each in ground.platform.catalogue.modules.items() if key != "every"},
    )

    def left(settings):
        with db.connection_context():
            with unscoped(reason="a test"), db.atomic():
                found = check.left_on(db, check.known_modules(gone, settings))
            told = next(each.health for each in doctor.health(gone) if each.key == "core.left_on")
        return next((each for each in found if each["module"] == "every"), None), told

    found, told = left(settings)
    assert agency.info.code in found["agencies"] or found["n"] > check.AGENCIES_NAMED
    assert found["schema"] == "–", "it brought no tables"
    assert not told.ok
    assert "every: gói đã gỡ mà còn bật ở" in told.detail
    assert "lienthong module disable" in told.detail
    found, _told = left(replace(settings, blocked_modules=("every",)))
    assert found is None, "whoever leaves it out knows"
