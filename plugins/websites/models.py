"""Tables of the agencies' sites; the migrations hold their constraints and indexes."""

from datetime import UTC, datetime
from uuid import UUID

from peewee import SQL, BigIntegerField, BooleanField, DateField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, DateTimeTZField, TSVectorField

from core.api import RegistryModel, TenantModel, VersionedMixin

NOW = [SQL("DEFAULT now()")]


class Picture(TenantModel):
    """A picture of the agency's library with its alternative text; the bytes are the files module's."""

    file_id = UUIDField()
    alt = TextField()
    caption = TextField(default="")
    width = IntegerField()
    height = IntegerField()
    folded = TextField(default="")
    """Words about it without tones and marks, for the search."""
    created_by = UUIDField(null=True)
    created_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "websites"
        table_name = "picture"


class ChangedMixin(VersionedMixin):
    """Say who changed a record last and when: who saves second is told."""

    changed_by = UUIDField(null=True)
    changed_at = DateTimeTZField(constraints=NOW)

    def save_as(self, person_id: UUID, expected: int) -> None:
        """Save the changed fields as this person's; raises Conflict, Gone like `save_version`."""
        self.changed_by, self.changed_at = person_id, datetime.now(UTC)
        self.save_version(expected)


class Site(ChangedMixin, TenantModel):
    """The one site of an agency; the public sees it while it is open."""

    name = TextField()
    name_en = TextField(default="")
    tagline = TextField(default="")
    tagline_en = TextField(default="")
    is_open = BooleanField(default=False)
    has_english = BooleanField(default=False)
    palette = TextField(default="indigo")
    logo_id = UUIDField(null=True)
    banner_id = UUIDField(null=True)
    responsible = TextField(default="")
    """Who answers for the content, as the law wants it in the foot."""
    licence = TextField(default="")
    address = TextField(default="")
    phone = TextField(default="")
    email = TextField(default="")

    class Meta:
        schema = "websites"
        table_name = "site"


class Category(ChangedMixin, TenantModel):
    """A heading that articles stand under; at most two levels."""

    parent_id = UUIDField(null=True)
    slug = TextField()
    title = TextField()
    title_en = TextField(default="")
    position = IntegerField(default=0)
    on_home = BooleanField(default=True)

    class Meta:
        schema = "websites"
        table_name = "category"


class MenuItem(ChangedMixin, TenantModel):
    """One line of the site's menu; at most two levels."""

    parent_id = UUIDField(null=True)
    position = IntegerField(default=0)
    title = TextField()
    title_en = TextField(default="")
    target = TextField()
    target_id = UUIDField(null=True)
    url = TextField(default="")

    class Meta:
        schema = "websites"
        table_name = "menu_item"


class Leader(ChangedMixin, TenantModel):
    """What the agency says of one of its leaders, whom the registry knows."""

    person_id = UUIDField()
    biography = TextField(default="")
    duties = TextField(default="")

    class Meta:
        schema = "websites"
        table_name = "leader"


class Link(ChangedMixin, TenantModel):
    """A link to another site, under a heading."""

    heading = TextField(default="")
    title = TextField()
    title_en = TextField(default="")
    url = TextField()
    position = IntegerField(default=0)

    class Meta:
        schema = "websites"
        table_name = "link"


class Texts(TenantModel):
    """The words of an article, the same in the article, its revisions and its publication."""

    abstract = True

    title = TextField()
    summary = TextField(default="")
    body = TextField(default="")
    """Sanitised HTML."""
    title_en = TextField(default="")
    summary_en = TextField(default="")
    body_en = TextField(default="")
    cover_id = UUIDField(null=True)
    symbol = TextField(default="")
    """Number and symbol of a document, as printed on it: 15/2026/QĐ-UBND."""
    issued_on = DateField(null=True)
    issuer = TextField(default="")
    file_ids = ArrayField(UUIDField, default=list, index=False)
    """Its files, in their order."""


class Article(VersionedMixin, Texts):
    """What staff work on; `state` says whose turn it is with the newest text."""

    kind = TextField()
    page_role = TextField(default="")
    category_id = UUIDField(null=True)
    slug = TextField()
    state = TextField(default="draft")
    return_reason = TextField(default="")
    put_away_from = TextField(default="draft")
    """The state it had before it was put away last."""
    publish_at = DateTimeTZField(null=True)
    unpublish_at = DateTimeTZField(null=True)
    first_published_at = DateTimeTZField(null=True)
    """From then on the slug stays: people keep the address."""
    revision = IntegerField(default=0)
    folded = TextField()
    words = TSVectorField(null=True)
    """Made by PostgreSQL from title and text for the search of staff; never written."""
    title_words = TSVectorField(null=True)
    """Made from the titles and the symbol; never written."""
    author_id = UUIDField(null=True)
    editor_id = UUIDField(null=True)
    """Who passed it to the publishers last."""
    created_at = DateTimeTZField(constraints=NOW)
    changed_by = UUIDField(null=True)
    changed_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "websites"
        table_name = "article"


