"""Tables of calendars, clocks, registers, workflows, cases, legs and the work list; the migrations hold their constraints and indexes."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    DateField,
    IntegerField,
    TextField,
    UUIDField,
)
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField, TSVectorField

from core.api import RegistryModel, TenantModel, VersionedMixin


class NationalDay(RegistryModel):
    """A day that is otherwise in the whole country, or was until it was removed."""

    day = DateField()
    kind = TextField()
    part = TextField(default="day")
    name = TextField()
    ground = TextField()
    pair = DateField(null=True)
    number = BigIntegerField()
    """Each change of any calendar has one, in the order of their commits."""
    added_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    removed_number = BigIntegerField(null=True)
    removed_at = DateTimeTZField(null=True)
    removal_ground = TextField(default="")

    class Meta:
        schema = "casework"
        table_name = "national_day"
        registry_reason = "Holidays are decided for the country; every agency's calendar begins with them."


class OwnDay(TenantModel):
    """A day that is otherwise in one agency; it stands above what the country decides."""

    day = DateField()
    kind = TextField()
    part = TextField(default="day")
    name = TextField()
    ground = TextField()
    pair = DateField(null=True)
    number = BigIntegerField()
    added_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    removed_number = BigIntegerField(null=True)
    removed_at = DateTimeTZField(null=True)
    removal_ground = TextField(default="")

    class Meta:
        schema = "casework"
        table_name = "own_day"


class Clock(VersionedMixin, TenantModel):
    """A deadline of something: its budget, and where it stands by its ledger and the calendar it was counted on."""

    owner_type = TextField()
    """What it hangs on, as facts name it: casework.case, casework.step, casework.leg …"""
    owner_id = UUIDField()
    name = TextField()
    """Which of the owner's deadlines: whole, press_law …"""
    title = TextField()
    budget_amount = IntegerField()
    budget_unit = TextField()
    state = TextField(default="running")
    opened_at = DateTimeTZField()
    last_at = DateTimeTZField()
    original_due = DateTimeTZField()
    """As it was told at the start; a change of the calendar moves `due_at` alone."""
    due_at = DateTimeTZField(null=True)
    """None while it is paused."""
    closed_at = DateTimeTZField(null=True)
    calendar = TextField()
    """The stamp of the calendar it was counted on; another one than the agency's means that it waits."""

    class Meta:
        schema = "casework"
        table_name = "clock"


WHOLE_CLOCK = "k.owner_type IN ('casework.case', 'casework.leg') AND k.name = 'whole'"
"""In SQL: a clock `k` is the deadline of a whole case, or of the leg that a case came by, which has the id of its case."""


class ClockEntry(TenantModel):
    """A line of a clock's ledger; never changed."""

    clock_id = UUIDField()
    seq = IntegerField()
    kind = TextField()
    at = DateTimeTZField()
    amount = IntegerField(default=0)
    ground = TextField()
    document = TextField(default="")
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "casework"
        table_name = "clock_entry"


class ClockMove(TenantModel):
    """A due date that moved because the calendar did."""

    clock_id = UUIDField()
    old_due = DateTimeTZField(null=True)
    new_due = DateTimeTZField(null=True)
    reason = TextField()
    at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    run_id = UUIDField(null=True)
    """Of which change of the calendar; whoever it concerns is told once for all of it."""

    class Meta:
        schema = "casework"
        table_name = "clock_move"


class ReplayRun(TenantModel):
    """That open clocks were counted on another calendar, and whether those whose deadlines moved were told."""

    calendar = TextField()
    reason = TextField()
    began_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    told_at = DateTimeTZField(null=True)

    class Meta:
        schema = "casework"
        table_name = "replay_run"


class RegisterYear(TenantModel):
    """A year of a register: the counter that is locked when a number is taken."""

    book = TextField()
    year = IntegerField()
    paper_last = IntegerField(default=0)
    """The last number of the paper book, when the register was opened in the middle of a year."""
    last = IntegerField()
    ground = TextField(default="")
    opened_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    opened_by = UUIDField(null=True)
    """None when the first number of the year opened it."""
    closed_at = DateTimeTZField(null=True)
    closed_by = UUIDField(null=True)

    class Meta:
        schema = "casework"
        table_name = "register_year"


class RegisterFormat(TenantModel):
    """How the numbers of a register are written from a day on; never changed, a later line replaces it."""

    book = TextField()
    valid_from = DateField()
    format = TextField()
    digits = IntegerField()
    ground = TextField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "casework"
        table_name = "register_format"


class RegisterEntry(TenantModel):
    """A number that was given; it may be voided, and stays."""

    book = TextField()
    year = IntegerField()
    number = IntegerField()
    text = TextField()
    """The number as it was written, by the format of its day."""
    day = DateField()
    title = TextField()
    subject_type = TextField()
    subject_id = UUIDField()
    details = BinaryJSONField(default=dict, index=False)
    """What the book's own columns say, by their keys."""
    folded = TextField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT clock_timestamp()")])
    voided_at = DateTimeTZField(null=True)
    voided_by = UUIDField(null=True)
    void_reason = TextField(default="")

    class Meta:
        schema = "casework"
        table_name = "register_entry"


