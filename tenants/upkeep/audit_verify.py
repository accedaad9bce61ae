"""Verify the audit chains; a separate program that shares no code with what it verifies.

    python tenants/upkeep/audit_verify.py postgresql://… [--tenant CODE] [--json] [--heads FILE]

It recomputes every hash from the stored entries (how: the head of core/audit.py) in one read-only
snapshot, and names each break. Exit codes: 0 every chain holds, 1 a chain is broken, 2 it could not
verify. Somebody who may change everything can rewrite a whole chain, hashes and head included: keep
the output of `--json` on another machine and give it back with `--heads` to find that out too.
"""

# ruff: noqa: T201 - a program of its own speaks to its terminal

import argparse
import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

COLUMNS = (
    "tenant_id", "id", "at", "actor_kind", "actor_id", "actor_name", "event", "object_type", "object_id", "data", "changes",
)  # fmt: skip
PLATFORM = "00000000-0000-0000-0000-000000000000"
Break = dict[str, Any]
Chain = dict[str, Any]
WORDS = {
    "missing": "mất đoạn giữa chuỗi", "reordered": "sai thứ tự", "deleted": "mục bị xoá", "changed": "mục bị sửa",
    "rewritten": "chuỗi bị viết lại", "truncated": "mất đoạn cuối chuỗi", "head": "đầu chuỗi không khớp",
    "inserted": "mục bị chèn vào",
}  # fmt: skip
SHOWN = 20  # breaks named per chain on the terminal; --json has them all


