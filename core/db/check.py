"""Compare models, migrations, policies and grants with the live database, and name each difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.db.ddl import APP_ROLE, REGISTRY_COMMENT
from core.db.migrations import MigrationSet, pending
from core.db.models import BaseModel, RegistryModel, TenantModel

PLATFORM_SCHEMAS = frozenset({"jobs"})
"""Schemas whose tables come from a library and hold ids only."""

POLICIES = {
    "tenant_read": (
        "r",
        "(tenant_id = ANY (COALESCE(core.app_read_tenants(), ARRAY[core.app_tenant()])))",
        None,
    ),
    "tenant_insert": ("a", None, "(tenant_id = core.app_tenant())"),
    "tenant_update": ("w", "(tenant_id = core.app_tenant())", "(tenant_id = core.app_tenant())"),
    "tenant_delete": ("d", "(tenant_id = core.app_tenant())", None),
}
"""Policy → command, USING and WITH CHECK as PostgreSQL prints them."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the live database as the checks need it."""

    name: str
    columns: dict[str, bool]
    """Column → NOT NULL."""
    guarded: bool
    forced: bool
    owner: str
    key: tuple[str, ...]
    reasoned: bool
    """True when the table itself says why it belongs to no agency."""


def differences(db: Any, sets: Iterable[MigrationSet]) -> list[str]:
    """Return one sentence per difference; an empty list means that code and database agree."""
    sets = list(sets)
    schemas = [each.schema for each in sets]
    tables = {table.name: table for table in _tables(db, schemas)}
    found = [f"Migration {name} is not applied: run `lienthong migrate`." for name in pending(db, sets)]
    modelled = {_name(model): model for model in BaseModel.concrete_models() if model._meta.schema in schemas}
    for name, model in sorted(modelled.items()):
        if name not in tables:
            found.append(f"{name}: model {model.__name__} has no table; a migration is missing.")
        else:
            found += _model_differences(model, tables[name])
    for name, table in sorted(tables.items()):
        schema = name.split(".")[0]
        if name.endswith(".schema_migration") or schema in PLATFORM_SCHEMAS:
            continue
        if table.reasoned or _is_registry(modelled.get(name)):
            continue
        if "tenant_id" in table.columns:
            found += _guard_differences(db, table)
        else:
            found.append(f"{name}: has no tenant_id, and neither model nor table says why.")
    return found + _grant_differences(db, schemas) + _view_differences(db, schemas)


def _name(model: type[BaseModel]) -> str:
    return f"{model._meta.schema}.{model._meta.table_name}"


def _is_registry(model: type[BaseModel] | None) -> bool:
    return model is not None and issubclass(model, RegistryModel)


def _model_differences(model: type[BaseModel], table: Table) -> list[str]:
    columns = {field.column_name for field in model._meta.sorted_fields}
    found = [
        f"{table.name}: model {model.__name__} has column {name}, the table has not."
        for name in sorted(columns - set(table.columns))
    ]
    found += [
        f"{table.name}: the table has column {name}, model {model.__name__} has not."
        for name in sorted(set(table.columns) - columns)
    ]
    for field in model._meta.sorted_fields:
        if table.columns.get(field.column_name) is False and not field.null:
            found.append(
                f"{table.name}.{field.column_name} may be NULL in the table, not in model {model.__name__}."
            )
    if issubclass(model, RegistryModel) and not str(getattr(model._meta, "registry_reason", "")).strip():
        found.append(
            f"{table.name}: model {model.__name__} has no tenant key and gives no Meta.registry_reason."
        )
    if issubclass(model, TenantModel) and table.key != ("tenant_id", "id"):
        found.append(f"{table.name}: the primary key is {table.key}, not (tenant_id, id).")
    return found


def _guard_differences(db: Any, table: Table) -> list[str]:
    found = []
    if not table.guarded or not table.forced:
        found.append(
            f"{table.name}: row-level security is not {'enabled' if not table.guarded else 'forced'}."
        )
    if table.owner == APP_ROLE:
        found.append(f"{table.name}: belongs to {APP_ROLE}, who could lift the guard.")
    rows = db.execute_sql(
        "SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), polpermissive, "
        "0 = ANY (polroles) FROM pg_policy WHERE polrelid = %s::regclass",
        (table.name,),
    ).fetchall()
    # Policies for named roles of their own (the context look-up) do not touch the application.
    live = {
        name: (command, using, check)
        for name, command, using, check, _permissive, everyone in rows
        if everyone
    }
    for name, expected in POLICIES.items():
        if name not in live:
            found.append(f"{table.name}: policy {name} is missing.")
        elif tuple(value.replace("core.", "") if value else value for value in live[name]) != tuple(
            value.replace("core.", "") if value else value for value in expected
        ):
            found.append(f"{table.name}: policy {name} is {live[name]}, not {expected}.")
    found += [
        f"{table.name}: unknown policy {name} applies to everyone."
        for name in sorted(set(live) - set(POLICIES))
    ]
    for index, columns, unique in _indexes(db, table.name):
        if unique and columns[:1] != ["tenant_id"]:
            found.append(
                f"{table.name}: unique index {index} does not begin with tenant_id, so it tells of other agencies' values."
            )
    for constraint, columns, target in _foreign_keys(db, table.name):
        if "tenant_id" not in columns and _has_tenant(db, target):
            found.append(
                f"{table.name}: foreign key {constraint} to {target} leaves tenant_id out, so it could point at another agency's row."
            )
    return found


def _grant_differences(db: Any, schemas: list[str]) -> list[str]:
    rows = db.execute_sql(
        "SELECT table_schema || '.' || table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee IN (%s, 'PUBLIC') AND table_schema = ANY(%s) AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')",
        (APP_ROLE, schemas),
    ).fetchall()
    found = [
        f"{table}: {APP_ROLE} must not hold {privilege}, which row-level security does not govern."
        for table, privilege in rows
    ]
    definers = db.execute_sql(
        "SELECT n.nspname || '.' || p.proname, coalesce(array_to_string(p.proconfig, ','), '') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = ANY(%s)",
        (schemas,),
    ).fetchall()
    return found + [
        f"{name}: SECURITY DEFINER without a pinned search_path."
        for name, config in definers
        if "search_path=" not in config
    ]


def _view_differences(db: Any, schemas: list[str]) -> list[str]:
    rows = db.execute_sql(
        "SELECT n.nspname || '.' || c.relname, c.relkind, coalesce(array_to_string(c.reloptions, ','), '') FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND n.nspname = ANY(%s)",
        (schemas,),
    ).fetchall()
    return [
        f"{name}: {'a materialised view has no row-level security' if kind == 'm' else 'the view is not security_invoker'}."
        for name, kind, options in rows
        if kind == "m" or "security_invoker=true" not in options
    ]


def _tables(db: Any, schemas: list[str]) -> list[Table]:
    rows = db.execute_sql(
        "SELECT n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), "
        "jsonb_object_agg(a.attname, a.attnotnull), "
        "(SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int2[], k.attnum)) FROM pg_index i "
        " JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary), "
        "coalesce(obj_description(c.oid), '') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY(%s) "
        "GROUP BY n.nspname, c.oid",
        (schemas,),
    ).fetchall()
    return [
        Table(name, columns, guarded, forced, owner, tuple(key or ()), comment.startswith(REGISTRY_COMMENT))
        for name, guarded, forced, owner, columns, key, comment in rows
    ]


def _indexes(db: Any, name: str) -> list[tuple[str, list[str], bool]]:
    rows = db.execute_sql(
        "SELECT c.relname, array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, at) "
        "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY k.at), i.indisunique "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass",
        (name,),
    ).fetchall()
    return [(index, list(columns), unique) for index, columns, unique in rows]


def _foreign_keys(db: Any, name: str) -> list[tuple[str, list[str], str]]:
    rows = db.execute_sql(
        "SELECT conname, array(SELECT a.attname::text FROM unnest(conkey) AS k(num) JOIN pg_attribute a "
        "ON a.attrelid = conrelid AND a.attnum = k.num), confrelid::regclass::text FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = %s::regclass",
        (name,),
    ).fetchall()
    return [(constraint, list(columns), target) for constraint, columns, target in rows]


def _has_tenant(db: Any, name: str) -> bool:
    return bool(db.execute_sql(
        "SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", (name,)
    ).fetchone()[0])  # fmt: skip
