"""What the work list writes: visits, many things given or taken at once, feeds of deadlines, rules of reminding."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from peewee import fn

from core.api import (
    Forbidden,
    Invalid,
    NotFound,
    RequestContext,
    _,
    db,
    emit,
    new_id,
    require_permission,
)
from plugins.casework.cases import assigning, queries
from plugins.casework.cases.assigning import Receiver
from plugins.casework.cases.queries import hold_place
from plugins.casework.models import Assignment, Case, Feed, Reminding, WorkVisit
from plugins.casework.work import events as facts
from plugins.casework.work.queries import Visit
from plugins.casework.workflows.definition import CaseKind

AWAY_FOR = timedelta(minutes=30)
"""Whoever comes back after so long begins a new visit; what changed is marked against the end of the last one."""
SECRET_BYTES = 32
SETTINGS = "tenants.manage_settings"
MOST_DAYS = 30


# ---- visits -----------------------------------------------------------------------------------------------


def visit(ctx: RequestContext, last: Visit | None) -> datetime | None:
    """Note that a person looks at the list now; return since when what changed is new to them."""
    now = datetime.now(UTC)
    before = now if last is None else last.last_at if now - last.last_at > AWAY_FOR else last.before_at
    if last is None or now - last.last_at > timedelta(minutes=1):
        seen = {"last_at": now, "before_at": before}
        WorkVisit.insert(id=new_id(), person_id=ctx.person.id, **seen).on_conflict(
            conflict_target=[WorkVisit.tenant_id, WorkVisit.person_id], update=seen
        ).execute()
    return before if last else None


# ---- many at once -------------------------------------------------------------------------------------------


def give_on(ctx: RequestContext, assignment_ids: Sequence[UUID], to: Receiver, *, note: str = "") -> int:
    """Give several things one holds to somebody else, all or none; return how many they did not have already.

    Raises Invalid naming the case that cannot be given, Forbidden, NotFound.
    """
    if to == Receiver():
        raise Invalid({"person_id": [_("Chưa chọn người nhận.")]})
    if not assignment_ids:
        raise Invalid({"": [_("Chưa chọn việc nào.")]})
    given = 0
    with db.atomic():
        queries.lock_cases(*(each.id for each in queries.cases_of(assignment_ids)))
        for each in dict.fromkeys(assignment_ids):
            try:
                given += give_one(ctx, each, to, note=note)
            except (Forbidden, Invalid) as refusal:
                errors = refusal.errors.get("", ()) if isinstance(refusal, Invalid) else [refusal.detail]
                if not errors:
                    raise
                code = Case.get_by_id(assigning.case_of(each)).code
                raise Invalid({"": [f"{code}: {' '.join(errors)}"]}) from refusal
    return given


def check_receiver(to: Receiver, kinds: Sequence[CaseKind]) -> None:
    """Raise Invalid for nobody, and for somebody who may not handle one of some kinds."""
    if to == Receiver():
        raise Invalid({"person_id": [_("Chưa chọn người nhận.")]})
    for kind in kinds:
        assigning.known_receivers(kind, [to], None)


def give_one(ctx: RequestContext, assignment_id: UUID, to: Receiver, *, note: str = "") -> bool:
    """Give something to somebody else, as its own button would; tell whether they did not have it already.

    Raises Invalid when it is no longer to be done or not whole, Forbidden, NotFound.
    """
    with db.atomic():
        case = queries.case(assigning.case_of(assignment_id), locked=True)
        # Read with the case locked: whoever did it or gave it on a moment ago was first.
        found = Assignment.get_by_id(assignment_id)
        if found.role != "lead":
            raise Invalid({"": [_("Phần phối hợp không giao lại được; trao đổi với người chủ trì.")]})
        if found.done_at:
            raise Invalid({"": [_("Việc này đã có người làm xong hoặc chuyển đi.")]})
        return assigning.reassign(ctx, case.id, to, note=note).version != case.version


def take_back(ctx: RequestContext, assignment_id: UUID) -> None:
    """Take back what was given instead of an assignment, as its own button would.

    Raises Invalid when somebody opened it or the case has ended, Forbidden, NotFound.
    """
    case_id = assigning.case_of(assignment_id)
    given = [each.id for each in queries.open_assignments(case_id) if each.role == "lead"]
    assigning.pull_back(ctx, given[0] if given else assignment_id)


# ---- the feed of deadlines --------------------------------------------------------------------------------------


def digest(secret: str) -> bytes:
    """Return what the database keeps of the secret of an address."""
    return hashlib.sha256(secret.encode()).digest()


def make_feed(ctx: RequestContext) -> str:
    """Give a person a new secret address in the agency in scope and end the one before; return the secret."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with db.atomic():
        hold_place(ctx.person.id)  # of two addresses made at once the first ends too
        _end_feed(ctx)
        made = new_id()
        Feed.insert(id=made, person_id=ctx.person.id, secret_hash=digest(secret)).execute()
        emit(facts.FeedMade(object_id=made, person=ctx.person.full_name))
    return secret


def end_feed(ctx: RequestContext) -> bool:
    """End a person's secret address; False when there was none."""
    with db.atomic():
        return _end_feed(ctx)


def _end_feed(ctx: RequestContext) -> bool:
    live = (
        Feed.select().where(Feed.person_id == ctx.person.id, Feed.revoked_at.is_null()).for_update().first()
    )
    if live is None:
        return False
    Feed.update(revoked_at=fn.now()).where(Feed.id == live.id).execute()
    emit(facts.FeedEnded(object_id=live.id, person=ctx.person.full_name))
    return True


def feed_of(secret: str) -> Feed:
    """Return the feed of an address, and note that it was read.

    Raises NotFound for an address that is none, or none any more.
    """
    found = Feed.get_or_none(Feed.secret_hash == digest(secret), Feed.revoked_at.is_null())
    if found is None:
        raise NotFound
    if found.read_at is None or datetime.now(UTC) - found.read_at > timedelta(hours=1):
        Feed.update(read_at=datetime.now(UTC)).where(Feed.id == found.id).execute()
    return found


# ---- when the agency reminds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rules:
    """When who holds something is reminded, and when who manages it hears of it; 0 days is never."""

    days_before: int = 2
    on_the_day: bool = True
    escalate_after: int = 3
    version: int = 0
    """0 while nobody has decided."""


def rules() -> Rules:
    """Return when the agency in scope reminds."""
    stored = Reminding.select().first()
    if stored is None:
        return Rules()
    return Rules(stored.days_before, stored.on_the_day, stored.escalate_after, stored.version)


def set_rules(ctx: RequestContext, wanted: Rules) -> None:
    """Decide when the agency in scope reminds; `wanted.version` is what was read before.

    Raises Invalid, Conflict, Forbidden.
    """
    require_permission(ctx, SETTINGS)
    wrong = {
        name: [_("Ghi từ 0 đến {most} ngày.", most=MOST_DAYS)]
        for name in ("days_before", "escalate_after")
        if not 0 <= getattr(wanted, name) <= MOST_DAYS
    }
    if wrong:
        raise Invalid(wrong)
    with db.atomic():
        # Who decides first at the same moment is waited for, and told of then.
        Reminding.insert(id=new_id(), **asdict(Rules())).on_conflict_ignore().execute()
        stored = Reminding.get()
        for name, value in asdict(wanted).items():
            setattr(stored, name, value)
        stored.save_version(wanted.version)
        emit(
            facts.RemindingChanged(
                before=wanted.days_before, on_the_day=wanted.on_the_day, after=wanted.escalate_after
            )
        )
