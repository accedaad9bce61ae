"""Sample data: the same twice, published only through the one door, in several states."""

from plugins.websites.models import Article, Publication, Site
from tenants.demo import DemoMaker, DemoPerson
from tests.support.modules import UNIT


def test_the_sample_site_is_open_and_made_once(newsroom):
    agency, officer = newsroom.agency, newsroom.author
    make = DemoMaker(agency.info.code, [DemoPerson(officer.person_id, officer.name, agency.units[UNIT])])
    dispatcher = agency.ground.platform.dispatcher
    for _again in range(2):
        with agency.at_work():
            dispatcher.run("seed_demo", ["websites"], tenant=agency.info, make=make)
    with agency.at_work():
        states = [row.state for row in Article.select()]
        assert len(states) == 17
        assert set(states) == {"published", "approval", "editing", "returned", "draft"}
        assert Publication.select().count() == states.count("published")
        assert Site.get().is_open
