import contextlib
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from peewee import InterfaceError, OperationalError
from structlog.testing import capture_logs

from core.context import ModuleStates, Person, RequestContext, TenantInfo
from core.db import db, scope
from core.declarations import MEMBER, Blocker, Deny, ObjectAction, TimelineEntry
from core.dispatcher import Dispatcher, HookFailed
from core.events import SYSTEM
from core.host import PluginHost
from tenants.upkeep.doctor import health
from tests.core.modules import module

A = UUID("00000000-0000-7000-8000-000000000001")
TENANT = TenantInfo(A, "thuan-hoa", "UBND phường Thuận Hoá")


def dispatcher(*modules, states=None):
    host = PluginHost()
    for each in modules:
        host.register(each)
    return Dispatcher(host.manager, host.boot(), *([states] if states else []))


def context(*modules, permissions=(MEMBER,)):
    return RequestContext(
        request_id="7K2-09R-XXXX", session_id=uuid4(), person=Person(uuid4(), "lan", "Hoàng Thị Lan"), posts=(), operator=False,
        csrf_token="", tenant=TENANT, modules=frozenset(modules), permissions=frozenset(permissions),
    )  # fmt: skip


def failing(error=ZeroDivisionError):
    def hook(context, obj):
        raise error("inside")

    return hook


def broken_sql(context, obj):
    db.execute_sql("SELECT broken FROM nowhere")


def answering(*answers):
    def hook(context, obj):
        return list(answers)

    return hook


# ---- the effective set


