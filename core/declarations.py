"""What a module declares: frozen values, checked together at start (`core.catalogue`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from random import Random
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    import click
    from marshmallow import Schema

    from core.catalogue import Catalogue
    from core.context import RequestContext
    from core.web.components import Crumb
    from core.web.request import Request

Area = Literal["office", "api", "admin", "public", "portal", "sso", "root"]
Respond = TypeVar("Respond", bound=Callable[..., None])
Section = Literal["work", "modules", "agency", "console", "operation", "search", "bell"]

PUBLIC = "core.public"
"""Anybody, signed in or not."""
SIGNED_IN = "core.signed_in"
"""Anybody who is signed in, in an agency or not."""
MEMBER = "core.member"
"""Anybody who holds a post in the agency of the address."""
OPERATOR = "core.operator"
"""The province's IT centre, signed in with a second factor."""
BUILT_IN_PERMISSIONS = frozenset({PUBLIC, SIGNED_IN, MEMBER, OPERATOR})


class PluginError(Exception):
    """Raised when a module cannot be loaded; the message names it and says what to change."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who a module is and what it needs; `hook_api` is a PEP 440 range of `core.hookspecs.HOOK_API`.

    `restricted` modules need the operator's leave per agency; `default_on` ones are on until an agency
    switches them off; `always_on` ones are what other modules stand on and cannot be switched; `builtin`
    ones belong to the platform itself. The public pages of the one module with `public_root` stand at the
    agency's public address itself: /public/<agency>/, not /public/<agency>/<key>/; it also has the province's
    own pages at /public/ (area `portal`), and `agency_of_host` tells whose own domain a host name is.
    `hooks` is the file of the hooks that the module brings for others (docs/hooks.md).
    """

    key: str
    title: str
    summary: str
    version: str
    hook_api: str = ">=1.0,<2.0"
    requires: tuple[str, ...] = ()
    category: str = "work"
    default_on: bool = False
    restricted: bool = False
    icon: str = "puzzle"
    always_on: bool = False
    public_root: bool = False
    agency_of_host: Callable[[str], str | None] | None = None
    builtin: bool = False
    hooks: ModuleType | None = None

    @property
    def switchable(self) -> bool:
        """Whether agencies and operators decide about the module."""
        return not (self.builtin or self.always_on)


@dataclass(frozen=True, slots=True)
class Declared:
    """What modules return from one declare hook; the file of the hook says it in its `DECLARE`.

    With `what`, the name that refusals give it, items are told apart by a `key` that begins with their module's.
    `check` says what an item is refused for, in words that go on from its name.
    """

    kind: type
    what: str = ""
    check: "Callable[[Manifest, Any, Catalogue], Iterator[str]] | None" = None


@dataclass(frozen=True, slots=True)
class Route:
    """One address: an area, a path inside it, a Falcon resource and who may come.

    `max_upload` lets a form with files be larger than forms are elsewhere; in bytes.
    """

    area: Area
    path: str
    resource: Any
    name: str
    permission: str
    suffix: str | None = None
    max_upload: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What a responder of the API answers and takes, as marshmallow schemas: `@document(…)` above it says so.

    The description of the API is made of this and of the responder's docstring, and no route of area "api"
    starts without it. `raw` takes bytes, such as a piece of a file, instead of a document: there is no version
    to name.
    """

    answers: "type[Schema] | Schema | None" = None
    _: KW_ONLY
    takes: "type[Schema] | Schema | None" = None
    query: "type[Schema] | Schema | None" = None
    status: int = 200
    raw: bool = False

    def __call__(self, responder: Respond) -> Respond:
        """Mark a responder with this."""
        responder.document = self  # type: ignore[attr-defined]
        return responder


document = Document


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person may do; roles are made of them."""

    key: str
    title: str
    belongs: "Callable[[UUID], bool] | None" = None
    """Whether it means something in an agency; where it does not, no role offers it and no line of the menu asks for it."""


@dataclass(frozen=True, slots=True)
class Role:
    """A set of permissions that agencies give to posts."""

    key: str
    title: str
    permissions: tuple[str, ...]


class Counting(NamedTuple):
    """A statement that counts, always of the same text; a page asks those of all modules as one.

    A number below zero, here as in any badge, is of what is late: the navigation shows it in red.
    """

    sql: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the navigation, shown to those who hold `permission`.

    The line of section `search` is the search field in the top bar, which sends `q` there and, while
    somebody types, `part=quick` for the panel below it; that of `bell` is the bell beside it, with `badge`
    as its number.
    """

    title: str
    route: str
    icon: str
    permission: str
    section: Section = "modules"
    order: int = 100
    badge: "Callable[[RequestContext], Counting | int] | None" = None
    begins: "Callable[[RequestContext], bool] | None" = None
    """Whether somebody begins here: asked when they open the agency's own address, which then leads to this page."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function that hears of a fact, in its transaction or from a job after the commit."""

    event: type
    handle: Callable[[Any], None]
    when: Literal["in_transaction", "after_commit"] = "in_transaction"
    together: bool = False
    """In the transaction: hear a list of all such facts that are told at once, rather than one after another."""


