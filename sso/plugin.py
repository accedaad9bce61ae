"""What sign-in declares."""

from core.declarations import (
    MEMBER,
    PUBLIC,
    SIGNED_IN,
    Command,
    Health,
    HealthCheck,
    Job,
    Manifest,
    Route,
    Subscriber,
)
from core.events import Event
from core.hookspecs import HOOK_API, hookimpl
from core.i18n import N_, _
from sso import api, cli, jobs, resources
from sso.api_token_pages import ApiTokens, NewApiToken
from sso.events import ApiTokenCreated, ApiTokenRevoked, SessionsEnded
from sso.interfaces import ProviderRefused, ProviderUnavailable
from sso.services import ATTEMPT_LIFETIME, FORM_LIFETIME
from tenants.events import PersonDisabled

manifest = Manifest(
    key="sso", title=N_("Đăng nhập"), summary=N_("Phiên đăng nhập và tài khoản"), version=HOOK_API, builtin=True,
    icon="login",
)  # fmt: skip


@hookimpl
def register_routes() -> list[Route]:
    devices, tokens = resources.Devices(), ApiTokens()
    return [
        Route("sso", "login", resources.Login(), "sso.login", PUBLIC),
        Route("sso", "callback", resources.Callback(), "sso.callback", PUBLIC),
        Route("sso", "logout", resources.Logout(), "sso.logout", PUBLIC),
        Route("sso", "signed-out", resources.SignedOut(), "sso.signed_out", PUBLIC),
        Route("sso", "session", resources.Session(), "sso.session", PUBLIC),
        Route("sso", "signed-in", resources.SignedIn(), "sso.signed_in", SIGNED_IN),
        Route("sso", "privacy", resources.Privacy(), "sso.privacy", PUBLIC),
        Route("sso", "backchannel-logout", resources.BackchannelLogout(), "sso.backchannel_logout", PUBLIC),
        Route("sso", "password", resources.Password(), "sso.password", SIGNED_IN),
        Route("sso", "no-post", resources.NoPost(), "sso.no_post", SIGNED_IN),
        Route("sso", "devices", devices, "sso.devices", SIGNED_IN),
        Route("sso", "devices/end-others", devices, "sso.end_others", SIGNED_IN, suffix="others"),
        Route("office", "tokens", tokens, "sso.tokens", MEMBER),
        Route("office", "tokens/new", NewApiToken(), "sso.token_new", MEMBER),
        Route("office", "tokens/{token_id:uuid}/revoke", tokens, "sso.token_revoke", MEMBER, suffix="revoke"),
        Route("sso", "devices/{session_id:uuid}/end", devices, "sso.end_device", SIGNED_IN, suffix="one"),
    ]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [
        HealthCheck("sso.provider", N_("Máy chủ đăng nhập trả lời"), _provider_health, needs_database=False)
    ]


def _provider_health() -> Health:
    provider = api.sign_in().provider
    try:
        provider.ping()
        lifetime = provider.form_lifetime()
    except ProviderUnavailable:
        return Health(
            ok=False, detail=_("Không trả lời: chưa ai đăng nhập mới được, ai đang làm việc vẫn làm tiếp")
        )
    except ProviderRefused as error:
        detail = _(
            "Từ chối yêu cầu đăng nhập ({code}): xem lại LIENTHONG_OIDC_CLIENT_ID, LIENTHONG_OIDC_CLIENT_SECRET và địa chỉ trả về",
            code=error.code,
        )
        return Health(ok=False, detail=detail)
    if lifetime < FORM_LIFETIME:
        detail = _(
            "Ai mở trang đăng nhập quá {seconds} giây thì không đăng nhập được: đặt parRequestUriLifespan của realm thành {needed}",
            seconds=int(lifetime.total_seconds()),
            needed=int(ATTEMPT_LIFETIME.total_seconds()),
        )
        return Health(ok=False, detail=detail)
    return Health(ok=True, detail=_("Trả lời bình thường"))


@hookimpl
def register_events() -> list[type[Event]]:
    return [SessionsEnded, ApiTokenCreated, ApiTokenRevoked]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    return [Subscriber(PersonDisabled, jobs.end_sessions_of_disabled)]


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.revoke_token)]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job("sso.end_at_provider", jobs.end_at_provider, N_("Kết thúc phiên ở máy chủ đăng nhập"), retries=12, per_tenant=False),
        Job("sso.purge", jobs.purge, N_("Dọn các phiên đăng nhập đã kết thúc"), schedule="17 * * * *", per_tenant=False),
    ]  # fmt: skip
