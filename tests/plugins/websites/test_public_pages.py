"""What the public finds on a site, and in which form."""

import json
import re
from uuid import uuid4

import pytest
from markupsafe import escape

from core.api import db, installed_settings, route_url
from plugins.websites import leader_services, public_province, public_queries
from plugins.websites.models import Category
from tenants import models as registry
from tenants.services import create_unit
from tests.plugins.websites.press import Press


def data_of(page):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    return json.loads(text)


def test_the_home_page_shows_the_newest_and_leads_on(press):
    culture = press.category("Văn hoá", "van-hoa")
    press.publish("Lễ hội áo dài", "le-hoi-ao-dai", category_id=culture, summary="Ba ngày ở Đại Nội.")
    press.publish("Lịch cắt điện", "lich-cat-dien", kind="notice")
    press.publish(
        "Quyết định giao chỉ tiêu", "qd-15", kind="document", symbol="15/2026/QĐ-UBND", issued_on="2026-08-21"
    )
    press.link("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn", heading="Dịch vụ")
    page = press.get("home")
    assert page.status_code == 200
    for said in (
        "Lễ hội áo dài",
        "Ba ngày ở Đại Nội.",
        "Lịch cắt điện",
        "15/2026/QĐ-UBND",
        "21/8/2026",
        "Dịch vụ",
    ):
        assert said in page.text
    assert press.article("le-hoi-ao-dai").status_code == 200
    assert data_of(page)["@type"] == "GovernmentOrganization"


def test_an_article_carries_its_way_date_share_card_and_structured_data(press):
    above = press.category("Đời sống", "doi-song")
    culture = press.category("Văn hoá", "van-hoa", parent_id=above)
    press.publish("Trước đó", "truoc-do", category_id=culture)
    press.publish(
        'Áo dài & "nón lá" </script><b>',
        "ao-dai",
        category_id=culture,
        summary="Tóm tắt",
        body="<p>Thân <em>bài</em></p>",
    )
    page = press.article("ao-dai")
    assert "<p>Thân <em>bài</em></p>" in page.text
    way = page.text[page.text.index("pb-crumbs") : page.text.index("<h1>")]
    assert way.index("Trang chủ") < way.index("Đời sống") < way.index("Văn hoá")
    assert '<meta property="og:type" content="article">' in page.text
    assert (
        f'<link rel="canonical" href="http://localhost:8000{press.url("article", slug="ao-dai")}">'
        in page.text
    )
    assert "Trước đó" in page.text[page.text.index("Cùng mục") :]
    said = data_of(page)
    assert said["@type"] == "NewsArticle"
    assert said["headline"] == 'Áo dài & "nón lá" </script><b>'
    assert "</script><b>" not in page.text


def test_a_category_is_read_page_by_page_and_with_what_is_below_it(press):
    above = press.category("Đời sống", "doi-song")
    below = press.category("Văn hoá", "van-hoa", parent_id=above)
    for number in range(1, 41):
        press.publish(f"Tin số {number}.", f"tin-{number}", category_id=below if number % 2 else above)
    seen, address = [], press.url("category", slug="doi-song")
    pages = []
    while address:
        page = press.open(address)
        pages.append(page)
        seen += [int(number) for number in re.findall(r"Tin số (\d+)\.</a></h2>", page.text)]
        more = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = more[1] if more else ""
    assert seen == list(range(40, 0, -1))
    back = re.search(r'href="([^"]+)" rel="prev"', pages[-1].text)[1]
    assert re.findall(r"Tin số (\d+)\.</a></h2>", press.open(back).text) == [
        str(n) for n in range(25, 10, -1)
    ]
    assert "Tin số 2." not in press.get("category", slug="van-hoa").text


def test_a_category_and_its_feed_hold_all_kinds_that_stand_under_it(press):
    category = press.category("Văn hoá", "van-hoa")
    for kind, title in (
        ("news", "Lễ hội"),
        ("notice", "Cắt điện"),
        ("document", "Kế hoạch"),
        ("page", "Lịch sử"),
    ):
        press.publish(title, f"bai-{kind}", kind=kind, category_id=category)
    page = press.get("category", slug="van-hoa").text.partition("<main")[2].partition("</main")[0]
    feed = press.get("category_feed", slug="van-hoa").text
    for title in ("Lễ hội", "Cắt điện", "Kế hoạch"):
        assert f">{title}<" in page
        assert f"<title>{title}</title>" in feed
    assert "Lịch sử" not in page + feed
    assert "Cắt điện" not in press.get("news").text
    assert "Cắt điện" not in press.get("feed").text


