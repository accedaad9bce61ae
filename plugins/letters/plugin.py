"""What letters declare: their pages, what happens to them, and what other modules may ask of them."""

from core.api import (
    MEMBER,
    N_,
    DemoMaker,
    Deny,
    Event,
    FileOwner,
    HealthCheck,
    Manifest,
    NavItem,
    NotFound,
    ObjectAction,
    RequestContext,
    Route,
    Subscriber,
    TenantInfo,
    _,
    hookimpl,
    route_url,
)
from plugins.casework.api import EntryRow, NumberVoided
from plugins.files.api import StoredFile
from plugins.letters import (
    events,
    health,
    queries,
    resources,
    resources_forms,
    resources_templates,
    services,
)
from plugins.letters.kinds import kind_here, may
from plugins.letters.lists import LETTERS
from plugins.letters.models import Letter

manifest = Manifest(
    key="letters",
    title=N_("Văn bản phát hành"),
    summary=N_(
        "Soạn văn bản theo thể thức, lấy số từ sổ đăng ký khi phát hành, giữ bản PDF; cho mọi phân hệ"
    ),
    version="1.0",
    icon="article",
    requires=("casework", "drafts", "files", "lists", "notifications", "pages"),
    always_on=True,
)

WRITE = "casework.write_letters"


@hookimpl
def register_routes() -> list[Route]:
    one = "{letter_id:uuid}"
    files = resources.LetterFiles()
    return [
        Route("office", "", resources.Letters(), "letters.letters", LETTERS.permission),
        Route("office", "new", resources_forms.NewLetter(), "letters.new", WRITE),
        # Which permission a letter asks for is said by its kind; the responders check it with the letter.
        Route("office", one, resources.OneLetter(), "letters.letter", MEMBER),
        Route("office", f"{one}/edit", resources_forms.EditLetter(), "letters.edit", MEMBER),
        Route("office", f"{one}/preview", resources.Preview(), "letters.preview", MEMBER),
        Route("office", f"{one}/pdf", files, "letters.pdf", MEMBER),
        Route("office", f"{one}/word", files, "letters.word", MEMBER, suffix="word"),
        Route("office", f"{one}/issue", resources.Issue(), "letters.issue", MEMBER),
        Route("office", f"{one}/discard", resources.Discard(), "letters.discard", MEMBER),
        Route("office", "templates", resources_templates.Templates(), "letters.templates", services.SETTINGS),
        Route(
            "office",
            "templates/{kind}",
            resources_templates.OneTemplate(),
            "letters.template",
            services.SETTINGS,
        ),
    ]


@hookimpl
def register_navigation() -> list[NavItem]:
    return [
        NavItem(N_("Soạn công văn"), "letters.new", "pencil-plus", WRITE, "work", 72),
        NavItem(LETTERS.title, "letters.letters", "article", LETTERS.permission, "work", 74),
        NavItem(N_("Mẫu văn bản"), "letters.templates", "file-description", services.SETTINGS, "agency", 58),
    ]


@hookimpl
def register_events() -> list[type[Event]]:
    return list(events.ALL)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    return [Subscriber(NumberVoided, services.mark_void)]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("letters.font", N_("Phông chữ của văn bản"), health.font, needs_database=False)]


@hookimpl
def object_actions(context: RequestContext, obj: object) -> list[ObjectAction]:
    if isinstance(obj, EntryRow):
        return _of_entry(context, obj)
    if not isinstance(obj, Letter) or context.tenant is None:
        return []
    try:
        kind = kind_here(context, obj.kind)
    except NotFound:
        return []
    code = context.tenant.code

    def to(route: str) -> str:
        return route_url(f"letters.{route}", tenant=code, letter_id=obj.id)

    as_word = ObjectAction(_("Tải bản Word"), to("word"), "download", kind.read)
    if obj.state != "draft":
        return [ObjectAction(_("Mở bản PDF"), to("pdf"), "file-text", kind.read, primary=True), as_word]
    issue = ObjectAction(_("Phát hành…"), to("issue"), "send", kind.issue, primary=True)
    return [
        *([issue] if may(context, "issue", obj) else ()),
        ObjectAction(_("Sửa"), to("edit"), "pencil", kind.write),
        as_word,
        ObjectAction(_("Bỏ dự thảo"), to("discard"), "trash", kind.write, method="post", danger=True),
    ]


def _of_entry(context: RequestContext, entry: EntryRow) -> list[ObjectAction]:
    """Lead from a number in a register to the letter that bears it."""
    if context.tenant is None or entry.subject_type != events.LetterEvent.object_type:
        return []
    try:
        kind = kind_here(context, queries.letter(entry.subject_id).kind)
    except NotFound:
        return []
    url = route_url("letters.letter", tenant=context.tenant.code, letter_id=entry.subject_id)
    return [ObjectAction(_("Mở văn bản"), url, "file-text", kind.read)]


@hookimpl
def check_access(context: RequestContext, obj: object) -> Deny | None:
    if not isinstance(obj, StoredFile) or not queries.is_issued(obj.digest):
        return None
    return Deny(_("Tệp này là bản văn bản đã phát hành, không bỏ được."))


@hookimpl
def file_access(context: RequestContext | None, owner: FileOwner, file_id: object) -> bool:
    # The public reads a letter where its module publishes it, under an address of that module.
    return context is not None and may(context, "read", queries.letter(owner.id))


@hookimpl
def seed_demo(tenant: TenantInfo, make: DemoMaker) -> None:
    from plugins.letters import demo

    demo.seed(tenant, make)
