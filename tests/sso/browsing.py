"""A browser without a screen: follows the identity provider's pages, fills its forms, keeps its cookies."""

import html
import re
import ssl
from urllib.parse import parse_qs, urlsplit

import httpx

PUBLIC_URL = "http://localhost:8000"
PASSWORD = "một câu dài dễ nhớ"
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # everything is on loopback; reading authorities takes time


class Browser:
    """One person's browser at the identity provider; never leaves the provider's host."""

    def __init__(self, issuer: str) -> None:
        self._host = urlsplit(issuer).netloc
        self._http = httpx.Client(timeout=20, trust_env=False, verify=_NO_TLS)
        self.page = httpx.Response(204)

    def close(self) -> None:
        self._http.close()

    def open(self, url: str) -> "Browser":
        """Open an address and follow redirects as long as they stay with the provider."""
        return self._show(self._http.get(url))

    def submit(self, **fields: str) -> "Browser":
        """Send the form on the page with these fields."""
        found = re.search(r'<form[^>]*action="([^"]+)"', self.page.text)
        assert found, self.page.text
        return self._show(self._http.post(html.unescape(found[1]), data=fields))

    def sign_in(self, url: str, username: str, password: str) -> dict[str, str]:
        """Sign in, with the form unless the provider knows the browser; return what it answers our callback."""
        self.open(url)
        if not self.page.is_redirect:
            self.submit(username=username, password=password, credentialId="")
        return self.answer

    @property
    def heading(self) -> str:
        """The page's heading, to know where the browser is."""
        found = re.search(r"<h1>(.*?)</h1>", self.page.text, re.DOTALL)
        return html.unescape(found[1]).strip() if found else ""

    @property
    def words(self) -> str:
        """What a reader of the page sees of it, in one line."""
        body = self.page.text.partition("<main")[2]
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())

    @property
    def answer(self) -> dict[str, str]:
        """The parameters the provider sends to our callback."""
        assert self.page.is_redirect, f"{self.page.status_code} {self.words}"
        query = parse_qs(urlsplit(self.page.headers["Location"]).query)
        return {key: values[0] for key, values in query.items()}

    def _show(self, response: httpx.Response) -> "Browser":
        while response.is_redirect and urlsplit(response.headers["Location"]).netloc == self._host:
            self._keep_cookies()
            response = self._http.get(response.headers["Location"])
        self._keep_cookies()
        self.page = response
        return self

    def _keep_cookies(self) -> None:
        # Browsers send Secure cookies to http://localhost, this library does not.
        for cookie in self._http.cookies.jar:
            cookie.secure = False
