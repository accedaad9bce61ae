"""What is asked of press issues: articles alike, who may answer, and the figures of a week and of a year."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from peewee import fn

from core.api import HOME_ZONE, NotFound, RequestContext, current_tenant, db
from plugins.casework import api as casework
from plugins.casework.api import ALIKE, TODAY, Case, PublicCopies, likeness
from plugins.notifications.api import people_with
from plugins.press_issues.kinds import DIRECT, ISSUE, PUBLISH
from plugins.press_issues.models import Answer, Article, Feed, FeedItem, Issue, Setting

COMPARED, COMPARED_DAYS = 1_000, 120
MOST, MOST_SHOWN = 200, 100


def issue(case_id: UUID) -> Issue:
    """Return what only this module knows of a case. Raises NotFound."""
    found = casework.row_of(Issue, "id = %(id)s::uuid", {"id": case_id})
    if found is None:
        raise NotFound
    return found


def case(case_id: UUID) -> Case:
    """Return the case of an issue. Raises NotFound, also for a case of another kind."""
    return casework.case(case_id, ISSUE)


def articles(case_id: UUID) -> list[Article]:
    """Return the articles that count to an issue, the oldest first."""
    query = Article.select().where(Article.issue_id == case_id)
    return list(query.order_by(Article.added_at, Article.id).limit(MOST))


def words(case_id: UUID) -> str:
    """Return what an issue is found by beside what it says: its place, its articles, and what was joined to it."""
    sql = (
        "SELECT concat_ws(' ', i.locality, string_agg(concat_ws(' ', a.outlet, a.title, c.code, c.title), ' ')) FROM press_issues.issue i "
        "LEFT JOIN press_issues.article a ON a.tenant_id = i.tenant_id AND a.first_issue_id = ANY (%s::uuid[]) "
        "LEFT JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.first_issue_id AND c.id <> i.id "
        "WHERE i.tenant_id = %s AND i.id = %s GROUP BY i.locality"
    )
    return str(db.execute_sql(sql, (casework.joined_to(Issue, case_id), current_tenant(), case_id)).fetchone()[0])  # fmt: skip


class Alike(NamedTuple):
    """An issue whose article is like another."""

    id: UUID
    code: str
    title: str
    share: int


def alike(marks: Sequence[int]) -> list[Alike]:
    """Return the issues of the last months with an article like this one, the likest first."""
    rows = db.execute_sql(
        "SELECT a.issue_id, c.code, c.title, a.marks FROM press_issues.article a "
        "JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.issue_id "
        "WHERE a.tenant_id = %s AND a.added_at > now() - %s ORDER BY a.added_at DESC, a.id DESC LIMIT %s",
        (current_tenant(), timedelta(days=COMPARED_DAYS), COMPARED),
    ).fetchall()
    best: dict[UUID, Alike] = {}
    for issue_id, code, title, theirs in rows:
        share = likeness(marks, theirs)
        if share >= ALIKE and round(share * 100) > getattr(best.get(issue_id), "share", 0):
            best[issue_id] = Alike(issue_id, code, title, round(share * 100))
    return sorted(best.values(), key=lambda each: -each.share)[:5]


def recorded_at(key: str) -> str | None:
    """Return the code of the issue that has an article of this address."""
    row = db.execute_sql(
        "SELECT c.code FROM press_issues.article a JOIN casework.case_base c ON c.tenant_id = a.tenant_id AND c.id = a.issue_id "
        "WHERE a.tenant_id = %s AND a.address_key = %s",
        (current_tenant(), key),
    ).fetchone()
    return row[0] if row else None


# ---- who may answer ----------------------------------------------------------------------------------------------


class SpokespersonRow(NamedTuple):
    """Who may answer the press."""

    id: UUID
    name: str
    code: str | None
    valid_from: date
    valid_to: date | None
    ground: str


def spokespeople() -> list[SpokespersonRow]:
    """Return who may answer the press today or later: of everything first."""
    rows = db.execute_sql(
        "SELECT s.id, p.full_name, c.code, s.valid_from, s.valid_to, s.ground FROM press_issues.spokesperson s "
        "JOIN tenants.person p ON p.id = s.person_id "
        "LEFT JOIN casework.case_base c ON c.tenant_id = s.tenant_id AND c.id = s.issue_id "
        "WHERE s.tenant_id = %s AND s.revoked_at IS NULL AND coalesce(s.valid_to, 'infinity') >= tenants.today() "
        "ORDER BY c.code NULLS FIRST, s.valid_from, s.id LIMIT %s",
        (current_tenant(), MOST),
    ).fetchall()
    return [SpokespersonRow._make(row) for row in rows]


def may_answer(ctx: RequestContext, case_id: UUID) -> bool:
    """Tell whether a person may answer the press of an issue today: who leads, or was named for it."""
    return ctx.can(DIRECT) or ctx.person.id in _named(case_id)


def answerers(case_id: UUID) -> set[UUID]:
    """Return who may approve the answer of an issue today."""
    return set(people_with(PUBLISH)) & (_named(case_id) | set(people_with(DIRECT)))


def _named(case_id: UUID) -> set[UUID]:
    sql = (
        "SELECT person_id FROM press_issues.spokesperson WHERE tenant_id = %s AND revoked_at IS NULL AND valid_from <= tenants.today() "
        "AND coalesce(valid_to, 'infinity') >= tenants.today() AND coalesce(issue_id, %s) = %s"
    )
    return {each for (each,) in db.execute_sql(sql, (current_tenant(), case_id, case_id)).fetchall()}


def setting() -> Setting:
    """Return what the agency in scope chose, or what holds until it chooses."""
    return Setting.select().first() or Setting(is_public=False, intro="")


# ---- a week -------------------------------------------------------------------------------------------

_OUTLETS = """(SELECT string_agg(DISTINCT a.outlet, ', ') FROM press_issues.article a
    WHERE a.tenant_id = i.tenant_id AND a.issue_id = i.id)"""
_FROM = "FROM press_issues.issue i JOIN casework.case_base c ON c.tenant_id = i.tenant_id AND c.id = i.id"
_WHOSE = "i.tenant_id = %(tenant)s AND c.state <> 'joined'"


class IssueRow(NamedTuple):
    """An issue as the digest lists it."""

    id: UUID
    code: str
    title: str
    outlets: str | None
    direction: str
    due_at: datetime | None
    sent_on: date | None
    finding: str


_ROW = f"""SELECT i.id, c.code, c.title, {_OUTLETS}, CASE c.state WHEN 'new' THEN '' ELSE i.direction END, c.due_at, i.sent_on, i.finding {_FROM} WHERE {_WHOSE} AND """


def _rows(condition: str, order: str, values: Mapping[str, Any], limit: int = MOST) -> list[IssueRow]:
    sql = f"{_ROW} {condition} ORDER BY {order} LIMIT %(limit)s"
    values = {"tenant": current_tenant(), "kind": ISSUE.key, "limit": limit, **values}
    return [IssueRow._make(row) for row in db.execute_sql(sql, values).fetchall()]


def week(first: date) -> dict[str, list[IssueRow]]:
    """Return what a leader wants to know of a week: what came, what was answered, what is late, what falls due."""
    start, end = _midnight(first), _midnight(first + timedelta(days=7))
    last, following = first + timedelta(days=6), end + timedelta(days=7)
    values = {"start": start, "end": end, "first": first, "last": last, "next": following}
    open_ = "c.kind = %(kind)s AND c.closed_at IS NULL AND c.due_order"
    return {
        "new": _rows("i.received_at >= %(start)s AND i.received_at < %(end)s", "i.received_at, i.id", values),
        "answered": _rows("i.sent_on BETWEEN %(first)s AND %(last)s", "i.sent_on, i.id", values),
        "late": _rows(f"{open_} < least(%(end)s, {TODAY})", "c.due_order, c.id", values),
        "due": _rows(
            f"{open_} >= greatest(%(end)s, {TODAY}) AND c.due_order < %(next)s", "c.due_order, c.id", values
        ),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), HOME_ZONE)


# ---- feeds --------------------------------------------------------------------------------------------------------


def feeds() -> list[Feed]:
    """Return the addresses that are fetched."""
    return list(Feed.select().where(Feed.is_on).order_by(Feed.made_at))


def items() -> list[FeedItem]:
    """Return what waits to be recorded or left, the newest first."""
    known = fn.EXISTS(Article.select().where(Article.address_key == FeedItem.address_key))
    query = FeedItem.select().where(FeedItem.left_at.is_null(), ~known)
    return list(query.order_by(FeedItem.added_at.desc(), FeedItem.id.desc()).limit(MOST_SHOWN))


def item(item_id: UUID) -> FeedItem | None:
    """Return a line that waits, if there is one of this id."""
    found: FeedItem | None = FeedItem.get_or_none(FeedItem.id == item_id, FeedItem.left_at.is_null())
    return found


# ---- what the public reads ---------------------------------------------------------------------------------------


class PublicAnswer(NamedTuple):
    """An answer as everybody reads it."""

    id: UUID
    tenant: str
    code: str
    agency: str
    title: str
    outlets: str
    said: str
    text: str
    link: str
    published_at: datetime


COPIES: PublicCopies[PublicAnswer] = PublicCopies(
    ISSUE, Answer, "press_issues.public_answer", PublicAnswer, PUBLISH
)
