"""What the notebook declares: its manifest and its hooks, each a line or two; the work is in the other files."""

from core.api import (
    N_,
    Blocker,
    CardView,
    Command,
    DashboardCard,
    DemoMaker,
    Deny,
    Event,
    FileOwner,
    HealthCheck,
    Job,
    Manifest,
    NavItem,
    ObjectAction,
    Permission,
    RequestContext,
    Role,
    Route,
    SearchHit,
    SearchSource,
    Subscriber,
    TenantInfo,
    TimelineEntry,
    _,
    hookimpl,
    ngettext,
    route_url,
)
from plugins.example import cli, events, jobs, queries, resources, services
from plugins.example.models import Note
from plugins.notifications.api import NotificationKind

manifest = Manifest(
    key="example",
    title=N_("Sổ tay phòng ban"),
    summary=N_("Ghi chú chung của từng phòng: kết luận họp, đầu mối, cách làm; ghim điều mọi người phải nắm"),
    version="1.0",
    icon="notebook",
    requires=("drafts", "files", "followers", "lists", "notifications", "pages"),
)

READ, WRITE, MANAGE = "example.read", "example.write", "example.manage"
CARD_SIZE = 5
ATTACHED_AT_ONCE = 60_000_000


# ---- declare -----------------------------------------------------------------------------------------------


@hookimpl
def register_routes() -> list[Route]:
    actions = resources.NoteActions()
    one = "{note_id:uuid}"
    return [
        Route("office", "", resources.Notes(), "example.notes", READ),
        Route("office", "new", resources.NewNote(), "example.new", WRITE),
        Route("office", one, resources.OneNote(), "example.note", READ),
        Route("office", f"{one}/edit", resources.EditNote(), "example.edit", WRITE),
        Route("office", f"{one}/pin", actions, "example.pin", WRITE, suffix="pin"),
        Route("office", f"{one}/unpin", actions, "example.unpin", WRITE, suffix="unpin"),
        Route("office", f"{one}/archive", actions, "example.archive", WRITE, suffix="archive"),
        Route("office", f"{one}/restore", actions, "example.restore", WRITE, suffix="restore"),
        Route("office", f"{one}/acknowledge", actions, "example.acknowledge", READ, suffix="acknowledge"),
        Route("office", f"{one}/files", actions, "example.attach", WRITE, "attach", ATTACHED_AT_ONCE),
        Route("office", f"{one}/files/{{file_id:uuid}}/remove", actions, "example.detach", WRITE, "detach"),
        Route("api", "notes", resources.NotesDocument(), "example.api_notes", READ),
        Route("api", "notes/new", resources.NewNoteDocument(), "example.api_new", WRITE),
        Route("api", f"notes/{one}", resources.OneNoteDocument(), "example.api_note", READ),
    ]


@hookimpl
def register_permissions() -> list[Permission]:
    return [
        Permission(READ, N_("Đọc sổ tay của phòng mình")),
        Permission(WRITE, N_("Viết, sửa, ghim và cất ghi chú trong sổ của phòng mình")),
        Permission(MANAGE, N_("Giữ sổ tay của mọi phòng trong cơ quan")),
    ]


@hookimpl
def register_roles() -> list[Role]:
    return [
        Role("example.reader", N_("Người đọc sổ tay"), (READ,)),
        Role("example.writer", N_("Người ghi sổ tay"), (READ, WRITE)),
        Role("example.keeper", N_("Người giữ sổ tay"), (READ, WRITE, MANAGE)),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [NavItem(N_("Sổ tay phòng ban"), "example.notes", "notebook", READ, badge=queries.unread)]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    return [Subscriber(events.NoteChanged, services.forget_acknowledgements)]


@hookimpl
def register_jobs() -> list[Job]:
    return [
        Job(
            "example.delete_expired",
            jobs.delete_expired,
            N_("Xoá ghi chú đã cất quá hạn"),
            schedule="30 2 * * *",
        )
    ]


@hookimpl
def register_notifications() -> list[NotificationKind]:
    return [
        NotificationKind(services.PINNED, N_("Ghi chú được ghim"), email="digest"),
        NotificationKind(services.CHANGED, N_("Ghi chú đã nắm hoặc theo dõi được sửa")),
    ]


@hookimpl
def register_dashboard_cards() -> list[DashboardCard]:
    return [DashboardCard("example.newest", N_("Sổ tay phòng ban"), READ, _newest_card)]


@hookimpl
def register_search() -> list[SearchSource]:
    return [
        SearchSource(
            "example.notes",
            N_("Sổ tay phòng ban"),
            READ,
            _found_notes,
            route="example.notes",
            icon="notebook",
        )
    ]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("example.deletion", N_("Ghi chú quá hạn được xoá"), queries.deletion_health)]


