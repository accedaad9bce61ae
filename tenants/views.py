"""What the pages of an agency show; the templates of the same names draw them and decide nothing.

Text is in the reader's language, except titles the templates own. Dates are dates: templates write them.
An empty address means that the person may not do that, or that there is nothing to do: no control is drawn.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from core.declarations import Blocker, CardView, TimelineEntry
from core.web.components import Chip, ConflictView, Crumb, Effect, FormView, Option, Pager, PlanView, Tab, Tag

# ---- home.html, choose_agency.html --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """One of the reader's own posts."""

    agency: str
    position: str
    unit: str
    valid_from: date | None
    valid_to: date | None
    url: str
    """The agency's start page."""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCard:
    """A module's card on the start page; without a view the module failed and the card says so."""

    title: str
    view: CardView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """home.html: what the modules of the agency have for the reader today."""

    today: date
    cards: tuple[HomeCard, ...]
    posts: tuple[PostCard, ...]
    """All posts, those of this agency first."""
    any_module: bool = True
    """False when no module is on here, which is more than that none has a card for the reader."""
    modules_url: str = ""
    """Where an administrator switches modules on."""
    steps: tuple[tuple[str, str, str], ...] = ()
    """What an administrator could do next when no module shows anything: what, how it stands, where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseAgencyView:
    """choose_agency.html: where the person may work."""

    posts: tuple[PostCard, ...]
    console_url: str = ""


# ---- modules.html, module_plan.html -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleTile:
    """A module as the agency's administrator sees it."""

    key: str
    title: str
    summary: str
    icon: str
    is_on: bool
    plan_url: str
    """The plan of switching it; empty when it is locked."""
    locked: str = ""
    """Who decides instead: "Luôn bật", "Thành phố quản lý"."""
    detail: str = ""
    """Why it is locked, how it is used, or what switching it on adds."""
    reason: str = ""
    """The operator's own words for not allowing it."""
    missing: tuple[str, ...] = ()
    """Titles of required modules that are off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleGroup:
    """The modules of one category."""

    title: str
    modules: tuple[ModuleTile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesView:
    """modules.html: the modules of the agency by category; `search` narrows them by title and summary."""

    people: int
    """How many people a switch reaches."""
    tabs: tuple[Tab, ...]
    groups: tuple[ModuleGroup, ...]
    roleless: str = ""
    """The module that was just switched on, while nobody has a role of it."""
    people_url: str = ""
    """Where roles are given, for whom may give them."""
    search: str = ""
    tab: str = ""
    """The current tab's value, kept while searching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlanView:
    """module_plan.html: what switching a module on or off would do; opens as a page or as a dialog."""

    title: str
    enable: bool
    blockers: tuple[Blocker, ...]
    """What stands in the way; modules that need this one are blockers that lead to their own plans."""
    also: tuple[Option, ...]
    """Required modules that are switched on with it, in order: title as label, summary as hint."""
    effects: tuple[Effect, ...]
    path: str
    """This plan, to look again."""
    action: str
    back_url: str

    @property
    def possible(self) -> bool:
        return not self.blockers


# ---- people.html, post_form.html, post_end.html -------------------------------------------------------


