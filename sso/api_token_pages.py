"""Pages of the account on which people make and revoke their API tokens for one agency."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import falcon

from core.context import RequestContext
from core.db import new_id
from core.dispatcher import dispatcher
from core.i18n import N_, _, format_datetime, ngettext
from core.web.components import Effect, FormView, Option, PlanView
from core.web.errors import Invalid
from core.web.forms import load
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from sso import api_tokens, queries
from sso.models import ApiToken
from sso.schemas import SCOPES, ApiTokenInput
from sso.views import ApiTokenFormView, ApiTokenRow, ApiTokensView, PermissionGroup

LIFETIMES = {30: N_("30 ngày"), 90: N_("90 ngày"), 180: N_("180 ngày"), 365: N_("một năm")}


class ApiTokens:
    """The reader's tokens in this agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "sso/api_tokens.html", _list(req))

    def on_get_revoke(self, req: Request, resp: falcon.Response, token_id: UUID) -> None:
        """Say what revoking does: nobody can take it back."""
        token = api_tokens.own(req.asker, token_id)
        used = token.used_at
        plan = PlanView(
            title=_("Thu hồi mã “{name}”?", name=token.name),
            effects=(
                Effect(
                    "plug-connected-x", _("Chương trình đang dùng mã này bị từ chối ngay từ lần gọi tới.")
                ),
                Effect(
                    "clock",
                    _("Dùng gần nhất {at}, ghi mỗi giờ một lần.", at=format_datetime(used))
                    if used
                    else _("Mã chưa được dùng lần nào."),
                ),
                Effect("ban", _("Không lấy lại được; cần nữa thì tạo mã mới.")),
            ),
            effects_title=_("Khi thu hồi"),
            action=url_for(req, "sso.token_revoke", token_id=token.id),
            button=_("Thu hồi"),
            back_url=url_for(req, "sso.tokens"),
            back=_("Giữ mã"),
            danger=True,
        )
        page(req, resp, "core/plan.html", plan)

    def on_post_revoke(self, req: Request, resp: falcon.Response, token_id: UUID) -> None:
        ended = api_tokens.revoke(req.asker, token_id)
        toast = _("Đã thu hồi, mã không dùng được nữa") if ended else _("Mã đó đã thu hồi trước rồi")
        redirect(resp, url_for(req, "sso.tokens"), toast=toast)


class NewApiToken:
    """The form for a new token, and the one page that shows it."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        self._show(req, resp, FormView({"id": str(new_id()), "scope": "read", "days": "90"}))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            sent = load(ApiTokenInput(), req.form)
            token = _create(req.asker, sent)
        except Invalid as problem:
            self._show(req, resp, FormView(req.form, problem.errors), status=problem.status)
            return
        if token is None:
            redirect(resp, url_for(req, "sso.tokens"), toast=_("Mã này tạo rồi và chỉ hiện một lần"))
            return
        page(req, resp, "sso/api_tokens.html", _list(req, token, sent["name"]))

    def _show(self, req: Request, resp: falcon.Response, form: FormView, status: int = 200) -> None:
        view = ApiTokenFormView(
            form=form,
            scopes=tuple(Option(key, _(title)) for key, title in SCOPES.items()),
            lifetimes=tuple(Option(str(days), _(title)) for days, title in LIFETIMES.items()),
            groups=_groups(req.asker),
            action=url_for(req, "sso.token_new"),
            list_url=url_for(req, "sso.tokens"),
        )
        page(req, resp, "sso/api_token_form.html", view, status=status)


def _create(ctx: RequestContext, sent: Mapping[str, Any]) -> str | None:
    return api_tokens.create(
        ctx,
        token_id=sent["token_id"],
        name=sent["name"],
        days=sent["days"],
        read_only=sent["scope"] == "read",
        permissions=sent["permissions"] if sent["scope"] == "chosen" else None,
    )


def _list(req: Request, made: str = "", name: str = "") -> ApiTokensView:
    ctx = req.asker
    assert ctx.tenant is not None
    first = url_for(req, "tenants.api_me")
    return ApiTokensView(
        rows=tuple(_row(req, token, over=over) for token, over in queries.api_tokens(ctx.person.id)),
        new_url=url_for(req, "sso.token_new"),
        reference_url=url_for(req, "reference.page"),
        made=made,
        made_name=name,
        example=f'curl -H "Authorization: Bearer {made}" {req.prefix}{first}' if made else "",
    )


def _row(req: Request, token: ApiToken, *, over: bool) -> ApiTokenRow:
    if token.permissions is not None:
        count = len(token.permissions)
        scope = ngettext("{n} quyền đã chọn", "{n} quyền đã chọn", count)
    else:
        title = SCOPES["read" if token.read_only else "all"]
        scope = _(title)
    return ApiTokenRow(
        name=token.name,
        ending=token.ending,
        scope=scope,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        over=over,
        revoke_action="" if over else url_for(req, "sso.token_revoke", token_id=token.id),
    )


def _groups(ctx: RequestContext) -> tuple[PermissionGroup, ...]:
    """Return the permissions the reader holds here, by module."""
    catalogue, held = dispatcher().catalogue, api_tokens.given_by(ctx)
    groups: dict[str, list[Option]] = {}
    for key, permission in catalogue.permissions.items():
        if key in held:
            groups.setdefault(key.partition(".")[0], []).append(Option(key, _(permission.title)))
    return tuple(
        PermissionGroup(title=_(catalogue.modules[key].manifest.title), options=tuple(options))
        for key, options in groups.items()
    )
