"""Tables of press issues; the migrations hold their constraints and indexes."""

from peewee import SQL, BigIntegerField, BooleanField, DateField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, DateTimeTZField

from core.api import TenantModel

NOW = [SQL("DEFAULT now()")]


class Issue(TenantModel):
    """What only this module knows of a case; it has the id of the case and moves with its version."""

    kind = TextField()
    received_at = DateTimeTZField()
    budget = TextField()
    ground = TextField()
    """The rule of its day, frozen: a later rule does not move it."""
    severity = TextField()
    sector = TextField()
    locality = TextField(default="")
    direction = TextField(default="")
    directed_by = UUIDField(null=True)
    directed_at = DateTimeTZField(null=True)
    finding = TextField(default="")
    finding_note = TextField(default="")
    measures = TextField(default="")
    answer = TextField(default="")
    approved_by = UUIDField(null=True)
    approved_at = DateTimeTZField(null=True)
    sent_on = DateField(null=True)
    link = TextField(default="")
    joined_into = UUIDField(null=True)

    class Meta:
        schema = "press_issues"
        table_name = "issue"


class Article(TenantModel):
    """An article as it was recorded; it is never changed, only counted to another issue."""

    issue_id = UUIDField()
    first_issue_id = UUIDField()
    """Where it was recorded; another one once issues were joined."""
    outlet = TextField()
    title = TextField()
    url = TextField(default="")
    address_key = TextField(null=True)
    published_at = DateTimeTZField(null=True)
    text = TextField(default="")
    sha256 = TextField()
    marks = ArrayField(BigIntegerField, default=list, index=False)
    added_by = UUIDField(null=True)
    added_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "press_issues"
        table_name = "article"


class OwnRule(TenantModel):
    """How long an agency gives itself for a kind of issues from a day on."""

    kind = TextField()
    valid_from = DateField()
    budget = TextField()
    ground = TextField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "press_issues"
        table_name = "rule"


class Spokesperson(TenantModel):
    """Who may answer the press: of everything, or of one issue for some days."""

    person_id = UUIDField()
    issue_id = UUIDField(null=True)
    valid_from = DateField()
    valid_to = DateField(null=True)
    ground = TextField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=NOW)
    revoked_at = DateTimeTZField(null=True)

    class Meta:
        schema = "press_issues"
        table_name = "spokesperson"


class Setting(TenantModel):
    """Whether an agency shows its answers to the public."""

    is_public = BooleanField(default=False)
    intro = TextField(default="")

    class Meta:
        schema = "press_issues"
        table_name = "setting"


class Answer(TenantModel):
    """What the public reads: copied when it was published, of an issue of the same id."""

    code = TextField()
    agency = TextField()
    title = TextField()
    outlets = TextField()
    said = TextField()
    text = TextField()
    link = TextField()
    published_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "press_issues"
        table_name = "answer"


class Feed(TenantModel):
    """An address that news is fetched from."""

    address = TextField()
    fetched_at = DateTimeTZField(null=True)
    trouble = TextField(default="")
    is_on = BooleanField(default=True)
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "press_issues"
        table_name = "feed"


class FeedItem(TenantModel):
    """A line of a feed, until somebody records it or leaves it."""

    address_key = TextField()
    url = TextField()
    outlet = TextField()
    title = TextField()
    summary = TextField()
    published_at = DateTimeTZField(null=True)
    added_at = DateTimeTZField(constraints=NOW)
    seen_at = DateTimeTZField(constraints=NOW)
    """When a feed brought it last, to the day."""
    left_at = DateTimeTZField(null=True)

    class Meta:
        schema = "press_issues"
        table_name = "feed_item"
