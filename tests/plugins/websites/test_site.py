"""The site itself: from nothing to open, its parts, its leaders, and where the module is off."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from core.db import db
from core.events import emit
from core.i18n import reading_as
from core.web.errors import Invalid
from plugins.websites import queries, services, site_queries, site_services
from plugins.websites.events import SiteArranged
from plugins.websites.models import Article, Category, Link, MenuItem, Site
from tenants import audit_queries
from tenants import services as tenants

# ---- from nothing to open


def test_a_new_site_is_closed_with_the_usual_parts_and_is_made_once(newsroom):
    with newsroom.agency.at_work():
        for _again in range(2):
            site_services.prepare(newsroom.agency.info)
        assert not Site.select().get().is_open
        assert Site.select().count() == 1
        assert [row.title for row in queries.categories()][:2] == ["Tin tức, sự kiện", "Chỉ đạo, điều hành"]
        pages = {row.page_role: row for row in Article.select()}
        assert set(pages) == {"introduction", "structure", "leaders"}
        assert newsroom.agency.info.name in pages["introduction"].body
        assert MenuItem.select().count() == 7
        # Switching English on later, the site greets in English: the platform knows the words.
        assert Category.get(Category.title == "Tin tức, sự kiện").title_en == "News and events"
        assert [item.title_en for item in MenuItem.select().where(MenuItem.title_en == "")] == []
    assert all(newsroom.shown(page.id) is None for page in pages.values())


def test_a_site_switched_on_by_a_reader_of_english_is_vietnamese(ground):
    agency = ground.agency()
    with agency.at_work(), reading_as("en"):
        tenants.enable_module("websites")
        made = {page.title: (page.slug, page.body) for page in Article.select()}
    assert set(made) == {"Giới thiệu chung", "Cơ cấu tổ chức", "Lãnh đạo cơ quan"}
    slug, body = made["Giới thiệu chung"]
    assert slug == "gioi-thieu-chung"
    assert "thực hiện chức năng, nhiệm vụ" in body


def test_switching_off_and_on_keeps_what_was_made(newsroom):
    with newsroom.administrator.working() as ctx:
        site_services.add_category(ctx, title="Du lịch")
    newsroom.agency.switch("websites", on=False)
    newsroom.agency.switch("websites", on=True)
    with newsroom.agency.at_work():
        assert Category.select().where(Category.title == "Du lịch").count() == 1


def test_an_administrator_opens_a_site_from_nothing_by_four_presses(newsroom):
    hanh = newsroom.administrator
    page = hanh.get("websites.site").text
    assert re.search(r"<button[^>]*disabled[^>]*>.*Mở trang cho công chúng", page)
    refused = hanh.post("websites.open_site")
    assert refused.status_code == 422
    form = {
        "version": "1",
        "name": "Phường Thuận Hoá",
        "responsible": "Trần Mỹ Hạnh, Phó Chủ tịch",
        "address": "1 Lê Lợi",
        "phone": "0234 000 000",
        "palette": "indigo",
    }
    assert hanh.post("websites.settings", form).status_code == 303
    assert hanh.post("websites.publish_pages").status_code == 303
    assert hanh.post("websites.open_site").status_code == 303
    assert "Đang mở cho công chúng" in hanh.get("websites.site").text
    plan = hanh.get("websites.close_site").text
    assert "Người dân không mở được 3 bài, trang đang đăng nữa." in plan
    assert hanh.post("websites.close_site").status_code == 303


def test_an_open_site_blocks_switching_the_module_off(newsroom):
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    with pytest.raises(Exception, match="Trang đang mở cho công chúng"):
        newsroom.agency.switch("websites", on=False)


def test_settings_saved_by_two_are_shown_to_the_second(newsroom):
    hanh, form = newsroom.administrator, {"version": "1", "name": "Một", "palette": "indigo"}
    assert hanh.post("websites.settings", form).status_code == 303
    second = newsroom.another("administrator").post("websites.settings", {**form, "name": "Hai"})
    assert second.status_code == 409
    assert "vừa sửa" in second.text
    assert 0 < second.text.index("Một") < second.text.index("Lấy bản của bạn") < second.text.rindex("Hai")
    assert "Chính bạn vừa lưu bản khác" in hanh.post("websites.settings", {**form, "name": "Ba"}).text


def test_who_saves_a_category_second_is_told_who_was_first(newsroom):
    first, second = newsroom.administrator, newsroom.another("administrator")
    with newsroom.agency.at_work():
        category = Category.select().first()
    form = {"version": str(category.version), "title": "Tin sở"}
    assert first.post("websites.category_line", form, line_id=category.id).status_code == 303
    told = second.post("websites.category_line", {**form, "title": "Tin xã"}, line_id=category.id)
    assert told.status_code == 409
    assert re.search(rf"{first.name} vừa sửa mục này lúc [\d/]+ \d\d:\d\d", told.text)
    own = first.post("websites.category_line", {**form, "title": "Tin phường"}, line_id=category.id)
    assert "Chính bạn vừa lưu bản khác" in own.text
    refused = second.post(
        "websites.category_line",
        {**form, "title": "", "lt_take_title": "typed", "lt_stored_title": "Tin sở", "lt_before": "-"},
        line_id=category.id,
    )
    assert refused.status_code == 422
    assert 'name="lt_take_title" value="typed" checked' in refused.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("palette", "red"),
        ("phone", "abc"),
        ("logo_id", "00000000-0000-7000-8000-000000000009"),
        ("name", ""),
        ("logo_id", "x"),
    ],
)
def test_settings_that_cannot_be_come_back_with_their_field(newsroom, field, value):
    form = {"version": "1", "name": "Tên", "palette": "indigo", "licence": "Số 0234", field: value}
    answer = newsroom.administrator.post("websites.settings", form)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert 'value="Số 0234"' in answer.text


@pytest.mark.parametrize(
    "route", ["site", "settings", "categories", "menu", "links", "domain", "pictures", "articles"]
)
def test_every_page_of_the_administrator_opens_and_is_not_for_authors(newsroom, route):
    assert newsroom.administrator.get(f"websites.{route}").status_code == 200
    allowed = route in ("pictures", "articles")
    assert newsroom.author.get(f"websites.{route}").status_code == (200 if allowed else 403)


# ---- categories, menu, links


def test_categories_have_two_levels_and_go_only_when_empty(newsroom):
    hanh = newsroom.administrator
    assert hanh.post("websites.categories", {"title": "Du lịch", "on_home": "on"}).status_code == 303
    with newsroom.agency.at_work():
        top = Category.get(Category.title == "Du lịch")
    assert (top.slug, top.on_home) == ("du-lich", True)
    assert hanh.post("websites.categories", {"title": "Biển", "parent_id": str(top.id)}).status_code == 303
    with newsroom.agency.at_work():
        below = Category.get(Category.title == "Biển")
    third = hanh.post("websites.categories", {"title": "Lặn", "parent_id": str(below.id)})
    assert third.status_code == 422
    assert "Chuyên mục chỉ có hai cấp." in third.text
    assert hanh.post("websites.category_delete", line_id=top.id).status_code == 422
    newsroom.article(category_id=below.id)
    assert hanh.post("websites.category_delete", line_id=below.id).status_code == 422
    renamed = {"title": "Biển đảo", "version": "1", "parent_id": str(top.id)}
    assert hanh.post("websites.category_line", renamed, line_id=below.id).status_code == 303
    with newsroom.agency.at_work():
        assert Category.get_by_id(below.id).slug == "bien"
    loop = {"title": "Du lịch", "version": "1", "parent_id": str(below.id)}
    assert hanh.post("websites.category_line", loop, line_id=top.id).status_code == 422


def test_a_category_that_the_public_still_finds_an_article_in_is_not_deleted(newsroom):
    hanh = newsroom.administrator
    with hanh.working() as ctx:
        for title in ("Du lịch", "Biển"):
            site_services.add_category(ctx, title=title)
        old, new = (Category.get(Category.title == title).id for title in ("Du lịch", "Biển"))
    article_id = newsroom.article(category_id=old, state="published")
    newsroom.change(newsroom.editor, article_id, title="Biển xanh")
    with hanh.working():
        Article.update(category_id=new).where(Article.id == article_id).execute()
    answer = hanh.post("websites.category_delete", line_id=old)
    assert answer.status_code == 422
    assert "tính cả bản đang đăng" in answer.text


def test_a_category_under_which_somebody_is_putting_an_article_is_not_deleted(newsroom):
    hanh, author = newsroom.administrator, newsroom.author
    with hanh.working() as ctx:
        site_services.add_category(ctx, title="Du lịch")
        category_id = Category.get(Category.title == "Du lịch").id
    article_id = newsroom.article()
    written, go_on = threading.Event(), threading.Event()

    def put_under_it():
        with author.working():
            Article.update(category_id=category_id).where(Article.id == article_id).execute()
            written.set()
            go_on.wait(10)

    with ThreadPoolExecutor(2) as pool:
        put = pool.submit(put_under_it)
        assert written.wait(10)
        deleted = pool.submit(lambda: hanh.post("websites.category_delete", line_id=category_id))
        time.sleep(0.5)  # it waits for the other transaction meanwhile
        go_on.set()
        put.result(20)
        answer = deleted.result(20)
    assert answer.status_code == 422
    assert "Chuyên mục còn bài" in answer.text


def test_an_article_is_not_put_under_a_category_that_is_being_deleted(newsroom):
    hanh, author, article_id = newsroom.administrator, newsroom.author, newsroom.article()
    article = newsroom.stored(article_id)
    texts = {name: getattr(article, name) for name in services.TEXTS}
    with hanh.working() as ctx:
        site_services.add_category(ctx, title="Du lịch")
        category_id = Category.get(Category.title == "Du lịch").id

    def put_under_it():
        with author.working() as ctx:
            services.change_article(
                ctx, article_id, version=article.version, category_id=category_id, **texts
            )

    with ThreadPoolExecutor(1) as pool:
        with hanh.working() as ctx:
            site_services.delete_category(ctx, category_id)
            put = pool.submit(put_under_it)
            time.sleep(0.5)  # it waits for this transaction meanwhile
        with pytest.raises(Invalid) as refused:
            put.result(20)
    assert set(refused.value.errors) == {"category_id"}


def test_what_is_added_at_the_end_stands_at_the_end(newsroom):
    with newsroom.administrator.working() as ctx:
        first, second, *_rest = queries.categories()
        site_services.delete_category(ctx, second.id)
        site_services.add_category(ctx, title="Du lịch")
        assert site_services.category_titled("Ảnh") == queries.categories()[-1].id
        assert [row.title for row in queries.categories()][-2:] == ["Du lịch", "Ảnh"]
        for title in ("Biển", "Núi"):
            site_services.add_category(ctx, title=title, parent_id=first.id)
        moved = queries.categories()[-2]
        said = {"title": "Du lịch", "version": 1, "parent_id": first.id}
        site_services.change_category(ctx, moved.id, **said)
        below = [row.title for row in queries.categories() if row.parent_id == first.id]
        assert below == ["Biển", "Núi", "Du lịch"]
        for each in ("A", "B", "C"):
            site_services.add_link(ctx, title=each, url="https://a.example")
        site_services.delete_link(ctx, Link.get(Link.title == "A").id)
        site_services.add_link(ctx, title="D", url="https://a.example")
        site_services.delete_menu_item(ctx, menu_line(newsroom, "Trang chủ").id)
        site_services.add_menu_item(ctx, title="Cuối", target="home")
        links = [row.title for row in Link.select().order_by(Link.position, Link.title.desc())]
        assert links == ["B", "C", "D"]
        assert site_queries.menu()[-1].title == "Cuối"
        positions = [row.position for row in MenuItem.select().where(MenuItem.parent_id.is_null())]
        assert len(set(positions)) == len(positions)


def test_the_first_line_of_its_level_is_not_offered_to_move_up(newsroom):
    with newsroom.agency.at_work():
        Category.delete().execute()
        above = Category.create(title="Đời sống", slug="doi-song")
        for position, title in enumerate(("Văn hoá", "Thể thao")):
            Category.create(title=title, slug=f"c-{position}", position=position, parent_id=above.id)
        last = Category.create(title="Du lịch", slug="du-lich", position=1)
        second = Category.get(Category.title == "Thể thao")
    page = newsroom.administrator.get("websites.categories").text
    urls = [newsroom.agency.url("websites.category_up", line_id=each.id) for each in (second, last)]
    assert page.count("Chuyển lên") == 2
    assert all(url in page for url in urls)


def test_lines_move_up_one_by_one(newsroom):
    with newsroom.administrator.working() as ctx:
        titles = [row.title for row in site_queries.menu() if row.parent_id is None]
        last = next(row for row in site_queries.menu() if row.title == titles[-1])
        for _step in range(len(titles) + 2):
            site_services.move_up(ctx, "menu_item", last.id)
        assert [row.title for row in site_queries.menu() if row.parent_id is None] == [
            titles[-1],
            *titles[:-1],
        ]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"target": "category"}, "category_id"),
        ({"target": "article", "article_id": "00000000-0000-7000-8000-000000000009"}, "article_id"),
        ({"target": "url", "url": "javascript:alert(1)"}, "url"),
        ({"target": "url", "url": "//evil.example"}, "url"),
        ({"target": "elsewhere"}, "target"),
        ({"target": "home", "parent_id": str(uuid4())}, "parent_id"),
    ],
)
def test_a_menu_line_leads_somewhere(newsroom, form, field):
    answer = newsroom.administrator.post("websites.menu", {"title": "Dòng", **form})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text


def test_each_target_of_the_menu_has_its_own_field(newsroom):
    page = newsroom.administrator.get("websites.menu").text
    target = page.partition('id="f-target"')[2].partition("</fieldset>")[0]
    for value, field in (("category", "category_id"), ("article", "article_id"), ("url", "url")):
        own = target.partition(f'value="{value}"')[2].partition('class="lt-check"')[0]
        assert f'id="f-{field}"' in own
        assert own.count('class="lt-for"') == 1
    assert "không bắt buộc" not in target


def test_an_open_site_keeps_what_it_had_to_have(newsroom):
    with newsroom.agency.at_work():
        Site.update(is_open=True, responsible="Bà Hạnh", address="1 Lê Lợi", phone="0234").execute()
        version = site_queries.site().version
    page = newsroom.administrator.get("websites.settings").text
    for field in ("responsible", "address"):
        assert "không bắt buộc" not in page.partition(f'for="f-{field}"')[2].partition("</label>")[0]
    form = {
        "version": str(version),
        "name": "Trang",
        "responsible": "",
        "address": "1 Lê Lợi",
        "phone": "",
        "email": "",
    }
    answer = newsroom.administrator.post("websites.settings", form)
    assert answer.status_code == 422
    assert {'href="#f-responsible"' in answer.text, 'href="#f-phone"' in answer.text} == {True}
    assert 'href="#f-address"' not in answer.text


def test_two_categories_of_one_name_are_one_too_many(newsroom):
    hanh = newsroom.administrator
    hanh.post("websites.categories", {"title": "Du lịch"})
    second = hanh.post("websites.categories", {"title": " du  LICH "})
    assert second.status_code == 422
    assert "Trang đã có chuyên mục “Du lịch”. Đặt tên khác." in second.text
    hanh.post("websites.categories", {"title": "Biển"})
    with newsroom.agency.at_work():
        sea = Category.get(Category.title == "Biển")
    form = {"title": "Du lịch", "version": str(sea.version)}
    assert hanh.post("websites.category_line", form, line_id=sea.id).status_code == 422
    # A name may get its accents right.
    form["title"] = "BIỂN"
    assert hanh.post("websites.category_line", form, line_id=sea.id).status_code == 303


def arranged(newsroom):
    """Return what was done to the site's lines, oldest first."""
    with newsroom.agency.at_work():
        return db.execute_sql(
            "SELECT data->>'what', data->>'title' FROM core.audit_entry WHERE event = 'websites.site_arranged' "
            "AND tenant_id = core.app_tenant() ORDER BY id"
        ).fetchall()


