"""Read a newspaper's page or feed that an officer saved: title, outlet, date and text, without any network."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from lxml import etree, html

from core.api import HOME_ZONE, Invalid, _, fold, tidy_text

MOST_BYTES = 5_000_000
MOST_TEXT, MOST_TITLE, MOST_NAME, MOST_URL = 100_000, 500, 200, 1_000
MOST_ITEMS = 200
_DAY = r"(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>\d{4})"
_TIME = r"(?P<h>\d{1,2})[:hg](?P<i>\d{2})"
_DATES = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        rf"{_DAY}\D{{1,12}}{_TIME}", rf"{_TIME}\D{{1,24}}{_DAY}",
        r"ngay (?P<d>\d{1,2}) thang (?P<m>\d{1,2}) nam (?P<y>\d{4})", _DAY,
    )
)  # fmt: skip
_ARCHIVE = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_OTHERS = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0")
_TRACKING = re.compile(r"utm_|fbclid|gclid|zarsrc|ref$|amp$", re.IGNORECASE)
_NOISE = (
    ".//script|.//style|.//noscript|.//template|.//nav|.//aside|.//form|.//footer|.//iframe|.//figcaption"
)
_ARTICLES = ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting")


@dataclass(frozen=True, slots=True)
class Read:
    """What a page or a line of a feed says of an article; what was not found is empty."""

    title: str = ""
    outlet: str = ""
    url: str = ""
    published_at: datetime | None = None
    text: str = ""


# ---- addresses and dates ----------------------------------------------------------------------------------------


def check_address(text: str, field: str = "url") -> str:
    """Return the address of a page on the web as people open it. Raises Invalid for any other kind of address."""
    try:
        parts = urlsplit(text.strip())
        host, named = parts.hostname or "", parts.port != 0 and parts.scheme.lower() in ("http", "https")
        # Of a feed it is told that it is internal.
        good = named and bool(host if field == "address" else "." in host)
    except ValueError:
        good = False
    if len(text) > MOST_URL:
        raise Invalid({field: [_("Dài quá {max} ký tự.", max=MOST_URL)]})
    if not good or re.search(r"[\s\x00-\x1f]", text.strip()):
        what = _("Địa chỉ nguồn tin") if field == "address" else _("Địa chỉ bài báo")
        told = _("{what} bắt đầu bằng http:// hoặc https://, không có dấu cách.", what=what)
        raise Invalid({field: [told]})
    if "@" in parts.netloc:
        raise Invalid({field: [_("Địa chỉ này kèm tên đăng nhập hoặc mật khẩu. Bỏ phần trước dấu @.")]})
    return text.strip()


def address_key(url: str) -> str:
    """Return what is the same for all addresses of one article: no scheme, www, tracking, fragment."""
    parts = urlsplit(check_address(url))
    host = re.sub(r"^(www|m|amp|mobile)\.", "", (parts.hostname or "").lower())
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.match(name)]
    path = re.sub(r"/+$|/amp/?$", "", parts.path)
    key = f"{host}{path}{'?' + urlencode(sorted(kept)) if kept else ''}"
    # What is longer than its column, or in bytes than an index holds, is told apart by its digest.
    return key if len(key.encode()) <= MOST_URL else f"{key[:100]} {sha256(key.encode()).hexdigest()}"


def parse_when(text: str) -> datetime | None:
    """Return the moment a page gives in any of the usual ways; one without a zone is in Vietnam's."""
    text = text.strip()[:200]
    found = None
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
    if found is None:
        with suppress(ValueError, TypeError, OverflowError):
            found = parsedate_to_datetime(text)
    for pattern in _DATES if found is None else ():
        if match := pattern.search(fold(text)):
            said = {name: int(value) for name, value in match.groupdict().items()}
            with suppress(ValueError):
                found = datetime(said["y"], said["m"], said["d"], said.get("h", 0), said.get("i", 0))  # noqa: DTZ001 - its zone comes below
                break
    if found is None:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=HOME_ZONE)
    now = datetime.now(UTC)
    return found if datetime(1990, 1, 1, tzinfo=UTC) < found < now + timedelta(days=2) else None


