"""Around a list: order, columns, saved views, many rows at once; and whose each of them is."""

import re
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

import psycopg2
import pytest

from core.api import _, person_context, reading_as
from core.db import db
from core.web.errors import Invalid
from core.web.request import TOAST_COOKIE
from plugins.lists import jobs, queries, services
from plugins.lists.models import BulkRun
from plugins.lists.spec import BULK_MOST, SPECS, ListColumn, ListSpec, declare_list
from tenants import audit_queries
from tests.support.modules import OTHER_UNIT
from tests.support.plans import nodes

LIST = "example.notes"


def titles(page):
    return re.findall(r'<th scope="row"><a[^>]*>(.*?)</a>', page.text)


def heads(page):
    found = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page.text, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", head).strip() for head in found][1:]


def views(page):
    strip = page.text.partition('aria-label="Cách xem đã lưu"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="[^"]*\?([^"]*)"[^>]*>(?:<svg.*?</svg>)?\s*(.*?)</a>', strip)


def save(officer, name, query="state=pinned", *, shared=False):
    form = {
        "list": LIST,
        "query": query,
        "id": str(uuid4()),
        "name": name,
        **({"shared": "on"} if shared else {}),
    }
    return officer.post("lists.view_new", form)


def view_ids(officer, name):
    with officer.working() as ctx:
        rows = db.execute_sql(
            "SELECT id FROM lists.saved_view WHERE tenant_id = %s AND name = %s", (ctx.tenant.id, name)
        ).fetchall()
    return [row[0] for row in rows]


# ---- order and columns


def test_a_head_sorts_the_other_way_and_says_so(notebook):
    lan = notebook.writer()
    notebook.many(3)
    newest = lan.get("example.notes")
    assert titles(newest) == [f"Ghi chú số {n}" for n in (1, 2, 3)]
    assert 'aria-sort="descending"' in newest.text
    oldest = lan.get("example.notes", query={"sort": "at"})
    assert titles(oldest) == [f"Ghi chú số {n}" for n in (3, 2, 1)]
    assert 'aria-sort="ascending"' in oldest.text
    for nonsense in ("title", "-", "at,unit", "x" * 500):
        assert titles(lan.get("example.notes", query={"sort": nonsense})) == titles(newest)


