"""The hooks that agencies bring: for modules that count something in every one, or know what somebody has to do there."""

# mypy: disable-error-code="empty-body"

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable
from uuid import UUID

from core.declarations import Declared
from core.hookspecs import hookspec


@runtime_checkable
class AgencyFigure(Protocol):
    """A number for each agency: a column of the console's list. Modules cannot import it, and need only look like it."""

    @property
    def key(self) -> str:
        """Return a name that begins with the module's."""

    @property
    def title(self) -> str:
        """Return the head of the column, marked for translation."""

    @property
    def meaning(self) -> str:
        """Return how the number is counted, a sentence marked for translation."""

    @property
    def alert(self) -> bool:
        """Return whether any number but nought is bad news."""

    def count(self, tenant_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return the numbers of these agencies by one query; an agency left out has none."""


@runtime_checkable
class OpenWork(Protocol):
    """What somebody, or a department, still has to do: said before they leave it or it closes."""

    @property
    def key(self) -> str:
        """Return a name that begins with the module's."""

    def left(self, *, person_id: UUID | None = None, unit_id: UUID | None = None) -> str:
        """Say in a sentence what stays undone in the agency in scope; nothing where nothing does."""


DECLARE = {
    "register_agency_figures": Declared(AgencyFigure, "agency figure"),
    "register_open_work": Declared(OpenWork, "open work"),
}


@hookspec
def register_agency_figures() -> list[AgencyFigure]:
    """Return what operators see counted of each agency; never what is inside. Added in 1.1."""


@hookspec
def register_open_work() -> list[OpenWork]:
    """Return what knows how much somebody still has to do. Added in 1.1."""
