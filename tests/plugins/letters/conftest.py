import pytest

from core.db import new_id
from plugins.letters import services
from plugins.letters.models import Template
from tests.plugins.letters.desk import Desk


@pytest.fixture
def desk(ground):
    """An agency whose part of letters is there, with somebody who writes and somebody who issues."""
    agency = ground.agency()
    with agency.at_work():
        Template.insert(
            id=new_id(),
            kind="",
            valid_from=services.agency_day().replace(month=1, day=1),
            superior="Uỷ ban nhân dân thành phố Huế",
            agency_name="Uỷ ban nhân dân phường An Đông",
            place="An Đông",
            symbol="UBND-VP",
            collective="Uỷ ban nhân dân",
            head_title="Chủ tịch",
            signer_mode="TMKT",
            signer_title="Phó Chủ tịch",
            signer_name="Lê Quang Vinh",
            recipients="Như trên;\nLưu: VT, VP.",
        ).execute()
    return Desk(agency, agency.officer("casework.letter_writer"), agency.officer("casework.letter_issuer"))