def menu_line(newsroom, title):
    with newsroom.agency.at_work():
        return next(row for row in site_queries.menu() if row.title == title)


def test_what_goes_with_a_line_of_the_menu_is_told_before(newsroom):
    hanh, about = newsroom.administrator, menu_line(newsroom, "Giới thiệu")
    plan = hanh.get("websites.menu_delete", line_id=about.id).text
    assert "2 dòng nằm dưới cũng bị bỏ: “Cơ cấu tổ chức”, “Lãnh đạo cơ quan”." in plan
    assert menu_line(newsroom, "Lãnh đạo cơ quan")
    assert hanh.post("websites.menu_delete", line_id=about.id).status_code == 303
    with newsroom.agency.at_work():
        assert not {"Giới thiệu", "Lãnh đạo cơ quan"} & {row.title for row in site_queries.menu()}
    alone = menu_line(newsroom, "Văn bản")
    assert "nằm dưới" not in hanh.get("websites.menu_delete", line_id=alone.id).text


def test_a_line_of_the_menu_is_changed_where_it_stands(newsroom):
    hanh, line = newsroom.administrator, menu_line(newsroom, "Văn bản")
    page = hanh.get("websites.menu_line", line_id=line.id).text
    assert 'value="Văn bản"' in page
    assert f'<option value="{line.id}"' not in page
    form = {"title": "Công báo", "target": "url", "url": "https://congbao.example", "version": "1"}
    assert hanh.post("websites.menu_line", form, line_id=line.id).status_code == 303
    with newsroom.agency.at_work():
        rows = site_queries.menu()
    assert [row.title for row in rows][-2:] == ["Công báo", "Các thông báo"]
    assert (rows[-2].target, rows[-2].url) == ("url", "https://congbao.example")
    assert arranged(newsroom)[-1] == ("menu_item_changed", "Công báo")
    second = newsroom.another("administrator").post(
        "websites.menu_line", {**form, "title": "Báo"}, line_id=line.id
    )
    assert second.status_code == 409
    assert f"{hanh.name} vừa sửa mục này lúc" in second.text


