"""Every way around an agency's borders is listed here with its reason."""

import ast
from pathlib import Path

import peewee

from core.app import load_modules
from core.db import BaseModel, RegistryModel, TenantModel

ROOT = Path(__file__).parents[2]

# file → reasons of its `unscoped(reason=…)`; a new one is a matter for review.
UNSCOPED = {
    "tenants/upkeep/chores.py": ["a periodic job goes to every agency that has its module"],
    "tenants/upkeep/doctor.py": ["name the modules that agencies have on and nobody installed"],
    "sso/api_tokens.py": [
        "find the API tokens of a person whose account is locked or all of whose sessions end"
    ],
    "sso/queries.py": [
        "tell operators when somebody of an agency was here last",
        "tell a person without a post which posts they will have",
    ],
    "tenants/queries.py": ["tell operators how many people and which modules agencies have"],
    "tenants/console_queries.py": ["show operators where a person works"],
    "tenants/password_list.py": ["list who has used no password yet, with where they work"],
    "tenants/services/reach.py": ["tell whether a person works in another agency as well"],
    "tenants/jobs.py": ["find the posts of all agencies that ended by date"],
    "tenants/provisioning/plan.py": ["compare a provisioning file with every agency"],
    "plugins/casework/deadlines/queries.py": ["a holiday of the country moves the deadlines of all agencies"],
    "plugins/casework/deadlines/replaying.py": [
        "preview what a holiday of the country moves in all agencies"
    ],
    "plugins/files/cli.py": ["the check of the stored bytes is that of all agencies"],
    "plugins/files/health.py": ["files of all agencies wait for one scanner"],
    "plugins/files/jobs.py": ["bytes are shared by the files of all agencies"],
    "plugins/example/queries.py": ["the health of the nightly deletion is that of all agencies"],
    "plugins/reports/agency_figures.py": ["operators see how much work agencies have, and nothing of it"],
    "plugins/reports/checking.py": ["the health of the counters is that of all agencies"],
    "plugins/notifications/cli.py": ["operators see how the mails of all agencies do"],
    "plugins/notifications/health.py": ["the health of the mails is that of all agencies"],
    "plugins/notifications/jobs.py": ["mails of all agencies go out in turn over one connection"],
}


def reasons(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "unscoped"
        ):
            (reason,) = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            assert isinstance(reason, ast.Constant), f"{path}:{node.lineno}: write the reason out"
            found.append(reason.value)
    return found


def test_leaving_the_scope_is_listed_with_its_reason():
    found = {}
    for package in ("core", "tenants", "sso", "plugins"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if said := reasons(path):
                found[path.relative_to(ROOT).as_posix()] = said
    assert found == UNSCOPED


def subclasses(of):
    """Return all classes below one."""
    return {each for child in of.__subclasses__() for each in (child, *subclasses(child))}


def test_every_model_is_guarded_or_says_why_not():
    load_modules()
    unknown = {
        f"{model.__module__}.{model.__name__}"
        for model in subclasses(peewee.Model)
        if model.__module__.split(".")[0] in ("core", "tenants", "sso", "plugins")
        and not issubclass(model, BaseModel)
    }
    assert not unknown, "make them TenantModel, or RegistryModel with a reason"
    models = [
        model
        for model in BaseModel.concrete_models()
        if model.__module__.split(".")[0] in ("core", "tenants", "sso", "plugins")
    ]
    assert any(issubclass(model, TenantModel) for model in models)
    for model in models:
        if issubclass(model, RegistryModel):
            reason = getattr(model._meta, "registry_reason", "")
            assert reason.strip().endswith("."), (
                f"{model.__name__} must say in Meta.registry_reason why no agency owns it"
            )
        else:
            assert issubclass(model, TenantModel), model
