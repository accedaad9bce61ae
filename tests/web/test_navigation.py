"""What the modules' navigation makes of the shell: the list on the left, the search field and the bell on top."""

import re
import time

import pytest

from core.db import db
from core.declarations import Counting
from tests.web.trial import plugin as trial

NOTES = "/t/phuong-thuan-hoa/trial/"


def test_the_search_field_and_the_bell_lead_where_modules_say(site):
    text = site.get(NOTES).text
    assert re.search(
        rf'<form class="lt-search"[^>]* action="{NOTES}">.*name="q" aria-label="Tìm trong phép thử"', text
    )
    assert re.search(rf'href="{NOTES}" aria-label="Thông báo: 7"', text)
    links = re.findall(r"<span>(.*?)</span>", text[text.index('id="lt-nav"') : text.index("</nav>")])
    assert "Phép thử" in links
    assert not {"Tìm trong phép thử", "Thông báo"} & set(links)


def test_the_console_says_whose_hat_it_is(site):
    site.loader.add("both", "trial.clerk", operator=True)
    for page, is_console in (("/admin/", True), (NOTES, False)):
        text = site.get(page, who="both").text
        assert ("<small>Vận hành toàn thành phố Huế</small>" in text) == is_console
        assert '<span class="lt-sub">Vận hành toàn thành phố Huế</span>' in text


def test_outside_every_agency_the_console_is_not_named_like_an_agency(site):
    site.loader.add("both", "trial.clerk", operator=True)
    text = site.get("/khong/co", who="both").text
    lines = re.findall(r"<span>(.*?)</span>", text[text.index('id="lt-nav"') : text.index("</nav>")])
    assert lines == ["UBND phường Thuận Hoá", "Vận hành toàn thành phố Huế"]


def test_an_address_nobody_has_keeps_the_navigation_of_who_is_lost(site):
    for path in ("/t/phuong-thuan-hoa/khong", "/t/phuong-thuan-hoa/khong/co/dau"):
        answer = site.get(path)
        assert answer.status_code == 404
        assert "<h1>Không có trang này ở UBND phường Thuận Hoá</h1>" in answer.text
        assert NOTES.rstrip("/") in answer.text
    assert "UBND xã Phú Vang" not in site.get("/t/xa-phu-vang/khong").text
    assert "lt-nav" not in site.get("/t/phuong-thuan-hoa/khong", who=None).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("trouble/forbidden", 403),
        ("trouble/bug", 500),
        ("trouble/chain", 500),
        ("trouble/conflict", 409),
        ("00000000-0000-7000-8000-000000000000", 404),
        ("khong/co/dau", 404),
    ],
)
def test_an_error_page_keeps_the_numbers_beside_the_navigation(site, path, status):
    answer = site.get(NOTES + path)
    assert answer.status_code == status
    assert f'href="{NOTES}" aria-label="Thông báo: 7"' in answer.text


def test_numbers_are_not_asked_for_where_the_database_is_what_ails(site, monkeypatch):
    def broken(ctx):
        raise AssertionError("asked")

    monkeypatch.setattr(trial, "bell", broken)
    assert 'aria-label="Thông báo"' in site.get(f"{NOTES}trouble/held-up").text
    assert not [line for line in site.logged() if line["event"] == "hook.failed"]


@pytest.mark.parametrize("trouble", ["fails", "takes long", "loses the connection"])
def test_a_number_that_cannot_be_told_never_breaks_an_error_page(site, monkeypatch, trouble):
    def asked(ctx):
        if trouble == "fails":
            raise ValueError
        if trouble == "loses the connection":
            db.execute_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return Counting("SELECT count(*) FROM pg_sleep(25)", {})

    monkeypatch.setattr(trial, "bell", asked)
    began = time.monotonic()
    answer = site.get(f"{NOTES}trouble/forbidden")
    assert time.monotonic() - began < 20
    assert (answer.status_code, answer.text.count("<h1>")) == (403, 1)
    assert 'aria-label="Thông báo"' in answer.text


def test_where_the_module_is_not_in_effect_there_is_neither(site):
    site.loader.add("stranger", at=None)
    text = site.get("/", who="stranger").text
    assert "lt-search" not in text
    assert "Thông báo" not in text
