"""Background work of sign-in, and what it does when agencies lock an account."""

from uuid import UUID

from core.db import db
from core.jobs import JobError
from sso import api, api_tokens, services
from sso.interfaces import ProviderUnavailable
from tenants.events import PersonDisabled


def end_at_provider(session_id: str) -> None:
    """End a session at the provider after it ended here."""
    try:
        with db.atomic():
            api.sign_in().end_at_provider(UUID(session_id))
    except ProviderUnavailable as error:
        raise JobError(str(error)) from error


def purge() -> None:
    """Forget what is over."""
    with db.atomic():
        services.purge()


def end_sessions_of_disabled(event: PersonDisabled) -> None:
    """End the sessions and API tokens of an account that was locked; it gets neither back when it is opened again."""
    assert event.object_id is not None
    api_tokens.revoke_all(event.object_id)
    api.sign_in().end("disabled", person_id=event.object_id, tell_provider=True)
