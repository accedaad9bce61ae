"""Tables of the files; the bytes are in the store (`store.py`), under the digest of their content."""

from peewee import SQL, BigIntegerField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import DateTimeTZField

from core.api import TenantModel


class File(TenantModel):
    """One file of one object; several may share their bytes."""

    name = TextField()
    media_type = TextField()
    size = BigIntegerField()
    digest = TextField()
    width = IntegerField(default=0)
    height = IntegerField(default=0)
    owner_module = TextField()
    owner_kind = TextField()
    owner_id = UUIDField()
    state = TextField(default="ready")
    """`held` until the scanner has looked at it, `infected` when it found something."""
    scanned_at = DateTimeTZField(null=True)
    scanned_with = TextField(default="")
    """The scanner and its signatures at the last look in the background; empty before the first."""
    uploaded_by = UUIDField(null=True)
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "files"
        table_name = "file"


class Upload(TenantModel):
    """A file that comes in pieces; what has come so far lies in the store's folder of uploads."""

    name = TextField()
    size = BigIntegerField()
    received = BigIntegerField(default=0)
    uploaded_by = UUIDField()
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    changed_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "files"
        table_name = "upload"
