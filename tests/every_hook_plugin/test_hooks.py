"""One test for each hook: what a module returns or does there has its effect on the running platform."""

import io
import re
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest
from click.testing import CliRunner

import core.app
from core import jobs
from core.db import db
from core.declarations import FileOwner
from core.events import SYSTEM, emit
from core.objects import object_actions, object_history, require_access
from core.web.errors import Forbidden, Invalid, NotFound
from plugins.casework.api import Opening, Sending, Subject, leg_blockers, open_case, send_leg, take_number
from plugins.casework.legs.services import answer_leg, take_leg
from plugins.files.api import store
from plugins.letters.api import draft_letter
from plugins.notifications.api import notify
from tenants.demo import DemoMaker
from tenants.resources.agency_figures import figures_of
from tenants.resources.open_work import work_left
from tenants.services import create_role, plan_disable
from tenants.services.common import Authority
from tenants.upkeep import command_line, doctor
from tests.every_hook_plugin import plugin
from tests.every_hook_plugin.plugin import Thing, ThingSeen, seen

THING_ID = "00000000-0000-7000-8000-000000000009"


# ---- declare


def test_hook_register_routes(ground, reader):
    assert orjson.loads(reader.get("every.things").content) == {"things": 1}
    reader.agency.switch("every", on=True)
    elsewhere = ground.agency().officer("every.reader")
    assert elsewhere.get("every.things").status_code == 404


def test_hook_register_permissions(agency, reader):
    assert agency.officer().get("every.things").status_code == 403
    with agency.at_work():
        own = create_role(Authority.operator(), "Người xem mọi thứ", ["every.read"])
    assert agency.officer(own.key).get("every.things").status_code == 200


def test_hook_register_roles(agency):
    assert agency.officer("every.reader").ctx.can("every.read")
    assert not agency.officer().ctx.can("every.read")


def test_hook_register_navigation(agency, reader):
    link = re.compile(rf'href="{agency.url("every.page")}"[^>]*>.*?<span>Mọi thứ</span><b>3</b>')
    assert link.search(reader.get("tenants.home").text)
    assert not link.search(agency.officer().get("tenants.home").text)


def test_hook_register_events(agency):
    with agency.at_work():
        emit(ThingSeen(what="một"))
        assert db.execute_sql(
            "SELECT data FROM core.audit_entry WHERE event = 'every.thing_seen'"
        ).fetchone() == ({"what": "một"},)


def test_hook_register_subscribers(ground, agency):
    with agency.at_work():
        emit(ThingSeen(what="một"))
    assert seen == [("heard", "một")]
    with ground.agency().at_work():
        emit(ThingSeen(what="hai"))
    assert seen == [("heard", "một")], "a module that is off hears nothing"


def test_hook_register_jobs(agency):
    with agency.at_work():
        number = jobs.enqueue("every.work", args={"what": "một"})
        row = db.execute_sql(
            "SELECT task_name, queue_name, args FROM jobs.procrastinate_jobs WHERE id = %s", (number,)
        ).fetchone()
    assert row == ("every.work", str(agency.info.id), {"what": "một"})


def test_hook_register_notifications(ground, agency, reader):
    with agency.at_work():
        notify("every.told", [reader.person_id], fact="1", text="Thấy rồi")
        with pytest.raises(KeyError):
            notify("every.untold", [reader.person_id], fact="1", text="Chưa khai")
    assert "Điều đã thấy" in reader.get("notifications.centre").text
    assert re.search(
        r'name="every.told" value="digest"[^>]* checked', reader.get("notifications.preferences").text
    )
    elsewhere = ground.agency().officer()
    assert "Điều đã thấy" not in elsewhere.get("notifications.preferences").text


def test_hook_register_books(agency):
    with agency.at_work():
        entry = take_number("every.book", Subject("every.thing", uuid4()), title="Một thứ")
        with pytest.raises(NotFound):
            take_number("every.nothing", Subject("every.thing", uuid4()), title="Không sổ nào")
    assert entry.text == "MT-001"
    keeper = agency.officer("casework.register_reader")
    assert "Sổ mọi thứ" in keeper.get("casework.registers").text


