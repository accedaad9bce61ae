import json
import re
import subprocess
import sys
import threading
from base64 import b64encode
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from peewee import ProgrammingError

from core import audit
from core.db import PLATFORM, db, new_id, scope
from core.events import SYSTEM, Actor, acting, emit
from core.i18n import reading_as
from tenants import audit_queries
from tenants.upkeep import audit_verify, sealing
from tests.core.stage import A, B, NoteMoved, NoteRead

LAN = Actor(UUID(int=7), "Trần Thị Lan")
NOTE = UUID(int=99)


def happen(count: int = 1, tenant: UUID = A, actor: Actor = LAN, **fields) -> None:
    for number in range(count):
        with scope(tenant), acting(actor), db.atomic():
            emit(NoteMoved(object_id=NOTE, title=f"Việc {number}", **fields))


def verify(url: str, *options: str) -> tuple[int, dict[str, dict]]:
    """Run the verifier as operators do, in a process of its own, and return its exit code and chains by agency."""
    program = [sys.executable, "-I", audit_verify.__file__, url, "--json", *options]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    chains = json.loads(done.stdout)["chains"] if done.stdout else []
    return done.returncode, {chain["tenant_id"]: chain for chain in chains}


def breaks(url: str, *options: str, tenant: UUID = A) -> list[tuple[str, int | None]]:
    code, chains = verify(url, *options)
    found = chains[str(tenant)]["breaks"]
    assert code == (1 if any(chain["breaks"] for chain in chains.values()) else 0)
    return [(each["kind"], each["seq"]) for each in found]


# ---- the chain --------------------------------------------------------------------------------------


def test_each_agency_and_the_installation_have_a_chain_of_their_own(app_url, superuser):
    for tenant in (A, B, PLATFORM):
        happen(3, tenant)
    assert sealing.seal_all() == 9
    assert sealing.seal_all() == 0
    assert superuser("SELECT tenant_id, array_agg(seq ORDER BY seq) FROM core.audit_link GROUP BY 1 ORDER BY 1") == [
        (PLATFORM, [1, 2, 3]), (A, [1, 2, 3]), (B, [1, 2, 3]),
    ]  # fmt: skip
    code, chains = verify(app_url)
    assert code == 0
    assert chains[str(PLATFORM)]["tenant"] == "platform"
    assert {chain["seq"] for chain in chains.values()} == {3}


def test_more_entries_than_a_batch_are_linked_without_a_gap(app_url, superuser, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 4)
    happen(10)
    assert sealing.seal_all() == 10
    assert breaks(app_url) == []


def test_an_agency_that_fails_holds_back_no_other_and_is_told(app_url, superuser, monkeypatch):
    for tenant in (A, PLATFORM, B):
        happen(2, tenant)
    seal = sealing.seal

    def fails(tenant_id):
        if tenant_id == A:
            raise ProgrammingError
        return seal(tenant_id)

    monkeypatch.setattr(sealing, "seal", fails)
    with pytest.raises(RuntimeError, match="1 agencies"):
        sealing.seal_all()
    assert superuser("SELECT DISTINCT tenant_id FROM core.audit_pending") == [(A,)]
    monkeypatch.undo()
    assert sealing.seal_all() == 2


def test_two_sealers_at_once_link_each_entry_once(app_url, superuser):
    happen(40)
    sealed = []

    def work():
        with db.connection_context():
            sealed.append(sealing.seal_all())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) == 40
    assert breaks(app_url) == []


def test_the_tail_that_waits_is_counted_and_aged(app_url, superuser):
    happen(2)
    sealing.seal_all()
    happen(3)
    with scope(A), db.atomic():
        state = audit_queries.chain_state()
    assert (state.sealed, state.unsealed) == (2, 3)
    assert 0 < state.unsealed_seconds < 60
    code, chains = verify(app_url)
    assert code == 0
    assert chains[str(A)]["unsealed"] == 3
    assert chains[str(A)]["unsealed_seconds"] >= 0


