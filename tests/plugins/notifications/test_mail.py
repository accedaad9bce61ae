"""Mails on a real mail server: they arrive, once, say nothing secret, and survive what servers do."""

import re
import signal
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.header import decode_header
from email.message import EmailMessage
from itertools import count
from multiprocessing import get_context
from smtplib import SMTP, SMTPServerDisconnected
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from core.db import db
from core.i18n import reading_as
from core.settings import installed_settings
from core.web.security import signature
from plugins.notifications import cli, health, jobs
from plugins.notifications.api import notify
from plugins.notifications.letters import ON_THE_WIRE, UNSUBSCRIBE
from plugins.notifications.mail import MailServer, MailServerAway
from tests.plugins.notifications.mail_server import PASSWORD
from tests.plugins.notifications.post_office import KIND, PostOffice, deliver, die_with_mail_handed_in

_numbers = count(1)


@pytest.fixture
def lan(post):
    """Somebody who wants every mail at once."""
    return somebody(post)


def somebody(post):
    officer = post.officer(address=f"canbo{next(_numbers)}@hue.gov.vn")
    post.choose(officer, "at_once")
    return officer


def address(officer):
    with officer.agency.at_work():
        return db.execute_sql(
            "SELECT email FROM tenants.person WHERE id = %s", (officer.person_id,)
        ).fetchone()[0]


def inbox(mailbox, officer):
    return mailbox.to(address(officer))


def mail_health():
    with db.connection_context():
        return health.mail_health()


# ---- what arrives


def test_a_mail_arrives_in_vietnamese_and_says_nothing_of_the_matter(post, mailbox, lan):
    post.tell(lan, fact="mật", route="example.notes")
    post.deliver()
    (mail,) = inbox(mailbox, lan)
    agency = lan.ctx.tenant.short_name or lan.ctx.tenant.name
    assert mail["Subject"] == f"[{agency}] Ghi chú được ghim"
    assert mail["From"] == "Nền tảng Liên Thông <lienthong@hue.gov.vn>"
    assert mail["Message-ID"] == f"<{post.mails()[0].id}@hue.gov.vn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    link = f"http://localhost:8000{post.agency.url('notifications.open', notification_id=post.ids(lan)[0])}"
    for part in (text, html):
        assert "Ghi chú được ghim" in part
        assert link in part
        assert "Việc mật" not in part
        assert lan.name not in part
    assert post.states() == ["sent"]
    assert lan.follow(urlsplit(link).path).headers["Location"] == post.agency.url("example.notes")


def test_every_blank_of_a_long_subject_arrives():
    said = "[Sở Nông nghiệp và Môi trường] Việc liên thông được giao cho bạn" + " một hai ba liên thông" * 20
    message = EmailMessage(policy=ON_THE_WIRE)
    message["Subject"] = said
    message.set_content("x")
    raw = message.as_bytes()
    subject = re.search(rb"^Subject: (.*?)\r\n(?! )", raw, re.DOTALL | re.MULTILINE)[1].decode("ascii")
    assert max(map(len, subject.split("\r\n"))) <= 78
    # What mail programs do: a blank between two encoded words is no part of what is said.
    joined = re.sub(r"\?=\s+=\?", "?==?", subject)
    read = "".join(part.decode(charset) for part, charset in decode_header(joined))
    assert read == said


def test_a_reader_of_english_gets_an_english_mail(post, mailbox, lan):
    with post.agency.at_work():
        db.execute_sql("UPDATE tenants.person SET locale = 'en' WHERE id = %s", (lan.person_id,))
    post.tell(lan)
    post.deliver()
    (mail,) = inbox(mailbox, lan)
    assert mail["Subject"].endswith("Pinned notes")
    assert "Open to read" in mail.get_body(("plain",)).get_content()


def test_without_a_mail_server_nothing_waits_and_the_page_says_so(office):
    lan = office.officer(address="lan@hue.gov.vn")
    assert "chưa nối với máy chủ thư" in lan.get("notifications.preferences").text
    office.choose(lan, "at_once")
    office.tell(lan)
    assert office.mails() == []
    office.deliver()
    assert mail_health().state == "absent"
    assert "Chưa có máy chủ thư" in mail_health().detail


