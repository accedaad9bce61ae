"""Pictures: checked when they come in, and made smaller, upright and without metadata when they are shown."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

from core.api import _
from plugins.files.kinds import PICTURES, Refused
from plugins.files.store import FolderStore, incoming

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (160, 320, 640, 960, 1280, 1920)
"""A fixed choice, so that nobody can make the server draw a thousand sizes."""
MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
QUALITY = 80
RENDITION_TYPE = "image/webp"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112


def size_of(file: IO[bytes]) -> tuple[int, int]:
    """Return width and height as people see the picture, once it is known to be whole.

    Raises Refused.
    """
    with _opened(file) as image:
        width, height = image.size
        if image.getexif().get(_ORIENTATION) in _TURNED:
            width, height = height, width
        _shrink(image, WIDTHS[0]).close()
        return width, height


def rendition(store: FolderStore, digest: str, width: int) -> Path:
    """Return the picture in one of the widths (or its own, if that is smaller), made when first asked for.

    Raises FileNotFoundError, Refused.
    """
    target = store.rendition(digest, f"{width}.webp")
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    written = incoming() / uuid4().hex
    try:
        with store.open(digest) as file, _opened(file) as image, _shrink(image, width) as small:
            small.save(written, "WEBP", quality=QUALITY, method=4)
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    return target


def is_picture(media_type: str) -> bool:
    """Tell whether a file can be shown as a picture."""
    return media_type in PICTURES.media_types


@contextmanager
def _opened(file: IO[bytes]) -> "Iterator[Image]":
    from PIL import Image, UnidentifiedImageError

    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Our own limit is checked before anything is decoded.
            warnings.simplefilter("ignore")
            with Image.open(file, formats=_FORMATS) as image:
                _refuse_huge(*image.size)
                yield image
    except Image.DecompressionBombError as error:
        raise _huge() from error
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError
    ) as error:  # fmt: skip
        raise Refused(_("Ảnh này hỏng hoặc chưa tải đủ, không mở được.")) from error


def _refuse_huge(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _huge()


def _huge() -> Refused:
    return Refused(_("Ảnh lớn quá. Nhận tối đa {max} triệu điểm ảnh.", max=MAX_PIXELS // 1_000_000))


def _shrink(image: "Image", width: int) -> "Image":
    """Return an upright copy that is at most so wide, with nothing but its pixels."""
    from PIL import Image, ImageOps

    # PERF: a JPEG can be decoded at an eighth of its size, in a fraction of the memory.
    image.draft(None, (width * 2, width * 2))
    image.seek(0)
    clear = "A" in image.getbands() or "transparency" in image.info
    pixels = image.convert("RGBA" if clear else "RGB")
    pixels.info.clear()
    turned = ImageOps.exif_transpose(image) if image.getexif().get(_ORIENTATION, 1) != 1 else None
    if turned is not None:
        pixels = turned.convert("RGBA" if clear else "RGB")
    if pixels.width > width:
        height = max(1, round(pixels.height * width / pixels.width))
        pixels = pixels.resize((width, height), Image.Resampling.LANCZOS)
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    return plain
