"""Who hears of what happens to an article: once, never who did it, and not the matter by mail."""

from datetime import UTC, datetime, timedelta

import pytest

from core.db import db
from plugins.followers.api import follow
from plugins.notifications.models import Notification
from plugins.websites import offer_services, publishing, services, telling
from plugins.websites.models import FrontItem
from tests.plugins.websites.newsroom import Newsroom


@pytest.fixture
def staffed(newsroom):
    """The newsroom with everybody hired, so that everybody could be told."""
    for role in ("author", "editor", "publisher"):
        getattr(newsroom, role)
    return newsroom


def told(officer) -> list[tuple[str, str]]:
    """Return what an officer was told, oldest first: kind and sentence."""
    with officer.agency.at_work():
        rows = Notification.select().where(Notification.person_id == officer.person_id)
        return [(row.kind, row.text.format(**row.fields)) for row in rows.order_by(Notification.id)]


def forget(newsroom) -> None:
    with newsroom.agency.at_work():
        Notification.delete().execute()


def test_an_article_is_announced_to_those_whose_turn_it_is(staffed):
    article_id = staffed.article(title="Bờ biển sạch")
    for _again in range(2):
        with staffed.author.working() as ctx:
            services.submit_article(ctx, article_id)
    to_edit = (telling.TO_EDIT, "Bài “Bờ biển sạch” chờ biên tập")
    assert told(staffed.editor) == told(staffed.publisher) == [to_edit]
    with staffed.editor.working() as ctx:
        services.forward_article(ctx, article_id)
    assert told(staffed.publisher) == [to_edit, (telling.TO_APPROVE, "Bài “Bờ biển sạch” chờ duyệt đăng")]
    # Who acted is not told, and an author need not hear that the own article went on.
    assert told(staffed.editor) == [to_edit]
    assert told(staffed.author) == []


def asked(officer) -> list[str]:
    """Return the kinds of what an officer was told and has not read."""
    with officer.agency.at_work():
        rows = Notification.select().where(Notification.person_id == officer.person_id, Notification.unread)
        return [row.kind for row in rows.order_by(Notification.id)]


def test_what_asks_for_a_step_is_settled_once_anybody_has_taken_it(staffed):
    second = staffed.agency.officer("websites.publisher")
    article_id, other = staffed.article(), staffed.article()
    for each in (article_id, other):
        with staffed.author.working() as ctx:
            services.submit_article(ctx, each)
    with staffed.editor.working() as ctx:
        services.return_article(ctx, article_id, reason="Thiếu ảnh")
    # The other article still waits for them.
    assert asked(staffed.editor) == asked(second) == [telling.TO_EDIT]
    assert asked(staffed.author) == [telling.RETURNED]
    with staffed.author.working() as ctx:
        services.submit_article(ctx, article_id)
    assert asked(staffed.author) == []
    with staffed.editor.working() as ctx:
        services.forward_article(ctx, article_id)
    assert asked(second) == [telling.TO_EDIT, telling.TO_APPROVE]
    with staffed.publisher.working() as ctx:
        publishing.publish_article(ctx, article_id, version=staffed.stored(article_id).version)
    assert asked(staffed.publisher) == asked(second) == [telling.TO_EDIT]
    assert staffed.stored(article_id).state == "published"


def test_a_role_of_the_agencys_own_is_told_as_well_and_an_ended_post_is_not(staffed):
    with staffed.agency.at_work():
        db.execute_sql(
            "INSERT INTO tenants.role (tenant_id, id, key, title, permissions) VALUES "
            "(core.app_tenant(), gen_random_uuid(), 'own.duyet', 'Duyệt', '[\"websites.publish\"]')"
        )
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s",
            (staffed.publisher.person_id,),
        )
    chief = staffed.agency.officer("own.duyet")
    article_id = staffed.article()
    with staffed.editor.working() as ctx:
        services.forward_article(ctx, article_id)
    assert [kind for kind, _text in told(chief)] == [telling.TO_APPROVE]
    assert told(staffed.publisher) == []


