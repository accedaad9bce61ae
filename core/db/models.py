"""Base classes of every table: tenant-owned with a guard, or registry with a reason."""

from typing import Any, ClassVar, Self
from uuid import UUID

import uuid_utils
from peewee import IntegerField, Model, ModelDelete, ModelInsert, ModelSelect, ModelUpdate, UUIDField

from core.clock import id_nanoseconds, sample_time
from core.db.scope import ScopeError, current_scope, current_tenant, db


def new_id() -> UUID:
    """Return a new UUIDv7: unique, and ordered by the time it was made."""
    return UUID(int=uuid_utils.uuid7(nanoseconds=id_nanoseconds()).int)


_OWN_CLOCK = ("DEFAULT now()", "DEFAULT clock_timestamp()")


class Conflict(Exception):
    """Raised when somebody else saved the record first; `current` is what is stored now."""

    def __init__(self, current: "BaseModel") -> None:
        super().__init__(f"{type(current).__name__} was saved by somebody else in the meantime.")
        self.current = current


class Gone(Exception):
    """Raised when somebody else deleted the record that was to be saved."""


class BaseModel(Model):
    """Bind every model to the one database; use `TenantModel` or `RegistryModel`."""

    tenant_owned: ClassVar[bool] = False
    id: Any = UUIDField(primary_key=True, default=new_id)

    class Meta:
        database = db
        legacy_table_names = False
        only_save_dirty = True

    @classmethod
    def concrete_models(cls) -> list[type[Self]]:
        """Return every model that has a table, in the order of declaration."""
        found: list[type[Self]] = []
        for child in cls.__subclasses__():
            if child._meta.schema and not child.__dict__.get("abstract", False):
                found.append(child)
            found.extend(model for model in child.concrete_models() if model not in found)
        return found


class TenantModel(BaseModel):
    """A table whose rows belong to one agency; every statement needs a scope.

    The database key is `(tenant_id, id)`; `id` alone is unique by construction (UUIDv7). The filter
    added here gives the friendly error and a good plan; row-level security is the barrier.
    """

    tenant_owned = True
    tenant_id: Any = UUIDField(default=current_tenant)

    @classmethod
    def select(cls, *fields: Any) -> ModelSelect:
        query = super().select(*fields)
        active = current_scope()
        if active.tenant_id is not None:
            return query.where(cls.tenant_id == active.tenant_id)
        if active.readable is not None:
            return query.where(cls.tenant_id.in_(list(active.readable)))
        return query

    @classmethod
    def insert(cls, data: Any = None, /, **insert: Any) -> ModelInsert:
        tenant_id = current_tenant()
        values = cls._normalize_data(data, insert)
        if values.setdefault(cls.tenant_id, tenant_id) != tenant_id:
            raise ScopeError(f"{cls.__name__} was to be inserted for another agency than the one in scope.")
        return super().insert(_timed(cls, values))

    @classmethod
    def insert_many(cls, rows: Any, fields: Any = None) -> ModelInsert:
        current_tenant()
        return super().insert_many(rows, fields)

    @classmethod
    def update(cls, data: Any = None, /, **update: Any) -> ModelUpdate:
        return super().update(data, **update).where(cls.tenant_id == current_tenant())

    @classmethod
    def delete(cls) -> ModelDelete:
        return ModelDelete(cls).where(cls.tenant_id == current_tenant())

    def delete_instance(self, recursive: bool = False, delete_nullable: bool = False) -> int:
        if recursive or delete_nullable:
            raise ScopeError("Recursive deletion would leave the guarded tables; delete each table by name.")
        return type(self).delete().where(type(self).id == self.id).execute()


class RegistryModel(BaseModel):
    """A table of the installation itself; `Meta.registry_reason` says why it has no tenant key."""


def _timed(model: type[TenantModel], values: dict[Any, Any]) -> dict[Any, Any]:
    """Let a row of sample data have been made when its act happened, where the database would take its own clock."""
    if at := sample_time():
        for field in model._meta.sorted_fields:
            if any(str(each.sql).startswith(_OWN_CLOCK) for each in field.constraints or ()):
                values.setdefault(field, at)
    return values


class VersionedMixin(BaseModel):
    """Refuse to overwrite what somebody else saved in the meantime."""

    version: Any = IntegerField(default=1)

    def save_version(self, expected: int) -> None:
        """Save the changed fields if the stored version is still `expected`.

        Raises Conflict with the stored record otherwise, Gone when it was deleted.
        """
        cls = type(self)
        changes = {field: getattr(self, field.name) for field in self.dirty_fields if field.name != "version"}
        query = cls.update({**changes, cls.version: cls.version + 1})
        saved = query.where(cls.id == self.id, cls.version == expected).execute()
        if not saved:
            stored = cls.get_or_none(cls.id == self.id)
            if stored is None:
                raise Gone(f"{cls.__name__} was deleted by somebody else in the meantime.")
            raise Conflict(stored)
        self.version = expected + 1
        self._dirty.clear()
