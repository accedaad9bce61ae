"""Fill an empty installation for the browser tests; runs as a program of that installation.

    python -m tests.browser.furnish ACCOUNTS

applies description.yaml as an operator would, then makes the operators, the passwords and second factors,
and writes the accounts to the file ACCOUNTS: `{username: {password, otp}}`.
"""

import json
import secrets
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyotp

from core.app import boot
from core.db import db, scope
from core.events import SYSTEM, Actor, acting
from core.settings import load_settings
from plugins.example.models import Note
from plugins.example.services import put_note
from tenants import queries, services
from tenants.models import Person
from tenants.provisioning.apply import apply_plan
from tenants.provisioning.plan import make_plan
from tenants.provisioning.readers import read_description
from tenants.reconciler import directory, reconcile

DESCRIPTION = Path(__file__).with_name("description.yaml")
OPERATORS = ("khanhnq", "phongld", "sonlh")
WITHOUT_SECOND_FACTOR = "sonlh"
FULL_AGENCY, FULL_UNIT = "phuong-an-dong", "phong-kinh-te"
"""Where lists are longer than a page."""
MANY = 60


def main(accounts: Path) -> None:
    """Do all of it; every step goes through the product's own services."""
    platform = boot(load_settings())
    with db.connection_context(), acting(SYSTEM):
        plan = make_plan(read_description(DESCRIPTION), platform.catalogue)
        assert not plan.problems, plan.problems
        assert not apply_plan(plan, platform.catalogue).failed
        for username in OPERATORS:
            services.set_operator(Person.get(username=username).id, is_operator=True)
        outcome = reconcile(directory, everything=True)
        assert not outcome.unavailable, outcome
        assert not outcome.refused, outcome
        accounts.write_text(json.dumps(make_accounts()), "utf-8")
        fill_lists()


def make_accounts() -> dict[str, dict[str, str]]:
    """Give everybody a password and the operators a second factor."""
    client = directory()
    made = {}
    for username, subject in list(Person.select(Person.username, Person.subject).tuples()):
        password = secrets.token_urlsafe(12)
        has_factor = username in OPERATORS and username != WITHOUT_SECOND_FACTOR
        otp = pyotp.random_base32() if has_factor else ""
        client.set_password(subject, password, temporary=False)
        if otp:
            client.set_second_factor(subject, otp)
        made[username] = {"password": password, "otp": otp}
    client.close()
    return made


def fill_lists() -> None:
    """Make one agency large enough for lists of several pages."""
    tenant = queries.tenant_by_code(FULL_AGENCY)
    assert tenant is not None
    author = Person.get(username="anhpn")
    with scope(tenant.id), acting(Actor(author.id, author.full_name)), db.atomic():
        unit = next(each for each in queries.units() if each.code == FULL_UNIT)
        for number in range(1, MANY + 1):
            at = datetime.now(UTC) - timedelta(days=number)
            note = Note(
                unit_id=unit.id, title=f"Kết luận giao ban số {number}", author_id=author.id, pinned=number <= 3,
                body="Văn phòng gửi giấy mời trước hai ngày làm việc. Phòng Kinh tế rà số liệu đến hết ngày 20.",
                created_at=at, changed_at=at,
            )  # fmt: skip
            put_note(note, unit.name)
            person = services.register_person(f"canbo{number}", f"Nguyễn Thị Số {number}")
            services.grant_post(
                services.Authority.operator(), person.id, unit.id, "Chuyên viên", roles=("example.reader",),
                valid_from=date(2025, 7, 1), decision="QĐ 1520/QĐ-UBND",
            )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
