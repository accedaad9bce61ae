"""Colours that a site may take; `core/static/css/public.css` holds them, a test checks their contrast."""

from core.api import N_

PALETTES: dict[str, str] = {
    "indigo": N_("Chàm"),
    "river": N_("Sông Hương"),
    "pine": N_("Thông xanh"),
    "plum": N_("Tím Huế"),
    "earth": N_("Đất nung"),
}
"""Key in data → name for whoever chooses."""
DEFAULT_PALETTE = "indigo"
