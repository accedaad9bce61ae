"""How public pages are answered: to caches, to those who have them, on which host, to whom."""

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from core.db import db
from plugins.pages import unchanged
from plugins.websites import keeping
from plugins.websites.public_answers import pages
from tests.plugins.websites.press import Press


@pytest.fixture
def published(press):
    press.publish("Lễ hội", "le-hoi")
    return press


def test_whoever_has_the_page_gets_304_until_something_changes(published):
    first = published.article("le-hoi")
    etag = first.headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = published.article("le-hoi", headers={"If-None-Match": known})
        assert again.status_code == 304
        assert not again.content
        assert again.headers["ETag"] == etag
    published.publish("Tin khác", "tin-khac")
    changed = published.article("le-hoi", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Tin khác" in changed.text


def test_the_date_of_a_page_is_asked_only_where_no_tag_is_and_never_stands_for_two_pages(
    published, monkeypatch
):
    etag = published.article("le-hoi").headers["ETag"]
    time.sleep(1.1)
    date = published.article("le-hoi").headers["Last-Modified"]

    def status(**conditions):
        named = {name.replace("_", "-"): value for name, value in conditions.items()}
        return published.article("le-hoi", headers=named).status_code

    assert status(If_Modified_Since=date) == 304
    assert status(If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT") == 200
    assert status(If_Modified_Since="hôm qua".encode().decode("latin-1")) == 200
    assert status(If_Modified_Since="Thu, 01 Jan 2099 00:00:00 GMT") == 200, "a date to come says nothing"
    assert status(If_Modified_Since=date, If_None_Match='"other"') == 200, "the tag wins"
    assert status(If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT", If_None_Match=etag) == 304
    before = datetime.now(UTC)
    published.publish("Tin khác", "tin-khac")
    assert status(If_Modified_Since=date) == 200
    monkeypatch.setattr(unchanged, "datetime", type("Then", (datetime,), {"now": lambda _zone: before}))
    assert "Last-Modified" not in published.article("le-hoi").headers, "not before its second is over"


def test_caches_are_told_how_long_and_by_which_keys(published):
    category = published.category("Văn hoá", "van-hoa")
    article = published.publish("Áo dài", "ao-dai", category_id=category)
    headers = published.article("ao-dai").headers
    assert headers["Cache-Control"] == "public, max-age=0, s-maxage=30"
    assert headers["Surrogate-Control"] == "max-age=30"
    assert headers["Surrogate-Key"].split() == [
        f"site-{published.code}",
        f"article-{article}",
        f"category-{category}",
    ]
    assert headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in headers


def test_no_cache_may_show_an_article_after_its_end(published):
    end = datetime.now(UTC) + timedelta(seconds=20)
    published.publish("Hết hạn", "het-han", unpublish_at=end)
    headers = published.article("het-han").headers
    for name in ("Cache-Control", "Surrogate-Control"):
        assert "stale" not in headers[name]
        assert max(map(int, re.findall(r"\d+", headers[name]))) < 20


def test_a_place_in_a_list_makes_no_pages_of_what_is_no_list(published):
    pages.clear()
    for number in range(5):
        assert published.article("le-hoi", query=f"?after={number}&before=x").status_code == 200
        assert published.get("home", query=f"?after={number}").status_code == 200
    assert len(pages._pages) == 2


def test_people_who_are_signed_in_get_the_same_page(published):
    officer = published.agency.officer()
    cookies = {"Cookie": f"__Host-lt_session={officer.token}; lt_locale=en; lt_toast=x"}
    for page in ("home", "search"):
        mine, anyones = published.get(page, headers=cookies), published.get(page)
        assert mine.content == anyones.content
        assert "Set-Cookie" not in mine.headers
    front = published.open("/public", cookies)
    assert front.content == published.open("/public").content


def test_a_kept_page_is_not_made_again_and_not_shown_after_a_change(published, monkeypatch):
    made = []
    monkeypatch.setattr("plugins.websites.public_resources.page_text", lambda *_: made.append(1) or "x")
    for _time in range(3):
        published.article("le-hoi")
    assert len(made) == 1
    published.change(tagline="Mới")
    published.article("le-hoi")
    assert len(made) == 2


def test_pages_are_kept_up_to_a_number_of_bytes():
    def page(size):
        return keeping.Kept(b"x" * size, "text/html", "", 1, None, 1e12, datetime.now(UTC), "e")

    kept, now = keeping.Pages(most_bytes=100), datetime.now(UTC)
    kept.keep("a", page(60))
    kept.keep("b", page(40))
    kept.get("a", 1, now)
    kept.keep("c", page(30))
    assert [kept.get(key, 1, now) is not None for key in "abc"] == [True, False, True]
    kept.keep("a", page(10))
    assert kept._bytes == 40
    large = keeping.Pages()
    large.keep("a", page(60))
    large.keep("map", page(keeping.MOST_OF_ONE + 1))
    assert [large.get(key, 1, now) is not None for key in ("a", "map")] == [True, False]


def test_query_strings_nobody_knows_make_no_pages_of_their_own(published):
    published.get("home")
    number = len(pages._pages)
    published.get("home", query="?utm_source=zalo&fbclid=1")
    assert len(pages._pages) == number


@pytest.mark.parametrize("page", ["news", "documents", "search"])
def test_what_a_stranger_writes_into_an_address_stands_in_nobodys_page(published, page):
    kind = "document" if page == "documents" else "news"
    for number in range(1, 17):
        published.publish(f"Tết {number}", f"tet-{number}", kind=kind)
    words = "q=tet&" if page == "search" else ""
    first = published.get(page, query=f"?{words}fbclid=evil-1&next=//evil.example&evil=2")
    assert 'rel="next"' in first.text
    assert "evil" not in first.text
    assert published.get(page, query=f"?{words}").content == first.content


def test_a_parameter_given_twice_shows_no_other_page_to_those_who_give_none(published):
    for number in range(1, 17):
        published.publish(f"Tết {number}", f"tet-{number}")
    older = unescape(re.search(r'href="([^"]+)" rel="next"', published.get("news").text)[1])
    pages.clear()
    twice = published.open(f"{older}&{older.partition('?')[2]}")
    assert "Tết 16<" not in twice.text
    assert "Tết 16<" in published.get("news").text


def test_publishing_counts_a_generation_for_its_own_site_alone(ground):
    one, two = Press(ground), Press(ground)

    def number(press):
        return press.rows("SELECT number FROM websites.generation WHERE tenant_id = core.app_tenant()")[0][0]

    before = number(one), number(two)
    one.publish("Tin", "tin-1")
    assert number(one) > before[0]
    assert number(two) == before[1]


@pytest.mark.parametrize("what", ["closed", "off", "forbidden", "suspended", "wrong"])
def test_every_site_that_is_not_there_looks_alike(published, what):
    addresses = [published.url(page) for page in ("home", "news", "search", "feed", "sitemap")]
    addresses.append(published.url("article", slug="le-hoi"))
    nobody = published.open("/public/khong-co-dau/tin/x")
    if what == "closed":
        published.change(is_open=False)
    elif what == "off":
        published.rows(
            "UPDATE tenants.module_switch SET is_on = false "
            "WHERE tenant_id = core.app_tenant() AND module = 'websites' RETURNING id"
        )
    elif what == "forbidden":
        published.rows(
            "INSERT INTO tenants.module_grant (tenant_id, id, module, allowed) "
            "VALUES (core.app_tenant(), gen_random_uuid(), 'websites', false) RETURNING id"
        )
    elif what == "suspended":
        with db.connection_context(), db.atomic():
            db.execute_sql(
                "UPDATE tenants.tenant SET status = 'suspended' WHERE code = %s", (published.code,)
            )
    else:
        addresses = [address.replace(published.code, "khong-co-dau") for address in addresses]
    for address in addresses:
        answer = published.open(address)
        assert answer.status_code == 404, address
        assert answer.headers["Cache-Control"] == "no-store"
        assert _without_number(answer, address) == _without_number(nobody, "/public/khong-co-dau/tin/x")
    for address in ("/public", "/public/t/co-quan", "/public/sitemap.xml") if what != "wrong" else ():
        assert f"/public/{published.code}" not in published.open(address).text


def _without_number(answer, address):
    return re.sub(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{4}", "", answer.text).replace(address.rstrip("/"), "")


def test_an_address_that_was_never_anything_says_no_more(published):
    for page, slug in (("article", "khong-co"), ("page", "le-hoi"), ("category", "khong-co")):
        assert published.get(page, slug=slug).status_code == 404


def test_the_bare_address_leads_strangers_to_the_front_page_with_one_click_to_sign_in(ground):
    answer = ground.client.simulate_get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/public/")
    assert 'href="/sso/login?return_to=%2F"' in ground.client.simulate_get("/public/").text
    officer = ground.agency().officer()
    assert officer.follow("/").headers["Location"] == f"/t/{officer.agency.info.code}/"
