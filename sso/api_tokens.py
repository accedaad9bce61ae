"""Personal API tokens: what they look like, how they are made, used and revoked.

A token is `lt_`, 40 random characters and a checksum of six: secret scanners find it, and a mistyped one is
refused without asking the database. Only its SHA-256 is stored; the token itself is shown once.
"""

import re
import secrets
import string
import zlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from peewee import fn

from core.context import RequestContext
from core.db import db, scope, unscoped
from core.declarations import BUILT_IN_PERMISSIONS
from core.events import emit
from core.i18n import _, local
from core.web.errors import Invalid, NotFound
from sso.events import ApiTokenCreated, ApiTokenRevoked
from sso.models import ApiToken
from sso.services import digest

PREFIX = "lt_"
RANDOM, CHECKSUM = 40, 6
MOST = 20
"""Tokens one person may have in use in one agency; more are a sign that nobody looks after them."""
LONGEST_DAYS = 365
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}")


def new_token() -> str:
    """Return a new token: 238 random bits and their checksum."""
    random = "".join(secrets.choice(_ALPHABET) for _position in range(RANDOM))
    return f"{PREFIX}{random}{_checksum(random)}"


def is_well_formed(token: str) -> bool:
    """Tell whether a text may be a token at all."""
    return (
        _SHAPE.fullmatch(token) is not None and _checksum(token[len(PREFIX) : -CHECKSUM]) == token[-CHECKSUM:]
    )


def _checksum(random: str) -> str:
    number, letters = zlib.crc32(random.encode()), ""
    for _position in range(CHECKSUM):
        number, rest = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[rest] + letters
    return letters


def create(
    ctx: RequestContext,
    *,
    token_id: UUID,
    name: str,
    days: int,
    read_only: bool = False,
    permissions: Collection[str] | None = None,
) -> str | None:
    """Make a token for the person and the agency of a request; None when this form was sent before.

    Without `permissions` it gives all the person's, as they are whenever it is used. Raises Invalid.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid({"days": [_("Mã dùng được từ 1 đến {max} ngày.", max=LONGEST_DAYS)]})
    if permissions is not None and (not permissions or not set(permissions) <= given_by(ctx)):
        raise Invalid({"permissions": [_("Chọn ít nhất một quyền trong các quyền bạn đang có.")]})
    token, now = new_token(), datetime.now(UTC)
    with db.atomic():
        if in_use(ctx).where(ApiToken.id != token_id).count() >= MOST:
            raise Invalid({"": [_("Bạn có {max} mã đang dùng. Thu hồi mã không dùng nữa trước.", max=MOST)]})
        stored = ApiToken.insert(
            id=token_id,
            person_id=ctx.person.id,
            name=name,
            token_hash=digest(token),
            ending=token[-4:],
            read_only=read_only,
            permissions=None if permissions is None else sorted(permissions),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        if not list(stored.on_conflict_ignore().returning(ApiToken.id).execute()):
            return None
        emit(ApiTokenCreated(object_id=token_id, title=name, until=local(now + timedelta(days=days)).date()))
    return token


def own(ctx: RequestContext, token_id: UUID) -> ApiToken:
    """Return a token of one's own. Raises NotFound."""
    token = ApiToken.get_or_none(ApiToken.id == token_id, ApiToken.person_id == ctx.person.id)
    if token is None:
        raise NotFound
    return token


def revoke(ctx: RequestContext, token_id: UUID) -> bool:
    """End a token of one's own for good; False when it was over before, or is somebody else's.

    Raises NotFound.
    """
    with db.atomic():
        token = ApiToken.get_or_none(ApiToken.id == token_id)
        if token is None:
            raise NotFound
        return token.person_id == ctx.person.id and _end(token)


def revoke_found(token: str) -> str | None:
    """End a token that somebody found, whose ever it is; return its name, None when it is not in use."""
    found = db.execute_sql("SELECT sso.load_token(%s, NULL)", (digest(token),)).fetchone()[0]
    if found is None:
        return None
    with scope(UUID(found["token_agency"])), db.atomic():
        _end(ApiToken.get_by_id(UUID(found["token"]["id"])))
    return str(found["token"]["name"])


def revoke_all(person_id: UUID) -> None:
    """End every token of a person, in whatever agency: their account is locked or was in wrong hands."""
    with db.atomic():
        with unscoped(
            reason="find the API tokens of a person whose account is locked or all of whose sessions end"
        ):
            found = list(
                ApiToken.select().where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_null())
            )
        for token in found:
            with scope(token.tenant_id):
                _end(token)


def _end(token: ApiToken) -> bool:
    live = ApiToken.update(revoked_at=fn.now()).where(ApiToken.id == token.id, ApiToken.revoked_at.is_null())
    if not live.execute():
        return False
    emit(ApiTokenRevoked(object_id=token.id, title=token.name))
    return True


def given_by(ctx: RequestContext) -> frozenset[str]:
    """Return the permissions a person may hand on to a token."""
    return ctx.permissions - BUILT_IN_PERMISSIONS


def in_use(ctx: RequestContext) -> Any:
    """Return the query of a person's tokens in an agency that may still be used."""
    return ApiToken.select().where(
        ApiToken.person_id == ctx.person.id, ApiToken.revoked_at.is_null(), ApiToken.expires_at > fn.now()
    )


def touch(tenant_id: UUID, token_id: UUID) -> None:
    """Note that a token is in use; the loader asks for it once an hour."""
    with scope(tenant_id), db.atomic():
        ApiToken.update(used_at=fn.now()).where(ApiToken.id == token_id).execute()