def test_a_category_of_the_first_page_stays_there_when_its_newest_stand_on_top(press):
    category = press.category("Văn hoá", "van-hoa", on_home=True)
    for number in range(1, 11):
        press.publish(f"Tin {number}.", f"tin-{number}", category_id=category)
    home = press.get("home").text
    assert re.findall(r">Tin (\d+)\.<", home) == [str(number) for number in range(10, 2, -1)]
    assert "<h2>Văn hoá</h2>" in home


def test_categories_stand_in_the_order_of_staff_those_below_one_after_it(press):
    press.category("Du lịch", "du-lich", position=1)
    life = press.category("Đời sống", "doi-song", position=0)
    press.category("Thể thao", "the-thao", position=1, parent_id=life)
    press.category("Văn hoá", "van-hoa", position=0, parent_id=life)
    ordered = ["Đời sống", "Văn hoá", "Thể thao", "Du lịch"]
    for number in range(8):  # the front page shows four of them above the sections
        with press.agency.at_work():
            category = Category.get(Category.title == ordered[number % 4])
        press.publish(f"Tin {number}", f"tin-{number}", category_id=category.id)
    headings = re.findall(r"<h2>(.*?)</h2>", press.get("home").text)
    assert [each for each in headings if each in ordered] == ordered
    slugs = ["doi-song", "van-hoa", "the-thao", "du-lich"]
    found = re.findall(r"<loc>[^<]*/chuyen-muc/([^</]+)", press.get("sitemap").text)
    assert [each for each in found if each in slugs] == slugs


def test_an_odd_place_in_a_list_is_a_clear_error(press):
    assert press.get("news", query="?after=xyz").status_code == 400


def test_documents_are_found_by_number_and_words(press):
    press.publish("Giao chỉ tiêu cây xanh", "qd-15", kind="document", symbol="15/2026/QĐ-UBND")
    press.publish("Phòng cháy", "qd-16", kind="document", symbol="16/2026/KH-UBND", body="<p>cây xăng</p>")
    assert "16/2026/KH-UBND" in press.get("documents").text
    found = press.get("documents", query="?q=cay+xanh").text
    assert "15/2026/QĐ-UBND" in found
    assert "16/2026/KH-UBND" not in found


def test_the_menu_leads_to_what_is_published_only(press):
    about = press.menu("Giới thiệu", "url", url="https://example.vn/gioi-thieu")
    hidden = press.draft("Bí mật", "bi-mat")
    shown = press.publish("Lịch sử", "lich-su", kind="page")
    press.menu("Bài nháp", "article", target_id=hidden, parent_id=about)
    press.menu("Lịch sử", "article", target_id=shown, parent_id=about)
    page = press.get("home").text
    assert f'href="{press.url("page", slug="lich-su")}"' in page
    assert "Bài nháp" not in page


def test_the_structure_and_the_leaders_come_from_the_registry(press):
    officer = press.agency.officer(name="Lê Quang Vinh")
    press.rows(
        "UPDATE tenants.membership SET position = 'Chánh Văn phòng' WHERE person_id = %s RETURNING id",
        officer.person_id,
    )
    chair = press.agency.officer(name="Trần Mỹ Hạnh")
    press.rows(
        "UPDATE tenants.membership SET position = 'Chủ tịch UBND' WHERE person_id = %s RETURNING id",
        chair.person_id,
    )
    press.agency.officer(name="Phạm Ngọc Anh")
    press.publish("Cơ cấu tổ chức", "co-cau", kind="page", page_role="structure")
    press.publish("Lãnh đạo", "lanh-dao", kind="page", page_role="leaders")
    structure, leaders = press.article("co-cau", "page").text, press.article("lanh-dao", "page").text
    assert "Văn phòng" in structure
    assert "Chánh Văn phòng: Lê Quang Vinh" in structure
    assert "Trần Mỹ Hạnh" in leaders
    assert "Lê Quang Vinh" not in leaders
    assert "Phạm Ngọc Anh" not in structure + leaders


