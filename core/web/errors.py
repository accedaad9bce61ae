"""What can go wrong, in words for people and as RFC 9457 problem documents for programs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import falcon
import orjson
import structlog
from peewee import DataError
from playhouse.pool import MaxConnectionsExceeded

from core.db import Conflict, Gone
from core.db.database import is_away, is_held_up, sqlstate
from core.i18n import N_, _
from core.web.request import Request, Response

PROBLEM_TYPE = "/problems/"

log = structlog.get_logger()


class Problem(Exception):
    """An answer other than success; subclasses carry status, stable type and title."""

    status: int = 500
    type: str = "internal"
    title: str = N_("Trang này gặp lỗi, không phải do bạn")
    headers: Mapping[str, str] = MappingProxyType({})
    advice: str = ""
    """What a program does next, said where nothing else is; pages have words of their own."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail

    def extra(self) -> dict[str, Any]:
        """Return further members of the problem document."""
        return {}


class BadRequest(Problem):
    """The request itself is malformed."""

    status, type = 400, "bad-request"
    title = N_("Yêu cầu gửi lên không đọc được")


class Unauthenticated(Problem):
    """Nobody is signed in, or the session is over."""

    status, type = 401, "sign-in-required"
    headers: Mapping[str, str] = MappingProxyType({"WWW-Authenticate": 'Bearer realm="lienthong"'})
    title = N_("Phiên làm việc đã hết")
    advice = N_(
        "Yêu cầu không kèm phiên đăng nhập hay mã truy cập API. Gửi mã ở tiêu đề Authorization: Bearer …, hoặc đăng nhập rồi gửi lại."
    )


class NobodySignedIn(Unauthenticated):
    """A program came without a session and without a token, so that nothing can have ended."""

    title = N_("Cần đăng nhập hoặc mã truy cập API")


class InvalidToken(Unauthenticated):
    """The API token is not one, or not any more."""

    type = "invalid-token"
    headers = MappingProxyType({"WWW-Authenticate": 'Bearer error="invalid_token"'})
    title = N_("Mã truy cập API không đúng hoặc không còn dùng được")
    advice = N_(
        "Mã bị chép thiếu, đã hết hạn, đã bị thu hồi hoặc là của cơ quan khác. Tạo mã mới ở mục Mã truy cập API của cơ quan rồi gửi lại."
    )


class Forbidden(Problem):
    """The person may not do this here; `permission` is the right that would allow it, when one would."""

    status, type = 403, "forbidden"
    title = N_("Bạn chưa được giao quyền làm việc này")

    def __init__(self, detail: str = "", *, permission: str = "") -> None:
        super().__init__(detail)
        self.permission = permission


class Foreign(Problem):
    """Another site sent this on the person's behalf."""

    status, type = 403, "foreign-origin"
    title = N_("Yêu cầu này đến từ một trang khác nên không được nhận")


class StaleForm(Problem):
    """The form's token belongs to another session; what was typed is shown again for sending."""

    status, type = 403, "stale-form-token"
    title = N_("Trang này mở từ phiên trước")


class NotFound(Problem):
    """Nothing is here for this person: wrong address, other agency or, told by a detail to members alone, a module not in effect."""

    status, type = 404, "not-found"
    title = N_("Không có trang này")


class Misdirected(Problem):
    """The request names a host that nobody here owns."""

    status, type = 421, "misdirected"
    title = N_("Không có trang này")


class Stale(Problem):
    """Somebody else saved first."""

    status, type = 409, "conflict"
    title = N_("Người khác vừa sửa mục này")


class Outdated(Problem):
    """A change names another version than the one that is stored; `current` is what is there now."""

    status, type = 412, "outdated"
    title = N_("Mục này đã có bản mới hơn")

    def __init__(self, current: int) -> None:
        super().__init__(_("Đọc lại mục này, rồi gửi thay đổi với If-Match của bản mới."))
        self.current = current
        self.headers = {"ETag": f'"{current}"'}

    def extra(self) -> dict[str, Any]:
        return {"current_version": self.current}


class VersionMissing(Problem):
    """A change does not say which version it was made from."""

    status, type = 428, "version-required"
    title = N_("Thiếu phiên bản đã đọc")


class InProgress(Problem):
    """A request with the same idempotency key is being answered now."""

    status, type = 409, "in-progress"
    headers = MappingProxyType({"Retry-After": "1"})
    title = N_("Yêu cầu cùng khoá đang được xử lý")


