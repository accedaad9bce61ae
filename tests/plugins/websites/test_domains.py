"""An agency's own host name: asked for, decided by the IT centre, taken back."""

import threading
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from core.db import db, scope
from core.db.scope import PLATFORM
from core.web.errors import Forbidden
from core.web.request import SESSION_COOKIE
from plugins.websites import domain_services, public_queries, site_queries
from plugins.websites.models import Domain, Site
from tests.plugins.websites.newsroom import Newsroom


@pytest.mark.parametrize(
    "host", ["không-dấu", "a", "-x.vn", "a..vn", "127.0.0.1", "x.vn:8080", "x" * 300 + ".vn"]
)
def test_a_host_that_is_none_is_refused(newsroom, host):
    answer = newsroom.administrator.post("websites.domain", {"host": host})
    assert answer.status_code == 422
    assert 'href="#f-host"' in answer.text


def test_a_domain_is_asked_for_and_decided_by_the_it_centre_alone(newsroom, ground):
    host = f"p{uuid4().hex[:12]}.hue.gov.vn"
    assert (
        newsroom.administrator.post("websites.domain", {"host": f"https://{host.upper()}/"}).status_code
        == 303
    )
    other = Newsroom(ground.agency("websites"))
    assert other.administrator.post("websites.domain", {"host": host}).status_code == 422
    with newsroom.agency.at_work():
        domain_id = site_queries.own_domain().id
    assert newsroom.administrator.follow("/admin/websites/domains").status_code == 404
    operator = operator_of(newsroom)
    assert host in operator.follow("/admin/websites/domains").text
    assert decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="no").status_code == 422
    refused = decide(
        operator, "/admin/websites/domains", domain_id=domain_id, answer="no", reason="Chưa trỏ."
    )
    assert refused.status_code == 303
    assert "Chưa trỏ." in newsroom.administrator.get("websites.domain").text
    listed = operator.follow("/admin/websites/domains").text
    row = next(each for each in listed.split("<section") if host in each)
    assert "approve=" in row
    assert 'name="reason"' not in row, "it is refused already"
    assert 'value="no"' not in row
    again = decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="no", reason="Lại.")
    assert again.status_code == 422
    assert decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="yes").status_code == 303
    with newsroom.agency.at_work():
        assert site_queries.own_domain().state == "approved"


def test_an_approved_domain_is_taken_back_with_a_reason_and_the_agency_is_told(newsroom):
    host = f"p{uuid4().hex[:12]}.hue.gov.vn"
    newsroom.administrator.post("websites.domain", {"host": host})
    with newsroom.agency.at_work():
        domain_id = site_queries.own_domain().id
    operator = operator_of(newsroom)
    early = decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="revoke", reason="x")
    assert early.status_code == 422
    decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="yes")
    shown = operator.follow("/admin/websites/domains").text
    assert f"{operator.name} quyết định" in shown
    assert agency_of(newsroom, host) == newsroom.agency.info.code

    bare = decide(operator, "/admin/websites/domains", domain_id=domain_id, answer="revoke")
    assert bare.status_code == 422
    assert "Chưa nhập." in bare.text
    taken = decide(
        operator, "/admin/websites/domains", domain_id=domain_id, answer="revoke", reason="Hết hạn."
    )
    assert taken.status_code == 303
    assert agency_of(newsroom, host) is None
    own = newsroom.administrator.get("websites.domain").text
    assert "Đã thu hồi" in own
    assert "Hết hạn." in own
    told = newsroom.administrator.get("notifications.centre").text
    assert f"Tên miền riêng {host} bị thu hồi: Hết hạn." in told
    with db.connection_context(), scope(PLATFORM), db.atomic():
        noted = db.execute_sql(
            "SELECT data->>'answer', data->>'reason' FROM core.audit_entry WHERE object_id = %s ORDER BY id",
            (domain_id,),
        ).fetchall()
    assert noted == [("approved", ""), ("revoked", "Hết hạn.")]


