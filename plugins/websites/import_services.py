"""Store what was read from an old site, some articles in one transaction.

Stopped anywhere and run again it comes to the same end: what an item became is noted with its digest in the
transaction that stores it, and an article that staff took on since then is theirs. A dry run goes the same way
and asks the same questions, of pictures as well; it leaves out nothing but the writing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from peewee import DataError, IntegrityError

from core.api import Invalid, Upload, db, fold, in_both, new_id
from plugins.websites import picture_services, publishing, queries, richtext, services, site_services
from plugins.websites.import_texts import Found, PictureFolder, Ready, make_ready
from plugins.websites.importing import Item, Note, OldSite
from plugins.websites.models import Article, Category, Imported, ImportedPicture, Picture, Site

UNSORTED = {"uncategorized", "uncategorised", "chua phan loai", "chua duoc phan loai", "khong phan loai"}
"""What WordPress calls the category of articles without one, folded."""
TOLD_EVERY_TIME = {"picture_missing", "picture_refused", "old_links"}
"""What is still to be mended when nothing else is new."""
STAYS = {"edited", "still_public", "not_public", "date_future", "date_unknown", "no_text"}
"""Why something stays as it is, told each time as well."""
BATCH, BATCH_CHARACTERS = 50, 2_000_000
"""So much is stored in one transaction; a process that is killed loses no more of its work."""
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
    run = _Run(site, folder, wish)
    for batch in _batches(site.items()):
        run.take(batch)
        progress(len(run.lines), site.count)
    return Report(tuple(run.lines))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items in batches that are neither long nor large, so that little is in memory and in danger."""
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.html)
        if len(batch) >= BATCH or size > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Known:
    """What an item became at an earlier import, and how its article stands now."""

    article_id: UUID
    digest: str
    version: int
    article_version: int
    state: str
    title: str
    source: str


def _found(ready: Ready, there: dict[str, _Known]) -> _Known | None:
    """Return what an item became: under its name, or under the bare one when that was this item and not another site's."""
    item = ready.item
    bare = there.get(item.bare_source)
    is_this = bare is not None and (bare.digest == _digest(ready) or bare.title == item.title)
    return there.get(item.source) or (bare if is_this else None)


