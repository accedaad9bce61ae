"""Compare models, migrations, policies and grants with the live database, and name each difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import Field

from core.catalogue import Catalogue
from core.db.ddl import APP_ROLE, CONTEXT_ROLE, PUBLIC_COMMENT, REGISTRY_COMMENT, SHARED_COMMENT
from core.db.models import BaseModel, RegistryModel, TenantModel
from core.settings import Settings
from tenants.upkeep.migrations import MigrationSet, pending

AGENCIES_NAMED = 5
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


def shared_policies(other: str) -> dict[str, tuple[str, str | None, str | None]]:
    """Return the policies of a table whose rows are shared with the agency in a column; there is none to delete."""
    seen = "COALESCE(core.app_read_tenants(), ARRAY[core.app_tenant()])"
    own = f"((tenant_id = core.app_tenant()) OR ({other} = core.app_tenant()))"
    return {
        "tenant_read": ("r", f"((tenant_id = ANY ({seen})) OR ({other} = ANY ({seen})))", None),
        "tenant_insert": ("a", None, "(tenant_id = core.app_tenant())"),
        "tenant_update": ("w", own, own),
    }


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the live database: its type as PostgreSQL names it, and NOT NULL."""

    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the live database as the checks need it."""

    name: str
    columns: dict[str, Column]
    guarded: bool
    forced: bool
    owner: str
    key: tuple[str, ...]
    reasoned: bool
    """True when the table itself says why it belongs to no agency."""
    other: str = ""
    """The column of the agency its rows are shared with, as the table says itself."""


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
            found += _model_differences(db, model, tables[name])
    for name, table in sorted(tables.items()):
        schema = name.split(".")[0]
        if name.endswith(".schema_migration") or schema in PLATFORM_SCHEMAS:
            continue
        if table.reasoned or _is_registry(modelled.get(name)):
            continue
        if "tenant_id" in table.columns:
            found += _guard_differences(db, table)
        else:
            found.append(
                f"{name}: has no tenant_id, and neither model nor table says why: make it with tenant_table(), or registry_table() and a reason."
            )
    watched = sorted({*schemas, *PLATFORM_SCHEMAS})
    return found + _grant_differences(db, watched) + _view_differences(db, watched)


def known_modules(catalogue: Catalogue, settings: Settings) -> set[str]:
    """Return what is installed, also where it is left out: as incompatible, or by who runs the installation."""
    return {*catalogue.modules, *(each.key for each in catalogue.incompatible), *settings.blocked_modules}


def left_on(db: Any, known: Iterable[str]) -> list[dict[str, Any]]:
    """Return what agencies have on though nothing installed brings it any more: the module, how many and which they are, the schema that stays.

    Whoever asks reads all agencies.
    """
    rows = db.execute_sql(
        "SELECT s.module, count(*), array_to_string((array_agg(t.code ORDER BY t.code))[:%s], ', '), "
        "coalesce(to_regnamespace(quote_ident(s.module))::text, '–') "
        "FROM tenants.module_switch s JOIN tenants.tenant t ON t.id = s.tenant_id "
        "WHERE s.is_on AND s.module <> ALL (%s) GROUP BY s.module ORDER BY s.module",
        (AGENCIES_NAMED, list(known)),
    ).fetchall()
    return [
        {
            "module": module,
            "n": n,
            "agencies": f"{codes}, …" if n > AGENCIES_NAMED else codes,
            "schema": schema,
        }
        for module, n, codes, schema in rows
    ]


def _name(model: type[BaseModel]) -> str:
    return f"{model._meta.schema}.{model._meta.table_name}"


def _is_registry(model: type[BaseModel] | None) -> bool:
    return model is not None and issubclass(model, RegistryModel)


def _model_differences(db: Any, model: type[BaseModel], table: Table) -> list[str]:
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
        column = table.columns.get(field.column_name)
        if column is None:
            continue
        wanted = _type_of(db, field)
        if column.type != wanted:
            found.append(
                f"{table.name}.{field.column_name} is {column.type} in the table, {wanted} in model {model.__name__}."
            )
        if column.required == field.null:
            may, not_ = (
                ("model " + model.__name__, "the table")
                if field.null
                else ("the table", "model " + model.__name__)
            )
            found.append(f"{table.name}.{field.column_name} may be NULL in {may}, not in {not_}.")
    if issubclass(model, RegistryModel) and not str(getattr(model._meta, "registry_reason", "")).strip():
        found.append(
            f"{table.name}: model {model.__name__} has no tenant key and gives no Meta.registry_reason."
        )
    if issubclass(model, TenantModel) and table.key != ("tenant_id", "id"):
        found.append(f"{table.name}: the primary key is {table.key}, not (tenant_id, id).")
    return found


def _type_of(db: Any, field: Field) -> str:
    """Return the type of a model's column as PostgreSQL names it."""
    # An array's type is made of parts.
    written, _values = db.get_sql_context().sql(field.ddl_datatype(db.get_sql_context())).query()
    return str(db.execute_sql("SELECT to_regtype(%s)::text", (written,)).fetchone()[0])


