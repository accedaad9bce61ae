from dataclasses import dataclass, replace
from types import ModuleType, SimpleNamespace
from typing import ClassVar, NamedTuple

import click
import pytest

from core.declarations import (
    MEMBER,
    OPERATOR,
    CardView,
    Command,
    DashboardCard,
    Declared,
    Health,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    Permission,
    PluginError,
    PortalTile,
    Role,
    Subscriber,
    document,
)
from core.events import Event
from core.hookspecs import hookspec
from tests.core.modules import Page, boot, module, route


@dataclass(frozen=True, kw_only=True)
class Happened(Event):
    name: ClassVar[str] = "alpha.happened"
    label: ClassVar[str] = "xảy ra"


def refused(*modules):
    with pytest.raises(PluginError) as caught:
        boot(*modules)
    return str(caught.value)


def alpha(**hooks):
    return module(hooks=hooks)


# ---- routes


def test_addresses_get_the_prefix_of_their_area_and_module():
    areas = {
        "office": "/t/{tenant}/alpha/",
        "api": "/api/v1/t/{tenant}/alpha/",
        "admin": "/admin/alpha/",
        "public": "/public/{tenant}/alpha/",
        "portal": "/public/t/alpha/",
    }
    catalogue = boot(
        alpha(register_routes=[route(name=area, area=area, path="notes/{note_id:uuid}") for area in areas])
    )
    assert {name: address.template for name, address in catalogue.routes.items()} == {
        f"alpha.{area}": prefix + "notes/{note_id:uuid}" for area, prefix in areas.items()
    }
    assert catalogue.url("alpha.office", tenant="thuan-hoa", note_id=7) == "/t/thuan-hoa/alpha/notes/7"


def test_a_document_that_nobody_described_is_named():
    class Silent:
        def on_get(self, req, resp):
            pass

        def on_post(self, req, resp):
            pass

    described = document(status=201)(Silent.on_post)
    api = replace(route(name="x", area="api", path="x"), resource=Silent())
    assert described.document.status == 201
    assert refused(alpha(register_routes=[api])) == (
        "Module 'alpha': route 'alpha.x' is in area 'api', but its responder for GET does not say what it "
        "takes and answers; put @document(…) above it."
    )
    boot(alpha(register_routes=[replace(api, area="office")]))


def test_the_public_pages_of_one_module_stand_at_the_agency_itself():
    areas = {"office": "/t/{tenant}/alpha/x", "public": "/public/{tenant}/x"}
    routes = [route(name=area, area=area, path="x") for area in areas]
    catalogue = boot(module(public_root=True, hooks={"register_routes": routes}))
    assert {name: address.template for name, address in catalogue.routes.items()} == {
        f"alpha.{area}": template for area, template in areas.items()
    }
    message = refused(module("beta", public_root=True), module("gamma", public_root=True))
    assert message == "Modules 'beta' and 'gamma' both want the agencies' public address."


def test_a_module_that_is_always_on_stands_on_nothing_that_is_not():
    boot(module("beta", always_on=True), module("gamma", always_on=True, requires=("beta",)))
    message = refused(module("beta"), module("gamma", always_on=True, requires=("beta",)))
    assert message == "Module 'gamma' is always on, but requires 'beta', which can be switched off."


def test_an_address_wants_exactly_its_fields():
    catalogue = boot(alpha(register_routes=[route(path="{note_id}")]))
    for fields in ({"tenant": "x"}, {"tenant": "x", "note_id": 1, "page": 2}):
        with pytest.raises(KeyError, match=r"alpha\.home"):
            catalogue.url("alpha.home", **fields)


def test_the_same_address_twice_is_refused_whatever_its_fields_are_called():
    first = module("beta", hooks={"register_routes": [route("beta", path="{note_id:uuid}")]})
    again = module(
        "gamma", hooks={"register_routes": [route("gamma", path="/x/"), route("gamma", "second", path="x")]}
    )
    message = refused(
        module(
            "delta",
            hooks={"register_routes": [route("delta", path="{a}/b"), route("delta", "c", path="{x:int}/b")]},
        )
    )
    assert message == "Modules 'delta' and 'delta' both declare the address /t/{tenant}/delta/{x:int}/b."
    assert "both declare the address /t/{tenant}/gamma/x" in refused(first, again)


