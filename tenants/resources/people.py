"""Who works in an agency and with which roles: the list, giving a post, changing it, taking it away."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import falcon

from core.declarations import document
from core.i18n import HOME_ZONE, N_, _, format_date, ngettext
from core.settings import installed_settings
from core.web.components import ConflictView, Effect, FormView, Option, Tab, Tag, same_text
from core.web.errors import Invalid
from core.web.forms import load
from core.web.paging import bounded, chips, page_of, page_url, pager, read_cursor
from core.web.rendering import page, redirect, send_page, url_for
from core.web.request import Request
from core.web.shell import initials
from tenants import queries, services
from tenants.models import Membership, Person, today
from tenants.resources.access import first_passwords_url
from tenants.resources.common import (
    Refusal,
    attempt,
    authority,
    day_asked,
    day_text,
    form_again,
    merged,
    uuid_asked,
    version_of,
)
from tenants.resources.open_work import work_left
from tenants.resources.roles import role_groups, role_title
from tenants.schemas import PersonSchema, PostList, PostQuery, PostSchema
from tenants.services.common import get_person
from tenants.services.passwords import why_no_password
from tenants.services.people import register_newcomer
from tenants.services.posts import LAST_ADMINISTRATOR, administration, get_post, roles_of, why_no_role
from tenants.services.units import get_unit
from tenants.views import FoundPerson, PeopleView, PostEndView, PostFormView, PostRow

ENDING_WITHIN = timedelta(days=14)
ADMIN_ROLES = "tenants."
TABS: dict[queries.Tab, str] = {
    "current": N_("Hiện tại"),
    "attention": N_("Cần xem"),
    "upcoming": N_("Sắp bắt đầu"),
    "ended": N_("Đã hết"),
}


class People:
    """The posts of an agency on a day, by given name."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        page(req, resp, "tenants/people.html", self.view(req))

    @staticmethod
    def view(req: Request, agency: str = "", agency_url: str = "") -> PeopleView:
        """Return the list of the agency in scope; for an operator, who names the agency, nothing in it changes posts."""
        tab = _tab_asked(req)
        asked, errors = day_asked(req, "day")
        day = asked or today()
        unit, role, search = (
            uuid_asked(req, "unit"),
            req.get_param("role") or "",
            (req.get_param("q") or "").strip(),
        )
        cursor = read_cursor(req, str, UUID)
        found = queries.posts(tab, day=day, search=search, unit_id=unit, role=role, cursor=cursor)
        shown = page_of(found, lambda line: (line.sort_key, line.id), cursor=cursor)
        counts = queries.post_counts(day)
        filtered = bool(unit or role or search)
        total = (
            queries.count_posts(tab, day=day, search=search, unit_id=unit, role=role)
            if filtered
            else counts[tab]
        )
        roles = queries.roles()
        titles = {line.key: role_title(line) for line in roles}
        units = [Option(str(line.id), line.name) for line in queries.units(day)]
        return PeopleView(
            tabs=tuple(
                Tab(
                    title=_(title),
                    url=page_url(req, tab="" if key == "current" else key),
                    count=bounded(counts[key]),
                    current=key == tab,
                )
                for key, title in TABS.items()
            ),
            tab=tab,
            rows=tuple(_row(req, line, day, titles, console=bool(agency)) for line in shown.rows),
            people=queries.people_count(day),
            upcoming=counts["upcoming"],
            attention=counts["attention"],
            units=tuple(units),
            roles=tuple(Option(key, title) for key, title in titles.items()),
            pager=pager(req, shown, bounded(total)),
            day=(req.get_param("day") or "") if errors else day_text(day),
            search=search,
            unit=str(unit or ""),
            role=role,
            errors=tuple(errors),
            chips=chips(
                req,
                q=(_("Tìm"), search),
                unit=(_("Phòng"), next((option.label for option in units if option.value == str(unit)), "")),
                role=(_("Vai trò"), titles.get(role, "")),
                day=(_("Tại ngày"), format_date(asked, year=True) if asked and asked != today() else ""),
            ),
            clear_url=f"{req.path}?tab={tab}",
            passwords_url="" if agency else first_passwords_url(req),
            add_url="" if agency else url_for(req, "tenants.post_new"),
            rights_url=url_for(req, "tenants.roles")
            if not agency and req.asker.can("tenants.manage_roles")
            else "",
            agency=agency,
            agency_url=agency_url,
        )


