"""Short ways to fill sites: publications are put where the public side reads them, as publishing does."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from falcon.testing import Result

from core.api import fold
from core.db import db
from plugins.websites.models import (
    Article,
    Category,
    Domain,
    FrontItem,
    Link,
    MenuItem,
    Publication,
    Site,
)
from plugins.websites.public_answers import pages
from plugins.websites.public_views import page_of_kind
from tests.support.modules import Agency, Ground

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Press:
    """An agency's site and what stands on it."""

    def __init__(self, ground: Ground, **site: Any) -> None:
        pages.clear()
        self.ground = ground
        self.agency: Agency = ground.agency("websites", kind=site.pop("kind", "ward"))
        self._made = 0
        with self.agency.at_work():
            self.site = Site.get()
        self.change(**{"name": "UBND phường Thuận Hoá", "is_open": True, **site})

    @property
    def code(self) -> str:
        return self.agency.info.code

    def change(self, **fields: Any) -> None:
        """Change the site itself."""
        with self.agency.at_work():
            Site.update(**fields).where(Site.id == self.site.id).execute()

    def category(self, title: str, slug: str, **fields: Any) -> UUID:
        with self.agency.at_work():
            return Category.create(title=title, slug=slug, **fields).id

    def draft(
        self, title: str, slug: str, *, state: str = "draft", kind: str = "news", **fields: Any
    ) -> UUID:
        """Write an article that is not published."""
        with self.agency.at_work():
            at = {"publish_at": datetime.now(UTC) + timedelta(days=1)} if state == "scheduled" else {}
            return Article.create(
                title=title, slug=slug, state=state, kind=kind, folded=fold(title), revision=1, **at, **fields
            ).id

    def publish(
        self, title: str, slug: str, *, kind: str = "news", body: str = "<p>Nội dung.</p>", **fields: Any
    ) -> UUID:
        """Put a publication where the public sees it; each is a minute newer than the one before."""
        self._made += 1
        article_id = fields.pop("article_id", None) or self.draft(title, slug, state="published", kind=kind)
        at = datetime.now(UTC) - timedelta(days=1) + timedelta(minutes=self._made)
        with self.agency.at_work():
            Publication.insert(
                id=article_id, kind=kind, title=title, slug=slug, body=body, revision=1,
                folded=fold(f"{title} {fields.get('summary', '')} {body}"), published_at=fields.pop("at", at), **fields,
            ).execute()  # fmt: skip
        return article_id

    def withdraw(self, article_id: UUID) -> None:
        with self.agency.at_work():
            Publication.delete().where(Publication.id == article_id).execute()

    def menu(self, title: str, target: str, **fields: Any) -> UUID:
        with self.agency.at_work():
            return MenuItem.create(title=title, target=target, **fields).id

    def link(self, title: str, url: str, **fields: Any) -> None:
        with self.agency.at_work():
            Link.create(title=title, url=url, **fields)

    def share(self, article_id: UUID, *, state: str = "accepted") -> None:
        """Offer a publication to the province, and answer for its editor.

        It is the newest on the front page, which has room for a few of all that the tests share.
        """
        with self.agency.at_work():
            it = Publication.get_by_id(article_id)
            FrontItem.create(
                tenant_id=self.agency.info.id, article_id=article_id, slug=it.slug, title=it.title,
                published_at=datetime.now(UTC), decided_at=datetime.now(UTC), state=state,
            )  # fmt: skip

    def domain(self, host: str, *, state: str = "approved") -> None:
        with self.agency.at_work():
            Domain.create(host=host, tenant_id=self.agency.info.id, state=state)

    def url(self, page: str, **fields: Any) -> str:
        return self.agency.url(f"websites.public_{page}", **fields)

    def get(
        self, page: str, *, query: str = "", headers: dict[str, str] | None = None, **fields: Any
    ) -> Result:
        """Open a public page by its route."""
        return self.open(self.url(page, **fields) + query, headers)

    def open(self, url: str, headers: dict[str, str] | None = None) -> Result:
        return self.ground.client.simulate_get(url, headers={"User-Agent": PERSON, **(headers or {})})

    def article(self, slug: str, kind: str = "news", **options: Any) -> Result:
        return self.get(page_of_kind(kind), slug=slug, **options)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.agency.at_work():
            return db.execute_sql(sql, values).fetchall()
