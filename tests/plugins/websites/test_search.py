"""The search of staff: title and text, without accents, what one may see, and what it costs with 10⁵ articles."""

import re
from html import unescape

import psycopg2
import pytest

from core.db import db
from plugins.websites import queries
from plugins.websites.queries import Filter
from tests.plugins.websites.test_list import many, nodes

BODY = "<p>Sáng nay các tổ dân phố <strong>nạo vét</strong> mương &amp; dọn rác.</p>"


def found(officer, text):
    """Return title and detail of the articles that the global search shows an officer."""
    page = officer.get("search.page", query={"q": text}).text
    for section in re.findall(r"<section aria-labelledby=.*?</section>", page, re.DOTALL):
        if ">Tin bài, văn bản<" in section:
            items = re.findall(r'<a class="lt-item" href="[^"]+">(.*?)</a>', section, re.DOTALL)
            return [unescape(" ".join(re.sub(r"<[^>]+>", "", item).split())) for item in items]
    return []


@pytest.mark.parametrize(
    "typed", ["bai bien", "BIỂN bãi", "nao vet", "to dan pho muo", "15/qd", "clean beach"]
)
def test_an_article_is_found_by_title_and_text_in_any_order_without_accents(newsroom, typed):
    newsroom.article(
        title="Làm sạch bãi biển", symbol="15/QĐ-UBND", body=BODY, title_en="Clean beach", body_en="<p>x</p>"
    )
    newsroom.article(title="Việc khác")
    (shown,) = found(newsroom.author, typed)
    assert shown.startswith("Làm sạch bãi biển")
    assert newsroom.titles(newsroom.author, search=typed) == ["Làm sạch bãi biển"]


@pytest.mark.parametrize("typed", ["%%", "strong", "':* | !", "amp", "bien\\"])
def test_signs_and_tags_find_nothing_and_break_nothing(newsroom, typed):
    newsroom.article(title="Làm sạch", body=BODY)
    assert newsroom.titles(newsroom.author, search=typed) == []
    assert newsroom.author.get("search.page", query={"q": typed}).status_code == 200


def test_titles_come_first_and_the_place_in_the_text_is_shown(newsroom):
    newsroom.article(title="Chỉ trong tiêu đề: nạo vét", body="<p>x</p>")
    far = "<p>" + "Lời mở đầu. " * 20 + "Rồi nạo vét mương, xong trước mưa.</p>"
    newsroom.article(title="Bài mới hơn", body=far)
    first, second = found(newsroom.author, "nao vet")
    assert first.startswith("Chỉ trong tiêu đề")
    assert "Tin bài · Nháp" in second
    assert "nạo vét mương, xong trước mưa." in second


def test_nobody_finds_what_they_may_not_see(newsroom, ground):
    newsroom.article(title="Kín của phường", body=BODY)
    assert found(newsroom.author, "kin cua phuong")
    elsewhere = ground.agency("websites").officer("websites.administrator")
    for stranger in (elsewhere, newsroom.agency.officer("websites.portal_editor"), newsroom.agency.officer()):
        assert found(stranger, "kin cua phuong") == []
    newsroom.agency.switch("websites", on=False)
    assert found(newsroom.author, "kin cua phuong") == []


def test_the_group_leads_to_the_list_with_the_same_words(newsroom):
    for number in range(7):
        newsroom.article(title=f"Bài {number}", body=BODY)
    assert len(found(newsroom.author, "nao vet")) == 5
    page = newsroom.author.get("search.page", query={"q": "nao vet"}).text
    url = unescape(re.search(r'class="lt-item all" href="([^"]+websites[^"]+)"', page)[1])
    assert newsroom.author.follow(url).text.count('<th scope="row"') == 7


def test_words_are_looked_up_by_index_however_many_articles_there_are(newsroom, database):
    many(newsroom, 100_000)
    newsroom.article(title="Hiếm thấy", body=BODY)
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    cursor = superuser.cursor()
    cursor.execute("VACUUM ANALYZE websites.article")
    cursor.execute("SELECT set_config('app.tenant_id', %s, false)", (str(newsroom.agency.info.id),))
    for word, column, index in (
        ("nao & vet", "words", "article_words"),
        ("hiem:*", "title_words", "article_title_words"),
    ):
        # What the function runs, as the role that it runs as.
        cursor.execute("SET ROLE lienthong_context")
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT id FROM websites.article WHERE tenant_id = core.app_tenant() "
            f"AND {column} @@ to_tsquery('simple', %s) LIMIT 1001",
            (word,),
        )
        used = {node.get("Index Name") for node in nodes(cursor.fetchone()[0][0]["Plan"])}
        assert index in used, used
        cursor.execute("RESET ROLE")
    superuser.close()
    with newsroom.author.working() as ctx:
        for typed, most in (("nạo vét", 1), ("bài số", 60), ("so 99", 12_000)):
            sql, values = queries._statement(ctx, Filter(search=typed), queries.START, 50)
            (document,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
            on_articles = [
                node for node in nodes(document[0]["Plan"]) if node.get("Relation Name") == "article"
            ]
            read = sum(
                (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
                for node in on_articles
                if node["Node Type"] != "Bitmap Index Scan"
            )
            assert read <= most + 1, (typed, on_articles)