class PeopleDocument:
    @document(PostList, query=PostQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the posts, in the order and with the filters of the page."""
        load(PostQuery(), {name: value for name, value in req.params.items() if value})
        asked, errors = day_asked(req, "day")
        if errors:
            raise Invalid({"day": errors})
        cursor = read_cursor(req, str, UUID)
        found = queries.posts(
            _tab_asked(req),
            day=asked,
            search=req.get_param("q") or "",
            unit_id=uuid_asked(req, "unit"),
            role=req.get_param("role") or "",
            cursor=cursor,
        )
        shown = page_of(found, lambda line: (line.sort_key, line.id), cursor=cursor)
        send_page(req, resp, shown, [_document(line) for line in shown.rows])


class NewPost:
    """Give a post: to somebody of the directory, named exactly, or to somebody new."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        person = _person_asked(req)
        values = {"valid_from": day_text(today()), "person_id": str(person.id) if person else ""}
        _show(req, resp, FormView(values), person=person, new_person=req.get_param("new") == "1")

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        new_person = "full_name" in req.form
        person = (
            None if new_person else get_person(load(PostSchema(only=["person_id"]), req.form)["person_id"])
        )

        given: list[Membership] = []

        def grant() -> None:
            fields = _read(req, PersonSchema(), PostSchema()) if new_person else _read(req, PostSchema())
            receiver = person or _register(fields)
            post = services.grant_post(
                authority(req),
                receiver.id,
                fields["unit_id"],
                fields["position"],
                roles=fields["roles"],
                valid_from=fields["valid_from"],
                valid_to=fields["valid_to"],
                decision=fields["decision"],
            )
            given.append(post)

        refusal = attempt(grant)
        if refusal:
            _show(req, resp, form_again(req, refusal), person=person, new_person=new_person, refusal=refusal)
            return
        name = person.full_name if person else req.form["full_name"]
        toast = _("Đã giao {name} vị trí {position}.", name=name, position=req.form["position"])
        redirect(resp, _after_giving(req, given[0]), toast=toast)


class OnePost:
    """One post: unit, position, days and roles."""

    def on_get(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        post = get_post(post_id)
        _show(req, resp, FormView(_values(post)), person=get_person(post.person_id), post=post)

    def on_post(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        post = get_post(post_id)
        person = get_person(post.person_id)

        def change() -> None:
            fields = _read(req, PostSchema(exclude=["person_id"]))
            offered = {line.key for line in queries.roles()}
            # Roles of modules that are off now are not on the form; they stay with the post.
            fields["roles"] = {*fields["roles"], *(roles_of(post_id) - offered)}
            fields["valid_from"] = fields["valid_from"] or post.valid_from
            services.change_post(authority(req), post_id, version_of(req), **fields)

        refusal = attempt(change)
        if refusal:
            _show(req, resp, form_again(req, refusal), person=person, post=post, refusal=refusal)
            return
        redirect(resp, _after(req, post), toast=_("Đã lưu vị trí của {name}.", name=person.full_name))


def _after(req: Request, post: Membership) -> str:
    """Return where a change of a post ends: of one's own, at a page that needs no right of this one."""
    return url_for(req, "tenants.begin" if post.person_id == req.asker.person.id else "tenants.people")


class PostEnd:
    """Take a post away at once."""

    def on_get(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        post = get_post(post_id)
        self._show(req, resp, post, FormView({"version": str(post.version)}))

    def on_post(self, req: Request, resp: falcon.Response, post_id: UUID) -> None:
        post = get_post(post_id)
        person = get_person(post.person_id)
        decision = str(req.form.get("decision", ""))[:200].strip()
        refusal = attempt(
            lambda: services.end_post(authority(req), post_id, version_of(req), decision=decision)
        )
        if refusal:
            self._show(req, resp, get_post(post_id), form_again(req, refusal), refusal)
            return
        toast = _("Đã thôi giao {name} vị trí {position}.", name=person.full_name, position=post.position)
        redirect(resp, _after(req, post), toast=toast)

    @staticmethod
    def _show(
        req: Request, resp: falcon.Response, post: Membership, form: FormView, refusal: Refusal | None = None
    ) -> None:
        person = get_person(post.person_id)
        last = bool(administration() - administration(without=post.id)) and not req.asker.operator
        conflict = refusal is not None and refusal.stored is not None
        view = PostEndView(
            form=form,
            person=person.full_name,
            position=post.position,
            unit=get_unit(post.unit_id).name,
            effects=_effects_of_ending(post, person),
            action=url_for(req, "tenants.post_end", post_id=post.id),
            back_url=url_for(req, "tenants.people"),
            blocker=_(LAST_ADMINISTRATOR) if last else "",
            changed=conflict,
        )
        page(req, resp, "tenants/post_end.html", view, status=refusal.status if refusal else 200)


# ---- the list --------------------------------------------------------------------------------------------


def _tab_asked(req: Request) -> queries.Tab:
    asked = req.get_param("tab") or "current"
    return next((key for key in TABS if key == asked), "current")


def _row(
    req: Request, line: queries.PostLine, day: date, titles: Mapping[str, str], *, console: bool
) -> PostRow:
    open_here = line.ended_at is None and not console
    may_give = open_here and not line.disabled and line.person_id != req.asker.person.id
    ended_on = line.ended_at.astimezone(HOME_ZONE).date() if line.ended_at else None
    last_day = min((each for each in (line.valid_to, ended_on) if each), default=None)
    return PostRow(
        initials=initials(line.full_name),
        name=line.full_name,
        username=line.username,
        position=line.position,
        unit=line.unit_name,
        roles=_role_tags(line.roles, titles),
        valid_from=line.valid_from,
        valid_to=last_day,
        standing=_standing(
            line.valid_from, last_day, day, taken_away=ended_on is not None and ended_on <= day
        ),
        granted_by=line.granted_by or installed_settings().operator_name,
        decision=line.decision,
        remark=_("Tài khoản đang khoá") if line.disabled else "",
        edit_url=url_for(req, "tenants.post", post_id=line.id) if open_here else "",
        person_url=url_for(req, "tenants.person", person_id=line.person_id) if console else "",
        end_url=url_for(req, "tenants.post_end", post_id=line.id) if open_here else "",
        password_url=url_for(req, "tenants.post_password", post_id=line.id) if may_give else "",
        passwordless=line.passwordless,
    )


def _role_tags(roles: Sequence[str], titles: Mapping[str, str]) -> tuple[Tag, ...]:
    """Return the roles that count now, those of administrators first; those of modules that are off are only counted."""
    tags = [
        Tag(text=titles[key], kind="cham" if key.startswith(ADMIN_ROLES) else "")
        for key in sorted(roles, key=lambda key: not key.startswith(ADMIN_ROLES))
        if key in titles
    ]
    idle = len(roles) - len(tags)
    if idle:
        tags.append(
            Tag(
                text=ngettext("{n} vai trò của phân hệ đang tắt", "{n} vai trò của phân hệ đang tắt", idle),
                icon="puzzle-off",
            )
        )
    return tuple(tags)


def _standing(first_day: date, last_day: date | None, day: date, *, taken_away: bool) -> Any:
    if taken_away or (last_day and last_day < day):
        return "ended"
    if first_day > day:
        return "upcoming"
    return "ending" if last_day and last_day <= day + ENDING_WITHIN else "current"


def _document(line: queries.PostLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "person": {"id": line.person_id, "username": line.username, "full_name": line.full_name},
        "unit": {"id": line.unit_id, "name": line.unit_name},
        "position": line.position,
        "roles": line.roles,
        "valid_from": line.valid_from,
        "valid_to": line.valid_to,
        "ended_at": line.ended_at,
        "version": line.version,
    }


# ---- the form --------------------------------------------------------------------------------------------


def _person_asked(req: Request) -> Person | None:
    person_id = uuid_asked(req, "person")
    return get_person(person_id) if person_id else None


def _read(req: Request, *schemas: Any) -> dict[str, Any]:
    """Return the fields of all schemas, or everything that is wrong with them at once."""
    fields: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for schema in schemas:
        try:
            fields.update(load(schema, req.form))
        except Invalid as error:
            errors.update(error.errors)
    if errors:
        raise Invalid(errors)
    return fields


def _after_giving(req: Request, post: Membership) -> str:
    """Return what comes next: a way in for somebody who has none yet, else the list."""
    receiver = get_person(post.person_id)
    if receiver.password_at is None and not why_no_password(authority(req), receiver):
        return url_for(req, "tenants.post_password", post_id=post.id)
    return url_for(req, "tenants.people")


def _register(fields: Mapping[str, Any]) -> Person:
    if not fields["username"]:
        return register_newcomer(fields["full_name"], email=fields["email"])
    return services.register_person(fields["username"], fields["full_name"], email=fields["email"])


def _show(
    req: Request,
    resp: falcon.Response,
    form: FormView,
    *,
    person: Person | None = None,
    post: Membership | None = None,
    new_person: bool = False,
    refusal: Refusal | None = None,
) -> None:
    units, roles, search = queries.units(), queries.roles(), (req.get_param("q") or "").strip()
    found = queries.person_by_username(search) if search and post is None else None
    conflict = None
    if refusal and post:
        stored = refusal.stored if isinstance(refusal.stored, Membership) else post
        form, conflict = _merged(req, form, stored, units, roles)
    held = roles_of(post.id) if post else frozenset()

    def why_not(role: queries.RoleLine) -> str:
        # What the person has already may be taken away by everybody who may change the post.
        giver, receiver = authority(req), person.id if person else None
        return "" if role.key in held else why_no_role(giver, receiver, frozenset(role.permissions))

    view = PostFormView(
        form=form,
        units=_unit_options(units, post),
        roles=role_groups(roles, why_not),
        action=url_for(req, "tenants.post", post_id=post.id) if post else url_for(req, "tenants.post_new"),
        back_url=url_for(req, "tenants.people"),
        is_new=post is None,
        person=person.full_name if person else "",
        new_person=new_person,
        new_person_url=f"{url_for(req, 'tenants.post_new')}?new=1",
        search=search,
        found=tuple(
            FoundPerson(
                name=each.full_name,
                detail=each.username,
                url=f"{url_for(req, 'tenants.post_new')}?person={each.id}",
            )
            for each in ([found] if found else [])
        ),
        end_url=url_for(req, "tenants.post_end", post_id=post.id) if post else "",
        password_url=url_for(req, "tenants.post_password", post_id=post.id)
        if post and post.person_id != req.asker.person.id
        else "",
        mail=person.email if person and post else "",
        mail_url=url_for(req, "tenants.post_mail", post_id=post.id) if post else "",
        conflict=conflict,
    )
    page(req, resp, "tenants/post_form.html", view, status=refusal.status if refusal else 200)


def _unit_options(units: list[queries.UnitLine], post: Membership | None) -> tuple[Option, ...]:
    """Return the open units as a tree; a post in a closed one keeps it among them."""
    options = [
        Option(str(line.id), "\u2003" * line.depth + line.name) for line in units if line.valid_to is None
    ]
    if post and str(post.unit_id) not in {option.value for option in options}:
        options.append(Option(str(post.unit_id), get_unit(post.unit_id).name))
    return tuple(options)


def _values(post: Membership) -> dict[str, str | list[str]]:
    return {
        "person_id": str(post.person_id),
        "unit_id": str(post.unit_id),
        "position": post.position,
        "roles": sorted(roles_of(post.id)),
        "valid_from": day_text(post.valid_from),
        "valid_to": day_text(post.valid_to),
        "decision": post.decision,
        "version": str(post.version),
    }


def _merged(
    req: Request,
    form: FormView,
    stored: Membership,
    units: list[queries.UnitLine],
    roles: list[queries.RoleLine],
) -> tuple[FormView, ConflictView | None]:
    unit_names = {str(line.id): line.name for line in units}
    role_titles = {line.key: role_title(line) for line in roles}

    def shown(name: str, value: str | Sequence[str]) -> str:
        if name == "roles":
            return ", ".join(title for key, title in role_titles.items() if key in same_text(value).split())
        text = same_text(value)
        return unit_names.get(text, "") if name == "unit_id" else text

    titles = {
        "unit_id": _("Phòng"),
        "position": _("Chức danh"),
        "valid_from": _("Từ ngày"),
        "valid_to": _("Đến hết ngày"),
        "decision": _("Căn cứ"),
        "roles": _("Vai trò"),
    }
    return merged(req, form, _values(stored), titles, shown, "tenants.post", stored.id)


def _effects_of_ending(post: Membership, person: Person) -> tuple[Effect, ...]:
    others = queries.other_posts(post.person_id, post.id)
    if others:
        text = _(
            "{name} mất các vai trò của vị trí này ngay; còn {n} vị trí khác ở đây.",
            name=person.full_name,
            n=others,
        )
    else:
        text = _("{name} thôi vào được cơ quan này từ lần bấm kế tiếp.", name=person.full_name)
    return (
        Effect(icon="user-off", text=text),
        *(() if others else work_left(person_id=post.person_id)),
        Effect(icon="history", text=_("Vị trí chuyển sang “Đã hết”, vẫn tra được ai đã làm gì, lúc nào.")),
        Effect(icon="building", text=_("Tài khoản và vị trí ở cơ quan khác giữ nguyên.")),
    )
