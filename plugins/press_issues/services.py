"""Everything that writes press issues: each act is checked, moves its case in one transaction, and leaves its fact."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from core.api import (
    N_,
    Forbidden,
    Invalid,
    NotFound,
    RequestContext,
    _,
    current_actor,
    current_tenant,
    current_time,
    db,
    emit,
    format_date,
    new_id,
    require_access,
    require_permission,
)
from plugins.casework import api as casework
from plugins.casework.api import Case, Opening, Receiver, agency_day, local_end, marks_of, move_as
from plugins.notifications.api import people_with
from plugins.press_issues import events, feeds, queries, rules
from plugins.press_issues.answering import LETTER
from plugins.press_issues.kinds import COMPILE, DIRECT, HANDLE, ISSUE, PUBLISH, SECTORS
from plugins.press_issues.models import Article, Feed, FeedItem, Issue, OwnRule, Setting, Spokesperson
from plugins.press_issues.reading import Read, address_key, check_address, read_feed
from plugins.press_issues.rules import AFTER_CONCLUSION, opening_terms, rule_for
from plugins.reports.api import recount

NEW = "new"
NOT_NAMED = N_("Bạn chưa được giao hoặc uỷ quyền phát ngôn cho sự việc này. Xem Người phát ngôn.")
MOST_FEEDS, KEPT = 20, timedelta(days=30)
"""Addresses an agency may have, and how long lines of feeds are kept that no feed brings any more."""


# ---- recording ---------------------------------------------------------------------------------------------------


def record(ctx: RequestContext, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Record an article as a new issue, or into an earlier one it is like; asked for again, return what was recorded. Raises Invalid, Forbidden."""
    require_permission(ctx, HANDLE)
    received, files = _received(said.get("received"), at or current_time()), said.get("files")
    rule = rule_for(said["kind"], agency_day(received))
    with db.atomic():
        casework.hold_place(said["id"])
        known = Article.get_or_none(Article.id == said["id"])
        if known or Issue.select().where(Issue.id == said["id"]).exists():  # an article had another id once
            return casework.case(known.issue_id if known else said["id"])
        earlier = _decided(said)
        if earlier is not None:
            earlier = add_to(ctx, earlier.id, said)
            if files:
                casework.attach_files(earlier, files)
            return earlier
        case = casework.open_case(
            ISSUE.key,
            Opening(
                case_id=said["id"], title=said["title"], text=said["summary"], received=received, at=at, tags=(SECTORS[said["sector"]],), files=files,
                search=_words(said), to=Receiver(_leader(ctx, said.get("leader_id"))),
                **opening_terms(rule, received),
            ),
        )  # fmt: skip
        own = {name: said[name] for name in ("kind", "severity", "sector", "locality")}
        Issue.insert(
            **own, id=case.id, received_at=received, budget=rule.budget, ground=rule.ground
        ).execute()
        recount([case.id])
        _store_article(case, said)
    return case


def _received(day: date | None, now: datetime) -> datetime:
    """Return when a paper came in that is recorded now. Raises Invalid."""
    if day is None or day == agency_day(now):
        return now
    if day > agency_day(now):
        raise Invalid({"received": [_("Ngày này chưa tới.")]})
    return casework.agency_calendar().aware(datetime.combine(day, time(8)))


def _leader(ctx: RequestContext, chosen: UUID | None) -> UUID:
    """Return who gives the direction: who was chosen, the only one who may, or whoever records keeps it."""
    leaders = people_with(DIRECT)
    if chosen and chosen not in leaders:
        told = _("Người này không có quyền chỉ đạo sự việc báo nêu. Chọn người khác.")
        raise Invalid({"leader_id": [told]})
    if not chosen and len(leaders) > 1 and ctx.person.id not in leaders:
        raise Invalid({"leader_id": [_("Chưa chọn lãnh đạo cho ý kiến.")]})
    return chosen or (leaders[0] if len(leaders) == 1 else ctx.person.id)


def _decided(said: dict[str, Any]) -> Case | None:
    """Return the earlier issue an article joins, None for a new one. Raises Invalid when somebody has to decide first."""
    if said["into"] and said["into"] != NEW:
        return _issue_by_code(said["into"], "into")
    if said["url"] and (code := queries.recorded_at(address_key(said["url"]))):
        raise Invalid({"url": [_taken(code)]})
    alike = [] if said["into"] == NEW else queries.alike(marks_of(said["article_title"], said["body"]))
    if alike:
        first = alike[0]
        raise Invalid({"into": [
            _("Giống {share} % bài ở {code} “{title}”. Gộp vào sự việc đó hay ghi thành sự việc mới?", share=first.share, code=first.code, title=first.title)
        ]})  # fmt: skip
    return None