def test_health_tells_of_a_sealer_that_stands_still(app_url, monkeypatch):
    assert audit_queries.check_sealing().ok
    happen()
    assert audit_queries.check_sealing().ok
    monkeypatch.setattr(audit_queries, "LATE_AFTER", -1)
    assert audit_queries.check_sealing().detail == "1 mục nhật ký chờ nối vào chuỗi quá lâu."


# ---- tampering --------------------------------------------------------------------------------------


@pytest.fixture
def sealed(app_url):
    """A chain of five in agency A and one in B, everything linked."""
    happen(5, changes={"due": ("2026-09-04", None)})
    happen(2, B)
    sealing.seal_all()
    assert breaks(app_url) == []
    return app_url


FIFTH = "(SELECT id FROM core.audit_link WHERE seq = 5 AND tenant_id = %s)"
THIRD = "(SELECT id FROM core.audit_link WHERE seq = 3 AND tenant_id = %s)"


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Ai khác'", "at = at + interval '1 microsecond'", "actor_id = NULL", "event = 'sample.note_read'",
        "data = jsonb_set(data, '{title}', '\"Khác\"')", "changes = '{}'", "object_id = NULL", "actor_kind = 'system'",
        "object_type = ''",
    ],
)  # fmt: skip
def test_a_changed_entry_is_named(sealed, superuser, change):
    superuser.tamper(f"UPDATE core.audit_entry SET {change} WHERE id = {THIRD}", str(A))
    assert breaks(sealed) == [("changed", 3)]
    assert breaks(sealed, tenant=B) == []


def test_a_deleted_entry_is_named(sealed, superuser):
    superuser.tamper(f"DELETE FROM core.audit_entry WHERE id = {THIRD}", str(A))
    assert breaks(sealed) == [("deleted", 3)]


def test_a_deleted_link_is_named(sealed, superuser):
    superuser.tamper("DELETE FROM core.audit_link WHERE seq = 3 AND tenant_id = %s", str(A))
    assert breaks(sealed) == [("missing", 3), ("inserted", None)]


def test_an_entry_deleted_with_its_link_is_named(sealed, superuser):
    superuser.tamper(f"DELETE FROM core.audit_entry WHERE id = {THIRD}", str(A))
    superuser.tamper("DELETE FROM core.audit_link WHERE seq = 3 AND tenant_id = %s", str(A))
    assert breaks(sealed) == [("missing", 3)]


def test_numbers_closed_up_over_a_deleted_entry_are_named(sealed, superuser):
    superuser.tamper(f"DELETE FROM core.audit_entry WHERE id = {THIRD}", str(A))
    superuser.tamper("DELETE FROM core.audit_link WHERE seq = 3 AND tenant_id = %s", str(A))
    superuser.tamper("UPDATE core.audit_link SET seq = seq - 1 WHERE seq = 4 AND tenant_id = %s", str(A))
    superuser.tamper("UPDATE core.audit_link SET seq = seq - 1 WHERE seq = 5 AND tenant_id = %s", str(A))
    assert breaks(sealed) == [("reordered", 3), ("changed", 3), ("changed", 4), ("truncated", 5)]


def test_an_inserted_entry_is_named(sealed, superuser):
    columns = "tenant_id, at, actor_kind, actor_id, actor_name, event, object_type, object_id, data, changes"
    superuser(
        f"INSERT INTO core.audit_entry (id, {columns}) SELECT %s, {columns} FROM core.audit_entry WHERE id = {THIRD}",
        str(new_id()), str(A),
    )  # fmt: skip
    sealing.seal_all()
    assert breaks(sealed) == [("inserted", None)]


def test_swapped_entries_are_named(sealed, superuser):
    superuser.tamper("UPDATE core.audit_link SET seq = -1 WHERE seq = 2 AND tenant_id = %s", str(A))
    superuser.tamper("UPDATE core.audit_link SET seq = 2 WHERE seq = 3 AND tenant_id = %s", str(A))
    superuser.tamper("UPDATE core.audit_link SET seq = 3 WHERE seq = -1 AND tenant_id = %s", str(A))
    assert {seq for _kind, seq in breaks(sealed)} == {2, 3, 4}


