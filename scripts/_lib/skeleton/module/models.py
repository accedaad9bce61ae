"""Tables of the module; the migration holds their constraints and indexes."""

from peewee import SQL, TextField, UUIDField
from playhouse.postgres_ext import DateTimeTZField

from core.api import TenantModel


class Entry(TenantModel):
    """One entry of an agency."""

    title = TextField()
    folded = TextField()
    """The title without tones and marks, for the search."""
    added_by = UUIDField(null=True)
    added_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "skeleton"
        table_name = "entry"