def test_neither_log_nor_health_holds_an_address(post, mailbox, lan):
    mailbox.answers[address(lan)] = [f"550 5.1.1 <{address(lan)}> unknown"]
    post.tell(lan)
    with capture_logs() as lines:
        post.deliver()
    assert [line["event"] for line in lines if line["event"].startswith("mail.")] == ["mail.refused"]
    assert address(lan) not in f"{lines} {mail_health()} {post.mails()[0].reason}"


# ---- once


def test_the_job_run_twice_sends_once(post, mailbox, lan):
    for _again in range(2):
        post.tell(lan)
        post.deliver()
    assert len(inbox(mailbox, lan)) == 1


def test_two_workers_at_once_send_each_mail_once(post, mailbox):
    people = [somebody(post) for _each in range(6)]
    post.tell(*people)
    workers = [threading.Thread(target=deliver) for _each in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [len(inbox(mailbox, each)) for each in people] == [1] * 6
    assert post.states() == ["sent"] * 6


class Killed(BaseException):
    """What a worker meets that is killed: nothing after it runs."""


def test_a_worker_killed_before_the_server_took_a_mail_leaves_it_to_another(post, mailbox, lan, monkeypatch):
    post.tell(lan)
    with monkeypatch.context() as patch:
        patch.setattr("plugins.notifications.mail.MailSession.hand_in", killed)
        with pytest.raises(Killed):
            post.deliver()
    assert post.states() == ["sending"]
    post.deliver()
    assert inbox(mailbox, lan) == []  # perhaps the other still works on it
    post.pass_time(minutes=16)
    for _again in range(2):
        post.deliver()
    assert len(inbox(mailbox, lan)) == 1


def test_a_job_killed_once_the_server_took_the_mail_sends_it_no_second_time(post, mailbox, lan):
    """Killed with -9 in a process of its own, between the server's acceptance and the commit."""
    post.tell(lan)
    worker = get_context("spawn").Process(target=die_with_mail_handed_in, args=(installed_settings(),))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert len(inbox(mailbox, lan)) == 1
    assert post.states() == ["sending"]
    for _again in range(3):
        post.pass_time(minutes=16)
        post.tell(lan)
        post.deliver()
    assert len(inbox(mailbox, lan)) == 1
    assert [(mail.state, mail.reason) for mail in post.mails()] == [("failed", jobs.DOUBTFUL)]
    assert post.unread(lan) == 1, "the centre has it, whatever became of the mail"
    assert "1 thư không gửi được" in mail_health().detail


def test_a_server_gone_without_an_answer_gets_the_mail_no_second_time(post, mailbox, lan, monkeypatch):
    post.tell(lan)

    def cut(self, message):
        data(self, message)
        raise SMTPServerDisconnected("the line is cut")

    data = SMTP.data
    with monkeypatch.context() as patch:
        patch.setattr(SMTP, "data", cut)
        post.deliver()
    post.pass_time(hours=1)
    post.deliver()
    assert len(inbox(mailbox, lan)) == 1
    assert [mail.reason for mail in post.mails()] == [jobs.DOUBTFUL]


def killed(*_args, **_options):
    raise Killed


# ---- what servers do


def test_an_answer_to_come_later_is_followed(post, mailbox, lan):
    mailbox.answers[address(lan)] = ["450 4.2.0 greylisted"]
    mailbox.after_data[address(lan)] = ["451 4.3.0 later"]
    post.tell(lan)
    for minutes in (0, 6, 11):
        post.pass_time(minutes=minutes)
        post.deliver()
        post.deliver()
    assert len(inbox(mailbox, lan)) == 1
    (mail,) = post.mails()
    assert (mail.state, mail.tries) == ("sent", 3)


@pytest.mark.parametrize("moment", ["answers", "after_data"])
def test_a_refusal_ends_the_mail_and_is_told(post, mailbox, lan, moment):
    getattr(mailbox, moment)[address(lan)] = ["550 5.1.1 unknown"] * 5
    post.tell(lan)
    post.deliver()
    (mail,) = post.mails()
    assert (mail.state, mail.code, mail.reason) == ("failed", 550, jobs.REFUSED)
    assert "550" in mail_health().detail
    assert "từ chối" in lan.get("notifications.centre").text
    assert post.unread(lan) == 2
    post.pass_time(days=1)
    post.deliver()
    assert post.unread(lan) == 2


def test_an_address_that_is_none_never_reaches_the_server(post, mailbox, lan):
    for number, odd in enumerate(
        ("lan", "lan@hue.gov.vn\r\nBcc: x@x.vn", "a@b.vn, c@d.vn", "lân@hue.gov.vn")
    ):
        with post.agency.at_work():
            db.execute_sql("UPDATE tenants.person SET email = %s WHERE id = %s", (odd, lan.person_id))
        post.tell(lan, fact=str(number))
        post.deliver()
    assert post.states() == ["failed"] * 4
    assert mailbox.received == []


def test_a_server_away_for_a_day_delays_mails_and_loses_none(post, mailbox, lan):
    mailbox.stop()
    post.tell(lan)
    for _hour in range(25):
        post.deliver()
        assert post.states() == ["waiting"]
        post.pass_time(hours=1)
    said = mail_health()
    assert not said.ok
    assert "Không kết nối được máy chủ thư." in said.detail
    with reading_as("en"):
        assert "cannot be reached" in mail_health().detail
    mailbox.start()
    for _again in range(2):
        post.pass_time(hours=4)
        post.deliver()
    assert len(inbox(mailbox, lan)) == 1
    assert mail_health().ok


def test_a_stopped_server_is_noticed_before_there_is_a_mail_to_send(post, mailbox):
    assert mail_health().ok
    mailbox.stop()
    said = mail_health()
    assert (said.ok, said.detail) == (False, "Không kết nối được máy chủ thư.")


def test_a_server_that_says_nothing_is_given_up_soon(post, set_mail):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        set_mail(smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1])
        began = time.monotonic()
        assert not mail_health().ok
    assert time.monotonic() - began < 2 * health.PATIENCE


def test_a_server_away_is_not_knocked_at_every_minute(post, mailbox, lan, monkeypatch):
    mailbox.stop()
    knocks = []
    connect = MailServer._connect
    monkeypatch.setattr(MailServer, "_connect", lambda server: knocks.append(1) or connect(server))
    for number in range(60):
        post.tell(lan, fact=str(number))  # something new is due each minute
        post.deliver()
        post.pass_time(minutes=1)
    assert 6 <= len(knocks) <= 9  # after 1, 2, 4, 8 and then every 15 minutes
    assert post.states() == ["waiting"] * 60


def test_what_could_not_leave_in_three_days_is_given_up(post, mailbox, lan):
    post.tell(lan)
    post.pass_time(hours=73)
    post.deliver()
    assert [(mail.state, mail.reason) for mail in post.mails()] == [("failed", jobs.EXPIRED)]
    assert mailbox.received == []


@pytest.mark.parametrize(
    ("changes", "listening", "words"),
    [
        ({"smtp_password": "sai"}, {}, "tài khoản hoặc mật khẩu"),
        ({}, {"starttls": False}, "không có cách mã hoá"),
        ({"smtp_ca_file": None}, {}, "mã hoá tin cậy"),
        ({"smtp_user": ""}, {}, "không nhận địa chỉ gửi"),
        ({"smtp_security": "tls"}, {}, "mã hoá tin cậy"),
    ],
    ids=["wrong password", "no encryption", "unknown certificate", "sign-in wanted", "no TLS at once"],
)
def test_a_server_that_does_not_take_us_keeps_the_mail_waiting(
    post, mailbox, lan, set_mail, changes, listening, words
):
    mailbox.stop()
    mailbox.start(**listening)
    set_mail(**changes)
    post.tell(lan)
    post.deliver()
    assert post.states() == ["waiting"]
    assert words in mail_health().detail
    assert mailbox.received == []
    mailbox.stop()
    mailbox.start()
    set_mail(
        smtp_password=PASSWORD,
        smtp_ca_file=mailbox.certificate,
        smtp_user="lienthong",
        smtp_security="starttls",
    )
    post.pass_time(hours=1)
    post.deliver()
    assert post.states() == ["sent"]


def test_a_mail_the_server_cannot_bear_does_not_hold_up_the_others(post, mailbox, lan):
    mailbox.after_data[address(lan)] = ["421 closing"] * 99
    vinh = somebody(post)
    post.tell(lan)
    post.tell(vinh, fact="2")
    post.deliver()
    post.pass_time(minutes=2)
    post.deliver()
    assert len(inbox(mailbox, vinh)) == 1
    assert sorted(post.states()) == ["sent", "waiting"]


