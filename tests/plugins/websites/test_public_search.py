"""Search without accents, feeds, visits and ratings."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pytest

from core.db import db
from plugins.websites import counting, public_answers, public_jobs, public_queries, public_resources
from plugins.websites.models import Rating, Visit
from tests.plugins.websites.press import Press

ATOM = "{http://www.w3.org/2005/Atom}"
HITS = re.compile(r"<h2><a href=\"[^\"]*\">([^<]*)</a></h2>")


def found(press, words):
    return HITS.findall(press.get("search", query=f"?q={words.replace(' ', '+')}").text)


def test_words_are_found_without_accents_in_titles_first_then_the_newest(press):
    press.publish("Chợ Bến Ngự mở lại", "a")
    press.publish("Tin khác", "b", body="<p>chợ ở gần Bến Ngự</p>")
    press.publish("Bến Ngự: chợ đêm", "c")
    press.publish("Chợ Đông Ba", "d")
    assert found(press, "cho ben ngu") == ["Bến Ngự: chợ đêm", "Chợ Bến Ngự mở lại", "Tin khác"]
    assert found(press, "CHỢ bến NGỰ") == found(press, "cho ben ngu")
    assert found(press, "khong co gi") == []


def test_a_document_is_found_by_its_number(press):
    press.publish("Giao chỉ tiêu", "qd", kind="document", symbol="15/2026/QĐ-UBND")
    for typed in ("15/2026/QĐ-UBND", "15 2026 qd ubnd", "15/2026"):
        assert found(press, typed) == ["Giao chỉ tiêu"]


@pytest.mark.parametrize(
    "typed",
    ["%27%22%29%3B--", "a%26%7C%21%3A*", "<script>", "x" * 5000, "a+" * 500, "%F0%9F%98%80", "+"],
)
def test_odd_input_finds_nothing_and_breaks_nothing(press, typed):
    answer = press.get("search", query=f"?q={typed}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert len(answer.text) < 40_000


def test_search_goes_on_page_by_page_over_both_ranks_and_back(press):
    for number in range(1, 11):
        press.publish(f"Chợ số {number}", f"cho-{number}")
        press.publish(f"Tin {number}", f"tin-{number}", body="<p>chợ</p>")
    first = press.get("search", query="?q=cho")
    second = press.open(re.search(r'href="([^"]+)" rel="next"', first.text)[1].replace("&amp;", "&"))
    seen = HITS.findall(first.text) + HITS.findall(second.text)
    assert seen == [f"Chợ số {n}" for n in range(10, 0, -1)] + [f"Tin {n}" for n in range(10, 0, -1)]
    back = press.open(re.search(r'href="([^"]+)" rel="prev"', second.text)[1].replace("&amp;", "&"))
    assert HITS.findall(back.text) == HITS.findall(first.text)


def test_one_site_finds_its_own_and_the_province_all_open_ones(ground):
    word = f"hoidua{ground.agency().info.code.rpartition('-')[2]}"
    one, two = Press(ground), Press(ground, name="UBND xã Phú Lộc")
    one.publish(f"Một {word}", "mot")
    two.publish(f"Hai {word}", "hai")
    assert found(one, word) == [f"Một {word}"]
    province = one.open(f"/public/t/tim-kiem?q={word}")
    assert HITS.findall(province.text) == [f"Hai {word}", f"Một {word}"], "the newest first"
    assert "UBND xã Phú Lộc" in province.text


def test_feeds_are_atom_with_stable_ids_and_absolute_addresses(press):
    culture = press.category("Văn hoá", "van-hoa")
    article = press.publish("Áo dài & nón \x0b\uffff<lá>", "ao-dai", category_id=culture, summary="Ba ngày.")
    press.publish("Khác", "khac")
    feed = ET.fromstring(press.get("feed").content)
    entries = {each.find(f"{ATOM}id").text: each for each in feed.findall(f"{ATOM}entry")}
    entry = entries[f"urn:uuid:{article}"]
    assert entry.find(f"{ATOM}title").text == "Áo dài & nón <lá>"
    assert (
        entry.find(f"{ATOM}link").get("href") == f"http://localhost:8000{press.url('article', slug='ao-dai')}"
    )
    assert len(entries) == 2
    own = ET.fromstring(press.get("category_feed", slug="van-hoa").content)
    assert len(own.findall(f"{ATOM}entry")) == 1


def test_robots_and_sitemaps_lead_to_every_page(press):
    press.publish("Áo dài", "ao-dai", title_en="Dress")
    press.publish("Giới thiệu", "gioi-thieu", kind="page")
    press.change(has_english=True)
    assert "Disallow: /\n" in press.open("/robots.txt").text
    index = press.open("/public/sitemap.xml").text
    address = press.url("sitemap")
    assert f"<loc>http://localhost:8000{address}</loc>" in index
    listed = re.findall(r"<loc>http://localhost:8000([^<]+)</loc>", press.open(address).text)
    assert press.url("en_article", slug="ao-dai") in listed
    for each in listed:
        assert press.open(each).status_code == 200


def test_a_sitemap_holds_every_article_up_to_what_its_standard_allows(press, monkeypatch):
    press.publish("Mới nhất", "moi-nhat", title_en="Newest", at=datetime.now(UTC))
    press.change(has_english=True)
    with press.agency.at_work():
        db.execute_sql(
            "WITH made AS (INSERT INTO websites.article (tenant_id, id, kind, slug, title, folded, state, changed_at) "
            "SELECT core.app_tenant(), gen_random_uuid(), 'news', 'bai-' || n, 'Bài số ' || n, '', 'published', now() "
            "FROM generate_series(1, 5001) n RETURNING *) "
            "INSERT INTO websites.publication (tenant_id, id, kind, slug, title, folded, revision, published_at) "
            "SELECT tenant_id, id, kind, slug, title, '', 1, now() - interval '1 day' FROM made"
        )
    listed = re.findall(r"<loc>([^<]+)</loc>", press.open(press.url("sitemap")).text)
    newer = [each for each in listed if "/bai-" not in each]
    assert len(listed) == len(newer) + 5001
    assert newer[-1].endswith(press.url("en_article", slug="moi-nhat"))
    monkeypatch.setattr(public_queries, "SITEMAP_SIZE", len(newer) + 2)
    public_answers.pages.clear()
    cut = re.findall(r"<loc>([^<]+)</loc>", press.open(press.url("sitemap")).text)
    assert cut[: len(newer)] == newer
    assert len(cut) == len(newer) + 2


@pytest.fixture
def counted(press, monkeypatch):
    monkeypatch.setattr(public_answers, "visits", counting.Visits())
    monkeypatch.setattr(public_resources, "limiter", counting.Limiter())
    monkeypatch.setattr(counting, "FLUSH_SECONDS", -1.0)
    return press, press.publish("Tin", "tin-1")


def test_visits_of_people_are_counted_and_folded_without_loss(counted):
    press, article = counted
    for _time in range(3):
        press.article("tin-1")
    press.article("tin-1", headers={"User-Agent": "Googlebot/2.1"})
    press.article("tin-1", headers={"Sec-Purpose": "prefetch"})
    press.get("feed")
    for _time in range(2):
        with press.agency.at_work():
            assert [number for _day, number in public_queries.figures(article).visits] == [3]
            assert public_queries.most_read() == [(article, "Tin", 3)]
            public_jobs.fold_visits()
    assert press.rows("SELECT count(*) FROM websites.visit WHERE tenant_id = core.app_tenant()") == [(0,)]


def test_an_agency_that_is_gone_takes_no_page_and_no_number_of_others_along(counted):
    press, article = counted
    public_answers.visits._waiting[uuid4(), ""] = 7
    assert press.article("tin-1").status_code == 200
    assert press.rows(
        "SELECT article_id, visits FROM websites.visit WHERE tenant_id = core.app_tenant()"
    ) == [(article, 1)]


def test_what_is_stored_of_visits_and_ratings_names_nobody():
    with_columns = {
        "visit": {"id", "tenant_id", "article_id", "day", "visits"},
        "rating": {"tenant_id", "id", "article_id", "useful", "reason", "day"},
    }
    for model, columns in ((Visit, with_columns["visit"]), (Rating, with_columns["rating"])):
        assert {field.column_name for field in model._meta.sorted_fields} == columns


def test_a_reader_rates_once_an_hour_and_only_with_known_reasons(counted):
    press, article = counted

    def rate(address, **form):
        body = "&".join(f"{key}={value}" for key, value in form.items())
        return press.ground.client.simulate_post(
            press.url("rate", slug="tin-1"), body=body, remote_addr=address,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip

    assert rate("192.0.2.1", useful="yes").headers["Location"].endswith("/tin/tin-1#cam-on")
    rate("192.0.2.1", useful="yes")
    rate("192.0.2.2", useful="no", reason="outdated")
    rate("192.0.2.3", useful="no", reason="DROP")
    assert rate("192.0.2.4", useful="maybe").status_code == 400
    with press.agency.at_work():
        known = public_queries.figures(article)
    assert (known.useful, known.not_useful, known.reasons) == (1, 2, (("outdated", 1),))


def test_one_reader_is_one_whatever_a_header_says(counted):
    press, article = counted
    for number in range(3):
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "X-Real-IP": f"203.0.113.{number}",
            "Forwarded": f"for=203.0.113.{number}", "X-Forwarded-For": f"203.0.113.{number}, 192.0.2.1",
        }  # fmt: skip
        press.ground.client.simulate_post(press.url("rate", slug="tin-1"), body="useful=yes", headers=headers)
    with press.agency.at_work():
        assert public_queries.figures(article).useful == 1


def test_pictures_are_the_publics_while_an_open_site_shows_them(press):
    def picture():
        ((made,),) = press.rows(
            "INSERT INTO websites.picture (tenant_id, id, file_id, alt, width, height) "
            "VALUES (core.app_tenant(), %s, %s, 'Ảnh', 10, 10) RETURNING id", uuid4(), uuid4(),
        )  # fmt: skip
        return UUID(str(made))

    logo, cover, inside, unused = picture(), picture(), picture(), picture()
    press.change(logo_id=logo)
    article = press.publish(
        "Tin", "tin-1", cover_id=cover, body=f'<p><img src="picture:{inside}" alt="Ảnh"></p>'
    )

    def public():
        with press.agency.at_work():
            return [public_queries.picture_is_public(each) for each in (logo, cover, inside, unused)]

    assert public() == [True, True, True, False]
    page = press.article("tin-1").text
    assert page.count(f"/public/{press.code}/files/") >= 3
    card = re.search(r'property="og:image" content="http://localhost:8000[^"]+/pictures/1200"', page)
    assert card, "messengers get an address in full, in the width that is JPEG"
    assert '<meta property="og:image:alt" content="Ảnh">' in page
    assert "picture:" not in page
    press.withdraw(article)
    assert public() == [True, False, False, False]
    press.change(is_open=False)
    assert public() == [False] * 4
