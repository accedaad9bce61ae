"""The answer to voters as an official letter: begun from the draft, issued once approved, and what the sending says of it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.db import new_id
from core.web.errors import Forbidden
from plugins.casework import api as casework
from plugins.casework.cases import assigning
from plugins.casework.cases import queries as case_queries
from plugins.casework.registers.services import void_number
from plugins.files.api import files_of, open_content
from plugins.letters.api import issue_letter
from plugins.letters.models import Letter, Template
from plugins.voter_opinions.answering import LETTER
from tests.plugins.voter_opinions.test_services import LONG, refused, today


@pytest.fixture
def submitted(office):
    """A petition whose answer, a promise, waits for approval."""
    with office.agency.at_work():
        Template.insert(
            id=new_id(), kind="", valid_from=casework.agency_day(), agency_name="Uỷ ban nhân dân phường An Đông", place="An Đông",
            superior="Uỷ ban nhân dân thành phố Huế", symbol="UBND-TH", head_title="Chủ tịch", signer_title="Chủ tịch",
            signer_name="Phạm Ngọc Anh", recipients="Như trên;\nLưu: VT.",
        ).execute()  # fmt: skip
    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="commune")
    submit(office, case, "Sẽ sửa đường trong quý tới.")
    return case


def submit(office, case, text):
    promised = today(office) + timedelta(days=90)
    office.act(
        office.lan, case, "submit", text=text, outcome="doing", roadmap="Khảo sát, thi công", promised_on=promised,
        person_id=office.leader.person_id,
    )  # fmt: skip


def begun(office, case, by=None):
    with (by or office.lan).working() as ctx:
        return LETTER.begin(ctx, case.id)


def issued(officer, letter):
    with officer.working() as ctx:
        return issue_letter(ctx, letter.id, version=letter.version)


def test_the_letter_is_begun_once_from_the_draft_and_leads_to_its_form(office, submitted):
    page = office.lan.get("voter_opinions.petition", case_id=submitted.id).text
    assert "Soạn công văn trả lời" in page
    sent = office.lan.post("voter_opinions.letter", case_id=submitted.id)
    form = office.lan.follow(sent.headers["location"]).text
    for text in (
        "Sẽ sửa đường trong quý tới.",
        "Lộ trình: Khảo sát, thi công",
        "Thường trực Hội đồng nhân dân",
        "Cử tri Xã Phú Hồ",
    ):
        assert text in form
    again = office.lan.post("voter_opinions.letter", case_id=submitted.id)
    assert again.headers["location"] == sent.headers["location"]
    with office.agency.at_work():
        assert Letter.select().count() == 1
    page = office.lan.get("voter_opinions.petition", case_id=submitted.id).text
    assert "Soạn công văn trả lời" not in page
    assert "Trả lời kiến nghị cử tri" in page


def test_without_an_answer_there_is_nothing_to_write(office):
    case = office.record(LONG)
    assert "Soạn công văn trả lời" not in office.lan.get("voter_opinions.petition", case_id=case.id).text
    told = office.lan.post("voter_opinions.letter", case_id=case.id)
    assert told.status_code == 422
    assert "Chưa có dự thảo trả lời" in told.text


def test_it_is_issued_by_who_may_approve_and_after_approval_alone(office, submitted):
    letter = begun(office, submitted)
    with pytest.raises(Forbidden, match="chưa được duyệt"):
        issued(office.leader, letter)
    office.act(office.leader, submitted, "approve")
    with pytest.raises(Forbidden):
        issued(office.lan, letter)
    assert issued(office.leader, letter).number == "01/UBND-TH"


def test_number_signer_and_day_come_into_the_sending_and_the_pdf_into_the_files(office, submitted):
    office.act(office.leader, submitted, "approve")
    assert "Chưa có công văn trả lời" in office.lan.get("voter_opinions.send", case_id=submitted.id).text
    letter = issued(office.leader, begun(office, submitted))
    with office.agency.at_work():
        (file,) = files_of(casework.files_owner(submitted.id))
        with open_content(file) as content:
            words = " ".join(PdfReader(BytesIO(content.read())).pages[0].extract_text().split())
    assert "Sẽ sửa đường trong quý tới." in words
    assert "Về kiến nghị của cử tri gửi tới Kỳ họp thứ 8" in words
    form = office.lan.get("voter_opinions.send", case_id=submitted.id).text
    for text in (f'value="{letter.number}"', 'value="Phạm Ngọc Anh"', f"Gửi công văn số {letter.number}"):
        assert text in form
    day = letter.issued_on - timedelta(days=1)
    errors = refused(office.act, office.lan, submitted, "send", document="x", signer="x", sent_on=day)
    # The petition itself came in today, so that an earlier day is refused for that first.
    assert "sent_on" in errors
    office.act(
        office.lan,
        submitted,
        "send",
        document=letter.number,
        signer="Phạm Ngọc Anh",
        sent_on=letter.issued_on,
    )
    assert letter.number in office.lan.get("voter_opinions.petition", case_id=submitted.id).text


def test_it_is_not_sent_before_it_was_signed(office, submitted):
    office.sql("UPDATE voter_opinions.petition SET received_on = received_on - 9 RETURNING id")
    office.act(office.leader, submitted, "approve")
    letter = issued(office.leader, begun(office, submitted))
    day = letter.issued_on - timedelta(days=2)
    errors = refused(office.act, office.lan, submitted, "send", document="x", signer="x", sent_on=day)
    assert letter.number in errors["sent_on"][0]


def test_a_better_answer_goes_out_by_a_letter_of_its_own(office, submitted):
    office.act(office.leader, submitted, "approve")
    first = issued(office.leader, begun(office, submitted))
    office.act(office.lan, submitted, "send", document=first.number, signer="A", sent_on=today(office))
    office.act(office.council, submitted, "assess", verdict="not_enough", note="Chưa nêu kinh phí")
    submit(office, submitted, "Sẽ sửa bằng vốn năm tới.")
    second = begun(office, submitted)
    assert second.id != first.id
    assert "Sẽ sửa bằng vốn năm tới." in second.body
    office.act(office.leader, submitted, "approve")
    assert issued(office.leader, second).number == "02/UBND-TH"


def test_after_a_voided_number_another_letter_may_be_begun(office, submitted):
    office.act(office.leader, submitted, "approve")
    first = issued(office.leader, begun(office, submitted))
    with office.agency.at_work():
        void_number(first.entry_id, reason="Sai nơi nhận")
    assert begun(office, submitted).id != first.id


def test_an_answer_leads_to_its_letter_and_says_when_that_is_void(office, submitted):
    office.act(office.leader, submitted, "approve")
    first = issued(office.leader, begun(office, submitted))
    office.act(office.lan, submitted, "send", document=first.number, signer="A", sent_on=today(office))

    def told():
        page = office.lan.get("voter_opinions.petition", case_id=submitted.id).text
        link = rf'<dt>Văn bản trả lời</dt><dd><a href="([^"]+)">{first.number}</a> <span class="lt-state (\w+)">.*?<span>([^<]+)<'
        return re.search(link, page).groups()

    url = office.agency.url("letters.letter", letter_id=first.id)
    assert told() == (url, "done", "Đã phát hành")
    with office.agency.at_work():
        void_number(first.entry_id, reason="Sai nơi nhận")
    assert told() == (url, "stop", "Đã huỷ")
    office.act(office.council, submitted, "assess", verdict="not_enough", note="Chưa nêu kinh phí")
    submit(office, submitted, "Sẽ sửa bằng vốn năm tới.")
    assert told() == (url, "stop", "Đã huỷ"), "also beside a further answer"
    assert "Số 01/UBND-TH đã huỷ: Sai nơi nhận" in office.lan.follow(url).text


def test_other_agencies_and_readers_reach_no_letter(office, submitted):
    letter = begun(office, submitted)
    assert office.hung.get("letters.letter", letter_id=letter.id).status_code == 404
    assert office.council.post("voter_opinions.letter", case_id=submitted.id).status_code == 403
    assert office.council.get("letters.edit", letter_id=letter.id).status_code == 403


def test_an_approval_stays_once_its_letter_went_out_and_work_on_a_better_answer_is_pulled_back(
    office, submitted
):
    def pull(by):
        with by.working() as ctx:
            (given,) = case_queries.open_assignments(submitted.id)
            assigning.pull_back(ctx, given.id)

    office.act(office.leader, submitted, "approve")
    letter = issued(office.leader, begun(office, submitted))
    assert letter.number in refused(pull, office.leader)[""][0]
    office.act(office.lan, submitted, "send", document=letter.number, signer="A", sent_on=today(office))
    office.act(office.council, submitted, "assess", verdict="not_enough", note="Chưa nêu kinh phí")
    with office.lan.working() as ctx:
        assigning.reassign(ctx, submitted.id, casework.Receiver(office.leader.person_id))
    pull(office.lan)
    assert office.stored(submitted).state == "unsatisfied"