def test_hook_register_reports(agency):
    """Cases of the kind are counted from the act that opens them, by the module's own column as well."""
    leader = agency.officer("every.reader", "reports.leader")
    with leader.working():
        open_case("every.case", Opening(title="x mọi thứ"))
    assert "Mọi thứ đã đếm" in leader.get("reports.reports").text
    asked = {"kind": "every.case", "by": "sector"}
    (line,) = leader.get("reports.api_figures", query=asked).json["lines"]
    assert (line["value"], line["title"], line["numbers"]["received"]) == ("x", "Một lĩnh vực", 1)


def test_hook_register_agency_figures(agency):
    with db.connection_context():
        (column,) = [each for each in figures_of([agency.info.id]) if each.title == "Mọi con số"]
    assert (column.of(agency.info.id), column.of(uuid4())) == (7, 0)


def test_hook_register_open_work(agency):
    with agency.at_work():
        assert "Còn mọi việc của phòng." in [each.text for each in work_left(unit_id=uuid4())]
        assert "Còn mọi việc của người này." in [each.text for each in work_left(person_id=uuid4())]


def test_hook_register_leg_purposes(ground, agency):
    """Another agency is asked for it while both have the module; later it answers without."""
    leader = agency.officer("casework.leader")
    other, without = ground.agency("every"), ground.agency()
    clerk = other.officer("casework.leg_clerk")
    with leader.working() as ctx:
        case = open_case("casework.task", Opening(title="Mọi thứ ở đâu"))
        asked = Sending(purpose="every.look", ask="Xem giúp", receiver_id=other.info.id)
        leg_id = send_leg(ctx, case.id, asked)
        with pytest.raises(Invalid) as refused:
            send_leg(ctx, case.id, replace(asked, receiver_id=without.info.id))
    assert "không dùng phân hệ “Every hook”" in refused.value.errors["receiver_id"][0]
    assert "Cùng xem mọi thứ" in leader.get("casework.leg_new", case_id=case.id).text
    for each in (agency, other):
        with each.at_work():
            (blocker,) = leg_blockers(each.info, "every")
            assert case.code in blocker.detail
            assert blocker.permission == ("casework.receive_legs" if each is other else "")
    with other.at_work():  # past the blockers, as when an operator takes the leave away
        db.execute_sql("UPDATE tenants.module_switch SET is_on = false WHERE module = 'every'")
    with clerk.working() as ctx:
        take_leg(ctx, leg_id)
        assert answer_leg(ctx, leg_id, "Đã thấy.") == 1
    assert "Cùng xem mọi thứ" in clerk.get("casework.leg", case_id=leg_id).text
    with leader.working() as ctx, pytest.raises(Invalid):
        send_leg(ctx, case.id, asked)


def test_hook_register_workflows(agency, reader):
    with reader.working():
        case = open_case("every.case", Opening(title="Một việc"))
        with pytest.raises(NotFound):
            open_case("every.nothing", Opening(title="Không loại nào"))
    assert (case.state, case.code[:3]) == ("new", "MT-")


def test_hook_register_letters(agency, reader):
    with reader.working() as ctx:
        letter = draft_letter(ctx, "every.notice", subject="Nghỉ lễ", fields={"ground": "lịch nghỉ"})
    assert reader.get("letters.letter", letter_id=letter.id).status_code == 200
    assert agency.officer().get("letters.letter", letter_id=letter.id).status_code == 403
    with reader.working() as ctx, pytest.raises(NotFound):
        draft_letter(ctx, "every.nothing", subject="Nghỉ lễ")


def test_hook_register_dashboard_cards(agency, reader):
    assert "Chưa có gì" in reader.get("tenants.home").text
    assert "Chưa có gì" not in agency.officer().get("tenants.home").text


def test_hook_register_search(agency, reader):
    found = reader.get("search.page", query={"q": "Dừa  Nước"}).text
    assert 'href="/thay"' in found
    assert re.sub(r"</?b[^>]*>", "", found).count("Thấy dua nuoc 5") == 1
    assert "/thay" not in agency.officer().get("search.page", query={"q": "dừa"}).text


def test_hook_register_health_checks(ground):
    with db.connection_context():
        found = {each.key: each.health for each in doctor.health(ground.platform.catalogue)}
    assert found["every.well"].ok
    assert found["every.well"].detail == "ổn"