def test_agencies_take_turns(ground, post, mailbox, lan):
    other = PostOffice(ground.agency("example"))
    vinh = somebody(other)
    for number in range(3):
        post.tell(lan, fact=str(number))
    other.tell(vinh)
    post.deliver()
    assert mailbox.received.index(inbox(mailbox, vinh)[0]) < 2


# ---- when and whether


def clock(hours):
    """Write a time of day in Việt Nam, so many hours from now."""
    at = datetime.now(UTC) + timedelta(hours=7 + hours)
    return f"{at:%H:%M}"


def test_in_quiet_hours_a_mail_waits_for_their_end(post, mailbox, lan):
    post.choose(lan, "at_once", quiet_from=clock(-2), quiet_to=clock(2), digest_at=clock(3))
    post.tell(lan)
    post.deliver()
    assert post.states() == ["waiting"]
    wait = post.mails()[0].due_at - datetime.now(UTC)
    assert timedelta(minutes=118) < wait <= timedelta(minutes=120)
    post.pass_time(hours=2, minutes=1)
    post.deliver()
    assert len(inbox(mailbox, lan)) == 1


def test_a_day_is_gathered_in_one_mail_with_what_is_still_unread(post, mailbox, lan):
    post.choose(lan, "digest", digest_at=clock(1))
    for fact in ("một", "hai", "ba"):
        post.tell(lan, fact=fact)
    lan.get("notifications.open", notification_id=post.ids(lan)[0])
    post.deliver()
    assert inbox(mailbox, lan) == []
    post.pass_time(hours=1, minutes=1)
    post.deliver()
    (mail,) = inbox(mailbox, lan)
    assert "2 thông báo chưa đọc" in mail["Subject"]
    assert "Ghi chú được ghim: 2" in mail.get_body(("plain",)).get_content()
    post.tell(lan, fact="bốn")
    assert post.states() == ["sent", "waiting"]


def test_a_gathered_mail_that_waits_goes_at_the_hour_chosen_since(post, mailbox, lan):
    post.choose(lan, "digest", digest_at=clock(3))
    post.tell(lan, fact="một")
    for hour in (2, 2, 1):
        post.choose(lan, "digest", digest_at=clock(hour))
    post.tell(lan, fact="hai")
    post.pass_time(hours=1, minutes=1)
    post.deliver()
    (mail,) = inbox(mailbox, lan)
    assert "2 thông báo chưa đọc" in mail["Subject"]
    assert post.states() == ["sent"]


def test_a_gathered_mail_that_just_left_gives_its_seat_in_the_next_one(post, mailbox, lan):
    post.choose(lan, "digest", digest_at=clock(1))
    post.tell(lan, fact="một")
    with post.agency.at_work():
        db.execute_sql("UPDATE notifications.mail SET state = 'sending' WHERE tenant_id = core.app_tenant()")
    post.tell(lan, fact="hai")
    first, second = post.mails()
    assert (first.state, second.state) == ("sending", "waiting")
    assert second.due_at - first.due_at == timedelta(days=1)


@pytest.mark.parametrize("hours_change", [False, True])
def test_two_who_tell_the_same_people_at_once_do_not_wait_and_each_gets_one_mail(
    post, mailbox, lan, hours_change
):
    vinh = somebody(post)
    for each in (lan, vinh):
        post.choose(each, "digest", digest_at=clock(2 if hours_change else 1))
    other = threading.Thread(target=tell_in_turn, args=(post, "hai", vinh, lan))
    with post.agency.at_work():
        tell_here("một", lan)
        other.start()
        other.join(timeout=20)
        assert not other.is_alive(), (
            "it waits for what the first has not told yet: each may wait for the other"
        )
        tell_here("một", vinh)
        tell_here("ba", lan, vinh)
    if hours_change:
        for each in (lan, vinh):
            post.choose(each, "digest", digest_at=clock(1))
    post.pass_time(hours=1, minutes=1)
    post.deliver()
    for each in (lan, vinh):
        (mail,) = inbox(mailbox, each)
        assert "3 thông báo chưa đọc" in mail["Subject"]
    post.deliver()
    assert set(post.states()) == {"sent", "dropped"}
    assert len(mailbox.received) == 2