class CannotVerify(Exception):
    """The answer is neither yes nor no."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="audit_verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "database",
        nargs="?",
        default=os.environ.get("AUDIT_DATABASE_URL"),
        help="postgresql:// URL (or AUDIT_DATABASE_URL)",
    )
    parser.add_argument(
        "--tenant",
        metavar="CODE",
        help="verify one agency's chain only; 'platform' for the installation's own",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the result as JSON, with the head of every chain"
    )
    parser.add_argument(
        "--heads", metavar="FILE", help="JSON of an earlier run; its heads must still be in the chains"
    )
    options = parser.parse_args(argv)
    try:
        known = read_heads(options.heads) if options.heads else {}
        chains = verify(options.database, options.tenant, known)
    except (CannotVerify, psycopg2.Error, OSError) as error:
        print(f"không kiểm tra được · cannot verify: {str(error).strip()}", file=sys.stderr)
        return 2
    broken = any(chain["breaks"] for chain in chains)
    if options.json:
        print(json.dumps({"ok": not broken, "chains": chains}, ensure_ascii=False))
    else:
        report(chains)
    return 1 if broken else 0


def verify(database: str | None, tenant: str | None, known: dict[str, Chain]) -> list[Chain]:
    """Verify the chains of one agency or all and return what was found of each."""
    if not database:
        raise CannotVerify("chưa cho biết cơ sở dữ liệu · no database given")
    connection = psycopg2.connect(database, connect_timeout=10, application_name="lienthong audit verify")
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            # A chain that is gone altogether is known from the earlier run alone.
            agencies = {i: head["tenant"] for i, head in known.items()} | read_agencies(cursor)
            wanted = {i: code for i, code in agencies.items() if tenant in (None, code, i)}
            if not wanted:
                raise CannotVerify(f"không có cơ quan {tenant!r} · there is no agency {tenant!r}")
            # The application's role sees only the agencies it says it reads.
            cursor.execute("SELECT set_config('app.read_tenants', %s, true)", ("{" + ",".join(wanted) + "}",))
            return [
                verify_chain(connection, i, code, known.get(i))
                for i, code in sorted(wanted.items(), key=lambda item: item[1])
            ]
    finally:
        connection.close()


def read_agencies(cursor: Any) -> dict[str, str]:
    """Return id → code of every agency, of every chain without an agency, and of the installation itself."""
    cursor.execute(
        "SELECT to_regclass('core.audit_entry') IS NOT NULL, to_regclass('tenants.tenant') IS NOT NULL"
    )
    has_audit, has_tenants = cursor.fetchone()
    if not has_audit:
        raise CannotVerify(
            "cơ sở dữ liệu không có nhật ký, đã chạy migrate chưa? · the database has no audit; is it migrated?"
        )
    cursor.execute(
        "SELECT tenant_id::text FROM core.audit_head UNION SELECT tenant_id::text FROM core.audit_pending"
    )
    agencies = {row[0]: row[0] for row in cursor.fetchall()}
    if has_tenants:
        cursor.execute("SELECT id::text, code FROM tenants.tenant")
        agencies.update(cursor.fetchall())
    return {**agencies, PLATFORM: "platform"}


def verify_chain(connection: Any, tenant_id: str, code: str, known: Chain | None) -> Chain:
    """Walk one chain from its first link and return its head, its waiting tail and its breaks."""
    breaks: list[Break] = []
    seq, prev = 0, bytes(32)
    columns = ", ".join(f"entry.{name}" for name in COLUMNS[1:])
    with connection.cursor("links") as links:  # named: rows are streamed
        links.itersize = 2000
        links.execute(
            f"SELECT link.id, link.seq, link.prev_hash, link.hash, {columns} FROM core.audit_link link LEFT JOIN core.audit_entry entry "
            "ON entry.tenant_id = link.tenant_id AND entry.id = link.id WHERE link.tenant_id = %s ORDER BY link.seq",
            (tenant_id,),
        )
        for entry_id, number, prev_hash, stored, *values in links:
            if number != seq + 1:
                note(breaks, "missing", seq + 1, None, f"links {seq + 1} to {number - 1} are gone")
            elif bytes(prev_hash) != prev:
                note(breaks, "reordered", number, entry_id, "the link does not continue the one before it")
            if values[0] is None:
                note(breaks, "deleted", number, entry_id, "the entry of this link is gone")
            else:
                entry = dict(zip(COLUMNS, [tenant_id, *values], strict=True))
                if link_hash(entry, number, bytes(prev_hash)) != bytes(stored):
                    note(
                        breaks,
                        "changed",
                        number,
                        entry_id,
                        f"the entry is not the one that was linked: {entry['event']}, {iso(entry['at'])}",
                    )
            if known and number == known["seq"] and bytes(stored).hex() != known["hash"]:
                note(breaks, "rewritten", number, entry_id, "the chain differs from the one seen before")
            seq, prev = number, bytes(stored)
    if known and seq < known["seq"]:
        note(breaks, "truncated", known["seq"], None, f"the chain once had {known['seq']} links")
    with connection.cursor() as cursor:
        unsealed, oldest = verify_ends(cursor, tenant_id, seq, prev, breaks)
    return {
        "tenant": code, "tenant_id": tenant_id, "seq": seq, "hash": prev.hex(),
        "unsealed": unsealed, "unsealed_seconds": oldest, "breaks": breaks,
    }  # fmt: skip


def verify_ends(cursor: Any, tenant_id: str, seq: int, prev: bytes, breaks: list[Break]) -> tuple[int, float]:
    """Check the head and what is not linked yet; return how many entries wait and for how many seconds."""
    cursor.execute("SELECT seq, hash FROM core.audit_head WHERE tenant_id = %s", (tenant_id,))
    head_seq, head_hash = cursor.fetchone() or (0, bytes(32))
    if head_seq > seq:
        note(breaks, "truncated", seq + 1, None, f"links {seq + 1} to {head_seq} at the end are gone")
    elif head_seq < seq or bytes(head_hash) != prev:
        note(breaks, "head", head_seq, None, "the chain's head is not its last link")
    cursor.execute(
        "SELECT entry.id, entry.at, entry.event FROM core.audit_entry entry WHERE entry.tenant_id = %s AND NOT EXISTS (SELECT FROM "
        "core.audit_link link WHERE link.tenant_id = entry.tenant_id AND link.id = entry.id) AND NOT EXISTS (SELECT FROM "
        "core.audit_pending pending WHERE pending.tenant_id = entry.tenant_id AND pending.id = entry.id) ORDER BY entry.id",
        (tenant_id,),
    )
    for entry_id, at, event in cursor.fetchall():
        note(
            breaks,
            "inserted",
            None,
            entry_id,
            f"the entry was not written by the platform: {event}, {iso(at)}",
        )
    cursor.execute(
        "SELECT pending.id, entry.at, clock_timestamp() FROM core.audit_pending pending LEFT JOIN core.audit_entry entry "
        "ON entry.tenant_id = pending.tenant_id AND entry.id = pending.id WHERE pending.tenant_id = %s",
        (tenant_id,),
    )
    waiting = cursor.fetchall()
    for entry_id, at, _now in waiting:
        if at is None:
            note(breaks, "deleted", None, entry_id, "the entry is gone; it was still waiting for its link")
    ages = [(now - at).total_seconds() for _id, at, now in waiting if at is not None]
    return len(ages), round(max(ages, default=0.0), 1)


def note(breaks: list[Break], kind: str, seq: int | None, entry_id: object, detail: str) -> None:
    breaks.append({"kind": kind, "seq": seq, "entry": entry_id and str(entry_id), "detail": detail})


def link_hash(entry: dict[str, Any], seq: int, prev: bytes) -> bytes:
    body = {"seq": seq, "prev": prev.hex()}
    for name, value in entry.items():
        plain = value is None or isinstance(value, (str, dict))
        body[name] = iso(value) if isinstance(value, datetime) else value if plain else str(value)
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_heads(path: str) -> dict[str, Chain]:
    """Return tenant id → head from the JSON of an earlier run."""
    try:
        text = Path(path).read_text("utf-8")
        return {chain["tenant_id"]: chain for chain in json.loads(text)["chains"] if chain["seq"]}
    except (ValueError, KeyError, TypeError) as error:
        raise CannotVerify(
            f"{path}: không phải JSON của lần chạy trước · not the JSON of an earlier run"
        ) from error
    except FileNotFoundError as error:
        raise CannotVerify(f"{path}: không có tệp này · there is no such file") from error
    except IsADirectoryError as error:
        raise CannotVerify(f"{path}: đây là thư mục · this is a folder") from error
    except OSError as error:
        raise CannotVerify(f"{path}: không đọc được · cannot be read: {error.strerror}") from error


def report(chains: list[Chain]) -> None:
    """Say in words how each chain stands, in Vietnamese and in English."""
    for chain in chains:
        if chain["seq"] or chain["unsealed"] or chain["breaks"]:
            count, waiting, seconds = chain["seq"], chain["unsealed"], chain["unsealed_seconds"]
            viet = f"{'HỎNG' if chain['breaks'] else 'còn nguyên'}, {count} mục đã khoá sổ"
            english = f"{'BROKEN' if chain['breaks'] else 'ok'}, {count} entries sealed"
            if waiting:
                viet += f", {waiting} mục chờ khoá sổ, lâu nhất {seconds} giây"
                english += f", {waiting} entries not sealed yet, the oldest for {seconds} s"
            print(f"{chain['tenant']}: {viet} · {english}, head {chain['hash'][:16]}")
            for each in chain["breaks"][:SHOWN]:
                place = " ".join(
                    f"{name} {each[name]}" for name in ("seq", "entry") if each[name] is not None
                )
                print(f"  {WORDS[each['kind']]} · {each['kind']}: {place}: {each['detail']}")
            if (more := len(chain["breaks"]) - SHOWN) > 0:
                print(f"  … còn {more} chỗ nữa, --json nêu đủ · and {more} more; --json names them all")
    used = [chain for chain in chains if chain["seq"]]
    broken = sum(bool(chain["breaks"]) for chain in chains)
    entries = sum(chain["seq"] for chain in used)
    print(
        f"{len(used)} chuỗi, {entries} mục: {f'{broken} chuỗi hỏng' if broken else 'mọi chuỗi còn nguyên'} · "
        f"{len(used)} chains, {entries} sealed entries: {f'{broken} broken' if broken else 'every chain holds'}"
    )


if __name__ == "__main__":
    sys.exit(main())