def test_the_oldest_first_turns_pages_forth_and_back(notebook):
    lan = notebook.writer()
    notebook.many(120)
    seen, url = [], f"{notebook.agency.url('example.notes')}?sort=at"
    while url:
        page = lan.follow(url)
        seen.append(titles(page))
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        url = found and found[1].replace("&amp;", "&")
    assert [title for rows in seen for title in rows] == [f"Ghi chú số {n}" for n in range(120, 0, -1)]
    back = re.search(r'rel="prev" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert titles(lan.follow(back)) == seen[1]


def test_columns_are_remembered_for_one_person_and_an_address_may_name_others(notebook):
    lan, hoa = notebook.writer(), notebook.writer()
    notebook.note(lan)
    assert heads(lan.get("example.notes")) == ["Ghi chú", "Sổ của", "Người viết", "Viết lúc"]
    chosen = lan.post("lists.columns", {"list": LIST, "query": "q=giao", "column": ["changed", "nonsense"]})
    assert chosen.headers["Location"].endswith("?q=giao")
    assert heads(lan.get("example.notes")) == ["Ghi chú", "Sửa lúc"]
    assert heads(lan.get("example.notes", query={"cols": "unit"})) == ["Ghi chú", "Sổ của"]
    assert len(heads(hoa.get("example.notes"))) == 4
    lan.post("lists.columns", {"list": LIST, "query": ""})
    assert heads(lan.get("example.notes")) == ["Ghi chú"]


# ---- saved views


def test_a_view_keeps_conditions_order_and_columns_and_nothing_else(notebook):
    lan = notebook.writer()
    notebook.note(lan)
    sent = save(lan, "Ghim", "state=pinned&sort=at&cols=unit&after=xyz&evil=1")
    assert dict(parse_qsl(sent.headers["Location"].partition("?")[2])) == {
        "state": "pinned", "sort": "at", "cols": "unit",
    }  # fmt: skip
    page = lan.follow(sent.headers["Location"])
    assert [name for _query, name in views(page)] == ["Tất cả", "Ghim"]
    assert re.search(r'aria-current="page">\s*Ghim', page.text)
    assert save(lan, "Ghim").status_code == 422
    assert save(lan, " ").status_code == 422


def test_a_view_is_seen_by_its_maker_alone_until_it_is_shared_and_changed_by_nobody_else(ground, notebook):
    lan, hoa = notebook.writer(), notebook.writer()
    other = ground.agency("example").officer("example.keeper")
    save(lan, "Riêng")
    (own,) = view_ids(lan, "Riêng")

    def seen_by(officer):
        return [name for _query, name in views(officer.get("example.notes", query={"q": "x"}))]

    assert seen_by(hoa) == seen_by(other) == []
    for stranger in (hoa, other):
        assert stranger.get("lists.view", view_id=own).status_code == 404
        assert stranger.post("lists.view", {"name": "Của tôi"}, view_id=own).status_code == 404
        assert stranger.post("lists.view_delete", view_id=own).status_code == 404
        assert stranger.post("lists.view_begin", {"on": "1"}, view_id=own).status_code == 404
    lan.post("lists.view", {"name": "Chung", "shared": "on"}, view_id=own)
    assert seen_by(hoa) == ["Tất cả", "Chung"]
    assert seen_by(other) == []
    assert hoa.post("lists.view", {"name": "Của tôi"}, view_id=own).status_code == 404
    assert hoa.post("lists.view_delete", view_id=own).status_code == 404
    lan.post("lists.view_delete", view_id=own)
    assert seen_by(lan) == seen_by(hoa) == []


def test_a_list_opens_with_the_view_one_chose_and_all_of_it_stays_within_reach(notebook):
    lan, hoa = notebook.writer(), notebook.writer()
    notebook.note(lan, "Ghim này", pinned=True)
    notebook.note(lan, "Không ghim")
    save(lan, "Ghim", shared=True)
    (view,) = view_ids(lan, "Ghim")
    hoa.post("lists.view_begin", {"on": "1"}, view_id=view)
    assert hoa.get("example.notes").headers["Location"].endswith("?state=pinned")
    assert len(titles(hoa.get("example.notes", query={"view": "all"}))) == 2
    (without,) = re.findall(
        r'class="lt-chip" href="[^"]*\?([^"]*)"', hoa.get("example.notes", query={"state": "pinned"}).text
    )
    left = hoa.get("example.notes", query=dict(parse_qsl(without)))
    assert len(titles(left)) == 2, (
        "the last condition goes, and does not come back with the view one begins with"
    )
    assert lan.get("example.notes").status_code == 200
    lan.post("lists.view", {"name": "Ghim"}, view_id=view)  # no longer shared
    assert hoa.get("example.notes").status_code == 200
    lan.post("lists.view_delete", view_id=view)
    assert hoa.get("example.notes").status_code == 200


def test_the_same_form_sent_twice_keeps_one_view(notebook):
    lan = notebook.writer()
    form = {"list": LIST, "query": "", "id": str(uuid4()), "name": "Một"}
    assert {lan.post("lists.view_new", form).status_code for _again in range(2)} == {303}
    assert len(view_ids(lan, "Một")) == 1


def test_lists_one_may_not_open_do_not_exist_around_them(ground, notebook):
    roleless = notebook.agency.officer()
    off = ground.agency().officer()
    for stranger in (roleless, off):
        assert save(stranger, "Ghim").status_code == 404
        for route in ("lists.columns", "lists.export", "lists.bulk"):
            assert stranger.post(route, {"list": LIST, "query": ""}).status_code == 404
    assert save(notebook.writer(), "x" * 61).status_code == 422
    assert notebook.writer().post("lists.columns", {"list": "no.such"}).status_code == 404


# ---- many rows


def bulk(officer, action, *ids, **more):
    return officer.post(
        "lists.bulk", {"list": LIST, "query": "", "action": action, "id": list(map(str, ids)), **more}
    )


def test_chosen_rows_are_done_at_once_each_with_its_fact(notebook):
    lan = notebook.writer()
    first, second, third = (notebook.note(lan, f"Số {n}") for n in range(3))
    assert bulk(lan, "archive", first, second).status_code == 303
    assert notebook.titles(lan) == ["Số 2"]
    assert notebook.audit().count("example.note_archived") == 2
    bulk(lan, "acknowledge", third)
    assert lan.ctx.person.id in {each.person_id for each in acknowledged(notebook, third)}


def acknowledged(notebook, note_id):
    from plugins.example import queries

    with notebook.agency.at_work():
        return queries.acknowledged(note_id)


def test_rows_one_may_not_touch_stay_and_are_counted(ground, notebook):
    lan, hung = notebook.writer(), notebook.writer(unit=OTHER_UNIT)
    mine, theirs = notebook.note(lan, "Của tôi"), notebook.note(hung, "Của phòng khác", unit=OTHER_UNIT)
    run = lan.follow(bulk(lan, "archive", mine, theirs, uuid4()).headers["Location"])
    assert "Đã cất 1 ghi chú." in run.text
    assert "/undo" not in run.text, "the way back is each row's own"
    assert "2 dòng không làm được" in run.text
    assert notebook.titles(hung) == ["Của phòng khác"]
    reader = notebook.reader()
    assert bulk(reader, "archive", mine).status_code == 403
    assert "Cất" not in reader.get("example.notes").text.partition('id="lt-bulk"')[2].partition("</form>")[0]


@pytest.mark.parametrize(
    "form", [{}, {"id": "no-uuid"}, {"action": ""}, {"action": "archive", "all": "1", "query": "q=khôngcó"}]
)
def test_nothing_chosen_changes_nothing_and_says_so(notebook, form):
    lan = notebook.writer()
    notebook.note(lan, "Một")
    answer = lan.post("lists.bulk", {"list": LIST, "query": "", "action": "archive", **form})
    assert answer.status_code == 422
    assert "Về danh sách" in answer.text
    assert notebook.titles(lan) == ["Một"]


def test_conditions_too_long_to_be_kept_are_refused_and_none_is_left_out(notebook):
    lan = notebook.writer()
    notebook.note(lan, "Một")
    assert lan.get("example.notes", query={"q": "x" * 1_900, "state": "pinned"}).status_code == 200
    for query in ({"q": "x" * 1_990, "state": "pinned"}, {"q": "x" * 5_000}):
        refused = lan.get("example.notes", query=query)
        assert (refused.status_code, "dài quá" in refused.text) == (400, True)


def test_no_more_rows_are_named_than_one_run_takes(notebook):
    lan = notebook.writer()
    note = notebook.note(lan, "Một")
    named = [str(uuid4()) for _each in range(BULK_MOST)]
    assert (
        lan.post(
            "lists.bulk", {"list": LIST, "query": "", "action": "archive", "id": [note, *named]}
        ).status_code
        == 422
    )
    assert notebook.titles(lan) == ["Một"]


@pytest.fixture
def planned(notebook):
    """A run over 120 matching notes, planned by a writer; 30 more do not match."""
    lan = notebook.writer()
    notebook.many(120)
    for number in range(3):
        notebook.note(lan, f"Ngoài kế hoạch {number}")
    answer = bulk(lan, "archive", all="1", query="q=ghi+chu+so")
    page = lan.follow(answer.headers["Location"])
    assert "120 dòng" in page.text
    (run,) = stored_runs(notebook)
    assert (run.state, len(run.ids), len(notebook.titles(lan))) == ("planned", 120, 50)
    return lan, run


def stored_runs(notebook):
    with notebook.agency.at_work():
        return list(BulkRun.select())


def work(notebook, run):
    with notebook.agency.in_background():
        jobs.bulk(str(run.id))


def test_more_than_fifty_wait_for_a_yes_and_go_on_where_they_stopped(notebook, planned, monkeypatch):
    lan, run = planned
    for _twice in range(2):
        assert lan.post("lists.run_go", run_id=run.id).status_code == 303
    perform, calls = services.perform, []

    def dies(ctx, spec, action, ids, said):
        calls.append(len(ids))
        if len(calls) == 2:
            raise RuntimeError
        return perform(ctx, spec, action, ids, said)

    monkeypatch.setattr(services, "perform", dies)
    with pytest.raises(RuntimeError):
        work(notebook, run)
    assert stored_runs(notebook)[0].done == 50
    assert "50 trên 120 dòng" in lan.get("lists.run", run_id=run.id).text
    work(notebook, run)
    assert calls == [50, 50, 50, 20]
    shown = lan.get("lists.run", run_id=run.id).text
    assert "Đã cất 120 ghi chú." in shown
    assert lan.agency.url("lists.run_undo", run_id=run.id) in shown
    assert sorted(notebook.titles(lan)) == [f"Ngoài kế hoạch {n}" for n in range(3)]
    assert notebook.audit().count("example.note_archived") == 120


def test_whoever_loses_the_post_loses_the_run(notebook, planned):
    lan, run = planned
    lan.post("lists.run_go", run_id=run.id)
    with notebook.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (lan.person_id,)
        )
    work(notebook, run)
    assert (stored_runs(notebook)[0].state, stored_runs(notebook)[0].done) == ("stopped", 0)


