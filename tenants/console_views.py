"""What the pages of the operator's console show; see `tenants.views` for the conventions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from core.web.components import Chip, Column, Counter, FormView, Option, Pager, Tab

State = Literal["ok", "warn", "bad", "off"]
"""Of an agency or a health check; "off" is suspended or not in force."""


# ---- console/agencies.html ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGroup:
    """One block of the tile map: a kind of agencies, each a tile."""

    title: str
    tiles: tuple[State, ...]

    @property
    def is_short(self) -> bool:
        """True when the tiles fit in one row."""
        return len(self.tiles) <= 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """A condition of the list, with the number of agencies that fulfil it."""

    title: str
    url: str
    count: int
    current: bool = False
    children: tuple["TreeNode", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleHead:
    """A module as a column of the matrix."""

    title: str
    short: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureHead:
    """A number that a module counts in every agency, as a column."""

    title: str
    meaning: str
    alert: bool
    """Whether any number but nought is red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """One agency; `cells` stand in the order of the view's modules, `figures` in that of its heads."""

    name: str
    code: str
    url: str
    parent: str
    state: State
    reason: str
    """Why it is not green."""
    people: int
    cells: tuple[Literal["on", "off", "soon", "no"], ...]
    figures: tuple[int | None, ...] = ()
    """None where the module could not say."""
    seen_at: datetime | None = None
    """When somebody who works there used the platform last; None when nobody has for a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedRow:
    """An agency whose name, kind or parent was changed lately or is about to change."""

    name: str
    before: str
    """The name until then; empty when it stays."""
    url: str
    since: date
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgenciesView:
    """console/agencies.html: all agencies of the installation."""

    total: int
    ok: int
    warn: int
    bad: int
    off: int
    checked_at: datetime | None
    groups: tuple[TileGroup, ...]
    tree: tuple[TreeNode, ...]
    shortcuts: tuple[TreeNode, ...]
    """Conditions people often need: not healthy, suspended, nobody signed in."""
    modules: tuple[ModuleHead, ...]
    rows: tuple[AgencyRow, ...]
    pager: Pager
    search: str = ""
    kind: str = ""
    status: str = ""
    chips: tuple[Chip, ...] = ()
    clear_url: str = ""
    provision_url: str = ""
    excel_url: str = ""
    figures: tuple[FigureHead, ...] = ()
    revised: tuple[RevisedRow, ...] = ()

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """How each figure is counted."""
        return [(each.title, each.meaning) for each in self.figures]


# ---- console/agency.html ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """How an agency was called and where it belonged, from one day to another."""

    name: str
    kind: str
    parent: str
    codes: str
    decision: str
    valid_from: date
    valid_to: date | None
    current: bool = False
    withdraw_day: str = ""
    """Its first day as a form takes it, while it has not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRow:
    """A module in one agency: what the agency chose and what the operator allows."""

    key: str
    title: str
    summary: str
    is_on: bool
    in_effect: bool
    grant: Literal["default", "allowed", "denied"]
    default_allowed: bool
    """What "default" means for this module."""
    note: str
    was: str
    """What is stored, as the form sends it back to tell which rows were touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyView:
    """console/agency.html: one agency as the operator sees it; settings, never dossiers."""

    name: str
    status: Literal["active", "suspended", "merged"]
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    """What the agency keeps about itself: contacts, hours of each day, time zone."""
    withdraw_action: str
    counters: tuple[Counter, ...]
    """Each leads to the list it counts."""
    versions: tuple[VersionRow, ...]
    grants_action: str
    """Posts `grant-KEY` (one of the three), `note-KEY` and `was-KEY` of each module."""
    modules: tuple[GrantRow, ...]
    list_url: str
    suspend_action: str = ""
    resume_action: str = ""
    mirror_waiting: int = 0
    """Changes that the identity provider does not have yet."""
    mirror_error: str = ""
    audit_url: str = ""
    form: FormView = FormView()
    """What a refused grant said."""
    open_url: str = ""
    """The agency's start page, for operators with a post there."""

    @property
    def titles(self) -> dict[str, str]:
        """What the fields of the form are called beside what is wrong with them."""
        return {f"grant-{module.key}": module.title for module in self.modules}


