"""Addresses of the notebook: read the request, call a service or a query, show the result."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import falcon

from core.api import (
    Chip,
    Conflict,
    ConflictView,
    Crumb,
    FormView,
    Invalid,
    Option,
    Page,
    Request,
    RequestContext,
    Tag,
    _,
    bounded,
    chips,
    current_actor,
    document,
    expected_version,
    format_datetime,
    load,
    merge,
    new_id,
    ngettext,
    page,
    pager,
    paragraphs,
    read_cursor,
    redirect,
    require_access,
    send_json,
    send_page,
    url_for,
)
from plugins.drafts.api import draft_view, forget, resume
from plugins.example import lists, queries, services
from plugins.example.events import NoteEvent
from plugins.example.lists import NOTES
from plugins.example.models import Note
from plugins.example.queries import KEEP_ARCHIVED, Filter, NoteRow
from plugins.example.schemas import NOTE_PATCH, NoteChange, NoteDocument, NoteInput, NoteList, NoteQuery
from plugins.example.views import NoteFormView, NoteLine, NotesView, NoteView, WayOut
from plugins.files.api import file_links, files_of, sent_files, upload_url
from plugins.followers.api import followers_view
from plugins.lists.api import open_list, query_of
from plugins.pages.api import DraftView, ObjectView, State, object_view

NEW_DRAFT = "example.new"

# ---- pages -----------------------------------------------------------------------------------------------


class Notes:
    """The list of notes."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        ctx = req.asker
        listing = open_list(req, resp, NOTES)
        if listing is None:
            return
        wanted = lists.wanted(listing.params)
        found = queries.notes(ctx, wanted, listing.cursor)
        count = "" if wanted.search else bounded(queries.count(ctx, wanted), queries.BOUND)
        units = queries.units_of(ctx)
        options = tuple(Option(str(unit_id), name) for unit_id, name in units)
        states = (Option("pinned", _("Đang ghim")), Option("archived", _("Đã cất")))
        shown = _chips(req, wanted, options, states)
        view = NotesView(
            rows=_lines(req, found.rows),
            listing=listing.view(
                req, found, count, {"at": _("Cất lúc")} if wanted.state == "archived" else {}
            ),
            more=_more(found, count),
            pager=pager(req, found, count),
            kept_days=KEEP_ARCHIVED.days,
            oldest_first=wanted.oldest_first,
            search=wanted.search,
            unit=str(wanted.unit_id or ""),
            units=options,
            state=wanted.state,
            states=states,
            chips=shown,
            way_out=_way_out(ctx, wanted, shown) if not found.rows else None,
            clear_url=f"{req.path}?view=all",
            new_url=url_for(req, "example.new") if units and ctx.can("example.write") else "",
        )
        page(req, resp, "example/notes.html", view)


