"""Store what was read from an old site, each article in a transaction of its own.

Stopped anywhere and run again it comes to the same end: what an item became is noted with its digest in the
transaction that stores it, and an article that staff took on since then is theirs.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from peewee import DataError, IntegrityError

from core.api import Invalid, Upload, db, fold, new_id
from plugins.websites import queries, richtext, services, site_services
from plugins.websites.import_texts import Found, PictureFolder, Ready, make_ready
from plugins.websites.importing import Item, Note, OldSite
from plugins.websites.models import Article, Category, Imported, ImportedPicture, Picture, Publication, Site

UNSORTED = {"uncategorized", "uncategorised", "chua phan loai", "chua duoc phan loai", "khong phan loai"}
"""What WordPress calls the category of articles without one, folded."""
TOLD_EVERY_TIME = {"picture_missing", "picture_refused"}
"""What is still to be mended when nothing else is new."""
OUTCOMES = ("added", "changed", "unchanged", "kept", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one item."""

    line: int
    outcome: str
    title: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file."""

    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many items had each outcome."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def remarks(self) -> list[Line]:
        """Return the items that somebody should look at."""
        return [
            line
            for line in self.lines
            if line.notes or line.outcome in {"changed", "kept", "skipped", "failed"}
        ]


class Wish(NamedTuple):
    """How to import."""

    publish: bool = False
    dry_run: bool = False


def has_site() -> bool:
    """Tell whether the agency in scope has a site to import into."""
    with db.atomic():
        return bool(Site.select().exists())


def import_site(
    site: OldSite,
    folder: PictureFolder,
    wish: Wish,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Store the items of an old site for the agency in scope; must not be called in a transaction."""
    lines = []
    for item in site.items:
        lines.append(_import_one(item, site, folder, wish))
        progress(len(lines), len(site.items))
    return Report(tuple(lines))


def _import_one(item: Item, site: OldSite, folder: PictureFolder, wish: Wish) -> Line:
    """Import one item; what is wrong with it is its own line, and the others go on."""
    if item.skip is not None:
        return Line(item.line, "skipped", item.title, (item.skip,))
    try:
        ready = make_ready(item, folder, site.about_pictures)
        with db.atomic():
            outcome, notes = _judge(ready, wish) if wish.dry_run else _store(ready, wish)
    except richtext.TooLong:
        return Line(item.line, "failed", item.title, (Note("too_long"),))
    except richtext.TooManyPictures as error:
        fields = {"count": error.count, "max": richtext.MOST_PICTURES}
        return Line(item.line, "failed", item.title, (Note("pictures_many", fields),))
    except Invalid as error:
        told = " ".join(text for texts in error.errors.values() for text in texts)
        return Line(item.line, "failed", item.title, (Note("refused", {"error": told}),))
    except (DataError, IntegrityError, OSError) as error:
        told = str(error).splitlines()[0]
        return Line(item.line, "failed", item.title, (Note("refused", {"error": told}),))
    if outcome in {"unchanged", "kept"}:
        notes = [note for note in notes if note.code in TOLD_EVERY_TIME | {"edited"}]
    return Line(item.line, outcome, item.title, tuple(notes))


# ---- judge -------------------------------------------------------------------------------------------------


def _judge(ready: Ready, wish: Wish) -> tuple[str, list[Note]]:
    """Tell what storing would do, without writing."""
    notes = list(ready.notes)
    known = _known(ready)
    title = _category_title(ready.item, notes)
    if title and fold(title) not in _category_titles():
        notes.append(Note("category_new", {"title": title}))
    if known is None:
        _may_publish(ready, wish, notes)
        return "added", notes
    article = queries.article(known.article_id)
    if known.digest == _digest(ready) and not _awaits_publishing(ready, article, known, wish):
        return "unchanged", notes
    if article.version != known.version:
        return "kept", [*notes, Note("edited")]
    return "changed", notes


def _known(ready: Ready) -> Imported | None:
    return Imported.select().where(Imported.source == ready.item.source).first()


def _digest(ready: Ready) -> str:
    """Return what tells whether the source, or a picture of it, is another one than at the last import."""
    item = ready.item
    essence = [
        item.title, item.summary, ready.body, item.categories, item.is_page, item.is_public,
        item.at.isoformat() if item.at else "", ready.cover.digest if ready.cover else "",
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(essence, ensure_ascii=False).encode()).hexdigest()


def _awaits_publishing(ready: Ready, article: Article, known: Imported, wish: Wish) -> bool:
    """Tell whether a draft of an earlier import shall be published now, and nobody has taken it on."""
    return (
        article.state == "draft" and article.version == known.version and _may_publish(ready, wish, notes=[])
    )


