"""The files of an article: the public has those of the published text, and no others."""

import errno
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.web import uploads as core_uploads
from core.web.errors import Invalid
from core.web.uploads import Upload
from plugins.files import api as files
from plugins.files.models import File
from plugins.websites import attaching, publishing, services
from plugins.websites.models import Article, Site

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def decision(newsroom):
    """A document with one file, on an open site, not yet published."""
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    article_id = newsroom.article(title="Quyết định số 15", kind="document", body="", summary="")
    attach(newsroom, article_id, "15-QD-UBND.pdf")
    return article_id


def attach(newsroom, article_id, *names, keep=True, by=None):
    """Change an article's files by the way of its form; return the ids it has now."""
    uploads = tuple(Upload(name, len(PDF), io.BytesIO(PDF)) for name in names)
    kept = tuple(map(str, newsroom.stored(article_id).file_ids)) if keep else ()
    attached = attaching.Attached(files.SentFiles("files", uploads=uploads), kept)
    newsroom_change(newsroom, by or newsroom.author, article_id, attached)
    return newsroom.stored(article_id).file_ids


def newsroom_change(newsroom, by, article_id, attached):
    article = newsroom.stored(article_id)
    texts = {name: getattr(article, name) for name in services.TEXTS}
    with by.working() as ctx:
        services.change_article(ctx, article_id, version=article.version, attached=attached, **texts)


def publish(newsroom, article_id):
    with newsroom.publisher.working() as ctx:
        services.forward_article(ctx, article_id)
    version = newsroom.stored(article_id).version
    with newsroom.publisher.working() as ctx:
        publishing.publish_article(ctx, article_id, version=version)


def public_page(newsroom, article_id):
    url = newsroom.agency.url("websites.public_article", slug=newsroom.stored(article_id).slug)
    return newsroom.agency.ground.client.simulate_get(url)


def public_status(newsroom, file_id):
    url = newsroom.agency.url("files.public", file_id=file_id)
    return newsroom.agency.ground.client.simulate_get(url).status_code


def test_a_file_is_public_with_name_and_size_only_while_its_article_is(newsroom, decision):
    (file_id,) = newsroom.stored(decision).file_ids
    assert public_status(newsroom, file_id) == 404
    assert "15-QD-UBND.pdf" in newsroom.author.get("websites.article", article_id=decision).text
    publish(newsroom, decision)  # a file is all it has to read
    page = public_page(newsroom, decision).text
    assert re.search(rf'<a href="[^"]*{file_id}[^"]*">15-QD-UBND.pdf</a><span class="pb-meta">\d', page)
    assert public_status(newsroom, file_id) == 200
    with newsroom.agency.at_work():
        Site.update(is_open=False).execute()
    assert public_status(newsroom, file_id) == 404
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    assert newsroom.publisher.post("websites.withdraw", article_id=decision).status_code == 303
    assert public_status(newsroom, file_id) == 404


def test_files_of_a_newer_text_wait_until_it_is_published(newsroom, decision):
    publish(newsroom, decision)
    (old,) = newsroom.stored(decision).file_ids
    (new,) = attach(newsroom, decision, "thay-the.pdf", keep=False, by=newsroom.publisher)
    assert (public_status(newsroom, old), public_status(newsroom, new)) == (200, 404)
    assert "thay-the.pdf" not in public_page(newsroom, decision).text
    version = newsroom.stored(decision).version
    with newsroom.publisher.working() as ctx:
        publishing.publish_article(ctx, decision, version=version)
    assert (public_status(newsroom, old), public_status(newsroom, new)) == (404, 200)
    # The revision of before still has its file.
    version = newsroom.stored(decision).version
    with newsroom.publisher.working() as ctx:
        services.restore_revision(ctx, decision, number=1, version=version)
    assert newsroom.stored(decision).file_ids == [old]


def test_a_file_that_no_text_has_any_more_is_removed(newsroom, decision):
    (file_id,) = newsroom.stored(decision).file_ids
    assert attach(newsroom, decision, keep=False) == []
    with newsroom.agency.at_work():
        assert not File.select().where(File.id == file_id).exists()


def test_a_new_article_sent_again_has_each_file_once_and_those_chosen_since(newsroom):
    sent = {"article_id": uuid4(), "kind": "news", "title": "Một bài", "body": "x"}
    for names in (("a.pdf",), ("a.pdf",), ("a.pdf", "b.pdf")):
        uploads = tuple(Upload(name, len(PDF), io.BytesIO(PDF)) for name in names)
        with newsroom.author.working() as ctx:
            attached = attaching.Attached(files.SentFiles("files", uploads=uploads), ())
            services.write_article(ctx, **sent, attached=attached)
        with newsroom.agency.at_work():
            there = files.files_of(attaching.owner_of(sent["article_id"]))
        assert sorted(each.name for each in there) == sorted(names)
        assert {each.id for each in there} == set(newsroom.stored(sent["article_id"]).file_ids)


def test_the_form_shows_the_files_and_keeps_those_that_are_ticked(newsroom, decision):
    first, second = attach(newsroom, decision, "phu-luc.pdf")
    opened = newsroom.author.get("websites.edit", article_id=decision).text
    for file_id in (first, second):
        assert re.search(rf'name="kept_files" value="{file_id}" checked', opened)
    version = re.search(r'name="version" value="(\d+)"', opened)[1]
    form = {"title": "Quyết định số 15", "version": version, "kept_files": ["", str(second)]}
    assert newsroom.author.post("websites.edit", form, article_id=decision).status_code == 303
    assert newsroom.stored(decision).file_ids == [second]
    assert (
        UUID(newsroom.author.get("websites.api_article", article_id=decision).json["files"][0]["id"])
        == second
    )


