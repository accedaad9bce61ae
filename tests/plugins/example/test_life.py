"""What the platform asks of the notebook: its life in an agency, card, health, command, access."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from core.api import NotFound
from core.db import db, scope, unscoped
from core.declarations import DashboardCard, Job
from core.events import SYSTEM, acting
from plugins.example import jobs, queries, services
from plugins.example.cli import export
from plugins.example.models import Note
from plugins.example.plugin import manifest
from tenants.services import plan_disable, set_grant
from tenants.upkeep.command_line import main
from tenants.upkeep.doctor import health
from tests.support.modules import OTHER_UNIT, UNIT


def welcome_notes(agency):
    with agency.at_work():
        return {note.unit_id for note in Note.select().where(Note.author_id.is_null())}


# ---- switching on and off


def test_the_command_line_says_what_keeps_the_module_on(ground, monkeypatch):
    agency = ground.agency("example")
    lan = agency.officer("example.writer")
    with lan.working() as ctx:
        services.set_pinned(
            ctx, services.write_note(ctx, unit_id=agency.units[UNIT], title="Giữ").id, pinned=True
        )
    monkeypatch.setattr("tenants.modules_cli.settings_or_exit", lambda: None)
    monkeypatch.setattr("core.app.boot", lambda settings: ground.platform)

    def run(command):
        return CliRunner().invoke(main.commands["module"], [command, "example", "--tenant", agency.info.code])

    refused = run("disable")
    assert refused.exit_code == 1
    for part in ("stays on", "Còn 1 ghi chú đang ghim", UNIT, "?state=pinned"):
        assert part in refused.output + refused.stderr
    assert "already on" in run("enable").output


def test_the_command_line_says_what_is_always_on(ground, monkeypatch):
    agency = ground.agency("example")
    monkeypatch.setattr("tenants.modules_cli.settings_or_exit", lambda: None)
    monkeypatch.setattr("core.app.boot", lambda settings: ground.platform)
    module = main.commands["module"]
    refused = CliRunner().invoke(module, ["disable", "drafts", "--tenant", agency.info.code])
    assert refused.exit_code == 1
    assert "drafts luôn bật, không tắt được · is always on" in refused.output + refused.stderr
    listed = CliRunner().invoke(module, ["list", "--tenant", agency.info.code]).output
    assert "on  example " in listed
    assert {"drafts", "pages"} <= set(listed.partition("không tắt được · always on: ")[2].split(", "))


def test_the_command_line_says_of_a_module_that_is_withheld_who_decides(ground, monkeypatch):
    agency = ground.agency()
    with agency.at_work():
        set_grant(agency.info.id, "example", allowed=False)
    monkeypatch.setattr("tenants.modules_cli.settings_or_exit", lambda: None)
    monkeypatch.setattr("core.app.boot", lambda settings: ground.platform)
    refused = CliRunner().invoke(main.commands["module"], ["enable", "example", "--tenant", agency.info.code])
    assert refused.exit_code == 1
    assert "cơ quan chưa được phép dùng.\n" in refused.output
    assert ".." not in refused.output


def test_the_command_line_says_which_module_could_not_prepare_and_nothing_of_its_rows(ground, monkeypatch):
    agency = ground.agency()
    monkeypatch.setattr("tenants.modules_cli.settings_or_exit", lambda: None)
    monkeypatch.setattr("core.app.boot", lambda settings: ground.platform)

    def fail():
        raise ValueError("Nguyễn Thị Hoa")

    monkeypatch.setattr(services, "welcome", fail)
    refused = CliRunner().invoke(main.commands["module"], ["enable", "example", "--tenant", agency.info.code])
    told = (refused.output + refused.stderr).strip().splitlines()[-1]
    assert refused.exit_code == 1
    assert "Module 'example' failed in on_module_enabled: ValueError" in told
    assert "Hoa" not in told


def test_switching_on_leaves_a_welcome_note_in_every_notebook_and_again_no_second(ground):
    agency = ground.agency("example")
    assert welcome_notes(agency) == set(agency.units.values())
    with agency.at_work():
        services.welcome()
        assert Note.select().count() == 2


def test_an_agency_is_welcomed_once_and_its_own_notes_survive_switching_off(ground):
    agency = ground.agency("example")
    lan = agency.officer("example.writer")
    with lan.working() as ctx:
        note = services.write_note(ctx, unit_id=agency.units[UNIT], title="Của chúng tôi")
    agency.switch("example", on=False)
    assert welcome_notes(agency) == set()
    with agency.at_work():
        kinds = db.execute_sql(
            "SELECT actor_kind FROM core.audit_entry WHERE tenant_id = %s AND event = 'example.welcome_taken'",
            (agency.info.id,),
        ).fetchall()
    assert kinds == [("system",)] * 2, "both unchanged notes are gone, and that is on record"
    agency.switch("example", on=True)
    assert welcome_notes(agency) == {agency.units[OTHER_UNIT]}
    with lan.working():
        assert queries.note(note.id).title == "Của chúng tôi"


def test_a_welcome_note_that_somebody_made_their_own_stays(ground):
    agency = ground.agency("example")
    lan = agency.officer("example.writer")
    with lan.working() as ctx:
        note = Note.get(Note.unit_id == agency.units[UNIT])
        services.change_note(ctx, note.id, version=1, title="Quy ước của phòng", body="")
    agency.switch("example", on=False)
    assert welcome_notes(agency) == {agency.units[UNIT]}


def test_a_failure_while_welcoming_leaves_the_module_off(ground, monkeypatch):
    agency = ground.agency()

    def fail(note, unit):
        raise RuntimeError(unit)

    monkeypatch.setattr(services, "put_note", fail)
    with pytest.raises(Exception, match="Module 'example' failed in on_module_enabled"):
        agency.switch("example", on=True)
    with agency.at_work():
        assert "example" not in agency.ground.platform.dispatcher.effective_for(agency.info.id)
        assert not Note.select().exists()


def test_pinned_notes_block_switching_off_and_the_link_leads_to_them(notebook):
    keeper, agency = notebook.keeper(), notebook.agency
    notebook.note(keeper, "Một", pinned=True)
    notebook.note(keeper, "Hai", unit=OTHER_UNIT, pinned=True)
    with agency.at_work():
        plan = plan_disable("example")
    (blocker,) = plan.blockers
    assert blocker.text == "Còn 2 ghi chú đang ghim"
    assert "Phòng Kinh tế, Văn phòng" in blocker.detail
    assert [title in keeper.follow(blocker.url).text for title in ("Một", "Hai")] == [True, True]
    with agency.at_work():
        Note.update(pinned=False).execute()
        assert plan_disable("example").possible


# ---- card, health, job, command


def test_the_card_shows_the_newest_notes_of_the_own_units(notebook):
    lan, hung = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    for number in range(6):
        notebook.note(lan, f"Ghi chú {number}")
    (card,) = [
        card
        for module, card in notebook.agency.ground.platform.catalogue.of(DashboardCard).values()
        if module is manifest
    ]
    with lan.working() as ctx:
        view = card.render(ctx)
    assert [text for text, _url in view.lines] == [f"Ghi chú {number}" for number in (5, 4, 3, 2, 1)]
    assert lan.follow(view.lines[0][1]).status_code == 200
    assert lan.follow(view.url).status_code == 200
    with hung.working() as ctx:
        assert card.render(ctx).lines == ()


def test_the_card_tells_notes_of_several_units_apart(notebook):
    keeper = notebook.keeper()
    for unit in (UNIT, OTHER_UNIT):
        notebook.note(keeper, "Lịch trực", unit=unit)
    (card,) = [
        card
        for module, card in notebook.agency.ground.platform.catalogue.of(DashboardCard).values()
        if module is manifest
    ]
    with keeper.working() as ctx:
        lines = card.render(ctx).lines
    assert {text for text, _url in lines} == {f"Lịch trực · {UNIT}", f"Lịch trực · {OTHER_UNIT}"}


def deletion_health(ground):
    with db.connection_context():
        return next(
            each.health for each in health(ground.platform.catalogue) if each.key == "example.deletion"
        )


@pytest.fixture
def after_the_night(ground):
    """Let the job have been everywhere: the check looks at every agency, and other tests have left theirs behind."""
    with db.connection_context():
        with unscoped(reason="a test looks for what others left"), db.atomic():
            left = [
                row[0] for row in db.execute_sql("SELECT DISTINCT tenant_id FROM example.note").fetchall()
            ]
        for tenant_id in left:
            with scope(tenant_id), acting(SYSTEM):
                jobs.delete_expired()


def test_health_turns_red_when_the_nightly_job_does_not_come(after_the_night, notebook, ground):
    lan = notebook.writer()
    notebook.note(lan, archived_at=datetime.now(UTC) - timedelta(days=31))
    assert deletion_health(ground).ok
    notebook.note(lan, archived_at=datetime.now(UTC) - timedelta(days=33))
    found = deletion_health(ground)
    assert not found.ok
    assert found.detail == "1 cơ quan còn ghi chú quá hạn xoá."
    with notebook.agency.at_work():
        jobs.delete_expired()
    assert deletion_health(ground).ok


def test_where_the_module_is_off_old_notes_are_no_trouble(after_the_night, notebook, ground):
    notebook.note(notebook.writer(), archived_at=datetime.now(UTC) - timedelta(days=33))
    notebook.agency.switch("example", on=False)
    assert deletion_health(ground).ok


def test_the_job_is_declared_for_each_agency_at_night(ground):
    module, job = ground.platform.catalogue.of(Job)["example.delete_expired"]
    assert (module.key, job.run, job.schedule, job.per_tenant) == (
        "example",
        jobs.delete_expired,
        "30 2 * * *",
        True,
    )


def test_the_command_prints_the_notebooks_as_text(notebook):
    lan = notebook.writer(name="Hoàng Thị Lan")
    notebook.note(lan, "Giữ lại", "Nội dung\nhai dòng")
    notebook.note(lan, "Đã cất", archived_at=datetime.now(UTC))
    with db.connection_context():
        done = CliRunner().invoke(export, [notebook.agency.info.code])
        unknown = CliRunner().invoke(export, ["khong-co"])
    assert done.exit_code == 0
    assert done.output.startswith(f"# {UNIT}\n\n## Giữ lại\n\nNội dung\nhai dòng\n\n*Hoàng Thị Lan, ")
    assert "Đã cất" not in done.output
    assert unknown.exit_code == 1
    assert "There is no agency 'khong-co'" in unknown.output


# ---- access, as any module may ask


def test_other_modules_are_told_who_may_see_a_note(notebook):
    lan, hung, keeper = notebook.writer(), notebook.writer(unit=OTHER_UNIT), notebook.keeper(unit=OTHER_UNIT)
    note_id = notebook.note(lan)
    ask = notebook.agency.ground.platform.dispatcher.check_access
    for officer, allowed in ((lan, True), (hung, False), (keeper, True)):
        with officer.working() as ctx:
            assert (ask(ctx, "example.read", queries.note(note_id)) is None) is allowed
            assert ask(ctx, "example.read", object()) is None


def test_rows_of_another_agency_stay_out_of_sight_of_plain_sql(notebook, ground):
    note_id = notebook.note(notebook.writer())
    with db.connection_context(), scope(ground.agency("example").info.id), db.atomic():
        assert db.execute_sql("SELECT count(*) FROM example.note WHERE id = %s", (note_id,)).fetchone() == (
            0,
        )
        with pytest.raises(NotFound):
            queries.note(note_id)
