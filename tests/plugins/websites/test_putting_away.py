"""Articles nobody wants any more, before the public ever saw them: out of the way, and back again."""

import re
from html import unescape
from urllib.parse import unquote

import pytest

from core.web.errors import Invalid
from core.web.request import SESSION_COOKIE, TOAST_COOKIE
from plugins.websites import queries, services, site_services, telling
from plugins.websites.models import Article, Category
from tests.plugins.websites.test_list import bulk
from tests.plugins.websites.test_telling import asked


def test_a_draft_is_put_away_by_one_press_and_back_by_another(newsroom):
    lan, article_id = newsroom.author, newsroom.article(title="Viết nhầm")
    answer = lan.post("websites.put_away", article_id=article_id)
    toast = answer.cookies[TOAST_COOKIE]
    cookies = f"{SESSION_COOKIE}={lan.token}; {toast.name}={toast.value}"
    shown = lan._send("GET", answer.headers["Location"], headers={"Cookie": cookies}).text
    assert "Đã cất" in shown
    assert "Viết nhầm" not in newsroom.titles(lan)
    assert "Viết nhầm" not in newsroom.titles(lan, search="viet nham")
    assert newsroom.titles(lan, state="put_away") == ["Viết nhầm"]
    undo = unescape(re.search(r'action="([^"]*take-back)"', shown)[1])
    assert undo == newsroom.agency.url("websites.take_back", article_id=article_id)
    back = lan.post("websites.take_back", article_id=article_id)
    assert (back.status_code, unquote(back.cookies[TOAST_COOKIE].value)) == (303, "Đã lấy lại bài.")
    assert newsroom.stored(article_id).state == "draft"
    assert newsroom.revisions(article_id) == ["Viết nhầm"]
    assert newsroom.audit()[-3:] == ["written", "put_away", "taken_back"]


def test_what_the_public_saw_or_a_site_must_have_is_not_put_away(newsroom):
    once = newsroom.article(state="withdrawn")
    newsroom.change(newsroom.publisher, once, title="Sửa rồi mới đăng lại")
    with newsroom.agency.at_work():
        page = Article.get(Article.page_role == "introduction").id
    for article_id in (once, page, newsroom.article(state="scheduled")):
        with newsroom.publisher.working() as ctx, pytest.raises(Invalid):
            services.put_away_article(ctx, article_id)


def test_whose_article_was_put_away_by_another_is_told(newsroom):
    article_id = newsroom.article(title="Trùng với bài hôm qua", state="editing")
    assert newsroom.editor.post("websites.put_away", article_id=article_id).status_code == 303
    assert "Bài “Trùng với bài hôm qua” được cất đi" in newsroom.author.get("notifications.centre").text
    with newsroom.author.working() as ctx:
        assert queries.waiting(ctx) == 0


def test_what_is_taken_back_stands_where_it_stood_and_waits_for_the_same_people(newsroom):
    editor, publisher, author = newsroom.editor, newsroom.publisher, newsroom.author
    sent, passed_on = newsroom.article(state="editing"), newsroom.article(state="approval")
    returned = newsroom.article(state="returned")
    before = {each: newsroom.stored(each) for each in (sent, passed_on, returned)}
    chief = newsroom.another("publisher")
    for article_id, stood in before.items():
        assert chief.post("websites.put_away", article_id=article_id).status_code == 303
        assert telling.PUBLIC in asked(author)
        assert chief.post("websites.take_back", article_id=article_id).status_code == 303
        after = newsroom.stored(article_id)
        kept = ("state", "return_reason", "editor_id", "revision")
        assert [getattr(after, name) for name in kept] == [getattr(stood, name) for name in kept]
    assert asked(author) == [telling.RETURNED]
    assert asked(editor) == [telling.TO_EDIT]
    assert sorted(asked(publisher)) == [telling.TO_APPROVE, telling.TO_EDIT]
    with editor.working() as ctx:
        assert queries.waiting(ctx) == 1


def test_undoing_many_gives_them_back_to_the_editors(newsroom):
    sent = [newsroom.article(title=f"Đã gửi {n}", state="editing") for n in range(2)]
    bulk(newsroom.editor, "put_away", *sent)
    assert {newsroom.stored(each).state for each in sent} == {"put_away"}
    bulk(newsroom.editor, "take_back", *sent)
    assert {newsroom.stored(each).state for each in sent} == {"editing"}


def test_many_are_put_away_and_those_not_on_turn_are_named(newsroom):
    mine = [newsroom.article(title=f"Nháp {n}") for n in range(2)]
    sent = newsroom.article(title="Đã gửi", state="editing")
    answer = bulk(newsroom.author, "put_away", *mine, sent)
    page = newsroom.author.follow(answer.headers["Location"]).text
    assert "Đã cất 2 bài. Lọc trạng thái “Đã cất” để lấy lại." in page
    assert "“Đã gửi”: Bài đang ở bước “Chờ biên tập”" in page
    assert {newsroom.stored(each).state for each in mine} == {"put_away"}
    bulk(newsroom.author, "take_back", *mine)
    assert {newsroom.stored(each).state for each in mine} == {"draft"}


def test_what_was_put_away_does_not_hold_its_category(newsroom):
    with newsroom.administrator.working() as ctx:
        site_services.add_category(ctx, title="Du lịch")
        category_id = Category.get(Category.title == "Du lịch").id
    article_id = newsroom.article(category_id=category_id, state="put_away")
    page = newsroom.administrator.get("websites.categories").text
    assert newsroom.agency.url("websites.category_delete", line_id=category_id) in page
    with newsroom.administrator.working() as ctx:
        site_services.delete_category(ctx, category_id)
    assert newsroom.stored(article_id).category_id is None
