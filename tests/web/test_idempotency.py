"""A creation with an Idempotency-Key is made once, whatever the network does."""

import threading
from uuid import uuid4

import orjson
import pytest
from falcon.testing import create_environ

from core.db import db
from core.web import idempotency
from core.web.request import Request
from tests.support.modules import OTHER_UNIT, UNIT, ground, stage  # noqa: F401 - fixtures

ROUTE = "example.api_new"


@pytest.fixture
def agency(ground):  # noqa: F811 - the fixture
    return ground.agency("example")


@pytest.fixture
def lan(agency):
    return agency.officer("example.writer")


def send(officer, title="Lịch trực", key="khoa-1", **document):
    sent = {"unit_id": str(officer.agency.units[UNIT]), "title": title, **document}
    return officer.post_json(ROUTE, sent, headers={"Idempotency-Key": key} if key else {})


def count(agency, title="Lịch trực"):
    with agency.at_work():
        sql = "SELECT count(*) FROM example.note WHERE tenant_id = core.app_tenant() AND title = %s"
        return db.execute_sql(sql, (title,)).fetchone()[0]


def kept(agency):
    with agency.at_work():
        sql = "SELECT count(*) FROM core.kept_answer WHERE tenant_id = core.app_tenant()"
        return db.execute_sql(sql).fetchone()[0]


def age(agency, hours):
    with agency.at_work():
        db.execute_sql(
            "UPDATE core.kept_answer SET at = at - %s * interval '1 hour' WHERE tenant_id = core.app_tenant()",
            (hours,),
        )


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return orjson.loads(answer.content)["type"].rpartition("/")[2]


def test_the_same_key_and_body_give_the_same_answer(agency, lan):
    first = send(lan)
    again = send(lan, key='"khoa-1"')  # the draft standard's way to write the same key
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    for header in ("Location", "ETag", "Content-Type"):
        assert first.headers[header] == again.headers[header]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(agency) == 1


def test_the_order_of_fields_is_no_other_body(agency, lan):
    send(lan, body="Sáng: Lan.")
    sent = {"body": "Sáng: Lan.", "title": "Lịch trực", "unit_id": str(agency.units[UNIT])}
    assert lan.post_json(ROUTE, sent, headers={"Idempotency-Key": "khoa-1"}).status_code == 201
    assert count(agency) == 1


def test_another_body_under_the_same_key_is_refused(agency, lan):
    send(lan)
    answer = send(lan, body="Khác")
    assert (answer.status_code, problem(answer)) == (422, "idempotency-key-reused")
    assert count(agency) == 1


def test_without_a_key_every_request_creates(agency, lan):
    assert [send(lan, key="").status_code for _twice in range(2)] == [201, 201]
    assert count(agency) == 2
    assert kept(agency) == 0


def test_a_key_belongs_to_one_person_in_one_agency(ground, agency, lan):  # noqa: F811 - the fixture
    other = ground.agency("example").officer("example.writer")
    answers = [send(officer) for officer in (lan, agency.officer("example.writer"), other)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({orjson.loads(answer.content)["id"] for answer in answers}) == 3


def test_a_failure_is_not_kept_so_that_the_key_may_try_again(agency, lan):
    assert send(lan, title="").status_code == 422
    assert kept(agency) == 0
    assert send(lan).status_code == 201


def test_who_lost_the_right_gets_no_kept_answer(agency, lan):
    send(lan)
    with agency.at_work():
        db.execute_sql(
            "UPDATE tenants.membership SET ended_at = now() WHERE tenant_id = core.app_tenant() AND person_id = %s",
            (lan.person_id,),
        )
    assert lan.agency.ground.client.simulate_post(
        agency.url(ROUTE), headers={"Cookie": f"__Host-lt_session={lan.token}", "Idempotency-Key": "khoa-1"}
    ).status_code == 404  # fmt: skip


def test_the_same_key_at_once_creates_once_and_tells_the_other_to_wait(agency, lan):
    stored, go_on = threading.Event(), threading.Event()
    answers = []

    def first():
        keep = idempotency._keep

        def slowly(*args):
            stored.set()
            assert go_on.wait(20)
            keep(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(idempotency, "_keep", slowly)
            answers.append(send(lan))

    worker = threading.Thread(target=first)
    csrf = lan.csrf_token
    assert csrf
    worker.start()
    assert stored.wait(20)
    meanwhile = send(lan)
    assert (meanwhile.status_code, problem(meanwhile)) == (409, "in-progress")
    assert meanwhile.headers["Retry-After"] == "1"
    go_on.set()
    worker.join(20)
    assert answers[0].status_code == 201
    assert send(lan).content == answers[0].content
    assert count(agency) == 1


def test_a_key_may_be_used_anew_after_a_day(agency, lan):
    send(lan)
    age(agency, 23)
    assert "Idempotency-Replayed" in send(lan).headers
    age(agency, 2)
    assert send(lan, title="Việc mới").status_code == 201
    assert send(lan, title="Việc mới").headers["Idempotency-Replayed"] == "true"
    assert (count(agency), count(agency, "Việc mới"), kept(agency)) == (1, 1, 1)


def test_old_answers_are_deleted_at_night(agency, lan, monkeypatch):
    monkeypatch.setattr(idempotency, "AT_ONCE", 2)
    for number in range(5):
        send(lan, key=f"cu-{number}")
    age(agency, 25)
    send(lan, key="moi")
    with agency.at_work():
        idempotency.forget_answers()
    assert kept(agency) == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_will_not_do_is_a_bad_request(agency, lan, key):
    assert send(lan, key=key).status_code == 400
    assert count(agency) == 0


def test_the_other_unit_is_refused_with_a_key_as_without(agency, lan):
    answer = send(lan, unit_id=str(agency.units[OTHER_UNIT]), id=str(uuid4()))
    assert answer.status_code == 403
    assert kept(agency) == 0


def multipart(text, content):
    lines = [
        "--x",
        'Content-Disposition: form-data; name="title"',
        "",
        text,
        "--x",
        'Content-Disposition: form-data; name="file"; filename="a.txt"',
        "",
        content,
        "--x--",
        "",
    ]
    return Request(
        create_environ(
            method="POST",
            body="\r\n".join(lines),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
    )


def test_what_comes_with_files_is_told_apart_by_their_content():
    sent = [("Báo cáo", "quý 3"), ("Báo cáo", "quý 3"), ("Báo cáo", "quý 4"), ("Tờ trình", "quý 3")]
    requests = [multipart(*each) for each in sent]
    first, again, other_file, other_text = map(idempotency._fingerprint, requests)
    assert first == again
    assert len({first, other_file, other_text}) == 3
    assert requests[0].files["file"].file.read() == "quý 3".encode()
    for request in requests:
        request.close_files()
