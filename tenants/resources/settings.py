"""What an agency keeps about itself: contacts, working hours, time zone, logo, and its name by decision."""

from collections.abc import Sequence
from typing import Any

import falcon

from core.i18n import N_, _, format_date
from core.settings import installed_settings
from core.web.components import ConflictView, FormView, Option, same_text
from core.web.errors import Invalid
from core.web.forms import load
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import queries, services
from tenants.models import KINDS, Profile, today
from tenants.names import province
from tenants.resources.common import Refusal, agency, attempt, day_text, form_again, merged, version_of
from tenants.schemas import WEEKDAYS, ProfileSchema, RenameSchema, WithdrawalSchema, hours_text
from tenants.services.agencies import MAX_LOGO_BYTES
from tenants.views import RenameView, SettingsView

CONTACTS = {
    "address": N_("Địa chỉ trụ sở"),
    "phone": N_("Điện thoại"),
    "email": N_("Thư điện tử"),
    "website": N_("Trang thông tin"),
}
DAYS = dict(
    zip(
        WEEKDAYS,
        (
            N_("Thứ Hai"),
            N_("Thứ Ba"),
            N_("Thứ Tư"),
            N_("Thứ Năm"),
            N_("Thứ Sáu"),
            N_("Thứ Bảy"),
            N_("Chủ nhật"),
        ),
        strict=True,
    )
)
ZONES = {
    "Asia/Ho_Chi_Minh": N_("Việt Nam (GMT+7)"),
    "Asia/Tokyo": N_("Tô-ky-ô (GMT+9)"),
    "Asia/Seoul": N_("Xơ-un (GMT+9)"),
    "Europe/Berlin": N_("Béc-lin (GMT+1)"),
    "America/New_York": N_("Niu Oóc (GMT−5)"),
}
"""Where agencies of a province have desks; others stay selectable once they are set."""


class Settings:
    """The agency's own settings."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        _show(req, resp, FormView(_values(queries.profile())))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        def update() -> None:
            fields = load(ProfileSchema(), req.form)
            hours = {str(day): fields.pop(f"hours_{day}") for day in WEEKDAYS}
            services.update_profile(version_of(req), **fields, working_hours=hours)

        refusal = attempt(update)
        if refusal:
            _show(req, resp, form_again(req, refusal), refusal)
            return
        redirect(resp, url_for(req, "tenants.settings"), toast=_("Đã lưu cài đặt cơ quan."))


class LogoSetting:
    """The agency's logo: a picture of its own, or none."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        remove = "remove" in req.form
        refusal = attempt(services.remove_logo if remove else lambda: services.set_logo(_picture(req)))
        if refusal:
            _show(req, resp, FormView(_values(queries.profile())), refusal, logo_errors=refusal.texts)
            return
        text = _("Đã bỏ biểu trưng.") if remove else _("Đã đổi biểu trưng.")
        redirect(resp, url_for(req, "tenants.settings"), toast=text)


class Renaming:
    """A new name from a day on; what was signed before keeps the old one."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        tenant = agency(req)
        values = {"name": tenant.name, "short_name": tenant.short_name, "since": day_text(today())}
        self._show(req, resp, FormView(values))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        tenant = agency(req)

        def rename() -> None:
            fields = load(RenameSchema(), req.form)
            if not services.revise_agency(tenant.id, fields.pop("since"), **fields):
                raise Invalid({"name": [_("Tên này đang dùng rồi.")]})

        refusal = attempt(rename)
        if refusal:
            self._show(req, resp, form_again(req, refusal), refusal)
            return
        day = load(RenameSchema(), req.form)["since"]
        toast = _("Tên mới có hiệu lực từ {day}.", day=format_date(day, year=True))
        redirect(resp, url_for(req, "tenants.settings"), toast=toast)

    def on_post_withdraw(self, req: Request, resp: falcon.Response) -> None:
        """Take back a new name before its day."""
        since = load(WithdrawalSchema(), req.form)["since"]
        services.withdraw_revision(agency(req).id, since)
        toast = _("Đã bỏ lần đổi từ {day}.", day=format_date(since, year=True))
        redirect(resp, url_for(req, "tenants.settings"), toast=toast)

    @staticmethod
    def _show(req: Request, resp: falcon.Response, form: FormView, refusal: Refusal | None = None) -> None:
        view = RenameView(
            form=form, action=url_for(req, "tenants.rename"), back_url=url_for(req, "tenants.settings")
        )
        page(req, resp, "tenants/rename.html", view, status=refusal.status if refusal else 200)


def _picture(req: Request) -> bytes:
    """Return the uploaded picture; its content is judged by the service, its size before it is read."""
    upload = req.files.get("logo")
    if upload is None:
        raise Invalid({"logo": [_("Chưa chọn tệp ảnh.")]})
    if upload.size > MAX_LOGO_BYTES:
        raise Invalid({"logo": [_("Ảnh nặng quá 512 kB.")]})
    return upload.read()


def _show(
    req: Request, resp: falcon.Response, form: FormView, refusal: Refusal | None = None, logo_errors: Any = ()
) -> None:
    profile = queries.profile()
    conflict = None
    if refusal and (refusal.stored or form.errors):
        stored = refusal.stored if isinstance(refusal.stored, Profile) else profile
        form, conflict = _merged(req, form, stored)
    zone = form.text("time_zone")
    view = SettingsView(
        form=form,
        registered=_registered(req),
        coming=tuple(
            (line.name, line.valid_from, day_text(line.valid_from))
            for line in queries.versions(agency(req).id)[:-1]
            if line.valid_from > today()
        ),
        withdraw_action=url_for(req, "tenants.rename_withdraw"),
        days=tuple((f"hours_{day}", _(title)) for day, title in DAYS.items()),
        zones=tuple(Option(key, _(ZONES.get(key, key))) for key in dict.fromkeys([*ZONES, zone]) if key),
        action=url_for(req, "tenants.settings"),
        logo_action=url_for(req, "tenants.logo_set"),
        logo_url=queries.logo_url(agency(req).code, profile.logo_digest),
        logo_errors=tuple(logo_errors),
        rename_url=url_for(req, "tenants.rename"),
        province=province(),
        operator=installed_settings().operator_name,
        conflict=conflict,
    )
    page(req, resp, "tenants/settings.html", view, status=refusal.status if refusal else 200)


def _registered(req: Request) -> tuple[tuple[str, str], ...]:
    """Return what the province keeps of this agency."""
    versions = queries.versions(agency(req).id)
    now = next((line for line in versions if line.valid_from <= today()), versions[-1])
    facts = [
        (_("Tên"), now.name),
        (_("Tên gọn"), now.short_name),
        (_("Loại"), _(KINDS[now.kind])),
        (_("Cấp trên"), now.parent_name),
        (_("Mã định danh"), str(now.identifiers.get("national", ""))),
        (_("Mã hành chính"), str(now.identifiers.get("administrative", ""))),
        (_("Từ ngày"), format_date(now.valid_from, year=True)),
    ]
    return tuple((title, text) for title, text in facts if text)


def _values(profile: Profile) -> dict[str, str | list[str]]:
    hours = {f"hours_{day}": hours_text(profile.working_hours.get(str(day), [])) for day in WEEKDAYS}
    contacts = {name: getattr(profile, name) for name in CONTACTS}
    return {**contacts, **hours, "time_zone": profile.time_zone, "version": str(profile.version)}


def _merged(req: Request, form: FormView, stored: Profile) -> tuple[FormView, ConflictView | None]:
    def shown(name: str, value: str | Sequence[str]) -> str:
        text = same_text(value)
        return _(ZONES.get(text, text)) if name == "time_zone" else text

    titles = {name: _(title) for name, title in CONTACTS.items()}
    titles |= {f"hours_{day}": _(title) for day, title in DAYS.items()} | {"time_zone": _("Múi giờ")}
    return merged(req, form, _values(stored), titles, shown, "tenants.agency", stored.tenant_id)