def test_what_a_yes_publishes_is_shown_before_it(newsroom):
    operator, url = operator_of(newsroom), "/admin/websites/domains"
    hosts = [f"p{uuid4().hex[:12]}.hue.gov.vn" for _ in range(2)]

    def asked(host):
        newsroom.administrator.post("websites.domain", {"host": host})
        with newsroom.agency.at_work():
            return site_queries.own_domain().id

    first = asked(hosts[0])
    assert f"{url}?approve={first}" in operator.follow(url).text
    closed = operator.follow(f"{url}?approve={first}").text
    assert f"https://{hosts[0]} chưa có gì để đọc tới khi cơ quan mở trang." in closed
    decide(operator, url, domain_id=first, answer="yes")
    assert "Duyệt và đưa vào dùng" not in operator.follow(f"{url}?approve={first}").text
    with newsroom.agency.at_work():
        Site.update(is_open=True).execute()
    review = operator.follow(f"{url}?approve={asked(hosts[1])}").text
    assert f"Tại https://{hosts[1]} người dân đọc được ngay trang của" in review
    assert f"{hosts[0]} mà cơ quan đang dùng thôi trả lời" in review


def agency_of(newsroom, host):
    with newsroom.agency.at_work():
        return public_queries.agency_of_host(host)


def test_the_approved_domain_serves_until_another_is_approved(newsroom):
    operator, code = operator_of(newsroom), newsroom.agency.info.code
    old, new = (f"{name}{uuid4().hex[:12]}.hue.gov.vn" for name in "ab")

    def ask(host):
        assert newsroom.administrator.post("websites.domain", {"host": host}).status_code == 303
        with newsroom.agency.at_work():
            return site_queries.own_domain().id

    def approve(domain_id):
        url = "/admin/websites/domains"
        assert decide(operator, url, domain_id=domain_id, answer="yes").status_code == 303

    def serving():
        with newsroom.agency.at_work():
            return [host for host in (old, new) if public_queries.agency_of_host(host) == code]

    approve(ask(old))
    first = ask(old)
    assert serving() == [old], "the same name once more changes nothing"
    ask(new)
    assert serving() == [old]
    page = newsroom.administrator.get("websites.domain").text
    assert f"Trang vẫn ở {old} cho đến khi" in page
    newsroom.administrator.post("websites.drop_domain")
    assert serving() == [old], "what was taken back is the request"
    ask(new)
    assert ask(old) == first, "asking for the name in use takes the request back"
    approve(ask(new))
    assert serving() == [new]
    newsroom.administrator.post("websites.drop_domain")
    assert serving() == []


def test_of_two_agencies_asking_for_one_host_at_once_the_later_is_told(newsroom, ground):
    host, other = f"p{uuid4().hex[:12]}.hue.gov.vn", Newsroom(ground.agency("websites"))
    answers = []
    other.administrator.get("websites.domain")

    def ask():
        answers.append(other.administrator.post("websites.domain", {"host": host}))

    worker = threading.Thread(target=ask)
    with newsroom.administrator.working() as ctx:
        domain_services.request_domain(ctx, host=host)
        worker.start()
        worker.join(2)
        assert not answers, "it waits for the first to end"
    worker.join(30)
    assert answers[0].status_code == 422
    assert "đã có cơ quan khác đăng ký" in answers[0].text


def test_every_request_can_be_decided_and_only_by_operators(newsroom):
    with newsroom.administrator.working() as ctx:
        domain_services.request_domain(ctx, host=f"p{uuid4().hex[:12]}.hue.gov.vn")
        db.execute_sql(
            "UPDATE websites.domain SET requested_at = '1999-01-01' WHERE tenant_id = core.app_tenant()"
        )
        oldest = site_queries.own_domain().id
        db.execute_sql(
            "INSERT INTO websites.domain (id, host, tenant_id) SELECT gen_random_uuid(), "
            "'n' || n || '.' || %s || '.vn', core.app_tenant() FROM generate_series(1, 500) n",
            (uuid4().hex[:12],),
        )
        with pytest.raises(Forbidden):
            domain_services.decide_domain(ctx, domain_id=oldest, answer="yes")
    operator = operator_of(newsroom)
    assert decide(operator, "/admin/websites/domains", domain_id=oldest, answer="yes").status_code == 303
    with newsroom.agency.at_work():
        assert [row.state for row in Domain.select().where(Domain.tenant_id == newsroom.agency.info.id)] == [
            "approved"
        ]


def operator_of(newsroom):
    one = newsroom.agency.officer()
    with newsroom.agency.at_work():
        db.execute_sql("UPDATE tenants.person SET is_operator = true WHERE id = %s", (one.person_id,))
        db.execute_sql("UPDATE sso.session SET operator = true WHERE person_id = %s", (one.person_id,))
    return one


def decide(officer, url, **form):
    return officer.agency.ground.client.simulate_post(
        url,
        body=urlencode({**form, "csrf_token": officer.csrf_token}),
        headers={
            "Cookie": f"{SESSION_COOKIE}={officer.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
