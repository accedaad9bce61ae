"""What stays undone when somebody leaves a post or a department closes, in the words of the modules that know."""

from functools import partial
from uuid import UUID

from core.dispatcher import dispatcher
from core.web.components import Effect
from tenants.hookspecs import OpenWork


def work_left(*, person_id: UUID | None = None, unit_id: UUID | None = None) -> tuple[Effect, ...]:
    """Return a line for each module with work of a person, or of a department, in the agency in scope."""
    declared = dispatcher().catalogue.of(OpenWork)  # type: ignore[type-abstract]
    said = (
        dispatcher().isolated(
            module.key, "open_work", partial(each.left, person_id=person_id, unit_id=unit_id), ""
        )
        for module, each in declared.values()
    )
    return tuple(Effect(icon="alert-triangle", text=text) for text in said if text)
