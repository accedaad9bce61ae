"""The roles of an agency: those of its modules, and its own."""

from collections.abc import Callable, Container, Sequence
from uuid import UUID

import falcon

from core.declarations import Permission
from core.dispatcher import dispatcher
from core.i18n import _
from core.web.components import ConflictView, FormView, Option, same_text
from core.web.forms import load
from core.web.rendering import page, redirect, url_for
from core.web.request import Request
from tenants import queries, services
from tenants.models import OwnRole
from tenants.resources.common import Refusal, attempt, authority, form_again, merged, version_of
from tenants.schemas import RoleSchema
from tenants.services.roles import get_role, refused_permissions
from tenants.views import PermissionGroup, PermissionRow, RoleColumn, RoleFormView, RoleGroup, RolesView


class Roles:
    """Which role may do what."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        def column(role: queries.RoleLine) -> RoleColumn:
            return role_column(role, url_for(req, "tenants.role", role_id=role.id) if role.id else "")

        add_url = url_for(req, "tenants.role_new")
        page(req, resp, "tenants/roles.html", roles_view(req.asker.modules, column, add_url=add_url))


def role_column(role: queries.RoleLine, edit_url: str = "") -> RoleColumn:
    """Return a role as a column of a table of permissions."""
    return RoleColumn(title=role_title(role), own=role.id is not None, people=role.people, edit_url=edit_url)


def roles_view(
    modules: Container[str], column: Callable[[queries.RoleLine], RoleColumn], **around: str
) -> RolesView:
    """Return the permissions of modules with the roles of the agency in scope that give them, its own ones first."""
    roles = sorted(queries.roles(), key=lambda role: role.id is None)
    offered = _permissions(modules)
    given = {each.key for _title, permissions in offered for each in permissions}
    return RolesView(
        groups=tuple(_group(title, permissions, roles, column) for title, permissions in offered),
        idle=tuple(column(role) for role in roles if given.isdisjoint(role.permissions)),
        **around,
    )


def _group(
    title: str,
    permissions: Sequence[Permission],
    roles: Sequence[queries.RoleLine],
    column: Callable[[queries.RoleLine], RoleColumn],
) -> PermissionGroup:
    giving = [role for role in roles if any(each.key in role.permissions for each in permissions)]
    return PermissionGroup(
        title=title,
        roles=tuple(map(column, giving)),
        rows=tuple(
            PermissionRow(title=_(each.title), held=tuple(each.key in role.permissions for role in giving))
            for each in permissions
        ),
    )


class NewRole:
    """Put a role together."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        _show(req, resp, FormView())

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        def create() -> None:
            fields = load(RoleSchema(), req.form)
            services.create_role(authority(req), fields["title"], fields["permissions"])

        refusal = attempt(create)
        if refusal:
            _show(req, resp, form_again(req, refusal), refusal=refusal)
            return
        redirect(
            resp, url_for(req, "tenants.roles"), toast=_("Đã đặt vai trò {role}.", role=req.form["title"])
        )


class OneRole:
    """One role of the agency's own: change it."""

    def on_get(self, req: Request, resp: falcon.Response, role_id: UUID) -> None:
        role = get_role(role_id)
        _show(req, resp, FormView(_values(role)), role=role)

    def on_post(self, req: Request, resp: falcon.Response, role_id: UUID) -> None:
        role = get_role(role_id)

        def change() -> None:
            fields = load(RoleSchema(), req.form)
            offered = {
                each.key for _title, permissions in _permissions(req.asker.modules) for each in permissions
            }
            # Permissions of modules that are off now are not on the form; they stay with the role.
            wanted = {*fields["permissions"], *(set(role.permissions) - offered)}
            services.change_role(
                authority(req), role_id, version_of(req), title=fields["title"], permissions=wanted
            )

        refusal = attempt(change)
        if refusal:
            _show(req, resp, form_again(req, refusal), role=role, refusal=refusal)
            return
        redirect(
            resp, url_for(req, "tenants.roles"), toast=_("Đã lưu vai trò {role}.", role=req.form["title"])
        )


