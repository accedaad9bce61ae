"""Workflows: what is wrong with one is said, and one that is stored comes back the same."""

from dataclasses import replace

import pytest

from core.dispatcher import dispatcher
from core.i18n import use_locale
from plugins.casework.api import CaseKind
from plugins.casework.tasks.kind import TASK
from plugins.casework.workflows.checks import problems
from plugins.casework.workflows.definition import Definition
from plugins.casework.workflows.kinds import definition, store, workflow_for

GOOD = TASK.shipped


def without(key: str) -> Definition:
    return replace(GOOD, transitions=tuple(each for each in GOOD.transitions if each.key != key))


def changed(key: str, **changes) -> Definition:
    ways = tuple(replace(each, **changes) if each.key == key else each for each in GOOD.transitions)
    return replace(GOOD, transitions=ways)


def test_every_declared_workflow_can_be_worked_by(ground):
    for kind in (each for _manifest, each in dispatcher().catalogue.of(CaseKind).values()):
        assert problems(kind.shipped) == [], kind.key
        assert {kind.route, kind.list_route} <= dispatcher().catalogue.routes.keys()
        assert {kind.read, kind.handle, kind.manage} <= dispatcher().catalogue.permissions.keys()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (without("send_back"), "Không bước nào dẫn tới trạng thái “Trả lại để làm tiếp”."),
        (changed("approve", target="doing"), "Không bước nào dẫn tới trạng thái “Đã xong”."),
        (changed("start", target="nowhere"), "Bước “Bắt đầu xử lý” dẫn tới trạng thái không có: nowhere."),
        (changed("send_back", gives="nobody"), "Sau bước “Trả lại” không ai giữ việc."),
        (replace(GOOD, start="nowhere"), "Trạng thái bắt đầu “nowhere” không có."),
        (
            replace(GOOD, states=tuple(replace(each, final=False, task="Làm") for each in GOOD.states)),
            "Không có trạng thái kết thúc: việc sẽ mở mãi.",
        ),
        (
            replace(
                GOOD,
                transitions=tuple(each for each in GOOD.transitions if each.key not in ("approve", "stop")),
            ),
            "“Chờ xử lý”, “Đang xử lý”, “Chờ duyệt kết quả”, “Trả lại để làm tiếp” đi vòng mãi, không có lối ra tới kết thúc.",
        ),
        (
            replace(GOOD, states=tuple(replace(each, task="") for each in GOOD.states)),
            "Trạng thái “Chờ xử lý” chưa ghi người giữ việc phải làm gì.",
        ),
    ],
)
def test_what_is_wrong_with_a_workflow_is_said(broken, said):
    use_locale("vi")
    assert said in problems(broken)


def test_a_stored_workflow_is_the_one_that_was_stored(agency):
    with agency.at_work():
        assert definition(workflow_for(TASK).id) == GOOD


def test_running_cases_keep_their_version_and_the_agencys_own_one_stays(agency):
    own = changed("start", title="Nhận việc")
    with agency.at_work():
        first = workflow_for(TASK)
        second = store(TASK, own, number=2, note="Đổi chữ", own=True)
        assert workflow_for(TASK).id == second.id
        assert definition(first.id) == GOOD
        assert definition(second.id) == own
        # Two who store at once get one version.
        assert store(TASK, GOOD, number=2).id == second.id
