"""Pages, the API, feeds and the public side of press issues."""

import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from uuid import uuid4

import pytest
from peewee import ProgrammingError
from pypdf import PdfReader

from core.i18n import HOME_ZONE, format_date
from core.web.errors import Invalid
from plugins.casework.cases import assigning
from plugins.casework.cases.queries import open_assignments
from plugins.notifications.api import people_with
from plugins.press_issues import feeds, queries, services
from plugins.press_issues.kinds import ISSUE
from plugins.press_issues.models import Answer, Article, Feed, FeedItem
from tests.plugins.casework.conftest import typed
from tests.plugins.press_issues.conftest import said, today
from tests.plugins.press_issues.test_reading import ARCHIVE, LINKED_DATA, RSS

SECRET = "số điện thoại người tố giác 0912345678"


def form(**given):
    return {
        **{name: "" if value is None else str(value) for name, value in said(**given).items()},
        "do": "record",
    }


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_a_pasted_page_fills_the_form_and_is_recorded(newsroom):
    empty = {"id": str(uuid4()), "url": "https://ngubinh.example/rac", "page": LINKED_DATA, "do": "read"}
    page = newsroom.lan.post("press_issues.new", empty)
    assert page.status_code == 200
    for text in (
        "Rác thải xây dựng đổ trộm ven sông An Cựu",
        "Báo Ngự Bình điện tử",
        "25/08/2026 14:02",
        "Người dân đã phản ánh.",
    ):
        assert text in page.text
    assert 'alert("x")' not in page.text
    answer = newsroom.lan.post(
        "press_issues.new",
        form(article_title="Rác thải", published="14:02 25/8/2026", body="Xe đổ <script>x</script>"),
    )
    assert answer.status_code == 303
    shown = newsroom.lan.follow(answer.headers["location"].split("?")[0]).text
    assert "Xe đổ &lt;script&gt;x&lt;/script&gt;" in shown
    assert "15 ngày làm việc" in shown


def sent_with_file(officer, route, name, filename, content, **fields):
    """Send a form as a browser does when a file is chosen."""
    parts = "".join(
        f'--xx\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in {**fields, "csrf_token": officer.csrf_token}.items()
    )
    head = f'--xx\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    body = parts.encode() + head.encode() + content + b"\r\n--xx--\r\n"
    return officer._send(
        "POST", officer.agency.url(route), body=body, content_type="multipart/form-data; boundary=xx"
    )


@pytest.mark.parametrize(("filename", "content"), [("bai.html", LINKED_DATA.encode()), ("bai.mht", ARCHIVE)])
def test_a_saved_page_is_uploaded_and_fills_the_form(newsroom, filename, content):
    typed = {
        "id": str(uuid4()),
        "url": "https://ngubinh.example/rac",
        "page": "",
        "do": "read",
        "title": "Tôi đã gõ",
        "locality": "Tổ 5",
    }
    page = sent_with_file(newsroom.lan, "press_issues.new", "page_file", filename, content, **typed)
    assert page.status_code == 200, page.text
    for text in ("Báo Ngự Bình điện tử", "Người dân đã phản ánh.", "25/08/2026 14:02", "Tôi đã gõ", "Tổ 5"):
        assert text in page.text
    page = sent_with_file(
        newsroom.lan, "press_issues.new", "page_file", "bai.html", b"<html><script>1</script>", **typed
    )
    assert page.status_code == 422
    assert "Không đọc được bài báo nào" in page.text
    assert "Tôi đã gõ" in page.text


def test_the_text_of_an_article_is_kept_as_it_was_with_its_fingerprint(newsroom):
    case = newsroom.record(article_title="Tên bài", body="Nguyên văn bài báo.")
    kept = sha256("Tên bài\nNguyên văn bài báo.".encode()).hexdigest()
    form = {
        "version": "1",
        "title": "Tên khác",
        "summary": "",
        "severity": "normal",
        "sector": "land",
        "locality": "",
    }
    assert newsroom.lan.post("press_issues.edit", form, case_id=case.id).status_code == 303
    page = newsroom.lan.get("press_issues.issue", case_id=case.id).text
    for text in (kept, "Nguyên văn bài báo.", "Tên bài"):
        assert text in page
    # Not even the application may change it.
    with pytest.raises(ProgrammingError), newsroom.agency.at_work():
        Article.update(text="khác").execute()


