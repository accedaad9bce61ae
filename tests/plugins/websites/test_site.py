"""The site itself: from nothing to open, its parts, its pictures, its own domain, and what it offers to the province."""

import io
import re
import threading
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from PIL import Image

from core import audit
from core.db import db, scope
from core.db.scope import PLATFORM
from core.events import emit
from core.i18n import reading_as
from core.web.errors import Forbidden, NotFound
from core.web.request import SESSION_COOKIE
from core.web.uploads import Upload
from plugins.files import api as files
from plugins.websites import domain_services, public_queries, queries, services, site_queries, site_services
from plugins.websites.events import SiteArranged
from plugins.websites.models import Article, Category, Domain, FrontItem, MenuItem, Site
from tenants import services as tenants
from tenants.models import today
from tests.plugins.websites.newsroom import Newsroom


def picture_bytes(colour="navy", size=(64, 48)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def add_picture(newsroom, alt="Bến thuyền", content=None):
    content = content or picture_bytes()
    with newsroom.author.working() as ctx:
        return site_services.add_picture(
            ctx, Upload("ben.png", len(content), io.BytesIO(content)), alt=alt
        ).id


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
    assert all(newsroom.shown(page.id) is None for page in pages.values())


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
    assert "<td>Một</td><td>Hai</td>" in second.text


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
    assert hanh.post("websites.category_delete", category_id=top.id).status_code == 422
    newsroom.article(category_id=below.id)
    assert hanh.post("websites.category_delete", category_id=below.id).status_code == 422
    renamed = {"title": "Biển đảo", "version": "1", "parent_id": str(top.id)}
    assert hanh.post("websites.category_form", renamed, category_id=below.id).status_code == 303
    with newsroom.agency.at_work():
        assert Category.get_by_id(below.id).slug == "bien"
    loop = {"title": "Du lịch", "version": "1", "parent_id": str(below.id)}
    assert hanh.post("websites.category_form", loop, category_id=top.id).status_code == 422


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


# ---- pictures


def send_picture(officer, route, content, *, alt="Bến thuyền", name="ben.png"):
    boundary = "xxBOUNDARYxx"
    fields = {"alt": alt, "caption": "Ảnh: Lan", "csrf_token": officer.csrf_token}
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    )
    body += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode() + content + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
    return officer.agency.ground.client.simulate_post(
        officer.agency.url(route),
        body=body,
        headers={
            "Cookie": f"{SESSION_COOKIE}={officer.token}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        },
    )


def test_a_picture_needs_its_words_and_must_be_one(newsroom):
    lan = newsroom.author
    assert send_picture(lan, "websites.pictures", picture_bytes()).status_code == 303
    assert "Bến thuyền" in lan.get("websites.pictures", query={"q": "ben thuyen"}).text
    without = send_picture(lan, "websites.pictures", picture_bytes(), alt=" ")
    assert without.status_code == 422
    assert 'href="#f-alt"' in without.text
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", b"", b"MZ\x90\x00"):
        lying = send_picture(lan, "websites.pictures", content)
        assert lying.status_code == 422
        assert 'href="#f-file"' in lying.text


def test_the_editor_reads_and_fills_the_library(newsroom):
    lan = newsroom.author
    made = send_picture(lan, "websites.api_pictures", picture_bytes())
    assert made.status_code == 201
    (item,) = lan.get("websites.api_pictures", query={"q": "ben"}).json["items"]
    assert (item["id"], item["alt"], item["width"]) == (made.json["id"], "Bến thuyền", 64)
    shown = lan.follow(item["small"])
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/webp"
    assert lan.get("websites.picture_image", picture_id=item["id"]).status_code == 302


def public_status(newsroom, picture_id):
    with newsroom.agency.at_work():
        file_id = site_queries.picture(picture_id).file_id
    url = files.public_rendition_url(newsroom.agency.info.code, file_id, 320)
    return newsroom.agency.ground.client.simulate_get(url).status_code


def test_the_public_sees_a_picture_only_while_something_public_shows_it(newsroom):
    cover, inside, other = (add_picture(newsroom, alt) for alt in ("Bìa", "Trong bài", "Không dùng"))
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    body = f'<p>x</p><figure><img src="picture:{inside}" alt="Trong bài"></figure>'
    article_id = newsroom.article(cover_id=cover, body=body, state="approval")
    assert [public_status(newsroom, each) for each in (cover, inside, other)] == [404, 404, 404]
    with newsroom.publisher.working() as ctx:
        services.publish_article(ctx, article_id, version=queries.article(article_id).version)
    assert [public_status(newsroom, each) for each in (cover, inside, other)] == [200, 200, 404]
    with newsroom.agency.at_work():
        Site.update(is_open=False).execute()
    assert public_status(newsroom, cover) == 404
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    with newsroom.publisher.working() as ctx:
        services.withdraw_article(ctx, article_id)
    assert [public_status(newsroom, each) for each in (cover, inside, other)] == [404, 404, 404]


def test_no_cache_shows_a_picture_whose_article_is_gone_or_shows_it_no_more(newsroom):
    """Whoever has it has to ask each time, and is told that it is gone whatever tag or date is named."""
    inside, cover = add_picture(newsroom, "Trong bài"), add_picture(newsroom, "Bìa", picture_bytes("teal"))
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
        file_ids = {each: site_queries.picture(each).file_id for each in (inside, cover)}
    code, client = newsroom.agency.info.code, newsroom.agency.ground.client
    body = f'<p>x</p><figure><img src="picture:{inside}" alt="Trong bài"></figure>'
    article_id = newsroom.article(cover_id=cover, body=body, state="published")

    def ask(picture_id, **headers):
        file_id = file_ids[picture_id]
        urls = files.public_file_url(code, file_id), files.public_rendition_url(code, file_id, 320)
        return [client.simulate_get(url, headers=headers or None) for url in urls]

    known = {}
    for answer in ask(inside) + ask(cover):
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert f"site-{code}" in answer.headers["Surrogate-Key"].split()
        known[answer.headers["ETag"]] = answer
    conditions = {"If-None-Match": ", ".join(known), "If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"}
    assert {answer.status_code for answer in ask(inside, **conditions)} == {304}
    newsroom.change(newsroom.publisher, article_id, body="<p>x</p>")
    assert {answer.status_code for answer in ask(inside)} == {200}, "the public text still shows it"
    with newsroom.publisher.working() as ctx:
        services.publish_article(ctx, article_id, version=queries.article(article_id).version)
    for conditional in ({}, conditions, {"If-None-Match": "*"}):
        assert {answer.status_code for answer in ask(inside, **conditional)} == {404}
        assert {answer.status_code for answer in ask(cover)} == {200}
    with newsroom.publisher.working() as ctx:
        services.withdraw_article(ctx, article_id)
    gone = ask(cover, **conditions)
    assert {answer.status_code for answer in gone} == {404}
    assert {answer.headers["Cache-Control"] for answer in gone} == {"no-store"}


def test_a_picture_in_use_stays_in_the_library(newsroom):
    picture = add_picture(newsroom)
    newsroom.article(title="Bài có ảnh", cover_id=picture)
    refused = newsroom.author.post("websites.picture_delete", picture_id=picture)
    assert refused.status_code == 422
    assert "Bài có ảnh" in refused.text
    unused = add_picture(newsroom, "Thừa")
    assert newsroom.author.post("websites.picture_delete", picture_id=unused).status_code == 303
    assert newsroom.author.get("websites.picture", picture_id=unused).status_code == 404


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
    assert "Đất đai" in second.text
    assert "Đã có" in admin.get("websites.leaders").text
    assert newsroom.author.get("websites.leaders").status_code == 403
    assert admin.post("websites.leader", form, person_id=newsroom.author.person_id).status_code == 404
    too_long = admin.post(
        "websites.leader", {**form, "version": "1", "duties": "x" * 2001}, person_id=chief.person_id
    )
    assert too_long.status_code == 422
    assert 'href="#f-duties"' in too_long.text


# ---- own domain


@pytest.mark.parametrize(
    "host", ["không-dấu", "a", "-x.vn", "a..vn", "127.0.0.1", "x.vn:8080", "x" * 300 + ".vn"]
)
def test_a_host_that_is_none_is_refused(newsroom, host):
    answer = newsroom.administrator.post("websites.domain", {"host": host})
    assert answer.status_code == 422
    assert 'href="#f-host"' in answer.text


def test_a_domain_is_asked_for_and_decided_by_the_it_centre_alone(newsroom, ground):
    host = f"p{uuid4().hex[:12]}.hue.gov.vn"
    assert (
        newsroom.administrator.post("websites.domain", {"host": f"https://{host.upper()}/"}).status_code
        == 303
    )
    other = Newsroom(ground.agency("websites"))
    assert other.administrator.post("websites.domain", {"host": host}).status_code == 422
    with newsroom.agency.at_work():
        domain_id = site_queries.own_domain().id
    assert newsroom.administrator.follow("/admin/websites/domains").status_code == 404
    operator = operator_of(newsroom)
    assert host in operator.follow("/admin/websites/domains").text
    assert decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="no").status_code == 422
    refused = decide(
        operator, "/admin/websites/domains", domain_id=domain_id, answer="no", reason="Chưa trỏ."
    )
    assert refused.status_code == 303
    assert "Chưa trỏ." in newsroom.administrator.get("websites.domain").text
    assert decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="yes").status_code == 303
    with newsroom.agency.at_work():
        assert site_queries.own_domain().state == "approved"