def test_a_line_with_lines_below_stays_on_the_first_level(newsroom):
    hanh, about, home = (
        newsroom.administrator,
        menu_line(newsroom, "Giới thiệu"),
        menu_line(newsroom, "Trang chủ"),
    )
    form = {"title": "Giới thiệu", "target": "home", "version": "1"}
    for parent in (home.id, about.id):
        answer = hanh.post("websites.menu_line", {**form, "parent_id": str(parent)}, line_id=about.id)
        assert answer.status_code == 422
        assert "Menu chỉ có hai cấp." in answer.text
    notices = menu_line(newsroom, "Các thông báo")
    form = {"title": "Thông báo", "target": "notices", "version": "1", "parent_id": str(about.id)}
    assert hanh.post("websites.menu_line", form, line_id=notices.id).status_code == 303
    with newsroom.agency.at_work():
        assert site_queries.menu_below(about.id)[-1] == "Thông báo"


def test_a_link_is_changed_and_goes_after_asking(newsroom):
    hanh = newsroom.administrator
    hanh.post("websites.links", {"title": "Cổng", "url": "https://cong.example"})
    with newsroom.agency.at_work():
        link_id = site_queries.links()[-1].id
    form = {"title": "Cổng dịch vụ công", "url": "https://dvc.example", "heading": "Tỉnh", "version": "1"}
    wrong = hanh.post("websites.link_line", {**form, "url": "javascript:x"}, line_id=link_id)
    assert wrong.status_code == 422
    assert hanh.post("websites.link_line", form, line_id=link_id).status_code == 303
    assert hanh.post("websites.link_line", form, line_id=link_id).status_code == 409
    assert "Bỏ “Cổng dịch vụ công”?" in hanh.get("websites.link_delete", line_id=link_id).text
    assert hanh.post("websites.link_delete", line_id=link_id).status_code == 303
    with newsroom.agency.at_work():
        assert not site_queries.links()


