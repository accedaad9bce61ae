"""How a draft is spoken of."""

from datetime import datetime

from core.api import _, format_date, format_datetime


def saved_words(at: datetime) -> str:
    """Return what stands beside a form that has just been saved."""
    return _("Đã lưu nháp lúc {time}", time=format_datetime(at).rpartition(" ")[2])


def continue_words(at: datetime) -> str:
    """Return what the button is called that continues a draft."""
    return _("Tiếp tục bản nháp {day}", day=format_date(at))
