"""What modules count of each agency, for the console's list: sums, and an empty place where a module fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from core.dispatcher import dispatcher
from core.i18n import gettext
from tenants.hookspecs import AgencyFigure


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """One column: its head, and the number of each agency; none at all when its module failed."""

    title: str
    meaning: str
    alert: bool
    numbers: Mapping[UUID, int] | None

    def of(self, tenant_id: UUID) -> int | None:
        """Return an agency's number, or None where nobody knows it."""
        return None if self.numbers is None else self.numbers.get(tenant_id, 0)


def figures_of(tenant_ids: Sequence[UUID]) -> tuple[FigureColumn, ...]:
    """Return the columns of all modules for these agencies."""
    declared = dispatcher().catalogue.of(AgencyFigure)  # type: ignore[type-abstract]
    return tuple(
        FigureColumn(
            gettext(each.title), gettext(each.meaning), each.alert, _counted(module.key, each, tenant_ids)
        )
        for module, each in declared.values()
    )


def _counted(module: str, figure: AgencyFigure, tenant_ids: Sequence[UUID]) -> Mapping[UUID, int] | None:
    count = partial(figure.count, tenant_ids)
    return dispatcher().isolated(module, "agency_figure", count, None)
