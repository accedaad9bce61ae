"""Tables of voter opinions; the migrations hold their constraints and indexes."""

from peewee import SQL, BigIntegerField, BooleanField, DateField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, DateTimeTZField

from core.api import TenantModel, VersionedMixin

NOW = [SQL("DEFAULT now()")]


class Session(VersionedMixin, TenantModel):
    """A session of the National Assembly or of a council, before and after which voters are met."""

    body = TextField()
    title = TextField()
    opens_on = DateField()
    closes_on = DateField()
    answer_by = DateField(null=True)
    extraordinary = BooleanField(default=False)

    class Meta:
        schema = "voter_opinions"
        table_name = "session"


class Meeting(TenantModel):
    """A meeting with voters."""

    session_id = UUIDField()
    kind = TextField()
    held_on = DateField()
    place = TextField()
    deputies = TextField(default="")

    class Meta:
        schema = "voter_opinions"
        table_name = "meeting"


class Petition(TenantModel):
    """What only this module knows of a case; it has the id of the case and moves with its version."""

    session_id = UUIDField()
    source = TextField()
    received_on = DateField()
    locality = TextField(default="")
    sector = TextField()
    level = TextField(default="")
    lead_id = UUIDField(null=True)
    """The agency that leads; nobody means that the own agency answers."""
    answered_on = DateField(null=True)
    answer_due = DateField(null=True)
    """The last day for the answer, frozen when it was sent."""
    outcome = TextField(default="")
    promised_on = DateField(null=True)
    kept_on = DateField(null=True)
    nature = TextField(default="")
    """What it was taken out as: a complaint or a denunciation."""
    guarded = BooleanField(default=False)
    listed_on = DateField(null=True)
    """Made by the database: the day lists go by; of what is guarded, because its case is restricted, no day of it."""
    joined_into = UUIDField(null=True)
    """The petition it was joined to, as long as it is."""

    class Meta:
        schema = "voter_opinions"
        table_name = "petition"


class Origin(TenantModel):
    """A petition as it came in; it is never changed, only counted to another petition."""

    petition_id = UUIDField()
    first_petition_id = UUIDField()
    """Where it was recorded; another one once petitions were joined."""
    meeting_id = UUIDField(null=True)
    received_on = DateField()
    locality = TextField(default="")
    text = TextField()
    raw = TextField(default="")
    """As the file had it, when it was written for an old font and had to be converted."""
    marks = ArrayField(BigIntegerField, default=list, index=False)
    added_by = UUIDField(null=True)
    added_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "voter_opinions"
        table_name = "origin"


class Answer(TenantModel):
    """An answer to a petition; one that was sent is never changed, a better one stands beside it."""

    petition_id = UUIDField()
    number = IntegerField()
    text = TextField()
    outcome = TextField()
    roadmap = TextField(default="")
    promised_on = DateField(null=True)
    approved_by = UUIDField(null=True)
    approved_at = DateTimeTZField(null=True)
    document = TextField(default="")
    signer = TextField(default="")
    sent_on = DateField(null=True)
    verdict = TextField(default="")
    verdict_note = TextField(default="")
    verdict_at = DateTimeTZField(null=True)

    class Meta:
        schema = "voter_opinions"
        table_name = "answer"


class Published(TenantModel):
    """What the public reads: copied when it was published, of a petition of the same id."""

    code = TextField()
    agency = TextField()
    session = TextField()
    sector = TextField()
    title = TextField()
    said = TextField()
    text = TextField()
    promised_on = DateField(null=True)
    answered_on = DateField()
    published_at = DateTimeTZField(constraints=NOW)
    until = DateField(null=True)

    class Meta:
        schema = "voter_opinions"
        table_name = "published"


class Intake(TenantModel):
    """A file of petitions that somebody brings in."""

    session_id = UUIDField()
    meeting_id = UUIDField(null=True)
    source = TextField()
    received_on = DateField()
    file_id = UUIDField()
    name = TextField()
    person_id = UUIDField()
    state = TextField(default="reading")
    trouble = TextField(default="")
    like_id = UUIDField(null=True)
    """The other file that has most of its rows, and how many of them."""
    like_rows = IntegerField(default=0)
    made_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "voter_opinions"
        table_name = "intake"


class IntakeRow(TenantModel):
    """A row of such a file, as it was read and as somebody corrected it; recorded it has the petition's id."""

    intake_id = UUIDField()
    number = IntegerField()
    content = TextField()
    locality = TextField()
    sector = TextField()
    received = TextField()
    raw = TextField(default="")
    state = TextField()
    into_id = UUIDField(null=True)
    """The petition, or the row of the same file, that it repeats or is like."""
    share = IntegerField(default=0)
    digest = BigIntegerField(null=True)
    """Of what it said when it was read, but for how that was typed."""
    marks = ArrayField(BigIntegerField, default=list, index=False)

    class Meta:
        schema = "voter_opinions"
        table_name = "intake_row"