def _taken(code: str) -> str:
    return _("Bài này đã ghi ở {code}. Mở sự việc đó để xem hoặc thêm thông tin.", code=code)


def _issue_by_code(code: str, field: str) -> Case:
    found = casework.case_by_code(code)
    if found is None or found.kind != ISSUE.key or found.state == "joined":
        raise Invalid({field: [_("Không có sự việc báo nêu số “{code}”.", code=code[:60])]})
    return found


def _words(said: dict[str, Any]) -> str:
    return f"{said['outlet']} {said['article_title']} {said.get('locality', '')}"


def add_to(ctx: RequestContext, case_id: UUID, said: dict[str, Any]) -> Case:
    """Count one more article to an issue; sent twice, once. Raises Invalid, as when it was joined, Forbidden, NotFound."""
    with db.atomic():
        case = casework.case(case_id, ISSUE, locked=True)
        require_access(ctx, HANDLE, case)
        if case.state == "joined":
            raise Invalid({"": [_("Sự việc này đã gộp vào sự việc khác. Mở sự việc đó để thêm bài báo.")]})
        if not Article.select().where(Article.id == said.get("id"), Article.issue_id == case_id).exists():
            _store_article(case, said)
            casework.add_words(case, _words(said))
    return case


def _store_article(case: Case, said: dict[str, Any]) -> None:
    url, text = said["url"] and check_address(said["url"]), said["body"]
    kept = f"{said['article_title']}\n{text}"
    # Of two officers who record one address at once, the second waits here and is told of the first's issue.
    stored = Article.insert(
        id=said.get("id") or new_id(), issue_id=case.id, first_issue_id=case.id, outlet=said["outlet"], title=said["article_title"], url=url,
        address_key=address_key(url) if url else None, published_at=said["published"], text=text,
        sha256=sha256(kept.encode()).hexdigest(), marks=marks_of(said["article_title"], text), added_by=current_actor().person_id,
    ).on_conflict_ignore().returning(Article.id).execute()  # fmt: skip
    if not list(stored):
        raise Invalid({"url": [_taken(queries.recorded_at(address_key(url)) or case.code)]})
    emit(events.ArticleAdded(object_id=case.id, outlet=said["outlet"], code=case.code))


def edit(ctx: RequestContext, case_id: UUID, said: dict[str, Any]) -> Case:
    """Change what is said of an issue that was read as a version. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        casework.case(case_id, ISSUE, locked=True)  # nobody adds words meanwhile
        _note(case_id, **{name: said[name] for name in ("severity", "sector", "locality")})
        return casework.change_case(
            ctx, case_id, version=said["version"], title=said["title"], text=said["summary"],
            tags=(SECTORS[said["sector"]],), search=queries.words(case_id),
        )  # fmt: skip


# ---- the moves that ask for more than a note ----------------------------------------------------------------------


def direct(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Say what is to be done, by whom and until when. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        due = local_end(said["due"]) if said["due"] else None
        case = move_as(ISSUE, ctx, case_id, "direct", said, at, to=_to(said), co=said["co"], due=due)
        _note(case_id, direction=said["note"], directed_by=ctx.person.id, directed_at=at or current_time())
    return case


def conclude(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Write down what was found and done. Raises Conflict, Invalid, Forbidden, NotFound."""
    with db.atomic():
        case = move_as(ISSUE, ctx, case_id, "conclude", said, at, note=said["finding_note"])
        _note(case_id, **{name: said[name] for name in ("finding", "finding_note", "measures")})
        issue = queries.issue(case_id)
        if issue.kind in AFTER_CONCLUSION:
            budget = casework.Budget.parse(issue.budget)
            casework.start_deadline(case, budget, at or current_time(), ground=issue.ground)
            recount([case_id])
    return case


