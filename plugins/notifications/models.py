"""Tables of the notification centre; the migration holds their constraints and indexes."""

from peewee import SQL, BooleanField, IntegerField, TextField, TimeField, UUIDField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from core.api import TenantModel


class Mail(TenantModel):
    """A mail to one person: about one fact at once, or about those of a day together."""

    person_id = UUIDField(null=True)
    """Nobody for a mail to somebody without an account, which brings its own address and words."""
    recipient = TextField(default="")
    subject = TextField(default="")
    body = TextField(default="")
    kind = TextField(default="")
    """Empty for the mail that gathers a day."""
    key = TextField()
    """What the mail is about; there is one mail of a key for a person."""
    state = TextField(default="waiting")
    wanted_at = DateTimeTZField()
    """When it was to go first; after three days it is given up."""
    due_at = DateTimeTZField()
    tries = IntegerField(default=0)
    claimed_at = DateTimeTZField(null=True)
    handed_at = DateTimeTZField(null=True)
    """When the mail server was about to take it: from here on it may have gone."""
    ended_at = DateTimeTZField(null=True)
    code = IntegerField(default=0)
    reason = TextField(default="")

    class Meta:
        schema = "notifications"
        table_name = "mail"


class Notification(TenantModel):
    """One fact that one person is told of."""

    person_id = UUIDField()
    kind = TextField()
    fact = TextField()
    text = TextField()
    """The Vietnamese sentence, with names of fields in braces; translated where it is read."""
    fields = BinaryJSONField(default=dict, index=False)
    route = TextField(default="")
    route_fields = BinaryJSONField(default=dict, index=False)
    mail_id = UUIDField(null=True)
    unread = BooleanField(default=True)
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    read_at = DateTimeTZField(null=True)

    class Meta:
        schema = "notifications"
        table_name = "notification"


class Choice(TenantModel):
    """How one person wants one kind mailed, where that is not as declared."""

    person_id = UUIDField()
    kind = TextField()
    email = TextField()

    class Meta:
        schema = "notifications"
        table_name = "choice"


class Hours(TenantModel):
    """When one person gets no mail, and when the mail that gathers a day."""

    person_id = UUIDField()
    quiet_from = TimeField(null=True)
    quiet_to = TimeField(null=True)
    digest_at = TimeField()

    class Meta:
        schema = "notifications"
        table_name = "hours"
