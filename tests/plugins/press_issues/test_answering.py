"""What other agencies answer comes into the draft; the letter takes its number and goes out with the issue."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.web.errors import Forbidden, Invalid
from plugins.casework import api as casework
from plugins.casework.cases import assigning
from plugins.casework.cases import queries as case_queries
from plugins.casework.legs import queries as leg_queries
from plugins.casework.legs import services as leg_services
from plugins.files.api import files_of, open_content
from plugins.letters import services
from plugins.letters.api import issue_letter
from plugins.letters.models import Letter
from plugins.press_issues import answering, queries
from tests.plugins.press_issues.conftest import today
from tests.support.racing import overtaken


@pytest.fixture
def directed(newsroom):
    """An issue that an officer looks into."""
    case = newsroom.record(summary="Rác đổ trộm ven sông.", at=datetime.now(UTC) - timedelta(days=3))
    newsroom.act(
        newsroom.leader, case, "direct", note="Báo cáo trước thứ sáu", person_id=newsroom.lan.person_id
    )
    return case


@pytest.fixture
def office(ground):
    """Another agency that follows the press, with somebody who receives legs."""
    agency = ground.agency("press_issues")
    return agency, agency.officer("casework.leg_clerk", "casework.leader")


def asked(newsroom, case, agency, ask="Kiểm tra, xử lý, trả lời"):
    with newsroom.lan.working() as ctx:
        said = casework.Sending(purpose=answering.PART.key, ask=ask, receiver_id=agency.info.id)
        return casework.send_leg(ctx, case.id, said)


def answered(clerk, leg_id, text):
    with clerk.working() as ctx:
        leg_services.take_leg(ctx, leg_id)
        leg_services.answer_leg(ctx, leg_id, text)


def draft(newsroom, case):
    with newsroom.agency.at_work():
        return queries.issue(case.id).answer


def test_the_form_that_asks_another_agency_brings_what_was_directed_and_written(newsroom, directed, office):
    page = newsroom.lan.get("press_issues.issue", case_id=directed.id).text
    url = re.search(r'href="([^"]+purpose=press_issues.part)"', page)[1]
    shown = newsroom.lan.follow(url).text
    for text in ("Báo cáo trước thứ sáu", "Rác đổ trộm ven sông.", "Báo Mẫu"):
        assert text in shown
    chosen = {
        "purpose": "press_issues.part",
        "receiver_id": office[0].info.id,
        "ask": "Cho biết biển số xe",
        "text": "x",
        "title": "Rác",
    }
    token = re.search(r'name="id" value="([^"]+)"', shown)[1]
    sent = newsroom.lan.post(
        "casework.leg_new", {"id": token, "do": "more", "due": "", **chosen}, case_id=directed.id
    )
    assert sent.status_code == 303, sent.text
    assert "Cho biết biển số xe" in newsroom.lan.follow(sent.headers["location"]).text, (
        "one more agency is asked the same"
    )


def test_answers_of_two_agencies_are_read_on_the_issue_and_copied_into_the_draft_once(
    newsroom, directed, office, ground
):
    agency, clerk = office
    other = ground.agency("press_issues")
    other_clerk = other.officer("casework.leg_clerk", "casework.leader")
    first, second = asked(newsroom, directed, agency), asked(newsroom, directed, other)
    answered(clerk, first, "Đã xử phạt hai xe.")
    answered(other_clerk, second, "Đã lắp camera.\nTrực đêm hằng ngày.")
    page = newsroom.lan.get("press_issues.issue", case_id=directed.id).text
    for text in ("Đã xử phạt hai xe.", "Đã lắp camera.", "Trực đêm hằng ngày."):
        assert text in page
    for leg_id in (first, second, first):
        assert (
            newsroom.lan.post("press_issues.copy_answer", case_id=directed.id, leg_id=leg_id).status_code
            == 303
        )
    assert draft(newsroom, directed) == (
        f"{agency.info.name}: Đã xử phạt hai xe.\n{other.info.name}: Đã lắp camera.\nTrực đêm hằng ngày."
    )
    with newsroom.agency.at_work():
        assert {each.state for each in leg_queries.legs_of(directed.id)} == {"done"}
    newsroom.act(newsroom.lan, directed, "conclude", finding="true", finding_note="Đúng")
    assert "Đã lắp camera." in newsroom.lan.get("press_issues.submit", case_id=directed.id).text


def test_a_draft_that_was_handed_in_takes_no_answer_any_more(newsroom, directed, office):
    agency, clerk = office
    leg_id = asked(newsroom, directed, agency)
    answered(clerk, leg_id, "Trả lời muộn")
    newsroom.act(newsroom.lan, directed, "conclude", finding="true", finding_note="Đúng")
    newsroom.act(newsroom.lan, directed, "submit", answer="Đã xử lý", person_id=newsroom.leader.person_id)
    refused = newsroom.leader.post("press_issues.copy_answer", case_id=directed.id, leg_id=leg_id)
    assert refused.status_code == 422
    assert "Dự thảo đã trình" in refused.text
    assert draft(newsroom, directed) == "Đã xử lý"


def test_a_draft_goes_to_who_may_answer_this_very_issue_alone(newsroom, directed):
    newsroom.act(newsroom.lan, directed, "conclude", finding="true", finding_note="Đúng")
    offered = lambda: newsroom.lan.get("press_issues.submit", case_id=directed.id).text  # noqa: E731
    vinh, leader = (f'value="{each.person_id}"' for each in (newsroom.vinh, newsroom.leader))
    assert leader in offered()
    assert vinh not in offered(), "who is not named to speak could not approve it"
    with pytest.raises(Invalid) as refused:
        newsroom.act(newsroom.lan, directed, "submit", answer="Đã xử lý", person_id=newsroom.vinh.person_id)
    assert set(refused.value.errors) == {"person_id"}
    other = newsroom.record(number=2)
    for code in (other.code, directed.code):
        named = {"person_id": newsroom.vinh.person_id, "code": code, "ground": "QĐ 1"}
        named |= {"valid_from": f"{today():%d/%m/%Y}", "valid_to": f"{today():%d/%m/%Y}"}
        assert newsroom.leader.post("press_issues.spokesperson", named).status_code == 303
        assert (vinh in offered()) == (code == directed.code)
    newsroom.act(newsroom.lan, directed, "submit", answer="Đã xử lý", person_id=newsroom.vinh.person_id)
    newsroom.act(newsroom.vinh, directed, "approve")


def test_nobody_copies_what_was_answered_in_another_issue(newsroom, directed, office):
    agency, clerk = office
    leg_id = asked(newsroom, directed, agency)
    answered(clerk, leg_id, "Của sự việc kia")
    other = newsroom.record(number=2)
    newsroom.act(newsroom.leader, other, "direct", note="x", person_id=newsroom.lan.person_id)
    assert newsroom.lan.post("press_issues.copy_answer", case_id=other.id, leg_id=leg_id).status_code == 404
    assert draft(newsroom, other) == ""


# ---- the letter -----------------------------------------------------------------------------------------------------


@pytest.fixture
def submitted(newsroom, directed):
    newsroom.has_letterhead()
    newsroom.act(newsroom.lan, directed, "conclude", finding="true", finding_note="Đúng")
    newsroom.act(
        newsroom.lan, directed, "submit", answer="Phường đã dọn sạch.", person_id=newsroom.leader.person_id
    )
    return directed


def begun(newsroom, case):
    with newsroom.lan.working() as ctx:
        return answering.LETTER.begin(ctx, case.id)


def test_two_officers_who_begin_a_letter_at_once_begin_one(newsroom, submitted):
    begin = lambda ctx: answering.LETTER.begin(ctx, submitted.id)  # noqa: E731
    second = overtaken((newsroom.lan, begin), (newsroom.leader, begin))
    with newsroom.agency.at_work():
        assert [each.id for each in Letter.select()] == [second.id]


def issued(officer, letter):
    with officer.working() as ctx:
        return issue_letter(ctx, letter.id, version=letter.version)


def test_the_letter_is_begun_once_and_leads_to_its_form(newsroom, submitted):
    sent = newsroom.lan.post("press_issues.letter", case_id=submitted.id)
    assert sent.headers["location"].endswith("/edit")
    assert "Phường đã dọn sạch." in newsroom.lan.follow(sent.headers["location"]).text
    assert (
        newsroom.lan.post("press_issues.letter", case_id=submitted.id).headers["location"]
        == sent.headers["location"]
    )
    with newsroom.agency.at_work():
        assert Letter.select().count() == 1


def test_it_is_issued_by_who_may_answer_and_after_approval_alone(newsroom, submitted):
    letter = begun(newsroom, submitted)
    with pytest.raises(Forbidden, match="chưa được duyệt"):
        issued(newsroom.leader, letter)
    newsroom.act(newsroom.leader, submitted, "approve")
    with pytest.raises(Forbidden, match="chưa được giao"):
        issued(newsroom.vinh, letter)
    page = newsroom.vinh.get("letters.letter", letter_id=letter.id).text
    assert "Phát hành…" not in page
    assert "Bạn chưa được giao hoặc uỷ quyền phát ngôn cho sự việc này" in page
    assert re.search(r'href="[^"]+/settings">Người phát ngôn</a>', page)
    assert "Phát hành…" in newsroom.leader.get("letters.letter", letter_id=letter.id).text
    assert issued(newsroom.leader, letter).number == "01/UBND-VP"


def test_who_issues_a_draft_begun_before_the_answer_was_mended_is_told(newsroom, submitted):
    letter = begun(newsroom, submitted)
    plan = lambda: newsroom.leader.get("letters.issue", letter_id=letter.id).text  # noqa: E731
    with newsroom.leader.working() as ctx:
        said = casework.Move(version=newsroom.stored(submitted).version, note="Nêu rõ ngày")
        casework.move(ctx, submitted.id, "send_back", said)
    text = "Phường đã dọn sạch ngày 20/11."
    newsroom.act(newsroom.lan, submitted, "submit", answer=text, person_id=newsroom.leader.person_id)
    newsroom.act(newsroom.leader, submitted, "approve")
    assert "Công văn thiếu đoạn có trong câu trả lời hiện nay" in plan()
    with newsroom.lan.working() as ctx:
        body = f"Kính gửi quý báo.\n{text}"
        services.change_letter(ctx, letter.id, version=letter.version, fields=letter.fields, body=body)
    assert "Công văn thiếu đoạn" not in plan()


def test_issuing_and_voiding_stand_in_the_history_of_the_case_and_a_void_pdf_says_so(newsroom, submitted):
    newsroom.act(newsroom.leader, submitted, "approve")
    first = issued(newsroom.leader, begun(newsroom, submitted))
    with newsroom.agency.at_work():
        casework.void_number(first.entry_id, reason="Sai ngày ký")
    second = issued(newsroom.leader, begun(newsroom, submitted))
    with newsroom.agency.at_work():
        names = [each.name for each in files_of(casework.files_owner(submitted.id))]
        copies = [each.id for each in files_of(casework.files_owner(submitted.id))]
    assert [name.endswith(" (đã huỷ).pdf") for name in names] == [True, False]
    for copy in copies:
        kept = newsroom.leader.post("casework.case_detach", case_id=submitted.id, file_id=copy)
        assert (kept.status_code, "bản văn bản đã phát hành" in kept.text) == (422, True)
    past = newsroom.lan.get("press_issues.issue", case_id=submitted.id, query={"tab": "history"}).text
    for line in (
        f"phát hành công văn số {first.number} trả lời {submitted.code}",
        f"huỷ công văn số {first.number} trả lời {submitted.code}: Sai ngày ký",
        f"phát hành công văn số {second.number} trả lời {submitted.code}",
    ):
        assert line in past


def test_the_issued_letter_is_among_the_files_and_tells_the_day_it_was_sent(newsroom, submitted):
    newsroom.act(newsroom.leader, submitted, "approve")
    told = newsroom.lan.get("press_issues.send", case_id=submitted.id).text
    assert "Chưa có công văn trả lời" in told
    letter = issued(newsroom.leader, begun(newsroom, submitted))
    with newsroom.agency.at_work():
        (file,) = files_of(casework.files_owner(submitted.id))
        with open_content(file) as content:
            words = PdfReader(BytesIO(content.read())).pages[0].extract_text()
    assert "Phường đã dọn sạch." in words
    assert "Về thông tin Báo Mẫu nêu trong bài" in " ".join(words.split())
    form = newsroom.lan.get("press_issues.send", case_id=submitted.id).text
    assert f"Gửi công văn số {letter.number}" in form
    with pytest.raises(Invalid) as refused:
        newsroom.act(newsroom.lan, submitted, "send", sent_on=today() - timedelta(days=1))
    assert letter.number in refused.value.errors["sent_on"][0]
    newsroom.act(newsroom.lan, submitted, "send", sent_on=today())
    assert letter.number in newsroom.lan.get("press_issues.issue", case_id=submitted.id).text


def given(newsroom, case):
    """Return what whoever leads has of a case."""
    with newsroom.agency.at_work():
        return next(each.id for each in case_queries.open_assignments(case.id) if each.role == "lead")


def test_an_approval_is_not_pulled_back_once_its_letter_has_its_number(newsroom, submitted):
    letter = begun(newsroom, submitted)
    newsroom.act(newsroom.leader, submitted, "approve")
    issued(newsroom.leader, letter)
    pull = lambda: newsroom.leader.post("casework.assignment_pull", assignment_id=given(newsroom, submitted))  # noqa: E731
    refused = pull()
    assert (refused.status_code, "01/UBND-VP đã phát hành" in refused.text) == (422, True)
    assert newsroom.stored(submitted).state == "approved"
    with newsroom.agency.at_work():
        casework.void_number(Letter.get_by_id(letter.id).entry_id, reason="Trả lời chưa đúng")
    assert pull().status_code == 303
    assert newsroom.stored(submitted).state == "review"


def test_what_is_given_on_after_the_letter_went_out_is_pulled_back(newsroom, submitted):
    newsroom.act(newsroom.leader, submitted, "approve")
    issued(newsroom.leader, begun(newsroom, submitted))
    with newsroom.leader.working() as ctx:
        assigning.reassign(ctx, submitted.id, casework.Receiver(newsroom.vinh.person_id))
    assert newsroom.leader.post("casework.assignment_pull", assignment_id=given(newsroom, submitted)).status_code == 303  # fmt: skip
    assert newsroom.stored(submitted).state == "approved"


def test_an_approval_that_is_pulled_back_is_told_as_none(newsroom, submitted):
    page = lambda: newsroom.leader.get("press_issues.issue", case_id=submitted.id).text  # noqa: E731
    newsroom.act(newsroom.leader, submitted, "approve")
    assert "Trả lời đã duyệt" in page()
    newsroom.leader.post("casework.assignment_pull", assignment_id=given(newsroom, submitted))
    assert "Trả lời đã duyệt" not in page()
    newsroom.act(newsroom.leader, submitted, "approve")
    assert "Trả lời đã duyệt" in page()


def test_of_a_letter_and_an_approval_taken_back_at_once_the_first_stands(newsroom, submitted):
    letter = begun(newsroom, submitted)
    issue = lambda ctx: issue_letter(ctx, letter.id, version=letter.version)  # noqa: E731
    newsroom.act(newsroom.leader, submitted, "approve")
    taken = given(newsroom, submitted)
    late = overtaken((newsroom.leader, lambda ctx: assigning.pull_back(ctx, taken)), (newsroom.leader, issue))
    assert isinstance(late, Forbidden)
    with newsroom.agency.at_work():
        assert Letter.get_by_id(letter.id).state == "draft"
        assert casework.last_number("casework.outgoing") in (None, 0)
    newsroom.act(newsroom.leader, submitted, "approve")
    again = given(newsroom, submitted)
    late = overtaken((newsroom.leader, issue), (newsroom.leader, lambda ctx: assigning.pull_back(ctx, again)))
    assert isinstance(late, Invalid)
    assert newsroom.stored(submitted).state == "approved"
