"""Press issues: recorded once, directed, answered by who may, joined; due as the law of their day has it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from core.db import Conflict, db
from core.i18n import HOME_ZONE
from core.web.errors import Forbidden, Invalid
from core.web.uploads import Upload
from plugins.casework import api as casework
from plugins.casework.models import Assignment
from plugins.files.api import SentFiles, files_of
from plugins.press_issues import queries, services
from plugins.press_issues.events import SpokespersonEnded
from plugins.press_issues.models import Article, FeedItem, Issue, Spokesperson
from plugins.press_issues.rules import SHIPPED, rule_for
from tests.plugins.casework.conftest import migrate_again
from tests.plugins.press_issues.conftest import said, today
from tests.support.racing import overtaken

STORY = (
    "Khoảng ba tuần nay, đêm nào cũng có xe tải đổ xà bần xuống bờ sông An Cựu, đoạn gần cầu Kho Rèn. "
    "Người dân đã phản ánh nhiều lần nhưng chưa thấy chính quyền phường xử lý dứt điểm."
)


# ---- the way of an issue ---------------------------------------------------------------------------------------


def test_an_issue_goes_from_article_to_published_answer(newsroom):
    newsroom.opened_public_page()
    case = newsroom.answered()
    assert newsroom.stored(case).state == "sent"
    assert newsroom.stored(case).outcome == "early"
    newsroom.act(newsroom.leader, case, "publish", said="Rác ven sông.", text="Đã dọn sạch.")
    now = newsroom.stored(case)
    assert (now.state, now.outcome) == ("published", "early"), "publishing later makes no answer late"
    with newsroom.agency.at_work():
        issue = queries.issue(case.id)
    assert (issue.finding, issue.answer, issue.approved_by) == (
        "partly",
        "UBND phường đã xử lý.",
        newsroom.leader.person_id,
    )


def test_the_leader_gets_it_first_and_the_drafter_again_after_approval(newsroom):
    case = newsroom.record()
    holders = "SELECT p.full_name, a.task FROM casework.assignment a JOIN tenants.person p ON p.id = a.person_id WHERE a.done_at IS NULL AND a.case_id = %s"
    assert newsroom.sql(holders, case.id) == [("Phạm Ngọc Anh", "Cho ý kiến chỉ đạo")]
    newsroom.act(newsroom.leader, case, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    newsroom.act(newsroom.lan, case, "conclude", finding="true", finding_note="Đúng")
    newsroom.act(newsroom.lan, case, "submit", answer="Trả lời", person_id=newsroom.leader.person_id)
    newsroom.act(newsroom.leader, case, "approve")
    assert newsroom.sql(holders, case.id) == [("Hoàng Thị Lan", "Gửi trả lời cho báo")]


def test_an_article_pressed_many_times_at_once_is_recorded_once(newsroom):
    once = {"id": uuid4(), "article_title": "Xe tải đổ xà bần", "url": f"https://baomau.example/{uuid4()}"}
    with ThreadPoolExecutor(4) as presses:
        cases = [each.result() for each in [presses.submit(newsroom.record, **once) for _each in range(4)]]
    assert {each.id for each in cases} == {once["id"]}


def test_a_move_with_a_form_of_its_own_is_not_gone_around(newsroom):
    case = newsroom.record()
    answer = newsroom.leader.post(
        "casework.case_move", {"version": "1", "note": "x"}, case_id=case.id, transition="direct"
    )
    assert answer.status_code == 404
    assert newsroom.stored(case).state == "new"


def test_only_who_leads_directs(newsroom):
    case = newsroom.record()
    with pytest.raises(Forbidden):
        newsroom.act(newsroom.lan, case, "direct", note="Tự chỉ đạo", person_id=newsroom.lan.person_id)


def test_of_two_who_conclude_at_once_the_second_is_told(newsroom):
    case = newsroom.record()
    newsroom.act(newsroom.leader, case, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    version = newsroom.stored(case).version
    newsroom.act(newsroom.lan, case, "conclude", finding="true", finding_note="Đúng", version=version)
    with pytest.raises(Conflict):
        newsroom.act(newsroom.lan, case, "conclude", finding="false", finding_note="Sai", version=version)
    form = {"version": str(version), "finding": "false", "finding_note": "Tôi ghi khác"}
    page = newsroom.lan.post("press_issues.conclude", form, case_id=case.id)
    assert page.status_code == 409
    assert "Tôi ghi khác" in page.text
    with newsroom.agency.at_work():
        assert queries.issue(case.id).finding == "true"


def test_it_is_sent_neither_tomorrow_nor_before_it_came(newsroom):
    case = newsroom.record()
    newsroom.act(newsroom.leader, case, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    newsroom.act(newsroom.lan, case, "conclude", finding="true", finding_note="Đúng")
    newsroom.act(newsroom.lan, case, "submit", answer="Trả lời", person_id=newsroom.leader.person_id)
    newsroom.act(newsroom.leader, case, "approve")
    for day in (today() + timedelta(days=2), today() - timedelta(days=9)):
        with pytest.raises(Invalid) as refused:
            newsroom.act(newsroom.lan, case, "send", sent_on=day)
        (told,) = refused.value.errors["sent_on"]
        assert "chỉ có thể là hôm nay" in told, "it came today"


# ---- who may answer the press -------------------------------------------------------------------------------------


def named(newsroom, **given):
    with newsroom.leader.working() as ctx:
        blank = {
            "code": "",
            "valid_from": today() - timedelta(days=1),
            "valid_to": None,
            "ground": "QĐ 12/QĐ-UBND",
        }
        services.name_spokesperson(ctx, {**blank, "person_id": newsroom.vinh.person_id, **given})


def for_review(newsroom):
    """Return an issue whose answer waits for somebody who was named for a while, and is not any more."""
    case = newsroom.record()
    named(newsroom)
    newsroom.act(newsroom.leader, case, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    newsroom.act(newsroom.lan, case, "conclude", finding="true", finding_note="Đúng")
    newsroom.act(newsroom.lan, case, "submit", answer="Trả lời", person_id=newsroom.vinh.person_id)
    with newsroom.leader.working() as ctx:
        ended = Spokesperson.get(Spokesperson.revoked_at.is_null()).id
        assert case.code in services.end_spokesperson(ctx, ended), "somebody has to be asked instead"
    return case


def test_a_spokesperson_answers_only_while_named(newsroom):
    case = for_review(newsroom)
    with pytest.raises(Forbidden):
        newsroom.act(newsroom.vinh, case, "approve")
    named(newsroom)
    newsroom.act(newsroom.vinh, case, "approve")
    assert newsroom.stored(case).state == "approved"


def test_who_may_answer_no_more_is_offered_no_approval_and_reads_why(newsroom):
    case = for_review(newsroom)
    url = newsroom.agency.url("press_issues.approve", case_id=case.id)
    page = newsroom.vinh.get("press_issues.issue", case_id=case.id).text
    assert (url in page, services.NOT_NAMED in page) == (False, True)
    assert url in newsroom.leader.get("press_issues.issue", case_id=case.id).text
    named(newsroom)
    page = newsroom.vinh.get("press_issues.issue", case_id=case.id).text
    assert (url in page, services.NOT_NAMED in page) == (True, False)


def test_whoever_may_not_direct_chooses_one_of_several_leaders(newsroom):
    other = newsroom.agency.officer("press_issues.leader", name="Hồ Văn Dũng")
    with pytest.raises(Invalid) as refused:
        newsroom.record()
    assert "leader_id" in refused.value.errors
    newsroom.record(leader_id=other.person_id)
    newsroom.record(by=newsroom.leader)
    held = newsroom.sql("SELECT person_id FROM casework.assignment ORDER BY given_at")
    assert held == [(other.person_id,), (newsroom.leader.person_id,)]


def test_a_delegation_holds_for_its_issue_and_its_days(newsroom):
    case, other = for_review(newsroom), for_review(newsroom)
    with pytest.raises(Invalid) as refused:
        named(newsroom, code=case.code)
    assert "valid_to" in refused.value.errors
    named(
        newsroom, code=case.code, valid_from=today() - timedelta(days=9), valid_to=today() - timedelta(days=3)
    )
    with pytest.raises(Forbidden):
        newsroom.act(newsroom.vinh, case, "approve")
    named(newsroom, code=case.code, valid_to=today() + timedelta(days=3))
    with pytest.raises(Forbidden):
        newsroom.act(newsroom.vinh, other, "approve")
    newsroom.act(newsroom.vinh, case, "approve")


def test_who_was_named_does_not_name_others(newsroom):
    named(newsroom)
    with newsroom.vinh.working() as ctx, pytest.raises(Forbidden):
        services.name_spokesperson(
            ctx,
            {
                "person_id": newsroom.vinh.person_id,
                "code": "",
                "valid_from": today(),
                "valid_to": None,
                "ground": "x",
            },
        )


def test_a_right_to_answer_that_two_end_at_once_ends_once(newsroom):
    named(newsroom)
    with newsroom.leader.working():
        row_id = Spokesperson.get().id

    def end(ctx):
        services.end_spokesperson(ctx, row_id)
        return True

    assert overtaken((newsroom.leader, end), (newsroom.leader, end)) is True
    with newsroom.leader.working():
        facts = db.execute_sql(
            "SELECT count(*) FROM core.audit_entry WHERE tenant_id = core.app_tenant() AND event = %s AND object_id = %s",
            (SpokespersonEnded.name, row_id),
        )
        assert facts.fetchone() == (1,)


# ---- duplicates ----------------------------------------------------------------------------------------------------


def test_an_address_is_recorded_once_however_it_is_written(newsroom):
    case = newsroom.record(url="https://www.baomau.example/rac.html?utm_source=zalo#binh-luan")
    for url in ("http://baomau.example/rac.html", "https://m.baomau.example/rac.html/?fbclid=1"):
        with pytest.raises(Invalid) as refused:
            newsroom.record(url=url)
        assert case.code in refused.value.errors["url"][0]


def test_of_two_officers_who_record_an_address_at_once_one_is_told_of_the_other(newsroom):
    url, outcomes, ready = "https://baomau.example/cung-luc.html", [], threading.Barrier(2)

    def record(officer):
        ready.wait(timeout=20)
        try:
            outcomes.append(newsroom.record(officer, url=url, into="new").code)
        except Invalid as problem:
            outcomes.append(problem.errors["url"][0])

    threads = [threading.Thread(target=record, args=(each,)) for each in (newsroom.lan, newsroom.vinh)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    code, told = sorted(outcomes, key=len)
    assert code in told
    assert newsroom.sql("SELECT count(*) FROM casework.case_base WHERE kind = 'press_issues.issue'") == [(1,)]


def test_an_article_like_an_earlier_one_asks_where_it_belongs(newsroom):
    case = newsroom.record(article_title="Xe tải đổ xà bần xuống sông An Cựu", body=STORY)
    copied = {
        "article_title": "Xe tải đổ xà bần xuống sông An Cựu",
        "body": f"{STORY} Theo phóng viên.",
        "outlet": "Báo Khác",
    }
    with pytest.raises(Invalid) as refused:
        newsroom.record(**copied)
    assert case.code in refused.value.errors["into"][0]
    assert newsroom.record(**copied, into=case.code).id == case.id
    assert newsroom.record(**{**copied, "url": ""}, into="new").id != case.id
    with newsroom.agency.at_work():
        assert [each.outlet for each in queries.articles(case.id)] == ["Báo Mẫu", "Báo Khác"]


@pytest.mark.parametrize("kind", ["forwarded", "urgent", "complaint"])
def test_a_joining_can_be_undone_with_the_articles_that_came_by_it(newsroom, kind):
    first, second = newsroom.record(kind=kind), newsroom.record(kind=kind, title="Xe rác Kho Rèn")
    due = newsroom.stored(second).due_at
    newsroom.act(newsroom.lan, second, "join", code=first.code)
    page = newsroom.lan.get("press_issues.issue", case_id=second.id).text
    assert ("Gộp vào" in page, first.code in page, "Thời hạn theo luật" in page) == (True, True, False)
    version = newsroom.stored(second).version
    assert "(không bắt buộc)" not in newsroom.lan.get("press_issues.unjoin", case_id=second.id).text
    with pytest.raises(Invalid):
        newsroom.act(newsroom.lan, second, "unjoin", note="", version=version)
    newsroom.act(newsroom.lan, second, "unjoin", note="Hai việc", version=version)
    back = newsroom.stored(second)
    assert (back.state, back.closed_at, back.outcome, back.due_at) == ("new", None, "", due)
    assert "ren" not in newsroom.stored(first).folded.split()
    assert "ren" in back.folded.split()
    with newsroom.agency.at_work():
        assert [[each.first_issue_id for each in queries.articles(case.id)] for case in (first, second)] == [
            [first.id],
            [second.id],
        ]
    with pytest.raises(Conflict):
        newsroom.act(newsroom.lan, second, "unjoin", note="Hai việc", version=version)


def test_what_is_joined_is_never_due_before_what_goes_on(newsroom):
    late, young = newsroom.record(received=today() - timedelta(days=40)), newsroom.record()
    undated = newsroom.record(kind="complaint")
    for other in (young, undated):
        with pytest.raises(Invalid) as refused:
            newsroom.act(newsroom.lan, late, "join", code=other.code)
        assert f"Gộp {other.code} vào {late.code}" in refused.value.errors["code"][0]
        assert newsroom.stored(late).state == "new"
        newsroom.act(newsroom.lan, other, "join", code=late.code)
    assert newsroom.stored(late).due_at == late.due_at


def test_what_is_answered_already_takes_in_what_was_due_before(newsroom):
    late, answered = newsroom.record(received=today() - timedelta(days=40)), newsroom.answered()
    newsroom.act(newsroom.lan, late, "join", code=answered.code)
    assert newsroom.stored(late).state == "joined"


def chain(newsroom):
    """Return an issue joined to a second one, which is joined to a third."""
    leaf, middle, root = newsroom.record(title="Xe rác Kho Rèn"), newsroom.record(), newsroom.record()
    newsroom.act(newsroom.lan, leaf, "join", code=middle.code)
    newsroom.act(newsroom.lan, middle, "join", code=root.code)
    return leaf, middle, root


LINKS = "SELECT case_id, other_id FROM casework.case_link WHERE kind = 'duplicate'"


def first_articles(newsroom, *cases):
    with newsroom.agency.at_work():
        return [{each.first_issue_id for each in queries.articles(case.id)} for case in cases]


def test_of_a_chain_of_joinings_the_middle_comes_back_with_what_was_joined_to_it(newsroom):
    leaf, middle, root = chain(newsroom)
    assert middle.code in newsroom.lan.get("press_issues.issue", case_id=leaf.id).text
    newsroom.act(newsroom.lan, middle, "unjoin", note="Hai việc")
    assert first_articles(newsroom, leaf, middle, root) == [set(), {leaf.id, middle.id}, {root.id}]
    assert newsroom.sql(LINKS) == [(leaf.id, middle.id)]
    page = newsroom.lan.get("press_issues.issue", case_id=leaf.id).text
    assert (middle.code in page, root.code in page) == (True, False)
    assert "ren" not in newsroom.stored(root).folded.split()
    newsroom.act(newsroom.lan, leaf, "unjoin", note="Hai việc")
    assert first_articles(newsroom, leaf, middle, root) == [{leaf.id}, {middle.id}, {root.id}]
    assert newsroom.sql(LINKS) == []
    assert "ren" not in newsroom.stored(middle).folded.split()


def test_of_a_chain_of_joinings_the_end_comes_out_by_itself(newsroom):
    leaf, middle, root = chain(newsroom)
    newsroom.act(newsroom.lan, leaf, "unjoin", note="Hai việc")
    assert first_articles(newsroom, leaf, middle, root) == [{leaf.id}, set(), {middle.id, root.id}]
    assert newsroom.sql(LINKS) == [(middle.id, root.id)]
    for each in (middle, root):
        assert "ren" not in newsroom.stored(each).folded.split()


def test_what_was_joined_before_issues_kept_it_is_told_by_links_or_articles(newsroom, database):
    leaf, middle, root = chain(newsroom)
    with newsroom.lan.working() as ctx:
        casework.unlink(ctx, middle.id, root.id)
    gone = "ALTER TABLE press_issues.issue DROP joined_into; DROP INDEX press_issues.article_first_issue"
    migrate_again(database, "press_issues.migrations.0004_joined_into", before=gone)
    kept = dict(newsroom.sql("SELECT id, joined_into FROM press_issues.issue"))
    assert kept == {leaf.id: middle.id, middle.id: root.id, root.id: None}


def test_an_issue_whose_article_has_another_id_is_recorded_once_too(newsroom, database):
    given = said()
    with newsroom.lan.working() as ctx:
        case = services.record(ctx, given)
    before = (
        f"SELECT set_config('app.tenant_id', '{newsroom.agency.info.id}', true); "
        f"UPDATE press_issues.article SET id = gen_random_uuid() WHERE id = '{case.id}'"
    )
    migrate_again(database, "press_issues.migrations.0002_articles_stay", before=before)
    with newsroom.lan.working() as ctx:
        assert services.record(ctx, given).id == case.id


def test_an_issue_being_verified_goes_on_there_once_its_joining_is_undone(newsroom):
    first, second = newsroom.record(), newsroom.record()
    newsroom.act(newsroom.leader, second, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    newsroom.act(newsroom.lan, second, "join", code=first.code)
    assert "trở về đây" in newsroom.lan.get("press_issues.unjoin", case_id=second.id).text
    newsroom.act(newsroom.lan, second, "unjoin", note="Hai việc")
    assert newsroom.stored(second).state == "verifying"
    holders = "SELECT person_id FROM casework.assignment WHERE done_at IS NULL AND case_id = %s"
    assert newsroom.sql(holders, second.id) == [(newsroom.lan.person_id,)]


def test_articles_about_other_matters_are_not_alike(newsroom):
    newsroom.record(article_title="Xe tải đổ xà bần xuống sông An Cựu", body=STORY)
    other = "Phường khai trương điểm hỗ trợ dịch vụ công trực tuyến, người cao tuổi được hướng dẫn tận nơi vào sáng thứ bảy."
    assert newsroom.record(article_title="Hỗ trợ dịch vụ công sáng thứ bảy", body=other).state == "new"


def test_joining_issues_keeps_where_each_article_was_recorded(newsroom):
    first = newsroom.record(number=1, at=at("2026-01-05T08:00"))
    second = newsroom.record(number=2, at=at("2026-01-05T09:00"))
    newsroom.act(newsroom.lan, second, "join", code=first.code)
    assert newsroom.stored(second).state == "joined"
    for page in (
        newsroom.lan.get("press_issues.issue", case_id=second.id, query={"tab": "steps"}).text,
        newsroom.lan.get("press_issues.issues", query={"stand": "closed"}).text,
    ):
        assert "Không tính hạn" in page
        assert "Xong trễ" not in page
        assert "Trễ hạn" not in page
    with newsroom.agency.at_work():
        assert queries.articles(second.id) == []
        assert {each.first_issue_id for each in queries.articles(first.id)} == {first.id, second.id}
    page = newsroom.lan.get("press_issues.issue", case_id=first.id).text
    assert "chuyển từ sự việc đã gộp" in page
    with pytest.raises(Invalid):
        newsroom.record(into=second.code)


def test_a_form_sent_twice_records_once(newsroom):
    form = said()
    with newsroom.lan.working() as ctx:
        assert services.record(ctx, form).id == services.record(ctx, form).id
        assert Article.select().count() == Issue.select().count() == 1


def test_the_form_that_counts_an_article_to_an_issue_sent_twice_counts_it_once(newsroom):
    case = newsroom.record()
    form = said(into=case.code, url="")
    with newsroom.lan.working() as ctx:
        assert {services.record(ctx, form).id for _press in range(2)} == {case.id}
        assert Article.select().count() == 2


def test_an_article_with_a_very_long_address_is_recorded_once(newsroom):
    url = f"https://baomau.example/tim?q={'ế' * 900}"
    case = newsroom.record(url=url)
    with pytest.raises(Invalid) as refused:
        newsroom.record(url=url)
    assert case.code in refused.value.errors["url"][0]
    assert newsroom.record(url=f"{url}b").id != case.id
    odd = "".join(chr(0x4E00 + 7 * each) for each in range(900))
    assert newsroom.record(url=f"https://baomau.example/{odd}").id != case.id, (
        "too long for an index in bytes"
    )


def article(**given):
    return {
        "url": "",
        "outlet": "Báo Khác",
        "article_title": "Rác vẫn đổ",
        "published": None,
        "body": "",
        **given,
    }


def add(case, **given):
    return lambda ctx: services.add_to(ctx, case.id, article(**given))


def test_an_article_without_an_address_sent_twice_is_added_once(newsroom):
    case = newsroom.record()
    form = newsroom.lan.get("press_issues.article", case_id=case.id).text
    fields = dict(re.findall(r'name="(id|version)" value="([^"]*)"', form))
    fields |= {"article_title": "Rác ven sông", "outlet": "Báo giấy Mẫu", "body": "Bài báo giấy."}
    for _each in range(2):
        assert newsroom.lan.post("press_issues.article", fields, case_id=case.id).status_code == 303
    with newsroom.agency.at_work():
        assert [each.outlet for each in queries.articles(case.id)] == ["Báo Mẫu", "Báo giấy Mẫu"]


def test_no_article_is_counted_to_an_issue_that_was_joined(newsroom):
    kept, joined = newsroom.record(), newsroom.record()
    newsroom.act(newsroom.lan, joined, "join", code=kept.code)
    with newsroom.lan.working() as ctx, pytest.raises(Invalid) as refused:
        add(joined)(ctx)
    assert "đã gộp" in refused.value.errors[""][0]
    pages = [newsroom.lan.get("press_issues.issue", case_id=each.id).text for each in (kept, joined)]
    assert ["Thêm bài báo" in page for page in pages] == [True, False]


def test_an_article_recorded_while_its_issue_is_joined_is_told_of_it(newsroom):
    kept, joined = newsroom.record(), newsroom.record()

    def join(ctx):
        services.join(ctx, joined.id, {"version": joined.version, "note": "", "code": kept.code})

    into = said(into=joined.code)
    second = overtaken((newsroom.lan, join), (newsroom.leader, lambda ctx: services.record(ctx, into)))
    assert isinstance(second, Invalid)
    with newsroom.agency.at_work():
        assert queries.articles(joined.id) == []


def test_what_two_officers_add_at_once_is_all_found(newsroom):
    case = newsroom.record()
    one, other = (add(case, outlet=outlet) for outlet in ("Báo Ngự Bình", "Đài Sông Hương"))
    assert overtaken((newsroom.lan, one), (newsroom.leader, other)).id == case.id
    assert {"ngu", "binh", "dai", "huong"} <= set(newsroom.stored(case).folded.split())


def test_an_issue_that_was_edited_is_found_by_what_was_joined_to_it(newsroom):
    root, middle, leaf = newsroom.record(), newsroom.record(), newsroom.record(title="Xe rác Kho Rèn")
    newsroom.act(newsroom.lan, leaf, "join", code=middle.code)
    newsroom.act(newsroom.lan, middle, "join", code=root.code)

    def edit(ctx):
        said = {"title": "Rác", "summary": "", "severity": "grave", "sector": "land", "locality": "An Cựu"}
        return services.edit(ctx, root.id, {**said, "version": newsroom.stored(root).version})

    edited = overtaken((newsroom.lan, add(root, outlet="Đài Sông Hương")), (newsroom.leader, edit))
    words = newsroom.stored(root).folded.split()
    assert edited.id == root.id
    for each in (leaf.code.lower(), middle.code.lower(), "ren", "huong", "cuu"):
        assert each in words


def test_a_line_of_a_feed_that_was_left_stays_away_while_the_feed_brings_it(newsroom):
    feed = b"<rss><channel><item><title>A</title><link>https://a.example/1</link></item></channel></rss>"
    long_ago = datetime.now(UTC) - timedelta(days=40)

    def kept(**since):
        with newsroom.lan.working():
            FeedItem.update(**since).execute()
        with newsroom.agency.in_background():
            services.fetch_all()
        with newsroom.lan.working():
            return FeedItem.select().count(), queries.items()

    with newsroom.lan.working() as ctx:
        assert services.take(ctx, feed) == 1
        services.leave(ctx, queries.items()[0].id)
        FeedItem.update(seen_at=long_ago).execute()
        assert services.take(ctx, feed) == 0
    assert kept(added_at=long_ago) == (1, [])
    assert kept(seen_at=long_ago) == (0, [])


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://lan:mat-khau@baomau.example/a", "ftp://baomau.example/a", "https://khong co/a", "https://[::1"]
)  # fmt: skip
def test_odd_addresses_are_refused_and_named(newsroom, url):
    with pytest.raises(Invalid) as refused:
        newsroom.record(url=url)
    assert "url" in refused.value.errors


# ---- how long an answer may take -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "day", "budget"),
    [
        ("forwarded", "2026-06-30", "30cd"), ("forwarded", "2026-07-01", "15wd"), ("request", "2026-07-01", "30cd"),
        ("urgent", "2026-08-01", "24eh"), ("complaint", "2026-08-01", "5wd"),
    ],
)  # fmt: skip
def test_the_rule_of_the_day_is_the_latest_before_it(kind, day, budget):
    rules = sorted(SHIPPED, key=lambda rule: rule.valid_from, reverse=True)
    assert rule_for(kind, date.fromisoformat(day), rules).budget == budget


def at(text):
    return datetime.fromisoformat(f"{text}+07:00")


@pytest.mark.parametrize(
    ("kind", "begun", "due"),
    [
        ("urgent", "2026-08-29T21:30", "2026-08-30T21:30"),
        ("forwarded", "2026-08-26T09:00", "2026-09-21T09:00"),
        ("complaint", "2026-08-26T09:00", None),
    ],
)  # fmt: skip
def test_an_issue_is_due_by_its_kind(newsroom, kind, begun, due):
    case = newsroom.stored(newsroom.record(kind=kind, at=at(begun)))
    assert (case.due_at and case.due_at.astimezone(at(begun).tzinfo).isoformat()[:16]) == due


def test_who_acts_on_twenty_four_hours_has_a_share_of_the_working_time_in_them(newsroom):
    # From 09:00 to 09:00 an agency works 7.5 hours; who directs has a tenth of them, whoever verifies six tenths.
    issue = newsroom.record(kind="urgent", at=at("2026-08-26T09:00"))
    with newsroom.agency.at_work():
        held = Assignment.get(Assignment.case_id == issue.id, Assignment.done_at.is_null())
    assert (held.share, held.due_at) == (10, at("2026-08-26T09:45"))
    page = newsroom.lan.get("press_issues.issue", case_id=issue.id).text
    assert "thời hạn 24 giờ liên tục, tính cả ban đêm và ngày nghỉ. Hạn là 09:00 thứ Năm 27/8/2026." in page


def test_an_agency_may_give_itself_less_and_open_issues_keep_theirs(newsroom):
    before = newsroom.record(at=at("2026-08-26T09:00"))
    with newsroom.lan.working() as ctx:
        rule = {
            "kind": "forwarded",
            "valid_from": date(2026, 8, 27),
            "budget": "10wd",
            "ground": "Quy chế 5/QC-UBND",
        }
        services.add_rule(ctx, rule)
        with pytest.raises(Invalid):
            services.add_rule(ctx, rule)
    after = newsroom.record(at=at("2026-08-27T09:00"))
    with newsroom.agency.at_work():
        assert (queries.issue(before.id).budget, queries.issue(after.id).budget) == ("15wd", "10wd")
        assert queries.issue(after.id).ground == "Quy chế 5/QC-UBND"


def test_the_time_of_a_complaint_begins_with_its_conclusion(newsroom):
    case = newsroom.record(kind="complaint", at=at("2026-08-20T09:00"))
    newsroom.act(
        newsroom.leader,
        case,
        "direct",
        note="Xem",
        person_id=newsroom.lan.person_id,
        at=at("2026-08-21T09:00"),
    )
    newsroom.act(
        newsroom.lan, case, "conclude", finding="true", finding_note="Đúng", at=at("2026-08-26T09:00")
    )
    assert newsroom.stored(case).due_at == at("2026-09-07T09:00"), "five working days over the holidays"


# ---- figures ------------------------------------------------------------------------------------------------------


def test_an_answer_noted_days_later_counts_for_the_day_it_was_sent(newsroom):
    week_ago, day = datetime.now(UTC) - timedelta(days=7), today() - timedelta(days=2)
    case = newsroom.record(at=week_ago)
    newsroom.act(newsroom.leader, case, "direct", note="x", person_id=newsroom.lan.person_id, at=week_ago)
    newsroom.act(newsroom.lan, case, "conclude", finding="partly", finding_note="Có 3 xe", at=week_ago)
    newsroom.act(
        newsroom.lan, case, "submit", answer="Đã xử lý", person_id=newsroom.leader.person_id, at=week_ago
    )
    newsroom.act(newsroom.leader, case, "approve", at=week_ago)
    newsroom.act(newsroom.lan, case, "send", sent_on=day)
    assert newsroom.stored(case).closed_at.astimezone(HOME_ZONE).date() == day


def test_the_week_counts_a_joined_issue_once(newsroom):
    kept, joined = newsroom.record(), newsroom.record()
    newsroom.act(newsroom.lan, joined, "join", code=kept.code)
    with newsroom.agency.at_work():
        week = queries.week(today() - timedelta(days=today().weekday()))
    assert [row.id for row in week["new"]] == [kept.id]


def test_an_issue_cannot_be_switched_off_while_open(newsroom):
    newsroom.record()
    from plugins.press_issues.plugin import module_disable_blockers

    with newsroom.agency.at_work():
        (blocker,) = module_disable_blockers(newsroom.agency.info)
    assert "Còn 1 vụ việc đang mở" in blocker.text


def test_another_agency_sees_nothing_of_it(newsroom, ground):
    case = newsroom.record()
    other = ground.agency("press_issues").officer("press_issues.leader")
    assert other.get("press_issues.issue", case_id=case.id).status_code == 404
    assert (
        other.post("press_issues.direct", {"version": "1", "note": "x"}, case_id=case.id).status_code == 404
    )
    assert case.title not in other.get("press_issues.issues").text


def test_the_files_of_an_issue_are_stored_before_anybody_waits_for_a_number(newsroom, counters):
    case = newsroom.record(files=SentFiles("files", uploads=(Upload("bai-bao.txt", 7, BytesIO(b"bai bao")),)))
    with newsroom.agency.at_work():
        assert [each.name for each in files_of(casework.files_owner(case.id))] == ["bai-bao.txt"]
    assert counters == [0]


def test_an_issue_due_earlier_today_falls_due_and_is_not_late_yet(newsroom):
    case = newsroom.record()
    with newsroom.agency.at_work():
        casework.Case.update(due_at=datetime.combine(today(), datetime.min.time(), HOME_ZONE)).where(
            casework.Case.id == case.id
        ).execute()
        week = queries.week(today() - timedelta(days=today().weekday() + 7))
    assert ([row.id for row in week["late"]], [row.id for row in week["due"]]) == ([], [case.id])


def test_two_issues_that_are_joined_into_each_other_at_once_are_joined_once(newsroom):
    one, other = newsroom.record(), newsroom.record()

    def join(case, into):
        said = {"version": case.version, "note": "", "code": into.code}
        return lambda ctx: services.join(ctx, case.id, said)

    second = overtaken((newsroom.lan, join(one, other)), (newsroom.lan, join(other, one)))
    assert isinstance(second, Invalid)
    assert [newsroom.stored(each).state == "joined" for each in (one, other)] == [True, False]
