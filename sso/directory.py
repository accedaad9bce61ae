"""Mirror agencies and people into Keycloak through its Admin API (python-keycloak).

The library is used for this alone, with care for what was seen of it: ids go into addresses
unescaped, so each is checked to be a UUID; it repeats POST requests after a lost answer, so retries
are off and "exists already" is looked up instead; its connection is not safe to share, so an
instance serves one thread.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from sso.interfaces import OPERATOR_ROLE
from tenants.interfaces import DirectoryOrganization, DirectoryRefused, DirectoryUnavailable, DirectoryUser

TIMEOUT = 15
NAME_LENGTH = 255
CHANGE_PASSWORD = "UPDATE_PASSWORD"  # noqa: S105 - the name of a required action
T = TypeVar("T")
# A server that does not answer is told in words of ours; the library's own would stand among them.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


class KeycloakDirectory:
    """Accounts and organizations of one realm; implements `tenants.interfaces.Directory`."""

    def __init__(self, *, keycloak_url: str, realm: str, client_id: str, client_secret: str) -> None:
        # Heavy, and web processes need it only when an administrator gives somebody a password.
        from keycloak import KeycloakAdmin, KeycloakOpenIDConnection

        base = keycloak_url.rstrip("/")
        self.issuer = f"{base}/realms/{realm}"
        self._admin = KeycloakAdmin(
            connection=KeycloakOpenIDConnection(
                server_url=f"{base}/",
                realm_name=realm,
                client_id=client_id,
                client_secret_key=client_secret,
                grant_type="client_credentials",
                timeout=TIMEOUT,
                max_retries=0,
            )
        )

    def ensure_organization(self, organization: DirectoryOrganization) -> UUID:
        """Create or update an organization and return its id; see Directory."""
        tenant_id = _uuid(organization.tenant_id)
        suffix = f" · {organization.code}"
        payload = {
            # Keycloak wants names to be unique, agencies need not have unique ones.
            "name": organization.name[: NAME_LENGTH - len(suffix)] + suffix,
            "alias": organization.code,
            "enabled": organization.enabled,
            "domains": [],
            "attributes": {"tenant_id": [tenant_id]},
        }
        known = _uuid(organization.organization_id) if organization.organization_id else None
        found = known or self._find_organization(tenant_id)
        if found and self._updated(lambda: self._admin.update_organization(found, payload)):
            return UUID(found)
        with _clear_errors():
            try:
                return UUID(self._admin.create_organization(payload))
            except self._error as error:
                # An earlier run may have created it and died before the id was kept.
                existing = self._find_organization(tenant_id) if error.response_code == 409 else None
                if existing is None:
                    raise
                return UUID(existing)

    def ensure_user(self, user: DirectoryUser) -> str:
        """Create or update an account and return its subject; see Directory."""
        payload = {
            "username": user.username,
            "firstName": user.full_name,
            "lastName": "",
            "email": user.email,
            "emailVerified": bool(user.email),
            "enabled": user.enabled,
        }
        subject, is_new = self._create_or_update(user, payload)
        if user.operator or not is_new:
            self._set_operator(subject, user.operator)
        if not user.enabled and not is_new:
            with _clear_errors():
                self._admin.user_logout(subject)
        return subject

    def ensure_member(self, organization_id: UUID, subject: str) -> None:
        """Make an account a member of an organization; see Directory."""
        with _clear_errors(ignore=409):
            self._admin.organization_user_add(_uuid(subject), _uuid(organization_id))

    def remove_member(self, organization_id: UUID, subject: str) -> None:
        """End a membership; see Directory."""
        with _clear_errors(ignore=404):
            self._admin.organization_user_remove(_uuid(subject), _uuid(organization_id))

    def set_password(self, subject: str, password: str, *, temporary: bool = True) -> None:
        """Set a password; see Directory."""
        user_id = _uuid(subject)
        with _clear_errors():
            self._admin.set_user_password(user_id, password, temporary=temporary)
            # Who asks for a password has often guessed at the old one before, and is shut out for a while.
            self._admin.clear_bruteforce_attempts_for_user(user_id)

    def has_own_password(self, subject: str) -> bool:
        """Tell whether the account has a password for good; see Directory."""
        user_id = _uuid(subject)
        with _clear_errors():
            if not any(each["type"] == "password" for each in self._admin.get_credentials(user_id)):
                return False
            return CHANGE_PASSWORD not in self._admin.get_user(user_id).get("requiredActions", [])

    def set_second_factor(self, subject: str, secret: str) -> None:
        """Replace the account's TOTP secrets by one; see Directory."""
        user_id = _uuid(subject)
        credential = {
            "type": "otp",
            "secretData": json.dumps({"value": secret}),
            "credentialData": json.dumps(
                {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1",
                 "secretEncoding": "BASE32"}
            ),
        }  # fmt: skip
        with _clear_errors():
            old = [each["id"] for each in self._admin.get_credentials(user_id) if each["type"] == "otp"]
            account = self._admin.get_user(user_id)
            self._admin.update_user(user_id, {**account, "credentials": [credential]})
            for credential_id in old:
                self._admin.delete_credential(user_id, _uuid(credential_id))

    def remove_second_factor(self, subject: str) -> None:
        """Take the account's TOTP secrets away; see Directory."""
        user_id = _uuid(subject)
        with _clear_errors():
            for credential in self._admin.get_credentials(user_id):
                if credential["type"] == "otp":
                    self._admin.delete_credential(user_id, _uuid(credential["id"]))

    def end_sessions(self, subject: str) -> None:
        """End the account's sessions; see Directory."""
        with _clear_errors():
            self._admin.user_logout(_uuid(subject))

    def close(self) -> None:
        """Give back connections; the instance cannot be used afterwards."""
        del self._admin

    @property
    def _error(self) -> Any:
        from keycloak.exceptions import KeycloakError

        return KeycloakError

    def _create_or_update(self, user: DirectoryUser, payload: dict[str, Any]) -> tuple[str, bool]:
        """Return the subject and whether the account is new; creates first, for looking up is slow."""
        known = _uuid(user.subject) if user.subject else None
        if known and self._updated(lambda: self._update_user(known, payload)):
            return known, False
        with _clear_errors():
            try:
                return _uuid(self._admin.create_user(payload)), True
            except self._error as error:
                found = self._admin.get_user_id(user.username) if error.response_code == 409 else None
                if found is None:
                    raise
                subject = _uuid(found)
            self._update_user(subject, payload)
            return subject, False

    def _update_user(self, subject: str, payload: dict[str, Any]) -> None:
        """Update an account; no address is sent where none is stored, for members of organizations must not send an empty one."""
        if not payload["email"] and not self._admin.get_user(subject).get("email"):
            payload = {key: value for key, value in payload.items() if key != "email"}
        self._admin.update_user(subject, payload)

    def _updated(self, update: Callable[[], object]) -> bool:
        """Update what an earlier run stored the id of; False when it is gone."""
        with _clear_errors():
            try:
                update()
            except self._error as error:
                if error.response_code == 404:
                    return False
                raise
        return True

    def _set_operator(self, subject: str, wanted: bool) -> None:
        with _clear_errors():
            held = [
                role for role in self._admin.get_realm_roles_of_user(subject) if role["name"] == OPERATOR_ROLE
            ]
            if held and not wanted:
                self._admin.delete_realm_roles_of_user(subject, held)
                # A session that has proved the role must not outlive it.
                self._admin.user_logout(subject)
            elif wanted and not held:
                free = self._admin.get_available_realm_roles_of_user(subject)
                role = [each for each in free if each["name"] == OPERATOR_ROLE]
                if not role:
                    raise DirectoryRefused(f"The realm has no role {OPERATOR_ROLE}.")
                self._admin.assign_realm_roles(subject, role)

    def _find_organization(self, tenant_id: str) -> str | None:
        """Find by attribute: searching by alias finds nothing."""
        with _clear_errors():
            found = self._admin.get_organizations({"q": f"tenant_id:{tenant_id}", "first": 0, "max": 2})
        if len(found) > 1:
            raise DirectoryRefused("Two organizations carry the id of one agency.")
        return _uuid(found[0]["id"]) if found else None


