"""A province in which everything another agency has bears one id, so that any address can ask for it."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import pytest
from falcon.testing import Result
from psycopg2.extras import Json

from core.addresses import Address
from core.db import db, new_id
from core.declarations import FileOwner
from core.web.gate import Gate
from core.web.request import SESSION_COOKIE
from core.web.security import csrf_token
from plugins.casework.tasks.kind import TASK
from plugins.casework.workflows.definition import CaseKind
from plugins.files import api as files
from sso.services import digest
from tenants import reconciler, services
from tenants.demo import DemoMaker, DemoPerson
from tenants.queries import posts
from tests.db import live
from tests.plugins.files import samples
from tests.support import servers
from tests.support.modules import Agency, Ground, Stage
from tests.tenants.stage import MemoryDirectory

FOREIGN = new_id()
"""The id of everything made up in the other agency: its unit, its post, its note, whatever modules bring."""
OFFICE_CODES = ("here", "there", "below", "off", "suspended")
"""`below` stands under `there`, which may ask how late it is."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks for an address, and what the declarations say about them."""

    name: str
    token: str | None = None
    session_id: UUID | None = None
    agency: str = ""
    roles: frozenset[str] = frozenset()
    operator: bool = False
    is_operator: bool = False


@dataclass
class Province:
    """The booted platform, its agencies, and one visitor of each kind."""

    stage: Stage
    lent: servers.Database
    agencies: dict[str, Agency] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def url(self, address: Address, agency: str = "here", **fields: Any) -> str:
        """Fill an address in: ids are the other agency's, texts what a route may know."""
        known: dict[str, Any] = {
            "width": 320,
            "transition": "start",
            "act": "extend",
            "agency_id": self.agencies["below"].info.id,
            "tenant": self.agencies[agency].info.code,
            "code": self.agencies["here"].info.code,
        }
        types = dict(
            part.strip("{}").partition(":")[::2]
            for part in address.template.split("/")
            if part.startswith("{")
        )
        values = {
            name: fields.get(name) or known.get(name) or _sample(types.get(name, ""))
            for name in address.fields
        }
        return address.url(**values)

    def send(self, method: str, url: str, visitor: Visitor, **options: Any) -> Result:
        """Send a request as a visitor's browser does, with the session's token."""
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "If-Match": '"1"'} | options.pop(
            "headers", {}
        )
        if visitor.token:
            headers |= {"Cookie": f"{SESSION_COOKIE}={visitor.token}", "X-CSRF-Token": self._csrf(visitor)}
        return self.stage.client.simulate_request(method, url, headers=headers, **options)

    def let_the_case_be_of(self, module: str) -> None:
        """Let the foreign case be of the kind of a module, so that its pages find it; of others it is a task."""
        kinds = (each for _module, each in self.stage.platform.catalogue.of(CaseKind).values())
        own: Any = next((each for each in kinds if each.key.startswith(f"{module}.") and each != TASK), TASK)
        kind: CaseKind = TASK if module == TASK.key.partition(".")[0] else own
        with superuser(self.lent) as cursor:
            cursor.execute(
                "UPDATE casework.case_base SET kind = %s, state = %s WHERE id = %s",
                (kind.key, kind.start, str(FOREIGN)),
            )

    def _csrf(self, visitor: Visitor) -> str:
        return csrf_token(self.stage.gate._secret, visitor.session_id)


def everything_in(answer: Result) -> str:
    """Return all text of an answer: of a packed one, such as a workbook, that of every file inside."""
    packed = io.BytesIO(answer.content)
    if not zipfile.is_zipfile(packed):
        return answer.content.decode("utf-8", "replace")
    with zipfile.ZipFile(packed) as files:
        # Letters beyond ASCII stand there as &#7853; and the like.
        return unescape("\n".join(files.read(name).decode("utf-8", "replace") for name in files.namelist()))


@pytest.fixture(scope="session")
def built(worker_id: str) -> Iterator[Province]:
    with servers.migrated_database(f"{worker_id}_matrix") as lent:
        province = Province(Stage.build(lent), lent)
        with province.stage.in_place() as ground:
            _found_agencies(province, ground)
            _invite_visitors(province)
            _bring_content(province)
        _fill_the_other_agency(province)
        with province.stage.in_place():
            _bring_files(province)
        yield province


@pytest.fixture
def province(built: Province, monkeypatch: pytest.MonkeyPatch) -> Iterator[Province]:
    """The province, in which nothing anybody does lasts."""
    run = Gate._run

    def undone(self: Gate, *args: Any) -> None:
        with db.atomic() as transaction:
            run(self, *args)
            transaction.rollback()

    monkeypatch.setattr(Gate, "_run", undone)
    monkeypatch.setattr(reconciler.directories, "installed", MemoryDirectory)
    with built.stage.in_place():
        yield built


