"""Reports of the last months for a demonstration, published by a leader on the morning after each window ended."""

from itertools import pairwise
from random import Random
from uuid import UUID

from core.api import DemoMaker, RequestContext
from plugins.casework.api import SampleOffice, Story
from plugins.reports.asking import asked, kinds_counted
from plugins.reports.counting import recount
from plugins.reports.models import Snapshot
from plugins.reports.periods import month_of, neighbours
from plugins.reports.services import PUBLISH, publish

MONTHS = 6


def seed(make: DemoMaker) -> None:
    """Plan the reports of the last months unless the agency has some already."""
    office = SampleOffice(make, "reports")
    leaders = office.able(PUBLISH)
    if leaders and not Snapshot.select().exists():
        make.plan(_year(office, leaders[0]))


def _year(office: SampleOffice, leader: UUID) -> Story:
    pick, now = office.story(), month_of(office.today)
    windows = [now]
    for _each in range(MONTHS):
        windows.insert(0, neighbours(windows[0])[0])
    for ended, following in pairwise(windows):
        if ended.first < office.first:
            continue
        yield office.on(following.first, pick)
        office.do(leader, _publish, ended.key, pick)


def _publish(ctx: RequestContext, period: str, pick: Random) -> None:
    if kinds_counted(ctx):
        recount()  # acts of sample data count nothing themselves
        publish(ctx, asked(ctx, {"period": period}), UUID(int=pick.getrandbits(128), version=4))
