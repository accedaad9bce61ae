"""What an open site has to show: it opens with it, and nobody takes it away while it is open."""

from datetime import UTC, datetime, timedelta

import pytest

from core.web.errors import Invalid
from plugins.websites import publishing, queries, site_queries, site_services
from plugins.websites.models import Article, Site
from tests.plugins.websites.test_list import bulk, go_on


@pytest.fixture
def static_pages(newsroom):
    """The static pages of a site that is ready to open, by role; all of them published."""
    with newsroom.agency.at_work():
        Site.update(responsible="Bà Hạnh", address="1 Lê Lợi", phone="0234").execute()
    with newsroom.administrator.working() as ctx:
        site_services.publish_static_pages(ctx)
    with newsroom.agency.at_work():
        return {row.page_role: row.id for row in Article.select().where(Article.page_role != "")}


def open_site(newsroom):
    with newsroom.administrator.working() as ctx:
        site_services.set_open(ctx, is_open=True)


@pytest.mark.parametrize("role", site_queries.ROLES)
def test_a_site_does_not_open_without_one_of_its_static_pages(newsroom, static_pages, role):
    with newsroom.publisher.working() as ctx:
        publishing.withdraw_article(ctx, static_pages[role])
    with pytest.raises(Invalid):
        open_site(newsroom)
    page = newsroom.administrator.get("websites.site").text
    assert page.count("Bắt buộc") == 1
    with newsroom.publisher.working() as ctx:
        version = queries.article(static_pages[role]).version
        publishing.publish_article(ctx, static_pages[role], version=version)
    open_site(newsroom)
    assert set(static_pages) == set(site_queries.ROLES)


@pytest.mark.parametrize("role", site_queries.ROLES)
def test_an_open_site_keeps_its_static_pages_and_says_why(newsroom, static_pages, role):
    open_site(newsroom)
    page_id = static_pages[role]
    shown = newsroom.publisher.get("websites.withdraw", article_id=page_id).text
    assert "là trang bắt buộc khi trang của cơ quan đang mở" in shown
    assert "Gỡ bài</" not in shown
    answer = newsroom.publisher.post("websites.withdraw", article_id=page_id)
    assert answer.status_code == 422
    assert "là trang bắt buộc" in answer.text
    assert newsroom.shown(page_id) is not None


def test_many_withdrawn_at_once_leave_the_static_pages_and_name_them(newsroom, static_pages):
    open_site(newsroom)
    news = newsroom.article(title="Tin thường", state="published")
    planned = bulk(newsroom.publisher, "withdraw", static_pages["leaders"], news).headers["Location"]
    answer = go_on(newsroom.publisher, planned)
    told = newsroom.publisher.follow(answer.headers["Location"]).text
    assert "Đã gỡ 1 bài khỏi trang." in told
    assert "“Lãnh đạo cơ quan”: “Lãnh đạo cơ quan” là trang bắt buộc" in told
    assert (newsroom.shown(static_pages["leaders"]) is None, newsroom.shown(news)) == (False, None)


def test_a_static_page_takes_no_time_at_which_it_comes_down(newsroom, static_pages):
    page_id = static_pages["introduction"]
    assert "unpublish_on" not in newsroom.publisher.get("websites.publish", article_id=page_id).text
    version, end = newsroom.stored(page_id).version, datetime.now(UTC) + timedelta(days=1)
    with newsroom.publisher.working() as ctx, pytest.raises(Invalid) as refused:
        publishing.publish_article(ctx, page_id, version=version, unpublish_at=end)
    assert list(refused.value.errors) == ["unpublish_on"]


def test_a_closed_site_lets_its_static_pages_go(newsroom, static_pages):
    assert newsroom.publisher.post("websites.withdraw", article_id=static_pages["leaders"]).status_code == 303
    assert newsroom.shown(static_pages["leaders"]) is None
