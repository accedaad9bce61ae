"""What the composition root takes of sign-in: the service of this process and what hangs on it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from core.context import ContextLoader
from core.events import emit
from core.settings import Settings
from sso import api_tokens, queries
from sso.directory import KeycloakDirectory
from sso.events import SessionsEnded
from sso.loader import SessionLoader
from sso.services import SignInService
from tenants.models import Person
from tenants.reconciler import directories
from tenants.sessions import LiveSession, sessions

__all__ = ["context_loader", "directory", "install", "sign_in", "use"]

_service: list[SignInService] = []


def install(settings: Settings) -> None:
    """Make this process sign people in at the staff realm, and mirror the registry to it."""
    # Commands that look at modules alone need neither a client of HTTP nor cryptography.
    from sso.oidc import OidcProvider
    from sso.vault import Vault

    provider = OidcProvider(
        issuer=f"{settings.keycloak_url.rstrip('/')}/realms/{settings.staff_realm}",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        redirect_uri=f"{settings.public_url}/sso/callback",
        post_logout_redirect_uri=f"{settings.public_url}/sso/signed-out",
    )
    use(
        SignInService(
            provider,
            Vault(settings.secret_key),
            idle=timedelta(minutes=settings.session_idle_minutes),
            maximum=timedelta(hours=settings.session_max_hours),
        )
    )
    directories.install(lambda: directory(settings))
    sessions.install(SessionRegistry(settings.public_url))


def use(service: SignInService) -> None:
    """Make a service the one of this process."""
    _service[:] = [service]


def sign_in() -> SignInService:
    """Return the service of this process."""
    return _service[0]


def context_loader() -> ContextLoader:
    """Return what tells the gate who asks."""
    return SessionLoader(sign_in())


def directory(settings: Settings) -> KeycloakDirectory:
    """Return a new client of the directory, for one thread."""
    return KeycloakDirectory(
        keycloak_url=settings.keycloak_url,
        realm=settings.staff_realm,
        client_id=settings.directory_client_id,
        client_secret=settings.directory_client_secret,
    )


class SessionRegistry:
    """Sessions as the console knows them; implements `tenants.sessions.Sessions`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def of_person(self, person_id: UUID) -> tuple[LiveSession, ...]:
        """Return where a person is signed in; see Sessions."""
        return queries.live_sessions(person_id)

    def seen_in(self, tenant_ids: Iterable[UUID]) -> Mapping[UUID, datetime]:
        """Return when people of these agencies used the platform last; see Sessions."""
        return queries.seen_in(tenant_ids)

    def end_all(self, person_id: UUID) -> int:
        """End them all, API tokens too, and keep on record who did it; see Sessions."""
        api_tokens.revoke_all(person_id)
        ended = sign_in().end("ended_by_operator", person_id=person_id, tell_provider=True)
        if ended:
            person = Person.get_by_id(person_id)
            emit(SessionsEnded(object_id=person_id, person=person.full_name, count=ended))
        return ended
