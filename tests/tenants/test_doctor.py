"""What the doctor says of the public front page, asked for by the public address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

from tenants.upkeep.doctor import _portal


@contextmanager
def web(status: int) -> Iterator[str]:
    """Serve every address with one status; yield the public address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
        assert server.asked == [("/public/", f"localhost:{server.server_port}")], "as a citizen asks"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def look(url):
    return _portal(SimpleNamespace(public_url=url))


def test_a_front_page_that_answers_is_told_with_its_address():
    with web(200) as url:
        health = look(url)
    assert (health.ok, health.detail) == (True, f"{url}/public/")


def test_one_that_answers_something_else_is_a_finding():
    with web(502) as url:
        health = look(url)
    assert not health.ok
    assert f"{url}/public/ trả lời mã 502 thay cho trang." in health.detail


def test_one_that_nobody_serves_is_a_finding_in_words():
    with web(200) as url:
        look(url)
    health = look(url)
    assert not health.ok
    assert "xem máy chủ web có chạy không" in health.detail