@pytest.mark.parametrize(
    ("position", "leads"),
    [
        ("Bí thư Đảng uỷ", True), ("Chủ tịch UBND", True), ("Phó Chủ tịch Hội đồng nhân dân", True),
        ("Phó Chủ tịch phụ trách văn hoá - xã hội", True), ("Bí thư Đoàn phường", False),
        ("Phó Bí thư Thành đoàn", False), ("Chủ tịch Công đoàn cơ sở", False), ("Chủ tịch Hội Nông dân", False),
        ("Chủ tịch Liên hiệp Hội phụ nữ", False), ("Phó Chủ tịch Liên đoàn Lao động", False),
        ("Chủ tịch Uỷ ban Mặt trận Tổ quốc", False), ("Chủ tịch Hội", False),
        ("Phó Bí thư thường trực Đoàn xã", False), ("Chủ tịch phường Đoàn Kết", True), ("Bí thư Chi bộ", True),
    ],
)  # fmt: skip
def test_who_leads_a_union_or_an_association_does_not_lead_the_agency(position, leads):
    person = public_queries.PublicPerson(uuid4(), "Lê Đoàn", position, "Văn phòng", uuid4())
    assert public_queries.leads_the_agency(person) is leads


def test_units_of_one_name_have_each_its_own_head_and_its_own_units_below(press):
    units = press.agency.units
    with press.agency.at_work():
        for place in ("Phòng Kinh tế", "Văn phòng"):
            units[f"Tổ của {place}"] = create_unit(
                "Tổ hành chính", code=f"to-{len(units)}", parent_id=units[place]
            ).id
            units[f"Nhóm của {place}"] = create_unit(f"Nhóm {place}", parent_id=units[f"Tổ của {place}"]).id
    for name, place in (("Lê Quang Vinh", "Phòng Kinh tế"), ("Trần Mỹ Hạnh", "Văn phòng")):
        officer = press.agency.officer(name=name, unit=f"Tổ của {place}")
        press.rows(
            "UPDATE tenants.membership SET position = 'Phụ trách' WHERE person_id = %s RETURNING id",
            officer.person_id,
        )
    with press.agency.at_work():
        told = [(unit.name, [head.name for head in unit.heads]) for unit in public_queries.structure()]
    assert told == [
        ("Phòng Kinh tế", []), ("Tổ hành chính", ["Lê Quang Vinh"]), ("Nhóm Phòng Kinh tế", []),
        ("Văn phòng", []), ("Tổ hành chính", ["Trần Mỹ Hạnh"]), ("Nhóm Văn phòng", []),
    ]  # fmt: skip


def test_two_units_of_one_name_in_one_place_keep_their_own_units_below(press):
    with press.agency.at_work():
        for number in (1, 2):
            above = create_unit(
                f"Đội {number}", code=f"doi-{number}", parent_id=press.agency.units["Văn phòng"]
            ).id
            create_unit(f"Tổ {number}", parent_id=above)
        # A file of the province may hold what the pages refuse.
        press.rows("UPDATE tenants.unit SET name = 'Đội' WHERE code LIKE 'doi-%%' RETURNING id")
        told = [unit.name for unit in public_queries.structure() if unit.depth]
    assert told == ["Đội", "Tổ 1", "Đội", "Tổ 2"]


def test_english_pages_hold_what_is_translated_and_name_each_other(press):
    press.publish("Lễ hội", "le-hoi", title_en="Festival", body_en="<p>Three days</p>")
    press.publish("Chỉ tiếng Việt", "chi-tieng-viet")
    assert press.get("en_home").status_code == 404
    press.change(has_english=True, name_en="Thuan Hoa Ward")
    home = press.get("en_home")
    assert 'lang="en"' in home.text
    assert "Festival" in home.text
    assert "Chỉ tiếng Việt" not in home.text
    page = press.get("en_article", slug="le-hoi")
    assert "Three days" in page.text
    for language, name in (("vi", "article"), ("en", "en_article")):
        address = f"http://localhost:8000{press.url(name, slug='le-hoi')}"
        for it in (page, press.article("le-hoi")):
            assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in it.text
    assert press.get("en_article", slug="chi-tieng-viet").status_code == 404
    assert 'hreflang="en" href="http' not in press.article("chi-tieng-viet").text


