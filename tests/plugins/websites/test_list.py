"""The list: its order, its filters, and what a page costs with 10⁵ articles."""

import re
from io import BytesIO
from uuid import UUID, uuid4

import openpyxl
import psycopg2
import pytest

from core.api import Cursor, cursor_of
from core.db import db
from core.web.paging import decode_key
from plugins.websites import queries
from plugins.websites.queries import Filter
from tests.support.plans import nodes

LIST = "websites.articles"
STATIC_PAGES = 3
"""So many drafts a new site begins with."""


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


def test_the_list_opens_on_what_waits_for_the_reader_and_lets_go_of_it(newsroom):
    article_id = newsroom.article(title="Chờ biên tập")
    assert newsroom.editor.get("websites.articles").status_code == 200
    newsroom.author.post("websites.submit", article_id=article_id)
    opened = newsroom.editor.get("websites.articles")
    assert (opened.status_code, opened.headers["Location"].partition("?")[2]) == (303, "state=mine")
    mine = newsroom.editor.get("websites.articles", query={"state": "mine"}).text
    assert '?view=all" aria-label="Bỏ điều kiện' in mine
    assert newsroom.editor.get("websites.articles", query={"view": "all"}).status_code == 200


def test_the_work_list_names_what_waits_for_the_reader_here(newsroom):
    newsroom.article(state="returned")
    newsroom.article(state="editing")
    page = newsroom.author.get("casework.work").text
    assert (
        f'<a class="lt-link" href="{newsroom.agency.url("websites.articles")}">Trang thông tin điện tử (1)</a>'
        in page
    )
    assert page.count("Ngoài danh sách này còn chờ bạn:") == 1
    assert "Trang thông tin điện tử (1)" in newsroom.editor.get("casework.work").text
    stranger = newsroom.agency.officer("casework.officer")
    assert "Ngoài danh sách này" not in stranger.get("casework.work").text


def test_an_empty_list_names_the_condition_to_give_up(newsroom):
    newsroom.article(title="Ra quân")
    page = newsroom.author.get("websites.articles", query={"q": "ra quan", "state": "published"}).text
    assert "Có 1 bài nếu bỏ điều kiện “Trạng thái: Đang công khai”." in page
    page = newsroom.author.get("websites.articles", query={"q": "zzz"}).text
    assert "bài nếu bỏ điều kiện “Tìm: zzz”." in page
    assert "Bỏ điều kiện này" in page


def test_heads_sort_columns_are_chosen_and_views_are_kept(newsroom):
    first, second = newsroom.article(title="Viết trước"), newsroom.article(title="Viết sau")
    newsroom.change(newsroom.author, first, title="Viết trước, sửa sau")
    lan = newsroom.author

    def order(**query):
        page = lan.get("websites.articles", query=query).text
        return sorted(("trước", "sau<"), key=page.find)

    assert order() == ["trước", "sau<"]
    assert order(sort="at") == ["sau<", "trước"]
    assert order(sort="-created") == ["sau<", "trước"]
    page = lan.get("websites.articles", query={"cols": "title,kind,author", "kind": "news"}).text
    heads = re.findall(
        r'<th scope="col"[^>]*>(.*?)</th>', page.partition("<thead>")[2].partition("</thead>")[0]
    )
    assert [re.sub("<[^>]+>", "", head).strip() for head in heads[1:]] == ["Bài", "Loại", "Người viết"]
    saved = {"list": LIST, "query": "state=draft&kind=news", "id": str(uuid4()), "name": "Tin nháp"}
    assert lan.post("lists.view_new", saved).status_code == 303
    assert "Tin nháp" in lan.get("websites.articles").text
    assert newsroom.stored(second).title == "Viết sau"


def test_pages_of_every_order_hold_each_article_once(newsroom):
    many(newsroom, 120)
    with newsroom.author.working() as ctx:
        for sort in ("changed_at", "created_at"):
            for oldest_first in (False, True):
                wanted, seen, cursor = Filter(sort=sort, oldest_first=oldest_first), [], Cursor()
                while True:
                    found = queries.articles(ctx, wanted, cursor)
                    seen += [row.id for row in found.rows]
                    if not found.next_key:
                        break
                    cursor = cursor_of(found.next_key, *queries.KEY)
                assert len(seen) == len(set(seen)) == 120 + STATIC_PAGES


def bulk(officer, action, *ids, **more):
    form = {"list": LIST, "query": "", "action": action, "id": list(map(str, ids)), **more}
    return officer.post("lists.bulk", form)


def go_on(officer, planned):
    """Say yes to the plan of what is done to many rows."""
    return officer.post("lists.run_go", run_id=UUID(planned.rpartition("/")[2]))


