"""A list and a form, made of the components, in under sixty lines of resources and templates."""

import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
from playwright.sync_api import expect

from core.db.ddl import create_schema
from tests.rules.test_layers import statements
from tests.sixty_lines.rooms import plugin
from tests.sixty_lines.rooms.models import Room
from tests.support.modules import Stage
from tests.support.serving import served

HERE = Path(__file__).parent / "rooms"
COUNTED = [HERE / "resources.py", *sorted((HERE / "templates/rooms").glob("*.html"))]


@pytest.fixture(scope="module")
def stage(database):
    """The platform with the module, and its table."""
    owner = psycopg2.connect(database.owner_url)
    owner.autocommit = True
    with owner.cursor() as cursor:
        # What the runner of migrations hands to `up`.
        db = SimpleNamespace(execute_sql=lambda sql, values=None: cursor.execute(sql, values) or cursor)
        create_schema(db, "rooms")
        code = compile((HERE / "migrations/0001_rooms.py").read_text("utf-8"), "0001_rooms.py", "exec")
        namespace = {}
        exec(code, namespace)
        namespace["up"](None, db)
        yield Stage.build(database, plugin)
        cursor.execute("DROP SCHEMA rooms CASCADE")
    owner.close()


@pytest.fixture
def ground(stage):
    with stage.in_place() as ready:
        yield ready


def test_a_list_and_a_form_take_fewer_than_sixty_lines():
    lines = [line for path in COUNTED for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert len(COUNTED) == 3
    asked = [path.name for path in COUNTED if path.suffix == ".py" and statements(path.read_text("utf-8"))]
    assert asked == [], "as in every module only queries and services ask the database"
    assert max(map(len, lines)) <= 120, "lines are counted, so they stay readable"
    assert len(lines) < 60


@pytest.mark.browser
def test_they_do_what_every_list_and_form_does(ground, chromium):
    agency = ground.agency("rooms")
    with served(ground, chromium) as window:
        page = window.of(agency.officer("rooms.user"))
        page.goto(agency.url("rooms.rooms"))
        expect(page.get_by_text("Chưa có phòng họp nào")).to_be_visible()
        page.keyboard.press("n")
        page.get_by_label("Ghi chú").fill("Máy chiếu hỏng")
        page.get_by_role("button", name="Thêm phòng họp").click()
        expect(page.get_by_role("alert").first).to_be_focused()
        expect(page.get_by_label("Ghi chú")).to_have_value("Máy chiếu hỏng")
        page.get_by_label("Tên").fill("Phòng A")
        page.get_by_role("button", name="Lưu nháp, thoát").click()
        page.get_by_role("link", name="Thêm phòng họp").click()
        page.get_by_role("link", name="Tiếp tục bản nháp").click()
        page.get_by_label("Tên").press("Control+Enter")
        expect(page.get_by_role("row", name="Phòng A Máy chiếu hỏng")).to_be_visible()
        expect(page.locator("[data-lt-toast]")).to_contain_text("Đã thêm phòng họp.")
        # A form with errors is answered as such, and the console of a browser says so.
        assert [said for said in window.trouble if "422" not in said] == []


def test_the_list_has_pages(ground):
    agency = ground.agency("rooms")
    lan = agency.officer("rooms.user")
    with agency.at_work():
        for number in range(55):
            Room.create(name=f"Phòng {number:02}")
    first = lan.get("rooms.rooms").text
    assert ("Phòng 00" in first, "Phòng 49" in first, "Phòng 50" in first) == (True, True, False)
    second = lan.follow(unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])).text
    assert ("Phòng 49" in second, "Phòng 54" in second) == (False, True)
    back = lan.follow(unescape(re.search(r'rel="prev" href="([^"]+)"', second)[1])).text
    assert "Phòng 00" in back
