"""An agency's own domain: its public pages at the root, nothing else, and only while the domain is approved."""

import re
import time
from dataclasses import replace
from html import unescape

import pytest
from falcon.testing import TestClient

import core.app
import sso.api
from core import settings as settings_of_the_process
from core.web import hosts, rendering
from plugins.websites.models import Domain
from tests.plugins.websites.press import PERSON

PUBLIC = "https://cong.hue.gov.vn"


@pytest.fixture
def client(ground):
    """The same platform as it stands at an address of its own."""
    settings = replace(ground.platform.settings, public_url=PUBLIC)
    before = rendering.renderer.installed, settings_of_the_process.installed_settings.installed
    settings_of_the_process.installed_settings.install(settings)
    client = TestClient(
        core.app.build_app(replace(ground.platform, settings=settings), sso.api.context_loader())
    )
    yield client
    rendering.renderer.installed, settings_of_the_process.installed_settings.installed = before


@pytest.fixture
def own(press):
    """An agency with a domain of its own; returns its name."""
    press.publish("Lễ hội áo dài", "le-hoi")
    host = f"{press.code}.hue.gov.vn"
    press.domain(host)
    return host


def ask(client, host, path, **headers):
    return client.simulate_get(path, headers={"Host": host, "User-Agent": PERSON, **headers})


def test_the_own_domain_shows_the_site_at_its_root_with_its_own_addresses(client, own, press):
    page = ask(client, own, "/")
    assert page.status_code == 200
    assert 'href="/tin/le-hoi"' in page.text
    assert f"/public/{press.code}" not in page.text
    article = ask(client, own, "/tin/le-hoi")
    assert f'<link rel="canonical" href="https://{own}/tin/le-hoi">' in article.text
    assert f'href="{PUBLIC}/public/"' in article.text
    for path in ("/feed.atom", "/sitemap.xml", "/robots.txt"):
        answer = ask(client, own, path)
        assert answer.status_code == 200
        assert f"https://{own}/" in answer.text
    (sheet,) = re.findall(r'href="(/static/css/[^"]+)"', page.text)
    assert ask(client, own, sheet).status_code == 200


def test_the_same_page_below_the_portal_names_the_own_domain(client, own, press):
    page = ask(client, "cong.hue.gov.vn", f"/public/{press.code}/tin/le-hoi")
    assert f'<link rel="canonical" href="https://{own}/tin/le-hoi">' in page.text
    assert f'href="/public/{press.code}/thong-bao"' in page.text


@pytest.mark.parametrize(
    "path", ["/sso/login", "/admin/", "/api/v1/t/x", "/t/x/", "/public/", "/metrics2", "/language"]
)
def test_nothing_of_the_staff_is_on_an_own_domain(client, own, path):
    answer = ask(client, own, path)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "cong.hue.gov.vn.evil.example", "10.0.0.7", "a" * 300])
def test_a_host_nobody_owns_is_refused_with_the_way_to_the_platform(client, own, host):
    answer = ask(client, host, "/")
    assert answer.status_code == 421
    assert "Tên miền này chưa có trang nào" in answer.text
    assert '<a href="https://cong.hue.gov.vn">' in answer.text
    assert host not in answer.text
    assert own not in answer.text
    program = ask(client, host, "/", Accept="application/json")
    assert (program.status_code, program.json["type"]) == (421, "/problems/misdirected")
    assert ask(client, host, "/healthz").status_code == 200


@pytest.mark.parametrize("host", ["a:b", "a:99999999999x", "[::1]:b"])
def test_a_host_whose_port_is_no_number_is_refused_like_others(client, own, host):
    assert ask(client, host, "/").status_code == 421


def test_what_lies_below_an_agency_s_own_domain_is_not_told_to_be_https(client, own):
    whole = "max-age=31536000; includeSubDomains"
    assert ask(client, "cong.hue.gov.vn", "/healthz").headers["Strict-Transport-Security"] == whole
    for path in ("/", "/healthz", "/khong-co"):
        assert ask(client, own, path).headers["Strict-Transport-Security"] == "max-age=31536000"


def test_forwarded_names_do_not_count(client, own, press):
    forwarded = {"X-Forwarded-Host": own, "Forwarded": f"host={own}"}
    assert ask(client, "evil.example", "/", **forwarded).status_code == 421
    page = ask(client, "cong.hue.gov.vn", f"/public/{press.code}", **{"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in page.text


@pytest.mark.parametrize("state", ["requested", "refused"])
def test_a_domain_shows_nothing_before_it_is_approved(client, press, state):
    press.domain(f"{press.code}.vn", state=state)
    assert ask(client, f"{press.code}.vn", "/").status_code == 421


def test_a_domain_that_is_taken_away_ends_within_seconds(client, own, press, monkeypatch):
    assert ask(client, own, "/").status_code == 200
    with press.agency.at_work():
        Domain.update(state="refused").where(Domain.host == own).execute()
    begin = time.monotonic()
    monkeypatch.setattr(hosts.time, "monotonic", lambda: begin + hosts.KEPT_SECONDS + 0.1)
    assert ask(client, own, "/").status_code == 421


def test_a_rating_is_taken_on_the_own_domain_and_not_from_elsewhere(client, own):
    def rate(origin):
        return client.simulate_post(
            "/danh-gia/le-hoi", body="useful=yes",
            headers={"Host": own, "Origin": origin, "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip

    assert rate("https://evil.example").status_code == 403
    assert (rate(f"https://{own}").status_code, rate(f"https://{own}").headers["Location"]) == (
        303,
        "/tin/le-hoi#cam-on",
    )


def link(page, rel):
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page.text)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize(
    "start", ["/tin", "/chuyen-muc/le-hoi", "/van-ban?q=tet", "/tim-kiem?q=tet", "/en/tin"]
)
def test_lists_lead_forth_and_back_on_the_own_domain(client, own, press, start):
    press.change(has_english=True)
    feasts = press.category("Lễ hội", "le-hoi")
    kind = "document" if "van-ban" in start else "news"
    for number in range(1, 17):
        press.publish(
            f"Tết {number}", f"tet-{number}", kind=kind, category_id=feasts, title_en=f"Tet {number}"
        )
    first = ask(client, own, start)
    second = ask(client, own, link(first, "next"))
    assert (first.status_code, second.status_code) == (200, 200)
    assert link(first, "next").startswith(start.partition("?")[0] + "?")
    shown = [re.findall(r'href="(?:/en)?/tin/tet-(\d+)"', page.text) for page in (first, second)]
    assert len(set(shown[0] + shown[1])) == 16
    back = ask(client, own, link(second, "prev"))
    assert re.findall(r'href="(?:/en)?/tin/tet-(\d+)"', back.text) == shown[0]


@pytest.mark.parametrize("path", ["/en", "/en/tin", "/en/tin/le-hoi"])
def test_a_site_without_english_says_in_its_own_frame_that_there_is_none(client, own, path):
    answer = ask(client, own, path)
    assert answer.status_code == 404
    assert 'lang="vi"' in answer.text
    assert 'href="/tin/le-hoi"' in answer.text
