"""Switch modules of the agency in scope on and off; the operator says which it may have.

Every change works the same way: what was in effect before, what is after, and the life-cycle hooks of
the difference in the same transaction. A module that fails there rolls the whole change back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core.context import TenantInfo
from core.db import current_tenant, db, scope
from core.declarations import Blocker, Manifest
from core.dispatcher import dispatcher
from core.events import changed, current_actor, emit
from core.i18n import _
from core.web.errors import Invalid, NotFound
from tenants import events
from tenants.models import ModuleGrant, ModuleSwitch
from tenants.names import province
from tenants.queries import Leave, grants, module_states, tenant_info
from tenants.services.common import lock_agency


@dataclass(frozen=True, slots=True)
class EnablePlan:
    """What switching a module on means: modules to switch on in order, itself last."""

    module: Manifest
    to_enable: tuple[Manifest, ...]
    not_allowed: tuple[Manifest, ...]
    """Those among them that the operator does not let this agency use."""

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        return tuple(
            Blocker(
                _(
                    "Phân hệ {module} do {province} quản lý, cơ quan chưa được phép dùng.",
                    module=_(each.title),
                    province=province(),
                )
            )
            for each in self.not_allowed
        )


@dataclass(frozen=True, slots=True)
class DisablePlan:
    """What stands in the way of switching a module off: modules that need it, work that is open."""

    module: Manifest
    dependents: tuple[Manifest, ...]
    blockers: tuple[Blocker, ...]
    is_on: bool = True
    in_effect: bool = True
    """Not while the operator keeps it from the agency, or what it requires is off."""

    @property
    def possible(self) -> bool:
        return not self.dependents and not self.blockers


def plan_enable(key: str) -> EnablePlan:
    """Return what switching a module on would do.

    Raises NotFound for an unknown or built-in module.
    """
    catalogue = dispatcher().catalogue
    module = _switchable(key)
    states = module_states(current_tenant())
    needed = _requirements(key)
    # The catalogue is in the order of requirement.
    order = [each for each in catalogue.manifests() if each.key in needed or each.key == key]
    to_enable = tuple(each for each in order if not states.wants(each))
    not_allowed = tuple(each for each in order if not states.allows(each))
    return EnablePlan(module, to_enable, not_allowed)


def enable_module(key: str) -> EnablePlan:
    """Switch a module on, and before it the modules it requires.

    Raises NotFound, Invalid when the operator does not allow one of them, HookFailed when one of them
    cannot prepare the agency; nothing is changed then.
    """
    with _switching():
        plan = plan_enable(key)
        if plan.blockers:
            raise _refused([blocker.text for blocker in plan.blockers])
        for module in plan.to_enable:
            _switch(module.key, on=True)
            emit(events.ModuleEnabled(object_id=current_tenant(), module=module.key))
    return plan


def plan_disable(key: str) -> DisablePlan:
    """Return what stands in the way of switching a module off; a module that fails to answer does.

    Raises NotFound for an unknown or built-in module.
    """
    module = _switchable(key)
    tenant = tenant_info(current_tenant())
    states = module_states(tenant.id)
    on = [each for each in dispatcher().catalogue.manifests() if states.wants(each)]
    dependents = tuple(each for each in on if key in _requirements(each.key))
    in_effect = key in dispatcher().effective_for(tenant.id)
    blockers = tuple(dispatcher().disable_blockers(key, tenant)) if in_effect else ()
    return DisablePlan(module, dependents, blockers, is_on=module in on, in_effect=in_effect)


def disable_module(key: str) -> DisablePlan:
    """Switch a module off; its data stays.

    Raises NotFound, Invalid while another module needs it or work is open, HookFailed.
    """
    with _switching():
        plan = plan_disable(key)
        if not plan.possible:
            needed = [_("{module} đang cần phân hệ này.", module=_(each.title)) for each in plan.dependents]
            raise _refused(needed + [blocker.text for blocker in plan.blockers])
        if plan.is_on:
            _switch(key, on=False)
            emit(events.ModuleDisabled(object_id=current_tenant(), module=key))
    return plan


def set_grant(tenant_id: UUID, key: str, allowed: bool | None, *, note: str = "") -> None:
    """Decide about one module; see `set_grants`."""
    set_grants(tenant_id, {key: Leave(allowed, note)})


_DECIDED = {
    True: events.ModuleAllowed,
    False: events.ModuleDenied,
    None: events.ModuleLeftToDefault,
}


def set_grants(tenant_id: UUID, wanted: Mapping[str, Leave]) -> None:
    """Decide about modules of an agency, all or none; operators only.

    A note says why and replaces what was said before; without a decision there is none.

    Raises NotFound, HookFailed.
    """
    for key in wanted:
        _switchable(key)
    with scope(tenant_id), _switching():
        stored = grants()
        for key, leave in wanted.items():
            before, after = stored.get(key, Leave()), leave if leave.allowed is not None else Leave()
            if before == after:
                continue
            ModuleGrant.delete().where(ModuleGrant.module == key).execute()
            if after.allowed is not None:
                ModuleGrant.create(module=key, **after._asdict(), changed_by=current_actor().person_id)
            noted = changed({"note": before.note}, {"note": after.note})
            emit(_DECIDED[after.allowed](object_id=tenant_id, module=key, changes=noted))


def stopped_by(tenant_id: UUID, wanted: Mapping[str, bool | None]) -> tuple[Manifest, ...]:
    """Return the modules in effect that such decisions of the operator take out of effect, in the order of requirement.

    Raises NotFound.
    """
    for key in wanted:
        _switchable(key)
    with scope(tenant_id), db.atomic():
        states = module_states(tenant_id)
    kept = {name: given for name, given in states.grants.items() if name not in wanted}
    given = kept | {key: allowed for key, allowed in wanted.items() if allowed is not None}
    gone = dispatcher().effective(states) - dispatcher().effective(replace(states, grants=given))
    return tuple(each for each in dispatcher().catalogue.manifests() if each.key in gone)


@contextmanager
def _switching() -> Iterator[TenantInfo]:
    """Run the life-cycle hooks of what comes into effect and what goes out of it."""
    with db.atomic():
        lock_agency()
        tenant = tenant_info(current_tenant())
        before = dispatcher().effective_for(tenant.id)
        yield tenant
        after = dispatcher().effective_for(tenant.id)
        dispatcher().run("on_module_disabled", before - after, tenant=tenant, actor=current_actor())
        dispatcher().run("on_module_enabled", after - before, tenant=tenant, actor=current_actor())


def _switch(key: str, *, on: bool) -> None:
    values: dict[str, Any] = {
        "is_on": on,
        "changed_at": datetime.now(UTC),
        "changed_by": current_actor().person_id,
    }
    if not ModuleSwitch.update(values).where(ModuleSwitch.module == key).execute():
        ModuleSwitch.create(module=key, **values)


def _refused(reasons: list[str]) -> Invalid:
    return Invalid({"module": reasons}, " ".join(reasons))


def _switchable(key: str) -> Manifest:
    module = dispatcher().catalogue.modules.get(key)
    if module is None or not module.manifest.switchable:
        raise NotFound
    return module.manifest


def _requirements(key: str) -> set[str]:
    """Return everything a module requires, directly or not."""
    modules, found = dispatcher().catalogue.modules, set[str]()
    open_keys = [key]
    while open_keys:
        for required in modules[open_keys.pop()].manifest.requires:
            if required not in found:
                found.add(required)
                open_keys.append(required)
    return found
