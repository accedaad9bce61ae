"""The staff pages of articles, as a browser without script sees them."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import unquote
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from core.api import format_date
from plugins.websites import publishing, queries, services
from plugins.websites.models import Article, Site
from tests.plugins.websites.newsroom import add_picture, article_form


def test_a_draft_is_written_shown_changed_and_listed(newsroom):
    lan = newsroom.author
    form = article_form()
    sent = lan.post("websites.new", form)
    assert sent.status_code == 303
    page = lan.follow(sent.headers["Location"]).text
    assert "Khai giảng năm học mới" in page
    assert "Người dân chưa xem được bài này." in page
    edit = lan.get("websites.edit", article_id=form["id"]).text
    assert 'name="version" value="1"' in edit
    changed = lan.post(
        "websites.edit", {**form, "version": "1", "title": "Khai giảng sớm"}, article_id=form["id"]
    )
    assert changed.status_code == 303
    assert "Khai giảng sớm" in lan.get("websites.articles", query={"q": "khai giang som"}).text


def test_a_form_with_errors_comes_back_with_all_that_was_typed(newsroom):
    form = article_form(
        title="", kind="document", symbol="15/QĐ-UBND", issued_on="32/13", category_id=str(uuid4())
    )
    answer = newsroom.author.post("websites.new", form)
    assert answer.status_code == 422
    assert "15/QĐ-UBND" in answer.text
    assert "32/13" in answer.text
    assert "&lt;p&gt;Sáng nay, các trường khai giảng.&lt;/p&gt;" in answer.text
    assert re.search(r'href="#f-title">Tiêu đề: Chưa nhập.', answer.text)


def test_two_editors_on_one_article_see_both_texts(newsroom):
    article_id = newsroom.article(title="Đầu", body="<p>Chữ đầu.</p>")
    newsroom.change(newsroom.editor, article_id, body="<p>Chữ của biên tập viên.</p>")
    form = article_form(version="1", title="Đầu", body="<p>Chữ của tác giả.</p>")
    answer = newsroom.author.post("websites.edit", form, article_id=article_id)
    assert answer.status_code == 409
    assert '<span class="lt-sub">Chữ của biên tập viên.</span>' in answer.text
    assert '<span class="lt-sub">Chữ của tác giả.</span>' in answer.text
    assert "&lt;p&gt;Chữ của tác giả.&lt;/p&gt;" in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    again = newsroom.author.post("websites.edit", {**form, "version": version}, article_id=article_id)
    assert again.status_code == 303
    assert newsroom.stored(article_id).body == "<p>Chữ của tác giả.</p>"


def test_who_is_in_conflict_with_a_step_is_not_told_that_it_was_their_own_save(newsroom):
    article_id = newsroom.article(state="published")
    opened = newsroom.author.get("websites.edit", article_id=article_id).text
    read = {name: re.search(f'name="{name}" value="([^"]*)"', opened)[1] for name in ("version", "lt_read")}
    article = newsroom.stored(article_id)
    with newsroom.publisher.working() as ctx:
        end = datetime.now(UTC) + timedelta(days=3)
        publishing.publish_article(ctx, article_id, version=article.version, unpublish_at=end)
    form = {
        **read,
        "title": article.title,
        "summary": article.summary,
        "body": "<p>Sửa.</p>",
        "category_id": "",
    }
    answer = newsroom.author.post("websites.edit", form, article_id=article_id)
    assert answer.status_code == 409
    assert "Bài vừa được xử lý tiếp, nội dung không đổi" in answer.text
    assert "Chính bạn vừa lưu" not in answer.text
    version = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    again = newsroom.author.post("websites.edit", {**form, "version": version}, article_id=article_id)
    assert (again.status_code, newsroom.stored(article_id).body) == (303, "<p>Sửa.</p>")


@pytest.mark.parametrize("field", ["title_en", "summary_en", "body_en"])
def test_english_that_is_there_stands_in_the_form_of_a_site_without_english(newsroom, field):
    article_id = newsroom.article(**{field: "<p>Half an hour</p>" if field == "body_en" else "Half an hour"})
    assert "Half an hour" in newsroom.author.get("websites.edit", article_id=article_id).text
    other = newsroom.article()
    assert 'name="title_en"' not in newsroom.author.get("websites.edit", article_id=other).text


def test_from_hand_to_hand_by_buttons(newsroom):
    article_id = newsroom.article()
    steps = (
        (newsroom.author, "websites.submit", {}, "editing"),
        (newsroom.editor, "websites.give_back", {"reason": "Thiếu ảnh."}, "returned"),
        (newsroom.author, "websites.submit", {}, "editing"),
        (newsroom.editor, "websites.forward", {}, "approval"),
        (newsroom.publisher, "websites.publish", {"when": "now"}, "published"),
        (newsroom.publisher, "websites.withdraw", {}, "withdrawn"),
    )
    for who, route, form, state in steps:
        if "when" in form:
            form["version"] = str(newsroom.stored(article_id).version)
        assert who.post(route, form, article_id=article_id).status_code == 303
        assert newsroom.stored(article_id).state == state
        if state == "returned":
            assert "Thiếu ảnh." in newsroom.author.get("websites.article", article_id=article_id).text
            assert (
                "Trả lại: Thiếu ảnh."
                in newsroom.author.get("websites.articles", query={"state": "mine"}).text
            )


def test_a_return_needs_its_reason(newsroom):
    article_id = newsroom.article(state="editing")
    assert newsroom.editor.get("websites.give_back", article_id=article_id).status_code == 200
    answer = newsroom.editor.post("websites.give_back", {"reason": " "}, article_id=article_id)
    assert answer.status_code == 422
    assert newsroom.stored(article_id).state == "editing"
    passed_on = newsroom.article(state="approval")
    not_on_turn = newsroom.editor.get("websites.give_back", article_id=passed_on)
    assert not_on_turn.status_code == 422
    assert "chưa đến lượt bạn" in not_on_turn.text


@pytest.mark.parametrize(
    "state", ["draft", "editing", "approval", "returned", "scheduled", "published", "withdrawn"]
)
def test_every_page_of_an_article_opens_with_one_main_action_at_most(newsroom, state):
    article_id = newsroom.article(state=state)
    for who in (newsroom.author, newsroom.editor, newsroom.publisher):
        for route in ("websites.article", "websites.preview", "websites.revisions"):
            page = who.get(route, article_id=article_id)
            assert page.status_code == 200
            assert page.text.partition("</main>")[0].count("btn-primary") <= 1


def test_an_end_that_was_set_outlives_a_corrected_text(newsroom):
    article_id, publisher = newsroom.article(state="approval"), newsroom.publisher
    end = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    with publisher.working() as ctx:
        version = newsroom.stored(article_id).version
        publishing.publish_article(ctx, article_id, version=version, unpublish_at=end)
    newsroom.change(publisher, article_id, body="<p>Sửa một lỗi chính tả.</p>")
    page = publisher.get("websites.publish", article_id=article_id).text
    form = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    }
    sent = {name: form[name] for name in ("version", "unpublish_on", "unpublish_time")} | {"when": "now"}
    assert publisher.post("websites.publish", sent, article_id=article_id).status_code == 303
    shown = newsroom.shown(article_id)
    assert (shown.body, shown.unpublish_at) == ("<p>Sửa một lỗi chính tả.</p>", end)
    # Emptied on purpose, it is gone.
    version = str(newsroom.change(publisher, article_id, body="<p>Giữ lại.</p>").version)
    sent = {"version": version, "when": "now", "unpublish_on": "", "unpublish_time": ""}
    assert publisher.post("websites.publish", sent, article_id=article_id).status_code == 303
    assert newsroom.shown(article_id).unpublish_at is None


def test_publishing_is_one_review_with_times_in_words(newsroom):
    article_id = newsroom.article(state="approval", summary="")
    page = newsroom.publisher.get("websites.publish", article_id=article_id).text
    assert "Bài chưa có tóm tắt" in page
    assert "Chưa có gì ra công khai." in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    # The next full hour stands there already, for whoever chooses a time.
    hour = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(hours=1)
    assert re.search(r'name="publish_time"[^>]* value="\d\d:00"', page)
    assert f'value="{format_date(hour.date(), year=True)}"' in page
    base = {"version": version, "when": "later"}
    for wrong, field in (
        ({}, "publish_on"),
        ({"publish_on": "1/12/2098"}, "publish_time"),
        ({"publish_on": "1/12/2098", "publish_time": "25:00"}, "publish_time"),
        ({"publish_on": "1/12/2098", "publish_time": "8h", "unpublish_on": "30/11/2098", "unpublish_time": "8:00"}, "unpublish_on"),
    ):  # fmt: skip
        answer = newsroom.publisher.post("websites.publish", {**base, **wrong}, article_id=article_id)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
    late = {"publish_on": "1/12/2020", "publish_time": "8h"}
    answer = newsroom.publisher.post("websites.publish", {**base, **late}, article_id=article_id)
    assert answer.status_code == 422
    assert "Giờ hẹn đã qua" in answer.text
    assert 'value="1/12/2020"' in answer.text
    assert re.search(r'value="later" checked', answer.text)
    assert "không bắt buộc" not in answer.text.partition('id="f-when"')[2].partition("</fieldset>")[0]
    good = {"publish_on": "1/12/2098", "publish_time": "8h30"}
    assert (
        newsroom.publisher.post("websites.publish", {**base, **good}, article_id=article_id).status_code
        == 303
    )
    told = newsroom.author.get("websites.article", article_id=article_id).text
    assert "tự lên trang lúc 01/12/2098 08:30" in told
    assert newsroom.shown(article_id) is None


def test_now_counts_whatever_stands_in_the_fields_of_later(newsroom):
    article_id = newsroom.article(state="approval")
    form = {"version": str(newsroom.stored(article_id).version), "when": "now", "publish_on": "hôm qua"}
    assert newsroom.publisher.post("websites.publish", form, article_id=article_id).status_code == 303
    assert newsroom.shown(article_id) is not None


def test_an_article_without_content_says_what_it_lacks_and_leads_there(newsroom):
    article_id = newsroom.article(state="approval", body="")
    page = newsroom.publisher.get("websites.publish", article_id=article_id).text
    assert "Bài chưa có nội dung, mới có tiêu đề." in page
    assert f'href="{newsroom.agency.url("websites.edit", article_id=article_id)}#f-body"' in page
    assert "Duyệt và đăng" not in page
    form = {"version": str(newsroom.stored(article_id).version), "when": "now"}
    answer = newsroom.publisher.post("websites.publish", form, article_id=article_id)
    assert answer.status_code == 422
    assert "Bài chưa có nội dung, mới có tiêu đề." in answer.text


def test_an_article_is_followed_and_its_history_has_a_tab(newsroom):
    article_id = newsroom.article()
    page = newsroom.editor.get("websites.article", article_id=article_id).text
    assert "Chưa ai theo dõi" in page
    form = dict(re.findall(r'name="(object_type|object|mark|back)" value="([^"]*)"', page))
    assert newsroom.editor.post("followers.follow", form).status_code == 303
    page = newsroom.editor.get("websites.article", article_id=article_id).text
    assert "Thôi theo dõi" in page
    assert newsroom.editor.ctx.person.full_name in page
    history = newsroom.editor.get("websites.article", query={"tab": "history"}, article_id=article_id).text
    assert "Mốc chính" in history
    assert re.search(r'tab=history"[^>]* aria-current="page"', history)


def test_what_came_back_is_to_be_changed_and_then_to_be_sent(newsroom):
    def main_action():
        page = newsroom.author.get("websites.article", article_id=article_id).text
        return re.findall(r"<span>([^<]+)</span>", page.partition("btn-primary")[2])[0]

    article_id = newsroom.article(state="returned")
    assert main_action() == "Sửa bài"
    newsroom.change(newsroom.author, article_id, body="<p>Đã thêm ảnh.</p>")
    assert main_action() == "Gửi biên tập"


def test_the_page_says_whether_people_could_read_it_before(newsroom):
    def told(article_id):
        return newsroom.author.get("websites.article", article_id=article_id).text

    assert "Người dân chưa xem được bài này." in told(newsroom.article())
    withdrawn = newsroom.article(state="withdrawn")
    assert "Bài đã gỡ, người dân không còn xem được." in told(withdrawn)
    shown = newsroom.article(state="published")
    assert "đang xem một bản" in newsroom.publisher.get("websites.publish", article_id=shown).text
    newsroom.change(newsroom.author, withdrawn, title="Bản sửa")
    page = told(withdrawn)
    assert "Bản trước đã gỡ, người dân không còn xem được. Bản 2 chưa được đăng." in page
    assert "chưa xem được" not in page


def test_what_came_to_its_end_is_not_told_to_be_read_before_the_job_comes(newsroom):
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    article_id = newsroom.article(state="approval")
    with newsroom.publisher.working() as ctx:
        end = datetime.now(UTC) + timedelta(days=1)
        version = queries.article(article_id).version
        publishing.publish_article(ctx, article_id, version=version, unpublish_at=end)
    page = newsroom.author.get("websites.article", article_id=article_id).text
    assert "Người dân đang xem bản này" in page
    assert "Xem trên trang" in page
    newsroom.let_time_pass(publish_at="3 days", unpublish_at="2 days")
    page = newsroom.author.get("websites.article", article_id=article_id).text
    assert "Đã hết hạn đăng lúc" in page
    for wrong in ("Người dân đang xem bản này", "Tự gỡ lúc", "Xem trên trang"):
        assert wrong not in page


def test_an_editor_compares_with_what_was_returned(newsroom):
    article_id = newsroom.article(title="Lúc trả lại", state="returned")
    newsroom.change(newsroom.author, article_id, title="Sửa ngay sau đó")
    page = newsroom.editor.get("websites.revisions", article_id=article_id).text
    assert "Bản 1 so với bản 2" in page
    assert "Đã chuyển bước" in page


@pytest.mark.parametrize("when", ["now", "later"])
def test_who_presses_publish_again_is_told_who_did_it_and_when(newsroom, when):
    article_id = newsroom.article(state="approval")
    page = newsroom.publisher.get("websites.publish", article_id=article_id).text
    form = {"version": re.search(r'name="version" value="(\d+)"', page)[1], "when": when}
    if when == "later":
        form |= {"publish_on": "1/12/2098", "publish_time": "8h"}
    assert newsroom.publisher.post("websites.publish", form, article_id=article_id).status_code == 303
    article, facts = newsroom.stored(article_id), newsroom.audit()
    name = newsroom.publisher.name
    done = f"{name} đã đăng bài này lúc" if when == "now" else f"{name} đã hẹn giờ đăng bài này hồi"
    # The same button once more, and a colleague's whose page stood open.
    for who in (newsroom.publisher, newsroom.another("publisher")):
        again = who.post("websites.publish", form, article_id=article_id)
        assert again.status_code == 303
        assert again.headers["Location"].endswith(f"/websites/{article_id}")
        assert done in unquote(again.cookies["lt_toast"].value)
    assert newsroom.author.post("websites.publish", form, article_id=article_id).status_code == 403
    assert newsroom.stored(article_id).version == article.version
    assert newsroom.audit() == facts
    reviewed = newsroom.publisher.get("websites.publish", article_id=article_id)
    assert reviewed.status_code == (200 if when == "now" else 303), "a public text may get another end"


def test_a_published_article_leads_to_its_public_address_once_the_site_is_open(newsroom):
    article_id = newsroom.article(state="published")
    closed = newsroom.author.get("websites.article", article_id=article_id).text
    assert "trang của cơ quan chưa mở" in closed
    assert "Xem trên trang" not in closed
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    url = newsroom.agency.url("websites.public_article", slug=newsroom.shown(article_id).slug)
    opened = newsroom.author.get("websites.article", article_id=article_id).text
    assert "Người dân đang xem bản này" in opened
    assert f'href="{url}"' in opened
    assert newsroom.author.follow(url).status_code == 200


def test_revisions_are_compared_and_restored(newsroom):
    article_id = newsroom.article(body="<p>Giữ nguyên.</p><p>Chữ cũ.</p>")
    newsroom.change(newsroom.editor, article_id, body="<p>Giữ nguyên.</p><p>Chữ mới.</p><p>Thêm.</p>")
    page = newsroom.author.get("websites.revisions", article_id=article_id).text
    assert "Nội dung: sửa 1 đoạn, thêm 1 đoạn" in page
    assert "<b>Trước khi sửa</b>Chữ <del>cũ</del>.</td><td><b>Sau khi sửa</b>Chữ <ins>mới</ins>.</td>" in page
    assert "<td></td><td><b>Đã thêm</b><ins>Thêm.</ins></td>" in page
    assert "<td>Giữ nguyên.</td><td>Giữ nguyên.</td>" in page
    assert f"Bản 2: {newsroom.editor.name}, " in page
    answer = newsroom.author.post("websites.restore", {"number": "1", "version": "2"}, article_id=article_id)
    assert answer.status_code == 303
    assert newsroom.stored(article_id).body == "<p>Giữ nguyên.</p><p>Chữ cũ.</p>"
    for odd in ("x", "-1", "99999999999", "7"):
        assert (
            newsroom.author.get(
                "websites.revisions", query={"old": odd, "new": odd}, article_id=article_id
            ).status_code
            == 200
        )


def test_the_badge_and_the_card_hold_what_waits_for_this_person(newsroom):
    newsroom.article(title="Chờ biên tập", state="editing")
    newsroom.article(title="Chờ duyệt", state="approval")
    newsroom.article(title="Bị trả lại", state="returned")
    newsroom.article(newsroom.another("author"), title="Của người khác", state="returned")
    assert newsroom.titles(newsroom.author, state="mine") == ["Bị trả lại"]
    assert newsroom.titles(newsroom.editor, state="mine") == ["Chờ biên tập"]
    assert set(newsroom.titles(newsroom.publisher, state="mine")) == {"Chờ biên tập", "Chờ duyệt"}
    home = newsroom.author.get("tenants.home").text
    assert "Sửa lại: Bị trả lại" in home
    assert "Chờ duyệt" not in home
    home = newsroom.publisher.get("tenants.home").text
    assert "Biên tập: Chờ biên tập" in home
    assert "Duyệt đăng: Chờ duyệt" in home


def filled(officer, article_id):
    """Return the words on the filled button of an article's page, or nothing."""
    page = officer.get("websites.article", article_id=article_id).text.partition("</main>")[0]
    return re.findall(r'class="btn btn-primary[^"]*"[^>]*>.*?<span>([^<]+)</span>', page)