def test_an_entry_moved_to_another_agency_is_named(sealed, superuser):
    superuser.tamper(f"UPDATE core.audit_entry SET tenant_id = %s WHERE id = {THIRD}", str(B), str(A))
    assert breaks(sealed) == [("deleted", 3)]
    assert breaks(sealed, tenant=B) == [("inserted", None)]


def test_a_chain_cut_short_is_named(sealed, superuser):
    superuser.tamper(f"DELETE FROM core.audit_entry WHERE id = {FIFTH}", str(A))
    superuser.tamper("DELETE FROM core.audit_link WHERE seq = 5 AND tenant_id = %s", str(A))
    assert breaks(sealed) == [("truncated", 5)]


def test_emptied_tables_are_named(sealed, superuser):
    superuser.tamper("TRUNCATE core.audit_entry, core.audit_link")
    assert breaks(sealed) == [("truncated", 1)]


def test_an_entry_deleted_before_its_link_is_named(sealed, superuser):
    happen()
    superuser.tamper("DELETE FROM core.audit_entry WHERE id = (SELECT id FROM core.audit_pending)")
    assert breaks(sealed) == [("deleted", None)]


def test_a_moved_head_is_named(sealed, superuser):
    superuser("UPDATE core.audit_head SET seq = 4 WHERE tenant_id = %s", str(A))
    assert breaks(sealed) == [("head", 4)]


def test_a_chain_rewritten_from_the_start_shows_against_heads_kept_elsewhere(sealed, superuser, tmp_path):
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps({"chains": list(verify(sealed)[1].values())}))
    superuser.tamper("UPDATE core.audit_entry SET actor_name = 'Ai khác' WHERE tenant_id = %s", str(A))
    superuser.tamper("DELETE FROM core.audit_link WHERE tenant_id = %s", str(A))
    superuser("DELETE FROM core.audit_head WHERE tenant_id = %s", str(A))
    superuser(
        "INSERT INTO core.audit_pending SELECT tenant_id, id FROM core.audit_entry WHERE tenant_id = %s",
        str(A),
    )
    sealing.seal_all()
    assert breaks(sealed) == []
    assert breaks(sealed, "--heads", str(heads)) == [("rewritten", 5)]


def test_heads_kept_elsewhere_show_a_chain_cut_short_with_its_head(sealed, superuser, tmp_path):
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps({"chains": list(verify(sealed)[1].values())}))
    superuser.tamper("TRUNCATE core.audit_entry, core.audit_link, core.audit_head")
    assert breaks(sealed, "--heads", str(heads), tenant=A) == [("truncated", 5)]


# ---- the program --------------------------------------------------------------------------------------


def test_the_program_says_in_words_what_it_found(sealed, superuser, capsys):
    happen()
    superuser.tamper(f"UPDATE core.audit_entry SET actor_name = 'X' WHERE id = {THIRD}", str(A))
    assert audit_verify.main([sealed]) == 1
    said = capsys.readouterr().out
    assert f"{A}: HỎNG, 5 mục đã khoá sổ, 1 mục chờ khoá sổ" in said
    assert "· BROKEN, 5 entries sealed, 1 entries not sealed yet" in said
    assert "mục bị sửa · changed: seq 3" in said
    assert f"{B}: còn nguyên, 2 mục đã khoá sổ · ok, 2 entries sealed" in said


@pytest.mark.parametrize(
    "arguments",
    [["postgresql://127.0.0.1:1/none"], [], ["{url}", "--tenant", "không-có"], ["{url}", "--heads", "/none"]],
)
def test_what_cannot_be_verified_is_neither_right_nor_wrong(app_url, arguments, capsys, monkeypatch):
    monkeypatch.delenv("AUDIT_DATABASE_URL", raising=False)
    assert audit_verify.main([each.replace("{url}", app_url) for each in arguments]) == 2
    assert "không kiểm tra được · cannot verify" in capsys.readouterr().err


