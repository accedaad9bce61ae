"""Tables of the lists' own memory; the migration holds their constraints and indexes."""

from peewee import SQL, BooleanField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from core.api import TenantModel


class SavedView(TenantModel):
    """A list narrowed, sorted and laid out in some way, under a name: no more than an address."""

    list = TextField()
    person_id = UUIDField()
    """Who made it; a shared one is for everybody of the agency, and only its maker changes it."""
    query = TextField()
    name = TextField()
    shared = BooleanField(default=False)
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "lists"
        table_name = "saved_view"


class Preference(TenantModel):
    """What one person chose for a list: its columns, and the view it opens with."""

    list = TextField()
    person_id = UUIDField()
    columns = TextField(default="")
    view_id = UUIDField(null=True)

    class Meta:
        schema = "lists"
        table_name = "preference"


class BulkRun(TenantModel):
    """One action on many rows, frozen as planned; a job goes through `ids` from `done` on."""

    list = TextField()
    person_id = UUIDField()
    query = TextField()
    action = TextField()
    said = BinaryJSONField(index=False, default=dict)
    """What a form asked beside the rows; each act gets it by name."""
    ids = ArrayField(UUIDField, index=False)
    done = IntegerField(default=0)
    refused = IntegerField(default=0)
    refusals = ArrayField(TextField, index=False)
    """Of the rows that can be named: which one, and why it refused."""
    state = TextField(default="planned")
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "lists"
        table_name = "bulk_run"


class Export(TenantModel):
    """A list written to a file by a job, for the one person who asked."""

    list = TextField()
    person_id = UUIDField()
    query = TextField()
    title = TextField(default="")
    heads = ArrayField(TextField, index=False)
    """What it is called, and the titles of its columns, in the language of the person."""
    state = TextField(default="waiting")
    count = IntegerField(default=0)
    file_id = UUIDField(null=True)
    reason = TextField(default="")
    """Why it failed, in the words of whoever asked."""
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    done_at = DateTimeTZField(null=True)

    class Meta:
        schema = "lists"
        table_name = "export"