def test_a_run_is_taken_back_as_a_whole_and_once(notebook):
    lan = notebook.writer()
    notes = [notebook.note(lan, f"Số {n}") for n in range(2)]
    answer = bulk(lan, "archive", *notes)
    (run,) = stored_runs(notebook)
    assert lan.agency.url("lists.run_undo", run_id=run.id) in unquote(answer.cookies[TOAST_COOKIE].value)
    assert notebook.titles(lan) == []
    assert lan.post("lists.run_undo", run_id=run.id).status_code == 303
    assert sorted(notebook.titles(lan)) == ["Số 0", "Số 1"]
    assert notebook.writer().post("lists.run_undo", run_id=run.id).status_code == 404
    bulk(lan, "acknowledge", *notes)
    said = next(each for each in stored_runs(notebook) if each.action == "acknowledge")
    assert lan.post("lists.run_undo", run_id=said.id).status_code == 422


def test_taking_back_many_is_a_plan_first(notebook, planned):
    lan, run = planned
    assert lan.post("lists.run_undo", run_id=run.id).status_code == 422
    lan.post("lists.run_go", run_id=run.id)
    work(notebook, run)
    page = lan.follow(lan.post("lists.run_undo", run_id=run.id).headers["Location"]).text
    assert "Lấy lại: 120 dòng" in page


