"""Everything that writes the library of pictures."""

from uuid import UUID

from core.api import (
    Invalid,
    RequestContext,
    Upload,
    _,
    db,
    emit,
    fold,
    new_id,
    require_permission,
)
from plugins.files import api as files
from plugins.websites import events, site_queries
from plugins.websites.models import Picture
from plugins.websites.turns import PUBLISH, WRITE

MAX_PICTURE_BYTES = 20_000_000


def add_picture(ctx: RequestContext, upload: Upload | None, *, alt: str, caption: str = "") -> Picture:
    """Put a picture into the library; what it shows must be said. Raises Invalid, Forbidden."""
    require_permission(ctx, WRITE)
    if upload is None:
        raise Invalid({"file": [_("Chưa chọn ảnh.")]})
    return put_picture(upload, alt=alt, caption=caption, person_id=ctx.person.id)


def put_picture(upload: Upload, *, alt: str, caption: str, person_id: UUID | None) -> Picture:
    """Store a picture with what it shows; raises Invalid."""
    with db.atomic():
        if upload.size > MAX_PICTURE_BYTES:
            raise files.too_large(MAX_PICTURE_BYTES)
        picture_id = new_id()
        file = files.store(
            upload.file,
            name=upload.name,
            owner=site_queries.picture_owner(picture_id),
            allowed=files.PICTURES,
            max_bytes=MAX_PICTURE_BYTES,
        )
        picture = Picture(
            id=picture_id,
            file_id=file.id,
            alt=alt,
            caption=caption,
            width=file.width,
            height=file.height,
            folded=fold(f"{alt} {caption} {upload.name}"),
            created_by=person_id,
        )
        picture.save(force_insert=True)
        emit(events.PictureAdded(object_id=picture.id, alt=alt))
    return picture


def check_picture(upload: Upload, *, beside: int) -> None:
    """Check whether put_picture would take a picture beside so many bytes more; raises Invalid."""
    files.check(
        upload.file, name=upload.name, allowed=files.PICTURES, max_bytes=MAX_PICTURE_BYTES, beside=beside
    )


def needed_to_change(picture_id: UUID) -> str:
    """Return the right that describing a picture otherwise takes: the public reads it at once where it is shown."""
    return PUBLISH if site_queries.picture_is_approved(picture_id) else WRITE


def change_picture(ctx: RequestContext, picture_id: UUID, *, alt: str, caption: str = "") -> None:
    """Describe a picture otherwise; raises Forbidden, NotFound."""
    require_permission(ctx, WRITE)
    with db.atomic():
        picture = site_queries.picture(picture_id)
        if (picture.alt, picture.caption) == (alt, caption):
            return
        require_permission(ctx, needed_to_change(picture_id))
        Picture.update(alt=alt, caption=caption, folded=fold(f"{alt} {caption}")).where(
            Picture.id == picture_id
        ).execute()
        emit(events.PictureChanged(object_id=picture_id, alt=alt))


def delete_picture(ctx: RequestContext, picture_id: UUID) -> None:
    """Take a picture that nothing shows out of the library; raises Invalid, Forbidden, NotFound."""
    require_permission(ctx, WRITE)
    with db.atomic():
        picture = site_queries.picture(picture_id)
        uses = site_queries.picture_uses(picture_id)
        if uses:
            told = _("Ảnh đang được dùng ở: {titles}.", titles=", ".join(title for _id, title in uses))
            raise Invalid({"": [told]}, told)
        Picture.delete().where(Picture.id == picture_id).execute()
        files.remove_all_of([site_queries.picture_owner(picture_id)])
        emit(events.PictureRemoved(object_id=picture_id, alt=picture.alt))
