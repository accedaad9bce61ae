"""The preview: what the public will see, on the public's own template, for staff alone and never kept."""

import re

import pytest

from plugins.websites import publishing, services
from plugins.websites.models import Article, Site
from plugins.websites.public_answers import pages
from tests.plugins.websites.newsroom import add_picture


@pytest.fixture
def article_id(newsroom):
    """A draft with everything a page can show, on a site that is open."""
    with newsroom.agency.at_work():
        Site.update(is_open=True, has_english=True, responsible="Trần Mỹ Hạnh").execute()
    picture = add_picture(newsroom, alt="Bến thuyền")
    return newsroom.article(
        title="Chưa công bố",
        kind="document",
        symbol="15/QĐ-UBND",
        cover_id=picture,
        body=f'<h2>Nơi nhận</h2><p>Bí mật tới sáng mai.</p><figure><img src="picture:{picture}" alt="Bến"></figure>',
        title_en="Not yet public",
        body_en="<p>Secret until tomorrow.</p>",
    )


def preview(newsroom, article_id, **query):
    return newsroom.author.get("websites.preview", article_id=article_id, query=query)


def essence(page: str) -> str:
    """Return a page without what differs between a preview and the public page: addresses of pictures, the time, the bar."""
    body = page[page.index("<body>") :]
    body = re.sub(r'<aside class="pb-preview".*?</div></aside>\n', "", body, flags=re.DOTALL)
    body = re.sub(r'src="/(t|public)/[^"]*"', 'src=""', body).replace(" inert>", ">")
    body = re.sub(r'<a href="[^"]*" lang="en".*?</a>', "", body)
    return re.sub(r"<time.*?</time>", "", body, flags=re.DOTALL)


def test_it_is_the_public_page_to_the_letter(newsroom, article_id):
    before = preview(newsroom, article_id).text
    assert "Bản xem trước – chưa xuất bản" in before
    assert '<meta name="robots" content="noindex, nofollow">' in before
    with newsroom.publisher.working() as ctx:
        services.forward_article(ctx, article_id)
        publishing.publish_article(ctx, article_id, version=newsroom.stored(article_id).version)
    slug = newsroom.shown(article_id).slug
    public = newsroom.agency.ground.client.simulate_get(
        newsroom.agency.url("websites.public_article", slug=slug)
    ).text
    assert "Bí mật tới sáng mai." in public
    assert "Bản xem trước" not in public
    assert essence(before) == essence(public)
    assert "Bản xem trước – giống bản đang công khai" in preview(newsroom, article_id).text


def test_pictures_of_a_draft_open_for_staff(newsroom, article_id):
    page = preview(newsroom, article_id).text
    addresses = set(re.findall(r'<img src="(/t/[^"]*)"', page))
    assert addresses
    for address in addresses:
        assert newsroom.author.follow(address).status_code == 200


def test_the_english_text_has_its_own_preview(newsroom, article_id):
    assert (
        'href="' + newsroom.agency.url("websites.preview", article_id=article_id) + '?lang=en"'
        in preview(newsroom, article_id).text
    )
    english = preview(newsroom, article_id, lang="en").text
    assert '<html lang="en"' in english
    assert "Secret until tomorrow." in english
    assert "Preview – not published" in english
    assert "Bí mật" not in english


def test_nobody_else_sees_it_and_nothing_keeps_it(newsroom, article_id, ground):
    pages.clear()
    answer = preview(newsroom, article_id)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "ETag" not in answer.headers
    assert "Surrogate-Control" not in answer.headers
    assert not pages._pages
    url = newsroom.agency.url("websites.preview", article_id=article_id)
    assert ground.client.simulate_get(url).status_code == 303
    assert ground.agency("websites").officer("websites.administrator").follow(url).status_code == 404
    assert newsroom.agency.officer("websites.portal_editor").follow(url).status_code == 403
    slug = newsroom.stored(article_id).slug
    guessed = newsroom.agency.url("websites.public_article", slug=slug)
    assert ground.client.simulate_get(guessed).status_code == 404


def test_a_closed_site_and_a_page_nobody_wrote_yet_can_be_looked_at_too(newsroom):
    with newsroom.agency.at_work():
        roles = {row.page_role: row.id for row in Article.select().where(Article.kind == "page")}
    for article_id in roles.values():
        page = preview(newsroom, article_id)
        assert page.status_code == 200
        assert "Bản xem trước – chưa xuất bản" in page.text
