"""A module as small as can be, to see what the web layer does around it."""

from uuid import UUID

import falcon
from peewee import IntegrityError, TextField

from core.api import (
    OPERATOR,
    PUBLIC,
    SIGNED_IN,
    Conflict,
    Forbidden,
    Invalid,
    Manifest,
    NavItem,
    NotFound,
    Permission,
    Role,
    Route,
    TenantModel,
    db,
    document,
    hookimpl,
    page,
    redirect,
)
from core.web.rendering import send_json

manifest = Manifest(key="trial", title="Phép thử", summary="", version="1.0.0")


class Note(TenantModel):
    title = TextField()

    class Meta:
        schema = "trial"
        table_name = "note"


class Notes:
    """A page with a form, and the same as JSON."""

    def on_get(self, req, resp):
        page(req, resp, "trial/notes.html", [note.title for note in Note.select().order_by(Note.id)])

    def on_post(self, req, resp):
        if not req.form.get("title"):
            raise Invalid({"title": ["Chưa nhập."]})
        Note.create(title=req.form["title"])
        redirect(resp, req.path, toast="Đã ghi.")

    @document()
    def on_get_json(self, req, resp):
        send_json(resp, {"notes": [note.title for note in Note.select().order_by(Note.id)]})

    @document(status=201)
    def on_post_json(self, req, resp):
        note = Note.create(title=req.get_media()["title"])
        send_json(resp, {"id": note.id}, status=201)


class OneNote:
    @document()
    def on_get(self, req, resp, note_id: UUID):
        note = Note.get_or_none(Note.id == note_id)
        if note is None:
            raise NotFound
        send_json(resp, {"title": note.title})


class Trouble:
    """Ends as the address says, after having written something and begun an answer."""

    @document()
    def on_get(self, req, resp, kind: str):
        self.on_post(req, resp, kind)

    @document()
    def on_post(self, req, resp, kind: str):
        note = Note.create(title=f"dở dang {kind}")
        redirect(resp, "/somewhere", toast="Đã ghi.")
        resp.set_header("X-Half-Done", "yes")
        TROUBLES[kind](req, resp, note)


def raising(error):
    def trouble(req, resp, note):
        raise error

    return trouble


def fail_in_a_chain(req, resp, note):
    try:
        Note.insert(title="Nguyễn Văn An", id=note.id).execute()
    except IntegrityError as error:
        raise RuntimeError("Nguyễn Văn An") from error


def raise_conflict(req, resp, note):
    raise Conflict(note)


def fail_at_commit(req, resp, note):
    db.execute_sql(
        "INSERT INTO trial.pair (tenant_id, id, other) SELECT core.app_tenant(), gen_random_uuid(), gen_random_uuid()"
    )


def take_too_long(req, resp, note):
    db.execute_sql("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)")


def wait_for_a_lock(req, resp, note):
    other = db.obj._connect()
    other.cursor().execute("SELECT pg_advisory_lock(4, 7)")
    try:
        db.execute_sql("SET LOCAL lock_timeout = '20ms'; SELECT pg_advisory_xact_lock(4, 7)")
    finally:
        other.cursor().execute("SELECT pg_advisory_unlock(4, 7)")
        db.obj._close(other)


TROUBLES = {
    "bug": raising(ValueError("Nguyễn Văn An, 0912 345 678")),
    "chain": fail_in_a_chain,
    "forbidden": raising(Forbidden("Chỉ người tạo mới được xoá.")),
    "conflict": raise_conflict,
    "invalid": raising(Invalid({"title": ["Dài quá 5 ký tự."]}, "Còn một chỗ cần sửa.")),
    "number": lambda req, resp, note: db.execute_sql("SELECT %s::integer", (10**12,)),
    "commit": fail_at_commit,
    "slow": take_too_long,
    "held-up": wait_for_a_lock,
    "template": lambda req, resp, note: page(req, resp, "trial/broken.html"),
    "elsewhere": raising(falcon.HTTPServiceUnavailable(headers={"Retry-After": "77"})),
}


def bell(ctx):
    return 7


def asked_for_bell(ctx):
    return bell(ctx)


class Echo:
    def on_get(self, req, resp):
        send_json(resp, {"said": db.execute_sql("SELECT %s", (req.get_param("q"),)).fetchone()[0]})


class Plain:
    def on_get(self, req, resp):
        resp.text = "ok"

    def on_post(self, req, resp):
        resp.text = "ok"


@hookimpl
def register_routes():
    notes, trouble, plain = Notes(), Trouble(), Plain()
    return [
        Route("office", "", notes, "trial.notes", "trial.read"),
        Route("office", "{note_id:uuid}", OneNote(), "trial.note", "trial.read"),
        Route("office", "trouble/{kind}", trouble, "trial.trouble", "trial.write"),
        Route("office", "echo", Echo(), "trial.echo", "trial.read"),
        Route("api", "notes", notes, "trial.api_notes", "trial.read", suffix="json"),
        Route("api", "notes/{note_id:uuid}", OneNote(), "trial.api_note", "trial.read"),
        Route("api", "trouble/{kind}", trouble, "trial.api_trouble", "trial.write"),
        Route("public", "", plain, "trial.public", PUBLIC),
        Route("admin", "", plain, "trial.console", OPERATOR),
        Route("admin", "mine", plain, "trial.mine", SIGNED_IN),
    ]


@hookimpl
def register_permissions():
    return [Permission("trial.read", "Xem"), Permission("trial.write", "Ghi")]


@hookimpl
def register_roles():
    return [
        Role("trial.reader", "Người xem", ("trial.read",)),
        Role("trial.clerk", "Người ghi", ("trial.read", "trial.write")),
    ]


@hookimpl
def register_navigation():
    return [
        NavItem("Phép thử", "trial.notes", "notebook", "trial.read"),
        NavItem("Tìm trong phép thử", "trial.notes", "search", "trial.read", section="search"),
        NavItem("Thông báo", "trial.notes", "bell", "trial.read", section="bell", badge=asked_for_bell),
    ]
