"""The hook that the operators' console brings for modules that count something in every agency."""

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


DECLARE = {"register_agency_figures": Declared(AgencyFigure, "agency figure")}


@hookspec
def register_agency_figures() -> list[AgencyFigure]:
    """Return what operators see counted of each agency; never what is inside. Added in 1.1."""
