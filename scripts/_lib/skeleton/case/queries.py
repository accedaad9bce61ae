"""What is read beside the case itself."""

from uuid import UUID

from core.api import NotFound
from plugins.skeleton.models import Matter


def matter(case_id: UUID) -> Matter:
    """Return what only this module knows of a case. Raises NotFound."""
    found: Matter | None = Matter.get_or_none(Matter.id == case_id)
    if found is None:
        raise NotFound
    return found
