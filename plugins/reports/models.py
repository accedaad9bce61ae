"""Tables of reports; the migrations hold their constraints and indexes."""

from peewee import SQL, DateField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, BinaryJSONField, DateTimeTZField

from core.api import TenantModel

NOW = [SQL("DEFAULT now()")]


class Counted(TenantModel):
    """A case as it was counted last; it has the id of the case."""

    kind = TextField()
    state = TextField()
    unit_id = UUIDField(null=True)
    sector = TextField(default="")
    opened_on = DateField()
    due_on = DateField(null=True)
    due_order = DateField(null=True)
    """Made by the database: the same, or infinity; what lists stand in the order of."""
    closed_on = DateField(null=True)
    answered_on = DateField(null=True)
    """Of one that is judged by its answer: from this day on it is not overdue, and once it ends this says how late it was."""

    class Meta:
        schema = "reports"
        table_name = "counted"


class Counts(TenantModel):
    """How much more, or less, there is of something from a day on; the sum over days is what there is."""

    kind = TextField()
    dimension = TextField(default="")
    """"" for all together, or what `value` is: state, unit, sector."""
    value = TextField(default="")
    day = DateField()
    opened = IntegerField(default=0)
    early = IntegerField(default=0)
    on_time = IntegerField(default=0)
    late = IntegerField(default=0)
    overdue = IntegerField(default=0)
    """Open cases whose day is over."""


class Tally(Counts):
    """The counts of an agency's own cases."""

    class Meta:
        schema = "reports"
        table_name = "tally"


class Below(Counts):
    """The same of the agencies under this one, as they were gathered last; by agency up to that day."""

    class Meta:
        schema = "reports"
        table_name = "below"


class Gathered(TenantModel):
    """When the figures of the agencies under this one were gathered, and what was late for longest there."""

    at = DateTimeTZField(constraints=NOW)
    agencies = IntegerField()
    late = BinaryJSONField(index=False)

    class Meta:
        schema = "reports"
        table_name = "gathered"


class Checked(TenantModel):
    """When the counters of the agency were compared with its cases, and what differed."""

    at = DateTimeTZField(constraints=NOW)
    cases = IntegerField()
    differences = IntegerField()
    told = TextField(default="")

    class Meta:
        schema = "reports"
        table_name = "checked"


class Snapshot(TenantModel):
    """A report as it was published; never changed."""

    kind = TextField()
    """Empty when it is about several; `kinds` are those it counts."""
    kinds = ArrayField(TextField, index=False)
    by = TextField()
    period = TextField()
    title = TextField()
    first = DateField()
    last = DateField()
    content = BinaryJSONField(index=False)
    """Heads, rows, totals and the meaning of each number, in the words of that day."""
    made_by = UUIDField()
    made_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "reports"
        table_name = "snapshot"
