"""The operator's leave for modules in one agency: what a form decides, what that stops, and the rows that show it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from core.context import TenantInfo
from core.db import db, scope
from core.declarations import Manifest
from core.dispatcher import dispatcher
from core.i18n import N_, _
from core.web.components import Effect, PlanView
from core.web.errors import BadRequest, Invalid
from core.web.rendering import url_for
from core.web.request import Request
from tenants import queries
from tenants.console_views import GrantRow
from tenants.queries import Leave
from tenants.resources.modules import effects_off

Choice = Literal["default", "allowed", "denied"]
GRANTS: dict[str, bool | None] = {"default": None, "allowed": True, "denied": False}
CHOICES: dict[str, str] = {
    "default": N_("Theo mặc định"),
    "allowed": N_("Cho dùng"),
    "denied": N_("Không cho dùng"),
}
LONGEST_NOTE = 200


def decided(req: Request) -> dict[str, Leave]:
    """Return what the form decides anew, by module: rows nobody touched are no decision, whatever is stored by now.

    Raises BadRequest for what no form of ours sends.
    """
    found = {}
    for module in dispatcher().catalogue.manifests():
        choice = req.form.get(f"grant-{module.key}")
        if choice is None:
            continue
        if choice not in GRANTS:
            raise BadRequest
        leave = Leave(GRANTS[choice], str(req.form.get(f"note-{module.key}", "")).strip()[:LONGEST_NOTE])
        if _mark(leave) != req.form.get(f"was-{module.key}"):
            found[module.key] = leave
    return found


def refuse_clashes(req: Request, wanted: Mapping[str, Leave], stored: Mapping[str, Leave]) -> None:
    """Raise Invalid where another operator decided about the same modules since the form was opened."""
    errors = {}
    for key, leave in wanted.items():
        now, seen = stored.get(key, Leave()), req.form.get(f"was-{key}")
        if seen is not None and _mark(now) not in (seen, _mark(leave)):
            text = _(
                "Người vận hành khác vừa đổi thành “{choice}”. Lưu lần nữa nếu vẫn theo lựa chọn của bạn.",
                choice=_(CHOICES[_choice(now)]),
            )
            errors[f"grant-{key}"] = [text]
    if errors:
        raise Invalid(errors)


def grant_rows(
    cards: Sequence[queries.ModuleCard], stored: Mapping[str, Leave], typed: Mapping[str, Leave]
) -> tuple[GrantRow, ...]:
    """Return the modules of the agency in scope with what is decided, or what a form that was refused would decide."""
    rows = []
    for card in cards:
        key = card.manifest.key
        now = stored.get(key, Leave())
        shown = typed.get(key, now)
        rows.append(
            GrantRow(
                key=key,
                title=_(card.manifest.title),
                summary=_(card.manifest.summary),
                is_on=card.is_on,
                in_effect=card.in_effect,
                grant=_choice(shown),
                default_allowed=not card.manifest.restricted,
                note=shown.note,
                was=_mark(now),
            )
        )
    return tuple(rows)


def plan_stopping(
    req: Request, tenant: TenantInfo, wanted: Mapping[str, Leave], stopped: Sequence[Manifest]
) -> PlanView:
    """Return what an agency loses by decisions that take modules out of effect."""
    named = [module for module in stopped if module.key in wanted]
    others = ", ".join(_(module.title) for module in stopped if module.key not in wanted)
    with scope(tenant.id), db.atomic():
        effects = _effects([(_(module.title), effects_off(module)) for module in named])
        effects = [*open_work(tenant, stopped), *effects]
    if others:
        if len(named) == 1:
            text = _("Ngừng theo vì cần phân hệ này: {modules}.", modules=others)
        else:
            text = _("Ngừng theo vì cần các phân hệ này: {modules}.", modules=others)
        effects = [Effect(icon="plug-connected-x", text=text), *effects]
    agency, title = tenant.short_name or tenant.name, ", ".join(_(module.title) for module in named)
    fields = [
        field
        for key, leave in wanted.items()
        for field in (
            (f"grant-{key}", _choice(leave)),
            (f"note-{key}", leave.note),
            (f"was-{key}", str(req.form.get(f"was-{key}", ""))),
        )
    ]
    return PlanView(
        title=_("Không cho {agency} dùng {module}?", agency=agency, module=title),
        effects=effects,
        action=url_for(req, "tenants.agency_grants", code=tenant.code),
        button=_("Không cho dùng"),
        back_url=f"{url_for(req, 'tenants.agency', code=tenant.code)}#lt-modules",
        back=_("Để cơ quan dùng tiếp"),
        danger=True,
        fields=(*fields, ("seen", seen_mark(stopped))),
    )


def open_work(tenant: TenantInfo, modules: Iterable[Manifest]) -> list[Effect]:
    """Return what modules of the agency in scope still have open, which an operator's decision does not wait for."""
    return [
        Effect("alert-triangle", f"{_(module.title)}: {blocker.text}")
        for module in modules
        for blocker in dispatcher().disable_blockers(module.key, tenant)
    ]


def seen_mark(stopped: Sequence[Manifest]) -> str:
    """Return what a plan says it showed: with more to stop since then it is shown again."""
    return " ".join(sorted(module.key for module in stopped))


def _effects(of: Sequence[tuple[str, Sequence[Effect]]]) -> list[Effect]:
    """Return what follows: a line for each module with what is its own, then what is so for all of them."""
    shared = [effect for effect in of[0][1] if all(effect in effects for _title, effects in of)] if of else []
    lines = [(title, [effect for effect in effects if effect not in shared]) for title, effects in of]
    return [
        *(
            Effect(own[0].icon, f"{title}: {' '.join(each.text for each in own)}")
            for title, own in lines
            if own
        ),
        *shared,
    ]


def told(wanted: Mapping[str, Leave]) -> str:
    """Return what is said when decisions are kept."""
    if not wanted:
        return _("Không có gì thay đổi.")
    modules = dispatcher().catalogue.modules
    names = ", ".join(_(modules[key].manifest.title) for key in wanted)
    return _("Đã lưu phép dùng {module}.", module=names)


def _choice(leave: Leave) -> Choice:
    return "default" if leave.allowed is None else "allowed" if leave.allowed else "denied"


def _mark(leave: Leave) -> str:
    return f"{_choice(leave)} {leave.note}".strip()
