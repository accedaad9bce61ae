"""What letters need to be well."""

from core.api import Health, _
from plugins.letters.rendering import font_folder


def font() -> Health:
    """Tell whether the font of letters is where they are set."""
    try:
        font_folder()
    except FileNotFoundError as error:
        return Health(ok=False, detail=_("Không lập được văn bản: {reason}", reason=str(error)))
    return Health(ok=True)