# ---- pages ------------------------------------------------------------------------------------------------------


def read_page(content: bytes | str, url: str = "") -> Read:
    """Return the article of a saved page, or of text that was pasted. Raises Invalid for what is too large or holds no text."""
    size = len(content if isinstance(content, bytes) else content.encode())
    if size > MOST_BYTES:
        raise Invalid({"page": [_("Trang lớn hơn 5 MB. Lưu lại chỉ phần nội dung, hoặc dán chữ của bài.")]})
    page, at = (b"", "") if isinstance(content, str) else _page_of(content)
    if b"\x00" in page[:1024] or page.startswith(_OTHERS):
        told = _("Tệp này không phải trang web (.html, .mht). Lưu bài báo từ trình duyệt rồi chọn lại.")
        raise Invalid({"page": [told]})
    text = content if isinstance(content, str) else _decoded(page)
    if not re.search(r"<(html|body|head|article|div|p|meta|script)\b", text, re.IGNORECASE):
        return _plain(text, url)
    tree = html.document_fromstring(
        text.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    )
    said, metas = _structured(tree), _metas(tree)
    body = _body(tree)
    url = url or metas.get("og:url", "") or _first(tree, "//link[@rel='canonical']/@href") or at
    found = Read(
        title=_short(said.get("headline") or metas.get("og:title") or _first(tree, "//h1") or _first(tree, "//title"), MOST_TITLE),
        outlet=_short(_publisher(said) or metas.get("og:site_name") or _host(url), MOST_NAME),
        url=_good(url),
        published_at=_when(tree, said, metas),
        text=_cut(body or _text_of(str(said.get("articleBody") or "")) or metas.get("og:description", "")),
    )  # fmt: skip
    if not found.title and not found.text:
        told = _("Không đọc được bài báo nào trong trang này. Ghi bằng tay các ô dưới đây.")
        raise Invalid({"page": [told]})
    return found


def _page_of(content: bytes) -> tuple[bytes, str]:
    """Return the page of a web archive (.mht), as browsers save one file, with its address; other content as it is."""
    if not _ARCHIVE.search(content[:4096]):
        return content, ""
    archive = message_from_bytes(content, policy=policy.default)
    pages = (part for part in archive.walk() if part.get_content_type() == "text/html")
    page = next((part.get_payload(decode=True) for part in pages), None)
    at = str(archive["Snapshot-Content-Location"] or "").strip()
    return (page, at) if isinstance(page, bytes) else (content, at)


