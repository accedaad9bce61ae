"""What the audit of an agency tells of a case to somebody who may not open it."""

import pytest

from core.audit import _said
from plugins.casework.cases.events import CaseOpened, PersonalDataSeen
from plugins.casework.legs.events import LegSent

LEG = {
    "code": "NV-2026-0012",
    "agency": "UBND phường",
    "other": "Sở Y tế",
    "purpose": "Lấy ý kiến",
    "title": "Ông A khiếu nại",
    "kind": "x",
}


@pytest.mark.parametrize(
    ("event", "stored", "line"),
    [
        (LegSent, LEG, "(UBND phường) gửi Sở Y tế chặng lấy ý kiến của NV-2026-0012"),
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
