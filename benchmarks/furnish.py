"""Give an empty installation one agency with a notebook; runs as a program of that installation.

Prints `{tenant, code, token, sql, values}` as JSON: the agency, the session of a clerk, and the statement
that the list runs for that clerk.
"""

import json
import secrets
from uuid import UUID

from core.app import boot
from core.context import Person, Post, RequestContext, TenantInfo
from core.db import db, new_id, scope
from core.events import SYSTEM, acting
from core.settings import load_settings
from core.web.paging import PAGE_SIZE, START
from plugins.example import queries
from sso.services import digest
from tenants import services

UNITS = ("Văn phòng", "Phòng Kinh tế", "Phòng Văn hoá - Xã hội", "Trung tâm Phục vụ hành chính công")
ROLE = "example.writer"


def main() -> None:
    """Make the agency, the clerk and the session."""
    boot(load_settings())
    with db.connection_context(), acting(SYSTEM), db.atomic():
        agency = services.create_agency("phuong-thuan-hoa", name="UBND phường Thuận Hoá", kind="ward")
        with scope(agency.id):
            units = [services.create_unit(name).id for name in UNITS]
            services.enable_module("example")
            clerk = services.register_person("hanhtm", "Trần Mỹ Hạnh")
            services.grant_post(
                services.Authority.operator(), clerk.id, units[0], "Chuyên viên", roles=[ROLE]
            )
            token = _sign_in(clerk.id)
            context = _context(agency, clerk.id, units[0])
            sql, values = queries._statement(context, queries.Filter(), START, PAGE_SIZE)  # noqa: SLF001
    print(
        json.dumps(
            {
                "tenant": str(agency.id),
                "code": agency.code,
                "token": token,
                "units": list(map(str, units)),
                "sql": sql,
            }
            | {"values": {key: _plain(value) for key, value in values.items()}}
        )
    )


def _sign_in(person_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    db.execute_sql(
        "INSERT INTO sso.session (id, token_hash, person_id, subject, sid, idle_until, expires_at, refresh_at) "
        "VALUES (%s, %s, %s, '', '', now() + interval '1 day', now() + interval '1 day', now() + interval '1 day')",
        (new_id(), digest(token), person_id),
    )
    return token


def _context(agency: TenantInfo, person_id: UUID, unit_id: UUID) -> RequestContext:
    post = Post(new_id(), agency, unit_id, UNITS[0], "Chuyên viên", (ROLE,))
    return RequestContext(
        "", new_id(), Person(person_id, "", ""), (post,), operator=False, csrf_token="", tenant=agency
    )


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, UUID) else value


if __name__ == "__main__":
    main()
