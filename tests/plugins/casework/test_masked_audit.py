"""What the audit of an agency tells of a case to somebody who may not open it."""

import json
import re
import subprocess
import sys

import pytest

from core.audit import _said
from core.db import db
from core.i18n import reading_as
from plugins.casework.cases.events import CaseMoved, CaseMovedInPlace, CaseOpened, PersonalDataSeen
from plugins.casework.legs.events import LegSent
from plugins.casework.models import Case
from tenants.upkeep import audit_verify
from tenants.upkeep.sealing import seal
from tests.plugins.casework.test_legs import Pair

LEG = {
    "code": "NV-2026-0012",
    "agency": "UBND phường",
    "other": "Sở Y tế",
    "purpose": "Lấy ý kiến",
    "title": "Ông A khiếu nại",
    "kind": "x",
}
MOVED = {
    "code": "NV-2026-0012",
    "title": "Ông A khiếu nại",
    "kind": "x",
    "done": "Không thụ lý",
    "state": "Đã chuyển",
}


@pytest.mark.parametrize(
    ("event", "stored", "line"),
    [
        (LegSent, LEG, "(UBND phường) gửi Sở Y tế chặng lấy ý kiến của NV-2026-0012"),
        (CaseMoved, MOVED, "xử lý NV-2026-0012"),
        (CaseMovedInPlace, {**MOVED, "in_place_of": "Bà Mận"}, "thay … xử lý NV-2026-0012"),
        (CaseOpened, {"code": "NV-2026-0012", "title": "Ông A khiếu nại", "kind": "x"}, "mở NV-2026-0012"),
        (
            PersonalDataSeen,
            {"code": "NV-2026-0012", "what": ["Số điện thoại"], "purpose": "Liên hệ", "note": "Gọi ông A"},
            "xem dữ liệu cá nhân ở NV-2026-0012: số điện thoại. Lý do: liên hệ. …",
        ),
    ],
)
def test_a_line_reads_as_a_sentence_and_holds_no_content(event, stored, line):
    told = {key: value for key, value in stored.items() if key in event.told}
    assert _said(event, stored, told) == line


def test_an_english_line_has_no_holes_in_it_either(ground):
    del ground  # it loads the catalogues
    with reading_as("en"):
        assert _said(CaseMoved, MOVED, {"code": MOVED["code"]}) == "moved NV-2026-0012"


def test_of_a_restricted_leg_not_even_the_agencies_are_told():
    assert _said(LegSent, LEG, {"code": LEG["code"]}) == "gửi … chặng … của NV-2026-0012"


@pytest.fixture
def journal(ground, database):
    """A leg about a case with a name in its title, told to administrators who have nothing to do with it."""
    pair = Pair(ground)
    case = pair.case(title="Bà Lê Thị Mận tố cáo ông Trần Văn Khởi")
    leg_id = pair.send(case, title="Tố cáo ông Trần Văn Khởi")
    admins = [each.officer("tenants.admin", name="Hồ Quản Trị") for each in (pair.ward, pair.office)]
    yield pair, case, leg_id, lambda: [each.get("tenants.audit").text for each in admins]
    # What readers see changes nothing in the chain: the program that shares no code with the platform agrees.
    with db.connection_context():
        for each in (pair.ward, pair.office):
            seal(each.info.id)
    program = [sys.executable, "-I", audit_verify.__file__, database.app_url, "--json"]
    chains = json.loads(subprocess.run(program, capture_output=True, check=False).stdout)["chains"]
    mine = {str(each.info.id) for each in (pair.ward, pair.office)}
    assert [each["breaks"] for each in chains if each["tenant_id"] in mine] == [[], []]


def test_an_administrator_reads_nothing_of_the_title_and_persons_of_a_restricted_case(journal):
    pair, case, leg_id, pages = journal
    own = lines(pages()[0], case.code)
    assert any(pair.office.info.name in each for each in own), "whom an open case went to is no secret"
    with pair.ward.at_work():
        Case.update(restricted=True).where(Case.id == case.id).execute()
    pair.take(leg_id)
    pair.answer(leg_id)
    for page in pages():
        assert case.code in page
        for hidden in ("Lê Thị Mận", "Trần Văn Khởi", "tố cáo"):
            assert hidden.lower() not in page.lower()
    own = lines(pages()[0], case.code)
    assert len(own) > 2
    assert not [each for each in own if pair.office.info.name in each]


def lines(page, code):
    """Return the lines of the journal that name a case."""
    return [each for each in re.findall(r"<li.*?</li>|<tr.*?</tr>", page, re.DOTALL) if code in each]
