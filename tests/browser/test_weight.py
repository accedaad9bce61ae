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
    """Return what tells how much each address weighed since it was asked last; what is in the browser's cache weighs nothing."""
    finished = []

    def weigh(request):
        if request.is_navigation_request():
            return len(brotli.compress(request.response().body(), quality=PROXY_LEVEL))
        return max(request.sizes()["responseBodySize"], 0)

    def weights():
        visitor.page.wait_for_load_state("networkidle")
        found = {request.url: weigh(request) for request in finished}
        finished.clear()
        return found

    def note(request):
        finished.append(request)

    visitor.page.on("requestfinished", note)
    return weights


@pytest.mark.parametrize("page", ["example", "people"])
def test_a_list_of_fifty_is_light(anh, visitor, page):
    fresh = visitor(inspect=False)
    fresh.context.add_cookies(anh.context.cookies())
    weigh = weighed(fresh)
    fresh.open(f"/t/phuong-an-dong/{page}")
    fresh.page.evaluate("document.fonts.ready.then(() => 0)")
    weights = weigh()
    assert fresh.main.locator("tbody tr").count() == 50
    assert sum(weights.values()) <= FIRST_VISIT, weights
    assert fresh.page.evaluate("document.querySelectorAll('*').length") <= NODES

    fresh.reload()
    weights = weigh()
    assert sum(weights.values()) <= NEXT_PAGE, weights
    assert len([url for url, size in weights.items() if size]) == 1, (
        "one request: the rest comes from the cache"
    )