def test_an_approved_domain_is_taken_back_with_a_reason_and_the_agency_is_told(newsroom):
    host = f"p{uuid4().hex[:12]}.hue.gov.vn"
    newsroom.administrator.post("websites.domain", {"host": host})
    with newsroom.agency.at_work():
        domain_id = site_queries.own_domain().id
    operator = operator_of(newsroom)
    early = decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="revoke", reason="x")
    assert early.status_code == 422
    decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="yes")
    shown = operator.follow("/admin/websites/domains").text
    assert f"{operator.name} quyết định" in shown
    assert agency_of(newsroom, host) == newsroom.agency.info.code

    bare = decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="revoke")
    assert bare.status_code == 422
    assert "Chưa nhập." in bare.text
    taken = decide(
        operator, "/admin/websites/domains", domain_id=domain_id, answer="revoke", reason="Hết hạn."
    )
    assert taken.status_code == 303
    assert agency_of(newsroom, host) is None
    own = newsroom.administrator.get("websites.domain").text
    assert "Đã thu hồi" in own
    assert "Hết hạn." in own
    told = newsroom.administrator.get("notifications.centre").text
    assert f"Tên miền riêng {host} bị thu hồi: Hết hạn." in told
    with db.connection_context(), scope(PLATFORM), db.atomic():
        noted = db.execute_sql(
            "SELECT data->>'answer', data->>'reason' FROM core.audit_entry WHERE object_id = %s ORDER BY id",
            (domain_id,),
        ).fetchall()
    assert noted == [("approved", ""), ("revoked", "Hết hạn.")]