def test_what_is_wrong_with_heads_is_told_in_both_languages(app_url, tmp_path, capsys):
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name, told in (
        ("none", "không có tệp này · there is no such file"),
        (".", "đây là thư mục · this is a folder"),
        ("bytes", "không phải JSON của lần chạy trước · not the JSON of an earlier run"),
    ):
        path = str(tmp_path / name)
        assert audit_verify.main([app_url, "--heads", path]) == 2
        assert f"{path}: {told}" in capsys.readouterr().err


def test_one_chain_can_be_verified_alone(sealed):
    code, chains = verify(sealed, "--tenant", str(B))
    assert (code, list(chains)) == (0, [str(B)])


def test_the_command_line_passes_the_answer_on(sealed, superuser):
    def exit_code(**settings: str) -> int:
        program = [Path(sys.executable).with_name("lienthong"), "audit", "verify"]
        return subprocess.run(program, capture_output=True, check=False, env=settings).returncode

    required = {
        "LIENTHONG_DATABASE_URL": sealed,
        "LIENTHONG_PUBLIC_URL": "https://stage",
        "LIENTHONG_KEYCLOAK_URL": "https://stage",
        "LIENTHONG_OIDC_CLIENT_SECRET": "unused",
        "LIENTHONG_SECRET_KEY": b64encode(bytes(32)).decode(),
    }
    assert exit_code(**required) == 0
    superuser.tamper("DELETE FROM core.audit_entry")
    assert exit_code(**required) == 1
    assert exit_code() == 2


