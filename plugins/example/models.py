"""Tables of the notebook; the migration holds their constraints and indexes."""

from peewee import SQL, BooleanField, TextField, UUIDField
from playhouse.postgres_ext import DateTimeTZField

from core.api import TenantModel, VersionedMixin


class Note(VersionedMixin, TenantModel):
    """A note in the notebook of one unit; put away before it is deleted."""

    unit_id = UUIDField()
    title = TextField()
    body = TextField(default="")
    folded = TextField()
    """Title and body without tones and marks, for the search."""
    pinned = BooleanField(default=False)
    author_id = UUIDField(null=True)
    """None for the welcome note, which the platform writes."""
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    changed_by = UUIDField(null=True)
    changed_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    archived_at = DateTimeTZField(null=True)

    class Meta:
        schema = "example"
        table_name = "note"


class Acknowledgement(TenantModel):
    """Somebody has taken note of a note; forgotten when its text changes."""

    note_id = UUIDField()
    person_id = UUIDField()
    at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "example"
        table_name = "acknowledgement"