def test_a_run_is_its_planners_alone_and_can_be_stopped(ground, notebook, planned):
    lan, run = planned
    for stranger in (notebook.keeper(), ground.agency("example").officer("example.keeper")):
        assert stranger.get("lists.run", run_id=run.id).status_code == 404
        assert stranger.post("lists.run_go", run_id=run.id).status_code == 404
        assert stranger.post("lists.run_stop", run_id=run.id).status_code == 404
    lan.post("lists.run_go", run_id=run.id)
    lan.post("lists.run_stop", run_id=run.id)
    work(notebook, run)
    assert "0 trên 120" in lan.get("lists.run", run_id=run.id).text


def test_a_list_is_declared_once_and_begins_with_six_columns_at_most(monkeypatch):
    monkeypatch.setattr("plugins.lists.spec.SPECS", {})
    column = ListColumn("a", "A", str)
    spec = ListSpec("x.list", "X", "x.list", "x.read", (column,), None, (), ("a", "ascending"))
    declare_list(spec)
    with pytest.raises(ValueError, match="twice"):
        declare_list(spec)
    wide = tuple(ListColumn(f"c{n}", "C", str) for n in range(7))
    with pytest.raises(ValueError, match="more than 6"):
        declare_list(ListSpec("x.wide", "X", "x.list", "x.read", wide, None, (), ("a", "ascending")))
    assert LIST in SPECS