def test_many_go_one_step_on_and_who_refuses_is_told_by_name(newsroom):
    mine, other = (
        newsroom.article(title="Bản nháp của tôi"),
        newsroom.article(title="Đang chờ duyệt", state="approval"),
    )
    foreign = newsroom.article(by=newsroom.another("author"), title="Nháp của người khác")
    answer = bulk(newsroom.author, "submit", mine, other, foreign, uuid4())
    page = newsroom.author.follow(answer.headers["Location"]).text
    assert "Đã gửi biên tập 1 bài." in page
    assert "“Đang chờ duyệt”: Bài đang ở bước “Chờ duyệt đăng”" in page
    assert "“Nháp của người khác”: Bài đang ở bước “Nháp”" in page
    assert "Và 1 dòng khác." in page
    assert [newsroom.stored(each).state for each in (mine, other, foreign)] == [
        "editing",
        "approval",
        "draft",
    ]
    assert newsroom.audit().count("submitted") == 1


def test_editors_forward_and_publishers_withdraw_many(newsroom):
    drafts = [newsroom.article(title=f"Bài {n}", state="editing") for n in range(3)]
    assert bulk(newsroom.author, "forward", *drafts).status_code == 403
    assert bulk(newsroom.editor, "forward", *drafts).status_code == 303
    assert {newsroom.stored(each).state for each in drafts} == {"approval"}
    shown = [newsroom.article(title=f"Tin {n}", state="published") for n in range(2)]
    assert bulk(newsroom.editor, "withdraw", *shown).status_code == 403
    planned = bulk(newsroom.publisher, "withdraw", *shown, drafts[0]).headers["Location"]
    plan = newsroom.publisher.follow(planned).text
    assert "“Gỡ khỏi trang” với 3 dòng" in plan
    assert "Người dân không mở được bài nữa" in plan
    assert "Giờ hẹn đăng bản mới, nếu có, bị bỏ" in plan
    assert all(newsroom.shown(each) for each in shown)
    run = newsroom.publisher.follow(go_on(newsroom.publisher, planned).headers["Location"]).text
    assert "Đã gỡ 2 bài khỏi trang." in run
    assert "“Bài 0”: " in run
    assert [newsroom.shown(each) for each in shown] == [None, None]


def test_a_box_offers_what_its_row_allows(newsroom):
    newsroom.article(title="Nháp")
    newsroom.article(title="Công khai", state="published")
    for role, expected in (
        ("author", {"Nháp": "submit put_away", "Công khai": ""}),
        ("publisher", {"Nháp": "submit forward put_away", "Công khai": "withdraw"}),
    ):
        page = getattr(newsroom, role).get("websites.articles", query={"kind": "news"}).text
        assert dict(re.findall(r'aria-label="([^"]+)" data-lt-can="([^"]*)"', page)) == expected


def test_the_list_goes_to_excel_with_its_words(newsroom):
    newsroom.article(title="Bài trả lại", state="returned")
    answer = newsroom.editor.post("lists.export", {"list": LIST, "query": "cols=title,state,kind&kind=news"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["Bài", "Loại", "Trạng thái"], ["Bài trả lại", "Tin bài", "Trả lại: Thiếu ảnh."]
    ]  # fmt: skip


def test_another_agency_sees_nothing(newsroom, ground):
    newsroom.article(title="Của phường này")
    stranger = ground.agency("websites").officer("websites.administrator")
    page = stranger.get("websites.articles")
    assert page.status_code == 200
    assert "Của phường này" not in page.text


def many(newsroom, number: int) -> None:
    """Put articles in, a minute apart; one in a thousand waits for editing."""
    for first in range(1, number + 1, 10_000):
        with newsroom.agency.at_work():
            _put(first, min(first + 9_999, number))


def _put(first: int, last: int) -> None:
    db.execute_sql(
        "INSERT INTO websites.article (tenant_id, id, kind, slug, title, folded, state, changed_at) "
        "SELECT core.app_tenant(), gen_random_uuid(), 'news', 'bai-' || n, 'Bài số ' || n, 'bai so ' || n, "
        "CASE WHEN n %% 1000 = 0 THEN 'editing' ELSE 'published' END, now() - n * interval '1 minute' "
        "FROM generate_series(%s, %s) n",
        (first, last),
    )


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
        *key, _row = decode_key(queries.articles(ctx, Filter()).next_key)
        second = Cursor(tuple(kind(value) for kind, value in zip(queries.KEY, key, strict=True)), 50)
        for wanted, cursor, index in (
            (Filter(), Cursor(), "article_changed"),
            (Filter(), second, "article_changed"),
            (Filter(state="mine"), Cursor(), "article_waiting"),
            (Filter(state="editing"), Cursor(), "article_state"),
            (Filter(sort="created_at", oldest_first=True), Cursor(), "article_created"),
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
