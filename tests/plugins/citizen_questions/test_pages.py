"""Pages and documents of officers."""

import re
from types import SimpleNamespace
from urllib.parse import unquote
from uuid import UUID

import psycopg2
import pytest

from core.db import db
from core.web.errors import Forbidden, Invalid
from plugins.casework.cases import publishing
from plugins.casework.cases.pages import find
from plugins.casework.workflows.rules import receiver_words
from plugins.citizen_questions import demo, queries, services
from plugins.citizen_questions.demo_stories import matters_of
from plugins.citizen_questions.kinds import QUESTION
from plugins.citizen_questions.models import Publication, Question
from plugins.citizen_questions.queries import Wanted
from plugins.lists import services as lists
from tests.plugins.citizen_questions.conftest import said
from tests.support.samples import neighbour, seeded


def test_every_move_has_its_form(desk):
    case = desk.ask().case
    for officer, key, fields in (
        (desk.lan, "accept", {"topic": "business", "person_id": desk.vinh.person_id, "due": ""}),
        (
            desk.vinh,
            "submit",
            {"answer": "Bà Trần Thị Hoa hỏi: chợ mở lại ngày 12/9.", "person_id": desk.leader.person_id},
        ),
        (desk.leader, "approve", {}),
        (desk.lan, "publish", {}),
        (desk.lan, "withdraw", {"note": "Đăng nhầm"}),
    ):
        version = desk.stored(case).version
        if key == "approve":
            for step in ("approve", "send_back"):
                decided = officer.get("casework.case_move", case_id=case.id, transition=step).text
                assert "<h2>Dự thảo trả lời</h2><p>Bà [họ tên] hỏi: chợ mở lại ngày 12/9.</p>" in decided
                assert "[số điện thoại]" in decided
                assert "0912 345 678" not in decided
            desk.approve(case)
            continue
        opened = officer.get(f"citizen_questions.{key}", case_id=case.id)
        assert opened.status_code == 200, key
        if key == "publish":
            assert "<mark>[số điện thoại]</mark>" in opened.text
            assert "0912 345 678" not in opened.text
            fields |= {
                name: re.search(rf'name="{name}"[^>]*>([^<]*)</textarea>', opened.text)[1]
                for name in ("question", "answer")
            }
            fields["title"] = case.title
            assert fields["answer"] == "Bà [họ tên] hỏi: chợ mở lại ngày 12/9."
        sent = officer.post(f"citizen_questions.{key}", {"version": version, **fields}, case_id=case.id)
        assert sent.status_code == 303, (key, sent.text)
    assert "Đã trả lời riêng" in desk.vinh.get("citizen_questions.question", case_id=case.id).text


def test_the_form_of_the_public_copy_shows_what_is_personal_only_with_a_reason(desk):
    case = desk.ask(address="25 đường Lê Lợi, phường Thuận Hoá").case
    desk.approved(case, "Bà Trần Thị Hoa hỏi: chợ mở lại ngày 12/9.")
    opened = desk.lan.get("citizen_questions.publish", case_id=case.id).text
    for personal in ("0912 345 678", "0912345678", "Trần Thị Hoa", "hoa@example.vn", "25 đường Lê Lợi"):
        assert personal not in opened
    here = desk.url("publish", case_id=case.id)
    ask = re.search(r'href="([^"]+reveal[^"]*)"', opened)[1]
    assert here in unquote(ask)
    asked = desk.lan.get("casework.case_reveal", case_id=case.id, query={"back": here}).text
    assert f'href="{here}"' in asked, "who does not look comes back to the form"
    why = {"fields": ["content"], "purpose": "answer", "note": "Xem chỗ che trước khi đăng"}
    told = desk.lan.post("casework.case_reveal", why, case_id=case.id, query={"back": here})
    assert told.headers["location"] == f"{here}#cw-personal"
    shown = desk.lan.get("citizen_questions.publish", case_id=case.id).text
    assert "0912 345 678" in shown
    assert "hoa@example.vn" not in shown, "each thing that is read is asked for"
    assert "0912 345 678" not in desk.leader.get("citizen_questions.publish", case_id=case.id).text
    past = desk.lan.get("citizen_questions.question", case_id=case.id, query={"tab": "history"}).text
    assert "xem dữ liệu cá nhân ở" in past
    away = desk.lan.post("casework.case_reveal", why, case_id=case.id, query={"back": "//example.org/"})
    assert "example.org" not in away.headers["location"]