@dataclass(frozen=True, slots=True)
class Job:
    """Background work; `schedule` is a cron line, `per_tenant` runs it inside one agency's scope."""

    key: str
    run: Callable[..., None]
    title: str
    schedule: str | None = None
    retries: int = 5
    per_tenant: bool = True


@dataclass(frozen=True, slots=True)
class CardView:
    """What a dashboard card shows: a figure or lines, and where to go on."""

    lines: tuple[tuple[str, str], ...] = ()
    """(text, address) pairs, newest first."""
    empty: str = ""
    """What stands there without lines; without these words either, the card is left out."""
    url: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class DashboardCard:
    """A card on an agency's start page."""

    key: str
    title: str
    permission: str
    render: "Callable[[RequestContext], CardView]"
    order: int = 100


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing the global search found; without an address it only tells."""

    title: str
    url: str = ""
    detail: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class SearchSource:
    """A group of the global search, shown to those who hold `permission`.

    `find(ctx, words, limit)` gets the words folded (lower case, no tones or marks) and returns what holds
    all of them and what this person may see, the best first, `limit` at most. `route` is the list that
    takes the same words as `q` and shows the rest.
    """

    key: str
    title: str
    permission: str
    find: "Callable[[RequestContext, tuple[str, ...], int], Sequence[SearchHit]]"
    route: str = ""
    icon: str = ""
    order: int = 100


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found; `detail` is a sentence for operators, without personal data.

    With `absent`, nothing is wrong and nothing works either: the thing has not been set up.
    """

    ok: bool
    detail: str = ""
    warning: bool = False
    absent: bool = False

    @property
    def state(self) -> Literal["bad", "warn", "absent", "ok"]:
        """The one word for it, the gravest first."""
        if not self.ok:
            return "bad"
        return "warn" if self.warning else "absent" if self.absent else "ok"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing operators want to know of an installation."""

    key: str
    title: str
    check: Callable[[], Health]
    needs_database: bool = True
    """Without it the check is made also while PostgreSQL is away."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the `lienthong` command line, under the module's key; with `top` beside the built-in ones too."""

    command: "click.Command"
    top: bool = False


@dataclass(frozen=True, slots=True)
class PublicFrame:
    """What draws head and foot of modules' public pages: the look of the agency's site, or of the province's portal.

    `make(req, title, own_url, crumbs)` returns what the templates find as `view.frame`, or None where those of a
    higher `order` shall.
    """

    key: str
    make: Callable[["Request", str, str, Sequence["Crumb"]], object | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class PortalTile:
    """A service to the public, as a tile of the province's front page; `route` is a public page of the module."""

    title: str
    summary: str
    route: str
    icon: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a module cannot be switched off yet, where to settle it, and with which permission (else the page's)."""

    text: str
    detail: str = ""
    url: str = ""
    link_text: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Deny:
    """A refusal with its reason, in words for the person refused."""

    reason: str


@dataclass(frozen=True, slots=True)
class ObjectAction:
    """A button offered on an object's page."""

    title: str
    url: str
    icon: str
    permission: str
    method: Literal["get", "post"] = "get"
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class FileOwner:
    """The object a stored file belongs to; who may open the object's files may open this one."""

    module: str
    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an object, before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of an object's history in plain words."""

    at: datetime
    actor: str
    text: str
    changes: tuple[Change, ...] = field(default=())
    milestone: bool = False


class DemoPerson(Protocol):
    """Somebody whom sample data may name."""

    @property
    def id(self) -> UUID: ...
    @property
    def full_name(self) -> str: ...
    @property
    def unit_id(self) -> UUID: ...


class DemoMaker(Protocol):
    """What sample data is made with: a seeded generator, believable names, the agency's own people."""

    @property
    def random(self) -> Random: ...
    @property
    def people(self) -> Sequence[DemoPerson]: ...
    @property
    def agencies(self) -> Sequence[UUID]:
        """Those whose sample data is made together with this one's: work goes between them."""

    @property
    def days(self) -> int:
        """How far back it goes."""

    @property
    def scale(self) -> float:
        """How much of a year's work is made: all of it in a demonstration, little in a test."""

    def plan(self, story: Iterator[datetime]) -> None:
        """Let a story happen among all others in the order of time: it yields when it goes on."""

    def able(self, permission: str) -> Sequence[DemoPerson]: ...
    def full_name(self) -> str: ...