def test_a_form_with_errors_comes_back_with_what_was_typed(newsroom):
    page = newsroom.lan.post(
        "press_issues.new", form(title="", url="javascript:alert(1)", published="hôm kia", locality="Tổ 5")
    )
    assert page.status_code == 422
    for text in ("Chưa nhập.", "Chưa hiểu ngày giờ này", "Tổ 5"):
        assert text in page.text
    page = newsroom.lan.post("press_issues.new", form(url="javascript:alert(1)"))
    assert "Địa chỉ bài báo bắt đầu bằng" in page.text


def test_a_like_article_is_offered_to_join(newsroom):
    case = newsroom.record(
        article_title="Xe đổ xà bần xuống sông", body="Đêm nào cũng có xe tải đổ xà bần xuống sông."
    )
    again = {
        "article_title": "Xe đổ xà bần xuống sông",
        "body": "Đêm nào cũng có xe tải đổ xà bần xuống sông.",
    }
    page = newsroom.lan.post("press_issues.new", form(**again))
    assert page.status_code == 422
    assert f"Gộp vào {case.code}" in page.text
    assert (
        newsroom.lan.post("press_issues.new", form(**again, into=case.code))
        .headers["location"]
        .endswith(str(case.id))
    )


def test_every_move_has_its_form(newsroom):
    newsroom.opened_public_page()
    case = newsroom.record()
    for officer, key, fields in (
        (newsroom.leader, "direct", {"note": "Kiểm tra", "person_id": newsroom.lan.person_id, "due": ""}),
        (newsroom.lan, "conclude", {"finding": "true", "finding_note": "Đúng", "measures": "Đã dọn"}),
        (newsroom.lan, "submit", {"answer": "Kính gửi quý báo", "person_id": newsroom.leader.person_id}),
        (newsroom.leader, "approve", {"note": ""}),
        (newsroom.lan, "send", {"sent_on": "", "link": ""}),
        (
            newsroom.leader,
            "publish",
            {"said": "Rác ven sông", "text": "Đã dọn sạch", "link": "https://baomau.example/tra-loi"},
        ),
    ):
        opened = officer.get(f"press_issues.{key}", case_id=case.id)
        assert opened.status_code == 200, key
        version = re.search(r'name="version" value="(\d+)"', opened.text)[1]
        if key == "send":
            fields["sent_on"] = re.search(r'name="sent_on"[^>]*value="([^"]+)"', opened.text)[1]
        sent = officer.post(f"press_issues.{key}", {"version": version, **fields}, case_id=case.id)
        assert sent.status_code == 303, (key, sent.text)
    page = newsroom.lan.get("press_issues.issue", case_id=case.id).text
    assert "Đã công khai" in page
    assert "Báo nêu đúng: Đúng" in page


@pytest.mark.parametrize("key", ["send", "publish"])
def test_an_address_that_is_none_is_told_at_its_own_field(newsroom, key):
    newsroom.opened_public_page()
    case = newsroom.answered()
    if key == "send":
        newsroom.sql("UPDATE casework.case_base SET state = 'approved' WHERE id = %s RETURNING id", case.id)
    version = newsroom.stored(case).version
    fields = {
        "version": version,
        "sent_on": f"{today():%d/%m/%Y}",
        "said": "Rác",
        "text": "Đã dọn",
        "link": "baomau",
    }
    answer = newsroom.leader.post(f"press_issues.{key}", fields, case_id=case.id)
    assert (answer.status_code, re.findall(r'href="#f-(\w+)"', answer.text)) == (422, ["link"])


def test_list_search_and_digest_show_it(newsroom):
    case = newsroom.record(outlet="Báo Sông Hương")
    for words in ("bao song huong", case.code, "do trom"):
        assert case.code in newsroom.lan.get("press_issues.issues", query={"q": words}).text
    assert case.code in newsroom.lan.get("press_issues.digest").text
    newsroom.answered(case)
    told = newsroom.lan.get("press_issues.digest").text
    assert f"Trả lời {format_date(today(), year=True)}: Báo nêu đúng một phần" in told


