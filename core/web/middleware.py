"""Request ids, structured logs without personal data, and metrics."""

import secrets
import time
from contextlib import suppress

import falcon
import structlog

from core import metrics
from core.i18n import LOCALES, _, use_locale
from core.web.errors import BadRequest
from core.web.request import LOCALE_COOKIE, Request

log = structlog.get_logger()
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_request_id() -> str:
    """Return a short id that people can read out on the telephone: 7K2-M9R-B4QT."""
    letters = "".join(_ALPHABET[each % len(_ALPHABET)] for each in secrets.token_bytes(10))
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"


class Legible:
    """Refuses addresses that hold a NUL or are no UTF-8: no text of ours has either, and PostgreSQL takes neither."""

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        if req.is_legible:
            return
        # What cannot be read is not written into the error page either.
        req.path, req.query_string = "/api/" if req.wants_json else "/", ""
        raise BadRequest(
            _(
                "Địa chỉ có ký tự rỗng hoặc ký tự không phải UTF-8. Kiểm tra lại đường dẫn được gửi cho bạn, hoặc mở lại từ trang đầu."
            )
        )


def _preferred(req: Request) -> str:
    """Return the one of our languages that the browser ranks highest in Accept-Language."""
    ranked: dict[str, float] = {}
    for each in (req.get_header("Accept-Language") or "").lower().split(","):
        name, _semicolon, rank = each.replace(" ", "").partition(";q=")
        with suppress(ValueError):
            ranked.setdefault(name.partition("-")[0], float(rank or 1))
    return max(LOCALES, key=lambda locale: ranked.get(locale, 0.0))


class RequestLog:
    """Gives each request an id and writes one line about it; never query strings, bodies or names."""

    def process_request(self, req: Request, resp: falcon.Response) -> None:
        req.request_id = new_request_id()
        # People who are not signed in read the language they chose on such a page, or else their browser's.
        use_locale((req.get_cookie_values(LOCALE_COOKIE) or [""])[0] or _preferred(req))
        req.context.started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=req.request_id)

    def process_response(
        self, req: Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        route = req.address.name if req.address else "unrouted"
        seconds = time.perf_counter() - getattr(req.context, "started", time.perf_counter())
        status = str(resp.status)[:3]
        # Anybody may make up a method; the figures keep one line for all of those.
        method = req.method if req.method in falcon.HTTP_METHODS else "other"
        metrics.REQUESTS.labels(route=route, method=method, status=status).inc()
        metrics.SECONDS.labels(route=route).observe(seconds)
        resp.set_header("X-Request-Id", req.request_id)
        tenant = req.ctx.tenant.code if req.ctx and req.ctx.tenant else None
        log.info(
            "request",
            route=route,
            method=method,
            status=int(status),
            ms=round(seconds * 1000, 1),
            tenant=tenant,
        )
        structlog.contextvars.clear_contextvars()
