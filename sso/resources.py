"""Pages and endpoints of signing in and out."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import falcon
import structlog

from core.i18n import _, current_locale, format_date, ngettext
from core.settings import installed_settings
from core.web.navigation import account_key
from core.web.rendering import page, redirect, send_json
from core.web.request import SESSION_COOKIE, Request
from core.web.security import local_path
from sso import api, devices, queries
from sso.interfaces import Ask, InvalidToken, ProviderUnavailable
from sso.services import (
    ATTEMPT_LIFETIME,
    KEEP_ENDED,
    Device,
    SecondFactorMissing,
    SignInFailed,
    attempt_cookie,
)
from sso.views import (
    DeviceRow,
    DevicesView,
    NoPostView,
    PrivacyView,
    RefusedView,
    SignedInView,
    SignedOutView,
    UnavailableView,
)

RETRY_AFTER = 10
MOST_ATTEMPTS = 8
"""Sign-ins one browser may have open at once; older cookies go, so that requests stay small."""
LONGEST_TARGET = 2000
COME_BACK_TO = ("/sso/devices", "/sso/signed-in")
"""The sign-in pages that somebody who has signed in may be led to."""
log = structlog.get_logger()


class Login:
    """Send the browser to the identity provider, and back to where it wanted to go."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        target = _target(req.get_param("return_to"))
        if req.ctx is not None:
            redirect(resp, target)
        else:
            _begin(req, resp, target)


class Password:
    """Let a person change their password at the identity provider."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        _begin(req, resp, "/sso/devices", ask="password")


class Callback:
    """Take the browser back from the identity provider."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        answer = req.params
        state = answer.get("state")
        cookie = attempt_cookie(state) if isinstance(state, str) else ""
        values = req.get_cookie_values(cookie) or [] if cookie else []
        try:
            token, target = api.sign_in().finish(
                answer,
                browser=values[0] if len(values) == 1 else None,
                device=_device(req),
                previous=req.ctx.session_id if req.ctx else None,
            )
        except SecondFactorMissing as missing:
            _begin(req, resp, missing.return_to, ask="proof")
        except ProviderUnavailable as error:
            _unavailable(resp, req, "/", error)
        except SignInFailed as failed:
            if failed.kind == "stale" and req.ctx is not None:
                # The Back button, or a second tab: the person is signed in already.
                redirect(resp, "/")
            else:
                view = RefusedView(kind=failed.kind, sign_in_url="/sso/login")
                page(
                    req,
                    resp,
                    "sso/refused.html",
                    view,
                    status=403 if failed.kind in ("no_account", "disabled") else 400,
                )
        else:
            _set_cookie(resp, SESSION_COOKIE, token)
            changed = answer.get("kc_action_status") == "success"
            redirect(resp, target, toast=_("Đã đổi mật khẩu") if changed else "")
        if values:
            _drop_cookie(resp, cookie)


class Logout:
    """End the browser's session, then the one at the identity provider."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        url = api.sign_in().sign_out(req.ctx.session_id) if req.ctx else "/sso/signed-out"
        _drop_cookie(resp, SESSION_COOKIE)
        redirect(resp, url or "/sso/signed-out?later=1")


class Session:
    """Say whose session the browser has, for pages that stay open: their forms go on when the same person signs in again."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.ctx
        # Nobody is an answer too: the page asks because a session may have ended.
        who, token = (account_key(ctx.person), ctx.csrf_token) if ctx else ("", "")
        send_json(resp, {"who": who, "token": token})


class SignedIn:
    """Where the window that the sheet of an open page has signed in ends: it tells the page, and closes."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        view = SignedInView(name=req.asker.person.full_name)
        page(req, resp, "sso/signed_in.html", view)


class SignedOut:
    """Say that the session is over."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        view = SignedOutView(sign_in_url="/sso/login", provider_told=req.get_param("later") is None)
        page(req, resp, "sso/signed_out.html", view)


