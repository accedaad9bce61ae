"""Static files: only what was built, under names that change with the content."""

import gzip
import json

import brotli
import falcon
import pytest
from falcon.testing import TestClient

from core.web.errors import Problem
from core.web.request import Request
from core.web.static import URL_PREFIX, StaticFiles


@pytest.fixture
def folder(tmp_path):
    body = b"body { color: red }"
    (tmp_path / "css").mkdir()
    (tmp_path / "css/a.1234567890.css").write_bytes(body)
    (tmp_path / "css/a.1234567890.css.gz").write_bytes(gzip.compress(body))
    (tmp_path / "css/a.1234567890.css.br").write_bytes(brotli.compress(body))
    (tmp_path / "plain.1234567890.svg").write_bytes(b"<svg/>")
    (tmp_path / "secret.txt").write_text("not listed")
    (tmp_path / "manifest.json").write_text(
        json.dumps({"css/a.css": "css/a.1234567890.css", "plain.svg": "plain.1234567890.svg"})
    )
    return tmp_path


@pytest.fixture
def client(folder):
    app = falcon.App(request_type=Request)
    app.add_sink(StaticFiles(folder), rf"{URL_PREFIX}(?P<path>.+)")

    def on_error(req, resp, error, params):
        resp.status = str(error.status)

    app.add_error_handler(Problem, on_error)
    return TestClient(app)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("identity", None),
        (None, None),
    ],
)
def test_the_smallest_form_the_browser_takes_is_sent(client, accepted, encoding):
    answer = client.simulate_get(
        "/static/css/a.1234567890.css", headers={"Accept-Encoding": accepted} if accepted else {}
    )
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(answer.content) == b"body { color: red }"
    assert answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_file_without_compressed_forms_is_sent_as_it_is(client):
    answer = client.simulate_get("/static/plain.1234567890.svg", headers={"Accept-Encoding": "br"})
    assert (answer.text, answer.headers["Content-Type"]) == ("<svg/>", "image/svg+xml")


@pytest.mark.parametrize(
    "path",
    [
        "css/a.css",
        "secret.txt",
        "manifest.json",
        "css/a.1234567890.css.gz",
        "../secret.txt",
        "css/../secret.txt",
        "%2e%2e/secret.txt",
        "css/",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_served(client, path):
    assert client.simulate_get(f"/static/{path}").status_code == 404


def test_files_are_only_read(client):
    assert client.simulate_post("/static/plain.1234567890.svg").status_code == 404
    answer = client.simulate_head("/static/plain.1234567890.svg")
    assert (answer.text, answer.headers["Content-Length"]) == ("", "6")


def test_addresses_are_made_from_logical_names(folder):
    files = StaticFiles(folder)
    assert files.url("css/a.css") == "/static/css/a.1234567890.css"
    with pytest.raises(KeyError, match="run scripts/assets"):
        files.url("css/b.css")


def test_without_a_build_the_first_page_says_what_to_do(tmp_path):
    with pytest.raises(KeyError, match="run scripts/assets"):
        StaticFiles(tmp_path).url("css/lienthong.css")
