"""What only this module knows of a case; the migration holds constraints and indexes."""

from peewee import TextField

from core.api import TenantModel


class Matter(TenantModel):
    """One row beside each case, with the same id."""

    asked_by = TextField()
    source = TextField()
    answer = TextField(default="")

    class Meta:
        schema = "skeleton"
        table_name = "matter"