def test_who_asked_is_masked_on_the_page_in_the_list_and_for_programs(desk):
    case = desk.ask(content="Chợ đóng. Chị Trần Thị Hoa chờ, gọi 0912345678; chị Hoa ở 5 đường Lê Lợi.").case
    document = desk.vinh.get("citizen_questions.api_question", case_id=case.id)
    pages = [
        desk.vinh.get("citizen_questions.question", case_id=case.id), desk.vinh.get("citizen_questions.questions"), document,
        desk.vinh.get("citizen_questions.api_questions"),
    ]  # fmt: skip
    for page in pages:
        assert page.status_code == 200
        for personal in ("Trần Thị Hoa", "0912345678", "hoa@example.vn", "chị Hoa", "5 đường Lê Lợi"):
            assert personal not in page.text
    assert document.json["asker"] == "Trần T•• H••"
    assert "Trần T•• H••" in pages[0].text
    assert "gọi [số điện thoại]; chị [họ tên] ở [địa chỉ]." in pages[0].text
    # What stands behind the marks is told beside the text, with a reason, like who asked.
    reason = {"fields": ["content"], "purpose": "contact", "note": "Gọi lại 0912 345 678 hỏi cho rõ"}
    url = {"case_id": case.id}
    assert "chính dữ liệu cá nhân" in desk.vinh.post("casework.case_reveal", reason, **url).text
    reason["note"] = "Cần biết đoạn đường để đi xem"
    assert desk.vinh.post("casework.case_reveal", reason, **url).status_code == 303
    seen = desk.vinh.get("citizen_questions.question", **url).text
    assert "Trần Thị Hoa; 0912345678; Hoa; 5 đường Lê Lợi" in seen
    assert "gọi [số điện thoại]" in seen


def test_title_and_answer_say_nothing_of_people_wherever_they_stand(desk):
    title = "Tôi là Trần Thị Hoa, 0912345678, hỏi chợ"
    case = desk.ask(title=title, content="Chị Hoa chờ.").case
    desk.act(desk.lan, case, "accept", person_id=desk.vinh.person_id)
    answer = "Bà Trần Thị Hoa gọi 0234 3822 111."
    desk.act(desk.vinh, case, "submit", answer=answer, person_id=desk.leader.person_id)
    document = desk.leader.get("citizen_questions.api_question", case_id=case.id)
    pages = [
        desk.leader.get("citizen_questions.question", case_id=case.id), document, desk.leader.get("casework.work"),
        *(desk.leader.get(f"citizen_questions.{each}") for each in ("questions", "api_questions")),
    ]  # fmt: skip
    for page in pages:
        assert page.status_code == 200
        for personal in ("Trần Thị Hoa", "0912345678", "3822 111"):
            assert personal not in page.text
        assert "Tôi là [họ tên], [số điện thoại], hỏi chợ" in page.text
    assert document.json["answer"] == "Bà [họ tên] gọi [số điện thoại]."
    reason = {"fields": ["content"], "purpose": "contact", "note": "Cần gọi lại để hỏi cho rõ"}
    assert desk.leader.post("casework.case_reveal", reason, case_id=case.id).status_code == 303
    seen = desk.leader.get("citizen_questions.question", case_id=case.id).text
    assert "Trần Thị Hoa; 0912345678; Hoa; 0234 3822 111" in seen


def test_a_search_finds_a_question_by_the_names_in_it_and_by_no_number(desk):
    numbers = ("046090001234", "0071000123456", "0912345678", "hoa@example.vn")
    content = "Tôi là Trần Thị Hoa, CCCD {}, STK {}, gọi {}, thư {}. Chợ Bàu Vá đóng.".format(*numbers)
    case = desk.ask(title="Bao giờ có chợ?", content=content).case
    for words in ("Trần Thị Hoa", "Bàu Vá", case.code, *numbers):
        shown = desk.lan.get("citizen_questions.questions", query={"q": words}).text
        with desk.lan.working() as ctx:
            found = find(ctx, (words,), 5)
        assert ("Bao giờ có chợ?" in shown) == (words not in numbers), words
        assert bool(found) == (words not in numbers), words