def test_the_week_is_a_pdf_whatever_newspapers_write(newsroom):
    case = newsroom.record(title="Rác ven sông #import \U0001f600 *đậm*")
    link = re.search(r'href="([^"]+/digest/pdf[^"]*)"', newsroom.lan.get("press_issues.digest").text)[1]
    made = newsroom.lan.follow(link)
    words = " ".join(PdfReader(BytesIO(made.content)).pages[0].extract_text().split())
    for text in ("Điểm báo tuần", case.code, "Rác ven sông #import ? *đậm*", "Không có sự việc nào quá hạn."):
        assert text in words


@pytest.mark.parametrize(
    ("route", "query"),
    [("digest", {"day": "hom-nay"}), ("digest", {"day": "0001-01-01"})],
)
def test_odd_addresses_are_bad_requests(newsroom, route, query):
    assert newsroom.lan.get(f"press_issues.{route}", query=query).status_code == 400


def test_rules_spokespeople_and_the_public_page_are_kept(newsroom):
    rule = {
        "kind": "forwarded",
        "valid_from": f"{today():%d/%m/%Y}",
        "budget": "10 ngày",
        "ground": "Quy chế",
    }
    page = newsroom.lan.post("press_issues.rule", rule)
    assert page.status_code == 422
    assert "Thời hạn viết là 15wd" in page.text
    assert newsroom.lan.post("press_issues.rule", {**rule, "budget": "10wd"}).status_code == 303
    named = {"person_id": newsroom.vinh.person_id, "valid_from": f"{today():%d/%m/%Y}", "ground": "QĐ 1"}
    assert newsroom.lan.post("press_issues.spokesperson", named).status_code == 403
    assert newsroom.leader.post("press_issues.spokesperson", named).status_code == 303
    assert (
        newsroom.lan.post(
            "press_issues.public_setting", {"is_public": "on", "intro": "Trả lời của phường"}
        ).status_code
        == 303
    )
    page = newsroom.leader.get("press_issues.settings").text
    for text in ("Lê Quang Vinh", "10 ngày làm việc", "24 giờ liên tục", "của cơ quan"):
        assert text in page
    end = re.search(r'action="([^"]+/end)"', page)[1]
    row_id = end.split("/")[-2]
    assert newsroom.leader.post("press_issues.spokesperson_end", row_id=row_id).status_code == 303
    assert "Chưa giao ai ngoài lãnh đạo" in newsroom.leader.get("press_issues.settings").text


# ---- feeds ---------------------------------------------------------------------------------------------------------


def test_what_a_feed_brings_waits_until_it_is_recorded_or_left(newsroom, monkeypatch):
    with newsroom.lan.working() as ctx:
        assert services.take(ctx, RSS.encode()) == 1
        assert services.take(ctx, RSS.encode()) == 0
    page = newsroom.lan.get("press_issues.feeds").text
    assert "Ngập đường Đống Đa" in page
    filled = re.search(r'href="([^"]+/new\?[^"]+)"', page)[1].replace("&amp;", "&")
    with newsroom.agency.at_work():
        FeedItem.update(summary="Nước dâng. " * 400).execute()
        item = FeedItem.select().first()
    form = newsroom.lan.follow(filled).text
    assert "https://baomau.example/ngap" in form
    assert ("Nước dâng. " * 400).strip() in form, "a long item is no dead end"
    monkeypatch.setattr(queries, "MOST_SHOWN", 0)
    assert "https://baomau.example/ngap" in newsroom.lan.follow(filled).text, "whatever came in since"
    monkeypatch.undo()
    newsroom.lan.post("press_issues.feed_leave", item_id=item.id)
    assert "https://baomau.example/ngap" not in newsroom.lan.follow(filled).text
    assert newsroom.lan.follow(f"{filled.partition('item=')[0]}item=x").status_code == 400
    assert "Chưa có tin nào chờ chọn" in newsroom.lan.get("press_issues.feeds").text
    newsroom.lan.post("press_issues.feed_leave", item_id=item.id)
    told = "SELECT event, data FROM core.audit_entry WHERE event IN ('press_issues.feed_taken', 'press_issues.item_left') ORDER BY id"
    assert newsroom.sql(told) == [
        ("press_issues.feed_taken", {"count": 1}), ("press_issues.item_left", {"outlet": item.outlet}),
    ]  # fmt: skip
    newsroom.record(url="https://www.baomau.example/ngap")


