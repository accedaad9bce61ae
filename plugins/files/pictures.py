"""Pictures: checked when they come in, and made smaller, upright and without metadata when they are shown."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from uuid import uuid4

from core.api import _
from plugins.files.kinds import PICTURES, Refused
from plugins.files.store import Store, incoming

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (160, 320, 640, 960, 1280, 1920)
"""A fixed choice, so that nobody can make the server draw a thousand sizes."""
SHARED = 1200
"""The width for cards of messengers, always JPEG: not all of them show WebP."""
MAX_PIXELS = 50_000_000
"""Of a JPEG, which need not be decoded whole."""
MAX_WHOLE_PIXELS = 20_000_000
"""Of the other formats: four bytes each in memory."""
MAX_SIDE = 20_000
QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_TURNED = (5, 6, 7, 8)
_TURNS = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE",
    8: "ROTATE_90",
}  # fmt: skip
_SMOOTH = ("RGB", "RGBA", "L")
"""Modes that can be made smaller as they are; others are converted at full size."""
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


def rendition(store: Store, digest: str, width: int) -> Path:
    """Return the picture in one of the widths (or its own, if that is smaller), made when first asked for.

    Raises FileNotFoundError, Refused.
    """
    target = store.rendition(digest, f"{width}.{'jpg' if width == SHARED else 'webp'}")
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    written = incoming() / uuid4().hex
    try:
        with store.open(digest) as file, _opened(file) as image, _shrink(image, width) as small:
            if width == SHARED:
                _on_white(small).save(written, "JPEG", quality=QUALITY)
            else:
                small.save(written, "WEBP", quality=QUALITY, method=4)
        written.replace(target)
    finally:
        written.unlink(missing_ok=True)
    return target


def rendition_type(width: int) -> str:
    """Return the media type of a picture in one of the widths."""
    return "image/jpeg" if width == SHARED else "image/webp"


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
                _refuse_huge(image)
                yield image
    except Image.DecompressionBombError as error:
        raise _huge(MAX_PIXELS) from error
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError
    ) as error:  # fmt: skip
        raise Refused(_("Ảnh này hỏng hoặc chưa tải đủ, không mở được.")) from error


def _refuse_huge(image: "Image") -> None:
    allowed = MAX_PIXELS if image.format == "JPEG" else MAX_WHOLE_PIXELS
    if image.width * image.height > allowed or max(image.size) > MAX_SIDE:
        raise _huge(allowed)


def _huge(allowed: int) -> Refused:
    return Refused(_("Ảnh lớn quá. Nhận tối đa {max} triệu điểm ảnh.", max=allowed // 1_000_000))


def _shrink(image: "Image", width: int) -> "Image":
    """Return an upright copy that is at most so wide, with nothing but its pixels."""
    from PIL import Image

    # PERF: a JPEG can be decoded at an eighth of its size, in a fraction of the memory.
    image.draft(None, (width * 2, width * 2))
    turn = image.getexif().get(_ORIENTATION, 1)
    shown = image.height if turn in _TURNED else image.width
    scale = min(1.0, width / shown)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
    if image.mode not in _SMOOTH:
        image = image.convert(mode)
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).convert(mode)
    if turn in _TURNS:
        small = small.transpose(Image.Transpose[_TURNS[turn]])
    plain = Image.new(mode, small.size)
    plain.paste(small)
    return plain


def _on_white(image: "Image") -> "Image":
    """Return a picture without what shines through, which JPEG cannot keep."""
    from PIL import Image

    if image.mode != "RGBA":
        return image
    sheet = Image.new("RGB", image.size, "white")
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet
