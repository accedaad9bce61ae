"""The files of an article: which ones a text has is part of the text, as its cover is.

So a revision that is restored has its files back, and the public may open those of the publication alone: neither one
that was added since, nor one that the published text no longer has.
"""

from typing import NamedTuple
from uuid import UUID

from core.api import N_, FileOwner, Invalid, _
from plugins.files import api as files
from plugins.websites.models import Article, Publication, Revision

ARTICLES = "article"
"""Kind of the files module's owner."""
FIELD, KEPT = "files", "kept_files"
MOST = 50
MOST_SENT = 60_000_000
"""So many bytes come with a form that no script sent ahead."""
ALLOWED = files.DOCUMENTS


class Attached(NamedTuple):
    """What a form says of the files of a text: new ones, and the ids of those that stay."""

    sent: files.SentFiles
    kept: tuple[str, ...]


def owner_of(article_id: UUID) -> FileOwner:
    """Return what the files module knows the files of an article by."""
    return FileOwner("websites", ARTICLES, article_id)


def taken(article: Article, attached: Attached) -> list[UUID]:
    """Store what was sent and return the files the text has now, in the order they came.

    Raises Invalid.
    """
    kept = [each for each in article.file_ids if str(each) in attached.kept]
    new = [each.id for each in files.take_files(attached.sent, owner_of(article.id), allowed=ALLOWED)]
    return _few([*kept, *new])


def joined(there: list[UUID], sent: list[UUID]) -> list[UUID]:
    """Return the files of a text that was sent once more: those it has, and of the others what it does not have yet.

    Raises Invalid.
    """
    known = {(each.name, each.digest) for each in files_in(there)}
    return _few([*there, *(each.id for each in files_in(sent) if (each.name, each.digest) not in known)])


def _few(ids: list[UUID]) -> list[UUID]:
    found = list(dict.fromkeys(ids))
    if len(found) > MOST:
        raise Invalid({FIELD: [_("Một bài đính kèm nhiều nhất {max} tệp. Bỏ bớt tệp.", max=MOST)]})
    return found


def forget_unnamed(article_id: UUID) -> None:
    """Remove the files that neither a revision nor the publication of an article has any more."""
    named: set[UUID] = set()
    for table, condition in (
        (Revision, Revision.article_id == article_id),
        (Publication, Publication.id == article_id),
    ):
        for (ids,) in table.select(table.file_ids).where(condition).tuples():
            named.update(ids)
    for file in files.files_of(owner_of(article_id)):
        if file.id not in named:
            files.remove(file.id)


def files_in(ids: list[UUID]) -> list[files.StoredFile]:
    """Return the files of a text in its order, without those that are gone."""
    found = files.files_by_id(ids) if ids else {}
    return [found[each] for each in ids if each in found]


def why_not_public(ids: list[UUID]) -> list[str]:
    """Say which files of a text the public may not have, and why."""
    told = {
        "held": N_("Tệp “{name}” đang chờ quét mã độc. Đợi ít phút rồi đăng."),
        "infected": N_("Tệp “{name}” có mã độc nên đã khoá. Bỏ tệp này khỏi bài rồi đăng."),
    }
    return [_(told[each.state], name=each.name) for each in files_in(ids) if each.state in told]


def is_locked(ids: list[UUID]) -> bool:
    """Tell whether one of the files has to leave the text before the public may see it."""
    return any(each.state == "infected" for each in files_in(ids))


def names(ids: list[UUID]) -> list[str]:
    """Return what the files of a text are called."""
    return [each.name for each in files_in(ids)]