def test_nobody_is_pressed_to_do_what_is_for_the_author_or_the_clock(newsroom):
    returned, waiting = newsroom.article(state="returned"), newsroom.article(state="scheduled")
    assert filled(newsroom.author, returned) == ["Sửa bài"]
    assert filled(newsroom.editor, returned) == []
    assert filled(newsroom.publisher, waiting) == []
    assert "Bỏ hẹn giờ" in newsroom.publisher.get("websites.article", article_id=waiting).text


def test_a_step_does_not_change_who_changed_the_text_when(newsroom):
    article_id = newsroom.article()
    before = newsroom.stored(article_id)
    with newsroom.publisher.working() as ctx:
        services.forward_article(ctx, article_id)
        publishing.publish_article(ctx, article_id, version=before.version + 1)
    after = newsroom.stored(article_id)
    assert after.version > before.version
    assert (after.changed_by, after.changed_at) == (before.changed_by, before.changed_at)


def test_the_review_before_publishing_shows_the_text_and_the_cover(newsroom):
    cover = add_picture(newsroom, alt="Bến thuyền sớm")
    article_id = newsroom.article(body="<p>Chữ sẽ lên trang.</p>", cover_id=cover, state="approval")
    for route in ("publish", "article"):
        page = newsroom.publisher.get(f"websites.{route}", article_id=article_id).text
        assert "<p>Chữ sẽ lên trang.</p>" in page
        assert re.search(r'<img src="[^"]+" alt="Bến thuyền sớm"', page)