class RoleDeletion:
    """Delete a role that nobody has."""

    def on_post(self, req: Request, resp: falcon.Response, role_id: UUID) -> None:
        role = get_role(role_id)
        refusal = attempt(lambda: services.delete_role(role_id))
        if refusal:
            _show(req, resp, FormView(_values(role), {"": refusal.texts}), role=role, refusal=refusal)
            return
        redirect(resp, url_for(req, "tenants.roles"), toast=_("Đã xoá vai trò {role}.", role=role.title))


def role_title(role: queries.RoleLine) -> str:
    """Return a role's title in the reader's language; an own role is called as the agency wrote it."""
    return role.title if role.id else _(role.title)


def module_title(key: str) -> str:
    """Return a module's title; "" stands for the agency itself."""
    module = dispatcher().catalogue.modules.get(key)
    return _(module.manifest.title) if module else _("Vai trò riêng của cơ quan")


def role_groups(
    roles: list[queries.RoleLine], why_not: Callable[[queries.RoleLine], str]
) -> tuple[RoleGroup, ...]:
    """Return roles to choose from, by module, each with what it may do, or why it cannot be chosen."""
    permissions = dispatcher().catalogue.permissions
    groups: dict[str, list[Option]] = {}
    for role in roles:
        titles = [_(permissions[key].title) for key in role.permissions if key in permissions]
        reason = why_not(role)
        hint = reason or ", ".join(titles)
        groups.setdefault(role.module, []).append(
            Option(role.key, role_title(role), hint, disabled=bool(reason))
        )
    return tuple(
        RoleGroup(title=module_title(key), options=tuple(options)) for key, options in groups.items()
    )


def _permissions(modules: Container[str]) -> list[tuple[str, list[Permission]]]:
    """Return the permissions of these modules that mean something here, by module."""
    groups: dict[str, list[Permission]] = {}
    for permission in dispatcher().catalogue.permissions.values():
        key = permission.key.partition(".")[0]
        if key in modules and queries.belongs_here(permission.key):
            groups.setdefault(key, []).append(permission)
    return [(module_title(key), found) for key, found in groups.items()]


def _show(
    req: Request,
    resp: falcon.Response,
    form: FormView,
    *,
    role: OwnRole | None = None,
    refusal: Refusal | None = None,
) -> None:
    conflict = None
    if refusal and role:
        stored = refusal.stored if isinstance(refusal.stored, OwnRole) else role
        form, conflict = _merged(req, form, stored)
    people = next((line.people for line in queries.roles() if role and line.id == role.id), 0)
    offered = _permissions(req.asker.modules)
    refused = refused_permissions(
        authority(req), role, (each.key for _title, found in offered for each in found)
    )
    view = RoleFormView(
        form=form,
        groups=tuple(
            RoleGroup(
                title=title,
                options=tuple(
                    Option(each.key, _(each.title), refused.get(each.key, ""), disabled=each.key in refused)
                    for each in permissions
                ),
            )
            for title, permissions in offered
        ),
        action=url_for(req, "tenants.role", role_id=role.id) if role else url_for(req, "tenants.role_new"),
        back_url=url_for(req, "tenants.roles"),
        is_new=role is None,
        people=people,
        delete_action=url_for(req, "tenants.role_delete", role_id=role.id) if role and not people else "",
        conflict=conflict,
    )
    page(req, resp, "tenants/role_form.html", view, status=refusal.status if refusal else 200)


def _values(role: OwnRole) -> dict[str, str | list[str]]:
    return {"title": role.title, "permissions": list(role.permissions), "version": str(role.version)}


def _merged(req: Request, form: FormView, stored: OwnRole) -> tuple[FormView, ConflictView | None]:
    permissions = dispatcher().catalogue.permissions

    def shown(name: str, value: str | Sequence[str]) -> str:
        if name != "permissions":
            return same_text(value)
        return ", ".join(_(permissions[key].title) for key in same_text(value).split() if key in permissions)

    titles = {"title": _("Tên vai trò"), "permissions": _("Quyền")}
    return merged(req, form, _values(stored), titles, shown, "tenants.role", stored.id)