def _guard_differences(db: Any, table: Table) -> list[str]:
    found = []
    if not table.guarded or not table.forced:
        found.append(
            f"{table.name}: row-level security is not {'enabled' if not table.guarded else 'forced'}."
        )
    if table.owner == APP_ROLE:
        found.append(f"{table.name}: belongs to {APP_ROLE}, who could lift the guard.")
    rows = db.execute_sql(
        "SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy "
        "WHERE polrelid = %s::regclass AND (0 = ANY (polroles) OR EXISTS ("
        "SELECT FROM unnest(polroles) AS named(role) WHERE pg_has_role(%s, role, 'member')))",
        (table.name, APP_ROLE),
    ).fetchall()
    # Policies for roles that the application is no member of (the context look-up) do not touch it.
    live = {name: (command, using, check) for name, command, using, check in rows}
    expected_policies = shared_policies(table.other) if table.other else POLICIES
    for name, expected in expected_policies.items():
        if name not in live:
            found.append(f"{table.name}: policy {name} is missing.")
        elif tuple(value.replace("core.", "") if value else value for value in live[name]) != tuple(
            value.replace("core.", "") if value else value for value in expected
        ):
            found.append(f"{table.name}: policy {name} is {live[name]}, not {expected}.")
    found += [
        f"{table.name}: unknown policy {name} applies to {APP_ROLE}."
        for name in sorted(set(live) - set(expected_policies))
    ]
    if table.other:
        found += _shared_differences(db, table)
    found += [
        f"{table.name}: unique index {index} does not begin with tenant_id, so it tells of other agencies' values."
        for index, columns in _unique_indexes(db, table.name)
        if columns[:1] != ["tenant_id"]
    ]
    found += [
        f"{table.name}: exclusion {constraint} leaves tenant_id out, so it tells of other agencies' values."
        for constraint, definition in _exclusions(db, table.name)
        if "tenant_id" not in definition.partition(" WHERE ")[0]
    ]
    for constraint, columns, target in _foreign_keys(db, table.name):
        if "tenant_id" not in columns and _has_tenant(db, target):
            found.append(
                f"{table.name}: foreign key {constraint} to {target} leaves tenant_id out, so it could point at another agency's row."
            )
    return found


def _shared_differences(db: Any, table: Table) -> list[str]:
    """Return what would let somebody pass a shared row on to a third agency, or take it from the other one."""
    if table.other not in table.columns or not table.columns[table.other].required:
        return [
            f"{table.name}: says that it is shared by {table.other}, which is no column that must be filled."
        ]
    told = {
        **{f"UPDATE of {column}": f"has_column_privilege(%s, %s, '{column}', 'update')" for column in ("tenant_id", table.other, "id")},
        "DELETE": "has_table_privilege(%s, %s, 'delete')",
    }  # fmt: skip
    return [
        f"{table.name}: {APP_ROLE} must not hold {privilege} on a table whose rows are shared."
        for privilege, asked in told.items()
        if db.execute_sql(f"SELECT {asked}", (APP_ROLE, table.name)).fetchone()[0]
    ]


