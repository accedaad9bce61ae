"""What staff see of readers: numbers, and the reasons readers chose."""

import re

from core.db import db
from plugins.websites import counting, public_jobs
from tests.plugins.websites.newsroom import Newsroom


def visited(agency, article_id, times, days_ago=0):
    with agency.at_work():
        db.execute_sql(
            "INSERT INTO websites.visit (id, tenant_id, article_id, day, visits) "
            "VALUES (gen_random_uuid(), core.app_tenant(), %s, tenants.today() - %s::int, %s)",
            (article_id, days_ago, times),
        )


def facts(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))


def test_an_article_tells_its_visits_and_what_readers_said(newsroom, ground):
    article_id = newsroom.article(state="published")
    visited(newsroom.agency, article_id, 1200)
    visited(newsroom.agency, article_id, 34, days_ago=29)
    visited(newsroom.agency, article_id, 1000, days_ago=30)
    visited(Newsroom(ground.agency("websites")).agency, article_id, 5)
    with newsroom.agency.at_work():
        for useful, reason in ((True, ""), (False, "unclear"), (False, "unclear"), (False, "")):
            counting.rate(article_id, useful=useful, reason=reason)
    page = newsroom.author.get("websites.article", article_id=article_id).text
    assert facts(page)["Lượt xem 30 ngày qua"] == "1.234"
    assert facts(page)["Bạn đọc thấy có ích"] == "1"
    assert facts(page)["Bạn đọc thấy chưa có ích"] == "3 (Khó hiểu: 2)"
    with newsroom.agency.in_background():
        public_jobs.fold_visits()
    page = newsroom.author.get("websites.article", article_id=article_id).text
    assert facts(page)["Lượt xem 30 ngày qua"] == "1.234"


def test_what_was_never_public_has_no_readers(newsroom):
    page = newsroom.author.get("websites.article", article_id=newsroom.article()).text
    assert "Lượt xem" not in page


def test_the_sites_page_names_what_is_read_most(newsroom):
    often, seldom = (newsroom.article(title=title, state="published") for title in ("Nhiều", "Ít"))
    gone = newsroom.article(title="Đã gỡ rồi", state="withdrawn")
    for article_id, times in ((often, 90), (seldom, 3), (gone, 70), (None, 7)):
        visited(newsroom.agency, article_id, times)
    page = newsroom.administrator.get("websites.site").text
    assert "170 lượt xem các trang của cơ quan." in page
    assert page.index(">Nhiều</a>") < page.index(">Ít</a>")
    assert "Đã gỡ rồi" not in page[page.index("Bài được xem nhiều nhất") :].partition("</table>")[0]