def test_a_builtin_page_on_a_modules_address_names_both():
    platform = module("tenants", builtin=True, hooks={"register_routes": [route("tenants", path="alpha")]})
    assert "Modules 'tenants' and 'alpha' both declare the address" in refused(
        platform, alpha(register_routes=[route()])
    )


def test_the_same_route_name_twice_is_refused():
    message = refused(alpha(register_routes=[route(path="a"), route(path="b")]))
    assert message == "Modules 'alpha' and 'alpha' both declare route name 'alpha.home'."


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (route("beta"), "must have a name that starts with 'alpha.'"),
        (route(permission=""), "names no permission; say PUBLIC if you mean it"),
        (route(permission="alpha.fly"), "names permission 'alpha.fly', which no module declares"),
        (route(area="offices"), "names area 'offices'; there are office, api"),
        (route(area="root"), "is in area 'root', which belongs to the platform"),
        (route(suffix="item"), "leads to Page, which has no responder such as on_get_item()"),
        (route(path="{a b}"), "cannot stand"),
        (route(path="{a:nothing}"), "cannot stand"),
    ],
)
def test_a_route_that_cannot_stand_is_named(made, complaint):
    message = refused(alpha(register_routes=[made]))
    assert message.startswith("Module 'alpha': ")
    assert made.name in message
    assert complaint in message


def test_responders_are_found_by_method_and_suffix():
    resource = SimpleNamespace(on_get=print, on_post_item=len, on_delete_item=id)
    catalogue = boot(alpha(register_routes=[route(resource=resource, suffix="item")]))
    assert catalogue.routes["alpha.home"].responders == {"post": len, "delete": id}


# ---- permissions and roles


@pytest.mark.parametrize("permission", [MEMBER, OPERATOR])
def test_no_role_gives_what_the_platform_decides(permission):
    message = refused(alpha(register_roles=[Role("alpha.boss", "Trưởng", (permission,))]))
    assert (
        message
        == f"Module 'alpha': role 'alpha.boss' names permission '{permission}', which no role can give."
    )


def test_a_role_with_an_unknown_permission_is_named():
    assert "role 'alpha.boss' names permission 'alpha.fly', which no module declares" in refused(
        alpha(register_roles=[Role("alpha.boss", "Trưởng", ("alpha.fly",))])
    )


def test_a_role_gives_permissions_of_its_own_module_and_of_those_it_requires():
    owner = module("beta", hooks={"register_permissions": [Permission("beta.read", "Đọc")]})
    roles = [Role("alpha.boss", "Trưởng", ("beta.read",))]
    assert "gives 'beta.read' of 'beta', which it does not require" in refused(
        owner, alpha(register_roles=roles)
    )
    catalogue = boot(owner, module(requires=("beta",), hooks={"register_roles": roles}))
    assert catalogue.roles["alpha.boss"].permissions == ("beta.read",)


@pytest.mark.parametrize(
    ("hook", "item", "what"),
    [
        ("register_permissions", Permission("alpha.read", ""), "permission 'alpha.read'"),
        ("register_roles", Role("alpha.reader", "", ()), "role 'alpha.reader'"),
        ("register_jobs", Job("alpha.purge", print, ""), "job 'alpha.purge'"),
        ("register_events", Happened, "event 'alpha.happened'"),
        (
            "register_health_checks",
            HealthCheck("alpha.well", "", lambda: Health(ok=True)),
            "health check 'alpha.well'",
        ),
        (
            "register_dashboard_cards",
            DashboardCard("alpha.new", "", MEMBER, lambda ctx: CardView()),
            "dashboard card 'alpha.new'",
        ),
    ],
)
def test_duplicates_and_foreign_names_are_refused(hook, item, what):
    assert refused(alpha(**{hook: [item, item]})) == f"Modules 'alpha' and 'alpha' both declare {what}."
    assert refused(module("beta", hooks={hook: [item]})) == f"Module 'beta': {what} must start with 'beta.'."
    assert boot(alpha(**{hook: [item]}))


