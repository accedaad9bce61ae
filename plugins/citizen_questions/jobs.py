"""Background work around questions: the alarm long before the day on which a leader answers for silence, and forgetting."""

from datetime import UTC, datetime, timedelta

from core.api import N_, db
from plugins.citizen_questions import guarding, queries, services
from plugins.citizen_questions.kinds import APPROVE, MANAGE, MODERATE, QUESTION
from plugins.notifications.api import Told, notify, notify_each, people_with

NEW = "citizen_questions.new"
STAGES = (queries.FIRST_ALARM, 38, 44)
"""Days after which those who lead are told of an open question, each time anew."""
KEPT = timedelta(days=3 * 365 + 1)
"""Name and contact are kept for 36 months after the answer."""
BATCH = 500


def remind() -> None:
    """Tell those who lead of questions that wait too long, and those who moderate of new ones; run again it tells nobody anew."""
    with db.atomic():
        leaders = sorted({*people_with(MANAGE), *people_with(APPROVE)})
        told = [
            Told(person_id, f"{row.id}:{stage}{row.again}", {"code": row.code, "days": row.days, "most": queries.ALARM_DAYS}, QUESTION.route, {"case_id": row.id})
            for row in queries.waiting_since(STAGES[0])
            for stage in [max(each for each in STAGES if each <= max(row.days, STAGES[0]))]
            for person_id in leaders
        ]  # fmt: skip
        notify_each(services.ALARM, told, text=N_("{code} đã {days} ngày chưa trả lời. Để quá {most} ngày là vi phạm của người đứng đầu."))  # fmt: skip
        if number := queries.new_count():
            notify(
                NEW, people_with(MODERATE), fact=f"{datetime.now(UTC):%Y-%m-%d}", text=N_("{number} câu hỏi của người dân chờ tiếp nhận"),
                fields={"number": number}, route=QUESTION.list_route,
            )  # fmt: skip


def hide_titles() -> None:
    """Hide what titles say of people in questions from before titles were looked at.

    Run again it goes on where it stood.
    """
    while True:
        with db.atomic():
            rows = db.execute_sql(
                "SELECT id FROM citizen_questions.question WHERE tenant_id = core.app_tenant() AND NOT title_hidden ORDER BY id LIMIT %s",
                (BATCH,),
            ).fetchall()
            for (question_id,) in rows:
                services.hide_title(question_id)
        if len(rows) < BATCH:
            return


def forget() -> None:
    """Delete attempts of yesterday, and name and contact of those who were answered three years ago."""
    guarding.forget_attempts()
    while True:
        with db.atomic():
            rows = db.execute_sql(
                "SELECT q.id, c.code FROM citizen_questions.question q JOIN casework.case_base c ON c.tenant_id = q.tenant_id AND c.id = q.id "
                "WHERE q.tenant_id = core.app_tenant() AND q.asked_at < %(before)s AND c.closed_at < %(before)s AND q.erased_at IS NULL LIMIT %(most)s",
                {"before": datetime.now(UTC) - KEPT, "most": BATCH},
            ).fetchall()
            for question_id, code in rows:
                services.erase(question_id, code)
        if len(rows) < BATCH:
            return