def test_a_link_is_a_web_address(newsroom):
    hanh = newsroom.administrator
    assert hanh.post("websites.links", {"title": "Cổng", "url": "javascript:x"}).status_code == 422
    assert (
        hanh.post(
            "websites.links", {"title": "Cổng dịch vụ công", "url": "https://dichvucong.gov.vn"}
        ).status_code
        == 303
    )
    assert "Cổng dịch vụ công" in hanh.get("websites.links").text


# ---- leaders


def test_the_agency_says_of_its_leaders_what_the_registry_does_not_know(newsroom, ground):
    admin = newsroom.administrator
    with newsroom.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET position = 'Phó Chủ tịch UBND' WHERE person_id = %s",
            (newsroom.publisher.person_id,),
        )
    chief = newsroom.publisher
    assert "Chưa có" in admin.get("websites.leaders").text
    form = {"version": "0", "biography": "Sinh năm 1975.\nQuê Quảng Điền.", "duties": "Văn hoá, <b>y tế</b>"}
    assert admin.post("websites.leader", form, person_id=chief.person_id).status_code == 303
    second = admin.post("websites.leader", {**form, "duties": "Đất đai"}, person_id=chief.person_id)
    assert second.status_code == 409
    assert "Chính bạn vừa lưu bản khác" in second.text
    other = newsroom.another("administrator").post(
        "websites.leader", {**form, "duties": "Đất đai"}, person_id=chief.person_id
    )
    assert re.search(rf"{admin.name} vừa sửa mục này lúc [\d/]+ \d\d:\d\d", other.text)
    assert "Đất đai" in other.text
    assert "Đã có" in admin.get("websites.leaders").text
    assert newsroom.author.get("websites.leaders").status_code == 403
    assert admin.post("websites.leader", form, person_id=newsroom.author.person_id).status_code == 404
    too_long = admin.post(
        "websites.leader", {**form, "version": "1", "duties": "x" * 2001}, person_id=chief.person_id
    )
    assert too_long.status_code == 422
    assert 'href="#f-duties"' in too_long.text


