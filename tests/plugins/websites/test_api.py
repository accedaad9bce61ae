"""Articles for programs: the same rights, turns and checks as on the pages."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from plugins.websites.schemas import ArticleDocument, ArticleList
from tests.plugins.websites.newsroom import article_form


def agrees(schema, answer) -> dict:
    """Check that what was sent is what the documented schema would have made of it."""
    document = orjson.loads(answer.content)
    assert set(document) == set(schema.fields)
    assert schema.dump(schema.load(document)) == document
    return document


def step(officer, name, article_id, document=None) -> tuple[int, dict]:
    answer = officer.post_json(f"websites.api_{name}", document or {}, article_id=article_id)
    return answer.status_code, orjson.loads(answer.content)


def test_the_list_has_the_documented_shape_takes_conditions_and_leads_on(newsroom):
    for number in range(51):
        newsroom.article(title=f"Bài số {number}")
    newsroom.article(title="Bờ biển sạch", state="published")
    lan = newsroom.author
    first = agrees(ArticleList(), lan.get("websites.api_articles"))
    assert len(first["items"]) == 50
    assert (first["items"][0]["title"], first["items"][0]["is_public"]) == ("Bờ biển sạch", True)
    rest = agrees(ArticleList(), lan.follow(first["next"]))
    assert rest["next"] == ""
    assert not {each["id"] for each in rest["items"]} & {each["id"] for each in first["items"]}
    found = orjson.loads(
        lan.get("websites.api_articles", query={"q": "bo bien", "state": "published"}).content
    )
    assert [each["title"] for each in found["items"]] == ["Bờ biển sạch"]


@pytest.mark.parametrize(("name", "value"), [("state", "rac"), ("kind", "rac"), ("category", "rac")])
def test_a_condition_that_no_list_knows_is_refused_to_a_program_by_its_name(newsroom, name, value):
    answer = newsroom.author.get("websites.api_articles", query={name: value})
    assert answer.status_code == 422
    assert answer.json["errors"] == {name: ["Lựa chọn này không còn, chọn lại."]}
    assert newsroom.author.get("websites.api_articles", query={name: ""}).status_code == 200


def test_a_program_writes_a_draft_once_and_its_text_is_cleaned(newsroom):
    lan, sent = newsroom.author, {**article_form(body='<p onclick="x()">Sáng nay.</p><script>x()</script>')}
    sent.pop("id")
    answers = [
        lan.post_json("websites.api_new", sent, headers={"Idempotency-Key": "tin-01"}) for _again in range(2)
    ]
    assert [each.status_code for each in answers] == [201, 201]
    first, second = (agrees(ArticleDocument(), each) for each in answers)
    assert first == second
    assert (first["state"], first["body"], first["public_revision"]) == ("draft", "<p>Sáng nay.</p>", None)
    location = newsroom.agency.url("websites.api_article", article_id=UUID(first["id"]))
    assert answers[0].headers["Location"] == location
    assert newsroom.titles(lan, state="draft", kind="news") == [sent["title"]]


def test_a_new_article_sent_again_with_another_text_is_changed_or_refused(newsroom):
    lan, form = newsroom.author, article_form()
    assert lan.post_json("websites.api_new", form).json["version"] == 1
    other = lan.post_json("websites.api_new", {**form, "title": "Khác hẳn"})
    assert (other.status_code, other.json["title"], other.json["version"]) == (201, "Khác hẳn", 2)
    late = lan.post_json("websites.api_new", form)
    assert late.status_code == 409
    assert newsroom.stored(UUID(form["id"])).title == "Khác hẳn"


def test_a_change_names_the_version_it_was_made_from(newsroom):
    lan, article_id = newsroom.author, newsroom.article(summary="Tóm tắt.")
    read = lan.get("websites.api_article", article_id=article_id)
    tag = read.headers["ETag"]
    again = lan.get("websites.api_article", article_id=article_id, headers={"If-None-Match": tag})
    assert again.status_code == 304

    def change(document, **headers):
        return lan.send_json(
            "PATCH", "websites.api_article", document, headers=headers, article_id=article_id
        )

    assert change({"title": "Khác"}).status_code == 428
    changed = agrees(ArticleDocument(), change({"title": "Tên mới"}, **{"If-Match": tag}))
    assert (changed["title"], changed["summary"], changed["body"]) == (
        "Tên mới",
        "Tóm tắt.",
        "<p>Nội dung.</p>",
    )
    late = change({"title": "Muộn"}, **{"If-Match": tag})
    assert change({"title": "Bịa"}, **{"If-Match": f'"{changed["version"]}-zzz"'}).status_code == 412
    assert late.status_code == 412
    assert orjson.loads(late.content)["current_version"] == changed["version"]
    assert newsroom.stored(article_id).title == "Tên mới"


def test_an_article_goes_its_whole_way_by_documents(newsroom):
    article_id = newsroom.article()
    assert step(newsroom.author, "submit", article_id)[1]["state"] == "editing"
    assert (
        step(newsroom.editor, "return", article_id, {"reason": "Thiếu ảnh."})[1]["return_reason"]
        == "Thiếu ảnh."
    )
    assert step(newsroom.author, "submit", article_id)[1]["state"] == "editing"
    document = step(newsroom.editor, "forward", article_id)[1]
    assert document["state"] == "approval"
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    sent = {"version": document["version"], "publish_at": later}
    document = step(newsroom.publisher, "publish", article_id, sent)[1]
    assert (document["state"], document["public_revision"]) == ("scheduled", None)
    document = step(newsroom.publisher, "unschedule", article_id)[1]
    assert document["state"] == "approval"
    document = step(newsroom.publisher, "publish", article_id, {"version": document["version"]})[1]
    assert (document["state"], document["public_revision"]) == ("published", document["revision"])
    assert newsroom.shown(article_id) is not None
    document = step(newsroom.publisher, "withdraw", article_id)[1]
    assert (document["state"], document["public_revision"], document["public_address"]) == (
        "withdrawn",
        None,
        "",
    )
    assert newsroom.shown(article_id) is None


def test_the_end_of_the_published_text_stays_unless_a_program_takes_it_away(newsroom):
    article_id, publisher = newsroom.article(state="approval"), newsroom.publisher
    end = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    for body, said, kept in (
        ("Một", {"unpublish_at": end}, True),
        ("Hai", {}, True),
        ("Ba", {"unpublish_at": None}, False),
    ):
        version = newsroom.change(publisher, article_id, body=body).version
        assert step(publisher, "publish", article_id, {"version": version, **said})[0] == 200
        assert (newsroom.shown(article_id).unpublish_at is not None) is kept


def test_an_end_that_is_over_is_offered_for_no_new_text(newsroom):
    article_id, publisher = newsroom.article(state="approval"), newsroom.publisher
    end = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    version = newsroom.stored(article_id).version
    assert step(publisher, "publish", article_id, {"version": version, "unpublish_at": end})[0] == 200
    newsroom.let_time_pass(publish_at="2 days", unpublish_at="2 days")
    version = newsroom.change(publisher, article_id, body="Hai").version
    page = publisher.get("websites.publish", article_id=article_id).text
    assert re.search(
        r'<input[^>]*name="unpublish_on"[^>]*value=""|<input(?![^>]*value)[^>]*name="unpublish_on"', page
    )
    assert step(publisher, "publish", article_id, {"version": version})[0] == 200
    assert newsroom.shown(article_id).unpublish_at is None


def test_what_is_no_ones_turn_or_lacks_a_reason_is_refused_by_field(newsroom):
    article_id = newsroom.article(state="editing")
    assert step(newsroom.author, "forward", article_id)[0] == 403
    assert step(newsroom.author, "publish", article_id, {"version": 1})[0] == 403
    status, problem = step(newsroom.editor, "return", article_id, {"reason": " "})
    assert (status, set(problem["errors"])) == (422, {"reason"})
    status, problem = step(
        newsroom.publisher, "publish", article_id, {"version": newsroom.stored(article_id).version}
    )
    assert (status, problem["type"]) == (422, "/problems/invalid")
    assert newsroom.stored(article_id).state == "editing"
    status, problem = step(newsroom.publisher, "publish", article_id, {"version": 1, "publish_at": "mai"})
    assert (status, set(problem["errors"])) == (422, {"publish_at"})


@pytest.mark.parametrize("field", ["publish_at", "unpublish_at"])
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("9999-12-31T23:59:59Z", "Chỉ nhận ngày giờ từ năm 2000 đến năm 2100."),
        ("0001-01-01T00:00:00+07:00", "Chỉ nhận ngày giờ từ năm 2000 đến năm 2100."),
        ("mai", "Ghi ngày giờ kèm múi giờ, ví dụ 2026-09-14T08:00:00+07:00."),
        ("2026-09-14T08:00:00", "Ghi ngày giờ kèm múi giờ, ví dụ 2026-09-14T08:00:00+07:00."),
    ],
)
def test_a_moment_far_off_or_without_a_zone_is_refused_in_words_at_its_field(newsroom, field, sent, told):
    article_id = newsroom.article(state="approval")
    version = newsroom.stored(article_id).version
    status, problem = step(newsroom.publisher, "publish", article_id, {"version": version, field: sent})
    assert (status, problem["errors"]) == (422, {field: [told]})
    assert newsroom.stored(article_id).state == "approval"


@pytest.mark.parametrize("route", ["article", "submit", "withdraw"])
def test_another_agency_finds_nothing(ground, newsroom, route):
    article_id = newsroom.article(state="published")
    foreign = ground.agency("websites").officer("websites.administrator")
    if route == "article":
        answer = foreign.get("websites.api_article", article_id=article_id)
    else:
        answer = foreign.post_json(f"websites.api_{route}", {}, article_id=article_id)
    assert answer.status_code == 404
    assert newsroom.stored(article_id).state == "published"


def test_a_token_that_only_reads_publishes_nothing(newsroom):
    article_id = newsroom.article(state="approval")
    token = newsroom.publisher.api_token(read_only=True)
    url = newsroom.agency.url("websites.api_publish", article_id=article_id)
    answer = newsroom.agency.ground.client.simulate_post(
        url, json={"version": 3}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 403
    assert newsroom.shown(article_id) is None
