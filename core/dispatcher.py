"""The only way to call a module: decides which are in effect and keeps their failures apart."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import pluggy
import structlog

from core import hookspecs, metrics
from core.catalogue import Catalogue
from core.clock import steady
from core.context import ModuleStates, Post, RequestContext
from core.db import db
from core.db.scope import tenant_or_platform
from core.declarations import (
    BUILT_IN_PERMISSIONS,
    Blocker,
    Counting,
    Deny,
    FileOwner,
    ObjectAction,
    TimelineEntry,
)
from core.host import implementation_of
from core.i18n import _
from core.logging import place_of
from core.process import OfProcess

log = structlog.get_logger()
T = TypeVar("T")


class HookFailed(Exception):
    """Raised when a module fails in a life-cycle hook; the message names module and hook."""


class Dispatcher:
    """Applies each agency's effective set to every call of a module."""

    def __init__(
        self,
        manager: pluggy.PluginManager,
        catalogue: Catalogue,
        states: Callable[[Collection[UUID]], dict[UUID, ModuleStates]] = lambda ids: dict.fromkeys(ids, ModuleStates()),
    ) -> None:  # fmt: skip
        self.catalogue = catalogue
        self._states = states
        self._implementations = {
            hook: {
                key: found
                for key in catalogue.modules
                if (found := implementation_of(manager, hook, key)) is not None
            }
            for hook in (*hookspecs.RUN, *hookspecs.COLLECT)
        }
        """Hook → module key → implementation, in the order of requirement."""
        self._effective = lru_cache(maxsize=1024)(self._compute_effective)

    # -- the effective set ----------------------------------------------------------------------

    def effective(self, states: ModuleStates) -> frozenset[str]:
        """Return the modules in effect: switched on ∩ allowed ∩ requirements satisfied.

        Modules that nobody can switch are always in effect.
        """
        return self._effective(frozenset(states.switches.items()), frozenset(states.grants.items()))

    def effective_for(self, tenant_id: UUID) -> frozenset[str]:
        """Return the modules in effect for an agency, read from the database."""
        return self.effective(steady(("modules", tenant_id), lambda: self._states([tenant_id])[tenant_id]))

    def effective_among(self, tenant_ids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
        """Return the modules in effect for each of some agencies, read from the database at once."""
        return {key: self.effective(each) for key, each in self._states(tenant_ids).items()}

    def withheld(self, key: str, tenant_id: UUID) -> list[str]:
        """Return what the operator says of each module kept from an agency, of this one and what it requires; "" where no reason is given."""
        states, modules, needed = self._states([tenant_id])[tenant_id], self.catalogue.modules, [key]
        for each in needed:  # it grows by what each of them requires in turn
            needed.extend(more for more in modules[each].manifest.requires if more not in needed)
        return [states.notes.get(each, "") for each in needed if not states.allows(modules[each].manifest)]

    def _compute_effective(
        self, switches: frozenset[tuple[str, bool]], grants: frozenset[tuple[str, bool]]
    ) -> frozenset[str]:
        states = ModuleStates(dict(switches), dict(grants))
        on: set[str] = set()
        # The catalogue is in the order of requirement, so each module's requirements are decided before it.
        for key, module in self.catalogue.modules.items():
            it = module.manifest
            if not it.switchable or (states.wants(it) and states.allows(it) and on.issuperset(it.requires)):
                on.add(key)
        return frozenset(on)

    def permissions(self, posts: Iterable[Post], modules: frozenset[str]) -> set[str]:
        """Return what posts give by their roles, as far as the modules are in effect."""
        held: set[str] = set()
        for post in posts:
            held.update(post.own_permissions, self.catalogue.given_by(post.roles))
        # SECURITY: what the platform itself decides, OPERATOR above all, is in no role's gift.
        return {key for key in held - BUILT_IN_PERMISSIONS if key.partition(".")[0] in modules}

    # -- run: the life of a module, first error rolls back ----------------------------------------

    def run(self, hook: str, keys: Iterable[str], **arguments: Any) -> None:
        """Call a life-cycle hook of the given modules in the order of requirement.

        Raises HookFailed at the first error, so that the caller's transaction rolls back.
        """
        wanted = set(keys)
        found = [(key, each) for key, each in self._implementations[hook].items() if key in wanted]
        for key, implementation in reversed(found) if hook == "on_module_disabled" else found:
            try:
                _call(implementation, arguments)
            except Exception as error:
                log.exception("hook.failed", module=key, hook=hook, tenant=str(tenant_or_platform()))
                # The message of a foreign error may quote rows, and this one is kept and shown to operators.
                told = place_of(error, implementation.function.__module__.partition(".")[0])
                raise HookFailed(f"Module '{key}' failed in {hook}: {told}") from error

    # -- collect: asked at run time, each module isolated -------------------------------------------

    def collect(
        self,
        hook: str,
        modules: Iterable[str],
        *,
        on_error: Callable[[str], Any] | None = None,
        **arguments: Any,
    ) -> list[Any]:
        """Ask the given modules and return their answers flattened; a failing module is left out.

        `on_error(key)` stands in for a module that failed: access and blocker hooks fail closed.
        """
        wanted = set(modules)
        answers: list[Any] = []
        for key, implementation in self._implementations[hook].items():
            if key in wanted:
                ask = partial(_ask, implementation, hookspecs.COLLECT[hook], arguments)
                answer = self.isolated(key, hook, ask, None)
                if answer is None:
                    answer = [on_error(key)] if on_error else []
                answers.extend(answer)
        return answers

    def isolated(self, key: str, hook: str, call: Callable[[], T], instead: T) -> T:
        """Return what a module answers, or `instead` when it fails; its failure never spreads.

        Only the loss of the database connection does: Raises OperationalError, InterfaceError.
        """
        try:
            # A savepoint keeps a module's SQL error from ending the page's transaction.
            with db.atomic() if db.in_transaction() else nullcontext():
                return call()
        except Exception:
            if db.obj is not None and db.obj.is_lost():
                # PostgreSQL went away under the whole page: no module is at fault, and "no" would be a wrong answer.
                raise
            log.exception("hook.failed", module=key, hook=hook, tenant=str(tenant_or_platform()))
            metrics.HOOK_FAILURES.labels(module=key, hook=hook).inc()
            _note_failure(key, hook)
            return instead

    def belongs(self, permission: str, tenant_id: UUID | None) -> bool:
        """Tell whether a permission means something in an agency, as its module says; without an answer it does not."""
        declared = self.catalogue.permissions.get(permission)
        if declared is None or declared.belongs is None:
            return True
        return tenant_id is not None and self.isolated(
            permission.partition(".")[0], "belongs", partial(declared.belongs, tenant_id), False
        )

    def badges(self, calls: Sequence[tuple[str, Callable[[], Counting | int]]]) -> list[int]:
        """Return the numbers of several modules, by one statement in one savepoint while none fails.

        Every page asks for them, and each round trip costs more than counting. When one fails, all are asked
        again by themselves, so that only its own number is missing.
        """
        if calls and db.in_transaction():
            try:
                with db.atomic():
                    return _counted([call() for _key, call in calls])
            except Exception:
                log.info("hook.asked_again", hook="badge")
        return [self.isolated(key, "badge", partial(_counted_alone, call), 0) for key, call in calls]

    def check_access(self, context: RequestContext, permission: str, obj: object) -> Deny | None:
        """Ask the modules in effect about one object; the first refusal wins, an error refuses."""
        refused = Deny(_("Chưa kiểm tra được quyền với mục này, nên tạm thời chưa mở."))
        denials = self.collect(
            "check_access", context.modules, on_error=lambda key: refused, context=context, permission=permission, obj=obj,
        )  # fmt: skip
        return denials[0] if denials else None

    def object_actions(self, context: RequestContext, obj: object) -> list[ObjectAction]:
        """Return the buttons the modules in effect offer for an object, as far as the person may use them."""
        offered = self.collect("object_actions", context.modules, context=context, obj=obj)
        return [action for action in offered if context.can(action.permission)]

    def object_timeline(self, context: RequestContext, obj: object) -> list[TimelineEntry]:
        """Return what the modules in effect add to the history of an object, newest first."""
        found = self.collect("object_timeline", context.modules, context=context, obj=obj)
        return sorted(found, key=attrgetter("at"), reverse=True)

    def file_access(
        self, modules: frozenset[str], context: RequestContext | None, owner: FileOwner, file_id: UUID
    ) -> bool:
        """Ask the module of a file's owner, when it is in effect; anything but one clear yes refuses."""
        asked = modules & {owner.module}
        answers = self.collect("file_access", asked, context=context, owner=owner, file_id=file_id)
        return answers == [True]

    def disable_blockers(self, key: str, tenant: Any) -> list[Blocker]:
        """Return what keeps a module from being switched off; an error is a blocker."""
        return self.collect(
            "module_disable_blockers",
            [key],
            on_error=lambda failed: Blocker(_("Phân hệ chưa trả lời được còn việc gì dang dở."), f"{failed}"),
            tenant=tenant,
        )


def _counted(answers: Sequence[Counting | int]) -> list[int]:
    """Ask all statements as one, with names of its own for the values of each."""
    asked = {f"n{place}_": each for place, each in enumerate(answers) if isinstance(each, Counting)}
    parts = [f"({each.sql.replace('%(', f'%({own}')})" for own, each in asked.items()]
    values = {own + name: value for own, each in asked.items() for name, value in each.values.items()}
    numbers = iter(db.prepared(f"SELECT {', '.join(parts)}", values).fetchone() if asked else ())
    return [next(numbers) if isinstance(each, Counting) else each for each in answers]


def _counted_alone(call: Callable[[], Counting | int]) -> int:
    return _counted([call()])[0]


def _call(implementation: pluggy.HookImpl, arguments: dict[str, Any]) -> Any:
    return implementation.function(*[arguments[name] for name in implementation.argnames])


def _ask(implementation: pluggy.HookImpl, kind: type, arguments: dict[str, Any]) -> list[Any]:
    """Return a module's answers as a list; an answer of another kind is a failure like any other."""
    answer = _call(implementation, arguments)
    items = [] if answer is None else [answer] if isinstance(answer, kind) else list(answer)
    for item in items:
        if not isinstance(item, kind):
            raise TypeError(f"The answer holds a {type(item).__name__} instead of {kind.__name__}.")
    return items


def _note_failure(key: str, hook: str) -> None:
    """Leave a trace for the health page, which another process may serve."""
    if not db.in_transaction():
        return
    tenant_id = tenant_or_platform()
    try:
        with db.atomic():
            db.execute_sql(
                # Whoever finds another request noting the same failure leaves it at that: pages of an
                # agency must not wait for one another because a module fails on each of them.
                "INSERT INTO core.hook_failure AS f (module, hook, tenant_id, failures, last_at) "
                "SELECT %s, %s, %s, 1, now() WHERE pg_try_advisory_xact_lock(hashtextextended(%s, 0)) "
                "ON CONFLICT (module, hook, tenant_id) DO UPDATE SET failures = f.failures + 1, last_at = now()",
                (key, hook, tenant_id, f"core.hook_failure {key} {hook} {tenant_id}"),
            )
    except Exception:
        log.exception("hook.failure_not_noted", module=key, hook=hook)


dispatcher = OfProcess[Dispatcher]("dispatcher is installed")


def route_url(name: str, **fields: object) -> str:
    """Return the address of a named route where no request is at hand; `tenant` is an agency's code."""
    return dispatcher().catalogue.url(name, **fields)
