"""Sample data: the same twice, published only through the one door, in several states, shared with the province."""

from dataclasses import replace

from plugins.websites.demo import SAMPLES, _called
from plugins.websites.models import Article, FrontItem, Publication, Site
from plugins.websites.public_answers import pages
from tenants.demo import DemoMaker, DemoPerson
from tests.support.modules import UNIT

TITLES = {sample.title for sample in SAMPLES}


def seed(agency, officer):
    make = DemoMaker(agency.info.code, [DemoPerson(officer.person_id, officer.name, agency.units[UNIT])])
    with agency.at_work():
        agency.ground.platform.dispatcher.run("seed_demo", ["websites"], tenant=agency.info, make=make)


def test_the_sample_site_is_open_and_made_once(newsroom):
    agency = newsroom.agency
    for _again in range(2):
        seed(agency, newsroom.author)
    with agency.at_work():
        states = [row.state for row in Article.select()]
        assert len(states) == 17
        assert set(states) == {"published", "approval", "editing", "returned", "draft"}
        assert Publication.select().count() == states.count("published")
        assert Site.get().is_open


def test_documents_of_a_department_bear_its_own_letters(newsroom):
    department = replace(newsroom.agency.info, code="so-khoa-hoc-va-cong-nghe", kind="department")
    assert _called(department) == "SKHCN"
    assert _called(replace(department, code="phuong-an-dong", kind="ward")) == "UBND"


def test_agencies_offer_samples_and_the_portal_s_editor_answers(newsroom):
    ground = newsroom.agency.ground
    portal = ground.agency("websites", kind="province")
    editor = portal.officer("websites.portal_editor", "websites.publisher")
    newsroom.another("publisher")  # somebody has to offer, and to be told of the answer
    seed(newsroom.agency, newsroom.author)
    with newsroom.agency.at_work():
        own = list(FrontItem.select().where(FrontItem.tenant_id == newsroom.agency.info.id))
    assert len(own) == 2
    assert {each.state for each in own} == {"offered"}

    seed(portal, editor)
    pages.clear()
    with portal.at_work():
        shared = list(FrontItem.select().where(FrontItem.state == "accepted", FrontItem.title.in_(TITLES)))
        answered = [each for each in FrontItem.select() if each.decided_by == editor.person_id]
    assert answered
    assert len({each.title for each in shared}) == len(shared) >= 2
    assert shared[0].title in ground.client.simulate_get("/public/").text