def test_the_workflow_says_that_whoever_reopens_or_passes_on_has_the_question_then(desk):
    with desk.leader.working():
        words = receiver_words(QUESTION)
        told = {
            key: words(QUESTION.shipped, QUESTION.shipped.transition(key))
            for key in ("reopen", "transfer", "take_up")
        }
    assert told == {
        "reopen": "Người làm bước này", "transfer": "Người làm bước này", "take_up": "Người chuyển chọn người nhận",
    }  # fmt: skip
    case = desk.ask().case
    with pytest.raises(Invalid) as refused:
        desk.act(desk.lan, case, "reject", reason="other")
    assert refused.value.errors.keys() == {"note"}
    desk.act(desk.lan, case, "reject", reason="unclear")
    desk.act(desk.leader, case, "reopen", note="Đã rõ")
    held = desk.sql("SELECT person_id FROM casework.assignment WHERE done_at IS NULL")
    assert held == [(desk.leader.person_id,)]


def test_a_program_that_misspells_a_state_is_told_so(desk):
    read = desk.vinh.get
    assert read("citizen_questions.api_questions", query={"state": "rac"}).json["errors"].keys() == {"state"}
    assert read("citizen_questions.api_questions", query={"unit": "rac"}).status_code == 422
    assert read("citizen_questions.api_questions", query={"state": "answered"}).status_code == 200


def test_spam_is_put_away_together(desk):
    cases = [desk.ask(**said(title=f"Vay tiền nhanh {n}")).case for n in range(3)]
    page = desk.lan.get("citizen_questions.questions")
    assert "Bỏ tin rác" in page.text
    assert page.text.count('data-lt-can="spam"') == 3, "every row that waits can be put away"
    key = re.search(r'name="list" value="([^"]+)"', page.text)[1]
    chosen = {"list": key, "query": "", "action": "spam", "id": [str(case.id) for case in cases]}
    planned = desk.lan.post("lists.bulk", chosen).headers["Location"]
    assert "lý do là tin rác" in desk.lan.follow(planned).text
    desk.lan.post("lists.run_go", run_id=UUID(planned.rpartition("/")[2]))
    assert {desk.stored(case).state for case in cases} == {"rejected"}
    with pytest.raises(Forbidden), desk.vinh.working() as ctx:
        services.reject_spam(ctx, desk.ask().case.id)


@pytest.mark.parametrize("at_once", [50, 2])
def test_what_is_spam_no_longer_stays_and_is_told_while_the_rest_is_put_away(desk, monkeypatch, at_once):
    monkeypatch.setattr(lists, "BULK_AT_ONCE", at_once)
    cases = [desk.ask(**said(title=f"Vay tiền nhanh {n}")).case for n in range(3)]
    taken = desk.ask().case
    desk.act(desk.lan, taken, "accept", person_id=desk.vinh.person_id)
    chosen = {"list": QUESTION.list_route, "query": "", "action": "spam", "all": "1"}
    planned = desk.lan.post("lists.bulk", chosen).headers["Location"]
    run = UUID(planned.rpartition("/")[2])
    assert desk.lan.post("lists.run_go", run_id=run).status_code == 303
    if at_once == 2:
        with desk.agency.in_background():
            lists.work_through(run)
    assert {desk.stored(case).state for case in cases} == {"rejected"}
    assert desk.stored(taken).state == "doing"
    page = desk.lan.follow(planned).text
    assert "Đã bỏ 3 tin rác." in page
    assert f"“{taken.code}”: Câu hỏi đã được tiếp nhận" in page


def test_an_old_question_says_how_near_day_45_is(desk, long_ago):
    near, over, young = (desk.ask(at=long_ago(days)).case for days in (40, 50, 5))
    assert "Còn 5 ngày tới mốc 45 ngày" in desk.vinh.get("citizen_questions.question", case_id=near.id).text
    assert "Đã quá 45 ngày" in desk.vinh.get("citizen_questions.question", case_id=over.id).text
    assert "mốc 45 ngày" not in desk.vinh.get("citizen_questions.question", case_id=young.id).text
    page = desk.vinh.get("citizen_questions.figures").text
    assert near.code in page
    assert young.code not in page