def test_what_is_recorded_waits_no_more_in_the_list_of_the_feed(newsroom):
    with newsroom.lan.working() as ctx:
        services.take(ctx, RSS.encode())
    assert "Ngập đường Đống Đa" in newsroom.lan.get("press_issues.feeds").text
    newsroom.record(url="https://www.baomau.example/ngap")
    page = newsroom.lan.get("press_issues.feeds").text
    assert "Ngập đường Đống Đa" not in page
    assert "Chưa có tin nào chờ chọn" in page


def test_a_feed_file_is_uploaded_and_one_that_is_none_is_named(newsroom):
    sent = sent_with_file(newsroom.lan, "press_issues.feeds", "feed", "tin.xml", RSS.encode())
    assert sent.status_code == 303, sent.text
    assert "Ngập đường Đống Đa" in newsroom.lan.get("press_issues.feeds").text
    refused = sent_with_file(newsroom.lan, "press_issues.feeds", "feed", "tin.xml", b"<html></html>")
    assert refused.status_code == 422
    assert "không phải RSS hoặc Atom" in refused.text


def test_a_feed_address_is_added_by_who_manages_and_stopped(newsroom):
    assert (
        newsroom.vinh.post("press_issues.feed_address", {"address": "https://a.example/rss"}).status_code
        == 403
    )
    refused = newsroom.lan.post("press_issues.feed_address", {"address": "bao nao do"})
    assert refused.status_code == 422
    assert "Địa chỉ nguồn tin bắt đầu bằng" in refused.text
    long = newsroom.lan.post("press_issues.feed_address", {"address": f"https://a.example/{'r' * 2_000}"})
    assert long.status_code == 422
    assert "Dài quá 1000 ký tự." in long.text
    assert "bắt đầu bằng" not in long.text
    for address in (
        "http://127.0.0.1/rss",
        "http://10.0.0.9/rss",
        "http://169.254.169.254/",
        "https://8.8.8.8:5432/rss",
    ):
        refused = newsroom.lan.post("press_issues.feed_address", {"address": address})
        assert refused.status_code == 422
        assert 'href="#f-address"' in refused.text
        assert "Chỉ đọc địa chỉ công khai" in refused.text
    assert (
        newsroom.lan.post("press_issues.feed_address", {"address": "https://a.example/rss"}).status_code
        == 303
    )
    page = newsroom.lan.get("press_issues.feeds").text
    assert "https://a.example/rss" in page
    feed_id = re.search(r'action="([^"]+/stop)"', page)[1].split("/")[-2]
    newsroom.lan.post("press_issues.feed_stop", item_id=feed_id)
    newsroom.lan.post("press_issues.feed_stop", item_id=feed_id)
    assert "https://a.example/rss" not in newsroom.lan.get("press_issues.feeds").text
    newsroom.lan.post("press_issues.feed_address", {"address": "https://a.example/rss"})
    newsroom.lan.post("press_issues.feed_address", {"address": "https://a.example/rss"})
    assert newsroom.lan.post("press_issues.feed_stop", item_id=uuid4()).status_code == 404
    facts = newsroom.sql(
        "SELECT event, actor_name, data->>'address' FROM core.audit_entry WHERE object_type = 'press_issues.feed' ORDER BY id"
    )
    added = ("press_issues.feed_added", "Hoàng Thị Lan", "https://a.example/rss")
    assert facts == [added, ("press_issues.feed_stopped", *added[1:]), added]


def test_a_feed_that_fails_says_so_and_holds_up_no_other(newsroom, monkeypatch):
    with newsroom.lan.working() as ctx:
        for address in (
            "https://doi-cho.example/rss",
            "https://baomau.example/rss",
            "https://hong.example/rss",
        ):
            services.add_feed(ctx, address)
        with pytest.raises(Invalid) as refused:
            services.add_feed(ctx, "javascript:alert(1)")
        assert "address" in refused.value.errors
    real, now = feeds.fetch, [(2, 1, 6, "", ("10.0.0.9", 443))]
    monkeypatch.setattr(feeds.socket, "getaddrinfo", lambda *_args, **_rest: now)
    answers = {"https://baomau.example/rss": RSS.encode(), "https://hong.example/rss": b"<html></html>"}
    monkeypatch.setattr(feeds, "fetch", lambda address: answers.get(address) or real(address))
    with newsroom.agency.in_background():
        services.fetch_all()
    with newsroom.agency.at_work():
        assert {each.address: each.trouble for each in Feed.select()} == {
            "https://doi-cho.example/rss": "địa chỉ nội bộ, không đọc", "https://baomau.example/rss": "", "https://hong.example/rss": "không phải RSS hoặc Atom",
        }  # fmt: skip
        assert [each.title for each in FeedItem.select()] == ["Ngập đường Đống Đa"]


