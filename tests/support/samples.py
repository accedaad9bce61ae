"""Sample data of one module in an agency of a test: few rows, of a whole year."""

from collections.abc import Callable, Sequence
from typing import Any

from tenants.demo import DemoMaker, DemoPerson
from tests.support.modules import Agency, Ground, Officer


def seeded(
    seed: Callable[..., None],
    agency: Agency,
    officers: Sequence[Officer],
    others: Sequence[Agency] = (),
    **options: Any,
) -> None:
    """Let a module make its sample data for these officers, with work between these agencies.

    Of the options of `DemoMaker`, `days` is how far back it goes and `scale` how much of a year's work is made.
    """
    with agency.at_work():
        people = [DemoPerson(each.person_id, each.name, agency.units["Văn phòng"]) for each in officers]
        agencies = [agency.info.id, *(each.info.id for each in others)]
        make = DemoMaker("hue", people, agencies=agencies, **options)
        seed(make)
        make.run()


def neighbour(ground: Ground, *modules: str) -> Agency:
    """Return an agency that answers what others ask."""
    found = ground.agency(*modules)
    found.officer("casework.leg_clerk", name="Nguyễn Văn Đức")
    return found
