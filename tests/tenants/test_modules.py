"""Modules on and off in one agency: plans, order, blockers, and nothing left behind by a failure."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import db, scope
from core.declarations import Blocker
from core.dispatcher import HookFailed, dispatcher
from core.web.errors import Invalid, NotFound
from tenants import queries, services
from tenants.models import ModuleSwitch

KEYS = ("alpha", "beta", "gamma", "delta")


@pytest.fixture
def agency(stage):
    info = stage.agency("so-y-te")
    for module in stage.modules.values():
        module.calls.clear()
    with scope(info.id):
        yield info


def in_effect(agency) -> set[str]:
    return set(dispatcher().effective_for(agency.id)) & set(KEYS)


def test_a_new_agency_has_what_is_on_by_default(stage):
    info = stage.agency("so-y-te")

    assert in_effect(info) == {"delta"}
    assert stage.modules["delta"].calls == [("on_module_enabled", info.id)]


def test_switching_on_offers_what_is_required_and_does_it_in_order(stage, agency):
    plan = services.plan_enable("beta")
    assert [each.key for each in plan.to_enable] == ["alpha", "beta"]
    assert in_effect(agency) == {"delta"}

    services.enable_module("beta")
    assert in_effect(agency) == {"alpha", "beta", "delta"}
    assert stage.modules["alpha"].calls == stage.modules["beta"].calls == [("on_module_enabled", agency.id)]


def test_only_the_agency_that_switches_a_module_on_has_it(stage, agency):
    other = stage.agency("so-tai-chinh")
    services.enable_module("alpha")

    assert "alpha" in in_effect(agency)
    assert "alpha" not in in_effect(other)


def test_a_module_others_need_stays_on(agency):
    services.enable_module("beta")

    assert [each.key for each in services.plan_disable("alpha").dependents] == ["beta"]
    with pytest.raises(Invalid):
        services.disable_module("alpha")
    services.disable_module("beta")
    services.disable_module("alpha")
    assert in_effect(agency) == {"delta"}


def test_open_work_blocks_and_is_shown_with_its_link(stage, agency):
    services.enable_module("alpha")
    stage.modules["alpha"].blockers.append(Blocker("12 vụ việc đang mở", url="/t/so-y-te/alpha/"))

    assert services.plan_disable("alpha").blockers[0].url == "/t/so-y-te/alpha/"
    with pytest.raises(Invalid):
        services.disable_module("alpha")


def test_a_module_that_cannot_say_what_is_open_is_blocked(stage, agency):
    services.enable_module("alpha")
    stage.modules["alpha"].fails.add("module_disable_blockers")

    assert not services.plan_disable("alpha").possible
    with pytest.raises(Invalid):
        services.disable_module("alpha")


@pytest.mark.parametrize("failing", ["alpha", "beta"])
def test_a_failure_while_preparing_leaves_nothing_on(stage, agency, failing):
    stage.modules[failing].fails.add("on_module_enabled")

    with pytest.raises(HookFailed, match=failing):
        services.enable_module("beta")
    assert in_effect(agency) == {"delta"}
    with db.atomic():
        assert ModuleSwitch.select().count() == 0


def test_a_failure_while_stopping_leaves_the_module_on(stage, agency):
    services.enable_module("alpha")
    stage.modules["alpha"].fails.add("on_module_disabled")

    with pytest.raises(HookFailed):
        services.disable_module("alpha")
    assert "alpha" in in_effect(agency)


def test_a_restricted_module_needs_the_operators_leave(stage, agency):
    with pytest.raises(Invalid):
        services.enable_module("gamma")
    services.set_grant(agency.id, "gamma", allowed=True)
    services.enable_module("gamma")
    assert "gamma" in in_effect(agency)

    services.set_grant(agency.id, "gamma", allowed=None)
    assert "gamma" not in in_effect(agency)
    assert [hook for hook, _ in stage.modules["gamma"].calls] == ["on_module_enabled", "on_module_disabled"]


def test_what_the_operator_denies_is_gone_with_what_needs_it_and_comes_back_as_it_was(stage, agency):
    services.enable_module("beta")
    services.set_grant(agency.id, "alpha", allowed=False, note="Bảo trì")
    assert in_effect(agency) == {"delta"}

    services.set_grant(agency.id, "alpha", allowed=True)
    assert in_effect(agency) == {"alpha", "beta", "delta"}


@pytest.mark.parametrize("key", ["tenants", "core", "nothing"])
def test_built_in_and_unknown_modules_cannot_be_switched(agency, key):
    for command in (services.enable_module, services.disable_module, services.plan_enable):
        with pytest.raises(NotFound):
            command(key)


def test_cards_say_what_is_missing_and_who_needs_what(agency):
    services.enable_module("alpha")
    cards = {card.manifest.key: card for card in queries.module_cards()}

    assert list(cards) == ["alpha", "delta", "gamma", "beta"]
    assert (cards["alpha"].is_on, cards["beta"].is_on, cards["gamma"].allowed) == (True, False, False)
    services.disable_module("alpha")
    missing = next(card.missing for card in queries.module_cards() if card.manifest.key == "beta")
    assert [each.key for each in missing] == ["alpha"]


ACTIONS = st.lists(
    st.tuples(st.sampled_from(("on", "off", "allow", "deny", "leave")), st.sampled_from(KEYS)), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
def test_whatever_is_switched_requirements_and_leave_hold(stage, agency, actions):
    """Effective modules always have what they require, are allowed, and heard of each change exactly once."""
    with db.atomic() as transaction:
        for module in stage.modules.values():
            module.calls.clear()
        before = in_effect(agency)
        commands = {
            "on": services.enable_module,
            "off": services.disable_module,
            "allow": lambda key: services.set_grant(agency.id, key, allowed=True),
            "deny": lambda key: services.set_grant(agency.id, key, allowed=False),
            "leave": lambda key: services.set_grant(agency.id, key, allowed=None),
        }
        for action, key in actions:
            with suppress(Invalid):
                commands[action](key)
            now = in_effect(agency)
            states = queries.module_states(agency.id)
            for each in now:
                manifest = dispatcher().catalogue.modules[each].manifest
                assert set(manifest.requires) <= now
                assert states.allows(manifest)
                assert states.wants(manifest)
        for key, module in stage.modules.items():
            balance = sum(1 if hook == "on_module_enabled" else -1 for hook, _ in module.calls)
            assert balance == (key in in_effect(agency)) - (key in before)
        transaction.rollback(begin=True)
