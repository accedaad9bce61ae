"""Workflows of an agency: changed, checked, drawn, given back, and running cases moved over."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import unquote
from uuid import uuid4

import pytest

from core.audit import history
from core.db import db
from core.i18n import reading_as
from core.web.errors import Invalid
from core.web.request import TOAST_COOKIE
from plugins.casework.cases import assigning, queries
from plugins.casework.cases import services as case_services
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.queries import CASE
from plugins.casework.cases.services import Move
from plugins.casework.legs.incoming import INCOMING
from plugins.casework.models import Step
from plugins.casework.tasks.kind import TASK
from plugins.casework.tasks.services import open_task
from plugins.casework.workflows import services as workflow_services
from plugins.casework.workflows.changes import InternalStep, differences, places, with_step, without_step
from plugins.casework.workflows.checks import Fault, faults, problems
from plugins.casework.workflows.diagram import diagram
from plugins.casework.workflows.kinds import standing, workflow_for
from plugins.casework.workflows.pages import edit_values, edited, way_words
from plugins.notifications.models import Notification
from tests.support.racing import LONGEST

GOOD = TASK.shipped
LOOK = InternalStep(
    key="own_look", title="Tổ trưởng xem", task="Xem trước", share=100, mark="sign", source="doing", before="report",
    give_title="Gửi tổ trưởng xem", gives="ask",
)  # fmt: skip


def changed(of, key, **changes):
    return replace(
        of,
        transitions=tuple(replace(each, **changes) if each.key == key else each for each in of.transitions),
    )


def shared(of, **shares):
    return replace(of, states=tuple(replace(each, share=shares.get(each.key, 100)) for each in of.states))


@pytest.fixture
def office(agency):
    return Office(agency)


class Office:
    """Who keeps the workflows, a leader, and two officers in two units."""

    def __init__(self, agency):
        self.agency = agency
        self.keeper = agency.officer("casework.workflow_keeper", name="Nguyễn Quản Trị")
        self.leader = agency.officer("casework.leader", name="Phạm Ngọc Anh")
        self.lan = agency.officer("casework.officer", name="Hoàng Thị Lan")
        self.vinh = agency.officer("casework.officer", name="Lê Quang Vinh", unit="Phòng Kinh tế")

    def values(self, **more):
        with self.agency.at_work():
            now = standing(TASK)
            return {**edit_values(now.definition, now.number), **more}

    def edit(self, **more):
        return self.keeper.post("casework.workflow_edit", kind=TASK.key, form=self.values(**more))

    def add_step(self, **more):
        with self.agency.at_work():
            base = standing(TASK).number
        said = {
            "base": str(base), "place": "doing|report", "title": "Tổ trưởng xem", "task": "Xem trước", "share": "100", "mark": "sign",
            "give_title": "Gửi tổ trưởng xem", "gives": "ask",
        }  # fmt: skip
        return self.keeper.post("casework.workflow_step_new", kind=TASK.key, form={**said, **more})

    def now(self):
        with self.agency.at_work():
            return standing(TASK)

    def task(self, to=None, due=None):
        with self.leader.working() as ctx:
            to = (to or self.lan).person_id
            said = {
                "id": uuid4(),
                "title": "Rà soát",
                "text": "",
                "person_id": to,
                "due": due,
                "restricted": False,
            }
            return open_task(ctx, said)

    def move(self, officer, case, key, **said):
        with officer.working() as ctx:
            return case_services.move(ctx, case.id, key, Move(version=queries.case(case.id).version, **said))

    def holders(self, case):
        with self.agency.at_work():
            return [(each.receiver, each.task) for each in queries.open_now(case.id)]


# ---- what is wrong with one ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (
            changed(with_step(GOOD, LOOK), "report", sources=("new", "doing", "back")),
            None,
        ),
        (
            replace(GOOD, transitions=tuple(each for each in GOOD.transitions if each.key not in ("send_back", "approve", "stop", "hand_over"))),
            Fault("state-new-title", "Từ “Chờ xử lý” không có đường nào tới kết thúc."),
        ),
        (changed(GOOD, "report", gives="role"), Fault("way-report-gives", "Bước “Báo cáo kết quả” chưa chọn ai nhận.")),
        (changed(GOOD, "report", gives="person"), Fault("way-report-person", "Bước “Báo cáo kết quả” chưa chọn ai nhận.")),
        (shared(GOOD, doing=0), Fault("state-doing-share", "Phần thời gian của “Đang xử lý” phải từ 1 đến 100 %.")),
        (
            shared(GOOD, new=10, doing=80, review=60),
            Fault("state-review-share", "Hạn của “Chờ duyệt kết quả” (60 %) sớm hơn hạn của “Đang xử lý” (80 %) đứng trước nó."),
        ),
        (
            changed(GOOD, "start", clock="pause"),
            None,
        ),
        (
            changed(changed(changed(GOOD, "start", clock="pause"), "approve", clock=""), "stop", clock=""),
            Fault("way-start-title", "Sau bước “Bắt đầu xử lý” thời hạn dừng và không bước nào cho chạy tiếp."),
        ),
    ],
)  # fmt: skip
def test_each_fault_stands_at_the_field_that_mends_it(broken, fault):
    assert faults(broken) == [] if fault is None else fault in faults(broken)


def test_states_whose_names_hold_commas_stay_apart():
    words = way_words(GOOD, GOOD.transition("report"))
    assert words == "Chờ xử lý · Đang xử lý · Trả lại để làm tiếp → Chờ duyệt kết quả"
    assert f"từ {words.replace(' →', ' sang')}" in diagram(GOOD).description
    more = ("new", "doing", "back", "review")
    assert "Trả lại để làm tiếp · Chờ duyệt kết quả" in str(
        list(differences(GOOD, changed(GOOD, "report", sources=more), str, str))
    )


def test_a_step_that_is_put_in_and_taken_out_leaves_the_workflow_as_it_was():
    made = with_step(GOOD, LOOK)
    assert problems(made) == []
    assert made.transition("report").sources == ("new", "own_look", "back")
    assert "own_look" in made.transition("stop").sources
    second = with_step(made, replace(LOOK, key="own_two", title="Phòng xem", source="own_look"))
    assert problems(second) == []
    assert without_step(without_step(second, "own_look"), "own_two") == without_step(made, "own_look") == GOOD


def test_what_happens_elsewhere_has_no_step_before_it():
    assert places(INCOMING.shipped) == []
    assert [(state, way.key) for state, way in places(GOOD)][:2] == [("new", "start"), ("new", "report")]


def test_the_picture_is_the_same_each_time_and_draws_every_state_and_transition():
    made = with_step(GOOD, LOOK)
    first = diagram(made, frozenset({"doing"}))
    assert first == diagram(made, frozenset({"doing"}))
    assert len(first.nodes) == len(made.states)
    assert {each.number for each in first.edges} == set(range(1, len(made.transitions) + 1))
    assert {each.looks for each in first.nodes} == {"start", "bad", "own", "", "final"}
    assert len({(each.x, each.y) for each in first.nodes}) == len(made.states)
    assert all(0 <= each.x <= first.width and 0 <= each.y <= first.height for each in first.edges)
    assert not any("@" in each.path or "-" in each.path for each in first.edges)


# ---- changing one ----------------------------------------------------------------------------------------------------


def test_what_the_keeper_saves_is_the_next_version_and_running_cases_keep_theirs(office):
    old = office.task()
    answer = office.edit(**{"state-doing-title": "Đang rà soát", "way-report-gives": f"person:{uuid4()}"})
    assert answer.status_code == 422  # no such choice
    answer = office.edit(**{"state-doing-title": "Đang rà soát", "note": "Theo Quyết định 15"})
    assert answer.status_code == 303, answer.text
    new = office.task()
    for case, title in ((old, "Đang xử lý"), (new, "Đang rà soát")):
        office.move(office.lan, case, "start")
        assert title in office.lan.get("casework.task", case_id=case.id).text
    page = office.keeper.get("casework.workflow", kind=TASK.key).text
    for part in (
        "Bản riêng của cơ quan, phiên bản 2",
        "Nguyễn Quản Trị",
        "Theo Quyết định 15",
        "Khác bản trước 1 chỗ",
    ):
        assert part in page
    assert re.search(
        r"Trạng thái “Đang xử lý”, tên:</span><del>Đang xử lý</del>.*<ins>Đang rà soát</ins>", page
    )


def test_saving_what_is_the_same_makes_no_version(office):
    office.edit(**{"state-doing-title": "Đang rà soát"})
    assert office.edit().status_code == 303
    assert office.now().number == 1


def test_a_look_before_saving_draws_what_is_typed_and_stores_nothing(office):
    answer = office.edit(**{"state-doing-title": "Đang rà soát", "act": "preview"})
    assert answer.status_code == 200
    assert "Không thấy chỗ nào phải sửa. Chưa lưu." in answer.text
    assert ">Đang rà soát</text>" in answer.text
    assert office.now().number == 0
    answer = office.edit(**{"state-review-share": "20", "state-doing-share": "50", "act": "preview"})
    assert answer.status_code == 422
    assert 'href="#f-state-review-share"' in answer.text
    assert 'class="wf-node bad"' in answer.text
    answer = office.edit(**{"way-report-gives": "person", "act": "preview"})
    assert 'id="f-way-report-person"' in answer.text
    assert "Hoàng Thị Lan" in answer.text


def test_all_that_is_wrong_in_the_editor_is_told_at_once(office):
    answer = office.edit(**{
        "state-doing-title": "", "state-new-share": "x", "state-doing-share": "80", "state-review-share": "60", "state-back-share": "0",
        "way-report-gives": "person", "way-send_back-gives": "role:nobody", "note": "x" * 301,
    })  # fmt: skip
    assert answer.status_code == 422
    assert set(re.findall(r'href="#f-([\w-]+)"', answer.text)) == {
        "state-doing-title", "state-new-share", "state-review-share", "state-back-share", "way-report-person", "way-send_back-gives", "note",
    }  # fmt: skip
    assert 'class="wf-node bad"' in answer.text


def test_nothing_that_an_agency_adds_is_called_like_what_is_there(office):
    answer = office.add_step(title="chờ duyệt  kết quả", give_title="Chuyển người khác")
    assert answer.status_code == 422
    assert "Đã có trạng thái tên “chờ duyệt kết quả”. Đặt tên khác." in " ".join(answer.text.split())
    assert "Đã có nút tên “Chuyển người khác” ở trạng thái này. Đặt tên khác." in answer.text
    assert office.add_step(give_title="Duyệt, kết thúc").status_code == 303, "no state has both buttons"
    (own,) = [each.key for each in office.now().definition.states if each.key.startswith("own_")]
    refused = office.edit(**{f"state-{own}-title": "Đang xử lý"})
    assert refused.status_code == 422
    assert "Đã có trạng thái tên “Đang xử lý”" in refused.text


@pytest.mark.parametrize("base", ["7", "-1"])
def test_a_version_that_never_was_is_told_so(office, base):
    assert office.edit(base=base).status_code == 404
    assert (
        office.keeper.post("casework.workflow_reset", kind=TASK.key, form={"base": base}).status_code == 404
    )


def test_who_was_overtaken_keeps_what_was_typed_and_sees_who_was_first(office):
    mine = office.values(**{"state-doing-title": "Đang làm rõ"})
    office.edit(**{"state-doing-title": "Đang rà soát"})
    answer = office.keeper.post("casework.workflow_edit", kind=TASK.key, form=mine)
    assert answer.status_code == 409
    assert "Bạn vừa lưu phiên bản 1 ở một thẻ khác" in answer.text
    other = office.agency.officer("casework.workflow_keeper", name="Trần Thị Quản")
    for officer, told in ((office.keeper, "Bạn vừa lưu"), (other, "Nguyễn Quản Trị vừa lưu phiên bản 1")):
        assert told in officer.post("casework.workflow_edit", kind=TASK.key, form=mine).text
    removal = office.keeper.post("casework.workflow_reset", kind=TASK.key, form={"base": "0"})
    assert "Người khác" not in unquote(removal.cookies[TOAST_COOKIE].value)
    assert 'value="Đang làm rõ"' in answer.text
    assert office.now().definition.state("doing").title == "Đang rà soát"


def test_only_the_keeper_comes_in_and_only_to_kinds_that_are_there(office):
    assert office.leader.get("casework.workflows").status_code == 403
    assert office.keeper.get("casework.workflows").status_code == 200
    assert office.keeper.get("casework.workflow", kind="press_issues.issue").status_code == 404
    assert office.keeper.get("casework.workflow", kind="no.kind").status_code == 404


def test_states_of_the_module_stay_and_the_page_says_why(office):
    page = office.keeper.get("casework.workflow_edit", kind=TASK.key).text
    assert "Trạng thái và bước của phân hệ không bỏ được" in page
    assert "Việc kết thúc ở đây, không ai nhận tiếp." in page
    assert 'name="way-approve-gives"' not in page
    answer = office.keeper.post(
        "casework.workflow_step_remove", kind=TASK.key, state="review", form={"base": "0"}
    )
    assert answer.status_code == 422
    assert (
        office.keeper.get("casework.workflow_step_remove", kind=TASK.key, state="review").status_code == 404
    )


def test_an_english_reader_who_changes_one_title_changes_no_other(agency):
    with agency.at_work(), reading_as("en"):
        shown = edit_values(GOOD, 0)
        assert shown["state-doing-title"] == "In progress"
        said = {key: int(value) if key.endswith("share") else value for key, value in shown.items()}
        made = edited(TASK, GOOD, {**said, "state-doing-title": "Looking into it"})
    (other,) = (new for old, new in zip(GOOD.states, made.states, strict=True) if old != new)
    assert (other.key, other.title) == ("doing", "Looking into it")
    assert made.transitions == GOOD.transitions


# ---- who gets it by a rule ---------------------------------------------------------------------------------------------


def test_a_rule_gives_it_to_a_person_a_unit_or_the_least_busy_of_a_role(office):
    lan, vinh = office.lan, office.vinh
    kinds = {
        "person": ({"way-report-gives": "person", "way-report-person": str(vinh.person_id)}, "Lê Quang Vinh"),
        "unit": ({"way-report-gives": f"fixed_unit:{office.agency.units['Phòng Kinh tế']}"}, "Phòng Kinh tế"),
        "role": ({"way-report-gives": "role:casework.leader"}, "Phạm Ngọc Anh"),
    }
    for said, name in kinds.values():
        assert office.edit(**said).status_code == 303
        case = office.task()
        assert (
            f"Giao cho {name}, theo quy trình của cơ quan."
            in lan.get("casework.case_move", case_id=case.id, transition="report").text
        )
        office.move(lan, case, "report", note="Xong")
        assert office.holders(case) == [(name, "Duyệt kết quả")]


def test_of_a_role_whoever_has_least_to_do_in_the_unit_of_the_case_gets_it(office):
    office.edit(**{"way-report-gives": "role:casework.officer"})
    case = office.task()  # Hoàng Thị Lan has this one
    office.agency.officer("casework.officer", name="Đỗ Thị Mai")
    office.move(office.lan, case, "report", note="Xong")
    assert office.holders(case) == [("Đỗ Thị Mai", "Duyệt kết quả")]


def test_when_the_rule_names_nobody_any_more_the_form_asks(office):
    office.edit(**{"way-report-gives": "person", "way-report-person": str(office.vinh.person_id)})
    case = office.task()
    leave(office.vinh)
    form = office.lan.get("casework.case_move", case_id=case.id, transition="report").text
    assert 'name="person_id"' in form
    with pytest.raises(Invalid) as refused:
        office.move(office.lan, case, "report", note="Xong")
    assert "person_id" in refused.value.errors
    office.move(office.lan, case, "report", note="Xong", to=Receiver(person_id=office.leader.person_id))
    assert office.holders(case) == [("Phạm Ngọc Anh", "Duyệt kết quả")]
    assert (
        "hiện không ai ở cơ quan nhận được theo cách này"
        in office.keeper.get("casework.workflow", kind=TASK.key).text
    )


def leave(officer):
    """Let somebody hold no post any more."""
    with officer.agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET valid_from = tenants.today() - 9, valid_to = tenants.today() - 1 WHERE tenant_id = %s AND person_id = %s",
            (officer.agency.info.id, officer.person_id),
        )


# ---- internal steps, and back to the module's -----------------------------------------------------------------------------


def test_a_case_goes_through_the_internal_step_and_back(office):
    assert office.add_step().status_code == 303
    case = office.task()
    office.move(office.lan, case, "start")
    page = office.lan.get("casework.task", case_id=case.id).text
    assert "Gửi tổ trưởng xem" in page
    assert "Báo cáo kết quả" not in page
    step = office.now().definition.states[2].key
    office.move(office.lan, case, f"{step}_in", to=Receiver(person_id=office.vinh.person_id))
    assert office.holders(case) == [("Lê Quang Vinh", "Xem trước")]
    office.move(office.vinh, case, f"{step}_back", note="Thiếu số liệu")
    assert office.holders(case) == [("Hoàng Thị Lan", "Xử lý và báo cáo kết quả")]
    office.move(office.lan, case, f"{step}_in", to=Receiver(person_id=office.vinh.person_id))
    assert office.move(office.vinh, case, "report", note="Đủ").state == "review"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"place": "review|start"}, "place"),
        ({"title": ""}, "title"),
        ({"share": "0"}, "share"),
        ({"gives": "person"}, "person"),
        ({"gives": "role:nobody"}, "gives"),
        ({"mark": "pub"}, "mark"),
    ],
)
def test_a_step_that_cannot_be_comes_back_at_its_field(office, said, field):
    answer = office.add_step(**said)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert office.now().number == 0


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"title": "", "task": "", "place": "", "share": "0", "gives": "person"}, "title task place share person"),
        ({"title": "", "give_title": "", "gives": "role:nobody", "share": "x", "mark": "pub"}, "title give_title gives share mark"),
    ],
)  # fmt: skip
def test_all_that_is_wrong_with_a_step_is_told_at_once(office, said, fields):
    told = set(re.findall(r'href="#f-(\w+)"', office.add_step(**said).text))
    assert told == set(fields.split())


def test_the_agency_returns_to_the_modules_workflow_and_follows_it_from_then_on(office):
    office.add_step()
    base = office.now().number
    page = office.keeper.get("casework.workflow_reset", kind=TASK.key).text
    assert "Bỏ trạng thái: Tổ trưởng xem" in page
    assert office.keeper.post("casework.workflow_reset", kind=TASK.key, form={"base": "0"}).status_code == 303
    assert office.now().own  # somebody else had saved: nothing is changed
    assert (
        office.keeper.post("casework.workflow_reset", kind=TASK.key, form={"base": str(base)}).status_code
        == 303
    )
    now = office.now()
    assert (now.definition, now.own, now.number) == (GOOD, False, base + 1)
    with office.agency.at_work():
        lines = [f"{each.actor} {each.text}" for each in history("casework.workflow", now.stored.id)]
    assert lines == ["Nguyễn Quản Trị đưa quy trình việc được giao về bản của phân hệ, nay là phiên bản 2"]


# ---- running cases moved over -----------------------------------------------------------------------------------------------


@pytest.fixture
def looked_at(office):
    """A case that stands in an internal step which has been taken out since."""
    office.add_step()
    case = office.task()
    office.move(office.lan, case, "start")
    step = office.now().definition.states[2].key
    office.move(office.lan, case, f"{step}_in", to=Receiver(person_id=office.vinh.person_id))
    office.keeper.post("casework.workflow_step_remove", kind=TASK.key, state=step, form={"base": "1"})
    return case, step


def test_a_version_names_what_was_taken_out_and_nothing_in_its_place(office, looked_at):
    page = office.keeper.get("casework.workflow", kind=TASK.key).text
    assert "Bỏ trạng thái" in page
    assert "(trống)" not in page


def test_the_preview_says_what_goes_where_and_who_loses_it(office, looked_at):
    _case, step = looked_at
    office.task()  # by the new version already
    page = office.keeper.get("casework.workflow_move", kind=TASK.key, number=1).text
    assert "Chuyển 1 việc đang chạy sang quy trình mới?" in page
    assert "“Tổ trưởng xem” không còn trong quy trình mới: 1 việc" in page
    assert "Đang giữ: Lê Quang Vinh (1)" in page
    answer = office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form={})
    assert answer.status_code == 422
    assert f'href="#f-to-{step}"' in answer.text


def test_a_running_case_goes_on_by_the_new_version_and_its_history_says_so(office, looked_at):
    case, step = looked_at
    said = {f"to-{step}": "doing", f"back-{step}": "on"}
    assert office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form=said).status_code == 303
    assert office.holders(case) == [("Hoàng Thị Lan", "Xử lý và báo cáo kết quả")]
    taken = f"{case.code} “{case.title}” theo quy trình mới, nay do Hoàng Thị Lan giữ"
    assert taken in office.vinh.get("notifications.centre").text
    assert taken not in office.lan.get("notifications.centre").text
    with office.agency.at_work():
        moved = queries.case(case.id)
        assert (moved.state, moved.workflow_id) == ("doing", workflow_for(TASK).id)
        line = history(CASE, case.id)
        last = Step.select().where(Step.case_id == case.id).order_by(Step.seq.desc()).first()
    assert f"chuyển {case.code} sang quy trình phiên bản 2: Đang xử lý" in [each.text for each in line]
    assert (last.from_state, last.to_state) == (step, "doing")
    assert office.move(office.lan, case, "report", note="Xong").state == "review"
    again = office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form=said)
    assert again.status_code == 303  # nothing is left: asked again it does nothing
    with office.agency.at_work():
        assert Step.select().where(Step.case_id == case.id, Step.transition == "moved_over").count() == 1


def test_whoever_had_it_before_has_left_so_it_stays_where_it_is(office, looked_at):
    case, step = looked_at
    leave(office.lan)
    office.keeper.post(
        "casework.workflow_move", kind=TASK.key, number=1, form={f"to-{step}": "doing", f"back-{step}": "on"}
    )
    assert office.holders(case) == [("Lê Quang Vinh", "Xử lý và báo cáo kết quả")]


def test_going_over_shares_the_time_anew_but_moves_no_day_that_somebody_named(office):
    day = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)
    free, named = (office.task(due=day.date() + timedelta(days=10)) for _each in range(2))
    with office.leader.working() as ctx:
        assigning.reassign(ctx, named.id, Receiver(person_id=office.vinh.person_id), due=day)
    office.edit(**{"state-new-share": "50"})
    office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form={})
    with office.agency.at_work():
        (shared,), (kept,) = (queries.open_assignments(each.id) for each in (free, named))
    assert shared.due_at < day
    assert kept.due_at == day


def test_many_are_moved_by_a_job_that_goes_on_where_it_was_killed(office, monkeypatch):
    monkeypatch.setattr(workflow_services, "AT_ONCE", 2)
    monkeypatch.setattr(workflow_services, "PORTION", 2)
    cases = [office.task() for _each in range(5)]
    office.edit(**{"state-new-task": "Đọc kỹ rồi bắt đầu"})
    office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form={})
    (args,) = waiting_jobs(office.agency)
    killed = [0]
    real = workflow_services._move_one

    def dying(*args, **more):
        killed[0] += 1
        if killed[0] == 4:
            raise KeyboardInterrupt
        real(*args, **more)

    monkeypatch.setattr(workflow_services, "_move_one", dying)
    with office.agency.in_background(), pytest.raises(KeyboardInterrupt):
        workflow_services.move_cases_over(**args)
    assert len(moved(office)) == 2  # the portion that was cut off is rolled back
    with office.agency.in_background():
        workflow_services.move_cases_over(**args)
    assert sorted(moved(office)) == sorted(each.id for each in cases)
    assert office.holders(cases[0]) == [("Hoàng Thị Lan", "Đọc kỹ rồi bắt đầu")]


@pytest.mark.parametrize("by_job", [True, False])
def test_a_case_that_comes_into_a_state_that_is_gone_stays_and_keeps_no_other_back(
    office, monkeypatch, by_job
):
    if by_job:
        monkeypatch.setattr(workflow_services, "AT_ONCE", 0)
    office.add_step()
    late, first, second = (office.task() for _each in range(3))
    for each in (late, first, second):
        office.move(office.lan, each, "start")
    step = office.now().definition.states[2].key
    office.keeper.post("casework.workflow_step_remove", kind=TASK.key, state=step, form={"base": "1"})

    def look(case):
        office.move(office.lan, case, f"{step}_in", to=Receiver(person_id=office.vinh.person_id))

    def move_over():
        return office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form={f"to-{step}": ""})

    if by_job:
        move_over()
        (args,) = waiting_jobs(office.agency)
        look(late)
        with office.agency.in_background():
            workflow_services.move_cases_over(**args)
        told = office.keeper.get("notifications.centre").text
        assert "còn 1 việc theo phiên bản 1, vì vừa sang trạng thái mà quy trình mới không có" in told
    else:
        with monkeypatch.context() as meanwhile:
            check = workflow_services._check_landings
            asked = lambda *given: (check(*given), in_background(look, late))  # noqa: E731
            meanwhile.setattr(workflow_services, "_check_landings", asked)
            told = unquote(move_over().cookies[TOAST_COOKIE].value)
        assert "Đã chuyển 2 việc. Còn 1 việc theo phiên bản cũ" in told
    assert set(moved(office)) == {first.id, second.id}
    page = office.keeper.get("casework.workflow_move", kind=TASK.key, number=1).text
    assert "“Tổ trưởng xem” không còn trong quy trình mới: 1 việc" in page
    office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form={f"to-{step}": "doing"})
    assert workflow_services.STAYED not in unread(office.keeper)


def in_background(act, *given):
    """Let somebody act in a transaction of their own while another one is open."""
    other = Thread(target=act, args=given)
    other.start()
    other.join(timeout=LONGEST)
    assert not other.is_alive()


def unread(officer):
    with officer.agency.at_work():
        rows = Notification.select().where(Notification.person_id == officer.person_id, Notification.unread)
        return [each.kind for each in rows]


def test_the_job_stops_when_whoever_asked_may_not_any_more(office, monkeypatch):
    monkeypatch.setattr(workflow_services, "AT_ONCE", 0)
    office.task()
    office.edit(**{"state-new-task": "Đọc kỹ rồi bắt đầu"})
    office.keeper.post("casework.workflow_move", kind=TASK.key, number=1, form={})
    (args,) = waiting_jobs(office.agency)
    leave(office.keeper)
    with office.agency.in_background():
        workflow_services.move_cases_over(**args)
    assert moved(office) == []


def moved(office):
    with office.agency.at_work():
        return [each.case_id for each in Step.select().where(Step.transition == "moved_over")]


def waiting_jobs(agency):
    """Return the arguments of the jobs that wait to move cases over."""
    with agency.at_work():
        rows = db.execute_sql(
            "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = %s AND queue_name = %s",
            (workflow_services.MOVE, str(agency.info.id)),
        ).fetchall()
    return [row[0] for row in rows]
