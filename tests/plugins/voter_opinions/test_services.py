"""What can happen to a petition: it is split, answered, sent back, promised, joined, taken out; others see no more than their part."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from openpyxl import load_workbook

from core.api import format_date
from core.db import Conflict
from core.dispatcher import dispatcher
from core.web.errors import Forbidden, Invalid, NotFound
from core.web.uploads import Upload
from plugins.casework import api as casework
from plugins.casework.cases import pages as case_pages
from plugins.casework.cases import queries as cases
from plugins.casework.cases.oversight import glance
from plugins.casework.deadlines.changing import pause_leg
from plugins.casework.legs import services as leg_services
from plugins.casework.legs.services import answer_leg, recall_leg, take_leg
from plugins.casework.models import Assignment
from plugins.files.api import SentFiles, files_of
from plugins.notifications.api import people_with
from plugins.voter_opinions import queries, services
from plugins.voter_opinions.kinds import LEAD, PETITION
from plugins.voter_opinions.milestones import milestones, press_told_by
from plugins.voter_opinions.resources_sessions import LEFT
from tests.plugins.casework.conftest import migrate_again, typed
from tests.support.racing import crossed, overtaken

LONG = "Đề nghị sớm nâng cấp đường liên thôn Quê Chữ đến Nghĩa Lộ vì mặt đường hư hỏng nặng sau lũ, học sinh đi lại nguy hiểm."
AGAIN = "Cử tri đề nghị sớm nâng cấp đường liên thôn Quê Chữ đến Nghĩa Lộ vì mặt đường hư hỏng nặng sau lũ năm ngoái."


def today(office):
    with office.agency.at_work():
        return casework.agency_day()


def reply(officer, leg_id, text, *, first=True):
    with officer.working() as ctx:
        if first:
            take_leg(ctx, leg_id)
        answer_leg(ctx, leg_id, text)


def refused(act, *given, **more):
    with pytest.raises(Invalid) as error:
        act(*given, **more)
    return error.value.errors


# ---- recording -------------------------------------------------------------------------------------------------------


def test_a_petition_is_due_by_the_body_it_was_said_to_or_by_the_day_of_its_session(office):
    now = today(office)
    national = office.enter_session("Kỳ họp thứ 2, Quốc hội", "20/10/2026", "20/11/2026", body="national")
    fixed = office.enter_session(
        "Kỳ họp chuyên đề", "1/8/2026", "2/8/2026", answer_by=now + timedelta(days=9)
    )
    sessions = (office.session, national, fixed)
    days = [(office.stored(office.record(session_id=each.id)).due_at.date() - now).days for each in sessions]
    # A last day that is a day off gives way to the next working day.
    assert all(few <= many < few + 10 for few, many in zip((30, 60, 9), days, strict=True))


def test_the_form_sent_twice_records_once_and_a_meeting_of_another_session_is_refused(office):
    said = office.said(content=LONG)
    with office.lan.working() as ctx:
        assert services.record(ctx, dict(said)).id == services.record(ctx, dict(said)).id
    other = office.enter_session("Kỳ họp thứ 9", "1/12/2026", "5/12/2026")
    meeting = office.meet(session=other)
    assert "meeting_id" in refused(office.record, meeting_id=meeting.id)
    assert (
        office.petition(office.record(meeting_id=meeting.id, session_id=other.id)).received_on
        == meeting.held_on
    )


def test_a_text_like_an_earlier_one_is_asked_about_and_joined_with_its_original_kept(office):
    case = office.record(LONG)
    told = refused(office.record, AGAIN, is_new=False)["into"][0]
    assert case.code in told
    assert office.record(AGAIN, into=case.code, locality="Xã Nam Đông").id == case.id
    other = office.record(AGAIN, is_new=True)
    assert other.id != case.id
    with office.agency.at_work():
        assert [each.text for each in queries.origins(case.id)] == [LONG, AGAIN]


def test_joining_moves_the_originals_and_both_keep_their_history(office):
    case, other = office.record(LONG), office.record(AGAIN)
    assert "code" in refused(office.act, office.lan, case, "join", code=case.code)
    office.act(office.lan, other, "join", code=case.code)
    heading = "<h2>Ý kiến gốc</h2>"
    assert heading in office.lan.get("voter_opinions.petition", case_id=case.id).text
    assert heading not in office.lan.get("voter_opinions.petition", case_id=other.id).text, (
        "nothing stands under it"
    )
    assert office.stored(other).state == "joined"
    with office.agency.at_work():
        assert [(each.text, each.first_petition_id) for each in queries.origins(case.id)] == [
            (LONG, case.id),
            (AGAIN, other.id),
        ]
        assert sum(queries.figures(office.session.id)[0].values()) == 1


def test_what_is_joined_is_never_due_before_what_still_has_to_be_answered(office):
    later = office.enter_session(
        "Kỳ họp thứ 9", "1/7/2026", "5/7/2026", answer_by=datetime.now(UTC).date() + timedelta(days=90)
    )
    case, other = office.record(LONG), office.record(AGAIN, session_id=later.id)
    told = refused(office.act, office.lan, case, "join", code=other.code)["code"][0]
    assert f"Gộp {other.code} vào {case.code}" in told
    office.act(office.lan, other, "join", code=case.code)
    answered = office.record(f"{LONG} Kính mong.", session_id=later.id)
    office.split(answered)
    office.answered(answered)
    office.act(office.lan, case, "join", code=answered.code)
    assert office.stored(case).state == "joined"


def test_what_is_joined_is_found_by_where_all_of_it_comes_from(office):
    root, leaf = office.record(LONG), office.record(AGAIN)
    office.record(AGAIN, into=leaf.code, is_new=False, locality="Xã Khe Tre")
    office.act(office.lan, leaf, "join", code=root.code)
    assert "khe tre" in office.stored(root).folded


def test_a_joining_can_be_undone_with_all_that_came_by_it(office):
    root, middle, leaf = office.record(LONG), office.record(AGAIN), office.record(f"{LONG} Kính mong.")
    office.act(office.lan, middle, "classify", sector="transport", level="province")
    due = office.stored(middle).due_at
    office.act(office.lan, leaf, "join", code=middle.code)
    office.act(office.lan, middle, "join", code=root.code)
    assert root.code in office.lan.get("voter_opinions.petition", case_id=middle.id).text
    office.act(office.lan, middle, "unjoin", note="Hai đường khác nhau")
    back = office.stored(middle)
    assert (back.state, back.closed_at, back.outcome, back.due_at) == ("classified", None, "", due)
    with office.agency.at_work():
        assert {each.first_petition_id for each in queries.origins(middle.id)} == {middle.id, leaf.id}
        assert [each.text for each in queries.origins(root.id)] == [LONG]
        assert sum(queries.figures(office.session.id)[0].values()) == 2
        clock = cases.whole_clock(middle.id)
        assert (clock.state, clock.closed_at, clock.due_at) == ("running", None, due)
    page = office.leader.get("voter_opinions.petition", case_id=middle.id).text
    assert "chưa thoả đáng" not in page
    assert "Gia hạn…" in page
    # What was joined to it before stays joined, and comes out of it by itself.
    office.act(office.lan, leaf, "unjoin", note="Nhầm")
    assert office.stored(leaf).state == "new"
    office.answered(back, outcome="resolved")
    assert office.stored(middle).state == "answered"


def test_after_undoing_a_petition_is_found_by_its_own_words_alone(office):
    case, other = (
        office.record("Đề nghị sửa cầu Ông Thượng."),
        office.record("Đề nghị mở trạm y tế Hương Phú.", locality="Xã Khe Tre"),
    )
    office.record("Cầu Ông Thượng sắp sập.", into=case.code, locality="Xã Nam Đông")

    def found(words):
        page = office.lan.get("search.page", query={"q": words}).text
        return {each.code for each in (case, other) if each.code in page}

    office.act(office.lan, other, "join", code=case.code)
    assert found("Hương Phú") == {case.code, other.code}
    facts = {"title": case.title, "locality": "Xã Phú Hồ", "sector": "transport"}
    with office.lan.working() as ctx:
        services.edit(ctx, case.id, {**facts, "version": casework.case(case.id).version})
    assert found("Hương Phú") == {case.code, other.code}, "also once it was corrected"
    office.act(office.lan, other, "unjoin", note="Hai việc")
    for words in ("Hương Phú", "y tế", "Khe Tre", other.code):
        assert found(words) == {other.code}, words
    for words in ("Ông Thượng", "Nam Đông", "Phú Hồ", case.code):
        assert case.code in found(words), words


def test_at_the_end_of_a_chain_all_that_was_joined_is_found_and_nothing_that_left(office):
    root, middle, leaf = (
        office.record("Đề nghị sửa cầu Ông Thượng."),
        office.record("Đề nghị lắp đèn đường ở thôn Đông."),
        office.record("Đề nghị mở trạm y tế Hương Phú."),
    )
    office.act(office.lan, leaf, "join", code=middle.code)
    office.act(office.lan, middle, "join", code=root.code)
    facts = {"title": root.title, "locality": "Xã Phú Hồ", "sector": "transport"}
    with office.lan.working() as ctx:
        services.edit(ctx, root.id, {**facts, "version": casework.case(root.id).version})
    assert leaf.code.lower() in office.stored(root).folded
    office.act(office.lan, leaf, "unjoin", note="Nhầm")
    for each in (root, middle):
        assert leaf.code.lower() not in office.stored(each).folded
    assert middle.code.lower() in office.stored(root).folded


def test_undoing_needs_a_reason_and_of_two_the_second_is_told(office):
    case, other = office.record(LONG), office.record(AGAIN)
    office.act(office.lan, other, "join", code=case.code)
    version = office.stored(other).version
    assert "note" in refused(office.act, office.lan, other, "unjoin", version=version)
    office.act(office.lan, other, "unjoin", note="Nhầm", version=version)
    with pytest.raises(Conflict):
        office.act(office.lan, other, "unjoin", note="Nhầm", version=version)


def test_a_denunciation_that_was_taken_out_is_read_by_who_has_to_do_with_it_alone(office):
    case = office.record("Tôi tố cáo ông Trưởng thôn nhận tiền của dân.")
    reader = office.council
    assert reader.get("voter_opinions.petition", case_id=case.id).status_code == 200
    office.act(office.lan, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    assert reader.get("voter_opinions.petition", case_id=case.id).status_code == 403
    listed = reader.get("voter_opinions.behind", query={"session": office.session.id}).text
    assert case.code in listed
    assert "Tố cáo: nội dung hạn chế, chỉ người liên quan xem" in listed
    asked = {"list": "voter_opinions.workbook", "query": f"session={office.session.id}&cols=content"}
    book = load_workbook(BytesIO(reader.post("lists.export", asked).content))
    for page in (
        listed,
        str([list(sheet.values) for sheet in book]),
    ):
        assert "Trưởng thôn" not in page
    told = refused(office.record, "Tôi tố cáo ông Trưởng thôn nhận tiền của dân.", is_new=False)["into"][0]
    assert "Trưởng thôn" not in told
    assert f"{case.code} “Tố cáo: nội dung hạn chế" in told
    assert office.lan.get("voter_opinions.petition", case_id=case.id).status_code == 200


def test_lists_numbers_and_excel_tell_no_more_of_a_denunciation_than_its_number(office):
    shown = office.record(LONG)
    case = office.record("Tôi tố cáo ông Trưởng thôn.", locality="Đường Nguyễn Huệ", sector="security")
    office.act(office.lan, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    with office.council.working():
        rows = queries.behind({"session": str(office.session.id)}).rows
        of_sector = queries.behind({"session": str(office.session.id), "sector": "security"}).rows
        own = queries.behind({"session": str(office.session.id), "sector": queries.GUARDED_LINE}).rows
    assert [each.code for each in rows] == [shown.code, case.code], "the last one"
    assert (of_sector, [each.code for each in own]) == ([], [case.code])
    told = rows[1]._asdict()
    assert {name for name, value in told.items() if value} == {"id", "code", "stand", "session", "sort"}
    assert told["sort"].year == 9999
    page = office.council.get(
        "voter_opinions.behind", query={"session": office.session.id, "stand": "taken_out"}
    ).text
    assert "Nguyễn Huệ" not in page
    assert "An ninh" not in page[page.index('id="list"') :]
    report = office.council.get("voter_opinions.session", session_id=office.session.id).text
    assert "Không nêu: tố cáo đã chuyển" in report
    assert "An ninh, trật tự" not in report


QUE_CHU = "Tôi tố cáo ông Trưởng thôn Quê Chữ nhận tiền của dân."


def spread(office, clerk, case, how):
    """Ask an agency about a petition, with a file, and stop its time; let it forward that to `clerk`, who takes it, and answer, as far as `how` says."""

    def sending(receiver, **more):
        words = {"title": "Trưởng thôn Quê Chữ", "ask": "Quê Chữ có ông này không?", "text": QUE_CHU}
        return casework.Sending(purpose="casework.opinion", receiver_id=receiver.info.id, **words, **more)

    with office.leader.working() as ctx:
        sent = SentFiles("files", uploads=(Upload("don-que-chu.txt", 3, BytesIO(b"don")),))
        casework.attach_files(casework.case(case.id), sent)
        (file,) = files_of(casework.files_owner(case.id))
        wanted = sending(office.works, files=[file.id], budget=casework.Budget(5, "wd"))
        leg_id = casework.send_leg(ctx, case.id, wanted)
        pause_leg(ctx, leg_id, ground="Chờ Trưởng thôn Quê Chữ", document="Công văn 5")
    if how == "sent":
        return leg_id, None, file.id
    with office.hung.working() as ctx:
        take_leg(ctx, leg_id)
        further = casework.send_leg(ctx, leg_id, sending(clerk.agency))
    with clerk.working() as ctx:
        take_leg(ctx, further)
    if how != "taken":
        with office.hung.working() as ctx:
            answer_leg(ctx, leg_id, "Có ông ấy.")
    if how == "done":
        with office.leader.working():
            casework.use_answers(case.id)
    return leg_id, further, file.id


def read_of_leg(officer, leg_id):
    """Return all that somebody reads of a leg and of what became of it: its page and tabs, the lists, the notifications."""
    pages = [
        officer.get("casework.leg", case_id=leg_id, query={"tab": tab}).text
        for tab in ("details", "steps", "history", "files")
    ]
    pages += [officer.get("casework.legs", query={"stand": stand}).text for stand in ("", "done")]
    pages += [officer.get("casework.legs_sent", query={"stand": stand}).text for stand in ("", "done")]
    return [*pages, officer.get("notifications.centre").text]


@pytest.mark.parametrize(
    ("how", "nature"), [("sent", "complaint"), ("taken", "denunciation"), ("answered", "complaint"), ("done", "denunciation")]
)  # fmt: skip
def test_what_is_taken_out_is_taken_back_from_who_got_it(office, ground, how, nature):
    third = ground.agency("voter_opinions")
    clerk, case = third.officer("casework.leg_clerk"), office.record(QUE_CHU)
    leg_id, further, file_id = spread(office, clerk, case, how)
    before = read_of_leg(office.hung, leg_id)
    assert "Quê Chữ" in before[0]
    assert "Quê Chữ" in before[-1]
    assert "Căn cứ: Chờ Trưởng thôn Quê Chữ" in before[0]
    assert ("LT-2" in office.hung.get("search.page", query={"q": "quê chữ"}).text) == (how != "sent")
    assert office.hung.get("casework.leg_file", case_id=leg_id, file_id=file_id).status_code == 200
    form = office.lan.get("voter_opinions.take_out", case_id=case.id).text
    assert "Đã gửi 1 chặng liên thông" in form
    assert "rút lại ngay, cả chặng đã xong, cơ quan nhận không đọc được nữa" in form
    assert (f"đã chuyển tiếp tới {third.info.name}: cũng rút lại" in form) == (further is not None)

    office.act(office.lan, case, "take_out", nature=nature, note="Chuyển Thanh tra")
    for officer, id_ in (
        (office.hung, leg_id),
        *([(office.hung, further), (clerk, further)] if further else []),
    ):
        for page in read_of_leg(officer, id_):
            assert not [words for words in ("Quê Chữ", "que-chu", "Thanh tra", "Tiếp nhận…") if words in page]
        assert "Chặng đã rút lại" in officer.get("casework.leg", case_id=id_).text
        for words in ("trưởng thôn", "quê chữ", "tố cáo"):
            assert "LT-2" not in officer.get("search.page", query={"q": words}).text
        found = officer.get("casework.legs", query={"stand": "done", "q": "quê chữ"}).text
        assert "Chặng đã rút lại" not in found
    assert office.hung.get("casework.leg_file", case_id=leg_id, file_id=file_id).status_code == 404
    page = office.hung.get("casework.leg", case_id=leg_id).text
    assert ("Có ông ấy." in page) == (how in ("answered", "done")), "what it wrote itself"
    assert QUE_CHU in office.leader.get("casework.leg", case_id=leg_id).text, "the sender knows what was sent"
    with office.works.at_work():
        assert not cases.open_assignments(leg_id)


def test_whoever_takes_a_petition_out_is_told_of_all_legs_that_are_taken_back(office):
    case, other = office.record(QUE_CHU), office.record(QUE_CHU)
    assert "chặng liên thông" not in office.lan.get("voter_opinions.take_out", case_id=case.id).text
    with office.leader.working() as ctx:
        for each, agency in ((case, office.works), (case, office.health), (other, office.works)):
            words = {"purpose": "casework.opinion", "ask": "Có ông này không?", "text": QUE_CHU}
            leg_id = casework.send_leg(ctx, each.id, casework.Sending(receiver_id=agency.info.id, **words))
        recall_leg(ctx, leg_id, "Gửi nhầm")
        casework.send_leg(ctx, other.id, casework.Sending(receiver_id=office.health.info.id, **words))
    office.act(office.lan, other, "join", code=case.code)
    assert "Đã gửi 3 chặng liên thông" in office.lan.get("voter_opinions.take_out", case_id=case.id).text


def test_whoever_joins_a_petition_with_open_legs_is_told_of_them(office):
    case = office.record(LONG)
    page = office.lan.get("voter_opinions.join", case_id=case.id).text
    assert "chặng liên thông chưa xong" not in page
    office.split(case, parts=False)
    page = office.lan.get("voter_opinions.join", case_id=case.id).text
    assert "Còn 1 chặng liên thông chưa xong" in page
    assert "kết thúc việc không rút lại chặng nào" in page
    assert "chặng liên thông chưa xong" not in office.lan.get("voter_opinions.split", case_id=case.id).text


def test_a_complaint_is_taken_out_with_a_note(office):
    case = office.record("Tôi khiếu nại quyết định thu hồi đất của phường.")
    assert "khiếu nại, tố cáo" in office.lan.get("voter_opinions.petition", case_id=case.id).text
    assert "note" in refused(office.act, office.lan, case, "take_out", nature="complaint")
    office.act(office.lan, case, "take_out", nature="complaint", note="Chuyển Ban Tiếp công dân")
    assert (office.stored(case).state, office.petition(case).nature) == ("taken_out", "complaint")


# ---- the days of a session ------------------------------------------------------------------------------------------


def test_the_days_around_a_session_are_told_as_the_joint_resolution_has_them(office):
    national = office.enter_session(
        "Kỳ họp thứ 3, Quốc hội", "20/10/2026", "20/11/2026", body="national", answer_by=date(2026, 12, 1)
    )
    with office.agency.at_work():
        assert [each.day.isoformat() for each in milestones(national)] == [
            "2026-09-22", "2026-10-05", "2026-12-01", "2026-12-05", "2026-12-22",
        ]  # fmt: skip
        assert milestones(office.session) == []
        short = office.enter_session(
            "Bất thường", "12/1/2026", "13/1/2026", body="national", extraordinary=True
        )
        # Saturday 10/1 is worked for Friday 2/1, and the first of January is a holiday.
        assert [each.day.isoformat() for each in milestones(short)] == ["2026-01-09", "2026-01-20"]
        assert press_told_by(date(2026, 1, 12)).isoformat() == "2025-12-31"
    office.meet()
    page = office.lan.get("voter_opinions.session", session_id=office.session.id).text
    assert "Gửi báo chí trước" in page
    assert "11/6/2026" in page


# ---- several agencies ------------------------------------------------------------------------------------------------


def test_one_agency_leads_and_others_do_their_parts(office):
    case = office.record(LONG)
    legs = office.split(case)
    assert [each.purpose for each in office.legs(case)] == ["voter_opinions.lead", "voter_opinions.part"]
    version = office.stored(case).version
    errors = refused(office.act, office.lan, case, "split", lead_id=office.health.info.id, ask="Làm")
    assert "đang chủ trì" in errors["lead_id"][0]
    errors = refused(
        office.act,
        office.lan,
        case,
        "split",
        lead_id=office.works.info.id,
        ask="Làm",
        part_2=office.health.info.id,
    )
    assert "đã được giao" in errors["part_2"][0]
    assert office.stored(case).version == version, "nothing of a refused split stays"
    reply(office.hung, legs[office.works.info.id], "Sửa đường trong quý IV.")
    reply(office.duc, legs[office.health.info.id], "Trạm y tế không liên quan.")
    page = office.lan.get("voter_opinions.submit", case_id=case.id).text
    assert page.index("Sửa đường trong quý IV.") < page.index("Trạm y tế không liên quan.")


def test_a_day_named_on_the_way_to_an_answer_is_over_with_it(office):
    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.act(
        office.lan, case, "submit", text="Sẽ sửa.", outcome="explained", person_id=office.leader.person_id
    )
    office.act(office.leader, case, "approve")
    with office.agency.at_work():
        day = casework.local_end(casework.agency_day() - timedelta(days=3))
        held = (Assignment.case_id == case.id) & Assignment.done_at.is_null()
        Assignment.update(share=None, due_at=day).where(held).execute()
    office.act(
        office.lan, case, "send", document="120/UBND-TH", signer="Phạm Ngọc Anh", sent_on=today(office)
    )
    with office.agency.at_work():
        assert [each.due_at for each in Assignment.select().where(held)] == [None]


def test_agencies_are_offered_a_day_before_the_petition_is_due(office):
    case = office.record(LONG)
    own = today(office) + timedelta(days=30)
    for left, earliest, latest in (
        (30, own - timedelta(days=7), own),
        (5, today(office) + timedelta(days=3), today(office) + timedelta(days=5)),
    ):
        with office.agency.at_work():
            due = casework.local_end(today(office) + timedelta(days=left))
            casework.set_due(casework.case(case.id), due)
            assert earliest <= casework.answer_day(casework.case(case.id)) <= latest
            casework.set_due(casework.case(case.id), casework.local_end(today(office) - timedelta(days=43)))
            assert casework.answer_day(casework.case(case.id)) > today(office), "late already: the next days"
    office.act(office.lan, case, "classify", sector="transport", level="province")
    with office.agency.at_work():
        proposed = casework.answer_day(casework.case(case.id))
    page = office.lan.get("voter_opinions.split", case_id=case.id).text
    assert f'value="{proposed:%-d/%-m/%Y}"' in page or f'value="{proposed:%d/%m/%Y}"' in page


def test_a_day_after_the_petition_is_due_is_asked_about_first(office):
    case = office.record(LONG)
    late = today(office) + timedelta(days=200)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    asked = {"lead_id": office.works.info.id, "ask": "Sửa đường", "due": late}
    assert "sau hạn của vụ việc" in refused(office.act, office.lan, case, "split", **asked)["due"][0]
    office.act(office.lan, case, "split", **asked, beyond=True)
    assert [each.receiver_id for each in office.legs(case)] == [office.works.info.id]


def test_an_agency_without_the_module_is_not_offered_and_named_when_it_is_asked(office):
    without = office.ground.agency()
    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    errors = refused(office.act, office.lan, case, "split", lead_id=without.info.id, ask="Làm")
    assert "không dùng phân hệ" in errors["lead_id"][0]
    page = office.lan.get("voter_opinions.split", case_id=case.id).text
    assert str(without.info.id) not in page
    assert str(office.works.info.id) in page


def test_others_read_their_leg_and_nothing_of_the_petition(office):
    case = office.record(LONG, locality="Tổ 5 thôn Đông")
    leg_id = office.split(case)[office.works.info.id]
    third = office.ground.agency("voter_opinions").officer("voter_opinions.officer", "casework.leg_clerk")
    assert LONG in office.hung.get("casework.leg", case_id=leg_id).text
    assert "Cho biết trạm y tế" not in office.hung.get("casework.leg", case_id=leg_id).text
    assert "Tổ 5 thôn Đông" not in office.hung.get("casework.leg", case_id=leg_id).text
    for stranger in (office.hung, third):
        assert stranger.get("voter_opinions.petition", case_id=case.id).status_code == 404
        assert case.code not in stranger.get("voter_opinions.petitions").text
        with stranger.working() as ctx, pytest.raises(NotFound):
            services.edit(ctx, case.id, {"version": 1, "title": "x", "locality": "", "sector": "land"})
    assert third.get("casework.leg", case_id=leg_id).status_code == 404


# ---- the answer ------------------------------------------------------------------------------------------------------


def test_who_may_approve_and_who_may_assess(office):
    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="commune")
    errors = refused(
        office.act,
        office.lan,
        case,
        "submit",
        text="Đã sửa",
        outcome="resolved",
        person_id=office.lan.person_id,
    )
    assert "person_id" in errors
    office.act(
        office.lan, case, "submit", text="Đã sửa", outcome="resolved", person_id=office.leader.person_id
    )
    for act in ("approve", "assess"):
        with pytest.raises(Forbidden):
            office.act(office.lan, case, act, verdict="enough")
    office.act(office.leader, case, "approve")
    assert "sent_on" in refused(
        office.act,
        office.lan,
        case,
        "send",
        document="1",
        signer="A",
        sent_on=today(office) + timedelta(days=1),
    )


def test_an_answer_that_is_not_enough_goes_back_to_who_leads_and_a_better_one_stands_beside_it(office):
    case = office.record(LONG)
    leg_id = office.split(case)[office.works.info.id]
    reply(office.hung, leg_id, "Đang xem xét.")
    office.answered(case)
    assert office.petition(case).answered_on
    assert "note" in refused(office.act, office.council, case, "assess", verdict="not_enough")
    form = office.council.get("voter_opinions.assess", case_id=case.id).text
    assert re.search(r'name="due"[^>]*value="\d', form), "a day for the better answer is proposed"
    office.act(office.council, case, "assess", verdict="not_enough", note="Chưa nêu lộ trình")
    assert office.stored(case).state == "unsatisfied"
    assert (office.petition(case).outcome, office.petition(case).answered_on) == ("", None)
    lead = next(each for each in office.legs(case) if each.id == leg_id)
    assert (lead.state, lead.reason) == ("again", "Chưa nêu lộ trình")
    assert "Chưa nêu lộ trình" in office.hung.get("casework.leg", case_id=leg_id).text
    waits = "được hỏi lại, chưa trả lời."
    assert f"{lead.receiver} {waits}" in office.lan.get("voter_opinions.submit", case_id=case.id).text
    reply(office.hung, leg_id, "Xong trước 30/6.", first=False)
    form = office.lan.get("voter_opinions.submit", case_id=case.id).text
    assert "Xong trước 30/6." in form
    assert waits not in form
    office.answered(case)
    office.act(office.council, case, "assess", verdict="enough")
    assert office.stored(case).state == "done"
    assert next(each for each in office.legs(case) if each.id == leg_id).state == "done"
    with office.agency.at_work():
        assert [(each.number, each.verdict) for each in queries.answers(case.id)] == [
            (2, "enough"),
            (1, "not_enough"),
        ]


def test_an_answer_that_is_enough_takes_back_what_is_still_to_be_answered(office):
    case = office.record(LONG)
    legs = office.split(case)
    reply(office.hung, legs[office.works.info.id], "Đang xem xét.")
    office.answered(case)
    office.act(office.council, case, "assess", verdict="not_enough", note="Chưa nêu lộ trình")
    silent = [each.receiver for each in office.legs(case)]
    told = office.lan.get("voter_opinions.submit", case_id=case.id).text
    assert f"{silent[0]} được hỏi lại, chưa trả lời." in told
    assert f"{silent[1]} chưa trả lời." in told
    office.act(office.lan, case, "submit", text="Sẽ sửa trong quý.", outcome="explained", person_id=office.leader.person_id)  # fmt: skip
    assert f"{silent[1]} chưa trả lời." in office.leader.get("voter_opinions.approve", case_id=case.id).text
    office.act(office.leader, case, "approve")
    office.act(
        office.lan, case, "send", document="121/UBND-TH", signer="Phạm Ngọc Anh", sent_on=today(office)
    )
    form = office.council.get("voter_opinions.assess", case_id=case.id).text
    assert f"Thoả đáng thì phần việc {silent[1]} chưa trả lời được rút lại." in form
    assert "không rút lại chặng nào" not in form
    office.act(office.council, case, "assess", verdict="enough")
    assert [(each.state, each.reason) for each in office.legs(case)] == [
        ("recalled", "Trả lời cử tri đã được đánh giá thoả đáng.")
    ] * 2
    assert office.petition(case).lead_id == office.works.info.id, "it led what was answered"
    assert "rút lại chặng" in office.duc.get("notifications.centre").text


def test_the_main_button_is_what_the_task_says(office):
    def main(case):
        with office.lan.working() as ctx:
            ways = case_pages.actions(ctx, casework.case(case.id))
        return next(each.url.rsplit("/", 1)[1] for each in ways if each.primary)

    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    assert main(case) == "split"
    office.act(office.lan, case, "split", lead_id=office.works.info.id, ask="Sửa đường, trả lời")
    assert main(case) == "submit"
    office.answered(case)
    office.act(office.council, case, "assess", verdict="not_enough", note="Chưa nêu lộ trình")
    assert main(case) == "submit"


def test_who_helps_already_leads_once_its_leg_was_taken_back(office):
    case = office.record(LONG)
    legs = office.split(case)
    with office.hung.working() as ctx:
        leg_services.return_leg(ctx, legs[office.works.info.id], "Không phải việc của chúng tôi.")
    told = refused(office.act, office.lan, case, "split", lead_id=office.health.info.id, ask="Trả lời")
    assert told["lead_id"] == ["Cơ quan này đang phối hợp. Rút lại chặng của họ trước khi giao chủ trì."]
    with office.lan.working() as ctx:
        recall_leg(ctx, legs[office.health.info.id], "Để chủ trì")
    twice = {"lead_id": office.health.info.id, "ask": "Trả lời", "part_1": office.health.info.id}
    assert refused(office.act, office.lan, case, "split", **twice)["part_1"] == [
        "Cơ quan này đã chọn ở ô khác."
    ]
    office.act(office.lan, case, "split", lead_id=office.health.info.id, ask="Trả lời")
    assert office.petition(case).lead_id == office.health.info.id


@pytest.mark.parametrize(("answered_before", "stand"), [(1, "on_time"), (-1, "late")])
def test_a_better_answer_without_a_day_of_its_own_is_as_early_as_the_first(office, answered_before, stand):
    case = office.record(LONG)
    office.split(case)
    office.answered(case)
    # The day is long over when the better answer comes; the first came a day before it, or a day after.
    office.sql(
        "UPDATE voter_opinions.petition SET answer_due = current_date - 30, received_on = current_date - 60, "
        "answered_on = current_date - 30 - %s WHERE id = %s RETURNING id",
        answered_before,
        case.id,
    )
    office.act(office.council, case, "assess", verdict="not_enough", note="Chưa nêu lộ trình")
    office.answered(case)
    with office.agency.at_work():
        rows = queries.behind({"session": str(office.session.id)}).rows
    assert [each.stand for each in rows if each.id == case.id] == [stand]


def test_what_was_late_stays_late_when_a_better_answer_has_a_day_of_its_own(office):
    case = office.record(LONG)
    office.split(case)
    office.answered(case)
    office.sql(
        "UPDATE voter_opinions.petition SET answer_due = current_date - 30, received_on = current_date - 60 WHERE id = %s RETURNING id",
        case.id,
    )
    day = today(office) + timedelta(days=20)
    office.act(office.council, case, "assess", verdict="not_enough", note="Chưa nêu lộ trình", due=day)
    office.answered(case)
    with office.agency.at_work():
        rows = queries.behind({"session": str(office.session.id)}).rows
    assert [each.stand for each in rows if each.id == case.id] == ["late"]


@pytest.mark.parametrize(("days", "stand"), [(1, "on_time"), (150, "late")])
def test_a_petition_answered_while_its_time_stands_still_is_compared_as_if_it_ran_on(office, days, stand):
    at = datetime.now(UTC) - timedelta(days=200)
    case = office.record(LONG, at=at)
    with office.lan.working():
        clock = casework.whole_clock(case.id)
        casework.record(clock.id, "pause", at + timedelta(days=days), ground="Chờ tài liệu")
    office.split(case)
    office.answered(case)
    assert office.petition(case).answer_due is not None
    with office.agency.at_work():
        rows = queries.behind({"session": str(office.session.id)}).rows
    assert [each.stand for each in rows if each.id == case.id] == [stand]


@pytest.mark.parametrize(
    ("answered_before", "stand", "said"), [(-3, "late", "Xong trễ 3 ngày"), (0, "on_time", "Xong đúng hạn")]
)
def test_an_answer_that_came_late_is_late_on_page_list_and_report(office, answered_before, stand, said):
    case = office.record(LONG)
    office.split(case)
    office.answered(case)
    office.sql(
        "UPDATE voter_opinions.petition SET received_on = current_date - 60, answer_due = answered_on + %s WHERE id = %s RETURNING id",
        answered_before,
        case.id,
    )
    for query in ({}, {"stand": "closed"}):
        with office.agency.at_work():
            rows = queries.behind({"session": str(office.session.id)}).rows
        assert [each.stand for each in rows if each.id == case.id] == [stand]
        page = office.lan.get("voter_opinions.petition", case_id=case.id).text
        line = office.lan.get("voter_opinions.petitions", query={"view": "all", **query}).text
        assert (said in page, said in line, "Không tính hạn" in line) == (True, True, False)
        if not query:
            office.act(office.council, case, "assess", verdict="enough")


def test_a_better_answer_is_not_asked_for_by_a_day_that_is_over(office):
    case = office.record(LONG)
    office.split(case)
    office.answered(case)
    said = {"verdict": "not_enough", "note": "Chưa nêu lộ trình"}
    told = refused(office.act, office.council, case, "assess", due=today(office) - timedelta(days=1), **said)
    assert told == {"due": ["Hạn này đã qua."]}
    assert office.stored(case).state == "answered"
    office.act(office.council, case, "assess", due=today(office), **said)


def test_reports_count_no_petition_that_was_taken_out(office):
    counted = "SELECT count(*) FROM reports.counted WHERE id = %s"
    case = office.record("Tôi tố cáo ông Trưởng thôn.", sector="security")
    assert office.sql(counted, case.id) == [(1,)]
    office.act(office.lan, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    assert office.sql(counted, case.id) == [(0,)]


def test_of_two_who_decide_at_once_the_second_is_told(office):
    case = office.record(LONG)
    version = office.stored(case).version
    office.act(office.lan, case, "classify", sector="land", level="province", version=version)
    with pytest.raises(Conflict):
        office.act(office.lan, case, "classify", sector="land", level="commune", version=version)
    answer = office.lan.post(
        "voter_opinions.submit",
        {"version": version, "text": "Điều tôi gõ", "outcome": "resolved"},
        case_id=case.id,
    )
    assert answer.status_code == 409
    assert "Điều tôi gõ" in answer.text
    assert "<h2>Chưa lưu được</h2>" in answer.text, "nothing there can be corrected"


# ---- promises --------------------------------------------------------------------------------------------------------


def promised(office, day=None, **given):
    case = office.record(f"{LONG} {uuid4()}", **given)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    day = day or today(office) + timedelta(days=20)
    office.answered(case, outcome="doing", roadmap="Khảo sát, đấu thầu, thi công", promised_on=day)
    office.act(office.council, case, "assess", verdict="enough")
    return case, day


def be_due(office, case, days):
    """Let a promise be due so many days from today."""
    office.sql(
        "WITH of AS (UPDATE voter_opinions.petition SET promised_on = tenants.today() + %s WHERE id = %s) "
        "UPDATE casework.case_base SET due_at = now() + %s WHERE id = %s RETURNING id",
        days, case.id, timedelta(days=days), case.id,
    )  # fmt: skip


def why(office, case):
    with office.agency.at_work():
        return PETITION.later_day(casework.case(case.id))


def test_a_petition_says_that_its_day_is_that_of_its_session(office):
    day = today(office) + timedelta(days=9)
    session = office.enter_session("Kỳ họp chuyên đề", "1/8/2026", "2/8/2026", answer_by=day)
    case = office.record(LONG, session_id=session.id)
    day = format_date(office.stored(case).due_at, year=True)
    page = office.lan.get("voter_opinions.petition", case_id=case.id).text
    assert f"Hạn {day} là hạn trả lời chung của Kỳ họp chuyên đề." in page


def test_a_promise_for_a_day_off_says_so_and_not_that_it_was_extended(office):
    saturday = today(office) + timedelta(days=20)
    saturday += timedelta(days=(5 - saturday.weekday()) % 7)
    case, _day = promised(office, day=saturday)
    off = f"Ngày hứa thứ Bảy {format_date(saturday, year=True)} là ngày nghỉ, hết hạn ngày làm việc kế tiếp"
    assert why(office, case).startswith(f"Ngày đã hứa trong trả lời lần 1. {off}")
    office.act(office.lan, case, "postpone", promised_on=saturday + timedelta(days=7), note="Chưa có vốn")
    told = why(office, case)
    assert told.startswith(f"Ngày đã gia hạn; trả lời lần 1 hứa {format_date(saturday, year=True)}. Ngày hứa")


def test_a_promise_that_was_broken_before_it_was_put_off_stays_late(office):
    case, _day = promised(office)
    be_due(office, case, -253)
    due, later = office.stored(case).due_at, today(office) + timedelta(days=24)
    form = office.lan.get("voter_opinions.postpone", case_id=case.id).text
    assert "gia hạn rồi vẫn tính trễ từ hạn cũ" in form
    office.act(office.lan, case, "postpone", promised_on=later, note="Chưa có vốn")
    assert office.petition(case).promised_on == later
    assert office.stored(case).due_at == due
    assert f"khi gia hạn đến {format_date(later, year=True)} đã quá hạn" in why(office, case)
    in_time, day = promised(office)
    office.act(office.lan, in_time, "postpone", promised_on=day + timedelta(days=9), note="Chưa có vốn")
    page = office.lan.get("voter_opinions.promises", query={"stand": "late"}).text
    assert (case.code in page, in_time.code in page, "Thế nào là đã quá ngày hứa?" in page) == (
        True,
        False,
        True,
    )
    early = {"kept_on": today(office) - timedelta(days=1), "note": "Đã thông xe"}
    assert "trước ngày trả lời" in refused(office.act, office.lan, case, "keep", **early)["kept_on"][0]
    office.act(office.lan, case, "keep", kept_on=today(office), note="Đã thông xe")
    assert office.stored(case).outcome == "late"
    assert "Xong trễ 253 ngày" in office.lan.get("voter_opinions.petition", case_id=case.id).text


def test_what_is_promised_is_followed_until_it_is_kept(office):
    case = office.record(LONG)
    office.act(office.lan, case, "classify", sector="transport", level="province")
    errors = refused(
        office.act,
        office.lan,
        case,
        "submit",
        text="Sẽ làm",
        outcome="doing",
        person_id=office.leader.person_id,
    )
    assert set(errors) == {"roadmap", "promised_on"}
    case, day = promised(office)
    stored = office.stored(case)
    assert (stored.state, stored.closed_at) == ("following", None)
    assert stored.due_at.date() >= day
    page = office.lan.get("voter_opinions.petition", case_id=case.id).text
    assert "Quá hạn" not in page
    assert "Ngày đã hứa trong trả lời lần 1." in page
    assert "thời hạn 30 ngày" not in page, "of the deadline that was kept"
    assert case.code in office.lan.get("voter_opinions.promises").text
    assert "promised_on" in refused(
        office.act, office.lan, case, "postpone", promised_on=day, note="Chưa có vốn"
    )
    later = day + timedelta(days=30)
    office.act(office.lan, case, "postpone", promised_on=later, note="Chưa có vốn")
    assert office.stored(case).due_at.date() >= later
    assert (
        f"trả lời lần 1 hứa {format_date(day, year=True)}"
        in office.lan.get("voter_opinions.petition", case_id=case.id).text
    )
    be_due(office, case, -3)
    with office.agency.at_work():
        seen = glance(case.id, [case.kind])
    assert seen.why.sentence.startswith("Ngày đã gia hạn"), "the agency above reads the same reason"
    be_due(office, case, 50)
    office.act(office.lan, case, "keep", kept_on=today(office), note="Đã thông xe")
    assert (office.stored(case).state, office.stored(case).outcome) == ("done", "early")
    assert case.code not in office.lan.get("voter_opinions.promises").text


def test_behind_a_number_of_the_report_all_conditions_are_taken_away_but_the_session(office):
    case, session = office.record(LONG), str(office.session.id)
    query = {"session": session, "sector": "health", "level": "none"}
    page = office.lan.get("voter_opinions.behind", query=query).text
    (path,) = re.findall(r'href="[^"?]*\?(view=all[^"]*)"', page)
    cleared = dict(each.split("=") for each in unescape(path).split("&"))
    assert case.code in office.lan.get("voter_opinions.behind", query=cleared).text


def test_a_promise_of_one_session_is_carried_over_to_the_next(office):
    first = office.enter_session("Kỳ họp thứ 7", "1/12/2025", "3/12/2025")
    case, _day = promised(office, session_id=first.id)
    with office.agency.at_work():
        found = [LEFT[0].of(each, 10).rows for each in (office.session, first)]
        assert [[row.code for row in rows] for rows in found] == [[case.code], []]
    assert case.code in office.lan.get("voter_opinions.session", session_id=office.session.id).text


def test_what_a_page_has_no_room_for_is_behind_a_link_and_in_the_files(office, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 1)
    first = office.enter_session("Kỳ họp thứ 7", "1/12/2025", "3/12/2025")
    cases = [office.record(LONG, session_id=first.id, received_on=date(2025, 11, day)) for day in (1, 2)]
    joined = office.record(AGAIN, session_id=first.id)
    office.act(office.lan, joined, "join", code=cases[0].code)
    page = office.lan.get("voter_opinions.session", session_id=office.session.id).text
    assert (cases[0].code in page, cases[1].code in page) == (True, False)
    (path,) = re.findall(r'href="([^"]*left=unanswered[^"]*)"', page)
    listed = office.lan._send("GET", unescape(path)).text
    assert all(case.code in listed for case in cases)
    assert "Kiến nghị kỳ trước chưa trả lời" in listed
    with office.agency.at_work():
        assert [len(each.of(office.session, queries.EVERY).rows) for each in LEFT] == [0, 2, 0]
        assert queries.counts()[first.id] == 2, "what was joined is counted once, as in the report"
        assert queries.times_said(cases[0].id) == 2


@pytest.mark.parametrize("way", ["return_leg", "recall_leg"])
def test_who_gave_a_petition_back_or_is_not_asked_any_more_leads_it_no_more(office, way):
    case = office.record(LONG)
    legs = office.split(case)
    part, lead = legs[office.health.info.id], legs[office.works.info.id]
    for leg, agency in ((part, office.duc), (lead, office.hung)):
        assert office.petition(case).lead_id == office.works.info.id
        with (agency if way == "return_leg" else office.lan).working() as ctx:
            getattr(leg_services, way)(ctx, leg, "Không thuộc thẩm quyền")
    assert office.petition(case).lead_id is None
    page = office.lan.get("voter_opinions.session", session_id=office.session.id).text
    assert "Cơ quan tự trả lời, chưa phân công" in page
    assert office.works.info.name not in page


def test_a_petition_taken_out_while_its_lead_gives_it_back_stops_neither(office):
    case = office.record(LONG)
    with office.lan.working() as ctx:
        asked = casework.Sending(
            purpose=LEAD.key, receiver_id=office.works.info.id, title="x", ask="Trả lời", text=LONG
        )
        lead = casework.send_leg(ctx, case.id, asked)

    def give_back():
        with office.hung.working() as ctx:
            leg_services.return_leg(ctx, lead, "Không thuộc thẩm quyền")

    def take_out():
        office.act(office.lan, case, "take_out", nature="complaint", note="Chuyển Thanh tra")

    assert crossed(casework, "recall_legs", take_out, give_back) == []
    assert (office.petition(case).nature, office.petition(case).lead_id) == ("complaint", None)


def test_of_two_who_change_a_session_the_second_is_told_and_may_write_again(office):
    lan = office.lan
    form = lan.get("voter_opinions.session_save", query={"session": office.session.id}).text
    said = dict(re.findall(r'name="(id|version|title|opens_on|closes_on)" (?:[^>]* )?value="([^"]*)"', form))
    assert said["version"] == "1"
    assert lan.post("voter_opinions.session_save", {**said, "answer_by": "1/9/2026"}).status_code == 303
    late = lan.post("voter_opinions.session_save", {**said, "answer_by": "1/10/2026"})
    assert (late.status_code, "Người khác vừa sửa mục này." in late.text) == (409, True)
    with office.agency.at_work():
        assert queries.session(office.session.id).answer_by == date(2026, 9, 1)
    assert 'name="version" value="2"' in late.text
    again = {**said, "version": "2", "answer_by": "1/10/2026"}
    assert lan.post("voter_opinions.session_save", again).status_code == 303
    with office.agency.at_work():
        assert queries.session(office.session.id).answer_by == date(2026, 10, 1)


def test_a_new_session_sent_again_with_another_day_is_not_taken_for_the_same(office):
    form = office.lan.get("voter_opinions.session_save").text
    said = {
        "id": re.search(r'name="id" (?:[^>]* )?value="([^"]*)"', form)[1],
        "body": "council",
        "title": "Kỳ họp thứ 9",
    }
    said |= {"opens_on": "1/12/2026", "closes_on": "5/12/2026"}
    assert [office.lan.post("voter_opinions.session_save", said).status_code for _each in range(2)] == [
        303,
        303,
    ]
    again = office.lan.post("voter_opinions.session_save", {**said, "closes_on": "6/12/2026"})
    assert (again.status_code, 'name="version" value="1"' in again.text) == (409, True)
    changed = {**said, "closes_on": "6/12/2026", "version": "1"}
    assert office.lan.post("voter_opinions.session_save", changed).status_code == 303
    with office.agency.at_work():
        assert queries.session(UUID(said["id"])).closes_on == date(2026, 12, 6)


def test_two_new_sessions_of_one_title_at_once_are_one(office):
    kept = {name: getattr(office.session, name) for name in ("body", "opens_on", "closes_on", "answer_by")}
    new = [{"id": uuid4(), "title": "Kỳ họp thứ 9", **kept} for _each in range(2)]
    told = overtaken(*((office.lan, lambda ctx, each=each: services.save_session(ctx, each)) for each in new))
    assert isinstance(told, Invalid)
    assert "title" in told.errors


def test_of_two_who_publish_an_answer_the_second_is_told(office):
    case = office.record(LONG)
    office.split(case)
    office.answered(case)
    said = {
        "title": "Sửa đường",
        "said": "Cử tri hỏi",
        "text": "Sẽ sửa",
        "version": office.stored(case).version,
    }
    office.act(office.lan, case, "publish", **said)
    with pytest.raises(Conflict):
        office.act(office.lan, case, "publish", **{**said, "text": "Đã sửa"})
    assert office.sql("SELECT text FROM voter_opinions.published") == [("Sẽ sửa",)]
    office.act(
        office.lan, case, "publish", **{**said, "version": office.stored(case).version, "text": "Đã sửa"}
    )
    assert office.sql("SELECT text FROM voter_opinions.published") == [("Đã sửa",)]


def test_the_module_stays_on_while_petitions_or_legs_are_open(office):
    office.split(office.record(LONG))
    for agency, words in ((office.agency, "vụ việc đang mở"), (office.works, "chặng liên thông chưa xong")):
        with agency.at_work():
            assert words in str(dispatcher().disable_blockers("voter_opinions", agency.info))


# ---- who may what ------------------------------------------------------------------------------------------------------


def test_deadlines_are_for_leaders_and_what_is_late_reaches_them(office):
    officer = office.agency.officer("voter_opinions.officer", name="Lê Quang Vinh")
    case = office.record(by=officer)
    later = {"amount": "60", "ground": "Bận", "document": "12/UBND-TH"}
    for each in (officer, office.lan):
        page = each.get("voter_opinions.petition", case_id=case.id).text
        assert "Gia hạn…" not in page
        refused_too = typed(each, "casework.case_deadline", later, case_id=case.id, act="extend")
        assert refused_too.status_code == 403
    assert (
        typed(office.leader, "casework.case_deadline", later, case_id=case.id, act="extend").status_code
        == 303
    )
    with office.agency.at_work():
        assert people_with(PETITION.manage) == [office.leader.person_id]


def test_sessions_files_and_publishing_are_for_who_compiles(office):
    officer = office.agency.officer("voter_opinions.officer", name="Lê Quang Vinh")
    case = office.record(by=officer)
    assert officer.get("voter_opinions.session", session_id=office.session.id).status_code == 200
    for route, given in (
        ("session_save", {}),
        ("intakes", {}),
        ("publish", {"case_id": case.id}),
    ):
        assert officer.get(f"voter_opinions.{route}", **given).status_code == 403, route
        assert office.leader.get(f"voter_opinions.{route}", **given).status_code == 200, route
        assert office.lan.get(f"voter_opinions.{route}", **given).status_code == 200, route


def test_what_was_taken_out_and_what_was_joined_to_it_is_closed_to_colleagues(office):
    officer = office.agency.officer("voter_opinions.officer", name="Lê Quang Vinh")
    case = office.record("Tôi tố cáo ông Trưởng thôn nhận tiền của dân.")
    other = office.record("Tố cáo ông Trưởng thôn lấy tiền dân.")
    office.act(office.lan, other, "join", code=case.code)
    office.act(office.lan, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    for each in (case, other):
        assert officer.get("voter_opinions.petition", case_id=each.id).status_code == 403
        assert office.leader.get("voter_opinions.petition", case_id=each.id).status_code == 200


AS_BEFORE = """ALTER TABLE voter_opinions.petition DROP COLUMN listed_on, DROP COLUMN guarded;
CREATE INDEX petition_session ON voter_opinions.petition (tenant_id, session_id, received_on, id)"""


def test_what_was_guarded_before_goes_to_the_end_of_lists_by_the_migration(office, database):
    case, other = office.record("Tôi tố cáo ông Trưởng thôn nhận tiền của dân."), office.record("Sửa đường")
    office.act(office.lan, case, "take_out", nature="denunciation", note="Chuyển Thanh tra")
    migrate_again(database, "voter_opinions.migrations.0004_guarded_last", before=AS_BEFORE)
    rows = office.sql(
        "SELECT id, guarded FROM voter_opinions.petition WHERE id IN (%s, %s)", case.id, other.id
    )
    assert dict(rows) == {case.id: True, other.id: False}


def test_who_approves_reads_what_is_approved(office):
    case = office.record()
    office.act(office.lan, case, "classify", sector="transport", level="province")
    office.act(
        office.lan,
        case,
        "submit",
        text="Sẽ sửa đường trong quý.",
        outcome="explained",
        person_id=office.leader.person_id,
    )
    page = office.leader.get("voter_opinions.approve", case_id=case.id).text
    assert "Dự thảo trả lời" in page
    assert "Sẽ sửa đường trong quý." in page


def test_the_files_of_a_petition_are_stored_before_anybody_waits_for_a_number(office, counters):
    def paper():
        return SentFiles("files", uploads=(Upload("don.txt", 3, BytesIO(b"don")),))

    case = office.record(files=paper())
    assert counters == [0]
    assert office.record(files=paper(), into=case.code).id == case.id
    with office.agency.at_work():
        assert len(files_of(casework.files_owner(case.id))) == 2


def test_two_petitions_that_are_joined_into_each_other_at_once_are_joined_once(office):
    one, other = office.record(LONG), office.record("Đề nghị lắp đèn đường ở thôn Đông.")

    def join(case, into):
        said = {"version": case.version, "note": "", "code": into.code}
        return lambda ctx: services.join(ctx, case.id, said)

    second = overtaken((office.lan, join(one, other)), (office.lan, join(other, one)))
    assert isinstance(second, Invalid)
    assert [office.stored(each).state for each in (one, other)] == ["joined", "new"]


@pytest.mark.parametrize("how", ["record", "record_repeats"])
def test_a_text_counted_to_a_petition_that_is_joined_meanwhile_is_not_counted_there(office, how):
    kept, joined = office.record(LONG), office.record("Đề nghị lắp đèn đường ở thôn Đông.")
    again = office.said(content=AGAIN, received_on=joined.opened_at.date(), into=joined.code)

    def join(ctx):
        services.join(ctx, joined.id, {"version": joined.version, "note": "", "code": kept.code})

    def count(ctx):
        if how == "record":
            return services.record(ctx, again)
        return services.record_repeats(ctx, [(again, joined.id)])

    second = overtaken((office.lan, join), (office.leader, count))
    assert isinstance(second, Invalid) if how == "record" else second == set()
    with office.agency.at_work():
        assert [each.text for each in queries.origins(joined.id)] == []
