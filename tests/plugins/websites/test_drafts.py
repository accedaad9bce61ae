"""What somebody typed of an article is kept on the server, so that another device goes on with it."""

import re
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import pytest

from plugins.drafts.api import draft_for
from tests.plugins.websites.newsroom import article_form


def save(officer, key, opened, **typed):
    """Send what a form sends two seconds after the last key."""
    body = urlencode({**typed, "lt_page": page_of(opened), "csrf_token": officer.csrf_token})
    answer = officer._send(
        "POST",
        f"{officer.agency.url('drafts.save')}?{urlencode({'key': key})}",
        body=body,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200


def page_of(opened):
    return re.search(r'name="lt_page" value="([^"]+)"', opened.text)[1]


def kept(officer, key):
    with officer.working() as ctx:
        return draft_for(ctx, key)


def go_on(officer, opened):
    (onward,) = re.findall(r'href="([^"]*draft=[0-9a-f-]{36}[^"]*)"', opened.text)
    return officer.follow(unescape(onward))


@pytest.mark.parametrize("kind", ["news", "document"])
def test_a_text_begun_on_the_phone_is_finished_at_the_desk(newsroom, kind):
    lan, key = newsroom.author, f"websites.new.{kind}"
    phone = lan.get("websites.new", query={"kind": kind})
    article_id = re.search(r'name="id" value="([^"]+)"', phone.text)[1]
    form = article_form(id=article_id, kind=kind, title="Viết dở", body="<p>Đoạn <b>đầu</b></p>")
    save(lan, key, phone, **form)

    desk = lan.get("websites.new", query={"kind": kind})
    assert "bản nháp chưa gửi" in desk.text
    assert "Viết dở" not in desk.text
    continued = go_on(lan, desk)
    assert 'value="Viết dở"' in continued.text
    assert "&lt;p&gt;Đoạn &lt;b&gt;đầu&lt;/b&gt;&lt;/p&gt;" in continued.text
    assert article_id in continued.text
    # What was begun as news is not offered where a notice is written, nor to anybody else.
    assert "bản nháp chưa gửi" not in lan.get("websites.new", query={"kind": "notice"}).text
    assert (
        "bản nháp chưa gửi" not in newsroom.another("author").get("websites.new", query={"kind": kind}).text
    )

    assert lan.post("websites.new", {**form, "lt_page": page_of(continued)}).status_code == 303
    assert newsroom.stored(UUID(article_id)).title == "Viết dở"
    assert kept(lan, key) is None


def test_a_continued_change_still_meets_the_conflict_and_keeps_its_draft(newsroom):
    lan, article_id = newsroom.author, newsroom.article(title="Đầu")
    key = f"websites.article.{article_id}"
    opened = lan.get("websites.edit", article_id=article_id)
    version = re.search(r'name="version" value="(\d+)"', opened.text)[1]
    save(lan, key, opened, title="Của tôi", body="<p>Của tôi.</p>", version=version)
    newsroom.change(newsroom.editor, article_id, title="Của biên tập")

    continued = go_on(lan, lan.get("websites.edit", article_id=article_id))
    assert f'name="version" value="{version}"' in continued.text
    form = {"title": "Của tôi", "body": "<p>Của tôi.</p>", "version": version, "lt_page": page_of(continued)}
    refused = lan.post("websites.edit", form, article_id=article_id)
    assert refused.status_code == 409
    assert "Của biên tập" in refused.text
    assert kept(lan, key).fields["title"] == "Của tôi"
    newest = re.search(r'name="version" value="(\d+)"', refused.text)[1]
    assert lan.post("websites.edit", {**form, "version": newest}, article_id=article_id).status_code == 303
    assert kept(lan, key) is None


def test_a_form_with_a_mistake_keeps_its_draft(newsroom):
    lan = newsroom.author
    opened = lan.get("websites.new", query={"kind": "news"})
    save(lan, "websites.new.news", opened, title="", body="<p>Còn đây.</p>")
    answer = lan.post("websites.new", article_form(title="", body="<p>Còn đây.</p>"))
    assert answer.status_code == 422
    assert "Còn đây." in answer.text
    assert kept(lan, "websites.new.news").fields["body"] == "<p>Còn đây.</p>"


def test_back_and_save_once_more_takes_what_was_written_on(newsroom):
    lan, opened = newsroom.author, newsroom.author.get("websites.new", query={"kind": "news"})
    article_id = re.search(r'name="id" value="([^"]+)"', opened.text)[1]
    form = article_form(id=article_id, lt_page=page_of(opened))
    assert lan.post("websites.new", form).status_code == 303
    more = {**form, "title": "Tên mới", "body": "<p>Viết thêm nửa giờ.</p>"}
    save(lan, "websites.new.news", opened, **more)
    for _pressed in range(2):
        assert lan.post("websites.new", more).status_code == 303
    stored = newsroom.stored(UUID(article_id))
    assert (stored.title, stored.body, stored.version) == ("Tên mới", "<p>Viết thêm nửa giờ.</p>", 2)
    assert kept(lan, "websites.new.news") is None


def test_back_and_save_over_what_was_changed_elsewhere_asks_which_text_stands(newsroom):
    lan, opened = newsroom.author, newsroom.author.get("websites.new", query={"kind": "news"})
    form = article_form(id=re.search(r'name="id" value="([^"]+)"', opened.text)[1], lt_page=page_of(opened))
    assert lan.post("websites.new", form).status_code == 303
    article_id = UUID(form["id"])
    newsroom.change(newsroom.editor, article_id, body="<p>Biên tập.</p>")
    typed = {**form, "body": "<p>Của Lan.</p>"}
    save(lan, "websites.new.news", opened, **typed)
    refused = lan.post("websites.new", typed)
    assert refused.status_code == 409
    assert "&lt;p&gt;Của Lan.&lt;/p&gt;" in refused.text
    assert newsroom.agency.url("websites.edit", article_id=article_id) in refused.text
    assert newsroom.stored(article_id).body == "<p>Biên tập.</p>"
    assert kept(lan, "websites.new.news").fields["body"] == "<p>Của Lan.</p>"
    version = re.search(r'name="version" value="(\d+)"', refused.text)[1]
    assert lan.post("websites.edit", {**typed, "version": version}, article_id=article_id).status_code == 303
    assert newsroom.stored(article_id).body == "<p>Của Lan.</p>"
    assert kept(lan, "websites.new.news") is None


def test_back_and_save_of_what_was_handed_on_comes_back_as_typed(newsroom):
    lan, opened = newsroom.author, newsroom.author.get("websites.new", query={"kind": "news"})
    form = article_form(id=re.search(r'name="id" value="([^"]+)"', opened.text)[1], lt_page=page_of(opened))
    assert lan.post("websites.new", form).status_code == 303
    lan.post("websites.submit", article_id=UUID(form["id"]))
    assert lan.post("websites.new", form).status_code == 303  # the same again is no change
    refused = lan.post("websites.new", {**form, "title": "Viết thêm"})
    assert refused.status_code == 422
    assert 'value="Viết thêm"' in refused.text
    assert "chưa đến lượt bạn" in refused.text
    assert newsroom.stored(UUID(form["id"])).title == form["title"]


def test_the_list_leads_back_to_what_its_reader_left_unfinished(newsroom):
    lan = newsroom.author
    opened = lan.get("websites.new", query={"kind": "document"})
    address = unescape(re.search(r'data-lt-save="([^"]+)"', opened.text)[1])
    form = {**article_form(kind="document", title="Quyết định dở dang"), "lt_page": page_of(opened)}
    body = urlencode({**form, "csrf_token": lan.csrf_token})
    lan._send("POST", address, body=body, content_type="application/x-www-form-urlencoded")
    listed = lan.get("websites.articles").text
    onward = unescape(re.search(r'href="([^"]+)">Quyết định dở dang</a>', listed)[1])
    continued = lan.follow(onward).text
    assert 'value="Quyết định dở dang"' in continued
    assert "Số, ký hiệu" in continued
    assert "Quyết định dở dang" not in newsroom.another("author").get("websites.articles").text


def test_a_text_whose_article_moved_on_is_shown_with_the_reason(newsroom):
    lan, article_id = newsroom.author, newsroom.article(title="Đầu")
    key, form = (
        f"websites.article.{article_id}",
        {"title": "Của tôi", "summary": "Tóm tắt vừa gõ", "body": ""},
    )
    opened = lan.get("websites.edit", article_id=article_id)
    form |= {
        "version": re.search(r'name="version" value="(\d+)"', opened.text)[1],
        "lt_page": page_of(opened),
    }
    assert lan.post("websites.put_away", article_id=article_id).status_code == 303
    refused = lan.post("websites.edit", form, article_id=article_id)
    assert refused.status_code == 422
    assert "chưa đến lượt bạn" in refused.text
    assert "Tóm tắt vừa gõ" in refused.text
    assert 'name="title"' in refused.text
    # Without anything of one's own there is nothing to show.
    assert 'name="title"' not in lan.get("websites.edit", article_id=article_id).text
    save(lan, key, opened, **form)
    onward = go_on(lan, lan.get("websites.edit", article_id=article_id))
    assert "Tóm tắt vừa gõ" in onward.text
    assert "chưa đến lượt bạn" in onward.text
