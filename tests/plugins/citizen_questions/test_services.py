"""What may happen to a question, and what may not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest

from core.audit import history
from core.db import db
from core.events import acting
from core.web.errors import Conflict, Forbidden, Invalid
from core.web.uploads import Upload
from plugins.casework import api as casework
from plugins.casework.api import Sending
from plugins.casework.cases.assigning import pull_back
from plugins.casework.cases.queries import open_assignments
from plugins.casework.legs import services as leg_services
from plugins.citizen_questions import guarding, jobs, queries, services
from plugins.citizen_questions.models import Publication
from plugins.citizen_questions.public import ASKER
from plugins.files.api import SentFiles, files_of
from tests.plugins.casework.conftest import migrate_again
from tests.plugins.citizen_questions.conftest import said
from tests.support.racing import overtaken


def test_a_question_gets_a_code_two_deadlines_and_a_secret_that_is_kept_nowhere(desk):
    asked = desk.ask()
    assert asked.case.code.startswith("DH-")
    with desk.agency.at_work():
        clocks = {each.name: each.budget_amount for each in casework.clocks_of(queries.CASE, asked.case.id)}
        kept = queries.question(asked.case.id)
    assert clocks == {"whole": 15, "transfer": 5}
    assert asked.secret not in str(kept.__data__)
    assert asked.secret.replace("-", "") not in str(kept.__data__)


def test_a_question_pressed_many_times_at_once_is_taken_once_and_each_press_is_answered(desk):
    once = said()
    with ThreadPoolExecutor(4) as presses:
        asked = [each.result() for each in [presses.submit(desk.ask, **once) for _each in range(4)]]
    assert len({each.case.id for each in asked}) == 1
    assert sorted(each.again for each in asked) == [False, True, True, True]


def test_a_question_sent_twice_is_taken_once_and_the_first_secret_opens_nothing_more(desk):
    once = said()
    first, second = desk.ask(**once), desk.ask(**once)
    assert first.case.id == second.case.id
    assert second.again
    with desk.agency.at_work():
        assert queries.asked(first.case.code, first.secret) is None
        assert queries.asked(first.case.code.lower(), second.secret.lower().replace("-", " ")) is not None


def test_from_question_to_published_answer(desk):
    case = desk.published()
    assert case.state == "published"
    assert case.closed_at
    with desk.agency.at_work():
        copy = Publication.get()
        clock = next(each for each in casework.clocks_of(queries.CASE, case.id) if each.name == "transfer")
    assert (copy.code, copy.answer, copy.question) == (case.code, "Chợ mở lại ngày 12/9.", "Chợ đóng đã lâu.")
    assert clock.closed_at
    desk.act(desk.lan, case, "withdraw", note="Đăng nhầm")
    facts = "SELECT event, data ->> 'transition' FROM core.audit_entry WHERE data ->> 'transition' IN ('publish', 'withdraw') OR event ^@ 'casework.answer_' ORDER BY id"
    assert desk.sql(facts) == [
        ("casework.case_moved", "publish"), ("casework.case_moved", "withdraw"), ("casework.answer_withdrawn", None),
    ], "what the move tells is not told twice"  # fmt: skip


def test_what_looks_personal_has_to_be_confirmed(desk):
    case = desk.ask().case
    desk.approved(case)
    texts = {"title": "Chợ", "question": "Gọi 0912 345 678, bà Tran Thi Hoa", "answer": "Đã trả lời"}
    with pytest.raises(Invalid) as refused:
        desk.act(desk.lan, case, "publish", **texts)
    assert "0912 345 678" in refused.value.errors["leave"][0]
    assert "Tran Thi Hoa" in refused.value.errors["leave"][0]
    assert desk.stored(case).state == "approved"
    desk.act(desk.lan, case, "publish", **texts, leave=True)
    told = desk.sql("SELECT data FROM core.audit_entry WHERE event = 'casework.left_unmasked'")
    assert [each["number"] for (each,) in told] == [2]


def test_who_did_not_agree_is_answered_but_not_published(desk):
    case = desk.ask(may_publish=False).case
    desk.approved(case)
    with pytest.raises(Invalid):
        desk.act(desk.lan, case, "publish", title="Chợ", question="Chợ", answer="Mở lại")
    page = desk.leader.get("citizen_questions.question", case_id=case.id).text
    assert "Trả lời và công khai" not in page
    assert "Người hỏi không đồng ý công khai. Dùng “Trả lời riêng”." in page
    assert "Trả lời riêng</span>" in page
    desk.act(desk.vinh, case, "reply")
    assert desk.stored(case).state == "answered"
    assert "Trả lời và công khai" not in desk.lan.get("citizen_questions.question", case_id=case.id).text
    assert desk.sql("SELECT count(*) FROM citizen_questions.publication") == [(0,)]


def test_only_who_may_moderates_approves_and_publishes(desk):
    case = desk.ask().case
    for key, given in (("accept", {"person_id": desk.vinh.person_id}), ("reject", {"reason": "spam"})):
        with pytest.raises(Forbidden):
            desk.act(desk.vinh, case, key, **given)
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id)
    desk.act(desk.vinh, case, "submit", answer="Mở lại.", person_id=desk.leader.person_id)
    with pytest.raises(Forbidden):
        desk.approve(case, officer=desk.vinh)


def test_of_two_moderators_the_second_gets_a_conflict(desk):
    case = desk.ask().case
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id, version=case.version)
    with pytest.raises(Conflict):
        desk.act(desk.leader, case, "reject", reason="spam", version=case.version)


def test_a_question_is_passed_on_and_answered_by_the_other_agency(ground, desk):
    other = ground.agency("citizen_questions")
    clerk = other.officer("casework.leg_clerk", name="Võ Thanh Hùng")
    title = "Khi nào chợ bà Trần Thị Hoa thuê mở lại?"
    case = desk.ask(title=title, content="Chợ đóng. Bà Hoa, CCCD 046090001234, ở 5 đường Lê Lợi.").case
    with desk.agency.at_work():
        assert other.info.id in dict(queries.receivers())
    desk.act(desk.lan, case, "transfer", receiver_id=other.info.id)
    assert desk.stored(case).state == "waiting"
    ((leg_id, title, shared),) = desk.sql(
        "SELECT id, title, shared FROM casework.leg WHERE case_id = %s", case.id
    )
    assert title == "Khi nào chợ bà [họ tên] thuê mở lại?"
    assert (
        shared
        == "Khi nào chợ bà [họ tên] thuê mở lại?\n\nChợ đóng. Bà [họ tên], CCCD [số giấy tờ], ở [địa chỉ]."
    )
    with clerk.working() as ctx:
        leg_services.take_leg(ctx, leg_id)
        leg_services.answer_leg(ctx, leg_id, "Chợ do chúng tôi quản lý, mở lại ngày 12/9.")
    page = desk.lan.get("citizen_questions.submit", case_id=case.id)
    assert "Chợ do chúng tôi quản lý" in page.text
    desk.act(desk.lan, case, "submit", answer="Mở lại ngày 12/9.", person_id=desk.leader.person_id)
    assert desk.stored(case).state == "review"


@pytest.fixture
def passed_on(ground, desk):
    """Return a question that was passed on, how its receiver gives it back, and another agency that takes questions."""
    first, second = ground.agency("citizen_questions"), ground.agency("citizen_questions")
    clerk = first.officer("casework.leg_clerk")
    asked = desk.ask()
    desk.act(desk.lan, asked.case, "transfer", receiver_id=first.info.id)

    def leg():
        return desk.sql("SELECT id FROM casework.leg ORDER BY sent_at DESC")[0][0]

    def give_back():
        with clerk.working() as ctx:
            leg_services.return_leg(ctx, leg(), "Không thuộc chức năng của chúng tôi.")

    def recall():
        with desk.lan.working() as ctx:
            leg_services.recall_leg(ctx, leg(), "Chuyển nhầm.")

    return SimpleNamespace(case=asked.case, asked=asked, first=first, second=second, give_back=give_back, recall=recall)  # fmt: skip


def followed(desk, asked):
    return desk.post("follow", {"code": asked.case.code, "secret": asked.secret}).text


@pytest.mark.parametrize("way", ["give_back", "recall"])
def test_a_question_that_comes_back_waits_for_its_agency_which_passes_it_on_anew(desk, passed_on, way):
    case = passed_on.case
    assert f"Đang chờ {passed_on.first.info.name} trả lời" in followed(desk, passed_on.asked)
    getattr(passed_on, way)()
    assert desk.stored(case).state == "returned"
    assert desk.sql(
        "SELECT task FROM casework.assignment WHERE done_at IS NULL AND case_id = %s", case.id
    ) == [("Chuyển nơi khác hoặc trả lời",)]
    page = desk.lan.get("citizen_questions.question", case_id=case.id).text
    assert desk.agency.url("citizen_questions.transfer", case_id=case.id) in page
    told = followed(desk, passed_on.asked)
    assert "Đang xem xét." in told
    assert "Câu hỏi không còn ở cơ quan đó; chúng tôi xem xét lại." in told
    desk.act(desk.lan, case, "transfer", receiver_id=passed_on.second.info.id)
    told = followed(desk, passed_on.asked)
    assert f"Đang chờ {passed_on.second.info.name} trả lời" in told
    for agency in (passed_on.first, passed_on.second):
        assert f"Chuyển {agency.info.name} vì thuộc thẩm quyền của họ." in told


def test_a_draft_that_is_pulled_back_waits_for_nobody_who_gave_the_question_back_meanwhile(desk, passed_on):
    case = passed_on.case
    desk.act(desk.lan, case, "submit", answer="Ngày 12/9.", person_id=desk.leader.person_id)
    passed_on.give_back()
    assert desk.stored(case).state == "review"
    with desk.lan.working() as ctx:
        (held,) = open_assignments(case.id)
        pull_back(ctx, held.id)
    assert desk.stored(case).state == "returned"
    assert "Đang xem xét." in followed(desk, passed_on.asked)


def test_an_approval_that_is_pulled_back_tells_who_asked_of_no_answer(desk):
    asked = desk.ask()
    desk.approved(asked.case)
    with desk.leader.working() as ctx:
        (held,) = open_assignments(asked.case.id)
        pull_back(ctx, held.id)
    assert "Gửi câu trả lời." not in followed(desk, asked)


def test_what_the_own_agency_answers_in_the_end_is_credited_to_it(desk, passed_on):
    case = passed_on.case
    passed_on.give_back()
    desk.approved(case)
    texts = {"title": "Khi nào chợ mở lại?", "question": "Chợ đóng đã lâu.", "answer": "Ngày 12/9."}
    desk.act(desk.lan, case, "publish", **texts)
    assert desk.sql("SELECT answered_by FROM citizen_questions.publication") == [(desk.agency.info.name,)]


def test_the_answer_of_another_agency_is_used_once_the_asker_reads_it(desk, passed_on):
    case = passed_on.case
    clerk = passed_on.first.officer("casework.leg_clerk")
    leg_id = desk.sql("SELECT id FROM casework.leg")[0][0]
    with clerk.working() as ctx:
        leg_services.take_leg(ctx, leg_id, casework.Receiver(clerk.person_id))
        leg_services.answer_leg(ctx, leg_id, "Chợ mở lại ngày 12/9.")
    desk.act(desk.lan, case, "submit", answer="Ngày 12/9.", person_id=desk.leader.person_id)
    desk.approve(case)
    desk.act(desk.lan, case, "reply")
    assert desk.sql("SELECT state FROM casework.leg") == [("done",)]


def test_of_two_agencies_that_were_asked_the_other_is_waited_for(desk, passed_on):
    case = passed_on.case
    with desk.lan.working() as ctx:
        asked = Sending(
            purpose="citizen_questions.forward", ask="Trả lời người dân", receiver_id=passed_on.second.info.id
        )
        casework.send_leg(ctx, case.id, asked)
    assert f"Đang chờ {passed_on.second.info.name} trả lời" in followed(desk, passed_on.asked)
    passed_on.recall()
    assert desk.stored(case).state == "waiting"
    assert f"Đang chờ {passed_on.first.info.name} trả lời" in followed(desk, passed_on.asked)


def test_a_question_reopened_after_its_answer_tells_who_asked_of_both(desk):
    asked = desk.ask()
    desk.approved(asked.case)
    desk.act(desk.vinh, asked.case, "reply")
    desk.act(desk.lan, asked.case, "take_up", note="Trả lời chưa đủ", person_id=desk.vinh.person_id, due=datetime.now(UTC).date() + timedelta(days=9))  # fmt: skip
    told = followed(desk, asked)
    assert "Gửi câu trả lời." in told
    assert "Câu hỏi được mở lại để trả lời thêm." in told


def test_any_leg_of_a_question_begins_with_a_title_that_tells_nobody(ground, desk):
    other = ground.agency("citizen_questions")
    case = desk.ask(content="Hoi cho Lê Văn Bình: bà Lê Văn Bình đi chợ.").case
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id)
    with desk.vinh.working() as ctx:
        title, version = "Chợ của Lê Văn Bình và Trần Thị Hoa", casework.case(case.id).version
        casework.change_case(ctx, case.id, version=version, title=title, text=desk.stored(case).text)
    opened = desk.vinh.get("casework.leg_new", case_id=case.id).text
    assert 'value="Chợ của [họ tên] và [họ tên]"' in opened
    with desk.vinh.working() as ctx:
        asked = Sending(purpose="casework.opinion", ask="Cho ý kiến", receiver_id=other.info.id)
        casework.send_leg(ctx, case.id, asked)
    told = str(desk.sql("SELECT title, folded FROM casework.leg WHERE case_id = %s", case.id))
    assert "Chợ của [họ tên] và [họ tên]" in told
    assert "binh" not in told


def test_passing_on_after_five_working_days_asks_why(ground, desk, long_ago):
    other = ground.agency("citizen_questions")
    case = desk.ask(at=long_ago(20)).case
    with pytest.raises(Invalid) as refused:
        desk.act(desk.lan, case, "transfer", receiver_id=other.info.id)
    assert "late" in refused.value.errors
    desk.act(desk.lan, case, "transfer", receiver_id=other.info.id, late="Mới xác minh xong thẩm quyền")
    assert desk.stored(case).state == "waiting"


def test_new_questions_are_told_together_and_not_each_to_a_whole_unit(desk):
    with desk.leader.working() as ctx:
        unit_id = desk.agency.units["Văn phòng"]
        services.choose(ctx, {"unit_id": unit_id, "budget": "10wd", "ground": "Quy chế", "intro": ""})
    for _each in range(3):
        desk.ask()
    with desk.agency.in_background():
        jobs.remind()
    told = desk.sql("SELECT DISTINCT kind FROM notifications.notification")
    assert told == [("citizen_questions.new",)]


def test_leaders_are_told_well_before_day_45_and_once(desk, long_ago):
    old, young = desk.ask(at=long_ago(39)).case, desk.ask(at=long_ago(3)).case
    with desk.agency.in_background():
        jobs.remind()
        jobs.remind()
    told = desk.sql(
        "SELECT person_id, fact FROM notifications.notification WHERE kind = 'citizen_questions.alarm'"
    )
    assert told == [(desk.leader.person_id, f"{old.id}:38")]
    assert str(young.id) not in str(told)
    new = desk.sql("SELECT fields FROM notifications.notification WHERE kind = 'citizen_questions.new'")
    assert [each["number"] for (each,) in new] == [2, 2]


@pytest.mark.parametrize("way", ["reply", "publish", "reject", "transfer"])
def test_that_a_question_waits_long_is_read_once_it_is_dealt_with(desk, long_ago, ground, way):
    case, other = desk.ask(at=long_ago(39)).case, desk.ask(at=long_ago(39)).case
    with desk.agency.in_background():
        jobs.remind()
    desk.act(desk.lan, other, "accept", person_id=desk.vinh.person_id)
    if way == "publish":
        desk.published(case)
    elif way == "reply":
        desk.approved(case)
        desk.act(desk.vinh, case, "reply")
    elif way == "reject":
        desk.act(desk.lan, case, "reject", reason="unclear")
    else:
        receiver = ground.agency("citizen_questions").info.id
        desk.act(desk.lan, case, "transfer", receiver_id=receiver, late="Mới xác minh xong")
    unread = "SELECT fact FROM notifications.notification WHERE kind = 'citizen_questions.alarm' AND unread"
    # One that was only taken on waits for its answer still.
    assert desk.sql(unread) == [(f"{other.id}:38",)]


def test_name_and_contact_are_forgotten_after_three_years(desk, long_ago):
    case = desk.ask(at=long_ago(1200)).case
    desk.act(desk.lan, case, "reject", reason="unclear", at=long_ago(1190))
    kept = desk.ask().case
    with desk.agency.in_background():
        jobs.forget()
    found = dict(desk.sql("SELECT id, name || phone || email FROM citizen_questions.question"))
    assert found[case.id] == ""
    assert "Trần Thị Hoa" in found[kept.id]


def test_titles_stored_before_they_were_masked_say_nothing_of_people_any_more(desk, monkeypatch):
    raw = "Ông Lê Văn Tám, 0905 123 456, hỏi về đất"
    old = [desk.ask(title="Hỏi về đất").case for _each in range(3)]
    desk.sql("UPDATE citizen_questions.question SET title_hidden = false RETURNING id")
    for case in old[:2]:
        desk.sql("UPDATE casework.case_base SET title = %s WHERE id = %s RETURNING id", raw, case.id)
    monkeypatch.setattr(jobs, "BATCH", 1)
    real = services.hide_title

    def killed(case_id):
        if case_id == sorted(each.id for each in old)[1]:
            raise KeyboardInterrupt
        real(case_id)

    with monkeypatch.context() as patch, desk.agency.in_background():
        patch.setattr(services, "hide_title", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.hide_titles()
    for _again in range(2):
        with desk.agency.in_background():
            jobs.hide_titles()
    listed = desk.leader.get("citizen_questions.questions").text
    assert "Lê Văn Tám" not in listed
    assert "0905" not in listed
    for case in old[:2]:
        stored = desk.stored(case)
        assert stored.title == "Ông [họ tên], [số điện thoại], hỏi về đất"
        assert stored.text.startswith(f"{raw}\n\n"), "what it said is read with a reason"
        with desk.agency.at_work():
            told = [each.text for each in history("casework.case", case.id)]
        assert told.count(f"che thông tin cá nhân trong tiêu đề của {case.code}") == 1
    assert desk.stored(old[2]).title == "Hỏi về đất"
    assert desk.stored(old[2]).version == old[2].version, "what says nothing of people is left alone"


def test_a_closed_unit_does_not_keep_questions_out(desk):
    with desk.leader.working() as ctx:
        services.choose(
            ctx,
            {"unit_id": desk.agency.units["Văn phòng"], "budget": "10wd", "ground": "Quy chế", "intro": ""},
        )
    assert desk.stored(desk.ask().case).unit_id == desk.agency.units["Văn phòng"]
    desk.sql(
        "UPDATE tenants.unit SET valid_to = '2020-01-01', valid_from = '2019-01-01' WHERE id = %s RETURNING id",
        desk.agency.units["Văn phòng"],
    )
    assert desk.stored(desk.ask().case).unit_id is None


def test_a_budget_nobody_understands_is_refused(desk):
    with pytest.raises(Invalid) as refused, desk.leader.working() as ctx:
        services.choose(ctx, {"unit_id": None, "budget": "mười ngày", "ground": "Quy chế", "intro": ""})
    assert "budget" in refused.value.errors


def test_marks_are_of_one_agency_and_of_a_moment(desk, ground):
    mark = desk.old_mark()
    with desk.agency.at_work():
        assert guarding.read_mark(mark)
        assert guarding.read_mark(mark[:-1] + ("A" if mark[-1] != "A" else "B")) is None
        assert guarding.read_mark(desk.old_mark(seconds=14 * 3600)) is None
    with ground.agency("citizen_questions").at_work():
        assert guarding.read_mark(mark) is None


def test_a_refused_question_is_taken_up_again_with_a_reason_and_its_old_deadline(desk):
    case = desk.ask().case
    desk.act(desk.lan, case, "reject", reason="unclear", note="Ghi rõ chợ nào")
    refused = desk.stored(case)
    assert refused.closed_at
    with pytest.raises(Invalid):
        desk.act(desk.lan, case, "reopen", note="")
    with pytest.raises(Forbidden):
        desk.act(desk.vinh, case, "reopen", note="Đã rõ")
    desk.act(desk.lan, case, "reopen", note="Người hỏi đã nói rõ chợ Bến Ngự")
    now = desk.stored(case)
    assert (now.state, now.closed_at, now.outcome, now.due_at) == ("new", None, "", refused.due_at)
    assert desk.sql("SELECT reason, reason_note FROM citizen_questions.question") == [("", "")]
    assert desk.sql("SELECT person_id FROM casework.assignment WHERE done_at IS NULL") == [
        (desk.lan.person_id,)
    ]
    assert desk.sql("SELECT closed_on FROM reports.counted") == [(None,)]
    assert desk.sql("SELECT state, closed_at, due_at FROM casework.clock WHERE name = 'whole'") == [
        ("running", None, refused.due_at)
    ]
    page = desk.lan.get("citizen_questions.question", case_id=case.id, query={"tab": "steps"}).text
    assert "Người hỏi đã nói rõ chợ Bến Ngự" in page
    assert desk.published(case).state == "published"


def test_the_list_of_officers_is_narrowed_to_a_topic_that_follows_the_question(desk):
    land, health = desk.ask(topic="land").case, desk.ask(topic="health").case

    def listed(topic):
        return desk.lan.get("citizen_questions.questions", query={"tag": topic}).text

    assert land.code in listed("Đất đai, nhà ở")
    assert health.code not in listed("Đất đai, nhà ở")
    desk.act(desk.lan, health, "accept", topic="land", person_id=desk.vinh.person_id)
    assert health.code in listed("Đất đai, nhà ở")
    assert health.code not in listed("Khám chữa bệnh")
    assert "Không có vụ việc nào khớp 1 điều kiện" in listed("'; DROP TABLE x")


def test_the_files_of_a_question_are_stored_before_anybody_waits_for_a_number(desk, counters):
    paper = SentFiles("files", uploads=(Upload("don.txt", 3, BytesIO(b"don")),))
    with desk.agency.at_work(), acting(ASKER):
        case = services.ask(said(), paper).case
        assert [each.name for each in files_of(casework.files_owner(case.id))] == ["don.txt"]
    assert counters == [0]


def test_a_question_due_earlier_today_is_not_late_yet(desk):
    case = desk.ask().case
    with desk.agency.at_work():
        today = db.execute_sql(
            "SELECT tenants.today()::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'"
        ).fetchone()[0]
        casework.Case.update(due_at=today).where(casework.Case.id == case.id).execute()
        assert [each.stand for each in queries.figures(casework.agency_day().year)] == ["open"]


DENOUNCED = "Tôi tố cáo ông Trưởng thôn Quê Chữ nhận tiền của dân."


def test_a_complaint_or_denunciation_is_read_by_who_has_to_do_with_it_alone(desk):
    asked = desk.ask(title="Trưởng thôn Quê Chữ nhận tiền", content=DENOUNCED, topic="conduct")
    case = asked.case
    assert "dấu hiệu khiếu nại, tố cáo" in desk.lan.get("citizen_questions.question", case_id=case.id).text

    def read(officer):
        one, why = {"case_id": case.id}, {"fields": "name", "purpose": "contact"}
        answers = [officer.get(f"citizen_questions.{name}", **one) for name in ("question", "api_question")]
        answers += [
            officer.get("casework.case_reveal", **one),
            officer.post("casework.case_reveal", why, **one),
        ]
        found = [
            case.code in officer.get(route, query=query).text
            for route, query in (
                ("citizen_questions.questions", {"stand": "closed"}), ("citizen_questions.questions", {"stand": "closed", "q": "quê chữ"}),
                ("citizen_questions.api_questions", {"stand": "closed"}), ("search.page", {"q": "quê chữ nhận tiền"}),
            )
        ]  # fmt: skip
        return {each.status_code for each in answers}, found[1:], found[0]

    desk.act(desk.lan, case, "reject", reason="unclear")
    assert read(desk.vinh)[2]
    desk.act(desk.lan, case, "reopen", note="Đọc lại")
    desk.act(desk.lan, case, "reject", reason="complaint", note="Gửi đơn tại nơi tiếp công dân.")
    assert read(desk.vinh) == ({403}, [False] * 3, False)
    for officer in (desk.lan, desk.leader):
        seen, *found = read(officer)
        assert 403 not in seen
        assert found == [[True] * 3, True]
    page = desk.lan.get("citizen_questions.question", case_id=case.id).text
    assert ("Xong sớm" in page, "Không tính hạn" in page) == (False, True)
    assert desk.sql("SELECT count(*) FROM reports.counted") == [(0,)]
    page = desk.post("follow", {"code": case.code, "secret": asked.secret}).text
    assert "Là khiếu nại hoặc tố cáo, có thủ tục riêng" in page
    assert "Gửi đơn tại nơi tiếp công dân." in page
    assert (
        "Cán bộ khác của cơ quan lại đọc được"
        in desk.lan.get("citizen_questions.reopen", case_id=case.id).text
    )
    desk.act(desk.lan, case, "reopen", note="Không phải tố cáo")
    assert desk.vinh.get("citizen_questions.question", case_id=case.id).status_code == 200


def test_the_unit_a_complaint_had_come_to_reads_it_no_more(desk):
    with desk.leader.working() as ctx:
        unit_id = desk.agency.units["Văn phòng"]
        services.choose(ctx, {"unit_id": unit_id, "budget": "10wd", "ground": "Quy chế", "intro": ""})
    colleague, second = (
        desk.agency.officer(f"citizen_questions.{role}") for role in ("officer", "moderator")
    )

    def reading(case, *officers):
        asked = [each.get("citizen_questions.question", case_id=case.id) for each in officers]
        return [each.status_code == 200 for each in asked]

    at_once, later = desk.ask().case, desk.ask(content=DENOUNCED).case
    desk.act(desk.lan, later, "accept", person_id=desk.vinh.person_id)
    assert reading(later, desk.lan, desk.vinh, colleague, second, desk.leader) == [True] * 5
    desk.act(second, later, "reject", reason="complaint")
    assert reading(later, desk.lan, desk.vinh, colleague, second, desk.leader) == [
        True,
        True,
        False,
        True,
        True,
    ]
    desk.act(second, at_once, "reject", reason="complaint")
    assert reading(at_once, desk.lan, desk.vinh, second, desk.leader) == [False, False, True, True]


def test_who_refuses_a_complaint_that_another_unit_had_goes_on_seeing_it(desk):
    case = desk.ask().case
    form = {"version": str(desk.stored(case).version), "reason": "complaint", "note": ""}
    done = desk.lan.post("citizen_questions.reject", form, case_id=case.id)
    assert done.status_code == 303
    assert desk.lan.follow(done.headers["location"]).status_code == 200


def test_what_shows_to_be_a_complaint_while_it_is_answered_is_refused_and_guarded_then(desk):
    case = desk.ask(title="Trưởng thôn Quê Chữ nhận tiền", content=DENOUNCED).case
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id)
    assert "Không tiếp nhận" in desk.lan.get("citizen_questions.question", case_id=case.id).text
    assert desk.vinh.get("citizen_questions.reject", case_id=case.id).status_code == 403
    told = "thì đừng trả lời: báo Phạm Ngọc Anh, Hoàng Thị Lan để từ chối."
    found = [
        told in each.get("citizen_questions.question", case_id=case.id).text for each in (desk.vinh, desk.lan)
    ]
    assert found == [True, False]
    form = desk.lan.get("citizen_questions.reject", case_id=case.id).text
    assert ('value="complaint"' in form, 'value="unclear"' in form) == (True, False)
    with pytest.raises(Invalid) as refused:
        desk.act(desk.lan, case, "reject", reason="unclear")
    assert list(refused.value.errors) == ["reason"]
    desk.act(desk.lan, case, "reject", reason="complaint", note="Gửi đơn tại nơi tiếp công dân.")
    assert (desk.stored(case).state, desk.stored(case).restricted) == ("rejected", True)
    with desk.agency.at_work():
        assert [each.closed_at is None for each in casework.clocks_of(queries.CASE, case.id)] == [
            False,
            False,
        ]
    desk.act(desk.lan, case, "reopen", note="Không phải tố cáo")
    assert desk.stored(case).state == "new"


def test_a_complaint_is_taken_back_from_the_agency_that_was_asked_about_it(desk, ground):
    other = ground.agency("citizen_questions")
    clerk = other.officer("casework.leg_clerk")
    case = desk.ask(title="Trưởng thôn Quê Chữ nhận tiền", content=DENOUNCED).case
    with desk.leader.working() as ctx:
        leg = Sending(
            purpose="casework.opinion", ask="Có ông này không?", receiver_id=other.info.id, text=DENOUNCED
        )
        leg_id = casework.send_leg(ctx, case.id, leg)
    page = desk.lan.get("citizen_questions.reject", case_id=case.id).text
    assert "là khiếu nại, tố cáo thì rút lại ngay" in page
    desk.act(desk.lan, case, "reject", reason="complaint")
    page = clerk.get("casework.leg", case_id=leg_id).text
    assert "Đã rút lại" in page
    assert "Quê Chữ" not in page


def test_questions_refused_as_complaints_before_are_guarded_by_the_migration(desk, database):
    guarded, other = desk.ask().case, desk.ask().case
    desk.act(desk.lan, guarded, "reject", reason="complaint")
    desk.act(desk.lan, other, "reject", reason="unclear")
    desk.sql("UPDATE casework.case_base SET restricted = false RETURNING id")
    migrate_again(database, "citizen_questions.migrations.0004_guarded_complaints")
    assert (desk.stored(guarded).restricted, desk.stored(other).restricted) == (True, False)


def test_a_question_that_was_answered_is_counted_from_its_reopening(desk, long_ago):
    case = desk.published(desk.ask(at=long_ago(80)).case)
    given = {"note": "Trả lời chưa đủ", "person_id": desk.vinh.person_id, "due": long_ago(-7).date()}
    desk.act(desk.lan, case, "take_up", **given)
    assert "45 ngày" not in desk.lan.get("citizen_questions.question", case_id=case.id).text
    with desk.agency.in_background():
        jobs.remind()
    alarms = "SELECT DISTINCT fact FROM notifications.notification WHERE kind = 'citizen_questions.alarm'"
    assert desk.sql(alarms) == []


def test_a_question_that_was_taken_up_again_is_given_to_somebody_else_not_taken_back(desk, long_ago):
    case = desk.published(desk.ask().case)
    given = {"note": "Trả lời chưa đủ", "person_id": desk.vinh.person_id, "due": long_ago(-7).date()}
    desk.act(desk.lan, case, "take_up", **given)
    with desk.lan.working() as ctx, pytest.raises(Invalid) as refused:
        pull_back(ctx, (held := open_assignments(case.id)[0]).id)
    assert "Việc vừa được mở lại nên không rút lại được" in refused.value.errors[""][0]
    assert desk.stored(case).state == "doing"
    with desk.agency.at_work():
        assert open_assignments(case.id) == [held]


def test_leaders_are_told_anew_when_a_reopened_question_waits_long(desk, long_ago):
    case = desk.ask(at=long_ago(80)).case
    alarms = "SELECT DISTINCT fact FROM notifications.notification WHERE kind = 'citizen_questions.alarm'"
    with desk.agency.in_background():
        jobs.remind()
    assert desk.sql(alarms) == [(told := f"{case.id}:44",)]
    vinh, leader = desk.vinh.person_id, desk.leader.person_id
    desk.act(desk.lan, case, "accept", person_id=vinh, at=long_ago(79))
    desk.act(desk.vinh, case, "submit", answer="Ngày 12/9.", person_id=leader, at=long_ago(78))
    desk.approve(case, at=long_ago(77))
    desk.act(desk.vinh, case, "reply", at=long_ago(76))
    again = {"note": "Trả lời chưa đủ", "person_id": vinh, "due": long_ago(-7).date()}
    desk.act(desk.lan, case, "take_up", at=long_ago(44), **again)
    assert "Còn 1 ngày tới mốc 45 ngày" in desk.lan.get("citizen_questions.question", case_id=case.id).text
    with desk.agency.in_background():
        jobs.remind()
    assert {fact for (fact,) in desk.sql(alarms)} == {told, f"{told}:1"}


def test_an_address_without_a_number_is_hidden_as_one(desk):
    said = {"title": "Rác ở khu vực chợ Bàu Vá", "content": "Mẹ tôi 80 tuổi ở khu vực chợ Bàu Vá."}
    case = desk.ask(address="khu vực chợ Bàu Vá", **said).case
    assert case.title == "Rác ở [địa chỉ]"
    page = desk.lan.get("citizen_questions.question", case_id=case.id).text
    assert "Mẹ tôi 80 tuổi ở [địa chỉ]." in page


def test_what_was_said_of_an_earlier_answer_is_not_told_of_the_new_one(desk):
    asked = desk.ask()
    case = desk.published(asked.case)
    with desk.agency.at_work():
        services.rate(case.code, asked.secret, 1, "Chưa trả lời đúng câu hỏi")
    vinh, leader = desk.vinh.person_id, desk.leader.person_id
    due = datetime.now(UTC).date() + timedelta(days=7)
    desk.act(desk.lan, case, "take_up", note="Trả lời chưa đủ", person_id=vinh, due=due)
    page = desk.vinh.get("citizen_questions.question", case_id=case.id).text
    assert "Chưa trả lời đúng câu hỏi" in page, "who answers better reads what was wrong"
    desk.act(desk.vinh, case, "submit", answer="Ngày 12/9.", person_id=leader)
    desk.approve(case)
    texts = {"title": "Khi nào chợ mở lại?", "question": "Chợ đóng.", "answer": "Ngày 12/9."}
    desk.act(desk.lan, case, "publish", **texts)
    kept = "SELECT q.rating, q.rating_note, q.rated_at, p.rating FROM citizen_questions.question q JOIN citizen_questions.publication p ON p.id = q.id"
    assert desk.sql(kept) == [(None, "", None, None)]
    with desk.agency.at_work():
        services.rate(case.code, asked.secret, 1, "")
    rated = "SELECT count(*) FROM core.audit_entry WHERE event = 'citizen_questions.rated'"
    assert desk.sql(rated) == [(2,)]


def test_a_draft_handed_on_while_the_contact_is_forgotten_stays(desk):
    case = desk.ask().case
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id)

    def submit(ctx):
        said = {"answer": "Chị Trần Thị Hoa: ngày 12/9.", "person_id": desk.leader.person_id, "note": ""}
        services.submit(ctx, case.id, {**said, "version": casework.case(case.id).version})

    overtaken((desk.vinh, submit), (desk.lan, lambda ctx: services.erase(case.id, case.code)))
    ((answer, name),) = desk.sql("SELECT answer, name FROM citizen_questions.question")
    assert answer.endswith("ngày 12/9.")
    assert "Hoa" not in answer + name


def test_the_fact_of_other_settings_is_about_the_agency_and_points_at_nothing(desk):
    with desk.leader.working() as ctx:
        services.choose(ctx, {"unit_id": None, "budget": "10wd", "ground": "", "intro": ""})
    facts = "SELECT object_id FROM core.audit_entry WHERE event = 'citizen_questions.settings_changed'"
    assert desk.sql(facts) == [(None,)]


@pytest.mark.parametrize("way", ["pulled_back", "reopened"])
def test_the_time_to_pass_a_question_on_runs_again_when_it_waits_again_for_whose_it_is(desk, way):
    began = datetime.now(UTC) - timedelta(days=20)
    case = desk.ask(at=began).case
    if way == "pulled_back":
        desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id, at=began + timedelta(hours=1))
        with desk.lan.working() as ctx:
            (given,) = open_assignments(case.id)
            pull_back(ctx, given.id)
    else:
        desk.act(desk.lan, case, "reject", reason="other", note="Không rõ", at=began + timedelta(hours=1))
        desk.act(desk.lan, case, "reopen", note="Nhầm")
    case = desk.stored(case)
    assert case.state == "new"
    with desk.agency.at_work():
        assert services.is_late(case, datetime.now(UTC))
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id)
    with desk.agency.at_work():
        assert {each.name: bool(each.closed_at) for each in casework.clocks_of(queries.CASE, case.id)}[
            "transfer"
        ]
