"""Names as people type them: cleaned, and made into stable codes and user names."""

import re
import unicodedata

from core.text import fold

_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD])


def clean(text: str) -> str:
    """Return text in NFC without invisible characters and double spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def slug(text: str) -> str:
    """Return a stable code made of a name: `Sở Y tế` becomes `so-y-te`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def username_of(full_name: str) -> str:
    """Return given name and initials, as offices write them: Phạm Ngọc Anh becomes `anhpn`."""
    words = [re.sub(r"[^a-z0-9]", "", word) for word in fold(full_name).split()]
    return words[-1] + "".join(word[:1] for word in words[:-1])
