"""Tables of the letters; the migration holds their constraints and indexes."""

from peewee import SQL, DateField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from core.api import TenantModel, VersionedMixin


class Template(TenantModel):
    """The agency's part of its letters from a day on: never changed, a later one takes its place."""

    kind = TextField(default="")
    """Empty for all kinds that have none of their own."""
    valid_from = DateField()
    superior = TextField(default="")
    agency_name = TextField()
    place = TextField()
    symbol = TextField(default="")
    collective = TextField(default="")
    head_title = TextField(default="")
    signer_mode = TextField(default="")
    signer_title = TextField(default="")
    signer_name = TextField(default="")
    recipients = TextField(default="")
    foot = TextField(default="")
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "letters"
        table_name = "template"


class Letter(VersionedMixin, TenantModel):
    """A letter: a draft until it is issued, then unchanged for good; void when its number is."""

    kind = TextField()
    object_type = TextField(default="")
    """What it belongs to, as facts name it; empty for letters of their own."""
    object_id = UUIDField(null=True)
    symbol = TextField(default="")
    subject = TextField()
    addressees = TextField(default="")
    """One a line, as recipients are."""
    body = TextField(default="")
    """One paragraph a line; plain text, whatever it looks like."""
    fields = BinaryJSONField(index=False, default=dict)
    """What fills {words} in the core of its kind."""
    recipients = TextField(default="")
    signer_mode = TextField(default="")
    signer_title = TextField(default="")
    signer_name = TextField(default="")
    folded = TextField()
    state = TextField(default="draft")
    number = TextField(default="")
    entry_id = UUIDField(null=True)
    template_id = UUIDField(null=True)
    file_id = UUIDField(null=True)
    issued_on = DateField(null=True)
    issued_at = DateTimeTZField(null=True)
    issued_by = UUIDField(null=True)
    void_reason = TextField(default="")
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    changed_by = UUIDField(null=True)
    changed_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "letters"
        table_name = "letter"
