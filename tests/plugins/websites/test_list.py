"""The list: its order, its filters, and what a page costs with 10⁵ articles."""

import psycopg2
import pytest

from core.api import Cursor
from core.db import db
from core.web.paging import decode_key
from plugins.websites import queries
from plugins.websites.queries import Filter


@pytest.mark.parametrize("typed", ["bai bien", "BÃI BIỂN", "biển bãi", "15/qđ"])
def test_the_search_forgives_accents_case_and_order(newsroom, typed):
    newsroom.article(title="Ra quân làm sạch bãi biển", summary="Theo 15/QĐ-UBND")
    newsroom.article(title="Việc khác", summary="")
    assert newsroom.titles(newsroom.author, search=typed) == ["Ra quân làm sạch bãi biển"]


def test_filters_narrow_and_odd_ones_narrow_nothing(newsroom):
    newsroom.article(title="Tin")
    newsroom.article(title="Thông báo", kind="notice", state="published")
    lan = newsroom.author
    assert newsroom.titles(lan, kind="notice", state="published") == ["Thông báo"]
    for odd in ({"state": "x"}, {"kind": "'"}, {"category": "7"}):
        assert lan.get("websites.articles", query=odd).status_code == 200
    assert lan.get("websites.articles", query={"after": "xx"}).status_code == 400


def test_another_agency_sees_nothing(newsroom, ground):
    newsroom.article(title="Của phường này")
    stranger = ground.agency("websites").officer("websites.administrator")
    assert "Của phường này" not in stranger.get("websites.articles").text


def many(newsroom, number: int) -> None:
    """Put articles in at once, a minute apart; one in a thousand waits for editing."""
    with newsroom.agency.at_work():
        db.execute_sql(
            "INSERT INTO websites.article (tenant_id, id, kind, slug, title, folded, state, changed_at) "
            "SELECT core.app_tenant(), gen_random_uuid(), 'news', 'bai-' || n, 'Bài số ' || n, 'bai so ' || n, "
            "CASE WHEN n %% 1000 = 0 THEN 'editing' ELSE 'published' END, now() - n * interval '1 minute' "
            "FROM generate_series(1, %s) n",
            (number,),
        )


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def test_a_page_reads_a_page_however_many_articles_there_are(newsroom, database):
    editor = newsroom.editor
    many(newsroom, 100_000)
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    superuser.cursor().execute(
        "ANALYZE websites.article; ANALYZE websites.publication; ANALYZE websites.category"
    )
    superuser.close()
    with editor.working() as ctx:
        *key, _row = decode_key(queries.articles(ctx, Filter()).next_key, 3)
        second = Cursor(tuple(kind(value) for kind, value in zip(queries.KEY, key, strict=True)), 50)
        for wanted, cursor, index in (
            (Filter(), Cursor(), "article_changed"),
            (Filter(), second, "article_changed"),
            (Filter(state="mine"), Cursor(), "article_waiting"),
            (Filter(state="editing"), Cursor(), "article_state"),
        ):
            sql, values = queries._statement(ctx, wanted, cursor, 50)
            (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
            found = list(nodes(document[0]["Plan"]))
            on_articles = [node for node in found if node.get("Relation Name") == "article"]
            assert all(node["Node Type"] != "Seq Scan" for node in on_articles), wanted
            used = {node["Index Name"] for node in found if node.get("Index Name", "").startswith("article_")}
            assert used <= {index, "article_waiting", "article_state"}, (wanted, used)
            # Of the hundred that wait the planner may read all; of the others a page.
            most = 101 if wanted.state else 51
            assert sum(node["Actual Rows"] for node in on_articles) <= most
        assert queries.waiting(ctx) == 100
