"""The province's front page: what agencies offer, what its editor takes, and what it shows."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.web.errors import Forbidden, NotFound
from plugins.websites import offer_services, public_province, publishing, queries, site_queries
from plugins.websites.models import FrontItem, Site
from tenants import services as tenants
from tenants.models import today
from tests.plugins.websites.newsroom import Newsroom, add_picture


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
    with newsroom.agency.at_work():
        tenants.withdraw_revision(
            newsroom.agency.info.id, coming
        )  # operators see names to come at the top of their list


def test_an_article_is_offered_accepted_follows_its_text_and_goes_when_withdrawn(newsroom, ground):
    portal = ground.agency("websites", kind="province")
    editor = portal.officer("websites.portal_editor")
    article_id = newsroom.article(title="Lễ hội áo dài", state="published")
    assert newsroom.publisher.post("websites.offer", article_id=article_id).status_code == 303
    assert newsroom.publisher.post("websites.offer", article_id=article_id).status_code == 303
    page = editor.get("websites.offers").text
    assert page.count("Lễ hội áo dài</a>") == 1
    with newsroom.agency.at_work():
        item = site_queries.offer_of(article_id)
    other = newsroom.article(title="Tin mới hơn, đứng trên", state="published")
    newsroom.publisher.post("websites.offer", article_id=other)
    refused = editor.post("websites.offers", {"item_id": str(item.id), "answer": "no"})
    assert refused.status_code == 422
    assert '<a href="#f-reason">Không nhận “Lễ hội áo dài”?: Chưa nhập.</a>' in refused.text
    assert refused.text.count('id="f-reason"') == 1
    assert editor.post("websites.offers", {"item_id": str(item.id), "answer": "yes"}).status_code == 303
    closed = "Cổng chung đã nhận, trang của cơ quan chưa mở"
    assert closed in newsroom.author.get("websites.article", article_id=article_id).text
    taken = editor.get("websites.offers", query={"state": "accepted"}).text
    assert closed in taken[taken.index("Lễ hội áo dài</a>") :].partition("</tr>")[0]
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    page = newsroom.author.get("websites.article", article_id=article_id).text
    assert "Cổng chung đã nhận" in page
    assert closed not in page
    newsroom.change(newsroom.publisher, article_id, title="Lễ hội áo dài 2026")
    with newsroom.publisher.working() as ctx:
        publishing.publish_article(ctx, article_id, version=queries.article(article_id).version)
    with newsroom.agency.at_work():
        item = site_queries.offer_of(article_id)
    assert (item.title, item.state) == ("Lễ hội áo dài 2026", "accepted")
    with newsroom.publisher.working() as ctx:
        publishing.withdraw_article(ctx, article_id)
    with newsroom.agency.at_work():
        assert not FrontItem.select().where(FrontItem.id == item.id).exists()


def test_the_front_page_shows_what_was_taken_last_however_old_it_is(newsroom, ground):
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    editor = ground.agency("websites", kind="province").officer("websites.portal_editor")
    titles = [f"Tin chia sẻ {uuid4().hex[:8]}" for _n in range(public_province.NEWS + 1)]
    ids = [newsroom.article(title=title, state="published") for title in titles]
    for article_id in reversed(ids):  # what was published first is taken last
        newsroom.publisher.post("websites.offer", article_id=article_id)
        with newsroom.agency.at_work():
            item = site_queries.offer_of(article_id)
        answer = editor.post("websites.offers", {"item_id": str(item.id), "answer": "yes"})
        assert answer.status_code == 303
    front = ground.client.simulate_get("/public/").text
    shown = sorted((title for title in titles if title in front), key=front.index)
    assert shown == titles[:-1]


def test_of_two_portal_editors_the_second_hears_of_the_first_and_the_same_answer_writes_nothing(
    newsroom, ground
):
    portal = ground.agency("websites", kind="province")
    first, second = (portal.officer("websites.portal_editor", name=name) for name in ("Lê Phong", "Trần Mai"))
    article_id = newsroom.article(title="Mở lại bến thuyền", state="published")
    newsroom.publisher.post("websites.offer", article_id=article_id)
    with newsroom.agency.at_work():
        item = site_queries.offer_of(article_id)
    decision = {"item_id": str(item.id), "seen": "offered"}
    assert first.post("websites.offers", {**decision, "answer": "yes"}).status_code == 303
    with newsroom.agency.at_work():
        taken = site_queries.offer_of(article_id)
    refused = second.post("websites.offers", {**decision, "answer": "no", "reason": "Trùng tin."})
    assert refused.status_code == 422
    assert "Lê Phong đã nhận “Mở lại bến thuyền” lúc" in refused.text
    assert second.post("websites.offers", {**decision, "answer": "yes"}).status_code == 303
    with newsroom.agency.at_work():
        now = site_queries.offer_of(article_id)
    assert (now.state, now.decided_by, now.decided_at) == ("accepted", first.person_id, taken.decided_at)
    told = {**decision, "seen": "accepted", "answer": "no", "reason": "Trùng tin."}
    assert second.post("websites.offers", told).status_code == 303


@pytest.mark.parametrize("act", ["retract", "withdraw"])
def test_an_offer_that_was_just_taken_back_is_told_on_the_list(newsroom, ground, act):
    editor = Newsroom(ground.agency("websites", kind="province")).agency.officer("websites.portal_editor")
    article_id = newsroom.article(title="Rút lại rồi", state="published")
    newsroom.publisher.post("websites.offer", article_id=article_id)
    with newsroom.agency.at_work():
        item = site_queries.offer_of(article_id)
    newsroom.publisher.post(f"websites.{act}", article_id=article_id)
    for answer in ({"answer": "yes"}, {"answer": "no", "reason": "Trùng tin."}):
        told = editor.post("websites.offers", {"item_id": str(item.id), "seen": "offered", **answer})
        assert told.status_code == 422
        assert "Cơ quan vừa rút đề nghị bài này." in told.text
        assert "Đề nghị của cơ quan" in told.text


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
        offer_services.decide_offer(ctx, item_id=uuid4(), accept=True)
    with newsroom.administrator.working() as ctx, pytest.raises(Forbidden):
        offer_services.decide_offer(ctx, item_id=uuid4(), accept=True)


def test_the_front_page_shows_covers_with_their_words_and_sizes_and_only_while_they_are_public(ground):
    newsroom = Newsroom(ground.agency("websites"))
    cover = add_picture(newsroom, "Bến thuyền lúc bình minh")
    article_id = newsroom.article(title="Bến thuyền mở lại", cover_id=cover, state="published")
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
        file_id = site_queries.picture(cover).file_id
    newsroom.publisher.post("websites.offer", article_id=article_id)
    with newsroom.agency.at_work():
        FrontItem.update(state="accepted", decided_at=datetime.now(UTC)).where(
            FrontItem.article_id == article_id
        ).execute()

    def front():
        return ground.client.simulate_get("/public/").text

    (shown,) = re.findall(f'<img src="([^"]*{file_id}[^"]*)"([^>]*)>', front())
    assert 'alt="Bến thuyền lúc bình minh"' in shown[1]
    assert re.search(r'width="\d+" height="\d+"', shown[1])
    assert ground.client.simulate_get(shown[0]).status_code == 200
    with newsroom.agency.at_work():
        Site.update(is_open=False).execute()
    assert str(file_id) not in front()