def test_who_approves_reads_the_english_version_too(newsroom):
    texts = {
        "title_en": "Clean beach",
        "summary_en": "In short.",
        "body_en": "<p>Nobody <b>saw</b> this.</p>",
    }
    with_it, without = newsroom.article(state="approval", **texts), newsroom.article(state="approval")
    for route in ("publish", "article"):
        page = newsroom.publisher.get(f"websites.{route}", article_id=with_it).text
        english = page.split('<div lang="en">')[1].split("</details>")[0]
        assert "Clean beach" in english
        assert "In short." in english
        assert "<p>Nobody <strong>saw</strong> this.</p>" in english
        assert '<div lang="en">' not in newsroom.publisher.get(f"websites.{route}", article_id=without).text


def test_a_page_filled_from_the_registry_is_not_called_empty(newsroom):
    with newsroom.agency.at_work():
        page_id = Article.select().where(Article.page_role == "leaders").get().id
    page = newsroom.editor.get("websites.article", article_id=page_id).text
    assert "tự lấy từ danh bạ của cơ quan" in page
    assert "Bài chưa có nội dung." not in page


def test_a_line_of_the_menu_says_that_the_public_does_not_see_it(newsroom):
    told = "người dân không thấy dòng này"
    assert newsroom.administrator.get("websites.menu").text.count(told) == 3
    newsroom.administrator.post("websites.publish_pages")
    assert told not in newsroom.administrator.get("websites.menu").text


