"""What EXPLAIN says of a statement, to be looked through."""

from collections.abc import Iterator
from typing import Any


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every step of a plan in the format JSON, the outermost first."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)