# ---- the API -------------------------------------------------------------------------------------------------------


def test_programs_record_list_and_read(newsroom):
    document = {
        "id": str(uuid4()),
        "title": "Ngập đường",
        "outlet": "Báo Mẫu",
        "article_title": "Ngập đường Đống Đa",
        "url": "https://baomau.example/ngap",
        "kind": "urgent",
    }
    made = newsroom.lan.post_json("press_issues.api_new", document)
    assert made.status_code == 201, made.text
    assert made.json["ground"].startswith("Nghị định 244/2026")
    assert [each["id"] for each in newsroom.lan.get("press_issues.api_issues").json["items"]] == [
        document["id"]
    ]
    one = newsroom.lan.get("press_issues.api_issue", case_id=document["id"]).json
    assert [each["outlet"] for each in one["articles"]] == ["Báo Mẫu"]
    again = newsroom.lan.post_json("press_issues.api_new", {**document, "id": str(uuid4())})
    assert again.status_code == 422
    assert one["code"] in again.text


# ---- what the public reads -----------------------------------------------------------------------------------------


def test_the_public_reads_what_was_published_and_nothing_else(newsroom, ground):
    client, agency = ground.client, newsroom.agency
    case = newsroom.answered(newsroom.record(summary=SECRET, body=SECRET))
    hidden = newsroom.record(title="Việc chưa công khai")
    own, one = agency.url("press_issues.public"), agency.url("press_issues.public_answer", code=case.code)
    assert client.simulate_get(own).status_code == 404, "until the agency chooses"
    with pytest.raises(Invalid):
        newsroom.act(newsroom.leader, case, "publish", said="Rác", text="Đã dọn")
    newsroom.opened_public_page("Phường trả lời")
    newsroom.act(newsroom.leader, case, "publish", said="Rác ven sông.", text="Phường đã dọn sạch.")
    here = client.simulate_get(own).text + client.simulate_get(one).text
    shown = here + client.simulate_get("/public/t/press_issues/").text
    assert "Phường đã dọn sạch." in shown
    assert hidden.code not in here, "in the whole province another agency may have published this number"
    for secret in (
        SECRET,
        hidden.title,
        "Có 3 xe",
        "Phạm Ngọc Anh",
        "Hoàng Thị Lan",
        "UBND phường đã xử lý",
    ):
        assert secret not in shown, secret
    assert client.simulate_get(agency.url("press_issues.public_answer", code=hidden.code)).status_code == 404
    with newsroom.lan.working() as ctx:
        services.choose_public(ctx, {"is_public": False, "intro": ""})
    for url in (own, one):
        assert client.simulate_get(url).status_code == 404
    assert "Phường đã dọn sạch" not in client.simulate_get("/public/t/press_issues/").text


def test_who_speaks_for_the_agency_is_told_to_the_public_and_who_speaks_for_one_issue_is_not(
    newsroom, ground
):
    newsroom.opened_public_page()
    case = newsroom.record()
    own, day = newsroom.agency.url("press_issues.public"), f"{today():%d/%m/%Y}"
    one = {
        "person_id": newsroom.lan.person_id,
        "valid_from": day,
        "valid_to": day,
        "code": case.code,
        "ground": "QĐ 2",
    }
    for named in (
        {**one, "person_id": newsroom.vinh.person_id},
        {"person_id": newsroom.leader.person_id, "valid_from": day, "ground": "QĐ 1"},
    ):
        assert newsroom.leader.post("press_issues.spokesperson", named).status_code == 303
    page = ground.client.simulate_get(own).text
    assert f"Người phát ngôn: Phạm Ngọc Anh, từ ngày {format_date(today(), year=True)}" in page
    assert "Lê Quang Vinh" not in page