class OneNote:
    """One note."""

    def on_get(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        ctx = req.asker
        note = queries.note(note_id)
        require_access(ctx, "example.read", note)
        page(req, resp, "example/note.html", _note_view(req, note, FormView()))


class NewNote:
    """The form for a new note."""

    def on_get(self, req: Request, resp: falcon.Response) -> None:
        values = {"id": str(new_id()), "unit_id": req.get_param("unit") or ""}
        page(req, resp, "example/note_form.html", _new_form(req, *resume(req, NEW_DRAFT, values)))

    def on_post(self, req: Request, resp: falcon.Response) -> None:
        try:
            note = services.write_note(req.asker, **load(NoteInput(), req.form))
        except Invalid as problem:
            view = _new_form(req, FormView(req.form, problem.errors), draft_view(req, NEW_DRAFT))
            page(req, resp, "example/note_form.html", view, status=problem.status)
            return
        forget(req, NEW_DRAFT)
        redirect(resp, url_for(req, "example.note", note_id=note.id), toast=_("Đã ghi vào sổ."))


class EditNote:
    """The form that changes a note; who saves second decides where both changed the same."""

    def on_get(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        note = queries.note(note_id)
        require_access(req.asker, "example.write", note)
        view = _edit_form(req, note, *resume(req, _draft_of(note_id), _values(note)))
        page(req, resp, "example/note_form.html", view)

    def on_post(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        note = queries.note(note_id)
        require_access(req.asker, "example.write", note)
        try:
            sent = load(NoteChange(), req.form)
            services.change_note(req.asker, note_id, **sent)
        except Invalid as problem:
            form, told = _merged(FormView(req.form, problem.errors), note)
            view = _edit_form(req, note, form, draft_view(req, _draft_of(note_id)), conflict=told)
            page(req, resp, "example/note_form.html", view, status=problem.status)
        except Conflict as conflict:
            if (conflict.current.title, conflict.current.body) == (sent["title"], sent["body"]):
                # Pressed twice, or both wrote the same: there is nothing to decide.
                self._saved(req, resp, note_id)
                return
            form, told = _merged(FormView(req.form), conflict.current)
            view = _edit_form(req, note, form, draft_view(req, _draft_of(note_id)), conflict=told)
            page(req, resp, "example/note_form.html", view, status=409)
        else:
            self._saved(req, resp, note_id)

    @staticmethod
    def _saved(req: Request, resp: falcon.Response, note_id: UUID) -> None:
        forget(req, _draft_of(note_id))
        redirect(resp, url_for(req, "example.note", note_id=note_id), toast=_("Đã lưu ghi chú."))


class NoteActions:
    """What a button on a note's page does."""

    def on_post_pin(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        services.set_pinned(req.asker, note_id, pinned=True)
        self._back(req, resp, note_id, _("Đã ghim lên đầu sổ."), undo="unpin")

    def on_post_unpin(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        services.set_pinned(req.asker, note_id, pinned=False)
        self._back(req, resp, note_id, _("Đã bỏ ghim."), undo="pin")

    def on_post_archive(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        note = services.archive_note(req.asker, note_id)
        told = _("Đã cất. Lấy lại được trong {days} ngày.", days=KEEP_ARCHIVED.days)
        # What was on top is on top again when putting away is undone.
        self._back(req, resp, note_id, told, undo="restore", **({"pinned": "1"} if note.pinned else {}))

    def on_post_restore(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        services.restore_note(req.asker, note_id)
        if req.get_param("pinned"):
            services.set_pinned(req.asker, note_id, pinned=True)
        self._back(req, resp, note_id, _("Đã lấy lại ghi chú."))

    def on_post_attach(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        try:
            count = services.attach(req.asker, note_id, sent_files(req, "files"))
        except Invalid as problem:
            view = _note_view(req, queries.note(note_id), FormView(req.form, problem.errors))
            page(req, resp, "example/note.html", view, status=problem.status)
            return
        self._back(req, resp, note_id, ngettext("Đã đính kèm {n} tệp.", "Đã đính kèm {n} tệp.", count))

    def on_post_detach(self, req: Request, resp: falcon.Response, note_id: UUID, file_id: UUID) -> None:
        services.detach(req.asker, note_id, file_id)
        self._back(req, resp, note_id, _("Đã bỏ tệp."))

    def on_post_acknowledge(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        services.acknowledge(req.asker, note_id)
        self._back(req, resp, note_id, _("Đã báo là bạn nắm nội dung này."))

    def _back(
        self, req: Request, resp: falcon.Response, note_id: UUID, toast: str, *, undo: str = "", **query: str
    ) -> None:
        back = url_for(req, f"example.{undo}", note_id=note_id) if undo else ""
        redirect(
            resp,
            url_for(req, "example.note", note_id=note_id),
            toast=toast,
            undo=f"{back}?{urlencode(query)}" if query else back,
        )


# ---- the API: the same services, plain rows ------------------------------------------------------------------


class NotesDocument:
    @document(NoteList, query=NoteQuery)
    def on_get(self, req: Request, resp: falcon.Response) -> None:
        """List the notes of your units, pinned ones first."""
        found = queries.notes(
            req.asker, lists.wanted(query_of(req, NoteQuery())), read_cursor(req, *queries.KEY)
        )
        send_page(req, resp, found, [row._asdict() for row in found.rows])


class OneNoteDocument:
    @document(NoteDocument)
    def on_get(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        """Read one note with its whole text."""
        note = queries.note(note_id)
        require_access(req.asker, "example.read", note)
        send_json(resp, _document(note))

    @document(NoteDocument, takes=NOTE_PATCH)
    def on_patch(self, req: Request, resp: falcon.Response, note_id: UUID) -> None:
        """Change the text of a note; what is left out stays. Needs example.write."""
        note = queries.note(note_id)
        require_access(req.asker, "example.write", note)
        text = {"title": note.title, "body": note.body, **load(NOTE_PATCH, req.get_media())}
        services.change_note(req.asker, note_id, version=expected_version(req), **text)
        send_json(resp, _document(queries.note(note_id)))


class NewNoteDocument:
    @document(NoteDocument, takes=NoteInput, status=201)
    def on_post(self, req: Request, resp: falcon.Response) -> None:
        """Write a note into the notebook of a unit."""
        note = services.write_note(req.asker, **load(NoteInput(), req.get_media()))
        send_json(resp, _document(queries.note(note.id)), status=201)
        resp.location = url_for(req, "example.api_note", note_id=note.id)


# ---- from requests to queries, from rows to views -------------------------------------------------------------


def _more(found: Page[NoteRow], count: str) -> str:
    """Return the offer to choose also what stands on other pages."""
    if not found.next_key and not found.previous_key:
        return ""
    if not count:
        return _("Chọn cả ghi chú ở trang khác khớp điều kiện")
    return _("Chọn cả {total} ghi chú khớp điều kiện", total=count)


def _way_out(ctx: RequestContext, wanted: Filter, shown: tuple[Chip, ...]) -> WayOut | None:
    """Return the one condition without which an empty list is not empty, and how much it holds then."""
    without: dict[str, dict[str, Any]] = {
        "q": {"search": ""},
        "unit": {"unit_id": None},
        "state": {"state": ""},
    }
    for chip in shown:
        count = queries.count(ctx, replace(wanted, **without[chip.name]))
        if count:
            return WayOut(chip, bounded(count, queries.BOUND))
    return None


def _lines(req: Request, rows: Iterable[NoteRow]) -> tuple[NoteLine, ...]:
    url, nobody = url_for(req, "example.note", note_id="{}").format, _("Hệ thống")
    return tuple(
        NoteLine(
            id=note_id,
            can="restore" if row.archived_at else "archive acknowledge",
            title=row.title,
            excerpt=row.excerpt,
            url=url(note_id),
            pinned=row.pinned,
            unit=row.unit,
            author=row.author or nobody,
            at=row.archived_at or row.created_at,
            changed_at=row.changed_at,
        )
        for row in rows
        for note_id in [str(row.id)]
    )


def _chips(req: Request, wanted: Filter, *options: tuple[Option, ...]) -> tuple[Chip, ...]:
    labels = {option.value: option.label for group in options for option in group}
    return chips(
        req,
        {"view": "all"},
        q=(_("Tìm"), wanted.search),
        unit=(_("Phòng"), labels.get(str(wanted.unit_id), "")),
        state=(_("Trạng thái"), labels.get(wanted.state, "")),
    )


def _note_view(req: Request, note: Note, form: FormView) -> NoteView:
    writes = req.asker.can("example.write")
    files = files_of(queries.files_owner(note.id))
    return NoteView(
        object=_object(req, note),
        paragraphs=paragraphs(note.body),
        archived_at=note.archived_at,
        deleted_on=note.archived_at + KEEP_ARCHIVED if note.archived_at else None,
        files=file_links(
            req, files, lambda file_id: url_for(req, "example.detach", note_id=note.id, file_id=file_id)
        )
        if writes
        else file_links(req, files),
        acknowledged=tuple(queries.acknowledged(note.id)),
        form=form,
        followers=followers_view(
            req, NoteEvent.object_type, note.id, back=url_for(req, "example.note", note_id=note.id)
        ),
        attach_url=url_for(req, "example.attach", note_id=note.id) if writes else "",
        upload_url=upload_url(req),
    )


def _object(req: Request, note: Note) -> ObjectView:
    """Return the head of a note's page, its tabs and its history."""
    names = queries.names(note)
    author, written = names.author or _("Hệ thống"), format_datetime(note.created_at)
    told = [_("{author} viết {time}", author=author, time=written)]
    if names.changed_by:
        told.append(_("{name} sửa {time}", name=names.changed_by, time=format_datetime(note.changed_at)))
    return object_view(
        req,
        note,
        object_type=NoteEvent.object_type,
        object_id=note.id,
        url=url_for(req, "example.note", note_id=note.id),
        title=note.title,
        crumbs=(Crumb(_("Sổ tay phòng ban"), url_for(req, "example.notes")), Crumb(names.unit)),
        state=State("stop", _("Đã cất")) if note.archived_at else None,
        tags=(Tag(text=_("Ghim"), kind="cham", icon="pin"),) if note.pinned else (),
        context=" · ".join(told),
    )


def _draft_of(note_id: UUID) -> str:
    return f"example.note.{note_id}"


def _new_form(req: Request, form: FormView, draft: DraftView) -> NoteFormView:
    units = queries.units_of(req.asker)
    return NoteFormView(
        form=form,
        is_new=True,
        units=tuple(Option(str(unit_id), name) for unit_id, name in units),
        action=url_for(req, "example.new"),
        back_url=url_for(req, "example.notes"),
        list_url=url_for(req, "example.notes"),
        heading=_("Viết ghi chú"),
        draft=draft,
    )


def _edit_form(
    req: Request, note: Note, form: FormView, draft: DraftView, *, conflict: ConflictView | None = None
) -> NoteFormView:
    return NoteFormView(
        form=form,
        is_new=False,
        units=(),
        action=url_for(req, "example.edit", note_id=note.id),
        back_url=url_for(req, "example.note", note_id=note.id),
        list_url=url_for(req, "example.notes"),
        heading=_("Sửa ghi chú"),
        draft=draft,
        conflict=conflict,
    )


def _values(note: Note) -> dict[str, str]:
    return {"title": note.title, "body": note.body, "version": str(note.version)}


def _merged(form: FormView, stored: Note) -> tuple[FormView, ConflictView | None]:
    return merge(
        form,
        _values(stored),
        {"title": _("Tiêu đề"), "body": _("Nội dung")},
        who=queries.names(stored).changed_by,
        at=stored.changed_at,
        own=stored.changed_by == current_actor().person_id,
    )


def _document(note: Note) -> dict[str, Any]:
    names = queries.names(note)
    return {
        "id": note.id,
        "title": note.title,
        "body": note.body,
        "pinned": note.pinned,
        "unit_id": note.unit_id,
        "unit": names.unit,
        "author": names.author,
        "created_at": note.created_at,
        "changed_at": note.changed_at,
        "archived_at": note.archived_at,
        "version": note.version,
    }
