import time
from urllib.parse import quote

import pytest

from plugins.files.sending import disposition
from tests.plugins.files import samples
from tests.plugins.files.samples import Desk
from tests.support.modules import OTHER_UNIT

TEXT = b"0123456789"


def test_a_download_is_an_attachment_that_browsers_do_not_guess_about(desk):
    file = desk.store("<b>đậm</b>".encode(), "Thông báo.html")
    answer = desk.get("files.file", file)
    assert answer.content == "<b>đậm</b>".encode()
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=\"Thong bao.html\"; filename*=UTF-8''{quote('Thông báo.html')}"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(file.size)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [
        (samples.picture(), "a.jpg", "inline"),
        (samples.PDF, "a.pdf", "inline"),
        (samples.SVG, "a.svg", "attachment"),
        (b"<html>", "a.html", "attachment"),
        (b"chu", "a.txt", "attachment"),
        (samples.word(), "a.docx", "attachment"),
    ],
)
def test_only_pictures_and_pdf_are_shown_in_the_browser(desk, content, name, shown):
    answer = desk.get("files.view", desk.store(content, name))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith(shown)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_name_cannot_leave_its_header():
    header = disposition('a";\\%.txt', inline=False)
    assert header == "attachment; filename=\"a____.txt\"; filename*=UTF-8''a%22%3B%5C%25.txt"


@pytest.mark.parametrize(
    ("asked", "status", "content", "where"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, TEXT, "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-2", 200, TEXT, None),
        ("bytes=0-1,4-5", 200, TEXT, None),
        ("lines=1-2", 200, TEXT, None),
        ("bytes=abc", 200, TEXT, None),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(desk, asked, status, content, where):
    answer = desk.get("files.file", desk.store(TEXT), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers.get("Content-Range") == where
    if status != 416:
        assert answer.headers["Content-Length"] == str(len(content))


def test_what_has_not_changed_is_not_sent_again(desk):
    file = desk.store(TEXT)
    etag = desk.get("files.file", file).headers["ETag"]
    answer = desk.get("files.file", file, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    other = desk.get("files.file", file, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert other.content == TEXT


def test_the_date_of_a_file_counts_only_where_no_tag_is(desk):
    file = desk.store(TEXT)
    time.sleep(1.1)  # a date of HTTP is told when its second is over
    date = desk.get("files.file", file).headers["Last-Modified"]
    assert desk.get("files.file", file, headers={"If-Modified-Since": date}).status_code == 304
    both = {"If-Modified-Since": date, "If-None-Match": '"other"'}
    assert desk.get("files.file", file, headers=both).status_code == 200
    older = {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}
    assert desk.get("files.file", file, headers=older).content == TEXT


def test_a_head_request_tells_the_size_and_opens_nothing_for_long(desk):
    file = desk.store(TEXT)
    url = desk.officer.agency.url("files.file", file_id=file.id)
    answer = desk.officer._send("HEAD", url)
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "10")


def test_who_may_not_open_the_object_may_not_open_its_files(agency, desk):
    file = desk.store(samples.picture(), "a.jpg")
    stranger = Desk.open(agency, OTHER_UNIT)
    for route, fields in (("files.file", {}), ("files.view", {}), ("files.picture", {"width": 320})):
        assert desk.get(route, file, **fields).status_code == 200
        assert stranger.get(route, file, **fields).status_code == 404, route
    url = agency.url("files.public", file_id=file.id)
    assert agency.ground.client.simulate_get(url).status_code == 404
    assert desk.officer.follow(url).status_code == 404, "public is what the public sees"


def test_files_of_a_module_that_is_switched_off_are_closed(agency, desk, monkeypatch):
    file = desk.store(TEXT)
    monkeypatch.setattr(agency.ground.platform.dispatcher, "disable_blockers", lambda key, tenant: [])
    agency.switch("example", on=False)
    assert desk.get("files.file", file).status_code == 404


def test_bytes_that_are_missing_are_not_found_rather_than_an_error(desk):
    from datetime import UTC, datetime

    from plugins.files.store import store

    file = desk.store(b"se mat")
    store().delete(file.digest, unless_after=datetime.now(UTC))
    assert desk.get("files.file", file).status_code == 404
    desk.clear()  # other tests look at every stored file