def test_the_year_of_the_press_begins_on_the_fifteenth_of_december(newsroom):
    year = today().year + (today() >= date(today().year, 12, 15))
    newsroom.record(at=datetime(year - 1, 12, 15, 2, tzinfo=UTC))
    newsroom.record(at=datetime(year - 1, 12, 14, 2, tzinfo=UTC))
    sent = newsroom.lan.get("press_issues.report")
    page = newsroom.lan.follow(sent.headers["location"]).text
    assert f"15/12/{year - 1}" in page
    assert f"14/12/{year}" in page


def test_what_was_taken_off_is_gone(newsroom, ground):
    newsroom.opened_public_page()
    case = newsroom.answered()
    newsroom.act(newsroom.leader, case, "publish", said="Rác", text="Đã dọn")
    one = newsroom.agency.url("press_issues.public_answer", code=case.code)
    assert ground.client.simulate_get(one).status_code == 200
    assert newsroom.leader.post("press_issues.withdraw", case_id=case.id).status_code == 303
    assert ground.client.simulate_get(one).status_code == 404
    with newsroom.agency.at_work():
        assert not Answer.select().exists()


def test_another_agencys_answer_is_not_under_this_ones_address(newsroom, ground):
    newsroom.opened_public_page()
    case = newsroom.answered()
    newsroom.act(newsroom.leader, case, "publish", said="Rác", text="Đã dọn")
    other = ground.agency("press_issues")
    assert (
        ground.client.simulate_get(other.url("press_issues.public_answer", code=case.code)).status_code == 404
    )
    newsroom.agency.switch("press_issues", on=False)
    assert "Đã dọn" not in ground.client.simulate_get("/public/t/press_issues/").text


def test_the_main_act_is_offered_only_to_whom_it_is_the_turn_of(newsroom):
    case = newsroom.record()
    other = newsroom.agency.officer("press_issues.leader", name="Lê Thị Thu")
    waiting, deciding = (
        each.get("press_issues.issue", case_id=case.id).text for each in (other, newsroom.leader)
    )
    assert "Giao cơ quan khác xử lý, trả lời" in waiting
    assert 'data-lt-key="e"' not in waiting
    assert 'data-lt-key="e"' in deciding


def test_a_direction_that_was_pulled_back_is_shown_no_more_and_begins_the_next_one(newsroom):
    case = newsroom.record()
    newsroom.act(
        newsroom.leader, case, "direct", note="Kiểm tra ngay trong hôm nay", person_id=newsroom.lan.person_id
    )
    assert "Kiểm tra ngay trong hôm nay" in newsroom.leader.get("press_issues.issue", case_id=case.id).text
    with newsroom.leader.working() as ctx:
        assigning.pull_back(ctx, open_assignments(case.id)[0].id)
    page = newsroom.leader.get("press_issues.issue", case_id=case.id).text
    assert "<dt>Chỉ đạo</dt>" not in page
    assert "Kiểm tra ngay trong hôm nay" in newsroom.leader.get("press_issues.direct", case_id=case.id).text