# ---- the rest


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"route": "alpha.nowhere"}, "leads to unknown route 'alpha.nowhere'"),
        ({"route": "alpha.note"}, "leads to 'alpha.note', whose address has fields of its own"),
        ({"section": "sidebar"}, "names section 'sidebar'; there are work, modules"),
        ({"permission": "alpha.fly"}, "names permission 'alpha.fly', which no module declares"),
    ],
)
def test_navigation_that_would_break_every_page_is_refused(fields, complaint):
    item = NavItem(
        **{"title": "Ghi chú", "route": "alpha.home", "icon": "notes", "permission": MEMBER, **fields}
    )
    message = refused(
        alpha(register_routes=[route(), route(name="note", path="{note_id}")], register_navigation=[item])
    )
    assert message.startswith(f"Module 'alpha': navigation 'Ghi chú' {complaint}")


def test_navigation_and_cards_are_in_their_own_order_and_not_in_that_of_modules():
    def item(title, order):
        return NavItem(title, "alpha.home", "notes", MEMBER, order=order)

    later = module("beta", hooks={"register_navigation": [item("B", 10), item("A", 20)]})
    catalogue = boot(
        alpha(register_routes=[route()], register_navigation=[item("D", 20), item("C", 10)]), later
    )
    assert [item.title for _module, item in catalogue.of(NavItem).values()] == ["B", "C", "A", "D"]


def test_a_subscriber_of_an_unknown_fact_is_named():
    message = refused(alpha(register_subscribers=[Subscriber(Happened, print)]))
    assert message == "Module 'alpha': subscribes to Happened, which no module registers."


def test_a_fact_that_could_not_be_stored_is_named():
    @dataclass(frozen=True, kw_only=True)
    class Odd(Event):
        name: ClassVar[str] = "alpha.odd"
        label: ClassVar[str] = "lạ"
        weight: float = 0.5

    assert refused(alpha(register_events=[Odd])).startswith("Module 'alpha': Odd.weight")


def test_a_subscriber_after_the_commit_gets_a_job():
    def tell(event):
        """Tell nobody."""

    catalogue = boot(
        alpha(
            register_events=[Happened], register_subscribers=[Subscriber(Happened, tell, when="after_commit")]
        )
    )
    assert list(catalogue.of(Job)) == ["alpha.after.alpha.happened.tell"]


def test_the_same_command_twice_is_refused():
    command = Command(click.Command("count"))
    assert (
        refused(alpha(register_commands=[command, command]))
        == "Module 'alpha' declares the command 'count' twice."
    )


@pytest.mark.parametrize(
    ("hook", "item"), [("register_routes", Page()), ("register_events", Page), ("register_jobs", "purge")]
)
def test_a_hook_that_declares_something_else_is_named(hook, item):
    assert refused(alpha(**{hook: [item]})).startswith(f"Module 'alpha': {hook}() returned ")


# ---- the province's public pages


@pytest.mark.parametrize("path", ["", "t/co-quan", "feed.atom", "x"])
def test_the_module_at_the_root_has_the_provinces_pages(path):
    portal = module("alpha", public_root=True, hooks={"register_routes": [route(area="portal", path=path)]})
    assert boot(portal).url("alpha.home") == f"/public/{path}"


@pytest.mark.parametrize("path", ["tim-kiem", "en", "so-y-te/tin"])
def test_a_page_of_the_province_cannot_stand_where_an_agency_may(path):
    portal = module("alpha", public_root=True, hooks={"register_routes": [route(area="portal", path=path)]})
    assert "could be an agency's code" in refused(portal)