# ---- console/provision.html, provision_plan.html, provision_run.html ----------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """An earlier run of the provisioning."""

    file_name: str
    started_at: datetime
    actor: str
    state: Literal["planned", "running", "stopped", "finished", "failed"]
    summary: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionView:
    """console/provision.html: choose a file, or go on with an earlier run. Field: file."""

    form: FormView
    action: str
    runs: tuple[RunLine, ...]
    sheets: tuple[tuple[str, str], ...]
    """Each table a description may have, and its columns."""
    max_mb: int = 20
    sample_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One line of the plan; line 0 is an object the file does not name."""

    line: int
    action: Literal["error", "add", "change", "same", "absent"]
    title: str
    code: str
    what: str
    """Kind of object: "Cơ quan", "Phòng ban", "Người", "Vị trí công tác", "Phân hệ"."""
    text: str
    """What is wrong, or what changes, in words."""
    effect: str = ""
    """What follows from it, or how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionPlanView:
    """console/provision_plan.html: what applying a file would do. Fields: skip_errors, other_province."""

    form: FormView
    file_name: str
    made_at: datetime
    lines: int
    """How many rows the file has."""
    errors: int
    wrong_rows: int
    """How many rows have errors; one may have several."""
    elsewhere: str
    """Why the file seems to be that of another province."""
    garbled: str
    """Where words of the file seem to have lost their letters, with the line."""
    pending: int
    """How many rows would be written."""
    counters: tuple[Counter, ...]
    rows: tuple[PlanRow, ...]
    pager: Pager
    action: str
    upload_url: str
    errors_url: str = ""
    """The rows with errors as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One agency of a run; `steps` are done, doing, bad or "" in the order of the view's titles."""

    line: int
    name: str
    state: Literal["waiting", "running", "done", "failed"]
    steps: tuple[Literal["", "doing", "done", "bad"], ...]
    detail: str
    hint: str = ""
    retry_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionRunView:
    """console/provision_run.html: a run, while it goes and after."""

    file_name: str
    started_at: datetime
    state: Literal["running", "stopped", "finished"]
    moving: bool
    """Whether something of it is still to come, also after the last agency was written."""
    total: int
    done: int
    failed: int
    running: int
    waiting: int
    remaining: str
    """"còn khoảng 3 phút"; empty when nobody can tell."""
    tabs: tuple[Tab, ...]
    rows: tuple[RunRow, ...]
    steps: tuple[str, ...]
    pager: Pager
    list_url: str
    silent: str = ""
    """While it goes: since when no worker process gave a sign of life."""
    resumed: str = ""
    """After a restart: where the run went on."""
    trouble: str = ""
    """Why the run as a whole could not go on."""
    checks: tuple[tuple[str, str, State], ...] = ()
    """The reconciliation after the run: what was compared, the result in words, its state."""
    newcomers: int = 0
    """After the run: how many people of the installation have no way in yet."""
    stop_action: str = ""
    resume_action: str = ""
    retry_action: str = ""


# ---- console/jobs.html, console/health.html -----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One piece of background work."""

    id: int
    title: str
    key: str
    agency: str
    state: Literal["waiting", "running", "failed", "retrying", "done"]
    due_at: datetime
    attempts: int
    error: str = ""
    """The last error, one line, without personal data."""
    retry_action: str = ""
    cancel_action: str = ""
    """Set while it would be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsView:
    """console/jobs.html: the queue with its errors."""

    counters: tuple[Counter, ...]
    rows: tuple[JobRow, ...]
    columns: tuple[Column, ...]
    pager: Pager
    silent: str
    """Since when no worker process gave a sign of life; empty while one does."""
    keys: tuple[Option, ...]
    key: str = ""
    state: str = ""
    retry_all_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow:
    """The result of one check."""

    title: str
    module: str
    state: Literal["bad", "warn", "absent", "ok"]
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthView:
    """console/health.html: what is wrong with this installation, in words; trouble first."""

    rows: tuple[HealthRow, ...]
    checked_at: datetime
    bad: int
    warn: int


# ---- console/people.html, console/person.html ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person of the directory."""

    initials: str
    name: str
    username: str
    url: str
    posts: tuple[str, ...]
    disabled: bool = False
    operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSearchView:
    """console/people.html: find a person by name or user name, from two letters on."""

    search: str
    rows: tuple[PersonLine, ...]
    pager: Pager = Pager(text="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPost:
    """A post of the person shown."""

    agency: str
    unit: str
    position: str
    roles: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A place where the person is signed in."""

    device: str
    address: str
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """console/person.html: one person's posts and sessions, and the ways to end them."""

    name: str
    username: str
    email: str
    disabled_at: datetime | None
    operator: bool
    posts: tuple[PersonPost, ...]
    sessions: tuple[SessionRow, ...]
    list_url: str
    end_sessions_action: str = ""
    disable_action: str = ""
    restore_action: str = ""
    password_url: str = ""
    passwordless: bool = False
    """Whether the person has no way in yet."""
    factor_url: str = ""
    mail_url: str = ""
    itself: bool = False
    """True when the operator looks at their own account, which they cannot lock."""
