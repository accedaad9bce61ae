"""What is not published appears nowhere: each text that is not the public's is looked for everywhere."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from core.api import START
from plugins.websites import public_queries
from tests.plugins.websites.press import Press


def secret(press):
    """Return words that no other test publishes: the database is shared."""
    return f"Chuyện chưa công bố {press.code.rpartition('-')[2]}"


STATES = ("draft", "editing", "approval", "returned", "scheduled", "withdrawn")


def everything(press, slug):
    """Return every public answer in which a text of this site could stand."""
    addresses = [
        press.url(page)
        for page in (
            "home",
            "news",
            "notices",
            "documents",
            "feed",
            "sitemap",
            "robots",
            "en_home",
            "en_news",
        )
    ]
    addresses += [
        press.url(page, slug=slug)
        for page in ("article", "page", "en_article", "en_page", "category", "category_feed")
    ]
    addresses += [press.url("article", slug="ben-canh"), press.url("category", slug="van-hoa")]
    addresses += [press.url("category_feed", slug="van-hoa")]
    sought = f"q=chuyen+chua+cong+bo+{press.code.rpartition('-')[2]}"
    addresses += [f"{press.url(page)}?{sought}" for page in ("search", "documents", "en_search")]
    addresses += ["/public/", "/public/feed.atom", "/public/t/en", f"/public/t/tim-kiem?{sought}"]
    return {address: press.open(address) for address in addresses}


def holds(press, address, answer, slug):
    text = answer.text.replace(f'value="{address}"', "")  # a choice of language returns to what was asked
    return any(
        it in text
        for it in (secret(press), secret(press).replace("Chuyện", "Untold"), f"tin/{slug}", f"trang/{slug}")
    )


@pytest.fixture
def culture(press):
    press.change(has_english=True)
    category = press.category("Văn hoá", "van-hoa")
    press.publish("Bên cạnh", "ben-canh", category_id=category, title_en="Beside")
    return category


def leaks(press, slug):
    return [
        address for address, answer in everything(press, slug).items() if holds(press, address, answer, slug)
    ]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", ["news", "page"])
def test_an_article_on_its_way_is_nowhere(press, culture, state, kind):
    press.draft(
        secret(press),
        "chuyen-chua",
        state=state,
        kind=kind,
        category_id=culture,
        body=secret(press),
        title_en=secret(press).replace("Chuyện", "Untold"),
    )
    assert leaks(press, "chuyen-chua") == []


def test_a_published_one_is_everywhere_and_after_withdrawal_nowhere(press, culture):
    article = press.publish(
        secret(press),
        "chuyen-chua",
        category_id=culture,
        summary=secret(press),
        title_en=secret(press).replace("Chuyện", "Untold"),
        body_en="<p>Story</p>",
    )
    press.share(article)
    press.menu(secret(press), "article", target_id=article)
    shown = leaks(press, "chuyen-chua")
    for address in (
        "/public/",
        "/public/feed.atom",
        press.url("feed"),
        press.url("sitemap"),
        press.url("article", slug="ben-canh"),
    ):
        assert address in shown
    etag = press.article("chuyen-chua").headers["ETag"]
    press.withdraw(article)
    press.rows("DELETE FROM websites.menu_item WHERE target_id = %s RETURNING id", article)
    assert leaks(press, "chuyen-chua") == []
    assert press.article("chuyen-chua", headers={"If-None-Match": etag}).status_code == 404


def test_a_missing_page_of_an_open_site_leads_on_and_tells_nothing(press, culture):
    withdrawn = press.publish("Đã gỡ", "da-go")
    press.withdraw(withdrawn)
    press.draft("Đang soạn", "dang-soan")
    answers = [press.article(slug) for slug in ("da-go", "dang-soan", "chua-tung-co")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}) == 1
    page = answers[0].text
    assert "Bài này không còn trên trang" in page
    assert "Bên cạnh" in page
    assert 'name="q"' in page
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert "Bài này không còn" not in press.get("category_feed", slug="khong-co").text
    press.change(is_open=False)
    for closed in (press.article("da-go"), press.get("missing", rest="khong-co")):
        assert closed.status_code == 404
        assert "Thuận Hoá" not in closed.text


@pytest.mark.parametrize("rest", ["khong-co", "tin/mot/hai", "en/khong-co", "a/b/c.html"])
def test_an_address_of_no_known_shape_is_the_sites_own_missing_page(press, culture, rest):
    press.publish("Còn đăng", "con-dang")
    page = press.get("missing", rest=rest)
    assert page.status_code == 404
    assert page.headers["Cache-Control"] == "no-store"
    assert ("There is no such page" if rest.startswith("en/") else "Không có trang này") in page.text
    assert 'name="q"' in page.text


def test_the_hour_of_withdrawal_holds_without_any_job_and_for_kept_pages(press, culture):
    soon = datetime.now(UTC) + timedelta(seconds=10)
    article = press.publish(secret(press), "chuyen-chua", category_id=culture, unpublish_at=soon)
    press.share(article)
    shown = press.article("chuyen-chua")
    assert shown.status_code == 200
    assert int(shown.headers["Cache-Control"].rpartition("=")[2]) <= 10
    press.get("home")
    while datetime.now(UTC) < soon:
        press.get("home")
    assert leaks(press, "chuyen-chua") == []


def test_an_older_address_and_older_words_are_gone(press, culture):
    article = press.publish(secret(press), "dia-chi-cu", category_id=culture)
    press.article("dia-chi-cu")
    press.rows(
        "UPDATE websites.publication SET slug = 'moi', title = 'Đã sửa', folded = 'da sua' WHERE tenant_id = core.app_tenant() AND id = %s RETURNING id",
        article,
    )
    assert leaks(press, "dia-chi-cu") == []
    assert press.article("moi").status_code == 200


@pytest.mark.parametrize("state", ["offered", "refused"])
def test_the_front_page_holds_what_the_portals_editor_took_only(press, culture, state):
    press.share(press.publish(secret(press), "chuyen-chua", category_id=culture), state=state)
    for address in ("/public/", "/public/feed.atom"):
        assert secret(press) not in press.open(address).text


def test_shared_news_leave_the_front_page_with_their_site(press, culture):
    press.share(press.publish(secret(press), "chuyen-chua", category_id=culture))
    assert secret(press) in press.open("/public/").text
    press.change(is_open=False)
    for address in ("/public/", "/public/feed.atom", f"/public/t/tim-kiem?q={press.code.rpartition('-')[2]}"):
        assert secret(press) not in press.open(address).text


def test_the_views_of_the_province_are_for_reading(press):
    (granted,) = press.rows(
        "SELECT array_agg(DISTINCT privilege_type::text) FROM information_schema.role_table_grants "
        "WHERE table_schema = 'websites' AND table_name IN ('public_site', 'public_article', 'site_article', 'public_cover', 'province_link') "
        "AND grantee = 'lienthong_app'"
    )
    assert granted == (["SELECT"],)


def test_a_search_in_one_site_finds_nothing_of_a_closed_one_nor_of_another_in_scope(press, ground):
    press.publish(secret(press), "chuyen-chua")
    word = press.code.rpartition("-")[2]
    other = Press(ground)

    def found(scope):
        with scope.agency.at_work():
            return public_queries.search(word, START, tenant_id=press.agency.info.id).rows

    assert len(found(press)) == 1
    assert found(other) == []
    assert other.rows(
        "SELECT count(*) FROM websites.site_article WHERE tenant_id = %s", press.agency.info.id
    ) == [(0,)]
    press.change(is_open=False)
    assert found(press) == []