@pytest.mark.parametrize("left", [0, 1])
def test_of_files_that_two_people_changed_the_stored_ones_stand(newsroom, decision, left):
    files = attach(newsroom, decision, "phu-luc.pdf")
    opened = newsroom.author.get("websites.edit", article_id=decision).text
    carried = dict(re.findall(r'name="(version|lt_read)" value="([^"]*)"', opened))
    with newsroom.agency.at_work():
        change = {"file_ids": files[:left], "version": int(carried["version"]) + 1}
        Article.update(change).where(Article.id == decision).execute()
    for ticked in (str(files[1]), "no id", ["", "no id"], ["", str(files[1])]):
        form = {"title": "Quyết định số 15", **carried, "kept_files": ticked}
        answer = newsroom.author.post("websites.edit", form, article_id=decision)
        assert answer.status_code == 409
        assert "lt_take_kept_files" not in answer.text
        assert re.search(r"<b>Lấy theo bản đã lưu:</b> [^<]*Tệp đang đính kèm", answer.text)
        ticks = re.findall(r'name="kept_files" value="([^"]+)" checked', answer.text)
        assert ticks == [str(each) for each in files[:left]]


def test_a_program_that_changes_the_title_leaves_the_files(newsroom, decision):
    tag = newsroom.author.get("websites.api_article", article_id=decision).headers["ETag"]
    answer = newsroom.author.send_json(
        "PATCH", "websites.api_article", {"title": "Mới"}, headers={"If-Match": tag}, article_id=decision
    )
    assert answer.status_code == 200
    assert [each["name"] for each in answer.json["files"]] == ["15-QD-UBND.pdf"]


@pytest.mark.parametrize(("state", "told"), [("held", "chờ quét mã độc"), ("infected", "có mã độc")])
def test_a_file_the_scanner_has_not_let_go_keeps_the_article_back(newsroom, decision, state, told):
    with newsroom.agency.at_work():
        File.update(state=state).execute()
    with pytest.raises(Invalid) as refused:
        publish(newsroom, decision)
    assert told in refused.value.errors["files"][0]


def test_a_file_locked_before_its_set_time_sends_the_article_back_to_the_publishers(newsroom, decision):
    with newsroom.publisher.working() as ctx:
        services.forward_article(ctx, decision)
    with newsroom.publisher.working() as ctx:
        version, at = newsroom.stored(decision).version, datetime.now(UTC) + timedelta(days=1)
        publishing.publish_article(ctx, decision, version=version, publish_at=at)
    with newsroom.agency.at_work():
        File.update(state="infected").where(File.id.in_(newsroom.stored(decision).file_ids)).execute()
    newsroom.let_time_pass(publish_at="2 days")
    newsroom.run_job()
    stored = newsroom.stored(decision)
    assert (stored.state, stored.publish_at, newsroom.shown(decision)) == ("approval", None, None)
    assert newsroom.audit()[-1] == "held"
    history = newsroom.author.get("websites.article", query={"tab": "history"}, article_id=decision).text
    assert "không qua quét mã độc" in history


def test_a_form_whose_file_finds_the_disk_full_comes_back_as_it_was_typed(newsroom, monkeypatch):
    def full(file, chunk):
        raise OSError(errno.ENOSPC, "No space left on device")

    fields = {"kind": "news", "title": "Tin đã gõ", "body": "<p>Đoạn đã gõ.</p>"}
    fields["csrf_token"] = newsroom.author.csrf_token
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
    parts.insert(0, f'Content-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n{PDF.decode()}')
    body = "".join(f"--lt\r\n{part}\r\n" for part in parts) + "--lt--\r\n"
    monkeypatch.setattr(core_uploads.SpooledTemporaryFile, "write", full)
    answer = newsroom.author._send(
        "POST",
        newsroom.agency.url("websites.new") + "?kind=news",
        body=body.encode(),
        content_type="multipart/form-data; boundary=lt",
    )
    assert answer.status_code == 422
    assert "Máy chủ không còn chỗ chứa tệp" in answer.text
    assert "Tin đã gõ" in answer.text
    assert "Đoạn đã gõ." in answer.text
    assert "Tin đã gõ" not in newsroom.titles(newsroom.author)


@pytest.mark.parametrize(
    ("state", "step"), [("held", "Xem lại"), ("infected", "Sửa bài"), ("", "Viết nội dung")]
)
def test_the_review_leads_to_what_keeps_the_article_back_and_asks_for_no_time_yet(
    newsroom, decision, state, step
):
    with newsroom.agency.at_work():
        if state:
            File.update(state=state).execute()
        else:
            Article.update(file_ids=[], body="").where(Article.id == decision).execute()
    page = newsroom.publisher.get("websites.publish", article_id=decision).text
    main = page[page.index("<main") : page.index("</main>")]
    assert (
        re.findall(r'btn-primary" href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?(?:<span>)?([^<]+)', main)[-1][1]
        == step
    )
    assert "Lên trang khi nào" not in main
    assert "Tự gỡ" not in main