def test_a_page_of_fifty_rows_stays_small(notebook):
    notebook.many(60)
    text = notebook.keeper().get("example.notes").text
    assert len(re.findall(r"<[a-z]", text)) <= 1500


def test_what_is_remembered_comes_from_indexes_however_much_others_keep(notebook, database):
    lan = notebook.writer()
    save(lan, "Của tôi")
    with notebook.agency.at_work():
        db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
        db.execute_sql(
            "INSERT INTO lists.saved_view (tenant_id, id, list, person_id, query, name, shared) SELECT core.app_tenant(), "
            "gen_random_uuid(), %s, p.id, '', 'Cách ' || n, n %% 1000 = 0 FROM generate_series(1, 100000) n, "
            "LATERAL (SELECT id FROM tenants.person WHERE id <> %s AND n > 0 LIMIT 1) p",
            (LIST, lan.person_id),
        )
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    superuser.cursor().execute("ANALYZE lists.saved_view")
    superuser.close()
    with lan.working() as ctx:
        wanted = {"tenant": ctx.tenant.id, "person": ctx.person.id, "list": LIST, "most": 30}
        ((document,),) = db.execute_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {queries._MEMORY}", wanted
        ).fetchall()
        plan = document[0]["Plan"]
        assert len(queries.memory(ctx, LIST).views) == 31
    on_views = [node for node in nodes(plan) if node.get("Relation Name") == "saved_view"]
    assert {node["Node Type"] for node in on_views} <= {"Index Scan", "Bitmap Heap Scan"}
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= 120, plan


@pytest.mark.parametrize("role", ["example.writer", "example.keeper", "tenants.admin"])
def test_a_job_in_somebodys_name_may_what_the_person_may(ground, role):
    lan = ground.agency("example").officer(role)
    with lan.agency.at_work():
        ctx = person_context(lan.person_id)
    asked = lan.ctx
    assert (ctx.permissions, ctx.modules, ctx.unit_ids) == (asked.permissions, asked.modules, asked.unit_ids)
    assert (ctx.person, ctx.tenant, ctx.operator) == (asked.person, asked.tenant, False)
    lan.agency.switch("example", on=False)
    with lan.agency.at_work():
        assert not any(key.startswith("example.") for key in person_context(lan.person_id).permissions)
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (lan.person_id,)
        )
        assert person_context(lan.person_id) is None


def test_the_history_names_a_list_in_the_language_of_the_reader_not_of_who_acted(notebook):
    lan = notebook.writer()
    spec = SPECS[LIST]
    with lan.working() as ctx, reading_as("en"):
        services.save_view(ctx, spec, name="Ghim", query="state=pinned", shared=True)
    with lan.working():
        for language in ("vi", "en"):
            with reading_as(language):
                told = [line.shown.text for line in audit_queries.entries(event="lists.view_shared")]
                assert len(told) == 1
                assert f"“{_(spec.title)}”" in told[0]


def test_a_shared_view_that_goes_is_told_and_one_sent_again_at_the_limit_is_the_same(notebook, monkeypatch):
    lan, spec, first = notebook.writer(), SPECS[LIST], uuid4()
    monkeypatch.setattr(services.queries, "MOST_VIEWS", 1)
    wish = {"view_id": first, "name": "Ghim", "query": "state=pinned", "shared": True}
    with lan.working() as ctx:
        for _again in range(2):
            assert services.save_view(ctx, spec, **wish).id == first
        with pytest.raises(Invalid):
            services.save_view(ctx, spec, **{**wish, "view_id": uuid4(), "name": "Khác"})
        services.delete_view(ctx, first)
        assert len(list(audit_queries.entries(event="lists.view_unshared"))) == 1