def test_the_verifier_shares_no_code_with_the_platform():
    source = Path(audit_verify.__file__).read_text()
    imported = {
        line.split()[1].partition(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported - set(sys.stdlib_module_names) == {"psycopg2"}


# ---- nobody changes an entry ----------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["core.audit_entry", "core.audit_link"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_entries_and_links_are_append_only(sealed, superuser, table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), scope(A), db.atomic():
        db.execute_sql(statement.format(table))
    with pytest.raises(psycopg2.Error, match="append-only"):
        superuser(statement.format(table))


def test_the_application_cannot_date_an_entry(app_url):
    with pytest.raises(ProgrammingError, match="permission denied"), scope(A), db.atomic():
        db.execute_sql(
            "INSERT INTO core.audit_entry (tenant_id, id, at, actor_kind, actor_name, event, object_type, data, changes) "
            "VALUES (core.app_tenant(), %s, now(), 'person', '', '', '', '{}', '{}')",
            (new_id(),),
        )


def test_another_agencys_entries_are_out_of_reach(sealed):
    with scope(B), db.atomic():
        assert {line.shown.text for line in audit_queries.entries()} == {
            "chuyển “Việc 0” sang ngày ",
            "chuyển “Việc 1” sang ngày ",
        }
        assert db.execute_sql(
            "SELECT count(*) FROM core.audit_entry WHERE tenant_id = %s", (A,)
        ).fetchone() == (0,)


# ---- reading ------------------------------------------------------------------------------------------


def read(**filters) -> list[audit.AuditLine]:
    with scope(A), db.atomic():
        return audit_queries.entries(**filters)


def test_history_is_plain_words_with_old_and_new(app_url):
    happen(
        day=date(2019, 9, 4),
        changes={"due": (None, date(2019, 9, 4)), "open": (True, False), "unknown": (1, 2)},
    )
    with scope(A), db.atomic():
        (entry,) = audit.history("sample.note", NOTE)
        assert audit.history("sample.note", new_id()) == []
    assert (entry.actor, entry.text) == (LAN.name, "chuyển “Việc 0” sang ngày 04/9/2019")
    assert [(each.field, each.old, each.new) for each in entry.changes] == [
        ("Hạn", "", "04/9/2019"), ("Đang mở", "có", "không"), ("unknown", "1", "2"),
    ]  # fmt: skip
    with reading_as("en"), scope(A), db.atomic():
        assert audit.history("sample.note", NOTE)[0].text.endswith("4 Sep 2019")


def test_the_platform_is_named_in_the_readers_language(app_url):
    happen(actor=SYSTEM)
    assert read()[0].shown.actor == "Hệ thống"


def test_an_entry_whose_module_is_gone_is_still_shown(app_url, superuser):
    happen()
    superuser.tamper("UPDATE core.audit_entry SET event = 'gone.thing_done'")
    assert read()[0].shown.text == "gone.thing_done"


def test_entries_are_filtered_and_paged(app_url):
    happen(3)
    with scope(A), acting(SYSTEM), db.atomic():
        emit(NoteRead(object_id=NOTE))
    everything = read()
    assert [line.event for line in everything] == ["sample.note_read"] + 3 * ["sample.note_moved"]
    assert read(limit=2) + read(limit=2, before=everything[1].id) == everything
    assert read(event="sample.note_read") == everything[:1]
    assert read(actor_id=LAN.person_id) == everything[1:]
    assert read(module="sample") == everything
    assert read(module="sampl") == []
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    assert read(since=today, until=today) == everything
    assert read(since=today + timedelta(days=1)) == read(until=today - timedelta(days=1)) == []


def test_a_day_long_ago_is_not_looked_for_from_the_newest_on(app_url, superuser, monkeypatch):
    superuser.tamper(
        "INSERT INTO core.audit_entry (tenant_id, id, at, actor_kind, actor_name, event, object_type, data, changes) "
        "SELECT %s, (lpad(to_hex((extract(epoch FROM day) * 1000)::bigint), 12, '0') || '7000' || '8000' "
        "|| lpad(to_hex(n), 12, '0'))::uuid, day, 'system', '', 'gone.thing_done', 'x', '{}', '{}' "
        "FROM generate_series(1, 5000) n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 hour') at (day)",
        str(A),
    )
    superuser("ANALYZE core.audit_entry")
    asked = []
    execute = db.execute_sql
    monkeypatch.setattr(
        audit,
        "db",
        SimpleNamespace(execute_sql=lambda *sql: asked.append(sql) or execute(*sql)),
    )
    day = date(2026, 1, 3)
    assert len(read(since=day, until=day)) == 24
    with scope(A), db.atomic():
        lines = execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked[0][0]}", asked[0][1]).fetchone()[0]
    removed = re.findall(r"'Rows Removed by Filter': (\d+)", str(lines))
    assert sum(map(int, removed)) < 200
    assert read(since=date(1, 1, 1), until=date(9999, 12, 30), limit=3) == read(limit=3)


def test_a_reader_sees_which_entry_is_not_what_was_linked(sealed, superuser):
    superuser.tamper(f"UPDATE core.audit_entry SET actor_name = 'X' WHERE id = {THIRD}", str(A))
    assert [(line.seq, line.intact) for line in read()] == [
        (5, True),
        (4, True),
        (3, False),
        (2, True),
        (1, True),
    ]


def test_plans_use_the_indexes_under_the_policies(app_url, superuser):
    superuser(
        "INSERT INTO core.audit_entry (tenant_id, id, actor_kind, actor_name, event, object_type, object_id, data, changes) "
        "SELECT %s, gen_random_uuid(), 'person', '', 'sample.note_read', 'sample.note', gen_random_uuid(), '{}', '{}' FROM generate_series(1, 5000)",
        str(A),
    )
    superuser("ANALYZE core.audit_entry")
    with scope(A), db.atomic():
        plan = "\n".join(row[0] for row in db.execute_sql(
            "EXPLAIN SELECT * FROM core.audit_entry WHERE tenant_id = %s AND object_type = 'sample.note' AND object_id = %s "
            "ORDER BY id DESC LIMIT 50", (A, NOTE),
        ).fetchall())  # fmt: skip
    assert "audit_entry_object" in plan