def _found_agencies(province: Province, ground: Ground) -> None:
    modules = [manifest.key for manifest in ground.platform.catalogue.manifests()]
    for name in OFFICE_CODES:
        agency = ground.agency()
        province.agencies[name] = agency
        with superuser(province.lent) as cursor:
            for key in modules:
                for table, column in (("module_grant", "allowed"), ("module_switch", "is_on")):
                    row = {"tenant_id": agency.info.id, "id": new_id(), "module": key, column: name != "off"}
                    cursor.execute(
                        *live.insertion(
                            f"tenants.{table}",
                            {k: str(v) if isinstance(v, UUID) else v for k, v in row.items()},
                        )
                    )

    with superuser(province.lent) as cursor:
        below, there = (str(province.agencies[name].info.id) for name in ("below", "there"))
        cursor.execute(
            "UPDATE tenants.tenant_version SET parent_id = %s WHERE tenant_id = %s", (there, below)
        )


def _invite_visitors(province: Province) -> None:
    roles = sorted(province.stage.platform.catalogue.roles)
    add = province.visitors.__setitem__
    add("anonymous", Visitor("anonymous"))
    add("forged", Visitor("forged", "x" * 43, uuid4()))
    add("member without roles", _member(province, "here"))
    for role in roles:
        add(role, _member(province, "here", role))
    add("member with every role", _member(province, "here", *roles))
    add("member of another agency", _member(province, "there", *roles))
    add("member where modules are off", _member(province, "off", *roles))
    add("member of a suspended agency", _member(province, "suspended", *roles))
    for name, change in {
        "member whose post has ended": "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s",
        "operator": "UPDATE tenants.person SET is_operator = true WHERE id = %s; UPDATE sso.session SET operator = true WHERE person_id = %s",
        "operator without a second factor": "UPDATE tenants.person SET is_operator = true WHERE id = %s",
        "disabled operator": "UPDATE tenants.person SET is_operator = true, disabled_at = now() WHERE id = %s; "
        "UPDATE sso.session SET operator = true WHERE person_id = %s",
    }.items():
        one = _member(province, "there")
        with superuser(province.lent) as cursor:
            cursor.execute("SELECT person_id::text FROM sso.session WHERE id = %s", (str(one.session_id),))
            person = cursor.fetchone()[0]
            if "operator" in name:
                cursor.execute(
                    "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (person,)
                )
            cursor.execute(change, (person,) * change.count("%s"))
        add(
            name,
            Visitor(
                name,
                one.token,
                one.session_id,
                "",
                frozenset(),
                name == "operator",
                name.startswith("operator"),
            ),
        )
    with superuser(province.lent) as cursor:
        suspended = province.agencies["suspended"].info
        cursor.execute("UPDATE tenants.tenant SET status = 'suspended' WHERE id = %s", (str(suspended.id),))


def _bring_content(province: Province) -> None:
    """Let every module make its sample data in `here`, so that its pages have something to show."""
    here = province.agencies["here"]
    dispatcher = province.stage.platform.dispatcher
    with here.at_work():
        services.create_role(services.Authority.operator(), "Người giữ kho", ["tenants.view_audit"])
        people = [DemoPerson(post.person_id, post.full_name, post.unit_id) for post in posts(limit=100)]
        make = DemoMaker(here.info.code, people, days=40, scale=0.05)
        dispatcher.run("seed_demo", dispatcher.effective_for(here.info.id), tenant=here.info, make=make)
        make.run()


def _member(province: Province, agency: str, *roles: str) -> Visitor:
    officer = province.agencies[agency].officer(*roles)
    with superuser(province.lent) as cursor:
        cursor.execute("SELECT id::text FROM sso.session WHERE token_hash = %s", (digest(officer.token),))
        session_id = UUID(cursor.fetchone()[0])
    return Visitor(" ".join(roles), officer.token, session_id, agency, frozenset(roles))