@hookimpl
def register_commands() -> list[Command]:
    return [Command(cli.export)]


# ---- run -----------------------------------------------------------------------------------------------------


@hookimpl
def on_module_enabled() -> None:
    services.welcome()


@hookimpl
def on_module_disabled() -> None:
    services.take_welcome_back()


@hookimpl
def seed_demo(make: DemoMaker) -> None:
    from plugins.example import demo

    demo.seed(make)


# ---- collect ---------------------------------------------------------------------------------------------------


@hookimpl
def module_disable_blockers(tenant: TenantInfo) -> list[Blocker]:
    units = queries.pinned_units()
    if not units:
        return []
    count = sum(number for _unit, number in units)
    return [
        Blocker(
            ngettext("Còn {n} ghi chú đang ghim", "Còn {n} ghi chú đang ghim", count),
            _(
                "Ghi chú ghim là điều mọi người đang phải theo. Bỏ ghim ở: {units}.",
                units=", ".join(name for name, _number in units),
            ),
            route_url("example.notes", tenant=tenant.code) + "?state=pinned",
            _("Xem ghi chú đang ghim"),
            permission=WRITE,
        )
    ]


@hookimpl
def check_access(context: RequestContext, obj: object) -> Deny | None:
    if not isinstance(obj, Note) or queries.is_visible(context, obj):
        return None
    return Deny(_("Sổ này của phòng khác. Chỉ người của phòng và người giữ sổ tay của cơ quan mở được."))


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if not isinstance(obj, Note) or context.tenant is None:
        return []
    code = context.tenant.code

    def to(route: str) -> str:
        return route_url(f"example.{route}", tenant=code, note_id=obj.id)

    if obj.archived_at:
        return [ObjectAction(_("Lấy lại"), to("restore"), "archive-off", WRITE, method="post", primary=True)]
    actions = [
        ObjectAction(_("Sửa"), to("edit"), "pencil", WRITE),
        ObjectAction(_("Bỏ ghim"), to("unpin"), "pinned-off", WRITE, method="post")
        if obj.pinned
        else ObjectAction(_("Ghim"), to("pin"), "pin", WRITE, method="post"),
        ObjectAction(_("Cất"), to("archive"), "archive", WRITE, method="post"),
    ]
    if context.person.id not in {obj.author_id, *(each.person_id for each in queries.acknowledged(obj.id))}:
        actions.insert(
            0, ObjectAction(_("Đã nắm"), to("acknowledge"), "checks", READ, method="post", primary=True)
        )
    return actions


@hookimpl
def object_timeline(obj: object) -> list[TimelineEntry]:
    if not isinstance(obj, Note):
        return []
    return [TimelineEntry(each.at, each.name, _("đã nắm nội dung")) for each in queries.acknowledged(obj.id)]


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner) -> bool:
    # The public has no business in a notebook.
    return context is not None and context.can(READ) and queries.is_visible(context, queries.note(owner.id))


def _found_notes(ctx: RequestContext, words: tuple[str, ...], limit: int) -> list[SearchHit]:
    assert ctx.tenant is not None
    found = queries.notes(ctx, queries.Filter(search=" ".join(words)), size=limit)
    return [
        SearchHit(
            row.title,
            route_url("example.note", tenant=ctx.tenant.code, note_id=row.id),
            f"{row.unit} · {row.excerpt}" if row.excerpt else row.unit,
        )
        for row in found.rows
    ]


def _newest_card(ctx: RequestContext) -> CardView:
    assert ctx.tenant is not None
    found = queries.notes(ctx, queries.Filter(), size=CARD_SIZE)
    several = len({row.unit_id for row in found.rows}) > 1
    return CardView(
        lines=tuple(
            (
                f"{row.title} · {row.unit}" if several else row.title,
                route_url("example.note", tenant=ctx.tenant.code, note_id=row.id),
            )
            for row in found.rows
        ),
        empty=_("Sổ của phòng bạn chưa có ghi chú nào."),
        url=route_url("example.notes", tenant=ctx.tenant.code),
        link_text=_("Mở sổ tay"),
    )
