"""People who can sign in to a few agencies, so that a fresh installation can be shown and tested.

Everything goes the way of real work: a description is applied, the directory is brought up to date, then
passwords are set. The same installation gets the same people again; passwords are made up per
installation and stand in one file only its owner can read.

Then modules fill the agencies, in groups: work goes between the agencies of one group, and each group is one
transaction, so that groups may be filled side by side and one that was cut off is filled from its beginning.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2

from core.db import db, scope
from core.dispatcher import dispatcher
from core.i18n import _
from tenants import services
from tenants.models import Person
from tenants.names import NameMaker
from tenants.provisioning.apply import apply_plan
from tenants.provisioning.description import Description, ModuleRow, PersonRow, PostRow
from tenants.provisioning.plan import make_plan
from tenants.provisioning.province import IT_CENTRE
from tenants.queries import AgencyLine, agencies, posts, roles_giving, tenant_by_code, units
from tenants.reconciler import directory, reconcile
from tenants.services.passwords import new_password
from tenants.timeline import Story, Timeline
from tenants.upkeep.sealing import seal_all

OPERATOR = "vanhanh"
ADMIN = "tenants.admin"
PREFERRED = (
    IT_CENTRE, "van-phong-ubnd", "phuong-thuan-hoa", "so-xay-dung", "phuong-phu-xuan", "so-y-te", "so-nong-nghiep-va-moi-truong",
    "so-noi-vu", "xa-phu-vang",
)  # fmt: skip
AGENCIES = 10
WITH_MODULES = 8
"""So many agencies have every module on; in the others there is something to switch on."""
LEADERS = {
    "ward": "Chủ tịch UBND",
    "commune": "Chủ tịch UBND",
    "special_zone": "Chủ tịch UBND",
    "province": "Chủ tịch UBND",
}
CLERK = -1
OFFICER = "officer"
"""The role that a module calls so, or the second one where it calls none so."""
LEADING = "lanh-dao"
STAFF = (
    (LEADING, "", 0),
    ("van-phong", "Chuyên viên", 1),
    ("", "Chuyên viên", OFFICER),
    ("van-phong", "Văn thư", CLERK),
)
"""Unit, position and which of a module's roles, in the order it declares them; no unit means a professional one."""
EVERY = None
"""Instead of one role of each module, all of them."""
CLERK_TOO = ("casework.leg_clerk", "casework.register_keeper")
"""What a clerk does besides the last role of each module, where the module that declares it is installed."""
LEADER_TOO = ("casework.workflow_keeper",)
"""What a leader does besides. Never for posts of the province's own file: applied again, it would take the roles back."""
GROUPS = 2
OF_THE_PROVINCE = ("van-phong", "Chuyên viên", EVERY)
"""Who works for the whole province in the province's own agency, where alone some roles mean something."""
OF_SUPERIORS = ("reports.superior",)
"""Roles that the leader of the province has and nobody gets by rank."""
SINCE = date(2025, 7, 1)


class NotReady(Exception):
    """Raised when the installation has too little in it for a demonstration."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody a module's sample data may name."""

    id: UUID
    full_name: str
    unit_id: UUID
    roles: tuple[str, ...] = ()


class DemoMaker(NameMaker):
    """What modules get to make sample data with: names, a seeded generator, and the agency's people."""

    def __init__(
        self,
        code: str,
        people: list[DemoPerson],
        *,
        timeline: Timeline | None = None,
        agencies: Sequence[UUID] = (),
        days: int = 365,
        scale: float = 1.0,
    ) -> None:
        super().__init__(code)
        self.people, self.agencies, self.days, self.scale = people, agencies, days, scale
        self._timeline = timeline or Timeline()

    def plan(self, story: Story) -> None:
        """Let a story of the agency in scope happen: it yields when it goes on, and then does what happened then."""
        self._timeline.plan(story)

    def run(self) -> None:
        """Let what was planned happen, for who makes the data of one agency alone."""
        self._timeline.run()

    def able(self, permission: str) -> list[DemoPerson]:
        """Return who may do something, for sample data must not contradict the roles; everybody where nobody may."""
        roles = {key for key, _title in roles_giving(permission)}
        return [person for person in self.people if roles & set(person.roles)] or self.people


Told = Callable[[str], None]
Fill = Callable[[list[list[str]]], None]
"""Fills groups of agencies, given by their codes."""


def fill_one_by_one(groups: list[list[str]]) -> None:
    """Fill groups of agencies in this process."""
    for codes in groups:
        fill_group(codes)


