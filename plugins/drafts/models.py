"""The table of drafts; the migration holds its constraints."""

from peewee import SQL, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField

from core.api import TenantModel


class Draft(TenantModel):
    """What one person has typed into one form and not sent yet; nobody else ever reads it."""

    person_id = UUIDField()
    key = TextField()
    """Which form: the module's key, a dot and what the form is about."""
    page = UUIDField()
    """Which opening of the form wrote this; one that continues a draft goes on under its name."""
    fields = BinaryJSONField(index=False)
    url = TextField(default="")
    """The page of the form; empty for drafts from before it was noted."""
    saved_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    dropped_at = DateTimeTZField(null=True)
    """Thrown away then; until it is forgotten for good it can be taken back."""

    class Meta:
        schema = "drafts"
        table_name = "draft"