# ---- history


def test_the_history_is_read_in_the_language_of_the_reader_not_of_who_acted(newsroom):
    with newsroom.administrator.working() as ctx, reading_as("en"):
        site_services.add_category(ctx, title="Du lịch")
    with newsroom.agency.at_work():
        emit(SiteArranged(what="bỏ liên kết", title="Từ trước khi có mã"))
        for language, told in (
            ("vi", {"sắp xếp trang: thêm chuyên mục “Du lịch”", "sắp xếp trang: bỏ liên kết “Từ trước khi có mã”"}),
            ("en", {"arranged the site: added the category “Du lịch”", "arranged the site: removed the link “Từ trước khi có mã”"}),
        ):  # fmt: skip
            with reading_as(language):
                assert told <= {
                    line.shown.text for line in audit_queries.entries(object_type="websites.site")
                }


def test_the_history_names_the_fields_of_a_site_as_its_form_does(newsroom):
    form = {
        "version": "1",
        "name": "Phường",
        "palette": "indigo",
        "has_english": "on",
        "phone": "0234 000 000",
    }
    assert newsroom.administrator.post("websites.settings", form).status_code == 303
    with newsroom.agency.at_work():
        for language, told in (("vi", "Trang có bản tiếng Anh"), ("en", "The site has an English version")):
            with reading_as(language):
                (line,) = [
                    each.shown.text
                    for each in audit_queries.entries(object_type="websites.site")
                    if each.event == "websites.site_changed"
                ]
            assert told in line
            assert "has_english" not in line


