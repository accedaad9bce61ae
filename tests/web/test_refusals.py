"""What gunicorn refuses before there is a request, asked of a real gunicorn with our settings."""

import sys
import time

import pytest
import requests

from scripts._lib.places import ROOT
from scripts._lib.ports import free_port
from scripts._lib.processes import Service
from tests.support import servers


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    gunicorn = Service("web", tmp_path_factory.mktemp("gunicorn"))
    port = free_port(58100 + servers.SHIFT)
    gunicorn.start(
        [sys.executable, "-m", "gunicorn", "-c", ROOT / "deploy" / "gunicorn.conf.py", "--workers", "1",
         "--bind", f"127.0.0.1:{port}", "tests.web.greeting:app"], cwd=ROOT,
    )  # fmt: skip
    for _attempt in range(300):
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=5)
            break
        except requests.ConnectionError:
            assert gunicorn.exit_code is None, gunicorn.tail()
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/"
    gunicorn.stop(5)


@pytest.mark.parametrize(
    ("query", "headers", "status", "vietnamese", "english"),
    [
        ("x" * 5000, {}, 414, "Địa chỉ của trang quá dài", "The address of the page is too long"),
        ("", {"Cookie": "a=" + "b" * 9000}, 431, "Xoá cookie của trang này", "Remove this site's cookies"),
    ],
)
def test_what_is_too_long_is_told_in_both_languages_without_our_limits(
    address, query, headers, status, vietnamese, english
):
    answer = requests.get(f"{address}?{query}", headers=headers, timeout=10)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert vietnamese in answer.text
    assert english in answer.text
    assert not [limit for limit in ("4094", "8190", "xxxx", "bbbb") if limit in answer.text]


def test_other_requests_are_served(address):
    assert "Hello world!" in requests.get(address, timeout=10).text