def _decoded(content: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig")
    declared = re.search(rb"charset=[\"']?([\w-]{1,20})", content[:4096])
    with suppress(LookupError, UnicodeError):
        return content.decode(declared[1].decode() if declared else "cp1258", "replace")
    return content.decode("utf-8", "replace")


def _plain(text: str, url: str) -> Read:
    lines = [line.strip() for line in tidy_text(text.replace("\x00", "")).splitlines() if line.strip()]
    if not lines:
        raise Invalid({"page": [_("Chưa dán nội dung trang hoặc chọn tệp.")]})
    dated = next((when for line in lines[:6] if (when := parse_when(line))), None)
    return Read(_short(lines[0], MOST_TITLE), _host(url), url, dated, _cut("\n".join(lines[1:] or lines)))


def _structured(tree: Any) -> dict[str, Any]:
    """Return what the page says of its article in JSON-LD."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        with suppress(orjson.JSONDecodeError, RecursionError):
            for each in _flat(orjson.loads(script.text_content())):
                kinds = each.get("@type")
                if any(kind in _ARTICLES for kind in (kinds if isinstance(kinds, list) else [kinds])):
                    return each
    return {}


def _flat(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value[:50]:
            yield from _flat(each, depth)
    elif isinstance(value, dict):
        yield value
        if depth < 3:
            yield from _flat(value.get("@graph", []), depth + 1)


def _publisher(said: dict[str, Any]) -> str:
    named = said.get("publisher")
    return str(named.get("name") or "") if isinstance(named, dict) else ""


def _metas(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.xpath("//meta[@content]"):
        found.setdefault((meta.get("property") or meta.get("name") or "").lower(), meta.get("content"))
    return found


def _when(tree: Any, said: dict[str, Any], metas: dict[str, str]) -> datetime | None:
    told = [str(said.get("datePublished") or "")]
    told += [metas.get(name, "") for name in ("article:published_time", "pubdate")]
    told += [each.get("datetime") or each.text_content() for each in tree.xpath("//time")[:3]]
    told += [
        each.text_content()
        for each in tree.xpath("//*[contains(@class, 'date') or contains(@class, 'time')]")[:10]
    ]
    return next((when for each in told if each and (when := parse_when(each))), None)


def _body(tree: Any) -> str:
    """Return the text of the element that holds most paragraphs of an article."""
    for noise in tree.xpath(_NOISE):
        noise.drop_tree()
    places = tree.xpath("//*[@itemprop='articleBody']") or tree.xpath("//article") or tree.xpath("//body")
    return max((_paragraphs(place) for place in places[:20]), key=len, default="")


def _paragraphs(place: Any) -> str:
    parts = place.xpath(".//p|.//h2|.//li|.//blockquote[not(.//p)]")
    found = [" ".join(each.text_content().split()) for each in parts]
    return "\n".join(line for line in found if line) or " ".join(place.text_content().split())


def _text_of(markup: str) -> str:
    if "<" not in markup:
        return markup
    try:
        tree = html.fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:  # nothing but comments
        return ""
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return " ".join(tree.text_content().split())


def _first(tree: Any, path: str) -> str:
    found = tree.xpath(path)
    return "" if not found else str(found[0] if isinstance(found[0], str) else found[0].text_content())


def _host(url: str) -> str:
    with suppress(ValueError):
        return re.sub(r"^www\.", "", urlsplit(url).hostname or "")[:MOST_NAME]
    return ""


def _good(url: str) -> str:
    with suppress(Invalid):
        return check_address(url)
    return ""


def _short(text: Any, most: int) -> str:
    return " ".join(tidy_text(unescape(str(text or "")).replace("\x00", "")).split())[:most].strip()


def _cut(text: str) -> str:
    return tidy_text(text.replace("\x00", ""))[:MOST_TEXT].strip()


# ---- feeds ------------------------------------------------------------------------------------------------------


def read_feed(content: bytes) -> list[Read]:
    """Return the articles of an RSS or Atom file, two hundred at most. Raises Invalid for what is none."""
    if not content:
        raise Invalid({"feed": [_("Chưa chọn tệp nào.")]})
    wrong = Invalid({"feed": [_("Tệp này không phải RSS hoặc Atom.")]})
    if len(content) > MOST_BYTES:
        raise Invalid({"feed": [_("Tệp lớn hơn 5 MB.")]})
    # SECURITY: nothing outside of the file is read, and a file with entities of its own is refused.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise wrong from None
    dtd = root.getroottree().docinfo.internalDTD if root is not None else None
    if root is None or (dtd is not None and next(dtd.iterentities(), None) is not None):
        raise wrong
    if etree.QName(root).localname.lower() not in ("rss", "feed", "rdf"):
        raise wrong
    outlet = _short(
        root.xpath("string(*[local-name()='channel']/*[local-name()='title']|*[local-name()='title'])"),
        MOST_NAME,
    )
    items = root.xpath("//*[local-name()='item' or local-name()='entry']")[:MOST_ITEMS]
    found = [_item(each, outlet) for each in items]
    return [each for each in found if each.title and each.url]


def _item(item: Any, outlet: str) -> Read:
    def said(*names: str) -> str:
        paths = (f"string(*[local-name()='{name}'])" for name in names)
        return next((text for path in paths if (text := item.xpath(path).strip())), "")

    link = said("link") or item.xpath("string(*[local-name()='link'][not(@rel) or @rel='alternate']/@href)")
    summary = _text_of(said("description", "summary", "content"))
    when = parse_when(said("pubDate", "published", "updated", "date"))
    return Read(_short(_text_of(said("title")), MOST_TITLE), outlet, _good(link), when, _cut(summary)[:4000])