def seed_demo(accounts: Path, *, fill: Fill = fill_one_by_one) -> list[dict[str, Any]]:
    """Give about ten agencies people who can sign in, write them to a file, have them filled, and return them.

    The caller must have an actor and no scope. Raises NotReady, DirectoryUnavailable.
    """
    chosen = _choose()
    description = _describe(chosen)
    plan = make_plan(description, dispatcher().catalogue)
    if plan.problems:
        raise NotReady("; ".join(problem.text for problem in plan.problems[:3]))
    if failed := apply_plan(plan, dispatcher().catalogue).failed:
        raise NotReady("; ".join(f"{code}: {reason}" for code, reason in failed.items()))
    services.set_operator(Person.get(username=OPERATOR).id, is_operator=True)
    # Passwords are set on accounts, so the accounts come first.
    outcome = reconcile(directory, everything=True)
    if outcome.unavailable:
        raise NotReady(_("Keycloak chưa trả lời: {reason}", reason=outcome.unavailable))
    found = _accounts(chosen)
    _set_passwords(found, _known_passwords(accounts))
    _write(accounts, found)
    fill(_groups([line.code for line in chosen]))
    seal_all()
    return found


def _groups(codes: list[str]) -> list[list[str]]:
    """Return the agencies in groups of about as much work: those with modules first, then the others."""
    return [group for group in (codes[number::GROUPS] for number in range(GROUPS)) if group]


def _choose() -> list[AgencyLine]:
    known = {line.code: line for line in agencies(status="active", limit=2000)}
    lines = [known[code] for code in PREFERRED if code in known]
    lines[WITH_MODULES - 1 : 0] = [line for line in known.values() if line.kind == "province"][:1]
    for kind, wanted in (("ward", 2), ("commune", 2), ("department", AGENCIES)):
        others = [line for line in known.values() if line.kind == kind and line not in lines]
        lines += others[: min(wanted, AGENCIES - len(lines))]
    if IT_CENTRE not in known or len(lines) < 2:
        raise NotReady(
            _("Chưa có cơ quan nào. Chạy `lienthong provision province` và `provision apply` trước.")
        )
    return lines


def _describe(chosen: list[AgencyLine]) -> Description:
    """Describe the people of the demonstration as a file would."""
    description = Description()
    switchable = [each.key for each in dispatcher().catalogue.manifests() if not each.restricted]
    for number, line in enumerate(chosen):
        with scope(line.id), db.atomic():
            found = {unit.code: unit for unit in units()}
        make = NameMaker(line.code)
        # Nobody but leaders works in the leaders' unit; the office does where there is no professional one.
        working = sorted((code for code in found if code != LEADING), key="van-phong".__eq__)
        for unit, position, rank in (*STAFF, OF_THE_PROVINCE) if line.kind == "province" else STAFF:
            code = unit if unit in found else next(iter(working or found), "")
            person = _add_person(description, make, line.code)
            title = position or LEADERS.get(line.kind, "Giám đốc")
            above = _existing(OF_SUPERIORS) if line.kind == "province" and unit == LEADING else ()
            besides = CLERK_TOO if rank == CLERK else LEADER_TOO if unit == LEADING else ()
            roles = (*_roles(rank), *_existing(besides), *above)
            description.posts.append(PostRow(0, person, line.code, code, title, roles, SINCE))
        if number < WITH_MODULES:
            description.modules += [ModuleRow(0, line.code, key, state=True) for key in switchable]
    # One officer of the first department also helps out in the first ward.
    home, other = chosen[1], next((line for line in chosen if line.kind in ("ward", "commune")), chosen[0])
    officer = [post for post in description.posts if post.agency == home.code][1]
    description.posts.append(
        PostRow(0, officer.person, other.code, "van-phong", "Chuyên viên biệt phái", _roles(1), SINCE)
    )
    description.people.append(PersonRow(0, OPERATOR, "Nguyễn Quốc Khánh", _mail(OPERATOR)))
    description.posts.append(
        PostRow(0, OPERATOR, IT_CENTRE, "van-phong", "Quản trị hệ thống", (ADMIN, *_roles(0)), SINCE)
    )
    return description


def _roles(rank: int | str | None) -> tuple[str, ...]:
    """Return roles of each module that agencies may use: the first, second or last it declares, the officer's, or every one."""
    by_module: dict[str, list[str]] = {}
    # Also of those that are always on: their work is to be tried as well.
    manifests = {
        each.key: each.manifest
        for each in dispatcher().catalogue.modules.values()
        if not each.manifest.builtin
    }
    for key in dispatcher().catalogue.roles:
        module = key.partition(".")[0]
        if module in manifests and not manifests[module].restricted:
            by_module.setdefault(module, []).append(key)
    if rank is EVERY:
        return tuple(key for keys in by_module.values() for key in keys)
    ranked = [[key for key in keys if key not in OF_SUPERIORS] for keys in by_module.values()]
    if isinstance(rank, str):
        named = [[key for key in keys if key.endswith(f".{rank}")] or keys[1:] or keys for keys in ranked]
        return tuple(keys[0] for keys in named if keys)
    return tuple(keys[min(rank, len(keys) - 1)] for keys in ranked if keys)


def _mail(username: str) -> str:
    """Return an address that no mail can reach (RFC 2606): the people are invented."""
    return f"{username}@demo.example"