def _fill_the_other_agency(province: Province) -> None:
    """Put one row into every table of agencies, in which every id is the foreign one."""
    there = province.agencies["there"].info.id
    with superuser(province.lent) as cursor, live.unchecked(cursor):
        tables = live.tenant_tables(cursor)
        for table in tables:
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
                (table.name,),
            )
            for (constraint,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table.name} DROP CONSTRAINT "{constraint}"')
            _foreign_row(cursor, table, there)
            if table.name == "casework.case_base":
                # What `there` may ask of an agency below it is why a case of its is late.
                _foreign_row(cursor, table, province.agencies["below"].info.id, restricted=False)
        # What lists remember is one person's own, and of a list that exists.
        owner = "person_id = (SELECT person_id FROM sso.session WHERE id = %s), list = 'example.notes'"
        member = str(province.visitors["member of another agency"].session_id)
        cursor.execute(f"UPDATE lists.saved_view SET {owner}", (member,))
        cursor.execute(f"UPDATE lists.bulk_run SET {owner}, action = 'archive'", (member,))
        # A letter asks for the permission that its kind names.
        cursor.execute("UPDATE letters.letter SET kind = 'casework.official', state = 'draft'")
        cursor.execute(
            "UPDATE notifications.notification SET fact = 'foreign', "
            "person_id = (SELECT person_id FROM sso.session WHERE id = %s) WHERE id = %s",
            (member, str(FOREIGN)),
        )
        # A case is of a kind and follows a workflow, a leg has a purpose: those that exist.
        cursor.execute(
            "UPDATE casework.case_base SET kind = 'casework.task', state = 'new' WHERE id = %(id)s; "
            "UPDATE casework.workflow SET kind = 'casework.task', definition = %(definition)s WHERE id = %(id)s; "
            "UPDATE casework.leg SET purpose = 'casework.opinion', state = 'sent', chain = ARRAY[tenant_id] WHERE id = %(id)s; "
            "UPDATE casework.leg_line SET sent_leg_id = id, kind = 'answered', receiver_id = %(there)s WHERE id = %(id)s; "
            "UPDATE casework.leg_file SET sent_leg_id = id WHERE id = %(id)s",
            {"id": str(FOREIGN), "there": str(there), "definition": Json(TASK.shipped.stored())},
        )
        # Sessions of deputies, their meetings and files of petitions are of kinds that exist.
        cursor.execute(
            "UPDATE voter_opinions.session SET body = 'council'; UPDATE voter_opinions.meeting SET kind = 'before'; "
            "UPDATE voter_opinions.intake SET source = 'meeting', state = 'ready'; UPDATE voter_opinions.intake_row SET state = 'ready', sector = 'land'"
        )
        # So are what the press said, what voters and citizens asked, and how that ended.
        cursor.execute(
            "UPDATE press_issues.issue SET kind = 'urgent', budget = '24h', severity = 'normal', sector = 'land', finding = ''; "
            "UPDATE voter_opinions.petition SET source = 'meeting', sector = 'land', level = '', outcome = '', nature = ''; "
            "UPDATE voter_opinions.answer SET outcome = 'doing', verdict = ''; UPDATE citizen_questions.question SET reason = ''"
        )
        # What somebody has to do is done by them alone.
        cursor.execute(
            "UPDATE casework.assignment a SET role = 'co', person_id = m.person_id, given_by = m.person_id, unit_id = m.unit_id, "
            "done_at = NULL, seen_at = NULL FROM tenants.membership m JOIN sso.session s ON s.person_id = m.person_id "
            "WHERE s.id = %s AND a.id = %s",
            (member, str(FOREIGN)),
        )
        person = {
            "id": str(FOREIGN),
            "username": "nguoi.la",
            "full_name": "Người lạ",
            "sort_key": "n",
            "folded": "n",
        }
        cursor.execute(*live.insertion("tenants.person", person))
        cursor.execute(
            "INSERT INTO sso.session (id, token_hash, person_id, subject, sid, idle_until, expires_at, refresh_at) "
            "VALUES (%s, %s, %s, '', '', 'infinity', 'infinity', 'infinity')",
            (str(FOREIGN), b"0" * 32, str(FOREIGN)),
        )


def _foreign_row(cursor: Any, table: live.Table, tenant_id: UUID, **given: Any) -> None:
    """Put a row into a table in which every id but the agency's is the foreign one."""
    made = table.row(tenant_id, **given)
    row = {
        column.name: (
            str(FOREIGN) if column.type == "uuid" and column.name != "tenant_id" else made[column.name]
        )
        for column in table.columns
        if column.required
    }
    cursor.execute(*live.insertion(table.name, row, "ON CONFLICT DO NOTHING"))


def _bring_files(province: Province) -> None:
    """Let the foreign file be a real picture of the foreign note, and the foreign upload somebody's own."""
    there = province.agencies["there"]
    with there.at_work():
        picture = files.store(
            io.BytesIO(samples.picture()), name="a.jpg", owner=FileOwner("example", "note", FOREIGN)
        )
    owner = province.visitors["member of another agency"].session_id
    with superuser(province.lent) as cursor:
        cursor.execute("DELETE FROM files.file WHERE id = %s", (str(FOREIGN),))
        cursor.execute("UPDATE files.file SET id = %s WHERE id = %s", (str(FOREIGN), str(picture.id)))
        cursor.execute(
            "UPDATE files.upload SET uploaded_by = (SELECT person_id FROM sso.session WHERE id = %s)",
            (str(owner),),
        )


def _sample(kind: str) -> Any:
    return {"uuid": FOREIGN, "int": 1}.get(kind, "khong-co")


@contextmanager
def superuser(lent: servers.Database) -> Iterator[Any]:
    opened = psycopg2.connect(lent.admin_url)
    opened.autocommit = True
    with opened.cursor() as cursor:
        yield cursor
    opened.close()
