from typing import NamedTuple

from marshmallow import Schema, fields

from core import api
from core.api import _
from plugins.drafts.api import draft_view, forget, resume
from plugins.pages import api as pages
from tests.sixty_lines.rooms import queries, services


class RoomInput(Schema):
    id = fields.UUID(required=True)
    name = api.Text(required=True, max_length=100)
    note = api.Text(max_length=2000)


class RoomsView(NamedTuple):
    found: api.Page
    pager: api.Pager


class Rooms:
    def on_get(self, req, resp):
        found = queries.rooms(api.read_cursor(req, *queries.KEY))
        view = RoomsView(found, api.pager(req, found))
        api.page(req, resp, "rooms/rooms.html", view)


class NewRoom:
    def on_get(self, req, resp):
        self._show(req, resp, *resume(req, "rooms.new", {"id": str(api.new_id())}))

    def on_post(self, req, resp):
        try:
            services.add_room(req.asker, api.load(RoomInput(), req.form))
        except api.Invalid as wrong:
            form = api.FormView(req.form, wrong.errors)
            self._show(req, resp, form, draft_view(req, "rooms.new"), status=wrong.status)
            return
        forget(req, "rooms.new")
        api.redirect(resp, api.url_for(req, "rooms.rooms"), toast=_("Đã thêm phòng họp."))

    def _show(self, req, resp, form, draft, status=200):
        add, back, here = _("Thêm phòng họp"), _("Không thêm nữa"), api.url_for(req, "rooms.new")
        around = {"title": add, "button": add, "back": back, "back_url": api.url_for(req, "rooms.rooms")}
        view = pages.FormPage(**around, form=form, draft=draft, action=here, hidden=("id",))
        api.page(req, resp, "rooms/new_room.html", view, status=status)