def _add_person(description: Description, make: NameMaker, code: str) -> str:
    full_name = make.full_name()
    username = f"{make.username(full_name)}.{code}"[:63]
    description.people.append(PersonRow(0, username, full_name, _mail(username)))
    return username


def _accounts(chosen: list[AgencyLine]) -> list[dict[str, Any]]:
    """Return who works in the chosen agencies: administrators of before and the people just added."""
    found: dict[str, dict[str, Any]] = {}
    for line in chosen:
        with scope(line.id), db.atomic():
            unit_codes = {unit.id: unit.code for unit in units()}
            lines = posts(limit=500)
        for post in lines:
            account = found.setdefault(
                post.username, {"username": post.username, "password": "", "name": post.full_name, "operator": False, "otp": None, "posts": []}
            )  # fmt: skip
            account["operator"] = post.username == OPERATOR
            account["posts"].append(
                {"tenant": line.code, "unit": unit_codes[post.unit_id], "roles": list(post.roles)}
            )
    # Agencies with the modules on come first: whoever tries the first accounts finds something to do.
    rank = {line.code: number for number, line in enumerate(chosen)}
    return sorted(
        found.values(),
        key=lambda account: (
            not account["operator"],
            rank[account["posts"][0]["tenant"]],
            account["username"],
        ),
    )


def _known_passwords(accounts: Path) -> dict[str, dict[str, Any]]:
    try:
        return {each["username"]: each for each in json.loads(accounts.read_text("utf-8"))}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _set_passwords(found: list[dict[str, Any]], known: dict[str, dict[str, Any]]) -> None:
    client = directory()
    subjects = dict(
        Person.select(Person.username, Person.subject)
        .where(Person.username.in_([each["username"] for each in found]))
        .tuples()
    )
    try:
        for account in found:
            before, subject = known.get(account["username"], {}), subjects[account["username"]]
            if not subject:
                raise NotReady(
                    _("Tài khoản của {name} chưa tạo được. Xem `lienthong doctor`.", name=account["name"])
                )
            account["password"] = before.get("password") or new_password(account["username"])
            if not before.get("password"):
                client.set_password(subject, account["password"], temporary=False)
                Person.update(password_at=datetime.now(UTC)).where(
                    Person.username == account["username"]
                ).execute()
            if account["operator"]:
                account["otp"] = before.get("otp") or _secret()
                if not before.get("otp"):
                    client.set_second_factor(subject, account["otp"])
    finally:
        client.close()


def _secret() -> str:
    return "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _each in range(32))


def _write(path: Path, found: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(found, file, ensure_ascii=False, indent=2)
    unfinished.replace(path)


def _existing(roles: Sequence[str]) -> tuple[str, ...]:
    return tuple(key for key in roles if key in dispatcher().catalogue.roles)


# ---- filling ----------------------------------------------------------------------------------------------------


def fill_group(codes: Sequence[str], tell: Told = lambda _line: None, *, scale: float = 1.0) -> None:
    """Let the modules fill some agencies, all or nothing; what was filled before stays as it is."""
    timeline, tenants = Timeline(), [tenant for code in codes if (tenant := tenant_by_code(code))]
    with db.atomic():
        for tenant in sorted(tenants, key=lambda each: each.code):
            # Whoever was left running by a command that was killed is waited for: it may yet commit.
            db.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", (f"demo {tenant.code}",))
        for tenant in tenants:
            with scope(tenant.id):
                leading = {unit.id for unit in units() if unit.code == LEADING}
                people = [
                    DemoPerson(post.person_id, post.full_name, post.unit_id, post.roles)
                    for post in sorted(posts(limit=100), key=lambda post: post.unit_id not in leading)
                ]
                make = DemoMaker(
                    tenant.code,
                    people,
                    timeline=timeline,
                    agencies=[each.id for each in tenants],
                    scale=scale,
                )
                dispatcher().run("seed_demo", dispatcher().effective_for(tenant.id), tenant=tenant, make=make)
            tell(tenant.name)
        timeline.run(lambda month, acts: tell(f"{month:%m/%Y}, {acts} lượt việc · acts"))


@contextmanager
def dated_facts(owner_url: str) -> Iterator[None]:
    """Lend the application the right to date facts of the audit for the time that sample data is made.

    Its own role can give it to nobody: only who owns the tables, as for migrations. A run that was killed
    leaves it lent, which `lienthong check` names; the next one takes it back.
    """
    with _owner(owner_url) as owner:
        owner("GRANT INSERT (at) ON core.audit_entry TO lienthong_app")
    try:
        yield
    except BaseException:
        with suppress(psycopg2.OperationalError):  # with the server away, why it went is what must be heard
            _take_back(owner_url)
        raise
    _take_back(owner_url)


def _take_back(owner_url: str) -> None:
    with _owner(owner_url) as owner:
        owner("REVOKE INSERT (at) ON core.audit_entry FROM lienthong_app")


@contextmanager
def _owner(url: str) -> Iterator[Callable[[str], Any]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            yield cursor.execute
    finally:
        connection.close()
