"""The table of rooms."""

from peewee import TextField

from core.api import TenantModel


class Room(TenantModel):
    """A room in which people meet."""

    name = TextField()
    note = TextField(default="")

    class Meta:
        schema = "rooms"
        table_name = "room"
