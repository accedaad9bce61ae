import errno
import io

import falcon
import pytest
from falcon.testing import create_environ

from core.web import uploads
from core.web.request import Request

BOUNDARY = "lt"


def part(name, content, filename=None):
    about = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    return f"--{BOUNDARY}\r\nContent-Disposition: {about}\r\n\r\n".encode() + content + b"\r\n"


@pytest.fixture
def request_with():
    made = []

    def make(*parts):
        made.append(_request(*parts))
        return made[-1]

    yield make
    for req in made:
        req.close_files()


def _request(*parts):
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    environ = create_environ(
        method="POST",
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        body=body,
    )
    return Request(environ)


def test_a_form_with_a_file_gives_its_fields_and_the_file(request_with):
    req = request_with(
        part("csrf_token", b"abc"),
        part("day", b"1"),
        part("day", b"2"),
        part("logo", b"\x89PNG", "C:\\tep\\hình.png"),
    )
    assert req.form == {"csrf_token": "abc", "day": ["1", "2"]}
    assert req.files["logo"].name == "hình.png"
    assert req.files["logo"].size == 4
    assert req.files["logo"].read() == b"\x89PNG"


def test_a_file_field_left_empty_is_missing(request_with):
    assert request_with(part("logo", b"", "")).files == {}


def test_a_large_file_goes_to_disk(request_with, monkeypatch):
    monkeypatch.setattr(uploads, "IN_MEMORY_BYTES", 10)
    upload = request_with(part("file", b"x" * 100, "a.yaml")).files["file"]
    assert upload.size == 100
    assert upload.read() == b"x" * 100


def test_a_file_above_the_limit_is_measured_and_left_out(request_with, monkeypatch):
    """So the form knows its fields, and says at the file's how large it may be."""
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 50)
    req = request_with(
        part("csrf_token", b"abc"), part("file", b"x" * 100, "a.yaml"), part("b", b"y" * 50, "b.yaml")
    )
    assert req.form == {"csrf_token": "abc"}
    assert [(each.name, each.size) for each in req.files.values()] == [("a.yaml", 100), ("b.yaml", 50)]
    assert req.files["b"].read() == b"y" * 50
    with pytest.raises(falcon.HTTPContentTooLarge):
        req.files["file"].read()
    with pytest.raises(falcon.HTTPContentTooLarge):
        req.files["file"].file.read()


def test_files_that_are_too_much_together_are_not_kept(request_with, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 50)
    first, second = request_with(part("f", b"x" * 30, "a"), part("f", b"y" * 30, "b")).uploads("f")
    assert first.read() == b"x" * 30
    with pytest.raises(falcon.HTTPContentTooLarge):
        second.read()


def test_a_body_that_is_not_worth_reading_is_refused(request_with, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 50)
    monkeypatch.setattr(uploads, "DRAINED_BYTES", 100)
    req = request_with(part("file", b"x" * 100, "a.yaml"))
    with pytest.raises(falcon.HTTPContentTooLarge):
        req.form  # noqa: B018 - the reading is what is tried


def test_a_cut_off_body_is_a_bad_request():
    environ = create_environ(
        method="POST",
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        body=part("a", b"1")[:20],
    )
    with pytest.raises(falcon.HTTPBadRequest):
        Request(environ).form  # noqa: B018 - the reading is what is tried


def test_an_upload_can_be_opened_as_an_archive(request_with):
    upload = request_with(part("file", b"PK", "a.xlsx")).files["file"]
    assert upload.file.seekable()
    assert upload.file.seek(0, io.SEEK_END) == 2


def test_several_files_of_one_field_come_in_the_order_they_were_chosen(request_with):
    req = request_with(part("files", b"1", "a.txt"), part("files", b"22", "b.txt"))
    assert [(each.name, each.size) for each in req.uploads("files")] == [("a.txt", 1), ("b.txt", 2)]
    assert req.files["files"].name == "b.txt"
    assert req.uploads("other") == []


def test_a_route_may_take_more_than_forms_do_elsewhere(request_with, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 50)
    req = request_with(part("file", b"x" * 100, "a.yaml"))
    _texts, files = uploads.read_multipart(req, 1000)
    assert files["file"][0].size == 100
    files["file"][0].file.close()


def test_a_file_the_disk_has_no_room_for_is_left_out_and_what_was_typed_is_there(
    request_with, monkeypatch, tmp_path
):
    def full(file, chunk):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "_folder", str(tmp_path))
    monkeypatch.setattr(uploads.SpooledTemporaryFile, "write", full)
    req = request_with(part("a", b"x" * 100_000, "a.txt"), part("title", "Đã gõ".encode()))
    assert req.form == {"title": "Đã gõ"}
    assert req.files["a"].size == 100_000
    with pytest.raises(falcon.HTTPInsufficientStorage):
        req.files["a"].read()
    with pytest.raises(falcon.HTTPInsufficientStorage):
        req.files["a"].file.read()
    assert list(tmp_path.iterdir()) == []


def test_what_is_received_lies_where_it_was_told_to(request_with, monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "IN_MEMORY_BYTES", 10)
    monkeypatch.setattr(uploads, "_folder", None)
    uploads.spool_into(tmp_path / "incoming")
    upload = request_with(part("file", b"x" * 100, "a.txt")).files["file"]
    assert upload.read() == b"x" * 100
    assert (tmp_path / "incoming").is_dir()