def test_an_english_site_says_what_it_still_shows_in_vietnamese(newsroom):
    hanh, form = newsroom.administrator, {"version": "1", "name": "Phường", "palette": "indigo"}
    assert hanh.post("websites.settings", form).status_code == 303
    assert "còn hiện bằng tiếng Việt" not in hanh.get("websites.settings").text
    assert hanh.post("websites.settings", {**form, "version": "2", "has_english": "on"}).status_code == 303
    assert "còn hiện bằng tiếng Việt: Phường." in hanh.get("websites.settings").text


# ---- where the module is off


def test_nothing_is_published_where_the_module_is_off_and_it_comes_later(newsroom):
    article_id = newsroom.article(state="scheduled")
    newsroom.let_time_pass(publish_at="2 days")
    newsroom.agency.switch("websites", on=False)
    dispatcher = newsroom.agency.ground.platform.dispatcher
    with db.connection_context():
        assert "websites" not in dispatcher.effective_for(newsroom.agency.info.id)
    assert newsroom.shown(article_id) is None
    newsroom.agency.switch("websites", on=True)
    newsroom.run_job()
    assert newsroom.shown(article_id) is not None


def test_a_set_time_brings_its_own_job(newsroom):
    newsroom.article(state="scheduled")
    with newsroom.agency.at_work():
        (count,) = db.execute_sql(
            "SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = 'websites.publish_due' AND queue_name = %s "
            "AND scheduled_at > now() + interval '20 hours'",
            (str(newsroom.agency.info.id),),
        ).fetchone()
    assert count == 1


