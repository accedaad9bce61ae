"""Tables of citizens' questions; the migrations hold their constraints and indexes."""

from peewee import SQL, BooleanField, DateField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField, TSVectorField

from core.api import TenantModel

NOW = [SQL("DEFAULT now()")]


class Question(TenantModel):
    """What only this module knows of a case: who asked, what was answered, how it was liked."""

    secret = TextField()
    """What proves the secret that only the asker knows; the secret itself is kept nowhere."""
    topic = TextField()
    name = TextField()
    phone = TextField(default="")
    email = TextField(default="")
    address = TextField(default="")
    may_publish = BooleanField()
    consent = TextField()
    """The words that were agreed to."""
    asked_at = DateTimeTZField()
    reason = TextField(default="")
    reason_note = TextField(default="")
    transferred_to = TextField(default="")
    transferred_at = DateTimeTZField(null=True)
    answer = TextField(default="")
    answered_at = DateTimeTZField(null=True)
    earlier = BinaryJSONField(default=list, index=False)
    """Day and text of each answer that was sent before the question was taken up again, the newest first."""
    rating = IntegerField(null=True)
    rating_note = TextField(default="")
    rated_at = DateTimeTZField(null=True)
    erased_at = DateTimeTZField(null=True)
    title_hidden = BooleanField(default=True)
    """Whether the title of the case says nothing of people any more."""

    class Meta:
        schema = "citizen_questions"
        table_name = "question"


class Publication(TenantModel):
    """What the public reads of a question of the same id: masked, copied when it was published."""

    code = TextField()
    topic = TextField()
    agency = TextField()
    title = TextField()
    question = TextField()
    answer = TextField()
    answered_by = TextField()
    asked_on = DateField()
    answered_on = DateField()
    rating = IntegerField(null=True)
    too = IntegerField(default=0)
    """How many others wanted to know."""
    folded = TextField()
    words = TSVectorField(null=True, index=False)
    """Kept by the database, of the folded words."""
    published_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "citizen_questions"
        table_name = "publication"


class Attempt(TenantModel):
    """That somebody tried something of late: no address, a mark that changes every day and is deleted with it."""

    kind = TextField()
    mark = TextField()
    at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "citizen_questions"
        table_name = "attempt"


class Setting(TenantModel):
    """How an agency takes questions."""

    unit_id = UUIDField(null=True)
    """The unit that gets new questions to moderate."""
    budget = TextField(default="15wd")
    ground = TextField(default="")
    intro = TextField(default="")

    class Meta:
        schema = "citizen_questions"
        table_name = "setting"