def test_the_author_hears_why_an_article_came_back(staffed):
    staffed.article(title="Bờ biển sạch", state="returned")
    assert told(staffed.author) == [(telling.RETURNED, "Bài “Bờ biển sạch” được trả lại: Thiếu ảnh.")]
    forget(staffed)
    staffed.article(by=staffed.publisher, state="returned")
    assert telling.RETURNED not in {kind for kind, _text in told(staffed.publisher)}


def test_author_and_editor_hear_that_it_is_public_and_that_it_is_gone(staffed):
    article_id = staffed.article(title="Bờ biển sạch")
    with staffed.editor.working() as ctx:
        services.forward_article(ctx, article_id)
    forget(staffed)
    with staffed.publisher.working() as ctx:
        publishing.publish_article(ctx, article_id, version=staffed.stored(article_id).version)
        # Another end of the same text is no news.
        publishing.publish_article(
            ctx,
            article_id,
            version=staffed.stored(article_id).version,
            unpublish_at=datetime.now(UTC) + timedelta(days=9),
        )
        publishing.withdraw_article(ctx, article_id)
    expected = [
        (telling.PUBLIC, "Bài “Bờ biển sạch” đã lên trang"),
        (telling.PUBLIC, "Bài “Bờ biển sạch” đã được gỡ khỏi trang"),
    ]
    assert told(staffed.author) == told(staffed.editor) == expected
    assert told(staffed.publisher) == []


def test_the_job_tells_once_however_often_it_runs(staffed):
    article_id = staffed.article(title="Bờ biển sạch", state="approval")
    with staffed.publisher.working() as ctx:
        publishing.publish_article(
            ctx,
            article_id,
            version=staffed.stored(article_id).version,
            publish_at=datetime.now(UTC) + timedelta(hours=1),
            unpublish_at=datetime.now(UTC) + timedelta(hours=50),
        )
    assert told(staffed.author) == []
    for _day in range(2):
        staffed.let_time_pass(publish_at="1 day", unpublish_at="26 hours")
        for _again in range(2):
            staffed.run_job()
    assert told(staffed.author) == [
        (telling.PUBLIC, "Bài “Bờ biển sạch” đã lên trang"),
        (telling.PUBLIC, "Bài “Bờ biển sạch” đã tự gỡ theo giờ hẹn"),
    ]


def test_who_missed_the_whole_time_hears_that_nothing_was_published(staffed):
    staffed.article(title="Bờ biển sạch", state="scheduled")
    with staffed.agency.at_work():
        db.execute_sql(
            "UPDATE websites.article SET publish_at = now() - interval '2 days', unpublish_at = now() - interval '1 day' "
            "WHERE tenant_id = core.app_tenant() AND state = 'scheduled'"
        )
    staffed.run_job()
    assert told(staffed.author) == [
        (telling.PUBLIC, "Bài “Bờ biển sạch” chưa kịp lên trang: giờ đăng và giờ gỡ đều đã qua")
    ]
    # It is for them to set another time.
    assert (telling.TO_APPROVE, "Bài “Bờ biển sạch” chờ duyệt đăng") in told(staffed.publisher)


