"""How long the words of a letter may be, told before the database refuses them."""

from core.api import _
from plugins.letters.composing import MODES

LIMITS = {
    "symbol": 40, "subject": 300, "addressees": 2000, "body": 200_000, "recipients": 2000, "signer_title": 120,
    "signer_name": 120, "field": 300,
}  # fmt: skip
MOST_LINES = {"addressees": 30, "recipients": 30}
"""More would not stand on one page beside the signature; further ones go into an enclosure."""


def check_text(name: str, text: str) -> str:
    """Return what is wrong with a text, in words, or nothing."""
    if name == "signer_mode":
        return "" if text in MODES else _("Lựa chọn này không còn, chọn lại.")
    if len(text) > LIMITS[name]:
        return _("Dài quá {max} ký tự.", max=LIMITS[name])
    if name in MOST_LINES and len(text.splitlines()) > MOST_LINES[name]:
        return _("Quá {max} dòng. Lập danh sách kèm theo và ghi “Theo danh sách”.", max=MOST_LINES[name])
    return ""