def _uuid(value: object) -> str:
    """Return a UUID in its plain form. Raises DirectoryRefused for anything else."""
    try:
        return str(UUID(str(value)))
    except ValueError as error:
        raise DirectoryRefused("An id of the directory is not a UUID.") from error


@contextmanager
def _clear_errors(*, ignore: int | None = None) -> Iterator[None]:
    """Turn the library's errors into ours; `ignore` is an answer that means it is so already."""
    from keycloak.exceptions import KeycloakError

    try:
        yield
    except KeycloakError as error:
        status = error.response_code
        if status == ignore and status is not None:
            return
        if status is None or status >= 500 or status in (401, 403, 429):
            raise DirectoryUnavailable(
                f"Keycloak does not take the request ({status or 'no answer'})."
            ) from error
        raise DirectoryRefused(f"Keycloak refused the entry ({status}): {_reason(error)}") from error
    except TypeError as error:
        # The library's answer to a body of another shape than it expects.
        raise DirectoryUnavailable("Keycloak's answer cannot be read.") from error


def _reason(error: Any) -> str:
    """Return Keycloak's own sentence, which names fields but not their values."""
    try:
        body = json.loads(error.response_body or b"{}")
    except ValueError:
        return "no reason given"
    text = body.get("errorMessage") or body.get("error") if isinstance(body, dict) else None
    return str(text or "no reason given")[:200]
