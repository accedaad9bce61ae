"""The global search: what one may see and nothing else, without accents, by module, whatever one module does."""

import re
from uuid import uuid4

import psycopg2
import pytest

from core.catalogue import Catalogue
from core.db import db
from core.declarations import SearchSource
from plugins.search import queries
from plugins.search.queries import find, words_of
from tests.plugins.example.notebook import Notebook
from tests.support.modules import OTHER_UNIT, UNIT
from tests.tenants import pages


@pytest.fixture
def notebook(ground):
    return Notebook(ground.agency("example"))


def plain(text):
    """Return a page without the marks of what was found."""
    return re.sub(r"</?b[^>]*>", "", text)


def found(officer, text):
    """Return what an officer finds: titles by group."""
    groups = {}
    page = plain(officer.get("search.page", query={"q": text}).text)
    for section in re.findall(r"<section aria-labelledby=.*?</section>", page, re.DOTALL):
        title = re.search(r"<h2[^>]*>(.*?)</h2>", section)[1]
        groups[title] = re.findall(r"<li>.*?</svg><span>(.*?)(?:<span|</span>)", section)
    return groups


NOTES, PEOPLE, PAGES = "Sổ tay phòng ban", "Con người", "Việc làm ngay"


@pytest.mark.parametrize("typed", ["muong tran phu", "TRẦN  PHÚ mương", "phu"])
def test_words_are_found_in_any_order_with_or_without_accents_and_underlined(notebook, typed):
    lan = notebook.writer()
    note = notebook.note(lan, "Nạo vét mương kiệt 131 Trần Phú")
    notebook.note(lan, "Việc khác")
    assert found(lan, typed)[NOTES] == ["Nạo vét mương kiệt 131 Trần Phú", "Xem tất cả"]
    page = lan.get("search.page", query={"q": typed}).text
    assert '<b class="lt-hit">Phú</b>' in page
    assert notebook.agency.url("example.note", note_id=note) in page


def test_nobody_finds_what_they_may_not_see(ground, notebook):
    writer, elsewhere = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    secret = f"Kín {uuid4().hex}"
    notebook.note(writer, secret)
    other = Notebook(ground.agency("example"))
    roleless = notebook.agency.officer()
    assert found(writer, secret)[NOTES] == [secret, "Xem tất cả"]
    for stranger in (elsewhere, roleless, other.keeper()):
        assert found(stranger, secret) == {}
    notebook.agency.switch("example", on=False)
    assert found(writer, secret) == {}


def test_a_group_shows_five_and_leads_to_the_rest_in_its_own_list(notebook):
    lan = notebook.writer()
    for number in range(7):
        notebook.note(lan, f"Giao ban tuần {number}")
    *titles, rest = found(lan, "giao ban")[NOTES]
    assert titles == [f"Giao ban tuần {number}" for number in (6, 5, 4, 3, 2)]
    assert rest == "Xem tất cả"
    page = lan.get("search.page", query={"q": "giao ban"}).text
    url = re.search(r'class="lt-item all" href="([^"]+)"', page)[1]
    assert lan.follow(url).text.count(">Giao ban tuần") == 7


def test_colleagues_are_found_by_name_and_only_who_gives_posts_opens_them(ground):
    agency, elsewhere = ground.agency(), ground.agency()
    name = f"Nguyễn Đình {uuid4().hex[:6].title()}"
    agency.officer(name=name)
    admin, clerk = agency.officer("tenants.admin"), agency.officer()
    wanted = " ".join(reversed(name.lower().replace("đ", "d").replace("ễ", "e").replace("ì", "i").split()))
    assert found(clerk, wanted)[PEOPLE] == [name]
    assert found(admin, wanted)[PEOPLE] == [name, "Xem tất cả"]
    assert f"Chuyên viên · {UNIT}" in plain(clerk.get("search.page", query={"q": wanted}).text)
    assert "/people/" not in clerk.get("search.page", query={"q": wanted}).text
    assert found(elsewhere.officer(), wanted) == {}
    page = admin.get("search.page", query={"q": wanted}).text
    rest = re.search(r'class="lt-item all" href="([^"]+)"', page)[1]
    assert name in admin.follow(rest).text


def test_pages_are_found_by_their_names_in_both_languages_where_one_may_go(notebook):
    admin, clerk = notebook.agency.officer("tenants.admin"), notebook.reader()
    assert found(admin, "nhat ky")[PAGES] == ["Nhật ký"]
    assert PAGES not in found(clerk, "nhat ky")
    assert found(clerk, "so tay")[PAGES] == ["Sổ tay phòng ban"]


@pytest.mark.parametrize("typed", ["", " ", "a", "%", "  ́  "])
def test_too_little_to_look_for_is_said(ground, typed):
    page = ground.agency().officer().get("search.page", query={"q": typed})
    assert page.status_code == 200
    assert "Gõ ít nhất 2 chữ để tìm" in page.text


@pytest.mark.parametrize("typed", ["<script>", "%_\\'\";--", "\u202etxt", "x" * 5000, "a b c d e f g h i"])
def test_odd_text_is_only_text(ground, typed):
    page = ground.agency().officer().get("search.page", query={"q": typed})
    assert page.status_code == 200
    assert "Không có gì khớp" in page.text
    assert "<script>&" not in page.text
    assert len(words_of(typed)) <= 6


def test_the_panel_is_a_small_part_of_the_page(notebook):
    lan = notebook.writer()
    notebook.note(lan, "Giao ban")
    url = f"{notebook.agency.url('search.page')}?part=quick&q=giao"
    panel = lan._send("GET", url, headers={"HX-Request": "true"}).text
    assert 'data-lt-for="giao"' in panel
    assert "Giao" in panel
    assert "<html" not in panel
    assert len(panel) < 3 * 1024
    assert "<html" in lan.follow(url).text


def fail(ctx, words, limit):
    db.execute_sql("SELECT 1 / 0")


def dawdle(ctx, words, limit):
    db.execute_sql("SELECT pg_sleep(20)")


@pytest.mark.parametrize("trouble", [fail, dawdle, lambda ctx, words, limit: ["a text"]])
def test_a_module_that_fails_or_dawdles_is_named_and_the_others_answer(
    ground, notebook, trouble, monkeypatch
):
    monkeypatch.setattr(queries, "PATIENCE", "5s")  # the others answer within that on a busy machine too
    lan = notebook.writer()
    notebook.note(lan, "Giao ban")
    catalogue = ground.platform.catalogue
    manifest = catalogue.modules["example"].manifest
    broken = SearchSource("example.broken", "Hồ sơ", "example.read", trouble)
    searched = {"example.broken": (manifest, broken), **catalogue.of(SearchSource)}
    monkeypatch.setattr(
        Catalogue, "of", lambda self, kind: searched if kind is SearchSource else self.declared[kind]
    )
    page = lan.get("search.page", query={"q": "giao ban"}).text
    assert "Chưa tìm được trong: Hồ sơ." in page
    assert "Giao ban" in plain(page)


def test_the_patience_of_the_search_ends_with_it(notebook):
    lan = notebook.writer()
    with lan.working() as ctx:
        before = db.execute_sql("SHOW statement_timeout").fetchone()
        find(ctx, ("giao",))
        assert db.execute_sql("SHOW statement_timeout").fetchone() == before


# ---- the cost over 10⁵ notes


def test_a_search_over_a_hundred_thousand_notes_reads_each_once_by_its_index(notebook, database):
    from plugins.example import queries

    lan = notebook.writer()
    notebook.many(100_000)
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    superuser.cursor().execute("ANALYZE example.note")
    superuser.close()
    for words, most in (("ghi chu", 200), ("ghi chu so 99999", 20_000), ("khong co", 20_000)):
        with lan.working() as ctx:
            sql, values = queries._statement(ctx, queries.Filter(search=words), queries.START, 5)
            ((document,),) = db.execute_sql(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values
            ).fetchall()
        plan = document[0]
        assert "note_current" in str(plan)
        assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] <= most


# ---- in the operator's console ---------------------------------------------------------------------------------


def in_console(operator, text):
    """Return what an operator finds: addresses by group."""
    page = operator.get("search.console", query={"q": text}).text
    sections = re.findall(r"<section aria-labelledby=.*?</section>", page, re.DOTALL)
    return {
        re.search(r"<h2[^>]*>(.*?)</h2>", each)[1]: re.findall(r'<a class="lt-item" href="([^"]+)"', each)
        for each in sections
    }


def test_an_operator_finds_agencies_by_code_people_and_pages_of_the_console(ground):
    agency, operator = ground.agency("example"), pages.operator(ground)
    officer = agency.officer("example.writer", name=f"Tôn Thất {uuid4().hex[:8]}")
    assert in_console(operator, agency.info.code)["Cơ quan, đơn vị"] == [
        f"/admin/agencies/{agency.info.code}"
    ]
    assert in_console(operator, officer.name)["Con người"] == [f"/admin/people/{officer.person_id}"]
    assert in_console(operator, "suc khoe")["Việc làm ngay"] == ["/admin/health"]


def test_the_console_finds_nothing_of_agencies_and_agencies_nothing_of_the_console(ground, notebook):
    lan, operator = notebook.writer(), pages.operator(ground)
    notebook.note(lan, f"Họp giao ban {(word := uuid4().hex)}")
    assert in_console(operator, word) == {}
    assert "Cơ quan, đơn vị" not in found(lan, notebook.agency.info.code)
    assert lan.follow("/admin/search/?q=giao").status_code == 404
