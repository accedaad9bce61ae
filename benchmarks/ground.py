"""An installation to measure: PostgreSQL of its own, two agencies with short and long notebooks, one session."""

import hashlib
import secrets
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from scripts._lib import databases
from scripts._lib.places import ROOT, STATIC, VAR
from scripts._lib.postgres import Cluster
from scripts._lib.processes import free_port
from sso.vault import Vault

FOLDER = VAR / "bench"
PYTHON = VAR / "venv" / "bin" / "python"
UNITS = 5
SHORT, LONG = "short", "long"
"""The codes of the two agencies."""


@dataclass(frozen=True)
class Ground:
    """Where to connect, and the cookie of somebody who reads everything in both agencies."""

    app_url: str
    admin_url: str
    secret_key: str
    token: str
    tenants: dict[str, UUID]

    def environment(self, port: int) -> dict[str, str]:
        """Return the settings of a web process on this ground."""
        return {
            "LIENTHONG_DATABASE_URL": self.app_url,
            "LIENTHONG_PUBLIC_URL": f"http://localhost:{port}",
            "LIENTHONG_KEYCLOAK_URL": "http://127.0.0.1:9",
            "LIENTHONG_OIDC_CLIENT_SECRET": "unused",
            "LIENTHONG_SECRET_KEY": self.secret_key,
            "LIENTHONG_STATIC_DIR": str(STATIC),
        }


@contextmanager
def prepared(rows: dict[str, int]) -> Iterator[Ground]:
    """Make an installation whose agencies have so many notes, and stop its server at the end."""
    folder = FOLDER / "installation"
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder, secrets.token_urlsafe(18))
    cluster.start(free_port(55800))
    try:
        yield _furnish(cluster, rows)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(cluster: Cluster, rows: dict[str, int]) -> Ground:
    passwords = {f"{role}_password": secrets.token_urlsafe(18) for role in ("owner", "app", "keycloak")}
    databases.prepare_roles(cluster.url(), passwords)
    databases.create_database(cluster.url(), "bench")
    ground = Ground(
        app_url=cluster.url("bench", "lienthong_app", passwords["app_password"]),
        admin_url=cluster.url("bench"),
        secret_key=b64encode(secrets.token_bytes(32)).decode(),
        token=secrets.token_urlsafe(32),
        tenants={code: uuid4() for code in rows},
    )
    owner_url = cluster.url("bench", "lienthong_owner", passwords["owner_password"])
    environment = {
        **ground.environment(1),
        "LIENTHONG_OWNER_DATABASE_URL": owner_url,
        "PATH": "/usr/bin:/bin",
    }
    command = [PYTHON, "-c", "from core.cli import main; main()", "migrate"]
    subprocess.run(
        command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _people_and_session(ground)
    for code, count in rows.items():
        _notes(ground, code, count)
    with databases.session(ground.admin_url) as cursor:
        cursor.execute("VACUUM ANALYZE")
    return ground


def _people_and_session(ground: Ground) -> None:
    person, session = uuid4(), uuid4()
    sealed = Vault(ground.secret_key).seal({"refresh": "unused", "id": "unused"}, session.bytes)
    with databases.session(ground.admin_url) as cursor:
        cursor.execute(
            "INSERT INTO tenants.person (id, username, full_name, sort_key, folded) "
            "VALUES (%s, 'hanh.ttm', 'Trần Thị Mỹ Hạnh', 'hanh', 'tran thi my hanh')",
            (str(person),),
        )
        for code, tenant in ground.tenants.items():
            cursor.execute(
                "INSERT INTO tenants.tenant (id, code, folded) VALUES (%(t)s, %(code)s, %(code)s);"
                "INSERT INTO tenants.tenant_version (id, tenant_id, kind, name, short_name, valid_from) "
                "VALUES (gen_random_uuid(), %(t)s, 'ward', 'Uỷ ban nhân dân phường Thuận Hoá', 'UBND phường Thuận Hoá', '2025-07-01');"
                "INSERT INTO tenants.profile (tenant_id, id, working_hours) VALUES (%(t)s, gen_random_uuid(), '{}');"
                "INSERT INTO tenants.module_switch (tenant_id, id, module, is_on) VALUES (%(t)s, gen_random_uuid(), 'example', true)",
                {"t": str(tenant), "code": code},
            )
            for number in range(UNITS):
                unit, post = uuid4(), uuid4()
                cursor.execute(
                    "INSERT INTO tenants.unit (tenant_id, id, code, name, valid_from) VALUES (%s, %s, %s, %s, '2025-07-01')",
                    (str(tenant), str(unit), f"phong-{number}", f"Phòng chuyên môn số {number}"),
                )
                if number == 0:
                    cursor.execute(
                        "INSERT INTO tenants.membership (tenant_id, id, person_id, unit_id, position, valid_from) "
                        "VALUES (%(t)s, %(m)s, %(p)s, %(u)s, 'Chuyên viên', '2025-07-01');"
                        "INSERT INTO tenants.membership_role (tenant_id, id, membership_id, role) "
                        "VALUES (%(t)s, gen_random_uuid(), %(m)s, 'example.keeper')",
                        {"t": str(tenant), "m": str(post), "p": str(person), "u": str(unit)},
                    )
        cursor.execute(
            "INSERT INTO sso.session (id, token_hash, person_id, subject, sid, tokens, idle_until, expires_at, refresh_at) "
            "VALUES (%s, %s, %s, 'hanh', 'sid', %s, now() + interval '1 day', now() + interval '1 day', now() + interval '1 day')",
            (str(session), hashlib.sha256(ground.token.encode()).digest(), str(person), sealed),
        )


def _notes(ground: Ground, code: str, count: int) -> None:
    with databases.session(ground.admin_url) as cursor:
        cursor.execute(
            "INSERT INTO example.note (tenant_id, id, unit_id, title, body, folded, author_id, created_at, pinned) "
            "SELECT %(t)s, gen_random_uuid(), u.ids[1 + n %% cardinality(u.ids)], 'Kết luận giao ban tuần ' || n, "
            "repeat('Hồ sơ trình ký trước 16 giờ thì trả trong ngày. ', 4), 'ket luan giao ban tuan ' || n, p.id, "
            "now() - n * interval '1 minute', n <= 3 "
            "FROM generate_series(1, %(count)s) n, (SELECT array_agg(id) AS ids FROM tenants.unit WHERE tenant_id = %(t)s) u, "
            "(SELECT id FROM tenants.person LIMIT 1) p",
            {"t": str(ground.tenants[code]), "count": count},
        )


def folder() -> Path:
    """Return where results are kept."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER
