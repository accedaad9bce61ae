"""Where people are signed in, as the console shows it; the sign-in package provides the answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.process import OfProcess


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One browser in which a person is signed in."""

    id: UUID
    device: str
    address: str
    started_at: datetime
    seen_at: datetime


class Sessions(Protocol):
    """The registry of sessions."""

    address: str
    """Where people sign in: the address of the installation."""

    def of_person(self, person_id: UUID) -> tuple[LiveSession, ...]:
        """Return where a person is signed in, the latest used first."""

    def seen_in(self, tenant_ids: Iterable[UUID]) -> Mapping[UUID, datetime]:
        """Return when people with a post in these agencies used the platform last, as far as it is remembered."""

    def end_all(self, person_id: UUID) -> int:
        """End them all, here at once and at the identity provider by a job; return how many."""


sessions = OfProcess[Sessions]("registry of sessions is installed")