def test_what_stays_vietnamese_on_an_english_page_is_marked(press):
    press.change(has_english=True, name_en="", address="1 Lê Lợi")
    press.publish("Lễ hội", "le-hoi", title_en="Festival", body_en="<p>Three days</p>", issuer="UBND phường")
    home = press.get("en_home").text
    assert '<b><span lang="vi">UBND phường Thuận Hoá</span></b>' in home
    assert '<span lang="vi">Festival' not in home
    assert '<span lang="vi">UBND phường</span>' in press.get("en_article", slug="le-hoi").text
    press.change(name_en="Thuan Hoa Ward")
    assert "<b>Thuan Hoa Ward</b>" in press.get("en_home").text
    assert 'lang="vi">' not in press.article("le-hoi").text.partition("<main")[2]


def test_words_without_english_are_marked_wherever_an_english_page_shows_them(press):
    press.change(has_english=True, name_en="Thuan Hoa Ward", address="1 Lê <Lợi>", responsible="Trần Mỹ Hạnh")
    above = press.category("Đời sống", "doi-song")
    culture = press.category("Văn hoá", "van-hoa", parent_id=above, on_home=True)
    sport = press.category("Thể thao", "the-thao", title_en="Sport")
    top = press.menu("Giới thiệu", "category", target_id=culture)
    press.menu("Sơ lược", "category", target_id=culture, parent_id=top)
    press.menu("Bản tin", "category", target_id=sport, title_en="Bulletin")
    for number in range(5):  # the front page shows four of them above the sections
        press.publish(
            f"Tin {number}", f"tin-{number}", category_id=sport if number else culture, title_en=f"News {number}",
            summary="Ba ngày.", body_en="<p>Three days</p>",
        )  # fmt: skip

    def spoken(text):
        return f'<span lang="vi">{text}</span>'

    home = press.get("en_home").text
    for words in ("Giới thiệu", "Sơ lược"):
        assert home.count(f">{spoken(words)}</a>") == 2  # in the wide menu and in the small one
    assert ">Bulletin</a>" in home
    assert f"<h2>{spoken('Văn hoá')}</h2>" in home
    assert f'<p class="pb-summary">{spoken("Ba ngày.")}</p>' in home
    foot = home.partition("<footer")[2]
    assert f"Address: {spoken('1 Lê &lt;Lợi&gt;')}" in foot
    assert spoken("Trần Mỹ Hạnh") in foot
    assert f"<h1>{spoken('Văn hoá')}</h1>" in press.get("en_category", slug="van-hoa").text
    article = press.get("en_article", slug="tin-0").text
    assert f">{spoken('Đời sống')}</a>" in article
    assert f'<p class="pb-abstract">{spoken("Ba ngày.")}</p>' in article
    assert "<h1>News 0</h1>" in article
    assert "<h1>Sport</h1>" in press.get("en_category", slug="the-thao").text
    assert 'lang="vi"' not in press.get("home").text.partition("<body>")[2]


def test_the_english_list_of_agencies_tells_english_names_from_vietnamese_ones(press):
    press.change(has_english=True, name_en="Thuan Hoa Ward")
    agencies = press.open(route_url("websites.public_en_agencies")).text
    assert f'<a href="{press.url("en_home")}" lang="en">Thuan Hoa Ward</a>' in agencies
    press.change(name_en="")
    agencies = press.open(route_url("websites.public_en_agencies")).text
    assert f'<a href="{press.url("en_home")}">' in agencies


def test_a_page_needs_no_script_and_no_staff_style(press):
    press.publish("Tin", "tin-1")
    page = press.article("tin-1").text
    assert "tabler" not in page
    assert "lienthong." not in page
    assert "htmx" not in page
    assert page.count("<script src=") == 1


@pytest.mark.parametrize("palette", ["river", "no-such-colour"])
def test_a_site_takes_one_of_the_known_palettes(ground, palette):
    shown = Press(ground, palette=palette).get("home").text
    assert f'data-palette="{"river" if palette == "river" else "indigo"}"' in shown