def test_one_line_of_the_navigation_is_the_current_one(newsroom, ground):
    portal = ground.agency("websites", kind="province")
    both = portal.officer("websites.portal_editor", "websites.author")
    current = re.findall(
        r'aria-current="page"[^>]*>(?:<svg.*?</svg>)?\s*<span[^>]*>([^<]+)', both.get("websites.offers").text
    )
    assert "Trang thông tin điện tử" not in current
    assert "Trang chủ chung" in current


def test_the_right_to_edit_the_portal_is_offered_where_the_portal_is(newsroom, ground):
    role, right = "Biên tập viên cổng chung", "Biên tập trang chủ chung"

    def offered(agency):
        admin = agency.officer("tenants.admin")
        give, own, table = (
            admin.get(name, query={"new": "1"}).text
            for name in ("tenants.post_new", "tenants.role_new", "tenants.roles")
        )
        return {role: role in give, right: right in own, f"{role}, {right}": role in table and right in table}

    assert set(offered(ground.agency("websites", kind="province")).values()) == {True}
    ward = newsroom.agency
    assert set(offered(ward).values()) == {False}
    # Who was given it all the same is seen, and can lose it.
    ward.officer("websites.portal_editor")
    assert offered(ward)[role]


def test_who_only_portal_edits_sees_no_drafts(newsroom):
    other = newsroom.agency.officer("websites.portal_editor")
    assert other.get("websites.articles").status_code == 403


def test_a_step_somebody_took_already_is_said_in_words(newsroom):
    article_id = newsroom.article(state="approval")
    answer = newsroom.editor.post("websites.submit", article_id=article_id)
    assert answer.status_code == 422
    assert "Chờ duyệt đăng" in answer.text
    with newsroom.editor.working() as ctx:
        services.forward_article(ctx, article_id)
    assert newsroom.stored(article_id).state == "approval"
