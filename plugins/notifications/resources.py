"""Addresses of the notification centre: read the request, call a service or a query, show the result."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID

import falcon

from core.api import (
    Forbidden,
    FormView,
    Invalid,
    NotFound,
    Option,
    Request,
    RequestContext,
    _,
    bounded,
    chips,
    current_tenant,
    dispatcher,
    document,
    format_date,
    format_datetime,
    format_number,
    load,
    local,
    page,
    pager,
    read_cursor,
    redirect,
    send_json,
    send_page,
    signature_holds,
    upper_first,
    url_for,
)
from plugins.notifications import queries, schemas, services
from plugins.notifications.declarations import NotificationKind
from plugins.notifications.letters import UNSUBSCRIBE
from plugins.notifications.mail import mail_server
from plugins.notifications.queries import Filter, Row
from plugins.notifications.timing import Schedule
from plugins.notifications.views import CentreView, Day, KindGroup, Line, PreferencesView, UnsubscribeView

# ---- the centre --------------------------------------------------------------------------------------------


class Centre:
    """What a person was told in this agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        wanted = Filter(unread=req.get_param("show") == "unread", kind=req.get_param("kind") or "")
        found = queries.notifications(ctx, wanted, read_cursor(req, *queries.KEY))
        newest = queries.newest_unread(ctx)
        shows = (Option("unread", _("Chưa đọc")),)
        kinds = tuple(Option(key, title) for _module, key, title, _icon in _kinds(ctx))
        show = "unread" if wanted.unread else ""
        view = CentreView(
            days=_days(req, ctx, found.rows),
            pager=pager(req, found, bounded(queries.count(ctx, wanted), queries.BOUND)),
            shown=len(found.rows),
            show=show,
            shows=shows,
            kind=wanted.kind,
            kinds=kinds,
            chips=chips(
                req,
                show=(_("Hiện"), _label(shows, show)),
                kind=(_("Loại"), _label(kinds, wanted.kind)),
            ),
            clear_url=req.path,
            preferences_url=url_for(req, "notifications.preferences"),
            read_url=url_for(req, "notifications.read_all"),
            until=newest.isoformat() if newest else "",
        )
        page(req, resp, "notifications/centre.html", view)


def _reader(req: Request) -> RequestContext:
    """Return whose notifications a program may have: a token for chosen rights has none of its owner's. Raises Forbidden."""
    if req.asker.token is not None and req.asker.token.permissions is not None:
        raise Forbidden(_("Mã truy cập này chỉ có những quyền đã chọn, không đọc được thông báo."))
    return req.asker


