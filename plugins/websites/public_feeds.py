"""Atom and sitemaps: XML made of escaped values, nothing else."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from markupsafe import escape

from core.api import Request, _, installed_settings, url_for
from plugins.files.api import public_rendition_url
from plugins.websites import public_queries
from plugins.websites.public_queries import Hit
from plugins.websites.public_views import (
    SMALL,
    Addresses,
    Card,
    PictureView,
    Vietnamese,
    page_of_kind,
    province_name,
)

ATOM = "application/atom+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
SITEMAP_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def hit_card(req: Request, hit: Hit, english: bool, *, site: bool, width: int = SMALL) -> Card:
    """Return something found across agencies as a line of a list."""
    translated = english and hit.title_en
    name = f"websites.public_{'en_' if translated else ''}{page_of_kind(hit.kind)}"
    return Card(
        title=hit.title_en if translated else hit.title,
        summary=(hit.summary_en if translated else hit.summary),
        url=url_for(req, name, tenant=hit.code, slug=hit.slug),
        at=hit.published_at,
        site=((english and hit.site_en) or Vietnamese(hit.site)) if site else "",
        cover=PictureView(
            public_rendition_url(hit.code, UUID(hit.cover["file"]), width),
            Vietnamese(hit.cover["alt"]),
            hit.cover["width"],
            hit.cover["height"],
        )
        if hit.cover
        else None,
    )


def _entry(
    title: str, url: str, identity: str, published: str, updated: str, summary: str, author: str
) -> str:
    said = f"<summary>{escape(_clean(summary))}</summary>" if summary else ""
    return (
        f"<entry><title>{escape(_clean(title))}</title><id>urn:uuid:{identity}</id>"
        f'<link href="{escape(url)}"/><published>{published}</published><updated>{updated}</updated>'
        f"<author><name>{escape(_clean(author))}</name></author>{said}</entry>\n"
    )


def _clean(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(char for char in text if (char >= " " and char not in "\ufffe\uffff") or char in "\n\t")


def _feed(title: str, own: str, page: str, identity: str, updated: str, entries: Iterable[str]) -> str:
    return (
        f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(_clean(title))}</title><id>{identity}</id>'
        f'<link rel="self" href="{escape(own)}"/><link href="{escape(page)}"/><updated>{updated}</updated>\n'
        f"{''.join(entries)}</feed>\n"
    )


def site_feed(
    to: Addresses,
    found: dict[str, Any],
    category: dict[str, Any] | None,
    cards: Sequence[Card],
    rows: Sequence[dict[str, Any]],
) -> str:
    """Return the newest of a site, or of one of its categories, as Atom."""
    site = found["site"]
    title = f"{category['title']} · {site['name']}" if category else site["name"]
    own = to.plain("category_feed", slug=category["slug"]) if category else to.plain("feed")
    page = to.to("category", slug=category["slug"]) if category else to.to("home")
    entries = (
        _entry(
            card.title, to.absolute(card.url), row["id"], row["published_at"], row["updated_at"], card.summary,
            row["issuer"] or site["name"],
        )
        for card, row in zip(cards, rows, strict=True)
    )  # fmt: skip
    updated = max((row["updated_at"] for row in rows), default=site["changed_at"])
    identity = f"urn:uuid:{category['id'] if category else site['id']}"
    return _feed(title, to.absolute(own), to.absolute(page), identity, updated, entries)


def province_feed(req: Request, title: str, hits: Sequence[Hit]) -> str:
    """Return the province's front page as Atom."""
    base = installed_settings().public_url
    entries = (
        _entry(
            hit.title, base + hit_card(req, hit, english=False, site=True).url, str(hit.id),
            hit.published_at.isoformat(), hit.published_at.isoformat(), hit.summary, hit.site,
        )
        for hit in hits
    )  # fmt: skip
    newest = max((hit.published_at for hit in hits), default=datetime(2026, 1, 1, tzinfo=UTC))
    home = base + url_for(req, "websites.public_province")
    return _feed(
        title,
        base + url_for(req, "websites.public_province_feed"),
        home,
        escape(home),
        newest.isoformat(),
        entries,
    )


def site_sitemap(to: Addresses, found: dict[str, Any]) -> str:
    """Return the addresses of a site, with the day of their last change: the newest, as many as one may hold."""
    english = found["site"]["has_english"]
    plain = [to.to("home"), to.to("news"), to.to("notices"), to.to("documents")]
    plain += [to.to("category", slug=each["slug"]) for each in found["categories"]]
    plain += [to.to("home", english=True)] if english else []
    lines = [f"<url><loc>{escape(to.absolute(url))}</loc></url>\n" for url in plain]
    for row in found["rows"]:
        for language in (False, True) if english and row["english"] else (False,):
            url = to.absolute(to.to(page_of_kind(row["kind"]), english=language, slug=row["slug"]))
            lines.append(f"<url><loc>{escape(url)}</loc><lastmod>{row['updated_at']}</lastmod></url>\n")
    held = "".join(lines[: public_queries.SITEMAP_SIZE])
    return f'{HEAD}<urlset xmlns="{SITEMAP_SPACE}">\n{held}</urlset>\n'


def sitemap_index(addresses: Iterable[str]) -> str:
    """Return the list of the sites' sitemaps."""
    lines = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in addresses)
    return f'{HEAD}<sitemapindex xmlns="{SITEMAP_SPACE}">\n{lines}</sitemapindex>\n'


def province_title(*, whole: bool = False) -> str:
    """Return what the province's front page is called, with the province when `whole`."""
    if whole:
        return _("Cổng thông tin điện tử {province}", province=province_name(inside=True))
    return _("Cổng thông tin điện tử")
