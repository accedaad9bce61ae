"""The library of pictures: what is taken, what the public gets of it, and while when."""

import pytest

from core.web.request import SESSION_COOKIE
from plugins.files import api as files
from plugins.websites import publishing, queries, site_queries
from plugins.websites.models import Site
from tests.plugins.websites.newsroom import add_picture, picture_bytes


def send_picture(officer, route, content, *, alt="Bến thuyền", name="ben.png", headers=None):
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
            **(headers or {}),
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


def test_a_picture_that_is_sent_again_with_its_key_is_in_the_library_once(newsroom):
    lan, key = newsroom.author, {"Idempotency-Key": "anh-1"}
    red, blue = picture_bytes("red"), picture_bytes("blue")
    first, again = (send_picture(lan, "websites.api_pictures", red, headers=key) for _time in range(2))
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [each["id"] for each in lan.get("websites.api_pictures").json["items"]] == [first.json["id"]]
    assert send_picture(lan, "websites.api_pictures", blue, headers=key).status_code == 422


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
        publishing.publish_article(ctx, article_id, version=queries.article(article_id).version)
    assert [public_status(newsroom, each) for each in (cover, inside, other)] == [200, 200, 404]
    with newsroom.agency.at_work():
        Site.update(is_open=False).execute()
    assert public_status(newsroom, cover) == 404
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    with newsroom.publisher.working() as ctx:
        publishing.withdraw_article(ctx, article_id)
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
        publishing.publish_article(ctx, article_id, version=queries.article(article_id).version)
    for conditional in ({}, conditions, {"If-None-Match": "*"}):
        assert {answer.status_code for answer in ask(inside, **conditional)} == {404}
        assert {answer.status_code for answer in ask(cover)} == {200}
    with newsroom.publisher.working() as ctx:
        publishing.withdraw_article(ctx, article_id)
    gone = ask(cover, **conditions)
    assert {answer.status_code for answer in gone} == {404}
    assert {answer.headers["Cache-Control"] for answer in gone} == {"no-store"}


@pytest.mark.parametrize("shown", ["published", "scheduled", "logo"])
def test_words_of_a_picture_that_was_approved_are_changed_by_publishers_alone(newsroom, shown):
    picture = add_picture(newsroom)
    if shown == "logo":
        with newsroom.agency.at_work():
            Site.update(logo_id=picture).execute()
    else:
        newsroom.article(cover_id=picture, state=shown)
    said = {"alt": "Chữ chưa ai duyệt", "caption": "Chú thích"}
    page = newsroom.author.get("websites.picture", picture_id=picture)
    assert "chỉ người duyệt đăng sửa được" in page.text
    assert 'name="alt"' not in page.text
    assert newsroom.author.post("websites.picture", said, picture_id=picture).status_code == 403
    assert 'name="alt"' in newsroom.publisher.get("websites.picture", picture_id=picture).text
    assert newsroom.publisher.post("websites.picture", said, picture_id=picture).status_code == 303


@pytest.mark.parametrize("state", ["draft", "approval", "withdrawn"])
def test_words_of_a_picture_that_nothing_approved_shows_are_the_authors(newsroom, state):
    picture = add_picture(newsroom)
    newsroom.article(cover_id=picture, state=state)
    said = {"alt": "Bến thuyền lúc sáng", "caption": ""}
    assert newsroom.author.post("websites.picture", said, picture_id=picture).status_code == 303
    assert "Bến thuyền lúc sáng" in newsroom.author.get("websites.picture", picture_id=picture).text


def test_a_picture_in_use_stays_in_the_library(newsroom):
    picture = add_picture(newsroom)
    newsroom.article(title="Bài có ảnh", cover_id=picture)
    refused = newsroom.author.post("websites.picture_delete", picture_id=picture)
    assert refused.status_code == 422
    assert "Bài có ảnh" in refused.text
    unused = add_picture(newsroom, "Thừa")
    assert newsroom.author.post("websites.picture_delete", picture_id=unused).status_code == 303
    assert newsroom.author.get("websites.picture", picture_id=unused).status_code == 404