def agency_of(newsroom, host):
    with newsroom.agency.at_work():
        return public_queries.agency_of_host(host)


def test_the_approved_domain_serves_until_another_is_approved(newsroom):
    operator, code = operator_of(newsroom), newsroom.agency.info.code
    old, new = (f"{name}{uuid4().hex[:12]}.hue.gov.vn" for name in "ab")

    def ask(host):
        assert newsroom.administrator.post("websites.domain", {"host": host}).status_code == 303
        with newsroom.agency.at_work():
            return site_queries.own_domain().id

    def approve(domain_id):
        url = "/admin/websites/domains"
        assert decide(operator, url, domain_id=domain_id, answer="yes").status_code == 303

    def serving():
        with newsroom.agency.at_work():
            return [host for host in (old, new) if public_queries.agency_of_host(host) == code]

    approve(ask(old))
    first = ask(old)
    assert serving() == [old], "the same name once more changes nothing"
    ask(new)
    assert serving() == [old]
    page = newsroom.administrator.get("websites.domain").text
    assert f"Trang vẫn ở {old} cho đến khi" in page
    newsroom.administrator.post("websites.drop_domain")
    assert serving() == [old], "what was taken back is the request"
    ask(new)
    assert ask(old) == first, "asking for the name in use takes the request back"
    approve(ask(new))
    assert serving() == [new]
    newsroom.administrator.post("websites.drop_domain")
    assert serving() == []