def _grant_differences(db: Any, schemas: list[str]) -> list[str]:
    grants = db.execute_sql(
        "SELECT c.oid::regclass::text, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, a.privilege_type "
        "FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace::regnamespace::text = ANY(%s) "
        "AND (a.grantee = 0 OR a.grantee = %s::regrole AND a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER'))",
        (schemas, APP_ROLE),
    ).fetchall()
    creates = db.execute_sql(
        "SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) AND has_schema_privilege(%s, oid, 'CREATE')",
        (schemas, APP_ROLE),
    ).fetchall()
    definers = db.execute_sql(
        "SELECT p.oid::regproc::text, coalesce(array_to_string(p.proconfig, ','), '') FROM pg_proc p "
        "WHERE p.prosecdef AND p.pronamespace::regnamespace::text = ANY(%s)",
        (schemas,),
    ).fetchall()
    dates_facts = db.execute_sql(
        "SELECT has_column_privilege(%s, to_regclass('core.audit_entry'), 'at', 'INSERT')", (APP_ROLE,)
    ).fetchone()[0]
    return [
        *(
            [
                "core.audit_entry: the application may date facts, lent to a `demo seed` that was cut off; run it again."
            ]
            if dates_facts
            else ()
        ),
        *(
            f"{table}: {role} must not hold {privilege}, which nothing here needs."
            for table, role, privilege in grants
        ),
        *(f"{schema}: {APP_ROLE} must not create objects in this schema." for (schema,) in creates),
        *(
            f"{name}: SECURITY DEFINER without a pinned search_path."
            for name, config in definers
            if "search_path=" not in config
        ),
    ]


def _view_differences(db: Any, schemas: list[str]) -> list[str]:
    rows = db.execute_sql(
        "SELECT c.oid::regclass::text, c.relkind, coalesce((SELECT option_value::boolean FROM pg_options_to_table(c.reloptions) "
        "WHERE option_name = 'security_invoker'), false), pg_get_userbyid(c.relowner), "
        "coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c "
        "WHERE c.relkind IN ('v', 'm') AND c.relnamespace::regnamespace::text = ANY(%s)",
        (schemas,),
    ).fetchall()
    # What `public_view` made says why everybody may see it, and reads as a role that nobody signs in as.
    rows = [
        (name, kind, invoker)
        for name, kind, invoker, owner, comment in rows
        if not (kind == "v" and owner == CONTEXT_ROLE and comment.startswith(PUBLIC_COMMENT))
    ]
    return [
        f"{name}: {'a materialised view has no row-level security' if kind == 'm' else 'the view is not security_invoker'}."
        for name, kind, invoker in rows
        if kind == "m" or not invoker
    ]


def _tables(db: Any, schemas: list[str]) -> list[Table]:
    rows = db.execute_sql(
        "SELECT n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), "
        "jsonb_object_agg(a.attname, jsonb_build_array(format_type(a.atttypid, NULL), a.attnotnull)), "
        "(SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int2[], k.attnum)) FROM pg_index i "
        " JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary), "
        "coalesce(obj_description(c.oid, 'pg_class'), '') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY(%s) "
        "GROUP BY n.nspname, c.oid",
        (schemas,),
    ).fetchall()
    return [
        Table(
            name,
            {column: Column(*shape) for column, shape in columns.items()},
            guarded,
            forced,
            owner,
            tuple(key or ()),
            comment.startswith(REGISTRY_COMMENT),
            shared_with(comment),
        )
        for name, guarded, forced, owner, columns, key, comment in rows
    ]


def shared_with(comment: str) -> str:
    """Return the column of the agency that a table's rows are shared with, by the table's comment."""
    return (
        comment.removeprefix(SHARED_COMMENT).partition(":")[0] if comment.startswith(SHARED_COMMENT) else ""
    )


def _unique_indexes(db: Any, name: str) -> list[tuple[str, list[str]]]:
    rows = db.execute_sql(
        "SELECT c.relname, array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, at) "
        "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num ORDER BY k.at) "
        "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisunique AND i.indrelid = %s::regclass",
        (name,),
    ).fetchall()
    return [(index, list(columns)) for index, columns in rows]


def _exclusions(db: Any, name: str) -> list[tuple[str, str]]:
    rows = db.execute_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x' AND conrelid = %s::regclass",
        (name,),
    ).fetchall()
    return [(constraint, definition) for constraint, definition in rows]


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