class Revision(Texts):
    """The words of an article as they were saved once; never changed after another one follows."""

    article_id = UUIDField()
    number = IntegerField()
    saved_by = UUIDField(null=True)
    begun_at = DateTimeTZField(constraints=NOW)
    saved_at = DateTimeTZField(constraints=NOW)
    """The last time: within a sitting one revision takes several saves."""
    is_closed = BooleanField(null=True, default=False)
    """It was handed on as it is, so the next change makes another one."""

    class Meta:
        schema = "websites"
        table_name = "revision"


class Publication(Texts):
    """What the public sees of an article, and only while it may; its id is the article's."""

    kind = TextField()
    page_role = TextField(default="")
    category_id = UUIDField(null=True)
    slug = TextField()
    revision = IntegerField()
    folded = TextField()
    words = TSVectorField(null=True)
    """Made by PostgreSQL from `folded`; never written."""
    title_words = TSVectorField(null=True)
    """Made from the titles and the symbol; never written."""
    published_at = DateTimeTZField()
    updated_at = DateTimeTZField(constraints=NOW)
    unpublish_at = DateTimeTZField(null=True)

    class Meta:
        schema = "websites"
        table_name = "publication"


class Domain(RegistryModel):
    """A host name of an agency's own, shown to the public once the operator has approved it."""

    host = TextField(unique=True)
    tenant_id = UUIDField()
    state = TextField(default="requested")
    reason = TextField(default="")
    requested_by = UUIDField(null=True)
    requested_at = DateTimeTZField(constraints=NOW)
    decided_by = UUIDField(null=True)
    decided_at = DateTimeTZField(null=True)

    class Meta:
        schema = "websites"
        table_name = "domain"
        registry_reason = "A request's host is looked up before any agency is known; rows hold public names."


class FrontItem(RegistryModel):
    """A published article that an agency offers to the province's front page."""

    tenant_id = UUIDField()
    article_id = UUIDField()
    slug = TextField()
    title = TextField()
    summary = TextField(default="")
    cover_id = UUIDField(null=True)
    published_at = DateTimeTZField()
    state = TextField(default="offered")
    reason = TextField(default="")
    offered_by = UUIDField(null=True)
    offered_at = DateTimeTZField(constraints=NOW)
    decided_by = UUIDField(null=True)
    decided_at = DateTimeTZField(null=True)

    class Meta:
        schema = "websites"
        table_name = "front_item"
        registry_reason = (
            "Offered upward on purpose: the portal's editor and the public read it across agencies."
        )


class ShownPicture(TenantModel):
    """A picture that a publication shows; a trigger notes it."""

    article_id = UUIDField()
    picture_id = UUIDField()

    class Meta:
        schema = "websites"
        table_name = "shown_picture"


class Generation(TenantModel):
    """How often what a site shows was changed; triggers count, and kept pages are known by it."""

    number = BigIntegerField(default=1)
    changed_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "websites"
        table_name = "generation"


class Visit(RegistryModel):
    """Visits that were counted since the last folding; `article_id` is empty for other pages of the site."""

    tenant_id = UUIDField()
    article_id = UUIDField(null=True)
    day = DateField()
    visits = IntegerField()

    class Meta:
        schema = "websites"
        table_name = "visit"
        registry_reason = (
            "One statement appends what a process counted for all sites; rows hold numbers of public pages."
        )


class VisitDay(TenantModel):
    """The visits of one article, or of the rest of the site, on one day."""

    article_id = UUIDField(null=True)
    day = DateField()
    visits = IntegerField()

    class Meta:
        schema = "websites"
        table_name = "visit_day"


class Rating(TenantModel):
    """What one reader thought of an article; nothing says who it was."""

    article_id = UUIDField()
    useful = BooleanField()
    reason = TextField(default="")
    day = DateField()

    class Meta:
        schema = "websites"
        table_name = "rating"


class Imported(TenantModel):
    """An article that came from an old site."""

    source = TextField()
    """What the old site calls it."""
    article_id = UUIDField()
    digest = TextField()
    """Of what was imported; empty when a picture could not be stored, so that the next run tries again."""
    version = IntegerField()
    """The article's version after the import; a higher one means that staff took it on."""
    imported_at = DateTimeTZField(constraints=NOW)

    class Meta:
        schema = "websites"
        table_name = "imported"


class ImportedPicture(TenantModel):
    """A picture that came from an old site, found again by its bytes."""

    digest = TextField()
    picture_id = UUIDField()

    class Meta:
        schema = "websites"
        table_name = "imported_picture"
