"""Writing, editing, publishing: whose turn it is, what is kept, and what the public sees meanwhile."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.db import Conflict, db
from core.i18n import reading_as
from core.jobs import JobError
from core.web.errors import Forbidden, Invalid, NotFound
from plugins.websites import events, publishing, queries, services, turns
from plugins.websites.models import Article, Publication

# state → what each of author (of the article), editor and publisher may do then.
TURNS = {
    "draft": ("change submit put_away", "change submit forward put_away", "change submit forward put_away"),
    "returned": (
        "change submit put_away",
        "change submit forward put_away",
        "change submit forward put_away",
    ),
    "editing": ("", "change forward give_back put_away", "change forward give_back put_away"),
    "approval": ("", "", "change give_back publish put_away"),
    "scheduled": ("", "", "unschedule"),
    "published": ("change", "change", "change publish withdraw share"),
    "withdrawn": ("change", "change", "change publish"),
    "put_away": ("take_back", "take_back", "take_back"),
}


@pytest.mark.parametrize("state", TURNS)
def test_everybody_may_do_what_their_turn_allows(newsroom, state):
    article_id = newsroom.article(state=state)
    others = newsroom.another("author")
    expected = dict(zip(("author", "editor", "publisher"), TURNS[state], strict=True))
    for role, acts in expected.items():
        with getattr(newsroom, role).working() as ctx:
            article = queries.article(article_id)
            assert article.state == state
            assert turns.acts(ctx, article, is_public=queries.is_public(article_id)) == set(acts.split()), (
                role
            )
    with others.working() as ctx:
        assert not turns.acts(ctx, queries.article(article_id), is_public=queries.is_public(article_id))


ATTEMPTS = {
    "change": lambda ctx, article: services.change_article(
        ctx, article.id, version=article.version, title="Khác", body=""
    ),
    "submit": lambda ctx, article: services.submit_article(ctx, article.id),
    "forward": lambda ctx, article: services.forward_article(ctx, article.id),
    "give_back": lambda ctx, article: services.return_article(ctx, article.id, reason="Chưa được."),
    "publish": lambda ctx, article: publishing.publish_article(ctx, article.id, version=article.version),
    "unschedule": lambda ctx, article: services.unschedule_article(ctx, article.id),
    "withdraw": lambda ctx, article: publishing.withdraw_article(ctx, article.id),
    "put_away": lambda ctx, article: services.put_away_article(ctx, article.id),
    "take_back": lambda ctx, article: services.take_back_article(ctx, article.id),
}


@pytest.mark.parametrize("state", TURNS)
@pytest.mark.parametrize("act", ATTEMPTS)
def test_a_service_does_what_the_table_allows_and_nothing_else(newsroom, state, act):
    for role, acts in zip(("author", "editor", "publisher"), TURNS[state], strict=True):
        article_id = newsroom.article(state=state)
        before = newsroom.stored(article_id)
        with getattr(newsroom, role).working() as ctx:
            try:
                ATTEMPTS[act](ctx, queries.article(article_id))
                refused = False
            except (Forbidden, Invalid):
                refused = True
        after = newsroom.stored(article_id)
        if act in acts.split():
            assert not refused
            assert (after.state, after.title, after.version) != (before.state, before.title, before.version)
        else:
            # Pressing what is done already is no trouble; either way nothing has changed.
            assert (after.state, after.title, after.version) == (before.state, before.title, before.version)


def test_the_whole_way_is_told_in_the_history(newsroom):
    article_id = newsroom.article(state="returned")
    with newsroom.author.working() as ctx:
        services.submit_article(ctx, article_id)
    newsroom._bring(article_id, "published")
    with newsroom.publisher.working() as ctx:
        publishing.withdraw_article(ctx, article_id)
    assert newsroom.audit()[3:] == [
        "written", "forwarded", "returned", "submitted", "forwarded", "published", "withdrawn"
    ]  # fmt: skip


def test_one_form_sent_twice_writes_one_article(newsroom):
    sent = {"article_id": uuid4(), "kind": "news", "title": "Một bài", "body": "x"}
    with newsroom.author.working() as ctx:
        assert services.write_article(ctx, **sent).id == services.write_article(ctx, **sent).id
        assert Article.select().where(Article.title == "Một bài").count() == 1
    with newsroom.another("author").working() as ctx, pytest.raises(Invalid):
        services.write_article(ctx, **sent)


# ---- what the public sees


@pytest.mark.parametrize("state", [state for state in TURNS if state != "published"])
def test_nothing_unpublished_is_in_a_publication(newsroom, state):
    assert newsroom.shown(newsroom.article(state=state)) is None


def test_a_published_article_stays_as_it_is_until_the_new_text_is_published(newsroom):
    article_id = newsroom.article(title="Bản một", state="published")
    newsroom.change(newsroom.author, article_id, title="Bản hai")
    for step in (None, services.submit_article, services.forward_article):
        if step:
            with newsroom.editor.working() as ctx:
                step(ctx, article_id)
        assert newsroom.shown(article_id).title == "Bản một"
    with newsroom.publisher.working() as ctx:
        publishing.publish_article(ctx, article_id, version=queries.article(article_id).version)
    shown = newsroom.shown(article_id)
    assert (shown.title, shown.revision) == ("Bản hai", 2)


def test_who_takes_up_a_published_article_has_the_turn(newsroom):
    for role, state in {"author": "draft", "editor": "editing", "publisher": "approval"}.items():
        article_id = newsroom.article(state="published")
        newsroom.change(getattr(newsroom, role), article_id, title=f"Của {role}")
        assert newsroom.stored(article_id).state == state


def test_withdrawing_keeps_a_newer_text_in_its_step(newsroom):
    article_id = newsroom.article(state="published")
    newsroom.change(newsroom.author, article_id, title="Bản mới")
    with newsroom.publisher.working() as ctx:
        publishing.withdraw_article(ctx, article_id)
    assert newsroom.shown(article_id) is None
    assert (newsroom.stored(article_id).state, newsroom.stored(article_id).title) == ("draft", "Bản mới")


def test_what_is_searched_in_public_has_no_accents_and_no_tags(newsroom):
    article_id = newsroom.article(
        body="<h2>Đề mục</h2><p>Uỷ ban &amp; <strong>nhân dân</strong></p>", state="published"
    )
    assert newsroom.shown(article_id).folded.endswith("de muc uy ban & nhan dan")


# ---- times


def test_an_article_comes_and_goes_at_its_set_times_once(newsroom):
    article_id = newsroom.article(state="approval")
    soon, later = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=5)
    with newsroom.publisher.working() as ctx:
        outcome = publishing.publish_article(
            ctx, article_id, version=queries.article(article_id).version, publish_at=soon, unpublish_at=later
        )
    assert outcome.scheduled
    newsroom.run_job()
    assert newsroom.shown(article_id) is None
    newsroom.let_time_pass(publish_at="2 hours", unpublish_at="2 hours")
    newsroom.run_job()
    newsroom.run_job()
    shown = newsroom.shown(article_id)
    assert shown.published_at == soon - timedelta(hours=2)
    newsroom.let_time_pass(unpublish_at="4 hours")
    newsroom.run_job()
    newsroom.run_job()
    assert newsroom.shown(article_id) is None
    assert newsroom.stored(article_id).state == "withdrawn"
    assert newsroom.audit()[-3:] == ["scheduled_until", "published", "expired"]


def test_a_whole_time_that_was_missed_publishes_nothing(newsroom):
    article_id = newsroom.article(state="approval")
    soon = datetime.now(UTC) + timedelta(hours=1)
    with newsroom.publisher.working() as ctx:
        publishing.publish_article(
            ctx,
            article_id,
            version=queries.article(article_id).version,
            publish_at=soon,
            unpublish_at=soon + timedelta(hours=1),
        )
    newsroom.let_time_pass(publish_at="9 hours", unpublish_at="9 hours")
    for _again in range(2):
        newsroom.run_job()
    assert newsroom.shown(article_id) is None
    stored = newsroom.stored(article_id)
    assert (stored.state, stored.publish_at, stored.unpublish_at) == ("approval", None, None)
    # Nothing came down: it never was up.
    assert newsroom.audit()[-2:] == ["scheduled_until", "missed"]
    history = newsroom.publisher.get("websites.article", query={"tab": "history"}, article_id=article_id).text
    assert ", tự gỡ lúc " in history
    assert "không đăng bài" in history


def _newer_text_at_a_set_time(newsroom) -> UUID:
    """Return a public article whose changed text waits for its time."""
    article_id = newsroom.article(state="published")
    version = newsroom.change(newsroom.publisher, article_id, title="Bản mới").version
    with newsroom.publisher.working() as ctx:
        at = datetime.now(UTC) + timedelta(hours=1)
        publishing.publish_article(ctx, article_id, version=version, publish_at=at)
    return article_id


def test_a_withdrawn_article_does_not_come_back_at_the_time_set_for_its_newer_text(newsroom):
    article_id, publisher = _newer_text_at_a_set_time(newsroom), newsroom.publisher
    told = "Giờ hẹn đăng bản mới, nếu có, bị bỏ: bản mới về bước chờ duyệt đăng."
    assert told in publisher.get("websites.withdraw", article_id=article_id).text
    assert publisher.post("websites.withdraw", article_id=article_id).status_code == 303
    stored = newsroom.stored(article_id)
    assert (stored.state, stored.publish_at) == ("approval", None)
    assert newsroom.audit()[-2:] == ["unscheduled", "withdrawn"]
    newsroom.let_time_pass(publish_at="2 hours")
    newsroom.run_job()
    assert newsroom.shown(article_id) is None


def test_withdrawing_speaks_of_a_set_time_only_where_one_is_set(newsroom):
    article_id = newsroom.article(state="published")
    assert "Giờ hẹn" not in newsroom.publisher.get("websites.withdraw", article_id=article_id).text


def test_the_end_of_a_text_leaves_the_time_that_was_set_for_the_next_one(newsroom):
    article_id = _newer_text_at_a_set_time(newsroom)
    with newsroom.agency.at_work():
        Publication.update(unpublish_at=datetime.now(UTC)).where(Publication.id == article_id).execute()
    newsroom.run_job()
    assert newsroom.shown(article_id) is None
    newsroom.let_time_pass(publish_at="2 hours")
    newsroom.run_job()
    assert newsroom.shown(article_id).title == "Bản mới"


def test_a_newer_text_whose_whole_time_was_missed_takes_the_older_one_along(newsroom):
    article_id = _newer_text_at_a_set_time(newsroom)
    with newsroom.agency.at_work():
        end = datetime.now(UTC) + timedelta(hours=2)
        Article.update(unpublish_at=end).where(Article.id == article_id).execute()
    newsroom.let_time_pass(publish_at="9 hours", unpublish_at="9 hours")
    newsroom.run_job()
    assert newsroom.shown(article_id) is None
    assert newsroom.stored(article_id).state == "approval"
    assert newsroom.audit()[-2:] == ["expired", "missed"]


@pytest.mark.parametrize("ago", [timedelta(days=3), timedelta(seconds=1)])
def test_a_time_that_has_passed_publishes_nothing(newsroom, ago):
    article_id = newsroom.article(state="approval")
    version, at = newsroom.stored(article_id).version, datetime.now(UTC) - ago
    with newsroom.publisher.working() as ctx, pytest.raises(Invalid) as refused:
        publishing.publish_article(ctx, article_id, version=version, publish_at=at)
    assert set(refused.value.errors) <= {"publish_on", "publish_time"}
    assert newsroom.shown(article_id) is None
    assert newsroom.stored(article_id).state == "approval"


DOCUMENT = {"kind": "document", "symbol": "15/QĐ-UBND", "issued_on": date(2026, 9, 1)}


@pytest.mark.parametrize(
    ("texts", "may"),
    [
        ({"body": ""}, False),
        ({"body": "<p> </p><p><br></p>"}, False),
        ({"kind": "notice", "body": ""}, False),
        ({"kind": "page", "body": ""}, False),
        ({"kind": "document", "body": "", "symbol": "15/QĐ-UBND"}, False),
        ({**DOCUMENT, "body": ""}, True),
        ({"kind": "document", "body": '<p><a href="https://hue.gov.vn/15.pdf">Toàn văn</a></p>'}, True),
        ({"body": "<p>Một câu.</p>"}, True),
    ],
)
def test_a_title_alone_is_not_published(newsroom, texts, may):
    article_id = newsroom.article(state="approval", **texts)
    for publish_at in (datetime.now(UTC) + timedelta(days=1), None):
        with newsroom.publisher.working() as ctx:
            version = queries.article(article_id).version
            if may:
                publishing.publish_article(ctx, article_id, version=version)
                break
            with pytest.raises(Invalid) as refused:
                publishing.publish_article(ctx, article_id, version=version, publish_at=publish_at)
        assert list(refused.value.errors) == ["body"]
    assert (newsroom.shown(article_id) is not None) is may


@pytest.mark.parametrize("role", ["structure", "leaders"])
def test_pages_filled_by_the_registry_need_no_text(newsroom, role):
    with newsroom.publisher.working() as ctx:
        page = Article.select().where(Article.page_role == role).get()
        publishing.publish_article(ctx, page.id, version=page.version)
    assert newsroom.shown(page.id) is not None


@pytest.mark.parametrize(("start", "end"), [(2, 1), (None, -1), (3, 3)])
def test_an_end_before_the_start_is_refused(newsroom, start, end):
    article_id = newsroom.article(state="approval")
    now = datetime.now(UTC)
    with newsroom.publisher.working() as ctx, pytest.raises(Invalid) as refused:
        publishing.publish_article(
            ctx,
            article_id,
            version=queries.article(article_id).version,
            publish_at=now + timedelta(hours=start) if start else None,
            unpublish_at=now + timedelta(hours=end),
        )
    assert list(refused.value.errors) == ["unpublish_on"]
    assert newsroom.stored(article_id).state == "approval"


def test_a_text_changed_meanwhile_is_not_published_unseen(newsroom):
    article_id = newsroom.article(state="approval")
    read = newsroom.stored(article_id).version
    newsroom.change(newsroom.another("publisher"), article_id, title="Chữ khác")
    with newsroom.publisher.working() as ctx, pytest.raises(Invalid):
        publishing.publish_article(ctx, article_id, version=read)
    assert newsroom.shown(article_id) is None


def test_an_article_that_fails_holds_back_no_other_and_the_job_tells(newsroom, monkeypatch):
    broken, due = (newsroom.article(state="scheduled") for _ in range(2))
    ended = newsroom.article(state="published")
    newsroom.let_time_pass(publish_at="3 days")
    with newsroom.agency.at_work():
        Publication.update(unpublish_at=datetime.now(UTC)).where(Publication.id == ended).execute()
    put_online = publishing.put_online

    def fails(article, *more):
        if article.id == broken:
            raise RuntimeError
        put_online(article, *more)

    monkeypatch.setattr(publishing, "put_online", fails)
    with pytest.raises(JobError, match="1 bài"):
        newsroom.run_job()
    assert [newsroom.stored(each).state for each in (broken, due, ended)] == [
        "scheduled",
        "published",
        "withdrawn",
    ]
    monkeypatch.undo()
    newsroom.run_job()
    assert newsroom.stored(broken).state == "published"


def test_a_scheduled_text_cannot_change_before_its_time(newsroom):
    article_id = newsroom.article(state="scheduled")
    with pytest.raises(Invalid):
        newsroom.change(newsroom.publisher, article_id, title="Đổi phút chót")
    with newsroom.publisher.working() as ctx:
        services.unschedule_article(ctx, article_id)
    newsroom.run_job()
    assert newsroom.shown(article_id) is None
    assert newsroom.stored(article_id).state == "approval"


# ---- revisions and conflicts


def test_every_change_leaves_a_revision_except_the_own_one_of_a_moment_ago(newsroom):
    article_id = newsroom.article(title="Một")
    newsroom.change(newsroom.author, article_id, title="Hai")
    assert newsroom.revisions(article_id) == ["Hai"]
    newsroom.change(newsroom.editor, article_id, title="Ba")
    newsroom.change(newsroom.author, article_id, title="Bốn")
    assert newsroom.revisions(article_id) == ["Hai", "Ba", "Bốn"]
    with newsroom.agency.at_work():
        db.execute_sql(
            "UPDATE websites.revision SET begun_at = begun_at - interval '11 minutes' WHERE tenant_id = core.app_tenant()"
        )
    newsroom.change(newsroom.author, article_id, title="Năm")
    assert newsroom.revisions(article_id) == ["Hai", "Ba", "Bốn", "Năm"]


@pytest.mark.parametrize("step", ["submit", "forward", "give_back"])
def test_what_was_handed_on_is_kept_and_the_next_change_is_another_revision(newsroom, step):
    editor = newsroom.editor
    article_id = newsroom.article(
        editor, title="Như đã giao", state="editing" if step == "give_back" else "draft"
    )
    with editor.working() as ctx:
        ATTEMPTS[step](ctx, queries.article(article_id))
    by = newsroom.publisher if step == "forward" else editor
    newsroom.change(by, article_id, title="Sửa sau đó")
    newsroom.change(by, article_id, title="Sửa thêm")
    assert newsroom.revisions(article_id) == ["Như đã giao", "Sửa thêm"]


def test_a_revision_tells_the_time_of_its_last_save(newsroom):
    article_id = newsroom.article(title="Một")
    with newsroom.agency.at_work():
        db.execute_sql(
            "UPDATE websites.revision SET begun_at = begun_at - interval '5 minutes', saved_at = saved_at - interval '5 minutes' "
            "WHERE tenant_id = core.app_tenant()"
        )
    newsroom.change(newsroom.author, article_id, title="Hai")
    with newsroom.agency.at_work():
        (row,) = queries.revisions(article_id)
    assert row.title == "Hai"
    assert row.saved_at > datetime.now(UTC) - timedelta(minutes=1)


def test_the_revision_that_is_public_is_never_overwritten(newsroom):
    article_id = newsroom.article(newsroom.administrator, title="Đã đăng")
    with newsroom.administrator.working() as ctx:
        publishing.publish_article(ctx, article_id, version=1)
    newsroom.change(newsroom.administrator, article_id, title="Sửa ngay sau đó")
    assert newsroom.revisions(article_id) == ["Đã đăng", "Sửa ngay sau đó"]


def test_what_was_public_stays_a_revision_after_it_is_taken_offline(newsroom):
    article_id = newsroom.article(newsroom.administrator, title="Đã đăng")
    with newsroom.administrator.working() as ctx:
        publishing.publish_article(ctx, article_id, version=1)
        publishing.withdraw_article(ctx, article_id)
    newsroom.change(newsroom.administrator, article_id, title="Sửa ngay sau khi gỡ")
    assert newsroom.revisions(article_id) == ["Đã đăng", "Sửa ngay sau khi gỡ"]


def test_the_history_has_a_title_for_everything_it_keeps_of_a_text(newsroom):
    article = newsroom.stored(newsroom.article())
    assert set(services._essence(article)) == set(events.ArticleChanged.field_titles)


def test_the_same_text_again_is_no_change(newsroom):
    article_id = newsroom.article()
    version = newsroom.stored(article_id).version
    newsroom.change(newsroom.author, article_id)
    assert newsroom.stored(article_id).version == version


def test_the_second_of_two_writers_loses_nothing_and_overwrites_nothing(newsroom):
    article_id = newsroom.article(title="Đầu")
    newsroom.change(newsroom.editor, article_id, title="Của biên tập viên")
    with newsroom.author.working() as ctx, pytest.raises(Conflict) as conflict:
        services.change_article(ctx, article_id, version=1, title="Của tác giả", body="")
    assert conflict.value.current.title == "Của biên tập viên"
    assert newsroom.stored(article_id).title == "Của biên tập viên"


def test_an_old_text_can_be_brought_back_without_losing_the_new_one(newsroom):
    article_id = newsroom.article(title="Cũ", body="<p>Chữ cũ.</p>")
    newsroom.change(newsroom.editor, article_id, title="Mới", body="<p>Chữ mới.</p>")
    with newsroom.author.working() as ctx:
        services.restore_revision(ctx, article_id, number=1, version=2)
    article = newsroom.stored(article_id)
    assert (article.title, article.body, article.revision) == ("Cũ", "<p>Chữ cũ.</p>", 3)
    assert newsroom.revisions(article_id) == ["Cũ", "Mới", "Cũ"]
    with newsroom.author.working() as ctx, pytest.raises(NotFound):
        services.restore_revision(ctx, article_id, number=9, version=3)


def test_bringing_back_an_old_text_within_one_sitting_loses_neither_text(newsroom):
    article_id = newsroom.article(title="Một")
    newsroom.change(newsroom.editor, article_id, title="Hai")

    def bring_back(number):
        with newsroom.editor.working() as ctx:
            services.restore_revision(
                ctx, article_id, number=number, version=newsroom.stored(article_id).version
            )

    bring_back(1)
    assert newsroom.revisions(article_id) == ["Một", "Hai", "Một"]
    newsroom.change(newsroom.editor, article_id, title="Ba")
    assert newsroom.revisions(article_id) == ["Một", "Hai", "Một", "Ba"]
    bring_back(2)
    assert newsroom.revisions(article_id) == ["Một", "Hai", "Một", "Ba", "Hai"]


# ---- addresses and texts


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Uỷ ban nhân dân phường họp", "uy-ban-nhan-dan-phuong-hop"),
        ("  15/2026/QĐ-UBND — Về việc…  ", "15-2026-qd-ubnd-ve-viec"),
        ("???", "bai-viet"),
        ("Đường " * 45, "-".join(["duong"] * 16)),
    ],
)
def test_the_address_comes_from_the_title_without_accents(newsroom, title, slug):
    first = newsroom.stored(newsroom.article(title=title.strip()))
    second = newsroom.stored(newsroom.article(title=title.strip()))
    assert (first.slug, second.slug) == (slug, f"{slug}-2")


def test_the_address_follows_the_title_until_it_was_public_once(newsroom):
    article_id = newsroom.article(title="Tên đầu")
    newsroom.change(newsroom.author, article_id, title="Tên hai")
    assert newsroom.stored(article_id).slug == "ten-hai"
    newsroom._bring(article_id, "withdrawn")
    newsroom.change(newsroom.author, article_id, title="Tên ba")
    assert newsroom.stored(article_id).slug == "ten-hai"


def test_what_is_stored_was_cleaned_however_it_came(newsroom):
    article_id = newsroom.article(body="<p onclick='x()'>a<script>alert(1)</script></p>")
    assert newsroom.stored(article_id).body == "<p>a</p>"


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"category_id": uuid4()}, "category_id"),
        ({"cover_id": uuid4()}, "cover_id"),
        ({"body": "<p>chữ</p>" * 60_000}, "body"),
        ({"body_en": "x" * 9_000_000}, "body_en"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_the_name_of_its_field(newsroom, texts, field):
    with newsroom.author.working() as ctx, pytest.raises(Invalid) as refused:
        services.write_article(ctx, kind="news", title="x", **{"body": "", **texts})
    assert list(refused.value.errors) == [field]


def test_a_text_that_does_not_fit_is_told_by_its_name_in_both_languages(newsroom):
    pictures = f'<img src="picture:{uuid4()}" alt="Ảnh">' * 101
    texts = {"body": "<p>chữ</p>" * 60_000, "body_en": f"<p>{pictures}</p>"}
    told = []
    for language in ("vi", "en"):
        with (
            newsroom.author.working() as ctx,
            reading_as(language),
            pytest.raises(Invalid) as refused,
        ):
            services.write_article(ctx, kind="news", title="x", **texts)
        told.append({name: errors[0] for name, errors in refused.value.errors.items()})
    assert told[0] == {
        "body": "Nội dung dài quá 500.000 ký tự. Tách thành nhiều bài hoặc đính kèm tệp.",
        "body_en": "Nội dung tiếng Anh có 101 ảnh, nhiều nhất 100 ảnh. Bớt ảnh hoặc tách thành nhiều bài.",
    }
    assert told[1]["body"].startswith("Content is longer than 500")
    assert told[1]["body_en"].startswith("English text has 101 pictures, 100 at most.")


def test_two_texts_of_one_title_written_at_once_have_each_its_address(newsroom):
    author, other = newsroom.author, newsroom.another("author")
    slugs = []

    def write():
        with other.working() as ctx:
            slugs.append(services.write_article(ctx, kind="news", title="Lễ hội", body="<p>x</p>").slug)

    worker = threading.Thread(target=write)
    with author.working() as ctx:
        first = services.write_article(ctx, kind="news", title="Lễ hội", body="<p>x</p>").slug
        worker.start()
        worker.join(2)
        assert not slugs, "it waits for the first to end"
    worker.join(30)
    assert (first, slugs) == ("le-hoi", ["le-hoi-2"])
