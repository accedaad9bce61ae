"""Find out who asks: one look-up per request, and now and then a word with the identity provider."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from core.context import ApiToken, LoadedContext, ModuleStates, Person, Post, TenantInfo
from core.db import db
from sso import api_tokens
from sso.services import SignInService, digest
from tenants.queries import logo_url

TOKEN_LENGTH = 43  # 256 bits in base64, what new_secret() makes


class SessionLoader:
    """Reads sessions and agencies through the look-up functions of the database; implements ContextLoader."""

    def __init__(self, sign_in: SignInService) -> None:
        self._sign_in = sign_in

    def load(self, session_token: str | None, tenant_code: str | None) -> LoadedContext | None:
        """Return what is known of a session, or None when it is missing, over or its person disabled."""
        if session_token is None or len(session_token) != TOKEN_LENGTH:
            return None
        found = self._read(session_token, tenant_code)
        if found is None:
            return None
        session_id = UUID(found["session"])
        if found["refresh"]:
            self._sign_in.confirm(session_id)
            # The provider may have ended the session, or taken the operator role away.
            found = self._read(session_token, tenant_code)
        elif found["touch"]:
            self._sign_in.touch(session_id)
        return _context(found) if found else None

    def load_token(self, token: str, tenant_code: str | None) -> LoadedContext | None:
        """Return what is known of an API token, or None when it is unknown, over or its person is out of post."""
        if not api_tokens.is_well_formed(token):
            return None
        found = db.execute_sql("SELECT sso.load_token(%s, %s)", (digest(token), tenant_code)).fetchone()[0]
        if found is None or not found["posts"]:
            return None
        known = found["token"]
        if found["touch"]:
            api_tokens.touch(UUID(found["token_agency"]), UUID(known["id"]))
        permissions = None if known["permissions"] is None else frozenset(known["permissions"])
        return replace(
            _context(found),
            token=ApiToken(UUID(known["id"]), known["name"], known["read_only"], permissions),
        )

    def tenant(self, tenant_code: str) -> tuple[TenantInfo, ModuleStates] | None:
        """Return an active agency and what was decided about its modules, for pages without a session."""
        return _agency(db.execute_sql("SELECT sso.load_tenant(%s)", (tenant_code,)).fetchone()[0])

    def _read(self, session_token: str, tenant_code: str | None) -> dict[str, Any] | None:
        statement = "SELECT sso.load_context(%s, %s)"
        found: dict[str, Any] | None = db.execute_sql(
            statement, (digest(session_token), tenant_code)
        ).fetchone()[0]
        return found


def _context(found: Mapping[str, Any]) -> LoadedContext:
    tenant, modules = _agency(found["tenant"]) or (None, ModuleStates())
    person = found["person"]
    return LoadedContext(
        session_id=UUID(found["session"]),
        person=Person(**{**person, "id": UUID(person["id"])}),
        posts=tuple(_post(each) for each in found["posts"]),
        operator=found["operator"],
        tenant=tenant,
        modules=modules,
    )


def _agency(found: Mapping[str, Any] | None) -> tuple[TenantInfo, ModuleStates] | None:
    if not found or not found["agency"]:
        return None
    return _tenant(found["agency"]), ModuleStates(found["switches"], found["grants"])


def _tenant(row: Mapping[str, Any]) -> TenantInfo:
    fields = {**row, "id": UUID(row["id"]), "logo_url": logo_url(row["code"], row["logo"])}
    del fields["logo"]
    return TenantInfo(**fields)


def _post(row: Mapping[str, Any]) -> Post:
    return Post(
        membership_id=UUID(row["membership_id"]),
        tenant=_tenant(row["agency"]),
        unit_id=UUID(row["unit_id"]),
        unit_name=row["unit_name"],
        position=row["position"],
        roles=tuple(row["roles"]),
        own_permissions=tuple(row["own_permissions"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )
