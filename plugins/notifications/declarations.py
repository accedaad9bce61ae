"""What modules declare for the notification centre."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from core.api import Catalogue, Manifest

MailChoice = Literal["at_once", "digest", "never"]


@dataclass(frozen=True, slots=True)
class NotificationKind:
    """One kind of notification; `email` says how it is mailed until a person chooses something else.

    The notification centre shows every kind. The title is all that a mail says, so nothing personal is in it.
    """

    key: str
    title: str
    email: MailChoice = "never"


def unfit(module: Manifest, kind: NotificationKind, known: Catalogue) -> Iterator[str]:
    """Say what a kind is refused for: a way of mailing that there is not."""
    if kind.email not in get_args(MailChoice):
        yield f"is mailed '{kind.email}'; there are {', '.join(get_args(MailChoice))}."
