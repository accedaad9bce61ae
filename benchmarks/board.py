"""Run by a benchmark inside its installation: the leaders' page of one agency and of a province, in turn."""

import json
import secrets
import sys
import time
from urllib.parse import urlsplit
from uuid import UUID

from falcon.testing import TestClient

import sso.api
from core.app import boot, build_app
from core.db import db, new_id, scope
from core.events import SYSTEM, acting
from core.settings import load_settings
from core.web.request import SESSION_COOKIE
from plugins.reports import gathering
from sso.services import digest
from tenants import services

AGENCIES = 440
CODE = "ubnd-tinh"
ROLES = ("reports.leader", "casework.leader")


def prepare() -> dict[str, object]:
    """Make a superior with the other agencies under it, and a leader who is signed in."""
    with db.connection_context(), acting(SYSTEM), db.atomic():
        top = services.create_agency(CODE, name="UBND thành phố Huế", kind="province")
        for number in range(1, AGENCIES):
            name = f"UBND phường số {number}"
            services.create_agency(f"phuong-{number}", name=name, kind="ward", parent_id=top.id)
        with scope(top.id):
            unit = services.create_unit("Lãnh đạo")
            leader = services.register_person("anhpn", "Phạm Ngọc Anh")
            services.grant_post(
                services.Authority.operator(), leader.id, unit.id, "Chủ tịch", roles=list(ROLES)
            )
            token = secrets.token_urlsafe(32)
            db.execute_sql(
                "INSERT INTO sso.session (id, token_hash, person_id, subject, sid, idle_until, expires_at, refresh_at) "
                "VALUES (%s, %s, %s, '', '', now() + interval '1 day', now() + interval '1 day', now() + interval '1 day')",
                (new_id(), digest(token), leader.id),
            )
    return {"tenant": str(top.id), "unit": str(unit.id), "token": token}


def measure(tenant_id: UUID, token: str, rounds: int) -> dict[str, object]:
    """Gather, then open both pages again and again."""
    settings = load_settings()
    app = build_app(boot(settings), sso.api.context_loader())
    client = TestClient(app, headers={"Host": urlsplit(settings.public_url).netloc})
    began = time.perf_counter()
    with db.connection_context(), scope(tenant_id), acting(SYSTEM):
        agencies = gathering.gather()
    spent = time.perf_counter() - began
    found: dict[str, list[float]] = {"one": [], "all": []}
    for number in range(rounds + 5):
        for name, scope_ in (("one", ""), ("all", "&scope=below")):
            began = time.perf_counter()
            answer = client.simulate_get(
                f"/t/{CODE}/reports/board?kind=casework.task{scope_}",
                headers={"Cookie": f"{SESSION_COOKIE}={token}"},
            )
            took = time.perf_counter() - began
            if answer.status_code != 200:
                raise RuntimeError(answer.text[:2000])
            if number >= 5:  # templates and plans are there by now
                found[name].append(took)
    return {"agencies": agencies, "gather": spent, **found}


def main() -> None:
    """Do what the words after the program's name say."""
    if sys.argv[1] == "prepare":
        boot(load_settings())
        answer = prepare()
    else:
        answer = measure(UUID(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
