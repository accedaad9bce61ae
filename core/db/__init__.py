"""The database guard: scopes, guarded models, migrations."""

from core.db.models import BaseModel, Conflict, Gone, RegistryModel, TenantModel, VersionedMixin, new_id
from core.db.scope import (
    PLATFORM,
    Database,
    Scope,
    ScopeError,
    current_scope,
    current_tenant,
    db,
    reading,
    scope,
    unscoped,
)

__all__ = [
    "PLATFORM",
    "BaseModel",
    "Conflict",
    "Database",
    "Gone",
    "RegistryModel",
    "Scope",
    "ScopeError",
    "TenantModel",
    "VersionedMixin",
    "current_scope",
    "current_tenant",
    "db",
    "new_id",
    "reading",
    "scope",
    "unscoped",
]
