"""The web server's worker: what is too long to become a request gets a page of ours, not gunicorn's."""

from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

from core.i18n import N_, _, reading_as

_REFUSED = {
    LimitRequestLine: (
        "414 URI Too Long",
        N_("Địa chỉ của trang quá dài"),
        N_("Chưa có gì được ghi. Quay lại, lọc hoặc tìm bằng ít chữ hơn rồi thử lại."),
    ),
    LimitRequestHeaders: (
        "431 Request Header Fields Too Large",
        N_("Trình duyệt gửi kèm quá nhiều dữ liệu"),
        N_("Chưa có gì được ghi. Xoá cookie của trang này trong trình duyệt rồi thử lại."),
    ),
}
_PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title} · Liên Thông</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}}</style></head>
<body><main><h1>{title}</h1><p>{text}</p>
<div lang="en"><h2>{english_title}</h2><p>{english_text}</p></div>
<p><a href="/">Liên Thông</a></p></main></body></html>
"""
_HEAD = (
    "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n"
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n"
)


class Worker(ThreadWorker):
    """gunicorn's threaded worker with answers that people can read."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that could not be read."""
        if type(exc) not in _REFUSED:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("A request was refused: %s", type(exc).__name__)
        with suppress(OSError):  # who has gone needs no answer
            util.write_nonblock(client, _answer(*_REFUSED[type(exc)]))


def _answer(status: str, title: str, text: str) -> bytes:
    """Write the page in both languages: the request was not read, and with it not which one is wanted."""
    with reading_as("en"):
        english_title, english_text = _(title), _(text)
    page = _PAGE.format(title=title, text=text, english_title=english_title, english_text=english_text)
    body = page.encode()
    return _HEAD.format(status=status, length=len(body)).encode() + body