def connection_lost(context, obj):
    db.execute_sql("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("hook", ["check_access", "object_actions"])
def test_the_loss_of_the_database_is_no_answer_of_a_module(hook, app_url):
    asked = dispatcher(module(hooks={hook: connection_lost}))
    answers = []
    with contextlib.suppress(OperationalError, InterfaceError), scope(A), db.atomic():
        answers += asked.collect(
            hook, ["alpha"], on_error=Deny, context=context("alpha"), permission="alpha.read", obj=object()
        )
    assert answers == []


def test_a_module_that_is_always_on_is_in_effect_whatever_was_decided():
    modules = dispatcher(module("base", always_on=True), module("extra", requires=("base",)))
    assert modules.effective(ModuleStates({"base": False}, {"base": False})) == {"base"}
    assert modules.effective(ModuleStates({"extra": True})) == {"base", "extra"}
    assert [each.key for each in modules.catalogue.manifests()] == ["extra"]


def test_in_effect_is_what_is_switched_on_and_allowed_and_whose_requirements_are():
    modules = [
        module("base"),
        module("extra", requires=("base",), default_on=True),
        module("secret", restricted=True, default_on=True),
        module("kernel", builtin=True),
    ]
    which = dispatcher(*modules).effective
    assert which(ModuleStates()) == {"kernel"}
    assert which(ModuleStates({"base": True})) == {"kernel", "base", "extra"}
    assert which(ModuleStates({"base": True, "extra": False})) == {"kernel", "base"}
    assert which(ModuleStates({"base": True}, {"base": False})) == {"kernel"}
    assert which(ModuleStates({}, {"secret": True})) == {"kernel", "secret"}
    assert which(ModuleStates({"kernel": False, "unknown": True}, {"kernel": False})) == {"kernel"}


def test_a_requirement_that_goes_out_of_effect_takes_all_above_it_along():
    chain = dispatcher(module("a1"), module("b1", requires=("a1",)), module("c1", requires=("b1",)))
    on = dict.fromkeys(("a1", "b1", "c1"), True)
    assert chain.effective(ModuleStates(on)) == {"a1", "b1", "c1"}
    assert chain.effective(ModuleStates(on, {"a1": False})) == set()
    assert chain.effective(ModuleStates({**on, "b1": False})) == {"a1"}


def test_what_is_withheld_is_told_however_far_below_it_stands():
    states = ModuleStates(grants={"a1": False, "c1": False}, notes={"a1": "Thanh tra"})
    chain = dispatcher(
        module("a1"),
        module("b1", requires=("a1",)),
        module("c1", requires=("a1", "b1")),
        module("d1", requires=("b1",)),
        states=lambda tenant_ids: dict.fromkeys(tenant_ids, states),
    )
    assert [chain.withheld(key, uuid4()) for key in ("a1", "b1", "c1", "d1")] == [
        ["Thanh tra"],
        ["Thanh tra"],
        ["", "Thanh tra"],
        ["Thanh tra"],
    ]


def test_each_agency_has_its_own_set():
    here, there = uuid4(), uuid4()
    asked = dispatcher(
        module("base"), states=lambda ids: {each: ModuleStates({"base": each == here}) for each in ids}
    )
    assert asked.effective_for(here) == {"base"}
    assert asked.effective_for(there) == set()
    assert asked.effective_among([here, there]) == {here: {"base"}, there: set()}


# ---- run


def life(seen, key, *, fails=False, requires=()):
    def hook(tenant, actor):
        seen.append(key)
        if fails:
            raise ValueError("no room")

    return module(key, requires=requires, hooks={"on_module_enabled": hook, "on_module_disabled": hook})


def test_life_cycle_hooks_run_in_the_order_of_requirement_and_backwards_when_disabling():
    seen = []
    asked = dispatcher(life(seen, "alpha", requires=("zeta",)), life(seen, "zeta"), life(seen, "other"))
    asked.run("on_module_enabled", {"alpha", "zeta"}, tenant=TENANT, actor=SYSTEM)
    asked.run("on_module_disabled", {"alpha", "zeta"}, tenant=TENANT, actor=SYSTEM)
    assert seen == ["zeta", "alpha", "alpha", "zeta"]


def test_the_first_error_in_run_stops_the_rest_and_names_module_and_hook():
    seen = []
    asked = dispatcher(life(seen, "alpha", fails=True), life(seen, "beta"))
    with pytest.raises(HookFailed, match="Module 'alpha' failed in on_module_enabled: ValueError in "):
        asked.run("on_module_enabled", {"alpha", "beta"}, tenant=TENANT, actor=SYSTEM)
    assert seen == ["alpha"]


def test_an_error_in_run_rolls_back_what_the_hook_wrote(app_url, superuser):
    def write_and_fail(tenant, actor):
        db.execute_sql("INSERT INTO core.job_schedule VALUES ('half', now())")
        raise ValueError

    asked = dispatcher(module(hooks={"on_module_enabled": write_and_fail}))
    with pytest.raises(HookFailed, match="Module 'alpha'"), db.atomic():
        asked.run("on_module_enabled", {"alpha"}, tenant=TENANT, actor=SYSTEM)
    assert superuser("SELECT * FROM core.job_schedule WHERE key = 'half'") == []


# ---- collect


def test_only_modules_in_effect_are_asked():
    offer = ObjectAction("Mở", "/x", "eye", MEMBER)
    asked = dispatcher(
        module("alpha", hooks={"object_actions": answering(offer)}),
        module("beta", hooks={"object_actions": failing()}),
    )
    assert asked.object_actions(context("alpha"), object()) == [offer]
    assert asked.object_actions(context("gamma"), object()) == []


def test_a_module_that_raises_is_left_out_and_named_in_the_log():
    offer = ObjectAction("Mở", "/x", "eye", MEMBER)
    asked = dispatcher(
        module("alpha", hooks={"object_actions": failing()}),
        module("beta", hooks={"object_actions": answering(offer)}),
    )
    with capture_logs() as logs, scope(A):
        assert asked.object_actions(context("alpha", "beta"), object()) == [offer]
    (line,) = [each for each in logs if each["event"] == "hook.failed"]
    assert (line["module"], line["hook"], line["tenant"]) == ("alpha", "object_actions", str(A))


@pytest.mark.parametrize("hook", [failing(), broken_sql, answering("no action"), lambda context, obj: 7])
def test_a_failure_in_collect_spares_the_page_is_noted_and_turns_health_red(hook, app_url, superuser):
    asked = dispatcher(
        module(hooks={"object_actions": hook}), module("beta", hooks={"object_actions": answering()})
    )
    with scope(A), db.atomic():
        for _page in range(2):
            assert asked.object_actions(context("alpha", "beta"), object()) == []
        # The page's own transaction is still good.
        assert db.execute_sql("SELECT 1").fetchone() == (1,)
    assert superuser("SELECT module, hook, tenant_id, failures FROM core.hook_failure") == [
        ("alpha", "object_actions", A, 2)
    ]
    finding = next(each for each in health(asked.catalogue) if each.key == "core.hooks")
    assert not finding.health.ok
    assert finding.health.detail == "alpha.object_actions: 2"


def test_a_generator_that_fails_halfway_is_contained():
    def hook(context, obj):
        yield ObjectAction("Mở", "/x", "eye", MEMBER)
        raise ZeroDivisionError

    assert dispatcher(module(hooks={"object_actions": hook})).object_actions(context("alpha"), object()) == []


def test_a_page_does_not_wait_while_another_notes_the_same_failure(app_url):
    asked = dispatcher(module(hooks={"object_actions": failing()}))
    done = threading.Event()

    def other_page():
        with db.connection_context(), scope(A), db.atomic():
            asked.object_actions(context("alpha"), object())
        done.set()

    with scope(A), db.atomic():
        asked.object_actions(context("alpha"), object())
        threading.Thread(target=other_page).start()
        assert done.wait(20)


def test_actions_without_the_permission_are_taken_away():
    may, may_not = (
        ObjectAction("Sửa", "/x", "pencil", "alpha.write"),
        ObjectAction("Xoá", "/y", "trash", "alpha.manage"),
    )
    asked = dispatcher(module(hooks={"object_actions": answering(may, may_not)}))
    assert asked.object_actions(context("alpha", permissions=("alpha.write",)), object()) == [may]


def test_the_timelines_of_several_modules_are_one_newest_first():
    now = datetime.now(UTC)
    lines = [TimelineEntry(now - timedelta(hours=hours), "Lan", f"{hours}") for hours in (2, 1, 3)]
    asked = dispatcher(
        module("alpha", hooks={"object_timeline": answering(*lines[:2])}),
        module("beta", hooks={"object_timeline": answering(lines[2])}),
    )
    assert [line.text for line in asked.object_timeline(context("alpha", "beta"), object())] == [
        "1",
        "2",
        "3",
    ]


# ---- access and blockers fail closed


def deny(reason):
    def hook(context, permission, obj):
        return Deny(reason) if reason else None

    return hook


def test_one_refusal_is_enough():
    asked = dispatcher(
        module("alpha", hooks={"check_access": deny("")}),
        module("beta", hooks={"check_access": deny("không thuộc phòng này")}),
    )
    assert asked.check_access(context("alpha"), "alpha.read", object()) is None
    assert asked.check_access(context("alpha", "beta"), "alpha.read", object()) == Deny(
        "không thuộc phòng này"
    )


@pytest.mark.parametrize("answer", [False, True, "no", ZeroDivisionError])
def test_access_is_refused_when_a_module_fails_or_answers_oddly(answer):
    def hook(context, permission, obj):
        if answer is ZeroDivisionError:
            raise answer
        return answer

    refusal = dispatcher(module(hooks={"check_access": hook})).check_access(
        context("alpha"), "alpha.read", object()
    )
    assert isinstance(refusal, Deny)
    assert "Chưa kiểm tra được quyền" in refusal.reason


def test_a_module_that_cannot_tell_its_blockers_blocks():
    def hook(tenant):
        raise ZeroDivisionError

    (blocker,) = dispatcher(module(hooks={"module_disable_blockers": hook})).disable_blockers("alpha", TENANT)
    assert isinstance(blocker, Blocker)
    assert blocker.detail == "alpha"


def test_the_blockers_of_one_module_are_its_own():
    def hook(text):
        return lambda tenant: [Blocker(text)]

    asked = dispatcher(
        module("alpha", hooks={"module_disable_blockers": hook("một")}),
        module("beta", hooks={"module_disable_blockers": hook("hai")}),
    )
    assert [each.text for each in asked.disable_blockers("beta", TENANT)] == ["hai"]


def test_a_failing_module_leaves_no_scope_behind(app_url):
    def hook(context, obj):
        with contextlib.ExitStack() as stack:
            stack.enter_context(scope(uuid4()))
            raise ZeroDivisionError

    asked = dispatcher(module(hooks={"object_actions": hook}))
    with scope(A), db.atomic():
        asked.object_actions(context("alpha"), object())
        assert db.execute_sql("SELECT core.app_tenant()").fetchone() == (A,)
