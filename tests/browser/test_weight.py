"""What the first visit to a clerk's list weighs on the wire, and how large the page is."""

import brotli
import pytest

KILO = 1024
PROXY_LEVEL = 5  # what a proxy spends on a page; static files come compressed as far as it goes
FIRST_VISIT = 170 * KILO
NEXT_PAGE = 15 * KILO
NODES = 1500


@pytest.fixture
def anh(visitor):
    return visitor(inspect=False).sign_in("anhpn", at="/sso/devices")


def weighed(visitor):
    """Note what each address weighs from now on; what comes from the browser's cache weighs nothing."""
    weights = {}

    def weigh(request):
        body = max(request.sizes()["responseBodySize"], 0)
        is_page = request.is_navigation_request()
        weights[request.url] = (
            len(brotli.compress(request.response().body(), quality=PROXY_LEVEL)) if is_page else body
        )

    visitor.page.on("requestfinished", weigh)
    return weights


@pytest.mark.parametrize("page", ["example", "people"])
def test_a_list_of_fifty_is_light(anh, visitor, page):
    fresh = visitor(inspect=False)
    fresh.context.add_cookies(anh.context.cookies())
    weights = weighed(fresh)
    fresh.open(f"/t/phuong-an-dong/{page}")
    fresh.page.evaluate("document.fonts.ready.then(() => 0)")
    fresh.page.wait_for_load_state("networkidle")
    assert fresh.main.locator("tbody tr").count() == 50
    assert sum(weights.values()) <= FIRST_VISIT, weights
    assert fresh.page.evaluate("document.querySelectorAll('*').length") <= NODES

    weights.clear()
    fresh.reload()
    fresh.page.wait_for_load_state("networkidle")
    assert sum(weights.values()) <= NEXT_PAGE, weights
    assert len([url for url, size in weights.items() if size]) == 1, (
        "one request: the rest comes from the cache"
    )