def tell_in_turn(post, fact, *people):
    """Tell people of a fact, one after the other, in a transaction of one's own."""
    with post.agency.at_work():
        for each in people:
            tell_here(fact, each)


def tell_here(fact, *people):
    notify(KIND, [each.person_id for each in people], fact=fact, text="Ghi chú", fields={"title": fact})


def test_who_wants_no_mail_gets_none(post, mailbox, lan):
    post.choose(lan, "never")
    post.tell(lan)
    assert post.mails() == []
    assert post.unread(lan) == 1


@pytest.mark.parametrize("reason", ["read", "chose never", "left"])
def test_a_mail_nobody_wants_any_more_is_dropped(post, mailbox, lan, reason):
    post.tell(lan)
    if reason == "read":
        lan.post("notifications.read_all")
    elif reason == "chose never":
        post.choose(lan, "never")
    else:
        with post.agency.at_work():
            db.execute_sql(
                "UPDATE tenants.membership SET ended_at = now() WHERE person_id = %s", (lan.person_id,)
            )
    post.deliver()
    assert post.states() == ["dropped"]
    assert mailbox.received == []


def set_status(post, status):
    with post.agency.at_work():
        db.execute_sql("UPDATE tenants.tenant SET status = %s WHERE id = core.app_tenant()", (status,))


@pytest.mark.parametrize(("hours", "state"), [(71, "sent"), (73, "failed")])
def test_a_mail_waits_while_its_agency_is_suspended_and_is_given_up_by_the_usual_rule(
    post, mailbox, lan, hours, state
):
    post.tell(lan)
    set_status(post, "suspended")
    post.pass_time(hours=hours)
    post.deliver()
    assert post.states() == ["waiting"]
    assert mail_health().ok, "it is late on purpose"
    set_status(post, "active")
    post.deliver()
    assert post.states() == [state]
    assert len(inbox(mailbox, lan)) == (state == "sent")


def test_the_run_after_the_one_that_found_the_server_away_tries_again(post, mailbox, lan):
    with db.connection_context():
        jobs._note_away(MailServerAway("away"))
        waits = "SELECT try_at <= date_trunc('minute', now()) + interval '1 minute' FROM notifications.server"
        assert db.execute_sql(waits).fetchone()[0]


# ---- the way out


def way_out(mailbox, officer):
    """Return the address in the mail's header, as a path and a query."""
    parts = urlsplit(inbox(mailbox, officer)[-1]["List-Unsubscribe"].strip("<>"))
    return parts.path, parts.query


def test_the_way_out_stands_in_the_header_as_it_is(post, mailbox, lan):
    post.tell(lan)
    post.deliver()
    (header,) = re.findall(rb"(?m)^List-Unsubscribe: .*", mailbox.raw[-1])
    path, query = way_out(mailbox, lan)
    assert header.rstrip(b"\r") == f"List-Unsubscribe: <http://localhost:8000{path}?{query}>".encode()
    assert max(map(len, mailbox.raw[-1].splitlines())) < 998


