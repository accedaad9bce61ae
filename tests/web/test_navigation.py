"""What the modules' navigation makes of the shell: the list on the left, the search field and the bell on top."""

import re

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


def test_where_the_module_is_not_in_effect_there_is_neither(site):
    site.loader.add("stranger", at=None)
    text = site.get("/", who="stranger").text
    assert "lt-search" not in text
    assert "Thông báo" not in text