def test_the_administrator_sees_what_is_open_in_a_module_and_what_all_stand_on(ground):
    agency = ground.agency("websites", "press_issues")
    admin = agency.officer("tenants.admin")
    words = " ".join(re.sub(r"<[^>]+>", " ", admin.get("tenants.modules").text).split())
    _before, _title, voice = words.partition(" Tiếng nói của dân ")
    voice, _title, quality = voice.partition(" Chất lượng và kênh liên lạc ")
    quality, _title, base = quality.partition(" Nền tảng ")
    assert "Sự việc báo nêu" in voice
    assert "Trang thông tin điện tử" in quality
    assert re.search(r"Vụ việc và thời hạn .{20,300} Luôn bật Nền cho 1 phân hệ. Có mục “Việc của tôi”", base)
    only = " ".join(
        re.sub(r"<[^>]+>", " ", admin.follow(agency.url("tenants.modules") + "?tab=off").text).split()
    )
    assert "Luôn bật" not in only


def test_the_plan_of_switching_on_names_only_lines_of_this_agency_s_menu(ground):
    ward, province = ground.agency("websites"), ground.agency("websites", kind="province")
    for agency, named in ((ward, False), (province, True)):
        text = agency.officer("tenants.admin").get("tenants.module_disable", key="websites").text
        assert "“Trang thông tin điện tử”" in text
        assert "Tên miền riêng của cơ quan" not in text
        assert ("Trang chủ chung" in text) == named
    editor = ward.officer("websites.portal_editor", "websites.author")
    assert "Trang chủ chung" not in editor.get("websites.articles").text
