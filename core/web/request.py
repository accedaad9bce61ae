"""The request as responders see it."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote_to_bytes

import falcon

from core.context import RequestContext, TenantInfo
from core.i18n import _
from core.web.merging import chosen
from core.web.uploads import Upload, read_multipart

MAX_FORM_BYTES = 1_000_000
SESSION_COOKIE = "__Host-lt_session"
LOCALE_COOKIE = "lt_locale"
TOAST_COOKIE = "lt_toast"


def _too_large(words: str) -> falcon.HTTPContentTooLarge:
    return falcon.HTTPContentTooLarge(description=words.format(max=MAX_FORM_BYTES // 1_000_000))


class Request(falcon.Request):
    """A Falcon request that knows who asks."""

    __slots__ = (
        "_files", "_form", "address", "belongs_to", "ctx", "host_name", "own_origin", "public_modules", "public_tenant", "request_id",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ctx: RequestContext | None = None
        self.address: Any = None
        self.public_tenant: TenantInfo | None = None
        self.public_modules: frozenset[str] = frozenset()
        self.request_id = self.own_origin = self.belongs_to = self.host_name = ""
        """`own_origin` is `https://host` when the page was asked for on an agency's own domain; `belongs_to` is the path of
        the page above this one, where its own path does not lie under it: the navigation marks what leads there."""
        self._form: dict[str, Any] | None = None
        self._files: dict[str, list[Upload]] = {}

    @property
    def asker(self) -> RequestContext:
        """Who asks; the gate lets nobody in without one where a page or document is for somebody."""
        assert self.ctx is not None
        return self.ctx

    @property
    def network_address(self) -> str:
        """The address the request came from.

        SECURITY: only a proxy on this machine is believed about others, and of what it says only the last word,
        which is its own; whatever stands before that, and every other header, may be the visitor's.
        """
        peer = self.remote_addr or ""
        if peer not in ("127.0.0.1", "::1", ""):
            return peer
        seen = (self.get_header("X-Forwarded-For") or "").rpartition(",")[2].strip()
        try:
            return str(ip_address(seen))
        except ValueError:
            return peer

    @property
    def is_htmx(self) -> bool:
        """True when htmx asks for a part of a page."""
        return self.get_header("HX-Request") == "true"

    @property
    def follows_act(self) -> bool:
        """True for the page that an act has led to: it tells what was done."""
        return bool(self.get_cookie_values(TOAST_COOKIE)) and not self.is_htmx

    @property
    def wants_json(self) -> bool:
        """True for the API, and for clients that prefer JSON to a page."""
        if f"{self.path}/".startswith("/api/"):
            return True
        return not self.client_accepts("text/html") and self.client_accepts("application/json")

    @property
    def form(self) -> dict[str, Any]:
        """The posted fields, text only; a field given several times is a list. Empty for other bodies."""
        if self._form is None:
            kind = (self.content_type or "").partition(";")[0].strip()
            if kind == "application/x-www-form-urlencoded":
                if (self.content_length or 0) > MAX_FORM_BYTES:
                    raise _too_large(_("Biểu mẫu chỉ có chữ nhận tối đa {max} MB."))
                self._form = falcon.uri.parse_query_string(
                    self.bounded_stream.read(MAX_FORM_BYTES).decode("utf-8", "replace"),
                    keep_blank=True,
                    csv=False,
                )
            elif kind == "multipart/form-data":
                limit = self.address.route.max_upload if self.address else 0
                self._form, self._files = read_multipart(self, limit)
            else:
                self._form = {}
            self._form = chosen(self._form)
        return self._form

    def get_media(self, *args: Any, **kwargs: Any) -> Any:
        """Read the JSON document in the body, bounded like a form."""
        if (self.content_length or 0) > MAX_FORM_BYTES:
            raise _too_large(_("Tài liệu JSON nhận tối đa {max} MB."))
        return super().get_media(*args, **kwargs)

    media = property(get_media)

    @property
    def files(self) -> dict[str, Upload]:
        """The files that came with the form, by field; a field left empty is missing."""
        self.form  # noqa: B018 - reads them
        return {name: uploads[-1] for name, uploads in self._files.items()}

    def uploads(self, field: str) -> list[Upload]:
        """Return all files of one field, in the order they were chosen."""
        self.form  # noqa: B018 - reads them
        return self._files.get(field, [])

    def close_files(self) -> None:
        """Give back the space of uploaded files; the gate calls it when the responder is done."""
        for uploads in self._files.values():
            for upload in uploads:
                upload.file.close()

    @property
    def is_legible(self) -> bool:
        """True when path and query are UTF-8 without a NUL, which PostgreSQL cannot take."""
        try:
            query = unquote_to_bytes(self.query_string).decode()
        except UnicodeDecodeError:
            return False
        # In the path Falcon has put U+FFFD in the place of what it could not read.
        return "\x00" not in self.path + query and "\N{REPLACEMENT CHARACTER}" not in self.path

    @property
    def session_token(self) -> str | None:
        """The random value of the session cookie."""
        values = self.get_cookie_values(SESSION_COOKIE)
        # Two cookies of one name mean that something planted one; neither can be trusted.
        return values[0] if values and len(values) == 1 else None

    @property
    def bearer_token(self) -> str | None:
        """The API token of the Authorization header, valid or not; None when it holds none."""
        scheme, _space, token = (self.get_header("Authorization") or "").strip().partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


class Response(falcon.Response):
    """A Falcon response that can be begun anew when the work it tells of came to nothing."""

    def _wsgi_headers(self, media_type: str | None = None) -> list[tuple[str, str]]:
        """Call an answer without a body text: to Falcon it would be a JSON document; the WSGI checker wants a type."""
        empty = self.data is None and self.text is None and self.stream is None and self.media is None
        return super()._wsgi_headers(falcon.MEDIA_TEXT if empty and media_type else media_type)

    def begin_anew(self) -> None:
        """Drop headers, cookies and body: a page that failed must not say that something was done."""
        self.__init__(options=self.options)  # type: ignore[misc]