def test_the_foot_of_a_site_leads_to_the_portal_by_the_name_of_this_province_or_city(ground):
    press = Press(ground, has_english=True)
    name = installed_settings().province_name
    inside = name.replace("Thành phố", "thành phố")
    assert f'<a href="/public/">Cổng thông tin {inside}</a>' in press.get("home").text
    english = f"{name.removeprefix('Thành phố ')} City"
    assert f">Portal of {english}</a>" in press.get("en_home").text


def test_the_foot_of_the_province_is_that_of_its_own_open_site(ground):
    Press(ground, kind="province", responsible="Trần Mỹ Hạnh", address="16 Lê Lợi", phone="0234 111 222")
    with ground.agency("websites").at_work():
        stored = (
            public_queries.province_foot()
        )  # of the first committee: an installation has one, the tests many
    text = ground.client.simulate_get("/public/").text
    foot = text[text.index("<footer") :]
    inside = installed_settings().province_name.replace("Thành phố", "thành phố")
    assert f"<b>Cổng thông tin điện tử {inside}</b>" in foot
    assert any(stored)
    for line in filter(None, stored):
        assert str(escape(line)) in foot


def test_leaders_are_shown_with_what_the_agency_says_of_them(press):
    chief = press.agency.officer()
    with press.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET position = 'Chủ tịch UBND' WHERE person_id = %s",
            (chief.person_id,),
        )
        person = next(each for each in public_queries.leaders() if each.id == chief.person_id)
    press.publish("Lãnh đạo", "lanh-dao", kind="page", page_role="leaders")
    assert "Phụ trách:" not in press.article("lanh-dao", "page").text
    with press.agency.officer("websites.administrator").working() as ctx:
        leader_services.describe_leader(
            ctx, person, version=0, biography="Sinh 1975.\nQuê Huế.", duties="Y tế <b>"
        )
    text = press.article("lanh-dao", "page").text
    assert "Y tế &lt;b&gt;" in text
    assert "Sinh 1975.<br>Quê Huế." in text


def test_links_without_a_heading_stand_first_and_repeat_none(press):
    press.link("Công báo", "https://congbao.chinhphu.vn", heading="Văn bản", position=0)
    press.link("Cổng quốc gia", "https://dichvucong.gov.vn", position=1)
    text = press.get("home").text
    assert text.index("Cổng quốc gia") < text.index("Công báo")
    assert text.count(">Liên kết<") == 1


def test_a_link_has_its_english_title_on_english_pages(ground):
    press = Press(ground, kind="province")
    press.change(has_english=True)
    press.link("Cổng quốc gia", "https://dichvucong.gov.vn", title_en="National portal")
    press.link("Công báo", "https://congbao.chinhphu.vn")
    for english in (press.get("en_home").text, press.open(route_url("websites.public_en_province")).text):
        links = re.findall(r'rel="noopener">(.*?)</a>', english)
        assert links == ["National portal", '<span lang="vi">Công báo</span>']
    assert "Cổng quốc gia" in press.get("home").text


def test_the_province_names_the_kinds_of_agencies_as_the_registry_does():
    assert list(public_province.KINDS.items()) == list(registry.KINDS.items())


def test_the_english_front_page_leads_to_vietnamese_news_while_there_is_no_other(ground, monkeypatch):
    press = Press(ground)
    press.share(press.publish("Lễ hội áo dài", "le-hoi-ao-dai", summary="Ở cầu Trường Tiền."))
    asked = public_queries.province_news
    monkeypatch.setattr(
        public_queries, "province_news", lambda limit, english=False: [] if english else asked(limit)
    )
    page = press.open(route_url("websites.public_en_province")).text
    assert "There is no news in English yet" in page
    news = page.partition('<div lang="vi">')[2]
    assert f'href="{press.url("article", slug="le-hoi-ao-dai")}"' in news
    city = installed_settings().province_name.removeprefix("Thành phố ")
    assert f'<h1 id="title">Public portal of {city} City</h1>' in page
    assert f"<title>Public portal of {city} City</title>" in page
    assert "Thành phố" not in page.partition("<body>")[2].partition("<main")[0]