def test_a_tile_leads_to_a_public_page_of_its_own_module():
    pages = [route(name="open", area="portal", permission="core.public"), route(name="closed")]
    tiles = {
        name: [PortalTile("Dịch vụ", "", f"alpha.{name}", "star")] for name in ("open", "closed", "none")
    }
    assert boot(alpha(register_routes=pages, register_portal_pages=tiles["open"])).of(PortalTile)
    for name in ("closed", "none"):
        assert "no public page of its own" in refused(
            alpha(register_routes=pages, register_portal_pages=tiles[name])
        )


# ---- hooks that modules bring


class Shelf(NamedTuple):
    """What modules declare through the hook of another one."""

    key: str
    width: int = 1


def too_wide(module, shelf, known):
    if shelf.width > len(known.modules):
        yield "is too wide."


def carpenter(key="carpenter", hook="register_shelves", declare=None, kind=Shelf):
    """Return a module that brings a hook."""

    def specify() -> list[Shelf]:
        """Return shelves."""

    brought = ModuleType(f"{key}_hooks")
    brought.DECLARE = {hook: Declared(kind, "shelf", too_wide)} if declare is None else declare
    if hook:
        setattr(brought, hook, hookspec(specify))
    return module(key, manifest=Manifest(key, "", "", "1.0", hooks=brought))


def test_what_modules_return_from_a_hook_of_another_one_is_gathered_with_its_module():
    # The one that brings the hook may come later in the alphabet.
    found = boot(alpha(register_shelves=[Shelf("alpha.a")]), carpenter()).of(Shelf)
    assert {key: (each.key, shelf.width) for key, (each, shelf) in found.items()} == {"alpha.a": ("alpha", 1)}
    assert boot(alpha()).of(Shelf) == {}


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([Shelf("alpha.a"), Shelf("alpha.a")], "both declare shelf 'alpha.a'"),
        ([Shelf("beta.a")], "shelf 'beta.a' must start with 'alpha.'"),
        ([Shelf("alpha.a", 9)], "Module 'alpha': shelf 'alpha.a' is too wide."),
        (["alpha.a"], "returned 'alpha.a', not a Shelf"),
    ],
)
def test_what_is_wrong_with_it_ends_the_start(items, words):
    assert words in refused(alpha(register_shelves=items), carpenter())


def test_a_hook_is_known_by_the_kernel_or_an_installed_module_and_brought_once():
    assert "Module 'alpha' implements a hook wrongly: nobody knows a hook 'register_shelves'" in refused(
        alpha(register_shelves=[])
    )
    again = "Module 'dora' brings its hooks wrongly: Hook 'register_shelves' is already registered"
    assert again in refused(carpenter(), carpenter("dora"))


@pytest.mark.parametrize(
    ("hook", "declare", "told"),
    [
        ("register_jobs", None, "'register_jobs' is already registered"),
        ("check_access", None, "'check_access' is already registered"),
        ("", {}, "did not find any"),
    ],
)
def test_a_hook_that_the_platform_has_or_that_is_none_is_refused(hook, declare, told):
    said = refused(carpenter(hook=hook, declare=declare))
    assert said.startswith("Module 'carpenter' brings its hooks wrongly: ")
    assert told in said


def test_a_hook_is_both_specified_and_declared():
    wrong = "Module 'carpenter' brings its hooks wrongly: register_shelves is not both in DECLARE and a @hookspec."
    assert refused(carpenter(declare={})) == wrong
    both = {"register_cups": Declared(Shelf, "cup")}
    assert "register_cups is not both" in refused(carpenter(declare=both))
    assert "has a check, which needs a `what`" in refused(
        carpenter(declare={"register_shelves": Declared(Shelf, check=too_wide)})
    )


def test_two_hooks_do_not_return_the_same_class():
    told = "Module 'dora' brings its hooks wrongly: register_cups returns Shelf, as register_shelves does."
    assert refused(carpenter(), carpenter("dora", hook="register_cups")) == told
    assert "register_shelves returns Permission, as register_permissions does" in refused(
        carpenter(kind=Permission)
    )


def test_an_implementation_that_came_before_its_hook_is_named_when_it_is_wrong():
    assert "Module 'alpha' implements a hook wrongly" in refused(
        alpha(register_shelves=lambda wood: []), carpenter()
    )
