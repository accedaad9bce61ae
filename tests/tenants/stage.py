"""The registry with four small modules, a directory that lives in memory, and short ways to fill them."""

import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from core import dispatcher as dispatching
from core import plugin as core_plugin
from core.db import db
from core.db.database import connect
from core.declarations import Blocker, Manifest, Permission, Role
from core.dispatcher import Dispatcher
from core.hookspecs import hookimpl
from core.host import PluginHost
from core.settings import Settings, installed_settings
from tenants import plugin as tenants_plugin
from tenants import queries, services
from tenants.interfaces import DirectoryOrganization, DirectoryRefused, DirectoryUnavailable, DirectoryUser
from tenants.provisioning.apply import Result, apply_plan
from tenants.provisioning.plan import Plan, make_plan
from tenants.provisioning.readers import read_description


class SampleModule(types.ModuleType):
    """A module that remembers which of its life-cycle hooks ran, and fails when told to."""

    def __init__(self, key: str, **manifest) -> None:
        super().__init__(key)
        self.__file__ = __file__
        self.manifest = Manifest(key, f"Phân hệ {key}", "", "1", **manifest)
        self.calls: list[tuple[str, UUID]] = []
        self.blockers: list[Blocker] = []
        self.fails: set[str] = set()
        module = self

        def note(hook: str, tenant) -> None:
            module.calls.append((hook, tenant.id))
            if hook in module.fails:
                raise RuntimeError(f"{hook} of {key}")

        @hookimpl
        def register_permissions():
            return [Permission(f"{key}.read", "Xem"), Permission(f"{key}.write", "Viết")]

        @hookimpl
        def register_roles():
            return [Role(f"{key}.writer", "Người viết", (f"{key}.read", f"{key}.write"))]

        @hookimpl
        def on_module_enabled(tenant, actor):
            note("on_module_enabled", tenant)

        @hookimpl
        def on_module_disabled(tenant, actor):
            note("on_module_disabled", tenant)

        @hookimpl
        def module_disable_blockers(tenant):
            if "module_disable_blockers" in module.fails:
                raise RuntimeError(key)
            return list(module.blockers)

        for hook in (
            register_permissions, register_roles, on_module_enabled, on_module_disabled,
            module_disable_blockers,
        ):  # fmt: skip
            setattr(self, hook.__name__, hook)


@dataclass
class Stage:
    """A booted registry and its modules."""

    catalogue: object
    modules: dict[str, SampleModule]

    def agency(self, code: str = "so-y-te", **fields):
        """Create an agency."""
        return services.create_agency(code, **{"name": f"Cơ quan {code}", "kind": "department", **fields})

    def plan(self, path: Path) -> Plan:
        return make_plan(read_description(path), self.catalogue)

    def apply(self, path: Path, **options) -> Result:
        plan = self.plan(path)
        assert not plan.problems, [(p.sheet, p.line, p.text) for p in plan.problems]
        return apply_plan(plan, self.catalogue, **options)


def install(url: str) -> Stage:
    """Boot kernel, registry and modules in this process: beta needs alpha, gamma is restricted, delta is on."""
    modules = {
        each.__name__: each
        for each in (
            SampleModule("alpha"),
            SampleModule("beta", requires=("alpha",)),
            SampleModule("gamma", restricted=True),
            SampleModule("delta", default_on=True),
        )
    }
    host = PluginHost([core_plugin, tenants_plugin, *modules.values()])
    catalogue = host.boot()
    dispatching.dispatcher.install(Dispatcher(host.manager, catalogue, queries.module_states_for))
    installed_settings.install(
        Settings(
            database_url=url,
            public_url="http://stage",
            keycloak_url="http://stage",
            oidc_client_secret="",
            secret_key="",
        )
    )
    db.initialize(
        connect(url, pool_size=8, all_tenants_sql=queries.ALL_TENANTS_SQL, application="tenants-tests")
    )
    return Stage(catalogue, modules)


@dataclass
class MemoryDirectory:
    """The directory's contract kept in memory, shared by its clients; fails where told to."""

    issuer: str = "https://id.test/realms/staff"
    organizations: dict[UUID, DirectoryOrganization] = field(default_factory=dict)
    organization_ids: dict[UUID, UUID] = field(default_factory=dict)
    users: dict[str, DirectoryUser] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    members: set[tuple[UUID, str]] = field(default_factory=set)
    passwords: dict[str, str] = field(default_factory=dict)
    own_passwords: set[str] = field(default_factory=set)
    """Subjects whose password is theirs for good."""
    factors: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    """Subjects whose sessions were ended."""
    calls: int = 0
    before_call: Callable[[int], None] = lambda number: None
    refused: set[str] = field(default_factory=set)
    closed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def _called(self) -> None:
        with self.lock:
            self.calls += 1
            number = self.calls
        self.before_call(number)

    def ensure_organization(self, organization):
        self._called()
        self.organizations[organization.tenant_id] = organization
        return self.organization_ids.setdefault(organization.tenant_id, uuid4())

    def ensure_user(self, user):
        self._called()
        if user.username in self.refused:
            raise DirectoryRefused("The name is reserved.")
        self.users[user.username] = user
        return self.subjects.setdefault(user.username, str(uuid4()))

    def ensure_member(self, organization_id, subject):
        self._called()
        assert organization_id in self.organization_ids.values()
        assert subject in self.subjects.values()
        self.members.add((organization_id, subject))

    def remove_member(self, organization_id, subject):
        self._called()
        self.members.discard((organization_id, subject))

    def set_password(self, subject, password, *, temporary=True):
        self._called()
        with self.lock:
            self.passwords[subject] = password
            (self.own_passwords.discard if temporary else self.own_passwords.add)(subject)

    def has_own_password(self, subject):
        return subject in self.own_passwords

    def set_second_factor(self, subject, secret):
        self.factors[subject] = secret

    def remove_second_factor(self, subject):
        self._called()
        self.factors.pop(subject, None)

    def end_sessions(self, subject):
        self._called()
        self.ended.append(subject)

    def close(self):
        self.closed += 1


def unavailable_from(number: int) -> Callable[[int], None]:
    """Let the directory stop answering at a call."""

    def check(call: int) -> None:
        if call >= number:
            raise DirectoryUnavailable("connection refused")

    return check


@contextmanager
def killed_after(program: str, line: str, *arguments: object) -> Iterator[None]:
    """Run a program until it prints a line, lend it to the test as it hangs there, then kill it."""
    child = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert any(each.strip() == line for each in child.stdout)
        yield
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