class NotificationsDocument:
    """What the person was told in this agency, as JSON."""

    @document(schemas.NotificationList, query=schemas.NotificationQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List your notifications in this agency: unread first, then the newest."""
        reader = _reader(req)
        asked = load(schemas.NotificationQuery(), req.params)
        wanted = Filter(unread=asked.get("unread", False), kind=asked.get("kind", ""))
        found = queries.notifications(reader, wanted, read_cursor(req, *queries.KEY))
        send_page(req, resp, found, [_document(req, row) for row in found.rows])


class ReadDocument:
    """One notification taken as read."""

    @document(schemas.NotificationDocument)
    def on_post(self, req: Request, resp: falcon.Response, notification_id: UUID) -> None:
        """Take one of your notifications as read; again it comes to the same."""
        send_json(resp, _document(req, services.mark_read(_reader(req), notification_id)))


class AllReadDocument:
    """All notifications taken as read."""

    @document(schemas.ReadDocument, takes=schemas.ReadAll)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Take what you were told up to a moment as read; without one, all of it."""
        reader = _reader(req)
        asked = load(schemas.ReadAll(), req.get_media())
        send_json(resp, {"read": services.read_all(reader, **asked)})


def _document(req: Request, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "text": _(row.text, **{name: _shown(value) for name, value in row.fields.items()}),
        "unread": row.unread,
        "created_at": row.created_at,
        "url": url_for(req, "notifications.open", notification_id=row.id),
    }


class ReadAll:
    """Everything told up to the moment the page was made is taken as read."""

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        services.read_all(req.asker, **load(schemas.ReadAll(), req.form))
        redirect(resp, url_for(req, "notifications.centre"), toast=_("Đã đánh dấu đã đọc hết."))


class Opened:
    """Somebody opens a notification: it is read, and leads to what it is about."""

    def on_get(self, req: Request, resp: falcon.Response, notification_id: UUID) -> None:
        ctx = req.asker
        found = services.open_notification(ctx, notification_id)
        centre = url_for(req, "notifications.centre")
        if found is None:  # the address was passed on
            redirect(resp, centre, toast=_("Thông báo vừa mở gửi cho người khác."))
        else:
            redirect(resp, _target(ctx, found.route, found.route_fields) or centre)


def _target(ctx: RequestContext, route: str, fields: dict[str, str]) -> str:
    """Return where a notification leads, or nothing when its module is gone or says other addresses now."""
    address = dispatcher().catalogue.routes.get(route)
    if address is None or ctx.tenant is None or address.module.key not in ctx.modules:
        return ""
    try:
        return address.url(**({"tenant": ctx.tenant.code} if address.tenanted else {}), **fields)
    except KeyError:
        return ""


def _days(req: Request, ctx: RequestContext, rows: Any) -> tuple[Day, ...]:
    known = {key: (title, icon) for _module, key, title, icon in _kinds(ctx)}
    days = []
    for (unread, day), group in groupby(rows, key=lambda row: (row.unread, local(row.created_at).date())):
        title = upper_first(format_date(day, weekday=True, relative=True))
        days.append(
            Day(
                title=_("{day}, chưa đọc", day=title) if unread else title,
                lines=tuple(_line(req, row, *known.get(row.kind, ("", "bell"))) for row in group),
            )
        )
    return tuple(days)


def _line(req: Request, row: Row, kind: str, icon: str) -> Line:
    return Line(
        text=_(row.text, **{name: _shown(value) for name, value in row.fields.items()}),
        kind=kind or _("Phân hệ này đang tắt"),
        icon=icon,
        url=url_for(req, "notifications.open", notification_id=row.id),
        time=f"{local(row.created_at):%H:%M}",
        unread=row.unread,
    )


def _shown(value: Any) -> str:
    """Write a field for the reader."""
    match value:
        case {"day": day}:
            return format_date(date.fromisoformat(day))
        case {"moment": moment}:
            return format_datetime(datetime.fromisoformat(moment), inside=True)
        case {"words": str(words)}:
            return _(words)
        case bool() | str():
            return str(value)
        case int():
            return format_number(value)
    return "…"


def _kinds(ctx: RequestContext) -> list[tuple[str, str, str, str]]:
    """Return the kinds of the modules in effect here: title of the module, key, title and icon."""
    return [
        (_(manifest.title), key, _(kind.title), manifest.icon)
        for key, (manifest, kind) in dispatcher().catalogue.of(NotificationKind).items()
        if manifest.key in ctx.modules
    ]


def _choosable(ctx: RequestContext) -> list[tuple[str, str, str, str]]:
    """Return the kinds that can be mailed: all but our own, which are about mails that do not arrive."""
    return [each for each in _kinds(ctx) if not each[1].startswith("notifications.")]


def _label(options: tuple[Option, ...], value: str) -> str:
    return next((each.label for each in options if each.value == value), "")


# ---- how to be told ----------------------------------------------------------------------------------------


class Preferences:
    """How a person wants to be told in this agency."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        person = req.asker.person
        hours = queries.schedule(person.id)
        values = {
            **queries.choices(person.id),
            "quiet_from": _typed(hours.quiet_from),
            "quiet_to": _typed(hours.quiet_to),
            "digest_at": _typed(hours.digest_at),
        }
        page(req, resp, "notifications/preferences.html", _preferences(req, FormView(values)))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        keys = [key for _module, key, _title, _icon in _choosable(ctx)]
        try:
            given = load(schemas.preferences(keys), req.form)
        except Invalid as problem:
            view = _preferences(req, FormView(req.form, problem.errors))
            page(req, resp, "notifications/preferences.html", view, status=problem.status)
            return
        chosen = {key: email for key in keys if (email := given[schemas.attribute(key)]) is not None}
        assert ctx.tenant is not None
        hours = Schedule(given["quiet_from"], given["quiet_to"], given["digest_at"], ctx.tenant.time_zone)
        services.save_choices(ctx.person.id, chosen, hours)
        redirect(resp, url_for(req, "notifications.centre"), toast=_("Đã lưu cách nhận thông báo."))


def _preferences(req: Request, form: FormView) -> PreferencesView:
    ctx = req.asker
    modules = [
        (module, tuple((key, title) for _module, key, title, _icon in found))
        for module, found in groupby(_choosable(ctx), key=lambda each: each[0])
    ]
    groups = [
        KindGroup(
            title=module,
            kinds=kinds,
            chosen=_chosen(form, [key for key, _title in kinds]),
            is_open=len(modules) == 1 or any(key in form.errors for key, _title in kinds),
        )
        for module, kinds in modules
    ]
    titles = {key: title for group in groups for key, title in group.kinds}
    return PreferencesView(
        form=form,
        groups=tuple(groups),
        titles={
            **titles,
            "quiet_from": _("Yên lặng từ"),
            "quiet_to": _("Yên lặng đến"),
            "digest_at": _("Giờ gửi thư gộp"),
        },
        options=tuple(Option(value, _(words)) for value, words in schemas.HOW.items()),
        mail=queries.address_of(ctx.person.id),
        mails_are_sent=mail_server() is not None,
        action=url_for(req, "notifications.preferences"),
        list_url=url_for(req, "notifications.centre"),
    )


def _chosen(form: FormView, keys: Sequence[str]) -> str:
    """Say how the kinds of a group are mailed: "Gửi ngay", or "Gửi ngay: 1, Không gửi: 3"."""
    counts = {_(words): sum(form.chosen(key, value) for key in keys) for value, words in schemas.HOW.items()}
    counts = {words: count for words, count in counts.items() if count}
    return next(iter(counts)) if len(counts) == 1 else ", ".join(f"{each}: {n}" for each, n in counts.items())


def _typed(value: time | None) -> str:
    return f"{value:%H:%M}" if value else ""


# ---- out of the mails with one click -------------------------------------------------------------------------


class Unsubscribe:
    """The way out that every mail offers; the signature in the address stands for the sign-in (RFC 8058)."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        _person_id, kind = _signed(req)
        page(req, resp, "notifications/unsubscribe.html", _unsubscribe_view(req, kind, done=False))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        person_id, kind = _signed(req)
        services.unsubscribe(person_id, kind)
        page(req, resp, "notifications/unsubscribe.html", _unsubscribe_view(req, kind, done=True))


def _signed(req: Request) -> tuple[UUID, str]:
    """Return whom and which kind an address of ours is about.

    Raises NotFound for an address that we did not make.
    """
    person, kind = req.get_param("p") or "", req.get_param("k") or ""
    if not signature_holds(UNSUBSCRIBE, f"{current_tenant()}:{person}:{kind}", req.get_param("s") or ""):
        raise NotFound
    if kind and kind not in dispatcher().catalogue.of(NotificationKind):
        raise NotFound
    return UUID(person), kind


def _unsubscribe_view(req: Request, kind: str, *, done: bool) -> UnsubscribeView:
    found = dispatcher().catalogue.of(NotificationKind).get(kind)
    return UnsubscribeView(
        kind=_(found[1].title) if found else "",
        agency=queries.agency_name(),
        action=req.relative_uri,
        done=done,
    )