def test_figures_count_each_question_once(desk):
    desk.published()
    desk.act(desk.lan, desk.ask().case, "reject", reason="spam")
    desk.ask(topic="health")
    with desk.agency.at_work():
        Question.update(rating=4).where(Question.answered_at.is_null(False)).execute()
        year = queries.casework.agency_day().year
        found = {(each.topic, each.stand): each.number for each in queries.figures(year)}
    assert found == {("land", "in_time"): 1, ("business", "rejected"): 1, ("health", "open"): 1}
    page = desk.vinh.get("citizen_questions.figures").text
    assert "4,0" in page
    assert desk.vinh.get("citizen_questions.figures", query={"year": "x"}).status_code == 400


def test_only_who_manages_changes_how_questions_are_taken(desk):
    form = {"unit_id": "", "budget": "10wd", "ground": "Quyết định 12", "intro": "Hỏi gì cũng được"}
    assert desk.vinh.get("citizen_questions.settings").status_code == 200
    assert desk.vinh.post("citizen_questions.choose_settings", form).status_code == 403
    assert desk.leader.post("citizen_questions.choose_settings", {**form, "budget": "x"}).status_code == 422
    assert desk.leader.post("citizen_questions.choose_settings", form).status_code == 303
    assert "Hỏi gì cũng được" in desk.get("public").text
    assert desk.leader.get("citizen_questions.settings").text.count("Quyết định 12") == 1


def test_new_questions_wait_where_somebody_may_take_them_on(desk):
    form = {"budget": "10wd", "ground": "Quyết định 12", "intro": ""}
    here, there = (str(unit_id) for unit_id in desk.agency.units.values())
    refused = desk.leader.post("citizen_questions.choose_settings", {**form, "unit_id": there})
    assert refused.status_code == 422
    assert "có quyền tiếp nhận câu hỏi. Chọn đơn vị khác." in refused.text
    assert desk.leader.post("citizen_questions.choose_settings", {**form, "unit_id": here}).status_code == 303
    page = desk.leader.get("citizen_questions.settings").text
    assert (here in page, there in page) == (True, False)
    desk.sql("UPDATE citizen_questions.setting SET unit_id = %s RETURNING id", there)
    assert "nơi không còn ai có quyền tiếp nhận" in desk.leader.get("citizen_questions.settings").text
    assert desk.ask().case.state == "new", "it is not lost where nobody works any more"


def test_open_questions_keep_the_module_switched_on(desk):
    case = desk.ask().case
    with pytest.raises(Invalid):
        desk.agency.switch("citizen_questions", on=False)
    desk.act(desk.lan, case, "reject", reason="unclear")
    desk.agency.switch("citizen_questions", on=False)
    assert desk.get("ask").status_code == 404


# ---- sample data, and many rows -----------------------------------------------------------------------------------


def test_sample_data_asks_a_department_about_its_own_business_alone():
    assert {each.topic for each in matters_of("department", "Sở Y tế")} == {"health", "conduct", "papers"}
    assert {each.topic for each in matters_of("ward", "UBND phường An Cựu")} > {
        "health",
        "education",
        "order",
    }


def test_the_sample_data_has_every_state_and_is_made_once(desk, ground):
    other = neighbour(ground, "citizen_questions")
    for _twice in range(2):
        seeded(demo.seed, desk.agency, (desk.leader, desk.lan, desk.vinh), [other], scale=0.5, days=60)
    passed = desk.sql(
        "SELECT DISTINCT to_state FROM casework.step WHERE case_id IN (SELECT id FROM citizen_questions.question)"
    )
    assert {each for (each,) in passed} >= {
        "new", "doing", "waiting", "review", "redraft", "approved", "answered", "published", "rejected",
    }  # fmt: skip
    acts = desk.sql(
        "SELECT at AT TIME ZONE 'Asia/Ho_Chi_Minh', by_person IS NOT NULL FROM casework.step s JOIN casework.case_base c "
        "ON (c.tenant_id, c.id) = (s.tenant_id, s.case_id) WHERE c.kind = 'citizen_questions.question'"
    )
    assert not [at for at, by_officer in acts if at.weekday() == 6 or (by_officer and not 7 <= at.hour < 17)]
    assert len({at.date() for at, _by in acts}) > 10
    with desk.agency.at_work():
        assert Question.select().count() == 40
        assert "0912" not in "".join(each.question for each in Publication.select())