ROLES_AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """One post in the list of people."""

    initials: str
    name: str
    username: str
    position: str
    unit: str
    roles: tuple[Tag, ...]
    valid_from: date
    valid_to: date | None
    standing: Literal["current", "ending", "ended", "upcoming"]
    """How the days stand to the day asked for; "ending" has its last day within two weeks."""
    granted_by: str
    decision: str = ""
    remark: str = ""
    """What an administrator should look at: "Tài khoản đang khoá", "Chưa có vai trò"."""
    edit_url: str = ""
    person_url: str = ""
    """The person's page in the console, for operators."""
    end_url: str = ""
    password_url: str = ""
    passwordless: bool = False
    """Whether the person has no way in yet."""

    @property
    def first_roles(self) -> tuple[Tag, ...]:
        """The roles that stand in the row at once; a single further one needs no fold."""
        return self.roles if len(self.roles) <= ROLES_AT_ONCE + 1 else self.roles[:ROLES_AT_ONCE]

    @property
    def more_roles(self) -> tuple[Tag, ...]:
        """The others, behind their number."""
        return self.roles[len(self.first_roles) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """people.html: who works where, with which roles, on a given day."""

    tabs: tuple[Tab, ...]
    tab: str
    """The current tab's value, kept while filtering."""
    rows: tuple[PostRow, ...]
    people: int
    upcoming: int
    attention: int
    units: tuple[Option, ...]
    roles: tuple[Option, ...]
    pager: Pager
    day: str
    """The day asked for, as typed: 04/9/2026."""
    search: str = ""
    unit: str = ""
    role: str = ""
    chips: tuple[Chip, ...] = ()
    clear_url: str = ""
    rights_url: str = ""
    """The page that says which role may do what."""
    passwords_url: str = ""
    """Where all who have used no password are given one; empty when the reader may give nobody any."""
    add_url: str = ""
    errors: tuple[str, ...] = ()
    """What is wrong with the day typed in the filter."""
    agency: str = ""
    agency_url: str = ""
    """Set when an operator looks at another agency: its name, and its page in the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGroup:
    """The roles or permissions of one module, or of the agency itself."""

    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """Somebody of the directory who may get a post; `url` takes the person over into the form."""

    name: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFormView:
    """post_form.html: give a post, or change one.

    A new post begins with the person: `person` is empty and `found` answers `search`, a whole user name;
    with `new_person` the form also asks for full_name, username and email. Fields: person_id, unit_id, position, roles,
    valid_from, valid_to, decision, version.
    """

    form: FormView
    units: tuple[Option, ...]
    roles: tuple[RoleGroup, ...]
    action: str
    back_url: str
    is_new: bool
    person: str = ""
    """Name of the person the post belongs to."""
    new_person: bool = False
    new_person_url: str = ""
    search: str = ""
    found: tuple[FoundPerson, ...] = ()
    end_url: str = ""
    password_url: str = ""
    mail: str = ""
    mail_url: str = ""
    conflict: ConflictView | None = None
    """Somebody saved first; the form still holds what was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEndView:
    """post_end.html: take a post away. Fields: decision, version."""

    form: FormView
    person: str
    position: str
    unit: str
    effects: tuple[Effect, ...]
    action: str
    back_url: str
    blocker: str = ""
    """Why it cannot be done: the last administrator."""
    changed: bool = False
    """Somebody changed the post meanwhile; the page shows it as it is now."""


# ---- access_plan.html, password_slip.html: also in the console ---------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPlanView:
    """access_plan.html: what a new way in for a person would do; opens as a page or as a dialog."""

    kind: Literal["first", "again", "factor"]
    """A first password, another one, or a second factor to be set up anew."""
    person: str
    username: str
    action: str
    back_url: str
    list_title: str
    """Title of the page behind `back_url`."""
    unit: str = ""
    """Where a slip is to be taken."""
    blocker: str = ""
    """Why the reader may not, and who may."""
    trouble: str = ""
    """Why it could not be done just now; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFormView:
    """mail_form.html: where a person gets mails. Fields: email, version."""

    form: FormView
    person: str
    username: str
    action: str
    back_url: str
    list_title: str
    """Title of the page behind `back_url`."""
    blocker: str = ""
    """Why the reader may not, and who may."""
    changed: bool = False
    """Somebody saved first; the form still holds what was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSlipView:
    """password_slip.html: a one-time password, shown once and to be printed."""

    person: str
    username: str
    password: str = field(repr=False)
    address: str
    """Where people sign in."""
    back_url: str
    list_title: str
    unit: str = ""
    """Where the slip is to be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody who has used no password yet."""

    id: str
    name: str
    username: str
    unit: str
    why_not: str = ""
    """Why the reader may not give them one."""
    is_chosen: bool = False
    since: str = ""
    """When the one was given that would be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPasswordsView:
    """first_passwords.html: who would be given a first password, before it is done."""

    plan: PlanView
    list_url: str
    given: tuple[Newcomer, ...]
    again: tuple[Newcomer, ...]
    """Who has been given one and has never signed in."""
    again_url: str
    """Where those are ticked, as many as a sheet takes; empty when they are."""
    most: int
    left_out: tuple[Newcomer, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSheetView:
    """password_sheet.html: the one-time passwords of many, shown once and to be printed."""

    slips: tuple[PasswordSlipView, ...] = field(repr=False)
    known: int
    """They had a password of their own after all."""
    refused: int
    """The identity provider refused them."""
    left: int
    """It stopped answering before their turn."""
    late: int
    """It was so slow that their turn is on the next sheet."""
    more_url: str
    """Where those who are still without are given theirs; empty when nobody is."""
    back_url: str


# ---- units.html, unit_form.html -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit in the order of the tree."""

    name: str
    code: str
    depth: int
    people: int
    valid_from: date
    valid_to: date | None = None
    edit_url: str = ""
    people_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsView:
    """units.html: the departments of the agency as a tree."""

    rows: tuple[UnitRow, ...]
    add_url: str = ""
    agency: str = ""
    agency_url: str = ""
    """Set when an operator looks at another agency: its name, and its page in the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFormView:
    """unit_form.html. Fields: name, code, parent_id, valid_from, version; closing: last_day."""

    form: FormView
    parents: tuple[Option, ...]
    action: str
    back_url: str
    is_new: bool
    people: int = 0
    close_form: FormView = field(default_factory=FormView)
    close_action: str = ""
    """Where the unit is closed; empty for a new or closed one."""
    work_left: tuple[Effect, ...] = ()
    """What would stay undone."""
    conflict: ConflictView | None = None


# ---- roles.html, role_form.html -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleColumn:
    """A role as a column of the table of permissions."""

    title: str
    own: bool
    people: int
    edit_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionRow:
    """A permission and, role by role in the order of its group's columns, whether it is part of it."""

    title: str
    held: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionGroup:
    """The permissions of one module, and the roles that give any of them."""

    title: str
    roles: tuple[RoleColumn, ...]
    rows: tuple[PermissionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesView:
    """roles.html: which role may do what, module by module: a table of all roles would be wider than any screen."""

    groups: tuple[PermissionGroup, ...]
    idle: tuple[RoleColumn, ...] = ()
    """Roles that give nothing in the modules that are on."""
    add_url: str = ""
    agency: str = ""
    agency_url: str = ""
    """Set when an operator looks at another agency: its name, and its page in the console."""

    @property
    def wide(self) -> bool:
        """Whether some module has more roles than fit beside one another on a desktop."""
        return any(len(group.roles) > 9 for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFormView:
    """role_form.html: a role of the agency's own. Fields: title, permissions, version."""

    form: FormView
    groups: tuple[RoleGroup, ...]
    action: str
    back_url: str
    is_new: bool
    people: int = 0
    delete_action: str = ""
    """Empty while somebody holds the role."""
    conflict: ConflictView | None = None


# ---- settings.html ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """settings.html. Fields: address, phone, email, website, time_zone, hours_1 … hours_7, version; logo.

    Hours are text, "07:30–11:30, 13:30–17:00"; empty is a day off.
    """

    form: FormView
    registered: tuple[tuple[str, str], ...]
    """Name and value of what the province keeps: name, kind, parent, codes."""
    coming: tuple[tuple[str, date, str], ...]
    """Name and first day of versions that have not begun, and the day as a form sends it."""
    withdraw_action: str
    days: tuple[tuple[str, str], ...]
    """Field and title of each weekday."""
    zones: tuple[Option, ...]
    action: str
    """Empty when the reader may only look."""
    logo_action: str
    logo_url: str = ""
    logo_errors: tuple[str, ...] = ()
    rename_url: str = ""
    conflict: ConflictView | None = None
    province: str = ""
    """What the province is within a sentence, and the name of its IT centre."""
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameView:
    """rename.html: a new name by decision. Fields: name, short_name, since, decision."""

    form: FormView
    action: str
    back_url: str


# ---- audit.html ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One entry, and whether it is still what its link in the chain says."""

    entry: TimelineEntry
    kind: str
    """What it concerns: "Vị trí công tác", "Phân hệ"."""
    intact: bool = True
    linked: bool = True
    """False for the few seconds before the entry gets its link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """audit.html: what happened in an agency, or in the installation itself."""

    agency: str = ""
    agency_url: str = ""
    """Set when an operator looks at another agency: its name, and its page in the console."""
    agencies_url: str = ""
    """In the installation's own audit: the way to those of the agencies."""
    rows: tuple[AuditRow, ...]
    sealed: int
    unsealed: int
    broken: int
    """Entries on this page that are not what they were."""
    modules: tuple[Option, ...]
    actors: tuple[Option, ...]
    pager: Pager
    module: str = ""
    actor: str = ""
    since: str = ""
    until: str = ""
    errors: tuple[str, ...] = ()
    """What is wrong with the days typed in the filter."""
    chips: tuple[Chip, ...] = ()
    clear_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """why.html: a right, who has it here, and who gives it."""

    crumbs: tuple[Crumb, ...]
    may: bool
    """Whether the reader has it by now."""
    right: str
    module: str
    roles: tuple[str, ...]
    """The roles that give it, the narrowest first."""
    own: tuple[str, ...]
    """The roles of the reader."""
    askable: tuple[str, ...]
    """People who give roles in this agency."""
    people_url: str = ""
    """Where the reader gives this right to others, for whom may and lacks it."""