# ---- cases ------------------------------------------------------------------------------------------


class Workflow(TenantModel):
    """A version of how cases of a kind go on in an agency; never changed."""

    kind = TextField()
    number = IntegerField()
    definition = BinaryJSONField(index=False)
    shipped = TextField()
    """The stamp of the module's own definition that it stands on."""
    own = BooleanField(default=False)
    """The agency changed it itself; otherwise it came with the module."""
    note = TextField(default="")
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "casework"
        table_name = "workflow"


class CaseCounter(TenantModel):
    """The last number of the cases of a kind in a year; unlike a register's it may leave gaps."""

    kind = TextField()
    year = IntegerField()
    last = IntegerField()

    class Meta:
        schema = "casework"
        table_name = "case_counter"


class Case(VersionedMixin, TenantModel):
    """Something an agency tracks to its answer; what only one module knows stands in that module's own table."""

    kind = TextField()
    code = TextField()
    title = TextField()
    text = TextField(default="")
    state = TextField()
    workflow_id = UUIDField()
    unit_id = UUIDField(null=True)
    restricted = BooleanField(default=False)
    """Only those who have to do with it, and who manages the kind, see it."""
    tags = ArrayField(TextField, default=list, index=False)
    delivery = TextField(default="")
    sync = TextField(default="")
    opened_at = DateTimeTZField()
    due_at = DateTimeTZField(null=True)
    """Where its clock `whole` stands; none while that is paused."""
    due_order = DateTimeTZField(null=True)
    """Made by the database: the same, or infinity; what lists stand in the order of."""
    closed_at = DateTimeTZField(null=True)
    outcome = TextField(default="")
    created_by = UUIDField(null=True)
    changed_at = DateTimeTZField()
    folded = TextField()
    words = TSVectorField(null=True)
    """Made by the database from `folded`; what searches look in."""

    hand: UUID | Literal["unread"] | None = "unread"
    """In whose name the reader holds it, once somebody has read that for this request."""
    parts: Sequence[tuple[UUID, str]] = ()
    """The parts the reader does as a co-handler, once its page has read them: each with the name of whom they stand in for."""

    class Meta:
        schema = "casework"
        table_name = "case_base"


class Step(TenantModel):
    """A move of a case from one state to the next; never changed."""

    case_id = UUIDField()
    seq = IntegerField()
    transition = TextField()
    title = TextField()
    """What was done, as the workflow of that day called it."""
    from_state = TextField()
    to_state = TextField()
    note = TextField(default="")
    by_person = UUIDField(null=True)
    in_place_of = UUIDField(null=True)
    """Whom the person stood in for."""
    began_at = DateTimeTZField()
    at = DateTimeTZField()
    outcome = TextField(default="")

    class Meta:
        schema = "casework"
        table_name = "step"


class Assignment(TenantModel):
    """Who must act on a case: a person, or a unit in which nobody has taken it yet."""

    case_id = UUIDField()
    person_id = UUIDField(null=True)
    unit_id = UUIDField(null=True)
    role = TextField()
    task = TextField()
    note = TextField(default="")
    given_by = UUIDField(null=True)
    given_at = DateTimeTZField()
    seen_at = DateTimeTZField(null=True)
    """Until it was opened the giver may pull it back."""
    due_at = DateTimeTZField(null=True)
    due_order = DateTimeTZField(null=True)
    share = IntegerField(null=True)
    """How much of the whole deadline has passed when it is due, in percent; none when somebody named the day."""
    moved_by = UUIDField(null=True)
    """The run of the calendar that last moved its day, if it is a share of the deadline."""
    unit_before = UUIDField(null=True)
    """Where the case lay before whoever leads it got it: pulled back it lies there again."""
    done_at = DateTimeTZField(null=True)
    done_by = UUIDField(null=True)
    ending = TextField(default="")
    outcome = TextField(default="")
    reason = TextField(default="")

    class Meta:
        schema = "casework"
        table_name = "assignment"


class Comment(TenantModel):
    """What somebody wrote beside a case; never changed."""

    case_id = UUIDField()
    author_id = UUIDField()
    at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    text = TextField()

    class Meta:
        schema = "casework"
        table_name = "comment"


class CaseLink(TenantModel):
    """Two cases of an agency that have to do with each other."""

    case_id = UUIDField()
    other_id = UUIDField()
    kind = TextField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "casework"
        table_name = "case_link"


class Delegation(TenantModel):
    """Who acts for somebody who is away, from a day to a day."""

    person_id = UUIDField()
    stand_in_id = UUIDField()
    valid_from = DateField()
    valid_to = DateField()
    reason = TextField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    revoked_at = DateTimeTZField(null=True)

    class Meta:
        schema = "casework"
        table_name = "delegation"