class Privacy:
    """What signing in keeps about people; linked from the sign-in page."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        settings = installed_settings()
        view = PrivacyView(
            operator=settings.operator_name,
            province=settings.province_name,
            phone=settings.support_phone,
            email=settings.support_email,
            days_kept=KEEP_ENDED.days,
            sign_in_url="/sso/login",
        )
        page(req, resp, "sso/privacy.html", view)


class BackchannelLogout:
    """Hear from the identity provider that a session has ended there.

    Nobody is signed in here: the signed token alone is believed.
    """

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        resp.set_header("Cache-Control", "no-store")
        resp.content_type = falcon.MEDIA_JSON
        token = req.form.get("logout_token")
        try:
            api.sign_in().honour_logout(token if isinstance(token, str) else "")
        except InvalidToken as error:
            log.warning("backchannel_logout.refused", why=str(error))
            resp.status = falcon.HTTP_400
            resp.media = {"error": "invalid_request"}
        except ProviderUnavailable:
            resp.status = falcon.HTTP_503
            resp.media = {"error": "temporarily_unavailable"}
        else:
            resp.media = {}


class NoPost:
    """Tell a person without a post in any agency where they stand."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None
        person = req.ctx.person
        upcoming = tuple(
            _(
                "{position}, {agency}, từ {date}",
                position=each.position,
                agency=each.agency,
                date=format_date(each.starts),
            )
            for each in queries.upcoming_posts(person.id)
        )
        page(
            req,
            resp,
            "sso/no_post.html",
            NoPostView(name=person.full_name, username=person.username, upcoming=upcoming),
        )


class Devices:
    """Where the reader is signed in, and how to end it."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None
        own = req.ctx.session_id
        found = sorted(queries.live_sessions(req.ctx.person.id), key=lambda each: each.id != own)
        rows = tuple(
            DeviceRow(
                title=each.device,
                address=each.address,
                started_at=each.started_at,
                seen_at=each.seen_at,
                current=each.id == own,
                end_action="" if each.id == own else f"/sso/devices/{each.id}/end",
            )
            for each in found
        )
        others = "/sso/devices/end-others" if len(rows) > 1 else ""
        page(
            req,
            resp,
            "sso/devices.html",
            DevicesView(rows=rows, end_others_action=others, mail=req.asker.person.email),
        )

    def on_post_one(self, req: Request, resp: falcon.Response, session_id: UUID) -> None:
        assert req.ctx is not None
        ended = api.sign_in().end(
            "ended_by_person",
            session_id=session_id,
            person_id=req.ctx.person.id,
            keep=req.ctx.session_id,
            tell_provider=True,
        )
        redirect(
            resp,
            "/sso/devices",
            toast=_("Đã kết thúc phiên ở thiết bị đó") if ended else _("Phiên đó đã kết thúc trước rồi"),
        )

    def on_post_others(self, req: Request, resp: falcon.Response) -> None:
        assert req.ctx is not None
        ended = api.sign_in().end(
            "ended_by_person", person_id=req.ctx.person.id, keep=req.ctx.session_id, tell_provider=True
        )
        redirect(resp, "/sso/devices", toast=_ended_words(ended))


def _ended_words(count: int) -> str:
    return ngettext("Đã kết thúc {n} phiên", "Đã kết thúc {n} phiên", count)


def _begin(req: Request, resp: falcon.Response, target: str, *, ask: Ask = "") -> None:
    try:
        begun = api.sign_in().begin(return_to=target, locale=current_locale(), ask=ask)
    except ProviderUnavailable as error:
        _unavailable(resp, req, target, error)
        return
    earlier = [name for name in req.cookies if name.startswith("__Host-lt_signin_")]
    if len(earlier) >= MOST_ATTEMPTS:
        for name in earlier:
            _drop_cookie(resp, name)
    _set_cookie(resp, begun.cookie, begun.value, max_age=int(ATTEMPT_LIFETIME.total_seconds()))
    redirect(resp, begun.url)


def _unavailable(resp: falcon.Response, req: Request, target: str, error: ProviderUnavailable) -> None:
    """Say that nobody can sign in now; who is signed in goes on."""
    log.warning("sign_in.unavailable", why=str(error))
    resp.set_header("Retry-After", str(RETRY_AFTER))
    view = UnavailableView(
        retry_url=f"/sso/login?return_to={falcon.uri.encode_value(target)}", every_seconds=RETRY_AFTER
    )
    page(req, resp, "sso/unavailable.html", view, status=503)


def _target(value: str | None) -> str:
    """Return a page of ours to come back to; never one of the sign-in pages themselves."""
    target = local_path(value) if value and len(value) <= LONGEST_TARGET else "/"
    return "/" if target.startswith("/sso/") and not target.startswith(COME_BACK_TO) else target


def _device(req: Request) -> Device:
    return Device(devices.describe(req.user_agent), req.network_address)


def _set_cookie(resp: falcon.Response, name: str, value: str, **options: Any) -> None:
    resp.set_cookie(name, value, path="/", secure=True, http_only=True, same_site="Lax", **options)


def _drop_cookie(resp: falcon.Response, name: str) -> None:
    # Browsers refuse a __Host- cookie without Secure and Path, also one that only deletes.
    _set_cookie(resp, name, "", expires=datetime.fromtimestamp(0, UTC))