def test_hook_register_commands(ground, monkeypatch):
    monkeypatch.setattr(
        core.app, "load_modules", lambda blocked=(): (ground.platform.host, ground.platform.catalogue)
    )
    monkeypatch.setattr(core.app, "boot", lambda settings: ground.platform)
    monkeypatch.setattr(command_line, "settings_or_exit", lambda: ground.platform.settings)
    assert "Count to one." in CliRunner().invoke(command_line.main, ["every", "--help"]).output
    assert (
        CliRunner().invoke(command_line.main, ["every", "count"]).output == "1 connected, acting: Hệ thống\n"
    )


def test_hook_register_portal_pages(ground):
    front = ground.client.simulate_get("/public").text
    address = ground.platform.catalogue.url("every.province")
    assert re.search(
        rf'<a href="{address}">.*?<b>Mọi dịch vụ</b><span>Cho mọi người</span>', front, re.DOTALL
    )
    assert orjson.loads(ground.client.simulate_get(address).content) == {"things": 1}


def test_hook_register_public_frames(ground):
    """The module draws around its own page and leaves the pages of others to who draws around all."""

    def around(at: str) -> str:
        address = ground.platform.catalogue.url("every.around")
        return orjson.loads(ground.client.simulate_get(address, params={"at": at}).content)["around"]

    assert around("/every") == "[Mọi thứ]"
    assert "Cổng thông tin điện tử" in around("/elsewhere")


# ---- run


def test_hook_on_module_enabled(ground):
    agency = ground.agency()
    agency.switch("every", on=True)
    agency.switch("every", on=True)
    assert seen == [("enabled", agency.info.code, SYSTEM.name)]


def test_hook_on_module_disabled(agency, monkeypatch):
    dispatcher = agency.ground.platform.dispatcher
    monkeypatch.setattr(dispatcher, "disable_blockers", lambda key, tenant: [])
    agency.switch("every", on=False)
    assert seen == [("disabled", agency.info.code, SYSTEM.name)]


def test_hook_seed_demo(agency):
    with agency.at_work():
        for _again in range(2):
            agency.ground.platform.dispatcher.run(
                "seed_demo", {"every"}, tenant=agency.info, make=DemoMaker("hue", [])
            )
    first, second = seen
    assert first == second
    assert first[:2] == ("seeded", agency.info.code)


# ---- collect


def test_hook_module_disable_blockers(agency):
    with agency.at_work():
        plan = plan_disable("every")
    assert [blocker.text for blocker in plan.blockers] == [f"còn việc ở {agency.info.code}"]
    with pytest.raises(Exception, match="còn việc"):
        agency.switch("every", on=False)


def test_hook_check_access(ground, reader):
    with reader.working() as ctx, pytest.raises(Forbidden, match=r"every\.read thì không"):
        require_access(ctx, "every.read", Thing())
    with ground.agency().officer("every.reader").working() as ctx:
        assert ground.platform.dispatcher.check_access(ctx, "every.read", Thing()) is None


def test_hook_object_actions(agency, reader):
    with reader.working() as ctx:
        assert [action.title for action in object_actions(ctx, Thing())] == ["Xem"]
    with agency.officer().working() as ctx:
        assert object_actions(ctx, Thing()) == []


def test_hook_object_timeline(reader):
    with reader.working() as ctx:
        emit(ThingSeen(what="một", object_id=None))
        assert [entry.text for entry in object_history(ctx, Thing(), "every.thing", THING_ID)] == ["thấy"]


def test_hook_file_access(agency, reader):
    with reader.working():
        own, opened, other = (
            store(io.BytesIO("chữ".encode()), name="a.txt", owner=FileOwner(module, kind, uuid4())).id
            for module, kind in (("every", "own"), ("every", "open"), ("example", "own"))
        )
    assert reader.get("files.file", file_id=own).content == "chữ".encode()
    assert agency.officer().get("files.file", file_id=own).status_code == 404
    assert reader.get("files.file", file_id=other).status_code == 404, "a module that is off lets nobody in"
    public = agency.ground.client.simulate_get
    assert public(agency.url("files.public", file_id=opened)).content == "chữ".encode()
    assert public(agency.url("files.public", file_id=own)).status_code == 404
    plugin.trouble.add("file_access")
    assert reader.get("files.file", file_id=own).status_code == 404
    assert public(agency.url("files.public", file_id=opened)).status_code == 404


def test_every_hook_is_implemented_here(ground):
    specified = {name for name in vars(ground.platform.host.manager.hook) if not name.startswith("_")}
    assert {name for name in specified if hasattr(plugin, name)} == specified