IN_FORCE = "d.revoked_at IS NULL AND tenants.today() BETWEEN d.valid_from AND d.valid_to"
"""The condition over delegations `d` that leaves those of today."""


class Reveal(TenantModel):
    """That somebody read personal data of a case in full, and why; never changed, and never the data."""

    case_id = UUIDField()
    person_id = UUIDField()
    fields = ArrayField(TextField, index=False)
    purpose = TextField()
    note = TextField()
    at = DateTimeTZField()
    until = DateTimeTZField()

    class Meta:
        schema = "casework"
        table_name = "reveal"


# ---- legs -------------------------------------------------------------------------------------------


class Leg(TenantModel):
    """What an agency asks another to do in a case: one row that both read, and that belongs to who asks.

    `select()` finds what the agency in scope sent; what it got is asked in SQL, by `receiver_id`.
    """

    receiver_id = UUIDField()
    case_id = UUIDField()
    """The sender's case. What the receiver makes of it is a case of its own, with the id of the leg."""
    chain = ArrayField(UUIDField, index=False)
    """The agencies it has come through, the sender last: none of them gets it again."""
    module = TextField()
    purpose = TextField()
    code = TextField()
    title = TextField()
    ask = TextField()
    shared = TextField(default="")
    due_at = DateTimeTZField(null=True)
    due_order = DateTimeTZField(null=True)
    """Made by the database: the same, or infinity; what the list stands in the order of."""
    paused = BooleanField(default=False)
    """Its clock stands still on a ground."""
    sent_by = UUIDField(null=True)
    sent_at = DateTimeTZField()
    outside = TextField(default="")
    """The adapter of a system that is no agency here; `receiver_id` is then that system's."""
    state = TextField(default="sent")
    seen_at = DateTimeTZField(null=True)
    taken_at = DateTimeTZField(null=True)
    taken_by = UUIDField(null=True)
    answers = IntegerField(default=0)
    answered_at = DateTimeTZField(null=True)
    done_at = DateTimeTZField(null=True)
    reason = TextField(default="")
    version = IntegerField(default=1)
    changed_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    folded = TextField()

    class Meta:
        schema = "casework"
        table_name = "leg"


class LegLine(TenantModel):
    """What one side of a leg did and said; never changed, and read by both."""

    receiver_id = UUIDField()
    sent_leg_id = UUIDField(null=True)
    got_leg_id = UUIDField(null=True)
    leg_id = UUIDField(null=True)
    kind = TextField()
    number = IntegerField(default=0)
    """Of an answer: which one it is."""
    text = TextField(default="")
    by_person = UUIDField(null=True)
    at = DateTimeTZField()

    class Meta:
        schema = "casework"
        table_name = "leg_line"


class LegFile(TenantModel):
    """A file of one side that it lets the other open."""

    receiver_id = UUIDField()
    sent_leg_id = UUIDField(null=True)
    got_leg_id = UUIDField(null=True)
    leg_id = UUIDField(null=True)
    file_id = UUIDField()
    number = IntegerField(default=0)
    """The answer it came with; 0 is what was sent with the leg."""
    name = TextField()
    size = BigIntegerField()
    shared_by = UUIDField(null=True)
    at = DateTimeTZField()

    class Meta:
        schema = "casework"
        table_name = "leg_file"


class LegMessage(TenantModel):
    """What a system outside must be told of a leg, until it has confirmed it."""

    leg_id = UUIDField()
    adapter = TextField()
    seq = IntegerField()
    kind = TextField()
    text = TextField(default="")
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    attempts = IntegerField(default=0)
    next_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    error = TextField(default="")
    receipt = TextField(default="")
    delivered_at = DateTimeTZField(null=True)

    class Meta:
        schema = "casework"
        table_name = "leg_outbox"


class LegReceipt(TenantModel):
    """A message of a system outside that was taken; the same one is not taken again."""

    leg_id = UUIDField()
    adapter = TextField()
    message_id = TextField()
    taken_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "casework"
        table_name = "leg_inbox"


# ---- the work list ----------------------------------------------------------------------------------


class WorkVisit(TenantModel):
    """When a person last looked at the work list, and when the visit before ended."""

    person_id = UUIDField()
    last_at = DateTimeTZField()
    before_at = DateTimeTZField()

    class Meta:
        schema = "casework"
        table_name = "work_visit"


class Feed(TenantModel):
    """The secret address under which a calendar program reads a person's deadlines."""

    person_id = UUIDField()
    secret_hash: Any = BlobField()
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    read_at = DateTimeTZField(null=True)
    revoked_at = DateTimeTZField(null=True)

    class Meta:
        schema = "casework"
        table_name = "feed"


class Reminding(VersionedMixin, TenantModel):
    """When the agency reminds, where it decided otherwise than the platform does."""

    days_before = IntegerField()
    escalate_after = IntegerField()
    on_the_day = BooleanField()

    class Meta:
        schema = "casework"
        table_name = "reminding"