def test_of_two_agencies_asking_for_one_host_at_once_the_later_is_told(newsroom, ground):
    host, other = f"p{uuid4().hex[:12]}.hue.gov.vn", Newsroom(ground.agency("websites"))
    answers = []
    other.administrator.get("websites.domain")

    def ask():
        answers.append(other.administrator.post("websites.domain", {"host": host}))

    worker = threading.Thread(target=ask)
    with newsroom.administrator.working() as ctx:
        domain_services.request_domain(ctx, host=host)
        worker.start()
        worker.join(2)
        assert not answers, "it waits for the first to end"
    worker.join(30)
    assert answers[0].status_code == 422
    assert "đã có cơ quan khác đăng ký" in answers[0].text


def test_every_request_can_be_decided_and_only_by_operators(newsroom):
    with newsroom.administrator.working() as ctx:
        domain_services.request_domain(ctx, host=f"p{uuid4().hex[:12]}.hue.gov.vn")
        db.execute_sql(
            "UPDATE websites.domain SET requested_at = '1999-01-01' WHERE tenant_id = core.app_tenant()"
        )
        oldest = site_queries.own_domain().id
        db.execute_sql(
            "INSERT INTO websites.domain (id, host, tenant_id) SELECT gen_random_uuid(), "
            "'n' || n || '.' || %s || '.vn', core.app_tenant() FROM generate_series(1, 500) n",
            (uuid4().hex[:12],),
        )
        with pytest.raises(Forbidden):
            domain_services.decide_domain(ctx, domain_id=oldest, answer="yes")
    operator = operator_of(newsroom)
    assert decide(operator, "/admin/websites/domains", domain_id=oldest, answer="yes").status_code == 303
    with newsroom.agency.at_work():
        assert [row.state for row in Domain.select().where(Domain.tenant_id == newsroom.agency.info.id)] == [
            "approved"
        ]


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
                assert told <= {line.shown.text for line in audit.entries(object_type="websites.site")}


def operator_of(newsroom):
    one = newsroom.agency.officer()
    with newsroom.agency.at_work():
        db.execute_sql("UPDATE tenants.person SET is_operator = true WHERE id = %s", (one.person_id,))
        db.execute_sql("UPDATE sso.session SET operator = true WHERE person_id = %s", (one.person_id,))
    return one


