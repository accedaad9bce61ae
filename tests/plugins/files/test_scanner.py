import re
import shutil
import socket
from types import SimpleNamespace

import pytest

from core.db import db, scope, unscoped
from core.events import SYSTEM, acting
from core.jobs import JobError
from core.web.errors import Invalid
from plugins.files import health, jobs, services
from plugins.files.scanner import Clamd, ScannerAway
from tenants.upkeep import doctor
from tests.plugins.files import samples
from tests.plugins.files.clamd import EICAR
from tests.plugins.files.clamd import Clamd as FakeClamd

FOUND = "SELECT data FROM core.audit_entry WHERE event LIKE 'files.virus_found%%' AND tenant_id = %s"


@pytest.fixture
def clamd(setting):
    with FakeClamd() as server:
        setting(clamav=server.address)
        yield server
        server.shutdown()


@pytest.fixture
def away(setting):
    """A scanner that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    setting(clamav=f"tcp://127.0.0.1:{port}")


def told(desk):
    with desk.officer.agency.at_work():
        return [row[0] for row in db.execute_sql(FOUND, (desk.officer.agency.info.id,)).fetchall()]


def scan(desk, file):
    with db.connection_context(), scope(desk.officer.agency.info.id), acting(SYSTEM):
        jobs.scan(str(file.id))


def test_a_clean_file_is_scanned_and_taken(desk, clamd):
    assert desk.store(b"sach").state == "ready"
    assert clamd.scanned == [b"sach"]


def test_an_infected_file_is_refused_and_the_audit_knows_although_nothing_was_stored(desk, clamd):
    with pytest.raises(Invalid) as problem:
        desk.store(EICAR, "hop-dong.txt")
    assert "Win.Test.EICAR_HDB-1" in problem.value.errors["file"][0]
    assert desk.files() == []
    assert told(desk) == [{"file": "hop-dong.txt", "signature": "Win.Test.EICAR_HDB-1"}]


def test_a_form_with_an_infected_file_says_so(desk, clamd):
    answer = desk.post_form(("files", "a.txt", EICAR))
    assert answer.status_code == 422
    assert "mã độc" in answer.text
    assert len(told(desk)) == 1


def test_while_the_scanner_is_away_a_file_is_held_and_let_go_later(desk, away, setting):
    file = desk.store(samples.picture(), "a.jpg")
    assert file.state == "held"
    for route, fields in (("files.file", {}), ("files.view", {}), ("files.picture", {"width": 320})):
        answer = desk.get(route, file, **fields)
        assert answer.status_code == 423
        assert "<h1>Tệp đang chờ quét mã độc</h1>" in answer.text
        assert "quyền" not in answer.text[answer.text.index("<h1>") : answer.text.index("</main>")]
    assert "chờ quét" in desk.officer.get("example.note", note_id=desk.note_id).text
    with pytest.raises(JobError):
        scan(desk, file)
    with FakeClamd() as server:
        setting(clamav=server.address)
        scan(desk, file)
        scan(desk, file)
        assert len(server.scanned) == 1
        server.shutdown()
    assert desk.get("files.file", file).status_code == 200


def test_a_held_file_that_turns_out_infected_stays_closed(desk, away, setting):
    file = desk.store(EICAR, "a.txt")
    with FakeClamd() as server:
        setting(clamav=server.address)
        scan(desk, file)
        server.shutdown()
    answer = desk.get("files.file", file)
    assert answer.status_code == 423
    assert "<h1>Tệp có mã độc, đã khoá</h1>" in answer.text
    assert told(desk) == [{"file": "a.txt", "signature": "Win.Test.EICAR_HDB-1"}]


def test_the_job_that_scans_is_in_the_queue_of_the_agency(desk, away):
    file = desk.store(b"cho quet")
    with desk.officer.agency.at_work():
        queued = db.execute_sql(
            "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'files.scan' AND queue_name = %s",
            (str(desk.officer.agency.info.id),),
        ).fetchall()
    assert queued == [({"file": str(file.id)},)]


def test_large_files_are_scanned_by_the_job_alone(desk, clamd, monkeypatch):
    monkeypatch.setattr(services, "SCANNED_AT_ONCE", 10)
    assert desk.store(b"hon muoi byte").state == "held"
    assert clamd.scanned == []


def test_a_file_above_the_scanners_own_limit_is_held_and_the_reason_told(desk, clamd):
    clamd.limit = 100
    file = desk.store(b"x" * 500_000)
    assert file.state == "held"
    with pytest.raises(JobError, match="size limit exceeded"):
        scan(desk, file)


def test_a_scanner_that_hangs_up_gives_no_verdict():
    with socket.create_server(("127.0.0.1", 0)) as server:
        from threading import Thread

        def hang_up():
            connection, _address = server.accept()
            connection.close()

        Thread(target=hang_up, daemon=True).start()
        with pytest.raises(ScannerAway):
            Clamd(f"tcp://127.0.0.1:{server.getsockname()[1]}").ping()


def test_a_unix_socket_is_spoken_to_as_well(tmp_path):
    with pytest.raises(ScannerAway):
        Clamd(f"unix://{tmp_path}/clamd.ctl").ping()


def test_operators_see_whether_the_scanner_answers(ground, clamd, setting):
    with db.connection_context():
        assert not health.scanning().absent
    setting(clamav="")
    with db.connection_context():
        assert health.scanning().absent
    setting(clamav="tcp://127.0.0.1:9")
    with db.connection_context():
        found = health.scanning()
    assert not found.ok
    assert "ClamAV không trả lời" in found.detail


# ---- stored files, again


def scan_again(desk):
    with db.connection_context(), scope(desk.officer.agency.info.id), acting(SYSTEM):
        jobs.scan_again()


def test_files_from_before_the_scanner_are_looked_at_once_there_is_one(desk, setting):
    clean, infected = desk.store(b"sach"), desk.store(EICAR, "hop-dong.txt")
    scan_again(desk)
    assert desk.get("files.file", infected).status_code == 200, "nobody looked"
    with FakeClamd() as server:
        setting(clamav=server.address)
        scan_again(desk)
        scan_again(desk)
        assert sorted(server.scanned) == sorted([b"sach", EICAR]), "each once"
        told_to_operators = re.search(r"(\d+) tệp có mã độc đang bị khoá", scanning().detail)
        assert int(told_to_operators[1]) == locked_files()
        server.shutdown()
    assert desk.get("files.file", clean).status_code == 200
    page = desk.get("files.file", infected)
    assert page.status_code == 423
    assert "“hop-dong.txt” có mã độc nên bị khoá" in page.text
    assert told(desk) == [{"file": "hop-dong.txt", "signature": "Win.Test.EICAR_HDB-1"}]
    centre = desk.officer.get("notifications.centre").text
    assert centre.count("Tệp “hop-dong.txt” bạn đã gửi có mã độc") == 1


def test_new_signatures_are_tried_on_what_is_stored_and_a_stopped_run_goes_on(desk, clamd, monkeypatch):
    names = {desk.store(f"tep {n}".encode(), f"{n}.txt").id for n in range(5)}
    scan_again(desk)
    clamd.scanned.clear()
    scan_again(desk)
    assert clamd.scanned == [], "the same signatures find nothing new"
    clamd.signatures, clamd.wanted = 27_001, {b"tep 3": "Doc.Moi-1"}
    monkeypatch.setattr(services, "PORTION", 2)

    class Killed(BaseException):
        pass

    scan, calls = Clamd.scan, []

    def dies(self, content):
        calls.append(1)
        if len(calls) == 4:
            raise Killed
        return scan(self, content)

    monkeypatch.setattr(Clamd, "scan", dies)
    with pytest.raises(Killed):
        scan_again(desk)
    assert len(clamd.scanned) == 3
    scan_again(desk)
    assert sorted(clamd.scanned) == [f"tep {n}".encode() for n in range(5)]
    states = {each.name: each.state for each in desk.files() if each.id in names}
    assert states == {f"{n}.txt": "infected" if n == 3 else "ready" for n in range(5)}


def test_a_file_the_scanner_cannot_read_holds_nobody_back_and_its_absence_stops_the_run(desk, setting):
    files = [desk.store(b"x" * 100), desk.store(b"nho")]
    with FakeClamd(limit=50) as server:
        setting(clamav=server.address)
        scan_again(desk)
        assert b"nho" in server.scanned
        server.shutdown()
        server.server_close()
        with pytest.raises(JobError):
            scan_again(desk)
    assert {each.state for each in desk.files() if each.id in {one.id for one in files}} == {"ready"}


def locked_files():
    """Return how many there are in all agencies of the tests."""
    with db.connection_context(), unscoped(reason="health counts for all agencies"), db.atomic():
        return db.execute_sql(
            "SELECT count(*) FROM files.file WHERE tenant_id = ANY (core.app_read_tenants()) AND state = 'infected'"
        ).fetchone()[0]


def scanning():
    with db.connection_context():
        return health.scanning()


def test_one_disk_has_one_figure_wherever_health_tells_of_it(ground, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=91_430_000_000))
    figures = {finding.detail for finding in (health.folder(), doctor._disk())}
    assert figures == {"Còn 91,4 GB."}


def test_a_run_that_ends_late_does_not_set_back_what_another_decided(desk, away, setting, monkeypatch):
    file = desk.store(b"sach")
    agency = desk.officer.agency

    class Slow:
        def scan(self, content):
            with db.atomic():
                db.execute_sql("UPDATE files.file SET state = 'infected' WHERE id = %s", (file.id,))
            return ""

    monkeypatch.setattr(services, "scanner", Slow)
    with agency.at_work():
        services.settle_scan(file.id)
        (row,) = db.execute_sql("SELECT state FROM files.file WHERE id = %s", (file.id,)).fetchall()
    assert row == ("infected",)