def submit(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Hand the draft of the answer to whoever may answer the press. Raises Conflict, Invalid, Forbidden, NotFound."""
    if said["person_id"] and said["person_id"] not in queries.answerers(case_id):
        raise Invalid({"person_id": [_("Người này không có quyền duyệt trả lời báo. Chọn người khác.")]})
    with db.atomic():
        case = move_as(ISSUE, ctx, case_id, "submit", said, at, to=_to(said))
        _note(case_id, answer=said["answer"])
    return case


def approve(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Approve the answer, as who leads or was named to speak for the agency. Raises Conflict, Forbidden, NotFound."""
    require_permission(ctx, PUBLISH)
    if not queries.may_answer(ctx, case_id):
        raise Forbidden(_(NOT_NAMED))
    with db.atomic():
        case = move_as(ISSUE, ctx, case_id, "approve", said, at)
        _note(case_id, approved_by=ctx.person.id, approved_at=at or current_time())
    return case


def send(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Write down when the answer went to the newspaper. Raises Conflict, Invalid, Forbidden, NotFound."""
    opened = agency_day(queries.issue(case_id).received_at)
    today = agency_day(at)
    if not opened <= said["sent_on"] <= today:
        today_only = _("Ngày gửi chỉ có thể là hôm nay, {day}.", day=format_date(today, year=True))
        since = _("Ngày gửi phải từ {first} đến hôm nay.", first=format_date(opened, year=True))
        raise Invalid({"sent_on": [today_only if opened == today else since]})
    LETTER.check_day(queries.case(case_id), said["sent_on"])
    with db.atomic():
        link = check_address(said["link"], "link") if said["link"] else ""
        case = move_as(ISSUE, ctx, case_id, "send", said, at or _sent_at(case_id, said["sent_on"]))
        _note(case_id, sent_on=said["sent_on"], link=link)
    return case


def _sent_at(case_id: UUID, day: date) -> datetime:
    """Return when the deadline was kept: on the day of sending, whenever that is written down."""
    now, approved = current_time(), queries.issue(case_id).approved_at
    end = casework.agency_calendar().aware(datetime.combine(day, time(17)))
    return now if day == agency_day() else min(now, max(end, approved))


def publish(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Let the public read what was answered, in the words given for it. Raises Conflict, Invalid, Forbidden, NotFound."""
    if not queries.setting().is_public:
        raise Invalid({"": [_("Cơ quan chưa mở trang công khai phản hồi báo chí. Mở ở Thiết lập báo chí.")]})
    with db.atomic():
        link = check_address(said["link"], "link") if said["link"] else ""
        of = queries.case(case_id)
        title = said.get("title") or casework.hidden_in({"title": of.title, "text": of.text}, ISSUE)["title"]
        casework.look_through(of, (title, said["said"], said["text"]), confirmed=said["leave"])
        case = move_as(ISSUE, ctx, case_id, "publish", said, at)
        _note(case_id, link=link)
        assert ctx.tenant is not None
        outlets = ", ".join(sorted({each.outlet for each in queries.articles(case_id)}))
        texts = {name: said[name] for name in ("said", "text")}
        shown = {"agency": ctx.tenant.name, "title": title, "outlets": outlets, "link": link, **texts}
        queries.COPIES.put(case, shown, at=at, moved=True)
    return case


def join(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Count the articles of an issue to another; both keep their own history. Raises Conflict, Invalid, Forbidden, NotFound."""
    other = _issue_by_code(said["code"], "code")
    if other.id == case_id:
        raise Invalid({"code": [_("Đây chính là sự việc này. Ghi số của sự việc khác.")]})
    with db.atomic():
        casework.lock_cases(case_id, other.id)
        other = _issue_by_code(said["code"], "code")  # it may have been joined itself by now
        casework.keeps_day(queries.case(case_id), other)
        casework.link(ctx, case_id, other.code, "duplicate")
        case = move_as(ISSUE, ctx, case_id, "join", said, at, note=said["note"] or other.code)
        Article.update(issue_id=other.id).where(Article.issue_id == case_id).execute()
        _note(case_id, joined_into=other.id)
        casework.add_words(other, queries.words(other.id))
    return case


def unjoin(ctx: RequestContext, case_id: UUID, said: dict[str, Any], *, at: datetime | None = None) -> Case:
    """Undo a joining: an issue goes on where it stood, due when it was, with what was recorded at it. Raises as `join` does."""
    with db.atomic():
        into, root = queries.issue(case_id).joined_into or case_id, casework.counted_in(Issue, case_id)
        casework.lock_cases(*{case_id, into, root})
        # Somebody who was overtaken is told by the move, whichever it is.
        case = move_as(ISSUE, ctx, case_id, f"unjoin_{casework.joined_from(case_id)}", said, at)
        whose = Article.first_issue_id.in_(casework.joined_to(Issue, case_id))
        Article.update(issue_id=case_id).where(whose).execute()
        casework.unlink(ctx, case_id, into)
        _note(case_id, joined_into=None)
        for each in {into, root}:
            casework.set_words(queries.case(each), queries.words(each))
        recount([case_id])
    return case


def _to(said: dict[str, Any]) -> Receiver | None:
    return Receiver(said["person_id"]) if said["person_id"] else None


def _note(case_id: UUID, **values: Any) -> None:
    Issue.update(**values).where(Issue.id == case_id).execute()
    if "sector" in values:
        recount([case_id])


# ---- feeds --------------------------------------------------------------------------------------------------------


def take(ctx: RequestContext, content: bytes) -> int:
    """Keep what a feed file holds for an officer to choose from; return how many are new. Raises Invalid, Forbidden."""
    require_permission(ctx, HANDLE)
    with db.atomic():
        if count := _keep(read_feed(content)):
            emit(events.FeedTaken(count=count))
    return count


def fetch_all() -> None:
    """Fetch the feeds of the agency in scope: the job; one that fails says so and holds up no other."""
    import httpx

    with db.atomic():
        waiting = queries.feeds()
    for feed in waiting:
        trouble = ""
        try:
            found = read_feed(feeds.fetch(feed.address))
        except (Invalid, httpx.HTTPError, OSError, ValueError) as error:
            found, trouble = [], feeds.reason(error)
        with db.atomic():
            _keep(found)
            Feed.update(fetched_at=datetime.now(UTC), trouble=trouble).where(Feed.id == feed.id).execute()
    with db.atomic():
        # What was left and is brought still would come back.
        FeedItem.delete().where(FeedItem.seen_at < datetime.now(UTC) - KEPT).execute()


def _keep(found: Iterable[Read]) -> int:
    """Keep what is neither recorded nor known yet; return how many are new."""
    keys = {address_key(each.url): each for each in found}
    known = Article.select(Article.address_key).where(Article.address_key.in_(list(keys)))
    for (key,) in known.tuples():
        del keys[key]
    rows = [
        {
            "tenant_id": current_tenant(), "id": new_id(), "address_key": key, "url": each.url, "outlet": each.outlet, "title": each.title,
            "summary": each.text[:4000], "published_at": each.published_at,
        }
        for key, each in keys.items()
    ]  # fmt: skip
    now = datetime.now(UTC)
    seen = FeedItem.update(seen_at=now).where(FeedItem.address_key.in_(list(keys)))
    seen.where(FeedItem.seen_at < now - timedelta(days=1)).execute()
    made = FeedItem.insert_many(rows).on_conflict_ignore().returning(FeedItem.id)
    return len(list(made.execute())) if rows else 0


def leave(ctx: RequestContext, item_id: UUID) -> None:
    """Take a line off the list, recorded or not. Raises Forbidden, NotFound."""
    require_permission(ctx, HANDLE)
    with db.atomic():
        item = _locked(FeedItem, item_id)
        if item.left_at is None:
            FeedItem.update(left_at=datetime.now(UTC)).where(FeedItem.id == item_id).execute()
            emit(events.ItemLeft(object_id=item_id, outlet=item.outlet))


def _locked(model: type[Any], row_id: UUID) -> Any:
    """Return a row as it stands until the transaction ends. Raises NotFound."""
    if (found := model.select().where(model.id == row_id).for_update().first()) is None:
        raise NotFound
    return found


def add_feed(ctx: RequestContext, address: str) -> None:
    """Let an address be fetched. Raises Invalid, Forbidden."""
    require_permission(ctx, COMPILE)
    feeds.check_public(address := check_address(address, "address"))
    with db.atomic():
        if len(queries.feeds()) >= MOST_FEEDS:
            raise Invalid({"address": [_("Đã có {max} nguồn tin, bỏ bớt trước khi thêm.", max=MOST_FEEDS)]})
        made = Feed.insert(id=new_id(), address=address, made_by=ctx.person.id).on_conflict(
            conflict_target=[Feed.tenant_id, Feed.address],
            update={"is_on": True, "trouble": ""},
            where=(~Feed.is_on),
        )
        for feed_id, *_rest in made.returning(Feed.id).tuples().execute():
            emit(events.FeedAdded(object_id=feed_id, address=address))


def stop_feed(ctx: RequestContext, feed_id: UUID) -> None:
    """Fetch an address no more. Raises Forbidden, NotFound."""
    require_permission(ctx, COMPILE)
    with db.atomic():
        feed = _locked(Feed, feed_id)
        if feed.is_on:
            Feed.update(is_on=False).where(Feed.id == feed_id).execute()
            emit(events.FeedStopped(object_id=feed_id, address=feed.address))


# ---- what the agency keeps -----------------------------------------------------------------------------------------


def add_rule(ctx: RequestContext, said: dict[str, Any]) -> None:
    """Give the agency another time for a kind of issues from a day on; open issues keep theirs. Raises Invalid, Forbidden."""
    require_permission(ctx, COMPILE)
    budget = rules.check_budget(said["budget"])
    if said["kind"] in AFTER_CONCLUSION and budget.endswith(rules.HOURS):
        raise Invalid({"budget": [_("Loại này tính theo ngày, ví dụ 5wd.")]})
    with db.atomic():
        made = new_id()
        stored = OwnRule.insert(id=made, **{**said, "budget": budget}, made_by=ctx.person.id)
        if not list(stored.on_conflict_ignore().returning(OwnRule.id).execute()):
            raise Invalid({"valid_from": [_("Loại này đã có quy định từ ngày đó. Chọn ngày khác.")]})
        since = said["valid_from"].isoformat()
        emit(events.RuleAdded(object_id=made, kind=said["kind"], budget=budget, since=since))


def name_spokesperson(ctx: RequestContext, said: dict[str, Any]) -> None:
    """Let somebody answer the press, of everything or of one issue for some days. Raises Invalid, Forbidden."""
    require_permission(ctx, DIRECT)
    wrong: dict[str, list[str]] = {}
    if said["person_id"] not in people_with(PUBLISH):
        wrong["person_id"] = [_("Chọn người giữ vai trò Người phát ngôn.")]
    if said["code"] and said["valid_to"] is None:
        wrong["valid_to"] = [_("Uỷ quyền theo vụ việc phải có ngày hết hạn.")]
    if said["valid_to"] and said["valid_to"] < said["valid_from"]:
        wrong["valid_to"] = [_("Ngày hết hạn sớm hơn ngày bắt đầu.")]
    if wrong:
        raise Invalid(wrong)
    issue_id = _issue_by_code(said["code"], "code").id if said["code"] else None
    with db.atomic():
        made = new_id()
        kept = {name: said[name] for name in ("person_id", "valid_from", "valid_to", "ground")}
        Spokesperson.insert(id=made, issue_id=issue_id, made_by=ctx.person.id, **kept).execute()
        person, since = casework.name_of(said["person_id"]), said["valid_from"].isoformat()
        emit(events.SpokespersonNamed(object_id=made, person=person, since=since))


def end_spokesperson(ctx: RequestContext, row_id: UUID) -> list[str]:
    """End somebody's right to answer the press today; one that ended stays so. Return what waits for them in vain. Raises Forbidden, NotFound."""
    require_permission(ctx, DIRECT)
    with db.atomic():
        found = _locked(Spokesperson, row_id)
        if found.revoked_at is None:
            Spokesperson.update(revoked_at=current_time()).where(Spokesperson.id == row_id).execute()
            emit(events.SpokespersonEnded(object_id=row_id, person=casework.name_of(found.person_id)))
        waiting = casework.held_in(ISSUE, "review", found.person_id)
        return [each.code for each in waiting if found.person_id not in queries.answerers(each.id)]


def choose_public(ctx: RequestContext, said: dict[str, Any]) -> None:
    """Show the agency's published answers to the public, or do not. Raises Forbidden."""
    require_permission(ctx, COMPILE)
    with db.atomic():
        before = queries.setting()
        made = Setting.insert(id=before.id or new_id(), **said)
        made.on_conflict(conflict_target=[Setting.tenant_id], update=said).execute()
        if before.is_public != said["is_public"]:
            emit(events.PublicPageSwitched(object_id=before.id or new_id(), is_public=said["is_public"]))