def test_who_approves_reads_the_answer_and_who_publishes_is_asked_about_what_looks_personal(newsroom):
    newsroom.opened_public_page()
    case = newsroom.record(summary="Nhà ông Nguyễn Văn Bình, điện thoại 0912 345 678, bị đổ rác.")
    newsroom.act(newsroom.leader, case, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    newsroom.act(newsroom.lan, case, "conclude", finding="true", finding_note="Đúng")
    newsroom.act(
        newsroom.lan, case, "submit", answer="Phường đã dọn sạch.", person_id=newsroom.leader.person_id
    )
    assert "Phường đã dọn sạch." in newsroom.leader.get("press_issues.approve", case_id=case.id).text
    newsroom.act(newsroom.leader, case, "approve")
    newsroom.act(newsroom.lan, case, "send", sent_on=today(), link="")
    form = newsroom.leader.get("press_issues.publish", case_id=case.id).text
    assert "0912 345 678" not in form
    assert "[họ tên]" in form
    assert "Tên đăng" in form
    assert "chỗ giống thông tin cá nhân đã che sẵn" in form
    sent = {
        "version": newsroom.stored(case).version,
        "said": "Gọi 0912 345 678",
        "text": "Đã dọn",
        "link": "",
    }
    again = newsroom.leader.post("press_issues.publish", sent, case_id=case.id)
    assert again.status_code == 422
    assert "Còn 1 chỗ giống thông tin cá nhân" in again.text
    assert "đã che sẵn" not in again.text, "what was sent is judged, not what the case says"
    assert (
        newsroom.leader.post("press_issues.publish", {**sent, "leave": "on"}, case_id=case.id).status_code
        == 303
    )
    told = newsroom.sql(
        "SELECT count(*) FROM core.audit_entry WHERE event = 'casework.left_unmasked' AND object_id = %s",
        case.id,
    )
    assert told == [(1,)]


def test_the_public_title_says_where_a_matter_is_and_hides_who_speaks_of_it(newsroom):
    newsroom.opened_public_page()
    title, told = "{}: rác ở tổ dân phố 4, phường Vỹ Dạ", "Ông [họ tên]: rác ở tổ dân phố 4, phường Vỹ Dạ"
    case = newsroom.answered(newsroom.record(title=title.format("Ông Nguyễn Văn Bình"), summary="Rác."))
    assert f'value="{told}"' in newsroom.leader.get("press_issues.publish", case_id=case.id).text
    newsroom.act(newsroom.leader, case, "publish", said="Rác.", text="Đã dọn.", leave=True)
    assert newsroom.sql("SELECT title FROM press_issues.answer WHERE id = %s", case.id) == [(told,)]


def test_deadlines_are_for_leaders_and_feeds_and_rules_for_who_follows_the_press(newsroom):
    officer = newsroom.agency.officer("press_issues.officer", name="Lê Thị Thu")
    case = newsroom.record()
    later = {"amount": "60", "ground": "Bận", "document": "12/UBND-TH"}
    for each, expected in ((officer, 403), (newsroom.lan, 403), (newsroom.leader, 303)):
        sent = typed(each, "casework.case_deadline", later, case_id=case.id, act="extend")
        assert sent.status_code == expected
    day = f"{today() + timedelta(days=40):%d/%m/%Y}"
    rule = {"kind": "forwarded", "valid_from": day, "budget": "10wd", "ground": "Quy chế"}
    assert officer.post("press_issues.rule", rule).status_code == 403
    assert newsroom.lan.post("press_issues.rule", rule).status_code == 303
    with newsroom.agency.at_work():
        assert people_with(ISSUE.manage) == [newsroom.leader.person_id]


def test_an_issue_recorded_days_later_tells_the_day_it_came_in_from_the_day_it_was_recorded(newsroom):
    came = today() - timedelta(days=6)
    case = newsroom.stored(newsroom.record(received=came))
    one = newsroom.agency.url("press_issues.issue", case_id=case.id)
    day, now = format_date(came), format_date(today())
    assert f"Nhận ngày {day} · ghi vào sổ {now} " in newsroom.lan.follow(one).text
    steps = " ".join(newsroom.lan.follow(f"{one}?tab=steps").text.split())
    assert re.search(
        rf"Mở → Chờ chỉ đạo</strong> <span[^>]*>Hoàng Thị Lan · {now} \d\d:\d\d · nhận {day}<", steps
    )
    held = "SELECT given_at FROM casework.assignment WHERE case_id = %s"
    assert newsroom.sql(held, case.id)[0][0].astimezone(HOME_ZONE).date() == today()
    assert case.opened_at.astimezone(HOME_ZONE).date() == came, "its time runs from the day it came in"
    newsroom.act(newsroom.leader, case, "direct", note="Kiểm tra", person_id=newsroom.lan.person_id)
    assert "· sau 0 phút" in newsroom.lan.follow(f"{one}?tab=steps").text


def test_who_reads_english_is_told_sector_and_task_in_english(newsroom):
    case = newsroom.record()
    newsroom.sql(
        "UPDATE tenants.person SET locale = 'en' WHERE id = %s RETURNING id", newsroom.leader.person_id
    )
    told = newsroom.leader.get("notifications.centre").text
    assert f"{case.code} “{case.title}”: Give direction" in told
    for page in (
        newsroom.leader.get("press_issues.issue", case_id=case.id).text,
        newsroom.leader.get("press_issues.issues").text,
    ):
        assert "Land, environment" in page
        assert "Đất đai" not in page


def test_an_issue_recorded_when_it_came_in_was_opened_then(newsroom):
    case = newsroom.record(received=today())
    page = newsroom.lan.get("press_issues.issue", case_id=case.id).text
    assert f"Mở {format_date(today())} " in page
    assert "ghi vào sổ" not in page
