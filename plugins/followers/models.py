"""The table of followers; the migration holds its constraints."""

from peewee import SQL, TextField, UUIDField
from playhouse.postgres_ext import DateTimeTZField

from core.api import TenantModel


class Follower(TenantModel):
    """Somebody hears of what happens to an object of any module."""

    object_type = TextField()
    object_id = UUIDField()
    person_id = UUIDField()
    since = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "followers"
        table_name = "follower"