def decide(officer, url, **form):
    return officer.agency.ground.client.simulate_post(
        url,
        body=urlencode({**form, "csrf_token": officer.csrf_token}),
        headers={
            "Cookie": f"{SESSION_COOKIE}={officer.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )


# ---- the province's front page


def test_a_name_that_is_to_come_is_not_shown_yet(newsroom, ground):
    editor = ground.agency("websites", kind="province").officer("websites.portal_editor")
    newsroom.publisher.post("websites.offer", article_id=newsroom.article(title="Tin cũ", state="published"))
    host = f"p{uuid4().hex[:12]}.hue.gov.vn"
    newsroom.administrator.post("websites.domain", {"host": host})
    with newsroom.agency.at_work():
        coming = today() + timedelta(days=30)
        tenants.revise_agency(newsroom.agency.info.id, coming, name="UBND phường Sắp Đổi Tên")
        names = [row.agency for row in site_queries.domains() if row.host == host]
    assert names == [newsroom.agency.info.name]
    page = editor.get("websites.offers").text
    assert newsroom.agency.info.name in page
    assert "Sắp Đổi Tên" not in page


def test_an_article_is_offered_accepted_follows_its_text_and_goes_when_withdrawn(newsroom, ground):
    portal = ground.agency("websites", kind="province")
    editor = portal.officer("websites.portal_editor")
    article_id = newsroom.article(title="Lễ hội áo dài", state="published")
    assert newsroom.publisher.post("websites.offer", article_id=article_id).status_code == 303
    assert newsroom.publisher.post("websites.offer", article_id=article_id).status_code == 303
    page = editor.get("websites.offers").text
    assert page.count("Lễ hội áo dài</a></h2>") == 1
    with newsroom.agency.at_work():
        item = site_queries.offer_of(article_id)
    other = newsroom.article(title="Tin mới hơn, đứng trên", state="published")
    newsroom.publisher.post("websites.offer", article_id=other)
    refused = editor.post("websites.offers", {"item_id": str(item.id), "answer": "no"})
    assert refused.status_code == 422
    card = refused.text.partition("Lễ hội áo dài</a></h2>")[2].partition("</section>")[0]
    assert 'id="f-reason"' in card
    assert 'aria-invalid="true" aria-describedby="e-reason"' in card
    assert refused.text.count('id="f-reason"') == 1
    assert editor.post("websites.offers", {"item_id": str(item.id), "answer": "yes"}).status_code == 303
    assert "Đang ở trang chủ chung" in newsroom.author.get("websites.article", article_id=article_id).text
    newsroom.change(newsroom.publisher, article_id, title="Lễ hội áo dài 2026")
    with newsroom.publisher.working() as ctx:
        services.publish_article(ctx, article_id, version=queries.article(article_id).version)
    with newsroom.agency.at_work():
        item = site_queries.offer_of(article_id)
    assert (item.title, item.state) == ("Lễ hội áo dài 2026", "accepted")
    with newsroom.publisher.working() as ctx:
        services.withdraw_article(ctx, article_id)
    with newsroom.agency.at_work():
        assert not FrontItem.select().where(FrontItem.id == item.id).exists()


def test_only_what_is_public_can_be_offered_and_only_by_publishers(newsroom):
    draft = newsroom.article(state="approval")
    assert newsroom.publisher.post("websites.offer", article_id=draft).status_code == 422
    public = newsroom.article(state="published")
    assert newsroom.editor.post("websites.offer", article_id=public).status_code == 403


def test_the_portal_editor_of_a_ward_edits_no_portal(newsroom):
    editor = newsroom.agency.officer("websites.portal_editor")
    offered = newsroom.article(title="Không phải việc của phường", state="published")
    newsroom.publisher.post("websites.offer", article_id=offered)
    page = editor.get("websites.offers")
    assert "Trang chủ chung không biên tập ở đây" in page.text
    assert "Không phải việc của phường" not in page.text
    assert editor.post("websites.offers", {"item_id": str(uuid4()), "answer": "yes"}).status_code == 404
    with editor.working() as ctx, pytest.raises(NotFound):
        site_services.decide_offer(ctx, item_id=uuid4(), accept=True)
    with newsroom.administrator.working() as ctx, pytest.raises(Forbidden):
        site_services.decide_offer(ctx, item_id=uuid4(), accept=True)


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


def test_the_plan_of_switching_on_names_only_lines_of_this_agency_s_menu(ground):
    ward, province = ground.agency("websites"), ground.agency("websites", kind="province")
    for agency, named in ((ward, False), (province, True)):
        text = agency.officer("tenants.admin").get("tenants.module_disable", key="websites").text
        assert "“Trang thông tin điện tử”" in text
        assert "Tên miền riêng của cơ quan" not in text
        assert ("Trang chủ chung" in text) == named
    editor = ward.officer("websites.portal_editor", "websites.author")
    assert "Trang chủ chung" not in editor.get("websites.articles").text