def one_click(ground, path, query, **headers):
    """Post what the reader's mail provider does: no cookie, no token, no origin."""
    return ground.client.simulate_post(
        path,
        query_string=query,
        body="List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )


def test_one_click_of_the_mail_provider_ends_the_mails_of_that_kind(ground, post, mailbox, lan):
    post.tell(lan, fact="một")
    post.deliver()
    path, query = way_out(mailbox, lan)
    page = ground.client.simulate_get(path, query_string=query)
    assert "Thôi gửi thư cho bạn?" in page.text
    post.tell(lan, fact="hai")
    assert len(post.mails()) == 2  # looking at the page ends nothing
    assert "Đã thôi gửi thư" in one_click(ground, path, query).text
    post.deliver()
    post.tell(lan, fact="ba")
    assert post.states() == ["sent", "dropped"]
    assert post.unread(lan) == 3


def test_the_way_out_of_the_gathered_mail_ends_what_is_gathered(ground, post, mailbox, lan):
    post.choose(lan, "digest", digest_at=clock(1))
    post.tell(lan, fact="một")
    post.pass_time(hours=2)
    post.deliver()
    assert one_click(ground, *way_out(mailbox, lan)).status_code == 200
    post.tell(lan, fact="hai")
    assert post.states() == ["sent"]


def test_who_is_signed_in_takes_the_way_out_by_its_button(post, mailbox, lan):
    post.tell(lan, fact="một")
    post.deliver()
    url = "?".join(way_out(mailbox, lan))
    assert "Thôi gửi thư" in lan.follow(url).text
    answer = lan._send("POST", url, body="", content_type="application/x-www-form-urlencoded")
    assert "Đã thôi gửi thư" in answer.text


def test_the_way_out_is_that_of_whom_the_mail_went_to_whoever_takes_it(post, mailbox, lan):
    """The signature stands for the sign-in: somebody else's session, and its form token, change nothing about it."""
    vinh = somebody(post)
    post.tell(lan, vinh, fact="một")
    post.deliver()
    vinh._send("POST", "?".join(way_out(mailbox, lan)), {"X-CSRF-Token": vinh.csrf_token})
    post.tell(lan, vinh, fact="hai")
    post.deliver()
    assert [len(inbox(mailbox, each)) for each in (lan, vinh)] == [1, 2]


@pytest.mark.parametrize(
    "sender",
    [{"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
    ids=lambda sender: " ".join(sender.values()),
)
def test_another_site_makes_nobody_take_the_way_out(post, mailbox, lan, sender):
    """Also not with an address that was passed on: what a browser sends from elsewhere is refused before all else."""
    post.tell(lan, fact="một")
    post.deliver()
    assert lan._send("POST", "?".join(way_out(mailbox, lan)), sender).status_code == 403
    post.tell(lan, fact="hai")
    post.deliver()
    assert len(inbox(mailbox, lan)) == 2


def test_a_signature_is_good_for_one_purpose(post, mailbox, lan):
    post.tell(lan, fact="một")
    post.deliver()
    path, query = way_out(mailbox, lan)
    text = f"{lan.ctx.tenant.id}:{lan.person_id}:{KIND}"
    forged = re.sub("s=[^&]+", f"s={signature('notifications.open', text)}", query)
    assert re.sub("s=[^&]+", f"s={signature(UNSUBSCRIBE, text)}", query) == query
    assert lan._send("POST", f"{path}?{forged}").status_code == 404


def test_what_is_mailed_is_chosen_by_the_sessions_own_forms_alone(post, mailbox, lan):
    """The page of choices stands behind the sign-in, and its form carries the session's token."""
    url = post.agency.url("notifications.preferences")
    form = {"body": f"{KIND}=never&digest_at=07:00", "content_type": "application/x-www-form-urlencoded"}
    assert post.agency.ground.client.simulate_post(url, **form).status_code == 401
    for token in ("", somebody(post).csrf_token):
        assert lan._send("POST", url, {"X-CSRF-Token": token}, **form).status_code == 403
    post.tell(lan)
    assert post.states() == ["waiting"]


def test_an_address_we_did_not_sign_ends_nothing(ground, post, mailbox, lan):
    vinh = somebody(post)
    post.tell(lan, fact="một")
    post.deliver()
    path, query = way_out(mailbox, lan)
    elsewhere = ground.agency().url("notifications.unsubscribe")
    for odd_path, odd_query in (
        (path, ""),
        (path, query[:-2] + "xx"),
        (path, query.replace(str(lan.person_id), str(vinh.person_id))),
        (path, query.replace(KIND, "notifications.mail_refused")),
        (elsewhere, query),
    ):
        assert one_click(ground, odd_path, odd_query).status_code == 404
    assert one_click(ground, path, query, Origin="https://example.org").status_code == 403
    post.tell(lan, fact="hai")
    assert len(post.mails()) == 2


# ---- for operators


def test_the_command_tells_what_the_server_answers(post, mailbox, lan):
    mailbox.answers["khong-co@hue.gov.vn"] = ["550 no"]
    run = CliRunner().invoke
    assert run(cli.try_mail, ["ai@hue.gov.vn"]).output == "127.0.0.1 đã nhận thư · took the mail.\n"
    assert "550" in run(cli.try_mail, ["khong-co@hue.gov.vn"]).output
    mailbox.stop()
    assert "Không kết nối được" in run(cli.try_mail, ["ai@hue.gov.vn"]).output
    post.tell(lan)
    with db.connection_context():
        assert f"{lan.ctx.tenant.code}  waiting 1" in run(cli.mails).output