def test_an_offer_goes_up_to_the_portal_and_the_answer_comes_back(ground, staffed):
    portal = Newsroom(ground.agency("websites", kind="province"))
    phong = portal.agency.officer("websites.portal_editor")
    article_id = staffed.article(title="Bờ biển sạch", state="published")
    second = staffed.another("publisher")
    with staffed.publisher.working() as ctx:
        offer_services.offer_article(ctx, article_id)
        item = FrontItem.get(FrontItem.article_id == article_id)
    offered = f"{staffed.agency.info.name} đề nghị đưa bài “Bờ biển sạch” lên trang chủ chung"
    assert told(phong) == [(telling.OFFERED, offered)]
    assert told(portal.publisher) == []
    assert asked(phong) == [telling.OFFERED]
    with phong.working() as ctx:
        for _again in range(2):
            offer_services.decide_offer(ctx, item_id=item.id, accept=True)
        offer_services.decide_offer(ctx, item_id=item.id, accept=False, reason="Tin đã cũ.", seen="accepted")
    assert asked(phong) == []
    answers = [each for each in told(second) if each[0] == telling.ANSWERED]
    assert answers == [
        (telling.ANSWERED, "Cổng chung đã nhận bài “Bờ biển sạch” lên trang chủ"),
        (telling.ANSWERED, "Cổng chung không nhận bài “Bờ biển sạch”: Tin đã cũ."),
    ]
    assert telling.ANSWERED not in {kind for kind, _text in told(staffed.author)}
    opened = phong.get("notifications.open", notification_id=first_id(phong))
    assert opened.headers["Location"] == portal.agency.url("websites.offers")


def test_an_offer_taken_back_waits_for_nobody(ground, staffed):
    portal = Newsroom(ground.agency("websites", kind="province"))
    phong = portal.agency.officer("websites.portal_editor")
    article_id = staffed.article(state="published")
    with staffed.publisher.working() as ctx:
        offer_services.offer_article(ctx, article_id)
        assert asked(phong) == [telling.OFFERED]
        offer_services.retract_article(ctx, article_id)
    assert asked(phong) == []


@pytest.mark.parametrize("how", ["withdrawn", "expired", "missed"])
def test_an_offer_of_what_the_public_sees_no_more_waits_for_nobody(ground, staffed, how):
    portal = Newsroom(ground.agency("websites", kind="province"))
    phong = portal.agency.officer("websites.portal_editor")
    article_id = staffed.article(state="published")
    with staffed.publisher.working() as ctx:
        offer_services.offer_article(ctx, article_id)
    assert asked(phong) == [telling.OFFERED]
    past = "now() - interval '1 hour'"
    begun = "now() - interval '2 hours'"
    ends = {
        "expired": f"UPDATE websites.publication SET unpublish_at = {past}",
        "missed": f"UPDATE websites.article SET state = 'scheduled', publish_at = {begun}, unpublish_at = {past}",
    }
    if how == "withdrawn":
        with staffed.publisher.working() as ctx:
            publishing.withdraw_article(ctx, article_id)
    else:
        with staffed.agency.at_work():
            db.execute_sql(f"{ends[how]} WHERE id = %s", (article_id,))
        staffed.run_job()
    assert staffed.shown(article_id) is None
    assert asked(phong) == []


def first_id(officer):
    with officer.agency.at_work():
        return Notification.get(Notification.person_id == officer.person_id).id


def test_where_the_portals_module_is_off_nobody_there_is_told(ground, staffed):
    portal = Newsroom(ground.agency("websites", kind="province"))
    phong = portal.agency.officer("websites.portal_editor")
    portal.agency.switch("websites", on=False)
    article_id = staffed.article(state="published")
    with staffed.publisher.working() as ctx:
        offer_services.offer_article(ctx, article_id)
    assert told(phong) == []


def test_who_follows_hears_of_every_step_once_and_only_while_they_may_read(staffed):
    colleague, lost = staffed.another("author"), staffed.another("author")
    article_id = staffed.article(title="Bờ biển sạch")
    for officer in (colleague, lost, staffed.author, staffed.editor):
        with officer.working() as ctx:
            follow(ctx, "websites.article", article_id)
    with staffed.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (lost.person_id,)
        )
    with staffed.author.working() as ctx:
        services.submit_article(ctx, article_id)
    assert told(colleague) == [(telling.FOLLOWED, "Bài “Bờ biển sạch” chờ biên tập")]
    # Whose turn it is hears it once; who did it hears nothing.
    assert [kind for kind, _text in told(staffed.editor)] == [telling.TO_EDIT]
    assert told(staffed.author) == told(lost) == []