class KeyReused(Problem):
    """An idempotency key came before with something else."""

    status, type = 422, "idempotency-key-reused"
    title = N_("Khoá chống gửi trùng đã dùng cho một yêu cầu khác")


class Invalid(Problem):
    """Fields are wrong; `errors` is `{field: [messages]}`."""

    status, type = 422, "invalid"
    title = N_("Còn chỗ cần sửa")

    def __init__(self, errors: dict[str, list[str]], detail: str = "") -> None:
        super().__init__(detail)
        self.errors = errors

    def extra(self) -> dict[str, Any]:
        return {"errors": self.errors}


class Unavailable(Problem):
    """A part of the installation does not answer now."""

    status, type = 503, "unavailable"
    headers = MappingProxyType({"Retry-After": "10"})
    title = N_("Hệ thống đang tạm gián đoạn")


class Busy(Problem):
    """Others worked on the same rows for too long; nothing was done, and the same request may well succeed now."""

    status, type = 503, "busy"
    headers = MappingProxyType({"Retry-After": "1"})
    title = N_("Hệ thống đang bận, bạn gửi lại sau giây lát")


_BY_STATUS = {each.status: each for each in (BadRequest, Unauthenticated, Forbidden, NotFound, Stale)}


def as_problem(error: Exception) -> Problem:
    """Translate any exception; unknown ones become a plain 500 that tells nothing about the inside."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, (Conflict, Gone)):
        return Stale() if isinstance(error, Conflict) else NotFound()
    if isinstance(error, falcon.HTTPError):
        known = _BY_STATUS.get(error.status_code)
        return known() if known else HttpProblem(error)
    return _from_database(error) or Problem()


def _from_database(error: Exception) -> Problem | None:
    if isinstance(error, MaxConnectionsExceeded) or is_away(error):
        return Unavailable()
    if is_held_up(error):
        return Busy()
    if isinstance(error, DataError) or (isinstance(error, ValueError) and "NUL (0x00)" in str(error)):
        # A value that PostgreSQL cannot hold, such as a number too large: what was sent is at fault.
        return BadRequest()
    return None


class HttpProblem(Problem):
    """A status that Falcon itself answers with, such as 405 or 413."""

    def __init__(self, error: falcon.HTTPError) -> None:
        # Falcon's own words are for programmers; who refuses a size says in ours how much may be sent.
        super().__init__((error.description or "") if error.status_code == 413 else "")
        self.status, self.type = error.status_code, f"http-{error.status_code}"
        fallback = BadRequest.title if self.status < 500 else Problem.title
        self.title = _HTTP_TITLES.get(self.status, fallback)
        self.headers = dict(error.headers or {})


_HTTP_TITLES = {
    405: N_("Địa chỉ này không nhận cách gửi đó"),
    413: N_("Nội dung gửi lên quá lớn"),
    415: N_("Kiểu nội dung gửi lên không được nhận"),
    503: Unavailable.title,
    507: N_("Máy chủ không còn chỗ chứa tệp, chưa lưu gì cả"),
}


def write_problem(req: Request, resp: falcon.Response, problem: Problem) -> None:
    """Answer with an `application/problem+json` document."""
    document = {
        "type": PROBLEM_TYPE + problem.type,
        "title": _(problem.title),
        "status": problem.status,
        "instance": f"urn:request:{req.request_id}",
        **(
            {"detail": detail} if (detail := problem.detail or (problem.advice and _(problem.advice))) else {}
        ),
        **problem.extra(),
    }
    resp.status = falcon.code_to_http_status(problem.status)
    resp.content_type = "application/problem+json"
    resp.data = orjson.dumps(document)


def write_plainly(req: Request, resp: Response, problem: Problem) -> None:
    """Answer with one line of text, where no page can be made."""
    resp.begin_anew()
    resp.status = falcon.code_to_http_status(problem.status)
    resp.content_type = falcon.MEDIA_TEXT
    resp.text = f"{_(problem.title)}\n{req.request_id}\n"


def log_problem(req: Request, error: Exception, problem: Problem) -> None:
    """Log what is our fault with its traceback; what is the visitor's, not at all."""
    route = getattr(req.address, "name", "")
    if type(problem) is Problem:
        log.error("request.failed", route=route, exc_info=error)
    elif isinstance(problem, Busy):
        log.warning("request.held_up", route=route, sqlstate=sqlstate(error), exc_info=error)
    elif isinstance(error, DataError):
        log.warning("request.unchecked_value", route=route, exc_info=error)
    elif isinstance(problem, Unavailable):
        log.warning("request.unavailable", route=route, error=type(error).__name__)