class _Run:
    """One import; what the database says is asked for once in a batch."""

    def __init__(self, site: OldSite, folder: PictureFolder, wish: Wish) -> None:
        self.lines: list[Line] = []
        self._site, self._folder, self._wish = site, folder, wish
        self._known: dict[str, _Known] = {}
        self._categories: dict[str, UUID | None] = {}
        """By folded title; None for one that a dry run would add."""
        self._pictures: dict[str, UUID] = {}
        self._planned: dict[str, UUID] = {}
        self._planned_bytes = 0

    def take(self, items: list[Item]) -> None:
        """Import some items together; what is wrong with one is its own line, and the others go on."""
        # Texts are cleaned before the transaction begins: it keeps others waiting only as long as it writes.
        ready = [self._ready(item) for item in items]
        with db.atomic():
            # Two imports into one agency take turns, so that no item is stored twice.
            if not self._wish.dry_run:
                Site.select(Site.id).for_update().execute()
            self._look_up([each for each in ready if isinstance(each, Ready)])
            lines = [each if isinstance(each, Line) else self._line(each) for each in ready]
        self.lines += lines

    def _ready(self, item: Item) -> Ready | Line:
        if item.skip is not None:
            return Line(item.line, "skipped", item.title, (item.skip,))
        try:
            return make_ready(item, self._folder, self._site.about_pictures)
        except richtext.TooLong:
            return _failed(item, Note("too_long"))
        except richtext.TooManyPictures as error:
            return _failed(item, Note("pictures_many", {"count": error.count, "max": richtext.MOST_PICTURES}))
        except OSError as error:
            return _failed(item, Note("refused", {"error": str(error)}))

    def _look_up(self, ready: list[Ready]) -> None:
        """Read what is there already of the articles, pictures and categories of a batch."""
        names = [name for each in ready for name in (each.item.source, each.item.bare_source) if name]
        rows = (
            Imported.select(
                Imported.source, Imported.article_id, Imported.digest, Imported.version, Article.version,
                Article.state, Article.title, Imported.source
            )
            .join(Article, on=(Article.id == Imported.article_id))
            .where(Imported.source.in_(names))
            .tuples()
        )  # fmt: skip
        imported = {source: _Known(*rest) for source, *rest in rows} if names else {}
        self._known = {each.item.source: found for each in ready if (found := _found(each, imported))}
        digests = {each.digest for one in ready for each in one.pictures.values()}
        stored = ImportedPicture.select(ImportedPicture.digest, ImportedPicture.picture_id)
        self._pictures = dict(self._planned)
        if digests:
            self._pictures |= dict(stored.where(ImportedPicture.digest.in_(list(digests))).tuples())
        planned = {title for title, category_id in self._categories.items() if category_id is None}
        there = {fold(title): category_id for title, category_id in _category_rows()}
        self._categories = {**dict.fromkeys(planned), **there}

    def _line(self, ready: Ready) -> Line:
        """Import one item, undone as a whole when anything of it is refused."""
        item, notes = ready.item, list(ready.notes)
        before = dict(self._categories), dict(self._pictures)
        title = self._category_title(item, notes)
        try:
            outcome = self._settled(ready, notes)
            if not outcome:
                with db.atomic():
                    outcome = self._take(ready, title, notes)
        except Invalid as error:
            note = Note("refused", error=_in_both(error, lambda: self._take(ready, title, [])))
        except (DataError, IntegrityError, OSError) as error:
            note = Note("refused", {"error": str(error).splitlines()[0]})
        else:
            if outcome in {"unchanged", "kept"}:
                notes = [note for note in notes if note.code in TOLD_EVERY_TIME | STAYS]
            return Line(item.line, outcome, item.title, tuple(notes))
        self._categories, self._pictures = before  # what it added is undone with it
        return _failed(item, note)

    def _settled(self, ready: Ready, notes: list[Note]) -> str:
        """Return the outcome of an item of which nothing is to be stored."""
        known = self._known.get(ready.item.source)
        if known is None:
            return ""
        is_same = known.digest == _digest(ready)
        if is_same and (
            known.state != "draft" or not _may_publish(ready.item, ready.body, self._wish, notes)
        ):
            return "unchanged"
        if known.state == "published" and not ready.item.is_public:
            notes.append(Note("still_public"))
            return "kept"
        if known.article_version != known.version:
            notes.append(Note("edited"))
            return "unchanged" if is_same else "kept"
        return ""

    def _take(self, ready: Ready, title: str, notes: list[Note]) -> str:
        """Store an item, or tell what storing it would be."""
        item, known = ready.item, self._known.get(ready.item.source)
        article = self._article(known)
        if article and known and article.version != known.version:
            notes.append(Note("edited"))  # since the batch was looked up
            return "kept"
        if title and fold(title) not in self._categories:
            notes.append(Note("category_new", {"title": title}))
        texts, complete = self._texts(ready, notes)
        is_shown = article is not None and article.state == "published"
        if is_shown and not richtext.has_content(texts["body"]):
            notes.append(Note("no_text"))
            return "kept"
        publishes = is_shown or _may_publish(item, texts["body"], self._wish, notes)
        if self._wish.dry_run:
            is_changed = self._would_change(article, title, texts)
        elif article is None:
            article, is_changed = _added(item, self._category(title), texts), True
        else:
            is_changed = services.replace_texts(article, None, category_id=self._category(title), **texts)
        publishes = publishes and (is_changed or not is_shown)
        if not self._wish.dry_run:
            assert article is not None
            if publishes:
                _publish(article, item.at, is_first=not is_shown)
            _note(ready, known, article, _digest(ready) if complete else "")
        if known is None:
            return "added"
        return "changed" if is_changed or publishes else "unchanged"

    def _article(self, known: _Known | None) -> Article | None:
        """Return what an item became at an earlier import, locked when it is to be changed."""
        if known is None:
            return None
        return queries.article(known.article_id) if self._wish.dry_run else queries.locked(known.article_id)

    def _would_change(self, article: Article | None, title: str, texts: dict[str, Any]) -> bool:
        """Tell whether storing would make an item another article, and remember the category that would be there then."""
        category_id = self._categories.setdefault(fold(title), None) if title else None
        if article is None or (title and category_id is None):
            return True
        return services.would_change(article, category_id, texts)

    def _category_title(self, item: Item, notes: list[Note]) -> str:
        """Choose the one category an article stands under: one that is there already, before a new one."""
        titles = [title for title in item.categories if fold(title) not in UNSORTED]
        if item.is_page or not titles:
            return ""
        chosen = next((title for title in titles if fold(title) in self._categories), titles[0])
        if len(titles) > 1:
            notes.append(Note("categories_many", {"count": len(titles), "title": chosen}))
        return chosen

    def _category(self, title: str) -> UUID | None:
        if not title:
            return None
        found = self._categories.get(fold(title))
        if found is None:
            found = self._categories[fold(title)] = site_services.category_titled(title)
        return found

    def _texts(self, ready: Ready, notes: list[Note]) -> tuple[dict[str, Any], bool]:
        """Return the texts with the ids of stored pictures, and whether all pictures could be stored."""
        stored = {stand_in: self._picture(found, notes) for stand_in, found in ready.pictures.items()}
        body = ready.with_ids(stored, _sizes([each for each in stored.values() if each]))
        if not all(stored.values()):
            body = richtext.clean(body)  # an empty figure goes with its picture
        texts = {
            "title": ready.item.title,
            "summary": ready.item.summary,
            "body": richtext.Cleaned(body),
            "cover_id": stored.get(ready.cover.stand_in) if ready.cover else None,
        }
        return texts, all(stored.values())

    def _picture(self, found: Found, notes: list[Note]) -> UUID | None:
        """Return the library's picture with these bytes, put there when it is new and taken."""
        if found.digest in self._pictures:
            return self._pictures[found.digest]
        try:
            with db.atomic():
                picture_id = self._planned_picture(found) if self._wish.dry_run else _stored(found)
        except Invalid as error:
            told = _in_both(error, lambda: self._planned_picture(found))
            notes.append(Note("picture_refused", {"name": found.path.name}, told))
            return None
        self._pictures[found.digest] = picture_id
        return picture_id

    def _planned_picture(self, found: Found) -> UUID:
        """Check a picture as storing would, beside those that were checked before."""
        with _opened(found) as upload:
            picture_services.check_picture(upload, beside=self._planned_bytes)
        self._planned_bytes += upload.size
        self._planned[found.digest] = found.stand_in
        return found.stand_in