def _may_publish(ready: Ready, wish: Wish, notes: list[Note]) -> bool:
    if not wish.publish:
        return False
    if not ready.item.is_public:
        notes.append(Note("not_public"))
        return False
    if ready.item.at is not None and ready.item.at > datetime.now(UTC):
        notes.append(Note("date_future"))
        return False
    return True


def _category_titles() -> set[str]:
    return {fold(title) for (title,) in Category.select(Category.title).tuples()}


def _category_title(item: Item, notes: list[Note]) -> str:
    """Choose the one category an article stands under: one that is there already, before a new one."""
    if item.is_page:
        return ""
    titles = [title for title in item.categories if fold(title) not in UNSORTED]
    if not titles:
        return ""
    there = _category_titles()
    chosen = next((title for title in titles if fold(title) in there), titles[0])
    if len(titles) > 1:
        notes.append(Note("categories_many", {"count": len(titles), "title": chosen}))
    return chosen


# ---- store -------------------------------------------------------------------------------------------------


def _store(ready: Ready, wish: Wish) -> tuple[str, list[Note]]:
    """Add or change the article of an item, in the caller's transaction."""
    # Two imports into one agency take turns at each item, so that none is stored twice.
    Site.select(Site.id).for_update().execute()
    outcome, notes = _judge(ready, wish)
    if outcome in {"unchanged", "kept"}:
        return outcome, notes
    known = _known(ready)
    texts, complete = _texts(ready, notes)
    title = _category_title(ready.item, [])
    category_id = site_services.category_titled(title) if title else None
    if known is None:
        article = _add(ready, category_id, texts)
        is_new = True
    else:
        article = queries.locked(known.article_id)
        is_new = services.replace_texts(article, None, category_id=category_id, **texts)
    draft_waits = article.state == "draft" and _may_publish(ready, wish, [])
    if draft_waits or (is_new and article.state == "published"):
        _publish(article.id, ready.item.at)
        is_new = True
    _note(ready, article.id, _digest(ready) if complete else "")
    return (outcome if is_new else "unchanged"), notes


def _add(ready: Ready, category_id: UUID | None, texts: dict[str, Any]) -> Article:
    kind = "page" if ready.item.is_page else "news"
    article = Article(id=new_id(), kind=kind, category_id=category_id, **texts)
    services.put_article(article, None)
    return article


def _publish(article_id: UUID, at: datetime | None) -> None:
    """Let the public see it under the day it had on the old site."""
    at = at or datetime.now(UTC)
    is_first = not queries.is_public(article_id)
    services.put_online(queries.locked(article_id), at, None)
    if is_first:
        Publication.update(updated_at=at).where(Publication.id == article_id).execute()


def _note(ready: Ready, article_id: UUID, digest: str) -> None:
    """Keep what was imported, and the version of the article that came of it."""
    values = {
        "digest": digest,
        "version": queries.article(article_id).version,
        "imported_at": datetime.now(UTC),
    }
    Imported.insert(id=new_id(), source=ready.item.source, article_id=article_id, **values).on_conflict(
        conflict_target=[Imported.tenant_id, Imported.source], update=values
    ).execute()


def _texts(ready: Ready, notes: list[Note]) -> tuple[dict[str, Any], bool]:
    """Return the texts with the ids of stored pictures, and whether all pictures could be stored."""
    stored = {stand_in: _picture(found, notes) for stand_in, found in ready.pictures.items()}
    body = ready.body
    for stand_in, picture_id in stored.items():
        body = body.replace(f"picture:{stand_in}", f"picture:{picture_id}" if picture_id else "")
    texts = {
        "title": ready.item.title,
        "summary": ready.item.summary,
        # A second cleaning takes the pictures that were refused out of the text.
        "body": richtext.clean(body),
        "cover_id": stored.get(ready.cover.stand_in) if ready.cover else None,
    }
    return texts, all(stored.values())


def _picture(found: Found, notes: list[Note]) -> UUID | None:
    """Return the library's picture with these bytes, put there when it is new."""
    known = (
        ImportedPicture.select(ImportedPicture.picture_id)
        .where(ImportedPicture.digest == found.digest)
        .first()
    )
    if known is not None:
        return UUID(str(known.picture_id))
    try:
        with db.atomic(), found.path.open("rb") as content:
            upload = Upload(found.path.name, found.path.stat().st_size, content)
            picture: Picture = site_services.put_picture(
                upload, alt=found.alt, caption=found.caption, person_id=None
            )
    except Invalid as error:
        told = " ".join(text for texts in error.errors.values() for text in texts)
        notes.append(Note("picture_refused", {"name": found.path.name, "error": told}))
        return None
    ImportedPicture.insert(id=new_id(), digest=found.digest, picture_id=picture.id).execute()
    return UUID(str(picture.id))