MANY = 100_000
_QUESTIONS = """INSERT INTO citizen_questions.question (tenant_id, id, secret, topic, name, may_publish, consent, asked_at)
    SELECT tenant_id, id, 'x', 'land', 'x', true, 'x', opened_at FROM casework.case_base WHERE code ^@ 'DH-0-'"""
_CASES = """INSERT INTO casework.case_base (tenant_id, id, kind, code, title, state, workflow_id, opened_at, due_at, closed_at, folded)
    SELECT c.tenant_id, gen_random_uuid(), c.kind, 'DH-0-' || n, c.title, 'published', c.workflow_id, now() - n * interval '1 hour',
        now() - n * interval '1 hour', now(), '' FROM casework.case_base c, generate_series(1, %s) n WHERE c.id = %s"""
_COPIES = """INSERT INTO citizen_questions.publication (tenant_id, id, code, topic, agency, title, question, answer, answered_by, asked_on,
    answered_on, folded, published_at) SELECT tenant_id, id, 'DH-0-' || n, CASE WHEN n %% 1000 = 777 THEN 'health' ELSE 'land' END, 'x', 'x', 'x', 'x', 'x',
    asked_at::date, asked_at::date, 'cau hoi DH-0-' || n, asked_at FROM (SELECT *, row_number() OVER (ORDER BY id) AS n
    FROM citizen_questions.question WHERE secret = 'x') q WHERE n %% 5 = %s"""


@pytest.fixture
def full(desk, database):
    """An agency with a hundred thousand published answers, and ten thousand spam questions that nobody has looked at."""
    case = desk.ask().case
    for statement, values in (
        (_CASES, (MANY, case.id)),
        (_QUESTIONS, None),
        *((_COPIES, (part,)) for part in range(5)),
    ):
        with desk.agency.at_work():
            db.execute_sql("SET LOCAL statement_timeout = 0")  # filling is not what is measured
            db.execute_sql(statement, values)
    with desk.agency.at_work():
        spam = (
            _CASES.replace("'published'", "'new'").replace("DH-0-", "DH-9-").replace("now(), ''", "NULL, ''")
        )
        db.execute_sql("SET LOCAL statement_timeout = 0")
        db.execute_sql(spam, (10_000, case.id))
    superuser = psycopg2.connect(database.admin_url)
    superuser.autocommit = True
    # An index of words keeps new rows in a list apart until it is cleaned, and a search reads that list too.
    superuser.cursor().execute(
        "VACUUM (ANALYZE) casework.case_base, citizen_questions.question, citizen_questions.publication"
    )
    superuser.close()
    return desk


def blocks(act, monkeypatch):
    """Return how many blocks the statements of an act read."""
    real, read = db.execute_sql, []

    def counted(sql, values=None, *more):
        if sql.lstrip().startswith("SELECT"):
            (plan,) = real(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", values).fetchone()
            read.append(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])
        return real(sql, values, *more)

    with monkeypatch.context() as patched:
        for module in (queries, publishing):
            patched.setattr(module, "db", SimpleNamespace(execute_sql=counted))
        act()
    return sum(read)


def test_lists_read_no_more_than_a_page(full, monkeypatch):
    here = full.agency.info.id
    with full.agency.at_work():
        from core.api import START

        for act, most in (
            (lambda: queries.public_answers(Wanted(here), START), 1_000),
            (lambda: queries.public_answers(Wanted(None), START), 1_000),
            (lambda: queries.public_answers(Wanted(here, "", "health"), START), 1_000),
            (lambda: queries.public_answers(Wanted(here, "cau DH-0-55555"), START), 1_000),
            # Every answer has these words: a thousand and one are counted, each in three tables and in an index.
            (lambda: queries.public_answers(Wanted(here, "cau hoi"), START), 4_500),
            (lambda: queries.public_count(Wanted(here, "", "land")), 1_000),
            (lambda: queries.COPIES.one(here, "DH-0-500"), 600),
        ):
            read = blocks(act, monkeypatch)
            assert 0 < read < most, (most, read)
    page = full.lan.get("citizen_questions.questions")
    assert page.status_code == 200
    assert "1.000+" in page.text