def _failed(item: Item, note: Note) -> Line:
    return Line(item.line, "failed", item.title, (note,))


def _sizes(picture_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return width and height of pictures of the library."""
    if not picture_ids:
        return {}
    rows = Picture.select(Picture.id, Picture.width, Picture.height).where(Picture.id.in_(picture_ids))
    return {picture_id: (width, height) for picture_id, width, height in rows.tuples()}


def _category_rows() -> list[tuple[str, UUID]]:
    newest_first = Category.select(Category.title, Category.id).order_by(
        Category.position.desc(), Category.id.desc()
    )
    return list(newest_first.tuples())


def _digest(ready: Ready) -> str:
    """Return what tells whether the source, or a picture of it, is another one than at the last import."""
    item = ready.item
    essence = [
        item.title, item.summary, ready.body, item.categories, item.is_page, item.is_public,
        item.at.isoformat() if item.at else "", ready.cover.digest if ready.cover else "",
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(essence, ensure_ascii=False).encode()).hexdigest()


def _may_publish(item: Item, body: str, wish: Wish, notes: list[Note]) -> bool:
    """Tell whether an item that is not public yet shall be; note why one that was to be is not."""
    if not wish.publish:
        return False
    why = ""
    if not item.is_public:
        why = "not_public"
    elif item.at is None:
        # Published as of today, an old article would stand above the news.
        why = "date_unknown"
    elif item.at > datetime.now(UTC):
        why = "date_future"
    elif not richtext.has_content(body):
        why = "no_text"
    if why:
        notes.append(Note(why))
    return not why


def _added(item: Item, category_id: UUID | None, texts: dict[str, Any]) -> Article:
    kind = "page" if item.is_page else "news"
    texts = {**texts, "body": str(texts["body"])}
    article = Article(id=new_id(), kind=kind, category_id=category_id, **texts)
    services.put_article(article, None)
    return article


def _publish(article: Article, at: datetime | None, *, is_first: bool) -> None:
    """Let the public see a locked article under the day it had on the old site, or has already."""
    at = at or article.first_published_at
    publishing.put_online(article, at, None, updated_at=at if is_first else None)


def _note(ready: Ready, known: _Known | None, article: Article, digest: str) -> None:
    """Keep what was imported, and the version of the article that came of it."""
    values = {"digest": digest, "version": article.version, "imported_at": datetime.now(UTC)}
    if known is not None and known.source != ready.item.source:
        Imported.update(source=ready.item.source).where(Imported.source == known.source).execute()
    Imported.insert(id=new_id(), source=ready.item.source, article_id=article.id, **values).on_conflict(
        conflict_target=[Imported.tenant_id, Imported.source], update=values
    ).execute()


@contextmanager
def _opened(found: Found) -> Iterator[Upload]:
    with found.path.open("rb") as content:
        yield Upload(found.path.name, found.path.stat().st_size, content)


def _in_both(error: Invalid, again: Callable[[], object]) -> dict[str, str]:
    """Return why something was refused, by language: it is tried again, as a refusal is worded for one reader."""

    def told() -> str:
        refusal = error
        try:
            with db.atomic() as trial:
                again()
                trial.rollback()
        except Invalid as other:
            refusal = other
        return " ".join(text for texts in refusal.errors.values() for text in texts)

    vietnamese, english = in_both(told)
    return {"vi": vietnamese, "en": english}


def _stored(found: Found) -> UUID:
    with _opened(found) as upload:
        picture: Picture = picture_services.put_picture(
            upload, alt=found.alt, caption=found.caption, person_id=None
        )
    ImportedPicture.insert(id=new_id(), digest=found.digest, picture_id=picture.id).execute()
    return UUID(str(picture.id))
